"""Of a thing with many reports the newest are listed, and the verdict hangs on all of them."""

import pytest
from test_disclosure import DAYS, FAMILY, HALF, birth, hidden, platform_on, seen, tell

from suyuan.demo import cast
from suyuan.demo.events import EventDict, at_site, between, observed
from suyuan.publish import Tone
from suyuan.service import OPERATOR, Platform
from suyuan.store import Store

FEW = 12


@pytest.fixture
def platform(database: Store, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A platform that lists no more than a dozen entries of a thing."""
    monkeypatch.setattr("suyuan.publish.answer._MOST_ENTRIES", FEW)
    return platform_on(database)


def scan(number: int) -> EventDict:
    """A look at it in store, a minute after the one before, each at a place of its own."""
    place = {"readPoint": {"id": f"urn:suyuan:site:shelf:{number}"}}
    return observed(f"scan {number}", DAYS.at(1, f"06:{number:02d}"), "storing", [HALF], **place)


def failed(clock: str) -> EventDict:
    return observed(
        f"failed {clock}", DAYS.at(3, clock), "inspecting", [HALF], **at_site(cast.MARKET),
        suyuan_step="market_test", suyuan_testResult="unqualified", **FAMILY,
    )  # fmt: skip


def test_the_newest_are_listed_and_the_older_ones_counted(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), *(scan(number) for number in range(40)))
    said = seen(platform, OPERATOR)
    assert said.origins, "how it was made is never left out"
    last = max(stage.until or stage.at for stage in said.whereabouts)
    assert last == DAYS.at(1, "06:39")
    listed = sum(stage.count for stage in (*said.origins, *said.whereabouts))
    assert said.folded is not None
    assert f"{41 - listed} older" in said.folded.en
    assert listed == FEW + 1, "a dozen, and how it was made"


def hand_over(number: int) -> EventDict:
    """To and fro between two traders, an hour and a minute after the one before."""
    ends = (cast.ABATTOIR, cast.WHOLESALER)
    sender, receiver = ends if number % 2 == 0 else ends[::-1]
    return observed(
        f"hand-over {number}", DAYS.at(1, f"{number // 2:02d}:{30 * (number % 2):02d}"), "shipping",
        [HALF], **between(sender, receiver),
    )  # fmt: skip


def test_of_many_hand_overs_too_the_newest_are_listed(platform: Platform) -> None:
    """Every hand-over is a link of the trace; a page that read them all would never end."""
    tell(platform, cast.ABATTOIR, birth(), *(hand_over(number) for number in range(40)))
    said = seen(platform, OPERATOR)
    listed = sum(stage.count for stage in (*said.origins, *said.whereabouts))
    assert listed == FEW + 1, "a dozen, and how it was made"
    assert said.folded is not None
    assert f"{41 - listed} older" in said.folded.en


def test_an_old_failed_test_still_stops_it(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth())
    tell(platform, cast.MARKET, failed("07:00"))
    tell(platform, cast.ABATTOIR, *(scan(number) for number in range(40)))
    assert seen(platform, OPERATOR).verdict.tone is Tone.STOP


def test_what_was_made_in_a_report_no_longer_listed_was_made(platform: Platform) -> None:
    """Of a lot the making of a piece weighs nothing, and its report is among the old ones."""
    tell(platform, cast.ABATTOIR, birth(ilmd={"cbvmda:lotNumber": "L1"}))
    looks = [
        observed(f"look {n}", DAYS.at(1, f"06:{n:02d}"), "storing", [HALF], **at_site(cast.MARKET))
        for n in range(FEW)
    ]
    tell(platform, cast.MARKET, *looks)
    said = seen(platform, OPERATOR, thing=f"{cast.HALF}/10/L1")
    assert said.folded is not None
    assert [gap.en for gap in said.gaps] == [
        "Seen somewhere without a record of how it got there: 1."
    ]


def test_few_enough_are_all_listed(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), *(scan(number) for number in range(FEW - 1)))
    assert seen(platform, OPERATOR).folded is None


def test_what_is_hidden_is_not_counted(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth())
    tell(platform, cast.CANTEEN, *(hidden(f"hidden {number}") for number in range(40)))
    assert seen(platform).folded is None
