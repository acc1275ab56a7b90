"""Contact chains over HTTP: who a holding was in contact with, from what its viewer may see."""

from datetime import date
from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, platform_of, require_few
from suyuan.api.types import AnyRequest
from suyuan.service import Windows, contacts
from suyuan.trace.types import Contacts

_ASKED: Final = ("root", "in_begin", "in_end", "out_begin", "out_end", "issuer", "distances")
_CHINA: Final = 480


@get(
    "/contacts",
    summary="接触链 Who holdings were in contact with",
    description=(
        "For each `root`, in the order given: from how many holders something came and to how "
        "many it went, directly and through chains of moves in the order of their days (equal "
        "days allowed). Days are those of China; first and last are included. A root of which "
        "the viewer may see no move has none. Needs an account."
    ),
    operation_id="contacts",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=list[Contacts], description="One of each root"),
        **documented(400, 401, 429),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_contacts(  # noqa: PLR0913 -- the parameters of a question, given by name
    request: AnyRequest,
    root: Annotated[
        list[str],
        QueryParameter(description="A holding's name, or its number; repeated, at most 100"),
    ],
    in_begin: Annotated[date, QueryParameter(description="What came in: the first day")],
    in_end: Annotated[date, QueryParameter(description="What came in: the last day")],
    out_begin: Annotated[date, QueryParameter(description="What went out: the first day")],
    out_end: Annotated[date, QueryParameter(description="What went out: the last day")],
    issuer: Annotated[
        str, QueryParameter(description="The register that gave the numbers")
    ] = "register",
    *,
    distances: Annotated[
        bool, QueryParameter(description="Each contact too, with the fewest moves that lead there")
    ] = False,
) -> Response[Any]:
    """The contacts that whoever asks may see."""
    known_only(request, _ASKED)
    viewer = account_of(request).viewer
    require_few(root, "root")
    days = Windows(in_begin=in_begin, in_end=in_end, out_begin=out_begin, out_end=out_end)
    found = contacts(
        platform_of(request), root, days, viewer, issuer=issuer, minutes=_CHINA, distances=distances
    )
    return as_json(found)


handlers: Final = (get_contacts,)
