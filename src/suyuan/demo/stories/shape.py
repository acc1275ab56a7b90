"""Takes the day and a scale; gives the pieces that every story beside pork is made of.

A story is the same whenever it is told on one day: nothing in it is drawn by chance. What grows
with the scale is everyday trade; what goes wrong stays the same few events.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from suyuan.demo.cast import Actor, checked
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import EventDict, event, event_id
from suyuan.demo.scene import Scene
from suyuan.kit import Text
from suyuan.registry import Licence, Party, Product, Site
from suyuan.registry.types import Entry
from suyuan.service import Act, NewPermit

HOST: Final = "https://id.gs1.org"
_MOST_AT_ONCE: Final = 1_000
_ENDING: Final = frozenset(("destroying", "decommissioning"))
_LONG: Final = timedelta(days=900)


class Breach(Struct, frozen=True, kw_only=True):
    """What goes wrong on purpose: the event, and exactly the rules that must catch it."""

    event: str
    rules: frozenset[str]


class Denied(Struct, frozen=True, kw_only=True):
    """A question before the act that must be answered no, for these rules."""

    asking: Act
    rules: frozenset[str]


class Missing(Struct, frozen=True, kw_only=True):
    """An account that must contradict itself, by so much of its unit."""

    thing: str
    party: str
    by: int


class Reach(Struct, frozen=True, kw_only=True):
    """A recall that must touch exactly these of all the lots of a class."""

    thing: str
    party: str
    lots: frozenset[str]
    of_class: str


class Promise(Struct, frozen=True, kw_only=True):
    """What an engine must answer once the story is told, and what that shows."""

    says: Text
    holds: Denied | Missing | Reach


class Story(Struct, frozen=True, kw_only=True):
    """A small world of one family; `chapters` tells it anew each time it is called.

    `replayed` says which devices' readings stand in it as sensor events; empty: none.
    """

    id: str
    family: str
    title: Text
    plot: Text
    entries: tuple[Entry, ...]
    chapters: Callable[[], Iterator[Chapter]]
    breaches: tuple[Breach, ...]
    scenes: tuple[Scene, ...]
    permits: tuple[NewPermit, ...] = ()
    promises: tuple[Promise, ...] = ()
    replayed: Text = Text("", "")


def breach(story: str, name: str, at: datetime, *rules: str) -> Breach:
    """What goes wrong in the event that a story calls so, on its day."""
    return Breach(event=event_id(f"{story} {name}", at), rules=frozenset(rules))


def of_scale(count: int, scale: float, *, least: int = 1) -> int:
    """So many at scale 1, as many at another, never fewer than the story needs."""
    return max(least, round(count * scale))


def somebody(number: int, role: str, division: str, zh: str, en: str) -> Actor:
    """An invented organisation; `number` makes its GLN."""
    name = Text(zh, en)
    return Actor(
        key=str(number), number=number, name=name, kind="organisation", role=role, division=division
    )


def enrolled(actor: Actor, today: date, *licences: str) -> Iterator[Party | Site | Licence]:
    """A party with its one site and the licences that it holds."""
    yield Party(uri=actor.party, name=actor.name, roles=(actor.role,), division=actor.division)
    yield Site(
        uri=actor.site,
        operator=actor.party,
        name=actor.name,
        kind=actor.role,
        division=actor.division,
    )
    for kind in licences:
        yield Licence(
            party=actor.party,
            kind=kind,
            number=f"{kind[:2].upper()}{actor.number:06d}",
            valid_from=today - _LONG,
            valid_to=today + _LONG,
        )


def trade_item(number: int) -> str:
    """A class of goods (GTIN) by its item number."""
    return f"{HOST}/01/0{checked(f'6901234{number:05d}')}"


def pallet(number: int) -> str:
    """A logistic unit (SSCC)."""
    return f"{HOST}/00/{checked(f'06901234{number:09d}')}"


def product(class_uri: str, zh: str, en: str, family: str, kind: str, owner: Actor) -> Product:
    """A registered class of goods."""
    name = Text(zh, en)
    return Product(class_uri=class_uri, name=name, owner=owner.party, family=family, kind=kind)


def lot(class_uri: str, number: str) -> str:
    """A lot of a class."""
    return f"{class_uri}/10/{number}"


def some(thing: str, quantity: float, unit: str | None = "KGM") -> dict[str, Any]:
    """An amount of a lot; without a unit it is a number of pieces."""
    said: dict[str, Any] = {"epcClass": thing, "quantity": quantity}
    return said if unit is None else said | {"uom": unit}


def terms(family: str, kind: str, step: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """What an event says of itself by the family's terms; items by their names."""
    named = {"suyuan:family": family, "suyuan:step": step, "suyuan:productKind": kind}
    return named | {term(name): value for name, value in items.items()}


