"""Looks into a database beside its server: what is recorded, and whether any of it is half-done."""

from collections.abc import Iterator
from typing import Any

import psycopg
from msgspec import Struct

from suyuan.record import Recorded, follow
from suyuan.store import ReadConnection

HALF_DONE = {
    "an entry without a leaf": """
        select count(*) from record.entry as e
        where not exists (select from ledger.leaf as l where l.entry = e.id)""",
    "a leaf without an entry": """
        select count(*) from ledger.leaf as l
        where not exists (select from record.entry as e where e.id = l.entry)
          and not exists (select from ledger.act as a where a.entry = l.entry)""",
    "an act without a leaf": """
        select count(*) from ledger.act as a
        where not exists (select from ledger.leaf as l where l.entry = a.entry)""",
    "a leaf without its commitment or secret": """
        select count(*) from ledger.leaf as l join record.entry as e on e.id = l.entry
        where length(l.commitment) <> 64 or length(e.secret) is distinct from 16""",
    "something that waits for a position": "select count(*) from ledger.queue",
    "a head that is not where the leaves end": """
        select count(*) from ledger.head as h
        where h.size <> (select count(*) from ledger.leaf)
           or h.size <> (select coalesce(max(l.position), 0) from ledger.leaf as l)
           or (h.size > 0 and h.at <> (select max(l.at) from ledger.leaf as l))""",
    "a record time before that of an earlier position": """
        select count(*) from (
            select at < lag(at) over (order by position) as back from ledger.leaf
        ) as steps where back""",
    "state of an event that is not recorded": """
        select count(*) from state.event as s
        where not exists (select from record.entry as e where e.id = s.entry)""",
    "a bundle of things of which nothing is said": """
        select count(*) from state.bundle as b
        where not exists (select from state.event as s where s.bundle = b.bundle)""",
    "a scene that nobody knows": """
        select count(*) from state.event as s
        where not exists (select from state.scene as n where n.id = s.scene)""",
    "a withdrawal by an event that is not recorded": """
        select count(*) from state.withdrawn as w
        where not exists (select from record.entry as e where e.id = w.entry)""",
    "an entry without its job": """
        select count(*) from record.entry as e
        where not exists (select from capture.job as j where j.id = e.job)""",
    "a job that is not finished and does not wait": """
        select count(*) from capture.job as j
        where (j.finished_at is null or j.state <> 'finished')
          and not exists (select from capture.waiting as w where w.job = j.id)""",
    "what waits and is finished, or has no job": """
        select count(*) from capture.waiting as w
        where not exists (select from capture.job as j
                          where j.id = w.job and j.finished_at is null)""",
    "bytes of what does not wait": """
        select count(*) from capture.waiting_part as p
        where not exists (select from capture.waiting as w where w.job = p.job)""",
    "refused bytes without their job": """
        select count(*) from capture.refused as r
        where not exists (select from capture.job as j where j.id = r.job)""",
    "a job whose counts are not its entries": """
        select count(*) from capture.job as j
        where (select coalesce(sum(c.value::int), 0) from jsonb_each_text(j.counts) as c
               where c.key in ('accepted', 'flagged', 'held'))
           <> (select count(*) from record.entry as e where e.job = j.id)""",
    "an index beyond the record": """
        select count(*) from index.cursor where position > (select size from ledger.head)""",
    "an act of an entry beyond the index": """
        select count(*) from index.act as f
        where f.position > (select position from index.cursor)""",
}
"""What must not be there once the sequencer has come by, each with the query that counts it."""

