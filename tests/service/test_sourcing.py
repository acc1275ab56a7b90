"""Sources located by flows on record are those that the same flows in a table give."""

import json
import tracemalloc
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from installed import open_transactions
from oil import (
    BOTTLER,
    HALL,
    LOT,
    OIL,
    OTHER,
    PRESS,
    SHOP,
    SITES,
    STALL,
    moved,
    pressed,
    sold,
    told,
)
from oil import amounts as kilos

from suyuan.interchange import Words
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import PUBLIC
from suyuan.network.locating import Doubts, Flow, locate
from suyuan.service import (
    OPERATOR,
    Case,
    Platform,
    SourceAsked,
    Sourced,
    cases_of,
    cases_typed,
    follow,
    import_interchange,
    local_capturer,
    locate_on_record,
)
from suyuan.service.locating import Bought
from suyuan.service.lot_sourcing import by_lot
from suyuan.trace import Answer, sale
from suyuan.trace import answer as answers
from suyuan.trace.types import Direction, Question, Seed

NONE = Text("", "")
GLN = "6901234560008"
Edges = dict[tuple[str, str], int]


def layered(random: Random) -> Edges:
    """Farms, hubs and shops, and how much went along each edge in kilograms."""
    layers = [["farm a", "farm b", "farm c"], ["hub a", "hub b"], ["shop a", "shop b", "shop c"]]
    edges: Edges = {}
    for upper, lower in pairwise(layers):
        for giver in upper:
            for taker in random.sample(lower, random.randint(1, len(lower))):
                edges[giver, taker] = random.randint(1, 9)
    return edges


def file_of(edges: Edges) -> bytes:
    """The edges as deliveries of FoodChain-Lab; what came to a place went into all that left it."""
    names = {pair: f"d{number}" for number, pair in enumerate(edges)}
    joined = [(names[a], names[b]) for a in names for b in names if a[1] == b[0]]
    stations = sorted({end for pair in edges for end in pair})

    def table(rows: list[dict[str, Any]]) -> dict[str, Any]:
        cells = [[{"id": key, "value": row[key]} for key in row] for row in rows]
        return {"columnProperties": [], "data": cells}

    tables = {
        "stations": table([{"ID": name, "Name": name} for name in stations]),
        "deliveries": table(
            [
                {"ID": names[pair], "from": pair[0], "to": pair[1], "Amount": f"{much} kg"}
                for pair, much in edges.items()
            ]
        ),
        "deliveryRelations": table([{"from": a, "to": b} for a, b in joined]),
    }
    return json.dumps({"version": "1.0.0", "data": tables}).encode()


def recorded(platform: Platform, edges: Edges) -> None:
    words = Words(issuer="fcl")
    taken = import_interchange(platform, file_of(edges), words, local_capturer(platform, None))
    assert taken.recorded
    follow(platform)


@pytest.mark.parametrize("seed", range(3))
def test_flows_on_record_say_what_the_same_table_says(platform: Platform, seed: int) -> None:
    random = Random(seed)
    edges = layered(random)
    recorded(platform, edges)
    shops = sorted({taker for _, taker in edges if taker.startswith("shop")})
    counts = {shop: random.randint(1, 4) for shop in shops}
    cases = [Case(place=shop, count=count) for shop, count in counts.items()]
    asked = SourceAsked(noise=0.05)
    found = locate_on_record(platform, cases, asked, OPERATOR)
    flows = [Flow(giver, taker, float(much)) for (giver, taker), much in edges.items()]
    expected = locate(flows, counts, Doubts(noise=0.05))
    assert {one.name: pytest.approx(one.posterior) for one in found.located.suspects} == {
        one.name: one.posterior for one in expected.suspects
    }
    assert (found.left_out, found.truncated) == (0, False)
    assert dict(found.located.samples) == pytest.approx(dict(expected.samples))


def test_a_thing_takes_only_what_came_of_its_origins(platform: Platform) -> None:
    recorded(platform, {("farm", "shop"): 5, ("other", "elsewhere"): 5})
    asked = SourceAsked(things=("urn:suyuan:lot:fcl:d0",))
    found = locate_on_record(platform, [Case(place="shop")], asked, OPERATOR)
    assert [(one.name, one.posterior) for one in found.located.suspects] == [("farm", 1.0)]
    assert set(found.places) == {"farm", "shop"}
    same = locate_on_record(
        platform, [Case(place="shop", thing="urn:suyuan:lot:fcl:d0")], SourceAsked(), OPERATOR
    )
    assert same == found


