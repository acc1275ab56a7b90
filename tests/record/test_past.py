"""What was recorded of a thing decides what is said of it later, through the whole intake."""

from itertools import pairwise
from typing import Any

import pytest
from given import FARM, TRADER, Give, event

from suyuan.capture import JobResult, OnRefusal
from suyuan.kit import Text
from suyuan.model import Capturer, Severity
from suyuan.registry import installation
from suyuan.registry.types import Tenant
from suyuan.store import Store

PORK = "edible-agricultural-products"
PIG = "urn:suyuan:ear-tag:133010600000001"
LOT = "https://id.gs1.org/01/06901234567892/10/B1"
PIECE = f"{LOT}/21/7"
STOPPED = "produce.trade.state"

Json = dict[str, Any]


def step(number: int, name: str, **members: Any) -> Json:
    return event(number) | {"suyuan:family": PORK, "suyuan:step": name} | members


def failed(number: int, **what: Any) -> Json:
    return step(
        number,
        "market_test",
        eventTime="2026-03-01T00:00:00Z",
        **{"suyuan:testResult": "unqualified", **what},
    )


def sold(number: int, thing: str) -> Json:
    return step(number, "trade", epcList=[thing], eventTime="2026-03-02T00:00:00Z")


def declared(original: Json) -> Json:
    return original | {"errorDeclaration": {"declarationTime": "2026-03-09T23:00:00Z"}}


TEST = failed(1, epcList=[PIG])


def stops(result: JobResult) -> bool:
    """Whether the last event of a document is a sale that a mark stops."""
    found = result.events[-1].findings
    return any(one.rule == STOPPED and one.severity is Severity.HOLD for one in found)


@pytest.fixture
def second_tenant(database: Store) -> None:
    with database.write() as conn:
        installation.put_tenant(conn, Tenant(id=2, name=Text("二", "two")))


@pytest.mark.parametrize("together", [True, False], ids=["one document", "two documents"])
def test_a_failed_lot_stops_the_pieces_that_say_they_are_of_it(
    give: Give, *, together: bool
) -> None:
    test = failed(1, epcList=[], quantityList=[{"epcClass": LOT, "quantity": 5, "uom": "KGM"}])
    sale = sold(2, PIECE)
    if together:
        result = give(test, sale)
    else:
        give(test)
        result = give(sale)
    assert stops(result)
    assert not stops(give(sold(3, PIECE.replace("B1", "B2"))))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["late", "early"])
@pytest.mark.parametrize("parted", [(), (1,), (2,), (1, 2)], ids=str)
def test_what_is_declared_wrong_stops_nothing_however_the_reports_are_parted(
    give: Give, order: tuple[int, ...], parted: tuple[int, ...]
) -> None:
    pair = (TEST, declared(TEST))
    events = [*(pair[at] for at in order), sold(2, PIG)]
    bounds = [0, *parted, len(events)]
    for first, last in pairwise(bounds):
        result = give(*events[first:last])
    assert not stops(result)


@pytest.mark.parametrize("last", [0, 1, 2])
def test_a_declaration_takes_back_every_version_under_its_id(give: Give, last: int) -> None:
    versions = [TEST, TEST | {"suyuan:testItem": "other"}, declared(TEST)]
    for one in (*versions[:last], *versions[last + 1 :], versions[last]):
        give(one)
    assert not stops(give(sold(2, PIG)))


@pytest.mark.parametrize(
    "by", [TRADER, Capturer(tenant=2, account=3, party=FARM.party)], ids=["party", "tenant"]
)
@pytest.mark.usefixtures("second_tenant")
def test_a_declaration_of_somebody_else_changes_nothing(give: Give, by: Capturer) -> None:
    give(TEST)
    give(declared(TEST), by=by)
    assert stops(give(sold(2, PIG)))


@pytest.mark.usefixtures("second_tenant")
def test_what_one_tenant_stopped_is_nothing_to_another(give: Give) -> None:
    give(TEST, by=Capturer(tenant=2, account=3, party=FARM.party))
    assert not stops(give(sold(2, PIG)))


def test_what_was_taken_back_with_its_document_is_forgotten(give: Give) -> None:
    refused = give(TEST, event(9, action="NO"), on_refusal=OnRefusal.ROLLBACK)
    assert refused.counts == {"refused": 2}
    assert not stops(give(sold(2, PIG)))


def test_no_number_of_later_reports_hides_a_failed_test(give: Give) -> None:
    """Else whoever has failed goods would scan them a thousand times and sell them."""
    give(TEST)
    scans = [step(n, "rearing", epcList=[PIG]) for n in range(10, 1_015)]
    assert not give(*scans).counts.get("refused")
    assert stops(give(sold(2, PIG)))


def test_no_number_of_companions_hides_a_failed_test(give: Give) -> None:
    """Nor would it help to scan them with something else each time."""
    give(TEST)
    scans = [step(n, "rearing", epcList=[PIG, PIG[:-4] + f"{n:04}"]) for n in range(10, 1_015)]
    assert not give(*scans).counts.get("refused")
    assert stops(give(sold(2, PIG)))


@pytest.mark.parametrize("number", ["FJ1", None])
def test_a_stranger_ends_no_stop(give: Give, number: str | None) -> None:
    give(TEST)
    release = step(3, "release", epcList=[PIG], eventTime="2026-03-01T12:00:00Z")
    given = {"suyuan:reportNumber": number} if number else {}
    (told,) = give(release | given, by=TRADER).events
    assert told.verdict == "held"
    assert stops(give(sold(2, PIG)))
