"""The engine gives the oracle's answers on random histories: this is what makes it right."""

import oracle
import pytest
from engines import ENGINES, Engine, at_both_lengths, holds
from histories import cases

from suyuan.model import Fact
from suyuan.trace.types import Closure, Question

engines_alone = pytest.mark.parametrize(
    "closure",
    [engine for name, engine in ENGINES.items() if name != "oracle"],
    ids=[name for name in ENGINES if name != "oracle"],
)


def compared(answer: Closure) -> dict[str, set[object]]:
    return {
        "nodes": {(n.pool, n.certain, n.reached, n.hops) for n in answer.nodes},
        "links": set(answer.links),
        "open ends": set(answer.open_ends),
        "anomalies": {(a.code, a.entries) for a in answer.anomalies},
    }


@at_both_lengths
@engines_alone
def test_engine_gives_the_oracles_answer(closure: Engine, examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        expected, answer = oracle.closure(facts, question), closure(facts, question)
        assert compared(answer) == compared(expected)

    holds(check, 4 * examples, cases())


@at_both_lengths
@engines_alone
def test_engine_says_each_thing_once_and_in_a_settled_order(closure: Engine, examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        answer, again = closure(facts, question), closure(facts[::-1], question)
        assert answer == again
        for part in (answer.links, answer.open_ends, [node.pool for node in answer.nodes]):
            assert len(set(part)) == len(part)

    holds(check, examples, cases())
