"""Takes what reports mean; gives rows of the index, inside the transaction it is handed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from suyuan.index import acts
from suyuan.index.acts import Entries, Holders, Names
from suyuan.index.blocks import Blocks, keep
from suyuan.index.types import STATING, Derived
from suyuan.model import Fact, FactKind, Holder
from suyuan.store import Queries, WriteConnection, encoded

SQL = Queries("suyuan.index")
_EVER, _NEVER = datetime(1900, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
"""The ends of an open time between holders: a link of arrays has a number for both."""

_MENTIONS: Final = Blocks(take=SQL.take_mentions, copy=SQL.copy_mentions)
_LINK_TYPES = ["int4", "int4", "timestamptz", "timestamptz", "int8", "int8", "int4"]


def apply(
    conn: WriteConnection,
    derived: Sequence[tuple[int, Derived]],
    entries: Entries,
    *,
    after: int,
) -> None:
    """Write the facts, mentions and links of reports, given with their positions and entries.

    `after` is where the batch before ended.
    """
    facts = [fact for _, meaning in derived for fact in meaning.facts]
    mentions = {position: mentions_of(meaning) for position, meaning in derived}
    names = intern_names(conn, facts, (name for some in mentions.values() for name in some))
    _copy_links(conn, facts, write_facts(conn, facts, names, entries))
    keep(conn, _MENTIONS, numbered(mentions, names), after=after)


def write_facts(
    conn: WriteConnection, facts: Sequence[Fact], names: Names, entries: Entries
) -> Holders:
    """Write facts, as they come event by event; gives the numbers of their holders."""
    holders = _intern_holders(conn, facts)
    with encoded.takes_encoded(conn.cursor()).copy(SQL.copy_acts) as copy:
        copy.set_types(acts.TYPES)
        for row in acts.act_rows(facts, holders, names, entries):
            copy.write_row(row)
    return holders


def _intern_holders(conn: WriteConnection, facts: Iterable[Fact]) -> Holders:
    ends = {end for fact in facts for end in (fact.before, fact.after) if end is not None}
    given = {
        "parties": [holder.party for holder in ends],
        "sites": [holder.site for holder in ends],
    }
    conn.execute(SQL.intern_holders, given)
    rows = conn.execute(SQL.holder_numbers, given).fetchall()
    return {Holder(party, site): number for party, site, number in rows}


Mentions = Mapping[str, bool]
"""Names, and whether the event states something of each."""


def mentions_of(meaning: Derived) -> Mentions:
    """What else an event names; a container that it states facts of is found by these."""
    stating = {uri for uri, role in meaning.mentions if role in STATING}
    stating.difference_update(fact.thing for fact in meaning.facts)
    beside = {uri for uri, role in meaning.mentions if role not in STATING}
    return dict.fromkeys(beside, False) | dict.fromkeys(stating, True)


def numbered(mentions: Mapping[int, Mentions], numbers: Names) -> dict[int, list[int]]:
    """The numbers of the names at each position; below zero where something is stated of them."""
    return {
        position: [-numbers[uri] if states else numbers[uri] for uri, states in some.items()]
        for position, some in mentions.items()
    }


def intern_names(conn: WriteConnection, facts: Iterable[Fact], beside: Iterable[str]) -> Names:
    """The numbers of documents and of whatever else is named beside things."""
    named = set(beside)
    named.update(uri for fact in facts for uri in fact.document)
    uris = sorted(named)
    conn.execute(SQL.intern_names, {"uris": uris})
    return dict(conn.execute(SQL.name_numbers, {"uris": uris}).fetchall())


def _copy_links(conn: WriteConnection, facts: Iterable[Fact], holders: Holders) -> None:
    with conn.cursor() as cursor, cursor.copy(SQL.copy_links) as copy:
        copy.set_types(_LINK_TYPES)
        for row in link_rows(facts, holders):
            copy.write_row(row)


def link_rows(facts: Iterable[Fact], holders: Holders) -> list[tuple[object, ...]]:
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
            fact.when.lo or _EVER,
            arrived.hi or _NEVER,
            fact.position,
            fact.entry,
        )
        counted[key] += 1
    return [(*key, lines) for key, lines in counted.items()]
