"""Contact chains over HTTP: who a holding was in contact with, from what its viewer may see.

One address for people too.
"""

from datetime import date
from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from suyuan.api.drawing import page_before, varying
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, platform_of, require_few
from suyuan.api.resting import RESTING, AsTies, HoldFor, StayAtMost
from suyuan.api.types import AnyRequest
from suyuan.kit import SuyuanError, Text
from suyuan.network.ties import Ties
from suyuan.service import contacting, contacts, supposing, today
from suyuan.trace import contact_types, resting

_ASKED: Final = (
    "root",
    "in_begin",
    "in_end",
    "out_begin",
    "out_end",
    "issuer",
    "distances",
    *RESTING,
    "without",
    "risk",
    "draws",
    "seed",
    "by_share",
)
_CHINA: Final = 480
_ROOT: Final = Text("请至少给出一个 root：从谁问起。", "Give a root at least: of whom it is asked.")

_Issuer = Annotated[str, QueryParameter(description="The register that gave the numbers")]
_Without = Annotated[
    list[str] | None,
    QueryParameter(
        description="If shut: a place, `A>B`, `*`, `=THING`; behind it `,FROM,TO`; repeated"
    ),
]
_Risk = Annotated[
    float | None,
    QueryParameter(ge=0, le=1, description="The probability that a move passes it on"),
]
_ByShare = Annotated[
    bool,
    QueryParameter(description="Times the share that the move carried of what left its source"),
]
_Draws = Annotated[
    int, QueryParameter(ge=1, le=supposing.MOST_DRAWS, description="Draws, where it is not exact")
]
_Seed = Annotated[int, QueryParameter(ge=0, le=1 << 32, description="Of the draws")]


@get(
    "/contacts",
    summary="接触链 Who holdings were in contact with",
    description=(
        "For each `root`, in the order given: from how many holders something came and to how "
        "many it went, directly and through chains of moves in the order of their days (equal "
        "days allowed). Days are those of China; first and last are included, and without them it"
        " is the 21 days up to the last, which is today; the answer names all four. A party's "
        "code stands for its `sites` as one. A root of which the viewer may see no move is "
        "`unknown`, and its counts, 0, mean nothing. Counts go by the first day on which each "
        "move may have left; `certain` are those whatever the days were, by what is not held, "
        "`possible` those that may be. Each says the record position it is complete to, how far "
        "moves are known, and what it took. Stays that are assumed are of whole days. `without` "
        "supposes moves that had not been; in the answer it counts what is left, by first days, "
        "and, with `distances`, names who is spared. `risk` supposes that each move passes "
        "something on with this probability: each contact's chance, exact or by draws, between "
        "bounds; it goes with no assumed stay. With `by_share` the probability is times the share"
        " that the move carried of all that left its source in these days; of `unweighed` moves "
        "amounts do not tell it, and each of their source counts alike. Needs an account."
    ),
    operation_id="contacts",
    before_request=page_before("contacts"),
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(
            data_container=list[contact_types.Contacts], description="One of each root"
        ),
        **documented(400, 401, 429),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_contacts(  # noqa: PLR0913, PLR0917 -- the parameters of a question, given by name
    request: AnyRequest,
    root: Annotated[
        list[str] | None,
        QueryParameter(
            description="Code of a site or party, or register number; repeated, at most 100"
        ),
    ] = None,
    in_begin: Annotated[
        date | None, QueryParameter(description="What came in: the first day")
    ] = None,
    in_end: Annotated[date | None, QueryParameter(description="What came in: the last day")] = None,
    out_begin: Annotated[
        date | None, QueryParameter(description="What went out: the first day")
    ] = None,
    out_end: Annotated[
        date | None, QueryParameter(description="What went out: the last day")
    ] = None,
    issuer: _Issuer = "register",
    hold_for: HoldFor = None,
    stay_at_most: StayAtMost = None,
    ties: AsTies = Ties.ALLOWED,
    *,
    distances: Annotated[
        bool, QueryParameter(description="Each contact too, with the fewest moves that lead there")
    ] = False,
    without: _Without = None,
    risk: _Risk = None,
    draws: _Draws = supposing.DRAWS,
    seed: _Seed = 1,
    by_share: _ByShare = False,
) -> Response[Any]:
    """The contacts that whoever asks may see."""
    known_only(request, _ASKED)
    viewer, platform = account_of(request).viewer, platform_of(request)
    if not root:
        raise SuyuanError("contacts.none", _ROOT, "root")
    require_few(root, "root")
    days = contacting.windows(
        today(platform.clock),
        in_begin=in_begin,
        in_end=in_end,
        out_begin=out_begin,
        out_end=out_end,
    )
    rest = resting.rest_typed(hold_for, stay_at_most, ties)
    found = contacts(
        platform,
        root,
        days,
        viewer,
        issuer=issuer,
        minutes=_CHINA,
        distances=distances,
        rest=rest,
        supposing=supposing.Supposing(
            without=tuple(without or ()), risk=risk, draws=draws, seed=seed, by_share=by_share
        ),
    )
    return varying(as_json(found))


handlers: Final = (get_contacts,)
