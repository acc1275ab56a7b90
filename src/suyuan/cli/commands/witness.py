"""`suyuan witness`: cosign the logs of others, each only as far as it continues; no database."""

from pathlib import Path
from typing import Final

import click

from suyuan.cli.echo import echo
from suyuan.cli.output import emit_quoted, json_option, plain_errors, say
from suyuan.cli.ports import require_free
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.kit.clock import system_clock
from suyuan.service import (
    WITNESS_FOLDER,
    forget_log_key,
    witness_key,
    witness_log,
    witnessed_logs,
    witnessing,
)

_OPEN: Final = Text(
    "见证服务地址 {url}（按 Ctrl+C 停止）；公钥：{key}",
    "The witness answers at {url} (Ctrl+C stops it); its key: {key}",
)
_KNOWN: Final = Text("今后见证 {vkey} 签名的日志。", "Cosigning the log that {vkey} signs.")
_FORGOTTEN: Final = Text(
    "今后不再见证 {vkey} 签名的检查点；已见证的仍记着。",
    "Cosigning nothing more that {vkey} signs; what was cosigned stays remembered.",
)

_folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="密钥与状态，默认在数据目录的 witness · Key and state; else in the data folder.",
)


def _place(shared: Shared, folder: Path | None) -> Path:
    return folder or shared.data_dir / WITNESS_FOLDER


@click.group("witness", help="见证别人的日志 · Cosign the logs of others.")
def command() -> None:
    """The witness of this installation."""


@command.command("keys", help="打印见证公钥和所见证的日志 · Print its key, and the logs it knows.")
@click.option("--name", help="首次使用时的名称，如 witness.example.com/w1 · Its name, to begin it.")
@_folder
@json_option
@click.pass_obj
def keys(shared: Shared, /, *, name: str | None, folder: Path | None, as_json: bool) -> None:
    """The witness's own key first, then those of the logs."""
    with plain_errors():
        place = _place(shared, folder)
        key = witness_key(place, name)
        logs = witnessed_logs(place)
    if as_json:
        emit_quoted({"witness": key, "logs": logs})
    else:
        echo("\n".join([key, *(f"log {each}" for each in logs)]))


@command.command("know", help="登记一部日志的公钥 · Cosign for the log of this key.")
@click.argument("vkey")
@_folder
@click.pass_obj
def know(shared: Shared, /, vkey: str, *, folder: Path | None) -> None:
    """A log may have several keys, as while one takes the place of another."""
    with plain_errors():
        witness_log(_place(shared, folder), vkey)
    say(_KNOWN.format(vkey=vkey), shared)


@command.command("learn", help="凭换钥记录的回执登记新公钥 · Know the keys that a log changed to.")
@click.argument("receipt", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_folder
@click.pass_obj
def learn(shared: Shared, /, receipt: Path, *, folder: Path | None) -> None:
    """RECEIPT proves a logged `log.keys`, under a checkpoint that this witness cosigned."""
    with plain_errors():
        found = witnessing.learn_log_keys(
            _place(shared, folder), receipt.read_bytes(), system_clock
        )
    for vkey in found:
        say(_KNOWN.format(vkey=vkey), shared)


@command.command("forget", help="撤销一部日志的公钥 · Cosign nothing more of this key.")
@click.argument("vkey")
@_folder
@click.pass_obj
def forget(shared: Shared, /, vkey: str, *, folder: Path | None) -> None:
    """As when it was revoked or stolen."""
    with plain_errors():
        forget_log_key(_place(shared, folder), vkey)
    say(_FORGOTTEN.format(vkey=vkey), shared)


@command.command("serve", help="启动见证服务，不需要数据库 · Serve the witness until stopped.")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · Address.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--name", help="首次使用时的名称 · Its name, to begin it.")
@_folder
@click.pass_obj
def serve(
    shared: Shared, /, *, host: str, port: int, name: str | None, folder: Path | None
) -> None:
    """Say where it is and which key it has, and answer `POST /add-checkpoint`."""
    with plain_errors():
        require_free(host, port)
        place = _place(shared, folder)
        key = witness_key(place, name)
        say(_OPEN.format(url=f"http://{host}:{port}/", key=key), shared)
        shared.launcher.witness(place, host, port)
