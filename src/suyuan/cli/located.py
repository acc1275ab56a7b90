"""Takes what was found of the source of cases; says it in tables."""

import shlex
from typing import TYPE_CHECKING, Final

from suyuan.cli.flowing import say_flows, say_more, say_truncated
from suyuan.cli.output import say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import locating
from suyuan.trace import Direction

if TYPE_CHECKING:
    from suyuan.network.locating import Located
    from suyuan.service import (
        ByLot,
        LocatedLots,
        Sourced,
        inspection_history,
        missing_records,
    )

_TITLE = Text("可能的问题源头（{cases} 个病例）", "Probable sources of {cases:case|cases}")
_HEADS = (
    Text("候选", "candidate"),
    Text("后验概率", "posterior"),
    Text("先验", "prior"),
    Text("覆盖病例", "cases covered"),
    Text("仅它可解释", "only by it"),
    Text("95% 可信集", "in 95 % set"),
)
_LOT_HEADS = (Text("候选", "candidate"), Text("生产时段", "window"), Text("后验概率", "posterior"))
_SETS = Text("能解释全部病例的最小候选组：{sets}", "Smallest sets that explain every case: {sets}")
_MORE_SETS = Text(
    "一样小的候选组还有，这里只列 {count} 组。",
    "More sets are as small; these are {count} of them.",
)
_GREEDY = Text(
    "这一组是逐个挑出的，未必最小。",
    "The set was taken one by one, and is perhaps not the smallest.",
)
_SAMPLES = Text("最有用的下一次抽样", "What to test next")
_SAMPLE_HEADS = (Text("地点", "place"), Text("预期信息（比特）", "expected bits"))
_BY_LOT = Text("按批次记录和购买日期", "By lot records and days of purchase")
_OF_LOTS = Text("那时产出的批次", "lots made then")
_LOTS_SAID = Text(
    "按 {lots} 个写明产出日期的批次；{undated} 个没有日期，{left} 段没有可比的数量或日期，没有用。",
    "By {lots:lot|lots} with a day of making; {undated} without one, and {left:step|steps} without "
    "a day or an amount that compares, are left out.",
)
_NO_WINDOWS = Text("没有按批次推算：{why}", "Nothing is said by lots: {why}")
_SHOWN: Final = 20
_RECORDS: Final = Text("下一份最有用的记录", "Which record to ask for next")
_RECORD_HEADS: Final = (
    Text("预期信息（比特）", "expected bits"),
    Text("问谁什么", "what to ask"),
    Text("问询表", "form that asks"),
)
_HISTORY: Final = Text("候选此前的检查", "Inspections of the candidates before")
_HISTORY_HEADS: Final = (
    Text("候选", "candidate"),
    Text("检查", "inspections"),
    Text("不合格", "failed"),
    Text("估计不合格率", "expected rate"),
)


def show_sourced(found: "Sourced", shared: Shared) -> None:
    """All that the flows on record say, and how much of the record it rests on."""
    if found.truncated:
        say_truncated(shared)
    show_located(found.located, shared)
    if found.records.best:
        _show_records(found.records, shared)
    if found.histories is not None:
        _show_histories(found.histories, shared)
    if found.by_lot is not None:
        _show_windows(found.by_lot, shared)
    elif found.no_lots is not None:
        say(_NO_WINDOWS.format(why=found.no_lots), shared)
    for sentence in (*found.assumptions, *found.basis):
        say(sentence, shared)
    say_flows(found.flows, found.left_out, found.position, shared)


def _show_records(records: "missing_records.WantedRecords", shared: Shared) -> None:
    rows = [[f"{each.bits:.3f}", each.said.pick(shared.lang), _form(each)] for each in records.best]
    show_table(_RECORDS, _RECORD_HEADS, rows, shared.lang)
    say(records.assumed, shared)


def _form(each: "missing_records.Wanted") -> str:
    """The command that writes the form which asks for it."""
    way = " --direction forward" if each.direction is Direction.FORWARD else ""
    return f"suyuan trace {shlex.quote(each.thing)}{way} --requests FOLDER" if each.thing else ""


def _show_histories(found: "inspection_history.Histories", shared: Shared) -> None:
    rows = [
        [name, str(past.inspections), str(past.failures), f"{past.rate:.2%}"]
        for name, past in list(found.places.items())[:_SHOWN]
    ]
    show_table(_HISTORY, _HISTORY_HEADS, rows, shared.lang)
    say_more(len(found.places) - _SHOWN, shared)
    say(found.said, shared)


def _show_windows(found: "ByLot", shared: Shared) -> None:
    if found.untold is not None:
        say(found.untold, shared)
    rows = [
        [one.source, f"{one.since} – {one.until}", f"{one.posterior:.4f}", ", ".join(one.lots[:5])]
        for one in found.windows
    ]
    show_table(_BY_LOT, (*_LOT_HEADS, _OF_LOTS), rows, shared.lang)
    said = {"lots": found.lots, "undated": found.undated, "left": found.left_out}
    say(_LOTS_SAID.format(**said), shared)


def show_lots(found: "LocatedLots", shared: Shared) -> None:
    """The likeliest windows of what records of lots on sale say."""
    rows = [[name, window, f"{each:.4f}"] for name, window, each in found.windows[:_SHOWN]]
    show_table(_TITLE.format(cases=found.cases), _LOT_HEADS, rows, shared.lang)
    say_more(len(found.windows) - _SHOWN, shared)


def show_located(found: "Located", shared: Shared) -> None:
    """The candidates, the smallest sets, and where to test next."""
    rows = [
        [
            one.name,
            f"{one.posterior:.4f}",
            f"{one.prior:.4f}",
            f"{one.covered:.0%}",
            f"{one.exclusive:.0%}",
            "✓" if one.credible else "",
        ]
        for one in found.suspects[:_SHOWN]
    ]
    show_table(_TITLE.format(cases=found.cases), _HEADS, rows, shared.lang)
    say_more(len(found.suspects) - _SHOWN, shared)
    sets = " | ".join("+".join(some) for some in found.explaining) or "–"
    say(_SETS.format(sets=sets), shared)
    if found.explains == "first":
        say(_MORE_SETS.format(count=len(found.explaining)), shared)
    elif found.explains == "greedy":
        say(_GREEDY, shared)
    if found.samples:
        bits = [[name, f"{drop:.3f}"] for name, drop in found.samples]
        show_table(_SAMPLES, _SAMPLE_HEADS, bits, shared.lang)
        say(locating.SAMPLED, shared)
