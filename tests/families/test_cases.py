"""Every rule of law is held by cases that a lawyer can read: one it lets pass, one it catches."""

from collections import Counter
from datetime import date, timedelta

import pytest
from family_cases import (
    Case,
    cases,
    event_of,
    families,
    files,
    given_in,
    knowledge_of,
    named,
)

from suyuan.check import judge_event
from suyuan.families.days import local_day
from suyuan.families.findings import applies
from suyuan.families.predicates.pattern import Pattern
from suyuan.families.predicates.required import Required
from suyuan.families.recorded import recorded
from suyuan.families.types import Family, Rule
from suyuan.families.view import View
from suyuan.model import Action, EventType, Severity


def every_family() -> list[Family]:
    return [families().general, *families().by_id.values()]


def every_rule() -> list[Rule]:
    return [rule for family in every_family() for rule in (*family.rules, *family.overlays)]


@pytest.mark.parametrize("file", files())
def test_a_case_finds_exactly_the_rules_it_names(file: str) -> None:
    found = {case.id: sorted(found_in(case)) for case in files()[file]}
    assert found == {case.id: sorted(case.expect) for case in files()[file]}


def found_in(case: Case) -> list[str]:
    event = event_of(case.id)
    judgement = judge_event(event, knowledge_of(case, event), families())
    return [one.rule for one in judgement.findings]


def test_case_names_are_unique_and_in_both_languages() -> None:
    assert [name for name, count in Counter(case.id for case in cases()).items() if count > 1] == []
    assert all(case.zh.strip() and case.en.strip() for case in cases())


def asked() -> tuple[set[str], set[str]]:
    """The rules that some case states all it takes for and passes, and those some case breaks."""
    passed: set[str] = set()
    broken: set[str] = set()
    for case in cases():
        event = event_of(case.id)
        placement = families().step_of(event, knowledge_of(case, event))
        owner = families().by_id.get(placement.family or "", families().general)
        view = View(event, owner.readers)
        view.read.update(recorded(owner, view, knowledge_of(case, event)))
        known = knowledge_of(case, event)
        ready = families().in_force(event, known, placement, local_day(event))
        applied = [one.rule for one in ready if applies(one, view, placement.kind)]
        broken |= {rule.id for rule in applied if rule.id in case.expect}
        passed |= {rule.id for rule in applied if rule.id not in case.expect and speaks(rule, view)}
    return passed, broken


def speaks(rule: Rule, view: View) -> bool:
    """A rule that is silent for want of its items has not been passed but skipped."""
    stated = [
        bool(view.values(item))
        for kind, item in rule.require.refs()
        if kind == "item" and item != "actor"
    ]
    either = isinstance(rule.require, Required) and rule.require.any
    return any(stated) if either else all(stated)


def test_every_rule_has_a_passing_and_a_failing_case() -> None:
    passed, broken = asked()
    names = {rule.id for rule in every_rule()}
    assert names - passed == set()
    assert names - broken == set()


SUSPENDED = {date(2025, 11, 6): date(2026, 11, 10)}
"""The last day before a suspension, and the last day of it."""
OPEN_ENDS = {date(2025, 12, 31), date(2030, 12, 31)}
"""Last days of bans on fishing in rivers: the notices leave open what follows."""


def test_rules_that_replace_each_other_meet_without_gap() -> None:
    for family in every_family():
        ends = {rule.until for rule in family.rules if rule.until is not None} - OPEN_ENDS
        starts = {rule.since for rule in family.rules}
        nexts = {SUSPENDED.get(end, end) + timedelta(days=1) for end in ends}
        assert nexts <= starts
    assert any(rule.until == date(2026, 1, 31) for rule in every_rule())


@pytest.mark.parametrize("file", files())
def test_a_rule_finds_on_its_first_and_last_day_and_not_outside_them(file: str) -> None:
    """What breaks a rule breaks it on the days when it is law, and on no other."""
    rules = {rule.id: rule for rule in every_rule()}
    for case in files()[file]:
        event = event_of(case.id)
        knowledge = knowledge_of(case, event)
        placement = families().step_of(event, knowledge)
        for rule in (rules[name] for name in case.expect if name in rules):
            for day, is_law in edges(rule).items():
                found = families().judge(event, knowledge, placement, on=day)
                assert (rule.id in [one.rule for one in found]) is is_law, (case.id, rule.id, day)


