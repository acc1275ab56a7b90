"""Random events and random queries about their members: a slow twin on the sent JSON agrees."""

import json
import random
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from exchange_given import (
    CONTEXT,
    INSTANCES,
    LOTS,
    SITES,
    all_pages,
    capturer,
    document,
    names,
    reader,
    take,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from suyuan.capture import OnRefusal, Options
from suyuan.exchange import EventQuery, parse_query
from suyuan.exchange.matching import matches
from suyuan.exchange.narrow import wanted_terms
from suyuan.exchange.standard import NAMED_SENSED, SENSED
from suyuan.index.terms import MANY, MOST, terms_of
from suyuan.model import Event
from suyuan.service import Platform, capture
from suyuan.wire import Mode, read_document, read_event

Json = dict[str, Any]

EXTENSIONS = {"ex": "https://example.com/ns/"}
PARTS = ["", "ILMD", "ERROR_DECLARATION", "SENSORELEMENT", "SENSORMETADATA", "SENSORREPORT"]
SIGNS = {
    "GT": lambda a, b: a > b,
    "GE": lambda a, b: a >= b,
    "LT": lambda a, b: a < b,
    "LE": lambda a, b: a <= b,
}
GRAMS = {"KGM": 1000, "GRM": 1, "TNE": 1_000_000}
TIMES = ["2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00", "2026-01-02T00:00:00Z"]

atoms = (
    st.integers(-3, 3)
    | st.decimals(-3, 3, places=1).map(float)
    | st.booleans()
    | st.sampled_from(["a", "b", "1", "1.0", "true", *TIMES])
)
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["ex:a", "ex:b"]), inner, max_size=2)
    ),
    max_leaves=4,
)
members = st.dictionaries(st.sampled_from(["ex:a", "ex:b", "ex:c"]), values, max_size=2)
numbers = st.integers(-2, 2000)
PARTIES = ["https://id.gs1.org/417/6901234000016", "https://id.gs1.org/417/6901234000023"]
KINDS = ["owning_party", "possessing_party"]
ROLES = {f"EQ_{role}_{kind}": (role, kind) for role in ("source", "destination") for kind in KINDS}
refs = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(PARTIES)), max_size=2)
reports = st.builds(
    lambda more, value, unit, perc: {
        "type": "Mass", "value": value, "uom": unit, "percRank": perc, **more
    },
    members, numbers, st.sampled_from([*GRAMS, "CEL"]), st.integers(0, 3),
)  # fmt: skip
sensors = st.builds(
    lambda own, metadata, found: {**own, "sensorMetadata": metadata, "sensorReport": found},
    members, members, st.lists(reports, min_size=1, max_size=2),
)  # fmt: skip


def listed(role: str, given_: list[tuple[str, str]]) -> Json:
    """A list of sources or destinations, as sent."""
    return {f"{role}List": [{"type": kind, role: party} for kind, party in given_]}


@st.composite
def events(draw: st.DrawFn) -> Json:
    sent: Json = {
        "type": "ObjectEvent",
        "action": "ADD",
        "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "eventTime": "2026-01-05T00:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [INSTANCES[0][0]],
        "ilmd": draw(members),
        "sensorElementList": draw(st.lists(sensors, max_size=2)),
        **listed("source", draw(refs)),
        **listed("destination", draw(refs)),
        **draw(members),
    }
    if draw(st.booleans()):
        sent["errorDeclaration"] = {
            "declarationTime": "2026-01-06T00:00:00Z",
            **draw(members),
        }
    return sent


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, str]:
    kind = draw(st.sampled_from(["member", "member", "member", "value", "percRank", "role"]))
    if kind == "role":
        parties = draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=2))
        return draw(st.sampled_from(sorted(ROLES))), "|".join(parties)
    if kind == "value":
        comparison = draw(st.sampled_from(["EQ", *SIGNS]))
        return f"{comparison}_value_{draw(st.sampled_from([*GRAMS, 'CEL']))}", str(draw(numbers))
    if kind == "percRank":
        return f"{draw(st.sampled_from([*SIGNS]))}_percRank", str(draw(st.integers(0, 3)))
    comparison = draw(st.sampled_from(["EQ", "EXISTS", *SIGNS]))
    part = draw(st.sampled_from(PARTS))
    inner = draw(st.booleans()) and not (comparison == "EXISTS" and part.startswith("SENSOR"))
    words = [comparison, *(["INNER"] if inner else []), *([part] if part else [])]
    name = "_".join([*words, draw(st.sampled_from(["ex:a", "ex:b"]))])
    if comparison == "EXISTS":
        return name, "true"
    if comparison == "EQ":
        texts = st.sampled_from(["a", "1", "1.0", "-2", "0.5", "true", "false", *TIMES])
        return name, "|".join(draw(st.lists(texts, min_size=1, max_size=2)))
    return name, draw(st.integers(-3, 3).map(str) | st.sampled_from(TIMES))


