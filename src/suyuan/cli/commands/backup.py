"""`suyuan backup`: everything in one file, while others go on."""

from pathlib import Path
from typing import Final

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.secrets import Passphrase, passphrase_option
from suyuan.cli.telling import progress_bar
from suyuan.cli.writing import writing_to
from suyuan.kit import Text
from suyuan.service import backup, open_platform

_WORK: Final = Text("备份（字节）", "Backing up (bytes)")
_DONE: Final = Text(
    "已备份到 {path}：{entries} 条记录，{bytes} 字节，检查点 {signed} 条。",
    "Backed up to {path}: {entries:entry|entries}, {bytes:byte|bytes}, checkpoint at {signed}.",
)
_KEYS: Final = Text(
    "没有口令，故日志的私钥不在其中；请另存数据目录的 log 文件夹。",
    "Without a passphrase the log's private keys are not in it; keep the log folder of the data "
    "folder elsewhere.",
)


@click.command(
    "backup",
    help="备份到文件夹（新文件以时间命名）或带扩展名的文件 · "
    "Back everything up to a folder, as a new file, or to a file whose name has an ending.",
)
@click.argument("target", type=click.Path(path_type=Path))
@passphrase_option
@json_option
@click.pass_obj
def command(
    shared: Shared,
    /,
    target: Path,
    *,
    passphrase: Passphrase,
    as_json: bool,
) -> None:
    """A consistent copy of every row, and under a passphrase of the log's keys."""
    with (
        plain_errors(),
        open_platform(shared.config()) as platform,
        progress_bar(_WORK, None, shared.lang) as advance,
    ):
        secret = passphrase()
        if not (target.suffix or target.exists()):
            with writing_to(target, "TARGET"):
                target.mkdir(parents=True)  # a name without an ending is a folder's
        done = backup(platform, target, passphrase=secret, progress=advance)
    if as_json:
        emit_quoted(done)
        return
    say(_DONE.format(**{name: getattr(done, name) for name in done.__struct_fields__}), shared)
    if not done.keys:
        say(_KEYS, shared)
