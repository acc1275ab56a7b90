"""Every parameter of the standard is walked: it finds the events that fit, and no other."""

import json
from pathlib import Path
from typing import Any

import pytest
from exchange_given import CONTEXT, INSTANCES, LOTS, SITES, capturer, names, page, reader

from suyuan.capture import OnRefusal, Options
from suyuan.exchange import QueryError
from suyuan.exchange.standard import FAMILIES, NAMED, NAMED_SENSED, SENSED, End, Family, Part
from suyuan.service import Platform, capture, follow

Json = dict[str, Any]

TAILS = {
    End.FIELD: r"[a-z][a-zA-Z0-9]*\\:\\w+",
    End.TYPE: r"[a-z][a-zA-Z0-9_]+",
    End.UNIT: r"[A-Z0-9]{2,4}",
    End.ATTRIBUTE: r"\\w+_\\w+",
}
LOW, FIT, HIGH = 1, 5, 9
BARE, PACKED, OTHERWISE, MADE, ELSE, WRONG = 20, 30, 31, 40, 41, 50
DEVICE = "urn:epc:id:giai:6901234.d{}"
RULES = "https://example.com/rules/{}"
STATISTICS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue")


def test_the_table_is_that_of_the_standard(shared_data: Path) -> None:
    place = shared_data / "epcis" / "gs1-EPCIS" / "standard" / "query-parameters.json"
    standard = json.loads(place.read_text(encoding="utf-8"))
    assert sorted(NAMED) == sorted(standard["properties"])
    patterns = [f"^{family.beginning}{TAILS[family.end]}$" for family in FAMILIES]
    assert sorted(patterns) == sorted(standard["patternProperties"])


def test_it_has_as_many_as_the_standard_and_none_twice() -> None:
    assert (len(set(NAMED)), len({family.beginning for family in FAMILIES})) == (61, 108)


def at(number: int) -> str:
    return f"2026-02-{number:02}T08:00:00+08:00" if number < 28 else "2026-03-01T08:00:00+08:00"


def name(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"


def member(number: int) -> Json:
    """An extension, and one inside another."""
    return {"ex:n": number, "ex:o": [{"ex:deep": number}]}


def event(number: int, **more: Any) -> Json:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventID": name(number),
        "eventTime": at(number),
        "eventTimeZoneOffset": "+08:00",
        **({} if "type" in more else {"epcList": [INSTANCES[4][0]]}),
        **more,
    }


def full(number: int) -> Json:
    """An event that has everything, each by its number."""
    fits = number == FIT
    return event(
        number,
        action="ADD",
        bizStep="receiving" if fits else "shipping",
        disposition="in_progress" if fits else "in_transit",
        persistentDisposition={
            "set": ["completeness_verified" if fits else "completeness_inferred"],
            "unset": ["completeness_inferred" if fits else "completeness_verified"],
        },
        readPoint={"id": SITES[0 if fits else 1][0], **member(number)},
        bizLocation={"id": SITES[0 if fits else 1][1], **member(number)},
        epcList=[INSTANCES[0 if fits else 1][0]],
        quantityList=[{"epcClass": LOTS[0 if fits else 1][0], "quantity": number, "uom": "KGM"}],
        bizTransactionList=[{"type": "po", "bizTransaction": f"https://example.com/po/{number}"}],
        sourceList=[{"type": "owning_party", "source": f"urn:example:source:{number}"}],
        destinationList=[{"type": "owning_party", "destination": f"urn:example:dest:{number}"}],
        ilmd=member(number),
        sensorElementList=[sensor(number)],
        **{"ex:place": f"urn:example:place:{number}"},
        **member(number),
    )


def sensor(number: int) -> Json:
    metadata = {
        "time": at(number),
        "startTime": at(number),
        "endTime": at(number),
        "deviceID": DEVICE.format(number),
        "dataProcessingMethod": RULES.format(number),
        "bizRules": RULES.format(number),
        **member(number),
    }
    report = {
        "type": "Temperature" if number == FIT else "Speed",
        "microorganism": f"https://example.com/germ/{number}",
        "chemicalSubstance": f"https://example.com/substance/{number}",
        **dict.fromkeys(STATISTICS, number),
        "uom": "CEL",
        "stringValue": f"s,{number}",
        "booleanValue": number == FIT,
        "hexBinaryValue": f"f{number}",
        "uriValue": f"https://example.com/value/{number}",
        "percRank": number,
        **member(number),
    }
    return {"sensorMetadata": metadata, "sensorReport": [report], **member(number)}


def wrong(number: int, of: int) -> Json:
    """An error declaration, as of an event that has nothing else."""
    reasons = "incorrect_data" if number == FIT else "did_not_occur"
    declaration = {
        "declarationTime": at(number),
        "reason": reasons,
        "correctiveEventIDs": [name(700 + number)],
        **member(number),
    }
    return {**event(BARE), "eventID": name(of), "errorDeclaration": declaration}


