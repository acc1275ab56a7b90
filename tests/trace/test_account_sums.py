"""What stands in accounts: units, vessels, containers, pieces, unknown holders, wrong amounts."""

import csv
import gzip
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from engines import at_both_lengths, holds
from histories import at, cases, record
from worked import (
    A,
    B,
    C,
    Event,
    came,
    emptied,
    left,
    made,
    moved,
    packed,
    received,
    sent,
    used,
    when,
)

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, Side, ThingGrain
from suyuan.trace.accounts import audit
from suyuan.trace.accounts.types import Allowed, Audit, Books, Reason, Statement
from suyuan.trace.known import known
from suyuan.trace.pairing import groups, pairs
from suyuan.trace.types import BalanceKind, Direction, Extent, Question
from suyuan.trace.unite import united

ZERO = Decimal(0)


def kg(much: int | str) -> dict[str, Any]:
    return {"quantity": Decimal(much), "unit": "KGM"}


def over(lot: str, place: Holder, time: int | Span, **more: Any) -> Event:
    base = {"kind": FactKind.ENDED, "thing": lot, "before": place, "when": when(time)}
    return (base | more,)


def counted(thing: str, place: Holder, time: int, **more: Any) -> Event:
    base = {"kind": FactKind.COUNTED, "thing": thing, "after": place, "when": when(time)}
    return (base | more,)


def drawn(*events: Event, **asked: Any) -> Audit:
    return audit(record(events), Books(minutes=0, **asked))


def only(found: Audit, kind: BalanceKind, place: Holder | None = None) -> Statement:
    (one,) = (
        each
        for each in found.statements
        if each.kind is kind and (place is None or each.pool.party == place.party)
        if place is None or each.pool.site == place.site
    )
    return one


def exactly(much: int | str) -> Extent:
    return Extent(Decimal(much), Decimal(much))


def test_a_code_of_its_own_for_every_record_makes_no_account_for_every_record() -> None:
    """Any two or three letters are a unit to state; no table says what they measure."""
    codes = [f"{a}{b}{c}" for a in "QXZ" for b in "QXZ" for c in "ABCDEFGH"]
    strange = [made("lot1", A, at, quantity=Decimal(1), unit=code) for at, code in enumerate(codes)]
    twice = [made("lot1", A, 80, quantity=Decimal(1), unit="ZZH")]
    found = drawn(*strange, *twice, made("lot1", A, 90, **kg(5)))
    units = ["KGM", "QQA", "QQB", "QQC", "QQD", "QQE", "QQF", "QQG", "ZZH"]
    assert [each.unit for each in found.statements] == units
    assert found.accounts == len(units)
    assert {each.records for each in found.statements} == {len(codes) + 2}
    mass, *_, most = found.statements
    assert (mass.made, mass.unknown) == (Extent(Decimal(5), None), len(codes) + 1)
    assert (most.made, most.unknown) == (Extent(Decimal(2), None), len(codes))


def test_units_of_one_dimension_are_one_account_and_another_is_unknown_in_it() -> None:
    found = drawn(
        made("lot1", A, 0, quantity=Decimal(1), unit="TNE"),
        over("lot1", A, 1, **kg(400)),
        over("lot1", A, 2, quantity=Decimal(3), unit="LTR"),
    )
    mass, volume = found.statements
    assert (mass.unit, mass.made, mass.closing) == (
        "KGM",
        exactly(1000),
        Extent(ZERO, Decimal(600)),
    )
    assert (volume.unit, volume.made.most, volume.closing.most) == ("LTR", None, None)
    assert mass.unknown == 1
    assert not found.contradictions


def test_one_report_in_two_dimensions_is_told_in_each() -> None:
    base = {"kind": FactKind.ENDED, "thing": "lot1", "before": A, "when": when(1)}
    both = (base | kg(4), base | {"quantity": Decimal(2), "unit": "LTR"})
    born = {"kind": FactKind.MADE, "thing": "lot1", "after": A, "when": when(0)}
    found = drawn((born | kg(10), born | {"quantity": Decimal(5), "unit": "LTR"}), both)
    assert [each.closing for each in found.statements] == [exactly(6), exactly(3)]


@pytest.mark.parametrize("amount", ["-5", "1E+40", "1E-40", "-0.0001"])
def test_an_amount_that_can_be_none_is_unknown_and_said(amount: str) -> None:
    found = drawn(made("lot1", A, 0, **kg(amount)), over("lot1", A, 1, **kg(7)))
    (one,) = found.statements
    assert one.made == Extent(ZERO, None)
    assert not found.contradictions
    assert [each.code for each in found.anomalies] == ["unusable_amount"]