@pytest.mark.parametrize(
    ("cases", "things", "code"),
    [
        ([], (), "source.no-case"),
        ([Case(place="nowhere")], (), "source.place"),
        ([Case(place="shop")], ("☃",), "source.thing"),
    ],
)
def test_what_is_not_known_is_named(
    platform: Platform, cases: list[Case], things: tuple[str, ...], code: str
) -> None:
    recorded(platform, {("farm", "shop"): 5})
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, cases, SourceAsked(things=things), OPERATOR)
    assert caught.value.code == code


def test_all_places_that_are_unknown_are_named_at_once_and_first(platform: Platform) -> None:
    recorded(platform, {("farm", "shop"): 5})
    cases = cases_typed("shop\nnowhere\nelse,2")
    asked = SourceAsked(priors={"also nowhere": 1.0})
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, cases, asked, OPERATOR)
    assert caught.value.place == "cases, row 2"
    for said in (caught.value.text.zh, caught.value.text.en):
        assert "nowhere" in said
        assert "else" in said
        assert "shop" not in said
    assert "Compare the code" in caught.value.text.en


def test_a_place_may_be_written_by_its_code_as_it_stands_anywhere(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SITES, SHOP, f"https://id.gs1.org/414/{GLN}")
    told(platform, [(PRESS, [pressed(1, 1, LOT, 9)]), (PRESS, moved(10, 3, PRESS, SHOP, much=9))])
    by_party = locate_on_record(platform, [Case(place=SHOP)], SourceAsked(), OPERATOR)
    for text in (GLN, f"(414){GLN}"):
        assert locate_on_record(platform, [Case(place=text)], SourceAsked(), OPERATOR) == by_party


def test_a_text_that_is_several_places_says_which(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = moved(10, 3, PRESS, SHOP, much=4)
    monkeypatch.setitem(SITES, SHOP, f"https://id.gs1.org/414/{GLN}")
    second = moved(20, 4, PRESS, SHOP, much=5)
    told(platform, [(PRESS, [pressed(1, 1, LOT, 9), *first, *second])])
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, [Case(place=SHOP)], SourceAsked(), OPERATOR)
    assert "is 2 places" in caught.value.text.en
    assert GLN in caught.value.text.en


@pytest.mark.parametrize(
    ("place", "things"), [("11010519491231002X", ()), ("shop", ("☃ 11010519491231002X",))]
)
def test_an_error_repeats_no_identity_number(
    platform: Platform, place: str, things: tuple[str, ...]
) -> None:
    recorded(platform, {("farm", "shop"): 5})
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, [Case(place=place)], SourceAsked(things=things), OPERATOR)
    assert "19491231" not in caught.value.text.zh + caught.value.text.en


def test_who_sees_no_flow_locates_nothing(platform: Platform) -> None:
    recorded(platform, {("farm", "shop"): 5})
    with pytest.raises(SuyuanError) as caught:
        locate_on_record(platform, [Case(place="shop")], SourceAsked(), PUBLIC)
    assert caught.value.code == "source.no-flow"


@pytest.mark.parametrize("sign", [";", "\t"])
def test_cases_parted_by_semicolons_or_tabs_are_read_and_counts_of_two_numbers_refused(
    tmp_path: Path, sign: str
) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("place,count\nshop,3\n".replace(",", sign), encoding="utf-8")
    assert [(each.place, each.count) for each in cases_of(file)] == [("shop", 3)]
    for doubtful in ("1.000", "1,000"):
        file.write_text(f"place{sign}count\nshop{sign}{doubtful}\n", encoding="utf-8")
        with pytest.raises(SuyuanError, match="row 2, count"):
            cases_of(file)


