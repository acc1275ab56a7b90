"""Takes the record; gives what in the index is not what today's record and registry make of it.

Nothing is written: what each event should have left is derived again and held against the rows.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from msgspec import structs

from suyuan.index.acts import act_rows
from suyuan.index.apply import SQL, link_rows, mentions_of, numbered
from suyuan.index.blocks import spread
from suyuan.index.complete import known_of
from suyuan.index.derive import derive
from suyuan.index.described import Described
from suyuan.index.follow import BATCH, FACTS, entries_of, report_of
from suyuan.index.periods import uncovered
from suyuan.index.terms import terms_of
from suyuan.index.values import value_rows
from suyuan.kit import Text
from suyuan.kit.damage import Damage
from suyuan.model import Fact, Holder
from suyuan.record import Recorded, follow
from suyuan.store import ReadConnection, encoded, errors

Row = tuple[Any, ...]
Rows = dict[int, "Counter[Row]"]
"""By position, since that is what an event is found by."""

_DIFFERS: Final = Text(
    "索引 {what} 与记录和现在的登记推出的不同：损坏，或此后登记有变。",
    "index.{what} is not what the record and today's registry give: it is damaged, or the registry "
    "has changed since.",
)
_BEYOND: Final = Text(
    "索引记到位置 {found}，而账本到 {size}。",
    "The index says that it followed to {found}, and the ledger ends at {size}.",
)
_UNREADABLE: Final = Text(
    "索引中有读不懂的内容（{why}）：被改动或损坏。",
    "Something in the index makes no sense ({why}): it was changed or is damaged.",
)
CURE: Final = Text("suyuan reindex", "suyuan reindex")


class Moved(NamedTuple):
    """Entries at neighbouring positions that the index has so many positions before (`ahead`)."""

    first: int
    last: int
    ahead: int


def differences(
    conn: ReadConnection,
    size: int,
    *,
    moved: Sequence[Moved] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Damage]:
    """Every event whose rows in the index differ, as far as the index has followed.

    Where entries `moved` in the ledger, each is held against its rows where the index has them;
    declarations, master data and values, which are held as a whole, are not judged then.
    """
    try:
        yield from _differences(conn, size, _Places(moved), progress)
    except _UnreadableError as error:
        text = _UNREADABLE.format(why=type(error.__cause__).__name__)
        yield Damage(code="index.unreadable", place="index", text=text, cure=CURE)


class _UnreadableError(Exception):
    """What stands in the index cannot be read, whatever the record says."""


@contextmanager
def _reading() -> Iterator[None]:
    """Rows of the index, and nothing else, are read here."""
    try:
        yield
    except Exception as error:
        told = errors.in_midst(error)
        if told is not None and told.code == "store.page":  # which is told with its table
            raise
        raise _UnreadableError from error


class _Places:
    """Where the index has what stands at a position of the ledger now."""

    def __init__(self, moved: Sequence[Moved]) -> None:
        self.moved = moved
        self._firsts = [each.first for each in moved]

    def of(self, position: int) -> int:
        """The position that the index knows; behind the last that moved all did as it."""
        at = bisect_right(self._firsts, position) - 1
        if at < 0 or (position > self.moved[at].last and at + 1 < len(self.moved)):
            return position
        return position - self.moved[at].ahead

    def is_free(self, position: int) -> bool:
        """Whether the index may have there what the ledger has no more."""
        return any(
            min(each.first, each.first - each.ahead) <= position <= each.last - each.ahead
            for each in self.moved
        )


def _differences(
    conn: ReadConnection, size: int, places: _Places, progress: Callable[[int], None]
) -> Iterator[Damage]:
    cursor = conn.execute(SQL.cursor, {"projection": FACTS}).fetchone()
    end = cursor[0] if cursor else 0
    if end > max(size, places.of(size)):
        text = _BEYOND.format(found=end, size=size)
        yield Damage(code="index.beyond", place="index.cursor", text=text, cure=CURE)
    position, reached, rest = 0, 0, _Whole()
    while batch := list(follow(conn, position, BATCH)):
        position = batch[-1].position
        known = [structs.replace(each, position=places.of(each.position)) for each in batch]
        known = [each for each in sorted(known, key=_position) if each.position <= end]
        if not known:
            break
        yield from _batch(conn, known, places, after=min(reached, known[0].position - 1))
        rest.add(known)
        reached = max(reached, known[-1].position)
        progress(min(position, size))
        if position >= size:
            break
    with _reading():
        more = [*_extra(conn, reached), *([] if places.moved else rest.differences(conn))]
    yield from more


def _position(recorded: Recorded) -> int:
    return recorded.position


def _batch(
    conn: ReadConnection, batch: Sequence[Recorded], places: _Places, *, after: int
) -> Iterator[Damage]:
    span = {"first": after + 1, "last": batch[-1].position}
    wanted = _wanted(conn, batch)
    events = {each.position: each.event.event_id for each in batch}
    with _reading():
        found = _found(conn, span)
        outside = list(uncovered(conn, batch, **span))
    for each in outside:
        yield _differs("period", each.position, each.event.event_id)
    for what, rows in found.items():
        for position in sorted(rows.keys() | wanted[what].keys()):
            if position not in events and places.is_free(position):
                continue
            if rows.get(position) != wanted[what].get(position):
                yield _differs(what, position, events.get(position))


def _found(conn: ReadConnection, span: Mapping[str, int]) -> dict[str, Rows]:
    return {
        "act": _by_position(map(_act, conn.execute(SQL.acts_between, span)), at=1),
        "link": _by_position(conn.execute(SQL.links_between, span), at=4),
        "mention": _standing(spread(conn.execute(SQL.mentions_between, span)), span),
        "term": _standing(spread(conn.execute(SQL.terms_between, span)), span),
    }


def _wanted(conn: ReadConnection, batch: Sequence[Recorded]) -> dict[str, Rows]:
    tenants = {each.tenant for each in batch}
    known = {
        tenant: known_of(conn, [each for each in batch if each.tenant == tenant], tenant)
        for tenant in tenants
    }
    derived = [(each.position, derive(report_of(each), known[each.tenant])) for each in batch]
    facts = [fact for _, meaning in derived for fact in meaning.facts]
    said = {position: mentions_of(meaning) for position, meaning in derived}
    names = _names(conn, facts, {name for some in said.values() for name in some})
    holders = _holders(conn, facts)
    return {
        "act": _by_position(map(_act, act_rows(facts, holders, names, entries_of(batch))), at=1),
        "link": _by_position(link_rows(facts, holders), at=4),
        "mention": _by_position(_each(numbered(said, names).items()), at=0),
        "term": _by_position(_each((each.position, terms_of(each.event)) for each in batch), at=0),
    }


def _names(conn: ReadConnection, facts: Iterable[Fact], uris: set[str]) -> Mapping[str, int]:
    """The numbers of names; one that the index does not know has none that any row could have."""
    uris.update(uri for fact in facts for uri in fact.document)
    rows = conn.execute(SQL.name_numbers, {"uris": sorted(uris)}).fetchall()
    found = {uri: int(number) for uri, number in rows}
    return {uri: found.get(uri, -1) for uri in uris}


def _holders(conn: ReadConnection, facts: Iterable[Fact]) -> Mapping[Holder, int]:
    ends = {end for fact in facts for end in (fact.before, fact.after) if end is not None}
    asked = {"parties": [each.party for each in ends], "sites": [each.site for each in ends]}
    rows = conn.execute(SQL.holder_numbers, asked).fetchall()
    found = {Holder(party, site): number for party, site, number in rows}
    return {end: found.get(end, -1) for end in ends}


def _act(row: Sequence[Any]) -> Row:
    """A row of acts, read or to be written, in one form: arrays in the driver's own bytes."""
    *plain, documents, tenant, capturer, key, line, head, tails, quantity, quantities = row
    if isinstance(documents, list):
        documents = encoded.int4_array(documents)
    much = None if quantities is None else tuple(quantities)
    return (*plain, documents, tenant, capturer, key, line, head, tails, quantity, much)


