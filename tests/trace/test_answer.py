"""The one answer: origins, whereabouts, responsibility, completeness, balance."""

import random
from decimal import Decimal
from typing import Any

import pytest
from engines import at_both_lengths, holds
from histories import at, cases, instant, record
from msgspec.structs import replace

from suyuan.model import Fact, FactKind, Holder, Side, ThingGrain
from suyuan.trace.answer import answer
from suyuan.trace.scope import scope
from suyuan.trace.types import (
    Answer,
    BalanceKind,
    Direction,
    OpenEndKind,
    OriginKind,
    Pool,
    Question,
    Rest,
    Seed,
)

FARM, MILL, SHOP = Holder("farm", "field"), Holder("mill", "hall"), Holder("shop", "stall")
Line = dict[str, Any]


def asked(thing: str, direction: Direction, **more: Any) -> Question:
    return Question(seeds=(Seed(thing=thing),), direction=direction, **more)


def line(kind: FactKind, thing: str, hour: int, **more: Any) -> tuple[Line]:
    grain = ThingGrain.LOT if thing.startswith("lot") else ThingGrain.INSTANCE
    return ({"kind": kind, "thing": thing, "when": instant(hour), "grain": grain} | more,)


def kg(amount: int | str) -> Line:
    return {"quantity": Decimal(amount), "unit": "KGM"}


def grain_to_flour() -> list[Fact]:
    """100 kg harvested, 60 sent and 58 received, milled to 50; 20 sold from the shop's 30."""
    sent = {"side": Side.SENT, "before": FARM, "after": MILL, "document": ("d1",)}
    got = {"side": Side.RECEIVED, "before": FARM, "after": MILL, "document": ("d1",)}
    milled = {"flow": "milling", "before": MILL, "after": MILL}
    return record(
        [
            line(FactKind.MADE, "lotA", 0, after=FARM, **kg(100)),
            line(FactKind.MOVED, "lotA", 1, **sent, **kg(60)),
            line(FactKind.MOVED, "lotA", 2, **got, **kg(58)),
            line(FactKind.BECAME, "lotA", 3, side=Side.INPUT, **milled, **kg(58)),
            line(FactKind.BECAME, "lotB", 3, side=Side.OUTPUT, **milled, **kg(50)),
            line(FactKind.MOVED, "lotB", 4, side=Side.BOTH, before=MILL, after=SHOP, **kg(30)),
            line(FactKind.ENDED, "lotB", 5, before=SHOP, **kg(20)),
        ]
    )


def test_origins_are_what_was_made_and_nothing_else() -> None:
    (origin,) = answer(grain_to_flour(), asked("lotB", Direction.BACKWARD)).origins
    assert origin.pool == Pool("lotA", "farm", "field")
    assert (origin.kind, origin.quantity, origin.unit) == (OriginKind.MADE, Decimal(100), "KGM")
    assert origin.certain


def test_an_origin_nobody_stated_is_said_to_be_unknown() -> None:
    facts = grain_to_flour()
    (origin,) = answer(facts[1:], asked("lotB", Direction.BACKWARD)).origins
    assert (origin.pool.thing, origin.kind) == ("lotA", OriginKind.UNKNOWN)
    (unstated,) = answer(facts[4:], asked("lotB", Direction.BACKWARD)).origins
    assert (unstated.pool.container, unstated.kind) == ("milling", OriginKind.UNSTATED)


def test_whereabouts_say_what_is_left_where_and_what_ended() -> None:
    found = answer(grain_to_flour(), asked("lotA", Direction.FORWARD)).whereabouts
    assert {(w.pool.party, w.pool.thing, w.rest, w.quantity) for w in found} == {
        ("farm", "lotA", Rest.HELD, Decimal(40)),
        ("mill", "lotB", Rest.HELD, Decimal(20)),
        ("shop", "lotB", Rest.ENDED, Decimal(20)),
        ("shop", "lotB", Rest.HELD, Decimal(10)),
    }


