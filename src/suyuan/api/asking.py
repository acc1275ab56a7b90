"""Questions over HTTP: what a code is, where a thing came from or went, what may be said of it."""

from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Struct

from suyuan.api.drawing import page_before, varying
from suyuan.api.handing import TOLD, AsForm, asked_form, handed_on
from suyuan.api.problems import documented
from suyuan.api.readers import (
    as_json,
    instant,
    known_only,
    platform_of,
    require_few,
    things,
    viewer_of,
)
from suyuan.api.resting import RESTING, AsTies, HoldFor, StayAtMost
from suyuan.api.types import AnyRequest
from suyuan.codes import asked, pieces, unknown
from suyuan.codes.types import Identified
from suyuan.kit import SuyuanError, Text
from suyuan.network.ties import Ties
from suyuan.publish import PublicAnswer
from suyuan.service import (
    Recall,
    answer,
    identify,
    one_holder,
    recall,
    trace,
    vessel_rules_typed,
)
from suyuan.trace import Answer, Direction, Question, Seed, resting

_NO_THING = Text("请给出要追溯的编码：thing。", "Say which code to trace: thing.")
_NO_THINGS = Text(
    "请给出要召回的编码：thing，可以重复。",
    "Say which codes to recall: thing, which may be repeated.",
)
_PROBLEMS = documented(400, 401, 429)


class Hinted(Struct, frozen=True, kw_only=True):
    """The readings of a text, and what it looks like where nothing surely reads it."""

    readings: list[Identified]
    hint: unknown.Likeness | None


