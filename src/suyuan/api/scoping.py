"""How far a recall reaches, over HTTP: of a few things by an address, of very many by a body."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, field

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.drawing import page_before, varying
from suyuan.api.handing import AS_FORM, TOLD, AsForm, asked_form, handed_on
from suyuan.api.limiting import (
    LIMITS,
    AsOf,
    End,
    HolderParty,
    HolderSite,
    KnownAt,
    Limited,
    Start,
    question,
)
from suyuan.api.problems import documented
from suyuan.api.readers import (
    account_of,
    as_json,
    keyed,
    known_only,
    named,
    platform_of,
    require_few,
    viewer_of,
)
from suyuan.api.resting import (
    AS_TIES,
    HOLD_FOR,
    RESTING,
    STAY_AT_MOST,
    AsTies,
    HoldFor,
    StayAtMost,
)
from suyuan.api.types import AnyRequest, StrictRequest
from suyuan.codes.types import LONGEST_NAME
from suyuan.interchange import Form
from suyuan.kit import SuyuanError, Text
from suyuan.model import Viewer
from suyuan.network.ties import Ties
from suyuan.service import Recall, gate, recall, vessel_rules_typed
from suyuan.trace import Direction, ask, resting

_NO_THINGS: Final = Text(
    "请给出要召回的编码：thing，可以重复。",
    "Say which codes to recall: thing, which may be repeated.",
)
_ASKED: Final = ("thing", *LIMITS, "vessel", "narrow", *RESTING, "format")
_LARGEST: Final = 16 << 20
"""Bytes of a body: of so many things as may be asked about, in codes of 160 characters each."""
_Text = Annotated[str, Meta(max_length=LONGEST_NAME)]
_GATE: Final = gate.Gate(
    "scope",
    Text("正在算别的召回，请稍后再试。", "Other recalls are being drawn; try again in a while."),
    at_once=2,
    waiting=4,
)
"""To read 100,000 codes takes half a minute of a processor."""
_RULE: Final = (
    "How a vessel is drawn from, an assumption of amounts: `CODE,ROTATION,"
    "SOURCE[,SINCE[,UNTIL[,EMPTIED[,APART]]]]`, rotation one of fifo, lifo, mix, unknown; "
    "EMPTIED are days behind spaces, APART is yes or no"
)
_NARROW: Final = "Also what knowing vessels' rules, and mappings of makings, would narrow"


class Scoped(Limited, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which things a recall is of, within which limits, under which assumptions."""

    thing: Annotated[
        tuple[_Text, ...], Meta(description=f"Any codes of things, {ask.MOST_SEEDS:,} at most")
    ]
    vessel: Annotated[tuple[_Text, ...], Meta(description=f"{_RULE}; one in each")] = ()
    narrow: Annotated[bool, Meta(description=_NARROW)] = False
    hold_for: Annotated[str | None, Meta(description=HOLD_FOR)] = None
    stay_at_most: Annotated[str | None, Meta(description=STAY_AT_MOST)] = None
    ties: Annotated[Ties, Meta(description=AS_TIES)] = Ties.ALLOWED
    form: Annotated[Form | None, Meta(description=AS_FORM)] = field(name="format", default=None)


