"""Which acts of the index a recall may need, as a network of the network engine.

A node is the hash of a name with the reason why it is looked at (`spread.Role`, forward), a link
says that one leads to another: so a closure has all the names, and all the keys of the index, that
reading level by level would come to one after the other. Neither dates nor what is held are looked
at, so it may have more. It is a guess of what to read at once, and never an answer: who reads still
asks the index for what was not guessed (`suyuan.trace.ahead`). Nodes are numbered in the order in
which the record names them first: what one making names lies together.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict
from numpy.typing import NDArray

from suyuan.index import FACT_KINDS, SIDES
from suyuan.model import FactKind, Viewer
from suyuan.model import Side as FactSide
from suyuan.network import numbering, snapshot
from suyuan.network.arrays import Ints, Nodes, Side, once
from suyuan.network.graph import Network
from suyuan.network.numbering import Numbering, places_of
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
_LOTS: Final = "lots in order"
"""What these bases are called in what says which one it is: another with another form of columns,
so that a base in the form of before is made again."""


class LotNetwork(Struct, frozen=True, eq=False):
    """Keys of the base and those that came since, by number, and what leads from which to which.

    The numbers of what came since follow those of the base.
    """

    base: Numbering
    more: Numbering
    net: Network

    def numbers(self, keys: Ints) -> Ints:
        """The nodes of keys; -1 for those that no act gives a reason to look at."""
        old, new = self.base.numbers_of(keys), self.more.numbers_of(keys)
        return np.where(old >= 0, old, np.where(new >= 0, new + len(self.base), -1))

    def keys(self, nodes: Nodes) -> Ints:
        """The keys of nodes, those of the base first."""
        old = nodes < len(self.base)
        more = self.more.keys_of(nodes[~old] - len(self.base))
        return np.concatenate((self.base.keys_of(nodes[old]), more))

    def guess(self, conn: ReadConnection, things: Sequence[str]) -> "Guess":
        """What reading a recall of these things may need."""
        names = [name for name in things for _ in _ASKED]
        seeds = np.array(keys_of(conn, names, list(_ASKED) * len(things)), np.int64)
        numbers = self.numbers(seeds)
        met, hops = closure(self.net, numbers[numbers >= 0])
        found = once(np.concatenate((self.keys(met), seeds)))
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
        covered: list[bool] = (places_of(self.found, keys) >= 0).tolist()
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
    position, came = _since(conn, viewer, secret, base.position)
    names, old = _names(base), base.columns["far"]
    more, ends = numbering.numbered(names, came)
    nodes = len(names) + len(more)
    offsets = base.columns["offsets"]
    offsets = np.concatenate((offsets, np.full(len(more), len(old), offsets.dtype)))
    sides = _side(offsets, old), _side(*_rows(ends[::2], ends[1::2], nodes))
    net = Network(nodes=nodes, ahead=sides, back=(), position=position)
    return LotNetwork(names, more, net)


def renewal(
    conn: ReadConnection, viewer: Viewer, *, secret: bytes, kept: Path, checked: bool = True
) -> Renewed | None:
    """The base at `kept`, of a viewer who sees everything, with what came since; None: too little.

    Without `checked` the base that is there is not read for its digests.
    """
    base = _base(conn, kept, secret, viewer.tenant, checked=checked)
    if not are_acts_worth_keeping(conn, since=base.position, kept=len(base.columns["far"])):
        return None
    position, came = _since(conn, viewer, secret, base.position)
    more, ends = numbering.numbered(_names(base), came)
    names = numbering.joined(_names(base), more)
    near = np.repeat(np.arange(base.nodes), np.diff(base.columns["offsets"]))
    source = np.concatenate((near, ends[::2]))
    target = np.concatenate((base.columns["far"], ends[1::2]))
    offsets, far = _rows(source, target, len(names))
    columns: dict[str, NDArray[Any]] = {**asdict(names), "offsets": offsets, "far": far}
    of = about(conn, _LOTS, secret=secret, tenant=viewer.tenant, position=position)
    return None if of is None else Renewed(Kept(columns, len(names), position, of))


def _names(base: Kept) -> Numbering:
    return Numbering(*(base.columns[name] for name in Numbering.__struct_fields__))


def _rows(source: Ints, target: Ints, nodes: int) -> tuple[Ints, Nodes]:
    """Links by their source, each once: where each node's begin, and where they lead."""
    pairs = once(source * np.int64(max(nodes, 1)) + target)
    near, far = np.divmod(pairs, max(nodes, 1))
    offsets = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(near, minlength=nodes), out=offsets[1:])
    return offsets, far.astype(np.int32)


def _side(offsets: Ints, far: Nodes) -> Side:
    """Links without times: none is asked for."""
    return Side(offsets, far, _NONE, _NONE, _NONE)


def _since(conn: ReadConnection, viewer: Viewer, secret: bytes, since: int) -> tuple[int, Ints]:
    """To which position the acts are complete, and of those after another what leads to what.

    Two keys each, one after the other, in the order in which the acts are read.
    """
    span = {"since": since, "until": since}  # withdrawals change nothing here
    ((position, _),) = conn.execute(SQL.withdrawn_since, span).fetchall()
    params = grants_of(viewer, secret=secret).params
    asked = {**_KINDS, "tenant": params["tenant"], "since": since}
    with conn.cursor() as cursor, cursor.copy(_COPY, asked) as copy:
        rows = b"".join(copy)
    count = max(len(rows) - _FRONT - 2, 0) // _ROW.itemsize
    table: Any = np.frombuffer(rows, _ROW, count, _FRONT) if count else np.zeros(0, _ROW)
    ends = np.empty((count, 2), np.int64)
    ends[:, 0], ends[:, 1] = table["source"], table["target"]
    return position, ends.ravel()


def _base(conn: ReadConnection, path: Path, secret: bytes, tenant: int, *, checked: bool) -> Kept:
    """What is kept at `path`, if it is whole and of this index; else nothing at all."""
    none = asdict(numbering.none())
    nothing = Kept({**none, "offsets": np.zeros(1, np.int64), "far": _NONE}, 0, -1, "")
    if not path.is_file():
        return nothing
    try:
        kept = snapshot.take(path, checked=checked)
    except SnapshotError:
        return nothing  # the record makes it again
    of = about(conn, _LOTS, secret=secret, tenant=tenant, position=kept.position)
    return kept if kept.about == of else nothing
