"""Locating the source over HTTP, by flows on record; one address for people too."""

from typing import Annotated, Any, Final, Literal

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.drawing import page_before, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, instant, known_only, platform_of, things
from suyuan.api.resting import RESTING, AsTies, HoldFor, StayAtMost
from suyuan.api.types import AnyRequest
from suyuan.network.ties import Ties
from suyuan.service import (
    SourceAsked,
    Sourced,
    cases_typed,
    locate_on_record,
    locating,
)
from suyuan.trace import resting

_ASKED: Final = (
    "case", "thing", "as_of", "noise", "candidate", "reporting", "priors", "half_life",
    "detection", *RESTING,
)  # fmt: skip
_TIME = "ISO 8601; without an offset, on China's clock"

Candidates = Annotated[
    list[str] | None,
    QueryParameter(
        description="`PLACE,WEIGHT`: a candidate and its weight before any case; without any, the "
        "places that nothing comes to; may be repeated"
    ),
]
Rates = Annotated[
    list[str] | None,
    QueryParameter(
        description="`PLACE,RATE`: how probably a case there is reported, 1 where nothing is said; "
        "may be repeated"
    ),
]


@get(
    "/source",
    summary="问题源头 Where cases most probably come from",
    description=(
        "Posterior of every candidate source by the flows on record: exact absorbing-chain "
        "likelihood over all paths, from what `thing` came from forward again, so that places "
        "without a case count too. With the 95 % credible set, coverage, smallest explaining sets "
        "and the most telling samples; `records` are missing ones, with what a reply tells, in "
        "bits. If every case has a day, `by_lot` weighs each source and week of its making by the "
        "records of its lots, else `no_lots` says why not. With "
        "`priors=inspections`, what inspections on record found at each candidate's site before "
        "weighs it (`histories`): a Beta-Binomial rate, weakly the mean of all. Drawn "
        "from what its viewer may see. Needs an account."
    ),
    operation_id="source",
    before_request=page_before("source"),
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=dict[str, Any], description="Candidates, samples, flows"),
        **documented(400, 401, 429),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_source(  # noqa: PLR0913, PLR0917 -- the parameters of a question, given by name
    request: AnyRequest,
    case: Annotated[
        list[str] | None,
        QueryParameter(
            description="`PLACE[,COUNT][,DAY[,GIVE]]`: place by name or code, day of purchase as "
            "YYYY-MM-DD, give or take so many days; may be repeated"
        ),
    ] = None,
    thing: Annotated[
        list[str] | None,
        QueryParameter(description="Any code of what was eaten; without it, all that is seen"),
    ] = None,
    as_of: Annotated[
        str | None, QueryParameter(description=f"Only flows of before; {_TIME}")
    ] = None,
    noise: Annotated[
        float, QueryParameter(ge=0, le=1, description="Share of cases from elsewhere")
    ] = 0.0,
    hold_for: HoldFor = None,
    stay_at_most: StayAtMost = None,
    ties: AsTies = Ties.ALLOWED,
    *,
    candidate: Candidates = None,
    reporting: Rates = None,
    priors: Annotated[
        Literal["inspections"] | None,
        QueryParameter(description="Weigh candidates by the inspections on record"),
    ] = None,
    half_life: Annotated[
        float, QueryParameter(gt=0, le=36_500, description="Days after which one counts half")
    ] = 365.0,
    detection: Annotated[
        float, QueryParameter(gt=0, le=1, description="How probably one finds what there is")
    ] = 1.0,
) -> Response[Any]:
    """The candidates, the most probable first."""
    known_only(request, _ASKED)
    viewer = account_of(request).viewer
    asked = SourceAsked(
        things=tuple(things(request, thing or [], "thing", viewer)),
        as_of=instant(as_of, "as_of", last=True),
        noise=noise,
        priors=locating.values_typed("\n".join(candidate or ()), "candidate"),
        reporting=locating.values_typed("\n".join(reporting or ()), "reporting", most=1),
        inspections=priors is not None,
        half_life=half_life,
        detection=detection,
        rest=resting.rest_typed(hold_for, stay_at_most, ties),
    )
    found: Sourced = locate_on_record(
        platform_of(request), cases_typed("\n".join(case or ())), asked, viewer, lang="en"
    )
    return varying(as_json(found))


handlers: Final = (get_source,)
