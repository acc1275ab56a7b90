"""The index of the machine-readable standard over HTTP, its coding rules, items and interfaces.

What a step's events carry is beside them (`templating`); all of it is public, as clause 十一 of
国办发〔2015〕95号 asks.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec
from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from msgspec import Struct

from suyuan.api import description
from suyuan.api.problems import documented
from suyuan.api.readers import OnDay, as_json, known_only, law_day, platform_of
from suyuan.api.templating import FamilyNamed
from suyuan.api.types import AnyRequest
from suyuan.service import (
    CodingRule,
    DataItem,
    Index,
    coding_rule,
    coding_rules,
    data_items,
    standard_index,
)
from suyuan.wire import Form

_DIVISION = "The rules as they are in this division (GB/T 2260), as 310000"
_Division = Annotated[str | None, QueryParameter(name="division", description=_DIVISION)]
_METHODS: Final = ("get", "post", "put", "delete")


class Interface(Struct, frozen=True, kw_only=True):
    """An operation of the interface: what it is for, how it is called, whether a key is needed."""

    id: str
    method: str
    path: str
    summary: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]


class Interfaces(Struct, frozen=True, kw_only=True):
    """All operations, the full description of them, and the forms in which events travel."""

    openapi: str
    forms: tuple[str, ...]
    operations: tuple[Interface, ...]


@get(
    "/standard/1/index.json",
    summary="机读标准的目录 · Index of the machine-readable standard",
    description="Data items, formats, interfaces and coding rules, and where each is published.",
    operation_id="standardIndex",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=Index, description="The index"),
        **documented(400),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_index(request: AnyRequest, on: OnDay = None) -> Response[Any]:
    """The index as of a day."""
    known_only(request, ("on",))
    return as_json(standard_index(platform_of(request).families, law_day(request, on)))


@get(
    "/standard/1/{family:str}/items.json",
    summary="一个门类的数据项 · Data items of a family",
    description="The items that rules in force on the day speak of: type, unit, source, places.",
    operation_id="standardItems",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=list[DataItem], description="The items"),
        **documented(400, 404),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_items(
    request: AnyRequest,
    family: FamilyNamed,
    on: OnDay = None,
    division: _Division = None,
) -> Response[Any]:
    """The data items of a family by the law of a day, and of a place if one is given."""
    known_only(request, ("division", "on"))
    families, day = platform_of(request).families, law_day(request, on)
    return as_json(data_items(families, family, day, division=division or ""))


@get(
    "/standard/1/codes.json",
    summary="全部编码规则 · All coding rules",
    description="How each code is built, checked and named, by whom it is issued, who uses it.",
    operation_id="standardCodes",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=list[CodingRule], description="The coding rules"),
        **documented(400),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_codes(request: AnyRequest) -> Response[Any]:
    """Every coding rule."""
    known_only(request, ())
    return as_json(coding_rules(platform_of(request).families))


@get(
    "/standard/1/codes/{scheme:str}",
    summary="一条编码规则 · One coding rule",
    description="By the id of its scheme, as `drug-trace`.",
    operation_id="standardCode",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=CodingRule, description="The coding rule"),
        **documented(400, 404),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_code(
    request: AnyRequest,
    scheme: Annotated[str, PathParameter(description="A scheme's id, as `drug-trace`")],
) -> Response[Any]:
    """One coding rule."""
    known_only(request, ())
    return as_json(coding_rule(platform_of(request).families, scheme))


@get(
    "/standard/1/interfaces.json",
    summary="接口 · Interfaces",
    description="The operations of this server, from its own OpenAPI description, and its forms.",
    operation_id="standardInterfaces",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=Interfaces, description="The interfaces"),
        **documented(400),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_interfaces(request: AnyRequest) -> Response[Any]:
    """What programs may call, and in which forms events travel."""
    known_only(request, ())
    described = msgspec.json.decode(description.described(request.app))
    found = Interfaces(
        openapi="/openapi.json",
        forms=tuple(form.value for form in Form),
        operations=tuple(_operations(described)),
    )
    return as_json(found)


def _operations(described: dict[str, Any]) -> Iterator[Interface]:
    for path, methods in described["paths"].items():
        for method in _METHODS:
            if operation := methods.get(method):
                yield Interface(
                    id=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=operation.get("summary", ""),
                    takes=tuple(operation.get("requestBody", {}).get("content", {})),
                    gives=tuple(operation["responses"].get("200", {}).get("content", {})),
                )


handlers: Final = (get_index, get_items, get_codes, get_code, get_interfaces)
