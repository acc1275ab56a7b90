"""Of every family: what capture judges from rows is what the predicates find in a plain memory.

The reports are the families' own examples, told of a few things of a world of their own, with
times, coded values and reporters drawn, members left out, and split into documents anyhow.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import pytest
from given import FARM, NOW, TRADER, Give, document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twins import law, registered, slowly, split

from suyuan import state
from suyuan.capture import OnRefusal
from suyuan.families import Family, OneOf, Permit
from suyuan.families.predicates import Permit as Grant
from suyuan.families.types import Remember, Rule
from suyuan.kit import Text
from suyuan.registry import Licence, Party, directory
from suyuan.store import Store
from suyuan.templates import template_of

GROUPS = [*((name,) for name in law().by_id),
          ("agricultural-inputs", "edible-agricultural-products"),
          ("edible-agricultural-products", "drugs")]  # fmt: skip
LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
AMOUNTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
DAYS = ("2026-01-05", "2026-03-01")
KEPT = ("suyuan:family", "suyuan:step", "suyuan:productKind")
worlds = itertools.count(1)
on_database = settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def roles() -> list[str]:
    return sorted({role for one in law().by_id.values() for step in one.steps.values()
                   for role in step.roles})  # fmt: skip


def licences() -> list[str]:
    """Every other licence: who has none of a kind is found, too."""
    return sorted({kind for one in law().by_id.values() for step in one.steps.values()
                   for kind in step.licences})[::2]  # fmt: skip


@pytest.fixture(autouse=True)
def _registered(database: Store) -> None:
    """The farm may do nearly everything, the trader nothing."""
    farm = Party(uri=FARM.party, name=Text("名", "name"), roles=tuple(roles()))
    trader = Party(uri=TRADER.party, name=Text("名", "name"))
    held = [Licence(party=FARM.party, kind=kind, number=kind) for kind in licences()]
    with database.write() as conn:
        directory.register(conn, [farm, trader, *held])


@cache
def examples(name: str) -> list[dict[str, Any]]:
    """A report of each step, none of which declares another wrong."""
    family = law().by_id[name]
    made = (dict(template_of(family, step, NOW.date()).example) for step in family.steps)
    return [one for one in made if "errorDeclaration" not in one]


@cache
def linked(name: str) -> list[dict[str, Any]]:
    """Those of steps that leave something known, or that are judged by what is."""
    family = law().by_id[name]
    known = {one.name for one in family.recorded}
    steps = {step for one in family.remembers for step in one.step}
    steps |= {step for rule in family.rules for step in rule.when.step
              if known.intersection(item for _, item in rule.require.refs())}  # fmt: skip
    return [one for one in examples(name) if one["suyuan:step"] in steps] or examples(name)


@cache
def words(name: str) -> dict[str, list[str]]:
    """The values that rules, marks and memory tell apart, by the term of the item."""
    family, found = law().by_id[name], dict[str, set[str]]()
    wheres = [one.where for one in (*family.marks, *family.remembers)]
    wheres += [rule.when.where for rule in family.rules]
    wheres += [{rule.require.of: rule.require.values} for rule in family.rules
               if isinstance(rule.require, OneOf)]  # fmt: skip
    for item, values in (pair for where in wheres for pair in where.items()):
        for place in family.places(item):
            found.setdefault(place.partition(".")[2], set()).update(values)
    return {term: sorted(values) for term, values in found.items() if term.startswith("suyuan:")}


def terms(family: Family, items: Iterator[str] | frozenset[str]) -> set[str]:
    return {place.partition(".")[2] for item in items for place in family.places(item)}


def grants(family: Family) -> Iterator[Grant]:
    return (one.require for one in family.rules if isinstance(one.require, Grant))


def retold(
    sent: dict[str, Any], name: str, *, world: int, which: int, named: int | None = None
) -> dict[str, Any]:
    """The report of things, papers and permits of its own world; all parties are one.

    What an item names by no code of things is of the number `named`, else of `which` as well.
    """
    family, one = law().by_id[name], dict(sent)
    gtin = "https://id.gs1.org/01/06901234001013"
    for key in LISTS:
        if key in one:
            one[key] = [f"{gtin}/21/W{world}C{which + at}" for at in range(len(one[key]))]
    for key in AMOUNTS:
        if key in one:
            one[key] = [each | {"epcClass": f"{gtin}/10/W{world}L{which + at}"}
                        for at, each in enumerate(one[key])]  # fmt: skip
    if "parentID" in one:
        one["parentID"] = f"{gtin}/21/W{world}P{which}"
    for key, value in (("sourceList", "source"), ("destinationList", "destination")):
        if key in one:
            one[key] = [each | {value: FARM.party} for each in one[key]]
    numbers = terms(family, (grant.of for grant in grants(family)))
    own = terms(family, family.asks_of) - numbers
    one = dict.fromkeys(own) | one  # a parcel and the like, also where the example names none
    for members in (one, one.get("ilmd", {})):
        for key in members.keys() & (numbers | own):
            members[key] = (
                f"P-{world}" if key in numbers else f"N-{world}-{which if named is None else named}"
            )
    return one


@st.composite
def reports(
    draw: st.DrawFn, group: tuple[str, ...]
) -> list[tuple[str, dict[str, Any], int, int, int]]:
    """Reports of steps of a group of families: family, report, thing, name, hours before now."""
    hours = draw(st.lists(st.integers(1, 2000), min_size=3, max_size=8, unique=True))
    told = []
    for hour in hours:
        name = draw(st.sampled_from(group))
        # Of two families only the steps by which one reaches into the other.
        every = linked(name) if len(group) > 1 else [*examples(name), *linked(name)]
        sent = dict(draw(st.sampled_from(every)))
        if "ilmd" in sent:
            sent["ilmd"] = spoilt(draw, sent["ilmd"], name)
        thing, named = draw(st.sampled_from([0, 0, 1])), draw(st.sampled_from([0, 0, 1]))
        told.append((name, spoilt(draw, sent, name), thing, named, hour))
    return told


def spoilt(draw: st.DrawFn, members: dict[str, Any], name: str) -> dict[str, Any]:
    """With other coded values and days, and now and then without one member."""
    said = {key: draw(st.sampled_from(words(name)[key])) if key in words(name) and key not in KEPT
            else draw(st.sampled_from([value, *DAYS])) if DAY.fullmatch(str(value))
            else value for key, value in members.items()}  # fmt: skip
    own = [key for key in said if key.startswith("suyuan:") and key not in KEPT]
    gone = draw(st.sampled_from(own)) if own and draw(st.integers(0, 3)) == 3 else None
    return {key: value for key, value in said.items() if key != gone}


def granted(database: Store, group: tuple[str, ...], world: int, amount: int) -> tuple[Permit, ...]:
    """A line of each kind of permit that the families ask for, all of one number."""
    asked = {grant.any[0]: grant.like for name in group for grant in grants(law().by_id[name])}
    with database.write() as conn:
        return tuple(
            state.permits.enter(
                conn,
                Permit(
                    id=0, kind=kind, number=f"P-{world}", holder=FARM.party, unit=unit,
                    amount=Decimal(amount),
                ),
                tenant=FARM.tenant, now=NOW,
            ).permit
            for kind, unit in sorted(asked.items())
        )  # fmt: skip


@pytest.mark.parametrize("group", GROUPS, ids="+".join)
@on_database
@given(data=st.data(), size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
       amount=st.sampled_from([1, 30, 5000]), by=st.sampled_from([FARM, FARM, TRADER]))  # fmt: skip
def test_what_capture_finds_in_a_family_is_what_its_rules_find_in_a_plain_memory(
    database: Store, give: Give, group: tuple[str, ...], data: st.DataObject,
    size: tuple[int, int], amount: int, by: Any,
) -> None:  # fmt: skip
    world, (documents_of, portion) = next(worlds), size
    lines = granted(database, group, world, amount)
    events = [
        retold(sent, name, world=world, which=which, named=named)
        | {"eventID": UUID(int=world * 100 + at).urn,
           "eventTime": (NOW - timedelta(hours=hour)).isoformat()}
        for at, (name, sent, which, named, hour) in enumerate(data.draw(reports(group)))
    ]  # fmt: skip
    documents = [document(*part) for part in split(events, documents_of)]
    found = [
        {each.rule for each in result.findings}
        for sent in documents
        for result in give(data=sent, by=by, portion=portion, on_refusal=OnRefusal.PROCEED).events
    ]
    parties = {FARM.party: (roles(), licences()), TRADER.party: ((), ())}
    assert found == slowly(documents, registered(parties, *lines), [by] * len(documents))


class Reach(NamedTuple):
    """A report that leaves something known of what `of` names, and a rule that reads it there."""

    family: str
    step: str
    past: Remember
    of: str
    is_thing: bool
    rule: tuple[str, str, Rule]


def reaches() -> Iterator[Reach]:
    """Every way in which a name that is no thing of the one report leads to the other.

    Either both name it by one item (a parcel), or it is a thing of the other (an animal treated).
    """
    for one, other in itertools.product(law().by_id.values(), repeat=2):
        for past, rule in itertools.product(one.remembers, other.rules):
            read = [item for item in other.recorded if item.recorded == past.known_as
                    and ("item", item.name) in rule.require.refs()]  # fmt: skip
            for of, item in itertools.product({*past.of} - {"things", "instances"}, read):
                is_thing = one.items[of].type == "units"
                if ("things" if is_thing else of) in item.of:
                    for step, then in itertools.product(past.step, rule.when.step):
                        yield Reach(one.id, step, past, of, is_thing, (other.id, then, rule))


LIMITS: Final = {DAYS[1]: 0.1, DAYS[0]: 1_000_000}
"""What no use keeps to, and what every use does, where a limit is remembered and no day."""


def treated(reach: Reach, day: str, world: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A use on a day, to be waited after for thirty, and the report of two months later at most.

    They share nothing but the name: neither a thing nor a paper.
    """
    other, then, rule = reach.rule
    made = dated(template_of(law().by_id[other], then, NOW.date()).example, DAYS[1])
    after = retold(made, other, world=world, which=1)
    used = dated(template_of(law().by_id[reach.family], reach.step, NOW.date()).example, day)
    before = retold(used, reach.family, world=world, which=0)
    family, past = law().by_id[reach.family], reach.past
    things = [
        *(one for key in ("epcList", "inputEPCList") for one in after.get(key, ())),
        *(one["epcClass"] for one in after.get("quantityList", ())),
    ]
    before |= said(family, past.item, day) | said(family, past.plus_days or past.item, 30)
    if past.plus_days is None and family.items[past.item].type == "number":
        before |= said(family, past.item, LIMITS[day])
        for kind, name in rule.require.refs():
            if kind == "item" and law().by_id[other].items[name].recorded is None:
                after |= said(law().by_id[other], name, 30)
    before |= said(family, reach.of, things if reach.is_thing else f"N-{world}-1")
    for item, values in past.where.items():
        before |= said(family, item, values[0])
    times = (NOW - timedelta(hours=hours) for hours in (200, 100))
    first, second = (
        {"eventID": UUID(int=world * 100 + at).urn, "eventTime": time.isoformat()}
        for at, time in enumerate(times)
    )
    return before | first, after | second


