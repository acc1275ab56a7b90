"""What judging left for later judging, and what leaves of older forms say, is told rightly."""

# ruff: noqa: E501 -- an attack is a line of SQL

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from logged import BODY
from test_governed import MINE, QUOTA, mined

from suyuan.capture import Options
from suyuan.record import append, leaves
from suyuan.service import (
    OPERATOR,
    NewPermit,
    Platform,
    audit,
    capture,
    enter_permit,
    examine,
    local_capturer,
    log_of,
    publish,
    receipt,
)
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.policy import trusting

FAILED = "urn:uuid:00000000-0000-4000-8000-000000000001"
SPRAYED = "urn:uuid:00000000-0000-4000-8000-000000000002"
PIG = "urn:epc:id:sgtin:6901234.056789.1"


def told(number: int, **more: object) -> dict[str, object]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "action": "OBSERVE",
        "eventTime": "2026-03-01T07:30:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [PIG],
    } | more


def report(platform: Platform, *events: dict[str, object]) -> None:
    context = [BODY["@context"], {"suyuan": "urn:suyuan:ns:1:"}]
    for each in events:
        data = BODY | {"@context": context, "epcisBody": {"eventList": [each]}}
        done = capture(
            platform, json.dumps(data).encode(), local_capturer(platform, MINE), Options()
        )
        assert sum(done.counts.values()) == 1, done


@pytest.fixture
def judged(platform: Platform) -> Platform:
    """A test that sets a mark, and a spraying that leaves a day known of its parcel."""
    failed = told(
        1, bizStep="inspecting",
        **{"suyuan:family": "edible-agricultural-products", "suyuan:step": "market_test",
           "suyuan:productKind": "pork", "suyuan:testResult": "unqualified"},
    )  # fmt: skip
    sprayed = told(
        2, bizStep="other", epcList=["urn:epc:id:sgtin:6901234.056789.2"],
        **{"suyuan:family": "agricultural-inputs", "suyuan:step": "input_application",
           "suyuan:productKind": "pesticide", "suyuan:parcel": "3706020010010001",
           "suyuan:useDate": "2026-02-28", "suyuan:intervalDays": 7},
    )  # fmt: skip
    report(platform, failed, sprayed)
    publish(platform)
    assert audit(platform) == []
    return platform


ATTACKS = {
    "a mark taken off": (FAILED, "update state.event set marks_set = null where marks_set is not null"),
    "a mark taken off with its flag": (
        FAILED,
        "update state.event set marks_set = null, what = what & ~16 where marks_set is not null",
    ),
    "another mark": (FAILED, "update state.event set marks_set = '{x}' where marks_set is not null"),
    "a mark set": (SPRAYED, "update state.event set marks_set = '{x}' where marks_set is null"),
    "a mark cleared": (FAILED, "update state.event set marks_cleared = marks_set where marks_set is not null"),
    "its flag alone": (FAILED, "update state.event set what = what & ~16 where marks_set is not null"),
    "taken for held": (FAILED, "update state.event set what = what # 32768 where marks_set is not null"),
    "reporter entitled": (FAILED, "update state.event set what = what # 65536 where marks_set is not null"),
    "nothing known": (SPRAYED, "update state.event set told = null where told is not null"),
    "another day known": (
        SPRAYED,
        "update state.event set told = replace(told::text, '2026', '2025')::jsonb where told is not null",
    ),
    "known of another thing": (
        SPRAYED,
        "update state.event set bundle = bundle + 1 where what & 262144 <> 0",
    ),
    "known of nothing": (SPRAYED, "delete from state.event where what & 262144 <> 0"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_judging_left_of_an_event_is_held_against_its_leaf(
    judged: Platform, attack: str
) -> None:
    event, statement = ATTACKS[attack]
    with judged.store.write() as conn:
        assert conn.execute(statement.encode()).rowcount
    found = audit(judged)
    assert {each.event for each in found} == {event}, found
    assert {each.event for each in examine(judged).damages} >= {event}


def fields(platform: Platform, event: str) -> set[str]:
    """What the receipt of an event shows to the operator; it holds."""
    trust = Trust(policy=trusting(log_of(platform).vkeys))
    return set(verify_file(receipt(platform, event, OPERATOR) or b"", trust).fields)


def test_a_receipt_shows_the_operator_what_judging_left(judged: Platform) -> None:
    assert {"left", "report"} <= fields(judged, FAILED)


@contextmanager
def before_debits() -> Iterator[None]:
    """Leaves as they were made before they had debits, and said their form."""

    def old(kept: leaves.Kept, about: leaves.Around) -> dict[str, bytes]:
        made = leaves.fields_of(kept, about)
        return {name: said for name, said in made.items() if name != leaves.DEBITS}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(append, "fields_of", old)
        patched.setattr(append, "around", partial(leaves.around, form=1))
        yield


@pytest.fixture
def quota(platform: Platform) -> Platform:
    """One event takes of a quota before debits were logged, one since, one takes nothing."""
    enter_permit(
        platform,
        NewPermit(
            kind=QUOTA, number="2026-1", holder=MINE, amount=Decimal(100), unit="TNE",
            valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31),
        ),
    )  # fmt: skip
    with before_debits():
        report(platform, mined(1, 20_000), told(4))
    report(platform, mined(2, 30_000), told(5))
    publish(platform)
    return platform


OLD, NEW = mined(1, 1)["eventID"], mined(2, 1)["eventID"]


def test_what_was_taken_before_debits_were_logged_is_told_as_older(quota: Platform) -> None:
    (found,) = audit(quota)
    assert (found.code, found.event) == ("record.debits-older", OLD)
    assert "debits" not in fields(quota, str(OLD))
    assert "debits" in fields(quota, str(NEW))


def test_no_newer_entry_passes_for_an_older_one(quota: Platform) -> None:
    with quota.store.write() as conn:
        conn.execute("delete from state.debit where amount = 30")
        conn.execute("update state.permit set used = 20")
    assert {(each.code, each.event) for each in audit(quota)} == {
        ("record.debits-older", OLD), ("record.changed", NEW),
    }  # fmt: skip


@pytest.mark.parametrize(("number", "code"), [(4, "record.debits-older"), (5, "record.debits")])
def test_a_line_added_is_found_and_of_an_older_entry_told_as_unproven(
    quota: Platform, number: int, code: str
) -> None:
    event = str(told(number)["eventID"])
    with quota.store.write() as conn:
        conn.execute(
            "insert into state.debit select d.permit, e.id, e.identity, 5, false, null "
            "from (select permit from state.debit limit 1) as d, record.entry as e "
            "join ledger.leaf as l on l.entry = e.id "
            "where l.position = (select max(position) from ledger.leaf) - %s",
            [5 - number if number == 5 else 2],
        )
    assert (code, event) in {(each.code, each.event) for each in audit(quota)}
