"""Takes what inspections found; gives who most probably answers for it, and where to test next.

The flows between places are those of the record, of a table, or none, where every test names its
supplier.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct, structs

from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Viewer
from suyuan.service.locating import flows_of, rows_of, text_of, whole_of
from suyuan.service.platform import Platform
from suyuan.service.record_flows import FlowsAsked, flows_on_record, place_of, require_places

if TYPE_CHECKING:
    from suyuan.network.inspecting import Beliefs, Inspected, Sites
    from suyuan.network.planning import Planned

_MOST_ROWS: Final = 10_000
_MOST_TESTS: Final = 1_000_000
_MOST_PLACES: Final = 500
_MOST_PLANNED: Final = 10_000
_SEED: Final = 38155


class Sample(Struct, frozen=True, kw_only=True):
    """So many units tested at a place, of a supplier if known, and how many failed."""

    place: str
    tests: int
    positives: int = 0
    supplier: str = ""
    row: str = ""


class InspectionAsked(Struct, frozen=True, kw_only=True):
    """What is believed, and what is to be planned; rates lie between 0 and 1.

    `tests` are to be planned, none if 0; `tracked`: their goods' suppliers will be known. `flows`
    says which flows of the record are meant. The same `seed` gives the same answer.
    """

    typical: float = 0.05
    spread: float = 1.5
    medians: Mapping[str, float] = {}
    sensitivity: float = 1.0
    specificity: float = 1.0
    limit: float = 0.1
    tests: int = 0
    tracked: bool = False
    seed: int = _SEED
    flows: FlowsAsked = FlowsAsked()


class InspectedFlows(Struct, frozen=True, kw_only=True):
    """The answer and the plan; by how many flows, how many were left out, complete to where."""

    found: "Inspected"
    plan: "Planned | None"
    flows: int
    left_out: int = 0
    truncated: bool = False
    position: int | None = None


def samples_of(file: Path) -> list[Sample]:
    """Tests out of a table (CSV or JSON): place, tests (one if not stated), positives, supplier.

    Raises:
        TableError: a table that cannot be read, with its row and column.
    """
    return [
        Sample(
            place=text_of(row, "place"),
            tests=whole_of(row, "tests", default=1),
            positives=whole_of(row, "positives", default=0),
            supplier=str(row.get("supplier") or "").strip(),
            row=row[""],
        )
        for row in rows_of(file, ("place",))
    ]


def samples_typed(lines: Sequence[str]) -> list[Sample]:
    """Tests as they are typed: PLACE,TESTS,POSITIVES[,SUPPLIER].

    Raises:
        TableError: a count that is none.
    """
    found = []
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.replace("，", ",").split(",", 3)]
        names = ("place", "tests", "positives", "supplier")
        row = {"": f"test {number}", **dict(zip(names, cells, strict=False))}
        found.append(
            Sample(
                place=text_of(row, "place"),
                tests=whole_of(row, "tests", default=1),
                positives=whole_of(row, "positives", default=0),
                supplier=row.get("supplier", ""),
                row=row[""],
            )
        )
    return found


def inspect_tables(
    samples: Sequence[Sample], flows: Path | None, asked: InspectionAsked
) -> InspectedFlows:
    """By a table of flows (source, target, amount); without one, by the suppliers that are named.

    Raises:
        TableError: a table that cannot be read, with its row and column.
        SuyuanError: tests or beliefs from which nothing can be inferred.
    """
    from suyuan.network.inspecting import sites_alone, sites_of  # noqa: PLC0415 -- loads numpy

    _require_sound(samples, asked)
    if flows is None:
        return _inspected(sites_alone((s.place, s.supplier) for s in samples), samples, asked, 0)
    every = flows_of(flows)
    return _inspected(sites_of(every), samples, asked, len(every))


def inspect_on_record(
    platform: Platform,
    samples: Sequence[Sample],
    asked: InspectionAsked,
    viewer: Viewer,
    *,
    lang: Lang = "zh",
) -> InspectedFlows:
    """By what the viewer may see of the record; places are called as they are registered.

    Raises:
        SuyuanError: a place or thing that is not known, no flow, or too much.
    """
    from suyuan.network.inspecting import sites_of  # noqa: PLC0415 -- loads numpy

    _require_sound(samples, asked)
    known = flows_on_record(platform, asked.flows.things, asked.flows, viewer, lang=lang)
    written = ((name, each.row) for each in samples for name in (each.place, each.supplier))
    require_places(known.lookup, ((name, row) for name, row in written if name))

    def called(text: str, where: str) -> str:
        return place_of(known.lookup, text, where) if text else ""

    named = [
        structs.replace(
            each,
            place=called(each.place, each.row),
            supplier=called(each.supplier, each.row),
        )
        for each in samples
    ]
    medians = {called(name, "medians"): rate for name, rate in asked.medians.items()}
    found = _inspected(
        sites_of(known.flows, known.returned),
        named,
        structs.replace(asked, medians=medians),
        len(known.flows),
    )
    return structs.replace(
        found,
        left_out=known.left_out,
        truncated=known.found.truncated,
        position=known.found.position,
    )


def _inspected(
    sites: "Sites", samples: Sequence[Sample], asked: InspectionAsked, flows: int
) -> InspectedFlows:
    import numpy as np  # noqa: PLC0415 -- not before it is needed

    from suyuan.network.inspecting import Sampled, inspect  # noqa: PLC0415
    from suyuan.network.planning import plan  # noqa: PLC0415

    if len(sites.number) > _MOST_PLACES:
        raise SuyuanError("inspect.many", _MANY_PLACES.format(most=_MOST_PLACES), "flows")
    chance, beliefs = np.random.default_rng(asked.seed), _beliefs(asked)
    rows = [
        Sampled(
            place=each.place, tests=each.tests, positives=each.positives, supplier=each.supplier
        )
        for each in samples
    ]
    found, draws = inspect(sites, rows, beliefs, chance)
    made = None
    if asked.tests:
        made = plan(sites, draws, beliefs, asked.tests, chance, tracked=asked.tracked)
    return InspectedFlows(found=found, plan=made, flows=flows)


def _beliefs(asked: InspectionAsked) -> "Beliefs":
    from suyuan.network.inspecting import Beliefs  # noqa: PLC0415 -- loads numpy

    return Beliefs(
        typical=asked.typical,
        spread=asked.spread,
        medians=asked.medians,
        sensitivity=asked.sensitivity,
        specificity=asked.specificity,
        limit=asked.limit,
    )


def _require_sound(samples: Sequence[Sample], asked: InspectionAsked) -> None:
    """Look at what was typed before anything is read for it."""
    from suyuan.network.inspecting import require_beliefs, require_counts  # noqa: PLC0415

    if not sum(each.tests for each in samples):
        raise SuyuanError("inspect.no-test", _NO_TEST, "tests")
    if len(samples) > _MOST_ROWS or sum(each.tests for each in samples) > _MOST_TESTS:
        raise SuyuanError("inspect.many-tests", _MANY.format(most=_MOST_ROWS), "tests")
    if not 0 <= asked.tests <= _MOST_PLANNED:
        raise SuyuanError("inspect.plan", _PLAN.format(most=_MOST_PLANNED), "plan")
    for each in samples:
        require_counts(each.tests, each.positives, each.row or each.place)
    require_beliefs(_beliefs(asked))


_NO_TEST: Final = Text(
    "没有检验；请给出至少一行，tests 大于 0。",
    "There is no test; give a row at least, with tests above 0.",
)
_MANY: Final = Text(
    "一次最多 {most} 行、一百万次检验。", "At most {most} rows and a million tests."
)
_MANY_PLACES: Final = Text(
    "地点多于 {most}；请写明是什么产品，只取它的流向。",
    "More than {most} places; say which product it is, so that only its flows are taken.",
)
_PLAN: Final = Text("一次最多计划 {most} 次检验。", "At most {most} tests are planned at a time.")