def test_cases_are_read_from_a_table_and_from_typed_lines(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("place,count,thing\nshop a,2,X\nshop b,,\n", "utf-8")
    read = [(each.place, each.count, each.thing) for each in cases_of(file)]
    assert read == [("shop a", 2, "X"), ("shop b", 1, "")]
    typed = [(each.place, each.count) for each in cases_typed("shop a, 2\n\nLi, Wang & Co\n店，3")]
    assert typed == [("shop a", 2), ("Li, Wang & Co", 1), ("店", 3)]


def of_lots(platform: Platform) -> None:
    """The press's lot of early March was sold at the shop, that of late March at the hall."""
    story: list[tuple[str, list[dict[str, Any]]]] = []
    early, late = moved(10, 3, PRESS, SHOP, much=8), moved(20, 24, PRESS, BOTTLER, much=8)
    for each in late:
        each["quantityList"] = kilos((OTHER, 8))
    story += [(PRESS, [pressed(1, 2, LOT, 8), pressed(2, 23, OTHER, 8), early[0], late[0]])]
    story += [(SHOP, [early[1], sold(50, 6, 5)]), (BOTTLER, [late[1]])]
    told(platform, story)


@pytest.mark.parametrize("things", [(), (LOT, OTHER)])
def test_days_of_purchase_tell_lots_and_weeks_of_their_making_apart(
    platform: Platform, things: tuple[str, ...]
) -> None:
    of_lots(platform)
    cases = cases_typed(f"{STALL},3,2026-03-06,1")
    found = locate_on_record(platform, cases, SourceAsked(things=things, noise=0.03), OPERATOR)
    assert found.no_lots is None
    assert found.by_lot is not None
    assert found.by_lot.undated == 0
    best = found.by_lot.windows[0]
    assert best.lots == (LOT,)
    assert sum(each.posterior for each in found.by_lot.windows) == pytest.approx(1)
    assert (best.since, best.until) == (date(2026, 3, 2), date(2026, 3, 2))
    assert [each.lots for each in found.by_lot.windows] == [(LOT,), (OTHER,)]
    assert found.by_lot.windows[1].posterior < best.posterior / 100
    (source,) = found.by_lot.sources
    assert source[1] == pytest.approx(1)
    assert found.located.suspects[0].name == source[0]


def test_as_many_cases_as_anybody_types_take_no_more_room(platform: Platform) -> None:
    of_lots(platform)
    cases = cases_typed(f"{STALL},{10**15},2026-03-06,1")
    found = locate_on_record(platform, cases, SourceAsked(noise=0.03), OPERATOR)
    assert found.by_lot is not None
    assert found.by_lot.windows[0].lots == (LOT,)
    assert found.by_lot.windows[0].posterior == pytest.approx(1)


def test_too_many_places_and_days_are_told_before_they_fill_any_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)
    cases = [Bought(holder=(str(n), ""), count=1, day=738_000, give=3_000) for n in range(50)]
    found = answers.answer((), asked)
    monkeypatch.setattr(sale, "rows_at_most", lambda _found: 4_000)
    tracemalloc.start()
    with pytest.raises(SuyuanError) as caught:
        by_lot((), found, cases, called={}, noise=0.03, prior={})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code == "source.lots-many"
    assert peak < 5_000_000


def test_why_nothing_is_said_by_lots_takes_nothing_from_the_rest(platform: Platform) -> None:
    of_lots(platform)

    def asked(lines: str, **more: Any) -> Sourced:
        return locate_on_record(platform, cases_typed(lines), SourceAsked(**more), OPERATOR)

    plain = asked(f"{STALL},3")
    assert (plain.by_lot, plain.no_lots) == (None, None)
    some = asked(f"{STALL},3\n{HALL},1,2026-03-25")
    assert (some.by_lot, "no day" in (some.no_lots or NONE).en) == (None, True)
    never = asked(f"{STALL},3,2026-03-06\n{HALL},1,2026-03-25")
    assert (never.by_lot, never.no_lots is None) == (None, False)
    assert never.located == asked(f"{STALL},3\n{HALL},1").located


def test_a_case_is_typed_with_its_day_and_read_from_a_table(tmp_path: Path) -> None:
    typed = cases_typed("店，3，2026-03-06，2\nshop b,2026-03-07\nLi, Wang & Co, 2, 2026-03-08")
    spelled = [(e.place, e.count, date.fromordinal(e.day or 1).isoformat(), e.give) for e in typed]
    assert spelled == [
        ("店", 3, "2026-03-06", 2),
        ("shop b", 1, "2026-03-07", 0),
        ("Li, Wang & Co", 2, "2026-03-08", 0),
    ]
    with pytest.raises(SuyuanError, match="day"):
        cases_typed("shop,1,2026-02-30")
    file = tmp_path / "cases.csv"
    file.write_text("place,count,day,give\nshop b,2,2026-03-07,1\nshop c,,,\n", "utf-8")
    read = [(e.place, e.count, e.day is None, e.give) for e in cases_of(file)]
    assert read == [("shop b", 2, False, 1), ("shop c", 1, True, 0)]


