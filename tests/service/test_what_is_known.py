"""What is known of a name, to whom: by an oracle over who reported what of whom."""

import itertools
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from suyuan.capture import Options
from suyuan.kit import Text
from suyuan.model import PUBLIC, Capturer, Role, Viewer
from suyuan.registry import installation
from suyuan.registry.types import Tenant
from suyuan.service import OPERATOR, Platform, answer, capture, examples, follow, identify

FARM, STRANGER = (f"urn:suyuan:party:{name}" for name in ("farm", "stranger"))
SHOP = "https://id.gs1.org/417/6901234567892"
PIG = "https://id.gs1.org/01/06901234000016/21/1"
BILL = "urn:suyuan:document:farm:1"
ORDER = [{"type": "po", "bizTransaction": BILL}]
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
SALE = {
    "suyuan:family": "edible-agricultural-products",
    "suyuan:step": "trade",
    "destinationList": [{"type": "possessing_party", "destination": SHOP}],
    "bizTransactionList": ORDER,
}
_ONE_HASH_FOR_ALL = f"""
create or replace function index.keys_of(act index.act) returns bigint[]
language sql immutable as $$ select array[index.key_of('{PIG}', 0)] $$
"""
_numbers = itertools.count(1)

Report = Callable[..., None]


@pytest.fixture
def report(platform: Platform) -> Report:
    with platform.store.write() as conn:
        installation.put_tenant(conn, Tenant(id=2, name=Text("二", "two")))

    def reported(*many: dict[str, Any], by: str = FARM, tenant: int = 1) -> None:
        events = [
            {
                "type": "ObjectEvent",
                "eventID": UUID(int=next(_numbers)).urn,
                "action": "OBSERVE",
                "bizStep": "shipping",
                "eventTime": "2026-03-01T08:00:00+08:00",
                "eventTimeZoneOffset": "+08:00",
                "epcList": [PIG],
                **members,
            }
            for members in many
        ]
        whole = {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-02T08:00:00Z",
            "epcisBody": {"eventList": events},
        }
        capturer = Capturer(tenant=tenant, account=1, party=by)
        result = capture(platform, json.dumps(whole).encode(), capturer, Options())
        assert result.success, result
        follow(platform)

    return reported


def known(platform: Platform, name: str, viewer: Viewer) -> int:
    """How many events the viewer is told of."""
    (readings,) = identify(platform, [name], viewer)
    counts = [each.known.events for each in readings if each.known and each.canonical == name]
    return max(counts, default=0)


def party(uri: str, tenant: int = 1) -> Viewer:
    return Viewer(tenant=tenant, account=1, role=Role.CAPTURER, party=uri)


@pytest.mark.parametrize(
    ("viewer", "pig", "named"),
    [
        (PUBLIC, 1, 0),
        (party(STRANGER), 1, 0),
        (party(SHOP), 1, 1),
        (party(FARM), 2, 2),
        (OPERATOR, 2, 2),
        (party(FARM, tenant=2), 0, 0),
        (Viewer(tenant=2, account=1, role=Role.ADMIN), 0, 0),
    ],
)
def test_whom_an_event_names_only_those_learn_who_have_part_in_it(
    platform: Platform, report: Report, viewer: Viewer, pig: int, named: int
) -> None:
    """A sale is public; to whom it was, and under which number, is not."""
    report(SALE, {"bizTransactionList": ORDER})
    assert known(platform, PIG, viewer) == pig
    assert known(platform, BILL, viewer) == named
    assert known(platform, SHOP, viewer) == min(named, 1)


def test_another_thing_of_the_same_hash_is_not_counted(platform: Platform, report: Report) -> None:
    with platform.store.write() as conn:
        conn.execute(_ONE_HASH_FOR_ALL)
    report(SALE, *(SALE | {"epcList": [f"{PIG}{number}"]} for number in range(3)))
    assert known(platform, PIG, PUBLIC) == 1
    assert answer(platform, PIG).proof.entries == 1


def test_what_is_hidden_uses_up_no_limit(platform: Platform, report: Report) -> None:
    for _ in range(2):
        report(*({} for _ in range(5_100)), by=STRANGER)
    report(SALE)
    assert known(platform, PIG, PUBLIC) == 1


def test_examples_are_things_of_ones_own_tenant_that_anybody_may_look_up(
    platform: Platform, report: Report
) -> None:
    other = "https://id.gs1.org/01/06901234000023/21/1"
    report(SALE, {"epcList": [other]})
    report(SALE | {"epcList": [other]}, tenant=2)
    assert [name for name, _ in examples(platform)] == [PIG]
