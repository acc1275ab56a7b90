"""Balances over HTTP: where amounts contradict themselves; one address for people too."""

from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.drawing import page_before, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, instant, known_only, platform_of, things
from suyuan.api.types import AnyRequest
from suyuan.service import BalanceAsked, Balanced, balance, percent_of

_TIME = "ISO 8601; without an offset, on China's clock"
_ASKED = (
    "thing",
    "party",
    "site",
    "family",
    "start",
    "end",
    "known_at",
    "tolerance",
    "most",
)


@get(
    "/balance",
    summary="物料平衡 Where amounts contradict themselves",
    description=(
        "Stock accounts over a period, of lots and classes at holders, of vessels, "
        "transformations and movements: opening + came + made = went + used + ended + closing, "
        "each at least and at most so much. Contradictions come first, with the first day on "
        "which the records cannot all be right and a smallest set of records to question. Drawn "
        "from what its viewer may see, and only where that is all of an account; `truncated` says "
        "that records after `position` were not read. Needs an account."
    ),
    operation_id="balance",
    before_request=page_before("balance"),
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=Balanced, description="The accounts"),
        **documented(400, 401, 404, 429),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_balance(  # noqa: PLR0913, PLR0917 -- the parameters of a question, given by name
    request: AnyRequest,
    code: Annotated[
        list[str] | None,
        QueryParameter(name="thing", description="Any code of a thing; may be repeated"),
    ] = None,
    party: Annotated[str | None, QueryParameter(description="Only this party's accounts")] = None,
    site: Annotated[str | None, QueryParameter(description="Only accounts at this site")] = None,
    family: Annotated[
        str | None, QueryParameter(description="Only things of this family, as `food`")
    ] = None,
    start: Annotated[str | None, QueryParameter(description=f"The period begins; {_TIME}")] = None,
    end: Annotated[str | None, QueryParameter(description=f"The period ends; {_TIME}")] = None,
    known_at: Annotated[
        int | None,
        QueryParameter(ge=0, le=1 << 62, description="Only what was recorded up to that position"),
    ] = None,
    tolerance: Annotated[
        str | None, QueryParameter(description="Percent, in place of what the families state")
    ] = None,
    most: Annotated[
        int, QueryParameter(ge=1, le=1_000, description="At most so many statements")
    ] = 200,
) -> Response[Any]:
    """The accounts that whoever asks may see all of."""
    known_only(request, _ASKED)
    viewer = account_of(request).viewer
    asked = BalanceAsked(
        things=tuple(things(request, code or [], "thing", viewer)),
        party=party,
        site=site,
        family=family,
        start=instant(start, "start", last=False),
        end=instant(end, "end", last=True),
        known_at=known_at,
        tolerance=percent_of(tolerance, "tolerance"),
        most=most,
    )
    return varying(as_json(balance(platform_of(request), asked, viewer)))


handlers: Final = (get_balance,)
