"""Takes why a body or parameter does not fit; says which fields are taken, what each may hold."""

import re
from collections.abc import Sequence
from typing import Any, Final

from litestar.typing import FieldDefinition
from msgspec import Struct, inspect, structs

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.kit.text import joined

_MISSING: Final = re.compile("Object missing required field `(.{1,80})`")
_UNKNOWN_FIELD: Final = re.compile("Object contains unknown field `(.{1,80})`")
_PARAMETER_RULE: Final = "http.400"
_WHOLE: Final = "data"
"""What the framework calls the body as a whole."""

_FIELDS = Text("必填：{needed}；可填：{others}。", "Needed: {needed}; optional: {others}.")
_LACKS = Text("缺少字段 “{name}”。{fields}", "The field '{name}' is missing. {fields}")
_UNKNOWN = Text(
    "没有字段 “{name}”；没有采用，什么也没有做。{fields}",
    "There is no field '{name}'; nothing was done, since it would have been ignored. {fields}",
)
_NO_OBJECT = Text("正文应为一个 JSON 对象。{fields}", "The body must be one JSON object. {fields}")
_VALUE = Text(
    "“{name}” 的值不可用；应为{wanted}。", "The value of '{name}' is not taken; give {wanted}."
)
_ONE_OF = Text("以下之一：{known}", "one of: {known}")
_LIST = Text("列表，每项为{item}", "a list, of which each is {item}")
_OBJECT = Text("一个对象。{fields}", "an object. {fields}")
_OTHER = Text("/openapi.json 里写的形式", "the form that /openapi.json has")
_PLAIN: Final[dict[type, Text]] = {
    inspect.StrType: Text("文字", "text"),
    inspect.BoolType: Text(" true 或 false", "true or false"),
    inspect.FloatType: Text("数", "a number"),
    inspect.DecimalType: Text("数", "a number"),
    inspect.UUIDType: Text("编号（UUID）", "a number (UUID)"),
    inspect.DateType: Text("日期（2026-03-01）", "a date such as 2026-03-01"),
    inspect.DateTimeType: Text("时间（ISO 8601）", "a time (ISO 8601)"),
}
_SHORT = Text("至多 {most} 个字符的文字", "text of at most {most} characters")
_NUMBER = Text("整数{bounds}", "a whole number{bounds}")
_LEAST, _MOST = (
    Text("，至少 {least}", ", at least {least}"),
    Text("，至多 {most}", ", at most {most}"),
)
_NONE: Final = Text("无", "none")


class Misfit(Struct, frozen=True):
    """What is wrong with a body, by which rule, and where in it."""

    rule: str
    text: Text
    place: str


def misfit(form: Any, message: str, place: str) -> Misfit | None:
    """What to say of a body that is no `form`, by the framework's message and place.

    None where the form is no structure of fields.
    """
    path = [] if place == _WHOLE else re.findall(r"[^.\[\]]+", place)
    kind = _within(inspect.type_info(form), path)
    if missing := _MISSING.search(message):
        return _of_field("http.missing-field", _LACKS, missing[1], path, kind)
    if unknown := _UNKNOWN_FIELD.search(message):
        return _of_field("http.unknown-field", _UNKNOWN, unknown[1], path, kind)
    if isinstance(kind, inspect.StructType) and not path:
        return Misfit("http.object", _NO_OBJECT.format(fields=_fields(kind)), "body")
    if kind is None or not path:
        return None
    text = _VALUE.format(name=privacy.quoted(place), wanted=_wanted(kind))
    return Misfit("http.value", text, place)


def of_parameter(parameter: FieldDefinition) -> Misfit:
    """What to say of a value that is none of a parameter of an address or header."""
    said = parameter.kwarg_definition
    name = getattr(said, "name", None) or getattr(said, "header", None) or parameter.name
    kind = _present(inspect.type_info(parameter.annotation))
    bounds = {each: getattr(said, each, None) for each in ("ge", "le")}
    if isinstance(kind, inspect.IntType):
        kind = structs.replace(
            kind, **{key: most for key, most in bounds.items() if most is not None}
        )
    text = _VALUE.format(name=name, wanted=_wanted(kind))
    return Misfit(_PARAMETER_RULE, text, name)


def _of_field(
    rule: str, text: Text, name: str, path: Sequence[str], kind: inspect.Type | None
) -> Misfit | None:
    if not isinstance(kind, inspect.StructType):
        return None
    said = text.format(name=privacy.quoted(name), fields=_fields(kind))
    return Misfit(rule, said, ".".join((*path, name)))


def _within(kind: inspect.Type, path: Sequence[str]) -> inspect.Type | None:
    """The type at a path of fields and places of lists."""
    kind = _present(kind)
    for step in path:
        if isinstance(kind, inspect.StructType):
            found = next((each.type for each in kind.fields if each.encode_name == step), None)
            if found is None:
                return None
            kind = _present(found)
        elif isinstance(kind, inspect.ListType | inspect.VarTupleType):
            kind = _present(kind.item_type)
        else:
            return None
    return kind


def _present(kind: inspect.Type) -> inspect.Type:
    """A type that may be absent, if it is there; without what is only said of it."""
    if isinstance(kind, inspect.Metadata):
        return _present(kind.type)
    if not isinstance(kind, inspect.UnionType):
        return kind
    others = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    return _present(others[0]) if len(others) == 1 else kind


def _fields(kind: inspect.StructType) -> Text:
    needed = [each.encode_name for each in kind.fields if each.required]
    others = [each.encode_name for each in kind.fields if not each.required]
    return _FIELDS.format(needed=_listed(needed), others=_listed(others))


def _listed(names: Sequence[str]) -> Text:
    return joined(names) if names else _NONE


def _wanted(kind: inspect.Type) -> Text:
    match kind:
        case inspect.EnumType():
            return _ONE_OF.format(known=_listed([str(each.value) for each in kind.cls]))
        case inspect.LiteralType():
            return _ONE_OF.format(known=_listed([str(each) for each in kind.values]))
        case inspect.IntType():
            return _NUMBER.format(bounds=_bounds(kind))
        case inspect.ListType() | inspect.VarTupleType():
            return _LIST.format(item=_wanted(_present(kind.item_type)))
        case inspect.StructType():
            return _OBJECT.format(fields=_fields(kind))
    return _plain(kind)


def _plain(kind: inspect.Type) -> Text:
    if isinstance(kind, inspect.StrType) and kind.max_length is not None:
        return _SHORT.format(most=kind.max_length)
    return _PLAIN.get(type(kind), _OTHER)


def _bounds(kind: inspect.IntType) -> Text:
    least = _LEAST.format(least=kind.ge) if kind.ge is not None else Text("", "")
    most = _MOST.format(most=kind.le) if kind.le is not None else Text("", "")
    return Text(least.zh + most.zh, least.en + most.en)
