"""Facts put into the index as it keeps them, without documents that say them."""

from collections.abc import Sequence
from uuid import UUID

from histories import BEGIN
from msgspec.structs import replace

from suyuan.index.acts import Holders, copy_key
from suyuan.index.apply import intern_names, write_facts
from suyuan.index.types import Entered
from suyuan.kit import Span
from suyuan.kit.digest import key64
from suyuan.model import Fact, FactKind, Role, Viewer
from suyuan.store import WriteConnection

SECRET = b"s" * 32
ADMIN = Viewer(role=Role.ADMIN)

_HEAD = """
insert into record.head (digest, body, context) values (%s, '', '{}') returning id
"""
_ENTRY = """
insert into record.entry (id, tenant, kind, capturer, type, verdict, event_time, event_key,
    identity, digest, job, ordinal, head, tags, raw_length, normal_length, body)
values (%s, %s, 0, %s, 0, 0, %s, %s, %s, %s, %s, 0, %s, %s, 0, 0, '')
"""
_TENANT = """
insert into registry.tenant (id, name_zh, name_en) values (%s, '', '') on conflict do nothing
"""
_REPORTER = """
insert into registry.party (id, tenant, uri, name_zh) overriding system value
values (%s, %s, %s, '') on conflict do nothing
"""
_WITHDRAWAL = "insert into index.withdrawal (entry, position, declaration) values (%s, %s, 0)"


def stored(
    conn: WriteConnection, facts: Sequence[Fact], seen_by: Sequence[str] = (), *, tenant: int = 1
) -> Holders:
    """The facts as the index keeps them, each entry visible to these parties; without links."""
    tag = key64(SECRET)
    tags = [tag(f"party:{party}") for party in seen_by]
    conn.execute(_TENANT, [tenant])
    (head,) = conn.execute(_HEAD, [str(facts).encode()[:32]]).fetchone() or (0,)
    entered: dict[int, Entered] = {}
    for entry, fact in {fact.entry: fact for fact in facts}.items():
        key = tag(fact.event_id or f"entry {entry}")
        reporter = 1000 * tenant + int(fact.capturer[1:])
        conn.execute(_REPORTER, [reporter, tenant, fact.capturer])
        entered[entry] = Entered(tenant, reporter, copy_key(key, fact.digest))
        made = [
            entry,
            tenant,
            reporter,
            BEGIN,
            key,
            str(entry).encode(),
            fact.digest,
            UUID(int=0),
            head,
            tags,
        ]
        conn.execute(_ENTRY, made)
        if fact.withdrawn_at is not None:
            conn.execute(_WITHDRAWAL, [entry, fact.withdrawn_at])
    return write_facts(conn, facts, intern_names(conn, facts, ()), entered)


def as_kept(fact: Fact) -> Fact:
    """A fact as the index can hold it: releases are later entries, flows always have a key."""
    arrived = None if fact.arrived == Span(None, None) else fact.arrived
    flow = fact.flow or (str(fact.entry) if fact.kind is FactKind.BECAME else None)
    return replace(fact, released_at=None, arrived=arrived, flow=flow)


def of_entry(facts: Sequence[Fact]) -> list[Fact]:
    """An entry is held or withdrawn as a whole."""
    first = {fact.entry: fact for fact in reversed(facts)}
    return [
        replace(
            as_kept(fact),
            held=first[fact.entry].held,
            withdrawn_at=first[fact.entry].withdrawn_at,
        )
        for fact in facts
    ]


def followed(conn: WriteConnection, facts: Sequence[Fact], seen_by: Sequence[str] = ()) -> None:
    """The same, and the index says that it has followed the record to their end."""
    if facts:
        stored(conn, facts, seen_by)
        last = max(fact.position for fact in facts)
        conn.execute("insert into index.cursor values ('facts', %s)", [last])
