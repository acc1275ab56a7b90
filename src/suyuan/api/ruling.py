"""Families of products over HTTP: their life cycles and dated rules; one address for people too."""

from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter

from suyuan.api.drawing import drawn, varying
from suyuan.api.problems import documented
from suyuan.api.readers import OnDay, as_json, known_only, law_day, platform_of
from suyuan.api.types import AnyRequest
from suyuan.service import FamilyLine, FamilyOn, families_on, family_on

_WHERE = "A division (GB/T 2260), as 310000: the rules as they are there, its own among them"


@get(
    "/families",
    summary="产品门类 Families of products",
    description=(
        "Every family with its scope and the number of rules in force on a day; those whose law "
        "was not read on its source are counted as unverified. The general rules come last."
    ),
    operation_id="families",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=list[FamilyLine], description="All families"),
        **documented(400),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_families(
    request: AnyRequest,
    on: OnDay = None,
) -> Response[Any]:
    """All families as of a day."""
    page = drawn(request, "families")
    if page is not None:
        return page
    known_only(request, ("on",))
    return varying(as_json(families_on(platform_of(request).families, law_day(request, on))))


@get(
    "/families/{name:str}",
    summary="一个产品门类 A family of products",
    description=(
        "A family as of a day: scope, kinds, laws, life cycle with the items of each step, every "
        "rule in force with law, article, dates and whether it is verified, the rules that begin "
        "or end within a year, codes, terms, and what is missing."
    ),
    operation_id="family",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=FamilyOn, description="All that is known of the family"),
        **documented(400, 404),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_family(
    request: AnyRequest,
    name: Annotated[str, PathParameter(description="A family's id, as `food`")],
    kind: Annotated[
        str | None, QueryParameter(name="kind", description="One product kind only")
    ] = None,
    on: OnDay = None,
    division: Annotated[str | None, QueryParameter(name="division", description=_WHERE)] = None,
) -> Response[Any]:
    """One family as of a day, for all its kinds or one, everywhere or in one division."""
    page = drawn(request, "family")
    if page is not None:
        return page
    known_only(request, ("kind", "on", "division"))
    platform = platform_of(request)
    day = law_day(request, on)
    found = family_on(platform.families, name, day, kind=kind or None, division=division or "")
    return varying(as_json(found))


handlers: Final = (get_families, get_family)
