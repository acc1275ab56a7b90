"""Whatever link is asked for in whatever way: an answer that is not our fault, and is bounded.

Paths are drawn from keys, qualifiers and values that are right, nearly right and neither, escaped
or not, whole or compressed; queries and headers from all that a resolver reads.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

from api_given import FARM, Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_compressed import compress
from suyuan.registry.types import Licence
from suyuan.service import Platform, entitle

ITEM = "06901234567892"
OTHER = f"0697654300001{gs1_check_digit('0697654300001')}"
MOST = 256 << 10
"""Bytes of an answer: a page of a thing nothing is known of is far below."""

KEYS = ("01", "gtin", "00", "414", "417", "8004", "8003", "253", "8006", "8010", "8018", "401")
PARTS = ("10", "21", "22", "235", "254", "8011", "bat", "ser", "17", "99", "7040", "", "..")
WORTH = (
    ITEM, OTHER, "6901234567892", "6901234000016", "A1", "L7", "0", "%2F", "%25", "%", "%zz",
    "%00", "%0d%0aX:%20y", "%E4%B8%AD", "%ff", "9" * 90, "a" * 300, "\\", "~", "%3Fa%23b", "",
)  # fmt: skip
ASKED = (
    "linkset", "all", "gs1:pip", "gs1:defaultLink", "gs1:traceability", "gs1:epcis",
    "gs1:handledBy",
    "https://ref.gs1.org/voc/pip", "https://gs1.org/voc/pip", "pip", ":", "\r\nX: y", "x" * 500,
)  # fmt: skip
LIKED = (
    "*/*", "text/html", "application/linkset+json", "application/json", "en", "zh-CN;q=0.3, en",
    "*;q=0", ";;,,;q=x", "en;q=1e999", "a" * 400, "application/linkset+json;q=0, text/html",
)  # fmt: skip

values = st.sampled_from(WORTH) | st.text(max_size=30).map(
    lambda text: quote(text.encode("utf-8", "replace"), safe="")
)
steps = st.lists(st.tuples(st.sampled_from(PARTS), values), max_size=4)
whole = st.tuples(st.sampled_from(KEYS), values, steps, st.sampled_from(["", "/", "///"])).map(
    lambda drawn: (
        "/".join(["", *drawn[:2], *(part for step in drawn[2] for part in step)]) + drawn[3]
    )
)
packed = st.tuples(
    st.sampled_from([ITEM, OTHER]), st.text("AB09-", min_size=1, max_size=20), st.integers(0, 30)
).map(lambda drawn: "/" + compress((("01", drawn[0]), ("21", drawn[1])))[drawn[2] % 3 :])
queries = st.lists(
    st.tuples(
        st.sampled_from(["linkType", "context", "lang", "17", "10", "foo", "linktype", ""]),
        st.sampled_from(ASKED) | st.text(max_size=20),
    ),
    max_size=3,
)
headers = st.dictionaries(
    st.sampled_from(["Accept", "Accept-Language", "Origin", "Range", "If-None-Match"]),
    st.sampled_from(LIKED),
    max_size=3,
)


def is_fair(answer: Any, sent: int) -> None:
    """One of the resolver's answers; nothing of the request becomes a header or grows without end.

    Every character of it may be escaped in what it comes back in, hence the factor.
    """
    assert answer.status_code in {200, 300, 301, 307, 308, 400, 404, 406}, answer.text[:500]
    assert len(answer.content) <= MOST
    assert "x" not in answer.headers
    assert sum(len(name) + len(value) for name, value in answer.headers.items()) < 4000 + 9 * sent
    if answer.status_code in {301, 307, 308}:
        assert answer.headers["location"]
    kind = answer.headers.get("content-type", "")
    if answer.content and kind.startswith("application/linkset+json"):
        linkset = json.loads(answer.content)["linkset"]
        assert len(linkset) <= 4  # a key has three qualifiers at most
        assert all(each["anchor"].startswith("https://id.gs1.org/") for each in linkset)
        assert bool(linkset) == (answer.status_code != 404)


def test_no_link_is_answered_with_a_fault_of_ours_or_without_bound(
    client: Client, platform: Platform, farm: dict[str, str]
) -> None:
    for prefix in ("6901234", "6976543"):
        entitle(platform, Licence(party=FARM, kind="gs1_company_prefix", number=prefix))
    key = f"https://id.gs1.org/01/{ITEM}"
    for entered in (
        {"key": key, "link_type": "gs1:pip", "languages": ["zh"], "href": "https://a.cn/zh"},
        {"key": key, "link_type": "gs1:pip", "languages": ["en"], "href": "https://a.cn/en?x=1"},
        {
            "key": f"{key}/21/A1",
            "link_type": "gs1:pip",
            "href": "https://a.cn/",
            "is_default": True,
        },
        {"key": "6976543", "link_type": "gs1:handledBy", "href": "https://id.other.cn"},
    ):
        answer = client.post("/links", json=entered | {"title": "T"}, headers=farm)
        assert answer.status_code == 201, answer.text
    seen = set()

    @settings(
        max_examples=400,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.sampled_from(["GET", "GET", "HEAD"]), whole | packed, queries, headers)
    def asked(method: str, path: str, query: list[tuple[str, str]], sent: dict[str, str]) -> None:
        address = f"{path}?{urlencode(query, errors='replace')}"
        answer = client.request(
            method, f"http://testserver.local{address}", headers=sent, follow_redirects=False
        )
        is_fair(answer, len(address) + sum(map(len, sent.values())))
        seen.add(answer.status_code)

    asked()
    assert {200, 307, 400} <= seen  # it was not all of one kind
