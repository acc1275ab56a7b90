"""Takes a parameter whose name is made by a pattern; gives the condition on an event that it is.

The patterns of EPCIS 2.0 §8.2.7.1 are two tables: the areas of an event in which extensions
stand, with the comparisons that the standard has for each, and the measures of sensor reports.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct, structs

from suyuan.codes import privacy
from suyuan.exchange.fields import FieldTest, ReadingTest, is_sane
from suyuan.exchange.query import COMPARISONS, QueryError
from suyuan.kit import Text
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.wire.contexts import STANDARD, expand
from suyuan.wire.types import Context

_EXISTS: Final = "EXISTS"
_INNER: Final = "INNER_"
_ALL: Final = (*COMPARISONS, _EXISTS)
_EQUAL: Final = COMPARISONS[:1]

AREAS: Final[Mapping[str, tuple[Sequence[str], Sequence[str]]]] = {
    "ERROR_DECLARATION": (_ALL, _ALL),
    "ILMD": (_ALL, _ALL),
    "SENSORELEMENT": (_ALL, COMPARISONS),
    "SENSORMETADATA": (_ALL, COMPARISONS),
    "SENSORREPORT": (_ALL, COMPARISONS),
    "readPoint": (_EQUAL, _EQUAL),
    "bizLocation": (_EQUAL, _EQUAL),
    "": (_ALL, _ALL),
}
"""Areas of an event, with the comparisons of extensions in them: at the top, and below (INNER)."""

MEASURES: Final[Mapping[str, Sequence[str]]] = {
    "value": COMPARISONS,
    **dict.fromkeys(("minValue", "maxValue", "meanValue", "sDev", "percValue"), COMPARISONS[1:]),
}
"""Measures of sensor reports, asked for with a unit, with the comparisons of each."""

PATTERNED: Final = (
    *(
        f"{comparison}_{inner}{area}{'_' if area else ''}…"
        for area, known in AREAS.items()
        for inner, comparisons in zip(("", _INNER), known, strict=True)
        for comparison in comparisons
    ),
    *(
        f"{comparison}_{member}_…"
        for member, comparisons in MEASURES.items()
        for comparison in comparisons
    ),
)
"""Every pattern; `…` stands for the full or prefixed name of an extension, or for a unit."""

_PREFIX = Text(
    "参数 “{name}” 的前缀没有说明；请在请求头 GS1-Extensions 里写 前缀=命名空间，或写扩展的全名。",
    "The prefix in '{name}' is not declared; send the header GS1-Extensions: prefix=namespace, or "
    "write the extension's full name.",
)
_COMPARED = Text(
    "参数 “{name}” 的值 “{value}” 不可用；请写数字，或写时间，如 2026-03-01T08:00:00+08:00。",
    "'{value}' cannot be the value of '{name}'; write a number, or a time such as "
    "2026-03-01T08:00:00+08:00.",
)
_UNIT = Text(
    "参数 “{name}” 缺单位；请写成 {name}_KEL 这样的 UN/CEFACT 代码。",
    "'{name}' needs a unit; end it with a UN/CEFACT code such as _KEL.",
)


class _Named(Struct, frozen=True):
    comparison: str
    inner: bool
    area: str
    local: str


def is_extension(name: str) -> bool:
    """Whether a parameter asks for an extension in one of the ways of the standard."""
    return _taken_apart(name) is not None


def measure(name: str) -> tuple[str, str] | None:
    """The comparison and the measure that a parameter names, whatever its unit."""
    comparison, _, rest = name.partition("_")
    member = rest.partition("_")[0]
    return (comparison, member) if comparison in MEASURES.get(member, ()) else None


def field_test(name: str, values: Sequence[str], names: Mapping[str, str]) -> FieldTest:
    """The condition on an extension; `names` are prefixes beyond those of the standard.

    Raises:
        QueryError: an undeclared prefix, or a value that cannot be compared.
    """
    asked = _taken_apart(name)
    assert asked is not None  # noqa: S101 -- is_extension was asked before
    full = expand(asked.local, Context(names={**STANDARD.names, **names}))
    if full is None:
        raise QueryError("query.prefix", _PREFIX.format(name=privacy.quoted(name)), name[:80])
    test = FieldTest(area=asked.area, inner=asked.inner, name=full, comparison=asked.comparison)
    if asked.comparison == _EXISTS:
        return test
    if asked.comparison == "EQ":
        return structs.replace(test, texts=tuple(values))
    number, at = number_or_time(name, values[0])
    return structs.replace(test, number=number, at=at)


def reading_test(name: str, value: str) -> ReadingTest:
    """The condition on a sensor report that `comparison_member_unit` and a number state.

    Raises:
        QueryError: no unit, or no number.
    """
    comparison, _, rest = name.partition("_")
    member, _, uom = rest.partition("_")
    if not uom:
        raise QueryError("query.value", _UNIT.format(name=name), name)
    return ReadingTest(comparison=comparison, member=member, value=a_number(name, value), uom=uom)


def a_number(name: str, value: str) -> Decimal:
    """A number that can be compared.

    Raises:
        QueryError: none, or beyond what can be compared exactly.
    """
    found = _number(value)
    if found is None:
        raise _not_compared(name, value)
    return found


def number_or_time(name: str, value: str) -> tuple[Decimal | None, datetime | None]:
    """The number or the instant that an extension is compared with.

    Raises:
        QueryError: neither.
    """
    found = _number(value)
    if found is not None:
        return found, None
    try:
        span, offset = parse_instant(value.replace(" ", "+"))
    except BadTimeError:
        raise _not_compared(name, value) from None
    if offset is None or span.lo is None:
        raise _not_compared(name, value)
    return None, span.lo


def _number(value: str) -> Decimal | None:
    try:
        found = Decimal(value)
    except ArithmeticError:
        return None
    return found if is_sane(found) else None


def _not_compared(name: str, value: str) -> QueryError:
    text = _COMPARED.format(name=privacy.quoted(name), value=privacy.quoted(value))
    return QueryError("query.value", text, name[:80])


def _taken_apart(name: str) -> _Named | None:
    comparison, _, rest = name.partition("_")
    inner = rest.startswith(_INNER)
    rest = rest.removeprefix(_INNER)
    area = next(area for area in AREAS if not area or rest.startswith(f"{area}_"))
    local = rest.removeprefix(f"{area}_") if area else rest
    prefix, colon, last = local.partition(":")
    if not (prefix and colon and last) or comparison not in AREAS[area][inner]:
        return None
    return _Named(comparison, inner, area, local)
