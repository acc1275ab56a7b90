"""Takes subscriptions to named queries from who asks them; keeps them and shows how they go."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.exchange import listing, parse_query, standing
from suyuan.kit import Text
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Viewer
from suyuan.notify import egress, keep, schedule, signing
from suyuan.notify.types import NoSubscriptionError, Subscription, SubscriptionError, Wanted
from suyuan.service.naming import named_query, owner_of
from suyuan.service.platform import Platform
from suyuan.service.querying import asker_of, require_unspent
from suyuan.wire import Spelling

MOST: Final = 100
"""Subscriptions of one organisation."""

OVERLAP: Final = timedelta(days=1)
"""For so long the secret before signs too, if nothing else is said."""

STATES: Final = {
    "active": Text("正常", "goes well"),
    "waiting": Text("未送达，将再试", "not taken, will be tried again"),
    "stopped": Text("已停止", "stopped"),
}
"""What a state is called; `src/suyuan/notify/types.py` says what it means."""

_LONGEST_OVERLAP: Final = timedelta(days=30)
_SHORTEST_SECRET, _LONGEST_SECRET = 16, 200

_ONE_WAY: Final = Text(
    "请给出 stream: true 或 schedule，二者之一。",
    "Give stream: true or a schedule, one of the two.",
)
_EMPTY: Final = Text(
    "reportIfEmpty 用于有 schedule 的订阅；stream 只在有事件时推送。",
    "reportIfEmpty is for a schedule; a stream sends when there are events.",
)
_SECRET: Final = Text(
    "signatureToken 须为 {least} 至 {most} 个可见的 ASCII 字符；不给则由本系统生成。",
    "signatureToken must be {least} to {most} visible ASCII characters; without one, one is made.",
)
_TIME: Final = Text(
    "initialRecordTime “{found}” 不是带时区的时间，如 2026-03-01T08:00:00+08:00。",
    "initialRecordTime '{found}' is no time with its offset such as 2026-03-01T08:00:00+08:00.",
)
_MANY: Final = Text(
    "订阅已有 {most} 个，不能再多；请先删除不用的。",
    "There are {most} subscriptions, and no more may be; remove those that nobody needs.",
)
_NONE: Final = Text("你没有这个订阅。", "You have no such subscription.")
_OVERLAP: Final = Text(
    "旧密钥最多再用 {most} 小时。", "The secret before may be used for at most {most} hours more."
)
_BEHIND: Final = Text(
    "记录只到位置 {whole}；请给出 0 到 {whole} 的位置。",
    "The record goes to position {whole}; give a position from 0 to {whole}.",
)


class Asking(Struct, frozen=True, kw_only=True):
    """A subscription as it is asked for (EPCIS 2.0, POST /queries/{name}/subscriptions)."""

    dest: str
    stream: bool | None = None
    schedule: Mapping[str, Any] | None = None
    report_if_empty: bool = False
    initial: str | None = None
    secret: str | None = None
    spelling: Spelling = Spelling.AS_SENT


def subscribe(
    platform: Platform, query: str, asking: Asking, viewer: Viewer
) -> tuple[Subscription, str | None]:
    """Keep a subscription to one of the viewer's queries; with the secret, if it was made here.

    Raises:
        NamingError: there is no such query (404).
        QueryError: the query has an order or an end of its own.
        SubscriptionError: what is asked for contradicts itself, or leads where nothing is sent.
    """
    owner = subscribable(platform, query, viewer)
    wanted = wanted_by(platform, query, asking)
    egress.require_sendable(wanted.dest, rules_of(platform))
    number, now = platform.number(), platform.clock()
    with platform.store.write() as conn:
        if len(keep.subscriptions(conn, owner, limit=MOST)) >= MOST:
            raise SubscriptionError("subscription.many", _MANY.format(most=MOST), "queries")
        whole = standing.recorded(conn)
        position = whole if wanted.initial is None else keep.before(conn, wanted.initial)
        assert viewer.account is not None  # noqa: S101 -- the faces let nobody else in
        one = keep.fresh(
            wanted, owner, account=viewer.account, number=number, position=position, now=now
        )
        made = keep.add(conn, one)
        found = keep.subscription(conn, number)
    if not made or found is None:
        raise none_such()
    return found, None if asking.secret else wanted.secret


def subscribable(platform: Platform, query: str, viewer: Viewer) -> keep.Owner:
    """See that the viewer has a query of that name, and that it can be subscribed to.

    Raises:
        NamingError: there is no such query (404).
        QueryError: the query has an order or an end of its own.
    """
    named = named_query(platform, query, viewer)
    resolvers = platform.config.resolvers
    parsed = parse_query(named.asked, capturer=viewer.party or "-", resolvers=resolvers)
    standing.require_standing(parsed)
    return keep.Owner(viewer.tenant, owner_of(viewer))


def rules_of(platform: Platform) -> egress.Rules:
    """Where this platform sends to."""
    return egress.Rules(allowed=platform.config.allowed)


def subscriptions(
    platform: Platform,
    viewer: Viewer | None,
    *,
    query: str | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Subscription]:
    """The viewer's subscriptions, those of one query if it is named; without a viewer, all.

    Raises:
        NamingError: there is no such query (404).
    """
    if viewer is not None and query is not None:
        named_query(platform, query, viewer)
    owner = None if viewer is None else keep.Owner(viewer.tenant, owner_of(viewer))
    with platform.store.read() as conn:
        return keep.subscriptions(conn, owner, query=query, after=after, limit=limit)


def subscriptions_page(
    platform: Platform, query: str, viewer: Viewer, *, per_page: int, token: str | None
) -> listing.Listed:
    """A page of the viewer's subscriptions to a query.

    Raises:
        NamingError: there is no such query (404).
        QueryError: the token was not given for this list, or is over.
    """
    kind, now = f"queries/{query}/subscriptions", platform.clock()
    asker = asker_of(platform, viewer)
    with platform.store.read() as conn:
        require_unspent(conn, token)
    (said,) = listing.place_of(token, kind, ("",), asker, now)
    after = UUID(said) if said else None
    found = subscriptions(platform, viewer, query=query, after=after, limit=per_page + 1)
    following = None
    if len(found) > per_page:
        following = listing.token_of((str(found[per_page - 1].id),), kind, asker, now)
    return listing.Listed(members=found[:per_page], token=following)


def subscription(
    platform: Platform, number: UUID, viewer: Viewer | None, *, query: str | None = None
) -> Subscription:
    """One of the viewer's subscriptions; without a viewer, anybody's.

    Raises:
        NoSubscriptionError: there is none (404).
    """
    with platform.store.read() as conn:
        found = keep.subscription(conn, number)
    is_theirs = found is not None and (
        viewer is None or (found.tenant, found.owner) == (viewer.tenant, owner_of(viewer))
    )
    if found is None or not is_theirs or query not in {None, found.query}:
        raise none_such()
    return found


def unsubscribe(platform: Platform, one: Subscription) -> None:
    """Remove a subscription; what is under way is the last that is sent.

    Raises:
        NoSubscriptionError: it was gone (404).
    """
    with platform.store.write() as conn:
        gone = keep.remove(conn, one)
    if not gone:
        raise none_such()


def rotate_secret(
    platform: Platform, one: Subscription, secret: str | None, *, overlap: timedelta = OVERLAP
) -> str | None:
    """Sign with a new secret, and for a while with the one before too; gives it if made here.

    Raises:
        SubscriptionError: the secret or the time is out of form.
    """
    if not timedelta() <= overlap <= _LONGEST_OVERLAP:
        most = _LONGEST_OVERLAP // timedelta(hours=1)
        raise SubscriptionError("subscription.overlap", _OVERLAP.format(most=most), "overlapHours")
    fresh = signing.fresh_secret(platform.draw(32))
    with platform.store.write() as conn:
        keep.rotate(conn, one, _secret(secret) or fresh, until=platform.clock() + overlap)
    return None if secret else fresh


def replay(
    platform: Platform,
    one: Subscription,
    *,
    since: datetime | None = None,
    position: int | None = None,
) -> None:
    """Give again what was recorded from a time or behind a position; else try on at once.

    Raises:
        SubscriptionError: a position that there is not.
    """
    with platform.store.write() as conn:
        whole = standing.recorded(conn)
        if position is not None and not 0 <= position <= whole:
            raise SubscriptionError(
                "subscription.position", _BEHIND.format(whole=whole), "position"
            )
        if since is not None:
            position = keep.before(conn, since)
        keep.rewind(conn, one, position, now=platform.clock())


def none_such() -> NoSubscriptionError:
    """There is none, or it is not theirs to see; both are answered alike."""
    return NoSubscriptionError("subscription.none", _NONE, "subscriptionID", status=404)


def wanted_by(platform: Platform, query: str, asking: Asking) -> Wanted:
    """What is asked for, read; with a secret made here if none is given.

    Raises:
        SubscriptionError: it contradicts itself, or a value is out of form.
        ScheduleError: so is the schedule.
    """
    if (asking.schedule is None) is not (asking.stream is True) or (
        asking.stream is False and asking.schedule is None
    ):
        raise SubscriptionError("subscription.way", _ONE_WAY, "stream")
    if asking.schedule is None and asking.report_if_empty:
        raise SubscriptionError("subscription.empty", _EMPTY, "reportIfEmpty")
    given = asking.schedule
    return Wanted(
        query=query,
        dest=asking.dest,
        secret=_secret(asking.secret) or signing.fresh_secret(platform.draw(32)),
        spelling=asking.spelling,
        schedule=None if given is None else schedule.read_schedule(given, after=platform.clock()),
        report_if_empty=asking.report_if_empty,
        initial=initial_time(asking.initial),
    )


def _secret(given: str | None) -> str | None:
    """A secret as it was given.

    Raises:
        SubscriptionError: too short, too long, or not of visible letters.
    """
    if given is None:
        return None
    is_visible = given.isascii() and given.isprintable() and " " not in given
    if not is_visible or not _SHORTEST_SECRET <= len(given) <= _LONGEST_SECRET:
        text = _SECRET.format(least=_SHORTEST_SECRET, most=_LONGEST_SECRET)
        raise SubscriptionError("subscription.secret", text, "signatureToken")
    return given


def initial_time(given: str | None) -> datetime | None:
    """A record time as it was given.

    Raises:
        SubscriptionError: no instant with its offset.
    """
    if given is None:
        return None
    try:
        span, offset = parse_instant(given.replace(" ", "+"))
    except BadTimeError:
        offset = None
    if offset is None:
        text = _TIME.format(found=privacy.quoted(given, 40))
        raise SubscriptionError("subscription.time", text, "initialRecordTime")
    return span.lo
