"""Whatever is asked, in whichever order and portions: what comes is what reading all would give.

The record here is so long that values are found by lists of blocks; its times are in disorder, and
its end is not indexed yet.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from random import Random
from typing import Any, LiteralString

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from suyuan.exchange import walking
from suyuan.exchange.narrow import narrowed
from suyuan.exchange.parameters import parse_query
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.families import Families, load_families
from suyuan.index import terms
from suyuan.index.blocks import packed
from suyuan.model import Role, Viewer
from suyuan.record import grants_of
from suyuan.record.types import EVENT_TYPES, Walked
from suyuan.store import Store
from suyuan.store.types import Ask

SIZE, INDEXED = 6_000, 5_950
PORTIONS = 8
"""So many are read; what is asked for by ones would take thousands."""
START = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = b"secret"
EVERYBODY, SOMEBODY = Viewer(role=Role.ADMIN), Viewer(role=Role.CAPTURER, party="urn:x:somebody")
TABLES = """
insert into record.head (digest, body, context) values ('', '', '{}');
"""
ENTRY = """
copy record.entry (id, tenant, kind, capturer, type, verdict, event_time, event_key, identity,
    digest, job, ordinal, head, tags, raw_length, normal_length, body) from stdin
"""
LEAF = "copy ledger.leaf (position, entry, commitment, at) from stdin"
PERIOD = """
insert into index.period (block, earliest, latest, recorded_first, recorded_last)
select l.position / 64, min(e.event_time), max(e.event_time), min(l.at), max(l.at)
from ledger.leaf as l join record.entry as e on e.id = l.entry where l.position <= %s group by 1
"""

REACHED = """
with reached as (update ledger.head set size = %(indexed)s)
insert into index.cursor (projection, position) values ('facts', %(indexed)s)
"""


class Entry(Struct, frozen=True):
    """An entry as it is drawn; its number is its position."""

    number: int
    kind: int
    at: datetime
    happened: datetime
    is_shown: bool
    words: frozenset[tuple[str, str]]
    roles: frozenset[tuple[str, str]]
    documents: frozenset[str]


STEPS = ("shipping", "receiving", "inspecting")
SITES = tuple(f"https://example.com/sites/{number}" for number in range(4))
ROLES = ("source", "destination")
FREQUENCIES = ("often", "some", "seldom", "late", "never")
PARTIES = tuple(f"urn:suyuan:party:{name}" for name in FREQUENCIES)
DOCUMENTS = tuple(f"urn:x:order:{name}" for name in FREQUENCIES)


def drawn(chance: Random) -> Iterator[Entry]:
    """Sites in every sixtieth or seldom, or all in a row; parties and documents so too."""
    for number in range(1, SIZE + 1):
        words = {("bizStep", chance.choice(STEPS))}
        for site, share in zip(SITES, (60, 60, 900, SIZE), strict=True):
            if chance.randrange(share) == 0 or (site == SITES[3] and 2_000 < number <= 2_100):
                words.add(("bizLocation", site))
        yield Entry(
            number=number,
            kind=chance.randrange(3),
            at=START + timedelta(days=1, seconds=number),
            happened=START + timedelta(seconds=number + chance.randrange(900) // 300 * 700),
            is_shown=chance.random() < 0.1,
            words=frozenset(words),
            roles=frozenset(
                (role, party) for role in ROLES for party in named(chance, number, PARTIES)
            ),
            documents=frozenset(named(chance, number, DOCUMENTS)),
        )


def named(chance: Random, number: int, names: tuple[str, ...]) -> set[str]:
    """Which of the names stand in an entry: one often, one near the end, one never."""
    return {
        name
        for name, share in zip(names, (4, 50, 700, SIZE), strict=False)
        if chance.randrange(share) == 0 or (name == names[3] and number > SIZE - 80)
    }


ENTRIES = list(drawn(Random(5)))


def fill(connection: psycopg.Connection[Any]) -> None:
    """All of them, indexed up to `INDEXED`."""
    connection.execute(TABLES)
    tag = grants_of(SOMEBODY, secret=SECRET).tags[0]
    with connection.cursor().copy(ENTRY) as copy:
        for one in ENTRIES:
            key, tags = one.number.to_bytes(8), [7, tag] if one.is_shown else [7]
            job = f"00000000-0000-4000-8000-{one.number:012}"
            head = (one.number, 1, 1, 1, one.kind, 0, one.happened, one.number, key, b"", job)
            copy.write_row((*head, 0, 1, tags, 1, 1, b""))
    with connection.cursor().copy(LEAF) as copy:
        for one in ENTRIES:
            copy.write_row((one.number, one.number, b"", one.at))
    name = "insert into index.name (uri) values (%s) returning id"
    ids = {uri: connection.execute(name, [uri]).fetchone() for uri in DOCUMENTS[:4]}
    followed = ENTRIES[:INDEXED]
    said = [(one.number, set(_terms(one))) for one in followed]
    held = [(one.number, {_number(ids[each], one) for each in one.documents}) for one in followed]
    for table, members, rows in (("term", "terms", said), ("mention", "names", held)):
        insert = f"insert into index.{table} (block, {members}, places) values (%s, %s, %s)"  # noqa: S608 -- ours
        connection.cursor().executemany(insert.encode(), [list(row) for row in packed(rows)])
    connection.execute(PERIOD, [INDEXED])
    connection.execute(REACHED, {"indexed": INDEXED})
    connection.execute("vacuum analyze")


def _terms(one: Entry) -> Iterator[int]:
    yield from (terms.said(*word) for word in one.words)
    yield from (terms.played(role, "owning_party", party) for role, party in one.roles)


def _number(row: Any, one: Entry) -> int:
    """The number of a name, now and then as of one of which something is stated."""
    return int(row[0]) * (-1 if one.number % 5 == 0 else 1)


@pytest.fixture(scope="module")
def families() -> Families:
    return load_families()


def asked_by_chance(draw: st.DrawFn) -> tuple[dict[str, str], list[Callable[[Entry], bool]]]:
    """Parameters, and what each wants; by names and terms only of what is indexed."""
    given_: dict[str, str] = {}
    holds: list[Callable[[Entry], bool]] = []
    if draw(st.booleans()):
        sites = draw(st.lists(st.sampled_from(SITES), min_size=1, max_size=2, unique=True))
        given_["EQ_bizLocation"] = "|".join(sites)
        holds.append(lambda one: indexed_or(one, {("bizLocation", each) for each in sites}))
    if draw(st.booleans()):
        step = draw(st.sampled_from(STEPS))
        given_["EQ_bizStep"] = step
        holds.append(lambda one: indexed_or(one, {("bizStep", step)}))
    if draw(st.booleans()):
        documents = draw(st.lists(st.sampled_from(DOCUMENTS), min_size=1, max_size=2, unique=True))
        given_["EQ_bizTransaction_po"] = "|".join(documents)
        holds.append(lambda one: one.number > INDEXED or bool(one.documents & set(documents)))
    for role in draw(st.sets(st.sampled_from(ROLES))):
        parties = draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=2, unique=True))
        given_[f"EQ_{role}_owning_party"] = "|".join(parties)
        holds.append(partial(plays_or, {(role, party) for party in parties}))
    if draw(st.booleans()):
        kind = draw(st.integers(0, 2))
        given_["eventType"] = EVENT_TYPES[kind]
        holds.append(lambda one: one.kind == kind)
    if draw(st.booleans()):
        since = START + timedelta(seconds=draw(st.integers(0, SIZE)))
        given_["GE_eventTime"] = since.isoformat()
        holds.append(lambda one: one.happened >= since)
    if draw(st.booleans()):
        until = START + timedelta(days=1, seconds=draw(st.integers(0, SIZE)))
        given_["LT_recordTime"] = until.isoformat()
        holds.append(lambda one: one.at < until)
    return given_, holds


def indexed_or(one: Entry, words: set[tuple[str, str]]) -> bool:
    """Whether it has one of the words, or is behind what the index knows."""
    return one.number > INDEXED or not one.words.isdisjoint(words)


def plays_or(roles: set[tuple[str, str]], one: Entry) -> bool:
    """Whether one of these plays this role in it, or it is behind what the index knows."""
    return one.number > INDEXED or not one.roles.isdisjoint(roles)


KEYS: dict[str, Callable[[Entry], Any]] = {
    "recordTime": lambda one: one.number,
    "eventTime": lambda one: (one.happened, one.number),
}


class Question(Struct, frozen=True):
    """What is asked by whom, and how it is read; `listed` is what too many blocks are."""

    asked: dict[str, str]
    holds: list[Callable[[Entry], bool]]
    order: str
    is_last_first: bool
    viewer: Viewer
    upto: int
    after: Entry | None
    sizes: list[int]
    listed: int

    def parameters(self) -> dict[str, list[str]]:
        """The query's."""
        direction = "DESC" if self.is_last_first else "ASC"
        asked = self.asked | {"orderBy": self.order, "orderDirection": direction}
        return {name: [value] for name, value in asked.items()}

    def wanted(self) -> list[int]:
        """What reading all gives."""
        key = KEYS[self.order]
        found = sorted(
            (
                one
                for one in ENTRIES[: self.upto]
                if (one.is_shown or self.viewer is EVERYBODY)
                and all(hold(one) for hold in self.holds)
            ),
            key=key,
            reverse=self.is_last_first,
        )
        if self.after is None:
            return [one.number for one in found]
        past = key(self.after)
        return [
            one.number
            for one in found
            if (key(one) < past if self.is_last_first else key(one) > past)
        ]

    def place(self) -> Place:
        """Where it begins."""
        if self.after is None:
            return Place(upto=self.upto)
        return Place(upto=self.upto, after=self.after.number, at=self.after.happened)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    asked, holds = asked_by_chance(draw)
    return Question(
        asked=asked,
        holds=holds,
        order=draw(st.sampled_from(sorted(KEYS))),
        is_last_first=draw(st.booleans()),
        viewer=draw(st.sampled_from([EVERYBODY, SOMEBODY])),
        upto=draw(st.sampled_from([SIZE, INDEXED, 3_000])),
        after=draw(st.none() | st.sampled_from(ENTRIES[:3_000])),
        sizes=draw(st.lists(st.integers(1, 90), min_size=1, max_size=4)),
        listed=draw(st.sampled_from([1, 30, 5_000])),
    )


