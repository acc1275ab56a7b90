"""`suyuan doctor`: whether everything is in order, and the cure where it is not."""

from pathlib import Path
from typing import Final

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.kit import Text
from suyuan.kit.damage import Damage
from suyuan.service import PASSES, Examined, doctor, examine, open_platform, progress

_TITLE: Final = Text("检查", "Check-up")
_HEADS: Final = (Text("项目", "what"), Text("结果", "state"), Text("说明", "more"))
_WORK: Final = Text("逐条核对", "Reading all")
_CLEAN: Final = Text(
    "完好：{count} 条记录的内容、叶、树、检查点、索引和文件都相符。",
    "Whole: content, leaves, tree, checkpoints, index and files of {count:entry|entries} agree.",
)
_ERASED: Final = Text(
    "其中 {count} 条依决定销毁，见 suyuan erase。",
    "{count} of them were destroyed by decision, see suyuan erase.",
)
_FOUND: Final = Text("{count} 处损坏：", "{count:damage|damages}:")
_DAMAGE: Final = Text("✗ {place}：{text}（{code}）", "✗ {place}: {text} ({code})")
_CURE: Final = Text("  处理：{cure}", "  Cure: {cure}")
_MORE: Final = Text("……另有 {count} 处，见 --json。", "… and {count} more, see --json.")
_MOST: Final = 50


@click.command("doctor", help="检查运行状况 · Check that everything is in order.")
@click.option("--deep", is_flag=True, help="逐条核对全部数据 · Read all data and hold it together.")
@click.option(
    "--mirror",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="连同此镜像的哈希块 · The tiles of this mirror too (with --deep).",
)
@json_option
@click.pass_obj
def command(shared: Shared, /, *, deep: bool, mirror: Path | None, as_json: bool) -> None:
    """Print every check; exit with 1 if one fails."""
    if deep or mirror is not None:
        _deep(shared, mirror, as_json=as_json)
    with plain_errors(), open_platform(shared.config()) as platform:
        checks = doctor(platform)
    if as_json:
        emit_quoted(checks)
    else:
        rows = [
            [check.name.pick(shared.lang), "✓" if check.good else "✗", check.more.pick(shared.lang)]
            for check in checks
        ]
        show_table(_TITLE, _HEADS, rows, shared.lang)
    raise SystemExit(0 if all(check.good for check in checks) else 1)


def _deep(shared: Shared, mirror: Path | None, *, as_json: bool) -> None:
    with (
        plain_errors(),
        open_platform(shared.config()) as platform,
        progress_bar(_WORK, PASSES * progress(platform).head, shared.lang) as advance,
    ):
        found = examine(platform, mirror=mirror, progress=advance)
    if as_json:
        emit_quoted(found)
    else:
        _tell(found, shared)
    raise SystemExit(1 if found.damages else 0)


def _tell(found: Examined, shared: Shared) -> None:
    if not found.damages:
        say(_CLEAN.format(count=found.entries), shared)
    if found.erased:
        say(_ERASED.format(count=found.erased), shared)
    if not found.damages:
        return
    say(_FOUND.format(count=len(found.damages)), shared)
    for damage in found.damages[:_MOST]:
        _tell_one(damage, shared)
    if len(found.damages) > _MOST:
        say(_MORE.format(count=len(found.damages) - _MOST), shared)


def _tell_one(damage: Damage, shared: Shared) -> None:
    say(_DAMAGE.format(place=damage.place, text=damage.text, code=damage.code), shared)
    say(_CURE.format(cure=damage.cure), shared)