def term(name: str) -> str:
    """The term of an item's name."""
    head, *rest = name.split("_")
    return "suyuan:" + head + "".join(part.capitalize() for part in rest)


class Voice(Struct, frozen=True, kw_only=True):
    """Speaks for one story: makes its events by family and kind, each name once a day."""

    story: str
    family: str
    kind: str

    def sees(
        self,
        name: str,
        at: datetime,
        biz_step: str,
        step: str,
        *,
        things: Sequence[str | dict[str, Any]],
        ilmd: Mapping[str, Any] | None = None,
        also: Mapping[str, Any] | None = None,
        **items: Any,
    ) -> EventDict:
        """An ObjectEvent of pieces or amounts; what is made (`ilmd`) states its items there."""
        ends = biz_step in _ENDING
        members: dict[str, Any] = {"action": "ADD" if ilmd else "DELETE" if ends else "OBSERVE"}
        pieces = [one for one in things if isinstance(one, str)]
        amounts = [one for one in things if not isinstance(one, str)]
        members |= {"epcList": pieces} if pieces else {}
        members |= {"quantityList": amounts} if amounts else {}
        if ilmd is not None:
            members["ilmd"] = {term(key): value for key, value in ilmd.items()}
        said = terms(self.family, self.kind, step, items)
        return self._event("ObjectEvent", name, at, biz_step, members | dict(also or {}) | said)

    def makes(
        self,
        name: str,
        at: datetime,
        step: str,
        *,
        used: Sequence[dict[str, Any]],
        made: Sequence[dict[str, Any]],
        site: Actor,
        ilmd: Mapping[str, Any],
        **items: Any,
    ) -> EventDict:
        """A TransformationEvent of lots into lots at a site."""
        members = {
            "inputQuantityList": list(used),
            "outputQuantityList": list(made),
            "bizLocation": {"id": site.site},
            "ilmd": {term(key): value for key, value in ilmd.items()},
        }
        said = terms(self.family, self.kind, step, items)
        biz_step = "creating_class_instance"
        return self._event("TransformationEvent", name, at, biz_step, members | said)

    def packs(
        self,
        name: str,
        at: datetime,
        step: str,
        *,
        parent: str,
        children: Sequence[str],
        site: Actor,
        unpacks: bool = False,
        **items: Any,
    ) -> EventDict:
        """An AggregationEvent: into a container, or all out of it."""
        members: dict[str, Any] = {
            "action": "DELETE" if unpacks else "ADD",
            "parentID": parent,
            "bizLocation": {"id": site.site},
        }
        if children:
            members["childEPCs"] = list(children)
        biz_step = "unpacking" if unpacks else "packing"
        said = terms(self.family, self.kind, step, items)
        return self._event("AggregationEvent", name, at, biz_step, members | said)

    def _event(
        self, type_: str, name: str, at: datetime, biz_step: str, said: dict[str, Any]
    ) -> EventDict:
        return event(type_, f"{self.story} {name}", at, biz_step) | said


def measured(at: datetime, device: str, what: str, value: float, unit: str) -> dict[str, Any]:
    """One reading of a device, as the members of a sensor event (EPCIS 2.0 §7.3.7)."""
    return {
        "sensorElementList": [
            {
                "sensorMetadata": {
                    "time": at.isoformat(timespec="milliseconds"),
                    "deviceID": f"{HOST}/8004/6901234{device}",
                },
                "sensorReport": [{"type": what, "value": value, "uom": unit}],
            }
        ]
    }


def reported(
    reporter: Actor, zh: str, en: str, events: Iterable[EventDict], *, person: str = ""
) -> Iterator[Chapter]:
    """What one party, or a person of it, reports, as documents of a thousand events at most."""
    waiting = iter(events)
    while some_of_them := tuple(islice(waiting, _MOST_AT_ONCE)):
        title = Text(f"{reporter.name.zh}：{zh}", f"{reporter.name.en}: {en}")
        yield Chapter(title=title, reporter=reporter, events=some_of_them, person=person)
