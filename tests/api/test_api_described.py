"""Requests drawn from our own OpenAPI description: whatever it says may be sent is never our fault,
and every answer has a status, a form and a body that it says.

schemathesis draws them, the same ones every time; each operation gets a few, and many when deep.
"""

from typing import Any

import pytest
import schemathesis
from api_given import Client, document, event
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from suyuan.main import asgi
from suyuan.service import Platform, follow

Headers = dict[str, str]
FEW, MANY = 3, 60
AS_SAID = [status_code_conformance, content_type_conformance, response_schema_conformance]


def is_fair(answer: Any, place: str) -> None:
    """No fault of ours; what goes wrong is a problem in both languages, or a page."""
    assert answer.status_code < 500 or answer.status_code == 503, (place, answer.text[:500])
    if answer.status_code == 503:
        assert answer.headers["retry-after"], place
    if answer.headers.get("content-type", "") == "application/problem+json":
        problem = answer.json()
        assert problem["status"] == answer.status_code, place
        assert problem["detail_zh"], place
        assert problem["detail_en"], place


@pytest.mark.parametrize(
    "examples", [FEW, pytest.param(MANY, marks=pytest.mark.deep)], ids=["few", "many"]
)
def test_what_the_description_allows_is_answered_as_it_says_and_with_no_fault_of_ours(
    platform: Platform, farm: Headers, examples: int
) -> None:
    app = asgi(platform)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.post("/capture", content=document(event(1), event(2)),
                    headers=farm | {"Content-Type": "application/json"})  # fmt: skip
        client.post("/queries", json={"name": "a", "query": {}}, headers=farm)
        follow(platform)
        schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
        for found in schema.get_all_operations():
            send(client, found.ok(), farm, examples=examples)


def send(client: Client, operation: Any, key: Headers, *, examples: int) -> None:
    """Requests of one operation, with a key and without, of a program and of a browser."""
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), known=st.sampled_from([{}, key, key | browser]))
    def asked(case: Any, known: Headers) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver.local")
        sent["headers"] = {**(sent.get("headers") or {}), **known}
        kept = {name: value for name, value in sent.items() if name not in {"cookies", "timeout"}}
        if isinstance(kept.get("data"), str | bytes):
            kept["content"] = kept.pop("data")
        if kept.get("files"):
            kept["files"] = [(name, in_words(part)) for name, part in kept["files"]]
        answer = client.request(**kept)
        answer.request.read()  # a form is a stream, and the check tells of what was sent
        is_fair(answer, f"{operation.method} {operation.path}")
        case.validate_response(answer, checks=AS_SAID)

    asked()


def in_words(part: Any) -> Any:
    """A part of a form as it can be sent: a number drawn for one is its digits."""
    if isinstance(part, tuple):
        return tuple(in_words(each) for each in part)
    return part if part is None or isinstance(part, str | bytes) else str(part)
