"""Takes cases, and what they ate if known; gives where they most probably come from, by the record.

Flows are those of the record: what the cases' things came from is traced back to its origins, and
all of that forward again, so that places which had it and no case count too. Without a thing, all
that the viewer may see is taken.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct, structs

from suyuan.codes import privacy, unknown
from suyuan.interchange.types import Names, is_piece
from suyuan.kit import SuyuanError, Text
from suyuan.kit.quantity import Quantity, normal
from suyuan.kit.text import Lang
from suyuan.model import Fact, Viewer
from suyuan.service.asking import subjects
from suyuan.service.handing import names_of
from suyuan.service.locating import (
    Bought,
    ByLot,
    Holder,
    TableError,
    day_of,
    give_of,
    rows_of,
    whole_of,
)
from suyuan.service.platform import Platform
from suyuan.trace import Answer, Direction, Question, Seed, ask, gather, resting, sweep
from suyuan.trace import answer as answers
from suyuan.trace.types import Link, LinkKind, Pool

if TYPE_CHECKING:
    from suyuan.network.locating import Doubts, Flow, Located

_MOST_CASES: Final = 10_000
_NO_CASES: Final = Text("没有病例。", "There is no case.")
_NO_PLACE: Final = Text(
    "“{place}”不在这些流向上，或不止一处；写场所的编码或登记名称。",
    "'{place}' is on none of these flows, or is several places; write the site's code or name.",
)
_MANY: Final = Text("一次最多 {most} 行病例。", "At most {most} rows of cases at a time.")
_NO_FLOW: Final = Text(
    "记录里没有带数量的流向；请给出追溯单元，或用 suyuan source FLOWS CASES。",
    "No flow with an amount is on record; name a thing, or use suyuan source FLOWS CASES.",
)
_NO_REST: Final = Text(
    "停留时间的假设要说明追溯单元：没有它，全部流向都在内，什么也不会少。",
    "What is assumed of holding times needs a thing: without one all flows are in, and none less.",
)


_TYPED: Final = re.compile(
    r"(?P<place>.*?)\s*(?:,\s*(?P<count>\d+))?\s*"
    r"(?:,\s*(?P<day>\d{4}-\d\d-\d\d)\s*(?:,\s*(?P<give>\d+))?)?",
    re.ASCII,
)
_SOME_DAYS: Final = Text(
    "有的病例没有日期，所以没有按批次推算。",
    "Some cases have no day, so nothing is said by lots.",
)


class Case(Struct, frozen=True, kw_only=True):
    """So many cases at a place, and what they ate if known; `row` is where it was written.

    `day` is when they bought it (`date.toordinal`), give or take `give` days; None: not known.
    """

    place: str
    count: int = 1
    thing: str = ""
    day: int | None = None
    give: int = 0
    row: str = ""


class Sourced(Struct, frozen=True, kw_only=True):
    """The posterior over the record's flows: places are called as they are registered.

    `places` has party and site by that name. `flows` were used, `left_out` have no amount, or one
    in a unit that does not compare. `truncated`: a limit was hit. `by_lot` is the same by lot
    records, where the cases have days; `no_lots` says why there is none. `assumptions` are the
    asker's own, in words.
    """

    truncated: bool
    position: int | None
    flows: int
    left_out: int
    located: "Located"
    places: dict[str, Holder]
    by_lot: ByLot | None = None
    no_lots: Text | None = None
    assumptions: tuple[Text, ...] = ()


class SourceAsked(Struct, frozen=True, kw_only=True):
    """What is known beside the cases; see `locate_source`.

    Without `things`, at most `most_facts` facts of the record are read. `rest` is assumed of how
    long goods stay; it parts what came of the things from what did not, so it needs them.
    """

    things: tuple[str, ...] = ()
    as_of: datetime | None = None
    rest: resting.Rest = resting.Rest()
    noise: float = 0.0
    priors: Mapping[str, float] = {}
    reporting: Mapping[str, float] = {}
    most_facts: int = 200_000


def cases_of(file: Path) -> list[Case]:
    """Cases out of a table (CSV or JSON): place, count (one if not stated), thing, day, give.

    Raises:
        TableError: a table that cannot be read, with its row and column.
    """
    return [
        Case(
            place=str(row["place"]).strip(),
            count=whole_of(row, "count", default=1),
            thing=str(row.get("thing") or "").strip(),
            day=day_of(row) if row.get("day") else None,
            give=give_of(row),
            row=row[""],
        )
        for row in rows_of(file, ("place",))
    ]


def cases_typed(lines: str) -> list[Case]:
    """Cases as people type them, a place a line, then how many if not one, a day, give or take.

    Raises:
        TableError: a day or a span of days that is none.
    """
    found = []
    for number, line in enumerate(lines.splitlines(), 1):
        parts = _TYPED.fullmatch(line.strip().replace("，", ","))
        if parts is not None and parts["place"]:
            row = {"": f"cases, row {number}", **parts.groupdict()}
            found.append(
                Case(
                    place=parts["place"],
                    count=whole_of(row, "count", default=1),
                    day=day_of(row) if parts["day"] else None,
                    give=give_of(row),
                    row=row[""],
                )
            )
    return found


def locate_on_record(
    platform: Platform,
    cases: Sequence[Case],
    asked: SourceAsked,
    viewer: Viewer,
    *,
    lang: Lang = "zh",
    limit: gather.Limit | None = None,
) -> Sourced:
    """Where the cases most probably come from, by what the viewer may see of the record.

    Raises:
        SuyuanError: a place or thing that is not known, no case, no flow.
        LocatingError: no candidate leads to all cases.
    """
    from suyuan.network.locating import Doubts, locate  # noqa: PLC0415 -- loads numpy

    if len(cases) > _MOST_CASES:
        raise SuyuanError("source.many", _MANY.format(most=_MOST_CASES), "cases")
    if not sum(each.count for each in cases):
        raise SuyuanError("source.no-case", _NO_CASES, "cases")
    things = _things(cases, asked)
    known = flows_on_record(platform, things, asked, viewer, lang=lang, limit=limit)
    found, places, lookup = known.found, known.places, known.lookup
    doubts = Doubts(
        noise=asked.noise,
        prior={place_of(lookup, name, "priors"): each for name, each in asked.priors.items()},
        reporting={place_of(lookup, name, "reporting"): e for name, e in asked.reporting.items()},
    )
    located = locate(known.flows, _counted(cases, lookup), doubts)
    bought, why = _bought(cases, lookup, places)
    lots = None
    if bought:
        lots, why = _by_lot(known.facts, found, bought, places, doubts)
    return Sourced(
        truncated=found.truncated,
        position=found.position,
        flows=len(known.flows),
        left_out=known.left_out,
        located=located,
        places=dict(places),
        by_lot=lots,
        no_lots=why,
        assumptions=found.assumptions,
    )


class OnRecord(Struct, frozen=True, kw_only=True, eq=False):
    """Flows of the record by the names of places; `lookup` has the places that a text may mean."""

    found: Answer
    facts: Sequence[Fact]
    flows: "Sequence[Flow]"
    left_out: int
    places: Mapping[str, Holder]
    lookup: Mapping[str, set[str]]


def flows_on_record(
    platform: Platform,
    things: Sequence[str],
    asked: SourceAsked,
    viewer: Viewer,
    *,
    lang: Lang,
    limit: gather.Limit | None = None,
) -> OnRecord:
    """All flows of what the things came from; without things, all flows that the viewer may see.

    Raises:
        SuyuanError: a thing that is not known, or no flow.
    """
    named = _named(platform, things, viewer)
    found, facts = _forward(platform, named, asked, viewer, limit or gather.Limit())
    with platform.store.read() as conn:
        names, _ = names_of(conn, found, viewer, platform.recorder.secret, lang)
    places = _places(found, names)
    flows, left_out = _flows(found, {holder: name for name, holder in places.items()})
    if not flows:
        raise SuyuanError("source.no-flow", _NO_FLOW, "thing")
    return OnRecord(
        found=found,
        facts=facts,
        flows=flows,
        left_out=left_out,
        places=places,
        lookup=_lookup(places, names),
    )


def _bought(
    cases: Sequence[Case], lookup: Mapping[str, set[str]], places: Mapping[str, Holder]
) -> tuple[list[Bought], Text | None]:
    """Cases with their days; if only some have one, why nothing is said of them by lots."""
    counted = [each for each in cases if each.count]
    dated = [each for each in counted if each.day is not None]
    if len(dated) < len(counted):
        return [], _SOME_DAYS if dated else None
    return [
        Bought(
            holder=places[place_of(lookup, each.place, each.row or "cases")],
            count=each.count,
            day=each.day or 0,
            give=each.give,
        )
        for each in counted
    ], None


def _by_lot(
    facts: Sequence[Fact],
    found: Answer,
    bought: Sequence[Bought],
    places: Mapping[str, Holder],
    doubts: "Doubts",
) -> tuple[ByLot | None, Text | None]:
    """By lots, or why not: what the record lacks for it takes nothing from the other answer."""
    from suyuan.service.lot_sourcing import by_lot  # noqa: PLC0415 -- loads numpy

    called = {holder: name for name, holder in places.items()}
    try:
        return by_lot(facts, found, bought, called=called, noise=doubts.noise,
                      prior=doubts.prior), None  # fmt: skip
    except SuyuanError as error:
        return None, error.text


def _things(cases: Sequence[Case], asked: SourceAsked) -> list[str]:
    return list(dict.fromkeys(filter(None, (*asked.things, *(each.thing for each in cases)))))


def _named(platform: Platform, texts: Sequence[str], viewer: Viewer) -> list[str]:
    found = subjects(platform, texts, viewer)
    for text, each in zip(texts, found, strict=True):
        if each is None:
            raise SuyuanError("source.thing", unknown.no_code(text), "thing")
    return [each.canonical for each in found if each is not None]


def _forward(
    platform: Platform,
    things: Sequence[str],
    asked: SourceAsked,
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
    platform: Platform, asked: SourceAsked, viewer: Viewer, limit: gather.Limit
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


def _question(things: Iterable[str], direction: Direction, asked: SourceAsked) -> Question:
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


def _lookup(places: Mapping[str, Holder], names: Names) -> dict[str, set[str]]:
    """The places that each text may mean: their name, their site's, their party's, and codes."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, (party, site) in places.items():
        for text in (name, party, site, names.parties.get(party), names.sites.get(site)):
            if text:
                found[text.casefold()].add(name)
    return found