def packed(number: int, thing: int) -> Json:
    sent = event(number, type="AggregationEvent", parentID=INSTANCES[thing][0])
    return {**sent, "childEPCs": [INSTANCES[5][0]]}


def made(number: int, thing: int) -> Json:
    sent = event(number, type="TransformationEvent")
    del sent["action"]
    lots = {"quantity": 3, "uom": "LTR"}
    return sent | {
        "inputEPCList": [INSTANCES[thing][0]],
        "outputEPCList": [INSTANCES[thing + 1][1]],
        "inputQuantityList": [{"epcClass": LOTS[thing - 2][0], **lots}],
        "outputQuantityList": [{"epcClass": LOTS[thing - 3][1], **lots}],
        "transformationID": f"https://example.com/run/{thing}",
    }


MASTER = [
    {
        "type": "urn:epcglobal:epcis:vtype:ReadPoint",
        "vocabularyElementList": [
            {
                "id": SITES[0][1],
                "attributes": [{"id": "cbvmda:city", "attribute": "Hefei"}],
            },
            {
                "id": SITES[1][0],
                "attributes": [{"id": "urn:epcglobal:cbv:mda#city", "attribute": "Wuhu"}],
            },
            {"id": "urn:example:region", "children": [SITES[0][0]]},
            {
                "id": "urn:example:country",
                "children": ["urn:example:region", "urn:example:country"],
            },
            {"id": "urn:example:place:5", "attributes": [{"id": "ex:floor", "attribute": 2}]},
        ],
    }
]


@pytest.fixture
def stocked(platform: Platform) -> Platform:
    events = [
        *map(full, (LOW, FIT, HIGH)),
        event(BARE),
        *(packed(PACKED, 2), packed(OTHERWISE, 3)),
        *(made(MADE, 3), made(ELSE, 4)),
        *(wrong(number, WRONG + number) for number in (LOW, FIT, HIGH)),
    ]
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-10T00:00:00Z",
        "epcisHeader": {"epcisMasterData": {"vocabularyList": MASTER}},
        "epcisBody": {"eventList": events},
    }
    sent = json.dumps(document).encode()
    result = capture(platform, sent, capturer(platform), Options(on_refusal=OnRefusal.PROCEED))
    refused = [each.findings for each in result.events if each.entry is None]
    assert not refused
    follow(platform)
    return platform


MIDDLE = {"EQ": (FIT,), "GT": (FIT, HIGH), "GE": (FIT, HIGH), "LT": (LOW, FIT), "LE": (LOW, FIT)}
"""Which of the three numbers answer a bound that is just so that the one in the middle fits."""
JUST = {"EQ": 5, "GT": 4, "GE": 5, "LT": 6, "LE": 5}
EVERY = (LOW, FIT, HIGH)
ERRORS = tuple(WRONG + number for number in EVERY)
ALL = (*EVERY, BARE, PACKED, OTHERWISE, MADE, ELSE, *ERRORS)
EXTENSIONS = {"ex": "https://example.com/ns/"}

Case = tuple[str, str, tuple[int, ...]]

PLAIN: dict[str, tuple[str, tuple[int, ...]]] = {
    "eventType": ("AggregationEvent", (PACKED, OTHERWISE)),
    "GE_recordTime": ("2000-01-01T00:00:00Z", ALL),
    "LT_recordTime": ("2000-01-01T00:00:00Z", ()),
    "GE_eventTime": (at(28), tuple(number for number in ALL if number in {30, 31, 40, 41})),
    "LT_eventTime": (at(6), (LOW, FIT)),
    "EQ_action": ("ADD", EVERY),
    "EQ_bizStep": ("https://ref.gs1.org/cbv/BizStep-receiving", (FIT,)),
    "EQ_disposition": ("urn:epcglobal:cbv:disp:in_progress", (FIT,)),
    "EQ_persistentDisposition_set": ("completeness_verified", (FIT,)),
    "EQ_persistentDisposition_unset": ("completeness_inferred", (FIT,)),
    "EQ_readPoint": (SITES[0][1], (FIT,)),
    "WD_readPoint": ("urn:example:country", (FIT,)),
    "EQ_bizLocation": (SITES[0][0], (FIT,)),
    "WD_bizLocation": (f"urn:example:region|{SITES[1][0]}", EVERY),
    "EQ_transformationID": ("https://example.com/run/3", (MADE,)),
    "EQ_eventID": (f"{name(FIT)},{name(BARE)}", (FIT, BARE)),
    "MATCH_epc": (INSTANCES[0][1], (FIT,)),
    "MATCH_parentID": (INSTANCES[2][1], (PACKED,)),
    "MATCH_inputEPC": (INSTANCES[3][1], (MADE,)),
    "MATCH_outputEPC": (INSTANCES[5][1], (ELSE,)),
    "MATCH_anyEPC": (INSTANCES[5][0], (PACKED, OTHERWISE, ELSE)),
    "MATCH_epcClass": (LOTS[0][1], (FIT,)),
    "MATCH_inputEPCClass": (LOTS[1][1], (MADE,)),
    "MATCH_outputEPCClass": (LOTS[0][1], (MADE,)),
    "MATCH_anyEPCClass": (LOTS[2][1], (ELSE,)),
    "EXISTS_errorDeclaration": ("true", ERRORS),
    "GE_errorDeclaration_Time": (at(FIT), (WRONG + FIT, WRONG + HIGH)),
    "LT_errorDeclaration_Time": (at(FIT), (WRONG + LOW,)),
    "EQ_errorReason": ("incorrect_data", (WRONG + FIT,)),
    "EQ_correctiveEventID": (name(700 + FIT), (WRONG + FIT,)),
    "EXISTS_sensorElementList": ("true", EVERY),
}  # fmt: skip
TEXTS = {
    "type": "gs1:Temperature",
    "deviceID": "https://id.gs1.org/8004/6901234d5",
    "dataProcessingMethod": RULES.format(FIT),
    "bizRules": RULES.format(FIT),
    "microorganism": "https://example.com/germ/5",
    "chemicalSubstance": "https://example.com/substance/5",
    "stringValue": "s,5",
    "booleanValue": "true",
    "hexBinaryValue": "F5",
    "uriValue": "https://example.com/value/5",
}
OF_THE_ANSWER = ("@context", "orderBy", "orderDirection", "eventCountLimit", "maxEventCount")


