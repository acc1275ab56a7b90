"""`suyuan doctor --deep`: clean where nothing was touched, and every damage by its place."""

# ruff: noqa: S608 -- a damage is SQL

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from installed import opened
from logged import report_all
from psycopg.conninfo import conninfo_to_dict

from suyuan import index
from suyuan.record.bodies import Body, Unpress
from suyuan.service import (
    Platform,
    examine,
    mirror_to,
    publish,
    rebuild,
    reindex,
)
from suyuan.service.asking import SQL

Copies = Callable[[str], AbstractContextManager[str]]
Opened = Callable[[str | None], AbstractContextManager[Platform]]

EVENTS = 300
THIRD = "(select entry from ledger.leaf where position = 3)"

ROWS = {
    "record.changed": f"update record.entry set body = set_byte(body, length(body) - 1, "
    f"get_byte(body, length(body) - 1) # 1) where id = {THIRD}",
    "record.deleted": f"delete from record.entry where id = {THIRD}",
    "record.unproven": f"update record.entry set secret = null where id = {THIRD}",
    "record.unlogged": "delete from ledger.leaf where position = 300; "
    "update ledger.head set size = 299",
    "record.changed by its dictionary": "update record.dictionary set body = sha256(body)",
    "record.changed without it": "delete from record.dictionary",
    "record.job": f"update record.entry set job = gen_random_uuid() where id = {THIRD}",
    "record.counts": """update capture.job set counts = '{"accepted": 7}'""",
    "ledger.gap": "delete from ledger.leaf where position = 3",
    "ledger.head": "update ledger.head set size = size + 1",
    "ledger.shorter": "delete from ledger.leaf where position > 290; "
    "update ledger.head set size = 290",
    "ledger.rewritten": "update ledger.leaf set at = at + interval '1 us' where position = 300",
    "ledger.node": "update ledger.node set hash = sha256(hash)",
    "ledger.checkpoint": "update ledger.checkpoint set note = set_byte(note, length(note) - 9, "
    "get_byte(note, length(note) - 9) # 1)",
    "state.withdrawn": "insert into state.withdrawn (identity, entry) values ('\\x00', -1)",
    "state.bundle": "insert into state.bundle (thing, bundle, since) values (1, 2, 3)",
    "index.differs": "delete from index.act where position = 3",
    "index.beyond": "update index.cursor set position = position + 1",
}
INDEX = {
    "act 3": "update index.act set tails = 'x' where position = 3",
    "act gone": "delete from index.act where position = 300",
    "act twice": "insert into index.act select * from index.act where position = 5",
    "act stray": "update index.act set position = position + 1000 where position = 5",
    "mention": "insert into index.mention values (0, array[1], array[2])",
    "link": "insert into index.link select 1, 1, now(), now(), 5, 5, 1",
    "declaration": "insert into index.declaration select 5, 5, 5, 5, true",
    "withdrawal": "insert into index.withdrawal values (5, 5, 5)",
    "value": "delete from index.value where kind = 0",
    "mention stray": "insert into index.mention values (-1, array[1], array[2])",
    "value shown": "update index.shown set places = places || 1023::smallint",
    "value not shown": "delete from index.shown",
    "term": "update index.term set terms = terms || 5, places = places || 32::bigint",
    "term place": "update index.term set places[1] = places[1] # 32",
    "term stray": "update index.term set block = block + 1000 where block = 0",
    "period": "update index.period set latest = earliest where block = 0",
    "period recorded": "update index.period set (recorded_first, recorded_last) = "
    "(timestamptz '2000-01-01', timestamptz '2000-01-01')",
    "period gone": "delete from index.period where block = 1",
    "vocabulary": "insert into index.vocabulary values (1, 'p', 't', 'n', 1, '{}', '{}')",
    "names": "update index.name set uri = uri || 'x'",
    "holders": "update index.holder set party = party || 'x'",
}
BY_JOB = {("Seq Scan", "entry"), ("Seq Scan", "erasure")}


