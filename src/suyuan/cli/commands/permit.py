"""`suyuan permit`: permits and quotas entered, their balance shown, withdrawn."""

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from suyuan.cli.output import Listing, json_option, plain_errors, say, show_list
from suyuan.cli.questions import DAY, day_shown
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError, Text
from suyuan.kit.canonical import plain_decimal
from suyuan.kit.text import Lang
from suyuan.service import (
    OPERATOR,
    NewPermit,
    PermitInfo,
    Use,
    enter_permit,
    open_platform,
    permit_uses,
    permits,
    viewer_for,
    withdraw_permit,
)

_NO_AMOUNT = Text("“{given}” 不是数量。", "'{given}' is no amount.")
_ENTERED = Text(
    "已登记：{holder} 的 {name} {number}，总量 {amount}，剩余 {left}。",
    "Entered: {name} {number} of {holder}, {amount} in all, {left} left.",
)
_WITHDRAWN = Text(
    "已撤回 {kind} {number}：不再可用；已扣减的不变。",
    "Withdrawn: {kind} {number} covers nothing more; what was taken stays taken.",
)
_TITLE = Text("许可证和配额的余额", "Balances of permits and quotas")
_HEADS = (
    Text("许可证", "permit"), Text("持有人", "holder"), Text("总量", "amount"),
    Text("已用", "used"), Text("剩余", "left"), Text("期限", "valid"), Text("备注", "note"),
)  # fmt: skip
_BEYOND = Text("超出上报 {over}", "{over} reported beyond it")
_VOID = Text("已撤回：{reason}", "withdrawn: {reason}")
_USES = Text("扣减明细", "What was taken")
_USE_HEADS = (
    Text("记录号", "entry"), Text("品种", "goods"), Text("数量", "amount"), Text("结果", "outcome"),
)  # fmt: skip
_TAKEN = Text("已扣减", "taken")
_OVER = Text("余额不足，未扣减", "too little was left; not taken")
_RETURNED = Text("已更正，退回", "corrected; given back")


@click.group("permit", help="许可证和配额的额度账 · Permits and quotas, and what is left of them.")
def command() -> None:
    """Hold one subcommand for each thing that is done with permits."""


@command.command("enter", help="登记一张许可证或指标 · Enter a permit or quota, or change it.")
@click.argument("holder")
@click.argument("kind")
@click.argument("number")
@click.argument("amount")
@click.option("--goods", default="", help="品种，缺省为任何 · The goods it is for, else any.")
@click.option("--unit", help="单位代码，如 KGM；缺省为件 · UN/CEFACT unit, else pieces.")
@click.option("--issuer", default="", help="发证机关 · Who issued it.")
@click.option("--from", "valid_from", type=DAY, help="起始日 · First day.")
@click.option("--until", "valid_to", type=DAY, help="截止日 · Last day.")
@click.pass_obj
def enter(shared: Shared, /, amount: str, **said: Any) -> None:
    """Put a line of a permit on file, so that what is recorded takes from it."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = enter_permit(platform, NewPermit(amount=_amount(amount), **said))
    amounts = {"amount": plain_decimal(found.amount), "left": plain_decimal(found.left)}
    say(
        _ENTERED.format(holder=found.holder, name=found.name, number=found.number, **amounts),
        shared,
    )


@command.command("list", help="列出许可证及余额 · List permits and what is left of them.")
@click.option("--party", help="只看一个单位 · Of one organisation.")
@click.option("--kind", help="只看一种 · Of one kind.")
@click.option("--number", help="只看一个编号 · Of one number.")
@json_option
@click.pass_obj
def list_permits(
    shared: Shared, /, party: str | None, kind: str | None, number: str | None, *, as_json: bool
) -> None:
    """Show granted, used and left, and what was reported beyond it."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = permits(platform, holder=party, kind=kind, number=number)
    listing = Listing(title=_TITLE, heads=_HEADS, row=_row)
    show_list(listing, found, shared, as_json=as_json)


@command.command("uses", help="一张许可证的扣减明细 · What recorded events took from a permit.")
@click.argument("kind")
@click.argument("number")
@json_option
@click.pass_obj
def uses(shared: Shared, /, kind: str, number: str, *, as_json: bool) -> None:
    """Show each recorded event that took from it, the latest first."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = permit_uses(platform, kind, number)
    listing = Listing(title=_USES, heads=_USE_HEADS, row=_use)
    show_list(listing, found, shared, as_json=as_json)


@command.command("withdraw", help="撤回一张许可证 · Make one void; it stays on file.")
@click.argument("kind")
@click.argument("number")
@click.option("--issuer", default="", help="发证机关，与登记一致 · Its issuer, as entered.")
@click.option("--reason", required=True, help="原因，留作记录 · Why, for the file.")
@click.pass_obj
def withdraw(shared: Shared, /, kind: str, number: str, *, issuer: str, reason: str) -> None:
    """Let a permit cover nothing from now on, as its issuer."""
    with plain_errors(), open_platform(shared.config()) as platform:
        is_party = issuer.startswith(("urn:", "https://"))
        viewer = viewer_for(platform, issuer) if is_party else OPERATOR
        withdraw_permit(platform, kind, number, reason, issuer=issuer, viewer=viewer)
    say(_WITHDRAWN.format(kind=kind, number=number), shared)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        said = _NO_AMOUNT.format(given=text[:40])
        raise SuyuanError("permit.amount", said, "AMOUNT") from error


def _row(each: PermitInfo, lang: Lang) -> list[str]:
    amount, used, left = (plain_decimal(one) for one in (each.amount, each.used, each.left))
    named = (each.name.pick(lang), each.number, each.goods)
    notes = [_BEYOND.format(over=plain_decimal(each.over))] if each.over else []
    notes += [_VOID.format(reason=each.reason)] if each.withdrawn else []
    return [
        " ".join(part for part in named if part), each.holder, f"{amount} {each.unit or ''}",
        used, left, f"{day_shown(each.valid_from)}–{day_shown(each.valid_to)}",
        " ".join(note.pick(lang) for note in notes),
    ]  # fmt: skip


def _use(each: Use, lang: Lang) -> list[str]:
    outcome = _RETURNED if each.is_returned else _TAKEN if each.is_covered else _OVER
    return [str(each.entry), each.goods, plain_decimal(each.amount), outcome.pick(lang)]
