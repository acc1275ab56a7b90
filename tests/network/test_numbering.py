"""Keys are numbered in the order in which they come, and each is found by the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from suyuan.network.numbering import Numbering, joined, none, numbered

keys = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
coming = st.lists(keys, max_size=20)


def told(numbering: Numbering) -> dict[int, int]:
    """Each key's number."""
    return dict(zip(numbering.keys.tolist(), numbering.numbers.tolist(), strict=True))


def ints(numbers: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, np.int64)


@given(st.lists(coming, min_size=1, max_size=4), coming)
def test_whatever_comes_in_whatever_parts_is_numbered_as_it_first_came(
    parts: list[list[int]], strange: list[int]
) -> None:
    whole, expected = none(), {}
    for part in parts:
        for key in part:
            expected.setdefault(key, len(expected))
        more, each = numbered(whole, ints(part))
        assert each.tolist() == [expected[key] for key in part]
        whole = joined(whole, more)
    assert told(whole) == expected
    assert (np.diff(whole.keys.astype(object)) > 0).all()
    asked = [*expected, *strange]
    assert whole.numbers_of(ints(asked)).tolist() == [expected.get(key, -1) for key in asked]
    assert whole.keys_of(np.arange(len(expected), dtype=np.int32)).tolist() == [*expected]
