"""Takes a parameter about members, sensors or master data; gives the condition it states."""

from datetime import datetime
from decimal import Decimal
from typing import assert_never

from msgspec import structs

from suyuan.codes import privacy
from suyuan.exchange import spelling
from suyuan.exchange.members import Condition
from suyuan.exchange.query import FIELDS, Described, QueryError
from suyuan.exchange.spelling import Reader, Values
from suyuan.exchange.standard import SENSED, End, Family, Part
from suyuan.index import anatomy
from suyuan.kit import Text
from suyuan.kit.unit_names import is_unit_code, meant_unit
from suyuan.wire import Context
from suyuan.wire.cbv import MEASUREMENT
from suyuan.wire.contexts import expand

_FIELD = Text(
    "参数 “{name}” 里的 “{found}” 不是扩展字段名；请写成 前缀:名称，"
    "并在请求头 GS1-Extensions（前缀=命名空间）或 @context 里说明前缀。",
    "'{found}' in '{name}' names no extension; write prefix:name, and say what the prefix means in "
    "the header GS1-Extensions (prefix=namespace) or in @context.",
)
_UNITS = Text(
    "参数 “{name}” 里的 “{found}” 不是 UN/CEFACT 第 20 号建议书的单位代码"
    "（EPCIS 的 uom 用它）；{near}",
    "'{found}' in '{name}' is no unit code of UN/CEFACT Recommendation 20, which uom has in EPCIS; "
    "{near}",
)
_SUCH_AS = Text(
    "如 KGM（千克）、CEL（摄氏度）。", "such are KGM (kilogram) and CEL (degree Celsius)."
)
_MEANT = Text("请写 {code}。", "write {code}.")
_ATTRIBUTE = Text("请写成 EQ_ATTR_字段_属性。", "write EQ_ATTR_field_attribute.")
_NUMBER_OR_TIME = Text(
    "请写数字，或带时区的时间，如 2026-03-01T08:00:00+08:00。",
    "write a number, or a time with its offset such as 2026-03-01T08:00:00+08:00.",
)


def sensed(
    name: str, which: tuple[str, str], values: Values, *, reader: Reader, context: Context
) -> Condition:
    """A condition on a member that the standard gives to sensor elements."""
    comparison, member = which
    kind, parts = SENSED[member]
    if kind in {"time", "number"}:
        value = spelling.once(name, values)
        bound: Decimal | datetime
        bound = spelling.time(name, value) if kind == "time" else spelling.decimal(name, value)
        return Condition(comparison=comparison, parts=parts, key=member, bound=bound)
    wanted = _texts(name, kind, values, reader=reader, context=context)
    folded = kind == "hex"
    return Condition(comparison="EQ", parts=parts, key=member, texts=wanted, folded=folded)


def _texts(
    name: str, kind: str, values: Values, *, reader: Reader, context: Context
) -> tuple[str, ...]:
    if kind == "identifier":
        return spelling.identifiers(name, values, reader)
    if kind == "word":
        spelt = (
            spelling.in_full(value, context) for value in spelling.words(name, values, MEASUREMENT)
        )
        return tuple(spelling.bare(value, MEASUREMENT) for value in spelt)
    return spelling.texts(name, values)


def measured(name: str, family: Family, values: Values) -> Condition:
    """A condition on a number of a sensor report, in a unit."""
    unit = unit_of(name, name.removeprefix(family.beginning))
    return Condition(
        comparison=family.comparison,
        parts=(Part.REPORT,),
        key=family.member,
        bound=spelling.decimal(name, spelling.once(name, values)),
        unit=unit,
    )


def unit_of(name: str, unit: str) -> str:
    """The unit that a name ends in.

    It need not be of what a type in the same query measures: by the standard any report or
    quantity of the event fulfils a condition, so it may be another one.

    Raises:
        QueryError: it has not the form of a code, or is the symbol of a unit that has another.
    """
    if not is_unit_code(unit):
        code = meant_unit(unit)
        near = _SUCH_AS if code is None else _MEANT.format(code=code)
        raise _misnamed(name, unit, _UNITS, near=near)
    return unit


def extension(name: str, family: Family, values: Values, context: Context) -> Condition:
    """A condition on an extension, named by a prefix that the query or the standard explains."""
    key = iri_of(name, name.removeprefix(family.beginning), context)
    condition = Condition(
        comparison=family.comparison, parts=(family.part,), key=key, inner=family.inner
    )
    if family.comparison == "EXISTS":
        spelling.exists(name, values)
        return condition
    if family.comparison == "EQ":
        return structs.replace(condition, texts=spelling.texts(name, values))
    value = spelling.once(name, values).strip()
    number = anatomy.number_of(value)
    bound = anatomy.instant_of(value.replace(" ", "+")) if number is None else number
    if bound is None:
        raise spelling.bad(name, value, _NUMBER_OR_TIME)
    return structs.replace(condition, bound=bound)


def iri_of(name: str, field: str, context: Context) -> str:
    """The full name of an extension.

    Raises:
        QueryError: its prefix is not explained.
    """
    iri = expand(field, context) if ":" in field.strip(":") else None
    if iri is None:
        raise _misnamed(name, field, _FIELD)
    return iri


def _misnamed(name: str, part: str, text: Text, **more: Text) -> QueryError:
    shown = privacy.quoted(name)
    said = text.format(name=shown, found=privacy.quoted(part), **more)
    return QueryError("query.parameter", said, shown)


def described(name: str, family: Family, values: Values, context: Context) -> Described:
    """A condition on what master data say of whatever a field names."""
    rest = name.removeprefix(family.beginning)
    match family.end:
        case End.FIELD:
            attributes = spelling.names(name, values)
            spelt = tuple(one for each in attributes for one in spelling.attribute(each, context))
            return Described(field=_field(name, rest, context), attributes=spelt)
        case End.ATTRIBUTE:
            field, attribute = _parted(name, rest)
            wanted = spelling.texts(name, values)
            spelt = spelling.attribute(attribute, context)
            return Described(field=_field(name, field, context), attributes=spelt, values=wanted)
        case End.TYPE | End.UNIT:
            raise AssertionError(family)
        case _:
            assert_never(family.end)


def _parted(name: str, rest: str) -> tuple[str, str]:
    """The field and the attribute; either may hold an underscore where it has a prefix."""
    known = next((field for field in FIELDS if rest.startswith(f"{field}_")), None)
    field, _, attribute = (
        rest.rpartition("_") if known is None else (known, "", rest[len(known) + 1 :])
    )
    if not field or not attribute:
        raise QueryError("query.parameter", _ATTRIBUTE, privacy.quoted(name))
    return field, attribute


def _field(name: str, field: str, context: Context) -> str:
    return field if field in FIELDS else iri_of(name, field, context)