def named_case(parameter: str) -> Case:
    if parameter in PLAIN:
        return (parameter, *PLAIN[parameter])
    if parameter in NAMED_SENSED:
        comparison, sensed = NAMED_SENSED[parameter]
        kind = SENSED[sensed][0]
        value = TEXTS.get(sensed) or (
            at(JUST[comparison]) if kind == "time" else str(JUST[comparison])
        )
        return parameter, value, MIDDLE[comparison]
    comparison = parameter.removesuffix("_quantity")
    more = {"LT": (MADE, ELSE), "LE": (MADE, ELSE)}.get(comparison, ())
    return parameter, str(JUST[comparison]), (*MIDDLE[comparison], *more)


def family_case(family: Family) -> Case:
    comparison = family.comparison
    if family.end is End.FIELD and comparison not in {"HASATTR", "EQ_ATTR"}:
        parameter = family.beginning + ("ex:deep" if family.inner else "ex:n")
        fitting = EVERY if comparison == "EXISTS" else MIDDLE[comparison]
        if family.part is Part.ERROR:
            fitting = tuple(WRONG + number for number in fitting)
        return parameter, "true" if comparison == "EXISTS" else str(JUST[comparison]), fitting
    if family.member == "quantity":
        return f"{family.beginning}GRM", f"{JUST[comparison]}000", MIDDLE[comparison]
    if family.end is End.UNIT:
        fahrenheit = {4: "39.2", 5: "41", 6: "42.8"}[JUST[comparison]]
        return f"{family.beginning}FAH", fahrenheit, MIDDLE[comparison]
    return OTHER_FAMILIES[family.beginning]


OTHER_FAMILIES: dict[str, Case] = {
    "EQ_bizTransaction_": ("EQ_bizTransaction_po", "https://example.com/po/5", (FIT,)),
    "EQ_source_": ("EQ_source_owning_party", "urn:example:source:5", (FIT,)),
    "EQ_destination_": ("EQ_destination_owning_party", "urn:example:dest:5", (FIT,)),
    "HASATTR_": ("HASATTR_ex:place", "ex:floor", (FIT,)),
    "EQ_ATTR_": ("EQ_ATTR_readPoint_city", "Hefei", (FIT,)),
}


def found(platform: Platform, asked: Json) -> list[str]:
    given = {"@context": json.dumps(EXTENSIONS), **asked, "perPage": "100"}
    return names(page(platform, given, reader())[0])


def test_each_finds_the_events_that_fit_and_no_other(stocked: Platform) -> None:
    cases = [named_case(each) for each in NAMED if each not in OF_THE_ANSWER]
    cases += map(family_case, FAMILIES)
    assert len(cases) == len(NAMED) - len(OF_THE_ANSWER) + len(FAMILIES)
    wrongly = {
        parameter: (value, sorted(got), sorted(map(name, fitting)))
        for parameter, value, fitting in cases
        if sorted(got := found(stocked, {parameter: value})) != sorted(map(name, fitting))
    }
    assert not wrongly


def test_what_shapes_the_answer_shapes_it(stocked: Platform) -> None:
    down = found(stocked, {"orderBy": "eventTime"})
    assert found(stocked, {"orderBy": "eventTime", "orderDirection": "ASC"}) == down[::-1]
    assert found(stocked, {"orderBy": "eventTime", "eventCountLimit": "2"}) == down[:2]
    with pytest.raises(QueryError, match="maxEventCount"):
        found(stocked, {"maxEventCount": "2"})
    own = {"@context": '{"z": "https://example.com/ns/"}'}
    assert found(stocked, {**own, "EQ_z:n": "5"}) == [name(FIT)]
    assert found(stocked, {"@context": '{"z": "urn:else:"}', "EQ_z:n": "5"}) == []
