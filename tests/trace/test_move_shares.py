"""Which share of what left a holder a move carried, against plain fractions."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.trace.move_shares import Moved, shares_of

stated = st.one_of(
    st.none(), st.tuples(st.integers(0, 5).map(Decimal), st.sampled_from(("kg", "kg", None)))
)
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), stated), max_size=12)
Row = tuple[int, int, bool, Moved]


def plainly(made: list[Row]) -> tuple[list[Fraction], int]:
    """By the words of what a share is."""
    left: dict[int, list[Moved]] = defaultdict(list)
    for source, target, inside, much in made:
        if inside and source != target:
            left[source].append(much)
    shares, unweighed = list[Fraction](), 0
    for source, target, inside, much in made:
        some = left[source]
        if not inside or source == target:
            shares.append(Fraction(0))
            continue
        known = [each for each in some if each is not None]
        total = sum(Fraction(each[0]) for each in known)
        alike = len(known) == len(some) and len({each[1] for each in known}) == 1
        if much is not None and alike and total:
            shares.append(Fraction(much[0]) / total)
        else:
            shares.append(Fraction(1, len(some)))
            unweighed += 1
    return shares, unweighed


@given(rows)
def test_shares_are_those_of_plain_fractions_and_are_one_at_each_source(made: list[Row]) -> None:
    source, target, inside, much = zip(*made, strict=True) if made else ((), (), (), ())
    found = shares_of(
        np.array(source, np.int32), np.array(target, np.int32), np.array(inside, np.bool_), much
    )
    shares, unweighed = plainly(made)
    assert found.share.tolist() == pytest.approx([float(each) for each in shares])
    assert found.unweighed == unweighed
    leaves = {s for s, t, is_in, _ in made if is_in and s != t}
    for place in leaves:
        of = [
            share for share, row in zip(found.share.tolist(), made, strict=True) if row[0] == place
        ]
        assert sum(of) == pytest.approx(1)
