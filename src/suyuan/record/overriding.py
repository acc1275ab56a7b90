"""Takes an authority's decision on a recorded event; keeps it, and lets the event count by it.

The event, its verdict and its leaf stay. What later judging knows of it becomes what it would be,
had it been judged so (docs/concepts/overrides.md): the decision's act binds that, and what judging
had left is kept beside it, for the leaf commits to it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct, structs
from psycopg.types.json import Jsonb

from suyuan import state
from suyuan.families import Families, Placement
from suyuan.kit.digest import mac
from suyuan.model import Verdict
from suyuan.record.leaves import left_bytes
from suyuan.record.types import STANDS, VERDICTS, Override, Recorded
from suyuan.state import comparing
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_STRANGE: Final = comparing.Left(told={"": "unreadable"})
"""What no event left: in the place of what is no row of ours."""


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """How an overridden event counts, and what binds it.

    `seal` is that of what later judging goes by; `judged` what judging left, by the event's leaf.
    """

    verdict: Verdict
    seal: str
    judged: comparing.Left


def overrides(conn: ReadConnection, entries: Sequence[int]) -> dict[int, tuple[Override, ...]]:
    """What was decided of events since they were judged, by entry, the oldest first."""
    found: dict[int, list[Override]] = {}
    if not entries:
        return {}
    for row in conn.execute(_Q.overrides, {"entries": list(entries)}):
        found.setdefault(row[1], []).append(
            Override(
                act=row[0], entry=row[1], before=_verdict(row[2]), verdict=_verdict(row[3]),
                aside=tuple(row[4]), ground=row[5], documents=tuple(row[6]), authority=row[7],
                account=row[8], at=row[9], position=row[10],
            )
        )  # fmt: skip
    return {entry: tuple(each) for entry, each in found.items()}


def standing(conn: ReadConnection, entries: Sequence[int]) -> dict[int, Standing]:
    """How those of the events count that were overridden."""
    found: dict[int, Standing] = {}
    rows = conn.execute(_Q.standing, {"entries": list(entries)}) if entries else ()
    for entry, verdict, seal, said in rows:
        judged, newest = _left(said), found.get(entry)
        if newest is None:
            found[entry] = Standing(verdict=_verdict(verdict), seal=seal, judged=judged)
        elif newest.judged != judged:  # every decision on an event says the same of it
            found[entry] = structs.replace(newest, judged=_STRANGE)
    return found


def as_decided(
    told: comparing.Told, decided: Mapping[int, Standing], left: Mapping[int, comparing.Left]
) -> comparing.Told:
    """An event as it counts now, for comparing; `left` is what later judging goes by, by entry."""
    if (known := decided.get(told.entry)) is None:
        return told
    now = left.get(told.entry, comparing.NOTHING)
    return structs.replace(told, stands=known.verdict in STANDS, left=now)


def unsealed(
    told: Sequence[comparing.Told], decided: Mapping[int, Standing], secret: bytes
) -> set[int]:
    """The overridden of some events of which later judging goes by something else than decided."""
    return {
        each.entry
        for each in told
        if (known := decided.get(each.entry)) is not None
        and seal_of(each.left or comparing.NOTHING, secret) != known.seal
    }


def judge_anew(
    conn: WriteConnection, recorded: Recorded, verdict: Verdict, families: Families
) -> comparing.Left:
    """Let later judging go by another verdict on an event; gives what judging had left of it.

    Whoever calls is `plain.beside` and then has locked everything (`state.lock_everything`).
    """
    known = standing(conn, [recorded.entry]).get(recorded.entry)
    judged = left(conn, recorded.entry) if known is None else known.judged
    now = _left_now(recorded, judged, verdict, families)
    state.reweigh(conn, recorded.entry, now, held=verdict is Verdict.HELD)
    return judged


def left(conn: ReadConnection, entry: int) -> comparing.Left:
    """What later judging goes by of an event, as it stands."""
    return comparing.left(conn, [entry]).get(entry, comparing.NOTHING)


def seal_of(left: comparing.Left, secret: bytes) -> str:
    """What binds what an event left, and without the record's secret tells nothing of it."""
    return mac(secret, b"left\0" + left_bytes(left)).hex()


def keep(conn: WriteConnection, decided: Override, judged: comparing.Left, *, seal: str) -> None:
    """Keep a decision; its act is logged in the same transaction."""
    row = structs.asdict(decided) | {
        "before": VERDICTS.index(decided.before),
        "verdict": VERDICTS.index(decided.verdict),
        "aside": list(decided.aside),
        "documents": list(decided.documents),
        "seal": seal,
        "judged": None if judged == comparing.NOTHING else Jsonb(msgspec.to_builtins(judged)),
    }
    conn.execute(_Q.keep_override, row)


def _left_now(
    recorded: Recorded, judged: comparing.Left, verdict: Verdict, families: Families
) -> comparing.Left:
    """What an event leaves under a verdict: held, it clears no mark, and its last word is doubted.

    Marks that it sets, and of which things it leaves something known, do not hang on the verdict.
    """
    if (verdict is Verdict.HELD) is (recorded.verdict is Verdict.HELD):
        return judged
    told = dict(judged.told)
    if verdict is Verdict.HELD:
        told["latest"] = [[name, values] for name, values in told.get("latest", ()) if not values]
        return _said(judged, (), told)
    placement = Placement(family=recorded.family, step=recorded.step)
    if judged.entitled:
        latest = families.told(recorded.event, placement).latest
        told["latest"] = [[name, list(values)] for name, values in latest]
    return _said(judged, families.marks(recorded.event, placement).clear, told)


def _said(
    judged: comparing.Left, clears: frozenset[str] | tuple[str, ...], told: dict[str, Any]
) -> comparing.Left:
    kept = {how: some for how, some in told.items() if some}
    return structs.replace(judged, clears=tuple(sorted(clears)), told=kept)


def _verdict(number: int) -> Verdict:
    """A verdict by its number; what is none was written past this program: doubt holds."""
    return VERDICTS[number] if 0 <= number < len(VERDICTS) else Verdict.HELD


def _left(value: Any) -> comparing.Left:
    try:
        return comparing.NOTHING if value is None else msgspec.convert(value, comparing.Left)
    except msgspec.ValidationError:
        return _STRANGE
