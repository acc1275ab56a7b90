"""Takes the decisions to destroy events; gives which gaps they explain, and what is wrong of them.

A decision that was altered is told as that, at its own position; what it may have destroyed is
still told as a gap, unless what is left of it shows which positions were logged.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.record.erasing import FIELD, erasures
from suyuan.record.types import Erasure
from suyuan.store import Queries, ReadConnection
from suyuan.tlog.commitment import SECRET_BYTES, commit

_Q: Final = Queries(__package__)
_MOST: Final = 100
"""Positions of which each is tried as one that was put in."""
_DECISION: Final = Text(
    "位置 {position} 的销毁决定（条目 {entry}）不是存证时的内容：{what}。",
    "The decision to destroy events at position {position} (entry {entry}) is not what was logged: "
    "{what}.",
)
_POSITIONS: Final = Text(
    "所销毁的位置现为 {now}，存证的是 {logged}",
    "the positions that it destroyed are {now} now and were logged as {logged}",
)
_ENTRIES: Final = Text(
    "存证的是位置 {logged}，而它名下的条目在位置 {now}：条目（entries）或位置被改动",
    "it was logged for positions {logged}, and the entries under it are at {now}: those (entries) "
    "or the positions were altered",
)
_SECRET: Final = Text("密值（secret）被改动", "its secret was altered")
_SAID: Final = Text("其内容或密值被改动", "what it says or its secret was altered")
_NUMBER: Final = Text(
    "编号（number）被改动：现存为条目 {entry}",
    "its number was altered: it is kept as entry {entry} now",
)
_UNSURE: Final = Text(
    "位置 {position} 的事件不在数据库中，而说它已依法销毁的决定（位置 {decision}）被改动："
    "无从证明。",
    "The event at position {position} is not in the database, and the decision at position "
    "{decision}, which says that it was lawfully destroyed, was altered: nothing proves it.",
)


class Decisions(Struct, frozen=True, kw_only=True):
    """All decisions: the positions that they explain, their own among them, and what was altered.

    `altered` says of a position of a decision what is wrong with it, `unsure` of a gap which
    altered decision names it; `moved` are decisions that stand under another number than they were
    logged under.
    """

    explained: frozenset[int]
    altered: dict[int, Text]
    unsure: dict[int, int]
    moved: frozenset[int]

    def of_gap(self, position: int) -> Text | None:
        """What is said of a gap that an altered decision names."""
        if (decision := self.unsure.get(position)) is None:
            return None
        return _UNSURE.format(position=position, decision=decision)


def read(conn: ReadConnection) -> Decisions:
    """What the decisions on record explain, and what of them was altered."""
    kept = {number: row for number, *row in conn.execute(_Q.decided).fetchall()}
    moved = _moved(conn, kept)
    explained, altered, unsure = set[int](), dict[int, Text](), dict[int, int]()
    for each in erasures(conn):
        position = moved.get(each.number, each.position)
        if position is None:  # it waits, or is told as a row without a leaf
            continue
        logged, what = (
            (each.positions, _NUMBER.format(entry=each.number))
            if each.number in moved
            else _as_logged(each, *kept[each.number])
        )
        explained |= {position, *(set(logged) & set(each.there))}
        if what is not None:
            altered[position] = what
            unsure |= dict.fromkeys({*each.there, *each.positions} - explained, position)
    return Decisions(
        explained=frozenset(explained), altered=altered, unsure=unsure, moved=frozenset(moved)
    )  # fmt: skip


def _moved(conn: ReadConnection, kept: Mapping[int, Sequence[Any]]) -> dict[int, int]:
    """Decisions without a leaf of their own number, by the position of the leaf that binds them."""
    strays = {
        commit({FIELD: bytes(said)}, bytes(secret)): number
        for number, (said, secret, commitment) in kept.items()
        if commitment is None and len(secret) == SECRET_BYTES
    }
    if not strays:
        return {}
    rows = conn.execute(_Q.leaves_like, {"commitments": list(strays)}).fetchall()
    return {strays[bytes(commitment)]: position for position, commitment in rows}


def told(position: int, entry: int, what: Text) -> Text:
    """What is said of a decision that was altered."""
    return _DECISION.format(position=position, entry=entry, what=what)


def _as_logged(
    each: Erasure, said: bytes, secret: bytes, commitment: bytes
) -> tuple[Sequence[int], Text | None]:
    """The positions that were logged, as far as what is left shows them, and what was altered."""
    if each.proven:
        return each.positions, None
    if each.logged:
        what = _ENTRIES.format(logged=_list(each.positions), now=_list(each.there))
        return each.positions, what
    if len(secret) != SECRET_BYTES:
        return (), _SECRET
    for there in _ways(each.there):
        if _gives(bytes(said), there, bytes(secret), bytes(commitment)):
            return there, _POSITIONS.format(now=_list(each.positions), logged=_list(there))
    return (), _SAID


def _ways(there: Sequence[int]) -> Sequence[Sequence[int]]:
    """The positions that may have been logged: those of its entries, or all but one of them."""
    fewer = [[*there[:at], *there[at + 1 :]] for at in range(len(there))]
    return [there, *(fewer if len(there) <= _MOST else ())]


def _gives(said: bytes, positions: Sequence[int], secret: bytes, commitment: bytes) -> bool:
    try:
        members = msgspec.json.decode(said, type=dict[str, object])
        value = canonical_bytes({**members, "positions": list(positions)})
    except Exception:  # noqa: BLE001 -- whatever stands there, it is no decision
        return False
    return commit({FIELD: value}, secret) == commitment


def _list(positions: Sequence[int]) -> str:
    return ", ".join(map(str, positions)) or "-"
