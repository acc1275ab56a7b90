"""Subscriptions over HTTP: `/queries/{name}/subscriptions` (EPCIS 2.0 §12.7.5).

The standard's members are the standard's; how a delivery goes (`state`, `problem`, …), the way back
(`replay`) and the new secret (`signatureToken`) are ours.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post, route
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter
from msgspec import Struct, field

from suyuan.api import forms
from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.epcis import asked_of, link
from suyuan.api.noticing import noticed
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, platform_of, who_of
from suyuan.api.types import AnyRequest
from suyuan.exchange import parameters
from suyuan.kit import SuyuanError, Text
from suyuan.notify.types import NoSubscriptionError, Schedule, State, Subscription
from suyuan.service import (
    Asking,
    naming,
    none_such,
    replay,
    rotate_secret,
    subscribe,
    subscription,
    subscriptions_page,
    unsubscribe,
)
from suyuan.wire import Spelling

_TAGS = ["EPCIS"]
_PATH = "/queries/{name:str}/subscriptions"
_ONE = "/queries/{name:str}/subscriptions/{number:str}"
_NAME = Annotated[str, PathParameter(description="The name of the query")]
_NUMBER = Annotated[str, PathParameter(description="The subscriptionID")]
_READ = documented(400, 401, 404, 406, 429)
_WRITTEN = documented(400, 401, 403, 404, 406, 415, 429)

_EITHER = Text("请给出 from 或 position，不能都给。", "Give from or position, not both.")


class Ordered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to send where, and when: `stream: true`, or a `schedule` on China's clock."""

    dest: str
    stream: bool | None = None
    schedule: dict[str, str | int | None] | None = None
    report_if_empty: bool = field(default=False, name="reportIfEmpty")
    initial: str | None = field(default=None, name="initialRecordTime")
    secret: str | None = field(default=None, name="signatureToken")


