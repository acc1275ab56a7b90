"""Movements between sites as arrays: out of the index, or of a kept base and what came since.

Who asks reads the base and merges what came since in memory; the base itself is made anew by
whoever follows the record, and nobody waits for that.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, LiteralString

import numpy as np
from msgspec import Struct

from suyuan.index import FACT_KINDS
from suyuan.model import FactKind, Viewer
from suyuan.network import snapshot
from suyuan.network.arrays import Ints, Links
from suyuan.network.chains import Moves
from suyuan.network.graph import Network, extended, links_of, network
from suyuan.network.snapshot import SnapshotError
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.trace.contact_chains import Doubts
from suyuan.trace.contact_types import Days
from suyuan.trace.rows import COUNTING, SQL
from suyuan.trace.site_base import ALL_KNOWN, about, is_worth_keeping
from suyuan.trace.times import MICROS_A_DAY

_COPY = f"copy ({SQL.site_links}) to stdout (format binary)"
_EPOCH_2000 = 730_120
"""The ordinal of 2000-01-01, where PostgreSQL's times begin."""
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2262, 1, 1)
"""The days of times that nobody knows the ends of, as the index has them."""
_NEVER = _LAST_DAY.toordinal()
_LINKS = "links"
"""What these bases are called in what says which one it is."""
_FRONT = len(b"PGCOPY\n\xff\r\n\0") + 8
_ROW = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, size in (("source", 4), ("target", 4), ("departure", 8), ("arrival", 8))
        for part in ((f"{name}_size", ">i4"), (name, f">i{size}"))
    ]
    + [("entry_size", ">i4"), ("entry", ">i8")]
)


class Unsure(Struct, frozen=True, eq=False):
    """Doubts on all moves of a network, and how many moves of the days asked about there are.

    Of these `movements` so many are dated by `spans` of more than a day, and `held`; `one_ended`
    are more, of which one holder alone is known.
    """

    doubts: Doubts
    movements: int
    spans: int
    held: int
    one_ended: int


class SiteNetwork(Struct, frozen=True, eq=False):
    """Sites by number, and the movements between them; times in microseconds since 2000 (UTC)."""

    names: Sequence[str]
    net: Network

    def seen(self) -> list[str]:
        """Sites that some movement the viewer may see leads from or to, by name."""
        links = links_of(self.net)
        return sorted(self.names[n] for n in np.union1d(links.source, links.target).tolist())

    def moves(self, offset: timedelta) -> Moves:
        """By local day of departure (`date.toordinal`) on a clock so much ahead of UTC."""
        links = links_of(self.net)
        return Moves(links.source, links.target, _local(links.departure, offset))


def moved_alone(
    conn: ReadConnection, sites: SiteNetwork, things: Sequence[str]
) -> dict[str, tuple[int, ...]]:
    """For each thing the moves, by their place, that moved it and nothing else.

    Only of those that the network has, and so its viewer sees.
    """
    given = {"names": list(things), "moved": FACT_KINDS.index(FactKind.MOVED)}
    found: dict[str, list[int]] = {thing: [] for thing in things}
    for thing, entry in conn.execute(SQL.moved_alone, given):
        found[thing].append(entry)
    of = links_of(sites.net).entry
    return {
        thing: tuple(np.flatnonzero(np.isin(of, entries)).tolist())
        for thing, entries in found.items()
    }


def site_network(
    conn: ReadConnection,
    viewer: Viewer,
    *,
    secret: bytes,
    kept: Path | None = None,
    known_at: int | None = None,
) -> SiteNetwork:
    """All movements between sites that the viewer may see, complete to the network's position.

    `secret` keys the access tags. Who sees everything is served from the base at `kept`, if there
    is one, of this index and no newer than `known_at`: what was recorded after that position does
    not count then, and what was withdrawn after it does.
    """
    grants = grants_of(viewer, secret=secret)
    holders = conn.execute(SQL.site_names).fetchall()
    names = list(dict.fromkeys(name for _, name in holders))
    numbers = _numbers(holders, names)
    path = kept if grants.everything else None
    until = ALL_KNOWN if known_at is None else known_at
    base = _base(conn, path, secret, viewer.tenant, until=until)
    span = {"since": base.position, "until": until}
    ((position, gone),) = conn.execute(SQL.withdrawn_since, span).fetchall()
    tags = ",".join(map(str, grants.tags))  # COPY takes its parameters as text
    asked = {**grants.params, **span, "tags": f"{{{tags}}}"}
    since = _copied(conn, _COPY, asked, numbers)
    left = np.array(gone or (), np.int64)
    net = extended(base, since, left, position=position, nodes=len(names))
    return SiteNetwork(names, net)


class Renewed(Struct, frozen=True, eq=False):
    """A base as it is to be kept, drawn from the index: to be written when nothing is read."""

    net: Network
    about: str

    def put(self, kept: Path) -> None:
        """Write it in place of the one at `kept`, whole, by renaming; the folder must be there."""
        snapshot.write(kept, self.net, about=self.about)


