"""What moved between two holders counts once what each side reported, however reports pair."""

from collections import defaultdict
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from worked import A, B, C, D, Event, forward, history, kilos, made, moved, packed, received, sent

from suyuan.model import Fact, FactKind, Side
from suyuan.trace.scope import scope
from suyuan.trace.types import Transfer

LOT = "lot1"
_Between = dict[tuple[str, str], Transfer]


def between(facts: list[Fact], thing: str = LOT) -> _Between:
    found = scope(facts, forward(thing, A)).transfers
    return {(each.source_site, each.target_site): each for each in found}


def delivered(random: Random, *, named: bool) -> tuple[list[Event], dict[str, Decimal]]:
    """Dispatches from A to B and C, each received in one part or several; and what truly went."""
    events, truth = [made(LOT, A, 0, **kilos(99))], dict[str, Decimal]()
    for _ in range(random.randint(1, 5)):
        taker, much, hour = random.choice((B, C)), random.randint(2, 9), random.randint(1, 9)
        parts = [much] if random.random() < 0.5 else [1, much - 1]
        whom = taker if named or random.random() < 0.5 else None
        events.append(sent(LOT, A, whom, hour, **kilos(much)))
        later = hour + random.randint(0, 3)
        events += [received(LOT, A, taker, later, **kilos(part)) for part in parts]
        site = taker.site or ""
        truth[site] = truth.get(site, Decimal(0)) + much
    return events, truth


@settings(max_examples=200)
@given(st.randoms(use_true_random=False))
def test_of_dispatches_that_name_their_taker_the_sum_moved(random: Random) -> None:
    events, _ = delivered(random, named=True)
    facts = history(*events)
    went: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for fact in facts:
        if fact.kind is FactKind.MOVED and fact.side is Side.SENT and fact.after:
            went["s1", fact.after.site or ""] += fact.quantity or Decimal(0)
    found = between(facts)
    assert {pair: each.touched for pair, each in found.items()} == went
    for pair, each in found.items():
        assert each.material.most == went[pair]


@settings(max_examples=200)
@given(st.randoms(use_true_random=False))
def test_what_truly_moved_is_within_the_bounds_whoever_is_named(random: Random) -> None:
    events, truth = delivered(random, named=False)
    found = between(history(*events))
    for site, much in truth.items():
        each = found["s1", site]
        assert each.touched is not None
        assert each.material.least <= much <= each.touched
        assert each.material.most is not None
        assert much <= each.material.most


def test_a_dispatch_that_came_in_two_parts_is_one() -> None:
    parts = [received(LOT, A, B, hour, **kilos(much)) for hour, much in ((2, 4), (3, 5))]
    facts = history(made(LOT, A, 0, **kilos(9)), sent(LOT, A, B, 1, **kilos(9)), *parts)
    (each,) = between(facts).values()
    assert (each.touched, each.material.least, each.material.most) == (9, 9, 9)


def test_two_lines_alike_of_one_dispatch_are_two() -> None:
    line = sent(LOT, A, B, 1, **kilos(4))
    parts = [received(LOT, A, B, hour, **kilos(much)) for hour, much in ((2, 3), (3, 5))]
    (each,) = between(history(made(LOT, A, 0, **kilos(9)), line + line, *parts)).values()
    assert (each.touched, each.material.most) == (8, 8)


def test_of_a_dispatch_to_nobody_named_each_had_what_he_received() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        sent(LOT, A, None, 1, **kilos(9)),
        received(LOT, A, B, 2, **kilos(4)),
        received(LOT, A, C, 3, **kilos(5)),
    )
    found = between(facts)
    assert {pair: each.touched for pair, each in found.items()} == {
        ("s1", "s2"): 4,
        ("s1", "s3"): 5,
    }
    assert [each.material.least for each in found.values()] == [4, 5]


def test_of_mixed_stock_a_dispatch_in_parts_need_not_be_of_the_material() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        made(LOT, D, 0, **kilos(9)),
        moved(LOT, A, D, 1, **kilos(9)),
        sent(LOT, D, C, 2, **kilos(9)),
        received(LOT, D, C, 3, **kilos(4)),
        received(LOT, D, C, 4, **kilos(5)),
    )
    each = between(facts)["s4", "s3"]
    assert (each.touched, each.material.least, each.material.most) == (9, 0, 9)


def test_what_a_box_took_along_moved_once_however_often_it_was_received() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(9)),
        packed(LOT, "c1", A, 1, **kilos(9)),
        sent("c1", A, B, 2),
        received("c1", A, B, 3),
        received("c1", A, B, 4),
    )
    (each,) = between(facts).values()
    assert each.touched == 9
