"""`suyuan ledger mirror` onto what is there: an older mirror, a damaged one, another history's."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from installed import opened
from logged import report_all
from psycopg.conninfo import conninfo_to_dict

from suyuan.kit import SuyuanError
from suyuan.service import Platform, examine, log_keys, mirror_to, publish
from suyuan.tlog.artefact import Trust, verify_mirror
from suyuan.tlog.mirror import names_below
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.policy import trusting

Copies = Callable[[str], AbstractContextManager[str]]
Grown = Callable[[str, Sequence[int]], Platform]
SIZES = (4, 9, 260)
"""With parts of bundles and tiles in the mirror of the last that are of the ones before."""


@pytest.fixture(scope="module")
def begun(
    copy_database: Copies, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """An installation that has published and mirrored as it grew."""
    folder = tmp_path_factory.mktemp("begun")
    with copy_database(migrated_template) as dsn:
        with opened(dsn, folder) as platform:
            for before, size in zip((0, *SIZES), SIZES, strict=False):
                report_all(platform, range(before + 1, size + 1))
                publish(platform)
                mirror_to(platform, folder / "mirror")
        yield str(conninfo_to_dict(dsn)["dbname"]), folder


@pytest.fixture
def grown(begun: tuple[str, Path], copy_database: Copies, tmp_path: Path) -> Iterator[Grown]:
    """Copies of it, with its keys, which go on each with events of its own."""
    with ExitStack() as stack:

        def go_on(name: str, numbers: Sequence[int]) -> Platform:
            shutil.copytree(begun[1], tmp_path / name)
            dsn = stack.enter_context(copy_database(begun[0]))
            platform = stack.enter_context(opened(dsn, tmp_path / name))
            if numbers:
                report_all(platform, numbers)
                publish(platform)
            return platform

        yield go_on


def mirror_of(platform: Platform) -> Path:
    return platform.config.data_dir / "mirror"


def wrong_in(platform: Platform, folder: Path) -> set[str]:
    """What whoever has only the files and the keys finds."""

    def read(name: str) -> bytes | None:
        return (folder / name).read_bytes() if (folder / name).is_file() else None

    trust = Trust(policy=trusting([parse_vkey(key) for key in log_keys(platform)]))
    proven = verify_mirror(read, trust, names=names_below(folder))
    return {each.path for each in proven.damages}


def told(platform: Platform, folder: Path) -> set[str]:
    found = examine(platform, mirror=folder).damages
    return {str(Path(each.place).relative_to(folder)) for each in found}


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names_below(folder)}


def test_each_older_file_that_is_torn_or_flipped_is_named_and_made_right(grown: Grown) -> None:
    platform, draw = grown("one", ()), random.Random(3)
    folder = mirror_of(platform)
    whole = content(folder)
    older = [f"tile/{level}/000.p/{size}" for level in ("0", "entries") for size in SIZES[:2]]
    assert set(older) < set(whole)
    assert (wrong_in(platform, folder), told(platform, folder)) == (set(), set())
    for name in older:
        true, at = whole[name], draw.randrange(len(whole[name]))
        flipped = true[:at] + bytes([true[at] ^ 1 << draw.randrange(8)]) + true[at + 1 :]
        for torn in (flipped, true[: len(true) // 2], b""):
            (folder / name).write_bytes(torn)
            assert (wrong_in(platform, folder), told(platform, folder)) == ({name}, {name})
            mirror_to(platform, folder)
            assert content(folder) == whole


def test_what_is_foreign_is_named_and_left_and_what_a_killed_run_left_goes(grown: Grown) -> None:
    platform = grown("one", ())
    folder = mirror_of(platform)
    for name in ("note.txt", "tile/0/000.p/7.new", "tile/0/009"):
        (folder / name).write_bytes(b"x")
    named = {"note.txt", "tile/0/000.p/7.new", "tile/0/009"}
    assert (wrong_in(platform, folder), told(platform, folder)) == (named, named)
    mirror_to(platform, folder)
    left = {"note.txt", "tile/0/009"}
    assert (wrong_in(platform, folder), told(platform, folder)) == (left, left)


def test_a_mirror_that_ran_ahead_of_its_checkpoint_is_right_for_the_database(grown: Grown) -> None:
    platform = grown("one", ())
    folder = mirror_of(platform)
    behind = (folder / "checkpoint").read_bytes()
    report_all(platform, [900])
    publish(platform)
    mirror_to(platform, folder)
    (folder / "checkpoint").write_bytes(behind)  # as a run that was killed leaves it
    assert told(platform, folder) == set()
    assert wrong_in(platform, folder)
    mirror_to(platform, folder)
    assert wrong_in(platform, folder) == set()


@pytest.mark.parametrize(
    "theirs", [(801, 802), (801, 802, 803), (801,)], ids=["as long", "longer", "shorter"]
)
def test_a_mirror_of_another_history_is_refused_and_left_as_it_is(
    grown: Grown, theirs: Sequence[int]
) -> None:
    ours, other = grown("ours", (901, 902)), grown("other", theirs)
    folder = mirror_of(other)
    mirror_to(other, folder)
    there = content(folder)
    with pytest.raises(SuyuanError) as refusal:
        mirror_to(ours, folder)
    assert (refusal.value.code, refusal.value.found_wrong) == ("mirror.other", True)
    assert str(260 + len(theirs)) in refusal.value.text.en
    assert "262" in refusal.value.text.zh
    assert content(folder) == there
    found = examine(ours, mirror=folder).damages
    assert found
    assert not any(str(folder) in each.cure.en for each in found), "a cure that would be refused"


def test_a_mirror_of_before_a_restored_database_is_not_taken_back(grown: Grown) -> None:
    """The folder's checkpoint is of more than the database has published."""
    ahead, behind = grown("ahead", (901,)), grown("behind", ())
    mirror_to(ahead, mirror_of(ahead))
    there = content(mirror_of(ahead))
    with pytest.raises(SuyuanError, match=r"mirror\.other"):
        mirror_to(behind, mirror_of(ahead))
    assert content(mirror_of(ahead)) == there


def test_a_mirror_of_another_log_is_refused_and_a_torn_checkpoint_is_made_again(
    grown: Grown, copy_database: Copies, migrated_template: str, tmp_path: Path
) -> None:
    platform = grown("one", ())
    folder = mirror_of(platform)
    there = content(folder)
    with copy_database(migrated_template) as dsn, opened(dsn, tmp_path / "new") as stranger:
        report_all(stranger, (1, 2))
        publish(stranger)
        with pytest.raises(SuyuanError) as refusal:
            mirror_to(stranger, folder)
    assert (refusal.value.code, refusal.value.found_wrong) == ("mirror.other", False)
    assert content(folder) == there
    (folder / "checkpoint").write_bytes(there["checkpoint"][:20])
    mirror_to(platform, folder)
    assert content(folder) == there
