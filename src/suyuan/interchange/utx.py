"""Takes a UTX file (Universal Traceability data eXchange, EFSA 2020); gives events.

A traceable unit (`tru`) is a lot of a lot at a station: it keeps its own name. An activity whose
units stay at one station is a making; one that finds a lot again at another station is a movement,
there under the name that the unit then has.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from suyuan.interchange import reading
from suyuan.interchange.events import (
    Row,
    Words,
    ends,
    filled,
    holder_of,
    made_id,
    timed,
)
from suyuan.interchange.notes import TWICE, Notes, remark
from suyuan.interchange.types import Chain, InterchangeError, Spot, Station
from suyuan.kit import Text
from suyuan.model import Severity
from suyuan.templates.types import Filled
from suyuan.wire.movements import holding_uri

_SHAPE: Final = Text(
    "这不是 UTX：须有 utxCore，其中各表有 current。",
    "This is no UTX: it has utxCore with tables of current.",
)
_UNPLACED: Final = remark(
    "utx-no-station",
    Severity.FLAG,
    Text("追溯单元“{value}”没有站点，没有读取。", "Unit '{value}' is at no station; not read."),
    Text("补上 stationId。", "Fill in its stationId."),
)
_UNKNOWN: Final = remark(
    "utx-no-unit",
    Severity.REFUSE,
    Text("没有追溯单元“{value}”。", "There is no traceable unit '{value}'."),
    Text("在 tru 表里加上它，或改正编号。", "Add it to the table tru, or correct the ID."),
)
_IDLE: Final = remark(
    "utx-no-units",
    Severity.NOTE,
    Text(
        "活动“{value}”没有投入也没有产出，没有读取。", "Activity '{value}' has no units; not read."
    ),
    Text("补上 truInput 或 truOutput。", "Fill in truInput or truOutput."),
)
_ODD: Final = remark(
    "utx-odd",
    Severity.REFUSE,
    Text("“{value}”不是有各自成员的对象。", "'{value}' is no object with members of its own."),
    Text("按 UTX 的格式写成对象的列表。", "Write a list of objects, as UTX has it."),
)
_HISTORY: Final = remark(
    "utx-history",
    Severity.NOTE,
    Text(
        "表 {value} 有更正历史：按现行内容读取，更正前的原样附在其事件上。",
        "Table {value} has a history: the current is read, what it was before is kept beside it.",
    ),
    Text("请核对更正是否都对。", "See whether each correction is right."),
)
_ASTRAY: Final = remark(
    "utx-history-of-nothing",
    Severity.FLAG,
    Text(
        "表 {value} 的历史中有的不属于任何现行内容，没有读取。",
        "In the history of {value} is what belongs to nothing current; it is not read.",
    ),
    Text("请保留原文件。", "Keep the file."),
)
_TABLES: Final = (
    "fbo", "station", "activity", "product", "lot", "tru", "logisticUnit", "contact",
)  # fmt: skip
_PAST: Final = "history"
_ENDS: Final = ("activityStart", "activityEnd")
_USED: Final = frozenset(("id", "stationId", "truInput", "truOutput", *_ENDS))
_ENDINGS: Final = {"retail": "retail_selling"}

Object = Mapping[str, Any]


class _Core(Struct, frozen=True):
    """The current objects of every table, by id, and how its file names things.

    `past` is what each was before it was corrected, in the order of the file.
    """

    tables: Mapping[str, Mapping[str, Object]]
    past: Mapping[str, Mapping[str, list[Object]]]
    words: Words
    notes: Notes

    def before(self, parts: Iterable[tuple[str, str]]) -> dict[str, dict[str, list[Object]]]:
        """By table and id what these objects were before, of those that were anything else."""
        found: dict[str, dict[str, list[Object]]] = {}
        for table, name in parts:
            if name in self.past[table]:
                found.setdefault(table, {})[name] = self.past[table][name]
        return found

    def station(self, unit: Object) -> str:
        return reading.text(unit.get("stationId"))

    def lot(self, unit: Object) -> str:
        return reading.text(unit.get("lotId"))

    def thing(self, unit: Object) -> str:
        """A traceable unit by its own name."""
        return holding_uri(self.words.issuer, unit["id"]).replace(":holding:", ":lot:", 1)


class _Part(Struct, frozen=True):
    """A unit that goes into or comes out of an activity, and how much of it."""

    unit: Object
    number: Decimal | None
    code: str | None


def is_utx(value: Any) -> bool:
    """Whether a JSON value looks like UTX."""
    return isinstance(value, dict) and "utxCore" in value


def read(value: Object, words: Words, notes: Notes) -> tuple[Filled, ...]:
    """The activities and logistic units as events; stations in the head; all else kept.

    Raises:
        InterchangeError: it has not the tables of UTX.
    """
    core = _core(value, words, notes)
    stations = tuple(_station(core, each) for each in core.tables["station"].values())
    rows = [row for each in _numbered(core, "activity") for row in _activity(core, *each)]
    rows += [row for each in _numbered(core, "logisticUnit") for row in _logistic(core, *each)]
    chain = Chain(stations=stations, deliveries=(), relations=())
    return filled([] if notes.refused else rows, chain, words, notes)


def _core(value: Object, words: Words, notes: Notes) -> _Core:
    core = value.get("utxCore")
    if not isinstance(core, dict):
        raise InterchangeError("interchange.utx", _SHAPE)
    tables: dict[str, dict[str, Object]] = {}
    past: dict[str, dict[str, list[Object]]] = {}
    for name in _TABLES:
        table = core.get(name) or {}
        current = (table.get("current") or []) if isinstance(table, dict) else None
        if not isinstance(current, list) or not all(_is_object(each) for each in current):
            raise InterchangeError("interchange.utx", _SHAPE, f"utxCore.{name}")
        tables[name] = {}
        for number, each in enumerate(current, 1):
            if each["id"] in tables[name]:
                notes.say(TWICE, Spot(name, number), value=each["id"])
            tables[name][each["id"]] = each
        past[name] = _past(table.get("history") or [], name, tables[name], notes)
    return _Core(tables, past, words, notes)


def _past(
    history: Any, table: str, current: Mapping[str, Object], notes: Notes
) -> dict[str, list[Object]]:
    """What the objects of a table were before, by id; what is of none is told."""
    found: dict[str, list[Object]] = {}
    every = _listed(history)
    for each in every:
        if _is_object(each) and each["id"] in current:
            found.setdefault(each["id"], []).append(each)
    if found:
        notes.say(_HISTORY, Spot(table), value=table)
    if sum(map(len, found.values())) < len(every):
        notes.say(_ASTRAY, Spot(table), value=table)
    return found


def _is_object(each: Any) -> bool:
    return isinstance(each, dict) and isinstance(each.get("id"), str) and bool(each["id"])


def _numbered(core: _Core, table: str) -> Iterator[tuple[Object, Spot]]:
    for number, each in enumerate(core.tables[table].values(), 1):
        yield each, Spot(table, number)


def _station(core: _Core, each: Object) -> Station:
    contact = core.tables["contact"].get(reading.text(each.get("stationNameAddress")), {})
    business = core.tables["fbo"].get(reading.text(each.get("contactFbo")), {})
    of = (("station", each["id"]), *((table, item["id"]) for table, item in
          (("contact", contact), ("fbo", business)) if item))  # fmt: skip
    kept = {name: value for name, value in each.items() if name != "id"}
    more = {"contact": contact, _PAST: core.before(of)}
    return Station(
        id=each["id"],
        name=reading.text(contact.get("name")) or reading.text(business.get("description")),
        fields=kept | {name: value for name, value in more.items() if value},
    )


def _activity(core: _Core, each: Object, spot: Spot) -> Iterator[Row]:
    each = {**each, **{end: _day(core, each, end, spot) for end in _ENDS}}
    inputs = list(_parts(core, each, "truInput", spot))
    outputs = list(_parts(core, each, "truOutput", spot))
    if not inputs and not outputs:
        core.notes.say(_IDLE, spot, value=each["id"])
        return
    moved = _carried(core, inputs, outputs)
    for source, target in moved:
        yield _moved(core, each, source, target), spot
    yield from ((event, spot) for event in _made(core, each, inputs, outputs, moved))


def _parts(core: _Core, each: Object, side: str, spot: Spot) -> Iterator[_Part]:
    """The units of one side; an amount that is said of several units together is said of none."""
    here = Spot(spot.sheet, spot.row, side)
    for item in _objects(core, each, here):
        names = [reading.text(name) for name in _listed(item.get("truIds"))]
        number, code = reading.amount(
            item.get("quantityNumber"), item.get("quantityUnit"), core.notes, here
        )
        for unit in filter(None, (_unit(core, name, here) for name in names)):
            yield _Part(unit, number if len(names) == 1 else None, code)


def _unit(core: _Core, name: str, spot: Spot) -> Object | None:
    """The traceable unit of that name, if it is at a station; else a finding says what it lacks."""
    unit = core.tables["tru"].get(name)
    if unit is None:
        core.notes.say(_UNKNOWN, spot, value=name)
    elif not core.station(unit):
        core.notes.say(_UNPLACED, spot, value=name)
    else:
        return unit
    return None


def _objects(core: _Core, each: Object, spot: Spot) -> Iterator[Object]:
    """The objects that a member lists; whatever else it lists is found wrong."""
    for item in _listed(each.get(spot.column)):
        if isinstance(item, dict):
            yield item
        else:
            core.notes.say(_ODD, spot, value=item)


def _listed(value: Any) -> list[Any]:
    """What a member lists; one thing alone is a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _day(core: _Core, each: Object, member: str, spot: Spot) -> str | None:
    return reading.day(each.get(member), core.notes, Spot(spot.sheet, spot.row, member))