@pytest.fixture(scope="module")
def whole(
    copy_database: Copies, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Three hundred events, published, mirrored and indexed: a full tile and a part of one."""
    folder = tmp_path_factory.mktemp("whole")
    with copy_database(migrated_template) as dsn:
        with opened(dsn, folder) as platform:
            report_all(platform, range(1, EVENTS + 1))
            publish(platform)
            index.catch_up(platform.store)
            mirror_to(platform, folder / "mirror")
        yield str(conninfo_to_dict(dsn)["dbname"]), folder


@pytest.fixture
def damaged(whole: tuple[str, Path], copy_database: Copies, tmp_path: Path) -> Opened:
    """A copy of the whole installation, after a statement by somebody with every right."""

    @contextmanager
    def copied(statement: str | None) -> Iterator[Platform]:
        shutil.copytree(whole[1], tmp_path / "copy")
        with copy_database(whole[0]) as dsn:
            if statement is not None:
                with psycopg.connect(dsn) as conn:
                    conn.execute(statement.encode())
            with opened(dsn, tmp_path / "copy") as platform:
                yield platform

    return copied


def mirror_of(platform: Platform) -> Path:
    return platform.config.data_dir / "mirror"


def test_what_nobody_touched_is_clean(damaged: Opened) -> None:
    seen: list[int] = []
    with damaged(None) as platform:
        found = examine(platform, mirror=mirror_of(platform), progress=seen.append)
    assert (found.entries, found.damages) == (EVENTS, ())
    assert seen == sorted(seen)
    assert seen[-1] == 2 * EVENTS


FLIPPED = {
    "record.entry": ("id", ("body", "secret", "digest", "identity")),
    "record.head": ("id", ("body",)),
    "ledger.leaf": ("position", ("commitment",)),
    "ledger.node": ("place", ("hash",)),
    "ledger.checkpoint": ("size", ("note",)),
}


@pytest.mark.parametrize(
    "times", [pytest.param(1, id="some"), pytest.param(40, id="many", marks=pytest.mark.deep)]
)
def test_a_flipped_bit_of_any_row_is_found_and_of_none_once_it_is_back(
    damaged: Opened, times: int
) -> None:
    """Unless it is one of the few bits of a pressed body that say nothing (RFC 8878 §3.1.1.1.1)."""
    draw = random.Random(times)
    with damaged(None) as platform:
        said = bodies(platform)
        for table, (key, columns) in FLIPPED.items():
            for column in columns * times:
                flip = flipping(platform, table, key, column, draw)
                break_rows(platform, flip)
                if not examine(platform).damages:
                    assert (table, column) == ("record.entry", "body"), flip
                    assert bodies(platform) == said, flip
                break_rows(platform, flip)  # which sets it back
        assert examine(platform).damages == ()


def bodies(platform: Platform) -> list[Body]:
    """What all bodies of the record say."""
    with platform.store.read() as conn:
        asked = "select raw_length, normal_length, body from record.entry order by id"
        unpress = Unpress(conn)
        return [unpress.unpack(*row) for row in conn.execute(asked).fetchall()]


def flipping(platform: Platform, table: str, key: str, column: str, draw: random.Random) -> str:
    """A statement that flips one bit of one row, drawn."""
    with platform.store.read() as conn:
        asked = f"select {key}, length({column}) from {table} where length({column}) > 0 order by 1"
        number, length = draw.choice(conn.execute(asked.encode()).fetchall())
    at, bit = draw.randrange(length), 1 << draw.randrange(8)
    changed = f"set_byte({column}, {at}, get_byte({column}, {at}) # {bit})"
    return f"update {table} set {column} = {changed} where {key} = {number}"


def break_rows(platform: Platform, statement: str) -> None:
    with platform.store.write() as conn:
        conn.execute(statement.encode())


def test_an_empty_installation_is_clean(platform: Platform) -> None:
    assert examine(platform).damages == ()


@pytest.mark.parametrize("code", ROWS)
def test_a_damaged_row_is_found_with_its_place_and_cure(damaged: Opened, code: str) -> None:
    with damaged(ROWS[code]) as platform:
        found = examine(platform, mirror=mirror_of(platform)).damages
    assert code.partition(" ")[0] in {each.code for each in found}
    assert all(each.place and each.text.zh and each.cure.zh and each.cure.en for each in found)


def test_the_record_is_not_read_once_for_each_document(damaged: Opened) -> None:
    with damaged(None) as platform, platform.store.read() as conn:
        explain = "explain (format json) " + SQL.half_done
        ((plan,),) = conn.execute(explain.encode()).fetchall()
    whole = json.dumps(plan)
    again = [
        step["Relation Name"]
        for of in steps(plan[0]["Plan"])
        if of.get("Parent Relationship") == "SubPlan"
        and f"hashed {of['Subplan Name']}" not in whole
        for step in steps(of)
        if (step["Node Type"], step.get("Relation Name")) in BY_JOB
    ]
    assert again == []


def steps(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A step of a plan and all beneath it."""
    yield node
    for each in node.get("Plans", ()):
        yield from steps(each)


@pytest.mark.parametrize("what", INDEX)
def test_a_damaged_index_is_found_and_made_again(damaged: Opened, what: str) -> None:
    with damaged(INDEX[what]) as platform:
        found = examine(platform).damages
        assert {each.code for each in found} == {"index.differs"}
        reindex(platform)
        assert examine(platform).damages == ()


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger.node set hash = sha256(hash)",
        "insert into ledger.node values (1, 1, sha256('x'))",
        "insert into ledger.node values (3, 0, sha256('x'))",
    ],
)
def test_kept_hashes_that_differ_are_found_and_made_again(damaged: Opened, statement: str) -> None:
    with damaged(statement) as platform:
        assert "ledger.node" in {each.code for each in examine(platform).damages}
        rebuild(platform)
        assert examine(platform).damages == ()


