"""Who gets an event, and which members of it; two worlds that differ only in what is hidden."""

import json
from typing import Any

import pytest
from exchange_given import (
    CONTEXT,
    FARM,
    FIRST,
    SHOP,
    STRANGER,
    Json,
    all_pages,
    capturer,
    corpus,
    document,
    names,
    page,
    reader,
    take,
)

from suyuan.capture import OnRefusal, Options
from suyuan.kit import Text
from suyuan.model import Role, Viewer
from suyuan.registry.types import Party, Site
from suyuan.service import Config, Platform, capture, event, follow, on_store, register
from suyuan.store import Store, StoreSettings, migrate, open_store

SITE = "https://id.gs1.org/414/6901234000009"
FARM_SITE = "urn:suyuan:site:farm"
HERE, ELSEWHERE = ("411702", "330106")
FAMILY = "edible-agricultural-products"

SALE: Json = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
    "eventTime": "2026-01-05T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "bizStep": "shipping",
    "epcList": ["https://id.gs1.org/01/06901234000016/21/1"],
    "quantityList": [
        {
            "epcClass": "https://id.gs1.org/01/06901234000016/10/A1",
            "quantity": 12.50,
            "uom": "KGM",
        }
    ],
    "readPoint": {"id": FARM_SITE, "ex:gate": "back"},
    "bizLocation": {"id": FARM_SITE},
    "sourceList": [{"type": "possessing_party", "source": FARM}],
    "destinationList": [{"type": "possessing_party", "destination": SHOP}],
    "sensorElementList": [
        {
            "ex:box": 1,
            "sensorReport": [{"type": "Temperature", "value": 3.50, "uom": "CEL", "ex:cal": 2}],
        }
    ],
    "suyuan:family": FAMILY,
    "suyuan:step": "trade",
    "suyuan:productKind": "pork",
    "suyuan:unitPrice": "4131.5",
    "suyuan:driver": "Wang",
    "suyuan:vehicle": "豫Q12345",
    "suyuan:origin": "河南",
    "hush": "bare name of the sender's own",
    "ex:note": {"deep": "secret"},
}


@pytest.fixture
def sold(platform: Platform) -> Platform:
    """One sale from the farm to the shop, at a site in Zhumadian, under the produce family."""
    register(platform, places())
    take(platform, [SALE], capturer(platform, FARM))
    return platform


def places() -> list[Party | Site]:
    return [
        Party(uri=FARM, name=Text("农场", "Farm")),
        Party(uri=SHOP, name=Text("店", "Shop")),
        Site(uri=FARM_SITE, operator=FARM, name=Text("场", "Yard"), division=HERE),
    ]


def seen(platform: Platform, viewer: Viewer) -> Json | None:
    """The one event as a viewer has it, the same by query and by id."""
    found, _ = page(platform, {}, viewer)
    by_id = event(platform, str(SALE["eventID"]), viewer)
    assert (by_id is None) == (not found)
    if by_id is None:
        return None
    (one,) = found
    body = json.loads(by_id)["epcisBody"]["queryResults"]["resultsBody"]
    assert body["eventList"] == [one]
    return one