def _carried(
    core: _Core, inputs: Iterable[_Part], outputs: Iterable[_Part]
) -> list[tuple[_Part, _Part]]:
    """Units whose lot is found again at another station: it was brought there."""
    came: dict[str, list[_Part]] = defaultdict(list)
    for each in outputs:
        came[core.lot(each.unit)].append(each)
    return [
        (source, target)
        for source in inputs
        if core.lot(source.unit)
        for target in came.get(core.lot(source.unit), ())
        if core.station(target.unit) != core.station(source.unit)
    ]


def _moved(core: _Core, each: Object, source: _Part, target: _Part) -> dict[str, Any]:
    """The unit, brought to where another name awaits it."""
    stations = [_holder(core, core.station(part.unit)) for part in (source, target)]
    known = source if source.number is not None else target
    return {
        "type": "ObjectEvent",
        "eventID": made_id(core.words, "moved", each["id"], source.unit["id"], target.unit["id"]),
        "action": "OBSERVE",
        "bizStep": "shipping",
        **timed(each["activityStart"], each["activityEnd"], core.words),
        "sourceList": ends("source", *stations[0]),
        "destinationList": ends("destination", *stations[1]),
        "quantityList": [_element(core, _Part(source.unit, known.number, known.code))],
        "suyuan:movement": "complete",
        "suyuan:sent": _kept(core, each, source, target),
    }


