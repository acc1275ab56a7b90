"""Takes things, or none, and who asks; gives the flows between places that are on record.

What the things came from is traced back to its origins, and all of that forward again, so that
places which had it and no case count too. Without a thing, all that the viewer may see is taken.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec import Struct, structs

from suyuan.codes import privacy, shown, unknown
from suyuan.interchange.types import Names, is_piece
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.kit.quantity import Quantity, normal
from suyuan.kit.text import Lang, joined
from suyuan.model import Fact, Viewer, is_carrier
from suyuan.registry import directory
from suyuan.service import contact_roots, product_lots
from suyuan.service.asking import subjects
from suyuan.service.handing import names_of
from suyuan.service.locating import Holder, TableError
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.trace import Answer, Direction, Question, Seed, ask, gather, resting, sweep
from suyuan.trace import answer as answers
from suyuan.trace.types import Link, LinkKind, Pool

if TYPE_CHECKING:
    from suyuan.network.locating import Flow

_NO_PLACE: Final = Text(
    "您能看到的这些流向上没有：{places}。没有推算。请核对编码，或写场所的登记名称；"
    "限定了追溯单元的，也可能是它没有到过那里。",
    "On none of these flows, as far as you may see them: {places}. Nothing was reckoned. Compare "
    "the code, or write the site's name; if a thing is named, it may not have been there.",
)
_SEVERAL: Final = Text(
    "“{place}”是 {count} 处：{places}。请写其中一处的编码。",
    "'{place}' is {count:place|places}: {places}. Write the code of one of them.",
)
_NAMED: Final = 6
_NO_FLOW: Final = Text(
    "记录里没有带数量的流向；请给出追溯单元，或用 suyuan source FLOWS CASES。",
    "No flow with an amount is on record; name a thing, or use suyuan source FLOWS CASES.",
)
_NO_FLOW_OF: Final = Text(
    "记录里没有 {things} 带数量的流向", "No flow with an amount is on record of {things}"
)
_NO_FLOW_BY: Final = Text(
    "到 {day} 为止，记录里没有带数量的流向；请核对购买日期和追溯单元。",
    "No flow with an amount is on record by {day}; compare the days of purchase, and the thing.",
)
_NO_REST: Final = Text(
    "停留时间的假设要说明追溯单元：没有它，全部流向都在内，什么也不会少。",
    "What is assumed of holding times needs a thing: without one all flows are in, and none less.",
)


class FlowsAsked(Struct, frozen=True, kw_only=True):
    """Which flows are meant: those of what the things came from; of before `as_of`.

    Without `things`, at most `most_facts` facts of the record are read. `rest` is assumed of how
    long goods stay; it parts what came of the things from what did not, so it needs them.
    """

    things: tuple[str, ...] = ()
    as_of: datetime | None = None
    rest: resting.Rest = resting.Rest()
    most_facts: int = 200_000


class Lookup(Struct, frozen=True, eq=False):
    """The places of the flows by what they are called, and by any of their codes."""

    named: Mapping[str, set[str]]
    places: Mapping[str, Holder]
    platform: Platform

    def meant(self, text: str) -> set[str]:
        """The places that a text may mean."""
        names = contact_roots.meant(self.platform, text, contact_roots.REGISTER)
        return next(filter(None, (self.named.get(name.casefold()) for name in names)), set())


class OnRecord(Struct, frozen=True, kw_only=True, eq=False):
    """Flows of the record by the names of places; `lookup` has the places that a text may mean.

    `found` is all that they were drawn from, `by_then` what of it had happened when they end;
    `things` are those asked about, by their own names.
    `links` says of each flow which movement it is of; None: it was sold, or is still there.
    `units` are those that the flows from each place are in. By flows of the ends `returned` a place
    only gets back what it sent; to those `besides` something comes that is in none of the flows.
    """

    things: Collection[str]
    found: Answer
    by_then: Answer
    facts: Sequence[Fact]
    flows: "Sequence[Flow]"
    links: Sequence[Link | None]
    units: Mapping[str, str | None]
    returned: Collection[tuple[str, str]]
    besides: Collection[str]
    left_out: int
    places: Mapping[str, Holder]
    lookup: Lookup


def flows_on_record(
    platform: Platform,
    things: Sequence[str],
    asked: FlowsAsked,
    viewer: Viewer,
    *,
    lang: Lang,
    until: datetime | None = None,
    limit: gather.Limit | None = None,
) -> OnRecord:
    """All flows of what the things came from; without things, all flows that the viewer may see.

    Flows are those of what had happened `until` then. `limit` bounds what is read.

    Raises:
        SuyuanError: a thing that is not known, no flow, or an assumption that needs a thing.
    """
    named = _named(platform, things, viewer)
    found, facts = _forward(platform, named, asked, viewer, limit or gather.Limit())
    by_then = found if until is None else _as_of(found, facts, until)
    with platform.store.read() as conn:
        names, _ = names_of(conn, found, viewer, platform.recorder.secret, lang)
        places = _places(found, names)
        registered = _registered(conn, places.values(), viewer)
    called = {holder: name for name, holder in places.items()}
    drawn = _flows(by_then, called)
    if not drawn.flows:
        if until is not None and _flows(found, called).flows:
            day = there(until, CHINA).date().isoformat()
            raise SuyuanError("source.later", _NO_FLOW_BY.format(day=day), "cases")
        raise SuyuanError("source.no-flow", _no_flow(platform, named, viewer), "thing")
    return OnRecord(
        things=frozenset(named),
        found=found,
        by_then=by_then,
        facts=facts,
        flows=drawn.flows,
        links=drawn.links,
        units=drawn.units,
        returned=drawn.returned(),
        besides=drawn.besides,
        left_out=drawn.left_out,
        places=places,
        lookup=Lookup(_lookup(places, names, registered), places, platform),
    )


def _as_of(found: Answer, facts: Sequence[Fact], until: datetime) -> Answer:
    """The same of what had happened by then, from the facts that were read."""
    asked = found.question
    question = structs.replace(asked, as_of=min(until, asked.as_of or until))
    return answers.answer(
        facts,
        question,
        position=found.position,
        truncated=found.truncated,
        rounds=found.cost.rounds,
    )


def _no_flow(platform: Platform, things: Sequence[str], viewer: Viewer) -> Text:
    """Why there is none: of a product that its lots are to be asked about, of others no more."""
    if not things:
        return _NO_FLOW
    with platform.store.read() as conn:
        lots = product_lots.lots_said(platform, conn, things, viewer, "source CASES --thing")
    shown_things = joined(shown.code_text(each) for each in things[:_NAMED])
    said = [_NO_FLOW_OF.format(things=shown_things), *lots]
    return Text("".join(f"{each.zh}。" for each in said), " ".join(f"{each.en}." for each in said))


def _named(platform: Platform, texts: Sequence[str], viewer: Viewer) -> list[str]:
    found = subjects(platform, texts, viewer)
    for text, each in zip(texts, found, strict=True):
        if each is None:
            raise SuyuanError("source.thing", unknown.no_code(text), "thing")
    return [each.canonical for each in found if each is not None]


def _forward(
    platform: Platform,
    things: Sequence[str],
    asked: FlowsAsked,
    viewer: Viewer,
    limit: gather.Limit,
) -> tuple[Answer, tuple[Fact, ...]]:
    """Everything that came of what these things came from, and its facts; without any, all."""
    near, secret = structs.replace(viewer, parts_only=True), platform.recorder.secret
    if not things and asked.rest:
        raise SuyuanError("source.rest", _NO_REST, "hold_for")
    if not things:
        return _all_there_is(platform, asked, near, limit)
    with platform.store.read() as conn:
        back = _question(things, Direction.BACKWARD, asked)
        origins = _origins(ask.trace(conn, back, near, secret=secret, limit=limit))
        onward = _question(origins or things, Direction.FORWARD, asked)
        known = ask.reached(conn, onward, near, secret=secret, limit=limit)
    return known.answer(), known.gathered.facts


def _all_there_is(
    platform: Platform, asked: FlowsAsked, viewer: Viewer, limit: gather.Limit
) -> tuple[Answer, tuple[Fact, ...]]:
    """All that the viewer may see, up to the limit, put together when the transaction is over."""
    secret, limit = platform.recorder.secret, structs.replace(limit, facts=asked.most_facts)
    with platform.store.read() as conn:
        gathered = sweep.sweep(conn, viewer, secret=secret, as_of=asked.as_of, limit=limit)
    every = sorted({fact.thing for fact in gathered.facts} - {""})
    found = answers.answer(
        gathered.facts,
        _question(every, Direction.FORWARD, asked),
        position=gathered.position,
        truncated=gathered.truncated,
        rounds=gathered.levels,
    )
    return found, tuple(gathered.facts)


def _question(things: Iterable[str], direction: Direction, asked: FlowsAsked) -> Question:
    seeds = tuple(Seed(thing=thing) for thing in things)
    return asked.rest.of(Question(seeds=seeds, direction=direction, as_of=asked.as_of))


def _origins(back: Answer) -> list[str]:
    """The things that stand at the beginning; of a making without inputs, what it gave."""
    begun = {each.pool for each in back.origins}
    made = {link.target.thing for link in back.links if link.source in begun}
    return sorted(({pool.thing for pool in begun} | made) - {""})


def _places(found: Answer, names: Names) -> dict[str, Holder]:
    """A name for each holder, each once; of two that are called alike, with its code."""
    holders = dict.fromkeys(
        (pool.party, pool.site)
        for pool in (
            *(node.pool for node in found.nodes),
            *(pool for link in found.links for pool in (link.source, link.target)),
        )
        if pool.thing and not pool.unknown
    )
    called = {holder: names.holder(Pool("", *holder)) for holder in holders}
    counted = Counter(called.values())
    return {
        name if counted[name] == 1 else f"{name} ({' · '.join(filter(None, holder))})": holder
        for holder, name in called.items()
    }


def _registered(
    conn: ReadConnection, holders: Collection[Holder], viewer: Viewer
) -> dict[str, tuple[str, str]]:
    """Of each party and site what it is registered as, in both languages."""
    parties, sites = ({holder[end] for holder in holders} - {""} for end in (0, 1))
    named = directory.named(conn, parties, tenant=viewer.tenant)
    rows = directory.completion(conn, tenant=viewer.tenant, sites=sites).sites
    found = {uri: each.name for uri, each in named.items()}
    found |= {uri: some[-1].name for uri, some in rows.items() if some}
    return {uri: (name.zh, name.en) for uri, name in found.items()}


def _lookup(
    places: Mapping[str, Holder], names: Names, registered: Mapping[str, tuple[str, str]]
) -> dict[str, set[str]]:
    """The places that each text may mean: their name, their site's, their party's, and codes.

    Names are understood in both languages, whichever the answer is in.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for name, (party, site) in places.items():
        said = (names.parties.get(party), names.sites.get(site))
        both = (*registered.get(party, ()), *registered.get(site, ()))
        for text in (name, party, site, *said, *both):
            if text:
                found[text.casefold()].add(name)
    return found


