"""Which acts of the index a recall may need, as a network of the network engine.

A node is the hash of a name with the reason why it is looked at (`spread.Role`, forward), a link
says that one leads to another: so a closure has all the names, and all the keys of the index, that
reading level by level would come to one after the other. Neither dates nor what is held are looked
at, so it may have more. It is a guess of what to read at once, and never an answer: who reads still
asks the index for what was not guessed (`suyuan.trace.ahead`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.index import FACT_KINDS, SIDES
from suyuan.model import FactKind, Viewer
from suyuan.model import Side as FactSide
from suyuan.network import snapshot
from suyuan.network.arrays import Ints, Side
from suyuan.network.graph import Network
from suyuan.network.reach import closure
from suyuan.network.snapshot import Kept, SnapshotError
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.trace.rows import SQL
from suyuan.trace.site_base import about, are_acts_worth_keeping

_COPY: Final = f"copy ({SQL.lot_steps}) to stdout (format binary)"
_FRONT: Final = len(b"PGCOPY\n\xff\r\n\0") + 8
_ROW: Final = np.dtype(
    [("fields", ">i2")]
    + [part for name in ("source", "target") for part in ((f"{name}_size", ">i4"), (name, ">i8"))]
)
_KINDS: Final = {
    "joined": FACT_KINDS.index(FactKind.JOINED),
    "attached": FACT_KINDS.index(FactKind.ATTACHED),
    "recoded": FACT_KINDS.index(FactKind.RECODED),
    "input": SIDES.index(FactSide.INPUT),
    "output": SIDES.index(FactSide.OUTPUT),
}
_ASKED: Final = (0, 2, 3, 4, 7)
"""The reasons for which what is asked about is looked at: all but to be a container of it."""
_HOPS: Final = 3
"""From a thing to what is made of it: into the transformation, out of it, to be looked at."""
_NONE: Final = np.zeros(0, np.int64)
_LOTS: Final = "lots"
"""What these bases are called in what says which one it is."""


class LotNetwork(Struct, frozen=True, eq=False):
    """Keys of the base, ascending, those that came since, and what leads from which to which."""

    base: Ints
    more: Ints
    net: Network

    def numbers(self, keys: Ints) -> Ints:
        """The nodes of keys; -1 for those that no act gives a reason to look at."""
        old, new = _places(self.base, keys), _places(self.more, keys)
        return np.where(old >= 0, old, np.where(new >= 0, new + len(self.base), -1))

    def guess(self, conn: ReadConnection, things: Sequence[str]) -> "Guess":
        """What reading a recall of these things may need."""
        names = [name for name in things for _ in _ASKED]
        seeds = np.array(keys_of(conn, names, list(_ASKED) * len(things)), np.int64)
        numbers = self.numbers(seeds)
        met, hops = closure(self.net, numbers[numbers >= 0])
        old, new = met[met < len(self.base)], met[met >= len(self.base)] - len(self.base)
        found = np.unique(np.concatenate((self.base[old], self.more[new], seeds)))
        return Guess(found, int(hops.max(initial=0)) // _HOPS)


class Guess(Struct, frozen=True, eq=False):
    """The keys by which everything is found at once, ascending, and in about how many levels."""

    found: Ints
    levels: int

    @property
    def keys(self) -> list[int]:
        """Them all, as numbers."""
        found: list[int] = self.found.tolist()
        return found

    def covered(
        self, conn: ReadConnection, names: Sequence[str], parts: Sequence[int]
    ) -> list[bool]:
        """Of each name and part whether it is among the keys: what the network lacks, never."""
        keys = np.array(keys_of(conn, names, parts), np.int64)
        covered: list[bool] = (_places(self.found, keys) >= 0).tolist()
        return covered


class Renewed(Struct, frozen=True, eq=False):
    """A base of lots as it is to be kept: to be written when nothing is read."""

    kept: Kept

    def put(self, path: Path) -> None:
        """Write it in place of the one at `path`, whole, by renaming; the folder must be there."""
        snapshot.put(path, self.kept)


def keys_of(conn: ReadConnection, names: Sequence[str], parts: Sequence[int]) -> list[int]:
    """By which keys the index finds the names in these parts of its acts."""
    given = {"names": list(names), "parts": list(parts)}
    return [key for (key,) in conn.execute(SQL.keys_of, given)]


def lot_network(
    conn: ReadConnection, viewer: Viewer, *, secret: bytes, kept: Path
) -> LotNetwork | None:
    """The network of a viewer who sees everything, from the base at `kept` and what came since.

    None without a base, or for others: what they may not see must not even cost them time.
    """
    if not viewer.sees_all:
        return None
    base = _base(conn, kept, secret, viewer.tenant, checked=True)
    if not len(base.columns["far"]):
        return None
    position, source, target = _since(conn, viewer, secret, base.position)
    keys: Ints = base.columns["keys"]
    named = np.unique(np.concatenate((source, target)))
    places = _places(keys, named)
    is_new = places < 0
    numbers = np.where(is_new, len(keys) + np.cumsum(is_new) - 1, places)
    more = named[is_new]
    nodes = len(keys) + len(more)
    source, target = (numbers[_places(named, end)] for end in (source, target))
    old = base.columns["far"]
    offsets = np.concatenate((base.columns["offsets"], np.full(len(more), len(old))))
    sides = _side(offsets, old), _side(*_rows(source, target, nodes))
    return LotNetwork(keys, more, Network(nodes=nodes, ahead=sides, back=(), position=position))


def renewal(
    conn: ReadConnection, viewer: Viewer, *, secret: bytes, kept: Path, checked: bool = True
) -> Renewed | None:
    """The base at `kept`, of a viewer who sees everything, with what came since; None: too little.

    Without `checked` the base that is there is not read for its digests.
    """
    base = _base(conn, kept, secret, viewer.tenant, checked=checked)
    if not are_acts_worth_keeping(conn, since=base.position, kept=len(base.columns["far"])):
        return None
    position, source, target = _since(conn, viewer, secret, base.position)
    old: Ints = base.columns["keys"]
    near = np.repeat(old, np.diff(base.columns["offsets"]))
    source = np.concatenate((near, source))
    target = np.concatenate((old[base.columns["far"]], target))
    keys = np.unique(np.concatenate((source, target)))
    offsets, far = _rows(_places(keys, source), _places(keys, target), len(keys))
    columns: dict[str, NDArray[Any]] = {"keys": keys, "offsets": offsets, "far": far}
    of = about(conn, _LOTS, secret=secret, tenant=viewer.tenant, position=position)
    return None if of is None else Renewed(Kept(columns, len(keys), position, of))


def _places(among: Ints, keys: Ints) -> Ints:
    """Where each key stands among others that ascend; -1 for those that do not."""
    if not len(among):
        return np.full(len(keys), -1, np.int64)
    places = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return np.where(among[places] == keys, places, -1)


def _rows(source: Ints, target: Ints, nodes: int) -> tuple[Ints, NDArray[np.int32]]:
    """Links by their source, each once: where each node's begin, and where they lead."""
    pairs = np.unique(source * np.int64(max(nodes, 1)) + target)
    near, far = np.divmod(pairs, max(nodes, 1))
    offsets = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(near, minlength=nodes), out=offsets[1:])
    return offsets, far.astype(np.int32)


