"""The stock of a recall's lines is held to accounts: inputs of a user, and random histories."""

from decimal import Decimal, localcontext
from typing import Any

from histories import cases, instant
from hypothesis import given, settings
from msgspec.structs import replace
from worked import A, B, C, D, ended, forward, history, kilos, made, moved, received, sent

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, ThingGrain
from suyuan.trace.accounted import Stocks, stocks
from suyuan.trace.accounts.audit import ROOM
from suyuan.trace.accounts.ledger import entries, ledger
from suyuan.trace.accounts.stock import course
from suyuan.trace.closure import Examined, examine
from suyuan.trace.flows import flows
from suyuan.trace.material import Bounds, bounds
from suyuan.trace.scope import lines_of, onward, scope
from suyuan.trace.times import until
from suyuan.trace.types import BalanceKind, Part, Pool, Question, ScopeLine, Unclear

LOT = "lot1"
Told = tuple[Decimal | None, Decimal, Decimal | None]


def lines_at(facts: list[Fact], place: Holder) -> list[ScopeLine]:
    found = scope(facts, forward(LOT)).lines
    return [each for each in found if (each.party, each.site) == (place.party, place.site or "")]


def amounts(part: Part) -> tuple[int | None, int, int | None]:
    """Touched, at least, at most."""
    whole = [part.touched, part.material.least, part.material.most]
    touched, least, most = (None if each is None else int(each) for each in whole)
    return touched, least or 0, most


def kg(much: int, unit: str = "KGM") -> dict[str, Any]:
    return {"quantity": Decimal(much), "unit": unit}


def counted(place: Holder, time: int, much: int) -> Any:
    fact = {"kind": FactKind.COUNTED, "thing": LOT, "after": place, "when": instant(time)}
    return (fact | kg(much),)


def test_of_reports_that_pair_in_several_ways_no_more_is_left_than_came() -> None:
    several = {"document": ("d1", "d2")}
    facts = history(
        made(LOT, A, 0, **kg(100)),
        sent(LOT, A, B, 1, **several, **kg(40)),
        sent(LOT, A, B, 2, **several, **kg(60)),
        received(LOT, A, B, 3, **several, **kg(40)),
        received(LOT, A, B, 4, **several, **kg(60)),
    )
    (line,) = lines_at(facts, B)
    assert amounts(line.came) == (100, 0, 100)
    assert amounts(line.stock) == (100, 0, 100)
    (giver,) = lines_at(facts, A)
    assert amounts(giver.stock) == (0, 0, 0)


def test_one_dispatch_with_two_receipts_left_once() -> None:
    facts = history(
        made(LOT, A, 0, **kg(300)),
        sent(LOT, A, B, 1, **kg(100)),
        received(LOT, A, B, 2, **kg(60)),
        received(LOT, A, B, 3, **kg(40)),
    )
    (giver,), (taker,) = lines_at(facts, A), lines_at(facts, B)
    assert amounts(giver.stock)[0] == 200
    assert amounts(giver.sent)[0] == 100
    assert amounts(taker.stock) == (100, 100, 100)


def test_to_and_fro_leaves_what_the_balance_says() -> None:
    steps = [(A, B, 100), (B, A, 60), (A, B, 60), (B, C, 70)]
    facts = history(
        made(LOT, A, 0, **kg(100)),
        *(
            each(LOT, giver, taker, time * 2 + late, **kg(much))
            for time, (giver, taker, much) in enumerate(steps, start=1)
            for late, each in enumerate((sent, received))
        ),
    )
    left = [amounts(line.stock)[0] for place in (A, B, C) for line in lines_at(facts, place)]
    assert left == [0, 30, 70]


