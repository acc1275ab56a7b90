"""Takes values as found; gives the pieces that every predicate is made of."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from msgspec import Struct

from suyuan.families.knowledge import Knowledge, ThingState
from suyuan.families.view import View
from suyuan.kit import Text, geo
from suyuan.kit.clock import in_china
from suyuan.kit.quantity import Quantity, convert, same_dimension
from suyuan.model import QuantityElement
from suyuan.wire import lots_of

NOW = "now"
"""An item that no event states: the instant of capture."""
ACTOR = "actor"
"""An item that no event states: the party that answers for the report."""

Ref = tuple[Literal["item", "step", "word"], str]
NO_NUMBER = Text("{value}（不是可用的数字）", "{value} (no usable number)")
_LONGEST = 60
_LARGEST = 30
"""Powers of ten beyond which a number counts nothing in trade: a slip, or mischief."""


class Miss(Struct, frozen=True, gc=False):
    """A predicate not met: the item at fault and what was found there.

    `words` are found values that the family may have names for (a mark, a coded value); `lacking`
    are the items that are not stated where others that are asked for are. Where what was found is
    `unread`, nobody can say whether the rule was met.
    """

    item: str
    found: Text
    words: tuple[str, ...] = ()
    unread: bool = False
    lacking: tuple[str, ...] = ()


class Words(Struct, frozen=True):
    """What items, steps and the family's other words are called, for `explain`."""

    items: Mapping[str, Text]
    steps: Mapping[str, Text]
    words: Mapping[str, Text]

    def named(self, ids: tuple[str, ...]) -> Text:
        """What those of the ids are called that have a name here."""
        return listed(self.words[one] for one in ids if one in self.words)


NOTHING_STATED = Text("未填写", "nothing stated")


def quoted(value: Any) -> Text:
    """A found value as it may stand in a sentence of either language."""
    text = said(value)
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return Text(f"“{text}”", f'"{text}"')


def said(value: Any) -> str:
    """A found value in signs that people write: an instant on China's clock, a position by degrees.

    What has parts and is neither is written as JSON.
    """
    if isinstance(value, datetime):
        return _time(value)
    if not isinstance(value, dict | list | tuple):
        return str(value)
    at = geo.position(value) if isinstance(value, dict) and "radius" not in value else None
    if at is not None:
        return f"{at.lat}, {at.lon}"
    return json.dumps(value, ensure_ascii=False, default=_part)


def _time(at: datetime) -> str:
    try:
        return in_china(at)
    except OverflowError:  # the last hours that the calendar has
        return at.isoformat(" ", "minutes")


def _part(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else said(value)


def listed(texts: Iterable[Text]) -> Text:
    """Several names in a row, as each language separates them."""
    every = tuple(texts)
    return Text("、".join(text.zh for text in every), ", ".join(text.en for text in every))


def number(value: Any) -> Decimal | None:
    """The exact number that a JSON value or its text states; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None


def is_usable(exact: Decimal) -> bool:
    """Whether a number is of a size that counts something."""
    return abs(exact.adjusted()) <= _LARGEST


def amount_in(value: Any, unit: str | None, *, like: str | None = None) -> Decimal | None:
    """A number, or a quantity element, in a unit; None: it is neither, or does not convert to it.

    A bare number is in the unit `like`, or if that is not given in the unit asked for.
    """
    if isinstance(value, QuantityElement):
        exact, said = value.quantity, value.uom
    else:
        exact, said = number(value), like or unit
    if exact is None or not exact.is_finite() or not same_dimension(said, unit):
        return None
    return convert(Quantity(exact, said), unit).value if is_usable(exact) else exact


def parties(item: str, view: View, knowledge: Knowledge) -> tuple[str, ...]:
    """The parties that an item names; `actor` is who answers for the report."""
    if item == ACTOR:
        return () if knowledge.actor is None else (knowledge.actor,)
    return tuple(value for value in view.values(item) if isinstance(value, str))


def states(item: str, view: View, knowledge: Knowledge) -> Iterable[tuple[str, ThingState]]:
    """The recorded states of the things that an item names; those never recorded are left out."""
    if knowledge.things is None:
        return
    for thing in view.values(item):
        state = knowledge.things.get(thing)
        if state is not None:
            yield thing, state


def with_lots(item: str, view: View, knowledge: Knowledge) -> Iterable[tuple[str, ThingState]]:
    """The same, and the states of the lots that the event states its instances to be of."""
    yield from states(item, view, knowledge)
    if knowledge.things is None or not (view.event.belongings or view.event.ilmd):
        return
    named = set(view.values(item))
    for instance, lot in lots_of(view.event).items():
        state = knowledge.things.get(lot)
        if state is not None and instance in named:
            yield lot, state
