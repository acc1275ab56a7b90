"""Stock accounts against every way in which their entries can have been: a slow twin."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, permutations, product
from math import inf, prod
from typing import Any

from engines import at_both_lengths, holds
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from suyuan.trace.accounts.doubt import questioned, smallest
from suyuan.trace.accounts.stock import Entry, course
from suyuan.trace.accounts.types import Doubt, Suspect
from suyuan.trace.postings import INTO, OUT_OF
from suyuan.trace.types import Column, Extent, Pool

LAST = 3
ZERO = Decimal(0)
PLENTY = 9
"""More than all that is drawn can take together."""

MOST_WORLDS = 5_000

amounts = st.integers(0, 3).map(Decimal)
columns = st.sampled_from((*INTO, *OUT_OF, Column.COUNTED, Column.EMPTIED))


@st.composite
def spans(draw: st.DrawFn, *, exact: bool) -> tuple[float, float]:
    lo = draw(st.integers(0, LAST))
    if exact:
        return lo, lo
    hi = draw(st.sampled_from((lo, lo, min(lo + 1, LAST), LAST, inf)))
    return draw(st.sampled_from((lo, lo, -inf))), hi


@st.composite
def entries(draw: st.DrawFn, *, exact: bool, number: int) -> Entry:
    lo, hi = draw(spans(exact=exact))
    column = draw(columns)
    sure = exact or draw(st.sampled_from((True, True, False)))
    unknown = not exact and draw(st.integers(0, 5)) == 0
    unknown |= column is Column.EMPTIED
    return Entry(column, None if unknown else draw(amounts), lo, hi, sure, (number,))


@st.composite
def accounts(draw: st.DrawFn, *, exact: bool, most: int) -> list[Entry]:
    count = draw(st.integers(0, most))
    return [draw(entries(exact=exact, number=number)) for number in range(count)]


Happening = tuple[int, Column, Decimal]


def ways_of(entry: Entry) -> Iterator[Happening | None]:
    """Every time at which it may have been, with every amount; None: it was not."""
    first, last = int(max(entry.lo, 0)), int(min(entry.hi, LAST + 1))
    for time in range(first, last + 1):
        for much in _much(entry):
            yield time, entry.column, much
    if not entry.certain:
        yield None


def _much(entry: Entry) -> Sequence[Decimal]:
    if entry.column is Column.EMPTIED:
        return (ZERO,)
    if entry.amount is None:
        return [Decimal(n) for n in range(PLENTY + 1)]
    if entry.certain or entry.column is Column.COUNTED:
        return (entry.amount,)
    return [Decimal(n) for n in range(int(entry.amount) + 1)]


def worlds(account: Sequence[Entry]) -> Iterator[list[Happening]]:
    """All of them, of an account that has not too many to go through."""
    each_way = [list(ways_of(each)) for each in account]
    assume(prod(map(len, each_way)) <= MOST_WORLDS)
    for ways in product(*each_way):
        yield [each for each in ways if each is not None]


def stocks(world: Sequence[Happening], until: float) -> set[Decimal]:
    """What may be there at the end, whatever of the same time came first; nothing: it cannot be."""
    found = {ZERO}
    for time in sorted({each[0] for each in world if each[0] <= until}):
        now = [each for each in world if each[0] == time]
        found = {
            end
            for order in set(permutations(now))
            for begin in found
            for end in [after(begin, order)]
            if end is not None
        }
    return found


def after(stock: Decimal, happenings: Sequence[Happening]) -> Decimal | None:
    for _, column, much in happenings:
        if column in INTO:
            stock += much
        elif column is Column.EMPTIED:
            stock = ZERO
        elif column is Column.COUNTED:
            if stock != much:
                return None
        elif stock < much:
            return None
        else:
            stock -= much
    return stock


def possible(account: Sequence[Entry], until: float) -> set[Decimal]:
    """Every closing stock that some way of having been leads to."""
    ends: set[Decimal] = set()
    for world in worlds([each for each in account if each.lo <= until]):
        ends |= stocks(world, until)
    return ends


def first_impossible(account: Sequence[Entry]) -> int | None:
    for time in range(LAST + 1):
        if not possible(account, time):
            return time
    return None


@at_both_lengths
def test_the_stock_is_within_its_bounds_in_whatever_way_it_was(examples: int) -> None:
    def check(account: list[Entry]) -> None:
        found = course(account, end=LAST)
        for stock in possible(account, LAST):
            assert found.closing.least <= stock
            assert found.closing.most is None or stock <= found.closing.most

    holds(check, examples, accounts(exact=False, most=4))


@at_both_lengths
def test_records_that_can_be_right_are_never_doubted(examples: int) -> None:
    def check(account: list[Entry]) -> None:
        found = course(account, end=LAST).broken
        assert found is None or not possible(account, found.at)

    holds(check, examples, accounts(exact=False, most=4))


@at_both_lengths
def test_a_contradiction_is_found_on_the_first_day_possible(examples: int) -> None:
    def check(account: list[Entry]) -> None:
        moving = [each for each in account if each.column in INTO | OUT_OF]
        found = course(moving, end=LAST).broken
        assert (None if found is None else found.at) == first_impossible(moving)

    holds(check, examples, accounts(exact=False, most=4))


@at_both_lengths
def test_where_all_is_exact_both_sides_of_the_account_are_equal(examples: int) -> None:
    def check(account: list[Entry], start: int) -> None:
        found = course(account, start=start)
        within = [each for each in account if each.lo >= start]
        came = sum((each.least for each in within if each.column in INTO), ZERO)
        went = sum((each.least for each in within if each.column in OUT_OF), ZERO)
        assert found.opening.least == found.opening.most
        assert found.closing.least == found.closing.most
        assert (
            found.opening.least + came + found.missing
            == went + found.emptied.least + found.lost + found.closing.least
        )

    apart = accounts(exact=True, most=9).map(one_at_a_time)
    holds(check, examples, apart, st.integers(0, 9))


def one_at_a_time(account: Sequence[Entry]) -> list[Entry]:
    """The same account with no two things at one time, so that a count is of one stock."""
    return [replace(each, lo=time, hi=time) for time, each in enumerate(account)]


@at_both_lengths
def test_a_period_begins_with_what_the_time_before_it_left(examples: int) -> None:
    def check(account: list[Entry], start: int) -> None:
        before, within = course(account, end=start - 1), course(account, start=start, end=LAST)
        assert within.opening == before.closing
        assert within.closing == course(account, end=LAST).closing

    holds(check, examples, accounts(exact=False, most=6), st.integers(0, LAST))


@at_both_lengths
def test_leaving_out_the_records_in_question_removes_the_contradiction(examples: int) -> None:
    def check(account: list[Entry]) -> None:
        found = course(account, end=LAST).broken
        if found is None:
            return
        named = questioned(account, found)
        doubted = {each.entries for each in named.smallest}
        rest = [each for each in account if each.entries not in doubted]
        assert doubted
        again = course(rest, end=LAST).broken
        assert again is None or again.since > found.since or again.count or found.count
        assert again is None or again.at > found.at or again.count
        lowered = [lowered_to(each, named.smallest) for each in account]
        if found.count is None:
            again = course(lowered, end=LAST).broken
            assert again is None or again.since > found.since or again.count is not None

    holds(check, examples, accounts(exact=False, most=7))


def lowered_to(entry: Entry, suspects: Sequence[Suspect]) -> Entry:
    """The record as it could be, were the others right."""
    for each in suspects:
        if each.entries == entry.entries:
            return replace(entry, amount=each.at_most)
    return entry


@at_both_lengths
def test_no_smaller_set_of_records_would_do(examples: int) -> None:
    def check(account: list[Entry]) -> None:
        moving = [each for each in account if each.column in INTO | OUT_OF]
        found = course(moving, end=LAST).broken
        if found is None:
            return
        named = questioned(moving, found)
        went = [each for each in moving if each.column in OUT_OF]
        for few in combinations(went, len(named.smallest) - 1):
            rest = [each for each in moving if each not in few]
            assert course(rest, end=LAST).broken is not None
        if len(named.smallest) == 1:
            alone = [
                each
                for each in went
                if course([one for one in moving if one is not each], end=LAST).broken is None
            ]
            assert len(alone) == named.others + 1

    holds(check, examples, accounts(exact=False, most=7))


@given(accounts(exact=False, most=7))
def test_what_is_said_to_be_dated_late_would_explain_it_had_it_been_earlier(
    account: list[Entry],
) -> None:
    moving = [each for each in account if each.column in INTO | OUT_OF]
    found = course(moving, end=LAST).broken
    for late in questioned(moving, found).instead if found is not None else ():
        earlier = [
            replace(each, lo=0, hi=0) if each.entries == late.entries else each for each in moving
        ]
        assert course(earlier, end=LAST).broken is None


def at(time: int, column: Column, much: int, number: int, **more: Any) -> Entry:
    return Entry(column, Decimal(much), time, time, certain=True, entries=(number,), **more)


def test_a_record_told_twice_is_questioned_before_one_that_fits_better() -> None:
    shop = Pool("lot", "shop", "stall")
    account = [
        at(0, Column.MADE, 20, 0),
        at(1, Column.WENT, 10, 1, other=shop),
        at(1, Column.WENT, 10, 2, other=shop),
        at(2, Column.WENT, 4, 3),
    ]
    found = course(account).broken
    assert found is not None
    assert (found.at, found.by) == (2, Decimal(4))
    named = questioned(account, found)
    (first,) = named.smallest
    assert (first.entries, first.twins, first.at_most) == ((1,), (2,), Decimal(6))
    assert named.others == 2


def test_a_theft_shows_at_the_first_count_after_it() -> None:
    account = [
        at(0, Column.MADE, 20, 0),
        at(3, Column.WENT, 5, 1),
        at(4, Column.COUNTED, 12, 2),
        at(5, Column.WENT, 12, 3),
    ]
    found = course(account)
    assert found.broken is not None
    assert (found.broken.at, found.broken.by, found.broken.less) == (4, Decimal(3), True)
    assert (found.lost, found.missing, found.closing.most) == (3, 0, 0)
    (count,) = questioned(account, found.broken).smallest
    assert (count.entries, count.doubt) == ((2,), Doubt.AMOUNT)


def test_little_steps_within_the_tolerance_are_a_contradiction_once_they_exceed_it() -> None:
    account = [at(0, Column.MADE, 100, 0), *(at(n, Column.WENT, 26, n) for n in range(1, 5))]
    rate = Decimal("0.03")
    assert course(account, rate=lambda _at: Decimal("0.04")).broken is None
    found = course(account, rate=lambda _at: rate).broken
    assert found is not None
    assert (found.at, found.by) == (4, Decimal(4))
    drips = [at(0, Column.MADE, 100, 0), at(1, Column.WENT, 99, 1)]
    drips += [at(n, Column.WENT, 1, n) for n in range(2, 8)]
    found = course(drips, rate=lambda _at: rate).broken
    assert found is not None
    assert found.at == 6


def test_a_vessel_that_was_emptied_begins_anew() -> None:
    account = [
        at(0, Column.CAME, 5, 0),
        Entry(Column.EMPTIED, None, 1, 1, certain=True, entries=(1,)),
        at(2, Column.CAME, 3, 2),
        at(3, Column.WENT, 4, 3),
    ]
    found = course(account)
    assert found.emptied == Extent(Decimal(5), Decimal(5))
    assert found.broken is not None
    assert (found.broken.at, found.broken.by) == (3, Decimal(1))


@given(st.lists(st.integers(0, 9), max_size=9), st.lists(st.integers(1, 9), max_size=9))
def test_the_smallest_set_is_that_of_every_way_of_choosing(
    out: list[int], asked: list[int]
) -> None:
    went = [at(time, Column.WENT, much, time) for time, much in enumerate(out)]
    needs = [(float(time), Decimal(much)) for time, much in enumerate(asked, start=1)]
    chosen = smallest(went, needs)

    def serves(some: Sequence[Entry]) -> bool:
        return all(sum(e.least for e in some if e.hi <= t) >= need for t, need in needs)

    least = next(
        (n for n in range(len(went) + 1) for s in combinations(went, n) if serves(s)), None
    )
    assert least is None or (serves(chosen) and len(chosen) == least)