def test_all_the_record_is_put_together_when_its_transaction_is_over(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(platform, layered(Random(1)))
    answered = answers.answer

    def watched(*given: Any, **named: Any) -> Answer:
        assert open_transactions(platform) == 0
        return answered(*given, **named)

    monkeypatch.setattr(answers, "answer", watched)
    found = locate_on_record(platform, [Case(place="shop a")], SourceAsked(), OPERATOR)
    assert found.flows
    assert not found.truncated
    with pytest.raises(SuyuanError, match=r"source\.no-flow"):
        locate_on_record(platform, [Case(place="shop a")], SourceAsked(most_facts=1), OPERATOR)


@pytest.mark.parametrize("typed", ["shop,-2", "shop, \u22122", "shop,1.5", "shop,2,2026-03-01,-1"])
def test_a_typed_count_that_is_none_is_no_part_of_the_place(typed: str) -> None:
    with pytest.raises(SuyuanError) as caught:
        cases_typed(f"店,2\n{typed}")
    assert caught.value.place in {"cases, row 2, count", "cases, row 2, give"}
    assert "≥ 0" in caught.value.text.en
    assert "不小于零" in caught.value.text.zh


def test_what_came_after_the_last_purchase_explains_no_case(platform: Platform) -> None:
    """The bottler's oil came a week after the case bought; of undated cases nobody can say."""
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 13, BOTTLER, SHOP, much=4, lot=OTHER)
    told(platform, [(PRESS, [one[0]]), (BOTTLER, [other[0]]), (SHOP, [one[1], other[1]])])

    def asked(case: str) -> Sourced:
        return locate_on_record(platform, cases_typed(case), SourceAsked(), OPERATOR)

    def suspects(found: Sourced) -> list[str]:
        return sorted(each.name for each in found.located.suspects)

    days = (",1,2026-03-05", ",1,2026-03-20", "")
    early, late, never = (asked(f"{STALL}{when}") for when in days)
    assert [suspects(each) for each in (early, late, never)] == [
        ["榨油厂"], ["榨油厂", "灌装厂"], ["榨油厂", "灌装厂"]
    ]  # fmt: skip
    assert any("2026-03-05" in each.en for each in early.basis)
    assert not any("purchase" in each.en for each in never.basis)
    for case, said in (
        (f"{STALL},1,2026-03-01", "到 2026-03-01 为止，记录里没有带数量的流向"),
        (f"{STALL},1,2026-03-05\n{HALL},1,2026-03-05", "灌装厂"),
    ):
        with pytest.raises(SuyuanError) as caught:
            asked(case)
        assert (caught.value.code, caught.value.place) == ("source.later", "cases")
        assert said in caught.value.text.zh


def test_candidates_of_units_that_do_not_compare_weigh_alike_and_that_is_said(
    platform: Platform,
) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=80), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    for each in other:
        each["quantityList"] = [{"epcClass": OTHER, "quantity": 4, "uom": "LTR"}]
    told(platform, [(PRESS, [one[0]]), (BOTTLER, [other[0]]), (SHOP, [one[1], other[1]])])
    found = locate_on_record(platform, [Case(place=STALL)], SourceAsked(noise=0.1), OPERATOR)
    assert [one.prior for one in found.located.suspects] == [0.5, 0.5]
    assert any("do not compare" in each.en for each in found.basis)
    named = SourceAsked(noise=0.1, priors={"press": 3.0, "bottler": 1.0})
    told_so = locate_on_record(platform, [Case(place=STALL)], named, OPERATOR)
    assert [one.prior for one in told_so.located.suspects] == [0.75, 0.25]
    assert told_so.basis == ()


def test_goods_sent_back_make_their_sender_no_less_a_candidate(platform: Platform) -> None:
    gone, back = moved(10, 3, PRESS, BOTTLER, much=80), moved(20, 5, BOTTLER, PRESS, much=4)
    on = moved(30, 7, BOTTLER, SHOP, much=76)
    told(platform, [(PRESS, [pressed(1, 1, LOT, 80), gone[0], back[1]]),
                    (BOTTLER, [gone[1], back[0], on[0]]), (SHOP, [on[1]])])  # fmt: skip
    found = locate_on_record(platform, [Case(place=STALL)], SourceAsked(), OPERATOR)
    assert [each.name for each in found.located.suspects] == ["榨油厂"]


