"""`suyuan credit`: credit decisions of authorities about parties, entered, listed, withdrawn."""

from datetime import date
from typing import Any, Final

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, say, show_table
from suyuan.cli.questions import DAY, day_shown
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.kit.text import Lang
from suyuan.registry import credit_kinds
from suyuan.service import crediting, open_platform

_ENTERED: Final = Text(
    "已登记信用决定 {number}：{party}，{name}{grade}，自 {begin} 起。",
    "Entered credit decision {number}: {party}, {name}{grade}, from {begin} on.",
)
_UNVERIFIED: Final = Text(
    "这一种类的依据{law}没有读到条文，请以决定书为准。",
    "The text of {law}, from which this kind comes, was not read: go by the decision itself.",
)
_WITHDRAWN: Final = Text(
    "已撤回信用决定 {number}：自 {day} 起不再有效；仍留档。",
    "Withdrawn: credit decision {number} holds no more from {day} on, and stays on file.",
)
_TITLE: Final = Text("信用决定，截至 {on}", "Credit decisions as of {on}")
_HEADS: Final = (
    Text("编号", "number"), Text("单位", "party"), Text("种类", "kind"), Text("情况", "state"),
    Text("机关和决定书", "authority and document"), Text("决定日", "decided"),
    Text("有效期", "holds"), Text("依据", "ground"),
)  # fmt: skip
_MORE: Final = Text(
    "还有更早的：suyuan credit list --before {before}",
    "There are earlier ones: suyuan credit list --before {before}",
)
_WHY: Final = Text("{ground}；{way}：{why}", "{ground}; {way}: {why}")


@click.group("credit", help="主管部门对主体的信用决定 · Credit decisions of authorities.")
def command() -> None:
    """Hold one subcommand for each thing that is done with credit decisions."""


@command.command("decide", help="登记一项信用决定 · Enter a credit decision about a party.")
@click.argument("party")
@click.option(
    "--kind", required=True, type=click.Choice(tuple(credit_kinds.kinds())),
    help="种类 · What was decided.",
)  # fmt: skip
@click.option("--grade", default="", help="等级，如 B · The grade, where the kind has one.")
@click.option("--ground", required=True, help="依据 · Why.")
@click.option("--document", required=True, help="决定书编号或网址 · The written decision.")
@click.option("--authority", required=True, help="决定机关 · Who decided.")
@click.option("--authority-code", default="", help="其统一社会信用代码 · Its social credit code.")
@click.option("--on", "decided_on", type=DAY, required=True, help="决定日 · The day of it.")
@click.option("--from", "valid_from", type=DAY, help="起始日，缺省为决定日 · First day.")
@click.option("--until", "valid_to", type=DAY, help="截止日，缺省为没有 · Last day, else none.")
@click.option("--family", default="", help="只关某一产品门类 · About one family of products.")
@json_option
@click.pass_obj
def decide(shared: Shared, /, *, as_json: bool, **said: Any) -> None:
    """Put a decision on file; it is never changed."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = crediting.decide(platform, crediting.NewDecision(**said))
    if as_json:
        emit_quoted(found)
        return
    grade = f" {found.grade}" if found.grade else ""
    text = _ENTERED.format(
        number=found.number, party=found.party, name=found.name, grade=grade, begin=found.valid_from
    )
    say(text, shared)
    if not found.verified:
        say(_UNVERIFIED.format(law=found.law), shared)


@command.command("list", help="列出信用决定 · List credit decisions, withdrawn ones too.")
@click.argument("party", required=False, default="")
@click.option("--on", type=DAY, help="只列某日有效的 · Those alone that hold on a day.")
@click.option("--before", type=int, help="某编号之前的 · Earlier than a number.")
@json_option
@click.pass_obj
def list_decisions(
    shared: Shared, /, party: str, on: date | None, before: int | None, *, as_json: bool
) -> None:
    """List the latest 100 decisions, of one party or of all."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = crediting.decisions(platform, party=party, on=on, before=before)
    if as_json:
        for each in found.decisions:
            emit_quoted(each)
        return
    rows = [_row(each, shared.lang) for each in found.decisions]
    show_table(_TITLE.format(on=found.on), _HEADS, rows, shared.lang)
    if found.before is not None:
        say(_MORE.format(before=found.before), shared)


@command.command("withdraw", help="撤回一项信用决定 · Take a decision back; it stays on file.")
@click.argument("number", type=int)
@click.option("--ground", required=True, help="依据 · Why.")
@click.option(
    "--way", type=click.Choice(tuple(credit_kinds.ways())), default="revoked", show_default=True,
    help="撤销、信用修复或登记有误 · Why it ends.",
)  # fmt: skip
@click.option("--document", default="", help="撤回文书编号或网址 · The writing by which it was.")
@click.option("--on", "withdrawn_on", type=DAY, help="从哪天起，缺省今天 · From which day on.")
@json_option
@click.pass_obj
def withdraw(shared: Shared, /, *, as_json: bool, **said: Any) -> None:
    """Let a decision hold no more, with why."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = crediting.withdraw(platform, crediting.NewWithdrawal(**said))
    if as_json:
        emit_quoted(found)
    elif found.withdrawal is not None:
        day = found.withdrawal.withdrawn_on
        say(_WITHDRAWN.format(number=found.number, day=day), shared)


def _row(each: crediting.CreditInfo, lang: Lang) -> list[str]:
    ground = Text(each.ground, each.ground)
    if (gone := each.withdrawal) is not None:
        ground = _WHY.format(ground=ground, way=each.way_name, why=gone.ground)
    return [
        str(each.number),
        f"{each.party_name.pick(lang)} {each.party}".strip(),
        f"{each.name.pick(lang)} {each.grade}".strip(),
        crediting.STATES[each.state].pick(lang),
        f"{each.authority} {each.document}",
        each.decided_on.isoformat(),
        f"{each.valid_from}–{day_shown(each.valid_to)}",
        ground.pick(lang),
    ]
