"""Readers of sensorElementList: what was measured, by what, when (EPCIS 2.0 sensor elements)."""

from typing import Any, Final

from suyuan.codes import Grain
from suyuan.wire.cbv import COMPONENT, MEASUREMENT, SENSOR_ALERT
from suyuan.wire.fields import Shape, each, extensions, identifier, members
from suyuan.wire.reading import (
    Reading,
    boolean,
    hexadecimal,
    named,
    number,
    past_text,
    sensed_unit,
    text,
    time_text,
    uri,
    word,
)

_NAME: Final = identifier(Grain.DOCUMENT)
_SHARED: Final[Shape] = {
    "time": past_text,
    "deviceID": identifier(Grain.INSTANCE),
    "deviceMetadata": _NAME,
    "rawData": _NAME,
    "dataProcessingMethod": _NAME,
    "bizRules": _NAME,
}
WORDED: Final = {"type": MEASUREMENT, "exception": SENSOR_ALERT, "component": COMPONENT}
"""Members whose values are words, and of which vocabulary."""

METADATA: Final[Shape] = _SHARED | {"startTime": time_text, "endTime": time_text}
REPORT: Final[Shape] = _SHARED | {
    **{name: word(vocabulary) for name, vocabulary in WORDED.items()},
    "microorganism": named,
    "chemicalSubstance": named,
    "coordinateReferenceSystem": named,
    "value": number,
    "stringValue": text,
    "booleanValue": boolean,
    "hexBinaryValue": hexadecimal,
    "uriValue": uri,
    "minValue": number,
    "maxValue": number,
    "meanValue": number,
    "sDev": number,
    "percRank": number,
    "percValue": number,
    "uom": sensed_unit,
}
NUMERIC: Final = frozenset(name for name, reader in REPORT.items() if reader is number)
"""Members whose values are numbers."""

# TCR-53, set 3: said once for all reports, or by each report, never both.
_ONCE: Final = ("time", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod")


def sensor(reading: Reading, value: Any, path: str) -> dict[str, Any] | None:
    """A sensorElement with its names written out; nothing in it is dropped."""
    got = members(reading, value, path, shape=_ELEMENT, required=("sensorReport",))
    if got is None:
        return None
    known, others = got
    reports = known.get("sensorReport") or ()
    if not reports and value.get("sensorReport") is not None:
        reading.found("wire.empty", f"{path}/sensorReport")
    metadata = known.get("sensorMetadata") or {}
    for key in _ONCE:
        if key in metadata and any(key in report for report in reports):
            reading.found("wire.sensor.twice", f"{path}/sensorMetadata/{key}", key=key)
    if "type" in others:
        reading.found("wire.sensor.type", f"{path}/type")
        known["type"] = others.pop("type")
    return {**known, **extensions(reading, others, path)}


def _metadata(reading: Reading, value: Any, path: str) -> dict[str, Any] | None:
    return _open(reading, value, path, shape=METADATA, required=())


def _report(reading: Reading, value: Any, path: str) -> dict[str, Any] | None:
    return _open(reading, value, path, shape=REPORT, required=("type",))


def _open(
    reading: Reading, value: Any, path: str, *, shape: Shape, required: tuple[str, ...]
) -> dict[str, Any] | None:
    got = members(reading, value, path, shape=shape, required=required)
    if got is None:
        return None
    known, others = got
    read = {key: item for key, item in known.items() if item is not None}
    return {**read, **extensions(reading, others, path)} if others else read


_REPORTS: Final = each(_report)
_ELEMENT: Final[Shape] = {
    "sensorMetadata": _metadata,
    "sensorReport": lambda reading, value, path: list(_REPORTS(reading, value, path)),
}
SENSORS: Final = each(sensor)
