"""A mirror against the database: its retention, what moved, and what is evidence and stays."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from logged import report_all
from test_mirroring import content
from test_retention import BUNDLES, age, mirrored, promise_of, verified
from test_shifted import PUT_IN, TAKEN_OUT, attack
from test_years import Years

from suyuan import index, ledger
from suyuan.kit import SuyuanError
from suyuan.kit.damage import Damage
from suyuan.service import (
    OPERATOR,
    Platform,
    examine,
    mirror_to,
    publish,
    rebuild,
    receipt,
    retain,
)
from suyuan.store import Store
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.receipt import chosen
from suyuan.tlog.retained import PROMISE, RETENTION

EVENTS = 1_100


@pytest.fixture
def aged(platform: Platform) -> Platform:
    """520 entries, of which the first 300 are a hundred days old, in a published log."""
    report_all(platform, range(520))
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())
    age(platform, 300, timedelta(days=100))
    publish(platform)
    index.catch_up(platform.store)
    return platform


def of_mirror(platform: Platform, folder: Path) -> list[Damage]:
    found = examine(platform, mirror=folder).damages
    return [each for each in found if each.code.startswith("mirror.")]


def same_as_verified(platform: Platform, folder: Path) -> set[str]:
    """The files that the doctor names, which are those that anybody with the key finds."""
    told = {str(Path(each.place).relative_to(folder)) for each in of_mirror(platform, folder)}
    assert told == {each.path for each in verified(platform, folder).damages}
    return told


def test_what_a_mirror_says_of_its_retention_is_held_against_what_the_log_signed(
    aged: Platform, tmp_path: Path
) -> None:
    folder = mirrored(aged, tmp_path / "mirror")
    assert same_as_verified(aged, folder) == set()
    for said in (
        b"days 98\nfirst 256\n",
        b"days 99\nfirst 0\n",
        b"days 99\nfirst 512\n",
        b"x",
        b"",
    ):
        (folder / RETENTION).write_bytes(said)
        assert same_as_verified(aged, folder) == {RETENTION}
        (damage,) = of_mirror(aged, folder)
        assert damage.code in {"mirror.retention-unsigned", "mirror.retention", "tlog.number"}
        assert str(folder) in damage.cure.en
    mirror_to(aged, folder)
    assert same_as_verified(aged, folder) == set()
    (folder / RETENTION).unlink()
    (folder / BUNDLES[1]).unlink()
    assert same_as_verified(aged, folder) == {BUNDLES[1]}, "its rule withholds the first alone"
    mirror_to(aged, folder)
    (folder / RETENTION).unlink()
    (folder / PROMISE).unlink()
    assert same_as_verified(aged, folder) == {BUNDLES[0]}, "without its receipt no rule counts"


def test_what_is_no_receipt_of_the_rule_is_told_and_nothing_lacks_by_it(
    aged: Platform, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    mirror_to(aged, older)
    folder = mirrored(aged, tmp_path / "mirror")
    true = (folder / PROMISE).read_bytes()
    others = {
        "of an event": receipt(aged, 3, OPERATOR) or b"",
        "without what is said": chosen(true, ["act"]),
        "torn": true[:-40],
        "empty": b"",
        "of another log": promise_of(ed25519_key("other.example/log", bytes(range(32)))),
    }
    for name, data in others.items():
        (folder / PROMISE).write_bytes(data)
        assert same_as_verified(aged, folder) == {BUNDLES[0], PROMISE, RETENTION}, name
    (older / PROMISE).write_bytes(true)  # a mirror of before the rule has not its entry
    assert same_as_verified(aged, older) == {PROMISE}


def test_an_older_rule_that_the_log_signed_is_no_damage_to_the_mirror_of_then(
    aged: Platform, tmp_path: Path
) -> None:
    folder = mirrored(aged, tmp_path / "mirror")
    retain(aged, 500)
    publish(aged)
    assert same_as_verified(aged, folder) == set()


@pytest.fixture
def many(platform: Platform) -> Platform:
    """Events of four full tiles and a part, published and indexed."""
    report_all(platform, range(1, EVENTS + 1))
    publish(platform)
    index.catch_up(platform.store)
    return platform


@pytest.mark.parametrize("statement", [PUT_IN, TAKEN_OUT], ids=["put in", "taken out"])
def test_all_files_behind_a_shift_are_one_finding_with_its_place_and_their_number(
    many: Platform, tmp_path: Path, statement: str
) -> None:
    folder, at = tmp_path / "mirror", random.Random(11).randrange(300, 500)
    mirror_to(many, folder)
    attack(many, statement.format(at=at))
    found = of_mirror(many, folder)
    (shifted,) = [each for each in found if each.code == "mirror.shifted"]
    assert shifted.position == at
    assert f"8 files from position {at} on" in shifted.text.en
    assert f"从位置 {at} 起的 8 个文件" in shifted.text.zh
    assert "evidence" in shifted.cure.en
    assert {Path(each.place).name for each in found} == {"checkpoint", "001"}


@pytest.mark.parametrize("at", [257, 512, 513])
def test_a_shift_at_the_border_of_a_file_is_one_finding_too(
    many: Platform, tmp_path: Path, at: int
) -> None:
    mirror_to(many, tmp_path / "mirror")
    attack(many, TAKEN_OUT.format(at=at))
    found = of_mirror(many, tmp_path / "mirror")
    assert sorted(each.code for each in found) == ["mirror.file", "mirror.shifted"]
    (shifted,) = [each for each in found if each.code == "mirror.shifted"]
    assert shifted.position == at


def test_what_was_altered_behind_a_shift_is_told_by_itself(many: Platform, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror_to(many, folder)
    torn, flipped = folder / "tile/entries/002", folder / "tile/0/003"
    torn.write_bytes(torn.read_bytes()[:-1])
    flipped.write_bytes(flipped.read_bytes()[:-32] + bytes(32))
    attack(many, PUT_IN.format(at=100))
    found = of_mirror(many, folder)
    (shifted,) = [each for each in found if each.code == "mirror.shifted"]
    assert "7 files" in shifted.text.en
    alone = {each.place for each in found if each.code == "mirror.file"}
    entries = folder / "tile/entries/003"  # its tile says otherwise, so nobody knows which is true
    assert alone == {str(each) for each in (folder / "checkpoint", torn, flipped, entries)}


def test_two_places_are_two_findings(many: Platform, tmp_path: Path) -> None:
    mirror_to(many, tmp_path / "mirror")
    attack(many, PUT_IN.format(at=700))
    again = PUT_IN.removeprefix("alter table ledger.leaf drop constraint leaf_entry_key; ")
    attack(many, again.format(at=100).replace("-900", "-901"))
    found = of_mirror(many, tmp_path / "mirror")
    shifted = [each for each in found if each.code == "mirror.shifted"]
    assert [each.position for each in shifted] == [100, 700]
    assert ["1 further" in shifted[0].text.en, "2 further" in shifted[1].text.en] == [True, True]


def test_another_history_is_told_file_by_file(many: Platform, tmp_path: Path) -> None:
    mirror_to(many, tmp_path / "mirror")
    attack(many, "update ledger.leaf set commitment = sha256(commitment) || sha256('x')")
    found = of_mirror(many, tmp_path / "mirror")
    assert {each.code for each in found} == {"mirror.file"}
    assert len(found) == 11


def test_a_mirror_never_takes_what_was_altered_beneath_what_was_signed(
    many: Platform, tmp_path: Path
) -> None:
    """The root is made of kept hashes, and says nothing of a leaf beneath them."""
    folder, change = tmp_path / "mirror", "update ledger.leaf set at = at + interval '1 us' "
    mirror_to(many, folder)
    there = content(folder)
    attack(many, change + "where position = 300")
    for target in (folder, tmp_path / "other"):
        with pytest.raises(SuyuanError, match=r"mirror\.altered") as refused:
            mirror_to(many, target)
        assert "257" in refused.value.text.zh
        assert "512" in refused.value.text.en
        assert refused.value.found_wrong
    assert content(folder) == there
    found = of_mirror(many, folder)
    assert {each.place for each in found} == {
        str(folder / "tile/entries/001"), str(folder / "tile/0/001"),
    }  # fmt: skip
    assert all("evidence" in each.cure.en for each in found)


def test_kept_hashes_are_evidence_where_a_leaf_was_altered(many: Platform) -> None:
    attack(many, "update ledger.leaf set at = at + interval '1 us' where position = 300")
    before = nodes(many)
    with pytest.raises(SuyuanError, match=r"ledger\.rewritten") as refused:
        rebuild(many)
    assert refused.value.found_wrong
    assert nodes(many) == before
    found = examine(many).damages
    assert {"ledger.node", "ledger.rewritten"} <= {each.code for each in found}
    assert not any("rebuild" in each.cure.en for each in found)


def nodes(platform: Platform) -> list[tuple[object, ...]]:
    with platform.store.read() as conn:
        return conn.execute("select * from ledger.node order by shard, level, place").fetchall()


@pytest.fixture
def growing(platform: Platform) -> Platform:
    report_all(platform, range(1, 301))
    publish(platform)
    return platform


def test_two_who_mirror_into_one_folder_wait_for_each_other(
    growing: Platform, tmp_path: Path
) -> None:
    together = threading.Barrier(2)

    def work() -> None:
        for number in range(5):
            together.wait()
            mirror_to(growing, tmp_path / str(number))

    with ThreadPoolExecutor(2) as both:
        for each in [both.submit(work), both.submit(work)]:
            each.result()
    for number in range(5):
        assert verified(growing, tmp_path / str(number)).damages == ()


def test_what_opens_a_year_in_a_mirror_is_held_against_the_log_too(
    database: Store, tmp_path: Path
) -> None:
    years, folder = Years(database, tmp_path / "data"), tmp_path / "mirror"
    for numbers in ((1, 2, 3), (4, 5), (6,)):
        years.report(*numbers)
        publish(years.platform)
        years.turn()
    mirror_to(years.platform, folder)
    assert same_as_verified(years.platform, folder) == set()
    path, other = folder / "2027/opening", folder / "2028/opening"
    true, listed = path.read_bytes(), (folder / "shards").read_bytes()
    for damage in (true[:-9], b"", other.read_bytes(), None):
        path.unlink() if damage is None else path.write_bytes(damage)
        assert same_as_verified(years.platform, folder) == {"2027/opening"}
        mirror_to(years.platform, folder)
        assert path.read_bytes() == true
    (folder / "shards").write_bytes(listed.replace(b'"first":4', b'"first":5'))
    assert "shards" in {Path(each.place).name for each in of_mirror(years.platform, folder)}
    assert verified(years.platform, folder).damages
