"""A witness: it cosigns the checkpoints of logs that it knows, each only as far as it continues.

Its folder holds its key, the keys of the logs it knows and those that it was told to forget, how
far it learned of changed keys, and for each log the last head that it cosigned. The folder lies
outside every database, and a head is on the disk before its cosignature is given out; a head that
is gone or damaged is never taken for the beginning of a log.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NoReturn

import msgspec
from msgspec import Struct, structs

from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.kit.digest import sha256
from suyuan.kit.durable import remove, write_whole
from suyuan.kit.ids import Draw
from suyuan.ledger import learning
from suyuan.ledger.files import each_line, held, is_there, parsed
from suyuan.ledger.shards import year_of
from suyuan.ledger.types import LedgerError, TamperedError
from suyuan.tlog import policy
from suyuan.tlog.artefact import SKEW, Proven, Trust, verify_file
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.keys import SEED_BYTES, ed25519_key, parse_skey, skey_text
from suyuan.tlog.note import COSIGNATURE, VKey, parse_vkey, vkey_text
from suyuan.tlog.shards import ACT, KEYS, SAID, keys_for, log_of_shard, number_of, renamed
from suyuan.tlog.signing import Key
from suyuan.tlog.tree import EMPTY_ROOT
from suyuan.tlog.witness import (
    TEXT,
    Head,
    Refused,
    answer_agreed,
    answer_bad,
    decide,
    origins,
    read_request,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KEY, _LOGS, _HEADS, _LOCK = "witness.key", "logs", "heads", "lock"
_FORGOTTEN: Final = "forgotten"
_STATE: Final = Text(
    "{path}（日志 {log} 的记录）不见了或已损坏：没有它就不知道见证过什么，不再见证。"
    "请恢复最新的备份；切勿用空文件代替。",
    "{path}, the head of the log {log}, is gone or damaged: without it nobody knows what was "
    "cosigned of this log, so nothing more is. Restore the newest backup; never put an "
    "empty file in its place.",
)
_UNNAMED: Final = Text(
    "{path} 里没有日志 {log} 的公钥，而它见证过（{head}），也没有要求忘记它：该文件丢失或被改动。"
    "请恢复它的最新备份；若没有，用 suyuan witness know 公钥 或 suyuan witness forget 公钥 "
    "再说一次。",
    "{path} has no key of the log {log}, which was cosigned ({head}) and was not to be forgotten: "
    "that file was lost or changed. Restore the newest backup of it; without one say again which "
    "it is, by suyuan witness know VKEY or suyuan witness forget VKEY.",
)
_NAME: Final = Text(
    "见证方名称不能为空，也不能有空格、加号或控制字符，应形如 witness.example.com/w1：{path}。",
    "The name of a witness is not empty and has no space, plus sign or control character; write "
    "it as witness.example.com/w1: {path}.",
)
_NONE: Final = Text(
    "{path} 里没有见证方；请先用 suyuan witness keys --name 名称 建立。",
    "There is no witness in {path}; begin one with suyuan witness keys --name NAME.",
)
_ENDED: Final = Text(
    "此后的分片 {later} 已见证：该分片已结束，不再增长。",
    "A later shard, {later}, was cosigned: this one has ended and does not grow any more.",
)
_TO_COME: Final = Text(
    "分片 {origin} 的年份尚未到来（本见证方的时钟：{now}）：不见证，免得失窃的私钥占住日志的将来。"
    "请核对双方的时钟。",
    "The year of the shard {origin} has not come by this witness's clock ({now}): it is not "
    "cosigned, lest a stolen key take the log's future from its owner. See that both clocks are "
    "right.",
)
_NO_CHANGE: Final = Text(
    "这不是所见证日志的换钥记录；请取其 log.keys 条目的回执"
    "（suyuan ledger acts --kind log.keys，suyuan receipt 位置）。",
    "This proves no change of the keys of a log that is known here; take the receipt of its entry "
    "log.keys (suyuan ledger acts --kind log.keys, suyuan receipt POSITION).",
)
_IS_FORGOTTEN: Final = Text(
    "{key} 已要求忘记，回执不能让它恢复；确要再认它，请用 suyuan witness know。",
    "{key} was to be forgotten, and no receipt brings it back; if it is to be known again, say so: "
    "suyuan witness know.",
)
_IS_OLD: Final = Text(
    "此后已学过更新的换钥记录，这是旧的，不再采用；请取最新一条 log.keys 的回执。",
    "A later change of keys was learned already, and this one is older; take the receipt of the "
    "newest entry log.keys.",
)
_NOT_COSIGNED: Final = Text(
    "这张回执的检查点不是本见证方见证过的；请等日志由它见证之后再出具一张。",
    "This witness has not cosigned the checkpoint of this receipt; have one given after it did.",
)
_COSIGNER: Final = Text(
    "这是见证方的公钥，不是日志的；请给出日志的公钥（suyuan ledger keys）。",
    "This is a witness's key and no log's; give the key of the log (suyuan ledger keys).",
)


class Witness(Struct, frozen=True):
    """A witness of this installation: its folder, and the key that it cosigns with."""

    folder: Path
    key: Key


class _Act(Struct, frozen=True):
    kind: str


class _Keys(Struct, frozen=True):
    keys: tuple[str, ...]


class _Words(Struct, frozen=True):
    said: _Keys


class Answer(Struct, frozen=True):
    """What is answered to a request, byte for byte (c2sp.org/tlog-witness)."""

    status: int
    body: bytes
    content_type: str = TEXT


def is_witness(folder: Path) -> bool:
    """Whether a witness was begun in a folder."""
    return is_there(folder / _KEY)


def begin_witness(folder: Path, *, name: str, draw: Draw) -> Witness:
    """The witness of a folder; made under this name, for the owner's eyes alone, if there is none.

    Raises:
        LedgerError: `witness.name`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _HEADS).mkdir(mode=0o700, exist_ok=True)
    with held(folder / _LOCK):
        if not is_witness(folder):
            seed = draw(SEED_BYTES)
            line = skey_text(ed25519_key(name, seed, cosigner=True), seed)
            try:
                parse_skey(line)
            except FormatError:
                _refuse("witness.name", _NAME, name)
            write_whole(folder / _KEY, line.encode() + b"\n")
    return open_witness(folder)