def test_amounts_of_many_digits_are_added_exactly() -> None:
    found = drawn(
        made("lot1", A, 0, **kg("1E+30")),
        made("lot1", A, 1, **kg("1E-30")),
        over("lot1", A, 2, **kg("1E+30")),
    )
    assert found.statements[0].closing == exactly("1E-30")
    ounces = [over("lot1", A, 1, quantity=Decimal(1), unit="ONZ")] * 16
    pound = made("lot1", A, 0, quantity=Decimal(1), unit="LBR")
    assert only(drawn(pound, *ounces), BalanceKind.POOL).closing == exactly(0)


def test_what_was_sent_and_nobody_received_may_be_there() -> None:
    found = drawn(
        made("lot1", A, 0, **kg(10)),
        sent("lot1", A, B, 1, **kg(10)),
        over("lot1", B, 2, **kg(6)),
    )
    assert not found.contradictions
    assert only(found, BalanceKind.POOL, B).closing == Extent(ZERO, Decimal(4))
    assert only(found, BalanceKind.POOL, A).closing == exactly(0)
    early = drawn(sent("lot1", A, B, 3, **kg(10)), over("lot1", B, 2, **kg(6)))
    assert only(early, BalanceKind.POOL, B).contradiction is not None


def test_what_a_receiver_alone_reports_left_its_sender_by_then() -> None:
    found = drawn(made("lot1", A, 0, **kg(4)), received("lot1", A, B, 2, **kg(10)))
    one = only(found, BalanceKind.POOL, A)
    assert one.contradiction is not None
    assert (one.contradiction.reason, one.contradiction.by) == (Reason.MORE_WENT, 6)


def test_sums_of_a_dispatch_and_its_receipts_are_compared() -> None:
    note = {"document": ("d1",)}
    start = made("lot1", A, 0, **kg(10))
    whole = sent("lot1", A, B, 1, **kg(10), **note)
    first, second = (received("lot1", A, B, n, **kg(5), **note) for n in (2, 3))
    assert not drawn(start, whole, first, second).contradictions
    short = drawn(start, whole, first)
    assert short.contradictions == {Reason.DIFFERS: 1}
    assert only(short, BalanceKind.MOVEMENT).lost == 5
    assert only(short, BalanceKind.POOL, B).closing == Extent(Decimal(5), Decimal(10))
    tonnes = {"quantity": Decimal("0.01"), "unit": "TNE"}
    assert not drawn(start, whole, received("lot1", A, B, 2, **tonnes, **note)).contradictions


def test_what_is_held_may_count_and_proves_nothing() -> None:
    facts = record(
        [made("lot1", A, 0, **kg(5)), made("lot1", A, 0, **kg(5)), over("lot1", A, 1, **kg(8))],
        [{}, {"held": True}],
    )
    assert not audit(facts, Books()).contradictions
    facts = record([made("lot1", A, 0, **kg(5)), over("lot1", A, 1, **kg(8))], [{}, {"held": True}])
    assert not audit(facts, Books()).contradictions
    released = [Fact(**{**fields(fact), "released_at": 9}) for fact in facts]
    assert audit(released, Books()).contradictions == {Reason.MORE_WENT: 1}


def fields(fact: Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__struct_fields__}


def test_a_withdrawn_record_counts_until_it_is_withdrawn() -> None:
    facts = record(
        [made("lot1", A, 0, **kg(5)), over("lot1", A, 1, **kg(8))], [{"withdrawn_at": 7}]
    )
    assert audit(facts, Books(known_at=6)).contradictions == {Reason.MORE_WENT: 1}
    assert audit(facts, Books(known_at=7)).contradictions == {Reason.NOTHING_CAME: 1}


def test_what_came_to_somebody_unknown_may_have_come_to_each_who_can_be_meant() -> None:
    half = Holder(A.party)
    found = drawn(
        made("lot1", half, 0, **kg(9)), over("lot1", A, 1, **kg(5)), over("lot1", C, 1, **kg(5))
    )
    assert only(found, BalanceKind.POOL, A).contradiction is None
    assert only(found, BalanceKind.POOL, C).contradiction is not None


def test_a_vessel_is_an_account_of_what_is_in_it_whatever_the_lot() -> None:
    found = drawn(
        packed("lot1", "tank", A, 0, **kg(10)),
        packed("lot2", "tank", A, 1, **kg(10)),
        left("lot1", "tank", A, 2, **kg(15)),
        left("lot2", "tank", A, 3, **kg(6)),
        emptied("tank", A, 4),
        packed("lot1", "tank", A, 5, **kg(2)),
        left("lot1", "tank", A, 6, **kg(1)),
    )
    one = only(found, BalanceKind.VESSEL)
    assert one.contradiction is not None
    assert (one.contradiction.reason, one.contradiction.by) == (Reason.MORE_WENT, 1)
    assert (one.came, one.went, one.closing) == (exactly(22), exactly(22), exactly(1))
    assert one.missing == 1


