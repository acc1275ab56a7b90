"""The pork story: told through the same door as real reports, it holds what it promises."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from suyuan.demo import check, play, scenes
from suyuan.demo.events import CHINA
from suyuan.demo.goods import halves, pack, pigs
from suyuan.demo.pork import tell
from suyuan.demo.scenes import story_folder
from suyuan.publish import Tone
from suyuan.service import Config, Platform, answer, on_store
from suyuan.store import Store

MIDNIGHT = datetime(2026, 3, 1, tzinfo=CHINA)


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    """A platform on which it is noon, so that no story begins on one day and ends on another."""
    return at(MIDNIGHT + timedelta(hours=12), database, tmp_path)


@pytest.fixture
def told(platform: Platform) -> Platform:
    assert check(platform, play(platform)) == []
    return platform


def at(now: datetime, database: Store, folder: Path) -> Platform:
    return on_store(database, Config(data_dir=folder), clock=lambda: now.astimezone(UTC))


@pytest.mark.parametrize("seconds", [-1, 0, 8 * 3600 - 1, 8 * 3600])
def test_it_holds_at_either_side_of_midnight_in_china_and_in_utc(
    database: Store, tmp_path: Path, seconds: int
) -> None:
    now = at(MIDNIGHT + timedelta(seconds=seconds), database, tmp_path)
    assert check(now, play(now)) == []


def test_a_few_hundred_pigs_and_two_thousand_codes() -> None:
    events = [event for chapter in tell(date(2026, 3, 1)) for event in chapter.events]
    named = {
        code
        for event in events
        for field in ("epcList", "inputEPCList", "outputEPCList", "childEPCs")
        for code in event.get(field, ())
    }
    tags = {code for code in named if "ear-tag" in code}
    assert len(tags) == 360
    assert len(named) >= 2_000


def test_every_chapter_is_a_document_of_its_day() -> None:
    today = date(2026, 3, 1)
    days = {
        event["eventTime"][:10]
        for chapter in tell(today)
        for event in chapter.events
        if "Y" not in event["eventTime"]
    }
    assert max(days) == "2026-03-02"  # the one dated tomorrow
    assert sorted(days)[-2] == "2026-02-28"


def test_told_again_the_same_day_it_changes_nothing(told: Platform) -> None:
    again = play(told)
    accepted = sum(chapter.counts.get("accepted", 0) for chapter in again)
    assert accepted == 0
    assert check(told, again) == []


def test_the_failed_lot_warns_whoever_holds_a_piece_of_it(told: Platform) -> None:
    first, last = (answer(told, each.rpartition("/10/")[0] + "/21/" + each[-6:]) for each in (
        halves(5)[0], halves(5)[-1],
    ))  # fmt: skip
    assert first.verdict.tone is last.verdict.tone is Tone.STOP


def test_a_pack_of_another_lot_is_not_tainted_by_it(told: Platform) -> None:
    assert answer(told, pack(3)).verdict.tone is Tone.GOOD


def test_a_pig_that_nobody_reported_gets_an_honest_answer(told: Platform) -> None:
    unknown = pigs_after_the_last()
    assert answer(told, unknown).verdict.tone is Tone.UNKNOWN


def pigs_after_the_last() -> str:
    from suyuan.demo.cast import FARMS, ear_tag  # noqa: PLC0415 -- used here alone

    assert ear_tag(FARMS[0], 999) not in pigs(FARMS[0])
    return ear_tag(FARMS[0], 999)


def test_each_day_has_a_story_of_its_own(platform: Platform) -> None:
    now = platform.clock()
    folder = platform.config.data_dir
    assert story_folder(folder, now).parent.name == "demo"
    places = {
        story_folder(folder, now + timedelta(days=n), scale) for n in (0, 1) for scale in (1, 2)
    }
    assert len(places) == 4


def test_what_to_look_at_is_on_record(told: Platform) -> None:
    for scene in scenes():
        assert answer(told, scene.thing).origins
