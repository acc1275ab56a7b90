"""Conditions on master data: the database finds what plain loops over the sent documents find.

Written from EPCIS 2.0 §8.2.7.1 (`WD_`, `HASATTR_`, `EQ_ATTR_`) over what was sent: places within
places, in circles too, names described anew, described twice, and described by others.
"""

import json
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from exchange_given import CONTEXT, FARM, SHOP, all_pages, capturer, names, reader
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.capture import OnRefusal, Options
from suyuan.service import Platform, capture, follow

Json = dict[str, Any]

EXTENSIONS = {"ex": "https://example.com/ns/"}
PLACES = [f"https://example.com/place/{number}" for number in range(7)]
ORDERS = [f"https://example.com/po/{number}" for number in range(3)]
KINDS = ["ReadPoint", "BusinessLocation"]
CITY = {"cbvmda:city", "urn:epcglobal:cbv:mda#city"}
FLOOR = {"ex:floor"}
ATTRIBUTES = {"city": CITY, "cbvmda:city": CITY, "ex:floor": FLOOR, "floor": FLOOR}
"""Attributes as they are asked for, and all spellings that mean them."""
SAID: list[tuple[Any, list[str]]] = [
    ("a", ["a"]), ("b", ["b"]), (2, ["2"]), (True, ["true"]), (["a", 2], ["a", "2"]),
]  # fmt: skip
"""Values as they are sent, and the texts that each is equal to."""
FIELDS = {"readPoint": "id", "bizLocation": "id"}


def described(name: str, chance: random.Random) -> Json:
    """One name as a document describes it."""
    spellings = chance.sample(sorted(CITY | FLOOR), chance.randint(0, 2))
    if set(spellings) >= CITY:  # one attribute twice: which of both holds is not said anywhere
        spellings = spellings[:1]
    return {
        "id": name,
        "attributes": [{"id": one, "attribute": chance.choice(SAID)[0]} for one in spellings],
        "children": chance.sample(PLACES, chance.choice([0, 0, 1, 2])),
    }


def master(chance: random.Random) -> list[Json]:
    """Some names by their kind; none twice in a list."""
    return [
        {
            "type": f"urn:epcglobal:epcis:vtype:{kind}",
            "vocabularyElementList": [
                described(name, chance) for name in chance.sample([*PLACES, *ORDERS], 3)
            ],
        }
        for kind in KINDS
    ]


def happened(number: int, chance: random.Random, *, thing: str) -> Json:
    """An event at some of the places."""
    sent: Json = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventID": UUID(int=number + 1).urn,
        "eventTime": "2026-01-05T00:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [thing],
    }
    for field in FIELDS:
        if chance.random() < 0.6:
            sent[field] = {"id": chance.choice(PLACES)}
    if chance.random() < 0.4:
        sent["bizTransactionList"] = [{"type": "po", "bizTransaction": chance.choice(ORDERS)}]
    if chance.random() < 0.4:
        sent["ex:place"] = chance.choice([chance.choice(PLACES), chance.sample(PLACES, 2)])
    return sent


def document(vocabulary: list[Json], events: list[Json]) -> bytes:
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-01-10T00:00:00Z",
            "epcisHeader": {"epcisMasterData": {"vocabularyList": vocabulary}},
            "epcisBody": {"eventList": events},
        }
    ).encode()


class Known:
    """What one reporter said last of each name, by kind and name."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], Json] = {}

    def take(self, vocabulary: list[Json]) -> None:
        for kind in vocabulary:
            for element in kind["vocabularyElementList"]:
                self.said[kind["type"], element["id"]] = element

    def of(self, name: str) -> Iterator[Json]:
        return (element for (_, named), element in self.said.items() if named == name)

    def within(self, top: str) -> set[str]:
        """A name and all that lie within it, walked one after the other."""
        found, left = {top}, [top]
        while left:
            for element in self.of(left.pop()):
                fresh = set(element["children"]) - found
                found |= fresh
                left += fresh
        return found

    def has(self, name: str, attribute: str, values: list[str] | None) -> bool:
        texts = {repr(sent): equal for sent, equal in SAID}
        return any(
            one["id"] in ATTRIBUTES[attribute]
            and (values is None or not set(texts[repr(one["attribute"])]).isdisjoint(values))
            for element in self.of(name)
            for one in element["attributes"]
        )


def standing(event: Json, field: str) -> list[str]:
    """The names that a field of an event has."""
    if field in FIELDS:
        return [event[field][FIELDS[field]]] if field in event else []
    if field == "bizTransaction":
        return [one["bizTransaction"] for one in event.get("bizTransactionList", [])]
    value = event.get(field, [])
    return [value] if isinstance(value, str) else value


def twin(event: Json, name: str, value: str, known: Known) -> bool:
    """Whether an event answers, by what was sent alone."""
    wanted = value.split("|")
    if name.startswith("WD_"):
        inside = set().union(*map(known.within, wanted))
        return not inside.isdisjoint(standing(event, name.removeprefix("WD_")))
    if name.startswith("HASATTR_"):
        named = standing(event, name.removeprefix("HASATTR_"))
        return any(known.has(one, attribute, None) for one in named for attribute in wanted)
    field, _, attribute = name.removeprefix("EQ_ATTR_").partition("_")
    return any(known.has(one, attribute, wanted) for one in standing(event, field))


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, str]:
    kind = draw(st.sampled_from(["WD", "HASATTR", "EQ_ATTR"]))
    if kind == "WD":
        some = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True))
        return f"WD_{draw(st.sampled_from(sorted(FIELDS)))}", "|".join(some)
    field = draw(st.sampled_from([*FIELDS, "bizTransaction", "ex:place"]))
    if kind == "HASATTR":
        asked = st.lists(st.sampled_from(sorted(ATTRIBUTES)), min_size=1, max_size=2, unique=True)
        return f"HASATTR_{field}", "|".join(draw(asked))
    texts = st.lists(st.sampled_from(["a", "b", "2", "true", "none"]), min_size=1, max_size=2)
    return f"EQ_ATTR_{field}_{draw(st.sampled_from(sorted(ATTRIBUTES)))}", "|".join(draw(texts))


def test_the_database_finds_by_master_data_what_plain_loops_over_the_documents_find(
    platform: Platform,
) -> None:
    chance = random.Random(17)
    reporters = [capturer(platform, FARM), capturer(platform, SHOP)]
    known, sent = Known(), list[Json]()
    for number in range(0, 120, 10):
        vocabulary, is_farm = master(chance), number % 30 != 20
        own = "urn:epc:id:sgtin:6901234.000001.1" if is_farm else "https://example.com/thing/1"
        events = [happened(number + each, chance, thing=own) for each in range(10)]
        by = reporters[0 if is_farm else 1]
        told = capture(
            platform, document(vocabulary, events), by, Options(on_refusal=OnRefusal.PROCEED)
        )
        assert told.counts.get("refused", 0) == 0, told
        if is_farm:
            known.take(vocabulary)
            sent += events
    follow(platform)
    assert names(all_pages(platform, {}, reader())) == [one["eventID"] for one in sent]

    @settings(max_examples=150, deadline=None)
    @given(st.lists(conditions(), min_size=1, max_size=2, unique_by=lambda one: one[0]))
    def compare(asked: list[tuple[str, str]]) -> None:
        wanted = [one for one in sent if all(twin(one, *each, known) for each in asked)]
        found = all_pages(platform, dict(asked), reader(), extensions=EXTENSIONS)
        assert names(found) == [one["eventID"] for one in wanted]

    compare()
