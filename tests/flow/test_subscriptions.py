"""A real server, a real receiver and a real listener: killed meanwhile, each event comes once."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
from running import NO_ANSWER, Serving, a_home, eventually
from sending import document, event
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from receiving import receiving

PATIENCE = 120.0  # seconds; how long anything takes says how busy the machine is
KILLS = 3
NUMBERS = count(1)


@pytest.fixture(scope="module")
def open_inside() -> Iterator[Serving]:
    """A real server that may send to this machine; each test has a query of its own."""
    with a_home() as home, ExitStack() as ending:
        server = Serving(home, SUYUAN_ALLOW_NETWORKS="127.0.0.0/8")
        ending.callback(server.stop)
        server.start()
        yield server


def a_query(serving: Serving) -> str:
    """The name of a query that finds everything, of nobody else's."""
    name = f"all-{next(NUMBERS)}"
    order(serving, "/queries", {"name": name, "query": {}})
    return name


def order(serving: Serving, path: str, body: dict[str, Any]) -> Any:
    headers = {"Content-Type": "application/json"}
    answer = serving.ask("POST", path, json.dumps(body).encode(), headers=headers)
    assert answer.status in {200, 201}, answer
    return answer.body


def listener(
    serving: Serving, name: str, query: str = "stream=true", **more: Any
) -> ClientConnection:
    headers = more.pop("headers", {"Authorization": f"Bearer {serving.key}"})
    url = f"ws://127.0.0.1:{serving.port}/queries/{name}/events?{query}"
    return connect(url, additional_headers=headers, open_timeout=PATIENCE, **more)


def told(message: str | bytes) -> list[str]:
    found = json.loads(message)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return [each["eventID"] for each in found]


def captured(serving: Serving, numbers: range) -> None:
    """Send a document until it is acknowledged, whatever dies meanwhile."""
    sent = document(*(event(number) for number in numbers))
    for _ in range(1_000):
        try:
            answer = serving.capture(sent, request_key=f"subs-{numbers.start}")
        except NO_ANSWER:
            threading.Event().wait(0.1)
            continue
        if answer.status == 202:
            return
        assert answer.status >= 500, answer
    pytest.fail("never acknowledged")


def test_a_webhook_is_told_every_event_once_though_the_server_is_killed_again_and_again(
    open_inside: Serving,
) -> None:
    serving = open_inside
    # Several bear one id: a declaration has that of what it declares.
    expected = Counter(event(number)["eventID"] for number in range(600))
    with receiving() as receiver, ThreadPoolExecutor(4) as clients:
        body = {"dest": receiver.url, "stream": True}
        order(serving, f"/queries/{a_query(serving)}/subscriptions", body)
        working = []
        for part in range(KILLS + 1):
            had = len(receiver.got)
            numbers = range(part * 150, (part + 1) * 150)
            working += [
                clients.submit(captured, serving, range(first, first + 5))
                for first in range(numbers.start, numbers.stop, 5)
            ]
            if part == KILLS:
                break
            assert eventually(lambda had=had: len(receiver.got) > had, seconds=PATIENCE), (
                serving.log()
            )
            serving.kill()
            serving.start()
        for each in working:
            each.result()
        assert eventually(lambda: len(receiver.events()) >= 600, seconds=PATIENCE), serving.log()
        assert serving.stop() == 0
        assert Counter(receiver.events()) == expected
    serving.start()


def test_a_listener_is_told_what_is_recorded_since_and_again_from_where_it_says(
    open_inside: Serving,
) -> None:
    serving = open_inside
    name = a_query(serving)
    captured(serving, range(10_000, 10_003))
    later = [event(number)["eventID"] for number in range(10_005, 10_008)]
    with listener(serving, name) as first, listener(serving, name) as second:
        assert first.response is not None
        since = first.response.headers["GS1-Query-Min-Record-Time"]
        captured(serving, range(10_005, 10_008))
        for each in (first, second):
            assert told(each.recv(PATIENCE)) == later
    with listener(serving, name, f"stream=true&initialRecordTime={since}") as third:
        assert told(third.recv(PATIENCE)) == later
        third.send("nothing that is said has a meaning")
        third.send(b"\0")
        captured(serving, range(10_010, 10_011))
        assert told(third.recv(PATIENCE)) == [event(10_010)["eventID"]]
    with listener(serving, name, "second=0/1&reportIfEmpty=true") as fourth:
        assert told(fourth.recv(PATIENCE)) == []


