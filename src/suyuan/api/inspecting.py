"""Who answers for what inspections found, over HTTP, by flows on record; for people too."""

from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.drawing import page_before, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, instant, known_only, platform_of, things
from suyuan.api.types import AnyRequest
from suyuan.service import SourceAsked, inspecting

_ASKED: Final = (
    "test", "thing", "as_of", "limit", "typical", "sensitivity", "specificity", "plan", "tracked",
)  # fmt: skip
_TIME: Final = "ISO 8601; without an offset, on China's clock"


@get(
    "/inspections",
    summary="抽检推断责任供应方 Who answers for what inspections found",
    description=(
        "For every place on the flows on record: the posterior of its rate of bad goods, how "
        "probably that is over `limit`, and how many of the failed tests it answers for. Places of "
        "which no test says anything (`told` false) come last. Tests "
        "with a supplier are his (tracked); without, they are of the mixture that all paths of the "
        "flows bring there. With `plan`, where so many further tests tell most. The same question "
        "has the same answer. Drawn from what its viewer may see. Needs an account."
    ),
    operation_id="inspections",
    before_request=page_before("inspections"),
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=dict[str, Any], description="Places, plan, flows"),
        **documented(400, 401, 429),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_inspections(  # noqa: PLR0913 -- the parameters of a question, given by name
    request: AnyRequest,
    test: Annotated[
        list[str] | None,
        QueryParameter(
            description="`PLACE,TESTS,POSITIVES[,SUPPLIER]`: places by name or code; repeated"
        ),
    ] = None,
    thing: Annotated[
        list[str] | None,
        QueryParameter(description="Any code of the goods; without it, all that is seen"),
    ] = None,
    as_of: Annotated[
        str | None, QueryParameter(description=f"Only flows of before; {_TIME}")
    ] = None,
    *,
    limit: Annotated[
        float, QueryParameter(gt=0, lt=1, description="The rate that one answers for")
    ] = 0.1,
    typical: Annotated[
        float, QueryParameter(gt=0, lt=1, description="Median rate before any test")
    ] = 0.05,
    sensitivity: Annotated[
        float, QueryParameter(ge=0, le=1, description="How likely a bad unit fails")
    ] = 1.0,
    specificity: Annotated[
        float, QueryParameter(ge=0, le=1, description="How likely a good unit passes")
    ] = 1.0,
    plan: Annotated[
        int, QueryParameter(ge=0, le=10_000, description="Plan so many further tests")
    ] = 0,
    tracked: Annotated[
        bool, QueryParameter(description="In the plan, suppliers of what is tested will be known")
    ] = False,
) -> Response[Any]:
    """Every place, the most probably responsible first."""
    known_only(request, _ASKED)
    viewer = account_of(request).viewer
    flows = SourceAsked(
        things=tuple(things(request, thing or [], "thing", viewer)),
        as_of=instant(as_of, "as_of", last=True),
    )
    asked = inspecting.InspectionAsked(
        limit=limit,
        typical=typical,
        sensitivity=sensitivity,
        specificity=specificity,
        tests=plan,
        tracked=tracked,
        flows=flows,
    )
    samples = inspecting.samples_typed(test or ())
    found = inspecting.inspect_on_record(platform_of(request), samples, asked, viewer, lang="en")
    return varying(as_json(found))


handlers: Final = (get_inspections,)
