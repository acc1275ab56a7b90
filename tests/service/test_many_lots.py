"""A recall of many lots: few lines on the page, in the terminal and in print; JSON has each lot."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from oil import BLENDED, LOT, PRESS, SHOP, SITES, amounts, between, event, pressed, told

from faces import faces_of
from suyuan.drawings import on_paper
from suyuan.interchange import Form
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import OPERATOR, Platform, export, fresh_key
from suyuan.trace import Direction, Question, Seed

Client = TestClient[Litestar]
MANY = 130
"""Two pages of lots."""


def filled(number: int) -> dict[str, Any]:
    """A lot of ten kilos, two of which are of what is asked about."""
    made = event(number, 2, "commissioning", PRESS) | {
        "type": "TransformationEvent",
        "inputQuantityList": amounts((LOT, 2)),
        "outputQuantityList": amounts((f"{BLENDED}/10/C{number}", 10)),
    }
    return {name: value for name, value in made.items() if name != "action"}


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    """All lots were filled at the press; five were sent to the shop, which says nothing."""
    lots = range(1000, 1000 + MANY)
    away = event(1, 5, "shipping", PRESS) | between(PRESS, SHOP)
    away["quantityList"] = amounts(*((f"{BLENDED}/10/C{number}", 10) for number in lots[:5]))
    told(platform, [(PRESS, [pressed(2, 1, LOT, 500), *map(filled, lots), away])])
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def operator(platform: Platform) -> dict[str, str]:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


def page(client: Client, operator: dict[str, str], path: str, lang: str = "en") -> str:
    answer = client.get(path, headers=operator | {"Accept": "text/html", "Accept-Language": lang})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def text_of(found: str) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"</?(p|br|h3|li|details|summary)\b[^>]*>|<[^>]*>", _gap, found)
    )


def _gap(tag: re.Match[str]) -> str:
    return " " if tag[1] else ""


def test_the_page_adds_up_lots_that_are_alike_and_has_pages_with_each(
    client: Client, operator: dict[str, str]
) -> None:
    found = page(client, operator, f"/scope?thing={LOT}")
    assert found.count(f"{BLENDED.rpartition('/')[2]}(10)C") < 2 * 2 * 5 + 1
    said = text_of(found)
    assert f"{MANY - 5} lots in all came: 1250 kg (of it 250–1250)" in said
    assert "5 lots in all came: 50 kg (of it 10–50); sent or processed: 50 kg" in said
    (href,) = re.findall(r'href="([^"]+)">List these lots: 125<', found)
    first = page(client, operator, href)
    (after,) = re.findall(r'href="([^"]+)">Next page<', first)
    second = page(client, operator, after)
    assert "1 to 100 of 125" in text_of(first)
    assert "101 to 125 of 125" in text_of(second)
    listed = [set(re.findall(r"\(10\)(C\d+)</a>", each)) for each in (first, second)]
    assert [len(each) for each in listed] == [100, 25]
    assert listed[0] | listed[1] == {f"C{number}" for number in range(1005, 1000 + MANY)}
    (back,) = re.findall(r'href="([^"]+)">← The whole scope<', second)
    assert text_of(page(client, operator, back)) == said


def test_sales_by_the_sellers_word_are_added_up_too(
    client: Client, operator: dict[str, str]
) -> None:
    said = text_of(page(client, operator, f"/scope?thing={LOT}", "zh"))
    assert "，5 个批次合计：50 千克 · 2026-03-05 10:00 +08:00" in said


def test_a_program_is_told_each_lot(client: Client, operator: dict[str, str]) -> None:
    lines = client.get("/scope", params={"thing": LOT}, headers=operator).json()["lines"]
    mine = [each for each in lines if each["site"] == SITES[PRESS]]
    assert len({each["thing"] for each in mine}) == MANY + 1


def test_a_page_of_lots_that_are_no_more_is_the_whole_scope(
    client: Client, operator: dict[str, str]
) -> None:
    whole = text_of(page(client, operator, f"/scope?thing={LOT}"))
    assert text_of(page(client, operator, f"/scope?thing={LOT}&of=0123456789ab")) == whole


def test_paper_adds_up_the_same_lots(client: Client, platform: Platform) -> None:
    assert client
    question = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)
    made = export(platform, question, OPERATOR, Form.PDF, recall=True, lang="en", draw=on_paper)
    document = pypdfium2.PdfDocument(made.content)
    said = "".join(each.get_textpage().get_text_range() for each in document)
    said = re.sub(r"[\s\u200b]+", "", said)  # lines are broken anywhere
    assert f"Blendedoil,{MANY - 5}lotsinall" in said
    assert said.count("Press") < MANY