def test_what_was_sent_and_not_received_is_in_transit_once() -> None:
    facts = grain_to_flour()[:2]
    found = answer(facts, asked("lotA", Direction.FORWARD)).whereabouts
    assert {(w.pool.party, w.rest, w.quantity) for w in found} == {
        ("farm", Rest.HELD, Decimal(40)),
        ("mill", Rest.IN_TRANSIT, Decimal(60)),
    }


def test_a_piece_that_moved_on_is_not_held_where_it_was() -> None:
    facts = record(
        [
            line(FactKind.MADE, "pig", 0, after=FARM),
            line(FactKind.MOVED, "pig", 1, side=Side.BOTH, before=FARM, after=SHOP),
        ]
    )
    (held,) = answer(facts, asked("pig", Direction.FORWARD)).whereabouts
    assert (held.pool.party, held.rest, held.certain) == ("shop", Rest.HELD, True)


def test_responsibility_names_who_made_and_held_it_from_when_to_when() -> None:
    found = answer(grain_to_flour(), asked("lotB", Direction.BACKWARD)).responsibility
    assert [(r.party, r.made) for r in found] == [("farm", True), ("mill", True), ("shop", False)]
    farm, mill, shop = found
    assert (farm.since.lo, mill.since.lo, shop.since.lo) == (at(0), at(2), at(4))


def test_who_made_a_thing_by_transformation_made_it_whichever_way_is_asked() -> None:
    mill, shop = answer(grain_to_flour(), asked("lotB", Direction.FORWARD)).responsibility
    assert (mill.party, mill.made, mill.since.lo, mill.since.hi) == ("mill", True, at(3), at(3))
    assert (shop.party, shop.made) == ("shop", False)


def test_who_still_has_some_answers_for_it_until_now() -> None:
    """40 kg stay on the farm, 20 in the mill, 10 in the shop; of what was sent whole nothing."""
    found = answer(grain_to_flour(), asked("lotA", Direction.FORWARD)).responsibility
    assert [each.until for each in found] == [None, None, None]
    farm, mill = answer(grain_to_flour(), asked("lotA", Direction.BACKWARD)).responsibility
    assert farm.until is None
    assert mill.until is not None  # it milled all of lotA
    over = line(FactKind.ENDED, "lotB", 6, before=MILL, **kg(20))
    (last,) = (replace(each, entry=8, position=8, event_id="e8") for each in record([over]))
    gone = [*grain_to_flour(), last]
    farm, mill, *_ = answer(gone, asked("lotB", Direction.BACKWARD)).responsibility
    assert farm.until is None
    assert mill.until is not None
    assert mill.until.hi == at(6)


def silent(sent: int, got: int) -> list[Fact]:
    """The farm sent the mill so much, which says nothing; the shop got so much from the mill."""
    first = {"side": Side.SENT, "before": FARM, "after": MILL}
    last = {"side": Side.RECEIVED, "before": MILL, "after": SHOP}
    return record(
        [
            line(FactKind.MADE, "lotA", 0, after=FARM, **kg(400)),
            line(FactKind.MOVED, "lotA", 1, **first, **kg(sent)),
            line(FactKind.MOVED, "lotA", 3, **last, **kg(got)),
        ]
    )


@pytest.mark.parametrize("direction", list(Direction))
def test_who_was_sent_more_than_left_him_has_it_until_now_though_he_is_silent(
    direction: Direction,
) -> None:
    _, mill, _ = answer(silent(400, 250), asked("lotA", direction)).responsibility
    assert (mill.party, mill.until) == ("mill", None)
    _, mill, _ = answer(silent(400, 400), asked("lotA", direction)).responsibility
    assert mill.until is not None


