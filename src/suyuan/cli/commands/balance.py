"""`suyuan balance`: whether what came, went and is left agrees, and what contradicts itself."""

from decimal import Decimal
from typing import Any

import click
from msgspec import structs

from suyuan.cli.echo import echo
from suyuan.cli.output import emit_json, json_option, plain_errors, say, show_table
from suyuan.cli.questions import (
    END,
    KNOWN_AT,
    MOST_FACTS,
    OFFSET,
    START,
    holder_name,
    instants,
    minutes_of,
    named,
)
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.kit import Text
from suyuan.kit.canonical import plain_decimal
from suyuan.kit.text import Lang
from suyuan.service import (
    OPERATOR,
    BalanceAsked,
    Balanced,
    Platform,
    balance,
    balance_words,
    open_platform,
    percent_of,
    progress,
)
from suyuan.trace.accounts.types import Contradiction, Statement
from suyuan.trace.types import Extent, by_code

_TITLE = Text("台账", "Accounts")
_HEADS = (
    Text("种类", "kind"),
    Text("主体与场所", "holder"),
    Text("追溯单元", "thing"),
    Text("期初", "opening"),
    Text("收到与产出", "in"),
    Text("发出、投入、售出", "out"),
    Text("期末", "closing"),
    Text("单位", "unit"),
)
_READING = Text("读取记录", "Reading the record")
_SUMMARY = Text(
    "{accounts} 个台账，{contradictions} 个自相矛盾。"
    "完整到第 {position} 条记录；读取 {facts} 条事实。",
    "{accounts:account|accounts}, {contradictions:contradicts itself|contradict themselves}. "
    "Complete to entry {position}; {facts:fact|facts} read.",
)
_TRUNCATED = Text(
    "已达上限：只答到第 {position} 条记录。用 --most-facts 加大。",
    "A limit was hit: only records up to entry {position} are in it. Raise it with --most-facts.",
)
_NOTHING = Text("没有可结的台账。", "There is no account to draw.")
_MORE = Text(
    "…… 另有 {count} 个台账没有列出。", "… {count:more account is|more accounts are} not listed."
)
_QUESTION = Text("先问：", "Question first: ")
_INSTEAD = Text("或者：", "Or: ")


@click.command("balance", help="物料平衡：自相矛盾之处 · Where amounts contradict themselves.")
@click.argument("things", nargs=-1)
@click.option("--party", help="只问该主体 · Only this party's accounts,")
@click.option("--site", help="或该场所 · or those at this site.")
@click.option("--family", help="只问该门类 · Only things of this family.")
@START
@END
@KNOWN_AT
@OFFSET
@click.option("--tolerance", help="允差百分数，代替门类所定 · Percent, instead of the families'.")
@click.option(
    "--most",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="列出几个 · How many are listed.",
)
@MOST_FACTS
@json_option
@click.pass_obj
def command(
    shared: Shared,
    /,
    things: tuple[str, ...],
    *,
    start: str | None,
    end: str | None,
    offset: str,
    tolerance: str | None,
    as_json: bool,
    **filters: Any,
) -> None:
    """Print accounts, contradictions first; exit with 1 if there are any, or nobody is known."""
    with plain_errors():
        minutes = minutes_of(offset)
        times = instants({"start": start, "end": end}, minutes)
        asked = BalanceAsked(
            start=times["start"],
            end=times["end"],
            minutes=minutes,
            tolerance=percent_of(tolerance, "--tolerance"),
            **filters,
        )
        with open_platform(shared.config()) as platform:
            asked = structs.replace(asked, things=named(platform, dict.fromkeys(things, "THINGS")))
            found = _drawn(platform, asked, shared)
    if as_json:
        emit_json(found)
    elif found.accounts:
        _show(found, shared)
    else:
        for text in map(balance_words.unknown, found.unknown):
            say(text, shared)
        say(_NOTHING, shared)
    raise SystemExit(1 if found.contradictions or found.unknown else 0)


