"""Dispersion against asking the slow interpreter of each input and holder, and counting."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import oracle
from engines import at_both_lengths, holds
from histories import LOTS, histories, record
from msgspec.structs import replace
from oracle_facts import Line, is_input, known_lines
from oracle_links import stated_links
from oracle_more import SEEN, belonging_links, lot_level_copies, places_of, presumed_links
from worked import A, B, C, D, Event, came, history, made, moved, packed, used

from suyuan.kit import Quantity, Span
from suyuan.model import Fact, FactKind, Side, ThingGrain
from suyuan.trace.dispersal import dispersed
from suyuan.trace.dispersed import Dispersed, Wanted
from suyuan.trace.types import Direction, Link, LinkKind, Pool, Question, Seed

OPEN = Span(None, None)
ZERO = Decimal(0)
NOTHING = Question(seeds=(), direction=Direction.FORWARD)
ALL = Wanted(most=1_000)


def asked(facts: Sequence[Fact], wanted: Wanted = ALL) -> Dispersed:
    return dispersed(facts, wanted, position=0)


def links_of(facts: Sequence[Fact]) -> list[Link]:
    lines = known_lines(facts, NOTHING)
    own = stated_links(lines).links
    drawn = own + lot_level_copies(own, lines) + belonging_links(own, lines)
    return drawn + presumed_links(drawn, lines)


def ends_of(facts: Sequence[Fact], links: Sequence[Link]) -> tuple[set[str], set[str]]:
    """What goes in and is made of nothing; what is made and not all of it goes into something."""
    lines = known_lines(facts, NOTHING)
    fed = [link.target for link in links if link.kind is LinkKind.INPUT]
    used_ = {
        link.source.thing
        for link in links
        if link.kind in {LinkKind.INPUT, LinkKind.COMPONENT} and not link.of_lot
    }
    into = [link for link in links if link.kind in {LinkKind.OUTPUT, LinkKind.COMPONENT}]
    derived = {x.target.thing for x in into if x.kind is LinkKind.COMPONENT or x.source in fed}
    made_ = {link.target.thing for link in into if not link.of_lot} - {""}
    left = {x for x in made_ & used_ if left_of(x, lines, links) not in {None, ZERO}}
    return used_ - derived - {""}, (made_ - used_) | left


def left_of(thing: str, lines: Sequence[Line], links: Sequence[Link]) -> Decimal | str | None:
    """What is left of a lot that was used, at most; a piece is gone, and so is what was used up."""
    own = [line for line in lines if line.fact.thing == thing]
    if not own or any(line.fact.grain is ThingGrain.INSTANCE for line in own):
        return None
    out = [x.fact for x in own if x.fact.kind is FactKind.BECAME and x.fact.side is Side.OUTPUT]
    stated = out or [x.fact for x in own if x.fact.kind is FactKind.MADE]
    if not stated or any(fact.quantity is None for fact in stated):
        return "nobody says"
    rest = sum((fact.quantity or ZERO for fact in stated), ZERO)
    rest -= sum((x.fact.quantity or ZERO for x in own if is_input(x) and not x.held), ZERO)
    for link in links:
        if link.kind is LinkKind.INPUT and link.source.container and link.certain:
            rest -= (link.quantity or ZERO) if link.source.thing == thing else ZERO
    return max(rest, ZERO)


def reached_from(facts: Sequence[Fact], *seeds: Seed) -> set[str]:
    found = oracle.closure(facts, Question(seeds=seeds, direction=Direction.FORWARD))
    return {node.pool.thing for node in found.nodes}


def pools_of(links: Sequence[Link]) -> set[Pool]:
    return {pool for link in links for pool in (link.source, link.target)}


def walked(links: Sequence[Link], starts: set[Pool]) -> set[Pool]:
    met = set(starts)
    while more := {x.target for x in links if x.source in met} - met:
        met |= more
    return met


@at_both_lengths
def test_where_no_time_is_known_every_number_is_that_of_asking_and_counting(examples: int) -> None:
    def check(told: list[Fact]) -> None:
        facts = [replace(fact, when=OPEN, arrived=None) for fact in told]
        found, links = asked(facts), links_of(facts)
        inputs, products = ends_of(facts, links)
        reach = {name: reached_from(facts, Seed(thing=name)) & products for name in inputs}
        assert {row.thing: row.recall.products for row in found.rows} == {
            name: len(some) for name, some in reach.items()
        }
        made_of = Counter(product for some in reach.values() for product in some)
        assert {row.thing: row.inputs for row in found.made_of} == {
            name: made_of[name] for name in products
        }
        counts = [len(some) for some in reach.values()]
        assert (found.inputs, found.products, found.links) == (
            len(inputs),
            len(products),
            sum(counts),
        )
        assert found.worst == max(counts, default=0)
        assert found.mean * max(len(inputs), 1) == sum(counts)
        ranks = {row.thing: row.rank for row in found.rows}
        assert ranks == {
            name: 1 + sum(len(other) > len(some) for other in reach.values())
            for name, some in reach.items()
        }

    holds(check, examples, histories())


@at_both_lengths
def test_no_answer_of_a_trace_is_more_than_that(examples: int) -> None:
    """With times, fewer are reached: what is told of an input is at most so much."""

    def check(facts: list[Fact]) -> None:
        found, (inputs, products) = asked(facts), ends_of(facts, links_of(facts))
        assert {row.thing for row in found.rows} == inputs
        for row in found.rows:
            traced = reached_from(facts, Seed(thing=row.thing)) & products
            assert len(traced) <= row.recall.products

    holds(check, examples, histories())


@at_both_lengths
def test_of_a_holder_all_is_recalled_that_was_there_or_came_of_it(examples: int) -> None:
    def check(facts: list[Fact]) -> None:
        found, links = asked(facts), links_of(facts)
        _, products = ends_of(facts, links)
        seen = places_of(known_lines(facts, NOTHING), *SEEN)  # made or seen there, and never moved
        there = {p for p in pools_of(links) | seen if p.thing and not p.unknown}
        for row in found.by_holder:
            starts = {p for p in there if (p.party, p.site) == (row.party, row.site)}
            met = {pool.thing for pool in walked(links, starts)} & products
            assert row.recall.products == len(met), (row.party, row.site)
        counts = [row.recall.products for row in found.by_holder]
        assert counts == sorted(counts, reverse=True)
        named = {(p.party, p.site) for p in there}
        assert named == {(row.party, row.site) for row in found.by_holder}

    holds(check, examples, histories())


def kg(much: int) -> dict[str, object]:
    return {"quantity": Decimal(much), "unit": "KGM", "grain": ThingGrain.LOT}


def flour() -> list[Fact]:
    """Two grains; one is in bread and cake, of which the cake is weighed in grams; one in cake."""
    return record(
        [
            made("lot1", A, 0, **kg(9)),
            made("lot2", A, 0, **kg(9)),
            (*used("lot1", "f1", A, 1, **kg(5)), *came("bread", "f1", A, 1, **kg(7))),
            (
                *used("lot1", "f2", A, 2, **kg(1)),
                *used("lot2", "f2", A, 2, **kg(1)),
                *came("cake", "f2", A, 2, **kg(2500) | {"unit": "GRM"}),
            ),
            moved("bread", A, B, 3, **kg(7)),
            moved("cake", A, C, 3, grain=ThingGrain.LOT),
        ]
    )


def parted(*uses: Event) -> list[Fact]:
    """All of lot1 is made into flour, of which some goes into bread and some to a holder."""
    return history(
        made("lot1", A, 0, **kg(300)),
        (*used("lot1", "f1", A, 1, **kg(300)), *came("flour", "f1", A, 1, **kg(300))),
        *uses,
        moved("flour", A, D, 3, **kg(100)),
    )


def bread(of: int) -> Event:
    return (*used("flour", "f2", A, 2, **kg(of)), *came("bread", "f2", A, 2, **kg(200)))


def test_of_a_lot_that_was_partly_used_the_rest_is_a_product() -> None:
    found = asked(parted(bread(200)))
    (row,) = found.rows
    assert (row.recall.products, row.recall.amounts) == (2, (Quantity(Decimal(300), "KGM"),))
    assert {row.thing: row.inputs for row in found.made_of} == {"bread": 1, "flour": 1}
    (at_d,) = (row for row in found.by_holder if row.site == D.site)
    assert at_d.recall.amounts == (Quantity(Decimal(100), "KGM"),)


def test_what_was_used_up_is_none_and_of_what_nobody_states_all_may_be_left() -> None:
    assert [row.thing for row in asked(parted(bread(300))).made_of] == ["bread"]
    unsaid = used("flour", "f3", A, 2, grain=ThingGrain.LOT)
    (row,) = asked(parted(bread(200), unsaid)).rows
    assert row.recall.amounts == (Quantity(Decimal(300), "KGM"),)


def test_what_a_container_took_along_into_a_making_is_used() -> None:
    box = (packed("flour", "c1", A, 2, **kg(100)), used("c1", "f3", A, 3))
    row = next(row for row in asked(parted(bread(200), *box)).rows if row.thing == "lot1")
    assert (row.recall.products, row.recall.amounts) == (1, (Quantity(Decimal(200), "KGM"),))


def test_amounts_are_exact_and_added_up_in_one_unit() -> None:
    found = asked(flour())
    assert [(row.thing, row.rank, row.recall.amounts) for row in found.rows] == [
        ("lot1", 1, (Quantity(Decimal("9.5"), "KGM"),)),
        ("lot2", 2, (Quantity(Decimal("2.5"), "KGM"),)),
    ]
    (size,) = found.sized
    assert (size.unit, size.worst, size.by, size.mean) == ("KGM", Decimal("9.5"), "lot1", 6)
    assert (found.worst, found.mean, found.links, found.unstated) == (2, 1.5, 3, 0)
    holders = {row.party + row.site: row.recall.products for row in found.by_holder}
    assert holders == {"p1s1": 2, "p1s2": 1, "p2s3": 1}


def test_rows_are_of_what_is_asked_and_ranks_of_everything() -> None:
    (one,) = asked(flour(), Wanted(things=("lot2",))).rows
    assert (one.thing, one.rank) == ("lot2", 2)
    at_b = asked(flour(), Wanted(place="s2"))
    assert [row.thing for row in at_b.made_of] == ["bread"]
    assert not at_b.rows
    assert [row.site for row in at_b.by_holder] == ["s2"]
    assert len(asked(flour(), Wanted(most=1)).rows) == 1
    assert asked(flour(), Wanted(most=1)).inputs == 2


def test_what_nobody_states_is_said_and_no_zero() -> None:
    events = [(*used("lot1", "f1", A, 1), *came("lot2", "f1", A, 1))]
    found = asked(record(events))
    assert found.unstated == 1
    assert found.rows[0].recall.unstated == 1
    assert not found.sized
    unfed = asked(record([came("t1", "f1", A, 1), used("t2", "f2", A, 1)]))
    assert (unfed.without_inputs, unfed.without_outputs) == (1, 1)
    assert (unfed.inputs, unfed.products, unfed.worst) == (1, 1, 0)
    assert set(LOTS).isdisjoint(row.thing for row in unfed.rows)


def test_of_nothing_there_is_nothing() -> None:
    found = asked([])
    assert (found.inputs, found.products, found.worst, found.mean) == (0, 0, 0, 0.0)
