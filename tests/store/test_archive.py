"""A file of parts is the file that was written, to its last byte, or it is none."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.store.archive import ArchiveError, Part, Writer, read_parts

PARTS = [Part("one", b"1" * 700), Part("two", bytes(3))]


def written(path: Path, parts: list[Part]) -> bytes:
    with Writer(path, passphrase=None) as writer:
        for each in parts:
            writer.add(each)
    return path.read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "whole"
    written(path, PARTS)
    return path


def refused(path: Path) -> str:
    with pytest.raises(ArchiveError) as caught:
        list(read_parts(path, passphrase=None))
    return caught.value.code


@given(lacking=st.integers(1, 10_240))
@example(lacking=1)
@example(lacking=512)
@example(lacking=1024)
def test_a_file_without_its_last_bytes_is_refused(whole: Path, lacking: int) -> None:
    cut = whole.with_name("cut")
    cut.write_bytes(whole.read_bytes()[:-lacking])
    assert refused(cut) in {"backup.torn", "backup.shape"}


@given(more=st.binary(min_size=1, max_size=30_000))
@example(more=b"\0")
@example(more=bytes(512))
@example(more=bytes(10_240))
def test_a_file_with_bytes_behind_its_end_is_refused(whole: Path, more: bytes) -> None:
    longer = whole.with_name("longer")
    longer.write_bytes(whole.read_bytes() + more)
    assert refused(longer) == "backup.torn"


@given(back=st.integers(1, 1024), bit=st.integers(0, 7))
def test_a_byte_changed_in_the_end_is_refused(whole: Path, back: int, bit: int) -> None:
    data = bytearray(whole.read_bytes())
    data[-back] ^= 1 << bit
    changed = whole.with_name("changed")
    changed.write_bytes(data)
    assert refused(changed) == "backup.torn"


@pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 7, 8, 9, 40])
def test_whatever_is_written_is_read_wherever_its_end_falls(tmp_path: Path, count: int) -> None:
    """Also through a pipe, where nothing can be read twice."""
    parts = [Part(str(number), os.urandom(number * 200)) for number in range(count)]
    data = written(tmp_path / "file", parts)
    assert list(read_parts(tmp_path / "file", passphrase=None)) == parts
    os.mkfifo(tmp_path / "pipe")
    writing = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writing.start()
    assert list(read_parts(tmp_path / "pipe", passphrase=None)) == parts
    writing.join()
