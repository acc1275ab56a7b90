"""The standard's own members asked by name: the database finds what plain loops over the JSON find.

Written from EPCIS 2.0 §8.2.7.1 alone, over what was sent. Extensions have a twin of their own, and
so have things, places, documents and amounts.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

from exchange_given import INSTANCES, PARTIES, all_pages, capturer, document, names, reader
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.capture import OnRefusal, Options
from suyuan.model import Verdict
from suyuan.service import Platform, capture, follow

Json = dict[str, Any]

TIMES = ["2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00", "2026-01-02T00:00:00Z"]
GRAMS = {"KGM": 1000, "GRM": 1, "TNE": 1_000_000}
WORDS: dict[str, list[str]] = {
    "persistentDisposition_set": ["damaged", "expired", "recalled"],
    "persistentDisposition_unset": ["damaged", "expired", "recalled"],
    "destination_owning_party": [each[0] for each in PARTIES[:3]],
    "correctiveEventID": ["urn:uuid:00000000-0000-4000-8000-00000000000a", "https://a.cn/e/2"],
    "transformationID": ["https://a.cn/t/1", "https://a.cn/t/2"],
    "type": ["Mass", "Temperature"],
    "deviceID": ["https://a.cn/d/1", "https://a.cn/d/2"],
    "dataProcessingMethod": ["https://a.cn/m/1", "https://a.cn/m/2"],
    "bizRules": ["https://a.cn/r/1", "https://a.cn/r/2"],
    "microorganism": ["https://a.cn/o/1", "https://a.cn/o/2"],
    "chemicalSubstance": ["https://a.cn/c/1", "https://a.cn/c/2"],
    "stringValue": ["a", "A", "5"],
    "booleanValue": ["true", "false"],
    "hexBinaryValue": ["ff", "FF", "00"],
    "uriValue": ["https://a.cn/u/1", "https://a.cn/u/2"],
}
METADATA = ["deviceID", "dataProcessingMethod", "bizRules"]
REPORT = [
    *METADATA, "microorganism", "chemicalSubstance", "stringValue", "hexBinaryValue", "uriValue",
]  # fmt: skip
STATISTICS = ["value", "minValue", "maxValue", "meanValue", "sDev", "percValue"]
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "GT": lambda a, b: a > b,
    "GE": lambda a, b: a >= b,
    "LT": lambda a, b: a < b,
    "LE": lambda a, b: a <= b,
}
NUMBERS = [-2, 0, 1, 2, 3, 1000, 1001, 2000]


def by_chance(number: int, chance: random.Random) -> Json:
    """An event with some of the members."""

    def some(members: list[str]) -> Json:
        return {name: chance.choice(WORDS[name]) for name in members if chance.random() < 0.2}

    def maybe(name: str, value: Any) -> Json:
        return {name: value} if chance.random() < 0.4 else {}

    def report() -> Json:
        return {
            "type": chance.choice(WORDS["type"]),
            "uom": chance.choice(["KGM", "GRM", "TNE", "CEL"]),
            **{name: chance.choice(NUMBERS) for name in STATISTICS if chance.random() < 0.4},
            **maybe("percRank", chance.randint(0, 3)),
            **maybe("time", chance.choice(TIMES)),
            **maybe("booleanValue", chance.random() < 0.5),
            **some(REPORT),
        }

    def sensor() -> Json:
        spans = {name: chance.choice(TIMES) for name in ("startTime", "endTime")}
        times = chance.choice([{}, {"time": chance.choice(TIMES)}, spans])
        return {"sensorMetadata": {**times, **some(METADATA)}, "sensorReport": [report(), report()]}

    def wrong() -> Json:
        said = {"declarationTime": chance.choice(TIMES), "reason": "incorrect_data"}
        return said | maybe("correctiveEventIDs", chance.sample(WORDS["correctiveEventID"], 1))

    party = {
        "type": "owning_party",
        "destination": chance.choice(WORDS["destination_owning_party"]),
    }
    sets = {
        part: chance.sample(WORDS[f"persistentDisposition_{part}"], 1)
        for part in ("set", "unset")
        if chance.random() < 0.5
    }
    common = {
        "eventID": UUID(int=number + 1).urn,
        "eventTime": f"2026-01-0{chance.randint(1, 5)}T00:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "sensorElementList": [sensor() for _ in range(chance.randint(0, 2))],
        **maybe("destinationList", [party]),
        **({"persistentDisposition": sets} if sets else {}),
        **maybe("errorDeclaration", wrong()),
    }
    if chance.random() < 0.3:
        made = {"inputEPCList": [INSTANCES[0][0]], "outputEPCList": [INSTANCES[1][0]]}
        transformed = maybe("transformationID", chance.choice(WORDS["transformationID"]))
        return {"type": "TransformationEvent", **common, **made, **transformed}
    return {"type": "ObjectEvent", "action": "ADD", "epcList": [INSTANCES[0][0]], **common}


def standing(event: Json, member: str) -> Iterator[Any]:
    """The values of a member wherever the standard has it."""
    elsewhere: dict[str, list[Any]] = {
        "eventID": [event["eventID"]],
        "transformationID": [event.get("transformationID")],
        "errorDeclaration_Time": [event.get("errorDeclaration", {}).get("declarationTime")],
        "correctiveEventID": event.get("errorDeclaration", {}).get("correctiveEventIDs", []),
        "destination_owning_party": [
            each["destination"] for each in event.get("destinationList", [])
        ],
        **{
            f"persistentDisposition_{part}": event.get("persistentDisposition", {}).get(part, [])
            for part in ("set", "unset")
        },
    }
    sensed = [
        part.get(member)
        for sensor in event["sensorElementList"]
        for part in (sensor["sensorMetadata"], *sensor["sensorReport"])
    ]
    yield from (value for value in elsewhere.get(member, sensed) if value is not None)


def equal(value: Any, text: str, member: str) -> bool:
    if isinstance(value, bool):
        return text == str(value).lower()
    if member == "hexBinaryValue":
        return bool(value.lower() == text.lower())
    return bool(value == text)


def measured(event: Json, member: str, unit: str) -> Iterator[Fraction]:
    """The amounts that can be compared with one in the unit, in grams or as they are."""
    for sensor in event["sensorElementList"]:
        for report in sensor["sensorReport"]:
            if member in report and (report["uom"] in GRAMS) == (unit in GRAMS):
                yield report[member] * Fraction(GRAMS.get(report["uom"], 1))


def twin(event: Json, name: str, value: str) -> bool:
    """Whether an event answers, by what was sent alone."""
    sign, _, member = name.partition("_")
    if sign == "EXISTS":
        return bool(event.get(member))
    if sign == "EQ":
        texts = value.split("|")
        return any(equal(one, text, member) for one in standing(event, member) for text in texts)
    if value in TIMES:
        asked = datetime.fromisoformat(value)
        return any(
            SIGNS[sign](datetime.fromisoformat(one), asked) for one in standing(event, member)
        )
    statistic, _, unit = member.partition("_")
    if not unit:
        return any(SIGNS[sign](one, int(value)) for one in standing(event, member))
    limit = int(value) * Fraction(GRAMS.get(unit, 1))
    return any(SIGNS[sign](amount, limit) for amount in measured(event, statistic, unit))


@st.composite
def conditions(draw: st.DrawFn, ids: list[str]) -> tuple[str, str]:
    kind = draw(st.sampled_from(["word", "word", "time", "statistic", "rank", "exists", "id"]))
    if kind == "word":
        member = draw(st.sampled_from(sorted(WORDS)))
        some = st.lists(st.sampled_from(WORDS[member]), min_size=1, max_size=2, unique=True)
        return f"EQ_{member}", "|".join(draw(some))
    if kind == "time":
        member = draw(st.sampled_from(["time", "startTime", "endTime", "errorDeclaration_Time"]))
        return f"{draw(st.sampled_from(['GE', 'LT']))}_{member}", draw(st.sampled_from(TIMES))
    sign = draw(st.sampled_from(sorted(SIGNS)))
    if kind == "statistic":
        member = draw(st.sampled_from(STATISTICS))
        unit = draw(st.sampled_from([*GRAMS, "CEL"]))
        return f"{sign}_{member}_{unit}", str(draw(st.sampled_from(NUMBERS)))
    if kind == "rank":
        return f"{sign}_percRank", str(draw(st.integers(0, 3)))
    if kind == "exists":
        return draw(
            st.sampled_from(["EXISTS_sensorElementList", "EXISTS_errorDeclaration"])
        ), "true"
    return "EQ_eventID", "|".join(draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3)))


def test_the_database_finds_by_every_name_what_plain_loops_find_while_others_capture(
    platform: Platform,
) -> None:
    chance = random.Random(13)
    farm = capturer(platform)
    drawn = [by_chance(number, chance) for number in range(150)]
    result = capture(platform, document(drawn), farm, Options(on_refusal=OnRefusal.PROCEED))
    sent = [one for one, told in zip(drawn, result.events, strict=True)
            if told.verdict is not Verdict.REFUSED]  # fmt: skip
    assert len(sent) > 100
    follow(platform)
    later = count(1_000)

    @settings(max_examples=120, deadline=None)
    @given(
        st.lists(
            conditions([one["eventID"] for one in sent]),
            min_size=1, max_size=2, unique_by=lambda one: one[0],
        ),
        st.integers(1, 60),
        st.booleans(),
    )  # fmt: skip
    def compare(asked: list[tuple[str, str]], size: int, more: bool) -> None:  # noqa: FBT001 -- drawn
        if more:  # what is captured meanwhile comes behind
            extra = by_chance(next(later), chance)
            told = capture(platform, document([extra]), farm, Options())
            if told.success:
                sent.append(extra)
            if size % 2:
                follow(platform)
        wanted = [one for one in sent if all(twin(one, name, value) for name, value in asked)]
        paged = {**dict(asked), "perPage": str(size), "orderBy": "recordTime"}
        found = names(all_pages(platform, paged | {"orderDirection": "ASC"}, reader()))
        assert found == [one["eventID"] for one in wanted]

    compare()