def require_places(lookup: Lookup, asked: Iterable[tuple[str, str]]) -> None:
    """All places of a question, each with where it is written, before anything is made of them.

    Raises:
        TableError: some are on none of these flows: all of them are named.
    """
    unknown = {text: where for text, where in asked if not lookup.meant(text)}
    if unknown:
        text = _NO_PLACE.format(places=_quoted(unknown))
        raise TableError("source.place", text, next(iter(unknown.values())))


def place_of(lookup: Lookup, text: str, where: str) -> str:
    """The one place that a text means.

    Raises:
        TableError: it means none of these flows, or several.
    """
    require_places(lookup, [(text, where)])
    found = sorted(lookup.meant(text))
    if len(found) > 1:
        ends = ((name, *lookup.places[name]) for name in found)
        each = [f"{site or party} ({name})" for name, party, site in ends]
        quoted = privacy.quoted(text)
        said = _SEVERAL.format(place=quoted, count=len(found), places=_quoted(each))
        raise TableError("source.place", said, where)
    return found[0]


def _quoted(names: Iterable[str]) -> Text:
    """The first of some names, and a sign that there are more."""
    quoted = [privacy.quoted(name) for name in names]
    return joined([*quoted[:_NAMED], *("…" for _ in quoted[_NAMED:][:1])])


