"""Every parameter of the standard has an event that it finds and one that it does not.

The table is walked against the standard's own list; what is not answered is listed by name.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from exchange_given import SHOP, capturer, corpus, names, page, reader, take

from suyuan.exchange import KNOWN, QueryError, parse_query
from suyuan.exchange.fields import MOST_DIGITS
from suyuan.exchange.patterned import PATTERNED
from suyuan.service import Platform, events

Json = dict[str, Any]

UNANSWERED = {
    # They ask for master data, which is kept with its document but not asked yet.
    "WD_readPoint",
    "WD_bizLocation",
    "^HASATTR_[a-z][a-zA-Z0-9]*\\\\:\\\\w+$",
    "^EQ_ATTR_\\\\w+_\\\\w+$",
}
OF_A_BODY = {"@context"}
EX = "https://example.com/ns/"
NAMES = {"ex": EX}
ITEM = "https://id.gs1.org/01/06901234000016/21/"
LOT = "https://id.gs1.org/01/06901234000016/10/"
SITE, OTHER_SITE = "urn:epc:id:sgln:6901234.00000.0", "urn:epc:id:sgln:6901234.00001.0"


def within(number: int) -> Json:
    """Extensions as they stand in any area: a text, a number, and the same a level down."""
    inner = {"ex:word": f"in{number}", "ex:count": number}
    return {"ex:word": f"w{number}", "ex:count": number, "ex:box": {"ex:deep": [inner]}}


def sensor(number: int) -> Json:
    metadata = {
        "time": f"2026-01-0{number}T00:00:00Z",
        "startTime": f"2026-01-0{number}T00:00:00Z",
        "endTime": f"2026-01-0{number}T01:00:00Z",
        "deviceID": f"urn:epc:id:giai:6901234.{number}",
        "dataProcessingMethod": f"https://example.com/method/{number}",
        "bizRules": f"https://example.com/rules/{number}",
        **within(number),
    }
    measures = ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue", "percRank")
    report = {
        "type": ("Temperature", "AbsoluteHumidity")[number - 1],
        **dict.fromkeys(measures, number),
        "uom": "CEL",
        "microorganism": f"https://example.com/microorganism/{number}",
        "chemicalSubstance": f"https://example.com/substance/{number}",
        "stringValue": f"s{number}, and more",
        "booleanValue": number == 1,
        "hexBinaryValue": f"F{number}",
        "uriValue": f"https://example.com/value/{number}",
        **within(number),
    }
    return {"sensorMetadata": metadata, "sensorReport": [report], **within(number)}


def shared_members(number: int) -> Json:
    return {
        "eventID": f"urn:uuid:00000000-0000-4000-8000-00000000000{number}",
        "eventTime": f"2026-01-1{number}T00:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": ("receiving", "shipping")[number - 1],
        "disposition": ("in_progress", "in_transit")[number - 1],
        "persistentDisposition": {
            "set": [("damaged", "expired")[number - 1]],
            "unset": [("active", "recalled")[number - 1]],
        },
        "readPoint": {"id": (SITE, OTHER_SITE)[number - 1], **within(number)},
        "bizLocation": {"id": (SITE, OTHER_SITE)[number - 1], **within(number)},
        "bizTransactionList": [
            {"type": "po", "bizTransaction": f"https://example.com/po/{number}"}
        ],
        "sourceList": [{"type": "owning_party", "source": f"https://example.com/from/{number}"}],
        "destinationList": [
            {"type": "owning_party", "destination": f"https://example.com/to/{number}"}
        ],
        "sensorElementList": [sensor(number)],
        **within(number),
    }


def quantity(number: int) -> Json:
    return {"epcClass": f"{LOT}{number}", "quantity": number, "uom": "KGM"}


def observed(number: int) -> Json:
    return {
        **shared_members(number),
        "type": "ObjectEvent",
        "action": ("ADD", "OBSERVE")[number - 1],
        "epcList": [f"{ITEM}{number}"],
        "quantityList": [quantity(number)],
        **({"ilmd": within(number)} if number == 1 else {}),  # ADD alone has any
        "errorDeclaration": {
            "declarationTime": f"2026-01-2{number}T00:00:00Z",
            "reason": ("incorrect_data", "did_not_occur")[number - 1],
            "correctiveEventIDs": [f"urn:uuid:00000000-0000-4000-8000-0000000000c{number}"],
            **within(number),
        },
    }


def made(number: int) -> Json:
    return {
        **shared_members(number),
        "type": "TransformationEvent",
        "transformationID": f"https://example.com/t/{number}",
        "inputEPCList": [f"{ITEM}in{number}"],
        "outputEPCList": [f"{ITEM}out{number}"],
        "inputQuantityList": [quantity(number)],
        "outputQuantityList": [quantity(number)],
        "ilmd": within(number),
    }


def packed(number: int) -> Json:
    return {
        **shared_members(number),
        "type": "AggregationEvent",
        "action": ("ADD", "OBSERVE")[number - 1],
        "parentID": f"{ITEM}parent{number}",
        "childEPCs": [f"{ITEM}child{number}"],
    }


def bare(number: int) -> Json:
    """Nothing that could be asked for but what every event has."""
    return {
        "type": "ObjectEvent",
        "action": "DELETE",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-00000000000{number}",
        "eventTime": "2026-01-18T00:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"{ITEM}bare"],
    }


# What to ask, so that of the events 1 and 2 of a shape the first answers and the second does not.
FIRST_OF: dict[str, str] = {
    "eventType": "ObjectEvent",
    "EQ_action": "ADD",
    "EQ_bizStep": "urn:epcglobal:cbv:bizstep:receiving",
    "EQ_disposition": "https://ref.gs1.org/cbv/Disp-in_progress",
    "EQ_persistentDisposition_set": "damaged",
    "EQ_persistentDisposition_unset": "active",
    "EQ_readPoint": "https://id.gs1.org/414/6901234000009",
    "EQ_bizLocation": SITE,
    "EQ_transformationID": "https://example.com/t/1",
    "EQ_eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
    "EQ_errorReason": "incorrect_data",
    "EQ_correctiveEventID": "urn:uuid:00000000-0000-4000-8000-0000000000c1",
    "EQ_bizTransaction_…": "https://example.com/po/1",
    "EQ_source_…": "https://example.com/from/1",
    "EQ_destination_…": "https://example.com/to/1",
    "MATCH_epc": "urn:epc:id:sgtin:6901234.000001.1",
    "MATCH_anyEPC": "urn:epc:id:sgtin:6901234.000001.1",
    "MATCH_parentID": "urn:epc:id:sgtin:6901234.000001.parent1",
    "MATCH_inputEPC": "urn:epc:id:sgtin:6901234.000001.in1",
    "MATCH_outputEPC": "urn:epc:id:sgtin:6901234.000001.out1",
    **dict.fromkeys(
        ("MATCH_epcClass", "MATCH_inputEPCClass", "MATCH_outputEPCClass", "MATCH_anyEPCClass"),
        "urn:epc:class:lgtin:6901234.000001.1",
    ),
    "EXISTS_errorDeclaration": "true",
    "EXISTS_sensorElementList": "true",
    "EXISTS_sensorElement": "true",
    "EQ_type": "gs1:Temperature",
    "EQ_deviceID": "urn:epc:id:giai:6901234.1",
    "EQ_dataProcessingMethod": "https://example.com/method/1",
    "EQ_bizRules": "https://example.com/rules/1",
    "EQ_microorganism": "https://example.com/microorganism/1",
    "EQ_chemicalSubstance": "https://example.com/substance/1",
    "EQ_stringValue": "s1, and more",
    "EQ_booleanValue": "true",
    "EQ_hexBinaryValue": "f1",
    "EQ_uriValue": "https://example.com/value/1",
}
TIMES = {
    "eventTime": ("2026-01-11T00:00:00Z", "2026-01-12T00:00:00Z"),
    "errorDeclarationTime": ("2026-01-21T00:00:00Z", "2026-01-22T00:00:00Z"),
    "errorDeclaration_Time": ("2026-01-21T00:00:00Z", "2026-01-22T00:00:00Z"),
    "time": ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    "startTime": ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    "endTime": ("2026-01-01T01:00:00Z", "2026-01-02T01:00:00Z"),
}
HOW_ANSWERS_ARE_GIVEN = {
    "orderBy", "orderDirection", "eventCountLimit", "maxEventCount", "perPage", "nextPageToken",
    "GE_recordTime", "LT_recordTime",  # the platform's own clock: tests of their own
}  # fmt: skip
NUMBERS = {"EQ": "1", "GT": "1", "GE": "2", "LT": "2", "LE": "1"}
HIGHER = {"GT", "GE"}


def asked(name: str) -> tuple[str, str, int]:
    """A parameter with its value, and which event of a shape (1, 2, or 0 for both) answers."""
    if name in FIRST_OF:
        kind = "po" if name.startswith("EQ_bizTransaction") else "owning_party"
        both = name.startswith("EXISTS") or name == "eventType"
        return name.replace("…", kind), FIRST_OF[name], 0 if both else 1
    comparison, _, rest = name.partition("_")
    answering = 2 if comparison in HIGHER else 1
    if rest in TIMES:
        return name, TIMES[rest][1], answering
    if comparison == "EXISTS":
        return name.replace("…", "ex:word"), "true", 0
    if name in PATTERNED and comparison == "EQ" and "value" not in rest:
        return name.replace("…", "ex:word"), "in1" if "INNER" in rest else "w1", 1
    unit = "KGM" if "quantity" in rest else "CEL"
    measured = name not in PATTERNED or any(word in rest for word in ("alue", "sDev"))
    return name.replace("…", unit if measured else "ex:count"), NUMBERS[comparison], answering


def found(platform: Platform, given: dict[str, str]) -> set[str]:
    asked_ = {name: [value] for name, value in given.items()}
    told = events(platform, asked_, reader(), names=NAMES)
    body = json.loads(told.document)["epcisBody"]["queryResults"]["resultsBody"]
    return {event["eventID"][-1] for event in body["eventList"]}


def test_every_parameter_finds_an_event_and_passes_over_another(platform: Platform) -> None:
    farm = capturer(platform)
    sent = [observed(1), observed(2)]
    for make in (made, packed):
        sent += [{**make(number), "eventID": f"urn:x:{make.__name__}{number}"} for number in (1, 2)]
    take(platform, [*sent, {**bare(0), "eventID": "urn:x:bare0"}], farm)
    for pattern in KNOWN:
        if pattern in HOW_ANSWERS_ARE_GIVEN:
            continue
        name, value, answering = asked(pattern)
        answers = found(platform, {name: value})
        assert "0" not in answers or name in {"eventType", "GE_eventTime"}, (name, answers)
        if name == "eventType":
            assert answers == {"0", "1", "2"}
        elif answering:
            assert str(answering) in answers, (name, value)
            assert str(3 - answering) not in answers, (name, value)
        else:
            assert {"1", "2"} <= answers, (name, value)


def test_nothing_of_the_standards_list_is_forgotten(shared_data: Path) -> None:
    listed = json.loads(
        (shared_data / "epcis/gs1-EPCIS/standard/query-parameters.json").read_text()
    )
    named, patterns = listed["properties"], listed["patternProperties"]
    assert (len(named), len(patterns)) == (61, 108)
    assert set(named) - set(KNOWN) - OF_A_BODY == UNANSWERED & set(named)
    for pattern in set(patterns) - UNANSWERED:
        plain = pattern.strip("^$")
        plain = re.sub(r"\[a-z\]\[a-zA-Z0-9\]\*(\\+):(\\+)w\+", "…", plain)
        plain = re.sub(r"\[[^\]]*\](\[[^\]]*\])?(\+|\{2,4\})", "…", plain)
        assert plain in KNOWN, pattern


@pytest.mark.parametrize("pattern", PATTERNED)
def test_an_extension_or_measure_without_name_is_refused_by_name(pattern: str) -> None:
    name = pattern.replace("…", "")
    with pytest.raises(QueryError) as caught:
        parse_query({name: ["1"]})
    assert caught.value.place == name


def test_readings_and_amounts_are_compared_in_every_unit_of_a_dimension(
    platform: Platform,
) -> None:
    take(platform, [observed(1), observed(2)], capturer(platform))
    assert found(platform, {"EQ_type": "gs1:Temperature", "GE_value_KEL": "274"}) == {"1"}
    assert found(platform, {"GT_value_KEL": "274.15"}) == {"2"}
    assert found(platform, {"EQ_value_KEL": "274.15"}) == {"1"}
    assert found(platform, {"EQ_value_FAH": "33.8"}) == {"1"}
    assert found(platform, {"GE_sDev_KEL": "2"}) == {"2"}, "a difference has no zero"
    assert found(platform, {"EQ_quantity_GRM": "2000"}) == {"2"}
    assert found(platform, {"GE_quantity_LTR": "0"}) == set(), "a mass is no volume"
    assert found(platform, {"GE_value_XYZ": "0"}) == set()


def test_extensions_are_named_in_full_or_by_a_declared_prefix(platform: Platform) -> None:
    take(platform, [observed(1), observed(2)], capturer(platform))
    assert found(platform, {f"EQ_{EX}word": "w2"}) == found(platform, {"EQ_ex:word": "w2"}) == {"2"}
    with pytest.raises(QueryError) as caught:
        events(platform, {"EQ_ex:word": ["w2"]}, reader())
    assert (caught.value.code, caught.value.place) == ("query.prefix", "EQ_ex:word")
    assert "GS1-Extensions" in caught.value.text.zh
    assert "GS1-Extensions" in caught.value.text.en


def test_a_number_too_large_to_compare_is_refused_and_one_in_an_event_does_no_harm(
    platform: Platform,
) -> None:
    for value in (f"1E{MOST_DIGITS + 1}", "1E999999999", "-1E-999999"):
        with pytest.raises(QueryError) as caught:
            parse_query({"GE_value_KEL": [value]})
        assert caught.value.code == "query.value"
    sent = observed(1)
    sent["sensorElementList"][0]["sensorReport"][0]["value"] = 10**200
    take(platform, [sent], capturer(platform))
    assert found(platform, {"GT_value_KEL": f"1E{MOST_DIGITS}"}) == {"1"}
    assert found(platform, {"LT_value_KEL": f"1E{MOST_DIGITS}"}) == set()


def test_what_is_hidden_from_a_viewer_cannot_be_found_out_by_asking(platform: Platform) -> None:
    (event,) = corpus(1)
    sent = {
        **{name: event.sent[name] for name in ("eventID", "eventTime", "eventTimeZoneOffset")},
        "type": "ObjectEvent",
        "action": "ADD",
        "epcList": [f"{ITEM}1"],
        "destinationList": [{"type": "owning_party", "destination": SHOP}],
        "ilmd": within(1),
        **{place: {"id": SITE, **within(1)} for place in ("readPoint", "bizLocation")},
        "sensorElementList": [sensor(1)],
        **within(1),
    }
    take(platform, [sent], capturer(platform))
    shop = reader(SHOP)
    assert names(page(platform, {}, shop)[0]) == [event.name], "a party to the event sees it"
    for pattern in PATTERNED:
        if "alue" in pattern or "sDev" in pattern or "ERROR" in pattern:
            continue  # members of the standard; an error declaration, which this is not
        comparison, inner = pattern.partition("_")[0], "INNER" in pattern
        text = {"EXISTS": "true", "EQ": "in1" if inner else "w1"}.get(comparison)
        local = "count" if text is None else "word"
        value = text or {"GT": "0", "LT": "2"}.get(comparison, "1")
        given: dict[str, str | list[str]] = {pattern.replace("…", EX + local): value}
        assert names(page(platform, given, reader())[0]) == [event.name], given
        assert names(page(platform, given, shop)[0]) == [], given
