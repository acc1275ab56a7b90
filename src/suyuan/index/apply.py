"""Takes what reports mean; gives rows of the index, inside the transaction it is handed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from suyuan.index.types import FACT_KINDS, GRAINS, SIDES, Derived, MentionRole
from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder
from suyuan.store import Queries, WriteConnection

SQL = Queries("suyuan.index")

_KIND = {kind: code for code, kind in enumerate(FACT_KINDS)}
_SIDE = {side: code for code, side in enumerate(SIDES)}
_GRAIN = {grain: code for code, grain in enumerate(GRAINS)}

_FACT_TYPES = [
    "int8",
    "int8",
    "int4",
    "int4",
    "timestamptz",
    "timestamptz",
    "timestamptz",
    "timestamptz",
    "int4",
    "int4",
    "int4",
    "int4",
    "int4",
    "int4",
    "int4[]",
    "numeric",
    "text",
    "int2",
    "int2",
    "int2",
    "bool",
    "bool",
    "bool",
]
_MENTION_TYPES = ["int4", "int2", "int8"]
_LINK_TYPES = ["int4", "int4", "timestamptz", "timestamptz", "int8", "int8", "int4"]

Things = Mapping[str, int]
Holders = Mapping[Holder, int]


class Mention(Struct, frozen=True):
    """A name in an event, and in which role."""

    entry: int
    uri: str
    role: MentionRole


def apply(conn: WriteConnection, derived: Sequence[tuple[int, Derived]]) -> None:
    """Write the facts, mentions and links of reports, given with their entries."""
    facts = [fact for _, meaning in derived for fact in meaning.facts]
    mentions = [
        Mention(entry, uri, role) for entry, meaning in derived for uri, role in meaning.mentions
    ]
    things = _intern_things(conn, facts, mentions)
    holders = _intern_holders(conn, facts)
    _copy_facts(conn, facts, things, holders)
    _copy_mentions(conn, mentions, things)
    _copy_links(conn, facts, holders)


def _intern_things(
    conn: WriteConnection, facts: Iterable[Fact], mentions: Iterable[Mention]
) -> Things:
    named = {mention.uri for mention in mentions}
    for fact in facts:
        named.update((fact.thing, *fact.document))
        more = (fact.parent, fact.flow, fact.other, fact.lot)
        named.update(uri for uri in more if uri is not None)
    uris = sorted(named)
    conn.execute(SQL.intern_things, {"uris": uris})
    return dict(conn.execute(SQL.thing_numbers, {"uris": uris}).fetchall())


def _intern_holders(conn: WriteConnection, facts: Iterable[Fact]) -> Holders:
    ends = {end for fact in facts for end in (fact.before, fact.after) if end is not None}
    given = {
        "parties": [holder.party for holder in ends],
        "sites": [holder.site for holder in ends],
    }
    conn.execute(SQL.intern_holders, given)
    rows = conn.execute(SQL.holder_numbers, given).fetchall()
    return {Holder(party, site): number for party, site, number in rows}


def _copy_facts(
    conn: WriteConnection, facts: Sequence[Fact], things: Things, holders: Holders
) -> None:
    with conn.cursor() as cursor, cursor.copy(SQL.copy_facts) as copy:
        copy.set_types(_FACT_TYPES)
        for fact in facts:
            copy.write_row(_fact_row(fact, things, holders))


def _fact_row(fact: Fact, things: Things, holders: Holders) -> tuple[object, ...]:
    arrived = fact.arrived or Span(None, None)
    return (
        fact.entry,
        fact.position,
        things[fact.thing],
        fact.line,
        fact.when.lo,
        fact.when.hi,
        arrived.lo,
        arrived.hi,
        None if fact.before is None else holders[fact.before],
        None if fact.after is None else holders[fact.after],
        None if fact.parent is None else things[fact.parent],
        None if fact.flow is None else things[fact.flow],
        None if fact.other is None else things[fact.other],
        None if fact.lot is None else things[fact.lot],
        [things[name] for name in fact.document] or None,
        fact.quantity,
        fact.unit,
        _KIND[fact.kind],
        None if fact.side is None else _SIDE[fact.side],
        _GRAIN[fact.grain],
        fact.held,
        fact.instrument,
        fact.inferred,
    )


def _copy_mentions(conn: WriteConnection, mentions: Sequence[Mention], things: Things) -> None:
    rows = {(things[mention.uri], int(mention.role), mention.entry) for mention in mentions}
    with conn.cursor() as cursor, cursor.copy(SQL.copy_mentions) as copy:
        copy.set_types(_MENTION_TYPES)
        for row in sorted(rows):
            copy.write_row(row)


def _copy_links(conn: WriteConnection, facts: Iterable[Fact], holders: Holders) -> None:
    with conn.cursor() as cursor, cursor.copy(SQL.copy_links) as copy:
        copy.set_types(_LINK_TYPES)
        for row in _link_rows(facts, holders):
            copy.write_row(row)


def _link_rows(facts: Iterable[Fact], holders: Holders) -> list[tuple[object, ...]]:
    """One row per event and pair of known holders; a held report counts too (it is possible)."""
    counted: Counter[tuple[object, ...]] = Counter()
    for fact in facts:
        if fact.kind is not FactKind.MOVED or fact.before is None or fact.after is None:
            continue
        if not (fact.before.known and fact.after.known):
            continue
        arrived = fact.arrived or fact.when
        key = (
            holders[fact.before],
            holders[fact.after],
            fact.when.lo,
            arrived.hi,
            fact.position,
            fact.entry,
        )
        counted[key] += 1
    return [(*key, lines) for key, lines in counted.items()]
