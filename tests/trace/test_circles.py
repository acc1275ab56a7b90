"""Circles are what going on and coming back finds, in time linear in the number of ways."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from suyuan.trace.circles import circles

SPOTS = st.integers(0, 7)
WAYS = st.dictionaries(SPOTS, st.sets(SPOTS))


def reached(onward: dict[int, set[int]], start: int) -> set[int]:
    met, waiting = {start}, [start]
    while waiting:
        more = onward.get(waiting.pop(), set()) - met
        met |= more
        waiting += more
    return met


@given(WAYS)
def test_two_lie_on_one_circle_exactly_if_each_leads_to_the_other(
    onward: dict[int, set[int]],
) -> None:
    found = circles(onward)
    far = {spot: reached(onward, spot) for spot in range(8)}
    for one, other in product(range(8), repeat=2):
        both = one != other and other in far[one] and one in far[other]
        same = one != other and one in found and found[one] == found.get(other)
        assert both == same
    assert set(found) == {
        a for a, b in product(range(8), repeat=2) if a != b and b in far[a] and a in far[b]
    }


def test_neither_a_long_chain_nor_a_long_circle_recurses_or_is_walked_again() -> None:
    looked = defaultdict[int, int](int)

    class Ways(dict[int, list[int]]):
        def get(self, at: int, default: Iterable[int] = ()) -> Iterable[int]:  # type: ignore[override]
            looked[at] += 1
            return super().get(at, default)

    count = 100_000
    chain = Ways({at: [at + 1] for at in range(count)})
    assert circles(chain) == {}
    assert max(looked.values()) == 1
    chain[count] = [0]
    assert len(circles(chain)) == count + 1
    assert len(set(circles(chain).values())) == 1
