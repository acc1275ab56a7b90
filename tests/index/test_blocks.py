"""What stands at positions is found again from its blocks, however it came."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.index.apply import SQL
from suyuan.index.blocks import SPAN, Blocks, keep, packed, spread
from suyuan.store import Store

members = st.sets(st.integers(-(2**31), 2**31 - 1), max_size=6)
places = st.dictionaries(st.integers(0, 4 * SPAN), members, min_size=1, max_size=200)
TABLE = Blocks(take=SQL.take_terms, copy=SQL.copy_terms)


def said(given: Mapping[int, set[int]]) -> list[tuple[int, int]]:
    return sorted((position, member) for position, some in given.items() for member in some)


@given(places)
def test_blocks_say_of_each_position_what_stood_there(given: Mapping[int, set[int]]) -> None:
    rows = list(packed(given.items()))
    assert sorted(spread(rows)) == said(given)
    assert len({block for block, _, _ in rows}) == len(rows)
    for _, standing, bits in rows:
        assert standing == sorted(set(standing))
        assert len(bits) == len(standing)
        assert 0 not in bits
        assert all(-(2**63) <= each < 2**63 for each in bits)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(given=places, cuts=st.sets(st.integers(0, 4 * SPAN), max_size=12))
def test_however_it_comes_in_batches_the_blocks_say_the_same_and_are_one_row_once_over(
    database: Store, given: Mapping[int, set[int]], cuts: set[int]
) -> None:
    with database.write() as conn:
        conn.execute("truncate index.term")
        after = -1
        for cut in sorted({*cuts, max(given)}):
            batch = {at: some for at, some in given.items() if after < at <= cut}
            if batch:
                keep(conn, TABLE, batch, after=after)
                after = max(batch)
        rows = conn.execute("select block, terms, places from index.term").fetchall()
    assert sorted(spread(rows)) == said(given)
    over = [block for block, _, _ in rows if block < (after + 1) // SPAN]
    assert len(over) == len(set(over))


@pytest.mark.parametrize("last", [SPAN - 2, SPAN - 1, SPAN, SPAN + 1])
def test_a_block_that_came_position_by_position_is_one_row_when_it_is_over(
    database: Store, last: int
) -> None:
    with database.write() as conn:
        for position in range(last + 1):
            keep(conn, TABLE, {position: {1, -position}}, after=position - 1)
        rows = conn.execute("select block, terms, places from index.term").fetchall()
    assert len(rows) == (last + 1 if last < SPAN - 1 else 1 + (last + 1) % SPAN)
    assert sorted(spread(rows)) == said({at: {1, -at} for at in range(last + 1)})
