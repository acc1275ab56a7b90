"""What nothing is recorded of, and how far an answer was limited: told first on every face."""

import csv
import html
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pypdfium2
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from oil import BLEND, BOTTLER, LOT, OIL, OTHER, PRESS, SHOP, STORY, moved, told

from faces import faces_of
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import OPERATOR, Platform, fresh_key, recall, trace
from suyuan.trace import Direction, Question, Seed, gather

Client = TestClient[Litestar]
Run = Callable[..., subprocess.CompletedProcess[str]]
NOPE = f"{OIL}/10/NOPE"
SHOWN = "(01)06901234567892(10)NOPE"
PARTY = "https://id.gs1.org/417/6901234000313"
PLACE = "https://id.gs1.org/414/6901234000047"


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    told(platform, STORY)
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def suyuan(platform: Platform, migrated_database: str, tmp_path: Path) -> Run:
    """The program on the story."""
    told(platform, STORY)

    def run(*words: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
        program = Path(sys.executable).parent / "suyuan"
        given = {"SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(tmp_path)}
        return subprocess.run(
            [program, "--lang", lang, *words],
            env={**os.environ, "COLUMNS": "200", **given},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def bearer(platform: Platform, name: str, party: str | None = None) -> dict[str, str]:
    role = Role.ADMIN if party is None else Role.CAPTURER
    key = fresh_key(platform, Account(name=name, role=role, party=party))
    return {"Authorization": f"Bearer {key}"}


def asked(client: Client, path: str, headers: dict[str, str], **params: Any) -> dict[str, Any]:
    answer = client.get(path, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def unknown(found: dict[str, Any]) -> list[str]:
    return [seed["thing"] for seed in found["unknown"]]


@pytest.mark.parametrize("command", ["scope", "trace"])
def test_the_codes_of_a_file_are_asked_about_as_those_typed(
    suyuan: Run, tmp_path: Path, command: str
) -> None:
    file = tmp_path / "codes.txt"
    file.write_text(f"{LOT}\n\n{NOPE}\n", "utf-8")
    by_file = suyuan(command, "--things-file", str(file), "--json")
    typed = suyuan(command, LOT, NOPE, "--json")
    assert by_file.returncode == typed.returncode == 0, by_file.stderr
    assert json.loads(by_file.stdout) == json.loads(typed.stdout)
    assert unknown(json.loads(by_file.stdout)) == [NOPE]
    assert suyuan(command).returncode == 2


def test_a_program_is_told_which_of_its_codes_nothing_is_recorded_of(
    client: Client, platform: Platform
) -> None:
    boss = bearer(platform, "boss")
    found = asked(client, "/scope", boss, thing=[NOPE, LOT])
    assert unknown(found) == [NOPE]
    assert found["completeness"]["summary"]["en"].startswith(f"Nothing is recorded of {SHOWN}. ")
    assert found["completeness"]["summary"]["zh"].startswith(f"没有 {SHOWN} 的记录。")
    assert found["lines"]
    assert unknown(asked(client, "/scope", boss, thing=LOT)) == []
    alone = asked(client, "/trace", boss, thing=NOPE)
    assert unknown(alone) == [NOPE]
    assert alone["completeness"]["summary"]["en"] == f"Nothing is recorded of {SHOWN}"


def test_what_is_hidden_is_told_as_what_is_not_there(client: Client, platform: Platform) -> None:
    shop = bearer(platform, "shop", SHOP)
    hidden, missing = (asked(client, "/scope", shop, thing=each) for each in (OTHER, NOPE))
    assert unknown(hidden) == [OTHER]
    assert json.dumps(hidden).replace("/10/A2", "/10/NOPE").replace("(10)A2", "(10)NOPE") == (
        json.dumps(missing)
    )
    assert hidden["completeness"]["summary"]["en"].startswith(
        "Nothing that you may see is recorded"
    )
    assert unknown(asked(client, "/scope", bearer(platform, "press", PRESS), thing=OTHER)) == []


def test_what_was_cut_before_it_was_read_is_not_called_unknown(platform: Platform) -> None:
    told(platform, STORY)
    question = Question(
        seeds=tuple(Seed(thing=each) for each in (LOT, NOPE, OTHER)), direction=Direction.FORWARD
    )
    for most in range(1, 40):
        limit = gather.Limit(facts=most)
        for found in (
            trace(platform, question, OPERATOR, limit=limit),
            recall(platform, question, OPERATOR, limit=limit),
        ):
            assert {seed.thing for seed in found.unknown} <= {NOPE}
            whole = not found.truncated
            assert not whole or [seed.thing for seed in found.unknown] == [NOPE]
    few = trace(platform, question, OPERATOR, limit=gather.Limit(facts=12))
    assert (few.truncated, [seed.thing for seed in few.unknown]) == (True, [NOPE])


def test_a_page_tells_it_first_and_the_way_for_a_party(client: Client, platform: Platform) -> None:
    key = bearer(platform, "clerk")["Authorization"].removeprefix("Bearer ")
    client.post("/sign-in", data={"name": "clerk", "password": key})
    both = page(client, f"/scope?thing={quote(NOPE)}&thing={quote(LOT)}")
    assert f"Nothing is recorded of {SHOWN}. " in both
    assert both.index(SHOWN) < both.index('id="word"')
    assert f"没有 {SHOWN} 的记录。" in page(
        client, f"/trace?thing={quote(NOPE)}%0A{quote(LOT)}", "zh"
    )
    for path in ("/trace", "/scope"):
        alone = page(client, f"{path}?thing={quote(NOPE)}")
        assert f"Nothing is recorded of {SHOWN}." in alone
        assert "no open end" not in alone
        for lang, said in (("zh", "是主体或场所的编码"), ("en", "a code of a party or place")):
            way = page(client, f"{path}?thing={quote(PARTY)}", lang)
            assert said in way
            assert f"/contacts?root={quote(PARTY, safe='')}" in way
            assert f"/balance?party={quote(PARTY, safe='')}" in way
        place = page(client, f"{path}?thing={quote(PLACE)}")
        assert f"/contacts?root={quote(PLACE, safe='')}" in place
        assert "/balance?party=" not in place


def test_files_say_it(client: Client, platform: Platform) -> None:
    boss = bearer(platform, "boss")

    def made(form: str, *things: str) -> bytes:
        given = {"thing": things, "format": form}
        answer = client.get("/scope", params=given, headers=boss)
        assert answer.status_code == 200, answer.text
        return answer.content

    for things in ((NOPE, LOT), (NOPE,)):
        table = made("csv", *things).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table)))
        assert {row["没有记录的编码 nothing recorded of"] for row in rows} == {NOPE}
    assert json.loads(made("fcl", NOPE, LOT))["suyuan"]["unknown"] == [NOPE]
    assert NOPE.encode() in made("graphml", NOPE, LOT)
    assert NOPE.encode() in made("epcis", NOPE)
    pages = pypdfium2.PdfDocument(made("pdf", NOPE, LOT))
    letters = re.sub(r"\s", "", pages[0].get_textpage().get_text_range())
    assert "没有记录的编码" in letters
    assert b"unknown" not in made("fcl", LOT)


def test_a_terminal_tells_it_on_its_first_line_and_leaves_with_zero(
    suyuan: Run, tmp_path: Path
) -> None:
    both = suyuan("scope", NOPE, LOT)
    assert both.returncode == 0, both.stderr
    assert both.stdout.splitlines()[0].startswith(f"Nothing is recorded of {SHOWN}. ")
    file = tmp_path / "scope.csv"
    handed = suyuan("scope", NOPE, LOT, "--out", str(file), lang="zh")
    assert (handed.returncode, f"没有 {SHOWN} 的记录" in handed.stderr) == (0, True)
    assert NOPE in file.read_text("utf-8-sig")
    alone = suyuan("trace", NOPE)
    assert (alone.returncode, alone.stdout) == (1, f"Nothing is recorded of {SHOWN}\n")
    elsewhere = ("--holder-party", SHOP, "--holder-site", "urn:suyuan:site:stall")
    never = suyuan("scope", OTHER, *elsewhere)
    assert (never.returncode, "at press" in never.stdout) == (1, False)
    assert never.stdout.startswith(
        "Nothing is recorded of (01)06901234567892(10)A2 at shop · stall"
    )
    party = suyuan("trace", PARTY)
    assert party.returncode == 1
    assert "suyuan contacts" in party.stdout


def test_a_depth_is_told_on_every_face(client: Client, platform: Platform, suyuan: Run) -> None:
    sent, came = moved(80, 20, BOTTLER, SHOP, much=50, lot=BLEND)
    told(platform, [(BOTTLER, [sent]), (SHOP, [came])])
    boss = bearer(platform, "boss")
    given = {"thing": LOT, "direction": "forward", "depth": 1}
    found = asked(client, "/trace", boss, **given)
    said = "Limited to 1 step: more lies beyond and is not listed. "
    assert (found["limited"], found["truncated"]) == (True, False)
    assert found["completeness"]["summary"]["en"].startswith(said)
    whole = asked(client, "/trace", boss, **given | {"depth": 100})
    assert not whole["limited"]
    assert whole["completeness"]["summary"]["zh"].startswith("只追了 100 步，没有记录通向更远处。")
    table = client.get("/trace", params=given | {"format": "csv"}, headers=boss)
    (row, *_) = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))
    assert row["只追几步 limited to steps"] == "1"
    shown = suyuan("trace", LOT, "--direction", "forward", "--depth", "1").stdout
    assert shown.startswith(said)
    key = boss["Authorization"].removeprefix("Bearer ")
    client.post("/sign-in", data={"name": "boss", "password": key})
    path = f"/trace?thing={quote(LOT)}&direction=forward&depth="
    drawn = page(client, f"{path}1")
    assert said in drawn
    assert 'name="depth" inputmode="numeric" value="1"' in drawn
    (href,) = re.findall(r'href="(/trace\?[^"]*format=csv)"', drawn)
    assert "depth=1" in href
    refused = client.get(f"{path}0", headers=HTML)
    assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)


HTML = {"Accept": "text/html", "Accept-Language": "en"}


def page(client: Client, path: str, lang: str = "en") -> str:
    answer = client.get(path, headers=HTML | {"Accept-Language": lang})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)
