"""A name of somebody's own is one name, however its namespace ends and whoever spells it.

JSON-LD joins a prefix and a name, XML a namespace and a name, and EPCIS 1.2 puts a sign between
the two; what was sent in one way is found in each.
"""

import json
from typing import Any

import pytest
from exchange_given import all_pages, capturer, names, page, reader

from suyuan.capture import Options
from suyuan.service import Platform, capture, follow, vocabularies

Json = dict[str, Any]
NAMESPACES = (
    "https://example.com/ns/",
    "https://example.com/ns",
    "https://example.com/ns#",
    "https://example.com/ns/#",
    "https://example.com/ns?of=",
    "urn:example:ns:",
    "urn:example:ns",
)
IN_JSON, IN_XML, OTHER = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
TIME = "2026-03-01T08:00:00+08:00"


def in_json(namespace: str) -> bytes:
    body = {
        "type": "ObjectEvent", "eventTime": TIME, "eventTimeZoneOffset": "+08:00", "action": "ADD",
    }  # fmt: skip
    own = {
        "eventID": IN_JSON,
        "epcList": ["ex:thing"],
        "bizStep": "ex:step",
        "disposition": "ex:state",
        "readPoint": {"id": "ex:place"},
        "bizTransactionList": [{"type": "ex:kind", "bizTransaction": "ex:paper"}],
        "ex:n": {"#text": "5", "ex:in": "deep"},
        "ilmd": {"ex:n": 5},
    }
    place = {"id": "ex:place", "attributes": [{"id": "ex:floor", "attribute": "2"}]}
    site = {"id": "urn:example:site", "children": ["ex:place"]}
    said = {"type": "x", "vocabularyElementList": [place, site]}
    return json.dumps(
        {
            "@context": [
                "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
                {"ex": namespace},
            ],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": TIME,
            "epcisHeader": {"epcisMasterData": {"vocabularyList": [said]}},
            "epcisBody": {
                "eventList": [body | own, body | {"eventID": OTHER, "epcList": ["urn:x:1"]}]
            },
        }
    ).encode()


def in_xml(namespace: str) -> bytes:
    """The same, as XML of edition 2.0 has it; the place is described as 1.2 names attributes."""
    return f"""<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"
 creationDate="{TIME}" xmlns:ex="{namespace}"><EPCISHeader><extension><EPCISMasterData>
 <VocabularyList><Vocabulary type="x"><VocabularyElementList>
 <VocabularyElement id="urn:example:shelf"><attribute id="{namespace}#floor">2</attribute>
 </VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader><EPCISBody><EventList><ObjectEvent>
 <eventTime>{TIME}</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
 <eventID>{IN_XML}</eventID><epcList><epc>ex:thing</epc></epcList><action>ADD</action>
 <bizStep>ex:step</bizStep><disposition>ex:state</disposition><readPoint><id>ex:place</id></readPoint>
 <bizTransactionList><bizTransaction type="ex:kind">ex:paper</bizTransaction></bizTransactionList>
 <ilmd><ex:n>5</ex:n></ilmd><ex:n>5<ex:in>deep</ex:in></ex:n>
 </ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>""".encode()


@pytest.fixture(params=NAMESPACES)
def namespace(request: pytest.FixtureRequest, platform: Platform) -> str:
    """A namespace in which one event was captured as JSON and one as XML."""
    found: str = request.param
    by = capturer(platform)
    for sent in (in_json(found), in_xml(found)):
        result = capture(platform, sent, by, Options())
        assert result.success, result
    follow(platform)
    return found


ASKED = [
    ("EQ_{n}", "5"), ("GE_{n}", "4"), ("EXISTS_{n}", "true"), ("EQ_INNER_{in}", "deep"),
    ("EXISTS_INNER_{in}", "true"), ("EQ_ILMD_{n}", "5"), ("LT_ILMD_{n}", "6"),
    ("EXISTS_ILMD_{n}", "true"),
]  # fmt: skip
NAMED = [
    ("EQ_bizStep", "step"), ("EQ_disposition", "state"), ("EQ_readPoint", "place"),
    ("MATCH_epc", "thing"), ("MATCH_anyEPC", "thing"), ("EQ_bizTransaction_{kind}", "paper"),
]  # fmt: skip


def spelt(template: str, namespace: str) -> dict[str, str]:
    """A parameter or a value with the name in it, in each way of writing that."""
    local = template.partition("{")[2].partition("}")[0]
    ways = {"prefix": f"ex:{local}", "joined": f"{namespace}{local}",
            "signed": f"{namespace}#{local}"}  # fmt: skip
    return {way: template.replace(f"{{{local}}}", name) for way, name in ways.items()}


def found(platform: Platform, asked: Json, namespace: str) -> list[str]:
    extensions = {"ex": namespace}
    return sorted(names(all_pages(platform, asked, reader(), extensions=extensions)))


def test_extensions_are_found_by_every_spelling_of_their_name(
    platform: Platform, namespace: str
) -> None:
    wrong = {
        name: got
        for template, value in ASKED
        for name in spelt(template, namespace).values()
        if (got := found(platform, {name: value}, namespace)) != [IN_JSON, IN_XML]
    }
    assert wrong == {}


def test_values_are_found_by_every_spelling_of_theirs(platform: Platform, namespace: str) -> None:
    wrong = {
        (name, value): got
        for template, local in NAMED
        for way in ("prefix", "joined")
        for name in (spelt(template, namespace)[way],)
        for value in (spelt(f"{{{local}}}", namespace)[way],)
        if (got := found(platform, {name: value}, namespace)) != [IN_JSON, IN_XML]
    }
    assert wrong == {}


def test_events_are_ordered_by_every_spelling(platform: Platform, namespace: str) -> None:
    for name in spelt("{n}", namespace).values():
        found, _ = page(platform, {"orderBy": name}, reader(), extensions={"ex": namespace})
        assert names(found)[-1] == OTHER, name  # what has no such member comes last


def test_master_data_are_found_by_every_spelling_of_an_attribute(
    platform: Platform, namespace: str
) -> None:
    extensions = {"ex": namespace}
    ways = spelt("{floor}", namespace)
    if not namespace.endswith(("/", "#", ":")):  # nobody can tell where such a one ends
        del ways["joined"]
    for name in ways.values():
        for asked in ({"HASATTR": [name]}, {f"EQATTR_{name}": ["2"]}):
            listed = vocabularies(platform, asked, reader(), extensions=extensions).members
            assert {each.id for each in listed} == {f"{namespace}place", "urn:example:shelf"}, asked
        only = {"attributeNames": [name]}
        listed = vocabularies(platform, only, reader(), extensions=extensions).members
        kept = [len(each.attributes) for each in listed if each.attributes]
        assert kept == [1, 1], name
        got = found(platform, {"HASATTR_readPoint": name}, namespace)
        assert got == [IN_JSON, IN_XML], name


def test_what_lies_within_a_place_is_found_by_every_spelling_of_its_name(
    platform: Platform, namespace: str
) -> None:
    assert found(platform, {"WD_readPoint": "urn:example:site"}, namespace) == [IN_JSON, IN_XML]


def test_another_namespace_is_another_name(platform: Platform, namespace: str) -> None:
    other = f"{namespace}other/"
    for template, value in ASKED:
        for name in spelt(template, other).values():
            assert found(platform, {name: value}, other) == [], name
