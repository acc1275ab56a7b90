"""Which events of a document are new, which came before, and which contradict what came."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct, structs

from suyuan.model import Event, Finding, Verdict
from suyuan.record import findings
from suyuan.record.bodies import Unpress
from suyuan.record.decode import Item, Outline, Reader
from suyuan.record.identity import conflicting
from suyuan.record.types import VERDICTS
from suyuan.store import Queries, ReadConnection, encoded

_Q: Final = Queries(__package__)
_ASKED: Final = 10_000  # events that are looked up at once


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

    fresh: tuple[Outline, ...]
    unread: tuple[Outline, ...]
    repeats: dict[int, Known]
    echoes: dict[int, int]


def sort_out(conn: ReadConnection, outlines: Sequence[Outline]) -> Sorted:
    """Tell new events from repeats, also from repeats inside the document.

    Same identity and digest: a repeat. Same identity, other digest: new, under an identity
    of its own.
    """
    readable = [one for one in outlines if one.at is not None]
    known = _known(conn, {one.identity for one in readable})
    readable = [_told_apart(one) if other else one
                for one, other in _with_conflict(readable, known)]  # fmt: skip
    known |= _known(conn, {one.identity for one in readable if one.is_other})
    fresh: dict[bytes, Outline] = {}
    repeats: dict[int, Known] = {}
    echoes: dict[int, int] = {}
    for one in readable:
        if one.identity in known:
            repeats[one.index] = known[one.identity]
        elif one.identity in fresh:
            echoes[one.index] = fresh[one.identity].index
        else:
            fresh[one.identity] = one
    unread = tuple(one for one in outlines if one.at is None)
    return Sorted(tuple(fresh.values()), unread, repeats, echoes)


def fresh_of(outline: Outline, reader: Reader, *, strict: bool) -> Fresh:
    """A new event, to be judged; where its id has other content a finding holds it.

    Strict: refuses it.
    """
    item = reader.item(outline.index)
    event = item.event
    assert event is not None  # noqa: S101 -- it was read before
    if outline.is_other:
        finding = findings.conflict(outline.event_id or "", strict=strict)
        item = structs.replace(item, identity=outline.identity, findings=(*item.findings, finding))
    return Fresh(item, event)


def _with_conflict(
    outlines: Iterable[Outline], known: dict[bytes, Known]
) -> Iterator[tuple[Outline, bool]]:
    """Each event, and whether its identity has other content already, here or in the record."""
    digests = {identity: one.digest for identity, one in known.items()}
    for one in outlines:
        yield one, digests.setdefault(one.identity, one.digest) != one.digest


def _told_apart(outline: Outline) -> Outline:
    other = conflicting(outline.identity, outline.digest)
    return structs.replace(outline, identity=other, is_other=True)


def _known(conn: ReadConnection, identities: Collection[bytes]) -> dict[bytes, Known]:
    bodies, known, asked = Unpress(conn), dict[bytes, Known](), iter(identities)
    while some := list(islice(asked, _ASKED)):
        rows = conn.execute(_Q.known, {"identities": encoded.bytea_array(some)}, binary=True)
        for row in rows:
            found = bodies.unpack(*row[4:7]).findings
            known[row[0]] = Known(row[2], row[1], VERDICTS[row[3]], found)
    return known