@get(
    "/identify",
    summary="识别编码 Say what codes are",
    description=(
        "For each `text` an array of readings, best first, of several codes in its order: "
        "scheme, canonical name, parts, outcome "
        "of the checks, what was forgiven, issuer, validity, where to ask, and what is known of "
        "the thing as far as its viewer may see. One text gives its readings, several an array of "
        "arrays. Resident identity numbers come back masked. With `hints=true` each array is an "
        "object instead: its `readings`, and as `hint` what the text looks like and whom to ask, "
        "where nothing reads it or only chance does (a lot, a seed unit, a telephone number); else "
        "null."
    ),
    operation_id="identify",
    responses={
        200: ResponseSpec(
            data_container=list[Identified] | list[list[Identified]] | Hinted | list[Hinted],
            description="Readings",
        ),
        **documented(400, 401, 413, 429),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_identify(
    request: AnyRequest,
    text: Annotated[
        list[str] | None,
        QueryParameter(name="text", description="Any text a person or scanner gives"),
    ] = None,
    *,
    hints: Annotated[
        bool, QueryParameter(description="With what a text looks like that nothing surely reads")
    ] = False,
) -> Response[bytes]:
    """The readings of each text, with hints or without."""
    text = text or []
    asked.require_texts(text)
    require_few(text, "text")
    read = identify(platform_of(request), text, viewer_of(request))
    found = [pieces.in_order(one, each) for one, each in zip(text, read, strict=True)]
    told: list[Any] = list(map(_hinted, text, found)) if hints else found
    return as_json(told if len(text) > 1 else told[0])


def _hinted(text: str, found: list[Identified]) -> Hinted:
    return Hinted(readings=found, hint=unknown.likeness(text, found))


_ASKED = (
    "thing",
    "direction",
    "as_of",
    "known_at",
    "start",
    "end",
    "depth",
    "holder_party",
    "holder_site",
    *RESTING,
    "format",
)
_TIME = "ISO 8601; without an offset, on China's clock"
_AsOf = Annotated[
    str | None, QueryParameter(description=f"Only what had happened by then; {_TIME}")
]
_KnownAt = Annotated[
    int | None,
    QueryParameter(ge=0, le=1 << 62, description="Only what was recorded up to that position"),
]
_Start = Annotated[str | None, QueryParameter(description=f"Window: departures from then; {_TIME}")]
_End = Annotated[str | None, QueryParameter(description=f"Window: arrivals until then; {_TIME}")]
_HolderParty = Annotated[
    str | None,
    QueryParameter(description="The things at this party, with holder_site, by any of its codes"),
]
_HolderSite = Annotated[
    str | None,
    QueryParameter(description="The things at this site, with holder_party, by any of its codes"),
]


@get(
    "/trace",
    summary="追溯 Trace a thing",
    description=(
        "Backward: where it came from; forward: where it went. Every answer is certain within "
        "possible, says how complete it is and to which record position, drawn from what its "
        "viewer may see; `assumptions` are those that were asked for. If `unknown` names the "
        "thing, nothing that its viewer may see is recorded of it; `limited` says that more lies "
        "beyond the `depth`." + TOLD
    ),
    operation_id="trace",
    before_request=page_before("trace"),
    responses={
        200: ResponseSpec(data_container=Answer, description="The answer"),
        **_PROBLEMS,
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_trace(  # noqa: PLR0913, PLR0917 -- the parameters of a question, given by name
    request: AnyRequest,
    code: Annotated[
        str | None, QueryParameter(name="thing", description="Any code of the thing; needed")
    ] = None,
    direction: Annotated[
        Direction, QueryParameter(description="backward 来源 or forward 去向")
    ] = Direction.BACKWARD,
    as_of: _AsOf = None,
    known_at: _KnownAt = None,
    start: _Start = None,
    end: _End = None,
    depth: Annotated[
        int | None,
        QueryParameter(ge=1, le=10_000, description="At most so many steps between holders"),
    ] = None,
    holder_party: _HolderParty = None,
    holder_site: _HolderSite = None,
    hold_for: HoldFor = None,
    stay_at_most: StayAtMost = None,
    ties: AsTies = Ties.ALLOWED,
    form: AsForm = None,
) -> Response[Any]:
    """The answer to a question about a thing, or about a thing at one holder."""
    known_only(request, _ASKED)
    if code is None:
        raise SuyuanError("trace.no-thing", _NO_THING, "thing")
    viewer = viewer_of(request)
    holder = one_holder(platform_of(request), holder_party, holder_site)
    named = things(request, [code], "thing", viewer)
    question = Question(
        seeds=tuple(Seed(thing=each, holder=holder) for each in named),
        direction=direction,
        as_of=instant(as_of, "as_of", last=True),
        known_at=known_at,
        start=instant(start, "start", last=False),
        end=instant(end, "end", last=True),
        depth=depth,
    )
    question = resting.rest_typed(hold_for, stay_at_most, ties).of(question)
    wanted = asked_form(request, form)
    if wanted is not None:
        return handed_on(request, question, wanted)
    return varying(as_json(trace(platform_of(request), question, viewer)))


_SCOPED = (
    "thing",
    "as_of",
    "known_at",
    "start",
    "end",
    "holder_party",
    "holder_site",
    "vessel",
    "narrow",
    *RESTING,
    "format",
)


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
    responses={200: ResponseSpec(data_container=Recall, description="The scope"), **_PROBLEMS},
    tags=["Questions"],
    sync_to_thread=True,
)
def get_scope(  # noqa: PLR0913, PLR0917 -- the parameters of a question, given by name
    request: AnyRequest,
    code: Annotated[
        list[str] | None,
        QueryParameter(
            name="thing",
            description="Any code of a thing; needed, may be repeated, 100 at most: of more, "
            "`suyuan scope --things-file`",
        ),
    ] = None,
    as_of: _AsOf = None,
    known_at: _KnownAt = None,
    start: _Start = None,
    end: _End = None,
    holder_party: _HolderParty = None,
    holder_site: _HolderSite = None,
    vessel: Annotated[
        list[str] | None,
        QueryParameter(
            description="How a vessel is drawn from, an assumption of amounts: `CODE,ROTATION,"
            "SOURCE[,SINCE[,UNTIL[,EMPTIED[,APART]]]]`, rotation one of fifo, lifo, mix, unknown; "
            "EMPTIED are days behind spaces, APART is yes or no; may be repeated"
        ),
    ] = None,
    hold_for: HoldFor = None,
    stay_at_most: StayAtMost = None,
    ties: AsTies = Ties.ALLOWED,
    form: AsForm = None,
    *,
    narrow: Annotated[
        bool,
        QueryParameter(
            description="Also what knowing vessels' rules, and mappings of makings, would narrow"
        ),
    ] = False,
) -> Response[bytes]:
    """The scope of a recall of these things, or of them at one holder."""
    known_only(request, _SCOPED)
    if not code:
        raise SuyuanError("scope.no-thing", _NO_THINGS, "thing")
    viewer = viewer_of(request)
    holder = one_holder(platform_of(request), holder_party, holder_site)
    named = things(request, code, "thing", viewer)
    question = Question(
        seeds=tuple(Seed(thing=each, holder=holder) for each in named),
        direction=Direction.FORWARD,
        as_of=instant(as_of, "as_of", last=True),
        known_at=known_at,
        start=instant(start, "start", last=False),
        end=instant(end, "end", last=True),
        vessels=vessel_rules_typed(platform_of(request), "\n".join(vessel or ()), viewer),
    )
    question = resting.rest_typed(hold_for, stay_at_most, ties).of(question)
    wanted = asked_form(request, form)
    if wanted is not None:
        return handed_on(request, question, wanted, recall=True)
    return varying(as_json(recall(platform_of(request), question, viewer, narrow=narrow)))


@get(
    "/answer",
    summary="公开答案 What may be said of a thing",
    description=(
        "The same answer as the thing's page: verdict first, disclosed fields only. A code of "
        "which nothing is recorded is answered too, with the tone `unknown`."
    ),
    operation_id="answer",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=PublicAnswer, description="What may be said"),
        **_PROBLEMS,
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_answer(
    request: AnyRequest,
    code: Annotated[str, QueryParameter(name="id", description="Any code of the thing")],
) -> Response[bytes]:
    """What may be said of one thing to this viewer."""
    viewer = viewer_of(request)
    things(request, [code], "id", viewer)
    return as_json(answer(platform_of(request), code, viewer))


handlers = (get_identify, get_trace, get_scope, get_answer)
