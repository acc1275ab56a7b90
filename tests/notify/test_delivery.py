"""Exactly the events recorded since, none twice, none lost; only what the subscriber may see."""

import base64
import hashlib
import hmac
import json
import threading
from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telling import FARM, Hand, document, event, name, names, streaming, tell

from receiving import Receiver
from suyuan import notify
from suyuan.capture import OnRefusal, Options
from suyuan.model import Capturer, Role, Viewer
from suyuan.notify import settle, writing
from suyuan.registry import accounts
from suyuan.registry.types import Account, Licence
from suyuan.service import (
    Asking,
    Platform,
    capture,
    deliver_due,
    entitle,
    follow,
    forget_query,
    fresh_key,
    hear,
    listening,
    name_query,
    progress,
    replay,
    rotate_secret,
    subscribe,
    subscription,
    unsubscribe,
    who,
)
from suyuan.service.notifying import sender_of
from suyuan.wire import Spelling

SECRET = "of-the-subscriber-0123456789"  # noqa: S105 -- the tests' own


def test_a_stream_tells_what_is_recorded_from_then_on_and_nothing_before(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    tell(platform, farm, 1, 2)
    streaming(platform, reader, receiver.url)
    deliver_due(platform)
    assert receiver.got == []
    tell(platform, farm, 3)
    tell(platform, farm, 4, 5)
    deliver_due(platform)
    deliver_due(platform)
    assert receiver.events() == names(3, 4, 5)
    assert len(receiver.got) == 1


def test_only_what_the_query_finds_is_told(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    one = streaming(platform, reader, receiver.url, query="out")
    tell(platform, farm, 1)
    tell(platform, farm, 2, bizStep="shipping")
    tell(platform, farm, 3)
    deliver_due(platform)
    assert receiver.events() == names(2)
    assert subscription(platform, one.id, reader).position == progress(platform).head


def test_from_an_initial_record_time_on_what_was_recorded_then_is_told_too(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    for number in (1, 2, 3):
        tell(platform, farm, number)
        clock.forward(hours=1)
    second = (clock.now - timedelta(hours=2)).isoformat()
    streaming(platform, reader, receiver.url, initial=second)
    deliver_due(platform)
    assert receiver.events() == names(2, 3)


def test_before_an_initial_record_time_that_is_to_come_nothing_is_told(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    streaming(platform, reader, receiver.url, initial=(clock.now + timedelta(hours=1)).isoformat())
    tell(platform, farm, 1)
    deliver_due(platform)
    clock.forward(hours=1)
    tell(platform, farm, 2)
    deliver_due(platform)
    assert receiver.events() == names(2)


def test_what_was_not_taken_comes_again_as_the_same_message_until_it_is(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    one = streaming(platform, reader, receiver.url)
    tell(platform, farm, 1)
    receiver.answer = lambda _body: 500
    for wait in settle.BACK_OFF[:4]:
        deliver_due(platform)
        before = len(receiver.got)
        deliver_due(platform)
        assert len(receiver.got) == before, "not before its time"
        tell(platform, farm, 10 + before)  # what comes meanwhile is no part of that message
        clock.forward(seconds=wait.total_seconds() * 1.2)
    waiting = subscription(platform, one.id, reader)
    assert (waiting.state, waiting.failures, waiting.position) == ("waiting", 4, 0)
    assert waiting.problem is not None
    assert "500" in waiting.problem.en
    receiver.answer = lambda _body: 204
    deliver_due(platform)
    tries = receiver.got[:5]
    assert len({each.name for each in tries}) == len({each.body for each in tries}) == 1
    assert receiver.events() == names(1, 11, 12, 13, 14)
    assert subscription(platform, one.id, reader).state == "active"


def test_a_receiver_that_fails_for_days_is_left_alone_and_a_replay_wakes_it(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    one = streaming(platform, reader, receiver.url)
    tell(platform, farm, 1)
    receiver.answer = lambda _body: 503
    begun = clock.now
    for _ in range(len(settle.BACK_OFF) + 3):
        deliver_due(platform)
        clock.forward(hours=15)
    stopped = subscription(platform, one.id, reader)
    assert stopped.state == "stopped"
    assert len(receiver.got) == len(settle.BACK_OFF) + 1
    assert sum(settle.BACK_OFF, timedelta()) > timedelta(days=4)
    assert stopped.failed_since == begun
    receiver.answer = lambda _body: 200
    tell(platform, farm, 2)
    replay(platform, stopped)
    deliver_due(platform)
    assert receiver.events() == names(1, 2), "nothing was lost meanwhile"


def test_a_receiver_that_is_gone_is_left_alone_at_once(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    one = streaming(platform, reader, receiver.url)
    tell(platform, farm, 1)
    receiver.answer = lambda _body: 410
    deliver_due(platform)
    assert subscription(platform, one.id, reader).state == "stopped"


def test_a_receiver_that_asks_to_be_left_alone_for_a_while_is(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    streaming(platform, reader, receiver.url)
    tell(platform, farm, 1)
    receiver.answer, receiver.headers = (lambda _body: 429), {"Retry-After": "600"}
    deliver_due(platform)
    clock.forward(seconds=599)
    deliver_due(platform)
    assert len(receiver.got) == 1
    clock.forward(seconds=1)
    deliver_due(platform)
    assert len(receiver.got) == 2


def test_a_redirect_is_not_followed_and_is_no_taking(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    one = streaming(platform, reader, receiver.url)
    tell(platform, farm, 1)
    receiver.answer, receiver.headers = (lambda _body: 307), {"Location": receiver.url + "/other"}
    deliver_due(platform)
    waiting = subscription(platform, one.id, reader)
    assert (len(receiver.got), waiting.position, waiting.state) == (1, 0, "waiting")


def test_a_message_that_is_too_large_for_its_receiver_comes_in_smaller_ones(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    streaming(platform, reader, receiver.url)
    tell(platform, farm, *range(50))
    receiver.answer = lambda body: 413 if body.count(b'"eventID"') > 7 else 200
    deliver_due(platform)
    while len(receiver.events()) < 50:  # after growing again it may be told a few times more
        clock.forward(seconds=1)
        assert deliver_due(platform)
    assert receiver.events() == names(*range(50))
    assert max(len(each.events) for each in receiver.taken()) <= 7


def test_many_events_come_in_several_messages_in_the_order_of_the_record(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    streaming(platform, reader, receiver.url)
    tell(platform, farm, *range(230))
    deliver_due(platform)
    assert receiver.events() == names(*range(230))
    assert [len(each.events) for each in receiver.taken()] == [100, 100, 30]


def test_a_schedule_tells_at_its_times_all_that_came_since(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    asking = Asking(dest=receiver.url, schedule={"minute": "0/15"})
    subscribe(platform, "all", asking, reader)
    tell(platform, farm, *range(120))
    deliver_due(platform)
    assert receiver.got == []
    clock.forward(minutes=15)
    deliver_due(platform)
    assert receiver.events() == names(*range(120))
    tell(platform, farm, 200)
    deliver_due(platform)
    assert len(receiver.events()) == 120
    clock.forward(minutes=14)
    deliver_due(platform)
    assert len(receiver.events()) == 120
    clock.forward(minutes=1)
    deliver_due(platform)
    assert receiver.events()[120:] == names(200)
    clock.forward(minutes=15)
    deliver_due(platform)
    assert len(receiver.got) == 3, "an empty report was not asked for"


def test_a_schedule_reports_that_there_is_nothing_if_that_is_wanted(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    asking = Asking(dest=receiver.url, schedule={"hour": "1,13"}, report_if_empty=True)
    subscribe(platform, "out", asking, reader)
    clock.forward(hours=12)
    deliver_due(platform)
    deliver_due(platform)
    assert [each.events for each in receiver.got] == [[]]
    tell(platform, farm, 1, bizStep="shipping")
    tell(platform, farm, *range(2, 40))
    receiver.answer = lambda _body: 500
    clock.forward(hours=12)
    deliver_due(platform)
    receiver.answer = lambda _body: 200
    clock.forward(seconds=10)
    deliver_due(platform)
    assert [each.events for each in receiver.taken()] == [[], names(1)]
    clock.forward(hours=12)
    deliver_due(platform)
    assert [each.events for each in receiver.taken()] == [[], names(1), []]


def test_while_nobody_delivers_runs_of_a_schedule_come_together_in_one(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    subscribe(platform, "all", Asking(dest=receiver.url, schedule={"minute": "0"}), reader)
    for number in range(5):
        tell(platform, farm, number)
        clock.forward(hours=1)
    deliver_due(platform)
    deliver_due(platform)
    assert [each.events for each in receiver.got] == [names(*range(5))]


def test_what_is_recorded_while_messages_go_out_is_told_once_and_in_order(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    """Four reporters at once, two deliverers at once, a receiver that fails every third time."""
    one = streaming(platform, reader, receiver.url)
    turn = count()
    receiver.answer = lambda _body: 500 if next(turn) % 3 == 2 else 200
    failed: list[BaseException] = []

    def working(work: Any, *args: Any) -> None:
        try:
            work(*args)
        except BaseException as error:
            failed.append(error)
            raise

    def reporting(first: int) -> None:
        for at in range(first, first + 60, 3):
            tell(platform, farm, at, at + 1, at + 2)

    def delivering() -> None:
        while any(each.is_alive() for each in reporters):
            _try_at_once(platform, one.id)

    reporters = [
        threading.Thread(target=working, args=(reporting, first)) for first in range(0, 240, 60)
    ]
    deliverers = [threading.Thread(target=working, args=(delivering,)) for _ in range(2)]
    for each in (*reporters, *deliverers):
        each.start()
    for each in (*reporters, *deliverers):
        each.join()
    assert not failed
    receiver.answer = lambda _body: 200
    _try_at_once(platform, one.id)
    assert Counter(receiver.events()) == Counter(names(*range(240)))
    assert subscription(platform, one.id, reader).position == progress(platform).head


def _try_at_once(platform: Platform, number: Any) -> None:
    """Deliver without waiting for the time of the next try."""
    with platform.store.write() as conn:
        conn.execute("update notify.subscription set due = '2026-01-01'")
    notify.deliver(sender_of(platform), number, stopped=lambda: False)


def test_a_message_is_the_same_after_a_crash_whenever_that_was(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    """Killed before sending, or after the receiver took it and before that was written down."""
    one = streaming(platform, reader, receiver.url)
    tell(platform, farm, 1, 2)

    class Killed(BaseException):
        """The process ends here."""

    def dies_after_taking(_body: bytes) -> int:
        return 200

    for killed_at in ("planned", "taken"):
        original = getattr(settle, killed_at)

        def dying(*args: Any, was: Any = original, at: str = killed_at, **more: Any) -> bool:
            if at == "planned":
                was(*args, **more)
            raise Killed

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(settle, killed_at, dying)
            receiver.answer = dies_after_taking
            with pytest.raises(Killed):
                deliver_due(platform)
        under_way = subscription(platform, one.id, reader)
        assert under_way.message is not None
        assert under_way.position == 0
        tell(platform, farm, 10 + len(killed_at))
    deliver_due(platform)
    first = receiver.got[0]
    assert [each.name for each in receiver.got[:2]] == [first.name, first.name]
    assert receiver.got[1].body == first.body
    assert receiver.events() == [*names(1, 2), name(17), name(15)]


def test_a_replay_gives_again_what_was_given_in_new_messages(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    one = streaming(platform, reader, receiver.url)
    heads = []
    for number in range(4):
        tell(platform, farm, number)
        heads.append(progress(platform).head)
        clock.forward(hours=1)
    deliver_due(platform)
    replay(platform, one, position=heads[1])
    deliver_due(platform)
    assert receiver.events() == names(0, 1, 2, 3, 2, 3)
    replay(platform, one, since=clock.now - timedelta(hours=1))
    deliver_due(platform)
    assert receiver.events() == names(0, 1, 2, 3, 2, 3, 3)
    assert len({each.name for each in receiver.got}) == 3


def test_both_secrets_sign_while_they_overlap_and_the_new_one_alone_after(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    one = streaming(platform, reader, receiver.url, secret=SECRET)
    fresh = rotate_secret(platform, one, None, overlap=timedelta(hours=2))
    assert fresh is not None
    tell(platform, farm, 1)
    deliver_due(platform)
    clock.forward(hours=2)
    tell(platform, farm, 2)
    deliver_due(platform)
    new = (fresh.encode(), base64.b64decode(fresh.removeprefix("whsec_")))
    old = (SECRET.encode(), SECRET.encode())
    for got, keys in zip(receiver.got, ([new, old], [new]), strict=True):
        said = f"{got.name}.{got.headers['webhook-timestamp']}.".encode() + got.body
        plain = [hmac.new(shown, got.body, hashlib.sha256).hexdigest() for shown, _ in keys]
        timed = [
            "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
            for _, key in keys
        ]
        assert got.headers["gs1-signature"].split(", ") == plain
        assert got.headers["webhook-signature"].split(" ") == timed


def test_a_subscriber_is_told_only_what_the_account_may_see_at_that_time(
    platform: Platform, farm: Capturer, receiver: Receiver
) -> None:
    """A shop hears of what names it; of the farm's own, and of what others report, it does not."""
    party = "urn:suyuan:party:shop"
    key = fresh_key(platform, Account(name="shop", role=Role.CAPTURER, party=party))
    shop = who(platform, f"Bearer {key}", address="").viewer
    name_query(platform, "all", {}, shop, extensions={})
    one = streaming(platform, shop, receiver.url)
    sold = {"sourceList": [{"type": "owning_party", "source": FARM}]} | {
        "destinationList": [{"type": "owning_party", "destination": party}]
    }
    tell(platform, farm, 1)
    tell(platform, farm, 2, **sold)
    deliver_due(platform)
    assert receiver.events() == names(2)
    told = progress(platform).head
    tell(platform, farm, 3, **sold)
    assert shop.account is not None
    with platform.store.write() as conn:
        accounts.close_account(conn, shop.account, now=platform.clock())
    deliver_due(platform)
    assert receiver.events() == names(2)
    assert len(receiver.got) == 1, "nor anything else"
    closed = subscription(platform, one.id, None)
    assert (closed.state, closed.position) == ("stopped", told)


def test_a_query_that_cannot_be_answered_any_more_is_told_as_a_problem_and_stops(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    one = streaming(platform, reader, receiver.url, query="out", secret=SECRET)
    with platform.store.write() as conn:
        conn.execute("""update registry.named_query set asked = '{"EQ_nothing": ["1"]}'""")
    tell(platform, farm, 1)
    deliver_due(platform)
    (got,) = receiver.got
    assert got.headers["content-type"] == "application/problem+json"
    assert json.loads(got.body)["type"] == "epcisException:QueryParameterException"
    assert got.headers["gs1-signature"]
    assert subscription(platform, one.id, reader).state == "stopped"


def test_without_its_query_or_itself_a_subscription_tells_nothing(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    one = streaming(platform, reader, receiver.url)
    streaming(platform, reader, receiver.url, query="out")
    unsubscribe(platform, one)
    forget_query(platform, "out", reader)
    tell(platform, farm, 1, bizStep="shipping")
    deliver_due(platform)
    assert receiver.got == []
    with platform.store.read() as conn:
        assert conn.execute("select count(*) from notify.subscription").fetchall() == [(0,)]


def test_master_data_that_come_later_change_no_message_under_way(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    place, inside = "https://example.com/p", "https://example.com/p/1"
    name_query(platform, "within", {"WD_readPoint": [place]}, reader, extensions={})
    streaming(platform, reader, receiver.url, query="within")

    def said(children: list[str], *numbers: int) -> None:
        sent = json.loads(document(*(event(n, readPoint={"id": inside}) for n in numbers)))
        element = {"id": place, "children": children}
        kind = "urn:epcglobal:epcis:vtype:ReadPoint"
        sent["epcisHeader"] = {
            "epcisMasterData": {
                "vocabularyList": [{"type": kind, "vocabularyElementList": [element]}]
            }
        }
        capture(platform, json.dumps(sent).encode(), farm, Options(on_refusal=OnRefusal.PROCEED))

    said([inside], 1, 2)
    follow(platform)
    receiver.answer = lambda _body: 500
    deliver_due(platform)
    said([], 3)
    follow(platform)
    receiver.answer = lambda _body: 200
    clock.forward(seconds=10)
    deliver_due(platform)
    assert receiver.events() == names(1, 2)
    assert receiver.got[0].body == receiver.got[1].body


def test_what_the_index_has_not_followed_waits_where_master_data_decide(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    name_query(
        platform, "within", {"WD_readPoint": ["https://example.com/p"]}, reader, extensions={}
    )
    streaming(platform, reader, receiver.url, query="within")
    tell(platform, farm, 1, readPoint={"id": "https://example.com/p"})
    deliver_due(platform)
    assert receiver.got == []
    follow(platform)
    deliver_due(platform)
    assert receiver.events() == names(1)


def test_codes_are_spelled_as_the_subscriber_wants(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver
) -> None:
    streaming(platform, reader, receiver.url, spelling=Spelling.LINK)
    tell(platform, farm, 1)
    deliver_due(platform)
    assert b"https://id.gs1.org/01/06901234000016/21/1" in receiver.got[0].body
    assert b"urn:epc:id:sgtin" not in receiver.got[0].body


def on_file(platform: Platform, prefix: str) -> None:
    entitle(platform, Licence(party=FARM, kind="gs1_company_prefix", number=prefix))


def things(receiver: Receiver, at: int) -> list[list[str]]:
    """The things of each event of a message."""
    body = json.loads(receiver.got[at].body)["epcisBody"]["queryResults"]["resultsBody"]
    return [event["epcList"] for event in body["eventList"]]


LINK = "https://id.gs1.org/01/{gtin}/21/A"


def test_links_are_spelled_as_urns_where_their_company_prefix_is_known_and_counted_where_not(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    on_file(platform, "6901235")
    clock.forward(minutes=1)
    unknown = LINK.format(gtin="06942345000014")
    one = streaming(platform, reader, receiver.url, spelling=Spelling.URN)
    tell(platform, farm, 1, epcList=[LINK.format(gtin="06901235000022"), unknown])
    tell(platform, farm, 2)
    wanted = [["urn:epc:id:sgtin:6901235.000002.A", unknown], event(2)["epcList"]]
    deliver_due(platform)
    replay(platform, one, position=0)
    deliver_due(platform)
    for at in (0, 1):
        assert things(receiver, at) == wanted
        assert receiver.got[at].headers["suyuan-losses"] == "1"
    assert len({each.name for each in receiver.got}) == 2


def test_a_prefix_that_is_filed_between_two_tries_does_not_change_the_message(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, clock: Hand
) -> None:
    link = LINK.format(gtin="06942345000014")
    streaming(platform, reader, receiver.url, spelling=Spelling.URN)
    tell(platform, farm, 1, epcList=[link])
    receiver.answer = lambda _body: 500
    deliver_due(platform)
    on_file(platform, "6942345")
    clock.forward(hours=1)
    receiver.answer = lambda _body: 200
    deliver_due(platform)
    assert [things(receiver, at) for at in (0, 1)] == [[[link]]] * 2
    assert receiver.got[0].name == receiver.got[1].name
    tell(platform, farm, 2, epcList=[link])
    deliver_due(platform)
    assert things(receiver, 2) == [["urn:epc:id:sgtin:6942345.000001.A"]]
    assert "suyuan-losses" not in receiver.got[2].headers


def test_a_listener_gets_codes_as_it_wants_them(
    platform: Platform, farm: Capturer, reader: Viewer, clock: Hand
) -> None:
    on_file(platform, "6942345")
    clock.forward(minutes=1)
    asking = Asking(dest="", stream=True, spelling=Spelling.URN)
    with listening(platform, "all", asking, reader) as one:
        tell(platform, farm, 1, epcList=[LINK.format(gtin="06942345000014")])
        document = hear(platform, one).document
    assert document is not None
    assert b"urn:epc:id:sgtin:6942345.000001.A" in document


@pytest.mark.parametrize("spelling", [Spelling.AS_SENT, Spelling.URN])
def test_a_message_says_which_query_and_subscription_it_answers(
    platform: Platform, farm: Capturer, reader: Viewer, receiver: Receiver, spelling: Spelling
) -> None:
    """EPCIS 1.2 §8.2.6, kept by 2.0; who listens has no subscription that could be named."""
    asking = Asking(dest=receiver.url, stream=True, spelling=spelling)
    made, _ = subscribe(platform, "all", asking, reader)
    with listening(platform, "all", Asking(dest="", stream=True, spelling=spelling), reader) as one:
        tell(platform, farm, 1)
        deliver_due(platform)
        heard = hear(platform, one).document
    assert heard is not None
    for said, number in ((receiver.got[0].body, str(made.id)), (heard, None)):
        results = json.loads(said)["epcisBody"]["queryResults"]
        assert (results["queryName"], results.get("subscriptionID")) == ("all", number)


def test_an_event_that_cannot_be_read_again_is_not_left_out_by_spelling_it() -> None:
    sent = document(event(1), event(2, eventTime="never"))
    found = writing.respelled(sent, Spelling.LINK, at=Hand().now)
    assert (found.document, found.losses) == (sent, 1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.sampled_from(["tell", "tell", "ship", "fail", "deliver", "crash", "wait"]), max_size=25
    )
)
def test_whatever_happens_in_whatever_order_each_event_is_told_once(
    platform: Platform,
    farm: Capturer,
    reader: Viewer,
    receiver: Receiver,
    clock: Hand,
    acts: list[str],
) -> None:
    receiver.got.clear()
    one = streaming(platform, reader, receiver.url, query="out")
    expected: list[str] = []
    with platform.store.read() as conn:
        ((numbered,),) = conn.execute("select count(*) from record.entry").fetchall()
    for act in acts:
        receiver.answer = lambda _body: 200
        if act in {"tell", "ship"}:
            step = {"bizStep": "shipping"} if act == "ship" else {}
            tell(platform, farm, numbered, **step)
            expected += names(numbered) if act == "ship" else []
            numbered += 1
        elif act == "wait":
            clock.forward(minutes=3)
        elif act == "crash":
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(settle, "taken", lambda *_args, **_more: False)
                notify.deliver(sender_of(platform), one.id, stopped=lambda: False)
        else:
            receiver.answer = lambda _body, act=act: 500 if act == "fail" else 200
            notify.deliver(sender_of(platform), one.id, stopped=lambda: False)
    clock.forward(days=6)
    receiver.answer = lambda _body: 200
    notify.deliver(sender_of(platform), one.id, stopped=lambda: False)
    assert receiver.events() == expected
    unsubscribe(platform, one)