def open_witness(folder: Path) -> Witness:
    """The witness that was begun in a folder.

    Raises:
        LedgerError: `witness.none`.
        FormatError: its key file was changed.
    """
    if not is_witness(folder):
        _refuse("witness.none", _NONE, folder)
    return Witness(folder, parsed(folder / _KEY, parse_skey))


def known_logs(witness: Witness) -> Mapping[str, tuple[VKey, ...]]:
    """The keys of each log that it cosigns for, by origin."""
    return origins(_read_vkeys(witness.folder / _LOGS))


def require_heads(witness: Witness) -> None:
    """See that the last head of each log that is known is there, before anybody is answered.

    And that it can be read which keys are forgotten, and what was learned: else one of them would
    be known again unseen. No log that was cosigned may be neither known nor forgotten.

    Raises:
        LedgerError: `witness.state`, one is gone or damaged; `witness.logs`, it is not said any
            more by which keys a log is known.
        FormatError: `ledger.file`, `witness.learned`: what is known, forgotten or learned cannot
            be read.
    """
    with held(witness.folder / _LOCK):
        known, forgotten = known_logs(witness), _forgotten(witness)
        learning.learned(witness.folder)
        for origin in known:
            _read_head(witness, origin)
        named = {*known, *(each.name for each in forgotten)}
        for origin, path in _cosigned(witness).items():
            if origin not in named and log_of_shard(origin) not in named:
                text = _UNNAMED.format(path=witness.folder / _LOGS, log=origin, head=path)
                raise TamperedError("witness.logs", text, str(witness.folder / _LOGS), status=500)


def know_log(witness: Witness, vkey: VKey) -> None:
    """Cosign from now on what this key signed; a log may have several keys.

    Raises:
        FormatError: `witness.cosigner`, it is no log's key.
    """
    if vkey.kind == COSIGNATURE:
        raise FormatError("witness.cosigner", _COSIGNER, "VKEY")
    with held(witness.folder / _LOCK):
        still = {each for each in _forgotten(witness) if vkey not in {each, *_parent(each)}}
        _know(witness, vkey)  # first: no log is neither known nor forgotten, whoever is killed
        _write_vkeys(witness.folder / _FORGOTTEN, still)


