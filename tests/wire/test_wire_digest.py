"""One digest for one meaning, another for every other (docs/concepts/digest.md)."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_samples import (
    AGGREGATION,
    DECLARED,
    EPCIS,
    OBJECT,
    SAMPLES,
    SGTIN,
    TRANSFORMATION,
    Json,
    changed,
    document,
    events,
    meant,
    taken,
)

from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import sha256
from suyuan.kit.strictjson import parse
from suyuan.model import Event
from suyuan.wire import Mode, digest, event_from_normal, normal_bytes

PAGE = Path(__file__).resolve().parents[2] / "docs/concepts/digest.md"


def digests(data: bytes) -> list[bytes]:
    read = taken(data)[1]
    assert all(one.event is not None for one in read), read
    return [digest(one.event) for one in read if one.event is not None]


@st.composite
def respelled(draw: st.DrawFn, event: Json) -> Json:
    """The same event with its members, and the lists that are sets, in another order."""
    keys = draw(st.permutations(list(event)))
    other = {key: event[key] for key in keys}
    for key, value in other.items():
        if isinstance(value, list) and key.endswith(("List", "EPCs")) and "sensor" not in key:
            other[key] = draw(st.permutations(value))
    return other


@given(st.data(), events())
def test_order_of_members_and_of_sets_does_not_matter(data: st.DataObject, event: Json) -> None:
    other = data.draw(respelled(event))
    assert normal_bytes(meant(event)) == normal_bytes(meant(other))


@given(events(), events())
def test_a_sibling_and_its_place_do_not_matter(one: Json, other: Json) -> None:
    first, _ = digests(document(one, other))
    _, second = digests(document(other, one))
    assert first == second == digest(meant(one))


@given(events())
def test_prefix_names_do_not_matter(event: Json) -> None:
    renamed = json.loads(json.dumps(event).replace('"ex:', '"other:'))
    context = [EPCIS, {"other": "https://example.com/ns/", "unused": "https://example.org/"}]
    assert digests(document(renamed, context=context)) == [digest(meant(event))]


@given(events())
def test_normal_bytes_come_back_as_the_same_event(event: Json) -> None:
    normal = normal_bytes(meant(event))
    again = event_from_normal(normal)
    assert normal_bytes(again) == normal
    assert digest(normal) == digest(again) == sha256(b"suyuan-event-1\n" + normal)


@given(events())
def test_normal_bytes_are_those_of_the_plain_definition(event: Json) -> None:
    read = meant(event)
    assert normal_bytes(read) == plainly_normal(read)


def plainly_normal(event: Event) -> bytes:
    """The definition of the page, step by step, with no thought of speed."""
    plain = msgspec.to_builtins(event, builtin_types=(Decimal, datetime))
    plain["eventTime"] = utc(event.event_time, plain.pop("eventTimeText"))
    for key in ("epcs", "inputEpcs", "outputEpcs", "persistentSet", "persistentUnset"):
        if key in plain:
            plain[key] = sorted(set(plain[key]), key=str.encode)
    for key in BAGS & plain.keys():
        plain[key] = sorted(plain[key], key=canonical_bytes)
    if "sensors" in plain:
        plain["sensors"] = list(plain["sensors"])
    if event.error is not None:
        error = plain["error"]
        words = error.pop("declarationTimeText", "")
        error["declarationTime"] = utc(event.error.declaration_time, words)
        if "correctiveEventIds" in error:
            error["correctiveEventIds"] = sorted(set(error["correctiveEventIds"]))
    return canonical_bytes(plain)


BAGS = {
    *("quantities", "inputQuantities", "outputQuantities", "bizTransactions"),
    *("sources", "destinations", "certifications", "belongings"),
}


def utc(at: datetime, words: str) -> str:
    fraction = re.search(r"\.(\d+)", words)
    digits = (fraction[1] if fraction else f"{at.microsecond:06}").rstrip("0")
    whole = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{digits}Z" if digits else f"{whole}Z"


@given(events(), st.data())
def test_every_value_matters(event: Json, data: st.DataObject) -> None:
    places = list(leaves(event, ()))
    place = data.draw(st.sampled_from(places))
    other = changed(event, lambda copied: alter(copied, place))
    read = taken(document(other))[1][0]
    if read.event is not None:  # where it is refused, it is not taken for the same either
        assert digest(read.event) != digest(meant(event))


def leaves(value: Any, place: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*place, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, (*place, at))
    else:
        yield place


def alter(value: Any, place: tuple[Any, ...]) -> None:
    for step in place[:-1]:
        value = value[step]
    old = value[place[-1]]
    if isinstance(old, bool):
        new: Any = not old
    elif isinstance(old, str):
        new = old + "1"
    else:
        new = old + 1
    value[place[-1]] = new


SPELLINGS = [
    (SGTIN + "32a", "urn:epc:id:sgtin:6901234.000001.32a"),
    (SGTIN + "a%2Fb", "urn:epc:id:sgtin:6901234.000001.a%2Fb"),
]


@pytest.mark.parametrize(("link", "urn"), SPELLINGS)
def test_both_spellings_of_an_identifier_are_one(link: str, urn: str) -> None:
    one = changed(OBJECT, lambda event: event.update(epcList=[link]))
    other = changed(OBJECT, lambda event: event.update(epcList=[urn]))
    assert normal_bytes(meant(one)) == normal_bytes(meant(other))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.0", "1", True),
        ("100", "1E2", True),
        ("0.10", "0.1", True),
        ("-0", "0", True),
        ("1", "1.0000000000000000000000001", False),
        ("83000123456789012345", "83000123456789012346", False),
        ('"007"', '"7"', False),
        ('"7"', "7", False),
        ("true", '"true"', False),
        ("1", "true", False),
        ('"receiving"', '"https://ref.gs1.org/cbv/BizStep-receiving"', False),
        ('"é"', '"e\\u0301"', False),
        ("[1,2]", "[2,1]", False),
    ],
)
def test_numbers_and_texts_are_exact(one: str, other: str, *, same: bool) -> None:
    template = document(changed(OBJECT, lambda event: event.update({"ex:v": "@"}))).decode()
    first, second = (digests(template.replace('"@"', value).encode())[0] for value in (one, other))
    assert (first == second) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00Z", True),
        ("2026-03-01T08:00:00.100+08:00", "2026-03-01T08:00:00.1+08:00", True),
        ("2026-03-01T08:00:00.0000001+08:00", "2026-03-01T08:00:00+08:00", False),
        ("2026-03-01T08:00:00+08:00", "2026-03-01T08:00:00Z", False),
    ],
)
def test_a_time_is_its_instant_to_the_last_digit(one: str, other: str, *, same: bool) -> None:
    for sample, key in ((OBJECT, "eventTime"), (DECLARED, "declarationTime")):
        texts = json.dumps(sample), sample.get(key) or sample["errorDeclaration"][key]
        first, second = (
            normal_bytes(meant(json.loads(texts[0].replace(texts[1], time))))
            for time in (one, other)
        )
        assert (first == second) is same


def test_the_offset_is_part_of_the_event() -> None:
    other = changed(OBJECT, lambda event: event.update(eventTimeZoneOffset="+09:00"))
    assert digest(meant(OBJECT)) != digest(meant(other))


def test_record_time_is_no_part_of_the_event() -> None:
    other = changed(OBJECT, lambda event: event.update(recordTime="2026-03-01T09:00:00Z"))
    assert digest(meant(OBJECT)) == digest(meant(other))


def test_order_of_sensor_reports_matters() -> None:
    def twice(event: Json) -> None:
        element = event["sensorElementList"][0]
        element["sensorReport"] = [*element["sensorReport"], {"type": "Speed", "value": 1}]

    def turned(event: Json) -> None:
        event["sensorElementList"][0]["sensorReport"].reverse()

    assert digest(meant(changed(OBJECT, twice))) != digest(meant(changed(OBJECT, twice, turned)))


def test_the_lot_in_the_name_of_an_instance_is_kept() -> None:
    link = SGTIN.replace("/21/", "/10/A1/21/") + "1"
    with_lot = meant(changed(OBJECT, lambda event: event.update(epcList=[link])))
    without = meant(changed(OBJECT, lambda event: event.update(epcList=[SGTIN + "1"])))
    assert with_lot.epcs == without.epcs
    assert [belonging.instance for belonging in with_lot.belongings] == [SGTIN + "1"]
    assert digest(with_lot) != digest(without)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_members_of_different_types_are_told_apart(sample: Json) -> None:
    assert {digest(meant(other)) for other in SAMPLES if other is not sample}.isdisjoint(
        {digest(meant(sample))}
    )


def test_what_the_concept_page_shows_is_what_comes_out() -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = [part.partition("\n")[2] for part in page.split("```")[1::2]]
    sent, normal, shown = (block.strip() for block in blocks[:3])
    (read,) = taken(sent.encode(), Mode.STRICT)[1]
    assert read.event is not None, read.findings
    assert normal_bytes(read.event).decode() == normal
    assert digest(read.event).hex() == shown


def test_quantities_come_back_exact() -> None:
    sample = changed(TRANSFORMATION, lambda event: event.pop("bizStep"))
    event = event_from_normal(normal_bytes(meant(sample)))
    assert event.input_quantities[0].quantity == Decimal("12.5")
    assert parse(normal_bytes(meant(AGGREGATION)))["parent"] == AGGREGATION["parentID"]
