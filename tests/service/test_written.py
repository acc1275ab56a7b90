"""Codes that cannot be read: recorded as they were written, and found by what was written."""

import html
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from oil import BOTTLER, OIL, PRESS, SHOP, moved, pressed, told

from faces import faces_of
from suyuan.codes import own_names
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key, written

Client = TestClient[Litestar]
MILK = f"{OIL}/10/奶A"
WRONG = "https://id.gs1.org/01/06901234567893/10/W1"
LONE = "urn:suyuan:lot:B7"
MISSING = f"{OIL}/10/奶B"
TEXTS = (MILK, WRONG, LONE)
HTML = {"Accept": "text/html", "Accept-Language": "en"}


def reported(number: int, text: str, giver: str, taker: str) -> list[dict[str, Any]]:
    """Made, and sent to another."""
    sent, _ = moved(number + 1, 5, giver, taker, much=4, lot=text)
    made = pressed(number, 4, text, 4)
    return [made if giver == PRESS else made | {key: sent[key] for key in PLACES}, sent]


PLACES = ("readPoint", "bizLocation")


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    """The press and the bottler write the same; the press sends to the shop, the bottler not."""
    story = []
    for number, text in enumerate(TEXTS, 1):
        story.append((PRESS, reported(100 * number, text, PRESS, SHOP)))
        made, _ = reported(100 * number + 50, text, BOTTLER, SHOP)
        story.append((BOTTLER, [made]))
    told(platform, story)
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


def bearer(platform: Platform, name: str, party: str | None = None) -> dict[str, str]:
    role = Role.ADMIN if party is None else Role.CAPTURER
    key = fresh_key(platform, Account(name=name, role=role, party=party))
    return {"Authorization": f"Bearer {key}"}


def asked(client: Client, path: str, headers: dict[str, str], thing: str) -> dict[str, Any]:
    answer = client.get(path, params={"thing": thing, "direction": "forward"}, headers=headers)
    if path == "/scope":
        answer = client.get(path, params={"thing": thing}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def things(found: dict[str, Any]) -> list[str]:
    return [seed["thing"] for seed in found["question"]["seeds"]]


@pytest.mark.parametrize("text", TEXTS)
def test_who_may_see_a_code_as_it_was_written_finds_it_by_its_text(
    client: Client, platform: Platform, text: str
) -> None:
    press, bottler = (own_names.raw_name(each, text) for each in (PRESS, BOTTLER))
    viewers = {"press": [press], "bottler": [bottler], "shop": [press]}
    for name, seen in viewers.items():
        key = bearer(platform, name, f"urn:suyuan:party:{name}")
        found = asked(client, "/trace", key, text)
        assert (things(found), found["unknown"]) == (seen, [])
        assert found["nodes"]
        whose = "bottler" if seen == [bottler] else "press"
        said = f"{text} cannot be read and is recorded as {whose} wrote it. "
        assert found["completeness"]["summary"]["en"].startswith(said)
    both = asked(client, "/scope", bearer(platform, "boss"), text)
    assert sorted(things(both)) == sorted([press, bottler])
    assert "这样写的 2 个报送方全部在内" in both["completeness"]["summary"]["zh"]
    assert {line["party"] for line in both["lines"]} >= {PRESS, BOTTLER}


def test_who_may_not_see_it_learns_what_is_said_of_a_text_that_nobody_wrote(
    client: Client, platform: Platform
) -> None:
    stranger = bearer(platform, "stranger", "urn:suyuan:party:stranger")
    hidden, missing = (asked(client, "/trace", stranger, text) for text in (MILK, MISSING))
    assert len(hidden["unknown"]) == 1
    as_missing = json.dumps(hidden).replace("%E5%A5%B6A", "%E5%A5%B6B")
    assert as_missing.replace("\\u5976A", "\\u5976B") == json.dumps(missing)
    public = client.get("/trace", params={"thing": MILK, "direction": "forward"}).json()
    assert len(public["unknown"]) == 1
    assert "press" not in json.dumps(public) + json.dumps(hidden)


def test_it_is_found_however_it_is_escaped_and_by_its_own_name(
    client: Client, platform: Platform
) -> None:
    key, name = bearer(platform, "press", PRESS), own_names.raw_name(PRESS, MILK)
    for text in (quote(MILK, safe=":/"), f" {MILK} ", name, own_names.raw_name("-", MILK)):
        assert things(asked(client, "/trace", key, text)) == [name]


def test_what_names_a_person_is_found_by_no_text(client: Client, platform: Platform) -> None:
    number = "11010519491231002X"
    text = f"https://id.gs1.org/01/06901234567892/10/{number}"
    told(platform, [(PRESS, [pressed(900, 4, text, 4)])])
    found = asked(client, "/trace", bearer(platform, "boss"), text)
    assert len(found["unknown"]) == 1
    assert number not in json.dumps(found)


def test_pages_and_the_public_answer_tell_whose_it_is(client: Client, platform: Platform) -> None:
    boss = bearer(platform, "boss")
    found = client.get("/answer", params={"id": MILK}, headers=boss).json()
    (note,) = found["subject"]["notes"]
    assert note["code"] == "code.written"
    for party in (PRESS, BOTTLER):
        assert party in note["text"]["en"]
    mine = client.get("/answer", params={"id": MILK}, headers=bearer(platform, "press", PRESS))
    assert mine.json()["subject"]["canonical"] == own_names.raw_name(PRESS, MILK)
    assert mine.json()["origins"] or mine.json()["whereabouts"]
    client.post("/sign-in", data={"name": "boss", "password": boss["Authorization"].split()[1]})
    for path in ("/trace?direction=forward&thing=", "/scope?thing="):
        page = html.unescape(client.get(path + quote(MILK), headers=HTML).text)
        assert "all capturers who wrote so (2) are in this" in page
    page = html.unescape(client.get(f"/thing?id={quote(MILK)}", headers=HTML).text)
    assert "the same text is of several capturers" in page


def test_a_terminal_finds_it(client: Client, migrated_database: str, tmp_path: Path) -> None:
    assert client
    given = {"SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(tmp_path)}
    for words in (("scope", MILK), ("trace", MILK, "--direction", "forward")):
        done = subprocess.run(
            [Path(sys.executable).parent / "suyuan", "--lang", "en", *words],
            env={**os.environ, "COLUMNS": "200", **given},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{MILK} cannot be read and is recorded as it was written; ")


def test_of_many_codes_at_once_ones_own_are_found_within_the_bound(
    client: Client, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of codes that nobody can read must not be millions of look-ups."""
    monkeypatch.setattr(written, "MOST_NAMES", 1)
    asked = {"thing": [MILK, WRONG, LONE]}
    found = client.get("/scope", params=asked, headers=bearer(platform, "b", BOTTLER)).json()
    own = {line["thing"] for line in found["lines"]}
    assert len(own) == len(TEXTS)
    assert all(own_names.split_name(name)[1][0] == BOTTLER for name in own)  # type: ignore[index]
