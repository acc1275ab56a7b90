"""A file of the database that is damaged below the rows: told as that, by every command."""

import json
from pathlib import Path

import psycopg
import pytest
from running import Serving
from sending import documents

PAGE_HEADER = 24


def file_of(serving: Serving, table: str) -> Path:
    with psycopg.connect(serving.dsn) as conn:
        row = conn.execute("select pg_relation_filepath(%s)", (table,)).fetchone()
    assert row is not None
    return serving.place.data / row[0]


@pytest.mark.parametrize("table", ["record.entry", "ledger.leaf"])
def test_a_damaged_page_is_named_with_its_table_and_cure(home: Path, table: str) -> None:
    serving = Serving(home)
    serving.start()
    sent = next(documents(2, among=range(40)))
    assert serving.capture(sent.body, request_key=sent.request_key).status == 202
    path = file_of(serving, table)
    assert serving.stop() == 0
    with path.open("r+b") as file:
        file.write(b"\xff" * PAGE_HEADER)
    deep = serving.tried("doctor", "--deep", "--json")
    assert deep.returncode == 1, deep.stderr
    named = [each for each in json.loads(deep.stdout)["damages"] if each["code"] == "store.page"]
    assert {each["place"] for each in named} == {table}
    assert all("suyuan restore" in each["cure"]["en"] for each in named)
    for words in (["backup", str(home / "b")], ["reindex"]):
        done = serving.tried(*words)
        assert done.returncode == 2, done.stdout
        assert "(store.page)" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
    assert [*(home / "b").iterdir()] == []
