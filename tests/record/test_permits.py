"""The ledger of permits: never more taken than granted; what is corrected is given back."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from given import FARM, NOW, TRADER, Give, event

from suyuan import state
from suyuan.families import Debit, Permit
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer, Role, Verdict, Viewer
from suyuan.record import Recorder, erasing, event_by_id
from suyuan.record.types import Decision
from suyuan.registry import Party, directory
from suyuan.registry.types import Licence
from suyuan.state.types import Charge, Line, Use
from suyuan.store import Store, WriteConnection

MAKER, BUYER, STRANGER = (
    FARM,
    TRADER.party,
    Capturer(tenant=1, account=3, party="urn:suyuan:party:x"),
)
KIND, NUMBER = "explosives_purchase_permit", "GM-31"
CLIENTS = 6


@pytest.fixture(autouse=True)
def _registered(database: Store) -> None:
    """The maker may sell explosives; the buyer's permit is for a hundred."""
    with database.write() as conn:
        maker = Party(uri=MAKER.party, name=Text("厂", "maker"), roles=("explosives_maker",))
        licence = Licence(party=MAKER.party, kind="explosives_sale_licence", number="1")
        directory.register(conn, [maker, licence])
    grant(database, 100)


def grant(database: Store, amount: int, **said: Any) -> Line:
    line = {"number": NUMBER, "holder": BUYER} | said
    permit = Permit(id=0, kind=KIND, amount=Decimal(amount), **line)
    with database.write() as conn:
        return state.permits.enter(conn, permit, tenant=1, now=NOW)


def sale(number: int, quantity: object, **members: Any) -> dict[str, Any]:
    """A sale of explosives to the buyer against the permit; its id and lot come from a number."""
    said = {
        "bizStep": "shipping",
        "destinationList": [{"type": "owning_party", "destination": BUYER}],
        "suyuan:family": "dangerous-goods",
        "suyuan:step": "explosives_sale",
        "suyuan:productKind": "civil_explosive",
        "suyuan:permitNumber": NUMBER,
        "suyuan:tradeQuantity": quantity,
    }
    return event(number, **(said | members))


def wrong(number: int, **members: Any) -> dict[str, Any]:
    """That an event was wrong, by its own capturer."""
    declared = {"declarationTime": NOW.isoformat(), "reason": "incorrect_data"}
    return sale(number, 0, **members) | {"errorDeclaration": declared}


def line(database: Store) -> Line:
    with database.read() as conn:
        (found,) = state.permits.lines(conn, tenant=1, number=NUMBER)
    return found


def uses(database: Store) -> list[Use]:
    with database.read() as conn:
        found = state.permits.lines(conn, tenant=1, kind=KIND, number=NUMBER)
        return state.permits.uses(conn, found)


def void(conn: WriteConnection) -> int:
    found = state.permits.lines(conn, tenant=1, kind=KIND, number=NUMBER)
    return state.permits.void(conn, found, reason="r", tenant=1, now=NOW)


def overdrawn(findings: Iterable[Any]) -> bool:
    return any(one.rule == "explosives.permit.ledger" for one in findings)


def test_writers_at_once_never_take_more_than_was_granted(database: Store, give: Give) -> None:
    """Whoever comes when too little is left is recorded and held; the books agree to the piece."""
    draw = Random(7)
    wanted = [draw.randint(1, 9) for _ in range(60)]

    def report(at: int) -> Verdict:
        (told,) = give(sale(at + 1, wanted[at]), by=MAKER).events
        assert told.entry is not None
        assert overdrawn(told.findings) is (told.verdict is Verdict.HELD)
        return told.verdict

    with ThreadPoolExecutor(CLIENTS) as clients:
        verdicts = list(clients.map(report, range(len(wanted))))

    taken = sum(q for q, v in zip(wanted, verdicts, strict=True) if v is not Verdict.HELD)
    over = sum(wanted) - taken
    found = line(database)
    assert sum(wanted) > 100
    assert found.permit.used == taken <= 100
    assert found.over == over
    assert len(uses(database)) == len(wanted)
    assert all(q > 100 - taken for q, v in zip(wanted, verdicts, strict=True) if v is Verdict.HELD)


