"""Of which class a thing is by its name, and that unlike products are never added up."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, ThingGrain
from suyuan.service.classes import class_of
from suyuan.trace.accounts import audit
from suyuan.trace.accounts.types import Books
from suyuan.trace.types import BalanceKind

MILL = Holder("urn:mill", "urn:mill:store")


@pytest.mark.parametrize(
    ("thing", "group"),
    [
        ("https://id.gs1.org/01/06901234567892/10/A", "https://id.gs1.org/01/06901234567892"),
        ("https://id.gs1.org/01/06901234567892/21/7", "https://id.gs1.org/01/06901234567892"),
        ("https://id.gs1.org/01/06901234567892", "https://id.gs1.org/01/06901234567892"),
        ("urn:suyuan:ear-tag:133010612345678", "urn:suyuan:ear-tag"),
        ("urn:suyuan:class:mill:flour", "urn:suyuan:class:mill:flour"),
        ("urn:suyuan:lot:mill:A", ""),
        ("urn:suyuan:raw:mill:?", ""),
        ("https://id.gs1.org/00/069012345678901234", ""),
    ],
)
def test_a_class_is_what_the_name_says_of_the_product(thing: str, group: str) -> None:
    assert class_of(thing) == group


def test_lots_of_own_numbers_and_own_classes_are_not_added_up() -> None:
    names = [f"urn:suyuan:{kind}:mill:{name}" for kind in ("lot", "class") for name in "ab"]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    made = [_made(n, thing, Span(at, at)) for n, thing in enumerate(names)]
    found = {
        (each.kind, each.pool.thing) for each in audit(made, Books(class_of=class_of)).statements
    }
    assert (BalanceKind.SITE, "urn:suyuan:lot") not in found
    assert {thing for _, thing in found} == set(names)


def _made(number: int, thing: str, when: Span) -> Fact:
    return Fact(
        entry=number,
        line=0,
        position=number,
        kind=FactKind.MADE,
        thing=thing,
        when=when,
        grain=ThingGrain.LOT,
        after=MILL,
        quantity=Decimal(10),
        unit="KGM",
    )
