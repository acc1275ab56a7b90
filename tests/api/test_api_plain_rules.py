"""State rules of plain EPCIS over HTTP and at the machine: tenants, late switching, corrections."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
import pytest
from api_given import FARM, Client, Json, document, event

from suyuan import state
from suyuan.kit import BusyError, Text
from suyuan.model import Role, StateRule, Verdict
from suyuan.record import remembering
from suyuan.registry import installation
from suyuan.registry.types import Account, Tenant
from suyuan.service import (
    OPERATOR,
    Decision,
    Platform,
    erase,
    examine,
    follow,
    fresh_key,
    publish,
    reindex,
    switch_state_rules,
)
from suyuan.service.interlocking import Act, interlock
from suyuan.service.overriding import Wish, override
from suyuan.state import plain

Headers = dict[str, str]
Send = Callable[..., list[set[str]]]
PIECE, NEXT = (f"urn:epc:id:sgtin:6901234.056789.{number}" for number in (7, 8))
BOX, OTHER = (f"urn:epc:id:sscc:6901234.000000001{number}" for number in (7, 8))
WAITING = "select count(*) from pg_locks where not granted and locktype = 'advisory'"
COUNT = "select (select count(*) from state.plain_event), (select count(*) from state.plain_line)"


def made(number: int, *things: str) -> Json:
    return event(number, action="ADD", bizStep="commissioning", epcList=list(things or (PIECE,)))


def seen(number: int, *things: str) -> Json:
    return event(number, epcList=list(things or (PIECE,)))


def packed(number: int, box: str, action: str = "ADD") -> Json:
    named = {"type": "AggregationEvent", "action": action, "parentID": box, "childEPCs": [PIECE]}
    whole = event(number) | named
    del whole["epcList"], whole["bizStep"]
    return whole


@pytest.fixture
def send(client: Client, farm: Headers) -> Send:
    """POST /capture; gives for what each event is held."""

    def sent(*events: Json, by: Headers = farm) -> list[set[str]]:
        answer = client.post(
            "/capture", content=document(*events), headers=by | {"content-type": "application/json"}
        )
        assert answer.status_code == 202, answer.text
        return [
            {one["rule"] for one in each["findings"] if one["severity"] == "hold"}
            for each in answer.json()["events"]
        ]

    return sent


@pytest.fixture
def on(platform: Platform) -> None:
    switch_state_rules(platform, OPERATOR, on=list(StateRule))


def kept(platform: Platform) -> tuple[int, int]:
    """So many events of no family are kept, and so many of their things."""
    with psycopg.connect(platform.store.dsn) as conn:
        (row,) = conn.execute(COUNT).fetchall()
    return int(row[0]), int(row[1])


def is_well(platform: Platform) -> list[str]:
    """What the deep doctor names."""
    publish(platform)
    follow(platform)
    return [each.code for each in examine(platform).damages]


def test_a_tenant_with_the_rule_has_held_what_another_has_accepted(
    client: Client, platform: Platform, farm: Headers, send: Send
) -> None:
    with platform.store.write() as conn:
        installation.put_tenant(conn, Tenant(id=2, name=Text("另一家", "another")))
    account = Account(name="theirs", role=Role.CAPTURER, party=FARM, tenant=2)
    theirs = {"Authorization": f"Bearer {fresh_key(platform, account)}"}
    switch_state_rules(platform, OPERATOR, on=["made-first"])
    events = [made(1, NEXT), seen(2, NEXT, PIECE)]
    assert send(*events, by=theirs) == [set(), set()]
    assert send(*events) == [set(), {"chain.not-made"}]
    sent = client.post(
        "/capture", content=document(seen(3)), headers=farm | {"content-type": "application/json"}
    )
    (held,) = sent.json()["events"]
    (found,) = (each for each in held["findings"] if each["severity"] == "hold")
    assert (held["index"], held["verdict"], found["path"]) == (0, "held", "/epcList/0")
    assert {"message", "cure"} <= found.keys()
    for words in (found["message"], found["cure"]):
        assert words["zh"]
        assert words["en"]
    assert send(made(4, PIECE), by=theirs) == [set()]
    assert send(seen(5)) == [{"chain.not-made"}], "another tenant's making counts for nothing"


def test_what_came_before_a_rule_is_known_when_it_is_switched_on(
    platform: Platform, send: Send
) -> None:
    assert send(made(1), packed(2, BOX), seen(3, NEXT)) == [set(), set(), set()]
    assert kept(platform) == (0, 0)
    switch_state_rules(platform, OPERATOR, on=["made-first", "packed-once"])
    assert kept(platform) == (3, 4)
    assert send(seen(4)) == [set()]
    assert send(packed(5, OTHER)) == [{"chain.in-other-container"}]
    assert send(seen(6, NEXT)) == [{"chain.not-made"}]
    assert is_well(platform) == []
    switch_state_rules(platform, OPERATOR, off=["made-first"])
    assert send(seen(11, NEXT)) == [set()]
    switch_state_rules(platform, OPERATOR, off=["packed-once"])
    assert kept(platform) == (0, 0)
    assert send(made(8, NEXT)) == [set()]
    assert kept(platform) == (0, 0)
    switch_state_rules(platform, OPERATOR, on=["made-first"])
    assert send(seen(9, NEXT)) == [set()]
    assert is_well(platform) == []


def test_who_records_while_a_rule_is_switched_on_is_known_too(
    platform: Platform, send: Send
) -> None:
    """Commissioned by many at once, while the rules are switched on and off in between."""
    things = [f"urn:epc:id:sgtin:6901234.056789.9{number:03}" for number in range(40)]

    def switched() -> None:
        for _ in range(3):
            switch_state_rules(platform, OPERATOR, on=["made-first"])
            switch_state_rules(platform, OPERATOR, off=["made-first"])
        switch_state_rules(platform, OPERATOR, on=["made-first"])

    with ThreadPoolExecutor(5) as pool:
        switching = pool.submit(switched)
        list(pool.map(lambda each: send(made(7 * each[0], each[1])), enumerate(things)))
        switching.result()
    assert kept(platform) == (len(things), len(things))
    assert send(seen(6, *things)) == [set()]
    assert is_well(platform) == []


@pytest.mark.usefixtures("on")
def test_what_comes_late_is_told_what_stands_against_it(
    client: Client, platform: Platform, farm: Headers, send: Send
) -> None:
    """An end reported after the use that followed it; to a stranger the use is another party's."""

    def later(sent: Json, by: Headers) -> Json:
        told = by | {"content-type": "application/json"}
        answer = client.post("/capture", content=document(sent), headers=told).json()
        (one,) = answer["events"]
        assert one["verdict"] == "flagged", "recorded, and never held for it"
        (found,) = (each for each in one["findings"] if each["rule"] == "chain.later-use")
        assert found["severity"] == "flag"
        assert found["cure"]["zh"]
        assert found["cure"]["en"]
        return dict(found)

    stranger = Account(name="stranger", role=Role.CAPTURER, party="urn:suyuan:party:stranger")
    theirs = {"Authorization": f"Bearer {fresh_key(platform, stranger)}"}
    assert send(made(1, PIECE, NEXT), seen(6, PIECE, NEXT)) == [set(), set()]
    gone = event(3, action="DELETE", bizStep="decommissioning", epcList=[PIECE])
    mine = later(gone, farm)
    position = mine["params"]["contradicts"]["position"]
    assert all(f"/entries/{position}" in words for words in mine["message"].values())
    other = later(gone | {"eventID": event(4)["eventID"], "epcList": [NEXT]}, theirs)
    assert other["params"]["contradicts"] == {"hidden": True}
    assert seen(6)["eventID"] not in str(other)
    assert send(seen(13)) == [{"chain.after-end"}], "the end counts"
    assert is_well(platform) == []