def _by_position(rows: Iterable[Sequence[Any]], *, at: int) -> Rows:
    found: Rows = defaultdict(Counter)
    for row in rows:
        found[row[at]][tuple(row)] += 1
    return found


def _each(rows: Iterable[tuple[int, Collection[int]]]) -> Iterator[tuple[int, int]]:
    return ((position, member) for position, members in rows for member in members)


def _standing(found: Iterable[tuple[int, int]], span: Mapping[str, int]) -> Rows:
    """What stands in a span; its first and last blocks may reach beyond it."""
    first, last = span["first"], span["last"]
    return _by_position((each for each in found if first <= each[0] <= last), at=0)


def _extra(conn: ReadConnection, position: int) -> Iterator[Damage]:
    """Rows of entries that are not in the record, or lie beyond the cursor."""
    for what, found in conn.execute(SQL.strays, {"position": position}).fetchall():
        yield _differs(what, found)


class _Whole:
    """What is compared as a whole: withdrawals, declarations, master data, values."""

    def __init__(self) -> None:
        self._declarations: set[int] = set()
        self._described = Described()
        self._values: set[Row] = set()
        self._last = 0

    def add(self, batch: Sequence[Recorded]) -> None:
        """Note what these should have left."""
        self._declarations.update(each.entry for each in batch if each.event.error is not None)
        self._described.add(batch)
        self._values.update(value_rows(batch))
        self._last = batch[-1].position

    def differences(self, conn: ReadConnection) -> Iterator[Damage]:
        """Which tables hold something else."""
        yield from _errors(conn, self._declarations, self._last)
        if not self._described.is_kept(conn):
            yield _differs("vocabulary")
        if set(conn.execute(SQL.every_value).fetchall()) != self._values:
            yield _differs("value")


def _errors(conn: ReadConnection, declared: set[int], last: int) -> Iterator[Damage]:
    """Whether declarations, and what they took out, are kept as the record has them."""
    given = {"entries": list(declared), "position": last}
    pairs = conn.execute(SQL.declared_pairs, given).fetchall()
    effective = {row[0] for row in pairs}
    made = {(*row, row[0] in effective) for row in conn.execute(SQL.declarations_made, given)}
    if set(conn.execute(SQL.every_declaration)) != made:
        yield _differs("declaration")
    gone = _withdrawals(pairs)
    kept = conn.execute(SQL.every_withdrawal).fetchall()
    if {row[0] for row in kept} != gone.keys() or any(row[1:] not in gone[row[0]] for row in kept):
        yield _differs("withdrawal")


def _withdrawals(pairs: Iterable[Row]) -> dict[int, set[Row]]:
    """By original: from which position it is gone, and by which declaration.

    That is the first at which both were there. Where two declarations came before their original,
    either may be kept.
    """
    found: dict[int, set[Row]] = defaultdict(set)
    for declaration, declared, original, position in pairs:
        found[original].add((max(declared, position), declaration))
    return {
        original: {each for each in each_way if each[0] == min(each_way)[0]}
        for original, each_way in found.items()
    }


def _differs(what: str, position: int | None = None, event: str | None = None) -> Damage:
    place = f"index.{what}" + ("" if position is None else f" position {position}")
    return Damage(
        code="index.differs",
        place=place,
        text=_DIFFERS.format(what=what),
        cure=CURE,
        event=event,
        position=position,
    )