def test_any_mixture_of_reports_and_corrections_comes_to_what_a_plain_ledger_says(
    database: Store, give: Give
) -> None:
    draw = Random(11)
    taken: dict[int, int] = {}
    left = 100
    for number in range(1, 60):
        if taken and draw.random() < 0.4:
            gone = draw.choice(sorted(taken))
            give(wrong(gone), by=MAKER)
            left += taken.pop(gone)
        quantity = draw.randint(1, 40)
        (told,) = give(sale(number, quantity), by=MAKER).events
        assert overdrawn(told.findings) is (quantity > left)
        if quantity <= left:
            taken[number] = quantity
            left -= quantity
        assert line(database).permit.left == left


def test_a_repeat_takes_nothing_more(database: Store, give: Give) -> None:
    for _ in range(3):
        give(sale(1, 30), by=MAKER)
    assert line(database).permit.left == 70


@pytest.mark.parametrize("together", [True, False])
def test_other_content_under_an_id_on_record_is_held_and_takes_nothing_more(
    database: Store, give: Give, *, together: bool
) -> None:
    """It is one sale, told twice: what the first telling took is all that is used."""
    told = [sale(1, 30), sale(1, 40), sale(1, 30), sale(1, 40), sale(1, 200)]
    answers = give(*told, by=MAKER).events if together else [
        give(each, by=MAKER).events[0] for each in told
    ]  # fmt: skip
    held = [one.verdict is Verdict.HELD for one in answers]
    assert held == [False, True, False, True, True]
    assert (line(database).permit.left, line(database).over) == (70, 0)
    assert [use.amount for use in uses(database)] == [30]
    give(wrong(1), by=MAKER)
    assert line(database).permit.left == 100


def test_events_of_one_document_know_what_the_earlier_took(database: Store, give: Give) -> None:
    told = give(sale(1, 60), sale(2, 60), sale(3, 40), by=MAKER).events
    assert [overdrawn(one.findings) for one in told] == [False, True, False]
    assert line(database).permit.left == 0


def test_what_a_document_corrects_it_may_take_again(database: Store, give: Give) -> None:
    give(sale(1, 100), by=MAKER)
    told = give(sale(2, 90), wrong(1), by=MAKER).events
    assert not any(overdrawn(one.findings) for one in told)
    assert line(database).permit.left == 10
    assert [(one.amount, one.is_returned) for one in uses(database)] == [(90, False), (100, True)]


def test_a_report_declared_wrong_before_it_came_takes_nothing(database: Store, give: Give) -> None:
    give(wrong(1), by=MAKER)
    give(sale(1, 30), by=MAKER)
    assert line(database).permit.left == 100


def test_one_that_names_no_things_and_was_declared_wrong_before_it_came_takes_nothing(
    database: Store, give: Give
) -> None:
    nothing = {"epcList": [], "type": "TransactionEvent", "bizTransactionList": [
        {"type": "po", "bizTransaction": "urn:suyuan:document:a:1"}]}  # fmt: skip
    give(wrong(1, **nothing), by=MAKER)
    give(sale(1, 30, **nothing), by=MAKER)
    assert line(database).permit.left == 100


@pytest.mark.parametrize("order", [(sale, wrong), (wrong, sale)])
def test_a_report_and_its_correction_at_once_take_nothing(
    database: Store,
    give: Give,
    monkeypatch: pytest.MonkeyPatch,
    order: tuple[Callable[..., dict[str, Any]], Callable[..., dict[str, Any]]],
) -> None:
    """The second comes when all of the first is written and nothing of it is to be seen yet."""
    give(event(99), by=MAKER)  # so that the two do not meet at the head of their documents
    written, go_on = Event(), Event()
    settle = state.permits.settle

    def settled(conn: WriteConnection, *said: Any) -> None:
        settle(conn, *said)
        if not written.is_set():
            written.set()
            assert go_on.wait(60)

    monkeypatch.setattr(state.permits, "settle", settled)
    with ThreadPoolExecutor(2) as clients:
        first, second = (one(1, 30) if one is sale else one(1) for one in order)
        done = [clients.submit(give, first, by=MAKER)]
        assert written.wait(60)
        done.append(clients.submit(give, second, by=MAKER))
        while not done[1].done() and not waits(database):
            time.sleep(0.01)
        go_on.set()
        assert all(each.result().events[0].entry for each in done)
    assert line(database).permit.left == 100


def waits(database: Store) -> bool:
    """Whether a transaction waits for another one's lock."""
    with database.read() as conn:
        return bool(conn.execute("select from pg_locks where not granted limit 1").fetchall())


