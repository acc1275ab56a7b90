"""What is assumed of stays, by a program, a page, a terminal and in a file: kept to, and told."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result
from litestar import Litestar
from litestar.testing import TestClient
from oil import BOTTLER, LOT, PRESS, SHOP, STALL, moved, pressed, sold, told

from suyuan.cli.root import Launcher, cli
from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

Client = TestClient[Litestar]
Headers = dict[str, str]
LONG, SHORT = {"hold_for": "3d"}, {"hold_for": "12h", "stay_at_most": "2天"}
SAID = "By your assumption: what came stays 3 days at least before it leaves."


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    """The lot came to the bottler on the fourth, and went on to the shop on the fifth."""
    first, second = moved(10, 3, PRESS, BOTTLER, much=8), moved(20, 5, BOTTLER, SHOP, much=5)
    told(
        platform,
        [
            (PRESS, [pressed(1, 2, LOT, 8), first[0]]),
            (BOTTLER, [first[1], second[0]]),
            (SHOP, [second[1], sold(50, 7, 4)]),
        ],
    )
    with TestClient(asgi(platform), raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def boss(client: Client, platform: Platform) -> Headers:
    """A key, and the same account signed in in the browser."""
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    return {"Authorization": f"Bearer {key}"}


def json_of(client: Client, headers: Headers, path: str, **asked: str) -> dict[str, Any]:
    answer = client.get(path, params=asked, headers=headers | {"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_trace_keeps_to_what_is_assumed_and_says_so(client: Client, boss: Headers) -> None:
    asked = {"thing": LOT, "direction": "forward", "holder_party": PRESS, "holder_site": YARD}
    plain = json_of(client, boss, "/trace", **asked)
    assert {each["party"] for each in plain["responsibility"]} == {PRESS, BOTTLER, SHOP}
    assert plain["assumptions"] == []
    held = json_of(client, boss, "/trace", **asked, **LONG)
    assert {each["party"] for each in held["responsibility"]} == {PRESS, BOTTLER}
    assert held["question"]["hold_for"] == 3 * 86400
    assert held["assumptions"][0]["en"] == SAID
    same = json_of(client, boss, "/trace", **asked, **SHORT, ties="forbidden")
    assert same["nodes"] == plain["nodes"]
    assert same["question"]["ties"] == "forbidden"
    assert len(same["assumptions"]) == 4


YARD = "urn:suyuan:site:yard"


def test_a_scope_and_a_source_do_too(client: Client, boss: Headers) -> None:
    at_press = {"thing": LOT, "holder_party": PRESS, "holder_site": YARD}
    plain, held = (json_of(client, boss, "/scope", **at_press, **rest) for rest in ({}, LONG))
    assert (plain["holders"], held["holders"]) == (3, 2)
    assert held["assumptions"][0]["en"] == SAID
    case = {"case": f"{STALL},3", "thing": LOT}
    assert json_of(client, boss, "/source", **case)["assumptions"] == []
    under = json_of(client, boss, "/source", **case, **SHORT)
    assert [each["en"] for each in under["assumptions"]][1].endswith("within 2 days, or never.")
    refused = client.get("/source", params={"case": f"{STALL},3"} | LONG, headers=boss)
    assert refused.status_code == 400
    assert refused.json()["place"] == "hold_for"


@pytest.mark.parametrize("path", ["/trace", "/scope", "/source"])
@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ({"hold_for": "3"}, "hold_for"),
        ({"stay_at_most": "soon"}, "stay_at_most"),
        ({"hold_for": "3d", "stay_at_most": "1d"}, "hold_for"),
        ({"ties": "some"}, "ties"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(
    client: Client, boss: Headers, path: str, rest: dict[str, str], place: str
) -> None:
    given = {"thing": LOT, "case": STALL} if path == "/source" else {"thing": LOT}
    answer = client.get(path, params=given | rest, headers=boss)
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert place in body["place"]
    assert body["detail_zh"]
    assert body["detail_en"]


@pytest.mark.parametrize(
    "path",
    [
        f"/trace?thing={quote(LOT)}&direction=forward",
        f"/scope?thing={quote(LOT)}",
        f"/source?case={STALL}&thing={quote(LOT)}",
        f"/contacts?root={STALL}&in_begin=2026-03-01&in_end=2026-03-31",
    ],
)
def test_a_page_has_the_fields_keeps_them_and_says_what_was_assumed(
    client: Client, boss: Headers, path: str
) -> None:
    del boss
    html = {"Accept": "text/html", "Accept-Language": "en"}
    bare = client.get(path, headers=html).text
    assert "By your assumption" not in bare
    assert re.search(r"<details><summary>More: what you assume", bare)
    under = client.get(f"{path}&hold_for=3d&stay_at_most=30d&ties=forbidden", headers=html)
    assert under.status_code == 200, under.text
    assert SAID in under.text
    assert "at the very time" in under.text
    assert re.search(r"<details open><summary>More: what you assume", under.text)
    assert 'name="hold_for" autocapitalize="off" value="3d"' in under.text
    assert '<option value="forbidden" selected>' in under.text
    zh = client.get(f"{path}&hold_for=3天", headers=html | {"Accept-Language": "zh"}).text
    assert "按您的假设：收到后至少停留 3 天才会发出。" in zh
    wrong = client.get(f"{path}&hold_for=3", headers=html)
    assert wrong.status_code == 400
    assert "says no length of time" in wrong.text


@pytest.fixture
def suyuan(platform: Platform, client: Client, migrated_database: str) -> Callable[..., Result]:
    del client
    launcher = Launcher(serve=lambda _: None, witness=lambda _folder, _host, _port: None)
    given = {
        "SUYUAN_DATABASE_URL": migrated_database,
        "SUYUAN_DATA_DIR": str(platform.config.data_dir),
        "COLUMNS": "240",
    }
    return lambda *words: CliRunner(env=given).invoke(cli, [*words], obj=launcher)


def test_a_terminal_asks_and_is_told_the_same(
    suyuan: Callable[..., Result], tmp_path: Path
) -> None:
    at_press = ("--holder-party", PRESS, "--holder-site", YARD)
    scope = suyuan("scope", LOT, *at_press, "--hold-for", "3d")
    assert scope.exit_code == 0, scope.output
    assert "涉及 2 个主体" in scope.output
    assert "按您的假设：收到后至少停留 3 天才会发出。" in scope.output
    trace = suyuan("--lang", "en", "trace", LOT, "--direction", "forward", "--ties", "forbidden")
    assert trace.exit_code == 0, trace.output
    assert "what leaves at the very time that something came is not of it" in trace.output
    found = json.loads(suyuan("trace", LOT, "--stay-at-most", "2w", "--json").stdout)
    assert found["question"]["stay_at_most"] == 14 * 86400
    cases = tmp_path / "cases.csv"
    cases.write_text(f"place,count\n{STALL},3\n", "utf-8")
    source = suyuan("source", str(cases), "--thing", LOT, "--hold-for", "1h")
    assert source.exit_code == 0, source.output
    assert "至少停留 1 小时" in source.output
    two = suyuan("source", str(cases), str(cases), "--hold-for", "1h")
    assert (two.exit_code, "--as-of" in two.output) == (2, True)
    for words in (("trace", LOT), ("scope", LOT), ("source", str(cases))):
        wrong = suyuan(*words, "--hold-for", "3")
        assert wrong.exit_code == 2
        assert "--hold-for" in wrong.output
        assert "36小时" in wrong.output


def test_a_file_that_is_handed_on_says_what_was_assumed(client: Client, boss: Headers) -> None:
    asked = {"thing": LOT, "direction": "forward", **LONG}
    for form in ("epcis", "graphml"):
        under = client.get("/trace", params=asked | {"format": form}, headers=boss)
        assert under.status_code == 200, under.text
        assert SAID in under.text
        plain = client.get("/trace", params={"thing": LOT, "format": form}, headers=boss)
        assert "your assumption" not in plain.text
