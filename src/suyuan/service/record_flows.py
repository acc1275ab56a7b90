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
from suyuan.kit.quantity import Quantity, normal
from suyuan.kit.text import Lang, joined
from suyuan.model import Fact, Viewer
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

    `links` says of each flow which movement it is of; None: it was sold, or is still there.
    `units` are those that the flows from each place are in.
    """

    found: Answer
    facts: Sequence[Fact]
    flows: "Sequence[Flow]"
    links: Sequence[Link | None]
    units: Mapping[str, str | None]
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

    What surely came after `until` is in none of them. `limit` bounds what is read.

    Raises:
        SuyuanError: a thing that is not known, no flow, or an assumption that needs a thing.
    """
    named = _named(platform, things, viewer)
    found, facts = _forward(platform, named, asked, viewer, limit or gather.Limit())
    with platform.store.read() as conn:
        names, _ = names_of(conn, found, viewer, platform.recorder.secret, lang)
        places = _places(found, names)
        registered = _registered(conn, places.values(), viewer)
    drawn = _flows(found, {holder: name for name, holder in places.items()}, until)
    if not drawn.flows and until is not None:
        raise SuyuanError("source.later", _NO_FLOW_BY.format(day=until.date().isoformat()), "cases")
    if not drawn.flows:
        raise SuyuanError("source.no-flow", _no_flow(platform, named, viewer), "thing")
    return OnRecord(
        found=found,
        facts=facts,
        flows=drawn.flows,
        links=drawn.links,
        units=drawn.units,
        left_out=drawn.left_out,
        places=places,
        lookup=Lookup(_lookup(places, names, registered), places, platform),
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
    left_out: int = 0


def _flows(found: Answer, called: Mapping[Holder, str], until: datetime | None) -> _Drawn:
    """Amounts by place; of each place those in the unit that most of what leaves it is in."""
    from suyuan.network.locating import SOLD, Flow  # noqa: PLC0415 -- loads numpy

    leaving: dict[Holder, list[_Amount]] = defaultdict(list)
    for each in (*_moved(found, until), *_stayed(found, _late(found, until))):
        leaving[each.giver].append(each)
    drawn = _Drawn([], [], {})
    for giver, amounts in leaving.items():
        units = Counter(each.unit for each in amounts if each.much)
        unit = max(units, key=lambda one: (units[one], one or ""), default=None)
        drawn.units[called[giver]] = unit
        kept = [each for each in amounts if each.much and each.unit == unit]
        drawn.left_out += sum(each.taker is not None for each in amounts) - sum(
            each.taker is not None for each in kept
        )
        for each in kept:
            taker = SOLD if each.taker is None else called[each.taker]
            drawn.flows.append(Flow(called[giver], taker, float(each.much or 0)))
            drawn.links.append(each.link)
    return drawn


def _is_late(link: Link, until: datetime | None) -> bool:
    """Whether it surely came after that."""
    return until is not None and link.arrival.lo is not None and link.arrival.lo > until


def _late(found: Answer, until: datetime | None) -> set[Pool]:
    """The pools to which nothing had come by then of what came."""
    late = {link.target for link in found.links if _is_late(link, until)}
    return late - {link.target for link in found.links if not _is_late(link, until)}


def _moved(found: Answer, until: datetime | None) -> Iterator[_Amount]:
    for link in eaten(found):
        if _is_late(link, until):
            continue
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


def _stayed(found: Answer, late: set[Pool]) -> Iterator[_Amount]:
    """What was sold or is still there may have been eaten there, but for what came too late."""
    boxes = {pool.container for link in found.links for pool in (link.source, link.target)} | {""}
    came = {link.target for link in found.links}
    for each in found.whereabouts:
        pool = each.pool
        if pool in late or pool.thing in boxes or pool.unknown:
            continue
        stated = each.quantity
        if stated is None and is_piece(pool.thing) and pool in came:
            stated = Decimal(1)
        if stated is not None and stated > 0:
            amount = normal(Quantity(stated, each.unit))
            yield _Amount((pool.party, pool.site), None, amount.value, amount.unit)