def _know(witness: Witness, vkey: VKey) -> None:
    known = known_logs(witness)
    head = _head_path(witness, vkey.name)
    if vkey.name not in known and not is_there(head):
        write_whole(head, checkpoint_text(Checkpoint(vkey.name, 0, EMPTY_ROOT)).encode())
    _write_vkeys(witness.folder / _LOGS, {*_all(known), vkey})


def learn_keys(witness: Witness, receipt: bytes, *, time: int) -> tuple[VKey, ...]:
    """Know the keys that a log says it changed to, in an entry that this witness has cosigned.

    `time` is now, in seconds since 1970. What was to be forgotten stays forgotten, and a change is
    not learned after a later one: whoever has a stolen key also has the receipt by which it came.

    Raises:
        FormatError: `witness.no-change`, and those of a file that is no receipt.
        ProofError: `witness.not-cosigned`, `witness.forgotten`, `witness.older`, and those of a
            receipt that does not hold.
    """
    known = known_logs(witness)
    own = policy.Witness("self", witness.key.vkey)
    trusted = structs.replace(policy.trusting([*_all(known)]), witnesses=(own,), quorum="self")
    try:
        proven = verify_file(receipt, Trust(policy=trusted, latest=time + SKEW))
    except ProofError as error:
        if error.code != "policy.quorum":
            raise
        raise ProofError("witness.not-cosigned", _NOT_COSIGNED, "RECEIPT") from error
    try:
        kind = msgspec.json.decode(proven.fields.get(ACT, b""), type=_Act).kind
        said = msgspec.json.decode(proven.fields.get(SAID, b""), type=_Words).said
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("witness.no-change", _NO_CHANGE, "RECEIPT") from error
    log = log_of_shard(proven.origin) or proven.origin
    fresh = tuple(parse_vkey(each, SAID) for each in said.keys)
    names = {each.name for each in fresh}
    if kind != KEYS or len(names) != 1 or not names & known.keys() & {log, proven.origin}:
        raise FormatError("witness.no-change", _NO_CHANGE, "RECEIPT")
    with held(witness.folder / _LOCK):
        _require_news(witness, log, proven, fresh)
        for each in fresh:
            _know(witness, each)
    return fresh


def _require_news(witness: Witness, log: str, proven: Proven, fresh: Sequence[VKey]) -> None:
    """Refuse a key that was to be forgotten, and a change before one that was learned."""
    for each in fresh:
        if {each, *_parent(each)} & _forgotten(witness):
            text = _IS_FORGOTTEN.format(key=vkey_text(each))
            raise ProofError("witness.forgotten", text, "RECEIPT")
    known = learning.learned(witness.folder)
    place = (number_of(proven.origin, log) or 0, proven.index or 0)
    if place < known.get(log, place):
        raise ProofError("witness.older", _IS_OLD, "RECEIPT")
    learning.keep(witness.folder, {**known, log: place})


def forget_key(witness: Witness, vkey: VKey) -> None:
    """Cosign nothing more that this key signs; what was cosigned of its log stays remembered.

    Of a log's key its shards' too. Only who names it again makes it known again.
    """
    with held(witness.folder / _LOCK):
        known = _all(known_logs(witness))
        gone = {each for each in known if vkey in {each, *_parent(each)}}
        _write_vkeys(witness.folder / _FORGOTTEN, {*_forgotten(witness), *gone, vkey})
        _write_vkeys(witness.folder / _LOGS, known - gone)


def _forgotten(witness: Witness) -> set[VKey]:
    return set(_read_vkeys(witness.folder / _FORGOTTEN))


def _parent(vkey: VKey) -> tuple[VKey, ...]:
    """The same key as that of the log whose shard this may be."""
    log = log_of_shard(vkey.name)
    return () if log is None else (renamed(vkey, log),)


def _vkeys_for(witness: Witness, origin: str) -> tuple[VKey, ...] | None:
    """The keys that may sign an origin: what it is known by, and the keys of the log it is part of.

    None if neither is known.
    """
    return keys_for(origin, _all(known_logs(witness))) or None


