"""A document judged portion by portion comes to the same, and little of it is held at once."""

import itertools
import json
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from given import FARM, NOW, Give, document, event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.capture import JobResult, OnRefusal, Options, jobs
from suyuan.model import Role, Verdict, Viewer
from suyuan.record import Recorder, follow, take
from suyuan.store import Store
from suyuan.wire import Source

worlds = itertools.count(1)
KINDS = st.sampled_from(["good", "good", "good", "other", "bad", "refused", "wrong"])
STORIES = st.lists(st.tuples(KINDS, st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=9)


def told(world: int, story: list[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """The events of a story, of a world of their own: by kind, id and hour."""
    return [one(kind, world * 1000 + number, hour) for kind, number, hour in story]


def one(kind: str, number: int, hour: int) -> dict[str, Any]:
    at = (NOW - timedelta(hours=hour + 1)).isoformat()
    said = event(number, eventTime=at)
    if kind == "wrong":
        error = {"declarationTime": (NOW - timedelta(minutes=hour)).isoformat()}
        return said | {"errorDeclaration": error}
    more = {
        "good": {},
        "other": {"bizStep": "shipping"},
        "bad": {"eventTime": "yesterday"},
        "refused": {"suyuan:family": "unheard-of"},
    }
    return said | more[kind]


def seen(result: JobResult, first: int) -> Iterator[tuple[object, ...]]:
    """What is said of each event, with positions counted from the first of the document."""
    for each in result.events:
        yield (
            each.index, each.verdict, each.duplicate, [found.rule for found in each.findings],
            None if each.position is None else each.position - first,
        )  # fmt: skip


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(story=STORIES, portion=st.integers(1, 3), on_refusal=st.sampled_from(list(OnRefusal)))
def test_where_a_document_is_cut_changes_nothing(
    database: Store,
    give: Give,
    story: list[tuple[str, int, int]],
    portion: int,
    on_refusal: OnRefusal,
) -> None:
    answers, kept = [], []
    for size in (1_000, portion):
        with database.read() as conn:
            first = len(follow(conn, 0, 100_000))
        sent = told(next(worlds), story)
        result = give(*sent, portion=size, on_refusal=on_refusal)
        again = give(*sent, portion=size, on_refusal=on_refusal)
        begin = min((each.position for each in result.events if each.position), default=0)
        answers.append([list(seen(result, begin)), list(seen(again, begin))])
        with database.read() as conn:
            new = follow(conn, 0, 100_000)[first:]
            refused = jobs.find_refused(conn, Viewer(account=9, role=Role.ADMIN), job_id=result.job)
        kept.append(
            [
                [(row.ordinal, row.verdict, json.loads(row.raw)["bizStep"]) for row in new],
                [(row.index, [found.rule for found in row.findings]) for row in refused],
            ]
        )
    assert answers[0] == answers[1]
    assert kept[0] == kept[1]


def test_what_an_earlier_portion_recorded_is_undone_with_its_document(
    database: Store, give: Give
) -> None:
    events = [event(number) for number in range(1, 8)]
    late = event(9, eventTime=NOW.isoformat()) | {"suyuan:family": "unheard-of"}
    result = give(*events, late, portion=2, on_refusal=OnRefusal.ROLLBACK)
    assert {each.verdict for each in result.events} == {Verdict.REFUSED}
    assert all(each.entry is None for each in result.events)
    with database.read() as conn:
        assert follow(conn, 0, 100) == []
        bytes_kept = jobs.find_refused(conn, Viewer(account=9, role=Role.ADMIN))
    assert [json.loads(row.body)["eventID"] for row in bytes_kept[::-1]] == [
        each["eventID"] for each in [*events, late]
    ]
    assert give(*events, portion=3, on_refusal=OnRefusal.ROLLBACK).success


def test_large_documents_on_the_same_things_at_once_are_all_recorded(
    database: Store, give: Give
) -> None:
    def sent(sender: int) -> JobResult:
        numbers = range(8) if sender % 2 else reversed(range(8))
        return give(
            *(
                event(100 * sender + number, epcList=[f"urn:suyuan:item:A:{number}"])
                for number in numbers
            ),
            portion=2,
            on_refusal=OnRefusal.ROLLBACK,
        )

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(sent, range(1, 7)))
    assert all(result.success for result in results)
    with database.read() as conn:
        assert len(follow(conn, 0, 1_000)) == 48


@pytest.mark.parametrize("is_last", [False, True], ids=["context first", "context last"])
@pytest.mark.parametrize("on_refusal", list(OnRefusal))
def test_what_is_held_of_a_document_is_a_portion_of_it(
    database: Store,
    recorder: Recorder,
    tmp_path: Path,
    on_refusal: OnRefusal,
    is_last: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    count = 400
    file = tmp_path / "large.json"
    whole = json.loads(document())
    context = f'"@context": {json.dumps(whole.pop("@context"))}'
    head = json.dumps(whole)[1:-1].replace('{"eventList": []}', '{"eventList": [%s]}')
    with file.open("w") as out:
        before, after = head.split("%s")
        out.write("{" + ("" if is_last else context + ", ") + before)
        for number in range(count):
            noted = {f"suyuan:n{n}": f"{number:04}-{n:02} " * 130 for n in range(40)}
            out.write("," * bool(number) + json.dumps(event(number) | noted))
        out.write(after + (", " + context if is_last else "") + "}")

    with file.open("rb") as opened:
        take(database, recorder, document(event(count)), FARM)  # what is loaded once
        tracemalloc.start()
        try:
            result = take(
                database, recorder, Source(opened), FARM, options=Options(on_refusal=on_refusal)
            )
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert result.counts == {"accepted": count}
    # A portion is four megabytes of it: as sent, as members, as read, in normal form, and packed.
    assert peak < 8 * (4 << 20)
    assert file.stat().st_size > 3 * (4 << 20)