def test_what_is_gauged_in_a_vessel_is_a_count_of_the_vessel_alone() -> None:
    found = drawn(
        made("lot1", A, 0, **kg(50)),
        packed("lot1", "tank", A, 1, **kg(20)),
        counted("lot1", A, 2, parent="tank", **kg(17)),
    )
    assert found.contradictions == {Reason.LESS_COUNTED: 1}
    assert only(found, BalanceKind.POOL).closing == exactly(50)


def test_a_container_takes_along_what_of_a_lot_is_in_it() -> None:
    found = drawn(
        made("lot1", A, 0, **kg(10)),
        packed("lot1", "box", A, 1, **kg(6)),
        moved("box", A, B, 2),
        over("lot1", B, 3, **kg(5)),
    )
    assert only(found, BalanceKind.POOL, A).closing == exactly(4)
    assert only(found, BalanceKind.POOL, B).closing == exactly(1)
    assert not found.contradictions


def test_one_event_that_names_the_box_and_what_is_in_it_moves_that_once() -> None:
    base = {"kind": FactKind.MOVED, "side": Side.BOTH, "before": A, "after": B, "when": when(2)}
    found = drawn(
        made("lot1", A, 0, **kg(6)),
        packed("lot1", "box", A, 1, **kg(6)),
        (base | {"thing": "box"}, base | {"thing": "lot1"} | kg(6)),
    )
    assert not found.contradictions
    assert only(found, BalanceKind.POOL, A).closing == exactly(0)


def test_what_a_destroyed_container_held_ends_with_it() -> None:
    found = drawn(
        made("lot1", A, 0, **kg(10)),
        packed("lot1", "box", A, 1, **kg(6)),
        over("box", A, 2),
    )
    assert only(found, BalanceKind.POOL).closing == exactly(4)
    assert only(found, BalanceKind.POOL).ended == exactly(6)


def by_letter(thing: str) -> str:
    return "goods" if thing.startswith(("t", "l")) else ""


def test_pieces_are_an_account_of_their_class_at_each_site() -> None:
    found = drawn(
        made("t1", A, 0),
        made("t2", A, 0),
        packed("t1", "c1", A, 1),
        moved("c1", A, B, 2),
        over("t1", B, 3),
        over("t1", B, 4),
        class_of=by_letter,
    )
    assert only(found, BalanceKind.SITE, A).closing == exactly(1)
    shop = only(found, BalanceKind.SITE, B)
    assert (shop.came, shop.unit) == (exactly(1), None)
    assert shop.contradiction is not None
    assert (shop.contradiction.reason, shop.contradiction.by) == (Reason.MORE_WENT, 1)


def test_lots_of_a_class_make_up_for_one_another_at_a_site() -> None:
    found = drawn(
        made("lot1", A, 0, **kg(10)),
        made("lot2", A, 0, **kg(10)),
        over("lot1", A, 1, **kg(12)),
        class_of=by_letter,
    )
    assert only(found, BalanceKind.SITE).closing == exactly(8)
    assert found.contradictions == {Reason.MORE_WENT: 1}


def test_lots_whose_pieces_are_told_singly_are_not_judged_where_they_are() -> None:
    facts = [
        received("t1", A, B, 1, lot="lot1"),
        over("lot1", B, 2, quantity=Decimal(1)),
        over("lot1", C, 2, quantity=Decimal(1)),
    ]
    found = drawn(*facts)
    assert only(found, BalanceKind.POOL, B).contradiction is None
    assert only(found, BalanceKind.POOL, C).contradiction is not None


def test_a_transformation_is_judged_where_a_family_says_what_it_may_yield() -> None:
    events = [
        used("lot1", "f1", A, 2, **kg(10)),
        came("lot2", "f1", A, 1, **kg(8)),
        came("lot2", "f1", A, 3, **kg(5)),
    ]
    flow = only(drawn(*events), BalanceKind.FLOW)
    assert (flow.came, flow.went, flow.contradiction, flow.missing) == (
        exactly(10),
        exactly(13),
        None,
        0,
    )

    def allowed(percent: int) -> Callable[..., Allowed | None]:
        return lambda kind, *_: Allowed(percent=Decimal(percent)) if kind == "flow" else None

    strict = only(drawn(*events, allowed=allowed(0)), BalanceKind.FLOW)
    assert strict.contradiction is not None
    assert (strict.contradiction.reason, strict.contradiction.by) == (Reason.MORE_MADE, 3)
    assert only(drawn(*events, allowed=allowed(30)), BalanceKind.FLOW).contradiction is None


