"""What every answer has, whoever asks for whatever; what operators see; who may write."""

import base64
import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import structlog
from api_given import Client, document, event
from litestar.testing import TestClient

from suyuan import api, ledger, registry
from suyuan.api import logs
from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, follow, fresh_key

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]

ADDRESSES = [
    ("GET", "/", 200),
    ("GET", "/01/06901234000016", 200),
    ("GET", "/nothing-here", 404),
    ("DELETE", "/events", 405),
    ("POST", "/capture", 401),
    ("GET", "/events", 200),
    ("GET", "/events?EQ_nonsense=1", 400),
    ("GET", "/trace", 400),
    ("GET", "/trace?thing=x", 400),
    ("GET", "/scope", 400),
    ("GET", "/balance", 401),
    ("GET", "/dispersion", 401),
    ("GET", "/source", 401),
    ("GET", "/inspections", 401),
    ("GET", "/contacts", 401),
    ("GET", "/coverage", 406),
    ("POST", "/coverage", 401),
    ("GET", "/scope?thing=x", 400),
    ("GET", "/scope?thing=06901234000016&depth=1", 400),
    ("GET", "/answer?id=%20", 400),
    ("GET", "/static/nothing.css", 404),
    ("GET", "/healthz", 200),
    ("OPTIONS", "/capture", 204),
    ("GET", "/identify?text=" + "9" * 20_000, 414),
]


@pytest.mark.parametrize("path", ["/scope", "/identify", "/nothing-here"])
def test_more_than_an_address_holds_is_told_to_a_person_as_a_page(
    client: Client, path: str
) -> None:
    address = f"{path}?thing=" + "%0D%0A".join(f"069012340000{each:05}" for each in range(1_000))
    shown = client.get(address, headers={"accept": "text/html", "accept-language": "en"})
    assert (shown.status_code, shown.headers["content-type"]) == (414, "text/html; charset=utf-8")
    assert "--things-file" in shown.text
    assert shown.headers["content-security-policy"]
    program = client.get(address, headers={"accept": "application/json"})
    assert (program.status_code, program.json()["status"]) == (414, 414)