@get(
    "/scope",
    summary="召回范围 How far a recall reaches",
    description=(
        "All that may contain any of the things asked about, by holder: what came, was sent, was "
        "sold or used, is in stock. Each amount is *touched* (that is recalled) and says how much "
        "of the *material* itself is in it, at least and at most; with `vessel` also how much if "
        "vessels are drawn from as stated, and which rules are `unused` and why. "
        "`unclear` says why an amount or a limit is missing; `contradicted`: amounts cannot all be "
        "right, and `/balance` says which records to ask about. With `narrow`, `narrowed` says how "
        "much less of the material could be there at most if it were known how a vessel of which "
        "no rule is stated is drawn from, or when it was emptied: the most first; and of which "
        "`makings` to know what went into which output would leave out outputs, at most how many. "
        "Drawn from what its viewer may "
        "see; `truncated` says that a limit was hit, and `unknown` are the things asked about of "
        "which nothing that its viewer may see is recorded." + TOLD
    ),
    operation_id="scope",
    before_request=page_before("scope"),
    responses={
        200: ResponseSpec(data_container=Recall, description="The scope"),
        **documented(400, 401, 429),
    },
    tags=["Questions"],
)
async def get_scope(  # noqa: PLR0913, PLR0917 -- the parameters of a question, given by name
    request: AnyRequest,
    code: Annotated[
        list[str] | None,
        QueryParameter(
            name="thing",
            description="Any code of a thing; needed, may be repeated, 100 at most: more by POST",
        ),
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    start: Start = None,
    end: End = None,
    holder_party: HolderParty = None,
    holder_site: HolderSite = None,
    vessel: Annotated[
        list[str] | None, QueryParameter(description=f"{_RULE}; may be repeated")
    ] = None,
    hold_for: HoldFor = None,
    stay_at_most: StayAtMost = None,
    ties: AsTies = Ties.ALLOWED,
    form: AsForm = None,
    *,
    narrow: Annotated[bool, QueryParameter(description=_NARROW)] = False,
) -> Response[bytes]:
    """The scope of a recall of these things, or of them at one holder."""
    known_only(request, _ASKED)
    asked = Scoped(
        thing=tuple(code or ()),
        as_of=as_of,
        known_at=known_at,
        start=start,
        end=end,
        holder_party=holder_party,
        holder_site=holder_site,
        vessel=tuple(vessel or ()),
        narrow=narrow,
        hold_for=hold_for,
        stay_at_most=stay_at_most,
        ties=ties,
        form=form,
    )
    return await sync_to_thread(_of_few, request, asked)


@post(
    "/scope",
    status_code=200,
    summary="多个编码的召回范围 How far a recall of many things reaches",
    description=(
        "The same question as `GET /scope`, with the same answer, of more things than an address "
        f"has room for: {ask.MOST_SEEDS:,} at most. Nothing is recorded. Needs an account; of "
        "each one such question is answered at a time." + TOLD
    ),
    operation_id="scopeOfMany",
    responses={
        200: ResponseSpec(data_container=Recall, description="The scope"),
        **documented(400, 401, 403, 413, 415, 429, 503),
    },
    security=SECURITY,
    guards=[own_json, keyed],
    request_class=StrictRequest,
    request_max_body_size=_LARGEST,
    tags=["Questions"],
)
async def post_scope(request: AnyRequest, data: JSONBody[Scoped]) -> Response[Any]:
    """The scope of a recall of very many things; asynchronous, as what shares its path."""
    known_only(request, ())
    return await sync_to_thread(_of_many, request, data)


def _of_few(request: AnyRequest, asked: Scoped) -> Response[bytes]:
    require_few(asked.thing, "thing")
    return _answered(request, asked, viewer_of(request))


def _of_many(request: AnyRequest, asked: Scoped) -> Response[bytes]:
    viewer = account_of(request).viewer
    ask.require_few_seeds(len(set(asked.thing)))  # before each is read
    with _GATE.through(str(viewer.account)):
        return _answered(request, asked, viewer)


def _answered(request: AnyRequest, asked: Scoped, viewer: Viewer) -> Response[bytes]:
    if not asked.thing:
        raise SuyuanError("scope.no-thing", _NO_THINGS, "thing")
    platform = platform_of(request)
    things = named(request, asked.thing, "thing", viewer)
    rest = resting.rest_typed(asked.hold_for, asked.stay_at_most, asked.ties)
    rules = vessel_rules_typed(platform, "\n".join(asked.vessel), viewer)
    about = rest.of(question(request, things, Direction.FORWARD, asked, vessels=rules))
    wanted = asked_form(request, asked.form)
    if wanted is not None:
        return handed_on(request, about, wanted, recall=True)
    return varying(as_json(recall(platform, about, viewer, narrow=asked.narrow)))


handlers: Final = (get_scope, post_scope)
