"""`suyuan due`: which clocks of law run, since when and until when, and what was filed."""

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, say, show_table
from suyuan.cli.questions import instant, written
from suyuan.cli.root import Shared
from suyuan.families import citing
from suyuan.kit import Text
from suyuan.kit.clock import CHINA
from suyuan.kit.text import Lang, vouched
from suyuan.service import clocks, open_platform

_TITLE = Text("法定时限，截至 {at}", "Deadlines as of {at}")
_HEADS = (
    Text("情况", "state"), Text("截止", "ends"), Text("时限", "deadline"), Text("依据", "law"),
    Text("单位", "party"), Text("追溯单元", "thing"), Text("起算", "since"),
    Text("起算的事件", "started by"), Text("报送", "filed"),
)  # fmt: skip
_PARTIAL = Text(
    "报告太多：{since} 之前记录的没有全部算入；请用 --party 或 --family 缩小范围。",
    "There are too many reports: of those recorded before {since} not all are counted; narrow it "
    "with --party or --family.",
)
_CHINA = 480


@click.command("due", help="法定时限：到期、逾期、已报 · What the law has due, filed, overdue.")
@click.option("--party", help="只看一个单位 · Of one organisation.")
@click.option("--family", help="只看一个门类 · Of one family.")
@click.option("--on", metavar="TIME", help="截至某日或某时刻 · As of a day's end, or a time.")
@json_option
@click.pass_obj
def command(
    shared: Shared, /, party: str | None, family: str | None, on: str | None, *, as_json: bool
) -> None:
    """List every clock that had begun: overdue first, then due, then what was filed."""
    with plain_errors():
        at = instant(on, _CHINA, "--on", last=True)
        with open_platform(shared.config()) as platform:
            found = clocks.running(platform, at=at, party=party, family=family)
    if as_json:
        emit_quoted(found)
        return
    rows = [_row(each, shared.lang) for each in found.clocks]
    show_table(_TITLE.format(at=written(found.at, CHINA)), _HEADS, rows, shared.lang)
    if found.since is not None:
        say(_PARTIAL.format(since=written(found.since, CHINA)), shared)


def _row(each: clocks.ClockOn, lang: Lang) -> list[str]:
    law = citing.citation(each.law, each.term.article)
    cited = vouched(law, verified=each.term.verified)
    return [
        clocks.SAID[each.state].pick(lang),
        written(each.ends, CHINA),
        f"{each.term.name.pick(lang)} · {clocks.length(each.term).pick(lang)}",
        cited.pick(lang),
        each.party_name.pick(lang) or each.party,
        ", ".join(each.things),
        written(each.began, CHINA),
        each.started_by or "",
        " ".join(part for part in (written(each.filed_at, CHINA), each.filed_by) if part),
    ]
