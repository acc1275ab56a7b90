"""Balances over histories whose true stock is known, and with faults put into them on purpose."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from engines import at_both_lengths, holds
from histories import BEGIN, at, record
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from worked import A, B, C, D, Event, came, made, moved, received, sent, used

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.trace.accounts.audit import audit
from suyuan.trace.accounts.types import Audit, Books, Doubt, Reason, Statement
from suyuan.trace.types import BalanceKind, Extent

ZERO = Decimal(0)
PLACES = (A, B, C, D)
LOTS = ("lot1", "lot2")
DAY = 24


def kg(much: int | Decimal) -> dict[str, object]:
    return {"quantity": Decimal(much), "unit": "KGM"}


def when(day: int) -> Span:
    return Span(at(DAY * day), at(DAY * day))


def loosely(day: int, random: Random) -> Span:
    """A time that is known to the day, to some days, or at one end only."""
    first, last = at(DAY * day), at(DAY * day)
    return random.choice(
        (
            Span(first, last),
            Span(first, last + timedelta(hours=23)),
            Span(first - timedelta(days=1), last + timedelta(days=2)),
            Span(first, None),
            Span(None, last),
        )
    )


def counted(lot: str, place: Holder, span: Span, much: int) -> Event:
    line = {"kind": FactKind.COUNTED, "thing": lot, "after": place, "when": span}
    return (line | kg(much),)


def over(lot: str, place: Holder, span: Span, much: int) -> Event:
    line = {"kind": FactKind.ENDED, "thing": lot, "before": place, "when": span}
    return (line | kg(much),)


class Tale(Struct):
    """What was reported, and what truly was there at the end of each day, by lot and holder."""

    events: list[Event]
    stock: dict[tuple[str, Holder], int]
    days: list[dict[tuple[str, Holder], int]]

    def facts(self) -> list[Fact]:
        return record(self.events)


def tale(random: Random, length: int, *, whole: bool = True) -> Tale:
    """Lots made, moved, turned into one another, used and counted, one thing a day.

    `whole`: no sender keeps silent.
    """
    told = Tale([], defaultdict(int), [])
    for day in range(length):
        told.events += _next(told.stock, random, day, whole=whole)
        told.days.append(dict(told.stock))
    return told


def _next(
    stock: dict[tuple[str, Holder], int], random: Random, day: int, *, whole: bool
) -> list[Event]:
    full = sorted((key for key, much in stock.items() if much), key=str)
    if not full or random.random() < 0.25:
        lot, place, much = random.choice(LOTS), random.choice(PLACES), random.randint(1, 20)
        stock[lot, place] += much
        return [made(lot, place, when(day), **kg(much))]
    lot, place = random.choice(full)
    much = random.randint(1, stock[lot, place])
    stock[lot, place] -= much
    match random.choice(("move", "move", "end", "turn", "count")):
        case "end":
            return [over(lot, place, when(day), much)]
        case "turn":
            other, flow = LOTS[1 - LOTS.index(lot)], f"flow{day}"
            stock[other, place] += much
            return [
                used(lot, flow, place, when(day), **kg(much)),
                came(other, flow, place, when(day), **kg(much)),
            ]
        case "count":
            stock[lot, place] += much
            return [counted(lot, place, when(day), stock[lot, place])]
        case _:
            there = random.choice([each for each in PLACES if each != place])
            stock[lot, there] += much
            told = _moved(lot, place, there, day, much)
            return random.choice(told[:2] if whole else told)


def _moved(lot: str, here: Holder, there: Holder, day: int, much: int) -> list[list[Event]]:
    """Told by both sides, by somebody for both, or by the receiver alone."""
    named = {"document": (f"note {day}",)} | kg(much)
    came_in = received(lot, here, there, when(day), **named)
    return [
        [sent(lot, here, there, when(day), **named), came_in],
        [moved(lot, here, there, when(day), **named)],
        [came_in],
    ]


def pools(found: Audit) -> dict[tuple[str, Holder], Statement]:
    return {
        (each.pool.thing, Holder(each.pool.party, each.pool.site)): each
        for each in found.statements
        if each.kind is BalanceKind.POOL
    }


def balanced(facts: Sequence[Fact], **asked: object) -> Audit:
    return audit(facts, Books(minutes=0, most=10_000, **asked))  # type: ignore[arg-type]


chances = st.randoms(use_true_random=False)
tales = st.builds(tale, chances, st.integers(1, 25))
gappy_tales = st.builds(tale, chances, st.integers(1, 25), whole=st.just(False))


@at_both_lengths
def test_true_records_balance_and_close_with_the_true_stock(examples: int) -> None:
    def check(told: Tale) -> None:
        found = balanced(told.facts())
        assert not found.contradictions
        for key, each in pools(found).items():
            assert each.closing == Extent(told.stock[key], told.stock[key])
            assert (each.missing, each.lost) == (0, 0)

    holds(check, examples, tales)


@at_both_lengths
def test_a_period_opens_and_closes_with_the_true_stock(examples: int) -> None:
    def check(told: Tale, first: int, more: int) -> None:
        start, end = at(DAY * first), at(DAY * (first + more)) + timedelta(hours=23)
        for key, each in pools(balanced(told.facts(), start=start, end=end)).items():
            assert each.opening.least == each.opening.most == stock_after(told, first - 1, key)
            assert each.closing.least == each.closing.most == stock_after(told, first + more, key)
            assert sides(each) == (ZERO, ZERO)

    holds(check, examples, tales, st.integers(0, 25), st.integers(0, 25))


def stock_after(told: Tale, day: int, key: tuple[str, Holder]) -> int:
    if day < 0:
        return 0
    return told.days[min(day, len(told.days) - 1)].get(key, 0)


def sides(each: Statement) -> tuple[Decimal, Decimal]:
    """By how much the left side of the account is at least, and at most, above the right one."""
    left_of = (each.opening, each.came, each.made, Extent(each.missing, each.missing))
    right_of = (each.went, each.used, each.ended, each.closing, Extent(each.lost, each.lost))
    least = sum((one.least for one in left_of), ZERO) - sum(
        (one.most or 0 for one in right_of), ZERO
    )
    most = sum((one.most or 0 for one in left_of), ZERO) - sum(
        (one.least for one in right_of), ZERO
    )
    return least, most


@at_both_lengths
def test_the_true_stock_is_within_the_bounds_whatever_is_not_known(examples: int) -> None:
    def check(told: Tale, random: Random) -> None:
        events = [vague(event, random) for event in told.events]
        found = balanced(record(events))
        assert not set(found.contradictions) - {Reason.DIFFERS}
        for key, each in pools(found).items():
            assert each.closing.least <= told.stock[key]
            assert each.closing.most is None or told.stock[key] <= each.closing.most

    holds(check, examples, gappy_tales, chances)


def vague(event: Event, random: Random) -> Event:
    """The same report with less in it: a longer time, no amount, a half of a holder, or held."""
    (line,) = event
    day = (line["when"].lo - BEGIN).days
    changes: list[dict[str, object]] = [{}, {}, {"when": loosely(day, random)}]
    if line["kind"] is not FactKind.COUNTED:
        changes += [
            {"quantity": None},
            {"held": True},
            {"quantity": line["quantity"], "unit": "LBR"},
        ]
        changes[-1] = {"quantity": None, "unit": "LTR"}
    return (line | random.choice(changes),)


class Book(Struct):
    """What a plain reader of the reports makes of one account: a slow twin."""

    stock: Decimal = ZERO
    broken: tuple[int, Reason, Decimal] | None = None
    came: bool = False

    def enter(self, day: int, reason: Reason, by: Decimal) -> None:
        if by > 0 and self.broken is None:
            self.broken = (day, reason, by)


def books_of(events: Sequence[Event]) -> dict[tuple[str, Holder], Book]:
    """Every account as a running sum, day by day, in before out; a count begins it anew."""
    found: dict[tuple[str, Holder], Book] = defaultdict(Book)
    lines = [line for event in events for line in event]
    for day in sorted({line["when"].lo for line in lines}):
        today = [line for line in lines if line["when"].lo == day]
        number = (day - BEGIN).days
        for line in today:
            for end in ("after", "before"):
                _enter(found, line, end)
        for book in found.values():
            reason = Reason.MORE_WENT if book.came else Reason.NOTHING_CAME
            book.enter(number, reason, -book.stock)
        for line in today:
            if line["kind"] is FactKind.COUNTED:
                book = found[line["thing"], line["after"]]
                book.enter(number, Reason.LESS_COUNTED, book.stock - line["quantity"])
                book.enter(number, Reason.MORE_COUNTED, line["quantity"] - max(ZERO, book.stock))
                book.stock, book.came = line["quantity"], True
    return found


def _enter(found: dict[tuple[str, Holder], Book], line: dict[str, Any], end: str) -> None:
    sides = {"after": {Side.SENT, Side.INPUT}, "before": {Side.RECEIVED, Side.OUTPUT}}[end]
    if line["kind"] is FactKind.COUNTED or line.get(end) is None or line.get("side") in sides:
        return
    book = found[line["thing"], line[end]]
    book.stock += line["quantity"] if end == "after" else -line["quantity"]
    book.came |= end == "after"


@at_both_lengths
def test_faults_are_found_on_the_first_day_possible_and_nowhere_else(examples: int) -> None:
    def check(told: Tale, random: Random) -> None:
        events = told.events
        for _ in range(random.randint(1, 2)):
            events = faulty(events, random)
        expected = {key: book.broken for key, book in books_of(events).items() if book.broken}
        found = {
            key: each.contradiction
            for key, each in pools(balanced(record(events))).items()
            if each.contradiction is not None
        }
        assert {
            key: ((each.day - BEGIN.date()).days, each.reason, each.by)
            for key, each in found.items()
        } == expected
        assert all(each.question for each in found.values())

    holds(check, examples, tales, chances)


def faulty(events: Sequence[Event], random: Random) -> list[Event]:
    """The reports with one told twice or forgotten, or a count after something was stolen."""
    some = list(events)
    if not some:
        return some
    place = random.randrange(len(some))
    mates = [
        each for each in some if document_of(each) and document_of(each) == document_of(some[place])
    ]
    counts = [n for n, (line,) in enumerate(some) if line["kind"] is FactKind.COUNTED]
    match random.choice(("twice", "forgotten", "stolen")):
        case "twice" if place not in counts:
            some += mates or [some[place]]
        case "stolen" if counts:
            place = random.choice(counts)
            (line,) = some[place]
            less = random.randint(0, int(line["quantity"]))
            some[place] = (line | {"quantity": line["quantity"] - less},)
        case _:
            some = [each for n, each in enumerate(some) if n != place and each not in mates]
    return some


def document_of(event: Event) -> object:
    """What joins a dispatch and its receipt: both are forgotten, or both told twice."""
    (line,) = event
    return line.get("document")


def test_a_sale_told_twice_is_what_is_questioned() -> None:
    facts = record(
        [
            made("lot1", A, when(0), **kg(10)),
            over("lot1", A, when(1), 4),
            over("lot1", A, when(2), 3),
            over("lot1", A, when(2), 3),
            over("lot1", A, when(4), 1),
        ]
    )
    (each,) = balanced(facts).statements
    found = each.contradiction
    assert found is not None
    assert (found.reason, (found.day - BEGIN.date()).days, found.by) == (Reason.MORE_WENT, 4, 1)
    (suspect,) = found.question
    assert (suspect.doubt, set(suspect.entries + suspect.twins)) == (Doubt.TOO_MUCH, {3, 4})
    assert (suspect.amount, suspect.at_most, found.others) == (3, 2, 3)


def test_a_record_dated_too_late_is_named_beside_those_of_what_went() -> None:
    facts = record(
        [
            over("lot1", A, when(1), 4),
            made("lot1", A, when(2), **kg(10)),
        ]
    )
    (each,) = balanced(facts).statements
    assert each.contradiction is not None
    assert each.contradiction.reason is Reason.NOTHING_CAME
    (late,) = each.contradiction.instead
    assert (late.doubt, late.entries) == (Doubt.TOO_LATE, (2,))
    assert each.missing == 4
    assert each.closing == Extent(Decimal(10), Decimal(10))


@settings(max_examples=100)
@given(st.lists(st.integers(1, 9), max_size=5), st.lists(st.integers(1, 9), max_size=5))
def test_a_party_that_names_no_place_is_doubted_exactly_if_more_went_than_came_to_all_its_places(
    came_in: list[int], sold: list[int]
) -> None:
    stall = Holder("stall", None)
    events = [received("lot1", None, stall, when(0), **kg(much)) for much in came_in]
    events += [sent("lot1", stall, None, when(1), **kg(much)) for much in sold]
    found = audit(record(events), Books(), position=None, truncated=False).statements
    short = max(0, sum(sold) - sum(came_in))
    assert [each.missing for each in found if each.contradiction] == [short][: short > 0]