def place_of(lookup: Mapping[str, set[str]], text: str, where: str) -> str:
    """The one place that a text means.

    Raises:
        TableError: it means none of these flows, or several.
    """
    found = lookup.get(text.casefold(), set())
    if len(found) != 1:
        raise TableError("source.place", _NO_PLACE.format(place=privacy.quoted(text)), where)
    (name,) = found
    return name


def _counted(cases: Iterable[Case], lookup: Mapping[str, set[str]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in cases:
        if each.count:
            counts[place_of(lookup, each.place, each.row or "cases")] += each.count
    return dict(counts)


class _Amount(Struct, frozen=True):
    """How much left a holder, to another or to consumers there (None), in a base unit."""

    giver: Holder
    taker: Holder | None
    much: Decimal | None
    unit: str | None


def _flows(found: Answer, called: Mapping[Holder, str]) -> "tuple[list[Flow], int]":
    """Amounts by place; of each place those in the unit that most of what leaves it is in."""
    from suyuan.network.locating import SOLD, Flow  # noqa: PLC0415 -- loads numpy

    leaving: dict[Holder, list[_Amount]] = defaultdict(list)
    for each in (*_moved(found), *_stayed(found)):
        leaving[each.giver].append(each)
    flows, left_out = [], 0
    for giver, amounts in leaving.items():
        units = Counter(each.unit for each in amounts if each.much)
        unit = max(units, key=lambda one: (units[one], one or ""), default=None)
        kept = [each for each in amounts if each.much and each.unit == unit]
        left_out += sum(each.taker is not None for each in amounts) - sum(
            each.taker is not None for each in kept
        )
        flows += [
            Flow(
                called[giver],
                SOLD if each.taker is None else called[each.taker],
                float(each.much or 0),
            )
            for each in kept
        ]
    return flows, left_out


def _moved(found: Answer) -> Iterator[_Amount]:
    boxes = {link.source.container for link in found.links}
    for link in found.links:
        giver, taker = (link.source.party, link.source.site), (link.target.party, link.target.site)
        unknown = link.source.unknown or link.target.unknown
        is_eaten = link.source.thing not in boxes  # as a box is not
        if link.kind is LinkKind.MOVED and giver != taker and is_eaten and not unknown:
            yield _Amount(giver, taker, *_much(link))


def _much(link: Link) -> tuple[Decimal | None, str | None]:
    stated = link.received if link.received is not None else link.quantity
    if stated is None:
        return (Decimal(1), None) if is_piece(link.source.thing) else (None, None)
    amount = normal(Quantity(stated, link.unit))
    return amount.value, amount.unit


def _stayed(found: Answer) -> Iterator[_Amount]:
    """What was sold or is still there may have been eaten there."""
    for each in found.whereabouts:
        pool = each.pool
        if pool.thing and not pool.unknown and each.quantity is not None and each.quantity > 0:
            amount = normal(Quantity(each.quantity, each.unit))
            yield _Amount((pool.party, pool.site), None, amount.value, amount.unit)
