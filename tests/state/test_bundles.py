"""Members of a bundle are written once for all that is told of it, and what was told is found."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.state import Change, Past, apply, load, rows
from suyuan.state.comparing import NOTHING, Left
from suyuan.state.memory import MADE, SEEN, TOLD
from suyuan.state.overriding import reweigh
from suyuan.store import Store, WriteConnection

START = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = b"s" * 32
THINGS = [f"urn:suyuan:ear-tag:{number}" for number in range(4)]
WHAT = {"make": MADE, "tell": SEEN | TOLD, "scan": SEEN, "mark": SEEN}

stories = st.lists(st.sampled_from(list(WHAT)), min_size=1, max_size=8)
overrides = st.lists(st.tuples(st.integers(1, 8), st.booleans()), max_size=6)


class Undo(Exception):  # noqa: N818 -- nothing is wrong
    """Ends a transaction and leaves nothing."""


def change(entry: int, kind: str) -> Change:
    past = Past(
        at=START + timedelta(hours=entry),
        step=kind,
        marks_set=frozenset({"failed_test"} if kind == "mark" else ()),
        latest=(("certificate", (f"C{entry}",)),) if kind == "tell" else (),
    )
    lines = tuple((thing, WHAT[kind]) for thing in THINGS)
    return Change(entry=entry, identity=b"%016d" % entry, past=past, lines=lines)


def keep(conn: WriteConnection, first: int, *kinds: str) -> None:
    """Each in a document of its own."""
    for entry, kind in enumerate(kinds, first):
        apply(conn, [change(entry, kind)], tenant=1, secret=SECRET)


def members(conn: WriteConnection) -> int:
    row = conn.execute("select count(*) from state.bundle").fetchone()
    return int(row[0]) if row else 0


def test_members_are_written_once_for_all_that_is_told_of_them(database: Store) -> None:
    with database.write() as conn:
        keep(conn, 1, "make", "tell", "scan", "tell", "scan", "tell")
        assert members(conn) == len(THINGS)
        found = load(conn, THINGS, tenant=1, secret=SECRET)
        keep(conn, 7, "mark")
        assert members(conn) == 2 * len(THINGS), "a mark is looked for among many, and found apart"
    for thing in THINGS:
        assert {past.entry for past, _ in found.things[thing]} == {1, 2, 3, 4, 5, 6}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=stories, decided=overrides)
def test_what_was_told_last_is_known_whatever_was_overridden_and_scanned_since(
    database: Store, story: list[str], decided: list[tuple[int, bool]]
) -> None:
    """With a limit of two; of what is held nothing is told, and others of its bundle tell on."""
    numbered = dict(enumerate(story, 1))
    telling = {entry for entry, kind in numbered.items() if kind == "tell"}
    stands = dict.fromkeys(telling, True)
    with suppress(Undo), database.write() as conn, pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_LIMIT", 2)
        keep(conn, 1, *story)
        for entry, is_held in decided:
            if entry in telling:
                left = Left(told={"latest": [["certificate", [f"C{entry}"]]]})
                reweigh(conn, entry, NOTHING if is_held else left, held=is_held)
                stands[entry] = not is_held
        keep(conn, 20, "scan", "scan", "scan")
        found = load(conn, THINGS, tenant=1, secret=SECRET)
        raise Undo
    known = {past.entry for past, _ in found.things[THINGS[0]]}
    for kind in ("tell", "make", "mark"):
        told = [entry for entry, each in numbered.items() if each == kind]
        assert known >= set([entry for entry in told if stands.get(entry, True)][-1:]), kind
