"""Who is on no register is called by his code in one way everywhere, and nothing is said twice."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from oil import PRESS, amounts, event, told

from faces import faces_of
from suyuan.codes.shown import shown_code
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key
from suyuan.service.balance_words import others

Client = TestClient[Litestar]
LOT = "https://id.gs1.org/01/06901234560015/10/LOOP2"
MAKER, DEALER = "6901234000313", "6901234000320"


def at(gln: str, side: str) -> dict[str, Any]:
    return {
        f"{side}List": [
            {"type": "possessing_party", side: f"https://id.gs1.org/417/{gln}"},
            {"type": "location", side: f"https://id.gs1.org/414/{gln}"},
        ]
    }


def stated(number: int, step: str, gln: str, **more: Any) -> dict[str, Any]:
    place = {"id": f"https://id.gs1.org/414/{gln}"}
    found = event(number, number, step, PRESS, quantityList=amounts((LOT, 100)), **more)
    return found | {"readPoint": place, "bizLocation": place}


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    ends = at(MAKER, "source") | at(DEALER, "destination")
    told(
        platform,
        [
            (
                PRESS,
                [
                    stated(1, "commissioning", MAKER, action="ADD", **at(MAKER, "destination")),
                    stated(2, "shipping", MAKER, **ends),
                    stated(3, "receiving", DEALER, **ends),
                ],
            )
        ],
    )
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


def page(client: Client, platform: Platform, path: str, lang: str) -> str:
    key = fresh_key(platform, Account(name=f"boss-{lang}", role=Role.ADMIN))
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/html", "Accept-Language": lang}
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html.unescape(answer.text)))


@pytest.mark.parametrize("path", ["/trace?direction=forward&thing=", "/scope?thing="])
def test_trace_and_recall_call_who_is_not_registered_by_the_same_code(
    client: Client, platform: Platform, path: str
) -> None:
    said = page(client, platform, path + LOT, "en")
    assert f"(417){MAKER}" in said
    assert f"(414){DEALER}" in said
    assert "id.gs1.org/417" not in said
    assert "id.gs1.org/414" not in said


def test_an_account_says_once_what_kind_it_is_and_how_many_agree_on_this_page(
    client: Client, platform: Platform
) -> None:
    said = page(client, platform, "/balance", "zh")
    assert f"(414){MAKER} 批次" in said
    assert "批次 批次" not in said
    assert "本页 2 个台账相符" in said
    assert "Accounts on this page that agree: 2" in page(client, platform, "/balance?lang=en", "en")


def test_one_record_is_not_spoken_of_as_each() -> None:
    one, two = others(1), others(2)
    assert one is not None
    assert two is not None
    assert one.en == "1 other record would explain it as well."
    assert two.en == "2 other records would each explain it as well."


@pytest.mark.parametrize("text", ["urn:epc:2", "urn:epc:id:sgln:x"])
def test_what_only_looks_like_a_key_is_shown_as_it_is(text: str) -> None:
    assert shown_code(text) == text
