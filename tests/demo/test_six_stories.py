"""The six stories beside pork: each breach is caught, nothing else, and engines answer as told."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from suyuan.demo.events import CHINA
from suyuan.demo.stories import Retold, Story, every_story, shortfalls, tell_all
from suyuan.families import load_families
from suyuan.publish import Tone
from suyuan.service import Config, Platform, answer, follow, on_store, viewer_for
from suyuan.store import Store

SMALL = 0.01
NOW = datetime(2026, 3, 1, 12, tzinfo=CHINA)
TODAY = NOW.date()


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    return on_store(database, Config(data_dir=tmp_path), clock=lambda: NOW)


def wrong(platform: Platform, told: list[Retold]) -> list[str]:
    stories = every_story(TODAY, SMALL)
    return [
        str(one)
        for story, retold in zip(stories, told, strict=True)
        for one in shortfalls(platform, story, retold)
    ]


def test_each_breach_is_caught_and_nothing_else_told_once_or_twice(platform: Platform) -> None:
    told = tell_all(platform, TODAY, SMALL)
    follow(platform)
    assert wrong(platform, told) == []
    again = tell_all(platform, TODAY, SMALL)
    assert wrong(platform, again) == []
    assert all(set(one.counts) == {"duplicate"} for one in again)
    for story in every_story(TODAY, SMALL):
        for scene in story.scenes:
            seen = answer(platform, scene.thing, viewer_for(platform, scene.party))
            assert seen.verdict.tone is not Tone.UNKNOWN


def test_a_breach_not_caught_and_one_wrongly_caught_are_both_said(platform: Platform) -> None:
    told = tell_all(platform, TODAY, SMALL)
    follow(platform)
    story, retold = every_story(TODAY, SMALL)[0], told[0]
    silent = structs.replace(retold, caught=())
    assert len(shortfalls(platform, story, silent)) == len(story.breaches)
    harmless = structs.replace(story, breaches=story.breaches[1:])
    assert len(shortfalls(platform, harmless, retold)) == 1


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2027, 1, 1), date(2028, 2, 29)])
def test_a_story_is_the_same_whenever_it_is_told_on_a_day_and_all_of_it_is_past(day: date) -> None:
    for story, again in zip(every_story(day, SMALL), every_story(day, SMALL), strict=True):
        events = told_in(story)
        assert events == told_in(again)
        assert max(one["eventTime"][:10] for one in events) < day.isoformat()
        assert all(count == 1 for count in Counter(one["eventID"] for one in events).values())


def test_a_scale_makes_more_of_the_same_shape() -> None:
    """As many breaches; of each step that is everyday trade about so many times as many."""
    once, twice = (every_story(TODAY, scale) for scale in (0.5, 1.0))
    sizes = [(len(told_in(a)), len(told_in(b))) for a, b in zip(once, twice, strict=True)]
    assert all(1.6 <= b / a <= 2.4 for a, b in sizes)
    assert 57_000 <= sum(b for _, b in sizes) <= 63_000
    for a, b in zip(once, twice, strict=True):
        assert [one.rules for one in a.breaches] == [one.rules for one in b.breaches]
        assert steps(a) == steps(b)


def test_the_stories_are_of_six_families_and_their_breaches_of_rules_that_stand() -> None:
    families = load_families()
    rules = {one.id for family in families.by_id.values() for one in family.rules}
    stories = every_story(TODAY, SMALL)
    assert {one.family for one in stories} | {"edible-agricultural-products"} == set(families.by_id)
    for story in stories:
        assert rules.issuperset(chain.from_iterable(one.rules for one in story.breaches))


def test_devices_that_are_not_connected_are_replayed_as_sensor_events_and_it_is_said() -> None:
    for story in every_story(TODAY, SMALL):
        has_readings = any("sensorElementList" in one for one in told_in(story))
        assert has_readings is bool(story.replayed.zh and story.replayed.en)


def told_in(story: Story) -> list[dict[str, Any]]:
    return [event for chapter in story.chapters() for event in chapter.events]


def steps(story: Story) -> set[str]:
    return {one["suyuan:step"] for one in told_in(story)}


def test_every_report_of_a_story_is_of_somebody_who_is_registered() -> None:
    for story in every_story(TODAY, SMALL):
        enrolled = {one.uri for one in story.entries if hasattr(one, "roles")}
        assert {chapter.reporter.party for chapter in story.chapters()} <= enrolled


def test_the_days_between_production_and_recall_are_told_back_from_today() -> None:
    early, late = every_story(TODAY, SMALL)[0], every_story(TODAY + timedelta(days=1), SMALL)[0]
    moved = {
        datetime.fromisoformat(b["eventTime"]) - datetime.fromisoformat(a["eventTime"])
        for a, b in zip(told_in(early), told_in(late), strict=True)
    }
    assert moved == {timedelta(days=1)}