class _Amount(Struct, frozen=True):
    """How much left a holder, to another or to consumers there (None), in a base unit."""

    giver: Holder
    taker: Holder | None
    much: Decimal | None
    unit: str | None
    link: Link | None = None


class _Drawn(Struct, eq=False):
    """Flows as they are drawn, one giver after the other."""

    flows: "list[Flow]"
    links: list[Link | None]
    units: dict[str, str | None]
    besides: set[str]
    left_out: int = 0

    def returned(self) -> set[tuple[str, str]]:
        """The ends of flows all of whose goods surely came from their taker before."""
        moves = [
            (flow.source, flow.target, link)
            for flow, link in zip(self.flows, self.links, strict=True)
            if link is not None
        ]
        first: dict[tuple[str, str, str], datetime] = {}
        for giver, taker, link in moves:
            if (by := link.arrival.hi) is not None:
                key = giver, taker, link.source.thing
                first[key] = min(by, first.get(key, by))
        others = {
            (giver, taker)
            for giver, taker, link in moves
            if not _is_after(link, first.get((taker, giver, link.source.thing)))
        }
        return {(giver, taker) for giver, taker, _ in moves} - others


def _is_after(link: Link, by: datetime | None) -> bool:
    left = link.departure.lo
    return by is not None and left is not None and by <= left


