"""`suyuan doctor`: whether everything is in order, and the cure where it is not."""

import click

from suyuan.cli.output import emit_json, plain_errors, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import doctor, open_platform

_TITLE = Text("检查", "Check-up")
_HEADS = (Text("项目", "what"), Text("结果", "state"), Text("说明", "more"))


@click.command("doctor", help="检查运行状况 · Check that everything is in order.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def command(shared: Shared, /, *, as_json: bool) -> None:
    """Print every check; exit with 1 if one fails."""
    with plain_errors(shared), open_platform(shared.config()) as platform:
        checks = doctor(platform)
    if as_json:
        emit_json(checks)
    else:
        rows = [
            [check.name.pick(shared.lang), "✓" if check.good else "✗", check.more.pick(shared.lang)]
            for check in checks
        ]
        show_table(_TITLE, _HEADS, rows, shared.lang)
    raise SystemExit(0 if all(check.good for check in checks) else 1)