def renewal(
    conn: ReadConnection, viewer: Viewer, *, secret: bytes, kept: Path, checked: bool = True
) -> Renewed | None:
    """The base at `kept`, of a viewer who sees everything, with what came since; None: too little.

    How much came is counted first, so that looking often costs little: only with `checked` is the
    base that is there read before, for its digests.
    """
    there = _base(conn, kept, secret, viewer.tenant, checked=checked)
    if not is_worth_keeping(conn, since=there.position, kept=len(there)):
        return None
    net = site_network(conn, viewer, secret=secret, kept=kept).net
    of = about(conn, _LINKS, secret=secret, tenant=viewer.tenant, position=net.position)
    return None if of is None else Renewed(net, of)


def unsure(
    conn: ReadConnection,
    sites: SiteNetwork,
    viewer: Viewer,
    *,
    secret: bytes,
    days: Days,
) -> Unsure:
    """What is not sure of the moves that `SiteNetwork.moves` gives, in their order.

    Moves that cannot be of the `days` from the first to the last are let be. To be asked in the
    transaction that the network was read in.
    """
    begin, end = bounds_of(days)
    offset = days.offset
    asked = {
        **grants_of(viewer, secret=secret).params, **COUNTING,
        "moved": FACT_KINDS.index(FactKind.MOVED),
        "since": begin, "until": end, "ahead": offset,
    }  # fmt: skip
    links, moves = links_of(sites.net), sites.moves(offset)
    left, held = moves.day.copy(), np.zeros(len(links), np.bool_)
    rows = {row[0]: row[1:] for row in conn.execute(SQL.site_doubts, asked)}
    for place in np.flatnonzero(np.isin(links.entry, np.array([*rows], np.int64))).tolist():
        last, held[place], _ = rows[int(links.entry[place])]
        left[place] = max(int(left[place]), _NEVER if last is None else _day(last, offset))
    came = _local(links.arrival, offset)
    came = np.maximum(came, left)
    inside = (left >= days.first.toordinal()) & (moves.day <= days.last.toordinal())
    return Unsure(
        Doubts(left, came, held),
        movements=int(inside.sum()),
        spans=int((inside & (came > moves.day)).sum()),
        held=int((inside & held).sum()),
        one_ended=sum(not known for _, _, known in rows.values()),
    )


def bounds_of(days: Days) -> tuple[datetime, datetime]:
    """When the first of the days begins and the last ends, within what any move can be of."""
    known = (min(max(day, _FIRST_DAY), _LAST_DAY) for day in (days.first, days.last))
    begin, end = (datetime.combine(day, time(), UTC) - days.offset for day in known)
    return begin, end + timedelta(days=1)


def _local(times: Ints, offset: timedelta) -> Ints:
    return (times + offset // timedelta(microseconds=1)) // MICROS_A_DAY + _EPOCH_2000


def _day(at: datetime, offset: timedelta) -> int:
    return (at.astimezone(UTC) + offset).date().toordinal()


def _base(
    conn: ReadConnection,
    path: Path | None,
    secret: bytes,
    tenant: int,
    *,
    checked: bool = True,
    until: int = ALL_KNOWN,
) -> Network:
    """What is kept at `path`, if it is whole, of this index and no newer; else nothing at all.

    Of the same index its nodes are the first of the sites: these only become more.
    """
    if path is not None and path.is_file():
        with suppress(SnapshotError):  # the record makes it again
            base, said = snapshot.read(path, checked=checked)
            of = about(conn, _LINKS, secret=secret, tenant=tenant, position=base.position)
            if said == of and base.position <= until:
                return base
    return _nothing()


def _nothing() -> Network:
    return network(_links(b"", np.zeros(0, np.int32)), position=-1)


def _numbers(holders: list[tuple[int, str]], names: list[str]) -> Ints:
    """For each holder's id the number of its site."""
    place = {name: number for number, name in enumerate(names)}
    numbers = np.zeros(max((row[0] for row in holders), default=-1) + 1, np.int64)
    for holder, name in holders:
        numbers[holder] = place[name]
    return numbers


def _copied(
    conn: ReadConnection, statement: LiteralString, asked: Mapping[str, Any], numbers: Ints
) -> Links:
    """The movements that a COPY gives, between the numbers of their sites."""
    with conn.cursor() as cursor, cursor.copy(statement, asked) as copy:
        return _links(b"".join(copy), numbers)


def _links(rows: bytes, numbers: Ints) -> Links:
    """What COPY says in its binary format: every field is there, so every row is of one length."""
    count = max(len(rows) - _FRONT - 2, 0) // _ROW.itemsize
    table = np.frombuffer(rows, _ROW, count, _FRONT) if count else np.zeros(0, _ROW)
    return Links(
        numbers[table["source"]].astype(np.int32),
        numbers[table["target"]].astype(np.int32),
        table["departure"].astype(np.int64),
        table["arrival"].astype(np.int64),
        table["entry"].astype(np.int64),
    )