INDEXED = {
    "facts": """
        select f.entry, f.position, f.line + l.place - 1, f.head || l.tail, f.lo, f.hi,
               f.arrived_lo, f.arrived_hi, b.party, b.site, a.party, a.site, f.parent, f.flow,
               f.other, f.lot, d.uris, coalesce(f.quantity, f.quantities[l.place]), f.unit, f.kind,
               f.side, f.grain, f.held, f.instrument, f.inferred
        from index.act as f
        cross join lateral unnest(index.tails(f.tails)) with ordinality as l (tail, place)
        cross join lateral (
            select array_agg(n.uri order by o.place) as uris
            from unnest(f.documents) with ordinality as o (id, place)
            join index.name as n on n.id = o.id
        ) as d
        left join index.holder as b on b.id = f.before
        left join index.holder as a on a.id = f.after""",
    "mentions": """
        select l.position, k.name < 0, n.uri
        from index.mention as m
        cross join unnest(m.names, m.places) as k (name, places)
        join index.name as n on n.id = abs(k.name)
        cross join generate_series(0, 63) as g (place)
        join ledger.leaf as l on l.position = m.block * 64 + g.place
        where k.places >> g.place & 1 = 1""",
    "terms": """
        select t.block * 64 + g.place, k.term
        from index.term as t
        cross join unnest(t.terms, t.places) as k (term, places)
        cross join generate_series(0, 63) as g (place)
        where k.places >> g.place & 1 = 1""",
    "periods": "select * from index.period",
    "values": """
        select v.tenant, v.kind, v.value, s.tag
        from index.shown as s cross join unnest(s.places) as p (place)
        join index.value as v on v.id = s.block * 1024 + p.place""",
    "withdrawals": "select entry, position, declaration from index.withdrawal",
    "links": """
        select s.party, s.site, t.party, t.site, l.departure, l.arrival, l.entry, l.lines
        from index.link as l join index.holder as s on s.id = l.source
        join index.holder as t on t.id = l.target""",
}
"""What the index says, in names instead of its own numbers."""


_ACTS = "select l.position from ledger.leaf as l join ledger.act as a on a.entry = l.entry"


class Wholeness(Struct, frozen=True):
    """A database as seen at one moment."""

    record: list[Recorded]
    acts: list[int]  # where what is logged beside events stands
    faults: dict[str, int]

    @property
    def positions(self) -> list[int]:
        """Where anything stands, in order."""
        return sorted([*(one.position for one in self.record), *self.acts])


def look(dsn: str) -> Wholeness:
    """Everything recorded, in order, and every kind of half-done thing with its count."""
    with psycopg.connect(dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        counted = {what: one(connection, query) for what, query in HALF_DONE.items()}
        record = list(_whole_record(connection))
        counted["a placed event without state"] = len(placed(record) - remembered(connection))
        acts = [int(position) for (position,) in connection.execute(_ACTS)]
        return Wholeness(record, acts, {what: count for what, count in counted.items() if count})


def name(recorded: Recorded) -> str:
    """As `sending.name_of` has it."""
    declared = recorded.event.error is not None
    return f"{recorded.event.event_id}{' declared wrong' if declared else ''}"


def lag(dsn: str) -> int:
    """How many entries are recorded and not yet in the index."""
    query = """select (select size from ledger.head)
                    - coalesce((select max(position) from index.cursor), 0)"""
    with psycopg.connect(dsn) as connection:
        return one(connection, query)


def indexed(dsn: str) -> dict[str, list[Any]]:
    """All that the index says, in an order of its own."""
    with psycopg.connect(dsn) as connection:
        return {
            what: sorted(connection.execute(query.encode()).fetchall(), key=repr)
            for what, query in INDEXED.items()
        }


def placed(record: list[Recorded]) -> set[int]:
    """The entries that judging may ask about later: events of a family, not declarations."""
    return {one.entry for one in record if one.family is not None and one.event.error is None}


def remembered(connection: psycopg.Connection[Any]) -> set[int]:
    return {int(entry) for (entry,) in connection.execute("select entry from state.event")}


def one(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _whole_record(connection: psycopg.Connection[Any]) -> Iterator[Recorded]:
    position = 0
    while found := follow(ReadConnection(connection), position, 1_000):
        yield from found
        position = found[-1].position
