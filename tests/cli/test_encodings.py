"""Lines of standard input: each is read in its own encoding, whatever comes before or behind it."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.cli import lines
from suyuan.codes.types import LONGEST

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=9)
ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
LABELLED = st.builds("{}：{}".format, CHINESE, ASCII)  # with a mark that no GB 18030 line reads so


class Given:
    """A stream that gives what came, piece by piece."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = [each for each in pieces if each]

    def read1(self, _size: int, /) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def read(*pieces: bytes) -> list[str | None]:
    return [line for batch in lines.batches(Given(pieces)) for line in batch]


def parted(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    ends = sorted({each % (len(data) + 1) for each in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(ends)]


@given(
    said=st.lists(st.one_of(LABELLED, ASCII), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]),
    cuts=st.lists(st.integers(0, 400), max_size=5),
)
def test_lines_of_one_encoding_are_read_as_they_were_written(
    said: list[str], encoding: str, cuts: list[int]
) -> None:
    data = "".join(f"{each}\n" for each in said).encode(encoding)
    assert read(*parted(data, cuts)) == said


@given(
    said=st.lists(st.tuples(LABELLED, st.booleans()), min_size=2, max_size=8),
    cuts=st.lists(st.integers(0, 400), max_size=5),
)
def test_no_line_changes_how_another_is_read(said: list[tuple[str, bool]], cuts: list[int]) -> None:
    """Files of both encodings one behind the other, in whatever pieces they come."""
    data = b"".join(f"{each}\n".encode("gb18030" if old else "utf-8") for each, old in said)
    assert read(*parted(data, cuts)) == [each for each, _ in said]


@pytest.mark.parametrize("broken", [b"\xfa\xff\xff", "批号".encode()[:-1], b"caf\xe9 6901"])
def test_a_broken_line_leaves_the_others_as_they_are(broken: bytes) -> None:
    labelled = "批号：B7".encode()
    for pieces in (
        [broken + b"\n" + labelled],
        [broken + b"\n", labelled],
        [labelled, b"\n" + broken],
    ):
        assert "批号：B7" in read(*pieces)


BOTH = "药品 81000012345678901234"  # in GB 18030 also UTF-8: ҩƷ
SURE = "批号 A1"


@pytest.mark.parametrize(
    ("encoding", "before", "after"),
    [
        ("gb18030", SURE, ""), ("gb18030", "", SURE), ("utf-8", SURE, ""), ("utf-8", "", SURE),
        ("gb18030", "6901234567892", SURE), ("utf-8-sig", "", ""), ("utf-8", "", ""),
    ],
)  # fmt: skip
def test_what_may_be_both_is_read_as_the_lines_around_it(
    encoding: str, before: str, after: str
) -> None:
    said = [before, BOTH, after, BOTH]
    data = "\n".join(said).encode(encoding)
    assert read(data) == said
    if before == SURE:  # also where each comes by itself
        assert read(*(line + b"\n" for line in data.split(b"\n"))) == said


def test_letters_of_two_bytes_stay_what_they_are_in_utf_8() -> None:
    for said in ("café 6901234567892", "Партия 12", "N° 7 · 12×3", "αβγ 1"):
        assert read(said.encode()) == [said]


def test_a_line_too_long_says_nothing_of_the_encoding() -> None:
    long = "批".encode("gb18030") * (4 * LONGEST)
    assert read(long + b"\n" + "药品".encode() + b"\n") == [None, "药品"]
