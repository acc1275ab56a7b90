"""Lines of one event that say the same of a lot but for the amount are one, with the sum."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

import oracle
import pytest
from histories import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_accounted import counted
from test_engine_equals_oracle import compared
from worked import (
    A,
    B,
    C,
    Event,
    came,
    ended,
    forward,
    history,
    kilos,
    left,
    made,
    moved,
    packed,
    received,
    sent,
    used,
)

from suyuan.model import Fact, ThingGrain
from suyuan.trace.closure import closure
from suyuan.trace.known import added_up
from suyuan.trace.scope import scope
from suyuan.trace.types import Confirmed, LinkKind, Question

LOT, BLEND = "lot1", "lot2"
_Said = Callable[[int], Event]

SAID: dict[str, _Said] = {
    "made": lambda much: made(LOT, A, 0, **kilos(much)),
    "moved": lambda much: moved(LOT, A, B, 2, **kilos(much)),
    "sent": lambda much: sent(LOT, A, B, 2, **kilos(much)),
    "received": lambda much: received(LOT, A, B, 2, **kilos(much)),
    "input": lambda much: used(LOT, "f1", A, 2, **kilos(much)),
    "output": lambda much: came(LOT, "f1", A, 2, **kilos(much)),
    "joined": lambda much: packed(LOT, "c1", A, 1, **kilos(much)),
    "left": lambda much: left(LOT, "c1", A, 3, **kilos(much)),
    "ended": lambda much: ended(LOT, A, 2, **kilos(much)),
    "counted": lambda much: counted(A, 2, much),
}


def around(said: Event) -> list[Fact]:
    """A story in which the event has something to say."""
    before = [made(LOT, A, 0, **kilos(20)), packed(LOT, "c1", A, 1, **kilos(9))]
    after = [came(BLEND, "f1", A, 2, **kilos(5)), ended(LOT, A, 4, **kilos(1))]
    return history(*before, said, *after)


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
@pytest.mark.parametrize("parts", [(4, 4), (4, 5), (2, 3, 4)])
def test_lines_that_add_up_say_what_one_line_of_their_sum_says(
    said: _Said, parts: tuple[int, ...]
) -> None:
    apart: Event = tuple(line for part in parts for line in said(part))
    several, one = around(apart), around(said(sum(parts)))
    asked = forward(LOT, A)
    assert closure(several, asked) == closure(one, asked)
    assert compared(oracle.closure(several, asked)) == compared(closure(one, asked))
    told, expected = scope(several, asked), scope(one, asked)
    assert replace(told, cost=expected.cost) == expected


@pytest.mark.parametrize("parts", [(4, 4), (3, 5)])
def test_a_dispatch_in_two_lines_is_confirmed_by_a_receipt_of_their_sum(
    parts: tuple[int, int],
) -> None:
    line, other = (sent(LOT, A, B, 2, **kilos(part)) for part in parts)
    facts = history(
        made(LOT, A, 0, **kilos(20)),
        line + other,
        sent(LOT, A, None, 5, **kilos(7)),
        received(LOT, A, B, 3, **kilos(8)),
        received(LOT, A, C, 6, **kilos(7)),
    )
    found = [each for each in closure(facts, forward(LOT, A)).links if each.certain]
    moves = {each.target.site: each for each in found if each.kind is LinkKind.MOVED}
    assert {site: (each.quantity, each.confirmed) for site, each in moves.items()} == {
        "s2": (8, Confirmed.BOTH),
        "s3": (7, Confirmed.BOTH),
    }


def test_lines_that_differ_otherwise_stay_apart_and_so_do_pieces() -> None:
    line = sent(LOT, A, B, 2, **kilos(4))
    grams = sent(LOT, A, B, 2, quantity=Decimal(4), unit="GRM")
    unsaid = sent(LOT, A, B, 2)
    for other in (grams, unsaid, sent(LOT, A, C, 2, **kilos(4)), sent(BLEND, A, B, 2, **kilos(4))):
        assert len(added_up(history(line + other))) == 2
    piece = sent("t1", A, B, 2, quantity=Decimal(1), grain=ThingGrain.INSTANCE)
    assert [fact.quantity for fact in added_up(history(piece + piece))] == [1, 1]
    assert len(added_up(history(line, line))) == 2  # of two events


@settings(max_examples=100)
@given(cases(), st.randoms(use_true_random=False))
def test_an_amount_split_over_lines_changes_no_answer(
    case: tuple[list[Fact], Question], random: Random
) -> None:
    facts, question = case
    facts = [fact for fact in facts if fact.line < 90]
    split: list[Fact] = []
    for fact in facts:
        much = fact.quantity
        if much is None or fact.grain is ThingGrain.INSTANCE or random.random() < 0.5:
            split.append(fact)
            continue
        part = much * random.choice((0, 1, 2)) / 4
        rest = replace(fact, line=fact.line + 90, quantity=much - part)
        split += [replace(fact, quantity=part), rest]
    assert closure(split[::-1], question) == closure(added_up(facts), question)


@pytest.mark.parametrize("way", ["in", "out"])
def test_lines_of_one_making_in_units_of_one_dimension_count_together(way: str) -> None:
    kilo, gram = {"quantity": Decimal(4), "unit": "KGM"}, {"quantity": Decimal(500), "unit": "GRM"}
    ten = {"quantity": Decimal(10), "unit": "KGM"}
    one = {"in": LOT, "out": BLEND}[way]
    said = {"in": used, "out": came}[way]
    two = said(one, "f1", A, 2, **kilo) + said(one, "f1", A, 2, **gram)
    other = {"in": came(BLEND, "f1", A, 2, **ten), "out": used(LOT, "f1", A, 2, **ten)}[way]
    lines = scope(history(made(LOT, A, 0, **ten), two, other), forward(LOT, A)).lines
    (line,) = [each for each in lines if each.thing == one]
    assert (line.sent if way == "in" else line.came).touched == Decimal("4.5")
