"""`suyuan scope`: how far a recall reaches, by holder, and how much of the material is where."""

from itertools import islice
from pathlib import Path

import click

from suyuan.cli.output import emit_json, json_option, plain_errors, say, show_table
from suyuan.cli.questions import (
    THINGS_FILE,
    codes_given,
    form_of,
    hand_on,
    holder_given,
    instants,
    is_known,
    minutes_of,
    named,
    of_holder,
    of_rest,
    of_times,
    out_to_file,
    rest_given,
    say_unknown,
)
from suyuan.cli.root import Shared
from suyuan.cli.telling import rounds_told
from suyuan.drawings import on_paper
from suyuan.interchange import alike_lines, assuming
from suyuan.kit import Text
from suyuan.kit.amounts import plain
from suyuan.kit.text import Lang
from suyuan.service import (
    OPERATOR,
    Recall,
    export,
    open_platform,
    recall,
    vessel_rules,
)
from suyuan.trace import Direction, Question, Seed
from suyuan.trace.types import Extent, Part, Unclear, by_code

_TITLE = Text("召回范围", "Recall scope")
_HEADS = (
    Text("单位", "party"),
    Text("场所", "site"),
    Text("追溯单元", "thing"),
    Text("收到", "came"),
    Text("发出或加工", "sent or processed"),
    Text("售出或用掉", "sold or used"),
    Text("还在手里", "in stock"),
    Text("联系方式", "contact"),
)
_PIECES = Text("{count} 件", "pieces: {count}")
_SUMMARY = Text(
    "涉及 {holders} 个主体、{things} 个追溯单元。每格先写涉及量，括号内是含量界限：至少与至多多少"
    "（下限以记录完整为前提）。",
    "{holders:holder|holders} and {things:thing|things} touched. In each cell: how much is "
    "touched, and in brackets at least and at most how much of the material is in it (at least, if "
    "records are complete).",
)
_TRUNCATED = Text(
    "已达上限：实际范围可能更大。", "A limit was hit: more may be touched than is listed."
)
_BEYOND = Text(
    "从这些场所沿记录的移动还能到 {count} 处（不看批次和日期，多数可能没有；"
    "缺一头的移动不在内）：{names}",
    "Moves on record lead from these sites to {count:more|more} (whatever was moved and when, so "
    "most may have nothing; moves of which one end is unknown are not in it): {names}",
)
_BEYOND_BY_LOTS = Text(
    "另有 {count} 处，有过这些批次或由其制成的东西（不看日期，有的可能没有）：{names}",
    "These lots, or what was made of them, were at {count:more site|more sites} (dates were not "
    "looked at, so some may have nothing): {names}",
)
_UNCLEAR = Text("存疑的数量或上限：{why}。", "Amounts or limits in doubt: {why}.")
_ASK = Text(
    "数量矛盾在 {site}：suyuan balance {thing}", "Contradictory at {site}: suyuan balance {thing}"
)
_MOST_ASKED = 5
_COST = Text(
    "完整到第 {position} 条记录；读取 {facts} 条事实。",
    "Complete to entry {position}; {facts:fact|facts} read.",
)
_ADDED = Text(
    "同一单位、同一产品、说法相同的批次合为一行，界限也是相加；--json 逐个列出。",
    "Lots of one product at one holder of which alike is said are one line, their limits added up; "
    "--json has each.",
)
_MOST = 200
_MORE = Text(
    "…… 另有 {count} 行；--json 给出全部。", "… {count:more line|more lines}; --json gives all."
)


