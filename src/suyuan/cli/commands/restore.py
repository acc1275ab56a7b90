"""`suyuan restore`: a backup into an empty database, whole and verified or not at all."""

from pathlib import Path
from typing import Final

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.secrets import Passphrase, passphrase_option
from suyuan.cli.telling import progress_bar
from suyuan.kit import Text
from suyuan.service import Restored, check_backup, restore

_WORK: Final = Text("恢复（字节）", "Restoring (bytes)")
_WHOLE: Final = Text(
    "备份完整：{at}，{entries} 条记录。", "The backup is whole: {at}, {entries:entry|entries}."
)
_DONE: Final = Text(
    "已恢复 {entries} 条记录，与签名的检查点（{signed} 条）相符。",
    "Restored {entries:entry|entries}, held against the signed checkpoint of {signed}.",
)
_FAULT: Final = Text("✗ {text}（{code}）", "✗ {text} ({code})")
_LOG: Final = {
    "own": Text("本机的日志继续签名。", "The log of this machine goes on signing."),
    "resumes": Text(
        "日志的密钥来自备份，尚不签名：请取得任何人见过的最新检查点，"
        "运行 suyuan ledger resume 检查点。",
        "The log's keys came from the backup and do not sign yet: find the newest checkpoint that "
        "anybody has seen, and run suyuan ledger resume CHECKPOINT.",
    ),
    "missing": Text(
        "备份里没有日志的密钥：请把原来的 log 文件夹放回数据目录，再取得任何人见过的最新检查点，"
        "运行 suyuan ledger resume 检查点；若已丢失，请运行 suyuan ledger begin。",
        "The backup has no keys of the log: put the log folder back into the data folder, find the "
        "newest checkpoint that anybody has seen, and run suyuan ledger resume CHECKPOINT; if it "
        "is lost, run suyuan ledger begin.",
    ),
    "new": Text(
        "另起一部日志；旧日志的回执仍可用它的公钥核验。",
        "Another log begins; receipts of the old one still verify with its keys.",
    ),
}


@click.command("restore", help="从备份恢复到空库 · Restore a backup into an empty database.")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@passphrase_option
@click.option("--check", is_flag=True, help="只检查备份是否完整 · Only see whether it is whole.")
@click.option("--new-log", is_flag=True, help="另起一部日志 · Begin another log.")
@click.option("--with-faults", is_flag=True, help="与日志不符也恢复 · Restore what differs, too.")
@json_option
@click.pass_obj
def command(
    shared: Shared,
    /,
    source: Path,
    *,
    passphrase: Passphrase,
    check: bool,
    new_log: bool,
    with_faults: bool,
    as_json: bool,
) -> None:
    """Restore, or only check; exit with 1 if rows are not what their log says."""
    with plain_errors(), progress_bar(_WORK, None, shared.lang) as advance:
        secret = passphrase()
        if check:
            found = check_backup(source, passphrase=secret)
        else:
            done = restore(
                shared.config(),
                source,
                passphrase=secret,
                new_log=new_log,
                with_faults=with_faults,
                progress=advance,
            )
    if check:
        said = {"at": found.at.isoformat(), "entries": found.entries}
        emit_quoted(said) if as_json else say(_WHOLE.format(**said), shared)
        return
    emit_quoted(done) if as_json else _tell(done, shared)
    raise SystemExit(1 if done.faults else 0)


def _tell(done: Restored, shared: Shared) -> None:
    say(_DONE.format(entries=done.entries, signed=done.signed), shared)
    for fault in done.faults:
        say(_FAULT.format(text=fault.text, code=fault.code), shared)
    say(_LOG[done.log], shared)
