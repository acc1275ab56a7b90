"""What is read at a glance is what is read in a transaction, or nothing is given."""

from collections.abc import Mapping, Sequence
from threading import Thread
from typing import Any, LiteralString

import pytest
import zstandard
from given import FARM, TRADER, Give, event

from suyuan.model import PUBLIC, Role, Viewer
from suyuan.record import Recorder, event_by_id, events_by_entries, glancing
from suyuan.record.types import Glance
from suyuan.store import Store

OWNER = Viewer(party=FARM.party, account=1)
OTHER = Viewer(party=TRADER.party, account=2)
ADMIN = Viewer(role=Role.ADMIN, account=3)
ELSEWHERE = Viewer(role=Role.ADMIN, account=4, tenant=2)
ALL = glancing.positions_of("select l.position from ledger.leaf as l limit %(most)s")
SOME = glancing.positions_of(
    "select l.position from ledger.leaf as l where l.position = any (%(positions)s::bigint[])"
    " limit %(most)s"
)


@pytest.mark.parametrize("viewer", [OWNER, OTHER, ADMIN, ELSEWHERE, PUBLIC])
def test_a_glance_tells_what_a_transaction_tells(
    database: Store, recorder: Recorder, give: Give, viewer: Viewer
) -> None:
    """Documents interleave: of each what is around its events is wanted."""
    give(event(1), event(2))
    give(event(3), by=TRADER)
    give(event(2, disposition="damaged"), event(4), by=TRADER)
    give(event(5))
    for number in range(1, 7):
        name = event(number)["eventID"]
        glance = glancing.by_ids(database.ask, [name], viewer, secret=recorder.secret)
        with database.read() as conn:
            wanted = event_by_id(conn, name, viewer, secret=recorder.secret)
        assert glance is not None
        assert glance.found == wanted
        assert glance.size == (6 if wanted else 0)
    with database.read() as conn:
        entries = [row[0] for row in conn.execute("select entry from ledger.leaf").fetchall()]
        wanted = events_by_entries(conn, entries, viewer, secret=recorder.secret)
    glance = glancing.by_positions(database.ask, ALL, {}, viewer, secret=recorder.secret)
    assert glance == Glance(found=wanted, size=6)
    twice = {"positions": [5, 1, 5, 900]}
    glance = glancing.by_positions(database.ask, SOME, twice, viewer, secret=recorder.secret)
    few = [each for each in wanted if each.position in twice["positions"]]
    assert glance == Glance(found=few, size=6)


def test_one_statement_is_asked(database: Store, recorder: Recorder, give: Give) -> None:
    give(event(1))
    asked: list[str] = []

    def ask(statement: LiteralString, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        asked.append(statement)
        return database.ask(statement, given)

    name = event(1)["eventID"]
    assert glancing.by_ids(ask, [name], ADMIN, secret=recorder.secret)
    assert glancing.by_positions(ask, ALL, {}, ADMIN, secret=recorder.secret)
    assert len(asked) == 2


@pytest.mark.parametrize("count", [50, 51])
def test_of_many_nothing_is_given(
    database: Store, recorder: Recorder, give: Give, count: int
) -> None:
    give(*(event(number) for number in range(count)))
    names = [event(number)["eventID"] for number in range(count)]
    by_ids = glancing.by_ids(database.ask, names, ADMIN, secret=recorder.secret)
    by_positions = glancing.by_positions(database.ask, ALL, {}, ADMIN, secret=recorder.secret)
    if count > 50:
        assert (by_ids, by_positions) == (None, None)
    else:
        assert by_ids == by_positions
        assert by_ids is not None
        assert len(by_ids.found) == count


def glances(store: Store, recorder: Recorder, names: Sequence[str]) -> list[bool]:
    """Of which of some event ids a glance tells."""
    found = [glancing.by_ids(store.ask, [name], ADMIN, secret=recorder.secret) for name in names]
    return [glance is not None for glance in found]


def test_what_was_decided_since_is_not_told_at_a_glance(
    database: Store, recorder: Recorder, give: Give
) -> None:
    give(event(1), event(2))
    names = [event(number)["eventID"] for number in (1, 2)]
    assert glances(database, recorder, names) == [True, True]
    with database.write() as conn:
        conn.execute(
            "insert into record.override (act, entry, before, verdict, aside, ground, documents,"
            " authority, at, seal) select -1, l.entry, 0, 1, '{}', 'g', '{}', '', now(), ''"
            " from ledger.leaf as l where l.position = 1"
        )
    assert glances(database, recorder, names) == [False, True]
    with database.read() as conn:
        (found,) = event_by_id(conn, names[0], ADMIN, secret=recorder.secret)
    assert [each.act for each in found.overrides] == [-1]


def test_what_another_dictionary_pressed_is_not_told_at_a_glance(
    database: Store, recorder: Recorder, give: Give
) -> None:
    give(event(1), event(2))
    names = [event(number)["eventID"] for number in (1, 2)]
    with database.read() as conn:
        (before,) = event_by_id(conn, names[0], ADMIN, secret=recorder.secret)
    samples = [f"an older program's sample {number} of {number % 7}".encode() * 9
               for number in range(200)]  # fmt: skip
    other = zstandard.train_dictionary(2_000, samples)
    with database.write() as conn:
        row = conn.execute(
            "select body from record.entry where id = %s", (before.entry,)
        ).fetchone()
        assert row is not None
        own = zstandard.ZstdCompressionDict(dictionary_of(database))
        whole = zstandard.ZstdDecompressor(dict_data=own).decompress(row[0])
        pressed = zstandard.ZstdCompressor(dict_data=other).compress(whole)
        conn.execute("insert into record.dictionary (id, body) values (%s, %s)",
                     (other.dict_id(), other.as_bytes()))  # fmt: skip
        conn.execute("update record.entry set body = %s where id = %s", (pressed, before.entry))
    assert glances(database, recorder, names) == [False, True]
    with database.read() as conn:
        assert event_by_id(conn, names[0], ADMIN, secret=recorder.secret) == [before]


def dictionary_of(store: Store) -> bytes:
    """The one dictionary that the record needed so far."""
    ((body,),) = store.ask("select body from record.dictionary", {})
    return bytes(body)


def test_threads_read_at_once(database: Store, recorder: Recorder, give: Give) -> None:
    """What unpresses bodies must not be shared."""
    give(*(event(number, **{"suyuan:note": "x" * 2_000}) for number in range(40)))
    wanted = glancing.by_positions(database.ask, ALL, {}, ADMIN, secret=recorder.secret)
    found: list[Glance | None] = []

    def read() -> None:
        secret = recorder.secret
        found.extend(
            glancing.by_positions(database.ask, ALL, {}, ADMIN, secret=secret) for _ in range(20)
        )

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wanted is not None
    assert found == [wanted] * 60