def holders(sent: Json, part: str) -> list[Json]:
    """The objects of a part, as sent, without the standard's own members."""
    elements = sent["sensorElementList"]
    objects = {
        "": [sent],
        "ILMD": [sent["ilmd"]],
        "ERROR_DECLARATION": [sent.get("errorDeclaration", {})],
        "SENSORELEMENT": elements,
        "SENSORMETADATA": [each["sensorMetadata"] for each in elements],
        "SENSORREPORT": [report for each in elements for report in each["sensorReport"]],
    }[part]
    return [{key: item for key, item in each.items() if ":" in key} for each in objects]


def nested(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from nested(item, key)
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key:
                yield item
            yield from nested(item, key)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if isinstance(value, dict) else [value]


def as_number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None


def as_time(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value in TIMES else None


def equal(leaf: Any, text: str) -> bool:
    if isinstance(leaf, bool):
        return text == str(leaf).lower()
    if isinstance(leaf, str):
        return leaf == text or (as_time(leaf) is not None and as_time(leaf) == as_time(text))
    return as_number(text) is not None and as_number(leaf) == as_number(text)


def twin(sent: Json, name: str, value: str) -> bool:
    """Whether the event answers, decided on what was sent and by nothing of ours."""
    if name in ROLES:
        role, kind = ROLES[name]
        named = [one[role] for one in sent.get(f"{role}List", []) if one["type"] == kind]
        return not set(named).isdisjoint(value.split("|"))
    comparison, *words, last = name.split("_")
    reports_sent = [one for each in sent["sensorElementList"] for one in each["sensorReport"]]
    sign = SIGNS.get(comparison, lambda a, b: a == b)
    if last == "percRank":
        return any(sign(report["percRank"], int(value)) for report in reports_sent)
    if words == ["value"]:
        return any(
            sign(report["value"] * Fraction(GRAMS.get(report["uom"], 1)),
                 int(value) * Fraction(GRAMS.get(last, 1)))
            for report in reports_sent
            if (report["uom"] in GRAMS) == (last in GRAMS)
        )  # fmt: skip
    inner = words[:1] == ["INNER"]
    part = "_".join(words[1:] if inner else words)
    standing = [
        item
        for each in holders(sent, part)
        for item in (
            [found for top in each.values() for found in nested(top, last)]
            if inner
            else [each[last]] if last in each else []
        )
    ]  # fmt: skip
    if comparison == "EXISTS":
        return bool(standing)
    atoms_standing = [leaf for item in standing for leaf in leaves(item)]
    if comparison == "EQ":
        return any(equal(leaf, text) for leaf in atoms_standing for text in value.split("|"))
    read = as_time if value in TIMES else as_number
    found = [read(leaf) for leaf in atoms_standing]
    return any(sign(each, read(value)) for each in found if each is not None)


def meant(sent: Json) -> Event:
    """The event as it is read from a document."""
    whole = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-10T00:00:00Z",
        "epcisBody": {"eventList": [sent]},
    }
    document = read_document(json.dumps(whole).encode())
    read = read_event(document.events[0], document.context, capturer="-", mode=Mode.LENIENT)
    assert read.event is not None, read.findings
    return read.event


@settings(max_examples=400)
@given(events(), st.lists(queries(), min_size=1, max_size=2, unique_by=lambda query: query[0]))
def test_the_twin_agrees_and_the_index_leads_to_what_answers(
    sent: Json, asked: list[tuple[str, str]]
) -> None:
    event = meant(sent)
    query = parse_query({name: [value] for name, value in asked}, extensions=EXTENSIONS)
    wanted = all(twin(sent, name, value) for name, value in asked)
    assert matches(event, query, {}) is wanted
    assert is_led_to(event, query) or not wanted


SOME = [0, 1, -2, 0.5, True, False, "a", "b", "1", "1.0", *TIMES]


def by_chance(number: int, chance: random.Random) -> Json:
    """An event with members by chance in every part; as `events`, without a strategy's choices."""

    def some() -> Json:
        return {name: value() for name in ("ex:a", "ex:b", "ex:c") if chance.random() < 0.3}

    def value() -> Any:
        plain = chance.choice(SOME)
        return chance.choice([plain, [plain, chance.choice(SOME)], {"ex:b": plain, "ex:a": [1]}])

    def report() -> Json:
        amount = {"value": chance.randint(-2, 2_000), "uom": chance.choice([*GRAMS, "CEL"])}
        return {"type": "Mass", **amount, "percRank": chance.randint(0, 3), **some()}

    def sensor() -> Json:
        return {**some(), "sensorMetadata": some(), "sensorReport": [report(), report()]}

    def roles(role: str) -> Json:
        pairs = [
            (chance.choice(KINDS), chance.choice(PARTIES)) for _ in range(chance.randint(0, 2))
        ]
        return listed(role, pairs)

    declared = {"errorDeclaration": {"declarationTime": "2026-01-06T00:00:00Z", **some()}}
    return {
        **BARE,
        "eventID": UUID(int=number + 1).urn,
        "eventTime": f"2026-01-0{chance.randint(1, 5)}T00:00:00Z",
        "ilmd": some(),
        "sensorElementList": [sensor() for _ in range(chance.randint(0, 2))],
        **roles("source"),
        **roles("destination"),
        **(declared if chance.random() < 0.5 else {}),
        **some(),
    }


def test_the_database_finds_what_the_twin_finds_of_members_followed_by_the_index_or_not(
    platform: Platform,
) -> None:
    chance = random.Random(11)
    sent = [by_chance(number, chance) for number in range(90)]
    farm = capturer(platform)
    take(platform, sent[:60], farm)
    capture(platform, document(sent[60:]), farm, Options(on_refusal=OnRefusal.PROCEED))

    @settings(max_examples=150)
    @given(
        st.lists(queries(), min_size=1, max_size=2, unique_by=lambda query: query[0]),
        st.sampled_from([None, "eventTime", "recordTime"]),
        st.integers(1, 100),
    )
    def compare(asked: list[tuple[str, str]], order: str | None, size: int) -> None:
        wanted = [event for event in sent if all(twin(event, name, value) for name, value in asked)]
        if order == "eventTime":
            wanted.sort(key=lambda event: event["eventTime"])
        paged = {**dict(asked), "perPage": str(size)}
        if order is not None:
            paged |= {"orderBy": order, "orderDirection": "ASC"}
        found = names(all_pages(platform, paged, reader(), extensions=EXTENSIONS))
        assert found == [event["eventID"] for event in wanted]

    compare()


def is_led_to(event: Event, query: EventQuery) -> bool:
    """Whether the terms of an event are among those that the query looks for."""
    return all(not {*terms_of(event)}.isdisjoint(some) for some in wanted_terms(query, {}))


SENSED_VALUES = st.sampled_from(
    ["a", "A", "ff", "FF", 5, "5", True, "true", TIMES[0], TIMES[1], "https://example.com/x"]
)
sensed_members = st.dictionaries(st.sampled_from(sorted(SENSED)), SENSED_VALUES, max_size=4)


@settings(max_examples=400)
@given(sensed_members, sensed_members, st.data())
def test_the_index_leads_to_whatever_a_sensor_says(
    metadata: Json, report: Json, data: st.DataObject
) -> None:
    """Made directly: a reader would refuse most of these, and what it lets through may change."""
    sensor = {"sensorMetadata": metadata, "sensorReport": [report]}
    event = structs.replace(meant(BARE), sensors=(sensor,))
    name = data.draw(st.sampled_from(sorted(NAMED_SENSED)))
    value = {"time": TIMES[0], "number": "5"}.get(SENSED[NAMED_SENSED[name][1]][0])
    value = value or data.draw(SENSED_VALUES.map(lambda said: str(said).replace("True", "true")))
    query = parse_query({name: [value]})
    assert is_led_to(event, query) or not matches(event, query, {})


BARE: Json = {
    "type": "ObjectEvent",
    "action": "ADD",
    "eventTime": "2026-01-05T00:00:00Z",
    "eventTimeZoneOffset": "+08:00",
    "epcList": [INSTANCES[0][0]],
}
FULL: Json = BARE | {
    "bizStep": "shipping",
    "disposition": "in_transit",
    "persistentDisposition": {"set": ["damaged"], "unset": ["sellable_accessible"]},
    "readPoint": {"id": SITES[0][0], "ex:a": 1},
    "bizLocation": {"id": SITES[1][0], "ex:b": {"ex:c": "x"}},
    "quantityList": [{"epcClass": LOTS[0][0], "quantity": 5, "uom": "KGM"}],
    **listed("source", [(KINDS[0], PARTIES[0])]),
    **listed("destination", [(KINDS[0], PARTIES[1])]),
    "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 5, "uom": "CEL"}]}],
    "errorDeclaration": {
        "declarationTime": "2026-01-06T00:00:00Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:00000000-0000-4000-8000-000000000002"],
    },
}


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("EQ_action", "ADD", "DELETE"),
        ("EQ_bizStep", "receiving|shipping", "receiving"),
        ("EQ_disposition", "urn:epcglobal:cbv:disp:in_transit", "in_progress"),
        ("EQ_persistentDisposition_set", "damaged", "sellable_accessible"),
        ("EQ_persistentDisposition_unset", "sellable_accessible", "damaged"),
        ("EQ_readPoint", SITES[0][1], SITES[1][1]),
        ("EQ_bizLocation", SITES[1][1], SITES[0][1]),
        ("EQ_errorReason", "incorrect_data", "did_not_occur"),
        ("EQ_source_owning_party", "|".join(PARTIES), PARTIES[1]),
        ("EQ_destination_owning_party", PARTIES[1], PARTIES[0]),
        ("EQ_correctiveEventID", "urn:uuid:00000000-0000-4000-8000-000000000002", "urn:x:1"),
        ("EQ_readPoint_ex:a", "1.0", "2"),
        ("EQ_INNER_bizLocation_ex:c", "x", "y"),
        ("EQ_type", "gs1:Temperature", "Mass"),
    ],
)
def test_a_value_that_does_not_stand_there_is_not_looked_at(
    name: str, value: str, other: str
) -> None:
    event = meant(FULL)
    for said, answers in ((value, True), (other, False)):
        query = parse_query({name: [said]}, extensions=EXTENSIONS)
        assert matches(event, query, {}) is answers
        assert is_led_to(event, query) is answers


