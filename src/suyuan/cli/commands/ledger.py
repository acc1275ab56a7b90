"""`suyuan ledger`: the log that this installation signs, for its operator."""

import json
from pathlib import Path
from typing import Final

import click
from msgspec import structs

from suyuan.cli.echo import echo
from suyuan.cli.output import emit_quoted, json_option, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.writing import print_bytes, put, writing_to
from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.service import (
    LogRetention,
    add_sm2,
    adopting,
    attesting,
    begin_anew,
    continuing,
    doers,
    handover,
    log_keys,
    log_shards,
    logged_acts,
    mirror_to,
    open_platform,
    prune,
    publish,
    rebuild,
    resume,
    retain,
    revoke_log_key,
    rotate_key,
)
from suyuan.tlog.continuing import head_of, prove_from

_UNASKED: Final = "不再询问，直接执行 · Do it without asking."
_PUBLISHED: Final = Text(
    "已发布：{origin}，{size} 条。", "Published: {origin} at {size:entry|entries}."
)
_MISSING: Final = Text("  缺见证 {name}：{why}", "  not cosigned by {name}: {why}")
_REBUILT: Final = Text(
    "已由 {size} 条叶记录重算哈希和末尾时间。",
    "Made the kept hashes and the time of the end again from {size:leaf|leaves}.",
)
_FOUND: Final = Text("  {table} {number}", "  {table} {number}")
_ADOPTED: Final = Text(
    "已按现状存证 {count} 行；写入账本，不能撤回。",
    "{count:row is|rows are} logged as they stand; that cannot be taken back.",
)
_NOT_YET: Final = Text(
    "{count} 行没有操作登记过，可能是存证之前发出的码，也可能是有人绕过账本写入的。"
    "逐一核对后按现状存证：suyuan ledger adopt --yes {digest}",
    "No act entered {count:row|rows}: codes handed out before that was logged, or written past the "
    "ledger by somebody. Look at each, then log them as they stand: suyuan ledger adopt --yes "
    "{digest}",
)
_ALL_LOGGED: Final = Text("没有未经登记的码。", "Acts entered all codes: there is nothing to log.")
_RESUMED: Final = Text(
    "从 {size} 条起继续签名。", "The log signs again, from {size:entry|entries} on."
)
_RETAINED: Final = Text(
    "条目提供 {days} 天，从序号 {first} 起；随下一个检查点生效。",
    "Entries are served for {days:day|days}, from index {first} on: with the next checkpoint.",
)
_SHARD: Final = Text(
    "{origin}：位置 {first} 至 {last}，{size} 条{end}",
    "{origin}: positions {first} to {last}, {size:entry|entries}{end}",
)
_CLOSED: Final = Text("，已关闭。", ", closed.")
_GROWING: Final = Text("。", ".")
_CHANGED: Final = Text("（与存证不符）", "(not what was logged)")
_NO_ACTS: Final = Text(
    "日志中还没有操作：只有事件。依法销毁的决定用 suyuan erase 列出。",
    "The log has no acts yet, only events. Decisions to destroy events are listed by suyuan erase.",
)
_NONE_OF_KIND: Final = Text(
    "日志中没有 {kind} 这种操作；不带 --kind 列出全部。依法销毁的决定用 suyuan erase 列出。",
    "The log has no acts of the kind {kind}; without --kind all are listed. Decisions to destroy "
    "events are listed by suyuan erase.",
)
_PROVEN: Final = Text(
    "已写入 {file}；用 suyuan verify {file} --since {older} --key … 离线核验。",
    "Written: {file}; verify it offline with suyuan verify {file} --since {older} --key …",
)
_NO_HANDOVER: Final = Text("没有进行中的密钥交接。", "No key is being handed over.")
_STILL: Final = Text("仍一同签名的旧密钥：{vkey}", "The old key still signs beside it: {vkey}")
_READY: Final = Text(
    "新密钥已够用；告知各核验者后，运行 suyuan ledger handover --end。",
    "The new key suffices. Once those who verify were told, run suyuan ledger handover --end.",
)
_MIRRORED: Final = Text(
    "{count} 个文件写入 {folder}，可用 suyuan verify {folder} --key … 核验。",
    "{count:file|files} in {folder}; verify them with suyuan verify {folder} --key …",
)


_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("ledger", help="签名并发布存证日志 · Sign and publish the log.")
def command() -> None:
    """The log of this installation."""


