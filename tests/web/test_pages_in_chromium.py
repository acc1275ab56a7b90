"""Every page in a real browser: narrow and wide, with script and without, in both languages."""

import gzip
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from suyuan.demo import scenes
from suyuan.demo.cast import checked

pytestmark = pytest.mark.browser

PACK, FAILED, SILENT, CORRECTED = (scene.path for scene in scenes())
PIG = f"/thing?id={quote('urn:suyuan:ear-tag:141172500100001')}"
THING = PIG.partition("=")[2]
SHOP, FARM = (
    quote(f"https://id.gs1.org/414/{code}") for code in ("6901234000603", "6901234000016")
)
PAGES = {
    "home": ("/", 200),
    "several readings": ("/search?q=6901234001013", 200),
    "no reading": ("/search?q=hello+world", 200),
    "pack": (PACK, 200),
    "failed": (FAILED, 200),
    "silent": (SILENT, 200),
    "corrected": (CORRECTED, 200),
    "pig": (PIG, 200),
    "place": ("/414/6901234000603", 200),
    "party": ("/417/6901234000603", 200),
    "stranger": (f"/417/{checked('690123499999')}", 200),
    "product": ("/01/06901234001013", 200),
    "unknown": ("/01/06901234001013/21/zzz", 200),
    "wrong check digit": ("/01/06901234001014", 400),
    "no code": ("/01/xyz", 400),
    "kinds of codes": ("/codes", 200),
    "a kind of code": ("/codes/drug-approval", 200),
    "a kind of our own": ("/codes/seed-unit", 200),
    "no kind of code": ("/codes/nothing", 404),
    "doubted readings": ("/search?q=SC10633019702614", 200),
    "sign in": ("/sign-in", 200),
    "read a photo": ("/read", 200),
    "verify a code": (f"/verify?code={quote('(01)06901234001013(21)X')}", 200),
    "no page": ("/nope", 404),
    "divisions": ("/divisions", 200),
    "divisions of a name": (f"/divisions?name={quote('朝阳')}&on=2019-05-01", 200),
    "no division": (f"/divisions?name={quote('无此地')}&on=never", 200),
    "division": ("/divisions/330104", 200),
    "division with a past": ("/divisions/419001?on=1990-01-01", 200),
    "division with many below": ("/divisions/510100", 200),
    "no code of a division": ("/divisions/990000", 404),
    "families": ("/families", 200),
    "families on a day": ("/families?on=2020-01-01", 200),
    "families on no day": ("/families?on=never", 200),
    "a family": ("/families/food", 200),
    "a family on a day": ("/families/dangerous-goods?on=2026-04-30&kind=toxic_chemical", 200),
    "rules of every family": ("/families/general", 200),
    "no family": ("/families/perpetual-motion", 404),
    "no kind of a family": ("/families/food?kind=pork", 404),
    "workbook, not signed in": ("/workbook", 401),
    "workbook": ("/workbook", 200),
    "workbook of who reports nothing": ("/workbook", 403),
    "record, not signed in": ("/record", 401),
    "record": ("/record", 200),
    "record a thing's step": (
        f"/record/food/food_intake?thing={quote('(01)06901234001013(21)X')}",
        200,
    ),
    "record no step": ("/record/food/no-step", 404),
    "packages, not signed in": ("/packages", 401),
    "packages": ("/packages", 200),
    "a package": ("/packages", 200),
    "conformance": ("/conformance", 200),
    "subscriptions, not signed in": ("/subscriptions", 401),
    "subscriptions": ("/subscriptions", 200),
    "no subscriptions": ("/subscriptions", 200),
    "state rules, not signed in": ("/state-rules", 401),
    "state rules": ("/state-rules", 200),
    "strictness, not signed in": ("/strictness", 401),
    "strictness": ("/strictness", 200),
    "permits, not signed in": ("/permits", 401),
    "permits": ("/permits", 200),
    "no permits": ("/permits", 200),
    "due, not signed in": ("/due", 401),
    "due": ("/due", 200),
    "due of the mill": ("/due?on=2026-04-01", 200),
    "due on no day": ("/due?on=never", 200),
    "credit, not signed in": ("/credit", 200),
    "credit of a party": ("/credit?party=https://id.gs1.org/417/6901234000603", 200),
    "credit of a party, whole": ("/credit?party=https://id.gs1.org/417/6901234000603", 200),
    "credit of all": ("/credit", 200),
    "credit of nobody": ("/credit?party=nobody", 400),
    "credit on no day": ("/credit?party=https://id.gs1.org/417/6901234000603&on=never", 400),
    "registry, not signed in": ("/registry", 401),
    "registry": ("/registry", 200),
    "registry of all": ("/registry", 200),
    "registry of a party": ("/registry?party=https://id.gs1.org/417/6901234000603", 200),
    "registry of nobody": ("/registry?party=nobody", 200),
    "recall, not signed in": ("/scope", 401),
    "recall": ("/scope", 200),
    "recall of a pig": (f"/scope?thing={PIG.partition('=')[2]}", 200),
    "recall of nothing seen": (f"/scope?thing={PIG.partition('=')[2]}&as_of=2001-01-01", 200),
    "recall of no code": ("/scope?thing=%E2%98%83&as_of=2026-01-01", 400),
    "recall as of no day": (f"/scope?thing={PIG.partition('=')[2]}&as_of=never", 400),
    "trace, not signed in": ("/trace", 401),
    "trace": ("/trace", 200),
    "trace of a pig": (f"/trace?direction=forward&thing={PIG.partition('=')[2]}", 200),
    "trace of nothing seen": (f"/trace?thing={PIG.partition('=')[2]}&as_of=2001-01-01", 200),
    "trace of no code": ("/trace?thing=%E2%98%83", 400),
    "trace as of no day": (f"/trace?thing={PIG.partition('=')[2]}&as_of=never", 400),
    "source, not signed in": ("/source", 401),
    "source": ("/source", 200),
    "source of cases nowhere": ("/source?case=nowhere,3", 400),
    "contacts, not signed in": ("/contacts", 401),
    "contacts": ("/contacts", 200),
    "contacts of a shop": (f"/contacts?root={SHOP}&in_begin=2020-01-01", 200),
    "contacts of a farm": (f"/contacts?root={FARM}&out_begin=2020-01-01", 200),
    "contacts of a shop, supposed": (
        f"/contacts?root={SHOP}&in_begin=2020-01-01&without=*&hold_for=1d",
        200,
    ),
    "contacts of nobody": ("/contacts?root=nobody", 200),
    "contacts from no day": ("/contacts?root=x&in_begin=never", 400),
    "inspections, not signed in": ("/inspections", 401),
    "inspections": ("/inspections", 200),
    "inspections of a shop": (f"/inspections?test={SHOP},40,9&thing={THING}&plan=20", 200),
    "inspections nowhere": ("/inspections?test=nowhere,3", 400),
    "coverage, not signed in": ("/coverage", 401),
    "coverage": ("/coverage", 200),
    "a receipt": ("an event's entry", 200),
    "no receipt": ("/entries/123456", 404),
    "a receipt, whole": ("an event's entry", 200),
    "dispersion, not signed in": ("/dispersion", 401),
    "dispersion": ("/dispersion", 200),
    "dispersion of no code": ("/dispersion?thing=%E2%98%83", 400),
    "balance, not signed in": ("/balance", 401),
    "balance": ("/balance", 200),
    "balance of the mill": ("/balance", 200),
    "balance of a day": ("/balance?start=2020-01-01&end=2020-01-01", 200),
    "balance of no code": ("/balance?thing=%E2%98%83", 400),
    "balance from no day": ("/balance?start=never", 400),
}
SIGNED_IN = {
    "workbook": "mill",
    "workbook of who reports nothing": "operator",
    "record": "mill",
    "record a thing's step": "mill",
    "record no step": "mill",
    "packages": "mill",
    "a package": "mill",
    "subscriptions": "mill",
    "no subscriptions": "operator",
    "state rules": "mill",
    "strictness": "mill",
    "permits": "operator",
    "no permits": "mill",
    "due": "operator",
    "due of the mill": "mill",
    "due on no day": "operator",
    "credit of a party, whole": "operator",
    "credit of all": "operator",
    "registry": "mill",
    "registry of all": "operator",
    "registry of a party": "operator",
    "registry of nobody": "mill",
    "recall": "mill",
    "recall of a pig": "operator",
    "recall of nothing seen": "mill",
    "recall of no code": "mill",
    "recall as of no day": "mill",
    "trace": "mill",
    "trace of a pig": "operator",
    "trace of nothing seen": "mill",
    "trace of no code": "mill",
    "trace as of no day": "mill",
    "source": "operator",
    "source of cases nowhere": "operator",
    "contacts": "mill",
    "contacts of a shop": "operator",
    "contacts of a farm": "operator",
    "contacts of a shop, supposed": "operator",
    "contacts of nobody": "mill",
    "contacts from no day": "mill",
    "inspections": "mill",
    "inspections of a shop": "operator",
    "inspections nowhere": "operator",
    "coverage": "mill",
    "a receipt, whole": "operator",
    "dispersion": "operator",
    "dispersion of no code": "mill",
    "balance": "operator",
    "balance of the mill": "mill",
    "balance of a day": "operator",
    "balance of no code": "mill",
    "balance from no day": "mill",
}
WAYS = {
    "phone, zh": (360, True, "zh"),
    "phone, en, no script": (360, False, "en"),
    "desktop, en": (1280, True, "en"),
    "desktop, zh, no script": (1280, False, "zh"),
}
CHINESE_OUT_OF_PLACE = """() => {
  const cjk = /[\\u2e80-\\u9fff\\uff00-\\uffef]/, found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (cjk.test(node.data) && !node.parentElement.closest('[lang="zh-CN"]')) found.push(node.data);
  }
  for (const each of document.querySelectorAll('[aria-label],[title],[placeholder]'))
    for (const name of ['aria-label', 'title', 'placeholder'])
      if (cjk.test(each.getAttribute(name) || '')) found.push(each.getAttribute(name));
  if (cjk.test(document.title)) found.push(document.title);
  return found;
}"""
TEXT_OUT_OF_ITS_BOX = """() => [...document.querySelectorAll('figure svg text')].filter(text => {
  const rects = [...document.querySelectorAll('figure svg rect')].map(each => each.getBBox());
  const own = text.getBBox();
  return !rects.some(box => own.x >= box.x && own.x + own.width <= box.x + box.width
    && own.y >= box.y && own.y + own.height <= box.y + box.height);
}).map(text => text.textContent)"""


