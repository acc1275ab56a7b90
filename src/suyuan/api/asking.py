"""Questions over HTTP: what a code is, where a thing came from or went, what may be said of it."""

from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Struct

from suyuan.api.drawing import page_before, varying
from suyuan.api.handing import TOLD, AsForm, asked_form, handed_on
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
    as_json,
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
from suyuan.service import answer, identify, trace
from suyuan.trace import Answer, Direction, resting

_NO_THING = Text("请给出要追溯的编码：thing。", "Say which code to trace: thing.")
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


_ASKED = ("thing", "direction", "depth", *LIMITS, *RESTING, "format")


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
    as_of: AsOf = None,
    known_at: KnownAt = None,
    start: Start = None,
    end: End = None,
    depth: Annotated[
        int | None,
        QueryParameter(ge=1, le=10_000, description="At most so many steps between holders"),
    ] = None,
    holder_party: HolderParty = None,
    holder_site: HolderSite = None,
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
    named = things(request, [code], "thing", viewer)
    limits = Limited(
        as_of=as_of,
        known_at=known_at,
        start=start,
        end=end,
        holder_party=holder_party,
        holder_site=holder_site,
    )
    asked = question(request, named, direction, limits, depth=depth)
    about = resting.rest_typed(hold_for, stay_at_most, ties).of(asked)
    wanted = asked_form(request, form)
    if wanted is not None:
        return handed_on(request, about, wanted)
    return varying(as_json(trace(platform_of(request), about, viewer)))


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


handlers = (get_identify, get_trace, get_answer)