def test_a_lot_in_two_units_is_told_in_each_and_a_receipt_in_its_own() -> None:
    facts = history(
        made(LOT, A, 0, **kg(1, "TNE")),
        sent(LOT, A, B, 1, **kg(600_000, "GRM")),
        received(LOT, A, B, 2, **kg(600)),
        sent(LOT, B, C, 3, **kg(20, "CS")),
        received(LOT, B, C, 4, **kg(20, "CS")),
    )
    (cases_of, kilos_of) = lines_at(facts, B)
    assert (kilos_of.unit, amounts(kilos_of.came)) == ("KGM", (600, 600, 600))
    assert amounts(kilos_of.sent) == (0, 0, 0)
    assert amounts(kilos_of.stock) == (600, 0, 600)
    assert (cases_of.unit, amounts(cases_of.sent)) == ("CS", (20, 20, 20))
    assert amounts(cases_of.stock) == (None, 0, None)
    assert (kilos_of.unclear, cases_of.unclear) == (None, Unclear.UNITS)
    (maker,) = lines_at(facts, A)
    assert (maker.unit, amounts(maker.stock)) == ("KGM", (400, 400, 400))


def test_received_in_another_dimension_than_sent_no_number_is_in_a_wrong_unit() -> None:
    facts = history(
        made(LOT, A, 0, **kg(600)),
        sent(LOT, A, B, 1, **kg(600)),
        received(LOT, A, B, 2, **kg(20, "CS")),
    )
    (there,) = lines_at(facts, B)
    assert (there.unit, amounts(there.came)[0], amounts(there.stock)[0]) == ("CS", 20, None)


def returned() -> list[Fact]:
    return history(
        made(LOT, A, 0, **kg(100)),
        sent(LOT, A, C, 1, **kg(100)),
        received(LOT, A, C, 2, **kg(100)),
        sent(LOT, C, A, 3, **kg(30)),
        received(LOT, C, A, 4, **kg(30)),
        ended(LOT, Holder(C.party), 5, **kg(50)),
        counted(A, 6, 25),
    )


def test_a_sale_that_names_no_site_may_have_been_at_each() -> None:
    (line,) = lines_at(returned(), C)
    assert amounts(line.stock) == (70, 20, 70)
    assert line.unclear is None


def test_a_count_says_how_much_is_left() -> None:
    (line,) = lines_at(returned(), A)
    assert amounts(line.stock) == (25, 25, 25)
    assert line.unclear is Unclear.CONTRADICTED


def test_a_sale_of_what_never_came_is_a_contradiction() -> None:
    facts = history(
        made(LOT, A, 0, **kg(100)), ended(LOT, Holder("urn:local", A.site), 1, **kg(50))
    )
    (line,) = lines_at(facts, Holder("urn:local", A.site))
    assert line.unclear is Unclear.CONTRADICTED


def test_what_one_side_alone_states_is_stated_and_need_not_have_come() -> None:
    facts = history(
        made(LOT, A, 0, **kg(100)),
        sent(LOT, A, B, 1, **kg(50)),
        received(LOT, A, B, 2, **kg(50)),
        sent(LOT, A, C, 1, **kg(50)),
        sent(LOT, B, A, 3, **kg(20)),
        received(LOT, B, A, 4, **kg(20)),
        received(LOT, A, D, 5, **kg(15)),
    )
    (here,), (under_way,), (there,) = (lines_at(facts, place) for place in (A, C, D))
    assert (amounts(here.stock)[0], here.unclear) == (5, None)
    assert amounts(here.sent) == (115, 115, 115)
    assert amounts(under_way.stock) == (50, 0, 50)
    assert amounts(there.stock) == (15, 15, 15)


def test_more_sent_than_made_is_said_on_the_line() -> None:
    facts = history(
        made(LOT, A, 0, **kg(100)),
        *(moved(LOT, A, place, time, **kg(80)) for time, place in ((1, B), (2, C))),
    )
    (giver,), (taker,) = lines_at(facts, A), lines_at(facts, B)
    assert (giver.unclear, taker.unclear) == (Unclear.CONTRADICTED, None)


def test_what_is_hidden_or_cut_off_is_not_said_to_contradict() -> None:
    facts = history(made(LOT, A, 0, **kg(100)), moved(LOT, A, B, 1, **kg(160)))
    whole, cut = scope(facts, forward(LOT)), scope(facts, forward(LOT), truncated=True)
    assert [each.unclear for each in whole.lines] == [Unclear.CONTRADICTED, None]
    assert [each.unclear for each in cut.lines] == [None, None]
    assert [each.unclear for each in scope(facts, forward(LOT), partial=True).lines] == [None] * 2


