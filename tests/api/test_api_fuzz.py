"""Whatever is asked, of any address: an answer that is not our fault, and the headers that protect.

Addresses, parameters, headers and bodies are drawn at random and from what is nearly right.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

from api_given import Client, document, event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.exchange import KNOWN
from suyuan.service import Platform, follow
from suyuan.wire import looks_like_xml
from suyuan.wire.source import Source

Headers = dict[str, str]

PATHS = (
    "/", "/search", "/thing", "/sign-in", "/sign-out", "/static/app.css", "/static/../x", "/events",
    "/capture", "/capture/1", "/identify", "/trace", "/scope", "/answer", "/healthz", "/readyz",
    "/metrics", "/convert", "/balance", "/dispersion", "/contacts", "/source", "/inspections",
    "/coverage", "/credit", "/credit/decisions",
    "/openapi.json", "/openapi", "/01/06901234000016", "/01/06901234000016/21/1", "/01/1/10/",
    "/414/x", "/8004/%00", "/events/urn:uuid:00000000-0000-0000-0000-000000000001", "//", "/%2e%2e",
    "/read", "/verify", "/pictures", "/codes/packages", "/codes/verify", "/codes/imports",
    "/codes/packages/x/codes", "/codes/packages/00000000-0000-0000-0000-000000000001/prints",
    "/divisions", "/divisions/330104", "/divisions/%00",
    "/families", "/families/food", "/families/%00", "/families/food?kind=%00",
)  # fmt: skip
NAMES = (
    "q", "id", "text", "thing", "direction", "as_of", "known_at", "start", "end", "depth", "lang",
    "holder_party", "holder_site", "strict", "name", "on", "root", "in_begin", "out_end",
    "case", "test", "limit", "plan", "vessel", "narrow", "without", "risk", "by_share", *KNOWN,
)  # fmt: skip
VALUES = (
    "", "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "0", "-1", "1e999",
    str(2**63), str(2**31), "9" * 400, "NaN", "true", "forward", "eventTime", "DESC", "ObjectEvent",
    "0000-00-00T00:00:00Z", "9999-12-31T23:59:59+14:00", "1900-01-01T00:00:00+14:00", "2026-02-30",
    "urn:epc:id:sgtin:6901234.000001.1", "https://id.gs1.org/01/06901234000016/21/1", "69012340",
    "(01)06901234000016(21)1", "urn:suyuan:raw:x:y", "'; drop table record.entry; --", "%", "😀",
)  # fmt: skip
PROTECTING = ("content-security-policy", "x-content-type-options", "referrer-policy")

values = st.one_of(st.sampled_from(VALUES), st.text(max_size=40))
plain = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
queries = st.lists(st.tuples(st.sampled_from(NAMES) | plain, values), max_size=3)
paths = st.one_of(
    st.sampled_from(PATHS),
    st.lists(st.text(max_size=12), max_size=4).map(
        lambda steps: "/" + "/".join(quote(step.encode("utf-8", "replace")) for step in steps)
    ),
    values.map(lambda value: "/events/" + quote(value, safe="")),
    values.map(lambda value: "/capture/" + quote(value, safe="")),
    values.map(lambda value: "/01/06901234000016/21/" + quote(value, safe="")),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            "Authorization", "Accept", "Accept-Language", "Content-Type", "Content-Encoding",
            "Cookie", "Idempotency-Key", "GS1-Capture-Error-Behaviour", "GS1-EPC-Format", "Range",
        ]
    ),
    st.one_of(
        plain,
        st.sampled_from(
            [
                "Bearer sy_x", "Basic " + "A" * 8, "Basic AAA=", "Basic OgA=", "text/html", "*/*",
                "application/json", "application/ld+json", "gzip", "proceed", "x" * 300,
                "suyuan_session=1.99999999999999999999.x", "suyuan_lang=xx", "q=;,;q",
                "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
            ]
        ),
    ),
    max_size=3,
)  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3),
    max_leaves=8,
)
in_place = settings(
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def is_fair(answer: Any) -> None:
    """No fault of ours, protected, and where something is wrong a problem or a page says it."""
    assert answer.status_code < 500, answer.text[:500]
    for name in PROTECTING:
        assert answer.headers.get(name), name
    assert len(answer.headers.get_list("x-request-id")) == 1
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 400 and kind.startswith("application/") and answer.content:
        problem = answer.json()
        assert kind == "application/problem+json"
        assert problem["status"] == answer.status_code
        assert problem["detail_zh"]
        assert problem["detail_en"]
        assert problem["cure_zh"]
        assert problem["cure_en"]


def test_nothing_that_is_asked_is_answered_with_a_fault_of_ours(
    client: Client, platform: Platform, farm: Headers
) -> None:
    taken = client.post("/capture", json=json.loads(document(event(1), event(2))), headers=farm)
    assert taken.status_code == 202
    follow(platform)
    client.follow_redirects = False

    @in_place
    @given(
        st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
        paths, queries, headers, st.sampled_from([{}, farm]),
    )  # fmt: skip
    def asked(
        method: str, path: str, query: list[tuple[str, str]], sent: Headers, key: Headers
    ) -> None:
        encoded = urlencode([(name, value) for name, value in query], errors="replace")
        is_fair(
            client.request(
                method,
                f"http://testserver.local{path}?{encoded}",
                headers=sent | key,
            )
        )  # fmt: skip

    asked()


def test_no_body_is_answered_with_a_fault_of_ours(client: Client, farm: Headers) -> None:
    good = json.loads(document(event(1)))
    members = sorted({*event(1), "errorDeclaration", "sensorElementList", "quantityList", "ilmd"})

    @in_place
    @given(st.sampled_from(members), json_values, st.sampled_from(["true", "false"]))
    def changed(member: str, value: Any, strict: str) -> None:
        body = json.loads(json.dumps(good))
        body["epcisBody"]["eventList"][0][member] = value
        answer = client.post(
            f"/capture?strict={strict}",
            content=json.dumps(body),
            headers=farm | {"Content-Type": "application/json"},
        )
        is_fair(answer)
        assert answer.status_code in {202, 400, 409}

    @in_place
    @given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
    def anything(body: bytes) -> None:
        answer = client.post(
            "/capture", content=body, headers=farm | {"Content-Type": "application/json"}
        )
        is_fair(answer)
        assert answer.status_code == (415 if looks_like_xml(Source(body)) else 400)

    changed()
    anything()


def test_no_xml_is_answered_with_a_fault_of_ours(client: Client, farm: Headers) -> None:
    one = event(1)
    good = (
        '<EPCISDocument schemaVersion="2.0" creationDate="2026-01-10T00:00:00Z"><EPCISBody>'
        f"<EventList><ObjectEvent><eventTime>{one['eventTime']}</eventTime>"
        "<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>urn:x:1</epc></epcList>"
        "<action>ADD</action></ObjectEvent></EventList></EPCISBody></EPCISDocument>"
    ).encode()

    urls = st.sampled_from(("/capture", "/events", "/convert?to=json", "/convert?to=xml-1.2"))

    @in_place
    @given(st.binary(max_size=30), st.integers(0, len(good)), st.integers(0, 30), urls)
    def cut_in(noise: bytes, at: int, gone: int, url: str) -> None:
        body = good[:at] + noise + good[at + gone :]
        headers = farm | {"Content-Type": "application/xml"}
        answer = client.post(url, content=body, headers=headers)
        is_fair(answer)
        assert answer.status_code in {200, 201, 202, 400, 409, 415}

    cut_in()
