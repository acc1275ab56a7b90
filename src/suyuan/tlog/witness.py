"""The protocol between a log and its witnesses (c2sp.org/tlog-witness), as pure decisions.

A witness remembers one head for each log and cosigns only what continues it. Who runs one
reads the head, decides, stores the new head, and only then signs and answers; reading and
storing must be one atomic step, or an older head could overwrite a newer one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.encoding import encode, read_hash, read_number
from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.note import (
    Note,
    VKey,
    note_bytes,
    parse_note,
    parse_signatures,
    signature_line,
)
from suyuan.tlog.proof import verify_consistency
from suyuan.tlog.signing import Key, Signed, sign, verified
from suyuan.tlog.tree import EMPTY_ROOT

TEXT: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"
_LONGEST_PROOF: Final = 63
_OK, _BAD, _FORBIDDEN, _UNKNOWN, _CONFLICT, _UNPROVEN = 200, 400, 403, 404, 409, 422

_SHAPE: Final = Text(
    "请求格式有误：应为 old 行、至多 63 行证明、空行、签名检查点。",
    "invalid input: an old line, at most 63 lines of proof, an empty line and a signed "
    "checkpoint are expected",
)
_CHECKPOINT: Final = Text("检查点无效：{why}", "invalid checkpoint: {why}")
_EXTENDED: Final = Text(
    "不接受扩展行，它们无人能核对", "extension lines are not accepted, as nobody can check them"
)
_ORIGIN: Final = Text(
    "未登记此日志：{origin}；请先向见证方登记其公钥。",
    "unknown log: {origin}; have its key registered with this witness first",
)
_SIGNATURE: Final = Text(
    "签名无效：没有已登记公钥的有效签名。",
    "invalid signature: no registered key of this log has signed it",
)
_PROOF: Final = Text("一致性证明不成立：{why}", "the consistency proof does not hold: {why}")
_EMPTY: Final = Text(
    '空树的根哈希应为 SHA-256("")。', "the root of an empty tree is SHA-256 of nothing"
)
_START: Final = Text("从 0 开始时证明应为空。", "a proof from size 0 is empty")


class Head(Struct, frozen=True):
    """The largest tree of a log that a witness has cosigned; 0 before the first."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class Request(Struct, frozen=True):
    """A log asks for a cosignature on `note`, which is said to continue the size `old`."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


class Refused(Struct, frozen=True):
    """The answer of a witness that does not cosign."""

    status: int
    body: str
    content_type: str = TEXT


class Agreed(Struct, frozen=True):
    """The head to store before anything is signed, and the text to sign."""

    head: Head
    text: str


class Conflict(Struct, frozen=True):
    """The witness has seen this size, so the proof must start there."""

    size: int


def request_bytes(old: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The body of `POST /add-checkpoint`; also a file that proves a checkpoint's consistency."""
    lines = [f"old {old}", *map(encode, proof), "", ""]
    return "\n".join(lines).encode() + checkpoint


def read_request(data: bytes) -> Request:
    """A request as it came; nothing is verified.

    Raises:
        FormatError: `witness.shape`, `witness.checkpoint`, and those of numbers and notes.
    """
    old, path, signed = request_parts(data)
    note = parse_note(signed)
    try:
        checkpoint = parse_checkpoint(note.text)
    except FormatError as error:
        text = _CHECKPOINT.format(why=error.text)
        raise FormatError("witness.checkpoint", text, error.place) from error
    if checkpoint.extensions:
        raise FormatError("witness.checkpoint", _CHECKPOINT.format(why=_EXTENDED), "line 4")
    return Request(old, path, note, checkpoint)