def test_a_party_of_another_type_is_not_looked_at() -> None:
    event = meant(FULL)
    for kind, answers in zip(KINDS, (True, False), strict=True):
        query = parse_query({f"EQ_source_{kind}": [PARTIES[0]]})
        assert matches(event, query, {}) is answers
        assert is_led_to(event, query) is answers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXISTS_errorDeclaration", "true"),
        ("GE_errorDeclarationTime", TIMES[0]),
        ("EXISTS_sensorElementList", "true"),
        ("GE_quantity", "1"),
        ("LE_quantity_GRM", "9000"),
        ("GE_value_FAH", "1"),
        ("EXISTS_INNER_ex:c", "true"),
    ],
)
def test_an_event_without_the_member_is_not_looked_at(name: str, value: str) -> None:
    query = parse_query({name: [value]}, extensions=EXTENSIONS)
    full = meant(FULL | {"ex:d": {"ex:c": 1}})
    assert matches(full, query, {})
    assert is_led_to(full, query)
    assert not is_led_to(meant(BARE), query)


def test_an_event_of_very_many_terms_may_answer_whatever_is_asked() -> None:
    event = meant(BARE | {"ex:a": [f"v{number}" for number in range(MOST)]})
    assert set(terms_of(event)) == {MANY}
    assert len(set(terms_of(meant(BARE | {"ex:a": ["v"] * MOST})))) < MOST