@pytest.mark.parametrize("path", ["/trace?thing=06901234000016&format=csv", "/scope", "/balance"])
def test_who_asks_is_looked_up_once_for_a_request(
    client: Client, platform: Platform, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    asked: list[str] = []
    for name in ("account", "authenticate"):
        plain = getattr(registry.accounts, name)

        def counted(*given: Any, plain: Any = plain, name: str = name) -> Any:
            asked.append(name)
            return plain(*given)

        monkeypatch.setattr(registry.accounts, name, counted)
    is_page = "format" not in path
    headers = {"Accept": "text/html"} if is_page else {"Authorization": f"Bearer {key}"}
    assert client.get(path, headers=headers).status_code == 200
    assert asked == ["account" if is_page else "authenticate"]


def test_who_has_signed_in_finds_the_way_on_from_every_page(
    client: Client, platform: Platform
) -> None:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    tools = (
        "/trace", "/scope", "/source", "/balance", "/permits", "/workbook", "/subscriptions",
        "/packages", "/record", "/contacts", "/inspections", "/coverage", "/due", "/credit",
        "/dispersion",
    )  # fmt: skip
    before = client.get("/").text
    assert not any(f'href="{each}"' in before for each in tools)
    client.post("/sign-in", data={"name": "boss", "password": key})
    for page in ("/", "/nothing-here", *tools):
        shown = client.get(page, headers={"Accept": "text/html"})
        assert all(f'href="{each}"' in shown.text for each in tools), page
    refused = client.get("/packages", headers={"Accept": "text/html"})
    assert refused.status_code == 403
    assert 'href="/sign-in"' in refused.text


@pytest.mark.parametrize(("method", "path", "status"), ADDRESSES)
def test_every_answer_is_numbered_and_protected(
    client: Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status, answer.text[:300]
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"]
    assert len(answer.headers.get_list("x-request-id")) == 1


@pytest.mark.parametrize("path", ["/capture", "/capture/1", "/events", "/events/urn:x:1"])
def test_an_epcis_address_says_what_it_can(client: Client, path: str) -> None:
    answer = client.options(path)
    assert "OPTIONS" in answer.headers["allow"]
    assert answer.headers["gs1-epcis-version"] == "2.0"
    assert int(answer.headers["gs1-epcis-capture-limit"]) > 0
    assert int(answer.headers["gs1-epcis-capture-file-size-limit"]) > 0
    assert "gs1-epcis-version" not in client.get("/healthz").headers


def test_a_wrong_address_is_a_page_for_people_and_a_problem_for_programs(client: Client) -> None:
    page = client.get("/nothing-here", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"][:9]) == (404, "text/html")
    assert "<html" in page.text
    problem = client.get("/nothing-here", headers={"Accept": "*/*"})
    assert problem.headers["content-type"] == "application/problem+json"


def test_head_is_get_without_its_body(client: Client) -> None:
    head, get = client.head("/healthz"), client.get("/healthz")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_pages_are_compressed(client: Client) -> None:
    assert client.get("/").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Accept", "text/csv"),
        ("Accept", "application/xml;q=0, application/json;q=0"),
        ("Accept", "*/*;q=0"),
        ("GS1-EPC-Format", "Always_Barcode"),
        ("GS1-CBV-XML-Format", "Never_Translates"),
    ],
)
def test_a_form_that_is_not_given_is_refused_and_never_ignored(
    client: Client, header: str, value: str
) -> None:
    answer = client.get("/events", headers={header: value})
    told = answer.json()
    assert (answer.status_code, told["place"]) == (406, header)
    assert header in told["detail_en"]
    assert header in told["detail_zh"]
    known = "[A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|[a-z]+/[a-z+]+"
    instead = re.findall(known, told["cure_en"])
    assert len(instead) > 2
    for each in instead:
        assert client.get("/events", headers={header: each}).status_code == 200, each


def test_an_address_that_gives_a_page_alone_says_so(client: Client) -> None:
    told = client.get("/coverage", headers={"Accept": "application/json"}).json()
    assert (told["status"], told["place"]) == (406, "Accept")
    assert "text/html" in told["cure_en"]
    assert "POST" in told["cure_en"]


@pytest.mark.parametrize("scheme", ["Bearer sy_wrong", "Basic eDp5", "Digest x", "nonsense"])
def test_a_wrong_key_is_never_taken_for_the_public(client: Client, scheme: str) -> None:
    for method, path in (("GET", "/events"), ("GET", "/identify?text=1"), ("POST", "/capture")):
        answer = client.request(method, path, headers={"Authorization": scheme})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["type"] == "epcisException:SecurityException"


def test_nobody_writes_without_a_key_and_a_regulator_does_not_write_at_all(
    client: Client, platform: Platform
) -> None:
    body = document(event(1))
    answer = client.post("/capture", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["rule"]) == (401, "access.sign-in")
    wanted = Account(name="county", role=Role.REGULATOR, areas=("4117",))
    key = {"Authorization": f"Bearer {fresh_key(platform, wanted)}"}
    answer = client.post("/capture", content=body, headers=key | JSON)
    assert (answer.status_code, answer.json()["rule"]) == (403, "access.not-capturer")


def test_a_key_serves_as_a_password_too(client: Client, platform: Platform) -> None:
    wanted = Account(name="shop", role=Role.CAPTURER, party="urn:suyuan:party:shop")
    basic = base64.b64encode(f"shop:{fresh_key(platform, wanted)}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"} | JSON
    assert client.post("/capture", content=document(event(1)), headers=headers).status_code == 202


def test_operators_see_that_it_lives_how_far_it_is_and_what_it_did(
    client: Client, farm: Headers
) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    client.post("/capture", content=document(event(3)), headers=farm | JSON)
    before = client.get("/readyz").json()["recorded"]
    client.post("/capture", content=document(event(1), event(2)), headers=farm | JSON)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["recorded"]) == (200, before + 2)
    client.get("/01/06901234000016/21/777")
    said = client.get("/metrics").text
    assert f"suyuan_record_entries {before + 2}.0" in said
    assert f"suyuan_index_lag_entries {before + 2}.0" in said
    assert 'suyuan_requests_total{method="POST",path="/capture",status="202"}' in said
    assert "/777" not in said


