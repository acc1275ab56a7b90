"""A GS1-conformant resolver: each test is a statement of its standard or of its test suite."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx
import pytest
from api_given import FARM, Client
from jsonschema import Draft7Validator

from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_compressed import compress
from suyuan.model import Capturer
from suyuan.registry.types import Licence, Target
from suyuan.service import Platform, disentitle, entered, entitle, withdraw_link

ITEM = "/01/06901234567892"
KEY = f"https://id.gs1.org{ITEM}"
PALLET = f"00690123400000001{gs1_check_digit('00690123400000001')}"
OWN_PALLET = f"06901234000000001{gs1_check_digit('06901234000000001')}"
VOC = "https://ref.gs1.org/voc/"
LINKSET = {"Accept": "application/linkset+json"}

Enter = Callable[..., Any]
Headers = dict[str, str]


@pytest.fixture
def enter(client: Client, farm: Headers, platform: Platform) -> Enter:
    """Links of the farm, whose company prefix is entered."""
    entitle(platform, Licence(party=FARM, kind="gs1_company_prefix", number="6901234"))

    def made(key: str = KEY, link_type: str = "gs1:pip", **more: Any) -> Any:
        body = {"key": key, "link_type": link_type, "href": "https://farm.cn/p", "title": "P"}
        answer = client.post("/links", json=body | more, headers=farm)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return made


def asked(client: Client, path: str, **headers: str) -> Any:
    return client.get(path, headers=headers, follow_redirects=False)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_get_head_and_options_are_served_to_any_site(client: Client, method: str) -> None:
    answer = client.request(method, ITEM, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code in {200, 204}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method == "GET" or answer.content == b""


@pytest.mark.parametrize("rest", ["", "/bat/L7", "/ser/A7", "/bat/L7/ser/A7"])
def test_a_product_qr_codes_own_words_lead_where_their_numbers_do(
    client: Client, enter: Enter, rest: str
) -> None:
    enter()
    numbers = rest.replace("bat", "10").replace("ser", "21")
    by_words, by_numbers = (
        asked(client, path, **LINKSET) for path in (f"/gtin/06901234567892{rest}", ITEM + numbers)
    )
    assert by_words.status_code == by_numbers.status_code == 200
    assert by_words.json() == by_numbers.json()


@pytest.mark.parametrize(
    "path", ["/01/06901234567893", "/01/xyz", "/414/6901234567890", f"{ITEM}/21/{'A' * 21}"]
)
def test_a_link_that_is_wrong_is_a_400_and_never_a_200(client: Client, path: str) -> None:
    assert asked(client, path).status_code == 400
    assert asked(client, f"{path}?linkType=linkset").status_code == 400


WRONG_DATA = {
    "17=271399": "17", "17=270230": "17", "17=2712": "17", "17=": "17", "17=27%2012": "17",
    "x=1&11=20261301": "11", "15=260101&15=260102": "15", "3103=12": "3103",
    "7003=2601012460": "7003", "01=06901234567893": "01", "8008=26010199": "8008",
    "99=%E4%B8%AD": "99",
}  # fmt: skip
GOOD_DATA = (
    "17=271231", "17=270200", "15=260101&15=260101", "17=280229", "3103=000195&3922=0299",
    "x=99", "89=9", "12345=1", "7003=2601012359", "99=a%2Fb", "17x=9", "linkType=all&11=260101",
)  # fmt: skip


@pytest.mark.parametrize("ask", ["", "linkType=linkset", "linkType=gs1:pip", "linkType=gs1:epcis"])
@pytest.mark.parametrize("query", WRONG_DATA)
def test_data_in_a_link_that_cannot_be_are_a_400_with_a_problem(
    client: Client, enter: Enter, query: str, ask: str
) -> None:
    """Statement 5: the URI is validated, and a day that there is not is no part of one."""
    enter(is_default=True)
    answer = asked(client, f"{ITEM}/21/S1?{query}&{ask}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    told = answer.json()
    assert told["place"] == WRONG_DATA[query]
    assert told["rule"].startswith("link.data")
    assert f"{told['place']} (" in told["detail_en"]


@pytest.mark.parametrize("query", GOOD_DATA)
def test_data_in_a_link_that_can_be_and_what_is_none_go_along(
    client: Client, enter: Enter, query: str
) -> None:
    enter(is_default=True)
    assert asked(client, f"{ITEM}/21/S1?{query}").status_code in {200, 307}


def test_a_person_is_shown_what_is_wrong_with_a_link_and_a_program_is_told(client: Client) -> None:
    for path in (f"{ITEM}?17=271399", "/01/06901234567893", "/01/%zz"):
        page = asked(client, path, Accept="text/html, */*;q=0.8")
        assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
        for accept in ("*/*", "application/json", LINKSET["Accept"]):
            told = asked(client, path, Accept=accept)
            assert (told.status_code, told.headers["content-type"]) == (
                400,
                "application/problem+json",
            )
            assert told.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", [ITEM, f"{ITEM}/10/L7", f"{ITEM}/10/L7/21/S1"])
def test_every_request_has_a_default_and_says_where_its_linkset_is(
    client: Client, path: str
) -> None:
    answer = asked(client, path)
    assert answer.status_code == 200
    assert 'rel="linkset"' in answer.headers["link"]
    where = answer.headers["link"].partition("<")[2].partition(">")[0]
    listed = client.get(urlsplit(where)._replace(scheme="", netloc="").geturl())
    assert listed.headers["content-type"].startswith("application/linkset+json")
    for each in listed.json()["linkset"]:
        (default,) = each[f"{VOC}defaultLink"]
        assert set(default) == {"href", "title"}  # no optional attributes


@pytest.mark.parametrize("ask", [{"linkType": "linkset"}, {"linkType": "all"}, {}])
def test_the_linkset_has_the_links_of_each_level_up_to_the_key(
    client: Client, enter: Enter, ask: dict[str, str]
) -> None:
    enter(href="https://farm.cn/item", languages=["zh"], media="text/html")
    enter(f"{KEY}/10/L7", "gs1:certificationInfo", href="https://farm.cn/lot", context=["CN"])
    enter(f"{KEY}/10/OTHER", href="https://farm.cn/other")
    answer = client.get(f"{ITEM}/10/L7/21/S1", params=ask, headers={} if ask else LINKSET)
    found = answer.json()["linkset"]
    assert [each["anchor"] for each in found] == [f"{KEY}/21/S1", f"{KEY}/10/L7", KEY]
    _, lot, item = found
    assert lot[f"{VOC}certificationInfo"][0]["context"] == ["CN"]
    assert item[f"{VOC}pip"] == [
        {"href": "https://farm.cn/item", "title": "P", "type": "text/html", "hreflang": ["zh"]}
    ]
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in answer.headers["link"]
    assert client.get("/linkset.jsonld").headers["content-type"] == "application/ld+json"
    every = (
        one for each in found for kind in each.values() if isinstance(kind, list) for one in kind
    )
    assert all(one["href"] and one["title"] for one in every)


@pytest.mark.shared
def test_a_linkset_is_valid_against_the_schema_of_gs1(
    client: Client, enter: Enter, shared_data: Path
) -> None:
    folder = shared_data / "epcis" / "gs1-linkset"
    schema = Draft7Validator(json.loads((folder / "gs1-linkset-schema.json").read_text()))
    enter(languages=["zh", "en-GB"], media="application/pdf", context=["CN"], is_default=True)
    enter(link_type="license", href="https://farm.cn/l?x=1#y")
    for path in (ITEM, f"{ITEM}/10/L7/21/S1", f"/00/{PALLET}", "/414/6901234000603"):
        schema.validate(client.get(path, headers=LINKSET).json())


def test_the_default_that_its_issuer_enters_is_redirected_to_and_holds_below(
    client: Client, enter: Enter
) -> None:
    enter(href="https://farm.cn/old", is_default=True)
    enter(href="https://farm.cn/new?a=1#top", is_default=True)
    answer = asked(client, f"{ITEM}/10/L7?17=271231&x=%E4%B8%AD")
    assert answer.status_code == 307
    target = urlsplit(answer.headers["location"])
    assert target.netloc == "farm.cn"
    assert target.fragment == "top"
    assert parse_qsl(target.query) == [("a", "1"), ("17", "271231"), ("x", "中")]
    assert 'rel="linkset"' in answer.headers["link"]
    page = asked(client, f"{ITEM}?linkType=gs1:traceability")
    assert page.headers["content-type"].startswith("text/html")  # our own page stays within reach


def test_of_defaults_entered_at_once_one_is_left_and_none_fails(
    platform: Platform, client: Client, enter: Enter
) -> None:
    enter()
    held = Capturer(tenant=1, account=1, party=FARM)

    def one(number: int) -> None:
        target = Target(
            id=platform.number(), party=FARM, key=KEY, link_type="gs1:pip", title="P",
            href=f"https://farm.cn/{number}", is_default=True, made_at=platform.clock(),
        )  # fmt: skip
        entered(platform, target, held)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(12)))
    assert sum(each["is_default"] for each in client.get("/links", params={"key": KEY}).json()) == 1


@pytest.mark.parametrize("kind", ["gs1:pip", f"{VOC}pip", "https://gs1.org/voc/pip"])
def test_a_type_of_link_that_is_asked_for_is_redirected_to_else_it_is_a_404(
    client: Client, enter: Enter, kind: str
) -> None:
    enter(is_default=True, link_type="gs1:homepage", href="https://farm.cn/")
    enter(href="https://farm.cn/info")
    answer = client.get(ITEM, params={"linkType": kind}, follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"].startswith("https://farm.cn/info?linkType=")
    assert asked(client, f"{ITEM}?linkType=gs1:recipeInfo").status_code == 404


def test_languages_files_and_context_choose_among_links_of_a_type(
    client: Client, enter: Enter
) -> None:
    enter(href="https://farm.cn/zh", languages=["zh"], media="text/html")
    enter(href="https://farm.cn/en", languages=["en-GB"], media="text/html")
    enter(href="https://farm.cn/pdf", languages=["en"], media="application/pdf")
    enter(href="https://farm.cn/lk", languages=["en"], context=["LK"])
    ask = f"{ITEM}?linkType=gs1:pip"

    def led(extra: str = "", **headers: str) -> str:
        answer = asked(client, ask + extra, **headers)
        assert answer.status_code == 307, answer.text
        return urlsplit(answer.headers["location"]).path

    assert led(**{"Accept-Language": "zh-CN, en;q=0.5"}) == "/zh"
    assert led(**{"Accept-Language": "fr, en-US;q=0.9, zh;q=0.1", "Accept": "text/html"}) == "/en"
    assert led(**{"Accept-Language": "en", "Accept": "application/pdf, text/html;q=0.9"}) == "/pdf"
    assert led("&context=LK") == "/lk"
    several = asked(client, ask, **{"Accept-Language": "en", "Accept": "*/*"})
    assert several.status_code == 300
    (one,) = several.json()["linkset"]
    assert [each["href"][-3:] for each in one[f"{VOC}pip"]] == [
        "/en",
        "pdf",
    ]  # not of another context


def test_a_compressed_link_is_answered_and_says_what_it_is_in_clear(client: Client) -> None:
    pairs = (("01", "06901234567892"), ("10", "L7"))
    for path in (f"/{compress(pairs)}", f"{ITEM}/{compress(pairs[1:])}"):
        answer = asked(client, path)
        assert answer.status_code == 200
        assert f'<{KEY}/10/L7>; rel="owl:sameAs"' in answer.headers["link"]
        assert client.get(path, headers=LINKSET).json()["linkset"][0]["anchor"] == f"{KEY}/10/L7"
    assert "owl:sameAs" not in asked(client, ITEM).headers["link"]


def test_a_slash_at_the_end_changes_nothing(client: Client, enter: Enter) -> None:
    enter()
    for path in (ITEM, f"{ITEM}/10/L7"):
        assert asked(client, f"{path}/?linkType=gs1:pip").status_code == 307
        first, *others = (client.get(path + end, headers=LINKSET).json() for end in ("", "/", "//"))
        assert all(other == first for other in others)


@pytest.mark.parametrize("serial", ["%", "%zz", "a%2", "%%41"])
def test_a_percent_sign_that_escapes_nothing_makes_no_link(client: Client, serial: str) -> None:
    """RFC 3986 §2.1; as `%25` it is a character of a serial like others."""
    assert asked(client, f"{ITEM}/21/{serial}").status_code == 400
    assert asked(client, f"{ITEM}/21/{serial.replace('%', '%25')}").status_code == 200


@pytest.mark.parametrize("path", ["/.well-known/gs1resolver", "/linkset.jsonld"])
def test_what_clients_of_the_resolver_look_up_is_served_to_any_site(
    client: Client, path: str
) -> None:
    answer = client.get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_description_of_the_resolver_is_where_it_is_looked_for(client: Client) -> None:
    said = client.get("/.well-known/gs1resolver").json()
    assert said["resolverRoot"].startswith("http")
    assert said["supportedPrimaryKeys"]
    assert said["supportedLinkType"][0]["namespace"] == VOC
    assert said["linksetContext"].endswith("/linkset.jsonld")


def test_events_of_a_thing_are_among_its_links(client: Client) -> None:
    answer = asked(client, f"{ITEM}/21/S1?linkType=gs1:epcis")
    assert answer.status_code == 307
    assert parse_qsl(urlsplit(answer.headers["location"]).query) == [
        ("MATCH_anyEPC", f"{KEY}/21/S1")
    ]
    assert client.get(f"{ITEM}/21/S1?linkType=gs1:epcis").status_code == 200


@pytest.mark.parametrize("serial", ["a%3Fb", "a%2Fb", "a%26b", "a%2525b", "%2B"])
def test_escapes_in_a_link_are_of_its_own_item(client: Client, enter: Enter, serial: str) -> None:
    enter(href="https://farm.cn/a", key=f"{KEY}/21/a")
    enter(href="https://farm.cn/own", key=f"{KEY}/21/{serial}")
    found = client.get(f"{ITEM}/21/{serial}", headers=LINKSET).json()["linkset"]
    assert found[0]["anchor"] == f"{KEY}/21/{serial}"
    assert found[0][f"{VOC}pip"][0]["href"] == "https://farm.cn/own"


def test_a_prefix_that_is_taken_away_leads_nowhere_any_more(
    client: Client, enter: Enter, platform: Platform
) -> None:
    enter(is_default=True)
    assert asked(client, ITEM).status_code == 307
    paper = Licence(party=FARM, kind="gs1_company_prefix", number="6901234")
    disentitle(platform, paper, "passed on")
    assert asked(client, ITEM).status_code == 200


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another platform's resolver, at its address: it answers what it was asked."""

    class Resolver(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = json.dumps({"anchor": self.path}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/linkset+json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Resolver) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/resolve/"
        server.shutdown()
        thread.join()


def hand_over(enter: Enter, href: str, prefix: str = "6901234") -> Any:
    return enter(prefix, "gs1:handledBy", href=href)


def test_links_of_a_prefix_that_another_resolver_handles_are_answered_there(
    client: Client, enter: Enter, elsewhere: str
) -> None:
    enter(is_default=True)
    hand_over(enter, elsewhere)
    for path in (f"{ITEM}/10/L7?17=271231&linkType=gs1:pip", f"/00/{OWN_PALLET}"):
        answer = asked(client, path)
        assert answer.status_code == 307
        assert answer.headers["link"] == f'<{elsewhere}>; rel="{VOC}handledBy"'
        assert answer.headers["access-control-allow-origin"] == "*"
        there = httpx.get(answer.headers["location"], trust_env=False)
        assert there.json() == {"anchor": f"/resolve{path}"}
    compressed = asked(client, f"/{compress((('01', '06901234567892'), ('10', 'L7')))}")
    assert compressed.headers["location"] == f"{elsewhere}01/06901234567892/10/L7"
    other = f"0400000123456{gs1_check_digit('0400000123456')}"
    assert asked(client, f"/01/{other}").status_code == 200  # not of the prefix
    page = asked(client, f"{ITEM}?linkType=gs1:traceability")
    assert page.headers["content-type"].startswith("text/html")  # our own page stays within reach


def test_the_longest_prefix_that_is_handed_over_decides_and_it_can_be_taken_back(
    client: Client, enter: Enter, platform: Platform
) -> None:
    hand_over(enter, "https://first.cn/old")
    hand_over(enter, "https://first.cn")
    number = hand_over(enter, "https://second.cn", "69012345")["id"]
    assert asked(client, ITEM).headers["location"].startswith("https://second.cn/01/")
    assert asked(client, f"/00/{OWN_PALLET}").headers["location"].startswith("https://first.cn/00/")
    withdraw_link(platform, UUID(number), None)
    assert asked(client, ITEM).headers["location"].startswith("https://first.cn/01/")


def test_a_prefix_that_is_taken_away_hands_nothing_over(
    client: Client, enter: Enter, platform: Platform
) -> None:
    hand_over(enter, "https://first.cn")
    paper = Licence(party=FARM, kind="gs1_company_prefix", number="6901234")
    disentitle(platform, paper, "passed on")
    assert asked(client, ITEM).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status", "rule"),
    [
        ({"key": KEY}, 400, "links.prefix"),
        ({"key": "690"}, 400, "links.prefix"),
        ({"key": "4000001"}, 403, "links.not-yours"),
        ({"key": "690123"}, 403, "links.not-yours"),  # a wider one than its own
        ({"href": "https://first.cn/?to="}, 400, "links.handler"),
        ({"href": "javascript:alert(1)"}, 400, "links.handler"),
        ({"href": "https://id.gs1.org"}, 400, "links.handled-here"),
    ],
)
def test_what_cannot_be_handed_over_is_refused(
    client: Client, enter: Enter, farm: Headers, wrong: dict[str, str], status: int, rule: str
) -> None:
    enter()
    body = {"key": "6901234", "link_type": "gs1:handledBy", "href": "https://a.cn", "title": "x"}
    refused = client.post("/links", json=body | wrong, headers=farm)
    assert (refused.status_code, refused.json()["rule"]) == (status, rule)


