"""`suyuan families`: the families of products, and one with its steps and rules, as of a day."""

import click

from suyuan.cli.output import emit_quoted, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.families import citing, load_families
from suyuan.kit import Text
from suyuan.kit.clock import system_clock
from suyuan.kit.text import vouched
from suyuan.service import (
    FamilyLine,
    FamilyOn,
    RuleOn,
    StepOn,
    Watched,
    day_of,
    families_on,
    family_on,
    today,
    watched,
)

_FAMILIES = Text("产品门类（{on}）", "Families of products ({on})")
_HEADS = (
    Text("代码", "id"),
    Text("名称", "name"),
    Text("环节", "steps"),
    Text("规则", "rules"),
    Text("其中未核实", "unverified"),
)
_STEPS = Text("环节", "Steps")
_STEP_HEADS = (Text("代码", "id"), Text("名称", "name"), Text("谁做", "who"), Text("其后", "next"))
_RULES = Text("{on} 有效的规则", "Rules in force on {on}")
_RULE_HEADS = (
    Text("规则", "rule"),
    Text("要求", "what it asks"),
    Text("依据", "law"),
    Text("自", "since"),
    Text("至", "until"),
)
_WATCHED = Text(
    "{on} 前后一年内变化的规则、时限和保存期限",
    "Rules, deadlines and terms of keeping that change within a year of {on}",
)
_WATCH_HEADS = (
    Text("日期", "day"),
    Text("变化", "change"),
    Text("门类", "family"),
    Text("要求", "what it asks"),
    Text("依据", "law"),
    Text("规则", "rule"),
)
_BEGINS, _ENDS = Text("开始", "begins"), Text("最后一日", "last day")
_ONLY = Text("【仅{where}】", " [in {where} only]")


@click.command("families", help="产品门类与规则 · Families of products, their steps and rules.")
@click.argument("name", required=False)
@click.option("--kind", default=None, help="只看一个产品种类 · One kind of product only.")
@click.option("--on", metavar="DATE", help="在哪一天 · As of which day; else today.")
@click.option(
    "--division", default="", metavar="CODE", help="在某地（行政区划代码） · In one division."
)
@click.option(
    "--watch",
    metavar="DATE",
    help="这天前后一年内开始或结束的规则、期限 · Rules and terms that change within a year.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON · One line of JSON.")
@click.pass_obj
def command(
    shared: Shared,
    /,
    name: str | None,
    *,
    kind: str | None,
    on: str | None,
    division: str,
    watch: str | None,
    as_json: bool,
) -> None:
    """Print all families, or one with its steps and rules."""
    with plain_errors():
        families = load_families()
        around = day_of(watch, "--watch")
        if around is not None:
            changing = [each for each in watched(families, around) if name in (None, each.family)]
            emit_quoted(changing) if as_json else _watch(changing, around.isoformat(), shared)
            return
        day = day_of(on, "--on") or today(system_clock)
        if name is None:
            lines = families_on(families, day)
            emit_quoted(lines) if as_json else _list(lines, day.isoformat(), shared)
            return
        found = family_on(families, name, day, kind=kind, division=division)
        emit_quoted(found) if as_json else _show(found, shared)


def _list(lines: list[FamilyLine], on: str, shared: Shared) -> None:
    rows = [
        [each.id, each.name.pick(shared.lang), *map(str, (each.steps, each.rules, each.unverified))]
        for each in lines
    ]
    show_table(_FAMILIES.format(on=on), _HEADS, rows, shared.lang)


def _watch(changing: list[Watched], on: str, shared: Shared) -> None:
    lang = shared.lang
    rows = [
        [
            each.changes.isoformat(),
            (_BEGINS if each.begins else _ENDS).pick(lang),
            each.family_name.pick(lang),
            each.text.pick(lang),
            vouched(citing.citation(each.law, each.article), verified=each.verified).pick(lang),
            each.id,
        ]
        for each in changing
    ]
    show_table(_WATCHED.format(on=on), _WATCH_HEADS, rows, lang)


def _show(family: FamilyOn, shared: Shared) -> None:
    say(
        Text("{name}：{scope}", "{name}: {scope}").format(name=family.name, scope=family.scope),
        shared,
    )
    say(family.authority, shared)
    show_table(_STEPS, _STEP_HEADS, [_step(each, shared) for each in family.steps], shared.lang)
    laws = {law.id: law.name for law in family.laws}
    rows = [_rule(each, laws[each.law], shared) for each in family.rules]
    show_table(_RULES.format(on=family.on), _RULE_HEADS, rows, shared.lang)


def _step(step: StepOn, shared: Shared) -> list[str]:
    lang = shared.lang
    who = ", ".join(role.name.pick(lang) for role in step.roles)
    return [step.id, step.name.pick(lang), who, ", ".join(each.id for each in step.next)]


def _rule(rule: RuleOn, law: Text, shared: Shared) -> list[str]:
    lang = shared.lang
    cited = vouched(citing.citation(law, rule.article), verified=rule.verified).pick(lang)
    until = rule.until.isoformat() if rule.until else ""
    where = "" if rule.division is None else _ONLY.format(where=rule.division.name).pick(lang)
    return [rule.id, rule.text.pick(lang) + where, cited, rule.since.isoformat(), until]
