"""Why a rule for a container is of no use: it carries several lots and mixes none."""

from worked import A, B, came, ended, history, kilos, made, moved, packed, used

from suyuan.interchange import assuming
from suyuan.model import Fact
from suyuan.trace.closure import examine
from suyuan.trace.idle import kept_apart
from suyuan.trace.scope import onward, scope
from suyuan.trace.types import Direction, Question, Rotation, Scope, Seed, Unused, VesselRule


def told(facts: list[Fact], thing: str = "lot1") -> Scope:
    rule = VesselRule(vessel="c1", rotation=Rotation.FIFO, source="SOP")
    seeds = (Seed(thing=thing),)
    asked = onward(Question(seeds=seeds, direction=Direction.FORWARD, vessels=(rule,)))
    return kept_apart(scope(facts, asked), examine(facts, asked))


def why(found: Scope) -> Unused:
    (unused,) = found.unused
    return unused.why


ONE = (made("lot1", A, 0, **kilos(500)), packed("lot1", "c1", A, 1, **kilos(500)))
TWO = (*ONE, made("lot2", A, 0, **kilos(300)), packed("lot2", "c1", A, 2, **kilos(300)))
DRAWN = (*used("c1", "f1", A, 3, **kilos(400)), *came("t1", "f1", A, 3, **kilos(400)))


def test_of_a_container_of_two_lots_it_is_that_it_keeps_them_apart() -> None:
    found = told(history(*TWO, DRAWN))
    assert why(found) is Unused.KEPT_APART
    (said,) = (each for each in assuming.assumptions(found))
    assert "keeps its lots apart" in said.en
    assert "容器里各批次不混" in said.zh
    assert why(told(history(*TWO, moved("c1", A, B, 3)))) is Unused.KEPT_APART


def test_of_one_lot_alone_it_is_that_all_of_it_is_asked_about() -> None:
    assert why(told(history(*ONE, moved("c1", A, B, 3)))) is Unused.ASKED


def test_of_a_container_that_nothing_asked_about_was_in_it_is_that() -> None:
    facts = history(*TWO, made("t2", A, 0), ended("t2", A, 1))
    assert why(told(facts, "t2")) is Unused.NOT_TOUCHED
