"""Of stock that came in once and left later, the order of its log changes no bound."""

from decimal import Decimal
from itertools import chain, combinations

from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.trace.flows import Flow
from suyuan.trace.material import bounds
from suyuan.trace.shelves import KEPT
from suyuan.trace.types import LinkKind, Pool
from suyuan.trace.vessel import most_of_whole

ASKED, OTHER, STOCK, AWAY = (Pool(name, "p1", "s1") for name in ("a", "b", "c", "d"))
MAKING = Pool("", container="f1")
amounts = st.integers(0, 4).map(Decimal)
leaving = st.lists(st.tuples(st.integers(0, 3), amounts), max_size=3)


def flow(kind: LinkKind, source: Pool, target: Pool, at: int, much: Decimal) -> Flow:
    return Flow(
        kind=kind,
        source=source,
        target=target,
        left=(at, at),
        came=(at, at),
        sent=much,
        got=much,
        unit="KGM",
        certain=True,
        reached=source != OTHER,
        takes=True,
        entries=(at,),
    )


@given(amounts, amounts, leaving)
def test_what_came_in_once_is_bounded_as_its_log_has_it(
    asked: Decimal, other: Decimal, left: list[tuple[int, Decimal]]
) -> None:
    came = 1
    flows = [
        flow(LinkKind.INPUT, ASKED, MAKING, came, asked),
        flow(LinkKind.INPUT, OTHER, MAKING, came, other),
        flow(LinkKind.OUTPUT, MAKING, STOCK, came, asked + other),
        *(flow(LinkKind.MOVED, STOCK, AWAY, at, much) for at, much in left),
    ]
    drawn = bounds(flows, {ASKED: True})
    is_later = all(at >= came for at, _ in left)
    is_enough = sum((much for _, much in left), Decimal(0)) <= asked + other
    shelf = drawn.net.shelves[STOCK]
    assert shelf.is_lone is (is_later and is_enough)
    assume(is_later and is_enough)
    numbers = (*range(3, len(flows)), KEPT)
    sizes = range(1, len(numbers) + 1)
    for side in (drawn.asked, drawn.other):
        whole = side.log(shelf).whole
        for some in chain.from_iterable(combinations(numbers, size) for size in sizes):
            slowly = most_of_whole(whole, {"of it"}, {str(n) for n in some})
            assert side.drawn(shelf, some) == slowly
