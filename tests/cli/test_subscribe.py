"""`suyuan subscribe`: subscriptions made, listed, wound back and removed at the machine."""

import json
from pathlib import Path

import pytest
from cli_calls import Run, here

from suyuan.service import Config, name_query, on_store, viewer_for
from suyuan.store import StoreSettings, open_store

PARTY = "urn:suyuan:party:shop"
DEST = "https://127.0.0.1/hook?token=hidden"


def test_a_subscription_is_made_listed_wound_back_and_removed(
    migrated_database: str, tmp_path: Path
) -> None:
    with open_store(StoreSettings(data_dir=Path(), database_url=migrated_database)) as store:
        platform = on_store(store, Config(data_dir=tmp_path))
        name_query(platform, "out", {}, viewer_for(platform, PARTY), extensions={})
    given = {"SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(tmp_path)}
    suyuan: Run = here(**given, SUYUAN_ALLOW_NETWORKS="10.0.0.0/8 127.0.0.0/8")
    add = ("subscribe", "add", "out", DEST, "--party", PARTY)

    made = json.loads(suyuan(*add, "--json").stdout)
    number = made["id"]
    assert made["signatureToken"].startswith("whsec_")
    said = suyuan(*add, "--hour", "1", "--minute", "[0-5]")
    assert "whsec_" in said.stdout
    listed = suyuan("subscribe", "list", "--party", PARTY)
    assert "hidden" not in listed.stdout
    assert "whsec_" not in listed.stdout
    found = [json.loads(line) for line in suyuan("subscribe", "list", "--json").stdout.splitlines()]
    assert {each["query"] for each in found} == {"out"}
    assert len(found) == 2
    for words in (("--position", "7"), ("--from", "never"), ("--position", "-1")):
        assert suyuan("subscribe", "replay", number, *words).returncode == 2
    assert "0" in suyuan("subscribe", "replay", number, "--from", "2026-01-01").stdout
    rotated = json.loads(suyuan("subscribe", "rotate", number, "--json").stdout)
    assert rotated["signatureToken"] != made["signatureToken"]
    assert [suyuan("subscribe", "remove", number).returncode for _ in range(2)] == [0, 2]

    for wrong in (("--hour", "24"), ("--report-if-empty",), ("--from", "never")):
        done = suyuan(*add, *wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
    assert here(**given)(*add).returncode == 2, "nothing inside is reached unless it is allowed"


@pytest.mark.parametrize(("lang", "between"), [("en", ". Compare it"), ("zh", "。请与")])
def test_what_is_odd_about_the_query_is_told_in_sentences_parted_as_the_language_does(
    migrated_database: str, tmp_path: Path, lang: str, between: str
) -> None:
    wrong = {"MATCH_epc": ["https://id.gs1.org/01/06901234567893/21/A1"]}
    with open_store(StoreSettings(data_dir=Path(), database_url=migrated_database)) as store:
        platform = on_store(store, Config(data_dir=tmp_path))
        name_query(platform, "odd", wrong, viewer_for(platform, PARTY), extensions={})
    given = {"SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(tmp_path)}
    suyuan: Run = here(**given, SUYUAN_LANG=lang, SUYUAN_ALLOW_NETWORKS="127.0.0.0/8")
    done = suyuan("subscribe", "add", "odd", DEST, "--party", PARTY)
    assert done.returncode == 0
    assert between in done.stderr, done.stderr
