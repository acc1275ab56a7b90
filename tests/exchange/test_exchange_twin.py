"""Random events and random queries about their members: a slow twin on the sent JSON agrees."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exchange_given import CONTEXT, INSTANCES
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.exchange import parse_query
from suyuan.exchange.matching import matches
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
    kind = draw(st.sampled_from(["member", "member", "member", "value", "percRank"]))
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


@settings(max_examples=400)
@given(events(), st.lists(queries(), min_size=1, max_size=2, unique_by=lambda query: query[0]))
def test_the_twin_agrees(sent: Json, asked: list[tuple[str, str]]) -> None:
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
    query = parse_query({name: [value] for name, value in asked}, extensions=EXTENSIONS)
    wanted = all(twin(sent, name, value) for name, value in asked)
    assert matches(read.event, query, {}) is wanted