def test_what_was_erased_and_is_reported_again_is_taken_once(
    database: Store, recorder: Recorder, give: Give
) -> None:
    """Destroying a record leaves used what was used; the same event again takes its place."""
    give(sale(1, 30), sale(2, 200), by=MAKER)
    for number in (1, 2):
        with database.write() as conn:
            viewer = Viewer(tenant=1, account=0, role=Role.ADMIN)
            found = event_by_id(conn, event(number)["eventID"], viewer, secret=recorder.secret)
            why = Decision(by="court", ground="judgement")
            erasing.erase(conn, found, why, now=NOW, recorder=recorder)
    assert (line(database).permit.left, line(database).over) == (70, 200)
    refused = sale(1, 40, eventTime="2030-01-01T00:00:00Z")
    (_, third) = give(refused, sale(3, 100), by=MAKER).events  # it gives nothing back for others
    assert overdrawn(third.findings)
    give(wrong(3), by=MAKER)
    give(sale(1, 40), sale(2, 50), by=MAKER)
    assert (line(database).permit.left, line(database).over) == (10, 0)
    give(wrong(1), by=MAKER)
    assert line(database).permit.left == 50


def test_only_its_own_capturer_gives_back(database: Store, give: Give) -> None:
    give(sale(1, 30), by=MAKER)
    give(wrong(1), by=STRANGER)
    assert line(database).permit.left == 70


def test_a_stranger_uses_up_nobodys_permit(database: Store, give: Give) -> None:
    (told,) = give(sale(1, 100), by=STRANGER).events
    assert "check.not-theirs-to-debit" in [one.rule for one in told.findings]
    assert line(database).permit.left == 100
    assert uses(database) == []


def test_a_stranger_does_not_learn_how_much_is_left_by_reporting(
    database: Store, give: Give
) -> None:
    give(event(99), by=STRANGER)  # now its party has a row, and no role
    told = [give(sale(at, much), by=STRANGER).events[0] for at, much in ((1, 100), (2, 101))]
    first, second = ([(one.rule, one.message) for one in each.findings] for each in told)
    assert first == second
    assert told[0].verdict is told[1].verdict
    assert uses(database) == []


OTHER_FARM, POLICE = "urn:suyuan:party:other-farm", "urn:suyuan:party:police"


@pytest.mark.parametrize(
    ("by", "roles", "learns"),
    [
        (OTHER_FARM, ("farm",), None),
        (OTHER_FARM, ("explosives_maker",), "7 now, more than is left"),
        (POLICE, ("authority",), "7 now, 5 left"),
        ("urn:suyuan:party:office", (), "7 now, 5 left"),
        (BUYER, (), "7 now, 5 left"),
    ],
)
def test_what_is_left_learn_holder_issuer_and_authorities_and_who_sells_only_that_it_is_too_little(
    database: Store, give: Give, by: str, roles: tuple[str, ...], learns: str | None
) -> None:
    with database.write() as conn:
        directory.register(conn, [Party(uri=by, name=Text("名", "name"), roles=roles)])
    grant(database, 5, number="GM-32", issuer="urn:suyuan:party:office")
    asked = sale(1, 7, **{"suyuan:permitNumber": "GM-32"})
    (told,) = give(asked, by=Capturer(tenant=1, account=5, party=by)).events
    said = [one.message.en for one in told.findings if one.rule == "explosives.permit.ledger"]
    assert len(said) == (learns is not None)
    assert all(f"(found: {learns};" in one for one in said)


def test_by_naming_ones_own_permit_too_one_does_not_learn_of_anothers(
    database: Store, give: Give
) -> None:
    grant(database, 5, number="GM-33", holder=STRANGER.party)
    both = {
        "suyuan:permitNumber": ["GM-31", "GM-33"],
        "destinationList": [{"type": "owning_party", "destination": BUYER},
                            {"type": "owning_party", "destination": STRANGER.party}],
    }  # fmt: skip
    told = [give(sale(at, much, **both), by=STRANGER).events[0] for at, much in ((1, 1), (2, 200))]
    assert not any(overdrawn(one.findings) for one in told)


def test_the_holder_itself_may_take(database: Store, give: Give) -> None:
    give(sale(1, 30), by=TRADER)
    assert line(database).permit.left == 70


def test_a_held_report_takes_too_for_it_has_happened(database: Store, give: Give) -> None:
    (told,) = give(sale(1, 30, **{"suyuan:permitBalance": 1}), by=MAKER).events
    assert told.verdict is Verdict.HELD
    assert line(database).permit.left == 70


