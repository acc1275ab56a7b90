"""`suyuan state-rules`: what is held, not only flagged, where the record contradicts a report."""

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import OPERATOR, open_platform, stating, switch_state_rules

_TITLE = Text("状态规则", "State rules")
_HEADS = (Text("规则", "rule"), Text("启用", "on"), Text("内容", "what it holds"))


@click.command("state-rules", help="与记录矛盾的上报是否待查 · What the record contradicts: held?")
@click.option("--on", multiple=True, metavar="RULE", help="启用 · Switch on.")
@click.option("--off", multiple=True, metavar="RULE", help="停用 · Switch off.")
@json_option
@click.pass_obj
def command(shared: Shared, /, *, on: tuple[str, ...], off: tuple[str, ...], as_json: bool) -> None:
    """Switch rules, if any are named; then show all."""
    with plain_errors(), open_platform(shared.config()) as platform:
        if on or off:
            found = switch_state_rules(platform, OPERATOR, on=on, off=off)
        else:
            found = stating.described(stating.state_rules(platform, OPERATOR))
    if as_json:
        emit_quoted(found)
        return
    rows = [[each.rule, "✓" if each.on else "", each.said.pick(shared.lang)] for each in found]
    show_table(_TITLE, _HEADS, rows, shared.lang)
