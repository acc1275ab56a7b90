"""Dispersion in a small story, to a program, in a browser and in a terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from oil import (
    BLEND,
    BOTTLER,
    HALL,
    LOT,
    OTHER,
    PRESS,
    SHOP,
    STALL,
    STORY,
    YARD,
    amounts,
    blended,
    told,
)

from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import OPERATOR, Platform, dispersing, fresh_key
from suyuan.trace.dispersed import Wanted

Client = TestClient[Litestar]
HTML = {"Accept": "text/html", "Accept-Language": "en"}
LAST = BLEND.replace("B1", "B2")
MORE: list[tuple[str, list[dict[str, Any]]]] = [
    (
        BOTTLER,
        [
            blended(70, 20, 10, 15)
            | {
                "inputQuantityList": amounts((LOT, 10), (OTHER, 5)),
                "outputQuantityList": amounts((LAST, 15)),
            }
        ],
    )
]


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    told(platform, [*STORY, *MORE])
    with TestClient(asgi(platform), raise_server_exceptions=False) as found:
        yield found


def bearer(platform: Platform, name: str, party: str | None = None) -> dict[str, str]:
    role = Role.ADMIN if party is None else Role.CAPTURER
    return {
        "Authorization": f"Bearer {fresh_key(platform, Account(name=name, role=role, party=party))}"
    }


def asked(client: Client, headers: dict[str, str], **params: Any) -> dict[str, Any]:
    found = client.get("/dispersion", params=params, headers=headers)
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    return answer


def test_a_program_is_told_ranks_worst_and_mean_with_position(
    client: Client, platform: Platform
) -> None:
    found = asked(client, bearer(platform, "boss"))
    rows = [(each["thing"], each["rank"], each["recall"]["products"]) for each in found["rows"]]
    assert rows == [(LOT, 1, 2), (OTHER, 2, 1)]
    assert found["rows"][0]["recall"]["amounts"] == [{"value": 425, "unit": "KGM"}]
    assert found["sized"] == [{"unit": "KGM", "worst": 425, "by": LOT, "mean": 220}]
    assert {each["thing"]: each["inputs"] for each in found["made_of"]} == {BLEND: 1, LAST: 2}
    assert (found["worst"], found["mean"], found["links"]) == (2, 1.5, 3)
    holders = {each["site"]: each["recall"]["products"] for each in found["by_holder"]}
    assert holders == {HALL: 2, YARD: 2, STALL: 0}
    assert found["position"] > 0
    assert not found["truncated"]
    assert found["called"][LOT] == {"zh": "一级菜籽油", "en": "Rapeseed oil"}


def test_rows_can_be_of_a_thing_a_place_and_a_day(client: Client, platform: Platform) -> None:
    boss = bearer(platform, "boss")
    assert [row["rank"] for row in asked(client, boss, thing=OTHER)["rows"]] == [2]
    at_stall = asked(client, boss, at=STALL)
    assert [row["thing"] for row in at_stall["rows"]] == [LOT]
    assert [row["site"] for row in at_stall["by_holder"]] == [STALL]
    before = asked(client, boss, as_of="2026-03-10")
    assert (before["products"], [row["thing"] for row in before["rows"]]) == (1, [LOT])
    assert len(asked(client, boss, most=1)["rows"]) == 1
    known = asked(client, boss, known_at=1)
    assert (known["position"], known["rows"]) == (1, [])


GLN = "6901234000313"


def test_a_place_that_nothing_was_ever_at_is_told_first(client: Client, platform: Platform) -> None:
    boss = bearer(platform, "boss")
    known = asked(client, boss, at=STALL)
    assert (known["place"], known["place_seen"]) == (STALL, True)
    found = asked(client, boss, at="urn:nobody")
    assert (found["place_seen"], found["by_holder"], found["worst"]) == (False, [], 2)
    assert asked(client, boss)["place_seen"]
    hidden = asked(client, bearer(platform, "shop", SHOP), at=HALL)
    assert not hidden["place_seen"]
    client.post("/sign-in", data={"name": "boss", "password": boss["Authorization"].split(" ")[1]})
    for lang, said in (("en", "nothing was at urn:nobody"), ("zh", "没有什么到过 urn:nobody")):
        text = client.get(
            "/dispersion?at=urn:nobody", headers=HTML | {"Accept-Language": lang}
        ).text
        assert text.index(said) < text.index('id="word"')
        known_page = client.get(f"/dispersion?at={STALL}", headers=HTML | {"Accept-Language": lang})
        assert said not in known_page.text


def test_a_place_is_meant_by_any_of_its_codes(client: Client, platform: Platform) -> None:
    boss, site = bearer(platform, "boss"), f"https://id.gs1.org/414/{GLN}"
    use = blended(80, 21, 10, 10) | {
        "inputQuantityList": amounts((f"{OTHER}X", 10)),
        "outputQuantityList": amounts((f"{LAST}X", 10)),
        "readPoint": {"id": site},
        "bizLocation": {"id": site},
    }
    told(platform, [(BOTTLER, [use])])
    for code in (site, GLN, f"(414){GLN}", "urn:epc:id:sgln:6901234.00031.0"):
        found = asked(client, boss, at=code)
        assert found["place"] == site
        assert [row["thing"] for row in found["rows"]] == [f"{OTHER}X"]


def test_who_sees_less_is_told_of_less(client: Client, platform: Platform) -> None:
    seen = asked(client, bearer(platform, "shop", SHOP))
    assert seen["rows"] == []
    assert BLEND not in json.dumps(seen)
    assert asked(client, bearer(platform, "press", PRESS))["products"] == 0
    assert asked(client, bearer(platform, "bottler", BOTTLER))["worst"] == 2
    assert client.get("/dispersion").status_code == 401


@pytest.mark.parametrize(
    ("params", "said"), [({"thing": "☃"}, "thing"), ({"most": 0}, "most"), ({"site": "x"}, "site")]
)
def test_what_is_no_question_is_refused(
    client: Client, platform: Platform, params: dict[str, Any], said: str
) -> None:
    answer = client.get("/dispersion", params=params, headers=bearer(platform, "boss"))
    assert answer.status_code == 400
    assert said in answer.text


def test_a_limit_is_said_first_and_nothing_is_half_read(platform: Platform) -> None:
    told(platform)
    wanted = dispersing.DispersionAsked(wanted=Wanted(), most_facts=3)
    found = dispersing.dispersion(platform, wanted, OPERATOR)
    assert found.truncated
    assert found.facts <= 3


def test_a_page_ranks_in_words_and_offers_the_way_to_each(
    client: Client, platform: Platform
) -> None:
    key = bearer(platform, "boss")["Authorization"].removeprefix("Bearer ")
    client.post("/sign-in", data={"name": "boss", "password": key})
    text = client.get("/dispersion", headers=HTML).text
    assert "One bad input recalls 2 products at worst" in text
    assert "1.5 on average" in text
    assert "Rapeseed oil" in text
    assert "425 kg" in text
    assert "Bottler" in text
    chinese = client.get("/dispersion", headers=HTML | {"Accept-Language": "zh"}).text
    assert "最多召回 2 个产品" in chinese
    wrong = client.get("/dispersion?as_of=never", headers=HTML)
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text


def test_a_terminal_is_told_the_same(
    platform: Platform, migrated_database: str, tmp_path: Path
) -> None:
    told(platform, [*STORY, *MORE])

    def suyuan(*words: str) -> subprocess.CompletedProcess[str]:
        program = Path(sys.executable).parent / "suyuan"
        given = {"SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(tmp_path)}
        return subprocess.run(
            [program, "--lang", "en", "dispersion", *words],
            env={**os.environ, "COLUMNS": "200", **given},
            capture_output=True,
            text=True,
            check=False,
        )

    shown = suyuan()
    assert shown.returncode == 0, shown.stderr
    assert "One bad input recalls 2 products at worst, 1.5 on average" in shown.stdout
    assert f"425 kg at worst ({LOT}), 220 kg on average" in shown.stdout
    assert "Complete to entry" in shown.stdout
    found = json.loads(suyuan(OTHER, "--json").stdout)
    assert [row["thing"] for row in found["rows"]] == [OTHER]
    nothing = suyuan("--as-of", "2026-03-01")
    assert (nothing.returncode, nothing.stdout) == (1, "No input to anything is on record.\n")
    assert suyuan("no code").returncode == 2
    nowhere = suyuan("--at", "urn:nobody")
    assert nowhere.returncode == 1
    assert nowhere.stdout.startswith("In the records that you may see nothing was at urn:nobody: ")
