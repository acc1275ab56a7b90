"""Takes the scope of a recall; gives in words what its amounts assume, and why some are missing."""

from collections.abc import Mapping
from typing import Final

from suyuan.codes import shown
from suyuan.kit import Text
from suyuan.kit.amounts import amount
from suyuan.kit.clock import in_china
from suyuan.trace import mapping, narrowing
from suyuan.trace.types import Question, Rotation, Scope, Unclear, Unused, VesselRule

ROTATIONS: Final[Mapping[Rotation, Text]] = {
    Rotation.FIFO: Text("先进先出", "first in, first out"),
    Rotation.LIFO: Text("后进先出", "last in, first out"),
    Rotation.MIX: Text("均匀混合", "evenly mixed"),
    Rotation.UNKNOWN: Text("不明", "unknown"),
}
_APART: Final = Text("各批分开存放", "receipts kept apart")
_EMPTIED: Final = Text("{days} 清空", "emptied on {days}")
_ASSUMED: Final = Text(
    "假设：{vessel} {way}，依据 {source}。", "Assumed: {vessel}, {way}, by {source}."
)
_IDLE: Final = Text("没有用上：{vessel}（{why}）。", "Of no use here: {vessel} ({why}).")
_WHY: Final[Mapping[Unused, Text]] = {
    Unused.NOT_TOUCHED: Text("范围内没有东西在里面", "nothing in the scope was in it"),
    Unused.ASKED: Text("里面全是所问之物", "all of its stock is what is asked about"),
    Unused.KEPT_APART: Text(
        "它是容器：容器里各批次不混。要记混合，请把各批次作为投入、罐里的一批作为产出，"
        "在该地点记一次加工",
        "it is a container, which keeps its lots apart; to record that they mixed, record a "
        "transformation at the site, of the lots into a lot of the tank",
    ),
    Unused.NOT_EXACT: Text(
        "台账缺时间或数量，或超过 200 笔",
        "its log lacks a time or an amount, or has more than 200 entries",
    ),
    Unused.SUPERSEDED: Text("容器自己的规则优先", "the container's own rule comes first"),
    Unused.OTHER_DAYS: Text("台账超出规则的起止日", "its log goes beyond the days of the rule"),
    Unused.CONTRADICTED: Text(
        "台账与规则不符，或清空当天有进出",
        "its log contradicts it, or something came or left on a day of emptying",
    ),
}
UNCLEAR: Final[Mapping[Unclear, Text]] = {
    Unclear.UNSTATED: Text("有一笔没有写数量", "somebody stated no amount"),
    Unclear.UNITS: Text("计量单位不能相比", "units do not compare"),
    Unclear.UPSTREAM: Text("上一手的数量不明", "how much of it came here is not known"),
    Unclear.CONTRADICTED: Text(
        "数量互相矛盾，该问哪笔记录见物料平衡",
        "amounts contradict each other; the balance says which records to ask about",
    ),
}
"""Why an amount, or a limit of it, is in doubt."""
_BRACKETS: Final = Text(
    "方括号内是按这些假设的含量；要召回的仍是涉及量。",
    "In square brackets: the material by these assumptions. What is recalled is what is touched.",
)