class Visit:
    """One page opened, and everything it asked for and complained of."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.complaints: list[str] = []
        self.responses: list[Response] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._answered)
        found = self.page.goto(address)
        assert found is not None
        self.response: Response = found

    def _answered(self, response: Response) -> None:
        self.responses.append(response)

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)


@pytest.fixture(scope="session")
def contexts(chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    made = {
        name: chromium.new_context(
            viewport={"width": width, "height": 780},
            java_script_enabled=script,
            locale="zh-CN" if lang == "zh" else "en-GB",
        )
        for name, (width, script, lang) in WAYS.items()
    }
    yield made
    for context in made.values():
        context.close()


EVERY_WAY = ("failed",)
TWO_WAYS = ("phone, zh", "desktop, en")


def looks() -> Iterator[tuple[str, str]]:
    """Which page is looked at which way: answers every way, quieter pages two ways."""
    for name in PAGES:
        for way in WAYS if name in EVERY_WAY else TWO_WAYS:
            yield name, way


@pytest.fixture(params=looks(), ids=" - ".join)
def look(request: pytest.FixtureRequest) -> tuple[str, str]:
    name, way = request.param
    return str(name), str(way)


@pytest.fixture
def way(look: tuple[str, str]) -> str:
    return look[1]


@pytest.fixture
def visit(
    look: tuple[str, str],
    contexts: dict[str, BrowserContext],
    site: str,
    keys: dict[str, str],
    entry: str,
) -> Iterator[Visit]:
    name, way = look
    address, status = PAGES[name]
    address = entry if address == "an event's entry" else address
    context = contexts[way]
    if name in SIGNED_IN:
        account = SIGNED_IN[name]
        form = {"name": account, "password": keys[account]}
        assert context.request.post(f"{site}/sign-in", form=form).ok
    if name == "a package":
        listed = context.request.get(site + address).text()
        address = listed.partition('<li><a href="')[2].partition('"')[0]
    opened = Visit(context, site + address)
    assert opened.response.status == status
    yield opened
    opened.page.close()
    context.clear_cookies()


def test_every_page_keeps_its_promises(visit: Visit, way: str, site: str) -> None:
    page, (_, _, lang) = visit.page, WAYS[way]
    assert visit.complaints == []
    assert all(each.url.startswith(site) for each in visit.responses), "a third party was asked"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    _assert_light(visit)
    _assert_readable_by_ear(page, lang)
    assert page.evaluate(TEXT_OUT_OF_ITS_BOX) == []
    if lang == "en":
        assert page.evaluate(CHINESE_OUT_OF_PLACE) == []


def _assert_light(visit: Visit) -> None:
    """HTML with its pictures under 15 kB, everything under 30 kB, compressed."""
    assert len(gzip.compress(visit.response.body())) < 15_000
    sent = [gzip.compress(each.body()) for each in visit.responses]
    assert sum(map(len, sent)) < 30_000


def _assert_readable_by_ear(page: Page, lang: str) -> None:
    assert page.get_attribute("html", "lang") == ("zh-CN" if lang == "zh" else "en")
    assert page.title().endswith(" · 溯源" if lang == "zh" else " · Suyuan")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    unnamed = "[...document.querySelectorAll('input:not([type=hidden]),select')]"
    unnamed += ".filter(each => !each.labels.length).length"
    assert page.evaluate(unnamed) == 0
    unsaid = "[...document.querySelectorAll('svg')].filter(each =>"
    unsaid += " !each.getAttribute('aria-label') && !each.getAttribute('aria-hidden')).length"
    assert page.evaluate(unsaid) == 0


@pytest.mark.parametrize("address", [PACK, FAILED, PIG], ids=["pack", "failed", "pig"])
def test_at_twice_the_size_on_a_small_phone_nothing_scrolls_sideways(
    chromium: Browser, site: str, address: str
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{site}{address}{'&' if '?' in address else '?'}text=large&lang=en")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 22
    context.close()


def test_a_page_says_the_same_without_script(chromium: Browser, site: str) -> None:
    said = []
    for script in (True, False):
        context = chromium.new_context(java_script_enabled=script, locale="zh-CN")
        page = context.new_page()
        page.goto(site + FAILED)
        said.append(page.inner_text("body"))
        context.close()
    assert said[0] == said[1]
    assert "停止销售和食用" in said[0]


def test_all_kinds_of_codes_are_one_screen_of_families_that_print_whole(
    chromium: Browser, site: str
) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 780}, java_script_enabled=False)
    page.goto(f"{site}/codes")
    height = "document.documentElement.scrollHeight"
    folded = page.evaluate(height)
    assert folded <= 3 * 780
    row = page.locator("#organisations > li").first
    assert not row.is_visible()
    page.goto(f"{site}/codes#organisations")
    assert row.is_visible()
    assert row.bounding_box()["height"] <= 3 * 24 + 20
    row.locator("summary").click()
    assert row.locator("svg").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".kinds svg").last.is_visible()
    assert page.locator(".kinds h2").last.is_visible()
    page.close()


def test_the_first_key_press_reaches_a_visible_skip_link(chromium: Browser, site: str) -> None:
    page = chromium.new_page()
    page.goto(site + PACK)
    page.keyboard.press("Tab")
    shown = page.evaluate(
        "(() => { const e = document.activeElement, s = getComputedStyle(e);"
        " return [e.getAttribute('href'), e.getBoundingClientRect().left >= 0, s.outlineStyle] })()"
    )
    assert shown == ["#main", True, "solid"]
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.close()


def test_on_paper_nothing_is_folded_and_nothing_asks_to_be_clicked(
    chromium: Browser, site: str
) -> None:
    page = chromium.new_page()
    page.goto(site + PACK)
    folded = page.locator("details .path li").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert not page.locator(".ask").first.is_visible()
    assert page.locator(".verdict").is_visible()
    page.close()


def test_language_and_size_are_kept_from_page_to_page(chromium: Browser, site: str) -> None:
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(site + PACK)
    page.click("text=English")
    page.click("text=Large text")
    page.goto(site + "/")
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_attribute("html", "data-text") == "large"
    context.close()


def test_a_code_typed_into_the_box_opens_its_page(chromium: Browser, site: str) -> None:
    page = chromium.new_page(locale="en-GB")
    page.goto(site)
    page.get_by_label("Code").fill("(01)06901234001013(21)005001")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{FAILED}?read=*")
    assert page.inner_text("h1").startswith("Stop")
    assert "You entered" in page.inner_text("main")
    page.close()


def test_an_identity_number_typed_into_the_box_is_seen_no_more(
    chromium: Browser, site: str
) -> None:
    page = chromium.new_page(locale="zh-CN")
    page.goto(site)
    page.get_by_label("编码").fill("身份证 11010519491231002X")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thing?id=*")
    assert "19491231" not in page.content() + page.url
    assert "身份证" in page.inner_text("main")
    page.close()


def test_a_recall_names_who_may_still_have_some_and_whom_it_came_to(
    chromium: Browser, site: str, keys: dict[str, str]
) -> None:
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    form = {"name": "operator", "password": keys["operator"]}
    assert context.request.post(f"{site}/sign-in", form=form).ok
    page = context.new_page()
    page.goto(site + "/scope")
    page.get_by_label("要召回的编码").fill("141172500100001\n\n 141172500100001 ")
    page.get_by_role("button", name="查范围").click()
    assert page.inner_text(".word").startswith("3 家")
    assert "豫丰定点屠宰厂" in (page.text_content("figure svg") or "")
    first = page.inner_text(".cards > li >> nth=0")
    assert "还有 12 件" in first
    context.close()


def test_a_wrong_password_is_said_beside_the_form(chromium: Browser, site: str) -> None:
    page = chromium.new_page(locale="zh-CN")
    page.goto(site + "/sign-in")
    page.get_by_label("账户").fill("nobody")
    page.get_by_label("口令").fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.title().startswith("出错")
    page.close()
