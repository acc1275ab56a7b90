"""A tenant holds its documents to the published schema or forgives; a request may say otherwise."""

import json
from collections.abc import Callable

import pytest
from api_given import FARM, Client, document, event

from suyuan.kit import Text
from suyuan.registry import installation
from suyuan.registry.types import Tenant
from suyuan.service import Platform

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]

# An old beginning of a word, which the published schema does not take.
SENT = document(event(1, bizStep="urn:epcglobal:cbv:bizstep:inspecting"))
BARE = json.dumps(event(2)).encode()  # without its context


def taken(client: Client, path: str, data: bytes, key: Headers, said: str) -> bool:
    answer = client.post(f"{path}{said}", content=data, headers=key | JSON)
    assert answer.status_code in {201, 202, 400}, answer.text
    return answer.status_code != 400


@pytest.mark.parametrize(("path", "data"), [("/capture", SENT), ("/events", BARE)])
@pytest.mark.parametrize("strict", [True, False])
def test_a_tenant_is_strict_or_lenient_and_a_request_may_say_otherwise(
    client: Client, platform: Platform, key_of: Callable[[str], Headers],
    *, path: str, data: bytes, strict: bool,
) -> None:  # fmt: skip
    with platform.store.write() as conn:
        installation.put_tenant(conn, Tenant(id=1, name=Text("本机", "here"), strict=strict))
    key = key_of(FARM)
    assert not taken(client, path, data, key, "?strict=true")
    assert taken(client, path, data, key, "") is not strict
    if strict:
        assert taken(client, path, data, key, "?strict=false")
