"""Nothing is destroyed before its lawful term is over, unless the ground is said to allow it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from suyuan import index
from suyuan.capture import OnRefusal, Options
from suyuan.kit import SuyuanError
from suyuan.service import Decision, Platform, capture, erase, erased, keeping, local_capturer

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
DECISION = Decision(by="market office", ground="PIPL art. 47")
LAST = datetime(2028, 3, 1, 15, 59, 59, tzinfo=UTC)
"""The last second of the two years, in China."""


def at(platform: Platform, now: datetime) -> Platform:
    return replace(platform, clock=lambda: now, recorder=replace(platform.recorder))


def told(platform: Platform, number: int, step: str, *, best: str = "", **items: Any) -> str:
    """A report of a step on 1 March 2026."""
    event = {
        "type": "ObjectEvent", "eventID": UUID(int=number).urn, "action": "ADD",
        "bizStep": "commissioning", "eventTime": "2026-03-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:epc:id:sgtin:6901234.056789.{number}"],
        "ilmd": {"suyuan:bestBefore": best} if best else {"suyuan:note": "x"},
        "suyuan:step": step, **{f"suyuan:{name}": value for name, value in items.items()},
    }  # fmt: skip
    whole = {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-03-02T08:00:00Z", "epcisBody": {"eventList": [event]},
    }  # fmt: skip
    options = Options(on_refusal=OnRefusal.PROCEED)
    result = capture(platform, json.dumps(whole).encode(), local_capturer(platform, None), options)
    assert result.events[0].entry is not None, result
    index.catch_up(platform.store)
    return str(event["eventID"])


def test_before_the_term_is_over_it_says_place_law_day_and_cure(platform: Platform) -> None:
    stored = told(platform, 1, "food_storage")
    with pytest.raises(SuyuanError) as caught:
        erase(at(platform, LAST), stored, DECISION)
    error = caught.value
    assert (error.code, error.place, error.status) == ("erase.kept", "--early", 409)
    for words in (stored, "2028-03-01", "--ground", "--early"):
        assert words in error.text.zh
        assert words in error.text.en
    assert "《食品安全法实施条例》 第二十五条须" in error.text.zh
    assert "Implementing Regulation of the Food Safety Law, Article 25 (" in error.text.en
    assert erased(platform) == []
    later = at(platform, LAST + timedelta(seconds=1))
    assert erase(later, stored, DECISION).proven


def test_a_ground_that_allows_it_early_is_taken_and_logged(platform: Platform) -> None:
    stored = told(platform, 1, "food_storage")
    done = erase(at(platform, LAST), stored, DECISION, early=True)
    assert (done.ground, done.proven) == (DECISION.ground, True)


def test_a_term_that_was_not_read_on_its_source_is_told_and_keeps_nothing(
    platform: Platform,
) -> None:
    packed = told(platform, 1, "herb_packing", family="edible-agricultural-products")
    now = at(platform, LAST)
    (one,) = keeping.kept_of(now, packed)
    assert (one.term.verified, one.runs, str(one.until)) == (False, True, "2029-03-01")
    assert erase(now, packed, DECISION).proven


def test_what_no_term_binds_is_destroyed_as_before(platform: Platform) -> None:
    free = told(platform, 1, "food_packing")
    assert keeping.kept_of(platform, free) == []
    assert erase(at(platform, LAST), free, DECISION).proven


def test_what_has_passed_its_term_is_listed_and_nothing_else(platform: Platform) -> None:
    stored = told(platform, 1, "food_storage")
    sooner = told(platform, 2, "food_intake", best="2026-05-31")
    told(platform, 3, "food_packing")
    told(platform, 4, "food_intake", best="2030-05-31")

    def past(now: datetime) -> list[tuple[str | None, str]]:
        return [(one.event, str(one.until)) for one in keeping.past_term(at(platform, now)).listed]

    assert past(datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)) == []
    assert past(datetime(2026, 11, 30, 16, tzinfo=UTC)) == [(sooner, "2026-11-30")]
    assert past(LAST) == [(sooner, "2026-11-30")]
    assert past(LAST + timedelta(seconds=1)) == [(sooner, "2026-11-30"), (stored, "2028-03-01")]


def test_what_is_past_its_term_is_found_however_much_came_after(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in parts from the first record on: no later one hides an older; a cut is told."""
    monkeypatch.setattr(keeping, "_AT_ONCE", 2)
    old = [told(platform, number, "food_storage") for number in range(1, 6)]
    for number in range(6, 12):
        told(platform, number, "food_intake", best="2030-05-31")
    later = at(platform, LAST + timedelta(seconds=1))
    whole = keeping.past_term(later)
    assert ([one.event for one in whole.listed], whole.is_partial) == (old, False)
    monkeypatch.setattr(keeping, "MOST", 3)
    part = keeping.past_term(later)
    assert ([one.event for one in part.listed], part.is_partial) == (old[:3], True)
    erase(later, old[0], DECISION)
    assert [one.event for one in keeping.past_term(later).listed] == old[1:4]
    monkeypatch.setattr(keeping, "MOST", 4)
    assert not keeping.past_term(later).is_partial