def _drawn(platform: Platform, asked: BalanceAsked, shared: Shared) -> Balanced:
    head = progress(platform).head
    with progress_bar(_READING, head, shared.lang) as advance:
        return balance(platform, asked, OPERATOR, advance=lambda done, _all: advance(done))


def _show(found: Balanced, shared: Shared) -> None:
    if found.truncated:
        say(_TRUNCATED.format(position=found.position), shared)
    rows = [_row(each, found, shared.lang) for each in found.statements]
    show_table(_TITLE, _HEADS, rows, shared.lang)
    if found.accounts > len(rows):
        say(_MORE.format(count=found.accounts - len(rows)), shared)
    for each in found.statements:
        if each.contradiction is not None:
            _explain(each, each.contradiction, found, shared)
    for warned in by_code(found.anomalies):
        say(warned.line, shared)
    count = sum(found.contradictions.values())
    say(
        _SUMMARY.format(
            accounts=found.accounts,
            contradictions=count,
            position=found.position,
            facts=found.cost.facts,
        ),
        shared,
    )


def _explain(each: Statement, wrongly: Contradiction, found: Balanced, shared: Shared) -> None:
    lang = shared.lang
    who = f"{_holder(each, found, lang)} {_thing(each, found, lang)}"
    said = balance_words.wrong(wrongly, _amount(wrongly.by, each.unit)).pick(lang)
    echo(f"\n{wrongly.day} {who}: {said}")
    for intro, suspects in ((_QUESTION, wrongly.question), (_INSTEAD, wrongly.instead)):
        for suspect in suspects:
            amount = None if suspect.amount is None else _amount(suspect.amount, each.unit)
            at_most = None if suspect.at_most is None else _amount(suspect.at_most, each.unit)
            echo(
                f"  {intro.pick(lang)}{balance_words.doubted(suspect, amount, at_most).pick(lang)}"
            )
    amounts = [_amount(much, each.unit) if much else None for much in (each.missing, each.lost)]
    for line in balance_words.unrecorded(*amounts):
        echo(f"  {_INSTEAD.pick(lang)}{line.pick(lang)}")
    for more in (balance_words.others(wrongly.others), balance_words.tolerated(each.allowed)):
        if more is not None:
            echo(f"  {more.pick(lang)}")


def _row(each: Statement, found: Balanced, lang: Lang) -> list[str]:
    came = (each.came, each.made)
    went = (each.went, each.used, each.ended)
    return [
        balance_words.KINDS[each.kind].pick(lang),
        _holder(each, found, lang),
        _thing(each, found, lang),
        _extent(each.opening),
        _extent(_sum(came)),
        _extent(_sum(went)),
        _extent(each.closing),
        each.unit or "",
    ]


def _holder(each: Statement, found: Balanced, lang: Lang) -> str:
    pool = each.pool
    if not pool.party and not pool.site:
        return ""
    names = (found.parties.get(pool.party), found.sites.get(pool.site))
    told = [
        name.pick(lang) if name else uri
        for name, uri in zip(names, (pool.party, pool.site), strict=True)
    ]
    return " @ ".join(dict.fromkeys(part for part in told if part)) or holder_name(pool)


def _thing(each: Statement, found: Balanced, lang: Lang) -> str:
    name = found.products.get(each.pool.thing)
    thing = each.pool.thing or each.pool.container
    return f"{name.pick(lang)} {thing}" if name else thing


def _sum(extents: tuple[Extent, ...]) -> Extent:
    tops = [each.most for each in extents if each.most is not None]
    most = sum(tops, Decimal(0)) if len(tops) == len(extents) else None
    return Extent(sum((each.least for each in extents), Decimal(0)), most)


def _extent(extent: Extent) -> str:
    if extent.least == extent.most:
        return plain_decimal(extent.least)
    most = "?" if extent.most is None else plain_decimal(extent.most)
    return f"{plain_decimal(extent.least)}–{most}"


def _amount(value: Decimal, unit: str | None) -> Text:
    said = f"{plain_decimal(value)} {unit or ''}".strip()
    return Text(said, said)
