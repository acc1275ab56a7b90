"""Sites that nobody registered: an answer says where a holder was taken to be who reported."""

import json
from typing import Any
from uuid import UUID

import pytest

from suyuan.capture import Options
from suyuan.kit import Text
from suyuan.model import PUBLIC
from suyuan.registry.types import Site
from suyuan.service import (
    OPERATOR,
    Platform,
    capture,
    follow,
    local_capturer,
    recall,
    register,
    reindex,
    trace,
)
from suyuan.trace import Question, Seed
from suyuan.trace.types import Direction

UA, UM = (f"https://id.gs1.org/01/06901234567892/10/{lot}" for lot in ("UA", "UM"))
MAKER, TAKER = (f"https://id.gs1.org/417/69012340000{end}" for end in ("47", "54"))
PLANT, SHOP = (f"https://id.gs1.org/414/69012340000{end}" for end in ("47", "54"))
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
RECALL = Question(seeds=(Seed(thing=UA),), direction=Direction.FORWARD)


def event(number: int, step: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": UUID(int=number).urn,
        "eventTime": f"2026-03-0{number}T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step,
        "action": "OBSERVE",
        **members,
    }


def ends(sender: tuple[str, str] | None, taker: tuple[str, str]) -> dict[str, Any]:
    kinds = ("possessing_party", "location")
    came = [{"type": kind, "destination": uri} for kind, uri in zip(kinds, taker, strict=True)]
    gone = [{"type": kind, "source": uri} for kind, uri in zip(kinds, sender or (), strict=False)]
    return {"destinationList": came, **({"sourceList": gone} if gone else {})}


def amounts(lot: str) -> list[dict[str, Any]]:
    return [{"epcClass": lot, "quantity": 500, "uom": "KGM"}]


def reported(platform: Platform) -> None:
    """The maker gets, makes, sends; of the making only the site is named."""
    made = event(2, "commissioning", inputQuantityList=amounts(UA), outputQuantityList=amounts(UM))
    made |= {"type": "TransformationEvent", "bizLocation": {"id": PLANT}}
    del made["action"]
    moved = ends((MAKER, PLANT), (TAKER, SHOP))
    events = [
        event(1, "receiving", quantityList=amounts(UA), **ends(None, (MAKER, PLANT))),
        made,
        event(3, "shipping", quantityList=amounts(UM), **moved),
        event(4, "receiving", quantityList=amounts(UM), **moved),
    ]
    whole = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-04-01T08:00:00Z",
        "epcisBody": {"eventList": events},
    }
    result = capture(
        platform, json.dumps(whole).encode(), local_capturer(platform, None), Options()
    )
    assert result.success, result
    follow(platform)


def said(platform: Platform) -> list[Text]:
    back = Question(seeds=(Seed(thing=UM),), direction=Direction.BACKWARD)
    return [
        recall(platform, RECALL, OPERATOR).completeness.summary,
        trace(platform, RECALL, OPERATOR).completeness.summary,
        trace(platform, back, OPERATOR).completeness.summary,
    ]


def test_an_answer_names_the_site_and_the_cure_until_it_is_cured(platform: Platform) -> None:
    reported(platform)
    for summary in said(platform):
        assert "(414)6901234000047" in summary.en
        assert "suyuan reindex" in summary.en
        assert "(414)6901234000047" in summary.zh
        assert "suyuan reindex" in summary.zh
    assert TAKER not in {line.party for line in recall(platform, RECALL, OPERATOR).lines}
    assert "6901234000047" not in trace(platform, RECALL, PUBLIC).completeness.summary.en
    sites = [
        Site(uri=uri, operator=party, name=Text(uri, uri), division="330104")
        for uri, party in ((PLANT, MAKER), (SHOP, TAKER))
    ]
    register(platform, sites)
    assert all("suyuan reindex" in summary.en for summary in said(platform))
    reindex(platform)
    assert not any("suyuan reindex" in summary.en for summary in said(platform))
    assert TAKER in {line.party for line in recall(platform, RECALL, OPERATOR).lines}


@pytest.mark.parametrize("named", [MAKER, None])
def test_where_nobody_else_is_named_nothing_is_said(platform: Platform, named: str | None) -> None:
    place = {"bizLocation": {"id": PLANT}}
    if named:
        place |= {"destinationList": [{"type": "possessing_party", "destination": named}]}
    seen = event(1, "storing", quantityList=amounts(UA), **place)
    whole = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-04-01T08:00:00Z",
        "epcisBody": {"eventList": [seen]},
    }
    capture(platform, json.dumps(whole).encode(), local_capturer(platform, None), Options())
    follow(platform)
    assert "suyuan reindex" not in trace(platform, RECALL, OPERATOR).completeness.summary.en
