"""`suyuan dispersion`: in how many products each input is, and what a recall of it would take."""

from collections.abc import Iterable
from typing import Final

import click

from suyuan.cli.output import emit_json, json_option, plain_errors, say, show_table
from suyuan.cli.questions import (
    AS_OF,
    KNOWN_AT,
    MOST_FACTS,
    OFFSET,
    instant,
    minutes_of,
    named,
)
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.kit import Quantity, Text
from suyuan.kit.amounts import amount
from suyuan.kit.text import Lang
from suyuan.service import OPERATOR, dispersing, open_platform, progress
from suyuan.trace import dispersed

_INPUTS: Final = Text("投入物：进了多少产品", "Inputs, and in how many products each is")
_PRODUCTS: Final = Text("产品：由多少投入物做成", "Products, and of how many inputs each is made")
_HOLDERS: Final = Text(
    "持有方：若在他处的都有问题，要召回多少", "Holders: the recall if all that was there is bad"
)
_RANK, _THING = Text("名次", "rank"), Text("追溯单元", "thing")
_RECALL = Text("要召回", "to recall")
_HEADS: Final = (_RANK, _THING, Text("产品数", "products"), _RECALL)
_MADE_HEADS: Final = (_RANK, _THING, Text("投入物数", "inputs"))
_HOLDER_HEADS: Final = (
    _RANK,
    Text("主体", "party"),
    Text("场所", "site"),
    Text("产品数", "products"),
    _RECALL,
)
_SUMMARY: Final = Text(
    "{inputs} 个投入物、{products} 个产品，配对 {links}。一个投入物有问题，"
    "最多召回 {worst} 个产品，平均 {mean} 个。都是至多：不看先后日期。",
    "{inputs:input|inputs}, {products:product|products}, {links:pair|pairs} of them. One bad input "
    "recalls {worst:product|products} at worst, {mean} on average. All is at most: dates are not "
    "looked at.",
)
_SIZED: Final = Text(
    "按数量：最多 {worst}（{by}），平均 {mean}。",
    "By amount: {worst} at worst ({by}), {mean} on average.",
)
_OPEN: Final = Text(
    "不完整之处：{unfed} 个转化没有报投入，{barren} 个没有报产出，{unstated} 个产品没有报数量。",
    "Not complete: {unfed:making states no input|makings state no input}, "
    "{barren:states no output|state no output}, {unstated:product has|products have} no amount.",
)
_COST: Final = Text(
    "完整到第 {position} 条记录；读取 {facts} 条事实。",
    "Complete to entry {position}; {facts:fact|facts} read.",
)
_TRUNCATED: Final = Text(
    "已达上限：只算到第 {position} 条记录。用 --most-facts 加大。",
    "A limit was hit: only records up to entry {position} are in it. Raise it with --most-facts.",
)
_NOTHING: Final = Text("记录里没有做成别的东西的投入物。", "No input to anything is on record.")
_READING: Final = Text("读取记录", "Reading the record")


@click.command("dispersion", help="扩散度：投入物进了多少产品 · In how many products inputs are.")
@click.argument("things", nargs=-1)
@click.option("--at", "place", help="只列到过该场所或主体的 · Only what was at this site or party.")
@AS_OF
@KNOWN_AT
@OFFSET
@click.option(
    "--most",
    type=click.IntRange(1, 1_000),
    default=20,
    show_default=True,
    help="各列几行 · How many of each are listed.",
)
@MOST_FACTS
@json_option
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    things: tuple[str, ...],
    *,
    place: str | None,
    as_of: str | None,
    known_at: int | None,
    offset: str,
    most: int,
    most_facts: int,
    as_json: bool,
) -> None:
    """Print inputs, products and holders, the widest spread first; exit with 1 without any.

    So too if nothing was ever at the place that is asked about.
    """
    with plain_errors(), open_platform(shared.config()) as platform:
        asked = dispersing.DispersionAsked(
            as_of=instant(as_of, minutes_of(offset), "--as-of", last=True),
            wanted=dispersed.Wanted(
                things=named(platform, dict.fromkeys(things, "THINGS")),
                place=place,
                most=most,
            ),
            known_at=known_at,
            most_facts=most_facts,
        )
        with progress_bar(_READING, progress(platform).head, shared.lang) as advance:
            found = dispersing.dispersion(
                platform, asked, OPERATOR, advance=lambda done, _all: advance(done)
            )
    if as_json:
        emit_json(found)
    elif found.inputs or found.products:
        _show(found, shared)
    else:
        say(_NOTHING, shared)
    raise SystemExit(0 if found.place_seen and (found.inputs or found.products) else 1)


def _show(found: dispersing.DispersionTold, shared: Shared) -> None:
    lang = shared.lang
    if not found.place_seen:
        say(dispersing.UNKNOWN.format(place=found.place), shared)
    if found.truncated:
        say(_TRUNCATED.format(position=found.position), shared)
    rows = [
        [str(row.rank), row.thing, str(row.recall.products), _recall(row.recall, lang)]
        for row in found.rows
    ]
    show_table(_INPUTS, _HEADS, rows, lang)
    made = [[str(row.rank), row.thing, str(row.inputs)] for row in found.made_of]
    show_table(_PRODUCTS, _MADE_HEADS, made, lang)
    held = [
        [
            str(row.rank),
            _name(found.parties, row.party, lang),
            _name(found.sites, row.site, lang),
            str(row.recall.products),
            _recall(row.recall, lang),
        ]
        for row in found.by_holder
    ]
    show_table(_HOLDERS, _HOLDER_HEADS, held, lang)
    counts = {name: getattr(found, name) for name in ("inputs", "products", "links", "worst")}
    say(_SUMMARY.format(**counts, mean=f"{found.mean:.1f}"), shared)
    for each in found.sized:
        say(_size(each), shared)
    say(
        _OPEN.format(
            unfed=found.without_inputs, barren=found.without_outputs, unstated=found.unstated
        ),
        shared,
    )
    say(_COST.format(position=found.position, facts=found.facts), shared)


def _name(names: dict[str, Text], uri: str, lang: Lang) -> str:
    return names[uri].pick(lang) if uri in names else uri


def _recall(recall: dispersed.Recalled, lang: Lang) -> str:
    unknown = [f"{recall.unstated} × ?"] if recall.unstated else []
    return " + ".join([*_amounts(recall.amounts, lang), *unknown])


def _amounts(amounts: Iterable[Quantity], lang: Lang) -> list[str]:
    return [amount(each.value, each.unit).pick(lang) for each in amounts]


def _size(each: dispersed.Sized) -> Text:
    mean = round(each.mean, 3)
    return _SIZED.format(
        worst=amount(each.worst, each.unit), by=each.by, mean=amount(mean, each.unit)
    )
