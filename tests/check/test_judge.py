"""One verdict from both: the law of the day, and the chain."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from family_cases import Case, cases, event_json, families, knowledge_of, read
from family_events import NOON, NS, PIG, an_event, known
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from suyuan.check import judge_event
from suyuan.families import Knowledge, ThingState
from suyuan.model import (
    Action,
    ErrorDeclaration,
    Event,
    EventType,
    Finding,
    Severity,
    Verdict,
    verdict_of,
)

FAMILY = "edible-agricultural-products"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["2026-03-01", "unqualified", "1" * 20]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=5,
)


def case(name: str) -> Case:
    return next(one for one in cases() if one.id == name)


def judged(name: str, **changes: Any) -> tuple[Verdict, set[str], set[str], set[str]]:
    event = read(event_json(case(name)) | changes)
    done = judge_event(event, knowledge_of(case(name), event), families())
    return done.verdict, {one.rule for one in done.findings}, set(done.sets), set(done.clears)


def test_nothing_found_is_accepted() -> None:
    verdict, found, _, _ = judged("exit.good")
    assert (verdict, found) == (Verdict.ACCEPTED, set())


def test_no_family_is_accepted_with_a_note() -> None:
    verdict, found, _, _ = judged("general.good")
    assert (verdict, found) == (Verdict.ACCEPTED, {"family.none"})


def test_an_event_dated_tomorrow_is_refused() -> None:
    event = an_event(event_time=NOON + timedelta(days=1))
    assert judge_event(event, known(), families()).verdict is Verdict.REFUSED


def test_a_slaughter_before_the_animals_came_in_is_held() -> None:
    assert judged("pork.slaughter.before-entry")[0] is Verdict.HELD


def test_a_failed_test_flags_marks_and_then_holds_the_sale() -> None:
    verdict, found, sets, _ = judged("produce.market-test.failed")
    assert (verdict, found, sets) == (
        Verdict.FLAGGED,
        {"produce.market-test.failed"},
        {"failed_test"},
    )
    event = read(event_json(case("trade.good")))
    (lot,) = (one.epc_class for one in event.quantities)
    knowledge = Knowledge(now=event.event_time, things={lot: ThingState(marks=frozenset(sets))})
    sale = judge_event(event, knowledge, families())
    assert sale.verdict is Verdict.HELD
    assert "produce.trade.state" in [one.rule for one in sale.findings]


def test_a_release_clears_unless_it_is_itself_held() -> None:
    assert judged("release.good")[3] == {"failed_test", "stop_sale"}
    held = judged(
        "release.good", **{"suyuan:sampledOn": "2026-03-05", "suyuan:reportedOn": "2026-03-01"}
    )
    assert (held[0], held[3]) == (Verdict.HELD, set())


@pytest.mark.parametrize(
    "roles", [None, {}, {"me": ()}, {"me": ("retailer",)}, {"you": ("authority",)}]
)
def test_only_whom_the_life_cycle_names_ends_a_stop(
    roles: dict[str, tuple[str, ...]] | None,
) -> None:
    event = read(event_json(case("release.good")))
    registered = None if roles is None else {one: frozenset(had) for one, had in roles.items()}
    knowledge = Knowledge(now=event.event_time, actor="me", roles=registered)
    done = judge_event(event, knowledge, families())
    assert (done.verdict, done.clears) == (Verdict.HELD, frozenset())
    assert "check.not-theirs-to-lift" in {one.rule for one in done.findings}
    allowed = structs.replace(knowledge, roles={"me": frozenset(("authority",))})
    assert judge_event(event, allowed, families()).clears == {"failed_test", "stop_sale"}


def test_a_release_without_report_or_decision_ends_nothing() -> None:
    event = read(event_json(case("produce.release.proof")))
    knowledge = knowledge_of(case("release.good"), event)
    done = judge_event(event, knowledge, families())
    assert (done.verdict, done.clears) == (Verdict.HELD, frozenset())
    assert {one.rule for one in done.findings} == {"produce.release.proof"}


def test_chain_and_law_are_found_together() -> None:
    event = read(event_json(case("pork.exit.quarantine")))
    (lot,) = (one.epc_class for one in event.quantities)
    state = ThingState(made=event.event_time + timedelta(days=1))
    knowledge = Knowledge(now=event.event_time, things={lot: state})
    found = {one.rule for one in judge_event(event, knowledge, families()).findings}
    assert found == {"pork.exit.quarantine", "chain.before-made"}


def test_an_error_declaration_is_not_judged_again() -> None:
    event = read(event_json(case("pork.slaughter.before-entry")))
    declared = msgspec.structs.replace(
        event, error=ErrorDeclaration(declaration_time=event.event_time)
    )
    done = judge_event(declared, Knowledge(now=event.event_time), families())
    assert (done.verdict, done.findings, done.sets) == (Verdict.ACCEPTED, (), frozenset())


@pytest.mark.parametrize("one", cases(), ids=lambda one: one.id)
def test_a_finding_has_place_law_sentence_and_cure_in_both_languages(one: Case) -> None:
    event = read(event_json(one))
    for found in judge_event(event, knowledge_of(one, event), families()).findings:
        assert all((found.message.zh, found.message.en, found.cure.zh, found.cure.en))
        is_law = not found.rule.startswith(("family.", "chain.", "check."))
        assert bool(found.law) is is_law
        assert not is_law or found.path.startswith("/") or found.params["item"] == "actor"
        assert "{" not in found.message.en


@given(st.lists(st.sampled_from(list(Severity)), max_size=5))
def test_findings_of_reading_join_by_their_gravest(severities: list[Severity]) -> None:
    event = read(event_json(case("exit.good")))
    template = judge_event(an_event(epcs=()), known(), families()).findings[0]
    shape: tuple[Finding, ...] = tuple(
        msgspec.structs.replace(template, severity=one) for one in severities
    )
    done = judge_event(event, Knowledge(now=event.event_time), families())
    order = [Severity.REFUSE, Severity.HOLD, Severity.FLAG]
    worst = next((one for one in order if one in severities), None)
    outcome = dict(zip(order, [Verdict.REFUSED, Verdict.HELD, Verdict.FLAGGED], strict=True))
    assert verdict_of(shape + done.findings) is outcome.get(worst, Verdict.ACCEPTED)


@given(
    step=st.sampled_from(sorted(families().by_id[FAMILY].steps)),
    values=st.dictionaries(
        st.sampled_from(
            [
                "testResult",
                "slaughterDate",
                "animalCount",
                "quarantineAnimal",
                "lastUseDate",
                "intervalDays",
                "basis",
                "voucher",
                "productKind",
                "expiryDate",
                "parentCertificates",
            ]
        ),
        JSON,
        max_size=6,
    ),
    kind=st.sampled_from(list(EventType)),
)
@settings(max_examples=300)
def test_no_value_however_odd_breaks_the_judging(
    step: str, values: dict[str, Any], kind: EventType
) -> None:
    stated = {NS + key: value for key, value in values.items()}
    event = an_event(
        type=kind, extensions=stated | {NS + "family": FAMILY, NS + "step": step}, ilmd=stated
    )
    done = judge_event(event, known(things={PIG: ThingState()}), families())
    assert done.verdict is verdict_of(done.findings)
    assert done.step == step


def test_judging_depends_on_nothing_but_its_arguments() -> None:
    events = [read(event_json(one)) for one in cases()]
    knowledge = [knowledge_of(one, event) for one, event in zip(cases(), events, strict=True)]
    once = [judge_event(*pair, families()) for pair in zip(events, knowledge, strict=True)]
    pairs = reversed(list(zip(events, knowledge, strict=True)))
    again = [judge_event(*pair, families()) for pair in pairs]
    assert again[::-1] == once


def test_an_object_event_of_nothing_known_is_still_judged() -> None:
    event = Event(
        type=EventType.OBJECT,
        action=Action.OBSERVE,
        event_time=NOON,
        event_time_text="",
        offset="Z",
    )
    assert judge_event(event, known(), families()).verdict is Verdict.ACCEPTED


def test_a_finding_names_marks_and_coded_values_in_words() -> None:
    for name, zh, en in [
        ("produce.trade.state", "检测不合格", "failed test"),
        ("produce.market-test.failed", "不合格", "unqualified"),
    ]:
        event = read(event_json(case(name)))
        (found,) = judge_event(event, knowledge_of(case(name), event), families()).findings
        assert f"：{zh}；" in found.message.zh
        assert f": {en};" in found.message.en
