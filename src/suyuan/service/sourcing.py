"""Takes cases, and what they ate if known; gives where they most probably come from, by the record.

Flows are those of the record: what the cases' things came from is traced back to its origins, and
all of that forward again, so that places which had it and no case count too. Without a thing, all
that the viewer may see is taken.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct, structs

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang, joined
from suyuan.model import Fact, Viewer
from suyuan.service import inspection_history
from suyuan.service.inspection_history import Histories
from suyuan.service.locating import (
    Bought,
    ByLot,
    Holder,
    TableError,
    day_of,
    give_of,
    rows_of,
    text_of,
    whole_of,
)
from suyuan.service.platform import Platform
from suyuan.service.record_flows import (
    FlowsAsked,
    Lookup,
    OnRecord,
    flows_on_record,
    place_of,
    require_places,
)
from suyuan.trace import Answer, gather, sweep

if TYPE_CHECKING:
    from suyuan.network.locating import Doubts, Located
    from suyuan.service.missing_records import WantedRecords

_MOST_CASES: Final = 10_000
_NO_CASES: Final = Text("没有病例。", "There is no case.")
_MANY: Final = Text("一次最多 {most} 行病例。", "At most {most} rows of cases at a time.")


_TYPED: Final = re.compile(
    r"(?P<place>.*?)\s*(?:,\s*(?P<count>[-\u2212]?\d+(?:\.\d+)?))?\s*"
    r"(?:,\s*(?P<day>\d{4}-\d\d-\d\d)\s*(?:,\s*(?P<give>-?\d+))?)?",
    re.ASCII,
)
_CHINA: Final = timezone(timedelta(hours=8))
_CANDIDATES: Final = Text(
    "候选是没有来货的地点（自己发出的货退回不算）。中间环节也可能是源头：要算进来，请写明候选及权重"
    "（--priors 或 candidate）。",
    "Candidates are places that nothing comes to, but what they had sent and got back. The source "
    "may lie between too: to weigh such places, name candidates and weights (--priors or "
    "candidate).",
)
_AMOUNT: Final = Text(
    "病例之前，候选按发出量加权。", "Before any case, candidates weigh by what they send."
)
_UNITS: Final = Text(
    "各候选发出量的单位不同，无法比较，病例之前同样看待。",
    "What candidates send is in units that do not compare, so they weigh alike before any case.",
)
_UNTIL: Final = Text(
    "病例都有购买日期：只看到 {day}（最晚可能的购买日）为止发生的。",
    "All cases have a day: only what had happened by then counts: {day}, the last possible one of "
    "purchase.",
)
_POOLED: Final = Text(
    "问的编码不止一种：这里合在一起算，没有区分哪个病例吃了哪一个。分开各问一次更准。",
    "Several codes are asked about: they are taken together, whichever a case ate. To ask about "
    "each by itself tells more.",
)
_BESIDE: Final = Text("另按在案的检查结果加减。", "Inspections on record weigh beside that.")
_TWICE: Final = Text(
    "“{name}”和前面写的是同一处；请只写一次。",
    "'{name}' is the same place as one before; name it once.",
)
_REPORTING: Final = Text(
    "写明了报告率；按批次推算还不能用它。",
    "Reporting rates were given, and lots are not weighed by them.",
)
_LATER: Final = Text(
    "到 {day} 为止没有带数量的货到过 {places}；请核对购买日期。",
    "Nothing with an amount had come to {places} by {day}; compare the days of purchase.",
)
_NAMED: Final = 6
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
    records, where the cases have days; `no_lots` says why there is none. `histories` are what
    inspections say of the candidates beforehand, if they were asked for. `records` are those that
    are missing, the most telling first. `assumptions` are the asker's own, in words; `basis` says
    what else the answer rests on.
    """

    truncated: bool
    position: int | None
    flows: int
    left_out: int
    located: "Located"
    records: "WantedRecords"
    places: dict[str, Holder]
    by_lot: ByLot | None = None
    no_lots: Text | None = None
    histories: Histories | None = None
    assumptions: tuple[Text, ...] = ()
    basis: tuple[Text, ...] = ()


class SourceAsked(FlowsAsked, frozen=True, kw_only=True):
    """What is known beside the cases; see `locate_source`.

    With `inspections`, those on record weigh the candidates (`Histories`), with this half-life in
    days and this probability that an inspection finds what there is.
    """

    noise: float = 0.0
    priors: Mapping[str, float] = {}
    inspections: bool = False
    half_life: float = 365.0
    detection: float = 1.0
    reporting: Mapping[str, float] = {}


