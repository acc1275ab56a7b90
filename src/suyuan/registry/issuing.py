"""Hands out serials: each range once, to one party, under a stem that is proved to be its own.

A stem has one supply, whoever may use it: a prefix that passed to a successor, a registration
number that two papers bear, a seed stem that two makers chose. So what is said of guesses holds for
all codes of a stem together. Ranges are a party's own, and so are the check characters in them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct, structs

from suyuan.codes import making
from suyuan.codes.making.types import CheckRule, Series, Slot, Structure
from suyuan.kit import Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import Capturer
from suyuan.registry import keying
from suyuan.registry.entitling import IssuingError, require_proof
from suyuan.registry.types import CheckKey, Source, Supplies, Way
from suyuan.registry.waiting import or_busy, wait
from suyuan.store import Queries, ReadConnection, WriteConnection, encoded

_Q: Final = Queries(__package__)
_SECRET: Final = 32
_LEAST_CAPACITY: Final = 1_000_000
_LEAST_OF_MANY: Final = 10_000_000
_MOST_KEPT: Final = 50_000
_MOST_LISTED: Final = 1_000
_OF_PACKAGE: Final = ("id", "party", "first", "past", "note", "key")
_RULE: Final = CheckRule.CODE
"""By which check characters are made now."""

_NO_ROOM = Text(
    "{room} 位序列号装不下：还要 {count} 个，最多还能发 {left} 个。",
    "Serials of {room} characters do not suffice: {count} are wanted, at most {left} are left.",
)

_CHECKS_SET = Text(
    "这个码前段的序列号带 {checks} 位校验字符，长度由法规定死；请按这个位数订购。",
    "Serials of this stem have {checks} check characters and the law sets their length; order "
    "them with as many.",
)


class Wanted(Struct, frozen=True, kw_only=True):
    """So many codes of a structure behind a stem; `expected` in all over the years (0: unsaid)."""

    structure: Structure
    stem: str
    count: int
    expected: int = 0
    checks: int = 0
    note: str = ""


class Package(Struct, frozen=True, kw_only=True):
    """A range of one supply, handed out to one party.

    `key` is the number of its check characters' key; None if it has none, or those of rule 1.
    `new_key` if that key was made with it. `holds`: of containers, whose codes are packed in them.
    """

    id: UUID
    party: str
    scheme: str
    stem: str
    first: int
    past: int
    note: str
    made_at: datetime
    scratch: bool
    key: int | None
    series: Series
    new_key: bool = False
    holds: UUID | None = None

    @property
    def count(self) -> int:
        """How many codes are in it."""
        return self.past - self.first

    @property
    def check_rule(self) -> CheckRule | None:
        """By which its check characters are made; None if it has none."""
        return None if self.series.checking is None else self.series.checking.rule


class _Supply(Struct, frozen=True):
    """A row of `code_series`: a series, and how much of it is gone."""

    id: int
    issued: int
    series: Series

    @property
    def left(self) -> int:
        """How many serials can still be handed out."""
        return self.series.capacity - self.issued


@or_busy()
def rotate_key(
    conn: WriteConnection, capturer: Capturer, *, draw: keying.Draw, now: datetime
) -> CheckKey:
    """A new key of check characters for a party's packages from now on.

    Raises:
        BusyError: an order of the party with check characters takes too long (503).
    """
    return keying.rotate(conn, capturer, draw=draw, now=now)


def wait_for(conn: WriteConnection, orders: Iterable[Wanted], capturer: Capturer) -> None:
    """Wait for whoever takes codes of these stems; ends with the transaction.

    Who takes from several waits for all of them first, in one order for everybody: so no two wait
    for each other.

    Raises:
        IssuingError: it would take too long (503).
    """
    for key in sorted(
        {f"{capturer.tenant}:{each.structure.scheme}:{each.stem}" for each in orders}
    ):
        wait(conn, _Q.lock_stem, key)


@or_busy()
def hand_out(
    conn: WriteConnection,
    wanted: Wanted,
    capturer: Capturer,
    *,
    package: UUID,
    draw: keying.Draw,
    now: datetime,
    salt: bytes | None = None,
) -> Package:
    """Reserve a range and keep it as a package; whoever asks at once waits and gets the next.

    Raises:
        IssuingError: the stem is not proved to be the party's, or too few serials are left.
    """
    of, stem = wanted.structure, wanted.stem
    today = there(now, CHINA).date()
    wait_for(conn, [wanted], capturer)
    wait(conn, _Q.share_proofs, f"{capturer.tenant}:{capturer.party}")
    require_proof(conn, capturer.party, of, stem, tenant=capturer.tenant, on=today)
    supply = _supply(conn, wanted, capturer, draw=draw, now=now)
    key = keying.newest(conn, capturer, draw=draw, now=now) if wanted.checks else None
    taken = {"series": supply.id, "count": wanted.count}
    ((first,),) = conn.execute(_Q.take_range, taken).fetchall()
    made = Package(
        id=package, party=capturer.party, scheme=of.scheme, stem=stem, first=first,
        past=first + wanted.count, note=wanted.note, made_at=now, scratch=salt is not None,
        key=key.number if key else None, new_key=key is not None and key.new,
        series=_checked(_RULE, key.value if key else b"", supply.series, of.scheme, stem),
    )  # fmt: skip
    row = {name: getattr(made, name) for name in _OF_PACKAGE}
    whose = {"tenant": capturer.tenant, "account": capturer.account}
    more = {
        "series": supply.id,
        "salt": salt,
        "at": now,
        "rule": made.check_rule or CheckRule.SERIAL,
    }
    conn.execute(_Q.add_package, row | whose | more)
    return made


def packages(
    conn: ReadConnection, party: str, *, tenant: int, only: UUID | None = None
) -> list[Package]:
    """What was handed out to a party, newest first, a thousand at most; or the one of a number.

    Another party's package is as if it were not there.
    """
    asked = {"tenant": tenant, "party": party, "id": only, "most": _MOST_LISTED}
    return [
        Package(
            id=row[0], party=row[1], scheme=row[2], stem=row[3], first=row[4], past=row[5],
            note=row[6], made_at=row[7], scratch=row[8], holds=row[9], key=row[10],
            series=_checked(row[11], row[12], _series(row[13:]), row[2], row[3]),
        )
        for row in conn.execute(_Q.packages, asked)
    ]  # fmt: skip


def named(conn: ReadConnection, party: str, text: str, *, tenant: int) -> tuple[UUID, int] | None:
    """A package of a party whose number begins so or whose note is so; and how many there are."""
    begin = text.strip().lower()
    asked = {"tenant": tenant, "party": party, "begin": begin, "note": text.strip()}
    return conn.execute(_Q.packages_named, asked).fetchone()


class Issued(Struct, frozen=True, kw_only=True):
    """A code that was handed out: in which package, at which place, by whom.

    `withdrawn_at`: since when it no longer counts.
    """

    package: UUID
    place: int
    tenant: int
    party: str
    scheme: str
    stem: str
    serial: str
    guarded: bool
    note: str
    salt: bytes | None
    made_at: datetime
    withdrawn_at: datetime | None = None


def is_invented(found: Iterable[Slot], supplies: Supplies, *, tenant: int) -> bool:
    """Whether arithmetic alone refuses every reading, so that no database need be asked."""
    known = ((supplies.get(_way(each, tenant)), each.serial) for each in found)
    return all(
        sources is not None and all(_index(source, serial) is None for source in sources)
        for sources, serial in known
    )


def stems_supplied(
    conn: ReadConnection, found: Iterable[Slot], *, tenant: int
) -> set[tuple[str, str]]:
    """Scheme and stem of those readings behind whose stem serials were ever made, of any length."""
    stems = list(dict.fromkeys((each.scheme, each.stem) for each in found))
    asked = {
        "tenant": tenant,
        "schemes": [scheme for scheme, _ in stems],
        "stems": [stem for _, stem in stems],
    }
    return {(row[0], row[1]) for row in conn.execute(_Q.stems_supplied, asked)}


def find(conn: ReadConnection, found: Sequence[Slot], *, tenant: int) -> Issued | None:
    """The issued code that the first of these readings is which is one."""
    return next(find_all(conn, found, {}, tenant=tenant), None)


def find_all(
    conn: ReadConnection,
    found: Sequence[Slot],
    supplies: Supplies,
    *,
    tenant: int,
    absent: set[Way] | None = None,
) -> Iterator[Issued]:
    """The issued codes that these readings are; what is not in `supplies` is looked up once.

    Inventions fail by arithmetic: of a supply that is known, only what it made is looked up.
    `absent` keeps, while one question lasts, of which ways there is no supply.
    """
    known = supplied(conn, found, supplies, tenant=tenant, absent=absent)
    for slot in dict.fromkeys(found):
        for source in known.get(_way(slot, tenant), ()):
            if code := _of_supply(conn, source, slot, tenant=tenant):
                yield code


def supplied(
    conn: ReadConnection,
    found: Iterable[Slot],
    supplies: Supplies,
    *,
    tenant: int,
    absent: set[Way] | None = None,
) -> Supplies:
    """The supplies that these readings may be of; with those of many the next looks up nothing.

    `supplies` and `absent` as `find_all` has them.
    """
    absent = set() if absent is None else absent
    ways = {_way(each, tenant): each for each in found}
    known = {way: kept for way in ways if (kept := supplies.get(way))}
    new = {way: each for way, each in ways.items() if way not in known and way not in absent}
    if new:
        looked_up = _look_up(conn, [*new.values()], tenant=tenant)
        absent |= new.keys() - looked_up.keys()
        known |= looked_up
        if len(supplies) > _MOST_KEPT:
            supplies.clear()
        supplies.update(looked_up)
    return known


def _index(source: Source, serial: str) -> int | None:
    """The index that a serial has, its check characters aside; None for an invention."""
    return making.index_of(source.series, serial[: source.series.length])


def _way(slot: Slot, tenant: int) -> Way:
    return tenant, slot.scheme, slot.stem, len(slot.serial)


def _look_up(conn: ReadConnection, new: Sequence[Slot], *, tenant: int) -> Supplies:
    """The supplies that there are; that there is none may change, and is not to be kept."""
    asked = {
        "tenant": tenant,
        "schemes": encoded.text_array([each.scheme for each in new]),
        "stems": encoded.text_array([each.stem for each in new]),
        "lengths": encoded.int4_array([len(each.serial) for each in new]),
    }
    ways: dict[Way, dict[int, Source]] = {}
    for row in conn.execute(_Q.series_of_serials, asked):
        way = (tenant, row[1], row[2], row[4] + row[7])
        ways.setdefault(way, {})[row[0]] = Source(row[0], _series(row[3:9]))
    return {way: tuple(found.values()) for way, found in ways.items()}


def _of_supply(conn: ReadConnection, source: Source, slot: Slot, *, tenant: int) -> Issued | None:
    """The code that was handed out with this serial of a supply."""
    index = _index(source, slot.serial)
    if index is None:
        return None
    place = {"series": source.id, "index": index}
    for package, party, first, note, salt, made_at, rule, value, gone in conn.execute(
        _Q.package_of_index, place
    ):
        series = _checked(rule, value, source.series, slot.scheme, slot.stem)
        if making.index_of(series, slot.serial) == index:
            return Issued(
                package=package, place=index - first, tenant=tenant, party=party,
                scheme=slot.scheme, stem=slot.stem, serial=slot.serial, guarded=series.guarded,
                note=note, salt=salt, made_at=made_at, withdrawn_at=gone,
            )  # fmt: skip
    return None


def _supply(
    conn: WriteConnection, wanted: Wanted, capturer: Capturer, *, draw: keying.Draw, now: datetime
) -> _Supply:
    """The stem's supply that has enough left, else a new one.

    Serials of two supplies of one stem differ in length, so that they cannot meet, and the
    probability of a guess is counted for each length alone.
    """
    known = _supplies(conn, wanted, capturer)
    for supply in known:
        if supply.series.checks == wanted.checks and supply.left >= wanted.count:
            return supply
    if known and (wanted.structure.serial_length or not wanted.structure.guarded):
        raise _used_up(wanted, known)
    taken = {each.series.length + each.series.checks for each in known}
    series = _new_series(wanted, taken, secret=draw(_SECRET))
    row = {
        "tenant": capturer.tenant,
        "scheme": wanted.structure.scheme,
        "stem": wanted.stem,
        "at": now,
        **{name: getattr(series, name) for name in _KEPT},
    }
    ((number,),) = conn.execute(_Q.open_series, row).fetchall()
    return _Supply(number, 0, series)


_KEPT = ("alphabet", "length", "capacity", "guarded", "checks", "secret")


def _new_series(wanted: Wanted, taken: set[int], *, secret: bytes) -> Series:
    """A series for what is wanted and what is still expected, of a length that is not taken."""
    of, room = wanted.structure, making.serial_room(wanted.structure, wanted.stem)
    length, capacity = _size(wanted, taken, room=room)
    if length + wanted.checks > room or capacity < wanted.count:
        raise _no_room(wanted, left=capacity if length + wanted.checks <= room else 0)
    return Series(
        alphabet=of.alphabet, length=length, capacity=capacity, secret=secret, guarded=of.guarded,
        checks=wanted.checks,
    )  # fmt: skip


def _size(wanted: Wanted, taken: set[int], *, room: int) -> tuple[int, int]:
    """Length and capacity: as much as the law's length holds, else as long as is needed.

    A stem that no paper proves to be one maker's alone has a supply for many, and as large as its
    length can guard: so nobody uses up what another needs.
    """
    of = wanted.structure
    if not of.guarded:
        return room, len(of.alphabet) ** room
    if of.serial_length:
        return _lawful(of, room - wanted.checks)
    least = _LEAST_OF_MANY if of.scoped else _LEAST_CAPACITY
    capacity = max(wanted.count, wanted.expected, least)
    length = making.length_for(capacity, of.alphabet)
    while length + wanted.checks in taken:
        length += 1
    return length, max(capacity, _lawful(of, length)[1]) if of.scoped else capacity


def _lawful(of: Structure, length: int) -> tuple[int, int]:
    """As many as a length can guard; where the law sets it, in one supply for ever."""
    capacity = 1
    while making.length_for(capacity * 10, of.alphabet) <= length:
        capacity *= 10
    return length, capacity


def _used_up(wanted: Wanted, known: Sequence[_Supply]) -> IssuingError:
    """Why a stem that can have one supply alone has too little in it, or none of that kind."""
    alike = [each.left for each in known if each.series.checks == wanted.checks]
    if alike:
        return _no_room(wanted, left=max(alike))
    text = _CHECKS_SET.format(checks=known[0].series.checks)
    return IssuingError("issuing.checks-set", text, "checks", status=409)


def _no_room(wanted: Wanted, *, left: int) -> IssuingError:
    room = making.serial_room(wanted.structure, wanted.stem)
    text = _NO_ROOM.format(room=room, count=wanted.count, left=left)
    return IssuingError("issuing.no-room", text, "count", status=409)


def _supplies(conn: ReadConnection, wanted: Wanted, capturer: Capturer) -> list[_Supply]:
    asked = {
        "tenant": capturer.tenant,
        "scheme": wanted.structure.scheme,
        "stem": wanted.stem,
    }
    return [
        _Supply(row[0], row[4], _series((*row[1:4], *row[5:])))
        for row in conn.execute(_Q.series_of_stem, asked)
    ]


def _series(row: Sequence[Any]) -> Series:
    return Series(
        alphabet=row[0], length=row[1], capacity=row[2], guarded=row[3], checks=row[4],
        secret=bytes(row[5]),
    )  # fmt: skip


def _checked(rule: int, value: bytes, series: Series, scheme: str, stem: str) -> Series:
    """A supply's series with the check characters of one package."""
    if not series.checks:
        return series
    return structs.replace(series, checking=keying.checking(rule, value, scheme, stem))
