"""Takes a family and a step; gives a report of that step that its rules let pass.

It is the first of the family's own cases that expects no finding; a step that has none gets a
bare report of a thing of the family.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from suyuan.families import Family, Required
from suyuan.families.types import Step

_STEP: Final = "suyuan:step"
_KIND: Final = "suyuan:productKind"
_OWN: Final = "extensions.suyuan:"
_ANY: Final = ("type", "eventTime", "eventTimeZoneOffset", "epcList", "quantityList", "readPoint")


def example_of(family: Family, step: Step, kind: str | None) -> dict[str, Any]:
    """An event as EPCIS JSON, of the kind where a case of it is at hand."""
    found = [event for event in _good(family.id) if event.get(_STEP) == step.id]
    if not found:
        return _bare(family, step, kind)
    event = next((one for one in found if kind in (None, one.get(_KIND))), found[0])
    return event if kind is None else event | {_KIND: kind}


def _bare(family: Family, step: Step, kind: str | None) -> dict[str, Any]:
    """A report of a thing of the family with what every report of the step must state."""
    like = next(one for one in _good(family.id) if one["type"] == "ObjectEvent")
    things = {key: one for key, one in like.items() if key in _ANY}
    kinds = step.kinds or tuple(family.kinds)
    stated = {"suyuan:family": family.id, _STEP: step.id, _KIND: kind or kinds[0]}
    return {
        **things,
        "action": "OBSERVE",
        "bizStep": step.biz_step,
        **stated,
        **dict(_asked(family, step)),
    }


def _asked(family: Family, step: Step) -> Iterable[tuple[str, str]]:
    """A text for each item that any report of the step must state as an extension of its own."""
    for rule in family.rules:
        if step.id in rule.when.step and isinstance(rule.require, Required):
            for name in rule.require.of:
                item = family.items[name]
                place = next((one for one in family.places(name) if one.startswith(_OWN)), None)
                if place is not None and item.type in ("text", "code"):
                    yield place.removeprefix("extensions."), item.zh


@cache
def _good(family: str) -> tuple[dict[str, Any], ...]:
    folder = files("suyuan.families") / "data" / family / "cases"
    tables = (
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
    )
    return tuple(
        msgspec.json.decode(case["event"])
        for table in tables
        for case in table["case"]
        if "event" in case and not case["expect"]
    )
