"""`suyuan subscribe list|add|remove|replay|rotate`: who is told of what, and how that goes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import click

from suyuan.cli.echo import echo
from suyuan.cli.output import Listing, emit_quoted, json_option, plain_errors, say, show_list
from suyuan.cli.questions import instant
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.kit.text import Lang
from suyuan.notify.types import Subscription
from suyuan.service import (
    Asking,
    naming,
    open_platform,
    replay,
    rotate_secret,
    subscribe,
    subscribing,
    subscription,
    subscriptions,
    unsubscribe,
    viewer_for,
)

_CHINA = 480
_ADDED = Text("已订阅 {id}：{query} 推送到 {dest}。", "Subscribed {id}: {query} goes to {dest}.")
_SECRET = Text(
    "签名密钥（只显示这一次）：{secret}", "The secret that signs, shown this once: {secret}"
)
_ODD = Text("{text}{cure}", "{text} {cure}")
_GONE = Text("已退订；不再推送。", "Unsubscribed; nothing more is sent.")
_AGAIN = Text(
    "将从位置 {position} 之后推送。", "What is recorded behind position {position} will be sent."
)
_ROTATED = Text(
    "已更换；旧密钥再签 {hours} 小时。", "Replaced; the one before signs for {hours} h more."
)
_TITLE = Text("推送订阅", "Subscriptions")
_HEADS = (
    Text("编号", "number"),
    Text("单位", "organisation"),
    Text("查询", "query"),
    Text("地址", "address"),
    Text("状态", "state"),
    Text("已到位置", "position"),
    Text("上次送达", "last taken"),
    Text("问题", "problem"),
)


@click.group("subscribe", help="把新事件推送给订阅者 · Send new events to subscribers.")
def command() -> None:
    """Subscriptions to named queries, for who sits at the machine."""


@command.command("list", help="列出订阅和状态 · List subscriptions and how they go.")
@click.option("--party", help="只看一个单位 · Of one organisation.")
@json_option
@click.pass_obj
def list_(shared: Shared, /, *, party: str | None, as_json: bool) -> None:
    """List subscriptions, of all or of one organisation; never a secret."""
    with plain_errors(), open_platform(shared.config()) as platform:
        viewer = None if party is None else viewer_for(platform, party)
        found = subscriptions(platform, viewer)
    listing = Listing(title=_TITLE, heads=_HEADS, row=_row, told=_told)
    show_list(listing, found, shared, as_json=as_json)


@command.command("add", help="订阅一个命名查询 · Subscribe to a named query.")
@click.argument("query")
@click.argument("dest", metavar="ADDRESS")
@click.option("--party", required=True, help="谁的查询 · Whose query it is.")
@click.option("--second", help="0-59")
@click.option("--minute", help="0-59")
@click.option("--hour", help="0-23")
@click.option("--day-of-month", "dayOfMonth", help="1-31")
@click.option("--month", help="1-12")
@click.option("--day-of-week", "dayOfWeek", help="1-7，1 是周一 · 1 is Monday.")
@click.option("--report-if-empty", is_flag=True, help="没有事件也报 · Report that there is none.")
@click.option("--from", "initial", help="从何时起记录的 · Recorded from this time on.")
@json_option
@click.pass_obj
def add(
    shared: Shared,
    /,
    *,
    query: str,
    dest: str,
    party: str,
    report_if_empty: bool,
    initial: str | None,
    as_json: bool,
    **fields: str | None,
) -> None:
    """Subscribe; without a field of a schedule, each event is sent as soon as it is recorded."""
    schedule = {name: value for name, value in fields.items() if value is not None}
    asking = Asking(
        dest=dest,
        stream=None if schedule else True,
        schedule=schedule or None,
        report_if_empty=report_if_empty,
        initial=initial,
    )
    with plain_errors(), open_platform(shared.config()) as platform:
        viewer = viewer_for(platform, party)
        made, secret = subscribe(platform, query, asking, viewer)
        odd = naming.notices_of(platform, query, viewer)
    for notice in odd:
        echo(_ODD.format(text=notice.text, cure=notice.cure).pick(shared.lang), err=True)
    if as_json:
        emit_quoted(_told(made) | {"signatureToken": secret})
    else:
        say(_ADDED.format(id=made.id, query=query, dest=dest), shared)
        say(_SECRET.format(secret=secret), shared)


@command.command("remove", help="退订 · Unsubscribe.")
@click.argument("number", type=click.UUID)
@click.pass_obj
def remove(shared: Shared, /, number: UUID) -> None:
    """Remove a subscription."""
    with plain_errors(), open_platform(shared.config()) as platform:
        unsubscribe(platform, subscription(platform, number, None))
    say(_GONE, shared)


@command.command("replay", help="重新推送，或立即再试 · Send again, or try again at once.")
@click.argument("number", type=click.UUID)
@click.option("--from", "since", help="从何时起记录的 · Recorded from this time on.")
@click.option("--position", type=click.IntRange(0), help="从这个位置之后 · Behind this position.")
@json_option
@click.pass_obj
def replay_(
    shared: Shared, /, *, number: UUID, since: str | None, position: int | None, as_json: bool
) -> None:
    """Wind a subscription back; with neither option, only try at once what was not taken."""
    with plain_errors(), open_platform(shared.config()) as platform:
        one = subscription(platform, number, None)
        replay(platform, one, since=instant(since, _CHINA, "--from", last=False), position=position)
        one = subscription(platform, number, None)
    if as_json:
        emit_quoted(_told(one))
    else:
        say(_AGAIN.format(position=one.position), shared)


@command.command("rotate", help="更换签名密钥 · Replace the secret that signs.")
@click.argument("number", type=click.UUID)
@click.option(
    "--overlap-hours",
    type=click.FloatRange(0, 720),
    default=24.0,
    show_default=True,
    help="旧密钥再用多久 · How long the one before signs too.",
)
@json_option
@click.pass_obj
def rotate(shared: Shared, /, *, number: UUID, overlap_hours: float, as_json: bool) -> None:
    """Sign with a new secret."""
    with plain_errors(), open_platform(shared.config()) as platform:
        one = subscription(platform, number, None)
        secret = rotate_secret(platform, one, None, overlap=timedelta(hours=overlap_hours))
    if as_json:
        emit_quoted(_told(one) | {"signatureToken": secret})
    else:
        say(_ROTATED.format(hours=f"{overlap_hours:g}"), shared)
        say(_SECRET.format(secret=secret), shared)


def _told(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "owner": one.owner,
        "query": one.query,
        "dest": one.dest,
        "schedule": one.schedule,
        "state": one.state,
        "position": one.position,
        "failures": one.failures,
        "problem": one.problem,
        "due": one.due,
        "notified": one.notified_at,
    }


def _row(one: Subscription, lang: Lang) -> list[str]:
    return [
        str(one.id),
        one.owner,
        one.query,
        one.dest.partition("?")[0],
        subscribing.STATES[one.state].pick(lang),
        str(one.position),
        in_china(one.notified_at) if one.notified_at else "—",
        one.problem.pick(lang) if one.problem else "",
    ]