def add_checkpoint(witness: Witness, body: bytes, *, time: int) -> Answer:
    """Answer `POST /add-checkpoint` at `time` (seconds since 1970).

    Of a shard that has ended, since a later one of its log was cosigned, only what was cosigned is
    again: nobody adds to a year that is over, or invents one between. A shard of a year that has
    not come would end all others before it, so none is begun: its key may be stolen.

    Reading the head, deciding and storing the new head are one step under a lock, over all
    processes of this machine; the new head is on the disk before anything is signed.

    Raises:
        LedgerError: `witness.state`, a head is gone or damaged.
        OSError: the head cannot be written; nothing was signed.
    """
    try:
        request = read_request(body)
    except FormatError as error:
        return _refused(answer_bad(error))
    origin = request.checkpoint.origin
    with held(witness.folder / _LOCK):
        vkeys = _vkeys_for(witness, origin)
        seen = origin in known_logs(witness) or is_there(_head_path(witness, origin))
        is_new = not seen  # a shard of a log that is known: it begins at nothing as every log does
        head = Head() if vkeys is None or is_new else _read_head(witness, origin)
        decision = decide(request, vkeys, head)
        if isinstance(decision, Refused):
            return _refused(decision)
        if decision.head != head and (why := _out_of_turn(witness, origin, time)):
            return Answer(403, f"{why.en}\n{why.zh}\n".encode())
        if is_new:
            _know(witness, next(each for each in vkeys or ()))
        if decision.head != head:
            kept = Checkpoint(origin, decision.head.size, decision.head.root)
            write_whole(_head_path(witness, origin), checkpoint_text(kept).encode())
    return Answer(200, answer_agreed(decision, [witness.key], time).encode())


def _out_of_turn(witness: Witness, origin: str, time: int) -> Text | None:
    """Why a shard does not grow now; None: it may.

    A log whose shards it is told by their exact names alone is no chain to it: others let theirs
    grow beside each other.
    """
    logs = {origin, log_of_shard(origin) or origin} & known_logs(witness).keys()
    now = _EPOCH + timedelta(seconds=time)
    last = year_of(now + timedelta(seconds=SKEW))
    if any((number_of(origin, log) or 0) > last for log in logs):
        return _TO_COME.format(origin=origin, now=in_china(now))
    later = _later(witness, origin, logs)
    return None if later is None else _ENDED.format(later=later)


def _later(witness: Witness, origin: str, logs: Iterable[str]) -> str | None:
    """The shard of the same log that was cosigned and comes after this one; None if there is none.

    `logs` are those that it may be of.
    """
    for cosigned in _cosigned(witness):
        for log in logs:
            own, other = number_of(origin, log), number_of(cosigned, log)
            if own is not None and other is not None and other > own:
                return cosigned
    return None


def _cosigned(witness: Witness) -> dict[str, Path]:
    """The logs of which anything was cosigned, each with its head; of a damaged one others tell."""
    found = dict[str, Path]()
    for path in (witness.folder / _HEADS).iterdir():
        with suppress(ValueError):
            if (head := parsed(path, parse_checkpoint)).size:
                found[head.origin] = path
    return found


def _read_head(witness: Witness, origin: str) -> Head:
    path = _head_path(witness, origin)
    try:
        found: Checkpoint | None = parsed(path, parse_checkpoint)
    except ValueError:
        found = None
    if found is None or found.origin != origin:
        text = _STATE.format(path=path, log=origin)
        raise TamperedError("witness.state", text, str(path), status=500)
    return Head(found.size, found.root)


def _head_path(witness: Witness, origin: str) -> Path:
    """An origin is anybody's text, so its digest names the file."""
    return witness.folder / _HEADS / sha256(origin.encode()).hex()


def _read_vkeys(path: Path) -> list[VKey]:
    return each_line(path, lambda line: parse_vkey(line, path.name))


def _write_vkeys(path: Path, vkeys: set[VKey]) -> None:
    lines = sorted(f"{vkey_text(vkey)}\n" for vkey in vkeys)
    if lines:
        write_whole(path, "".join(lines).encode())
    else:
        remove(path)  # so an empty one was emptied by others


def _all(known: Mapping[str, tuple[VKey, ...]]) -> set[VKey]:
    return {vkey for vkeys in known.values() for vkey in vkeys}


def _refused(refused: Refused) -> Answer:
    return Answer(refused.status, refused.body.encode(), refused.content_type)


def _refuse(code: str, text: Text, path: Path | str) -> NoReturn:
    raise LedgerError(code, text.format(path=path), str(path), status=500)
