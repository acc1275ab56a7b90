"""The balance of a small story in a program, in a browser and in a terminal."""

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from oil import OTHER, PRESS, SHOP, pressed, told

from faces import faces_of
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key
from suyuan.web import balancing

Client = TestClient[Litestar]


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    told(platform)
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


def key(platform: Platform, name: str, party: str | None = None) -> str:
    role = Role.ADMIN if party is None else Role.CAPTURER
    return fresh_key(platform, Account(name=name, role=role, party=party))


def bearer(platform: Platform, name: str, party: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key(platform, name, party)}"}


def asked(client: Client, headers: dict[str, str], **params: Any) -> dict[str, Any]:
    found = client.get("/balance", params=params, headers=headers)
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    return answer


GLN = "6901234000313"


def test_a_party_is_given_by_any_of_its_codes_and_an_unknown_one_is_named(
    client: Client, platform: Platform
) -> None:
    holder = f"https://id.gs1.org/417/{GLN}"
    seen = pressed(90, 1, OTHER, 7)
    seen |= {"destinationList": [{"type": "possessing_party", "destination": holder}]}
    told(platform, [(PRESS, [seen])])
    boss = bearer(platform, "boss")
    whole = asked(client, boss, party=holder)
    assert whole["statements"]
    assert whole["unknown"] == []
    for code in (GLN, f"(417){GLN}"):
        assert asked(client, boss, party=code)["statements"] == whole["statements"]
    assert asked(client, boss, party="6901234000047")["unknown"] == ["6901234000047"]
    both = asked(client, boss, party=holder, site="nowhere")
    assert both["unknown"] == ["nowhere"]
    client.post("/sign-in", data={"name": "chief", "password": key(platform, "chief")})
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = client.get("/balance", params={"party": "6901234000047"}, headers=headers).text
    assert "nothing was at" in page
    assert "6901234000047" in page


def test_a_program_is_told_in_numbers_and_only_what_is_its_own(
    client: Client, platform: Platform
) -> None:
    whole = asked(client, bearer(platform, "boss"))
    assert sum(whole["contradictions"].values()) == 5
    shop = whole["statements"][0]
    assert shop["contradiction"]["day"] == "2026-03-07"
    assert shop["closing"] == {"least": 0, "most": 0}
    own = bearer(platform, "shop", SHOP)
    assert asked(client, own)["contradictions"] == {"more_went": 1}
    assert asked(client, own, party=PRESS)["accounts"] == 0
    assert asked(client, own, tolerance=100)["contradictions"] == {}
    assert len(asked(client, bearer(platform, "second"), most=1)["statements"]) == 1
    assert client.get("/balance").status_code == 401


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"tolerance": "much"}, "tolerance"),
        ({"tolerance": "NaN"}, "tolerance"),
        ({"tolerance": "-1"}, "tolerance"),
        ({"start": "never"}, "start"),
        ({"start": "2026-03-02 10:00"}, "start"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "start"),
        ({"thing": "☃"}, "thing"),
        ({"holder": "x"}, "holder"),
    ],
)
def test_what_a_program_asks_wrongly_is_told_by_its_place(
    client: Client, platform: Platform, params: dict[str, str], place: str
) -> None:
    refused = client.get("/balance", params=params, headers=bearer(platform, "boss"))
    assert refused.status_code == 400
    assert refused.json()["place"] == place
    unknown = client.get("/balance", params={"family": "air"}, headers=bearer(platform, "second"))
    assert unknown.status_code == 404


def test_a_plus_that_nobody_escaped_is_one(client: Client, platform: Platform) -> None:
    found = client.get("/balance?start=2026-03-02T10:00:00+08:00", headers=bearer(platform, "boss"))
    assert found.status_code == 200


@pytest.mark.parametrize("path", ["/balance", "/source", "/scope"])
def test_of_things_a_program_may_ask_a_hundred(
    client: Client, platform: Platform, path: str
) -> None:
    many = [("thing", f"https://id.gs1.org/01/06901234012026/21/{n}") for n in range(101)]
    refused = client.get(path, params=many, headers=bearer(platform, "boss"))
    assert refused.status_code == 400
    assert "identify.many" in refused.text


