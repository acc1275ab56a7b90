"""What must hold of every family's data: sources, dates, both languages, who may see what."""

import re
from collections import Counter
from datetime import date, timedelta
from typing import get_args

import pytest
from family_cases import DATA, cases, event_json, families, read

from suyuan.codes import all_schemes
from suyuan.families.predicates import Predicate
from suyuan.families.predicates.balance import Balance
from suyuan.families.predicates.count import Count
from suyuan.families.predicates.one_of import OneOf
from suyuan.families.predicates.order import Order
from suyuan.families.predicates.range import Range
from suyuan.families.predicates.required import Required
from suyuan.families.predicates.unit import Unit
from suyuan.families.types import Family, Item, Rule
from suyuan.families.view import reader
from suyuan.kit import Text
from suyuan.model import Severity
from suyuan.service import family_on

HAN = re.compile(r"[\u4e00-\u9fff]")
AT_MOST_FLAG = {Severity.FLAG, Severity.NOTE}


def every_family() -> list[Family]:
    return [families().general, *families().by_id.values()]


def own_rules() -> list[tuple[Family, Rule]]:
    return [(family, rule) for family in every_family() for rule in family.rules]


def is_bilingual(text: Text) -> bool:
    return bool(HAN.search(text.zh)) and bool(text.en.strip()) and not HAN.search(text.en)


def test_a_rule_says_what_it_asks_why_and_what_to_do() -> None:
    for family, rule in own_rules():
        law = family.laws[rule.law]
        assert law.in_force <= rule.since, rule.id
        assert rule.article or rule.law == "calendar", rule.id
        texts = (Text(rule.zh, rule.en), Text(rule.cure.zh, rule.cure.en), family.explain(rule))
        for text in texts:
            assert is_bilingual(text), (rule.id, text)
            assert "{" not in text.zh + text.en, rule.id


def test_an_unverified_rule_at_most_flags() -> None:
    for family, rule in own_rules():
        if not (rule.verified and family.laws[rule.law].verified):
            assert rule.severity in AT_MOST_FLAG, rule.id


def is_verified(family: Family, rule: Rule) -> bool:
    return rule.verified and family.laws[rule.law].verified


def test_a_tolerance_that_no_law_sets_is_unverified() -> None:
    for family, rule in own_rules():
        if isinstance(rule.require, Balance) and rule.require.tolerance:
            assert not is_verified(family, rule), rule.id


def test_a_bound_that_no_law_sets_is_unverified_unless_it_is_that_of_a_share() -> None:
    for name in ("food", "dangerous-goods", "rare-earths"):
        family = families().by_id[name]
        for rule in family.rules:
            if isinstance(rule.require, Range) and (rule.require.min, rule.require.max) != (0, 100):
                assert not is_verified(family, rule), rule.id


def test_what_a_law_is_known_not_to_list_is_never_asked_for_in_its_name() -> None:
    """Article 14 and Order 71 order a true record of the flow of rare earths and name no item."""
    family = families().by_id["rare-earths"]
    silent = {("rare-earth-regulation", "第十四条"), ("miit-71", "矿的来源")}
    for rule in family.rules:
        if (rule.law, rule.article) in silent and isinstance(
            rule.require, Required | Count | OneOf | Unit
        ):
            assert not is_verified(family, rule), rule.id


def test_what_dates_cannot_be_is_this_systems_word_and_not_cited_as_the_laws() -> None:
    """That one is born before one is slaughtered no article says."""
    said = [
        rule
        for family in families().by_id.values()
        for rule in family.rules
        if isinstance(rule.require, Order) and "不可能" in rule.zh
    ]
    assert len(said) > 50
    assert [rule.id for rule in said if "由本系统推断" not in rule.article] == []


def test_an_unverified_rule_is_marked_in_its_finding() -> None:
    family = families().by_id["edible-agricultural-products"]
    unverified = {
        rule.id for rule in family.rules if not (rule.verified and family.laws[rule.law].verified)
    }
    assert {"produce.market-entry.stall", "livestock.transport.expired"} <= unverified
    assert "pork.exit.quarantine" not in unverified