def test_what_went_into_a_making_went_in_on_its_day_or_by_what_first_came_out() -> None:
    """A period that begins before it is one without an opening stock; inputs dated later are in."""
    dated = [used("lot1", "f1", A, 30, **kg(10)), came("lot2", "f1", A, 30, **kg(10))]
    late = [used("lot1", "f1", A, 40, **kg(10)), came("lot2", "f1", A, 30, **kg(10))]
    for events in (dated, late):
        within = only(drawn(*events, start=at(24), end=at(47)), BalanceKind.FLOW)
        assert (within.opening, within.came, within.went) == (exactly(0), exactly(10), exactly(10))
        past = only(drawn(*events, start=at(72)), BalanceKind.FLOW)
        assert (past.opening, past.came, past.closing) == (exactly(0), exactly(0), exactly(0))
    unfinished = only(drawn(*dated[:1], start=at(72)), BalanceKind.FLOW)
    assert (unfinished.opening, unfinished.came) == (exactly(10), exactly(0))


@at_both_lengths
def test_neither_the_order_of_facts_nor_copies_change_an_account(examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        books = Books(known_at=question.known_at, end=question.as_of, class_of=by_letter)
        first = audit(facts, books)
        assert audit(facts[::-1], books) == first
        again = audit(facts + facts, books)
        assert (again.statements, again.contradictions) == (first.statements, first.contradictions)
        for each in first.statements:
            for extent in (each.opening, each.came, each.went, each.closing):
                assert extent.least >= 0
                assert extent.most is None or extent.least <= extent.most

    holds(check, 2 * examples, cases())


@at_both_lengths
def test_what_can_be_of_one_another_is_found_without_looking_at_every_pair(examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        told, _ = known(case[0], Question(seeds=(), direction=Direction.FORWARD))
        moving = [item for item in told if item.fact.kind is FactKind.MOVED]
        sents = [item for item in moving if item.fact.side is Side.SENT]
        receipts = [item for item in moving if item.fact.side is Side.RECEIVED]
        top = united((id(s), id(r)) for s, r in pairs(sents, receipts))
        slow: dict[int, set[int]] = {}
        for item in (*sents, *receipts):
            slow.setdefault(top.get(id(item), id(item)), set()).add(id(item))
        quick = [{id(item) for item in group} for group in groups(sents, receipts)]
        assert sorted(map(sorted, quick)) == sorted(map(sorted, slow.values()))

    holds(check, examples, cases())


T0 = datetime(2005, 1, 1, tzinfo=UTC)
_STEPS = {"4": "age1", "5": "age2", "6": "age3", "1": "age1", "2": "age2", "3": "age3"}
_OLDER = {"1": "age2", "2": "age3"}


def of_day(number: int, kind: FactKind, thing: str, day: int, much: str, **more: Any) -> Fact:
    at = T0 + timedelta(days=day)
    return Fact(
        entry=number,
        line=0,
        position=number,
        kind=kind,
        thing=thing,
        when=Span(at, at + timedelta(hours=23)),
        grain=ThingGrain.CLASS,
        quantity=Decimal(much),
        **more,
    )


def herds(folder: Path, until: int) -> Iterator[Fact]:
    """Every event of the herds' register up to a day, and their opening stock as made."""
    number = 0
    with (folder / "initial_stock_and_coordinates.csv").open() as file:
        for row in csv.DictReader(file):
            for age in "123":
                number += 1
                stock = str(int(row[f"S_{age}"]) + int(row[f"I_{age}"]))
                yield of_day(number, FactKind.MADE, f"age{age}", 0, stock, after=herd(row["node"]))
    with gzip.open(folder / "events_SISe3.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if int(row["time"]) > until:
                break
            for kind, thing, ends in lines_of(row):
                number += 1
                yield of_day(number, kind, thing, int(row["time"]), row["n"], **ends)


def herd(node: str) -> Holder:
    return Holder(f"farm{node}", f"herd{node}")


def lines_of(row: dict[str, str]) -> list[tuple[FactKind, str, dict[str, Any]]]:
    here, age = herd(row["node"]), _STEPS[row["select"]]
    match row["event"]:
        case "enter":
            return [(FactKind.MADE, age, {"after": here})]
        case "exit":
            return [(FactKind.ENDED, age, {"before": here})]
        case "extTrans":
            ends = {"side": Side.BOTH, "before": here, "after": herd(row["dest"])}
            return [(FactKind.MOVED, age, ends)]
        case _:
            older = _OLDER[row["shift"]]
            return [
                (FactKind.ENDED, age, {"before": here}),
                (FactKind.MADE, older, {"after": here}),
            ]


@pytest.mark.parametrize("day", [100, pytest.param(365, marks=pytest.mark.deep)])
def test_herds_close_with_the_stock_of_the_reference(shared_data: Path, day: int) -> None:
    folder = shared_data / "tracing" / "sise3"
    found = audit(herds(folder, day), Books(most=10_000, class_of=lambda thing: thing, minutes=0))
    assert not found.contradictions
    closing = {
        (each.pool.site, each.pool.thing): each.closing
        for each in found.statements
        if each.kind is BalanceKind.SITE
    }
    compared = 0
    with gzip.open(folder / "stock_reference_days_100_365.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if int(row["day"]) == day:
                for age in ("age1", "age2", "age3"):
                    assert closing[f"herd{row['node']}", age] == exactly(row[age])
                    compared += 1
    assert compared == 4800


def test_animals_that_were_told_twice_or_not_at_all_are_found_and_no_others(
    shared_data: Path,
) -> None:
    """Sales told twice, births not told: the first day is that on which plain sums say so."""
    facts = list(herds(shared_data / "tracing" / "sise3", 60))
    random, faulty = Random(7), []
    doubled = {fact.entry for fact in random.sample(facts, 400) if fact.kind is FactKind.ENDED}
    lost = {fact.entry for fact in random.sample(facts, 400) if fact.kind is FactKind.MADE}
    for fact in facts:
        if fact.entry not in lost:
            faulty.append(fact)
        if fact.entry in doubled:
            faulty.append(Fact(**{**fields(fact), "entry": fact.entry + 10**6}))
    first = first_days_below_nothing(faulty)
    found = audit(faulty, Books(most=10_000, class_of=lambda thing: thing, minutes=0))
    told = {
        (each.pool.site, each.pool.thing): (each.contradiction.day - T0.date()).days
        for each in found.statements
        if each.contradiction is not None
    }
    assert told == first
    assert len(told) > 20


def first_days_below_nothing(facts: Sequence[Fact]) -> dict[tuple[str, str], int]:
    """Plain running sums, day by day, what comes before what goes."""
    changes: dict[int, list[tuple[int, tuple[str, str], Decimal]]] = {}
    for fact in facts:
        assert fact.when.lo is not None
        day = (fact.when.lo - T0).days
        for order, end, sign in ((0, fact.after, 1), (1, fact.before, -1)):
            if end is not None:
                much = sign * (fact.quantity or ZERO)
                changes.setdefault(day, []).append((order, (end.site or "", fact.thing), much))
    stock: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str], int] = {}
    for day, some in sorted(changes.items()):
        for _, place, much in some:
            stock[place] += much  # type: ignore[assignment]
        for place in {place for _, place, _ in some}:
            if stock[place] < 0:
                found.setdefault(place, day)
    return found


def many(number: int) -> list[Fact]:
    """Deliveries of one lot on one route without a document, and a stock drawn on every minute."""
    base = {"line": 0, "grain": ThingGrain.LOT, "quantity": Decimal(1), "unit": "KGM"}
    facts = []
    for n in range(number):
        at = T0 + timedelta(minutes=n)
        kind = (FactKind.MADE, FactKind.MOVED, FactKind.MOVED, FactKind.ENDED)[n % 4]
        side = (None, Side.SENT, Side.RECEIVED, None)[n % 4]
        ends = ({"after": A}, {"before": A, "after": B}, {"before": A, "after": B}, {"before": B})
        facts.append(
            Fact(
                entry=n, position=n, kind=kind, thing="lot1", side=side, when=Span(at, at),
                **base, **ends[n % 4],  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return facts


def test_a_hundred_thousand_facts_of_one_lot_are_balanced() -> None:
    found = audit(many(100_000), Books(most=10))
    assert not found.contradictions
    assert found.cost.facts == 100_000
    for place in (A, B):
        one = only(found, BalanceKind.POOL, place)
        assert (one.closing, one.went if place is A else one.ended) == (exactly(0), exactly(25_000))


def test_memory_grows_with_the_number_of_facts_and_no_faster() -> None:
    peaks = []
    for number in (4_000, 16_000):
        facts = many(number)
        tracemalloc.start()
        audit(facts, Books(most=10))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 6 * peaks[0]