def test_a_browser_is_given_a_page_with_what_is_wrong_and_what_to_check(
    client: Client, platform: Platform
) -> None:
    as_browser = {"accept": "text/html", "accept-language": "zh"}
    assert "口令" in client.get("/balance", headers=as_browser).text
    form = {"name": "shop", "password": key(platform, "shop", SHOP)}
    client.post("/sign-in", data=form)
    page = client.get("/balance", headers=as_browser)
    assert page.status_code == 200
    for words in (
        "1 处自相矛盾", "2026-03-07 发出比可能有的多 20 千克", "可能报了两次",
        "至少有 50 千克来路没有记录", "只结您能看全的台账", "粮油店",
    ):  # fmt: skip
        assert words.replace(" ", "") in page.text.replace(" ", ""), words
    assert "灌装厂" not in page.text
    assert 'role="img"' in page.text
    first, _, rest = page.text.partition("<details")
    assert "可能报了两次" in first
    assert "可能报了两次" not in rest
    later = client.get("/balance?lang=en&start=2026-03-08", headers=as_browser).text
    assert "Contradictory accounts: 1" in later  # of what is sold then nothing can be left
    before = client.get("/balance?lang=en&end=2026-03-06", headers=as_browser).text
    assert "Nothing contradicts itself" in before


def test_a_terminal_is_told_the_same_and_the_exit_says_whether_it_agrees(
    platform: Platform, migrated_database: str, tmp_path: Path
) -> None:
    told(platform)

    def suyuan(*words: str) -> subprocess.CompletedProcess[str]:
        program = Path(sys.executable).parent / "suyuan"
        given = {"SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(tmp_path)}
        return subprocess.run(
            [program, "--lang", "en", "balance", *words],
            env={**os.environ, "COLUMNS": "200", **given},
            capture_output=True,
            text=True,
            check=False,
        )

    wrong = suyuan()
    assert wrong.returncode == 1, wrong.stderr
    assert "20 KGM more went than can have been there" in wrong.stdout
    assert "Question first: sold or used up 70 KGM" in wrong.stdout
    assert "tolerance 0.5 %" in wrong.stdout
    assert "(unverified)" in wrong.stdout
    assert "9 accounts, 5 contradict themselves" in wrong.stdout
    right = suyuan("--tolerance", "100", "--json")
    assert right.returncode == 0, right.stderr
    assert json.loads(right.stdout)["contradictions"] == {}
    assert suyuan("--party", "urn:suyuan:party:nobody").stdout.endswith("draw.\n")
    assert suyuan("--tolerance", "much").returncode == 2
    nobody = suyuan("--party", "6901234000047")
    assert nobody.returncode == 1
    assert "6901234000047" in nobody.stdout + nobody.stderr
    cut = suyuan("--most-facts", "3")
    assert "A limit was hit" in cut.stdout + cut.stderr or "no account" in cut.stdout


def test_pages_hold_every_account_once_contradictions_first_and_one_party_alone_if_asked(
    client: Client, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(balancing, "_SHOWN", 2)
    total = asked(client, bearer(platform, "boss"))["accounts"]
    client.post("/sign-in", data={"name": "chief", "password": key(platform, "chief")})
    address, found, wrong = "/balance?lang=en", list[str](), list[int]()
    while address:
        page = client.get(address, headers={"Accept": "text/html"}).text
        found += re.findall(r"<li><h3>", page)
        wrong.append(page.count("tag stop"))
        after = re.search(r'href="([^"]*)">Next page', page)
        address = html.unescape(after[1]) if after else ""
    assert len(found) == total > 4
    assert wrong == sorted(wrong, reverse=True)
    mine = client.get(f"/balance?lang=en&party={quote(SHOP)}", headers={"Accept": "text/html"}).text
    assert "Shop" in mine
    assert "Press" not in mine
    odd = client.get("/balance?page=%D9%A3", headers={"Accept": "text/html"})
    assert odd.status_code == 200
