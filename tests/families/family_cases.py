"""The case files of the families, read: what was reported, what is known, what must be found."""

import copy
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from suyuan.families import ACT, Families, Knowledge, PastStep, ThingState, Told, load_families
from suyuan.families.knowledge import KnownDocument, Licence, Lying, Permit
from suyuan.families.view import things
from suyuan.model import Event
from suyuan.wire import Mode, read_event
from suyuan.wire.contexts import STANDARD
from suyuan.wire.types import RawEvent

DATA = Path(__file__).resolve().parents[2] / "src" / "suyuan" / "families" / "data"
CAPTURER = "urn:suyuan:uscc:91110000600037341L"


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One report and the rules it must meet; `like` another, with one thing changed.

    `before` names the cases whose reports came first, in their order: their steps and the
    marks that they left are what is known of the things, beside what `knowledge` says.
    """

    id: str
    zh: str
    en: str
    expect: tuple[str, ...]
    event: str | None = None
    like: str | None = None
    change: dict[str, Any] = {}
    drop: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    knowledge: dict[str, Any] = {}


@cache
def families() -> Families:
    return load_families()


@cache
def files() -> dict[str, tuple[Case, ...]]:
    """The cases by family and file (`drugs/recall`)."""
    paths = sorted(DATA.glob("*/cases/*.toml"))
    return {f"{path.parts[-3]}/{path.stem}": read_file(path) for path in paths}


@cache
def cases() -> tuple[Case, ...]:
    return tuple(case for every in files().values() for case in every)


def read_file(path: Path) -> tuple[Case, ...]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(table) == {"case"}, path
    return msgspec.convert(table["case"], tuple[Case, ...])


@cache
def event_of(case_id: str) -> Event:
    """The report of a case, read once: events are never changed."""
    return read(event_json(named(case_id)))


def event_json(case: Case) -> dict[str, Any]:
    """The report as EPCIS JSON, changes applied by JSON pointer."""
    if case.event is not None:
        return dict(msgspec.json.decode(case.event))
    assert case.like is not None, case.id
    sent = copy.deepcopy(event_json(named(case.like)))
    for pointer in case.drop:
        holder, key = reach(sent, pointer)
        del holder[key]
    for pointer, value in case.change.items():
        holder, key = reach(sent, pointer)
        holder[key] = value
    return sent


def reach(sent: Any, pointer: str) -> tuple[Any, Any]:
    """The holder that a JSON pointer ends in, and the key or index there."""
    *path, key = pointer.removeprefix("/").split("/")
    for step in path:
        sent = sent[int(step) if isinstance(sent, list) else step]
    return sent, int(key) if isinstance(sent, list) else key


def read(sent: dict[str, Any]) -> Event:
    known = read_event(
        RawEvent(0, msgspec.json.encode(sent)), STANDARD, capturer=CAPTURER, mode=Mode.LENIENT
    )
    assert known.event is not None, [one.message.en for one in known.findings]
    return known.event


def knowledge_of(case: Case, event: Event) -> Knowledge:
    """What the case says is known; by default an hour has passed and nothing was looked up."""
    given = given_in(case)
    stated = {uri: thing(**state) for uri, state in table(given, "things")}
    return Knowledge(
        now=given.get("now", event.event_time.astimezone(UTC) + timedelta(hours=1)),
        actor=given.get("actor"),
        things=stated | reported(case.before, event),
        licences={
            party: tuple(Licence(**one) for one in on_file)
            for party, on_file in table(given, "licences")
        },
        roles={party: frozenset(roles) for party, roles in table(given, "roles")},
        documents={
            number: tuple(KnownDocument(number=number, **one) for one in on_file)
            for number, on_file in table(given, "documents")
        },
        divisions={uri: (Lying(code),) for uri, code in table(given, "divisions")},
        permits={
            number: tuple(permit(number, **one) for one in on_file)
            for number, on_file in table(given, "permits")
        },
    )


def given_in(case: Case) -> dict[str, Any]:
    """What the case states as known, or else what the case that it is like states."""
    given = dict(case.knowledge)
    if case.like and not given:
        given = {key: value for key, value in named(case.like).knowledge.items() if key != "now"}
    return given


def named(case_id: str) -> Case:
    return by_id()[case_id]


@cache
def by_id() -> dict[str, Case]:
    return {case.id: case for case in cases()}


def reported(earlier: tuple[str, ...], until: Event) -> dict[str, ThingState]:
    """What the reports of other cases leave known of their things, each judged by its family."""
    known: dict[str, ThingState] = {}
    for case in map(named, earlier):
        event = event_of(case.id)
        assert event.event_time <= until.event_time, case.id
        placement = families().step_of(event, Knowledge(now=event.event_time))
        assert placement.step is not None, case.id
        change = families().marks(event, placement)
        said = families().told(event, placement)
        for uri in things(event):
            state = known.get(uri, ThingState())
            acts = acts_in(said)
            done = state.done.get(placement.step, frozenset()) | acts
            known[uri] = ThingState(
                marks=(state.marks - change.clear) | change.set,
                steps=(*state.steps, PastStep(placement.step, event.event_time, acts)),
                told=state.told,
                done={**state.done, placement.step: done},
            )
        for name in said.things:
            state = known.get(name, ThingState())
            every = {one: (*state.told.get(one, ()), *values) for one, values in kept_of(said)}
            known[name] = structs.replace(state, told={**state.told, **dict(said.latest), **every})
    return known


def acts_in(said: Told) -> frozenset[str]:
    """The ids of what was done, where a second account confirms it."""
    return frozenset(one for name, ids in said.every if name == ACT for one in ids)


def kept_of(said: Told) -> list[tuple[str, tuple[str, ...]]]:
    """The rest of what counts whoever says it."""
    return [(name, values) for name, values in said.every if name != ACT]


def table(given: dict[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    return iter(given.get(key, {}).items())


def thing(
    *,
    made: str | None = None,
    steps: list[dict[str, Any]] | None = None,
    marks: tuple[str, ...] = (),
    told: dict[str, list[str]] | None = None,
) -> ThingState:
    past = tuple(
        PastStep(one["step"], instant(one["at"]), frozenset(one.get("acts", ())))
        for one in steps or ()
    )
    acts = {one.step: [each.acts for each in past if each.step == one.step] for one in past}
    return ThingState(
        told={name: tuple(values) for name, values in (told or {}).items()},
        made=instant(made) if made else None,
        marks=frozenset(marks),
        steps=past,
        done={step: frozenset().union(*ids) for step, ids in acts.items()},
    )


def permit(number: str, *, amount: int, used: int = 0, **said: Any) -> Permit:
    return Permit(number=number, amount=Decimal(amount), used=Decimal(used), **said)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