def test_the_law_on_pig_slaughter_speaks_of_pigs_and_pork_alone() -> None:
    family = families().by_id["edible-agricultural-products"]
    rules = [rule for rule in family.rules if rule.law == "pig-slaughter-regulation"]
    assert rules
    for rule in rules:
        assert rule.when.kind, rule.id
        assert set(rule.when.kind) <= {"pig", "pork"}, rule.id


def test_what_no_law_read_says_of_herbs_and_fishing_is_unverified() -> None:
    family = families().by_id["edible-agricultural-products"]
    read = {"drug-law", "agricultural-product-safety-law"}
    for rule in family.rules:
        if rule.id.startswith(("herb.", "wild.")):
            assert not is_verified(family, rule) or rule.law in read, rule.id
    cutting = next(rule for rule in family.rules if rule.id == "produce.cutting.previous")
    assert not is_verified(family, cutting)


def test_there_are_enough_rules_and_every_kind_of_predicate_is_used() -> None:
    family = families().by_id["edible-agricultural-products"]
    assert len(family.rules) >= 40
    kinds = {type(rule.require) for one in every_family() for rule in one.rules}
    assert kinds == set(get_args(Predicate))


def test_every_kind_of_predicate_serves_at_least_two_families() -> None:
    """One family's wish is a rule of its own; what several ask for is a kind."""
    used = {
        family.id: {type(rule.require).__name__ for rule in family.rules}
        for family in families().by_id.values()
    }
    counts = Counter(kind for kinds in used.values() for kind in kinds)
    assert {kind for kind, count in counts.items() if count < 2} == set()


def test_every_item_says_who_may_see_it_and_no_person_is_shown_without_being_marked() -> None:
    for family in every_family():
        assert set(family.disclosure) == set(family.items)
    family = families().by_id["edible-agricultural-products"]
    hidden = {"unit_price", "driver", "buyer_contact", "supplier_contact", "vehicle", "amounts"}
    assert all(family.disclosure[item] != "public" for item in hidden)
    assert {name for name, item in family.items.items() if item.personal} >= {"driver", "witness"}


@pytest.mark.parametrize("family", families().by_id.values(), ids=lambda one: one.id)
def test_steps_lead_somewhere_and_can_be_reached(family: Family) -> None:
    reached = {step.id for step in family.steps.values() if step.begins}
    while more := {n for s in reached for n in family.steps[s].next} - reached:
        reached |= more
    assert reached == set(family.steps)


@pytest.mark.parametrize("family", families().by_id.values(), ids=lambda one: one.id)
def test_what_a_rule_wants_to_have_gone_before_can_go_before(family: Family) -> None:
    leads: dict[str, set[str]] = {name: set(step.next) for name, step in family.steps.items()}
    for _ in leads:
        leads = {a: bs | {c for b in bs for c in leads[b]} for a, bs in leads.items()}
    for rule in family.rules:
        earlier = [name for kind, name in rule.require.refs() if kind == "step"]
        for step in rule.when.step if earlier else ():
            assert any(step in leads[name] for name in earlier), (rule.id, step)


def test_what_is_missing_from_a_family_is_said_with_its_reason_in_both_languages() -> None:
    for family in every_family():
        assert family.quality
        for line in family.quality:
            assert line.done is (line.reason is None), line.id
            assert line.reason is None or is_bilingual(line.reason), line.id
        for law in family.laws.values():
            assert law.note is None or is_bilingual(law.note), law.id
    done = {
        line.id for line in families().by_id["edible-agricultural-products"].quality if line.done
    }
    assert done >= {"lifecycle", "rules-sourced", "cases", "disclosure", "retention", "explain"}


def test_a_step_belongs_to_one_family_and_a_word_is_called_the_same_in_all() -> None:
    """An event may name a step alone, and a role is shown without its family."""
    steps = [step for family in families().by_id.values() for step in family.steps]
    assert [step for step, count in Counter(steps).items() if count > 1] == []
    names: dict[str, set[tuple[str, str]]] = {}
    for family in every_family():
        codes = {code.scheme for code in family.codes}
        for word, text in family.words.words.items():
            names.setdefault(word, set()).update(() if word in codes else {(text.zh, text.en)})
    assert {word: said for word, said in names.items() if len(said) > 1} == {}


