"""`suyuan trace`: where a thing came from or where it went, with how complete the answer is."""

from datetime import UTC, datetime
from typing import Any

import click

from suyuan.cli.output import emit_json, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.codes import recognise
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import parse_instant
from suyuan.kit.text import Lang
from suyuan.service import OPERATOR, open_platform, trace
from suyuan.trace import Answer, Direction, Question, Seed
from suyuan.trace.types import Origin, Pool, Responsible, Whereabouts

_UNREADABLE = Text(
    "“{text}” 不是能认出的编码；试试 suyuan identify。",
    "'{text}' is no code that we know; try suyuan identify.",
)
_HEADS = (
    Text("追溯单元", "thing"),
    Text("在谁手里", "holder"),
    Text("情况", "state"),
    Text("数量", "quantity"),
    Text("可信", "sure"),
)
_ORIGINS = Text("从哪里来", "Where it came from")
_WHEREABOUTS = Text("到哪里去", "Where it went")
_RESPONSIBLE = Text("谁负责", "Who answers for it")
_WHO = (
    Text("单位", "party"),
    Text("场所", "site"),
    Text("从", "from"),
    Text("到", "until"),
    Text("件数", "things"),
)
_NOTHING = Text("没有这个编码的记录。", "Nothing is recorded of this code.")
_COST = Text(
    "完整到第 {position} 条记录；读取 {facts} 条事实，{links} 条链接。",
    "Complete to entry {position}; {facts} facts read, {links} links.",
)
_SURE = Text("确定", "certain")
_MAYBE = Text("可能", "possible")
_MOST = 40


@click.command("trace", help="追溯：从哪来（默认）或到哪去 · Trace back (default) or forward.")
@click.argument("thing")
@click.option("--backward/--forward", default=True, help="溯源或追踪 · Where from, or where to.")
@click.option("--as-of", help="截至发生时间 · Only what had happened by then.")
@click.option("--known-at", type=click.IntRange(0), help="截至记录位置 · Only what was recorded.")
@click.option("--from", "start", help="时间窗起 · Window begins.")
@click.option("--to", "end", help="时间窗止 · Window ends.")
@click.option("--depth", type=click.IntRange(1), help="最多几步 · At most so many steps.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def command(shared: Shared, /, thing: str, *, as_json: bool, **asked: Any) -> None:
    """Print the answer; exit with 1 if nothing is recorded of the thing."""
    with plain_errors(shared):
        question = _question(thing, **asked)
        with open_platform(shared.config()) as platform:
            answer = trace(platform, question, OPERATOR)
    known = bool(answer.cost.facts)
    if as_json:
        emit_json(answer)
    elif known:
        _show(answer, shared)
    else:
        say(_NOTHING, shared)
    raise SystemExit(0 if known else 1)


def _question(
    thing: str,
    *,
    backward: bool,
    as_of: str | None,
    known_at: int | None,
    start: str | None,
    end: str | None,
    depth: int | None,
) -> Question:
    readings = recognise(thing)
    if not readings:
        raise SuyuanError("trace.thing", _UNREADABLE.format(text=thing), place="THING")
    return Question(
        seeds=(Seed(thing=readings[0].canonical),),
        direction=Direction.BACKWARD if backward else Direction.FORWARD,
        as_of=_instant(as_of, last=True),
        known_at=known_at,
        start=_instant(start, last=False),
        end=_instant(end, last=True),
        depth=depth,
    )


def _instant(text: str | None, *, last: bool) -> datetime | None:
    """A time as the first or last instant of what was written; a bare day is the local one."""
    if text is None:
        return None
    here = datetime.now(UTC).astimezone().utcoffset()  # noqa: TID251 -- the terminal's own clock
    minutes = int(here.total_seconds() // 60) if here else 0
    span, _ = parse_instant(text, offset_minutes=minutes)
    return span.hi if last else span.lo


def _show(answer: Answer, shared: Shared) -> None:
    lang = shared.lang
    if answer.origins:
        show_table(_ORIGINS, _HEADS, [_end(each, lang) for each in answer.origins[:_MOST]], lang)
    if answer.whereabouts:
        rows = [_end(each, lang) for each in answer.whereabouts[:_MOST]]
        show_table(_WHEREABOUTS, _HEADS, rows, lang)
    rows = [_who(each) for each in answer.responsibility[:_MOST]]
    show_table(_RESPONSIBLE, _WHO, rows, lang)
    say(answer.completeness.summary, shared)
    for anomaly in answer.anomalies:
        say(anomaly.text, shared)
    cost = answer.cost
    say(_COST.format(position=answer.position, facts=cost.facts, links=cost.links), shared)


def _end(end: Origin | Whereabouts, lang: Lang) -> list[str]:
    quantity = "" if end.quantity is None else f"{end.quantity} {end.unit or ''}".strip()
    state = end.kind if isinstance(end, Origin) else end.rest
    sure = (_SURE if end.certain else _MAYBE).pick(lang)
    return [end.pool.thing or end.pool.container, _holder(end.pool), state, quantity, sure]


def _holder(pool: Pool) -> str:
    return " @ ".join(part for part in (pool.party, pool.site) if part) or "?"


def _who(each: Responsible) -> list[str]:
    since = "" if each.since.lo is None else f"{each.since.lo:%Y-%m-%d %H:%M}"
    until = "" if each.until is None or each.until.hi is None else f"{each.until.hi:%Y-%m-%d %H:%M}"
    return [each.party, each.site, since, until, str(each.things)]
