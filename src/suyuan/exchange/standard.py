"""Takes nothing; gives the table of the parameters that EPCIS 2.0 has for event queries.

The names are those of EPCIS 2.0 §8.2.7.1 as the query schema of the standard writes them: 61 that
stand for themselves and 108 families, which end in a field, a type or a unit. Whatever reads a
query reads it by this table, so a parameter is here or it is refused.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from suyuan.index import anatomy

ORDERED: Final = ("GT", "GE", "LT", "LE")
COMPARISONS: Final = ("EQ", *ORDERED)


Part = anatomy.Part


class End(StrEnum):
    """What a family's name ends in."""

    FIELD = "prefix:name"
    TYPE = "type"
    UNIT = "unit"
    ATTRIBUTE = "field_attribute"


class Family(Struct, frozen=True, kw_only=True):
    """Parameters that begin alike: `beginning` and then what `end` says.

    `part` and `inner` tell where an extension is looked for: among the members of a part, or
    anywhere inside them; `member` is the standard's own member of a report or element.
    """

    beginning: str
    end: End
    comparison: str
    part: Part = Part.EVENT
    inner: bool = False
    member: str = ""


_NESTED: Final = (Part.EVENT, Part.ILMD, Part.ERROR, Part.ELEMENT, Part.METADATA, Part.REPORT)
_PLACES: Final = (Part.READ_POINT, Part.BIZ_LOCATION)
_OPEN_TO_EXISTS_INSIDE: Final = frozenset((Part.EVENT, Part.ILMD, Part.ERROR))
_STATISTICS: Final = ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue")
_REFERENCES: Final = ("bizTransaction", "source", "destination")


def _field(comparison: str, part: Part, *, inner: bool) -> Family:
    words = (comparison, "INNER" if inner else "", part.value)
    beginning = "".join(f"{word}_" for word in words if word)
    return Family(beginning=beginning, end=End.FIELD, comparison=comparison, part=part, inner=inner)


def _ending(comparison: str, member: str, end: End) -> Family:
    return Family(
        beginning=f"{comparison}_{member}_", end=end, comparison=comparison, member=member
    )


FAMILIES: Final[tuple[Family, ...]] = (
    *(
        _field(comparison, part, inner=inner)
        for comparison in COMPARISONS
        for part in _NESTED
        for inner in (False, True)
    ),
    *(
        _field("EXISTS", part, inner=inner)
        for part in _NESTED
        for inner in (False, True)
        if not inner or part in _OPEN_TO_EXISTS_INSIDE
    ),
    *(_field("EQ", part, inner=inner) for part in _PLACES for inner in (False, True)),
    *(_ending("EQ", member, End.TYPE) for member in _REFERENCES),
    *(_ending(comparison, "quantity", End.UNIT) for comparison in COMPARISONS),
    _ending("EQ", "value", End.UNIT),
    *(_ending(comparison, member, End.UNIT) for comparison in ORDERED for member in _STATISTICS),
    Family(beginning="HASATTR_", end=End.FIELD, comparison="HASATTR"),
    Family(beginning="EQ_ATTR_", end=End.ATTRIBUTE, comparison="EQ_ATTR"),
)
"""The families of parameters, one for each pattern of the standard."""

SENSED: Final[dict[str, tuple[str, tuple[Part, ...]]]] = {
    "time": ("time", (Part.METADATA, Part.REPORT)),
    "startTime": ("time", (Part.METADATA,)),
    "endTime": ("time", (Part.METADATA,)),
    "type": ("word", (Part.REPORT,)),
    "deviceID": ("identifier", (Part.METADATA, Part.REPORT)),
    "dataProcessingMethod": ("identifier", (Part.METADATA, Part.REPORT)),
    "bizRules": ("identifier", (Part.METADATA, Part.REPORT)),
    "microorganism": ("text", (Part.REPORT,)),
    "chemicalSubstance": ("text", (Part.REPORT,)),
    "stringValue": ("text", (Part.REPORT,)),
    "booleanValue": ("text", (Part.REPORT,)),
    "hexBinaryValue": ("hex", (Part.REPORT,)),
    "uriValue": ("text", (Part.REPORT,)),
    "percRank": ("number", (Part.REPORT,)),
}
"""The standard's own members of sensor elements: how a value is read, and where it may stand."""

_BY_KIND: Final = {"time": ("GE", "LT"), "number": ORDERED}

NAMED_SENSED: Final[dict[str, tuple[str, str]]] = {
    f"{comparison}_{member}": (comparison, member)
    for member, (kind, _) in SENSED.items()
    for comparison in _BY_KIND.get(kind, ("EQ",))
}
"""Parameters about these members, as comparison and member."""

NAMED: Final[tuple[str, ...]] = (
    "@context", "eventType",
    "GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime",
    "EQ_action", "EQ_bizStep", "EQ_disposition",
    "EQ_persistentDisposition_set", "EQ_persistentDisposition_unset",
    "EQ_readPoint", "WD_readPoint", "EQ_bizLocation", "WD_bizLocation",
    "EQ_transformationID", "EQ_eventID",
    "MATCH_epc", "MATCH_parentID", "MATCH_inputEPC", "MATCH_outputEPC", "MATCH_anyEPC",
    "MATCH_epcClass", "MATCH_inputEPCClass", "MATCH_outputEPCClass", "MATCH_anyEPCClass",
    "EQ_quantity", "GT_quantity", "GE_quantity", "LT_quantity", "LE_quantity",
    "EXISTS_errorDeclaration", "GE_errorDeclaration_Time", "LT_errorDeclaration_Time",
    "EQ_errorReason", "EQ_correctiveEventID",
    "EXISTS_sensorElementList", *NAMED_SENSED,
    "orderBy", "orderDirection", "eventCountLimit", "maxEventCount",
)  # fmt: skip
"""The parameters that stand for themselves."""

ALSO: Final = ("GE_errorDeclarationTime", "LT_errorDeclarationTime", "EXISTS_sensorElement")
"""Other spellings: those of the standard's OpenAPI document and of its conformance tests."""


def family_of(name: str) -> Family | None:
    """The family of a name: of all that begin so, the one that says most."""
    fitting = [family for family in FAMILIES if name.startswith(family.beginning)]
    return max(fitting, key=lambda family: len(family.beginning), default=None)
