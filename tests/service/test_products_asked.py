"""A product asked about as if it were a lot: which lots of it are on record, and how to ask."""

import html
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from oil import BOTTLER, LOT, OIL, OTHER, PRESS, STORY, pressed, told

from faces import faces_of
from suyuan.kit import SuyuanError
from suyuan.model import Role, Viewer
from suyuan.registry import issuing
from suyuan.registry.types import Account
from suyuan.service import (
    OPERATOR,
    Platform,
    SourceAsked,
    cases_typed,
    fresh_key,
    locate_on_record,
    meant,
    product_lots,
    recall,
    trace,
)
from suyuan.trace import Direction, Question, Seed

BACK = Question(seeds=(Seed(thing=OIL),), direction=Direction.BACKWARD)
CODE = "(01)06901234567892"


@pytest.fixture
def still(platform: Platform) -> Platform:
    told(platform, STORY)
    return platform


def test_scope_and_trace_say_how_many_and_the_commands(still: Platform) -> None:
    for verb, found in (
        ("scope", recall(still, BACK, OPERATOR).completeness.summary),
        ("trace", trace(still, BACK, OPERATOR).completeness.summary),
    ):
        assert f"{CODE}: a product, not a lot" in found.en
        assert f"Of {CODE} 2 lots or pieces are on record" in found.en
        newest = f"suyuan {verb} '{CODE}(10)A2', suyuan {verb} '{CODE}(10)A1'"
        assert newest in found.en
        assert f"{CODE} 的批次或单件，有 2 个有记录" in found.zh
        assert "Nothing is recorded" not in found.en


def test_only_what_may_be_seen_is_counted(still: Platform) -> None:
    hidden = f"{OIL}/10/A9"
    told(still, [(PRESS, [pressed(90, 20, hidden, 5)])])
    viewer = Viewer(role=Role.CAPTURER, party=BOTTLER)
    with still.store.read() as conn:
        mine = product_lots.lots_of(still, conn, OIL, viewer)
        every = product_lots.lots_of(still, conn, OIL, OPERATOR)
    assert set(mine.things) == {LOT}
    assert set(every.things) == {LOT, OTHER, hidden}
    summary = trace(still, BACK, viewer).completeness.summary
    assert "A9" not in summary.en + summary.zh


def test_a_product_of_which_nothing_is_on_record_has_no_commands(still: Platform) -> None:
    other = "https://id.gs1.org/01/06907777000056"
    said = recall(
        still, Question(seeds=(Seed(thing=other),), direction=Direction.FORWARD), OPERATOR
    )
    assert said.completeness.summary.en.endswith(
        "nothing is recorded of it as such. "
        "No lot or piece of (01)06907777000056 is seen on record either"
    )


def test_the_source_of_cases_names_the_lots(still: Platform) -> None:
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(still, cases_typed("Shop,2"), SourceAsked(things=(CODE,)), OPERATOR)
    assert caught.value.code == "source.no-flow"
    assert f"No flow with an amount is on record of {CODE}" in caught.value.text.en
    assert f"suyuan source CASES --thing '{CODE}(10)A2'" in caught.value.text.en


def test_many_codes_of_one_product_are_looked_up_among_issued_ones_once(
    still: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    look_up = issuing._look_up

    def noted(*args: Any, **more: Any) -> Any:
        asked.append(1)
        return look_up(*args, **more)

    monkeypatch.setattr(issuing, "_look_up", noted)
    codes = [f"{CODE}(10)N{number:03}" for number in range(40)]
    assert [len(found) for found in meant(still, codes, OPERATOR)] == [1] * 40
    assert len(asked) < 10


@pytest.fixture
def client(still: Platform) -> Iterator[TestClient[Litestar]]:
    with TestClient(faces_of(still), raise_server_exceptions=False) as found:
        yield found


def test_the_pages_say_it(client: TestClient[Litestar], still: Platform) -> None:
    key = fresh_key(still, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    for path in ("/scope", "/trace"):
        page = client.get(path, params={"thing": CODE}, headers=headers).text
        assert f"Of {CODE} 2 lots or pieces are on record" in html.unescape(page)