def _made(
    core: _Core,
    each: Object,
    inputs: list[_Part],
    outputs: list[_Part],
    moved: list[tuple[_Part, _Part]],
) -> Iterator[dict[str, Any]]:
    """What the activity made, station by station; what was brought there goes in there."""
    brought = defaultdict(list)
    for source, target in moved:
        brought[core.station(target.unit)].append((source, target))
    carried = {part.unit["id"] for pair in moved for part in pair}
    for station, pairs in brought.items():
        by_lot: dict[str, tuple[list[_Part], list[_Part]]] = {}
        for source, target in pairs:
            into, out = by_lot.setdefault(core.lot(source.unit), ([], []))
            into.append(source)
            out.append(target)
        for lot, (into, out) in by_lot.items():
            yield _making(core, each, station, into, out, lot)
    staying = [part for part in inputs if part.unit["id"] not in carried]
    coming = [part for part in outputs if part.unit["id"] not in carried]
    if staying or coming:
        yield from _here(core, each, staying, coming)


def _here(
    core: _Core, each: Object, inputs: list[_Part], outputs: list[_Part]
) -> Iterator[dict[str, Any]]:
    """A making at the activity's station, the first of anything, or the end of it."""
    station = reading.text(each.get("stationId")) or core.station((inputs or outputs)[0].unit)
    if inputs and outputs:
        yield _making(core, each, station, inputs, outputs, "")
        for part in outputs:
            if core.station(part.unit) != station:
                yield _moved(core, each, _Part(part.unit, part.number, part.code), part) | {
                    "sourceList": ends("source", *_holder(core, station)),
                    "eventID": made_id(core.words, "brought", each["id"], part.unit["id"]),
                }
    else:
        yield _begun_or_ended(core, each, inputs, outputs)


def _begun_or_ended(
    core: _Core, each: Object, inputs: list[_Part], outputs: list[_Part]
) -> dict[str, Any]:
    parts = inputs or outputs
    kinds = map(reading.text, _listed(each.get("activityPrimaryTypeCV")))
    step = next((_ENDINGS[kind] for kind in kinds if kind in _ENDINGS), "decommissioning")
    party, site = _holder(core, core.station(parts[0].unit))
    if inputs:
        at = {"action": "DELETE", "bizStep": step, "sourceList": ends("source", party, site)}
    else:
        at = {
            "action": "ADD",
            "bizStep": "creating_class_instance",
            "destinationList": ends("destination", party, site),
        }
    return {
        "type": "ObjectEvent",
        "eventID": made_id(core.words, "activity", each["id"]),
        **_time(core, each),
        **at,
        "bizLocation": {"id": site},
        "quantityList": [_element(core, part) for part in _once(parts)],
        "suyuan:sent": _kept(core, each, *parts),
    }