def test_cases_who_ate_different_things_are_said_to_be_taken_together(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    told(platform, [(PRESS, [one[0]]), (BOTTLER, [other[0]]), (SHOP, [one[1], other[1]])])
    for things, pooled in (((LOT, OTHER), True), ((LOT, LOT), False)):
        cases = [Case(place=STALL, thing=thing) for thing in things]
        found = locate_on_record(platform, cases, SourceAsked(), OPERATOR)
        assert any("taken together" in each.en for each in found.basis) is pooled


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_name_in_either_language_is_understood(platform: Platform, lang: Lang) -> None:
    one = moved(10, 3, PRESS, SHOP, much=8)
    told(platform, [(PRESS, [one[0]]), (SHOP, [one[1]])])
    for name in ("粮油店", "shop"):
        found = locate_on_record(platform, [Case(place=name)], SourceAsked(), OPERATOR, lang=lang)
        assert found.located.cases == 1


def test_a_place_that_is_named_twice_is_refused_however_it_is_spelt(platform: Platform) -> None:
    one = moved(10, 3, PRESS, SHOP, much=8)
    told(platform, [(PRESS, [one[0]]), (SHOP, [one[1]])])
    for given in (
        {"priors": {"press": 1.0, SITES[PRESS]: 2.0}},
        {"reporting": {"粮油店": 1.0, STALL: 0.5}},
    ):
        with pytest.raises(SuyuanError) as caught:
            locate_on_record(platform, [Case(place=STALL)], SourceAsked(**given), OPERATOR)
        assert (caught.value.code, caught.value.place) == ("source.twice", *given)


def test_lots_are_not_weighed_where_they_would_leave_reporting_out(platform: Platform) -> None:
    of_lots(platform)
    asked = SourceAsked(reporting={HALL: 0.5})
    found = locate_on_record(platform, cases_typed(f"{STALL},3,2026-03-06"), asked, OPERATOR)
    assert found.by_lot is None
    assert "Reporting rates" in (found.no_lots or NONE).en


def test_a_typed_line_without_a_place_is_no_case_that_goes_unsaid() -> None:
    with pytest.raises(SuyuanError) as caught:
        cases_typed("店,2\n\n,5")
    assert caught.value.place == "cases, row 3, place"


def test_lots_that_were_nowhere_near_a_case_are_not_ranked(platform: Platform) -> None:
    """By noise alone every lot would be as probable, and one that is alone be certain."""
    one = moved(10, 3, PRESS, SHOP, much=8)
    told(platform, [(PRESS, [pressed(1, 2, LOT, 8), one[0]]), (SHOP, [one[1], sold(50, 6, 8)])])
    for day, ranked in (("06", True), ("20", False)):
        cases = cases_typed(f"{STALL},3,2026-03-{day}")
        found = locate_on_record(platform, cases, SourceAsked(noise=0.05), OPERATOR)
        assert (found.by_lot is not None) is ranked
        assert ("can be followed" in (found.no_lots or NONE).en) is not ranked


def test_sources_of_which_no_lot_has_a_day_are_named(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    story = [(PRESS, [pressed(1, 2, LOT, 8), one[0]]), (BOTTLER, [other[0]])]
    told(platform, [*story, (SHOP, [one[1], other[1]])])
    cases = cases_typed(f"{STALL},1,2026-03-06")
    lots = locate_on_record(platform, cases, SourceAsked(), OPERATOR).by_lot
    assert lots is not None
    assert (dict(lots.sources), lots.without) == ({"榨油厂": pytest.approx(1)}, ("灌装厂",))
    assert "灌装厂" in (lots.untold or NONE).zh


def test_pieces_that_are_still_there_may_have_been_eaten_there(platform: Platform) -> None:
    """Of three pieces one went on to the shop; the bottler has two, made of the press's pig."""
    pieces = [f"{OIL}/21/P{number}" for number in range(3)]
    gone, on = moved(10, 3, PRESS, BOTTLER, much=1), moved(20, 5, BOTTLER, SHOP, much=1)
    born = pressed(1, 2, LOT, 1)
    for each, some in ((born, pieces), (gone[0], pieces), (gone[1], pieces),
                       (on[0], pieces[:1]), (on[1], pieces[:1])):  # fmt: skip
        del each["quantityList"]
        each["epcList"] = some
    told(platform, [(PRESS, [born, gone[0]]), (BOTTLER, [gone[1], on[0]]), (SHOP, [on[1]])])
    cases = cases_typed(f"{HALL},2,2026-03-06\n{STALL},1,2026-03-06")
    found = locate_on_record(platform, cases, SourceAsked(noise=0.1), OPERATOR)
    assert [(one.name, one.covered) for one in found.located.suspects] == [("榨油厂", 1.0)]
    assert found.by_lot is not None
    assert len(found.by_lot.windows[0].lots) == 3