def test_what_comes_by_any_way_is_what_reading_all_gives(
    database: Store, families: Families, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        fill(connection)

    @settings(max_examples=300, deadline=None)
    @given(questions())
    def compare(one: Question) -> None:
        monkeypatch.setattr(walking, "_MOST_LISTED", one.listed)
        asker = Asker(viewer=one.viewer, secret=SECRET, families=families)
        compiled = narrowed(parse_query(one.parameters()), {}, asker)
        with database.read() as conn:
            portions = list(
                islice(
                    compiled.portions(conn, one.place(), indexed=INDEXED, limits=cycle(one.sizes)),
                    PORTIONS,
                )
            )
        for size, rows in zip(cycle(one.sizes), portions, strict=False):
            assert len(rows) <= size
        found = [row[1] for rows in portions for row in rows]
        wanted = one.wanted()
        assert found == (wanted if len(portions) < PORTIONS else wanted[: len(found)])

    compare()


def test_what_comes_first_in_one_look_is_what_reading_all_gives_first(
    database: Store, families: Families, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        fill(connection)
    monkeypatch.setattr(walking, "glancing", Positions)
    monkeypatch.setattr(walking, "_LONG", SIZE)
    walked = list[bool]()

    @settings(max_examples=300, deadline=None)
    @given(questions(), st.booleans())
    def compare(drawn: Question, is_kept: bool) -> None:  # noqa: FBT001
        one = structs.replace(drawn, upto=INDEXED, after=None)
        monkeypatch.setattr(walking, "_MOST_LISTED", one.listed)
        asker = Asker(viewer=one.viewer, secret=SECRET, families=families)
        asker.length.see(SIZE if is_kept else 0)
        compiled = narrowed(parse_query(one.parameters()), {}, asker)
        size = one.sizes[0]
        first = compiled.first(database.ask, asker, wanted=size)
        walked.append(first is not None)
        if first is not None:
            assert first.size == INDEXED
            assert first.found == sorted(one.wanted()[:size])
            assert asker.length.seen >= INDEXED

    compare()
    assert walked.count(True) > walked.count(False)


class Positions:
    """Instead of events the positions where they stand: here they have no bodies."""

    @staticmethod
    def walk_of(which: LiteralString) -> LiteralString:
        return which

    @staticmethod
    def walked(
        ask: Ask, statement: LiteralString, given: dict[str, Any], *_: Viewer, **more: Any
    ) -> Walked:
        ((size, positions, is_common, is_more),) = ask(statement, given, is_kept=more["is_kept"])
        found: Any = sorted(positions or ())
        return Walked(found=found, size=size, is_common=is_common, is_more=is_more)
