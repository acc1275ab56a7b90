"""`suyuan erase`: destroy an event by a lawful decision, and list what was destroyed."""

from typing import Final

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import Decision, Erasure, erase, erased, erasing, open_platform

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
    "已销毁：序位 {positions}；决定记为第 {position} 条。此前的备份里仍有，请一并处理。",
    "Destroyed: positions {positions}; the decision is entry {position}. Backups from before still "
    "have it: see to them too.",
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
@click.option("--yes", is_flag=True, help="不再询问 · Do not ask.")
@json_option
@click.pass_obj
def command(
    shared: Shared,
    /,
    event: str | None,
    *,
    by: str,
    ground: str,
    party: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Without EVENT, list what was destroyed, by whom and why."""
    with plain_errors(), open_platform(shared.config()) as platform:
        if event is None:
            found = erased(platform)
            emit_quoted(found) if as_json else _list(found, shared)
            return
        decision = Decision(by=by, ground=ground)
        erasing.require_reason(decision)
        if not yes:
            click.confirm(_ASK, abort=True)
        done = erase(platform, event, decision, party=party)
    if as_json:
        emit_quoted(done)
    else:
        positions = ", ".join(map(str, done.positions))
        say(_DONE.format(positions=positions, position=done.position), shared)


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