@click.command("scope", help="召回范围 · How far a recall of these things reaches.")
@click.argument("things", nargs=-1)
@THINGS_FILE
@of_holder
@click.option(
    "--vessels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="容器罐怎样轮换的表，作为假设 · A table of how vessels are drawn from, as assumptions.",
)
@click.option(
    "--narrow",
    is_flag=True,
    help="知道哪些容器罐的规则、投入产出对应能缩小 · "
    "What knowing rules of vessels, or what went where, would narrow.",
)
@of_times
@of_rest
@out_to_file
@json_option
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    things: tuple[str, ...],
    *,
    things_file: Path | None,
    vessels: Path | None,
    narrow: bool,
    known_at: int | None,
    offset: str,
    as_json: bool,
    target: Path | None,
    form: str | None,
    **asked: str | None,
) -> None:
    """Print who has or had what is touched, or hand it on; exit with 1 if nothing is known."""
    with plain_errors():
        codes = codes_given(things, things_file)
        holder_on, rest = holder_given(asked), rest_given(asked)
        times, wanted = instants(asked, minutes_of(offset)), form_of(target, form)
        with open_platform(shared.config()) as platform:
            holder = holder_on(platform)
            seeds = tuple(Seed(thing=each, holder=holder) for each in named(platform, codes))
            question = Question(
                seeds=seeds,
                direction=Direction.FORWARD,
                known_at=known_at,
                as_of=times["as_of"],
                start=times["start"],
                end=times["end"],
                vessels=vessel_rules(platform, vessels, OPERATOR) if vessels else (),
            )
            question = rest.of(question)
            with rounds_told(shared.lang, quiet=as_json) as limit:
                found = recall(platform, question, OPERATOR, narrow=narrow, limit=limit)
            if wanted is not None:
                lang = shared.lang
                made = export(
                    platform,
                    question,
                    OPERATOR,
                    wanted,
                    recall=True,
                    lang=lang,
                    draw=on_paper,
                )
                say_unknown(found, shared)
                hand_on(made, target, shared)
                raise SystemExit(0 if is_known(found) else 1)
    if as_json:
        emit_json(found)
    else:
        say(found.completeness.summary, shared)
        if is_known(found):
            _show(found, shared)
    raise SystemExit(0 if is_known(found) else 1)


def _show(found: Recall, shared: Shared) -> None:
    if found.truncated:
        say(_TRUNCATED, shared)
    if found.beyond is not None:
        names = [
            found.sites[each.site].pick(shared.lang) if each.site in found.sites else each.site
            for each in found.beyond.nearest
        ]
        more = " …" if found.beyond.count > len(names) else ""
        text = _BEYOND_BY_LOTS if found.beyond.by_lots else _BEYOND
        say(text.format(count=found.beyond.count, names=", ".join(names) + more), shared)
    lines = alike_lines.folds(found.lines)
    rows = [_row(each, found, shared.lang) for each in lines[:_MOST]]
    show_table(_TITLE, _HEADS, rows, shared.lang)
    if len(lines) > _MOST:
        say(_MORE.format(count=len(lines) - _MOST), shared)
    if len(lines) < len(found.lines):
        say(_ADDED, shared)
    say(_SUMMARY.format(holders=found.holders, things=found.things), shared)
    for said in (*found.assumptions, *assuming.assumptions(found)):
        say(said, shared)
    for said in () if found.narrowed is None else assuming.narrowings(found.narrowed):
        say(said, shared)
    for why in sorted({line.unclear for line in found.lines if line.unclear is not None}):
        say(_UNCLEAR.format(why=assuming.UNCLEAR[why]), shared)
    wrong = (line for line in found.lines if line.unclear is Unclear.CONTRADICTED)
    for line in islice(wrong, _MOST_ASKED):
        site = found.sites.get(line.site, Text(line.site or "?", line.site or "?"))
        say(_ASK.format(site=site, thing=line.thing), shared)
    for warned in by_code(found.anomalies):
        say(warned.line, shared)
    say(_COST.format(position=found.position, facts=found.cost.facts), shared)


def _row(fold: alike_lines.Fold, found: Recall, lang: Lang) -> list[str]:
    line = fold.line
    known = found.parties.get(line.party)
    thing = line.thing or _PIECES.format(count=line.things).pick(lang)
    if fold.count > 1:
        thing = alike_lines.MANY.format(product=thing, count=fold.count).pick(lang)
    return [
        known.name.pick(lang) if known else line.party or "?",
        found.sites[line.site].pick(lang) if line.site in found.sites else line.site or "?",
        thing,
        *(_cell(part, line.unit) for part in (line.came, line.sent, line.ended, line.stock)),
        known.contact if known else "",
    ]


def _cell(part: Part, unit: str | None) -> str:
    if part.touched == 0:
        return ""
    touched = "?" if part.touched is None else f"{plain(part.touched)} {unit or ''}".strip()
    most = _between(part.material)
    return f"{touched} ({most})" + (f" [{_between(part.stated)}]" if part.stated else "")


def _between(extent: Extent) -> str:
    return f"{plain(extent.least)}–{'?' if extent.most is None else plain(extent.most)}"
