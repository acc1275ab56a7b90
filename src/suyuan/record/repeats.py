"""Which events of a document are new, which came before, and which contradict what came."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct, structs

from suyuan.model import Event, Finding, Verdict
from suyuan.record import findings
from suyuan.record.bodies import Unpress
from suyuan.record.decode import Item
from suyuan.record.identity import conflicting
from suyuan.record.types import VERDICTS
from suyuan.store import Queries, ReadConnection

_Q: Final = Queries(__package__)


class Known(Struct, frozen=True, gc=False):
    """An event recorded before, and how it was answered."""

    entry: int
    digest: bytes
    verdict: Verdict
    findings: tuple[Finding, ...]


class Fresh(Struct, frozen=True, gc=False):
    """An event to be judged: not recorded before, or with other content than before."""

    item: Item
    event: Event


class Sorted(Struct, frozen=True):
    """A document's events by what is to be done with them.

    `repeats` maps an index to what was recorded before, `echoes` an index to the earlier one
    of the same document that says the same.
    """

    fresh: tuple[Fresh, ...]
    unread: tuple[Item, ...]
    repeats: dict[int, Known]
    echoes: dict[int, int]


def sort_out(conn: ReadConnection, items: Sequence[Item], *, strict: bool) -> Sorted:
    """Tell new events from repeats, also from repeats inside the document.

    Same identity and digest: a repeat. Same identity, other digest: new, under an identity
    of its own, with a finding that holds it (strict: refuses it).
    """
    readable = [item for item in items if item.event is not None]
    known = _known(conn, {item.identity for item in readable})
    readable = [_told_apart(one, strict=strict) if other else one
                for one, other in _with_conflict(readable, known)]  # fmt: skip
    known |= _known(conn, _new_identities(items, readable))
    fresh: dict[bytes, Fresh] = {}
    repeats: dict[int, Known] = {}
    echoes: dict[int, int] = {}
    for item in readable:
        if item.identity in known:
            repeats[item.index] = known[item.identity]
        elif item.identity in fresh:
            echoes[item.index] = fresh[item.identity].item.index
        elif item.event is not None:
            fresh[item.identity] = Fresh(item, item.event)
    unread = tuple(item for item in items if item.event is None)
    return Sorted(tuple(fresh.values()), unread, repeats, echoes)


def _with_conflict(items: Iterable[Item], known: dict[bytes, Known]) -> Iterator[tuple[Item, bool]]:
    """Each event, and whether its identity has other content already, here or in the record."""
    digests = {identity: one.digest for identity, one in known.items()}
    for item in items:
        yield item, digests.setdefault(item.identity, item.digest) != item.digest


def _new_identities(before: Iterable[Item], after: Iterable[Item]) -> set[bytes]:
    """The identities that told-apart events got: nothing else may be looked up again.

    What another transaction commits between two look-ups would be taken for a repeat whatever
    its content. Left alone, it meets us at the unique index, and we start over.
    """
    return {item.identity for item in after} - {item.identity for item in before}


def _told_apart(item: Item, *, strict: bool) -> Item:
    event_id = item.event.event_id if item.event is not None else None
    finding = findings.conflict(event_id or "", strict=strict)
    return structs.replace(
        item,
        identity=conflicting(item.identity, item.digest),
        findings=(*item.findings, finding),
    )


def _known(conn: ReadConnection, identities: Collection[bytes]) -> dict[bytes, Known]:
    if not identities:
        return {}
    bodies = Unpress(conn)
    rows = conn.execute(_Q.known, {"identities": list(identities)}, binary=True)
    return {
        row[0]: Known(
            row[2],
            row[1],
            VERDICTS[row[3]],
            bodies.unpack(*row[4:7]).findings,
        )
        for row in rows
    }