def decide(request: Request, vkeys: Sequence[VKey] | None, head: Head) -> Agreed | Refused:
    """Whether to cosign.

    Args:
        request: what was asked.
        vkeys: the keys trusted for the request's origin; None if the log is not known.
        head: what was last cosigned for it.
    """
    checkpoint = request.checkpoint
    if vkeys is None:
        return _refused(_UNKNOWN, _ORIGIN.format(origin=checkpoint.origin))
    if not _is_signed(request, vkeys):
        return _refused(_FORBIDDEN, _SIGNATURE)
    if request.old > checkpoint.size:
        return _refused(_BAD, _SHAPE)
    split = request.old == checkpoint.size == head.size and checkpoint.root != head.root
    if request.old != head.size or (split and head.size):
        return Refused(_CONFLICT, f"{head.size}\n", SIZE)
    try:
        _verify(request, head)
    except SuyuanError as error:
        return _refused(_UNPROVEN, _PROOF.format(why=error.text))
    return Agreed(Head(checkpoint.size, checkpoint.root), request.note.text)


def answer_bad(error: FormatError) -> Refused:
    """The answer to a request that cannot be read."""
    return _refused(_BAD, error.text)


def answer_agreed(agreed: Agreed, keys: Sequence[Key], time: int) -> str:
    """The cosignature lines of a witness, at `time` (seconds since 1970); the status is 200."""
    return "".join(signature_line(sign(agreed.text, key, time=time)) for key in keys)


def read_answer(
    status: int, body: bytes, text: str, vkeys: Sequence[VKey]
) -> tuple[Signed, ...] | Conflict | None:
    """What a log learns from a witness: cosignatures that hold, a conflict, or nothing.

    Raises:
        FormatError: the body is not of the form that its status has.
        ProofError: `note.signature`.
    """
    if status == _CONFLICT:
        return Conflict(read_number(body.decode("ascii", "replace").removesuffix("\n"), "line 1"))
    return verified(text, parse_signatures(body), vkeys) if status == _OK else None


def cosigned(note: Note, body: bytes, vkeys: Sequence[VKey]) -> bytes:
    """The signed checkpoint with the first line of each known key added that has none on it yet.

    Raises:
        FormatError, ProofError: the answer is no cosignature that holds.
    """
    lines = parse_signatures(body)
    known = {(signed.vkey.name, signed.vkey.id) for signed in verified(note.text, lines, vkeys)}
    known -= {(line.name, line.key_id) for line in note.signatures}
    firsts = {(line.name, line.key_id): line for line in reversed(lines)}
    fresh = [line for line in lines if line is firsts[line.name, line.key_id]]
    fresh = [line for line in fresh if (line.name, line.key_id) in known]
    return note_bytes(Note(note.text, (*note.signatures, *fresh)))


def origins(logs: Sequence[VKey]) -> Mapping[str, tuple[VKey, ...]]:
    """The keys of each log, by origin."""
    names = {vkey.name for vkey in logs}
    return {name: tuple(vkey for vkey in logs if vkey.name == name) for name in names}


def request_parts(data: bytes) -> tuple[int, tuple[bytes, ...], bytes]:
    """The older size, the hashes and the newer checkpoint: the inverse of `request_bytes`.

    Raises:
        FormatError: `witness.shape`, and those of numbers and hashes.
    """
    head, blank, signed = data.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if not blank or not lines[0].startswith("old ") or len(lines) > _LONGEST_PROOF + 1:
        raise FormatError("witness.shape", _SHAPE)
    path = tuple(read_hash(line, f"line {at}") for at, line in enumerate(lines[1:], 2))
    return read_number(lines[0].removeprefix("old "), "line 1"), path, signed


def _is_signed(request: Request, vkeys: Sequence[VKey]) -> bool:
    try:
        return bool(verified(request.note.text, request.note.signatures, vkeys))
    except ProofError:
        return False


def _verify(request: Request, head: Head) -> None:
    size, root = request.checkpoint.size, request.checkpoint.root
    if size == 0 and root != EMPTY_ROOT:
        raise ProofError("witness.empty", _EMPTY)
    if request.old:
        verify_consistency(head.size, size, old_root=head.root, root=root, path=request.proof)
    elif request.proof:
        raise ProofError("witness.start", _START)


def _refused(status: int, text: Text) -> Refused:
    return Refused(status, f"{text.en}\n{text.zh}\n")