def test_a_listener_hears_codes_in_the_spelling_that_its_handshake_names(
    open_inside: Serving,
) -> None:
    serving = open_inside
    name = a_query(serving)
    known, link = "urn:epc:id:sgtin:6901234.000001.1", "https://id.gs1.org/01/06901234000023/21/A"
    sent = event(20_000) | {"eventID": "urn:uuid:00000000-0000-4000-8000-00000000aaaa"}
    sent["epcList"] = [known, link]
    wanted = {
        "Always_EPC_URN": [known, "urn:epc:id:sgtin:6901234.000002.A"],
        "Always_GS1_Digital_Link": ["https://id.gs1.org/01/06901234000016/21/1", link],
        "Never_Translates": [known, link],
    }
    with ExitStack() as ending:
        listening = {}
        for spelling in wanted:
            key = {"Authorization": f"Bearer {serving.key}", "GS1-EPC-Format": spelling}
            listening[spelling] = ending.enter_context(listener(serving, name, headers=key))
        assert serving.capture(document(sent), request_key="spelled").status == 202
        for spelling, each in listening.items():
            body = json.loads(each.recv(PATIENCE))["epcisBody"]["queryResults"]["resultsBody"]
            assert body["eventList"][0]["epcList"] == wanted[spelling]


def test_a_listener_is_let_go_when_its_query_is_removed_or_the_server_stops(
    open_inside: Serving,
) -> None:
    serving = open_inside
    name, other = a_query(serving), a_query(serving)
    with listener(serving, name) as listening:
        assert serving.ask("DELETE", f"/queries/{name}").status == 204
        said = json.loads(listening.recv(PATIENCE))
        assert (said["status"], said["rule"]) == (404, "query.none")
    with listener(serving, other) as listening:
        assert serving.stop() == 0
        with pytest.raises(ConnectionClosed):
            listening.recv(PATIENCE)
    serving.start()


WRONG: tuple[tuple[str, dict[str, str], int, str], ...] = (
    ("stream=true", {"Authorization": ""}, 401, "access.sign-in"),
    ("stream=true", {"Authorization": "Bearer sy_x"}, 401, "access.wrong"),
    ("", {}, 400, "subscription.way"),
    ("stream=false", {}, 400, "subscription.way"),
    ("stream=true&hour=1", {}, 400, "subscription.way"),
    ("hour=24", {}, 400, "subscription.schedule"),
    ("stream=maybe", {}, 400, "subscription.parameter"),
    ("stream=true&stream=true", {}, 400, "subscription.parameter"),
    ("stream=true&perPage=1", {}, 400, "subscription.parameter"),
    ("stream=true", {"GS1-EPC-Format": "Sometimes"}, 406, "epcis.format"),
    ("stream=true", {"Origin": "https://elsewhere.example"}, 403, "http.cross-site"),
)


def test_a_wrong_handshake_is_answered_by_a_problem(open_inside: Serving) -> None:
    serving = open_inside
    name = a_query(serving)
    key = {"Authorization": f"Bearer {serving.key}"}
    for query, headers, status, rule in WRONG:
        with pytest.raises(InvalidStatus) as caught:
            listener(serving, name, query, headers=key | headers)
        answer = caught.value.response
        assert (answer.status_code, json.loads(answer.body)["rule"]) == (status, rule), query
        if rule == "subscription.way":
            said = json.loads(answer.body)
            assert "schedule" not in said["detail_en"], "a WebSocket has no such parameter"
            assert "hour" in said["detail_en"]
            assert "stream=true" in said["detail_zh"]