def test_a_refused_report_takes_nothing(database: Store, give: Give) -> None:
    (told,) = give(sale(1, 30, eventTime="2030-01-01T00:00:00Z"), by=MAKER).events
    assert told.verdict is Verdict.REFUSED
    assert line(database).permit.left == 100


@pytest.mark.parametrize("quantity", [-5, "-5", "NaN", "1e40", "many", True, [1, -1]])
def test_no_number_that_counts_nothing_is_taken(
    database: Store, give: Give, quantity: object
) -> None:
    (told,) = give(sale(1, quantity), by=MAKER).events
    assert overdrawn(told.findings)
    assert line(database).permit.left == 100


@pytest.mark.parametrize(
    ("granted", "taken", "more"),
    [
        ("1e29", "0.001", "1e29"),
        ("100", "0.1234567890123456789012345678901", "99.87654321098765432109876544"),
        ("1", "0." + "3" * 500, "0." + "6" * 27 + "7"),
        ("0." + "9" * 30, "1e-30", "1"),
    ],
)
def test_an_amount_of_many_digits_is_never_rounded_to_fit(
    database: Store, give: Give, granted: str, taken: str, more: str
) -> None:
    """Rounded, what is left would look enough, and the table would refuse it: nothing recorded."""
    permit = Permit(id=0, kind=KIND, number="M", holder=BUYER, amount=Decimal(granted))
    with database.write() as conn:
        state.permits.enter(conn, permit, tenant=1, now=NOW)
    sales = [sale(at, much, **{"suyuan:permitNumber": "M"}) for at, much in ((1, taken), (2, more))]
    first, second = (give(one, by=MAKER).events[0] for one in sales)
    assert (overdrawn(first.findings), overdrawn(second.findings)) == (False, True)
    with database.read() as conn:
        (found,) = state.permits.lines(conn, tenant=1, number="M")
    assert found.over == Decimal(more)
    assert 0 < found.permit.used <= Decimal(taken)


def test_a_permit_withdrawn_or_out_of_its_days_covers_nothing(database: Store, give: Give) -> None:
    day = NOW.date()
    grant(database, 100, valid_to=day.replace(year=2025))
    assert overdrawn(give(sale(1, 1), by=MAKER).events[0].findings)
    grant(database, 100)
    with database.write() as conn:
        assert void(conn) == 1
    assert overdrawn(give(sale(2, 1), by=MAKER).events[0].findings)
    assert line(database).permit.used == 0


def test_withdrawing_waits_for_the_lines_of_a_permit_in_the_order_of_who_takes_from_them(
    database: Store,
) -> None:
    """Who holds one line and wants the next must not find it held by who waits for the first."""
    first, second = (grant(database, 100, goods=goods).permit.id for goods in ("b", "a"))
    grant(database, 90, goods="b")  # its row moves behind the other,
    with database.write() as conn:
        conn.execute("analyze state.permit")  # and so small a table is read in that order
    hold = "select from state.permit where id = %s for update"

    def withdraw() -> int:
        with database.write() as conn:
            conn.execute("set local lock_timeout = '60s'")
            return void(conn)

    with ThreadPoolExecutor(1) as clients:
        with database.write() as conn:
            conn.execute(hold, [first])
            withdrawing = clients.submit(withdraw)
            while not withdrawing.done() and not waits(database):
                time.sleep(0.01)
            conn.execute(hold, [second])
        assert withdrawing.result() == 3


def test_the_amount_follows_the_permit_but_never_below_what_is_used(
    database: Store, give: Give
) -> None:
    give(sale(1, 60), by=MAKER)
    assert grant(database, 80).permit.left == 20
    for said in ({"amount": 59}, {"amount": 90, "unit": "KGM"}):
        with pytest.raises(SuyuanError) as error:
            grant(database, **said)
        assert error.value.status == 409
    assert line(database).permit.amount == 80


def test_the_table_itself_holds_no_more_used_than_granted(database: Store) -> None:
    (one,) = [line(database).permit]
    charge = Charge(1, UUID(int=1).bytes, (Debit(one.id, Decimal(101)),))
    with pytest.raises(RuntimeError), database.write() as conn:
        state.permits.settle(conn, [charge], [])
    assert line(database).permit.used == 0
    assert uses(database) == []