def test_what_is_missing_is_asked_for_at_a_place_that_the_event_may_have() -> None:
    """Only what is made has ILMD: an event that observes is asked for an extension."""
    places = {case.id: missing(case) for case in cases() if case.expect}
    seen = {place.split("/")[1] for found in places.values() for place in found}
    assert "ilmd" in seen
    for case_id, found in places.items():
        event = event_of(case_id)
        is_made = event.type is EventType.TRANSFORMATION or event.action is Action.ADD
        assert is_made or not any(one.startswith("/ilmd/") for one in found), case_id


def missing(case: Case) -> list[str]:
    event = event_of(case.id)
    judgement = judge_event(event, knowledge_of(case, event), families())
    return [one.path for one in judgement.findings if one.message.en.find("nothing stated") > 0]


def edges(rule: Rule) -> dict[date, bool]:
    """The days beside which a rule begins and ends, and whether it is law on them."""
    last = rule.until or rule.since + timedelta(days=36500)
    days = {rule.since: True, rule.since - timedelta(days=1): False, last: True}
    return days | ({rule.until + timedelta(days=1): False} if rule.until else {})


def test_every_family_has_five_cases_that_several_parties_reported_together() -> None:
    joined = [case for case in cases() if case.before]
    for family_id in families().by_id:
        own = [case for case in joined if family_of(case) == family_id and len(reporters(case)) > 1]
        assert len(own) >= 5, family_id


def reporters(case: Case) -> set[str]:
    """Who answers for the case's report and for those before it."""
    actors = [given_in(one).get("actor") for one in (case, *map(named, case.before))]
    assert None not in actors, case.id
    return {str(actor) for actor in actors}


def family_of(case: Case) -> str | None:
    event = event_of(case.id)
    return families().step_of(event, knowledge_of(case, event)).family


def is_done(family: Family, line_id: str) -> bool:
    return any(line.id == line_id and line.done for line in family.quality)


def is_formal(rule: Rule) -> bool:
    return isinstance(rule.require, Required | Pattern)


def test_rules_ask_for_more_than_items_and_their_form_and_families_that_say_so_each_do() -> None:
    rules = [rule for family in every_family() for rule in family.rules]
    assert len(rules) >= 250
    assert sum(map(is_formal, rules)) <= 0.4 * len(rules)
    saying = [family for family in every_family() if is_done(family, "few-form-rules")]
    for family in saying:
        assert sum(map(is_formal, family.rules)) <= 0.4 * len(family.rules), family.id
    assert saying


def test_the_produce_certificate_changes_its_law_on_the_first_of_february_2026() -> None:
    old, new = named("certificate.2021-good"), named("produce.certificate.basis-kind.first-day")
    assert local_day(event_of(old.id)) == date(2026, 1, 31)
    assert local_day(event_of(new.id)) == date(2026, 2, 1)
    assert old.expect == ()
    assert "produce.certificate.basis-kind" in new.expect


def test_the_day_of_a_fact_is_the_day_on_its_own_clock() -> None:
    """Half past midnight in China on 1 February is still January in UTC."""
    event = event_of("produce.certificate.basis-kind.first-day")
    assert event.event_time.date() == date(2026, 1, 31)
    assert local_day(event) == date(2026, 2, 1)


def test_only_a_time_in_the_future_refuses() -> None:
    refusing = [rule.id for rule in every_rule() if rule.severity is Severity.REFUSE]
    assert refusing == ["general.time.future"]


def test_a_finding_tells_nothing_that_is_on_record_and_not_for_everybody() -> None:
    """Whoever knows a code may report it: what another party told of it is not theirs to learn."""
    seen = set()
    for case in cases():
        event = event_of(case.id)
        knowledge = knowledge_of(case, event)
        family = families().by_id.get(families().step_of(event, knowledge).family or "")
        secret = secrets_of(family) if family else frozenset()
        for found in judge_event(event, knowledge, families()).findings:
            if found.rule in secret:
                seen.add(found.rule)
                assert found.params["found"] == "与记录对照", case.id
    assert seen >= {"drug.receipt.consignee", "explosives.arrival.sold-on-record"}


def secrets_of(family: Family) -> frozenset[str]:
    """The rules that speak of what is on record and not for everybody."""
    hidden = family.not_for_all(item.name for item in family.recorded)
    return frozenset(
        rule.id
        for rule in family.rules
        if any(kind == "item" and name in hidden for kind, name in rule.require.refs())
    )
