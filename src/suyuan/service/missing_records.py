"""Takes the flows of the record and cases; gives which missing record tells most of the source.

What is missing is what a trace calls open: a movement that one side alone reports, a holder nobody
names, goods without a beginning, a holder who says nothing; and which lot was sold to the cases.
Each may be answered in several ways. How probable each is before any case is an assumption, stated
here and told with the answer; what a reply is worth is then exact (`suyuan.network.telling`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.model import FactKind, Side
from suyuan.network.locating import SOLD, Doubts, Flow
from suyuan.network.telling import Reply, summed, telling, whose_delivery
from suyuan.service.record_flows import OnRecord, eaten, much
from suyuan.trace.types import Confirmed, Direction, Link, OpenEndKind, Pool

TRUE: Final = 0.9
"""How probably a movement was as the one side says that reports it."""
SAME: Final = 0.5
"""How probably it is as it seems: goods without a beginning are their holder's own, and who is
silent about goods has sold them."""
KNOWN: Final = 0.9
"""How probably a holder whom nobody names is one of those on these flows, by what they trade."""
_NAMED: Final = 6
_OUTLETS: Final = 10
_MOST_WORK: Final = 200_000
_SHOWN: Final = 10
_LEAST: Final = 1e-6
_NEVER: Final = "-"
_NOBODY: Final = "\0nobody"
"""Stands for a place that is on none of these flows."""


class Missing(StrEnum):
    """What nobody said; but for the last two as a trace has its open ends."""

    SENT_NEVER_RECEIVED = "sent_never_received"
    RECEIVED_NEVER_SENT = "received_never_sent"
    HOLDER_SILENT = "holder_silent"
    NEVER_MADE = "never_made"
    HOLDER_UNKNOWN = "holder_unknown"
    LOT_UNKNOWN = "lot_unknown"


class Wanted(Struct, frozen=True, kw_only=True):
    """A record to ask for: of whom, about which thing, and what it is expected to tell, in bits.

    `other` is the other place, if it is known. `replies` are how probable each is now, by who is
    named: "" for that it is as it was told, or for nobody on these flows, "-" for that it was not.
    `direction` is the one in which a trace of the thing writes the form that asks.
    """

    kind: Missing
    ask: str
    other: str
    thing: str
    direction: Direction
    bits: float
    replies: tuple[tuple[str, float], ...]

    @property
    def said(self) -> Text:
        """What to ask, in a sentence."""
        return _SAID[self.kind].format(ask=self.ask, other=self.other or "–")


class WantedRecords(Struct, frozen=True, kw_only=True):
    """The most telling first. `weighed` gaps were gone through; the `left` ones are smaller."""

    best: tuple[Wanted, ...]
    weighed: int
    left: int

    @property
    def assumed(self) -> Text:
        """What was assumed of replies, and what was left out."""
        said = _ASSUMED.format(true=f"{TRUE:g}", same=f"{SAME:g}", known=f"{KNOWN:g}")
        more = _LEFT.format(weighed=self.weighed, left=self.left)
        return Text(said.zh + more.zh, f"{said.en} {more.en}") if self.left else said


_SAID: Final[Mapping[Missing, Text]] = {
    Missing.SENT_NEVER_RECEIVED: Text(
        "请 {ask} 确认是否收到 {other} 发出的货。",
        "Ask {ask} whether the goods that {other} sent came.",
    ),
    Missing.RECEIVED_NEVER_SENT: Text(
        "请 {ask} 确认是否给 {other} 发过货。", "Ask {ask} whether it sent goods to {other}."
    ),
    Missing.HOLDER_SILENT: Text(
        "请 {ask} 说明 {other} 发来的货去了哪里。",
        "Ask {ask} where the goods that {other} sent went.",
    ),
    Missing.NEVER_MADE: Text(
        "请 {ask} 说明货是自产还是从哪里来。",
        "Ask {ask} whether it made its goods or who sent them.",
    ),
    Missing.HOLDER_UNKNOWN: Text(
        "请 {ask} 说明没有写明的对方是谁。", "Ask {ask} who the other side was that nobody named."
    ),
    Missing.LOT_UNKNOWN: Text(
        "请 {ask} 查明一例所购的是谁送来的哪一批。",
        "Ask {ask} whose delivery, and which lot, one of the cases bought.",
    ),
}
_ASSUMED: Final = Text(
    "假设：只有一方报的流转有 {true} 的可能属实；没有来历的货有 {same} 的可能是自产，"
    "不回话的有 {same} 的可能就地售出；没有写明的对方有 {known} 的可能在这些流向上，"
    "按其往来数量分摊。",
    "Assumed: what one side alone reports is so with {true}; goods without a beginning are their"
    " holder's own, and a silent holder sold them, with {same}; who is not named is on these flows"
    " with {known}, shared out by what they trade.",
)
_LEFT: Final = Text(
    "缺口太多：只算了数量最大的 {weighed} 处，另有 {left} 处没有算。",
    "Too many gaps: the {weighed} largest were weighed, {left} were not.",
)


class _Gap(Struct, frozen=True, kw_only=True):
    """Something missing, how much it is about, and the replies that there may be."""

    kind: Missing
    ask: str
    other: str = ""
    thing: str
    direction: Direction
    amount: float
    replies: Sequence[Reply]


class _Trade(Struct, frozen=True, eq=False):
    """The flows of the record with what is asked of them again and again."""

    known: OnRecord
    called: Mapping[tuple[str, str], str]
    sent: Mapping[str, float]
    came: Mapping[str, float]


def wanted_records(
    known: OnRecord, cases: Mapping[str, int], doubts: Doubts, *, lots_known: bool
) -> WantedRecords:
    """Which record to ask for next; `lots_known`: the cases say what they ate.

    Raises:
        LocatingError: as `locate`.
    """
    trade = _trade(known)
    gaps = sorted(_gaps(trade), key=lambda gap: (-gap.amount, gap.kind, gap.ask, gap.other))
    amounts = summed(known.flows)
    room, found, weighed = _MOST_WORK // len(known.flows), list[Wanted](), 0
    for gap in gaps:
        room -= len(gap.replies)
        if room < 0:
            break
        weighed += 1
        told = telling(amounts, cases, doubts, gap.replies)
        names = (each.named for each in gap.replies)
        found.append(_wanted(gap, told.bits, zip(names, told.replies, strict=True)))
    outlets = () if lots_known else Counter(cases).most_common(_OUTLETS)
    found += [each for name, _ in outlets for each in _of_lot(trade, cases, doubts, name)]
    best = sorted(found, key=lambda each: (-each.bits, each.kind, each.ask, each.other))
    return WantedRecords(
        best=tuple(each for each in best[:_SHOWN] if each.bits > _LEAST),
        weighed=weighed,
        left=len(gaps) - weighed,
    )


def _wanted(gap: _Gap, bits: float, replies: Iterable[tuple[str, float]]) -> Wanted:
    return Wanted(
        kind=gap.kind,
        ask=gap.ask,
        other=gap.other,
        thing=gap.thing,
        direction=gap.direction,
        bits=bits,
        replies=tuple(replies),
    )


def _of_lot(
    trade: _Trade, cases: Mapping[str, int], doubts: Doubts, outlet: str
) -> Iterator[Wanted]:
    """Whose delivery a case bought, where there are several."""
    into = [n for n, flow in enumerate(trade.known.flows) if flow.target == outlet]
    if len({trade.known.flows[n].source for n in into}) < 2:  # noqa: PLR2004 -- several
        return
    givers, told = whose_delivery(trade.known.flows, cases, doubts, outlet)
    things = (link.target.thing for n in into if (link := trade.known.links[n]) is not None)
    yield Wanted(
        kind=Missing.LOT_UNKNOWN,
        ask=outlet,
        other="",
        thing=min(things, default=""),
        direction=Direction.BACKWARD,
        bits=told.bits,
        replies=tuple(zip(givers, told.replies, strict=True)),
    )


def _trade(known: OnRecord) -> _Trade:
    sent: dict[str, float] = defaultdict(float)
    came: dict[str, float] = defaultdict(float)
    for flow in known.flows:
        if flow.target in known.places:
            sent[flow.source] += flow.amount
            came[flow.target] += flow.amount
    return _Trade(known, {holder: name for name, holder in known.places.items()}, sent, came)


def _gaps(trade: _Trade) -> Iterator[_Gap]:
    yield from _one_sided(trade)
    nameless = list(_nameless(trade))
    yield from nameless
    asked = {gap.ask for gap in nameless if gap.direction is Direction.BACKWARD}
    yield from _without_beginning(trade, asked)


def _one_sided(trade: _Trade) -> Iterator[_Gap]:
    """Movements between two places that one of them alone reports, and silent takers."""
    told: dict[tuple[str, str, Confirmed], list[tuple[Flow, Link]]] = defaultdict(list)
    for flow, link in zip(trade.known.flows, trade.known.links, strict=True):
        if link is not None and link.confirmed is not Confirmed.BOTH:
            told[flow.source, flow.target, link.confirmed].append((flow, link))
    silent = _silent(trade)
    for (giver, taker, side), some in told.items():
        amount = sum(flow.amount for flow, _ in some)
        sent = side is Confirmed.SENT
        gone = Flow(giver, taker, -amount)
        # What never came is not there either; what came and was not theirs is somebody's.
        instead = Flow(taker, SOLD, -amount) if sent else Flow(_NOBODY, taker, amount)
        never = Reply(chance=1 - TRUE, named=_NEVER, changes=(gone, instead))
        on = _sent_on(trade, taker, giver, amount) if sent and taker in silent else []
        yield _Gap(
            kind=Missing.HOLDER_SILENT
            if on
            else Missing.SENT_NEVER_RECEIVED
            if sent
            else Missing.RECEIVED_NEVER_SENT,
            ask=taker if sent else giver,
            other=giver if sent else taker,
            thing=min(link.target.thing for _, link in some),
            direction=Direction.FORWARD if sent else Direction.BACKWARD,
            amount=amount,
            replies=[Reply(chance=TRUE * (SAME if on else 1)), never, *on],
        )


def _silent(trade: _Trade) -> set[str]:
    """Places that were sent something, and of which nobody says that anything left them."""
    quiet = {
        trade.called.get((end.pool.party, end.pool.site))
        for end in trade.known.by_then.open_ends
        if end.kind is OpenEndKind.HOLDER_SILENT
    }
    return {name for name in quiet if name is not None and not trade.sent.get(name)}


def _sent_on(trade: _Trade, taker: str, giver: str, amount: float) -> list[Reply]:
    """A silent holder sent it on to one of those who are sent something."""
    return [
        Reply(
            chance=TRUE * (1 - SAME) * share,
            named=name,
            changes=(Flow(taker, SOLD, -amount), Flow(taker, name, amount)),
        )
        for name, share in _likely(trade.came, {taker, giver})
    ]


def _likely(amounts: Mapping[str, float], but: set[str]) -> list[tuple[str, float]]:
    """The places with the largest amounts, each with its share among them."""
    some = sorted((-much, name) for name, much in amounts.items() if much and name not in but)
    total = -sum(much for much, _ in some[:_NAMED])
    return [(name, -much / total) for much, name in some[:_NAMED]]


def _nameless(trade: _Trade) -> Iterator[_Gap]:
    """Movements of which one side is not named."""
    told: dict[tuple[str, bool, str], list[tuple[float, str]]] = defaultdict(list)
    for link in eaten(trade.known.by_then):
        gives = not link.source.unknown
        near, far = (link.source, link.target) if gives else (link.target, link.source)
        name = trade.called.get((near.party, near.site))
        stated, unit = much(link)
        if name is None or near.unknown or not far.unknown or not stated:
            continue
        if unit == trade.known.units.get(name, unit):
            told[name, gives, far.party].append((float(stated), link.source.thing))
    for (name, gives, party), some in told.items():
        amount = sum(each for each, _ in some)
        yield _Gap(
            kind=Missing.HOLDER_UNKNOWN,
            ask=name,
            thing=min(thing for _, thing in some),
            direction=Direction.FORWARD if gives else Direction.BACKWARD,
            amount=amount,
            replies=_who(trade, name, party, amount, gives=gives),
        )


def _who(trade: _Trade, name: str, party: str, amount: float, *, gives: bool) -> list[Reply]:
    traded = trade.came if gives else trade.sent
    own = {each for each, (who, _) in trade.known.places.items() if who == party and party}
    among = {each: traded.get(each, 0.0) or 1.0 for each in own} if own else traded
    named = [(each, KNOWN * share) for each, share in _likely(among, {name})]
    rest = 1 - sum(share for _, share in named)
    return [
        Reply(
            chance=chance,
            named="" if each == _NOBODY else each,
            changes=(Flow(name, each, amount) if gives else Flow(each, name, amount),),
        )
        for each, chance in (*named, (_NOBODY, rest))
    ]


def _without_beginning(trade: _Trade, asked: set[str]) -> Iterator[_Gap]:
    """Places that nothing comes to, and of which nobody says that they make anything."""
    makers = {
        (fact.after.party or "", fact.after.site or "")
        for fact in trade.known.facts
        if fact.after is not None and (fact.kind is FactKind.MADE or fact.side is Side.OUTPUT)
    }
    things = _first_things(trade.known.links)
    for name, amount in trade.sent.items():
        if trade.came.get(name) or trade.known.places[name] in makers or name in asked:
            continue
        from_whom = [(each, (1 - SAME) * KNOWN * s) for each, s in _likely(trade.sent, {name})]
        rest = 1 - SAME - sum(chance for _, chance in from_whom)
        replies = [
            Reply(chance=chance, named=each, changes=(Flow(each, name, amount),))
            for each, chance in from_whom
        ]
        nobody = Reply(chance=rest, changes=(Flow(_NOBODY, name, amount),))
        yield _Gap(
            kind=Missing.NEVER_MADE,
            ask=name,
            thing=things.get(trade.known.places[name], ""),
            direction=Direction.BACKWARD,
            amount=amount,
            replies=[Reply(chance=SAME, named=name), *replies, nobody],
        )


def _first_things(links: Iterable[Link | None]) -> dict[tuple[str, str], str]:
    """By holder the first by name of what left it."""
    found: dict[tuple[str, str], str] = {}
    for link in links:
        if link is not None:
            pool: Pool = link.source
            holder = pool.party, pool.site
            found[holder] = min(found.get(holder, pool.thing), pool.thing)
    return found
