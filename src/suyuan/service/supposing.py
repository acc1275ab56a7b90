"""Takes what somebody supposes of moves, as it was typed; gives it as the network engine is asked.

A place is left out as `PLACE`, moves from one to another as `A>B`, all moves as `*`, those of a
thing as `=CODE`; behind a comma may stand the first day, and behind another the last.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.trace import contact_types

DRAWS: Final = 10_000
MOST_DRAWS: Final = 100_000
MOST_CLOSINGS: Final = 100
MOST_ROOTS: Final = 100
_DAYS: Final = 2
_UNSEEN: Final = Text(
    "没有 “{place}” 的移动可以去掉；请核对编码或登记号。",
    "No move of '{place}' is there to be left out; compare its code or number.",
)
_BACKWARDS: Final = Text(
    "“{text}” 的止早于起；请对调或改正。", "'{text}' ends before it begins; turn the days round."
)
_MANY: Final = Text("一次最多去掉 {most} 处。", "Leave out at most {most} at a time.")
_ROOTS: Final = Text(
    "概率一次最多算 {most} 个起点。", "Chances are told of at most {most} roots at a time."
)
_NO_RISK: Final = Text(
    "概率请写 0 至 1 之间的数。", "Write the probability as a number from 0 to 1."
)
_NO_SHARE: Final = Text(
    "按数量比例要有概率：请同时给出每次移动传播的概率。",
    "Shares weigh a probability: say too how probably a move passes it on.",
)
_NO_DRAWS: Final = Text("抽样次数为 1 至 {most}。", "Draws are from 1 to {most}.")


class Supposing(Struct, frozen=True, kw_only=True):
    """What is supposed, as it was typed: moves left out, and how probably a move passes it on.

    `draws` and the `seed` of them, from 0, count where a probability is not exact. `by_share`: a
    move passes it on in proportion to what it carried of all that left its source.
    """

    without: tuple[str, ...] = ()
    risk: float | None = None
    draws: int = DRAWS
    seed: int = 1
    by_share: bool = False


def is_by_share(told: Supposing | None) -> bool:
    """Whether amounts count."""
    return told is not None and told.risk is not None and told.by_share


Named = Callable[[str], str | None]
"""The canonical name of the holder that a text means, of whom a move is seen; else None."""


MovedBy = Mapping[str, tuple[int, ...]]
"""By a text the moves, by their place, that moved the thing which it means, and nothing else."""


class Sight(Struct, frozen=True):
    """What the viewer sees of what a text may mean: a holder, and the moves of a thing."""

    named: Named
    moved: Callable[[Sequence[str]], MovedBy]


def supposed(told: Supposing, sight: Sight, *, roots: int) -> contact_types.Supposed:
    """What is supposed, of so many roots.

    Raises:
        SuyuanError: `contacts.without`, nothing of it is seen, its days are turned round, or there
            are too many; `contacts.risk`, no probability or number of draws, or too many roots.
    """
    if len(told.without) > MOST_CLOSINGS:
        raise _refused(_MANY.format(most=MOST_CLOSINGS))
    things = (_thing_in(_parted(text)[0]) for text in told.without)
    moved = sight.moved([thing for thing in things if thing is not None])
    closings = tuple(_closing(text, sight.named, moved) for text in told.without)
    return contact_types.Supposed(closings=closings, passing=_passing(told, roots))


def _passing(told: Supposing, roots: int) -> contact_types.Passing | None:
    if told.risk is None:
        if told.by_share:
            raise SuyuanError("contacts.risk", _NO_SHARE, "by_share")
        return None
    if not 0 <= told.risk <= 1:
        raise SuyuanError("contacts.risk", _NO_RISK, "risk")
    if not 1 <= told.draws <= MOST_DRAWS:
        raise SuyuanError("contacts.risk", _NO_DRAWS.format(most=MOST_DRAWS), "draws")
    if roots > MOST_ROOTS:
        raise SuyuanError("contacts.risk", _ROOTS.format(most=MOST_ROOTS), "root")
    return contact_types.Passing(
        probability=told.risk, draws=told.draws, seed=told.seed, by_share=told.by_share
    )


def _closing(text: str, named: Named, moved: MovedBy) -> contact_types.Closing:
    ends, days = _parted(text)
    first, last = (*days, None, None)[:_DAYS]
    if first is not None and last is not None and last < first:
        raise _refused(_BACKWARDS.format(text=privacy.quoted(text)))
    if ends == "*":
        return contact_types.Closing(first=first, last=last)
    if (thing := _thing_in(ends)) is not None:
        if not moved.get(thing):
            raise _refused(_UNSEEN.format(place=privacy.quoted(thing)))
        return contact_types.Closing(moves=moved[thing], first=first, last=last)
    source, is_way, target = ends.partition(">")
    if is_way:
        return contact_types.Closing(
            source=_named(source, named), target=_named(target, named), first=first, last=last
        )
    place = _named(ends, named)
    return contact_types.Closing(source=place, target=place, either=True, first=first, last=last)


def _thing_in(ends: str) -> str | None:
    return ends[1:].strip() if ends.startswith("=") else None


def _named(text: str, named: Named) -> str:
    found = named(text.strip())
    if found is None:
        raise _refused(_UNSEEN.format(place=privacy.quoted(text.strip())))
    return found


def _parted(text: str) -> tuple[str, list[date | None]]:
    """What stands before the days, and the days; a name may have commas in it too."""
    parts, days = text.split(","), list[date | None]()
    while len(parts) > 1 and len(days) < _DAYS and _is_day(parts[-1]):
        day = parts.pop().strip()
        days.insert(0, date.fromisoformat(day) if day else None)
    return ",".join(parts).strip(), days


def _is_day(text: str) -> bool:
    try:
        return not text.strip() or bool(date.fromisoformat(text.strip()))
    except ValueError:
        return False


def _refused(why: Text) -> SuyuanError:
    return SuyuanError("contacts.without", why, "without")