def test_spaces_and_zero_weights_in_what_is_preferred_are_read(
    client: Client, enter: Enter
) -> None:
    enter(href="https://farm.cn/zh", languages=["zh"])
    enter(href="https://farm.cn/en", languages=["en"])
    ask = f"{ITEM}?linkType=gs1:pip"
    answer = asked(client, ask, **{"Accept-Language": "en; q=0.1, zh; q=0.9"})
    assert urlsplit(answer.headers["location"]).path == "/zh"
    html = asked(client, ITEM, Accept="application/linkset+json;q=0, text/html")
    assert html.headers["content-type"].startswith("text/html")


def test_who_does_not_hold_the_prefix_enters_nothing(
    client: Client, enter: Enter, stranger: Headers
) -> None:
    enter()
    body = {"key": KEY, "link_type": "gs1:pip", "href": "https://evil.cn", "title": "x"}
    assert client.post("/links", json=body).status_code == 401
    for key in (KEY, f"https://id.gs1.org/00/{PALLET}"):
        refused = client.post("/links", json=body | {"key": key}, headers=stranger)
        assert (refused.status_code, refused.json()["rule"]) == (403, "links.not-yours")


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"key": "urn:suyuan:party:x"}, "links.key"),
        ({"key": "https://id.gs1.org/01/06901234567893"}, "code.check"),
        ({"link_type": "gs1:traceability"}, "links.type"),
        ({"link_type": "Pip!"}, "links.type"),
        ({"href": "javascript:alert(1)"}, "links.href"),
        ({"href": 'https://a.cn/"><script>'}, "links.href"),
        ({"languages": ["chinese"]}, "links.languages"),
        ({"media": "html"}, "links.media"),
        ({"context": ["<b>"]}, "links.context"),
        ({"title": " "}, "links.title"),
        ({"title": "a\0b"}, "links.title"),
        ({"href": "https://[abc/"}, "links.href"),
        ({"href": "https://exa\u2100mple.com/"}, "links.href"),
        ({"href": "https://a.cn:99999/"}, "links.href"),
        ({"href": "https://a.cn/\x01"}, "links.href"),
        ({"link_type": "anchor"}, "links.type"),
        ({"link_type": "http://www.gs1.org/voc/traceability"}, "links.type"),
        ({"title": "张三 11010519491231002X"}, "links.person"),
        ({"href": "https://a.cn/?id=11010519491231002X"}, "links.person"),
        ({"key": f"{KEY}/21/11010519491231002X"}, "links.person"),
    ],
)
def test_what_is_out_of_form_is_refused_with_its_place_in_both_languages(
    client: Client, enter: Enter, farm: Headers, wrong: dict[str, Any], rule: str
) -> None:
    enter()
    body = {"key": KEY, "link_type": "gs1:pip", "href": "https://farm.cn", "title": "x"}
    refused = client.post("/links", json=body | wrong, headers=farm)
    assert refused.status_code == 400, refused.text
    assert refused.json()["rule"] == rule
    assert refused.json()["detail_en"]
    assert len(client.get("/links", headers=farm).json()) == 1


def test_a_link_is_withdrawn_by_its_own_party_once(
    client: Client, enter: Enter, farm: Headers, shop: Headers
) -> None:
    number = UUID(enter()["id"])
    assert client.delete(f"/links/{number}", headers=shop).status_code == 404
    assert client.delete(f"/links/{number}", headers=farm).status_code == 204
    assert client.delete(f"/links/{number}", headers=farm).status_code == 404
    assert asked(client, f"{ITEM}?linkType=gs1:pip").status_code == 404
    assert client.get("/links", params={"key": f"{KEY}/10/L7"}).json() == []
