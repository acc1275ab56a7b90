"""Each predicate against its plain definition."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from family_events import LOT, NOON, PIG, a_view, an_event, known
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.families import (
    CONFIRMED,
    Content,
    Debit,
    KnownDocument,
    Licence,
    PastStep,
    ThingState,
)
from suyuan.families import Permit as OnFile
from suyuan.families.predicates.balance import Balance
from suyuan.families.predicates.base import number, quoted, said
from suyuan.families.predicates.count import Count
from suyuan.families.predicates.document import Document
from suyuan.families.predicates.licence import Licence as HasLicence
from suyuan.families.predicates.not_expired import NotExpired
from suyuan.families.predicates.once import Once
from suyuan.families.predicates.one_of import OneOf
from suyuan.families.predicates.order import Order
from suyuan.families.predicates.party_role import PartyRole
from suyuan.families.predicates.pattern import Pattern
from suyuan.families.predicates.permit import Permit
from suyuan.families.predicates.previous_step import PreviousStep
from suyuan.families.predicates.range import Range
from suyuan.families.predicates.required import Required
from suyuan.families.predicates.same import Same
from suyuan.families.predicates.scheme import Scheme
from suyuan.families.predicates.state import State
from suyuan.families.predicates.two_person import TwoPerson
from suyuan.families.predicates.unit import Unit
from suyuan.families.predicates.within import Within
from suyuan.families.predicates.zone import Zone
from suyuan.families.workdays import after, is_workday
from suyuan.model import Belonging, QuantityElement

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
GAPS = st.integers(0, 400)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
PARTY = "urn:suyuan:uscc:91110000600037341L"


@given(st.lists(st.booleans(), min_size=1, max_size=5), st.booleans())
def test_required_wants_all_or_any(present: list[bool], any_: bool) -> None:  # noqa: FBT001 -- drawn
    items = {f"i{n}": ("x",) if there else () for n, there in enumerate(present)}
    met = any(present) if any_ else all(present)
    missed = Required(of=tuple(items), any=any_).check(a_view(**items), known())
    assert (missed is None) is met


@given(st.lists(st.sampled_from("abcd"), max_size=4), st.sets(st.sampled_from("abcd")))
def test_one_of_allows_just_its_values(values: list[str], allowed: set[str]) -> None:
    rule = OneOf(of="item", values=tuple(allowed))
    missed = rule.check(a_view(item=tuple(values)), known())
    assert (missed is None) is (set(values) <= allowed)


@pytest.mark.parametrize(
    "value", ["left", "suyuan:left", "urn:suyuan:ns:1:left", {"@id": "suyuan:left"}]
)
def test_one_of_knows_a_term_in_every_spelling(value: object) -> None:
    assert OneOf(of="item", values=("left",)).check(a_view(item=value), known()) is None


@given(DAYS, DAYS, GAPS)
def test_order_compares_whole_days(first: date, then: date, days: int) -> None:
    rule = Order(first="a", then="b", days=days)
    missed = rule.check(a_view(a=first.isoformat(), b=then.isoformat()), known())
    assert (missed is None) is (then >= first + timedelta(days=days))


@given(DAYS, DAYS, GAPS)
def test_order_takes_its_distance_from_an_item(first: date, then: date, days: int) -> None:
    rule = Order(first="a", then="b", days_of="days")
    view = a_view(a=first.isoformat(), b=then.isoformat(), days=str(days))
    assert (rule.check(view, known()) is None) is (then >= first + timedelta(days=days))


@given(DAYS, DAYS, GAPS)
def test_within_compares_whole_days(first: date, then: date, days: int) -> None:
    rule = Within(first="a", then="b", days=days)
    missed = rule.check(a_view(a=first.isoformat(), b=then.isoformat()), known())
    assert (missed is None) is (then <= first + timedelta(days=days))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), st.integers(0, 400), GAPS)  # noqa: DTZ001 -- the offset is added below
def test_within_hours_is_a_clock_that_runs_on(first: datetime, minutes: int, hours: int) -> None:
    then = first + timedelta(minutes=minutes)
    view = a_view(a=f"{first.isoformat()}+08:00", b=f"{then.isoformat()}+08:00")
    missed = Within(first="a", then="b", hours=hours).check(view, known())
    assert (missed is None) is (minutes <= hours * 60)


@given(DAYS, DAYS, st.integers(0, 40))
def test_within_months_ends_on_the_day_of_the_same_number(
    first: date, then: date, months: int
) -> None:
    """Counted month by month; of a month without such a day it is the last."""
    month = first.replace(day=1)
    for _ in range(months):
        month = (month + timedelta(days=31)).replace(day=1)
    days = [month + timedelta(days=n) for n in range(31)]
    last = max(day for day in days if day.month == month.month and day.day <= first.day)
    rule = Within(first="a", then="b", months=months)
    missed = rule.check(a_view(a=first.isoformat(), b=then.isoformat()), known())
    assert (missed is None) is (then <= last)


def test_a_term_that_ends_beyond_the_calendar_is_not_late() -> None:
    rule = Within(first="a", then="b", months=12 * 8000)
    assert rule.check(a_view(a="2026-06-01", b="2026-12-31"), known()) is None


@pytest.mark.parametrize(
    "measures", [{}, {"days": 1, "hours": 1}, {"days": 1, "workdays": 1}, {"days": 1, "months": 1}]
)
def test_within_wants_one_measure(measures: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="state one of"):
        Within(first="a", then="b", **measures)


@given(st.dates(date(2015, 1, 1), date(2026, 9, 1)), st.integers(0, 60), st.integers(0, 60))
def test_within_workdays_counts_as_one_counts_on_a_calendar(
    first: date, later: int, term: int
) -> None:
    then = first + timedelta(days=later)
    counted = [first + timedelta(days=n) for n in range(1, later + 1)]
    used = sum(bool(is_workday(day)) for day in counted)
    rule = Within(first="a", then="b", workdays=term)
    late = used > term or (used == term and later > 0 and not is_workday(then))
    missed = rule.check(a_view(a=str(first), b=str(then)), known())
    assert (missed is not None) is late


def test_ten_working_days_from_before_the_holidays_of_2025_end_in_the_middle_of_october() -> None:
    assert after(date(2025, 9, 26), 10) == date(2025, 10, 16)
    assert is_workday(date(2025, 10, 11))
    assert not is_workday(date(2026, 2, 23))


@pytest.mark.parametrize("day", ["2014-12-31", "2027-01-04", "2026-12-30"])
def test_working_days_are_not_judged_where_the_holidays_are_not_known(day: str) -> None:
    rule = Within(first="a", then="b", workdays=5)
    assert rule.check(a_view(a=day, b="2030-01-01"), known()) is None


AMOUNTS = st.decimals(-1000, 1000, places=3)


@given(st.lists(AMOUNTS, max_size=4), st.lists(AMOUNTS, max_size=4), st.integers(0, 20))
def test_balance_holds_a_sum_against_a_sum(
    parts: list[Decimal], whole: list[Decimal], tolerance: int
) -> None:
    view = a_view(p=tuple(map(str, parts)), w=tuple(whole))
    over, allowed = sum(parts) - sum(whole), abs(sum(whole)) * tolerance / Decimal(100)
    silent = not parts or not whole
    rule = Balance(parts=("p",), whole=("w",), tolerance=Decimal(tolerance))
    assert (rule.check(view, known()) is None) is (silent or abs(over) <= allowed)
    most = Balance(parts=("p",), whole=("w",), at_most=True, tolerance=Decimal(tolerance))
    assert (most.check(view, known()) is None) is (silent or over <= allowed)


@given(st.lists(AMOUNTS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_balance_does_not_mind_how_a_sum_is_cut(values: list[Decimal], random: Random) -> None:
    shuffled = random.sample(values, len(values))
    cut = random.randint(0, len(values))
    view = a_view(a=tuple(shuffled[:cut]), b=tuple(shuffled[cut:]), w=tuple(values))
    assert Balance(parts=("a", "b"), whole=("w",)).check(view, known()) is None


@given(st.decimals(0, 1000, places=3), st.sampled_from(["KGM", "GRM", "TNE"]))
def test_balance_adds_amounts_in_one_unit(kilograms: Decimal, uom: str) -> None:
    element = QuantityElement(epc_class=LOT, quantity=kilograms, uom=uom)
    in_kilograms = kilograms * {"KGM": 1, "GRM": Decimal("0.001"), "TNE": 1000}[uom]
    rule = Balance(parts=("p",), whole=("w",), like="KGM")
    assert rule.check(a_view(p=element, w=in_kilograms), known()) is None
    assert rule.check(a_view(p=element, w=in_kilograms + 1), known()) is not None


@pytest.mark.parametrize("element", [(None, "KGM"), (Decimal(1), "LTR"), (Decimal(1), None)])
def test_balance_leaves_amounts_that_cannot_be_told_to_others(
    element: tuple[Decimal | None, str | None],
) -> None:
    quantity, uom = element
    amount = QuantityElement(epc_class=LOT, quantity=quantity, uom=uom)
    rule = Balance(parts=("p",), whole=("w",), like="KGM")
    assert rule.check(a_view(p=amount, w=7), known()) is None


@pytest.mark.parametrize("value", ["七", "NaN", "1e999999999", "1e-400", True, {"a": 1}])
def test_balance_names_what_is_no_usable_number(value: object) -> None:
    missed = Balance(parts=("p",), whole=("w",)).check(a_view(p=value, w=1), known())
    assert missed is not None
    assert missed.item == "p"
    assert len(missed.found.en) < 120


PERSONS = st.lists(st.sampled_from(["张一", "王二", "赵三"]), max_size=3)


@given(PERSONS, PERSONS, st.integers(1, 3))
def test_two_person_counts_different_persons(a: list[str], b: list[str], least: int) -> None:
    rule = TwoPerson(of=("a", "b"), min=least)
    met = not (a or b) or len({*a, *b}) >= least
    assert (rule.check(a_view(a=tuple(a), b=tuple(b)), known()) is None) is met


@pytest.mark.parametrize("twin", ["Li Na", " li na ", "ＬＩ　ＮＡ", "LI NA"])
def test_a_name_written_otherwise_is_the_same_person(twin: str) -> None:
    assert TwoPerson(of=("a", "b")).check(a_view(a="Li Na", b=twin), known()) is not None


@given(st.lists(DAYS, min_size=1, max_size=4), st.lists(DAYS, min_size=1, max_size=4))
def test_order_holds_for_every_pair_of_dates(first: list[date], then: list[date]) -> None:
    view = a_view(a=tuple(map(str, first)), b=tuple(map(str, then)))
    missed = Order(first="a", then="b").check(view, known())
    assert (missed is None) is (min(then) >= max(first))


@given(st.integers(-120, 120))
def test_the_clock_tolerance_serves_the_future_only(minutes: int) -> None:
    event = an_event(event_time=NOON + timedelta(minutes=minutes))
    view = a_view(event=event, event_time=event.event_time)
    missed = Order(first="event_time", then="now").check(view, known())
    assert (missed is None) is (minutes <= 15)


@pytest.mark.parametrize(
    "predicate", [Order(first="a", then="b"), Within(first="a", then="b", days=3)]
)
@pytest.mark.parametrize(("a", "b"), [("昨天", "2026-03-01"), ("2026-03-01", "2026-02-30")])
def test_a_date_that_is_none_is_found_and_named(predicate: Order | Within, a: str, b: str) -> None:
    missed = predicate.check(a_view(a=a, b=b), known())
    assert missed is not None
    assert missed.unread
    assert missed.item == ("a" if a == "昨天" else "b")


@pytest.mark.parametrize(("a", "b"), [((), "2026-03-01"), ("2026-03-01", ()), ((), ())])
def test_dates_that_are_not_stated_are_another_rules(a: object, b: object) -> None:
    view = a_view(a=a, b=b)
    assert Order(first="a", then="b").check(view, known()) is None
    assert Within(first="a", then="b", days=0).check(view, known()) is None


def test_a_date_in_basic_form_is_the_same_date() -> None:
    rule = Order(first="a", then="b")
    assert rule.check(a_view(a="20260301", b="2026-03-01"), known()) is None
    assert rule.check(a_view(a="20260302", b="2026-03-01"), known()) is not None


@given(st.decimals(-1000, 1000, places=3), st.decimals(-1000, 1000), st.decimals(-1000, 1000))
def test_range_includes_its_limits(value: Decimal, low: Decimal, high: Decimal) -> None:
    rule = Range(of="item", min=low, max=high)
    assert (rule.check(a_view(item=value), known()) is None) is (low <= value <= high)
    assert (rule.check(a_view(item=str(value)), known()) is None) is (low <= value <= high)


@pytest.mark.parametrize("value", ["seven", "NaN", "Infinity", True, {"a": 1}, "七"])
def test_what_is_no_number_is_out_of_range(value: object) -> None:
    assert number(value) is None
    assert Range(of="item").check(a_view(item=value), known()) is not None


@given(TEXTS)
def test_pattern_wants_the_whole_text(text: str) -> None:
    rule = Pattern(of="item", regex=r"\d{3}", zh="三位数字", en="three digits")
    wanted = len(text) == 3 and all(c in "0123456789" for c in text)
    assert (rule.check(a_view(item=text), known()) is None) is wanted


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_count_keeps_to_its_limits(found: int, low: int, high: int) -> None:
    view = a_view(item=tuple("x" * found))
    assert (Count(of="item", min=low, max=high).check(view, known()) is None) is (
        low <= found <= high
    )


@given(st.integers(0, 6), st.integers(0, 6))
def test_count_equals_the_number_stated_where_things_are_listed(found: int, stated: int) -> None:
    view = a_view(item=tuple("x" * found), stated=stated)
    missed = Count(of="item", equals="stated").check(view, known())
    assert (missed is None) is (found in (0, stated))


@pytest.mark.parametrize(
    ("uom", "fits"), [("KGM", True), ("TNE", True), ("LTR", False), (None, False), ("XX", False)]
)
def test_unit_wants_what_converts(uom: str | None, fits: bool) -> None:  # noqa: FBT001 -- a table
    element = QuantityElement(epc_class=LOT, quantity=Decimal(2), uom=uom)
    assert (Unit(of="item", like="KGM").check(a_view(item=element), known()) is None) is fits
    unknown = QuantityElement(epc_class=LOT, uom=uom)
    assert Unit(of="item", like="KGM").check(a_view(item=unknown), known()) is None


@pytest.mark.parametrize(
    ("uri", "scheme"),
    [
        (PIG, "ear-tag"),
        (LOT, "lgtin"),
        ("https://id.gs1.org/01/06901234567892", "gtin"),
        ("https://id.gs1.org/01/06901234567892/21/7", "sgtin"),
        ("https://id.gs1.org/00/340123453111111115", "sscc"),
        ("https://id.gs1.org/414/6922266443114", "gln"),
        ("urn:suyuan:uscc:91110000600037341L", "uscc"),
        ("https://example.com/x", None),
        ("urn:epc:id:sgtin:1", None),
    ],
)
def test_scheme_is_read_from_the_canonical_name(uri: str, scheme: str | None) -> None:
    wanted = Scheme(of="item", schemes=(scheme or "gtin",))
    assert (wanted.check(a_view(item=uri), known()) is None) is (scheme is not None)
    assert Scheme(of="item", schemes=("other",)).check(a_view(item=uri), known()) is not None


OFFSETS = st.none() | st.integers(-40, 40)
TODAY = date(2026, 3, 10)


def day(offset: int | None) -> date | None:
    return None if offset is None else TODAY + timedelta(days=offset)


def covers(start: int | None, end: int | None) -> bool:
    return (start is None or start <= 0) and (end is None or end >= 0)


@given(st.lists(st.tuples(OFFSETS, OFFSETS, st.sampled_from("ab")), max_size=4))
def test_licence_wants_one_of_its_kind_valid_on_the_day(
    held: list[tuple[int | None, int | None, str]],
) -> None:
    on_file = tuple(
        Licence(kind=kind, number="1", valid_from=day(start), valid_to=day(end))
        for start, end, kind in held
    )
    knowledge = known(actor=PARTY, licences={PARTY: on_file})
    missed = HasLicence(any=("a",)).check(a_view(), knowledge)
    met = any(kind == "a" and covers(start, end) for start, end, kind in held)
    assert (missed is None) is met


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab")), max_size=4))
def test_document_wants_one_of_its_kind_that_is_not_void(filed: list[tuple[bool, str]]) -> None:
    on_file = tuple(KnownDocument(kind=kind, number="7", void=void) for void, kind in filed)
    missed = Document(of="item", any=("a",)).check(
        a_view(item="7"), known(documents={"7": on_file})
    )
    met = not filed or any(kind == "a" and not void for void, kind in filed)
    assert (missed is None) is met


@given(OFFSETS, OFFSETS, OFFSETS)
def test_not_expired_looks_at_the_day_stated_and_at_the_file(
    stated: int | None, start: int | None, end: int | None
) -> None:
    filed = KnownDocument(kind="a", number="7", valid_from=day(start), valid_to=day(end))
    view = a_view(until=() if stated is None else str(day(stated)), number="7")
    rule = NotExpired(of="until", document="number")
    met = (stated is None or stated >= 0) and covers(start, end)
    assert (rule.check(view, known(documents={"7": (filed,)})) is None) is met


@given(st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc"), min_size=1))
def test_party_role_wants_one_of_the_roles(roles: set[str], wanted: set[str]) -> None:
    knowledge = known(actor=PARTY, roles={PARTY: frozenset(roles)})
    missed = PartyRole(any=tuple(wanted)).check(a_view(), knowledge)
    assert (missed is None) is bool(roles & wanted)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-3, 3)), max_size=4))
def test_previous_step_counts_only_what_was_before(past: list[tuple[str, int]]) -> None:
    steps = tuple(PastStep(step, NOON + timedelta(hours=at)) for step, at in past)
    knowledge = known(things={PIG: ThingState(steps=steps)})
    missed = PreviousStep(any=("a",), of="item").check(a_view(item=PIG), knowledge)
    met = not past or any(step == "a" and at <= 0 for step, at in past)
    assert (missed is None) is met


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-3, 3)), max_size=4))
def test_what_went_through_a_step_is_asked_for_another_since(past: list[tuple[str, int]]) -> None:
    steps = tuple(PastStep(step, NOON + timedelta(hours=at)) for step, at in past)
    rule = PreviousStep(any=("a",), of="item", after=("b",))
    missed = rule.check(a_view(item=PIG), known(things={PIG: ThingState(steps=steps)}))
    left = [at for step, at in past if step == "b" and at <= 0]
    met = not left or any(step == "a" and max(left) <= at <= 0 for step, at in past)
    assert (missed is None) is met


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.sampled_from(["", "x", "y"])), max_size=4),
    st.lists(st.tuples(st.integers(-3, 0), st.sets(st.sampled_from("xyz"))), max_size=3),
)
def test_a_confirmation_is_of_the_act_that_it_names(
    acts: list[tuple[int, str]], words: list[tuple[int, set[str]]]
) -> None:
    """Recorded before ids were kept (""), an act is confirmed by any word since."""
    done = [PastStep("b", NOON + timedelta(hours=at), frozenset({one} - {""})) for at, one in acts]
    said = [PastStep("a", NOON + timedelta(hours=at)) for at, _ in words]
    named = tuple({one for _, ids in words for one in ids})
    state = ThingState(steps=(*done, *said), told={CONFIRMED: named})
    rule = PreviousStep(any=("a",), of="item", after=("b",), confirms=True)
    missed = rule.check(a_view(item=PIG), known(things={PIG: state}))
    last = max((at for at, _ in acts if at <= 0), default=None)
    wanted = {one for at, one in acts if at == last and one}
    met = last is None or (wanted <= set(named) and any(at >= last for at, _ in words))
    assert (missed is None) is met


@given(st.lists(st.sampled_from("xyz"), min_size=1, max_size=4), st.sets(st.sampled_from("xyz")))
def test_of_a_lot_every_act_is_confirmed_and_of_an_instance_the_last(
    acts: list[str], named: set[str]
) -> None:
    """A lot is issued in parts: that the last issue was confirmed says nothing of the first."""
    hours = range(-len(acts), 0)
    done = [
        PastStep("b", NOON + timedelta(hours=at), frozenset({one}))
        for at, one in zip(hours, acts, strict=True)
    ]
    state = ThingState(
        steps=(*done, PastStep("a", NOON)),
        told={CONFIRMED: tuple(named)},
        done={"b": frozenset(acts)},
    )
    rule = PreviousStep(any=("a",), of="item", after=("b",), confirms=True)
    parts = an_event(epcs=(), quantities=(QuantityElement(epc_class=LOT),))
    missed = rule.check(a_view(event=parts, item=LOT), known(things={LOT: state}))
    assert (missed is None) is (set(acts) <= named)
    missed = rule.check(a_view(item=PIG), known(things={PIG: state}))
    assert (missed is None) is (acts[-1] in named)


def test_a_past_too_long_to_be_looked_through_lacks_no_step() -> None:
    """That the first sale of a lot that thousands bought from was not looked at is no breach."""
    sold = PastStep("sold", NOON)
    rule = PreviousStep(any=("tested",), of="item")
    for is_whole in (True, False):
        state = ThingState(steps=(sold,), is_whole=is_whole)
        missed = rule.check(a_view(item=PIG), known(things={PIG: state}))
        assert (missed is None) is not is_whole


@given(st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc"), min_size=1))
def test_state_forbids_each_of_its_marks(marks: set[str], forbidden: set[str]) -> None:
    knowledge = known(things={PIG: ThingState(marks=frozenset(marks))})
    missed = State(none_of=tuple(forbidden), of="item").check(a_view(item=PIG), knowledge)
    assert (missed is None) is (not marks & forbidden)


HERDS = st.lists(st.integers(0, 3), min_size=1, max_size=6)
"""Which of four states each thing of an event has: many have one."""


@given(HERDS, st.booleans())
def test_of_a_herd_the_first_without_a_step_is_found(herd: list[int], confirms: bool) -> None:  # noqa: FBT001 -- drawn
    steps = [PastStep(step, NOON - timedelta(hours=at)) for at, step in enumerate("ab")]
    states = [
        ThingState(),
        ThingState(steps=tuple(steps)),
        ThingState(steps=(steps[1],)),
        ThingState(steps=(steps[1],), is_whole=False),
    ]
    rule = PreviousStep(any=("a",), of="item", after=("b",) if confirms else (), confirms=confirms)
    things = {f"{PIG}{at}": states[state] for at, state in enumerate(herd)}
    missed = rule.check(a_view(item=tuple(things)), known(things=things))
    first = next((f"{PIG}{at}" for at, state in enumerate(herd) if state == 2), None)
    assert (missed and missed.found) == (first and quoted(first))


@given(HERDS, st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_of_a_herd_the_first_thing_that_bears_or_holds_a_mark_is_found(
    herd: list[int], contents: list[int]
) -> None:
    states = [ThingState(marks=frozenset(marks)) for marks in ("", "b", "a", "ab")]
    lying = [Content(), Content(frozenset("b")), Content(frozenset("a")), Content(is_whole=False)]
    names = [f"{PIG}{at}" for at in range(len(herd))]
    inside = {name: lying[which] for name, which in zip(names, contents, strict=False)}
    things = {name: states[state] for name, state in zip(names, herd, strict=True)}
    rule = State(none_of=("a",), of="item")
    missed = rule.check(a_view(item=tuple(names)), known(things=things, inside=inside.get))
    wrong = (
        (name, state > 1) for name, state, which in zip(names, herd, contents, strict=False)
        if state > 1 or which > 1
    )  # fmt: skip
    first = next(wrong, None)
    assert (missed is None) is (first is None)
    if missed is not None and first is not None:
        name, bears_it = first
        assert name in missed.found.en
        assert (missed.found == quoted(name)) is bears_it


def test_a_mark_on_a_lot_holds_for_the_instances_stated_to_be_of_it() -> None:
    knowledge = known(things={LOT: ThingState(marks=frozenset("a"))})
    rule = State(none_of=("a",), of="item")
    of_lot = an_event(belongings=(Belonging(instance=PIG, lot=LOT),))
    assert rule.check(a_view(event=of_lot, item=PIG), knowledge) is not None
    assert rule.check(a_view(event=of_lot, item="another"), knowledge) is None
    assert rule.check(a_view(item=PIG), knowledge) is None


@pytest.mark.parametrize(
    "predicate",
    [
        PreviousStep(any=("a",), of="item"),
        State(none_of=("a",), of="item"),
        HasLicence(any=("a",)),
        PartyRole(any=("a",)),
        Document(of="item", any=("a",)),
        NotExpired(of="none", document="item"),
    ],
)
def test_what_was_not_looked_up_or_is_not_registered_is_no_breach(
    predicate: PreviousStep | State | HasLicence | PartyRole | Document | NotExpired,
) -> None:
    view = a_view(item=PIG, none=())
    empty = known(actor=PARTY, things={}, licences={}, roles={}, documents={})
    assert predicate.check(view, known(actor=PARTY)) is None
    assert predicate.check(view, empty) is None


def test_a_year_alone_is_in_order_with_any_day_in_it() -> None:
    rule = Order(first="a", then="b")
    assert rule.check(a_view(a="2026-06-01", b="2026"), known()) is None
    assert rule.check(a_view(a="2026-06-01", b="2025"), known()) is not None


def test_an_aware_time_is_taken_as_it_is() -> None:
    at = datetime(2026, 3, 10, 3, tzinfo=UTC)
    assert Order(first="a", then="b").check(a_view(a=NOON, b=at), known()) is not None


WORDS = st.sampled_from(["lpg", "oxygen", "LPG", "suyuan:lpg"])


@given(st.lists(WORDS, max_size=3), st.lists(WORDS, max_size=3))
def test_same_wants_all_that_is_known_among_what_is_stated(
    stated: list[str], on_record: list[str]
) -> None:
    def plain(values: list[str]) -> set[str]:
        return {value.removeprefix("suyuan:").lower() for value in values}

    view = a_view(medium=tuple(stated), known_medium=tuple(on_record))
    missed = Same(of="medium", known="known_medium").check(view, known())
    assert (missed is None) is (not stated or plain(on_record) <= plain(stated))
    assert missed is None or "oxygen" not in missed.found.en or "oxygen" in stated[0]


def test_same_knows_the_reporter() -> None:
    rule = Same(of="actor", known="sent_to")
    assert rule.check(a_view(sent_to=PARTY), known(actor=PARTY)) is None
    assert rule.check(a_view(sent_to="urn:suyuan:party:x"), known(actor=PARTY)) is not None
    assert rule.check(a_view(sent_to="urn:suyuan:party:x"), known()) is None


PAST = st.lists(
    st.tuples(st.sampled_from(["use", "use elsewhere", "return", "other"]), st.integers(-5, 0)),
    max_size=8,
)


@given(PAST)
def test_once_finds_what_was_used_earlier_and_not_given_back_since(
    past: list[tuple[str, int]],
) -> None:
    """A state machine walked by hand: in use from a use on, free again from a later return on."""
    steps = tuple(PastStep(step, NOON + timedelta(hours=hours)) for step, hours in past)
    rule = Once(of="item", steps=("use", "use elsewhere"), again=("return",))
    missed = rule.check(a_view(item=PIG), known(things={PIG: ThingState(steps=steps)}))
    is_used = False
    for hour in range(-5, 1):
        at_hour = {step for step, hours in past if hours == hour}
        is_used = (is_used and "return" not in at_hour) or (
            hour < 0 and not at_hour.isdisjoint(rule.steps)
        )
    assert (missed is not None) is is_used


def test_once_is_silent_on_what_was_never_recorded() -> None:
    rule = Once(of="item", steps=("use",))
    assert rule.check(a_view(item=PIG), known(things={})) is None
    assert rule.check(a_view(item=PIG), known()) is None


AMOUNTS = st.integers(0, 12)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=4), st.integers(1, 30))
def test_a_permit_covers_what_its_lines_have_left_and_takes_it_from_them_in_order(
    lines: list[tuple[int, int]], asked: int
) -> None:
    on_file = tuple(
        OnFile(
            id=number, kind="k", number="N", holder=PARTY,
            amount=Decimal(left + used), used=Decimal(used),
        )
        for number, (left, used) in enumerate(lines)
    )  # fmt: skip
    rule = Permit(of="number", any=("k",), amount=("much",))
    view, knowledge = a_view(number="N", much=asked), known(actor=PARTY, permits={"N": on_file})
    left = [one for one, _ in lines]
    taken = rule.debit(view, knowledge)
    assert (rule.check(view, knowledge) is None) is (asked <= sum(left))
    if asked > sum(left):
        assert taken == (Debit(0, Decimal(asked), is_covered=False),)
        return
    assert sum(one.amount for one in taken) == asked
    assert all(0 < one.amount <= left[one.permit] for one in taken)
    *full, _ = [one.permit for one in taken]
    assert all(one.amount == left[one.permit] for one in taken if one.permit in full)


@pytest.mark.parametrize(
    ("stated", "uom", "unit", "enough"),
    [("1", "TNE", "KGM", False), ("0.1", "TNE", "KGM", True), ("99", "KGM", "TNE", True),
     ("1", "LTR", "KGM", False), ("100", None, None, True), ("8", "DZN", None, True),
     ("9", "DZN", None, False)],
)  # fmt: skip
def test_a_permit_is_counted_in_its_own_unit(
    stated: str, uom: str | None, unit: str | None, *, enough: bool
) -> None:
    on_file = OnFile(id=1, kind="k", number="N", holder=PARTY, unit=unit, amount=Decimal(100))
    element = QuantityElement(epc_class=LOT, quantity=Decimal(stated), uom=uom)
    rule = Permit(of="number", any=("k",), amount=("much",))
    view = a_view(number="N", much=element)
    missed = rule.check(view, known(actor=PARTY, permits={"N": (on_file,)}))
    assert (missed is None) is enough


def test_a_bare_number_is_in_the_unit_that_the_rule_names() -> None:
    on_file = OnFile(id=1, kind="k", number="N", holder=PARTY, unit="TNE", amount=Decimal(1))
    rule = Permit(of="number", any=("k",), amount=("much",), like="KGM")
    knowledge = known(actor=PARTY, permits={"N": (on_file,)})
    assert rule.check(a_view(number="N", much=1000), knowledge) is None
    assert rule.check(a_view(number="N", much=1001), knowledge) is not None
    assert rule.debit(a_view(number="N", much=500), knowledge) == (Debit(1, Decimal("0.5")),)


def test_a_permit_is_silent_on_numbers_that_nobody_filed_and_on_other_kinds() -> None:
    on_file = OnFile(id=1, kind="other", number="N", holder="x", amount=Decimal(1))
    rule = Permit(of="number", any=("k",), amount=("much",))
    for permits in (None, {}, {"N": (on_file,)}):
        assert rule.check(a_view(number="N", much=5), known(actor=PARTY, permits=permits)) is None
        assert rule.debit(a_view(number="N", much=5), known(actor=PARTY, permits=permits)) == ()


def test_whose_permit_it_is_nobody_else_is_told() -> None:
    on_file = OnFile(id=1, kind="k", number="N", holder="urn:suyuan:party:x", amount=Decimal(7))
    rule = Permit(of="number", any=("k",), amount=("much",))
    missed = rule.check(a_view(number="N", much=5), known(actor=PARTY, permits={"N": (on_file,)}))
    assert missed is not None
    assert "party:x" not in missed.found.zh + missed.found.en
    assert "7" not in missed.found.zh + missed.found.en


HERE = "geo:28.1,112.9"
NEAR, FAR = {"lat": 28.1, "lon": 112.9, "radius": 10}, {"lat": 28.2, "lon": 112.9, "radius": 10}
HOURS = st.none() | st.integers(-3, 3)
ZONES = st.lists(st.sampled_from([NEAR, FAR]), max_size=3)


@given(ZONES, ZONES)
def test_a_position_is_in_one_permitted_zone_and_in_no_forbidden_one(
    permitted: list[dict[str, float]], forbidden: list[dict[str, float]]
) -> None:
    view = a_view(at=HERE, permitted=tuple(permitted), forbidden=tuple(forbidden))
    missed = Zone(of="at", inside="permitted", outside="forbidden").check(view, known())
    is_in = not permitted or NEAR in permitted
    assert (missed is None) is (is_in and NEAR not in forbidden)


def test_positions_times_and_zones_are_said_as_people_write_them() -> None:
    at = {"lat": Decimal("27.6"), "lon": Decimal("112.4")}
    nameless = {"lat": Decimal("28.1"), "lon": 112, "radius": Decimal(10)}
    for zone, rule, told in (
        (NEAR, Zone(of="at", inside="zones"), '"27.6, 112.4", in no zone'),
        (at | {"radius": 9, "name": "矿"}, Zone(of="at", outside="zones"), 'the zone "矿" then'),
        (nameless | {"start": "x"}, Zone(of="at", inside="zones"), '{"lat": 28.1, "lon": 112,'),
    ):
        missed = rule.check(a_view(at=at, zones=zone), known())
        assert missed is not None
        assert told in missed.found.en
        assert "Decimal" not in missed.found.en + missed.found.zh
    early = datetime(2026, 10, 1, tzinfo=UTC)
    missed = Order(first="a", then="b").check(a_view(a=early, b="2026-09-01"), known())
    assert missed is not None
    assert missed.found.en == '"2026-10-01 08:00 +08:00" and then "2026-09-01"'
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert said(last) == "9999-12-31 23:59+00:00"


@given(HOURS, HOURS)
def test_a_zone_counts_from_its_start_to_its_end(start: int | None, end: int | None) -> None:
    def at(hours: int) -> str:
        return (NOON + timedelta(hours=hours)).isoformat()

    said = {} if start is None else {"start": at(start)}
    said |= {} if end is None else {"end": at(end)}
    counts = (start is None or start <= 0) and (end is None or end >= 0)
    view = a_view(at=HERE, zones=NEAR | said)
    assert (Zone(of="at", inside="zones").check(view, known()) is None) is counts
    assert (Zone(of="at", outside="zones").check(view, known()) is None) is not counts


@pytest.mark.parametrize("zone", [{}, "geo:1,2", "a hill", 5, NEAR | {"start": "soon"}])
def test_a_zone_that_cannot_be_read_is_found_on_either_side(zone: object) -> None:
    for rule in (Zone(of="at", inside="zones"), Zone(of="at", outside="zones")):
        missed = rule.check(a_view(at=HERE, zones=zone), known())
        assert missed is not None
        assert missed.item == "zones"


def test_a_zone_rule_is_silent_without_position_or_zones_and_wants_a_side() -> None:
    rule = Zone(of="at", inside="zones")
    assert rule.check(a_view(at=(), zones=NEAR), known()) is None
    assert rule.check(a_view(at=HERE, zones=()), known()) is None
    with pytest.raises(ValueError, match="inside, outside"):
        Zone(of="at")


@pytest.mark.parametrize(("actor", "roles", "told", "answered"), [
    (PARTY, (), True, True), ("office", (), True, True), ("a", ("authority",), True, True),
    ("a", ("seller",), False, True), ("a", ("farm",), False, False), ("a", (), False, False),
    ("a", None, False, False),
])  # fmt: skip
def test_how_much_is_left_is_told_to_whom_it_concerns_and_that_it_is_too_little_to_who_would_go_on(
    actor: str, roles: tuple[str, ...] | None, *, told: bool, answered: bool
) -> None:
    on_file = OnFile(
        id=1, kind="k", number="N", issuer="office", holder=PARTY, amount=Decimal(7)
    )  # fmt: skip
    rule = Permit(of="number", any=("k",), amount=("much",), holder="buyer")
    registered = {} if roles is None else {actor: frozenset(roles)}
    knowledge = known(actor=actor, roles=registered, permits={"N": (on_file,)})
    enough, over = (
        structs.replace(a_view(number="N", much=much, buyer=PARTY), roles=("seller",))
        for much in (7, 9)
    )
    assert rule.check(enough, knowledge) is None
    missed = rule.check(over, knowledge)
    # What differs by the amount would tell it by and by.
    assert (missed is not None) is answered
    assert missed is None or ("7" in missed.found.en) is told
    assert rule.tells(over, knowledge) is answered
    limit = Permit(of="number", any=("k",), amount=("much",), holder="buyer", debits=False)
    missed = limit.check(over, knowledge)
    assert missed is not None
    assert ("7" in missed.found.en) is told