def dated(members: Mapping[str, Any], day: str) -> dict[str, Any]:
    """The report with one day for all that it states."""
    return {key: dated(value, day) if key == "ilmd" else day if DAY.fullmatch(str(value)) else value
            for key, value in members.items()}  # fmt: skip


def said(family: Family, item: str, value: Any) -> dict[str, Any]:
    """A value for an item, as an extension of an event that observes."""
    (term,) = {place.partition(".")[2] for place in family.places(item)}
    return {term: value}


def test_what_is_known_of_a_name_reaches_a_later_report_that_shares_nothing_else(
    give: Give,
) -> None:
    on_file = registered({FARM.party: (roles(), licences())})
    every = list(reaches())
    assert {(one.of, one.is_thing) for one in every} >= {("parcel", False), ("treated_units", True)}
    for reach, (day, is_breach), size in itertools.product(
        every, ((DAYS[1], True), (DAYS[0], False)), (1, 2)
    ):
        documents = [document(*part) for part in split(treated(reach, day, next(worlds)), size)]
        found = [
            {each.rule for each in result.findings}
            for sent in documents
            for result in give(data=sent, on_refusal=OnRefusal.PROCEED).events
        ]
        assert found == slowly(documents, on_file), (reach, size)
        assert (reach.rule[2].id in found[1]) is is_breach, (reach, size)
