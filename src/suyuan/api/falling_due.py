"""Deadlines over HTTP: which clocks of law run, what was filed, is due or overdue.

Parties see their own, authorities those of their areas and families.
"""

from typing import Annotated, Any

from litestar import Response, get
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.coding import SECURITY
from suyuan.api.drawing import drawn, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, instant, known_only, platform_of
from suyuan.api.types import AnyRequest
from suyuan.service import clocks

_ASKED = ("party", "family", "on")


@get(
    "/due",
    summary="法定时限 Deadlines: filed, due, overdue",
    description=(
        "Every clock of law that had begun by an instant: which deadline, by which law, of whom "
        "and of which thing, since which event, until when (the last instant in time), and where "
        "it stands: `overdue`, `due`, `open` (its end is not known: the holidays of that year are "
        "not arranged), `held` (what would answer it is held), `late`, `filed`, `moot`. Computed "
        "from the reports that stand. An "
        "administrator's account sees everybody's, a regulator's those of its areas and families, "
        "others their own; `since`, where there is one, says that there were more reports than are "
        "read at once, and that of those recorded before it not all are counted."
    ),
    operation_id="due",
    responses={
        200: ResponseSpec(data_container=clocks.Running, description="Overdue ones first"),
        **documented(400, 401, 403, 404, 429),
    },
    security=SECURITY,
    tags=["Deadlines"],
)
async def get_due(
    request: AnyRequest,
    party: Annotated[str | None, QueryParameter(description="Of one organisation")] = None,
    family: Annotated[str | None, QueryParameter(description="Of one family")] = None,
    on: Annotated[
        str | None,
        QueryParameter(description="As of the end of a day, or of a time; without it, now"),
    ] = None,
) -> Response[Any]:
    """The clocks of law as of a day or now."""
    page = await sync_to_thread(drawn, request, "due")
    if page is not None:
        return page
    known_only(request, _ASKED)
    return varying(as_json(await sync_to_thread(_running, request, party, family, on)))


def _running(
    request: AnyRequest, party: str | None, family: str | None, on: str | None
) -> clocks.Running:
    viewer = account_of(request).viewer
    at = instant(on, "on", last=True)
    return clocks.running(platform_of(request), viewer, at=at, party=party, family=family)


handlers: tuple[Any, ...] = (get_due,)