def test_what_a_silent_holder_was_sent_and_did_not_pass_on_is_in_transit() -> None:
    found = answer(silent(400, 250), asked("lotA", Direction.FORWARD)).whereabouts
    assert [(w.pool.party, w.rest, w.quantity, w.unit) for w in found if w.quantity] == [
        ("mill", Rest.IN_TRANSIT, Decimal(150), "KGM"),
        ("shop", Rest.HELD, Decimal(250), "KGM"),
    ]
    assert sum(w.quantity or 0 for w in found) == 400


def test_what_left_before_it_came_was_there_by_then() -> None:
    there = {"side": Side.BOTH, "before": FARM, "after": MILL}
    back = {"side": Side.BOTH, "before": MILL, "after": FARM}
    facts = record([
        line(FactKind.MOVED, "lotA", 1, **there, **kg(60)),
        line(FactKind.MOVED, "lotA", 4, **back, **kg(20)),
    ])  # fmt: skip
    farm, _ = answer(facts, asked("lotA", Direction.FORWARD)).responsibility
    assert (farm.since.lo, farm.since.hi) == (None, at(1))


def balance_of(given: Answer, kind: BalanceKind) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (b.pool.thing or b.pool.container, b.pool.party): (b.came, b.went, b.stock, b.unexplained)
        for b in given.balance
        if b.kind is kind
    }


def test_balances_are_exact_in_the_stated_unit() -> None:
    given = answer(grain_to_flour(), asked("lotA", Direction.FORWARD))
    assert balance_of(given, BalanceKind.FLOW) == {("milling", ""): (58, 50, 0, 8)}
    assert balance_of(given, BalanceKind.MOVEMENT) == {("lotA", "mill"): (60, 58, 0, 2)}
    assert balance_of(given, BalanceKind.POOL) == {
        ("lotA", "farm"): (100, 60, 40, 0),
        ("lotA", "mill"): (58, 58, 0, 0),
        ("lotB", "mill"): (50, 30, 20, 0),
        ("lotB", "shop"): (30, 0, 10, 0),
    }


def test_a_movement_is_short_only_where_both_sides_compare() -> None:
    def short(quantity: str, unit: str) -> dict[tuple[str, str], tuple[object, ...]]:
        ends = {"before": FARM, "after": MILL, "document": ("note",)}
        facts = record([
            line(FactKind.MOVED, "lotA", 1, side=Side.SENT, **ends, **kg(1)),
            line(FactKind.MOVED, "lotA", 2, side=Side.RECEIVED, **ends,
                 quantity=Decimal(quantity), unit=unit),
        ])  # fmt: skip
        given = answer(facts, asked("lotA", Direction.FORWARD))
        return balance_of(given, BalanceKind.MOVEMENT)

    assert short("1000", "GRM") == {}
    assert short("900", "GRM") == {("lotA", "mill"): (1, Decimal("0.9"), 0, Decimal("0.1"))}
    assert short("5", "MTR") == {}


def test_units_of_one_dimension_are_added_and_others_kept_apart() -> None:
    facts = record(
        [
            line(FactKind.MADE, "lotA", 0, after=FARM, quantity=Decimal(1), unit="TNE"),
            line(FactKind.MADE, "lotA", 0, after=FARM, **kg(500)),
            line(FactKind.MADE, "lotA", 0, after=FARM, quantity=Decimal(3), unit="LTR"),
        ]
    )
    lines = answer(facts, asked("lotA", Direction.FORWARD)).balance
    assert [(b.unit, b.came) for b in lines] == [("KGM", Decimal(1500)), ("LTR", Decimal(3))]


def test_an_unknown_quantity_is_said_and_nothing_is_concluded_from_it() -> None:
    facts = record(
        [
            line(FactKind.MADE, "lotA", 0, after=FARM, **kg(100)),
            line(FactKind.MOVED, "lotA", 1, side=Side.BOTH, before=FARM, after=SHOP),
        ]
    )
    farm, shop = answer(facts, asked("lotA", Direction.FORWARD)).balance
    assert (farm.unknown, farm.stock, farm.unexplained) == (1, None, None)
    assert (shop.unknown, shop.stock) == (1, None)


