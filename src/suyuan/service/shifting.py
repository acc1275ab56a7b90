"""Takes receipts and the ledger; gives those whose entries it has not where they prove them to be.

Where an entry was put in or taken out, all behind it stand elsewhere: they are found again by what
was logged of them, in one reading of the leaves, and neighbours that moved together are one.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct

from suyuan import ledger
from suyuan.ledger import leaves_after
from suyuan.service.placing import FEW
from suyuan.store import ReadConnection
from suyuan.tlog.artefact import Proven

_AT_ONCE: Final = 5_000
Placed = tuple[int, Proven, bool]
"""The position that a receipt proves, the receipt, and whether the ledger has its entry there."""


class Lost(Struct, frozen=True, kw_only=True):
    """Receipts of so many neighbours, the first of which is `receipt`, from `position` to `last`.

    `ahead` is by how much all their entries stand further now; None where they are nowhere.
    """

    receipt: Proven
    position: int
    last: int
    count: int
    ahead: int | None


def receipts(conn: ReadConnection, known: Sequence[Placed]) -> Iterator[Lost]:
    """Each receipt that the ledger belies; one for all where at least a few moved together."""
    lost = sorted(
        ((at, each) for at, each, is_there in known if not is_there), key=lambda found: found[0]
    )
    places = _elsewhere(conn, {each.entry for _, each in lost if each.entry}) if lost else {}

    def ahead(found: tuple[int, Proven]) -> int | None:
        now = places.get(found[1].entry or b"")
        return None if now is None else now - found[0]

    for by, group in groupby(lost, key=ahead):
        run = list(group)
        alone = [[each] for each in run]
        for part in [run] if by is not None and len(run) >= FEW else alone:
            first, last = part[0], part[-1]
            yield Lost(receipt=first[1], position=first[0], last=last[0], count=len(part), ahead=by)


def _elsewhere(conn: ReadConnection, wanted: Collection[bytes]) -> dict[bytes, int]:
    """Where entries stand now, by the bytes that were logged of them."""
    found, size, last = dict[bytes, int](), ledger.head(conn).size, 0
    while part := leaves_after(conn, last, limit=_AT_ONCE):
        found |= {each.logged: each.position for each in part if each.logged in wanted}
        last = part[-1].position
        if last >= size:
            break
    return found