def everything(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def regulator(area: str) -> Viewer:
    return Viewer(role=Role.REGULATOR, areas=(area,))


@pytest.mark.parametrize("viewer", [reader(FARM), Viewer(role=Role.ADMIN)])
def test_the_reporter_and_the_administrator_get_everything(sold: Platform, viewer: Viewer) -> None:
    found = seen(sold, viewer)
    assert found is not None
    assert {name: found[name] for name in SALE} == SALE


@pytest.mark.parametrize(
    "viewer",
    [reader(None), reader(STRANGER), regulator(ELSEWHERE), Viewer(role=Role.REGULATOR)],
    ids=["public", "stranger", "regulator elsewhere", "regulator of nothing"],
)
def test_who_has_no_part_in_it_gets_no_raw_event(sold: Platform, viewer: Viewer) -> None:
    assert seen(sold, viewer) is None


def test_the_other_party_gets_the_standard_and_what_the_family_shows_partners(
    sold: Platform,
) -> None:
    found = seen(sold, reader(SHOP))
    assert found is not None
    for member in ("epcList", "bizStep", "sourceList", "destinationList", "eventTime", "type"):
        assert found[member] == SALE[member]
    assert found["suyuan:origin"] == "河南"
    assert found["quantityList"] == [{"epcClass": SALE["quantityList"][0]["epcClass"],
                                      "quantity": 12.5, "uom": "KGM"}]  # fmt: skip
    assert found["readPoint"] == {"id": FARM_SITE}
    assert found["sensorElementList"] == [
        {"sensorReport": [{"type": "Temperature", "value": 3.5, "uom": "CEL"}]}
    ]
    for hidden in (
        "4131.5",
        "Wang",
        "豫Q",
        "secret",
        "margin",
        "gate",
        "ex:box",
        "ex:cal",
        "unheard",
    ):
        assert hidden not in everything({**found, "@context": None})
    assert "hush" not in found


def test_the_authority_gets_all_but_what_is_the_reporters_alone(sold: Platform) -> None:
    found = seen(sold, regulator(HERE))
    assert found is not None
    assert found["suyuan:vehicle"] == "豫Q12345"
    assert found["ex:note"] == SALE["ex:note"]
    assert "suyuan:unitPrice" not in found
    assert "suyuan:driver" not in found


def test_an_id_gives_the_original_and_its_declarations_together(platform: Platform) -> None:
    (told,) = [each for each in corpus(20) if not each.declared][:1]
    odd = "https://example.com//events/7%2F8?a=1&b=ü#x"
    sent = {**told.sent, "eventID": odd}
    declared = {
        **sent,
        "errorDeclaration": {"declarationTime": FIRST.isoformat(), "reason": "did_not_occur"},
    }
    by = capturer(platform)
    take(platform, [sent], by)
    take(platform, [declared], by)
    found = event(platform, odd, reader())
    assert found is not None
    listed = json.loads(found)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert [("errorDeclaration" in each, each["eventID"]) for each in listed] == [
        (False, odd),
        (True, odd),
    ]
    for other in (odd.upper(), odd[:-1], odd + "/", ""):
        assert event(platform, other, reader()) is None


def test_an_event_of_many_contexts_keeps_what_each_name_means(platform: Platform) -> None:
    (told,) = corpus(1)
    by = capturer(platform)
    for number, space in enumerate(("https://one.example/", "https://two.example/")):
        sent = {**told.sent, "eventID": f"urn:x:{number}", "p:note": "x"}
        body = json.loads(document([sent]))
        body["@context"] = [CONTEXT[0], {"p": space}]
        capture(platform, json.dumps(body).encode(), by, Options(on_refusal=OnRefusal.PROCEED))
    follow(platform)
    found, _ = page(platform, {}, reader())
    spaces = [
        next(item["p"] for item in each["@context"] if isinstance(item, dict) and "p" in item)
        for each in found
    ]
    assert spaces == ["https://one.example/", "https://two.example/"]


def test_two_worlds_that_differ_in_the_hidden_give_equal_answers(
    sold: Platform, other_database: str, tmp_path: Any
) -> None:
    migrate(other_database)
    with open_store(StoreSettings(data_dir=tmp_path, database_url=other_database)) as store:
        world = more_hidden(store, tmp_path)
        for viewer in (reader(SHOP), reader(STRANGER), reader(None), regulator(ELSEWHERE)):
            for asked in ({}, {"orderBy": "eventTime"}, {"MATCH_anyEPC": SALE["epcList"][0]}):
                here, there = (all_pages(each, asked, viewer) for each in (sold, world))
                for each in (*here, *there):
                    each.pop("recordTime")  # when it was recorded is the clock's business
                assert here == there
            for unseen in names(each.sent for each in corpus(15)):
                assert event(world, unseen, viewer) == event(sold, unseen, viewer)


def more_hidden(store: Store, tmp_path: Any) -> Platform:
    """Another world: other values in hidden members, and events that nobody here has part in."""
    world = on_store(store, Config(data_dir=tmp_path))
    register(world, places())
    other = {"suyuan:unitPrice": "99", "suyuan:driver": "Li", "hush": "else", "ex:note": 1}
    hidden = [each.sent for each in corpus(15) if each.source is None]
    secretive = capturer(world, "urn:suyuan:party:secretive")
    take(world, hidden[:5], secretive)
    take(world, [{**SALE, **other}], capturer(world, FARM))
    take(world, hidden[5:], secretive)
    return world
