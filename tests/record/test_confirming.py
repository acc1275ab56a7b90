"""Two persons are two accounts: what a second account confirms, and what is no confirmation."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from given import NOW, Give, event

from suyuan.capture import EventResult
from suyuan.families import Families
from suyuan.model import Capturer, Event, Verdict
from suyuan.record import Asker, foresee
from suyuan.store import Store
from suyuan.wire import Mode, read_event
from suyuan.wire.contexts import STANDARD
from suyuan.wire.types import RawEvent

LAB = "urn:suyuan:uscc:91330106MA2ABCDE1X"
KEEPER = "urn:suyuan:uscc:91330106MA2ABCDE2Y"
FIRST = Capturer(tenant=1, account=1, party=LAB)
SECOND = Capturer(tenant=1, account=2, party=LAB)
WAREHOUSE = Capturer(tenant=1, account=3, party=KEEPER)
ELSEWHERE = Capturer(tenant=2, account=4, party=LAB)
BOTTLE, OTHER = "urn:suyuan:item:A:1", "urn:suyuan:item:A:2"
ISSUE, WORD = 1, 2
ACT = event(ISSUE)["eventID"]


def act(step: str = "chemical_issue", *, at: int = 60, **members: Any) -> dict[str, Any]:
    told = {
        "eventTime": (NOW - timedelta(minutes=at)).isoformat(),
        "suyuan:family": "dangerous-goods",
        "suyuan:step": step,
        "suyuan:productKind": "toxic_chemical",
        "suyuan:issuedBy": "甲",
        "suyuan:receivedBy": "乙",
        "epcList": [BOTTLE],
    }
    return event(ISSUE, **(told | members))


def word(of: Any = ACT, **members: Any) -> dict[str, Any]:
    said = act("danger_confirmation", at=50, **members)
    return said | {"eventID": event(WORD)["eventID"], "suyuan:confirms": of}


def rules(result: EventResult) -> set[str]:
    return {one.rule for one in result.findings if one.rule.startswith("confirm.")}


def refused(given: EventResult, rule: str) -> bool:
    return given.verdict is Verdict.REFUSED and rules(given) == {rule}


def test_a_second_account_of_the_same_party_confirms(give: Give) -> None:
    give(act(), by=FIRST)
    (said,) = give(word(), by=SECOND).events
    assert said.verdict is not Verdict.REFUSED
    assert rules(said) == set()


def test_the_account_that_reported_the_act_does_not_confirm_it(give: Give) -> None:
    give(act(), by=FIRST)
    (said,) = give(word(), by=FIRST).events
    assert refused(said, "confirm.same-account")
    (other,) = give(word(), by=SECOND).events
    assert other.verdict is not Verdict.REFUSED


@pytest.mark.parametrize("portion", [1, 2])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_document_is_one_account_wherever_it_is_cut(
    give: Give, portion: int, order: tuple[int, int]
) -> None:
    sent = [act(), word()]
    results = give(*(sent[one] for one in order), by=FIRST, portion=portion).events
    by_id = {one.event_id: one for one in results}
    assert by_id[act()["eventID"]].verdict is not Verdict.REFUSED
    assert by_id[word()["eventID"]].verdict is Verdict.REFUSED


def test_a_party_that_the_act_names_confirms_and_nobody_else_learns_of_it(give: Give) -> None:
    giver = [{"type": "possessing_party", "source": KEEPER}]
    give(act(), by=FIRST)
    (said,) = give(word(), by=WAREHOUSE).events
    assert refused(said, "confirm.unknown")
    again = act(sourceList=giver) | {"eventID": event(3)["eventID"]}
    give(again, by=FIRST)
    (said,) = give(word(again["eventID"]), by=WAREHOUSE).events
    assert rules(said) == set()


def test_an_account_of_another_tenant_confirms_nothing(give: Give) -> None:
    give(act(), by=FIRST)
    (said,) = give(word(), by=ELSEWHERE).events
    assert refused(said, "confirm.unknown")


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        (word(), "confirm.unknown"),
        (word(""), "confirm.nothing"),
        (word([]), "confirm.nothing"),
    ],
)
def test_what_is_not_on_record_is_not_confirmed(
    give: Give, sent: dict[str, Any], rule: str
) -> None:
    (said,) = give(sent, by=SECOND).events
    assert refused(said, rule)


def test_only_the_things_of_an_act_that_asks_for_it_are_confirmed(give: Give) -> None:
    give(act(), by=FIRST)
    give(act("chemical_use") | {"eventID": event(4)["eventID"]}, by=FIRST)
    (said,) = give(word(epcList=[BOTTLE, OTHER]), by=SECOND).events
    assert refused(said, "confirm.other-things")
    (said,) = give(word(event(4)["eventID"]), by=SECOND).events
    assert refused(said, "confirm.step")


def test_each_of_several_acts_needs_another_account(give: Give) -> None:
    later = act(epcList=[OTHER]) | {"eventID": event(5)["eventID"]}
    give(act(), by=FIRST)
    give(later, by=SECOND)
    both = [act()["eventID"], later["eventID"]]
    third = Capturer(tenant=1, account=9, party=LAB)
    (said,) = give(word(both, epcList=[BOTTLE, OTHER]), by=SECOND).events
    assert refused(said, "confirm.same-account")
    (said,) = give(word(both, epcList=[BOTTLE, OTHER]), by=third).events
    assert said.verdict is not Verdict.REFUSED


def test_what_its_reporter_took_back_is_not_confirmed(give: Give) -> None:
    give(act(), by=FIRST)
    wrong = {"declarationTime": NOW.isoformat(), "reason": "incorrect_data"}
    give(act(errorDeclaration=wrong), by=FIRST)
    (said,) = give(word(), by=SECOND).events
    assert refused(said, "confirm.unknown")


@pytest.mark.parametrize(("account", "found"), [(1, {"confirm.same-account"}), (2, set())])
def test_it_can_be_asked_before(
    give: Give, database: Store, families: Families, account: int, found: set[str]
) -> None:
    give(act(), by=FIRST)
    asker = Asker(
        families=families, secret=b"secret" * 6, tenant=1, party=LAB, now=NOW, account=account
    )
    said = read(word())
    assert said is not None
    with database.read() as conn:
        answer = foresee(conn, said, {}, asker)
    assert {one.rule for one in answer.findings if one.rule.startswith("confirm.")} == found


def read(sent: dict[str, Any]) -> Event | None:
    raw = RawEvent(0, msgspec.json.encode(sent))
    return read_event(raw, STANDARD, capturer=LAB, mode=Mode.LENIENT).event


def use(give: Give) -> set[str]:
    sent = act("chemical_use", at=40) | {"eventID": event(6)["eventID"]}
    (used,) = give(sent, by=FIRST).events
    return {one.rule for one in used.findings}


def test_a_use_knows_whether_the_issue_was_confirmed(give: Give) -> None:
    give(act(), by=FIRST)
    give(word(), by=FIRST)  # refused: it counts for nothing
    assert "toxic.use.confirmed" in use(give)


def test_a_use_after_the_second_account_spoke_is_not_flagged(give: Give) -> None:
    give(act(), by=FIRST)
    give(word(), by=SECOND)
    assert "toxic.use.confirmed" not in use(give)


def test_a_word_on_an_older_act_confirms_no_later_one(give: Give) -> None:
    bought = act("chemical_purchase", at=120) | {"eventID": event(7)["eventID"]}
    give(bought, by=FIRST)
    give(act(), by=FIRST)
    (said,) = give(word(bought["eventID"]), by=SECOND).events
    assert rules(said) == set()
    assert "toxic.use.confirmed" in use(give)


def test_what_was_confirmed_stays_known_whatever_is_confirmed_since(give: Give) -> None:
    give(act(), by=FIRST)
    give(word(), by=SECOND)
    for number in range(10, 14):
        stored = act("chemical_storage", at=60 - number) | {"eventID": event(number)["eventID"]}
        give(stored, by=FIRST)
        later = word(stored["eventID"]) | {"eventID": event(number + 10)["eventID"]}
        (said,) = give(later, by=SECOND).events
        assert rules(said) == set()
    assert "toxic.use.confirmed" not in use(give)


@pytest.mark.parametrize("confirmed", [{0, 1}, {0}, {1}])
def test_of_a_lot_that_is_issued_in_parts_each_issue_is_confirmed(
    give: Give, confirmed: set[int]
) -> None:
    """That the later one is confirmed says nothing of the earlier."""
    parts = {"epcList": [], "quantityList": [{"epcClass": "urn:suyuan:lot:A:7", "quantity": 1}]}
    issues = [
        act(at=60 - one, **parts) | {"eventID": event(40 + one)["eventID"]} for one in range(2)
    ]
    for issue in issues:
        give(issue, by=FIRST)
    for one in confirmed:
        said = word(issues[one]["eventID"], **parts) | {"eventID": event(50 + one)["eventID"]}
        assert rules(give(said, by=SECOND).events[0]) == set()
    used = act("chemical_use", at=40, **parts) | {"eventID": event(60)["eventID"]}
    (said,) = give(used, by=FIRST).events
    found = {one.rule for one in said.findings}
    assert ("toxic.use.confirmed" in found) is (confirmed != {0, 1})


def test_of_two_issues_at_one_time_each_is_confirmed(give: Give) -> None:
    other = act() | {"eventID": event(8)["eventID"]}
    give(act(), by=FIRST)
    give(other, by=FIRST)
    give(word(), by=SECOND)
    assert "toxic.use.confirmed" in use(give)
    give(word(other["eventID"]) | {"eventID": event(9)["eventID"]}, by=SECOND)
    again = act("chemical_use", at=39) | {"eventID": event(30)["eventID"]}
    (used,) = give(again, by=FIRST).events
    assert "toxic.use.confirmed" not in {one.rule for one in used.findings}