def cases_of(file: Path) -> list[Case]:
    """Cases out of a table (CSV or JSON): place, count (one if not stated), thing, day, give.

    Raises:
        TableError: a table that cannot be read, with its row and column.
    """
    return [
        Case(
            place=text_of(row, "place"),
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
        TableError: a line without a place, or with a day or a span of days that is none.
    """
    found = []
    for number, line in enumerate(lines.splitlines(), 1):
        parts = _TYPED.fullmatch(line.strip().replace("，", ","))
        if parts is not None and line.strip():
            row = {"": f"cases, row {number}", **parts.groupdict()}
            found.append(
                Case(
                    place=text_of(row, "place"),
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

    `limit` bounds what is read.

    Raises:
        SuyuanError: a place or thing that is not known, no case, no flow.
        LocatingError: no candidate leads to all cases.
    """
    from suyuan.network.locating import locate  # noqa: PLC0415 -- loads numpy
    from suyuan.service.missing_records import wanted_records  # noqa: PLC0415 -- likewise

    if len(cases) > _MOST_CASES:
        raise SuyuanError("source.many", _MANY.format(most=_MOST_CASES), "cases")
    if not sum(each.count for each in cases):
        raise SuyuanError("source.no-case", _NO_CASES, "cases")
    things = _things(cases, asked)
    last = _last_day(cases)
    known = flows_on_record(
        platform, things, asked, viewer, lang=lang, until=_end_of(last), limit=limit
    )
    found, places, lookup = known.found, known.places, known.lookup
    require_places(lookup, ((each.place, each.row or "cases") for each in cases if each.count))
    counts = _counted(cases, lookup)
    if last is not None:
        _require_come(known, counts, last)
    past = _histories(platform, known, asked, viewer) if asked.inspections else None
    doubts = structs.replace(
        _doubts(asked, lookup, past),
        units=known.units,
        returned=known.returned,
        besides=known.besides,
    )
    located = locate(known.flows, counts, doubts)
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
        histories=past and _of_suspects(past, located),
        records=wanted_records(known, counts, doubts, lots_known=bool(things)),
        assumptions=found.assumptions,
        basis=tuple(_basis(known, located, doubts, last)),
    )


def _last_day(cases: Sequence[Case]) -> date | None:
    """The last on which any of them may have bought; None if that is not known of all."""
    days = [None if each.day is None else each.day + each.give for each in cases if each.count]
    told = [day for day in days if day is not None]
    return date.fromordinal(min(max(told), date.max.toordinal())) if told == days else None


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max, _CHINA)


def _require_come(known: OnRecord, places: Iterable[str], last: date) -> None:
    """Hold that flows lead to each place of a case by the last day of purchase.

    Raises:
        SuyuanError: to some none do: they are named.
    """
    ends = {end for flow in known.flows for end in (flow.source, flow.target)}
    if never := [privacy.quoted(name) for name in places if name not in ends]:
        text = _LATER.format(day=last.isoformat(), places=joined(never[:_NAMED]))
        raise SuyuanError("source.later", text, "cases")


def _basis(
    known: OnRecord, located: "Located", doubts: "Doubts", last: date | None
) -> Iterator[Text]:
    """What the answer rests on that its figures do not show."""
    if last is not None:
        yield _UNTIL.format(day=last.isoformat())
    if len(known.things) > 1:
        yield _POOLED
    if doubts.prior:
        return
    yield _CANDIDATES
    units = {known.units[one.name] for one in located.suspects if one.name in known.units}
    yield _UNITS if len(units) > 1 else _AMOUNT
    if doubts.odds:
        yield _BESIDE


def _doubts(asked: SourceAsked, lookup: Lookup, past: Histories | None) -> "Doubts":
    from suyuan.network.locating import Doubts  # noqa: PLC0415 -- loads numpy

    return Doubts(
        odds={} if past is None else {name: each.odds for name, each in past.places.items()},
        noise=asked.noise,
        prior=_by_place(lookup, asked.priors, "priors"),
        reporting=_by_place(lookup, asked.reporting, "reporting"),
    )


def _by_place(lookup: Lookup, values: Mapping[str, float], where: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for text, value in values.items():
        if (name := place_of(lookup, text, where)) in found:
            raise TableError("source.twice", _TWICE.format(name=privacy.quoted(text)), where)
        found[name] = value
    return found


def _histories(
    platform: Platform, known: OnRecord, asked: SourceAsked, viewer: Viewer
) -> Histories:
    """What inspections say of all places of the flows, of the families of their goods."""
    with platform.store.read() as conn:
        families = set(sweep.families_of(conn, known.facts).values())
    wanted = inspection_history.Asked(
        families=families,
        until=asked.as_of or platform.clock(),
        half_life=asked.half_life,
        detection=asked.detection,
    )
    return inspection_history.histories(platform, known.places, wanted, viewer)


def _of_suspects(past: Histories, located: "Located") -> Histories:
    named = [one.name for one in located.suspects]
    return structs.replace(past, places={name: past.places[name] for name in named})


def _bought(
    cases: Sequence[Case], lookup: Lookup, places: Mapping[str, Holder]
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

    if doubts.reporting:
        return None, _REPORTING
    called = {holder: name for name, holder in places.items()}
    prior = {
        name: (doubts.prior.get(name, 0.0) if doubts.prior else 1.0) * doubts.odds.get(name, 1.0)
        for name in (places if doubts.prior or doubts.odds else ())
    }
    try:
        return by_lot(facts, found, bought, called=called, noise=doubts.noise,
                      prior=prior), None  # fmt: skip
    except SuyuanError as error:
        return None, error.text


def _things(cases: Sequence[Case], asked: SourceAsked) -> list[str]:
    return list(dict.fromkeys(filter(None, (*asked.things, *(each.thing for each in cases)))))


def _counted(cases: Iterable[Case], lookup: Lookup) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in cases:
        if each.count:
            counts[place_of(lookup, each.place, each.row or "cases")] += each.count
    return dict(counts)