@command.command("publish", help="立即签名并发布一次 · Sign and publish now, once.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def publish_now(shared: Shared, /, *, as_json: bool) -> None:
    """Sign what the ledger has grown to."""
    with plain_errors(), open_platform(shared.config()) as platform:
        done = publish(platform)
        origin = done.note.decode().partition("\n")[0]
    if as_json:
        missing = [{"name": each.name, "zh": each.why.zh, "en": each.why.en}
                   for each in done.missing]  # fmt: skip
        told = {"origin": origin, "size": done.size, "checkpoint": done.note.decode()}
        emit_quoted({**told, "missing": missing})
    else:
        say(_PUBLISHED.format(origin=origin, size=done.size), shared)
        for each in done.missing:
            say(_MISSING.format(name=each.name, why=each.why), shared)


@command.command("keys", help="打印验证公钥 · Print the keys that verify the log.")
@click.option("--sm2", is_flag=True, help="另加国密 SM2 签名 · Sign with SM2 too from now on.")
@click.option(
    "--shard",
    type=click.IntRange(1000, 9999),
    default=None,
    metavar="YEAR",
    help="以某年分片的名称列出 · Under the name of a year's shard, present or to come.",
)
@json_option
@click.pass_obj
def print_keys(shared: Shared, /, *, sm2: bool, shard: int | None, as_json: bool) -> None:
    """One key a line, Ed25519 first."""
    with plain_errors(), open_platform(shared.config()) as platform:
        if sm2:
            add_sm2(platform)
        _show(log_keys(platform, shard or 0), as_json=as_json)
        silent = handover.silent(platform)
    for each in silent:
        echo(f"{each.zh}\n{each.en}", err=True)


@command.command("shards", help="列出年度分片 · List the yearly shards of the log.")
@json_option
@click.pass_obj
def list_shards(shared: Shared, /, *, as_json: bool) -> None:
    """Each with its final checkpoint if it is closed, else the newest one."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = log_shards(platform)
    for each in found:
        if as_json:
            emit_quoted(each)
        else:
            last = each.first + each.size - 1
            end = _CLOSED if each.closed else _GROWING
            said = {"origin": each.origin, "first": each.first, "last": last, "size": each.size}
            say(_SHARD.format(**said, end=end), shared)


def _show(found: list[str], *, as_json: bool) -> None:
    if as_json:
        emit_quoted(found)
    else:
        echo("\n".join(found))


@command.command("rotate", help="更换签名密钥 · Sign with a new key from now on.")
@click.option(
    "--revoke", is_flag=True, help="旧密钥同时撤销 · The old one is not believed any more."
)
@click.option("--sm2", is_flag=True, help="更换 SM2 密钥 · Replace the key of SM2.")
@click.option(
    "--device",
    metavar="URI",
    help="改用设备里的密钥（PKCS#11 URI）· A key that a device holds, by its pkcs11: URI.",
)
@json_option
@click.pass_obj
def rotate(
    shared: Shared, /, *, revoke: bool, sm2: bool, device: str | None, as_json: bool
) -> None:
    """Print the keys that verify the log now."""
    if sm2 and device:
        raise click.UsageError("--sm2, --device")
    with plain_errors(), open_platform(shared.config()) as platform:
        _show(rotate_key(platform, revoke=revoke, sm2=sm2, device=device), as_json=as_json)


@command.command("handover", help="密钥交接进行到哪一步 · How far a rotation is; --end ends it.")
@click.option("--end", is_flag=True, help="结束：旧密钥不再签名 · The old key signs nothing more.")
@click.option(
    "--anyway",
    is_flag=True,
    help="见证方不足也结束 · End it though too few witnesses know the new key (with --end).",
)
@json_option
@click.pass_obj
def hand_over(shared: Shared, /, *, end: bool, anyway: bool, as_json: bool) -> None:
    """Which rotated keys still sign, and which witnesses do not know the new key yet."""
    if anyway and not end:
        raise click.UsageError("--anyway, --end")
    with plain_errors(), open_platform(shared.config()) as platform:
        if end:
            _show(handover.end(platform, anyway=anyway), as_json=as_json)
            return
        found = handover.standing(platform)
    if as_json:
        missing = [{"name": each.name, "zh": each.why.zh, "en": each.why.en}
                   for each in found.missing]  # fmt: skip
        emit_quoted({"signing": found.signing, "missing": missing, "ready": found.refused is None})
    else:
        _tell_handover(found, shared)


def _tell_handover(found: handover.Handover, shared: Shared) -> None:
    if not found.signing:
        say(_NO_HANDOVER, shared)
        return
    for each in found.signing:
        say(_STILL.format(vkey=each), shared)
    for one in found.missing:
        say(_MISSING.format(name=one.name, why=one.why), shared)
    say(_READY if found.refused is None else found.refused.text, shared)


@command.command("revoke", help="撤销换下的公钥 · Revoke a key that was rotated before.")
@click.argument("vkey")
@json_option
@click.pass_obj
def revoke_former(shared: Shared, /, vkey: str, *, as_json: bool) -> None:
    """Print the keys that verify the log now."""
    with plain_errors(), open_platform(shared.config()) as platform:
        _show(revoke_log_key(platform, vkey), as_json=as_json)


@command.command("retire-sm2", help="停用并销毁 SM2 密钥 · Destroy the SM2 key; Ed25519 goes on.")
@click.argument("vkey", required=False)
@json_option
@click.confirmation_option(
    prompt="SM2 私钥将被销毁 · The private SM2 key is destroyed", help=_UNASKED
)
@click.pass_obj
def retire_sm2(shared: Shared, /, vkey: str | None, *, as_json: bool) -> None:
    """Print the keys that verify the log now; VKEY is its public key, where it was not kept."""
    with plain_errors(), open_platform(shared.config()) as platform:
        _show(handover.retire_sm2(platform, vkey), as_json=as_json)


@command.command("resume", help="恢复后重新签名 · Let restored keys sign again.")
@click.argument("newest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def resume_log(shared: Shared, /, newest: Path, *, as_json: bool) -> None:
    """NEWEST is the newest checkpoint that anybody has seen: a witness, a mirror, a reader."""
    with plain_errors(), open_platform(shared.config()) as platform:
        size = resume(platform, newest.read_bytes())
    if as_json:
        emit_quoted({"size": size})
    else:
        say(_RESUMED.format(size=size), shared)


@command.command("begin", help="密钥丢失，另起一部日志 · Begin another log: the keys are lost.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.confirmation_option(prompt="原日志不再增长 · The present log grows no more", help=_UNASKED)
@click.pass_obj
def begin_log(shared: Shared, /, *, as_json: bool) -> None:
    """The old log's folder is moved aside, never deleted."""
    config = shared.config()  # its name is the other log's, and not that of the present one
    present = structs.replace(config, log_origin=None)
    with plain_errors(), open_platform(present) as platform:
        _show(begin_anew(platform, origin=config.log_origin), as_json=as_json)


@command.command("acts", help="列出存证的操作 · List what is logged beside events.")
@click.option("--kind", metavar="KIND", help="只列一种，如 permit.entered · Of one kind only.")
@json_option
@click.pass_obj
def list_acts(shared: Shared, /, *, kind: str | None, as_json: bool) -> None:
    """Each by its position, by which `suyuan receipt POSITION` proves it."""
    with plain_errors(), open_platform(shared.config()) as platform:
        known, told_any = doers(platform), False
        for act in logged_acts(platform, kind):
            told_any = True
            text = act.said.decode(errors="backslashreplace")
            said = _said(text)
            by = known.get(said["by"]) if isinstance(said, dict) and "by" in said else None
            told = {"position": act.position, "at": act.at.isoformat(), "kind": act.kind, "by": by}
            if as_json:
                emit_quoted(told | {"party": act.party, "said": said, "proven": act.proven})
            else:
                words = attesting.called(act.kind)
                called = "" if words is None else f" ({words.pick(shared.lang)})"
                who = "" if by is None else f" [{by}]"
                mark = "" if act.proven else f" {_CHANGED.pick(shared.lang)}"
                begin = f"{act.position} {in_china(act.at)} {act.kind}{called}{who}"
                echo(f"{begin} {text}{mark}")
    if not told_any and not as_json:
        say(_NO_ACTS if kind is None else _NONE_OF_KIND.format(kind=kind), shared)


def _said(text: str) -> object:
    """What an act says; its text, where somebody with the database made it say no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


@command.command(
    "rebuild", help="由叶记录重算哈希和末尾时间 · Make kept hashes and the end's time again."
)
@json_option
@click.pass_obj
def rebuild_tree(shared: Shared, /, *, as_json: bool) -> None:
    """What `suyuan doctor --deep` asks for where a kept hash is damaged."""
    with plain_errors(), open_platform(shared.config()) as platform:
        size = rebuild(platform)
    if as_json:
        emit_quoted({"size": size})
    else:
        say(_REBUILT.format(size=size), shared)


@command.command(
    "adopt", help="把存证之前发出的码按现状存证 · Log codes from before that was logged."
)
@click.option(
    "--yes",
    "digest",
    metavar="DIGEST",
    help="已逐一核对，摘要由不加 --yes 时给出 · They were looked at; the digest is the list's.",
)
@json_option
@click.pass_obj
def adopt_codes(shared: Shared, /, *, digest: str | None, as_json: bool) -> None:
    """Packages, packings and print runs that `suyuan doctor --deep` tells as unlogged."""
    with plain_errors(), open_platform(shared.config()) as platform:
        if digest is None:
            found = adopting.unlogged_codes(platform)
        else:
            found = adopting.adopt(platform, digest)
    if as_json:
        rows = [list(each) for each in found.rows]
        emit_quoted({"adopted": digest is not None, "digest": found.digest, "rows": rows})
        return
    for table, number in found.rows:
        say(_FOUND.format(table=table, number=number), shared)
    said = _ADOPTED if digest is not None else _NOT_YET if found.rows else _ALL_LOGGED
    say(said.format(count=len(found.rows), digest=found.digest), shared)


@command.command("retain", help="公布条目保留天数 · Publish for how long entries are served.")
@click.argument("days", type=int)
@json_option
@click.pass_obj
def publish_retention(shared: Shared, /, days: int, *, as_json: bool) -> None:
    """Nothing is withheld by that; `suyuan ledger prune` does, by this rule alone."""
    with plain_errors(), open_platform(shared.config()) as platform:
        _show_retention(retain(platform, days), shared, as_json=as_json)


@command.command("prune", help="按规则停止提供旧条目 · Withhold old entries, by that rule.")
@json_option
@click.pass_obj
def prune_entries(shared: Shared, /, *, as_json: bool) -> None:
    """Hashes and rows stay: every receipt verifies, and can be issued, as before."""
    with plain_errors(), open_platform(shared.config()) as platform:
        _show_retention(prune(platform), shared, as_json=as_json)


def _show_retention(found: LogRetention, shared: Shared, *, as_json: bool) -> None:
    if as_json:
        emit_quoted({"days": found.days, "first": found.first})
    else:
        say(_RETAINED.format(days=found.days, first=found.first), shared)


@command.command("consistency", help="证明日志只增不改 · Prove that a log only grew.")
@click.argument("older", metavar="OLD", type=_FILE)
@click.argument("newer", metavar="[NEW]", required=False, type=_FILE)
@click.option(
    "--from",
    "source",
    metavar="PLACE",
    help="从镜像文件夹或日志网址取，不用数据库 · From a mirror's folder, or a log's address.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入文件，默认打印 · Write it to a file instead of printing it.",
)
@click.pass_obj
def prove_growth(
    shared: Shared, /, older: Path, newer: Path | None, *, source: str | None, output: Path | None
) -> None:
    """OLD and NEW are signed checkpoints; without NEW, the one published there."""
    with plain_errors():
        old, new = _checkpoint_in(older), None if newer is None else _checkpoint_in(newer)
        if source is not None:
            proof = prove_from(continuing.files_at(source), old, new)
        else:
            with open_platform(shared.config()) as platform:
                proof = continuing.proof_of_growth(platform, old, new)
        if output is None:
            print_bytes(proof)
        else:
            put(output, proof, "--output")
    if output is not None:
        say(_PROVEN.format(file=output, older=older), shared)


def _checkpoint_in(file: Path) -> bytes:
    """What a file says, once it is known for a checkpoint; of one that is none, which file it is.

    Raises:
        FormatError: `note.shape` and those of checkpoints, by file and line.
    """
    found = file.read_bytes()
    head_of(found, str(file))
    return found


@command.command("mirror", help="把日志写成文件 · Write the whole published log as files.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def mirror(shared: Shared, /, folder: Path, *, as_json: bool) -> None:
    """Checkpoint, tiles and bundles below a folder, as they are served."""
    with plain_errors(), open_platform(shared.config()) as platform, writing_to(folder, "FOLDER"):
        count = mirror_to(platform, folder)
    if as_json:
        emit_quoted({"files": count, "folder": str(folder)})
    else:
        say(_MIRRORED.format(count=count, folder=folder), shared)
