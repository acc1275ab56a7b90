"""Dispersion over HTTP: in how many products inputs are; one address for people too."""

from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.drawing import page_before, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, instant, known_only, platform_of, things
from suyuan.api.types import AnyRequest
from suyuan.service import dispersing
from suyuan.trace import dispersed

_ASKED: Final = ("thing", "at", "as_of", "known_at", "most")


@get(
    "/dispersion",
    summary="扩散度 In how many products inputs are",
    description=(
        "Over all of the record that its viewer may see: `rows` are inputs, with the products that "
        "one of them may be in and what a recall of these would take; `made_of` are products, with "
        "how many inputs each may be made of; `by_holder` what would be recalled if all that was "
        "ever there were bad. Each is ranked; worst case and mean stand beside them. All of it is "
        "*at most*, for dates are not looked at. `truncated` says that records after `position` "
        "were not read. `place_seen` is false where nothing that its viewer may see was ever at "
        "the place asked about. Needs an account."
    ),
    operation_id="dispersion",
    before_request=page_before("dispersion"),
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(
            data_container=dispersing.DispersionTold, description="The widest spread first"
        ),
        **documented(400, 401, 429),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_dispersion(
    request: AnyRequest,
    code: Annotated[
        list[str] | None,
        QueryParameter(name="thing", description="Only rows of these, by any code; repeated"),
    ] = None,
    at: Annotated[
        str | None,
        QueryParameter(description="Only what was at this site or party, by any code of it"),
    ] = None,
    as_of: Annotated[
        str | None,
        QueryParameter(description="Only what had happened by then; ISO 8601, China's clock"),
    ] = None,
    known_at: Annotated[
        int | None,
        QueryParameter(ge=0, le=1 << 62, description="Only what was recorded up to that position"),
    ] = None,
    most: Annotated[
        int, QueryParameter(ge=1, le=1_000, description="At most so many rows of each")
    ] = 50,
) -> Response[Any]:
    """The dispersion in what whoever asks may see."""
    known_only(request, _ASKED)
    viewer = account_of(request).viewer
    asked = dispersing.DispersionAsked(
        wanted=dispersed.Wanted(
            things=tuple(things(request, code or [], "thing", viewer)), place=at, most=most
        ),
        as_of=instant(as_of, "as_of", last=True),
        known_at=known_at,
    )
    return varying(as_json(dispersing.dispersion(platform_of(request), asked, viewer)))


handlers: Final = (get_dispersion,)