class Shown(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A subscription and how it goes; `signatureToken` only once, where it was made here.

    All that was recorded up to `position` was given; `minRecordTime` is when that was recorded.
    """

    subscription_id: UUID = field(name="subscriptionID")
    query_name: str
    dest: str
    created_at: datetime
    min_record_time: datetime
    epc_format: str
    position: int = field(name="position")
    state: State = field(name="state")
    stream: bool = False
    schedule: Schedule | None = None
    report_if_empty: bool = False
    initial_record_time: datetime | None = None
    last_notified_at: datetime | None = None
    signature_token: str | None = None
    failures: int = 0
    failing_since: datetime | None = None
    next_attempt_at: datetime | None = None
    problem: Text | None = None


class Secret(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new secret; the one before signs beside it for so many hours."""

    secret: str | None = field(default=None, name="signatureToken")
    overlap: float = field(default=24, name="overlapHours")


class Again(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when or behind which position to give all again; neither: only to try on at once."""

    since: datetime | None = field(default=None, name="from")
    position: int | None = None


@get(
    _PATH,
    summary="列出订阅 List subscriptions",
    description=(
        "Those of your organisation to this query, with how their delivery goes; perPage and "
        "nextPageToken page them."
    ),
    operation_id="listSubscriptions",
    responses={200: ResponseSpec(data_container=list[Shown], description="A page"), **_READ},
    security=SECURITY,
    tags=_TAGS,
)
async def get_subscriptions(request: AnyRequest, name: _NAME) -> Response[bytes]:
    """The subscriptions to a query."""
    return await sync_to_thread(_listed, request, name)


@post(
    _PATH,
    status_code=201,
    summary="订阅 Subscribe",
    description=(
        "Sends what the query finds to `dest` as EPCISQueryDocuments, in the order of the record, "
        "from now on or from initialRecordTime: each event as soon as it is recorded "
        "(`stream: true`), or at the times of `schedule`. GS1-Signature is HMAC-SHA-256 of the "
        "body in hexadecimal, its key the signatureToken as shown (UTF-8); webhook-signature is as "
        "Standard Webhooks 1.0 has it, its key what follows whsec_, decoded from base64. Tried "
        "again for days until it is taken (2xx), always under the same webhook-id. "
        "Only what your account may see at that time is sent. The query may have no order and no "
        "limit of its own. What in it is probably not meant so is told in the header Suyuan-Notice."
    ),
    operation_id="subscribe",
    responses={
        201: ResponseSpec(data_container=Shown, description="As kept, and its address in Location"),
        **_WRITTEN,
    },
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_subscription(
    request: AnyRequest, name: _NAME, data: JSONBody[Ordered]
) -> Response[bytes]:
    """Keep a subscription."""
    return await sync_to_thread(_made, request, name, data)


@get(
    _ONE,
    summary="一个订阅 One subscription",
    description="How it was asked for, and how its delivery goes: state, failures, last problem.",
    operation_id="getSubscription",
    responses={200: ResponseSpec(data_container=Shown, description="The subscription"), **_READ},
    security=SECURITY,
    tags=_TAGS,
)
async def get_subscription(request: AnyRequest, name: _NAME, number: _NUMBER) -> Response[bytes]:
    """One subscription."""
    return await sync_to_thread(_one_shown, request, name, number)


@route(_ONE, http_method=["OPTIONS"], include_in_schema=False)
async def subscription_options(
    request: AnyRequest, name: _NAME, number: _NUMBER
) -> Response[bytes]:
    """What may be done with it; to whom it is shown, also from when on it tells (§12.7.5)."""
    headers = {"Allow": "OPTIONS"}  # the others are added around the application
    since = await sync_to_thread(_since, request, name, number)
    if since is not None:
        headers["GS1-Query-Min-Record-Time"] = since.isoformat()
    return Response(b"", status_code=204, headers=headers)


@delete(
    _ONE,
    status_code=204,
    summary="退订 Unsubscribe",
    description="Nothing more is sent; a message that is on its way may still arrive.",
    operation_id="unsubscribe",
    responses={**documented(400, 401, 403, 404, 429)},
    security=SECURITY,
    tags=_TAGS,
)
async def delete_subscription(request: AnyRequest, name: _NAME, number: _NUMBER) -> None:
    """Remove a subscription."""
    await sync_to_thread(_removed, request, name, number)


@post(
    f"{_ONE}/signatureToken",
    status_code=200,
    summary="更换签名密钥 Rotate the secret",
    description=(
        "Messages are signed with both secrets for overlapHours (24 by default, 0 to 720), then "
        "with the new one alone; in GS1-Signature they are parted by a comma, the new one first. "
        "Without a signatureToken one is made and shown this once."
    ),
    operation_id="rotateSecret",
    responses={200: ResponseSpec(data_container=Shown, description="The subscription"), **_WRITTEN},
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_secret(
    request: AnyRequest, name: _NAME, number: _NUMBER, data: JSONBody[Secret]
) -> Response[bytes]:
    """Sign with another secret."""
    return await sync_to_thread(_rotated, request, name, number, data)


@post(
    f"{_ONE}/replay",
    status_code=200,
    summary="重新推送 Give again",
    description=(
        "Sends all that was recorded from a time (`from`) or behind a `position` again, as new "
        "messages; with neither, what was not taken is tried again at once. Wakes a subscription "
        "that had stopped."
    ),
    operation_id="replaySubscription",
    responses={200: ResponseSpec(data_container=Shown, description="The subscription"), **_WRITTEN},
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_replay(
    request: AnyRequest, name: _NAME, number: _NUMBER, data: JSONBody[Again]
) -> Response[bytes]:
    """Wind a subscription back."""
    return await sync_to_thread(_replayed, request, name, number, data)


def shown(one: Subscription, *, secret: str | None = None) -> Shown:
    """A subscription as its owner sees it."""
    waits = one.state == "waiting" or one.schedule is not None
    return Shown(
        subscription_id=one.id,
        query_name=one.query,
        dest=one.dest,
        created_at=one.made_at,
        min_record_time=one.reached or one.initial or one.made_at,
        epc_format=_FORMATS[one.spelling],
        position=one.position,
        state=one.state,
        stream=one.schedule is None,
        schedule=one.schedule,
        report_if_empty=one.report_if_empty,
        initial_record_time=one.initial,
        last_notified_at=one.notified_at,
        signature_token=secret,
        failures=one.failures,
        failing_since=one.failed_since,
        next_attempt_at=one.due if waits and one.state != "stopped" else None,
        problem=one.problem,
    )


_FORMATS = {
    Spelling.AS_SENT: "No_Preference",
    Spelling.LINK: "Always_GS1_Digital_Link",
    Spelling.URN: "Always_EPC_URN",
}


def _listed(request: AnyRequest, name: str) -> Response[bytes]:
    viewer, asked = account_of(request).viewer, asked_of(request)
    per_page, token = parameters.parse_list(asked)
    page = subscriptions_page(platform_of(request), name, viewer, per_page=per_page, token=token)
    headers = link(f"/queries/{name}/subscriptions", asked, page.token)
    return forms.listed(request, [shown(each) for each in page.members], headers=headers)


def _made(request: AnyRequest, name: str, data: Ordered) -> Response[bytes]:
    known_only(request, ())
    forms.best(request, forms.LISTED)  # nothing is kept whose answer could not be given
    asking = Asking(
        dest=data.dest,
        stream=data.stream,
        schedule=data.schedule,
        report_if_empty=data.report_if_empty,
        initial=data.initial,
        secret=data.secret,
        spelling=forms.spelling_to_come(request),
    )
    made, secret = subscribe(platform_of(request), name, asking, account_of(request).viewer)
    odd = naming.notices_of(platform_of(request), name, account_of(request).viewer)
    headers = {"Location": f"/queries/{name}/subscriptions/{made.id}", **noticed(odd)}
    return forms.listed(request, shown(made, secret=secret), status=201, headers=headers)


def _one(request: AnyRequest, name: str, number: str) -> Subscription:
    viewer = account_of(request).viewer
    return subscription(platform_of(request), _number(number), viewer, query=name)


def _one_shown(request: AnyRequest, name: str, number: str) -> Response[bytes]:
    known_only(request, ())
    return forms.listed(request, shown(_one(request, name, number)))


def _since(request: AnyRequest, name: str, number: str) -> datetime | None:
    """From when on a subscription tells; None to whom it is not shown."""
    if who_of(request).name is None:
        return None
    try:
        return shown(_one(request, name, number)).min_record_time
    except NoSubscriptionError:
        return None


def _removed(request: AnyRequest, name: str, number: str) -> None:
    unsubscribe(platform_of(request), _one(request, name, number))


def _rotated(request: AnyRequest, name: str, number: str, data: Secret) -> Response[bytes]:
    platform, one = platform_of(request), _one(request, name, number)
    overlap = timedelta(hours=min(max(data.overlap, -1), 1e6))
    secret = rotate_secret(platform, one, data.secret, overlap=overlap)
    return as_json(shown(_one(request, name, number), secret=secret))


def _replayed(request: AnyRequest, name: str, number: str, data: Again) -> Response[bytes]:
    if data.since is not None and data.position is not None:
        raise SuyuanError("subscription.either", _EITHER, "from")
    platform, one = platform_of(request), _one(request, name, number)
    replay(platform, one, since=data.since, position=data.position)
    return as_json(shown(_one(request, name, number)))


def _number(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise none_such() from None


handlers: tuple[Any, ...] = (
    subscription_options,  # first: to a path with other methods the framework adds one of its own
    get_subscriptions,
    post_subscription,
    get_subscription,
    delete_subscription,
    post_secret,
    post_replay,
)