def _making(
    core: _Core,
    each: Object,
    station: str,
    inputs: list[_Part],
    outputs: list[_Part],
    part: str,
) -> dict[str, Any]:
    party, site = _holder(core, station)
    return {
        "type": "TransformationEvent",
        "eventID": made_id(core.words, "made", each["id"], station, part),
        **_time(core, each),
        "bizStep": "creating_class_instance",
        "bizLocation": {"id": site},
        "destinationList": ends("destination", party, site),
        "inputQuantityList": [_element(core, each) for each in _once(inputs)],
        "outputQuantityList": [_element(core, each) for each in _once(outputs)],
        "suyuan:sent": _kept(core, each, *inputs, *outputs),
    }


def _once(parts: Iterable[_Part]) -> Iterable[_Part]:
    return {part.unit["id"]: part for part in parts}.values()


def _time(core: _Core, each: Object) -> dict[str, Any]:
    """When an activity ended, else began; to the day, month or year that is written."""
    at = timed(each["activityEnd"] or each["activityStart"], None, core.words)
    return {name: value for name, value in at.items() if name != "suyuan:arrivalTime"}


def _logistic(core: _Core, each: Object, spot: Spot) -> Iterator[Row]:
    """A container: units go in when it is loaded and come out when it is unloaded."""
    here, parts = Spot(spot.sheet, spot.row, "trus"), []
    for item in _objects(core, each, here):
        unit = _unit(core, reading.text(item.get("truId")), here)
        if unit is not None:
            number, code = reading.amount(
                item.get("netAmountQuantity"), item.get("netAmountUnit"), core.notes, here
            )
            parts.append(_Part(unit, number, code))
    for member, action in (("loadingDate", "ADD"), ("unloadingDate", "DELETE")):
        at = _day(core, each, member, spot)
        if at is not None and parts:
            yield _packed(core, each, parts, at, action), spot


def _packed(core: _Core, each: Object, parts: list[_Part], at: str, action: str) -> dict[str, Any]:
    party, site = _holder(core, core.station(parts[0].unit))
    return {
        "type": "AggregationEvent",
        "eventID": made_id(core.words, "packed", each["id"], action),
        **{
            key: value for key, value in timed(at, None, core.words).items() if "arrival" not in key
        },
        "action": action,
        "bizStep": "loading" if action == "ADD" else "unloading",
        "parentID": holding_uri(core.words.issuer, each["id"]).replace(":holding:", ":item:", 1),
        "childQuantityList": [_element(core, part) for part in parts],
        "bizLocation": {"id": site},
        "destinationList": ends("destination", party, site),
        "suyuan:sent": {name: value for name, value in each.items() if name != "trus"}
        | _told(
            core, [("logisticUnit", each["id"]), *(("tru", part.unit["id"]) for part in parts)]
        ),
    }


def _element(core: _Core, part: _Part) -> dict[str, Any]:
    element: dict[str, Any] = {"epcClass": core.thing(part.unit)}
    if part.number is not None:
        element["quantity"] = part.number
        if part.code:
            element["uom"] = part.code
    return element


def _holder(core: _Core, station: str) -> tuple[str, str]:
    return holder_of(Station(id=station), core.words)


def _kept(core: _Core, each: Object, *parts: _Part) -> dict[str, Any]:
    """What else was said: of the activity, of its units, of their lots and products."""
    found: dict[str, Any] = {name: value for name, value in each.items() if name not in _USED}
    found["activity"] = each["id"]
    named = [("activity", str(each["id"]))]
    for part in parts:
        lot = core.tables["lot"].get(core.lot(part.unit), {})
        product = core.tables["product"].get(reading.text(lot.get("productId")), {})
        for table, item in (("tru", part.unit), ("lot", lot), ("product", product)):
            if item:
                named.append((table, item["id"]))
                found.setdefault(table, {})[item["id"]] = {
                    k: v for k, v in item.items() if k != "id"
                }
    return found | _told(core, named)


def _told(core: _Core, parts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What these were before they were corrected, as a member; none, if nothing was."""
    past = core.before(parts)
    return {_PAST: past} if past else {}