def test_a_torn_or_flipped_file_of_a_mirror_is_found_by_its_name_and_made_again(
    damaged: Opened,
) -> None:
    draw = random.Random(7)
    with damaged(None) as platform:
        mirror = mirror_of(platform)
        for path in sorted(each for each in mirror.rglob("*") if each.is_file()):
            true = path.read_bytes()
            at = draw.randrange(len(true))
            flipped = true[:at] + bytes([true[at] ^ 1 << draw.randrange(8)]) + true[at + 1 :]
            for torn in (flipped, true[: len(true) // 2], b"", None):
                path.unlink() if torn is None else path.write_bytes(torn)
                found = examine(platform, mirror=mirror).damages
                is_head = path.name == "checkpoint"
                if not is_head or torn is not flipped:  # its signature is for who has the keys
                    assert [each.place for each in found] == [str(path)]
                mirror_to(platform, mirror)
                assert path.read_bytes() == true
        assert examine(platform, mirror=mirror).damages == ()


@pytest.mark.parametrize("name", ["log.key", "signed"])
@pytest.mark.parametrize("torn", ["flipped", "half", "empty", "gone"])
def test_a_damaged_key_file_is_found_by_its_name(damaged: Opened, name: str, torn: str) -> None:
    with damaged(None) as platform:
        path = platform.config.data_dir / "log" / name
        true = path.read_bytes()
        made = {
            "flipped": true[:70] + bytes([true[70] ^ 1]) + true[71:],
            "half": true[: len(true) // 2],
            "empty": b"",
        }
        path.unlink() if torn == "gone" else path.write_bytes(made[torn])
        found = examine(platform).damages
        assert found or (name, torn) == ("log.key", "gone")
        assert all(each.code.startswith("log.") for each in found)


def test_a_key_that_others_may_read_is_told(damaged: Opened) -> None:
    with damaged(None) as platform:
        (platform.config.data_dir / "log" / "log.key").chmod(0o644)
        assert [each.code for each in examine(platform).damages] == ["log.open"]