_NARROWS: Final = Text(
    "若 {vessel} {way}：各处存货与售出各自的上限，加起来可从 {limits} 减少 {much}；"
    "合起来至多 {most}，同一份货可能算在几处的上限里。",
    "If at {vessel}: {way}, then the limits of stock and sales at each place, which add up to "
    "{limits}, come to {much} less. Of all together it is at most {most}: what may be at several "
    "places is in the limit of each.",
)
_NONE: Final = Text(
    "没有哪个容器罐的规则能减少含量上限。", "No rule of any vessel would take anything off."
)
_UNTRIED: Final = Text(
    "容器罐太多，有 {count} 个没有试。",
    "Too many vessels: {count:more was|more were} not tried.",
)
_INEXACT: Final = Text(
    "另有 {count} 个容器罐的台账缺时间或数量，补齐以后才能算。",
    "Logs that lack a time or an amount, and must be completed first: {count}.",
)
_WHAT_IF: Final = Text(
    "这些都是假设，要去查证；要召回的不变。",
    "Each is an assumption that must be checked; what is recalled stays the same.",
)
_MAPPED: Final = Text(
    "{site} 有一次加工，没有记录哪份投入进了哪个产出。若知道，它的 {outputs} 个产出"
    "（如 {output}）至多可少召回 {fewer} 个{amounts}，"
    "连同由其制成的至多 {things} 个追溯单元；也可能一个都不少。",
    "At {site}, which input of a making went into which of its {outputs:output|outputs} (such as "
    "{output}) is not on record. If it were known, at most {fewer} of them{amounts}, and {things} "
    "with what came of them, would not be recalled; perhaps none.",
)
_OF_AMOUNTS: Final = Text("（{most} 中的 {much}）", " ({much} of {most})")
_NO_AMOUNTS: Final = Text("", "")
_NO_MAPPING: Final = Text(
    "没有哪次加工的投入产出对应能减少召回。",
    "To know what went into which output would leave nothing out.",
)
_UNMAPPED: Final = Text(
    "加工太多，有 {count} 次没有试。", "Too many makings: {count:more was|more were} not tried."
)
_HELD_BY: Final = Text("只问在谁手里的", "only what was held by")
_BEGINS: Final = Text("时间窗起", "window begins")
_ENDS: Final = Text("时间窗止", "window ends")
_KNOWN_AT: Final = Text("只看到记录第几条为止", "only what was recorded up to entry")


def narrowings(found: narrowing.Narrowed) -> list[Text]:
    """What knowing how vessels are drawn from, and what went where, would take off."""
    return [*_of_vessels(found), *_of_makings(found.makings)]


def _of_makings(found: mapping.Makings) -> list[Text]:
    said = [
        _MAPPED.format(
            site=shown.code_text(each.site or each.party),
            output=shown.code_text(each.output),
            outputs=each.outputs,
            fewer=each.fewer,
            things=each.things,
            amounts=_OF_AMOUNTS.format(
                most=amount(each.amount, each.unit), much=amount(each.less, each.unit)
            )
            if each.amount is not None
            else _NO_AMOUNTS,
        )
        for each in found.best
    ]
    return (said or [_NO_MAPPING]) + (
        [_UNMAPPED.format(count=found.untried)] if found.untried else []
    )


def _of_vessels(found: narrowing.Narrowed) -> list[Text]:
    said = [
        _NARROWS.format(
            vessel=each.rule.vessel,
            way=way(each.rule),
            limits=amount(each.limits, each.unit),
            most=amount(each.most, each.unit),
            much=amount(each.takes_off, each.unit),
        )
        for each in found.best
    ]
    said = [*said, _WHAT_IF] if said else [_NONE]
    said += [_UNTRIED.format(count=found.untried)] if found.untried else []
    return said + ([_INEXACT.format(count=found.inexact)] if found.inexact else [])


def assumptions(found: Scope) -> list[Text]:
    """By which rules vessels were taken to be drawn from, and which are of no use and why."""
    used = dict.fromkeys(rule for line in found.lines for rule in line.rules)
    said = [_ASSUMED.format(vessel=rule.vessel, way=way(rule), source=rule.source) for rule in used]
    said += [_BRACKETS] if used else []
    return said + [
        _IDLE.format(vessel=each.rule.vessel, why=_WHY[each.why]) for each in found.unused
    ]


def way(rule: VesselRule) -> Text:
    """How a vessel is drawn from, in words."""
    days = ", ".join(day.isoformat() for day in rule.emptied)
    ways = [
        *([ROTATIONS[rule.rotation]] if rule.rotation is not Rotation.UNKNOWN else []),
        *([_APART] if rule.apart else []),
        *([_EMPTIED.format(days=days)] if days else []),
    ] or [ROTATIONS[Rotation.UNKNOWN]]
    return Text("、".join(each.zh for each in ways), ", ".join(each.en for each in ways))


def limits_of(question: Question) -> tuple[tuple[Text, str], ...]:
    """Of which part alone an answer is: a holder, a window, a part of the record; and which."""
    holders = dict.fromkeys(seed.holder for seed in question.seeds if seed.holder is not None)
    found = [(_HELD_BY, " · ".join(end for end in (h.party, h.site) if end)) for h in holders]
    ends = (_BEGINS, question.start), (_ENDS, question.end)
    found += [(word, in_china(at)) for word, at in ends if at is not None]
    if question.known_at is not None:
        found.append((_KNOWN_AT, str(question.known_at)))
    return tuple(found)
