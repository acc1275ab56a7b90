"""The engine's indexes give what plain loops give, at sizes that random histories do not reach."""

from math import inf

from engines import at_both_lengths, holds
from histories import documents, holders, record, spans
from hypothesis import strategies as st

from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.trace.intervals import Intervals
from suyuan.trace.pairing import pairs
from suyuan.trace.places import agree
from suyuan.trace.takings import Takings
from suyuan.trace.times import Told, high, last_end_by, low, meeting, timeline
from suyuan.trace.unite import united

Ends = tuple[float, float]

ticks = st.integers(0, 30)
ends = st.tuples(ticks, st.one_of(ticks, st.just(inf))).map(lambda e: (min(e), max(e)))
bounds = st.one_of(ticks, st.just(inf), st.just(-inf))


@at_both_lengths
def test_intervals_meeting_another_are_found_once_each_by_start(examples: int) -> None:
    def check(given: list[Ends], asked: Ends) -> None:
        lo, hi = asked
        found = list(Intervals(given, lambda each: each).meeting(lo, hi))
        assert sorted(found) == sorted(each for each in given if each[0] <= hi and lo <= each[1])
        assert [each[0] for each in found] == sorted(each[0] for each in found)

    holds(check, examples, st.lists(ends, max_size=60), ends)


@at_both_lengths
def test_takings_hand_out_each_fitting_item_once(examples: int) -> None:
    def check(given: list[Ends], asked: list[tuple[float, float]]) -> None:
        shelf = Takings(
            list(range(len(given))),
            latest=[hi for _, hi in given],
            earliest=[lo for lo, _ in given],
            entries=[(number % 5,) for number in range(len(given))],
        )
        left = set(range(len(given)))
        for at_least, at_most in asked:
            fitting = {i for i in left if given[i][1] >= at_least and given[i][0] <= at_most}
            assert sorted(shelf.take(at_least, at_most)) == sorted(fitting)
            left -= fitting
        assert sorted(shelf.take_shared((1, 3, 1))) == sorted(i for i in left if i % 5 in {1, 3})
        assert sorted(shelf.take(-inf, inf)) == sorted(i for i in left if i % 5 not in {1, 3})
        assert list(shelf.take(-inf, inf)) == []

    asked = st.lists(st.tuples(bounds, bounds), max_size=6)
    holds(check, examples, st.lists(ends, max_size=60), asked)


def told(fact: Fact) -> Told:
    return Told(
        fact, (fact.entry,), frozenset({fact.capturer}), fact.held, low(fact.when), high(fact.when)
    )


moved = st.fixed_dictionaries(
    {
        "kind": st.just(FactKind.MOVED),
        "thing": st.just("lot1"),
        "side": st.sampled_from((Side.SENT, Side.RECEIVED)),
        "when": spans(),
        "before": holders,
        "after": holders,
        "document": documents,
    }
)


def can_be_one(s: Told, r: Told) -> bool:
    a, b = s.fact, r.fact
    if not (agree(a.before, b.before) and agree(a.after, b.after)):
        return False
    if a.document and b.document:
        return bool(set(a.document) & set(b.document))
    return s.lo <= r.hi


@at_both_lengths
def test_pairs_are_those_that_a_double_loop_finds(examples: int) -> None:
    def check(lines: list[dict[str, object]]) -> None:
        items = [told(fact) for fact in record([(line,) for line in lines])]
        sent = [item for item in items if item.fact.side is Side.SENT]
        received = [item for item in items if item.fact.side is Side.RECEIVED]
        found = [(s.fact.entry, r.fact.entry) for s, r in pairs(sent, received)]
        assert len(found) == len(set(found))
        assert set(found) == {
            (s.fact.entry, r.fact.entry) for s in sent for r in received if can_be_one(s, r)
        }

    holds(check, examples, st.lists(moved, max_size=40))


@at_both_lengths
def test_a_timeline_finds_what_a_loop_finds(examples: int) -> None:
    def check(lines: list[dict[str, object]], lo: int, hi: int) -> None:
        items = [told(fact) for fact in record([(line,) for line in lines])]
        line = timeline(items)
        at = sorted(low(item.fact.when) for item in items if item.lo > -inf) or [0.0]
        start, end = at[lo % len(at)], at[hi % len(at)]
        assert {id(t) for t in meeting(line, start, end)} == {
            id(t) for t in items if t.lo <= end and t.hi >= start
        }
        assert last_end_by(line, end) == max((t.hi for t in items if t.hi <= end), default=-inf)

    holds(check, examples, st.lists(moved, max_size=40), ticks, ticks)


@at_both_lengths
def test_united_names_go_by_the_smallest_of_their_group(examples: int) -> None:
    def check(given: list[tuple[int, int]]) -> None:
        names = united(given)
        groups = [{a, b} for a, b in given]
        for _ in given:
            groups = [set().union(*(g for g in groups if g & group)) for group in groups]
        assert names == {name: min(group) for group in groups for name in group}

    holds(check, examples, st.lists(st.tuples(ticks, ticks), max_size=30))


def test_unknown_halves_agree_with_anything_and_known_ones_only_with_themselves() -> None:
    assert agree(Holder("p1"), Holder(None, "s1"))
    assert agree(None, Holder("p1", "s1"))
    assert not agree(Holder("p1", "s1"), Holder("p1", "s2"))