def test_an_index_far_behind_is_told_and_requests_are_taken(
    client: Client, farm: Headers, platform: Platform
) -> None:
    """A balancer that took the node out for it would take out all: they read one index."""
    client.post("/capture", content=document(event(3)), headers=farm | JSON)
    follow(platform)
    assert "suyuan_degraded 0.0" in client.get("/metrics").text
    with platform.store.write() as conn:
        ledger.enqueue(conn, [(at, at.to_bytes(64)) for at in range(10_000, 11_000)])
        ledger.sequence(conn, now=platform.clock())
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["lag"]) == (
        200, "degraded", 1_000,
    )  # fmt: skip
    said = client.get("/metrics").text
    assert "suyuan_degraded 1.0" in said
    assert "suyuan_index_lag_entries 1000.0" in said
    assert client.post("/capture", content=document(event(1)), headers=farm | JSON).is_success
    assert client.get("/01/06901234000016/21/3").status_code == 200


def test_without_its_database_it_lives_but_is_not_ready(platform: Platform) -> None:
    with TestClient(asgi(platform), raise_server_exceptions=False) as client:
        platform.store.close()
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "no-database")
        answer = client.get("/identify?text=06901234000016")
        assert answer.status_code in {500, 503}
        assert "Traceback" not in answer.text
        page = client.get("/", headers={"Accept": "text/html"})
        assert page.status_code in {500, 503}


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What is logged meanwhile, as the process that serves would print it."""
    kept: list[dict[str, Any]] = []
    api.configure_logs()
    processors = structlog.get_config()["processors"]

    def keep(_logger: Any, _method: str, said: str) -> str:
        kept.append(json.loads(said))
        raise structlog.DropEvent

    structlog.configure(processors=[*processors, keep], cache_logger_on_first_use=False)
    yield kept
    structlog.reset_defaults()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="not on this system: no /dev/full")
def test_an_answer_does_not_depend_on_room_for_its_line_in_the_log(
    client: Client, farm: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        api.configure_logs()
        structlog.configure(cache_logger_on_first_use=False)
        try:
            answer = client.post("/capture", content=document(event(1)), headers=farm | JSON)
            assert answer.status_code == 202
            assert answer.json()["success"]
        finally:
            structlog.reset_defaults()
            with suppress(OSError):
                full.close()


def test_a_request_is_one_line_that_holds_no_key_and_no_code(
    lines: list[dict[str, Any]], client: Client, farm: Headers
) -> None:
    client.get("/01/06901234000016/21/SECRET7?linkType=SECRET8", headers=farm)
    client.get("/identify?text=110101199003070011")
    client.post("/capture", content=document(event(1)), headers=farm | JSON)
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/01/{rest}", 404),
        ("GET", "/identify", 200),
        ("POST", "/capture", 202),
    ]
    assert all(line["request"] and line["ms"] >= 0 and line["timestamp"] for line in lines)
    said = json.dumps(lines)
    assert "SECRET" not in said
    assert "110101199003070011" not in said
    assert farm["Authorization"][10:] not in said


def test_a_fault_of_ours_is_logged_once_without_its_words_and_told_by_number(
    lines: list[dict[str, Any]], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_asked: object) -> None:
        raise RuntimeError("110101199003070011 is in the message")

    monkeypatch.setattr("suyuan.api.asking.identify", broken)
    answer = client.get("/identify?text=1")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (500, "epcisException:ImplementationException")
    assert problem["request"] in problem["detail_zh"]
    assert "RuntimeError" not in answer.text
    (fault,) = [line for line in lines if line["event"] == "request.failed"]
    assert fault["request"] == problem["request"] == answer.headers["x-request-id"]
    assert fault["where"][0] == "builtins.RuntimeError"
    assert any("get_identify" in step for step in fault["where"])
    assert "110101" not in json.dumps(lines)


def fail_twice() -> None:
    try:
        _ = {}["hidden"]
    except KeyError as cause:
        raise ValueError("hidden too") from cause


def test_where_an_error_came_from_is_told_through_its_causes() -> None:
    with pytest.raises(ValueError, match="hidden") as caught:
        fail_twice()
    found = logs.where(caught.value)
    assert [step for step in found if step.startswith("builtins.")] == [
        "builtins.ValueError",
        "builtins.KeyError",
    ]
    assert "hidden" not in " ".join(found)
