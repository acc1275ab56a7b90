"""Takes what a recall left open and who asks; gives the buyers that sellers named there.

A seller reports to whom he sold, by name or code; the buyer has reported nothing. That is the
seller's word and no movement that both sides confirm, yet it is whom a recall has to reach.
"""

from collections.abc import Collection, Iterator

from msgspec import structs

from suyuan.exchange import disclose
from suyuan.families import Families, Family
from suyuan.interchange.types import Buyer
from suyuan.model import Event, Viewer
from suyuan.record import Recorded, read
from suyuan.store import ReadConnection
from suyuan.trace.types import OpenEndKind, Scope

_CODED = ("possessing_party", "owning_party")


def buyers(
    conn: ReadConnection, found: Scope, viewer: Viewer, *, families: Families, secret: bytes
) -> tuple[Buyer, ...]:
    """Who, by the seller's word alone, bought something touched; only what the viewer may read."""
    near = structs.replace(viewer, parts_only=True)
    open_ = [each for each in found.open_ends if each.kind is OpenEndKind.SENT_NEVER_RECEIVED]
    things = {each.pool.thing for each in open_}
    entries = sorted({entry for each in open_ for entry in each.entries})
    named = [
        buyer
        for recorded in read.events_at(conn, entries, near, secret=secret)
        if (shown := disclose.shown_event(recorded, near, families=families, secret=secret))
        for buyer in _of_sale(recorded, shown, things, _family(recorded, families))
    ]
    return tuple(sorted(named, key=lambda each: (each.at, each.entry, each.thing)))


def _family(recorded: Recorded, families: Families) -> Family | None:
    return families.family(recorded.family) if recorded.family else None


def _of_sale(
    recorded: Recorded, shown: Event, things: Collection[str], family: Family | None
) -> Iterator[Buyer]:
    coded = {ref.type: ref.value for ref in reversed(shown.destinations)}
    party = next((coded[each] for each in _CODED if each in coded), "")
    name = _said("buyer_name", shown, family)
    if not (party or name):
        return
    seller = next((r.value for r in shown.sources if r.type in _CODED), recorded.capturer)
    said = Buyer(
        entry=recorded.position,
        at=shown.event_time,
        offset=shown.offset,
        seller=seller,
        party=party,
        name=name,
        voucher=_said("voucher", shown, family),
    )
    for each in shown.quantities:
        if each.epc_class in things:
            yield structs.replace(said, thing=each.epc_class, quantity=each.quantity, unit=each.uom)
    for piece in shown.epcs:
        if piece in things:
            yield structs.replace(said, thing=piece)


def _said(item: str, event: Event, family: Family | None) -> str:
    """What the event says under an item of its family, as far as that is shown."""
    read = None if family is None else family.readers.get(item)
    return "、".join(str(each) for each in read(event)) if read else ""
