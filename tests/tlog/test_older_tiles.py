"""A mirror that has grown: files of smaller trees lie in it, and every one of them is checked."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import LOG, mirror_of

from suyuan.tlog.artefact import Trust, verify_mirror
from suyuan.tlog.mirror import Damage, check_mirror, names_below
from suyuan.tlog.policy import trusting
from suyuan.tlog.retained import LogRetention
from suyuan.tlog.tiles import ENTRIES, parse_path

TRUST = trusting([LOG.vkey])


@cache
def files_of(size: int) -> dict[str, bytes]:
    return mirror_of([f"entry {at}".encode() for at in range(size)])


def damages(files: dict[str, bytes], rule: LogRetention | None = None) -> tuple[Damage, ...]:
    return check_mirror(files.get, TRUST, names=set(files), rule=rule).damages


SIZES = st.tuples(st.integers(1, 800), st.integers(1, 800)).map(sorted)


@settings(deadline=None)
@given(SIZES, st.data())
def test_a_file_of_a_smaller_tree_is_whole_or_named(sizes: list[int], data: st.DataObject) -> None:
    old, new = map(files_of, sizes)
    grown = {**old, **new}
    assert damages(grown) == ()
    left = sorted(set(grown) - set(new))
    if not left:
        return
    path = data.draw(st.sampled_from(left))
    true = grown[path]
    at = data.draw(st.integers(0, len(true) - 1))
    flipped = true[:at] + bytes([true[at] ^ data.draw(st.integers(1, 255))]) + true[at + 1 :]
    for wrong in (flipped, true[: len(true) // 2], true + b"\0"):
        assert {each.path for each in damages({**grown, path: wrong})} == {path}


@settings(deadline=None)
@given(SIZES)
def test_a_file_of_a_larger_tree_is_foreign(sizes: list[int]) -> None:
    now, later = map(files_of, sizes)
    assert {each.path for each in damages({**later, **now})} == set(later) - set(now)


def test_a_full_tile_serves_for_a_partial_one_only_where_that_lacks() -> None:
    now, later = files_of(300), files_of(512)
    path, full = "tile/0/001.p/44", "tile/0/001"
    serving = {**{name: each for name, each in now.items() if name != path}, full: later[full]}
    assert damages(serving) == ()
    assert [each.path for each in damages({**now, full: later[full]})] == [full]
    torn = bytes(32) + later[full][32:]
    assert damages({**serving, full: torn})


@pytest.mark.parametrize("name", ["note.txt", "tile/0/000.new", "tile/0/00", "2027/checkpoint"])
def test_what_is_no_file_of_a_log_is_named_as_foreign(tmp_path: Path, name: str) -> None:
    for path, data in {**files_of(204), **files_of(221), name: b"x"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    found = verify_mirror(
        lambda path: (tmp_path / path).read_bytes() if (tmp_path / path).is_file() else None,
        Trust(policy=TRUST),
        names=names_below(tmp_path),
    )
    assert [(each.path, each.code) for each in found.damages] == [(name, "mirror.foreign")]


def test_what_a_system_leaves_in_folders_is_not_asked_about(tmp_path: Path) -> None:
    hidden = ".DS_Store", "tile/.DS_Store", ".git/config", ".git/x/pack", "tile/.x/0"
    for name in (*hidden, "tile/0/000", "checkpoint"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert names_below(tmp_path) == ["checkpoint", "tile/0/000"]


def test_an_older_bundle_is_held_against_the_hashes_where_the_newer_one_is_withheld() -> None:
    """And where it is not, an older file never puts the blame on one that is right."""
    grown = {**files_of(204), **files_of(300), "retention": b"days 9\nfirst 256\n"}
    del grown["tile/entries/000"]
    rule = LogRetention(9, 256)
    assert damages(grown, rule) == ()
    path = "tile/entries/000.p/204"
    assert parse_path(path).level == ENTRIES
    wrong = grown[path].replace(b"entry 7", b"entry ?", 1)
    assert [each.path for each in damages({**grown, path: wrong}, rule)] == [path]
