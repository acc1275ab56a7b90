"""`suyuan erase`: destroy an event by a lawful decision, and list what was destroyed."""

from typing import Final

import click

from suyuan.cli.echo import echo
from suyuan.cli.output import (
    Listing,
    emit_quoted,
    json_option,
    plain_errors,
    say,
    show_list,
    show_table,
)
from suyuan.cli.questions import day_shown
from suyuan.cli.root import Shared
from suyuan.families import citing
from suyuan.kit import Text
from suyuan.kit.text import Lang, vouched
from suyuan.service import (
    Decision,
    Erasure,
    erase,
    erased,
    erasing,
    keeping,
    open_platform,
    receipting,
)

_TITLE: Final = Text("依决定销毁", "Destroyed by decision")
_HEADS: Final = (
    Text("序位", "positions"),
    Text("决定的序位", "decision"),
    Text("何时", "when"),
    Text("由谁", "by"),
    Text("依据", "ground"),
)
_ASK: Final = "内容将不可恢复 · The content cannot be had back"
_DONE: Final = Text(
    "已销毁：{positions}；决定记在{decision}，用 suyuan receipt 位置 出具其回执。"
    "此前的备份里仍有，请一并处理。",
    "Destroyed: {positions}; the decision is at {decision}, and suyuan receipt POSITION proves it. "
    "Backups from before still have it: see to them too.",
)


_HELD: Final = Text(
    "数据库的文件里还有它的旧行：{count} 个先前开始的事务还在读（如备份、报表、复制）。"
    "等它们结束（pg_stat_activity 列出），再运行 suyuan erase --finish。",
    "The database's files still have its old rows: {count:transaction|transactions} from before "
    "still read them, such as a backup, a report, a replica. When they have ended "
    "(pg_stat_activity lists them) run suyuan erase --finish.",
)
_FINISHED: Final = Text(
    "数据库的文件里已没有所销毁的行。", "What was destroyed is in no file of the database any more."
)
_RUNS: Final = Text("依{law}须保存到 {until}。", "To be kept until {until} by {law}.")
_PAST_TITLE: Final = Text("保存期已满的记录", "Records past their lawful term")
_MORE_PAST: Final = Text(
    "还有保存期已满的记录没有列出：先销毁这些，再列一次。",
    "More records are past their term and not listed: destroy these, then list again.",
)
_PAST_HEADS: Final = (
    Text("序位", "position"),
    Text("事件", "event"),
    Text("单位", "party"),
    Text("保存期限", "term"),
    Text("依据", "law"),
    Text("保存到", "kept until"),
)


@click.command("erase", help="依法销毁一个事件 · Destroy an event by a lawful decision.")
@click.argument("event", required=False)
@click.option("--by", default="", help="由谁决定 · Who decided.")
@click.option(
    "--ground",
    default="",
    help="依据，谁都查得到，不要写人名 · An article, a judgement, a request. Anybody is told it: "
    "name no person.",
)
@click.option("--party", help="报告者 · Whose report, where several have the id.")
@click.option(
    "--finish",
    "finishing",
    is_flag=True,
    help="把已销毁的行从文件中清除 · Remove what was destroyed from the files too.",
)
@click.option("--early", is_flag=True, help="依据允许提前销毁 · The ground allows it early.")
@click.option("--past-term", is_flag=True, help="列出保存期满的 · List what has passed its term.")
@click.option("--yes", is_flag=True, help="不再询问 · Do not ask.")
@json_option
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    event: str | None,
    *,
    party: str | None,
    finishing: bool,
    early: bool,
    past_term: bool,
    yes: bool,
    as_json: bool,
    **said: str,
) -> None:
    """Without EVENT, list what was destroyed, by whom and why."""
    with plain_errors(), open_platform(shared.config()) as platform:
        if finishing:
            _tell_held(erasing.finish(platform), shared)
            return
        if past_term:
            _list_past(keeping.past_term(platform), shared, as_json=as_json)
            return
        if event is None:
            found = erased(platform)
            emit_quoted(found) if as_json else _list(found, shared)
            return
        decision = Decision(**said)
        erasing.require_reason(decision)
        if not as_json:
            _warn(keeping.kept_of(platform, event, party), shared)
        if not yes:
            click.confirm(_ASK, abort=True)
        done = erase(platform, event, decision, party=party, early=early)
        positions = receipting.on_receipts(platform, done.positions)
        decided = receipting.on_receipts(platform, [done.position or 0])
    if as_json:
        emit_quoted(done)
    else:
        say(_DONE.format(positions=positions, decision=decided), shared)
        if done.held:
            _tell_held(done.held, shared)


def _tell_held(count: int, shared: Shared) -> None:
    say(_HELD.format(count=count) if count else _FINISHED, shared)


def _warn(found: list[keeping.KeptOn], shared: Shared) -> None:
    """Terms that still run, also those that keep nobody from destroying it."""
    for one in found:
        if one.runs:
            text = _RUNS.format(until=one.until, law=citing.citation(one.law, one.term.article))
            say(vouched(text, verified=one.term.verified), shared)


def _past(one: keeping.KeptOn, lang: Lang) -> list[str]:
    law = citing.citation(one.law, one.term.article).pick(lang)
    return [str(one.position), one.event or "", one.party, one.term.name.pick(lang), law,
            day_shown(one.until)]  # fmt: skip


_PAST: Final = Listing(title=_PAST_TITLE, heads=_PAST_HEADS, row=_past)


def _list_past(found: keeping.Past, shared: Shared, *, as_json: bool) -> None:
    show_list(_PAST, found.listed, shared, as_json=as_json)
    if found.is_partial:
        echo(_MORE_PAST.pick(shared.lang), err=True)


def _list(found: list[Erasure], shared: Shared) -> None:
    rows = [
        [
            ", ".join(map(str, each.positions)),
            f"{each.position} {'✓' if each.proven else '✗'}",
            each.at.isoformat(timespec="seconds"),
            each.by,
            each.ground,
        ]
        for each in found
    ]
    show_table(_TITLE, _HEADS, rows, shared.lang)
