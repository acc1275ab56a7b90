"""Which family and step an event is judged by, and what is said when there is none."""

import pytest
from family_cases import families
from family_events import LOT, NS, PIG, an_event, known

from suyuan.model import Action, EventType, QuantityElement, Severity

FAMILY = "edible-agricultural-products"
BOX = "https://id.gs1.org/01/06901234567892/21/7"


def named(**extensions: str) -> dict[str, str]:
    return {NS + key: value for key, value in extensions.items()}


@pytest.mark.parametrize("step", ["slaughter", "suyuan:slaughter", NS + "slaughter"])
def test_a_family_and_step_named_in_any_spelling_are_taken(step: str) -> None:
    event = an_event(extensions=named(family=FAMILY, step=step))
    placement = families().step_of(event, known())
    assert (placement.family, placement.step, placement.findings) == (FAMILY, "slaughter", ())


def test_a_step_alone_names_its_family_when_only_one_has_it() -> None:
    event = an_event(epcs=(BOX,), extensions=named(step="meat_inspection"))
    placement = families().step_of(event, known())
    assert (placement.family, placement.step, placement.kind) == (FAMILY, "meat_inspection", "pork")


@pytest.mark.parametrize(
    ("extensions", "rule", "path"),
    [
        (named(family="perpetual-motion"), "family.unknown", "/suyuan:family"),
        (named(family="general"), "family.unknown", "/suyuan:family"),
        (named(family="", step="slaughter"), "family.unknown", "/suyuan:family"),
        (named(family=FAMILY, step="sloughter"), "family.step-not-defined", "/suyuan:step"),
        (named(step="sloughter"), "family.step-not-defined", "/suyuan:step"),
        ({NS + "family": 7}, "family.unknown", "/suyuan:family"),
    ],
)
def test_what_is_named_but_unknown_refuses(
    extensions: dict[str, str], rule: str, path: str
) -> None:
    (found,) = families().step_of(an_event(extensions=extensions), known()).findings
    assert (found.rule, found.severity, found.path) == (rule, Severity.REFUSE, path)
    assert found.message.zh
    assert found.cure.en


def test_the_registry_names_the_family_of_a_product_or_a_site() -> None:
    event = an_event(epcs=(BOX,), biz_location="urn:suyuan:site:a:1", biz_step="retail_selling")
    for uri in (BOX, "urn:suyuan:site:a:1"):
        knowledge = known(families={uri: FAMILY}, products={BOX: "pork"})
        placement = families().step_of(event, knowledge)
        assert (placement.family, placement.step, placement.kind) == (FAMILY, "retail_sale", "pork")


def test_a_code_of_one_family_alone_names_it_and_the_map_its_step() -> None:
    tagged = an_event(action=Action.ADD, biz_step="commissioning")
    assert families().step_of(tagged, known()).step == "tagging"
    slaughtered = an_event(
        type=EventType.TRANSFORMATION,
        action=None,
        epcs=(),
        input_epcs=(PIG,),
        output_quantities=(QuantityElement(epc_class=LOT),),
    )
    placement = families().step_of(slaughtered, known())
    assert (placement.family, placement.step, placement.kind) == (FAMILY, "slaughter", "pig")


@pytest.mark.parametrize(("species", "kind"), [(1, "pig"), (2, "cattle"), (3, "sheep")])
def test_the_first_digit_of_an_ear_tag_says_what_animal_it_is(species: int, kind: str) -> None:
    tag = f"urn:suyuan:ear-tag:{species}37060200000001"
    tagged = an_event(action=Action.ADD, biz_step="commissioning", epcs=(tag,))
    assert families().step_of(tagged, known()).kind == kind


def test_a_step_that_cannot_be_told_is_a_note() -> None:
    placement = families().step_of(an_event(biz_step="storing"), known())
    assert (placement.family, placement.step) == (FAMILY, None)
    assert [one.severity for one in placement.findings] == [Severity.NOTE]


def test_plain_epcis_stays_welcome() -> None:
    placement = families().step_of(an_event(epcs=(BOX,), biz_step="shipping"), known())
    assert (placement.family, placement.step) == (None, None)
    (found,) = placement.findings
    assert (found.rule, found.severity) == ("family.none", Severity.NOTE)


def test_rules_for_one_kind_are_said_not_to_have_applied_when_the_kind_is_unknown() -> None:
    event = an_event(epcs=(BOX,), extensions=named(family=FAMILY, step="wholesale_entry"))
    found = families().judge(event, known(), families().step_of(event, known()))
    assert "family.kind-unknown" in [one.rule for one in found]


@pytest.mark.parametrize("stated", ["porc", "suyuan:porc", "urn:suyuan:ns:1:porc"])
def test_a_product_kind_that_the_family_has_not_is_told_with_those_that_it_has(stated: str) -> None:
    said = named(family=FAMILY, step="wholesale_entry", productKind=stated)
    placement = families().step_of(an_event(epcs=(BOX,), extensions=said), known())
    (found,) = placement.findings
    assert (found.rule, found.severity) == ("family.kind-not-defined", Severity.FLAG)
    assert "'porc'" in found.message.en
    assert "猪肉 pork" in found.cure.zh
    assert "pork (pork)" in found.cure.en
    judged = families().judge(an_event(epcs=(BOX,), extensions=said), known(), placement)
    assert "family.kind-unknown" not in [one.rule for one in judged], "told once is enough"
    for kind in ("pork", "suyuan:pork", "", " "):
        event = an_event(epcs=(BOX,), extensions=said | named(productKind=kind))
        assert families().step_of(event, known()).findings == ()
