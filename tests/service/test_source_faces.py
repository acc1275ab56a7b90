"""A source by lots and days of purchase: in a program, in a browser and in a terminal."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from litestar import Litestar
from litestar.testing import TestClient
from oil import BOTTLER, HALL, LOT, OTHER, PRESS, SHOP, STALL, YARD, moved, pressed, sold, told
from test_inspection_history import OFFICE, inspected, reported

from faces import faces_of
from suyuan.cli.root import Launcher, cli
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

Client = TestClient[Litestar]
CASE = f"{STALL},3,2026-03-06,1"


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    """The press's lot of the second of March went to a shop and to a bottler."""
    first, second = moved(10, 3, PRESS, SHOP, much=5), moved(20, 3, PRESS, BOTTLER, much=3)
    told(
        platform,
        [
            (PRESS, [pressed(1, 2, LOT, 8), first[0], second[0]]),
            (SHOP, [first[1], sold(50, 6, 4)]),
            (BOTTLER, [second[1]]),
        ],
    )
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


def test_a_program_and_a_page_are_told_the_week_and_its_lots(
    client: Client, platform: Platform
) -> None:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    bearer = {"Authorization": f"Bearer {key}"}
    answer = client.get("/source", params={"case": CASE, "thing": LOT}, headers=bearer)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    window = found["by_lot"]["windows"][0]
    assert window["lots"] == [LOT]
    assert window["since"] <= "2026-03-02" <= window["until"]
    assert found["no_lots"] is None
    client.post("/sign-in", data={"name": "boss", "password": key})
    english = {"Accept": "text/html", "Accept-Language": "en"}
    path = f"/source?thing={quote(LOT)}&case="
    page = client.get(path + quote(CASE), headers=english)
    assert page.status_code == 200, page.text
    assert "By lots and days of purchase" in page.text
    assert f'<time datetime="{window["since"]}">' in page.text
    plain = client.get(path + quote(STALL), headers=english).text
    assert "By lots" not in plain
    assert "Nothing is said by lots" not in plain
    half = client.get(path + quote(f"{CASE}\n{STALL}"), headers=english).text
    assert "Nothing is said by lots: " in half
    wrong = client.get(path + quote(f"{STALL},1,2026-02-30"), headers=english)
    assert wrong.status_code == 400


def test_the_record_to_ask_for_next_is_told_with_the_form_that_asks(
    platform: Platform, migrated_database: str, tmp_path: Path
) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    sales = [one[1], other[1], sold(50, 6, 5)]
    told(platform, [(PRESS, [one[0]]), (BOTTLER, [other[0]]), (SHOP, sales)])
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    with TestClient(faces_of(platform), raise_server_exceptions=False) as client:
        bearer = {"Authorization": f"Bearer {key}"}
        answer = client.get("/source", params={"case": STALL, "noise": 0.1}, headers=bearer)
        (best, *_) = answer.json()["records"]["best"]
        client.post("/sign-in", data={"name": "boss", "password": key})
        english = {"Accept": "text/html", "Accept-Language": "en"}
        page = client.get("/source", params={"case": STALL}, headers=english).text
        assert "Which record tells most next" in page
        assert "Assumed: what one side alone reports" in page
        thing, way = quote(OTHER, safe=""), "direction=backward&amp;ask=forms"
        assert f'href="/trace?thing={thing}&amp;{way}"' in page
        forms = client.get(
            "/trace", params={"thing": OTHER, "direction": "backward", "ask": "forms"},
            headers=english,
        )  # fmt: skip
        assert forms.headers["content-type"] == "application/zip"
        with ZipFile(BytesIO(forms.content)) as packed:
            names = packed.namelist()
            assert [name.startswith("back-1-") for name in names] == [True]
            assert packed.read(names[0])[:2] == b"PK"
    cases = tmp_path / "cases.csv"
    cases.write_text(f"place\n{STALL}\n", "utf-8")
    launcher = Launcher(serve=lambda _: None, witness=lambda _folder, _host, _port: None)
    given = {"SUYUAN_DATABASE_URL": migrated_database, "COLUMNS": "400",
             "SUYUAN_DATA_DIR": str(platform.config.data_dir)}  # fmt: skip
    asked = ["--lang", "en", "source", str(cases), "--noise", "0.1"]
    ended = CliRunner(env=given).invoke(cli, asked, obj=launcher)
    assert ended.exit_code == 0, ended.output
    assert f"{best['bits']:.3f}" in ended.stdout
    assert "--requests FOLDER" in ended.stdout


