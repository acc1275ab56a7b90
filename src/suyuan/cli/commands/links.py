"""`suyuan links add|list|withdraw`: where Digital Links of a party's codes lead."""

from typing import Any
from uuid import UUID

import click

from suyuan.cli.commands.codes_make import party_option
from suyuan.cli.output import Listing, emit_quoted, json_option, plain_errors, say, show_list
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.kit.text import Lang
from suyuan.registry.types import Target
from suyuan.service import (
    entered,
    links_of,
    local_capturer,
    open_platform,
    withdraw_link,
)

_ADDED = Text(
    "已登记 {id}：{key} 的 {kind} 指向 {href}。", "Entered {id}: {kind} of {key} leads to {href}."
)
_GONE = Text(
    "已撤回；不再指向任何地方，记录保留。", "Withdrawn; it leads nowhere, and stays on file."
)
_TITLE = Text("数字链接指向", "Where links lead")
_HEADS = (
    Text("编号", "number"),
    Text("编码", "key"),
    Text("类型", "type"),
    Text("网址", "address"),
    Text("标题", "title"),
    Text("默认", "default"),
)


@click.group("links", help="数字链接指向哪里 · Where Digital Links of one's own codes lead.")
def command() -> None:
    """What the resolver answers for a code beside the platform's own page."""


@command.command("add", help="登记一个指向 · Enter where links of a code lead.")
@click.argument("key")
@click.argument("link_type", metavar="TYPE")
@click.argument("href", metavar="ADDRESS")
@party_option
@click.option("--title", required=True, help="标题 · What people read.")
@click.option("--lang", "languages", multiple=True, help="网页的语言，如 zh · Its language.")
@click.option("--media", default="", help="媒体类型，如 text/html · Its media type.")
@click.option("--context", multiple=True, help="场合，如 CN · For whom, as CN.")
@click.option("--default", "is_default", is_flag=True, help="扫码默认去那里 · Scans lead there.")
@json_option
@click.pass_obj
def add(shared: Shared, /, *, party: str, as_json: bool, **given: Any) -> None:
    """Enter a link; the code's company prefix must be entered as the party's."""
    with plain_errors(), open_platform(shared.config()) as platform:
        capturer = local_capturer(platform, party)
        target = Target(
            id=platform.number(), party=capturer.party, made_at=platform.clock(), **given
        )
        found = entered(platform, target, capturer)
    if as_json:
        emit_quoted(found)
    else:
        facts = {"id": found.id, "key": found.key, "kind": found.link_type, "href": found.href}
        say(_ADDED.format(**facts), shared)


@command.command("list", help="列出登记的指向 · List what was entered and holds.")
@click.option("--party", help="只看一个单位 · Of one organisation.")
@json_option
@click.pass_obj
def list_(shared: Shared, /, *, party: str | None, as_json: bool) -> None:
    """List links, of all parties or of one."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = links_of(platform, party)
    listing = Listing(title=_TITLE, heads=_HEADS, row=_row)
    show_list(listing, found, shared, as_json=as_json)


@command.command("withdraw", help="撤回一个指向 · Withdraw a link.")
@click.argument("number", type=click.UUID)
@click.pass_obj
def withdraw(shared: Shared, /, number: UUID) -> None:
    """Withdraw a link; it stays on file."""
    with plain_errors(), open_platform(shared.config()) as platform:
        withdraw_link(platform, number, None)
    say(_GONE, shared)


def _row(each: Target, _lang: Lang) -> list[str]:
    mark = "✓" if each.is_default else ""
    return [str(each.id), each.key, each.link_type, each.href, each.title, mark]