@pytest.mark.usefixtures("on")
def test_an_override_decides_whether_an_unpacking_counts(platform: Platform, send: Send) -> None:
    assert send(made(1), packed(2, BOX)) == [set(), set()]
    wrong = packed(3, OTHER, "DELETE")
    assert send(wrong) == [{"chain.not-in-container"}]
    assert send(packed(4, OTHER)) == [{"chain.in-other-container"}]
    publish(platform)
    release = Wish(to=Verdict.ACCEPTED, ground="核实")
    override(platform, wrong["eventID"], release, OPERATOR, authority="市监局")
    assert is_well(platform) == []
    right = packed(10, BOX, "DELETE") | {"eventTime": wrong["eventTime"]}
    assert send(right) == [{"chain.not-inside"}], "it was taken out then"
    back = Wish(to=Verdict.HELD, ground="改回", expect=Verdict.ACCEPTED)
    override(platform, wrong["eventID"], back, OPERATOR, authority="市监局")
    assert is_well(platform) == []
    assert send(packed(17, BOX, "DELETE") | {"eventTime": wrong["eventTime"]}) == [set()]


@pytest.mark.usefixtures("on")
def test_what_was_destroyed_is_known_no_more(platform: Platform, send: Send) -> None:
    making = made(1)
    assert send(making, seen(2)) == [set(), set()]
    publish(platform)
    erase(platform, making["eventID"], Decision(by="court", ground="article 47"))
    assert kept(platform) == (1, 1)
    assert send(seen(3)) == [{"chain.not-made"}]
    assert is_well(platform) == []


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        ("truncate state.plain_event, state.plain_line", "state.differs"),
        ("delete from state.plain_line", "state.differs"),
        ("update state.plain_line set what = 2", "state.differs"),
        ("insert into state.plain_line values (1, 999, 1)", "state.plain"),
        ("delete from state.plain_tenant", "state.keeping"),
        ("update state.plain_tenant set is_whole = false, reached = 0", "state.keeping"),
    ],
)
@pytest.mark.usefixtures("on")
def test_the_doctor_names_what_is_not_there_and_reindex_makes_it(
    platform: Platform, send: Send, attack: str, code: str
) -> None:
    assert send(made(1), packed(2, BOX), seen(3)) == [set(), set(), set()]
    with psycopg.connect(platform.store.dsn, autocommit=True) as conn:
        conn.execute(attack.encode())
    assert code in is_well(platform)
    if code == "state.keeping":
        (found,) = (each for each in examine(platform).damages if each.code == code)
        assert found.cure.en == "suyuan reindex"
    if "insert" not in attack:  # which nothing of ours made
        reindex(platform)
        assert is_well(platform) == []
        assert kept(platform) == (3, 4)
    assert send(packed(4, OTHER)) == [{"chain.in-other-container"}]


