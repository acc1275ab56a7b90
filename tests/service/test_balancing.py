"""A network-wide check of a small story: what is found, by whom, and under which tolerance."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from installed import open_transactions
from oil import BOTTLER, LOT, OIL, OTHER, PRESS, SHOP, STORY, TANK, YARD, told

from suyuan.kit import SuyuanError, Text
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.registry import Site
from suyuan.service import (
    OPERATOR,
    BalanceAsked,
    Balanced,
    Platform,
    balance,
    progress,
    register,
)
from suyuan.service.balancing import Undrawn
from suyuan.trace import accounts
from suyuan.trace.accounts.types import Audit, Reason
from suyuan.trace.types import BalanceKind

STOLEN, LOST = Reason.LESS_COUNTED, Reason.DIFFERS
FAULTS = {
    (BalanceKind.POOL, SHOP): (Reason.MORE_WENT, "2026-03-07", Decimal(20)),
    (BalanceKind.POOL, PRESS): (STOLEN, "2026-03-15", Decimal(10)),
    (BalanceKind.VESSEL, BOTTLER): (Reason.MORE_WENT, "2026-03-08", Decimal(3)),
    (BalanceKind.FLOW, BOTTLER): (Reason.MORE_MADE, "2026-03-09", Decimal(10)),
    (BalanceKind.MOVEMENT, BOTTLER): (LOST, "2026-03-04", Decimal(10)),
}


def faults(found: Balanced) -> dict[tuple[BalanceKind, str], tuple[Reason, str, Decimal]]:
    return {
        (each.kind, each.pool.party): (
            each.contradiction.reason,
            each.contradiction.day.isoformat(),
            each.contradiction.by,
        )
        for each in found.statements
        if each.contradiction is not None
    }


def test_every_fault_of_the_story_is_found_and_nothing_else(platform: Platform) -> None:
    told(platform)
    found = balance(platform, BalanceAsked(), OPERATOR)
    assert faults(found) == FAULTS
    assert sum(found.contradictions.values()) == len(FAULTS)
    assert found.position == progress(platform).head
    assert found.parties[SHOP].en == "Shop"
    assert found.products[LOT].en == "Rapeseed oil"
    shop = found.statements[0]
    assert shop.contradiction is not None
    (twice,) = shop.contradiction.question
    assert (twice.amount, twice.at_most) == (70, 20)
    assert twice.twins


def test_a_tolerance_comes_from_the_family_with_its_law_and_can_be_replaced(
    platform: Platform,
) -> None:
    told(platform)
    tank = next(
        each
        for each in balance(platform, BalanceAsked(), OPERATOR).statements
        if each.kind is BalanceKind.VESSEL
    )
    assert tank.allowed is not None
    assert (tank.allowed.percent, tank.allowed.family) == (Decimal("0.5"), "food")
    assert not tank.allowed.verified
    assert tank.allowed.law is not None
    loose = faults(balance(platform, BalanceAsked(tolerance=Decimal(2)), OPERATOR))
    assert set(FAULTS) - set(loose) == {
        (BalanceKind.VESSEL, BOTTLER),
        (BalanceKind.MOVEMENT, BOTTLER),
    }
    widest = balance(platform, BalanceAsked(tolerance=Decimal(100)), OPERATOR)
    assert not widest.contradictions


def test_a_party_sees_its_own_accounts_and_no_others(platform: Platform) -> None:
    told(platform)
    for party in (PRESS, BOTTLER, SHOP):
        found = balance(platform, BalanceAsked(), Viewer(role=Role.CAPTURER, party=party))
        own = {key: fault for key, fault in FAULTS.items() if key[1] == party}
        if party == PRESS:  # what it sent was not received whole: that is its movement too
            own[BalanceKind.MOVEMENT, BOTTLER] = FAULTS[BalanceKind.MOVEMENT, BOTTLER]
        assert faults(found) == own
        pools = (each.pool for each in found.statements if each.kind is not BalanceKind.MOVEMENT)
        assert {pool.party for pool in pools} == {party}
    assert not balance(platform, BalanceAsked(), PUBLIC).accounts
    inspector = Viewer(role=Role.REGULATOR, areas=("330100",))
    assert faults(balance(platform, BalanceAsked(), inspector)) == FAULTS
    elsewhere = Viewer(role=Role.REGULATOR, areas=("440000",))
    assert not balance(platform, BalanceAsked(), elsewhere).accounts


def test_who_sees_a_part_of_an_account_is_told_why_it_is_not_drawn(platform: Platform) -> None:
    told(platform)
    whole = balance(platform, BalanceAsked(), OPERATOR)
    assert not whole.undrawn
    for party in (PRESS, BOTTLER, SHOP):
        own = balance(platform, BalanceAsked(), Viewer(role=Role.CAPTURER, party=party))
        assert set(own.undrawn) == {Undrawn.OTHERS}
        assert own.accounts + own.undrawn[Undrawn.OTHERS] <= whole.accounts
    for area in ("330100", "440000"):
        inspector = Viewer(role=Role.REGULATOR, areas=(area,))
        assert not balance(platform, BalanceAsked(), inspector).undrawn


def test_an_authority_is_told_whether_a_place_is_elsewhere_or_unknown(platform: Platform) -> None:
    told(platform)
    inspector = Viewer(role=Role.REGULATOR, areas=("330100",))
    drawn = balance(platform, BalanceAsked(party=PRESS), inspector).accounts
    name = Text("油坊", "Press")
    for division, why in (("", Undrawn.NO_PLACE), ("440100", Undrawn.ELSEWHERE)):
        register(platform, [Site(uri=YARD, operator=PRESS, name=name, division=division)])
        found = balance(platform, BalanceAsked(party=PRESS), inspector)
        assert set(found.undrawn) == {why}
        assert found.accounts + found.undrawn[why] == drawn


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (BalanceAsked(party=PRESS), {(BalanceKind.POOL, PRESS), (BalanceKind.MOVEMENT, BOTTLER)}),
        (BalanceAsked(site=YARD), {(BalanceKind.POOL, PRESS), (BalanceKind.MOVEMENT, BOTTLER)}),
        (BalanceAsked(family="drugs"), set()),
        (BalanceAsked(family="food"), set(FAULTS)),
        (BalanceAsked(things=(OTHER,)), {(BalanceKind.POOL, PRESS)}),
        (BalanceAsked(things=(TANK,)), {(BalanceKind.VESSEL, BOTTLER)}),
        (BalanceAsked(things=(OIL,)), set()),
        (
            BalanceAsked(things=(LOT,)),
            {
                (BalanceKind.POOL, SHOP),
                (BalanceKind.FLOW, BOTTLER),
                (BalanceKind.MOVEMENT, BOTTLER),
            },
        ),
    ],
)
def test_what_is_asked_for_is_told(
    platform: Platform, asked: BalanceAsked, expected: set[tuple[BalanceKind, str]]
) -> None:
    told(platform)
    assert set(faults(balance(platform, asked, OPERATOR))) == expected


def test_a_period_tells_what_is_amiss_in_it(platform: Platform) -> None:
    told(platform)
    start, end = datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)
    found = balance(platform, BalanceAsked(start=start, end=end), OPERATOR)
    assert set(faults(found)) == {(BalanceKind.VESSEL, BOTTLER), (BalanceKind.FLOW, BOTTLER)}
    (shop,) = (each for each in found.statements if each.pool.party == SHOP)
    assert (shop.opening.most, shop.closing.most, shop.ended.most) == (0, 0, 0)


def test_a_limit_gives_the_answer_as_of_the_last_record_read(platform: Platform) -> None:
    told(platform)
    whole = balance(platform, BalanceAsked(), OPERATOR)
    cut = balance(platform, BalanceAsked(most_facts=3), OPERATOR)
    assert cut.truncated
    assert not cut.contradictions
    for position in range(whole.position or 0):
        known = balance(platform, BalanceAsked(known_at=position), OPERATOR)
        assert set(faults(known)) <= set(FAULTS) | {(BalanceKind.POOL, BOTTLER)}


def test_before_the_first_record_nothing_is_known(platform: Platform) -> None:
    told(platform)
    found = balance(platform, BalanceAsked(known_at=0), OPERATOR)
    assert (found.position, found.statements) == (0, ())


def test_the_order_of_reports_changes_nothing(
    platform: Platform,
) -> None:
    told(platform, STORY[::-1])
    assert faults(balance(platform, BalanceAsked(), OPERATOR)) == FAULTS


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (BalanceAsked(tolerance=Decimal(-1)), "balance.tolerance"),
        (BalanceAsked(tolerance=Decimal(101)), "balance.tolerance"),
        (BalanceAsked(family="nothing"), "family.unknown"),
        (
            BalanceAsked(
                start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 1, tzinfo=UTC)
            ),
            "balance.period",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(platform: Platform, asked: BalanceAsked, code: str) -> None:
    with pytest.raises(SuyuanError) as refused:
        balance(platform, asked, OPERATOR)
    assert refused.value.code == code


def test_no_transaction_is_open_while_accounts_are_drawn(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(platform)
    audit = accounts.audit

    def watched(*given: Any, **named: Any) -> Audit:
        assert open_transactions(platform) == 0
        return audit(*given, **named)

    monkeypatch.setattr(accounts, "audit", watched)
    assert faults(balance(platform, BalanceAsked(), OPERATOR)) == FAULTS