def test_of_a_lot_that_each_side_reported_once_no_account_is_drawn() -> None:
    plain = history(
        made(LOT, A, 0, **kilos(9)),
        sent(LOT, A, B, 1, **kilos(9)),
        received(LOT, A, B, 2, **kilos(9)),
        moved(LOT, B, C, 3, **kilos(4)),
        moved(LOT, B, D, 4, **kilos(5)),
    )
    found, drawn = drawn_of(plain, forward(LOT))
    assert stocks(found, drawn.net, None) == {}
    in_doubt = history(made(LOT, D, 0, **kg(5)), counted(D, 5, 5))
    found, drawn = drawn_of(in_doubt, forward(LOT))
    assert Pool(LOT, D.party or "", D.site or "") in stocks(found, drawn.net, None)


def drawn_of(facts: list[Fact], question: Question) -> tuple[Examined, Bounds]:
    found = examine(facts, onward(question))
    return found, bounds(flows(found), found.starts)


def every_stock(found: Examined, question: Question) -> dict[tuple[Pool, str | None], Told]:
    """By lot at a holder and unit, least and most of its account, of lots in doubt or not."""
    there: dict[tuple[Pool, str | None], Any] = {}
    with localcontext(ROOM):
        for (kind, place), some in ledger(found.told, lambda _: "").accounts.items():
            for unit, lines in entries(some) if kind is BalanceKind.POOL else ():
                there[place, unit] = course(lines, end=until(question.as_of)).closing
    return there


def of_lots(lines: Any, found: Examined) -> list[ScopeLine]:
    """Those of lots at known holders, of which no piece is told."""
    coded = {t.fact.lot for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    return [x for x in lines if x.thing and x.party and x.site and x.thing not in coded]


@settings(max_examples=300)
@given(cases())
def test_stock_is_never_more_than_its_account_allows_nor_less_of_it_sure(
    case: tuple[list[Fact], Question],
) -> None:
    facts, question = case
    found, drawn = drawn_of(facts, question)
    accounts = every_stock(found, question)
    left = stocks(found, drawn.net, question.as_of)
    for line in of_lots(lines_of(found, drawn, left), found):
        account: Any = accounts.get((Pool(line.thing, line.party, line.site), line.unit))
        if account is None:
            continue
        assert line.stock.material.least <= account.least
        if account.most is not None:
            assert line.stock.touched is not None
            assert line.stock.touched <= account.most
            assert line.stock.material.most is not None
            assert line.stock.material.most <= account.most


@settings(max_examples=300)
@given(cases())
def test_an_account_never_widens_what_may_be_there(case: tuple[list[Fact], Question]) -> None:
    facts, question = case
    found, drawn = drawn_of(facts, question)
    nothing: Stocks = {}
    before = list(lines_of(found, drawn, nothing))
    after = list(lines_of(found, drawn, stocks(found, drawn.net, question.as_of)))
    for old, new in zip(before, after, strict=True):
        assert (old.came, old.sent, old.ended) == (new.came, new.sent, new.ended)
        assert new.stock.material.least <= old.stock.material.least
        tops = (
            (old.stock.touched, new.stock.touched),
            (
                old.stock.material.most,
                new.stock.material.most,
            ),
        )
        for top, now in tops:
            assert top is None or (now is not None and now <= top)
        if new.stock.touched is not None and new.stock.material.most is not None:
            assert new.stock.material.least <= new.stock.material.most <= new.stock.touched


def test_of_a_time_gone_by_what_came_later_is_not_there() -> None:
    facts = history(
        made(LOT, A, 0, **kg(100)),
        moved(LOT, A, B, Span(instant(3).lo, instant(6).lo), **kg(40)),
    )
    asked = replace(forward(LOT), as_of=instant(4).lo)
    found = {each.site: amounts(each.stock) for each in scope(facts, asked).lines}
    assert found["s2"] == (40, 0, 40)