def test_what_inspections_found_is_told_to_programs_and_on_the_page(
    client: Client, platform: Platform
) -> None:
    reported(platform, OFFICE, inspected(60, 4, YARD, "unqualified"))
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    bearer = {"Authorization": f"Bearer {key}"}
    given = {"case": STALL, "thing": LOT, "priors": "inspections", "half_life": "30"}
    answer = client.get("/source", params=given, headers=bearer)
    assert answer.status_code == 200, answer.text
    past = answer.json()["histories"]
    assert (past["half_life"], past["detection"], past["inspections"]) == (30, 1, 1)
    assert past["places"]["Press"]["failures"] == 1
    plain = client.get("/source", params={"case": STALL, "thing": LOT}, headers=bearer).json()
    assert plain["histories"] is None
    for wrong in ({"priors": "other"}, {"half_life": "0"}, {"detection": "0"}):
        refused = client.get("/source", params=given | wrong, headers=bearer)
        assert refused.status_code == 400, wrong
    client.post("/sign-in", data={"name": "boss", "password": key})
    english = {"Accept": "text/html", "Accept-Language": "en"}
    form = {"case": STALL, "thing": LOT, "priors": "inspections", "detection": "50%"}
    page = client.get("/source", params=form, headers=english)
    assert page.status_code == 200, page.text
    assert "1 inspection, 1 failed" in page.text
    assert "detection 0.5" in page.text
    bad = client.get("/source", params=form | {"half_life": "0"}, headers=english)
    assert bad.status_code == 400


def test_a_terminal_is_told_the_same(
    client: Client, platform: Platform, migrated_database: str, tmp_path: Path
) -> None:
    del client
    cases = tmp_path / "cases.csv"
    cases.write_text(f"place,count,day,give\n{STALL},3,2026-03-06,1\n", "utf-8")
    launcher = Launcher(serve=lambda _: None, witness=lambda _folder, _host, _port: None)
    given = {
        "SUYUAN_DATABASE_URL": migrated_database,
        "SUYUAN_DATA_DIR": str(platform.config.data_dir),
        "COLUMNS": "240",
    }

    def suyuan(*more: str) -> str:
        asked = ["source", str(cases), "--thing", LOT, *more]
        ended = CliRunner(env=given).invoke(cli, asked, obj=launcher)
        assert ended.exit_code == 0, ended.output
        return ended.stdout

    assert "按批次记录和购买日期" in suyuan()
    reported(platform, OFFICE, inspected(60, 4, YARD, "unqualified"))
    told = suyuan("--priors", "inspections", "--detection", "0.5")
    assert "候选此前的检查" in told
    assert "检出率 0.5" in told
    past = json.loads(suyuan("--priors", "inspections", "--json"))["histories"]
    assert (past["inspections"], past["places"]["榨油厂"]["failures"]) == (1, 1)
    asked = ["source", str(cases), "--half-life", "30"]
    ended = CliRunner(env=given).invoke(cli, asked, obj=launcher)
    assert ended.exit_code == 2
    assert "--priors inspections" in ended.output
    assert json.loads(suyuan("--json"))["by_lot"]["windows"][0]["lots"] == [LOT]


def test_a_program_and_a_page_are_told_the_same_of_what_is_assumed_of_cases(
    client: Client, platform: Platform
) -> None:
    """At the bottler's there was a case too; of the press's goods it had three parts in eight."""
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    bearer = {"Authorization": f"Bearer {key}"}
    given = {"case": f"{STALL},2", "noise": "0.2", "reporting": f"{HALL},0.5",
             "candidate": f"{YARD},3\n{HALL},1"}  # fmt: skip
    found = client.get("/source", params=given, headers=bearer).json()
    press, _ = found["located"]["suspects"]
    assert (press["name"], press["prior"]) == ("Press", 0.75)
    near, far = 0.8 * (5 / 8) / (5 / 8 + 3 / 16) + 0.1, 0.1
    assert press["posterior"] == pytest.approx(1 / (1 + far**2 / near**2 / 3))
    client.post("/sign-in", data={"name": "boss", "password": key})
    english = {"Accept": "text/html", "Accept-Language": "en"}
    page = client.get("/source", params=given | {"noise": "20%"}, headers=english).text
    assert f"<b>{press['posterior'] * 100:.1f} %</b>" in page
    assert "before any case 75.0 %" in page
    for wrong, said in (
        ({"noise": "2"}, "share of cases from elsewhere: "),
        ({"candidate": f"{YARD},1\n{HALL},x"}, "candidates, line 2: "),
        ({"reporting": f"{HALL},2"}, "line 1: "),
        ({"case": f"{STALL}\n,3"}, "cases, line 2: "),
    ):
        refused = client.get("/source", params=given | wrong, headers=english)
        assert (refused.status_code, said in refused.text) == (400, True), wrong


def test_of_places_that_are_as_probable_none_heads_the_page(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=4), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    told(platform, [(PRESS, [one[0]]), (BOTTLER, [other[0]]), (SHOP, [one[1], other[1]])])
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    with TestClient(faces_of(platform), raise_server_exceptions=False) as client:
        client.post("/sign-in", data={"name": "boss", "password": key})
        html = {"Accept": "text/html"}
        page = client.get("/source", params={"case": STALL}, headers=html).text
        assert '<span class="word">2 处同样可能，各 50.0 %</span>' in page
        assert "假设来源的货全部有问题" in page
        one_day = client.get("/source", params={"case": f"{STALL},1,2026-03-05"}, headers=html).text
        assert "2026-03-05（最晚可能的购买日）" in one_day