def test_pigs_records_are_kept_two_years_and_certificates_six_months() -> None:
    family = families().by_id["edible-agricultural-products"]
    months = {term.id: term.months for term in family.retention}
    assert months["slaughter-exit-record"] == 24
    assert months["slaughter-entry-record"] == 24
    assert months["meat-inspection-record"] == 24
    assert months["produce-certificate"] == 6


def test_codes_in_use_are_registered_schemes() -> None:
    registered = {scheme.id for scheme in all_schemes()}
    assert all(code.scheme in registered for one in every_family() for code in one.codes)


def test_no_code_names_a_family() -> None:
    sources = (path.read_text() for path in (DATA.parent).rglob("*.py"))
    assert not any(name in source for source in sources for name in families().by_id)


def test_required_since_is_told_by_the_rules_in_force() -> None:
    first = date(2021, 8, 1)

    def since(step: str, on: date) -> date | None:
        shown = family_on(families(), "edible-agricultural-products", on)
        items = next(one.items for one in shown.steps if one.id == step)
        found = [one.required_since for one in items if one.id == "quarantine_animal"]
        return found[0] if found else None

    assert since("slaughterhouse_entry", first) == first
    assert since("slaughterhouse_entry", first - timedelta(days=1)) is None
    assert since("harvest", first) is None


@pytest.mark.parametrize("family", every_family(), ids=lambda one: one.id)
def test_every_item_is_found_wherever_its_data_says_it_stands(family: Family) -> None:
    """Each place is tried alone, so that no later place hides behind an earlier one."""
    sent = event_json(cases()[0])
    for item in family.items.values():
        for place in family.places(item.name):
            head, _, name = place.partition(".")
            if head in ("ilmd", "extensions"):
                assert reader((place,))(read(_with(sent, item, head, name))), place


def _with(sent: dict[str, object], item: Item, head: str, name: str) -> dict[str, object]:
    member = name.replace("urn:epcglobal:cbv:mda:", "cbvmda:")
    value = "2026-03-01" if item.type == "date" else "7"
    if head == "extensions":
        return sent | {member: value}
    return sent | {"type": "ObjectEvent", "action": "ADD", "ilmd": {member: value}}


NO_LEVELS = {
    "agricultural-inputs": {"veterinary_drug", "fertiliser", "seed"},
    "dangerous-goods": None,
    "rare-earths": None,
}
"""Kinds of whose recall the law read says nothing; None: all kinds of the family."""


@pytest.mark.parametrize("family", families().by_id.values(), ids=lambda one: one.id)
def test_each_kind_has_its_levels_of_recall_or_the_family_says_why_not(family: Family) -> None:
    told: set[str] = set()
    for level in family.recalls:
        told |= set(level.kind or family.kinds)
    lacking = NO_LEVELS.get(family.id, set())
    assert set(family.kinds) - told == (set(family.kinds) if lacking is None else lacking)
    (line,) = (one for one in family.quality if one.id == "recall-levels")
    assert line.done is (told == set(family.kinds))
    assert all(is_bilingual(Text(one.zh, one.en)) for one in family.recalls)


def test_a_recall_of_a_kind_is_told_with_its_clocks() -> None:
    vaccine = family_on(families(), "drugs", date(2026, 3, 1), kind="vaccine").recalls
    assert [one.id for one in vaccine] == ["class_1", "class_2", "class_3", "vaccine_stop"]
    assert [one.begin and one.begin.days for one in vaccine] == [1, 3, 7, None]
    food = family_on(families(), "food", date(2026, 2, 10)).recalls
    assert [one.begin and one.begin.hours for one in food] == [24, 48, 72]
    assert [one.finish and one.finish.workdays for one in food] == [10, 20, 30]
    new = family_on(families(), "food", date(2026, 2, 11)).recalls[3:]
    assert [one.begin and one.begin.hours for one in new] == [24, 36, 48]
    assert not any(one.verified for one in new)
