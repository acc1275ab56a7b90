"""Pictures of a large answer in a real browser: phone, wide screen and paper; by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from suyuan.drawings import folding, presence, timed
from suyuan.drawings.layout import laid_out
from suyuan.drawings.pictured import pictured
from suyuan.drawings.types import Box, Chart
from suyuan.interchange.types import Names
from suyuan.kit import Text
from suyuan.publish.types import Leg
from suyuan.service import Told
from suyuan.trace.types import Answer, Completeness, Cost, Direction, Question
from suyuan.web.given import RESTING, WITHIN
from suyuan.web.render import Reader, page, static

pytestmark = pytest.mark.browser

SHOPS = 40
NARROW, WIDE = ".two > div:first-child svg", ".two > div:last-child svg"


def box(number: int) -> Box:
    name = Text(f"便民粮油店{number}", f"Corner Shop {number}")
    return Box(name, (Text("3月1日", "1 Mar"),), stage=Text("转出", "passed it on"))


CHART = Chart(
    tuple(box(number) for number in range(SHOPS + 1)),
    tuple(Leg(0, number, number % 3 > 0) for number in range(1, SHOPS + 1)),
    folding.folded,
)
ANSWER = Answer(
    truncated=False, question=Question(seeds=(), direction=Direction.FORWARD), position=1,
    nodes=(), links=(), origins=(), whereabouts=(), responsibility=(), balance=(), open_ends=(),
    completeness=Completeness(
        summary=Text("两段", "two"), movements=0, confirmed=0, silent=0, open_ends={}
    ),
    anomalies=(), cost=Cost(facts=1, links=1),
)  # fmt: skip


def written() -> str:
    """The page of a trace with its picture, in its own style."""
    seen = pictured(laid_out(CHART), "en", "", lambda key: f"#open={key}")
    assert seen is not None
    rows = timed.rows_of(seen.shown[0], lambda _: presence.NEVER)
    text = page(
        "trace.html", Reader(lang="en"), wrong=None,
        given=dict.fromkeys(("thing", "direction", "as_of", "depth", *WITHIN, *RESTING), ""),
        nothing=False, limits=(),
        found=Told(answer=ANSWER, names=Names(), responsible=()), seen=seen,
        times=(timed.timed(rows, timed.NARROW, "en", str), None), sankey=None, undrawn=[],
        streams=[], responsible=[], more=0, unfolded=None, files=[], sees_all=True,
        day=str, amount=str, plain=str,
    )  # fmt: skip
    return text.replace("</head>", f"<style>{static('app.css').decode()}</style></head>")


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Page]:
    found = chromium.new_page(viewport={"width": 360, "height": 780}, java_script_enabled=False)
    found.set_content(written())
    yield found
    found.close()


def test_a_phone_shows_the_small_form_a_wide_screen_and_paper_the_large_one(opened: Page) -> None:
    assert opened.locator(NARROW).is_visible()
    assert not opened.locator(WIDE).is_visible()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for width in (1056, 1280):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.locator(WIDE).is_visible()
        assert not opened.locator(NARROW).is_visible()
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.set_viewport_size({"width": 700, "height": 800})
    opened.emulate_media(media="print")
    assert opened.locator(WIDE).is_visible()
    assert not opened.locator(NARROW).is_visible()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not opened.locator(".plus").last.is_visible()


def test_the_words_of_every_box_stay_in_it(opened: Page) -> None:
    """Each text lies within a box of its own picture, as letters are really wide."""
    for width, picture in ((360, NARROW), (1280, WIDE)):
        opened.set_viewport_size({"width": width, "height": 800})
        out = opened.locator(picture).evaluate(
            """svg => [...svg.querySelectorAll('text')].filter(text => {
              const own = text.getBoundingClientRect();
              return ![...svg.querySelectorAll('rect')].some(rect => {
                const box = rect.getBoundingClientRect();
                return own.left >= box.left && own.right <= box.right
                  && own.top >= box.top && own.bottom <= box.bottom;
              });
            }).map(text => text.textContent)"""
        )
        assert out == []


def test_a_fold_is_a_link_by_name_that_a_keyboard_reaches_sees_and_follows(opened: Page) -> None:
    fold = opened.get_by_role("link", name="Unfold: 40 holders").first
    fold.focus()
    assert fold.evaluate("each => each.matches(':focus-visible')")
    width = "each => getComputedStyle(each.querySelector('rect')).strokeWidth"
    assert fold.evaluate(width) == "4px"
    opened.keyboard.press("Enter")
    assert opened.url.endswith("#open=2")


def test_what_is_not_shown_is_not_met_by_ear_or_keyboard(opened: Page) -> None:
    assert opened.get_by_role("link", name="Unfold:").count() == 1
    opened.set_viewport_size({"width": 1280, "height": 800})
    assert opened.get_by_role("link", name="Unfold:").count() == 10
