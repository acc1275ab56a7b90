"""Where a recall was cut: the sites it would have reached are among those that moves lead to."""

from functools import partial

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from oil import (
    BLEND,
    BOTTLER,
    HALL,
    LOT,
    OTHER,
    PRESS,
    SHOP,
    SITES,
    STALL,
    STORY,
    YARD,
    blended,
    moved,
    pressed,
    told,
)

from suyuan.main import asgi
from suyuan.model import Role, Viewer
from suyuan.registry.types import Account
from suyuan.service import OPERATOR, Platform, fresh_key, networking
from suyuan.service.recalling import Recall, recall
from suyuan.trace import Direction, Question, Seed
from suyuan.trace.gather import Limit

DECLARED = "urn:epcglobal:cbv:er:incorrect_data"
WITHDRAWN = {
    "errorDeclaration": {"declarationTime": "2026-03-28T10:00:00Z", "reason": DECLARED},
}
FAR, LOFT = "urn:suyuan:party:far", "urn:suyuan:site:loft"
QUESTION = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)
SENT, GOT = moved(80, 20, BOTTLER, SHOP, much=5, lot=BLEND)


def cut_at(monkeypatch: pytest.MonkeyPatch, facts: int) -> None:
    monkeypatch.setattr("suyuan.trace.gather.Limit", partial(Limit, facts=facts))


def sites_of(found: Recall) -> set[str]:
    further = found.beyond.nearest if found.beyond else ()
    return {line.site for line in found.lines} | {each.site for each in further}


def test_wherever_it_is_cut_what_moves_join_is_named(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(platform, [*STORY, (BOTTLER, [SENT]), (SHOP, [GOT])])
    whole = recall(platform, QUESTION, OPERATOR)
    assert not whole.truncated
    assert whole.beyond is None
    assert sites_of(whole) == {YARD, HALL, STALL}
    cuts = 0
    for facts in range(1, whole.cost.facts):
        cut_at(monkeypatch, facts)
        found = recall(platform, QUESTION, OPERATOR)
        if found.truncated and found.lines:
            cuts += 1
            assert sites_of(found) >= sites_of(whole), facts
            assert found.beyond is not None
            assert found.beyond.count == len(found.beyond.nearest)
            assert found.beyond.position == found.position
    assert cuts


def test_the_nearest_come_first_and_only_what_the_viewer_sees(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(platform)
    cut_at(monkeypatch, 1)
    found = recall(platform, QUESTION, OPERATOR)
    assert {line.site for line in found.lines} == {YARD}
    assert found.beyond is not None
    assert {(each.site, each.moves) for each in found.beyond.nearest} == {(HALL, 1), (STALL, 1)}
    assert found.sites[HALL].en == "Bottler"
    own = recall(platform, QUESTION, Viewer(role=Role.CAPTURER, party=SHOP))
    assert HALL not in sites_of(own)
    press = recall(platform, QUESTION, Viewer(role=Role.CAPTURER, party=PRESS))
    assert sites_of(press) == {YARD, HALL, STALL}
    nothing = recall(platform, QUESTION)
    assert nothing.beyond is None


def test_a_page_and_a_program_are_told(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    told(platform)
    cut_at(monkeypatch, 1)
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    with TestClient(asgi(platform)) as client:
        answer = client.get(
            "/scope", params={"thing": LOT}, headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.json()["beyond"]["count"] == 2
        client.post("/sign-in", data={"name": "boss", "password": key})
        page = client.get(f"/scope?thing={LOT}&lang=en", headers={"Accept": "text/html"}).text
    assert "lead from these sites to 2 more" in page
    assert "Bottler" in page


def test_with_a_base_of_lots_only_who_had_them_is_named(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same wherever it is cut, and nobody to whom only other things were moved."""
    monkeypatch.setitem(SITES, FAR, LOFT)
    other, _ = moved(90, 25, SHOP, FAR, much=1, lot=OTHER)
    told(platform, [*STORY, (BOTTLER, [SENT]), (SHOP, [GOT]), (SHOP, [other])])
    with monkeypatch.context() as cut:
        cut_at(cut, 1)
        assert LOFT in sites_of(recall(platform, QUESTION, OPERATOR))
    whole = sites_of(recall(platform, QUESTION, OPERATOR))
    monkeypatch.setattr("suyuan.trace.site_base.ACTS_WORTH_KEEPING", 1)
    assert networking.lots_at(platform, 1) in list(networking.renewed(platform))
    named = 0
    for facts in range(1, 6):
        cut_at(monkeypatch, facts)
        found = recall(platform, QUESTION, OPERATOR)
        if found.truncated and found.lines:
            assert found.beyond is not None
            assert found.beyond.by_lots
            assert sites_of(found) == whole, facts
            named += found.beyond.count
    assert named


def test_as_known_before_a_withdrawal_who_had_it_by_what_was_withdrawn_is_named(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And as known before something was recorded, nobody who had it only by that."""
    told(platform, [(PRESS, [pressed(1, 1, LOT, 100)]), (BOTTLER, [blended(2, 5, 50, 50)])])
    early = recall(platform, QUESTION, OPERATOR).position
    told(platform, [(BOTTLER, [SENT])])
    before = recall(platform, QUESTION, OPERATOR).position
    told(platform, [(BOTTLER, [SENT | WITHDRAWN])])
    monkeypatch.setattr("suyuan.trace.site_base.ACTS_WORTH_KEEPING", 1)
    assert networking.lots_at(platform, 1) in list(networking.renewed(platform))
    known = {at: replace(QUESTION, known_at=at) for at in (early, before, None)}
    whole = {at: sites_of(recall(platform, each, OPERATOR)) for at, each in known.items()}
    assert {at: STALL in each for at, each in whole.items()} == {
        early: False,
        before: True,
        None: False,
    }
    for at, question in known.items():
        cut_at(monkeypatch, 1)
        found = recall(platform, question, OPERATOR)
        assert found.truncated
        assert found.beyond is not None
        assert found.beyond.by_lots
        assert sites_of(found) == whole[at], at
        monkeypatch.setattr("suyuan.trace.gather.Limit", Limit)


@pytest.mark.parametrize("kept", [0, 2, 3], ids=["no base", "before", "after"])
def test_moves_of_whole_sites_are_as_known_before_a_withdrawal_and_before_they_were_recorded(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """Whether a base was kept before the withdrawal, after it, or not at all."""
    sent, got = moved(10, 3, PRESS, BOTTLER, much=600)
    stories = [
        [(PRESS, [pressed(1, 1, LOT, 600), pressed(2, 1, LOT, 400)])],
        [(PRESS, [sent]), (BOTTLER, [got])],
        [(BOTTLER, [got | WITHDRAWN]), (PRESS, [sent | WITHDRAWN])],
    ]
    monkeypatch.setattr("suyuan.trace.site_base.WORTH_KEEPING", 1)
    positions: list[int] = []
    for turn, story in enumerate(stories, start=1):
        told(platform, story)
        positions.append(recall(platform, QUESTION, OPERATOR).position)
        if turn == kept:
            assert networking.base_at(platform, 1) in list(networking.renewed(platform))
    cut_at(monkeypatch, 1)
    for at, led in zip((*positions, None), (False, True, False, False), strict=True):
        found = recall(platform, replace(QUESTION, known_at=at), OPERATOR)
        assert found.beyond is not None
        assert not found.beyond.by_lots
        assert (HALL in sites_of(found)) == led, at