def test_more_going_out_than_came_is_unexplained() -> None:
    facts = record(
        [
            line(FactKind.MADE, "lotA", 0, after=FARM, **kg(10)),
            line(FactKind.MOVED, "lotA", 1, side=Side.BOTH, before=FARM, after=SHOP, **kg(15)),
        ]
    )
    farm, _ = answer(facts, asked("lotA", Direction.FORWARD)).balance
    assert (farm.stock, farm.unexplained) == (0, -5)


def test_completeness_says_in_a_line_what_is_closed_and_who_is_silent() -> None:
    whole = answer(grain_to_flour(), asked("lotB", Direction.BACKWARD)).completeness
    assert whole.summary.en == "2/2 movements confirmed by both sides; no open end"
    part = answer(grain_to_flour()[:2], asked("lotA", Direction.FORWARD)).completeness
    assert part.summary.en == "0/1 movement confirmed by both sides; 1 silent; open ends: 1"
    assert part.summary.zh == "0/1 段交接经双方确认，1 个主体未报，1 处断点"
    assert part.open_ends == {
        OpenEndKind.SENT_NEVER_RECEIVED: 1,
        OpenEndKind.HOLDER_SILENT: 1,
    }


def test_findings_about_other_things_are_left_out() -> None:
    out = {"parent": "box", "after": FARM}
    facts = record(
        [
            line(FactKind.LEFT, "pig", 1, **out),
            line(FactKind.LEFT, "cow", 1, **out),
            line(FactKind.MADE, "pig", 0, after=FARM),
        ]
    )
    given = answer(facts, asked("pig", Direction.FORWARD))
    assert [(a.code, a.thing) for a in given.anomalies] == [("left_without_join", "pig")]