def test_the_interlock_asks_by_what_plain_epcis_says_too(platform: Platform, send: Send) -> None:
    asking = Act(step="food_storage", things=[PIECE], party=FARM)
    switch_state_rules(platform, OPERATOR, on=["made-first"])
    missing = {one.rule for one in interlock(platform, asking).reasons}
    assert "chain.not-made" in missing
    assert send(made(1)) == [set()]
    known = {one.rule for one in interlock(platform, asking).reasons}
    assert missing - known == {"chain.not-made"}


def test_a_switching_that_fails_keeps_nothing(
    platform: Platform, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where it could not clean up behind itself, the doctor says so and reindex mends it."""

    def fails(*_args: object, **_more: object) -> bool:
        raise psycopg.errors.QueryCanceled("as a statement that takes too long")

    assert send(made(1), packed(2, BOX)) == [set(), set()]
    monkeypatch.setattr(remembering, "keep", fails)
    with pytest.raises(psycopg.errors.QueryCanceled):
        switch_state_rules(platform, OPERATOR, on=["made-first"])
    with platform.store.read() as conn:
        assert plain.tenants(conn) == []
    with monkeypatch.context() as patch:
        patch.setattr(plain, "stop", fails)
        with pytest.raises(psycopg.errors.QueryCanceled):
            switch_state_rules(platform, OPERATOR, on=["made-first"])
    assert is_well(platform) == ["state.keeping"]
    reindex(platform)
    assert is_well(platform) == []
    assert kept(platform) == (0, 0)


@pytest.mark.usefixtures("on")
def test_a_rule_that_fails_to_be_switched_on_leaves_those_that_are(
    platform: Platform, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_state_rules(platform, OPERATOR, off=["packed-once"])
    assert send(made(1)) == [set()]
    with monkeypatch.context() as patch:
        patch.setattr(installation, "switch_state_rules", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            switch_state_rules(platform, OPERATOR, on=["packed-once"])
    assert kept(platform) == (1, 1)
    assert is_well(platform) == []


def test_switching_off_what_is_off_waits_for_nobody(platform: Platform, send: Send) -> None:
    with platform.store.write() as conn:
        plain.hold(conn)
        plain.keeping(conn, 1)  # as whoever records
        switch_state_rules(platform, OPERATOR, off=["made-first"])
    assert send(seen(1)) == [set()]


def holds_nothing(platform: Platform, waiting: Future[Any]) -> None:
    """See that who waits to be beside a switching keeps neither things nor heads from others."""
    with platform.store.write() as conn:
        while conn.execute(WAITING).fetchall() != [(1,)]:
            assert not waiting.done()
        state.lock_everything(conn)
        conn.execute("select from record.head for update nowait")


@pytest.mark.usefixtures("on")
def test_an_override_that_waits_holds_nothing_and_is_told_that_it_is_busy(
    platform: Platform, send: Send
) -> None:
    wrong = packed(2, OTHER, "DELETE")
    assert send(made(1), wrong) == [set(), {"chain.not-inside"}]
    publish(platform)
    wish = Wish(to=Verdict.ACCEPTED, ground="核实")
    act = partial(override, platform, wrong["eventID"], wish, OPERATOR, authority="市监局")
    with ThreadPoolExecutor(1) as pool, platform.store.write() as conn:
        plain.hold(conn)
        waiting = pool.submit(act)
        holds_nothing(platform, waiting)
        with pytest.raises(BusyError) as busy:
            waiting.result()
    assert busy.value.code == "override.busy"
    assert act().counts is Verdict.ACCEPTED


@pytest.mark.usefixtures("on")
def test_an_erasure_that_waits_holds_nothing_and_goes_on(platform: Platform, send: Send) -> None:
    making = made(1)
    assert send(making) == [set()]
    publish(platform)
    with ThreadPoolExecutor(1) as pool:
        with platform.store.write() as conn:
            plain.hold(conn)
            decision = Decision(by="court", ground="article 47")
            waiting = pool.submit(erase, platform, making["eventID"], decision)
            holds_nothing(platform, waiting)
        assert waiting.result().positions
    assert kept(platform) == (0, 0)