def _flows(found: Answer, called: Mapping[Holder, str]) -> _Drawn:
    """Amounts by place; of each place those in the unit that most of what moves on is in."""
    from suyuan.network.locating import SOLD, Flow  # noqa: PLC0415 -- loads numpy

    leaving: dict[Holder, list[_Amount]] = defaultdict(list)
    for each in (*_moved(found), *_stayed(found)):
        leaving[each.giver].append(each)
    drawn = _Drawn([], [], {}, set())
    for giver, amounts in leaving.items():
        unit = _unit_of(amounts)
        drawn.units[called[giver]] = unit
        for each in amounts:
            taker = SOLD if each.taker is None else called[each.taker]
            if each.much and each.unit == unit:
                drawn.flows.append(Flow(called[giver], taker, float(each.much)))
                drawn.links.append(each.link)
            elif each.taker is not None:
                drawn.left_out += 1
                drawn.besides.add(taker)
    return drawn


def _unit_of(amounts: Sequence[_Amount]) -> str | None:
    """The unit that most of what moves on is in; where nothing does, of what stays."""
    told = [each for each in amounts if each.much]
    units = Counter(each.unit for each in told if each.taker is not None)
    units = units or Counter(each.unit for each in told)
    return max(units, key=lambda one: (units[one], one or ""), default=None)


def _moved(found: Answer) -> Iterator[_Amount]:
    for link in eaten(found):
        giver, taker = (link.source.party, link.source.site), (link.target.party, link.target.site)
        if giver != taker and not (link.source.unknown or link.target.unknown):
            yield _Amount(giver, taker, *much(link), link)


def eaten(found: Answer) -> Iterator[Link]:
    """Movements of what may be eaten: not of boxes."""
    boxes = {link.source.container for link in found.links}
    for link in found.links:
        if link.kind is LinkKind.MOVED and link.source.thing not in boxes:
            yield link


def much(link: Link) -> tuple[Decimal | None, str | None]:
    """How much a movement was of, in a base unit; a piece counts as one."""
    stated, unit = link.came
    if stated is None:
        return (Decimal(1), None) if is_piece(link.source.thing) else (None, None)
    amount = normal(Quantity(stated, unit))
    return amount.value, amount.unit


def _stayed(found: Answer) -> Iterator[_Amount]:
    """What was sold or is still there may have been eaten there; a piece counts as one."""
    boxes = {pool.container for link in found.links for pool in (link.source, link.target)} | {""}
    for each in found.whereabouts:
        pool, stated = each.pool, each.quantity
        if pool.thing in boxes or pool.unknown or is_carrier(pool.thing):
            continue
        if stated is None and is_piece(pool.thing):
            stated = Decimal(1)
        if stated is not None and stated > 0:
            amount = normal(Quantity(stated, each.unit))
            yield _Amount((pool.party, pool.site), None, amount.value, amount.unit)
