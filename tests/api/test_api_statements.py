"""How often a request asks the database: each time costs more than all that is computed between."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from api_given import Client, Json, document, event, events_of

from suyuan.service import Platform, follow

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]

WHO, READ = "registry.api_key", "record.entry"


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *args: Any, **more: Any) -> Any:
        said.append(query.as_string(cursor) if hasattr(query, "as_string") else str(query))
        return execute(cursor, query, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", noted)
        yield said


def sent_by(client: Client, platform: Platform, key: Headers, *events: Json) -> None:
    """Events of one document each, so that each has bytes of its own around it."""
    for number, each in enumerate(events):
        data = document(each).replace(b'"2.0"', b'"2.0" ' + b" " * number, 1)
        assert client.post("/capture", content=data, headers=key | JSON).status_code == 202
    follow(platform)


def test_an_event_by_its_id_is_asked_for_once_behind_the_key(
    client: Client, platform: Platform, farm: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = event(1)
    declared = wrong | {"errorDeclaration": {"declarationTime": "2026-01-06T00:00:00Z"}}
    sent_by(client, platform, farm, wrong, declared)
    with watched(monkeypatch) as said:
        answer = client.get(f"/events/{wrong['eventID']}", headers=farm)
    assert [each["eventID"] for each in events_of(answer.json())] == [wrong["eventID"]] * 2
    assert [WHO in said[0], READ in said[-1], len(said)] == [True, True, 2], said


BY_ID = {"EQ_eventID": "|".join(event(number)["eventID"] for number in range(1, 8))}
BY_THING = {"MATCH_epc": "|".join(event(number)["epcList"][0] for number in range(1, 8))}


@pytest.mark.parametrize("named", [BY_ID, BY_THING])
@pytest.mark.parametrize("per_page", ["1", "30"])
def test_events_by_their_ids_or_things_are_asked_for_once_behind_the_key(
    client: Client, platform: Platform, farm: Headers, monkeypatch: pytest.MonkeyPatch,
    per_page: str, named: dict[str, str],
) -> None:  # fmt: skip
    """How far the record goes is known from the same statement."""
    sent_by(client, platform, farm, *(event(number) for number in range(1, 8)))
    with watched(monkeypatch) as said:
        asked = named | {"perPage": per_page, "orderBy": "eventTime"}
        answer = client.get("/events", params=asked, headers=farm)
    assert len(events_of(answer.json())) == min(7, int(per_page))
    assert [WHO in said[0], READ in said[-1], len(said)] == [True, True, 2], said


@pytest.mark.parametrize("per_page", ["1", "30"])
def test_a_page_of_events_is_asked_for_as_often_whatever_it_holds(
    client: Client, platform: Platform, farm: Headers, monkeypatch: pytest.MonkeyPatch,
    per_page: str,
) -> None:  # fmt: skip
    """Who asks; with one statement how far the record goes and which events answer, read whole."""
    sent_by(client, platform, farm, *(event(number) for number in range(1, 8)))
    with watched(monkeypatch) as said:
        asked = {"EQ_bizStep": "inspecting", "perPage": per_page}
        answer = client.get("/events", params=asked, headers=farm)
    assert len(events_of(answer.json())) == min(7, int(per_page))
    assert [WHO in said[0], READ in said[-1], len(said)] == [True, True, 2], said


def test_the_plan_of_an_event_by_its_id_is_kept(
    client: Client, platform: Platform, farm: Headers
) -> None:
    """Few have an id, whichever it is: to plan it each time would take longer than to do it."""
    sent_by(client, platform, farm, event(1))
    asked = {"EQ_eventID": event(1)["eventID"]}
    for _ in range(40):
        assert len(events_of(client.get("/events", params=asked, headers=farm).json())) == 1
    with platform.store.read() as connection:
        kept = connection.execute("select statement from pg_prepared_statements").fetchall()
    assert [text for (text,) in kept if "event_key = any" in text and "e.body" in text]
