"""Single pieces in a recall: each is touched whole, and surely is of the material or may be."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain

from msgspec.structs import replace

from suyuan.trace.groups import Group, parted
from suyuan.trace.material import Bounds
from suyuan.trace.reports import times
from suyuan.trace.types import Extent, Part, ScopeLine
from suyuan.trace.within import arrivals, brought_back, by_piece

_ZERO = Decimal(0)


def of_pieces(party: str, site: str, group: Group, drawn: Bounds, inside: set[str]) -> ScopeLine:
    """Single pieces: each is touched whole, and is surely of the material or may be.

    Of those `inside`, which lie within amounts of their lots, only what was told singly counts.
    """
    went, ended = (
        dict(zip(group.places, numbers, strict=True)) for numbers in parted(group, drawn)
    )
    found = dict.fromkeys(("came", "sent", "ended", "stock"), (_ZERO, _ZERO))
    things = 0
    for thing, places in by_piece(group.places).items():
        came, own = list(arrivals(drawn, places)), set(places)
        gone = [n for p in places for n in (*went[p], *ended[p])]
        things += bool(gone) or thing not in inside
        whole = any(p.start or drawn.came(p, drawn.arrivals(p, but=own)).least >= 1 for p in places)
        fates = {
            "came": (True, True),
            "sent": _happened(drawn, [n for p in places for n in went[p]]),
            "ended": _happened(drawn, [n for p in places for n in ended[p]]),
            "stock": _is_here(drawn, came, gone, [n for p in places for n in p.out]),
        }
        for name, (may_be, is_so) in fates.items():
            if thing in inside and name in {"came", "stock"}:
                continue
            touched, least = found[name]
            found[name] = touched + may_be, least + (whole and is_so)
    parts = {
        name: Part(touched=touched, material=Extent(least, touched))
        for name, (touched, least) in found.items()
    }
    return ScopeLine(
        party=party,
        site=site,
        thing="",
        unit=None,
        certain=group.certain,
        things=things,
        came=parts["came"],
        sent=parts["sent"],
        ended=parts["ended"],
        stock=parts["stock"],
    )


def _happened(drawn: Bounds, numbers: Sequence[int]) -> tuple[bool, bool]:
    """Whether one of these flows may have been, and whether one surely was."""
    return bool(numbers), any(drawn.flow(n).certain for n in numbers)


def _is_here(
    drawn: Bounds, came: Sequence[int], gone: Sequence[int], out: Sequence[int]
) -> tuple[bool, bool]:
    """Whether a piece may still be here, and whether it surely is: it came once more than it went.

    Of what nobody says how it came, it was here at first. Among what left of its lot it may be.
    """
    of_lot = sum(drawn.flow(n).covered for n in out)
    first = 0 if came else 1
    sure_came, sure_gone = (
        times(flow.reports for n in some if (flow := drawn.flow(n)).certain)
        for some in (came, gone)
    )
    return first + len(came) > sure_gone, first + sure_came > len(gone) + of_lot


def gone_singly(drawn: Bounds, group: Group, pieces: set[str]) -> tuple[int, int]:
    """How many of some pieces surely went from a holder by their own records, and how many may.

    One that came back as often as it went is there again.
    """
    gone: dict[str, list[int]] = defaultdict(list)
    for shelf, *parts in zip(group.places, *parted(group, drawn), strict=True):
        if shelf.place.thing in pieces:
            gone[shelf.place.thing] += chain(*parts)
    of = by_piece([shelf for shelf in group.places if shelf.place.thing in pieces])
    counts = [
        _at_least_and_most(drawn, numbers, brought_back(drawn, of[thing]))
        for thing, numbers in gone.items()
    ]
    return sum(sure for sure, _ in counts), sum(may_be for _, may_be in counts)


def _at_least_and_most(
    drawn: Bounds, gone: Sequence[int], back: Sequence[int]
) -> tuple[bool, bool]:
    """Whether a piece surely left once more than it came back, and whether it may have."""
    sure_gone, sure_back = (
        times(flow.reports for n in some if (flow := drawn.flow(n)).certain)
        for some in (gone, back)
    )
    return sure_gone > len(back), len(gone) > sure_back


def less_pieces(line: ScopeLine, sure: int, may_be: int) -> ScopeLine:
    """A lot's stock without pieces that went singly; what they weigh nobody says."""
    if not may_be:
        return line
    touched, material = line.stock.touched, line.stock.material
    if line.unit is not None:
        part = replace(line.stock, material=Extent(_ZERO, material.most), assumed=None)
    else:
        least = max(_ZERO, material.least - may_be)
        most = None if material.most is None else max(_ZERO, material.most - sure)
        rest = None if touched is None else max(_ZERO, touched - sure)
        part = Part(touched=rest, material=Extent(least, most))
    return replace(line, stock=part)