def _side(offsets: Ints, far: NDArray[np.int32]) -> Side:
    """Links without times: none is asked for."""
    return Side(offsets, far, _NONE, _NONE, _NONE)


def _since(
    conn: ReadConnection, viewer: Viewer, secret: bytes, since: int
) -> tuple[int, Ints, Ints]:
    """To which position the acts are complete, and what those after another lead from and to."""
    ((position, _),) = conn.execute(SQL.withdrawn_since, {"since": since}).fetchall()
    params = grants_of(viewer, secret=secret).params
    asked = {**_KINDS, "tenant": params["tenant"], "since": since}
    with conn.cursor() as cursor, cursor.copy(_COPY, asked) as copy:
        rows = b"".join(copy)
    count = max(len(rows) - _FRONT - 2, 0) // _ROW.itemsize
    table: Any = np.frombuffer(rows, _ROW, count, _FRONT) if count else np.zeros(0, _ROW)
    return position, table["source"].astype(np.int64), table["target"].astype(np.int64)


def _base(conn: ReadConnection, path: Path, secret: bytes, tenant: int, *, checked: bool) -> Kept:
    """What is kept at `path`, if it is whole and of this index; else nothing at all."""
    nothing = Kept({"keys": _NONE, "offsets": np.zeros(1, np.int64), "far": _NONE}, 0, -1, "")
    if not path.is_file():
        return nothing
    try:
        kept = snapshot.take(path, checked=checked)
    except SnapshotError:
        return nothing  # the record makes it again
    of = about(conn, _LOTS, secret=secret, tenant=tenant, position=kept.position)
    return kept if kept.about == of else nothing
