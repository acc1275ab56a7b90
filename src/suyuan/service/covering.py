"""Takes a file of deliveries with cases; gives which share of them each part of it explains."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.interchange import incoming
from suyuan.interchange.types import Chain, Delivery
from suyuan.kit import Text
from suyuan.kit.span import Span, parse_instant
from suyuan.model import Severity
from suyuan.network.deliveries import (
    UNDATED,
    Cases,
    Consigned,
    Consignments,
    CoverageError,
    Covered,
    Crossing,
    Dates,
    Share,
)
from suyuan.templates.types import CellFinding

DATES: Final = tuple(each.value for each in Dates)
"""Which dates bound what crosses."""
_NOBODY: Final = Text(
    "文件里没有编号或名称为“{name}”的站点，也没有这个编号的交货。",
    "The file has no station with the ID or name '{name}', and no delivery with that ID.",
)
_CASE: Final = Text(
    "“{given}”：写 名称 或 名称=权重，权重是数，对照为负。",
    "'{given}': write NAME or NAME=WEIGHT; a weight is a number, below zero for a control.",
)
_SEVERAL: Final = Text(
    "“{name}”有几个：请用编号。",
    "There are several '{name}': give the ID.",
)
_FAULTY: Final = Text("{message} {cure}", "{message} {cure}")
_NO_FILE: Final = Text(
    "没有选文件，或文件是空的；请选一个 FoodChain-Lab 的 JSON 或工作簿。",
    "No file was chosen, or it is empty; choose a JSON or workbook of FoodChain-Lab.",
)
_LARGE: Final = Text(
    "文件超过 4 MB，或交货、用料关系和病例太多；请分开，或由管理员用 suyuan coverage 算。",
    "The file is above 4 MB, or has too many deliveries, relations and cases; split it, or have "
    "the administrator use suyuan coverage.",
)
SIZE: Final = 4 << 20
"""So many bytes of a file are taken from elsewhere."""
_JOINED: Final = 300_000
_STEPS: Final = 20_000_000


class CoverageAsked(Struct, frozen=True, kw_only=True):
    """What is known beside the file: each names a station or a delivery, by ID or by name.

    `cases` are weights, below zero for controls; `crossed` is where contamination crosses,
    `killed` where it ends. What the file itself says of these stands, unless `plain`.
    """

    cases: Mapping[str, float] = {}
    crossed: Sequence[str] = ()
    killed: Sequence[str] = ()
    dates: str = Dates.INFERRED
    plain: bool = False


class Explaining(Struct, frozen=True, kw_only=True):
    """A station, delivery or lot, what it is called, and the shares that it explains."""

    id: str
    name: str
    combined: float
    cases: float
    controls: float


class CoverageFound(Struct, frozen=True, kw_only=True):
    """Of so many cases and controls, all that explains any, the best first; what was forgiven."""

    cases: int
    controls: int
    stations: tuple[Explaining, ...]
    lots: tuple[Explaining, ...]
    deliveries: tuple[Explaining, ...]
    findings: tuple[CellFinding, ...]


def coverage_of(data: bytes, asked: CoverageAsked) -> CoverageFound:
    """Coverage of the cases over the deliveries of a FoodChain-Lab file.

    Raises:
        SuyuanError: it is no such file; something it says cannot be; a case is not in it.
    """
    return _answered(_posed(data, asked))


def coverage_sent(data: bytes, asked: CoverageAsked) -> CoverageFound:
    """`coverage_of` a file that somebody sent, with no more work than one answer may take.

    Raises:
        SuyuanError: as there; nothing was sent; it is too much (413).
    """
    if not data:
        raise CoverageError("coverage.file", _NO_FILE, "file")
    if len(data) > SIZE:
        raise too_large()
    posed = _posed(data, asked)
    joined = _joined(posed)
    links = len(posed.chain.deliveries) + len(posed.chain.relations) + joined
    cases = len(posed.weights.stations) + len(posed.weights.deliveries)
    if joined > _JOINED or links * cases > _STEPS:
        raise too_large()
    return _answered(posed)


def too_large() -> CoverageError:
    """What is said of a file that is more than one answer may take."""
    return CoverageError("coverage.large", _LARGE, "file", status=413)


class _Posed(Struct, frozen=True, kw_only=True):
    """The question as it is asked of the file."""

    chain: Chain
    findings: tuple[CellFinding, ...]
    names: "_Names"
    weights: Cases
    crossing: Crossing


def _posed(data: bytes, asked: CoverageAsked) -> _Posed:
    found, findings = incoming.chain(data)
    _require_sound(findings)
    stated = [] if asked.plain else [*_stated(found)]
    names = _Names(found)
    crossed = names.split(_flagged(stated, "crossContamination"), asked.crossed)
    killed = names.split(_flagged(stated, "killContamination"), asked.killed)
    return _Posed(
        chain=found,
        findings=findings,
        names=names,
        weights=names.weights(_weights(stated), asked.cases),
        crossing=Crossing(
            stations=crossed[0],
            sharing=crossed[1],
            killed_at=killed[0],
            killed=killed[1],
            dates=Dates(asked.dates),
        ),
    )


def _answered(posed: _Posed) -> CoverageFound:
    covered = Consignments(
        map(_consigned, posed.chain.deliveries),
        [(each.source, each.target) for each in posed.chain.relations],
        posed.crossing,
    ).covered(posed.weights)
    return _told(covered, posed.weights, posed.names, posed.findings)


def _joined(posed: _Posed) -> int:
    """How many relations come, at most, of deliveries that share what they became."""
    sharing, target = posed.crossing.sharing, {e.id: e.target for e in posed.chain.deliveries}
    given = Counter(target[name] for name in sharing)
    became = Counter(target[e.source] for e in posed.chain.relations if e.source in sharing)
    return sum(count * became[place] for place, count in given.items())


def weights_typed(given: Sequence[str]) -> dict[str, float]:
    """Cases as they are typed: NAME weighs one, NAME=WEIGHT that much.

    Raises:
        CoverageError: a weight that is no finite number, or a case without a name.
    """
    found = {}
    for each in given:
        name, stated, weight = each.replace("＝", "=").rpartition("=")
        try:
            found[name if stated else weight] = float(weight) if stated else 1.0
        except ValueError as error:
            raise CoverageError(
                "coverage.weight", _CASE.format(given=privacy.quoted(each))
            ) from error
    if not all(name and isfinite(weight) for name, weight in found.items()):
        raise CoverageError("coverage.weight", _CASE.format(given=privacy.quoted(", ".join(given))))
    return found


def _require_sound(findings: Iterable[CellFinding]) -> None:
    for each in findings:
        if each.severity is Severity.REFUSE:
            said = _FAULTY.format(message=each.message, cure=each.cure)
            raise CoverageError(each.code, said, f"{each.sheet}!{each.column}{each.row}")


Row = Mapping[str, Any]


def _stated(found: Chain) -> Iterator[Row]:
    """What the file itself says of its stations (`nodes`) and deliveries, row by row."""
    tracing = found.about.get("tracing")
    for table in ("nodes", "deliveries"):
        rows = tracing.get(table) if isinstance(tracing, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and isinstance(row.get("id"), str):
                yield row


def _flagged(rows: Iterable[Row], flag: str) -> list[str]:
    return [row["id"] for row in rows if row.get(flag) is True]


def _weights(rows: Iterable[Row]) -> dict[str, float]:
    """The weights that are not zero; `outbreak` alone weighs one."""
    found = {}
    for row in rows:
        said = row.get("weight")
        known = isinstance(said, int | Decimal) and not isinstance(said, bool)
        weight = float(said) if known and said else float(row.get("outbreak") is True)
        if weight:
            found[row["id"]] = weight
    return found


class _Names:
    """What stations and deliveries of a file are called."""

    def __init__(self, found: Chain) -> None:
        self.stations = {each.id: each.name for each in found.stations}
        self.deliveries = {
            each.id: " · ".join(filter(None, (each.product, each.lot))) for each in found.deliveries
        }
        self._called: dict[str, list[str]] = defaultdict(list)
        for each in found.stations:
            self._called[each.name].append(each.id)

    def split(self, stated: Iterable[str], named: Iterable[str]) -> tuple[frozenset[str], ...]:
        """The stations and the deliveries among them: IDs that the file states, names of others."""
        ids = {name for name in stated if self._has(name)} | {self._id(name) for name in named}
        return (
            frozenset(ids & self.stations.keys()),
            frozenset((ids & self.deliveries.keys()) - self.stations.keys()),
        )

    def weights(self, stated: Mapping[str, float], named: Mapping[str, float]) -> Cases:
        """Each case by its ID; what is named here goes before what the file states."""
        known = {name: weight for name, weight in stated.items() if self._has(name)}
        known |= {self._id(name): weight for name, weight in named.items()}
        stations, deliveries = self.split(known, ())
        return Cases(
            stations={name: known[name] for name in sorted(stations)},
            deliveries={name: known[name] for name in sorted(deliveries)},
        )

    def _has(self, name: str) -> bool:
        return name in self.stations or name in self.deliveries

    def _id(self, name: str) -> str:
        if self._has(name):
            return name
        called = self._called.get(name, [])
        if len(called) != 1:
            said, shown = _SEVERAL if called else _NOBODY, privacy.quoted(name)
            raise CoverageError("coverage.name", said.format(name=shown), shown)
        return called[0]


def _consigned(each: Delivery) -> Consigned:
    return Consigned(
        id=each.id,
        source=each.source,
        target=each.target,
        product=each.product,
        lot=each.lot,
        departed=_span(each.departed),
        arrived=_span(each.arrived),
    )


def _span(written: str | None) -> Span:
    """On one clock for the whole file: only the order of its dates is asked about."""
    return UNDATED if written is None else parse_instant(written, offset_minutes=0)[0]


def _told(
    covered: Covered, weights: Cases, names: _Names, findings: tuple[CellFinding, ...]
) -> CoverageFound:
    every = [*weights.stations.values(), *weights.deliveries.values()]
    return CoverageFound(
        cases=sum(weight > 0 for weight in every),
        controls=sum(weight < 0 for weight in every),
        stations=_best(
            (name, names.stations[name], share) for name, share in covered.stations.items()
        ),
        lots=_best(
            ("|".join(lot), " · ".join(filter(None, (names.stations[lot[0]], *lot[1:]))), share)
            for lot, share in covered.lots.items()
        ),
        deliveries=_best(
            (name, names.deliveries[name], share) for name, share in covered.deliveries.items()
        ),
        findings=findings,
    )


def _best(rows: Iterable[tuple[str, str, Share]]) -> tuple[Explaining, ...]:
    found = [
        Explaining(
            id=name,
            name=called,
            combined=share.combined,
            cases=share.cases,
            controls=share.controls,
        )
        for name, called, share in rows
    ]
    return tuple(sorted(found, key=lambda each: (-each.combined, -each.cases, each.id)))
