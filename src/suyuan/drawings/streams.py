"""Takes an answer; gives how much went from whom to whom, at least and at most, box by box.

Of a recall: how much is touched, and of the material itself. Of a trace: what both sides state.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from msgspec import Struct

from suyuan.drawings.folding import folded
from suyuan.drawings.limits import Limits, limits, within
from suyuan.drawings.order import ordered, standings
from suyuan.drawings.reached import chart_of_pairs, order_of_recall
from suyuan.drawings.types import Box, Chart, Holder, Stream
from suyuan.interchange.types import Answering, is_piece
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.kit.quantity import Quantity, normal
from suyuan.service import Recall, Told
from suyuan.trace import alike as pieces
from suyuan.trace.types import Extent, Link, LinkKind, Pool, Transfer

_MADE: Final = Text("制成", "made it")
_PASSED: Final = Text("转出", "passed it on")
_SOME: Final = Text("转出一部分", "passed some on")
_STILL: Final = Text("未见转出", "not seen to leave")
_UNTIL_NOW: Final = Text("{begin} – 至今", "{begin} – now")
_NO_DAY: Final = Text("日期不明", "day unknown")
_NOTHING: Final = Decimal(0)


def of_recall(found: Recall, about: Told) -> tuple[list[Holder], Chart, list[Stream]]:
    """The holders in the order of the chart's boxes, the chart, and what went along its legs.

    `about` is the trace under the recall.
    """
    order, chart = order_of_recall(found, things_held(about), standings(about))
    place = {holder: number for number, holder in enumerate(order)}
    known = limits(about.answer)
    drawn = (each for each in found.transfers if _is_drawn(place, each))
    return order, chart, [_stream(place, each, known) for each in drawn]


def _stream(place: Mapping[Holder, int], each: Transfer, known: Limits) -> Stream:
    giver, taker = (each.source_party, each.source_site), (each.target_party, each.target_site)
    most = None if each.touched is None else known.between(giver, taker, each.unit)
    return Stream(
        source=place[giver],
        target=place[taker],
        touched=each.touched if most is None or each.touched is None else min(each.touched, most),
        material=within(each.material, most),
        unit=each.unit,
        certain=each.certain,
    )


def _is_drawn(place: Mapping[Holder, int], each: Transfer) -> bool:
    """Whether both ends are in the chart."""
    giver, taker = (each.source_party, each.source_site), (each.target_party, each.target_site)
    return giver in place and taker in place


def of_trace(told: Told) -> tuple[list[Holder], Chart, list[Stream]]:
    """The holders in the order of the chart's boxes, who had it from whom, how much they say."""
    pairs: dict[tuple[Holder, Holder], list[_Stated]] = defaultdict(list)
    for stated in _stated(told):
        pairs[stated.giver, stated.taker].append(stated)
    holders = {(each.party, each.site): each for each in told.responsible}
    every = dict.fromkeys(holders) | dict.fromkeys(end for pair in pairs for end in pair)
    order = ordered(every, pairs, standings(told))
    place = {holder: number for number, holder in enumerate(order)}
    things = things_held(told)
    givers = {giver for giver, _ in pairs}
    boxes = [
        _box(told, each, holders.get(each), things.get(each, {}), gives=each in givers)
        for each in order
    ]
    known = limits(told.answer).between
    certain = {pair: any(each.certain for each in some) for pair, some in pairs.items()}
    return (
        order,
        chart_of_pairs(order, boxes, certain, folded),
        [
            stream
            for (giver, taker), some in pairs.items()
            for stream in _added(place[giver], place[taker], some, partial(known, giver, taker))
        ],
    )


def things_held(told: Told) -> dict[Holder, dict[str, int]]:
    """What each holder had, and for how many pieces that are alike each stands."""
    found: dict[Holder, dict[str, int]] = defaultdict(dict)
    for node in told.answer.nodes:
        pool = node.pool
        if pool.thing:
            count = pieces.count_of(pool.thing, told.alike)
            found[pool.party, pool.site][pool.thing] = count
    return found


class _Stated(Struct, frozen=True):
    giver: Holder
    taker: Holder
    least: Decimal | None
    most: Decimal | None
    unit: str | None
    certain: bool


def _stated(told: Told) -> Iterator[_Stated]:
    """Movements between holders with what each side states; a piece is one, whoever counts."""
    boxes = {link.source.container for link in told.answer.links}
    for link in told.answer.links:
        giver, taker = (link.source.party, link.source.site), (link.target.party, link.target.site)
        if link.kind is LinkKind.MOVED and giver != taker:
            if link.source.thing in boxes:
                continue  # what is in it is counted, and it is none of it
            unit, amounts = _amounts(link)
            if not amounts and is_piece(link.source.thing):
                amounts = [Decimal(1)]
            count = pieces.links_of(link, told.alike)
            amounts = [each * count for each in amounts]
            least, most = (min(amounts), max(amounts)) if amounts else (None, None)
            yield _Stated(giver, taker, least, most, unit, link.certain)


def _amounts(link: Link) -> tuple[str | None, list[Decimal]]:
    """What each side states, in one base unit: the sender's, where the receiver's is another."""
    said = [
        normal(Quantity(much, unit))
        for much, unit in ((link.quantity, link.unit), (link.received, link.received_unit))
        if much is not None
    ]
    unit = said[0].unit if said else normal(Quantity(_NOTHING, link.unit)).unit
    return unit, [each.value for each in said if each.unit == unit]


def _added(
    source: int,
    target: int,
    some: Sequence[_Stated],
    limit: Callable[[str | None], Decimal | None],
) -> Iterator[Stream]:
    """One stream for each unit; one amount that nobody states makes the whole unknown."""
    by_unit: dict[str | None, list[_Stated]] = defaultdict(list)
    for each in some:
        by_unit[each.unit].append(each)
    for unit, alike in by_unit.items():
        least = sum((each.least for each in alike if each.least is not None), _NOTHING)
        tops = [each.most for each in alike]
        most = None if None in tops else sum((m for m in tops if m is not None), _NOTHING)
        stated = Extent(least, most) if most is None else within(Extent(least, most), limit(unit))
        yield Stream(
            source=source,
            target=target,
            touched=stated.most,
            material=stated,
            unit=unit,
            certain=any(each.certain for each in alike),
        )


def _box(
    told: Told,
    holder: Holder,
    each: Answering | None,
    things: Mapping[str, int],
    *,
    gives: bool,
) -> Box:
    name = told.names.holder(Pool("", *holder))
    return Box(
        name=Text(name, name),
        words=(_days(each),),
        certain=each.certain if each else False,
        stage=_stage(each, gives=gives),
        party=_party(told, holder[0]),
        things=things,
    )


def _days(each: Answering | None) -> Text:
    """From when to when he had it, as far as is known; who has some of it, until now."""
    known = [at for at in (each.since, each.until) if at is not None] if each else []
    days = list(dict.fromkeys(f"{there(at, '+08:00'):%Y-%m-%d}" for at in known))
    if not days:
        return _NO_DAY
    begin = " – ".join(days)
    return _UNTIL_NOW.format(begin=begin) if each and each.still else Text(begin, begin)


def _stage(each: Answering | None, *, gives: bool) -> Text:
    """What a holder did with it, as far as is known."""
    if each is not None and each.made:
        return _MADE
    if each is None or each.until is not None:
        return _PASSED
    return _SOME if gives else _STILL


def _party(told: Told, party: str) -> tuple[str, Text] | None:
    name = told.names.parties.get(party) or party
    return (party, Text(name, name)) if party else None