@at_both_lengths
def test_every_balance_adds_up(examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        for each in answer(*case).balance:
            if each.unknown:
                assert each.stock is None
                assert each.unexplained is None
            else:
                assert each.stock is not None
                assert each.stock >= 0
                rest = each.came - each.went - each.ended
                assert rest == each.stock + (each.unexplained or 0)
                assert each.kind is not BalanceKind.POOL or (each.unexplained or 0) <= 0

    holds(check, examples, cases())


@at_both_lengths
def test_the_answer_rests_on_what_was_reached(examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        given = answer(*case)
        sure = {node.pool for node in given.nodes if node.certain}
        pools = {node.pool for node in given.nodes}
        for told in (*given.origins, *given.whereabouts):
            assert told.pool in pools
            assert told.pool in sure or not told.certain
        holders = {(r.party, r.site) for r in given.responsibility}
        assert holders == {(p.party, p.site) for p in pools if p.party or p.site}
        assert sum(given.completeness.open_ends.values()) == len(given.open_ends)
        assert given.completeness.confirmed <= given.completeness.movements

    holds(check, examples, cases())


@at_both_lengths
def test_the_order_of_capture_never_changes_an_answer(examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        mixed = random.Random(1).sample(facts, len(facts))
        assert answer(facts, question) == answer(mixed, question)

    holds(check, examples, cases())


@pytest.mark.parametrize("direction", list(Direction))
def test_nothing_recorded_gives_an_empty_answer(direction: Direction) -> None:
    given = answer([], asked("nothing", direction))
    assert (given.nodes, given.origins, given.whereabouts) == ((), (), ())
    assert [seed.thing for seed in given.unknown] == ["nothing"]
    assert given.completeness.summary.en == "Nothing is recorded of nothing"
    assert given.completeness.summary.zh == "没有 nothing 的记录"


def test_of_several_things_asked_about_those_without_a_record_are_told_first() -> None:
    seeds = tuple(Seed(thing=each) for each in ("lotX", "lotA", "lotY"))
    question = Question(seeds=seeds, direction=Direction.FORWARD)
    given = answer(grain_to_flour(), question)
    assert [seed.thing for seed in given.unknown] == ["lotX", "lotY"]
    assert given.completeness.summary.en.startswith("Nothing is recorded of lotX, lotY. ")
    assert given.completeness.summary.zh.startswith("没有 lotX、lotY 的记录。")
    found = scope(grain_to_flour(), question)
    assert found.unknown == given.unknown
    assert found.completeness.summary.en.startswith("Nothing is recorded of lotX, lotY. ")
    seen = answer(grain_to_flour(), question, partial=True).completeness.summary
    assert seen.en.startswith("Nothing that you may see is recorded of lotX, lotY. ")
    assert seen.zh.startswith("您能看到的记录里没有 lotX、lotY。")


def test_what_is_named_in_any_part_of_a_fact_is_known() -> None:
    piece = {"grain": ThingGrain.INSTANCE, "lot": "lotL", "after": FARM}
    facts = record(
        [
            line(FactKind.MADE, "pig", 0, **piece),
            line(FactKind.JOINED, "pig", 1, parent="crate", after=FARM),
            line(FactKind.RECODED, "pig", 2, other="old pig"),
        ]
    )
    for name in ("pig", "lotL", "crate", "old pig"):
        assert answer(facts, asked(name, Direction.FORWARD)).unknown == ()
    assert len(answer(facts, asked("sow", Direction.FORWARD)).unknown) == 1


def test_of_records_that_are_cut_off_none_says_that_a_holder_never_had_a_thing() -> None:
    seeds = (Seed(thing="lotA", holder=SHOP), Seed(thing="lotX"))
    question = Question(seeds=seeds, direction=Direction.FORWARD)
    for told in (answer, scope):
        whole, cut = (told(grain_to_flour(), question, truncated=each) for each in (False, True))
        assert whole.unknown == seeds
        assert [seed.thing for seed in cut.unknown] == ["lotX"]


def test_a_thing_that_its_holder_never_had_is_told_with_the_holder() -> None:
    seeds = (Seed(thing="lotA", holder=FARM), Seed(thing="lotA", holder=SHOP))
    found = scope(grain_to_flour(), Question(seeds=seeds, direction=Direction.FORWARD))
    assert found.unknown == (seeds[1],)
    assert found.completeness.summary.en.startswith("Nothing is recorded of lotA at shop · stall. ")
    assert found.lines


def test_a_party_asked_about_as_a_thing_is_shown_the_way() -> None:
    party = "https://id.gs1.org/417/6901234000313"
    given = answer(grain_to_flour(), asked(party, Direction.FORWARD))
    assert [seed.thing for seed in given.unknown] == [party]
    for said in (given.completeness.summary.zh, given.completeness.summary.en):
        assert "(417)6901234000313" in said
        assert "/contacts" in said
        assert "suyuan balance" in said
    of_event = record([line(FactKind.OBSERVED, party, 0, after=FARM)])
    assert answer(of_event, asked(party, Direction.FORWARD)).unknown == ()


def test_an_answer_that_its_depth_limits_says_so_and_whether_more_lies_beyond() -> None:
    facts = grain_to_flour()
    whole = answer(facts, asked("lotA", Direction.FORWARD))
    assert not whole.limited
    farthest = max(node.hops for node in whole.nodes)
    for depth in range(1, farthest + 2):
        given = answer(facts, asked("lotA", Direction.FORWARD, depth=depth))
        assert given.limited == (depth < farthest) == (given.nodes != whole.nodes)
        steps = "1 step" if depth == 1 else f"{depth} steps"
        more = ": more lies beyond and is not listed. "
        end = more if given.limited else "; no record leads further. "
        assert given.completeness.summary.en.startswith(f"Limited to {steps}{end}")
        assert given.completeness.summary.zh.startswith(f"只追了 {depth} 步，")
