"""The log asks its witnesses for cosignatures (c2sp.org/tlog-witness), each where its policy says.

What a witness answers is believed only as far as its signature holds. One that cannot be reached,
or refuses, is named; the others are asked all the same.
"""

import http.client
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.ledger.keys import POLICY
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.note import Note, note_bytes, parse_note
from suyuan.tlog.policy import Policy, Witness, is_met, parse_policy
from suyuan.tlog.signing import verified
from suyuan.tlog.witness import Conflict, cosigned, read_answer, request_bytes

_TIMEOUT: Final = 10.0  # seconds
_LARGEST: Final = 100_000  # bytes of an answer
_SAID: Final = 200  # characters of a refusal
_AHEAD: Final = Text(
    "见证过 {seen} 条，而这里只有 {size} 条：恢复了旧备份，或有另一份同名日志",
    "it has cosigned {seen} entries and here are {size}: an old backup was restored, or another "
    "log bears this name",
)
_SPLIT: Final = Text(
    "它见证的 {size} 条与这里的不同：同一日志有两种历史",
    "what it cosigned at {size} entries is not what is here: the log has two histories",
)
_AWAY: Final = Text("无法连接：{why}", "it cannot be reached: {why}")
_NO_URL: Final = Text("策略没有给出它的网址", "the policy gives no address for it")
_NO: Final = Text("答复 {status}：{why}", "it answered {status}: {why}")
_NOT_SIGNED: Final = Text("答复里没有它的签名", "its answer bears no signature of its own")

Prove = Callable[[int], Sequence[bytes]]
"""The proof that the tree of the checkpoint continues that of an older size."""


class Missing(Struct, frozen=True):
    """A witness that has not cosigned, and why."""

    name: str
    why: Text


class Asked(Struct, frozen=True):
    """A checkpoint with the cosignatures that were had, which of them, and what is missing."""

    note: bytes
    witnesses: tuple[str, ...]
    missing: tuple[Missing, ...]
    is_met: bool


def policy_in(folder: Path) -> Policy | None:
    """Who must cosign the log of a folder; None where its operator asks for nobody.

    Raises:
        FormatError: the policy is not sound.
    """
    path = folder / POLICY
    return parse_policy(path.read_bytes()) if path.exists() else None


def witnesses_of(note: bytes, policy: Policy) -> dict[str, Witness]:
    """The witnesses of a policy whose cosignatures on a note hold."""
    parsed = parse_note(note)
    vkeys = [each.vkey for each in policy.witnesses]
    signed = {each.vkey for each in verified(parsed.text, parsed.signatures, vkeys)}
    return {each.name: each for each in policy.witnesses if each.vkey in signed}


def ask(
    note: bytes, checkpoint: Checkpoint, policy: Policy, *, prove: Prove, older: Mapping[str, int]
) -> Asked:
    """Have a checkpoint cosigned by those witnesses that have not done so.

    `older` says by name which size a witness has cosigned, as far as known; it says itself if it is
    another. Each `POST` is in a thread of its own; proofs are computed in this one.
    """
    had = witnesses_of(note, policy)
    wanted = [each for each in policy.witnesses if each.name not in had]
    sizes = {each.name: older.get(each.name, 0) for each in wanted}
    missing: list[Missing] = []
    for _ in range(2):  # a second time for those that say which size they have
        bodies = {
            each: request_bytes(sizes[each.name], prove(sizes[each.name]), note) for each in wanted
        }
        note, wanted, told = _round(note, checkpoint, bodies, sizes)
        missing += told
    missing += [Missing(each.name, _NOT_SIGNED) for each in wanted]
    had = witnesses_of(note, policy)
    return Asked(note, tuple(sorted(had)), tuple(missing), is_met(policy, had))


def _round(
    note: bytes, checkpoint: Checkpoint, bodies: Mapping[Witness, bytes], sizes: dict[str, int]
) -> tuple[bytes, list[Witness], list[Missing]]:
    """The note with what was answered, those to ask again, and those that are missing."""
    again: list[Witness] = []
    missing: list[Missing] = []
    text = parse_note(note)
    for witness, found in _posted(bodies).items():
        said = _learned(witness, text, found)
        if isinstance(said, Conflict):
            why = _impossible(said.size, sizes[witness.name], checkpoint.size)
            if why is None:
                sizes[witness.name] = said.size
                again.append(witness)
            else:
                missing.append(Missing(witness.name, why))
        elif isinstance(said, Text):
            missing.append(Missing(witness.name, said))
        else:
            note = _joined(note, said)
    return note, again, missing


def _impossible(seen: int, asked: int, size: int) -> Text | None:
    """Why a witness that has cosigned `seen` entries cannot be asked again; None: it can."""
    if seen > size:
        return _AHEAD.format(seen=seen, size=size)
    return _SPLIT.format(size=seen) if seen == asked else None


def _learned(
    witness: Witness, note: Note, found: tuple[int, bytes] | Text
) -> bytes | Conflict | Text:
    """The note as one witness cosigned it, the size that it says it has, or why neither."""
    if isinstance(found, Text):
        return found
    status, body = found
    try:
        said = read_answer(status, body, note.text, [witness.vkey])
        if isinstance(said, Conflict):
            return said
        if said is None:
            return _NO.format(status=status, why=_printable(body))
        return cosigned(note, body, [witness.vkey]) if said else _NOT_SIGNED
    except SuyuanError as error:
        return _NO.format(status=status, why=error.text)


def _joined(note: bytes, other: bytes) -> bytes:
    """Two notes of one text as one, with the signatures of both."""
    mine, theirs = parse_note(note), parse_note(other)
    fresh = [each for each in theirs.signatures if each not in mine.signatures]
    return note_bytes(Note(mine.text, (*mine.signatures, *fresh)))


def _posted(bodies: Mapping[Witness, bytes]) -> dict[Witness, tuple[int, bytes] | Text]:
    if not bodies:
        return {}
    with ThreadPoolExecutor(max_workers=len(bodies)) as pool:
        answers = pool.map(_post, [each.url for each in bodies], bodies.values())
        return dict(zip(bodies, answers, strict=True))


def _post(url: str, body: bytes) -> tuple[int, bytes] | Text:
    """The status and body that `POST URL/add-checkpoint` gave; why there is none."""
    parts = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if parts.scheme not in kinds or not parts.netloc:
        return _NO_URL
    connection = kinds[parts.scheme](parts.netloc, timeout=_TIMEOUT)
    try:
        path = f"{parts.path.rstrip('/')}/add-checkpoint"
        connection.request("POST", path, body, {"content-type": "text/plain; charset=utf-8"})
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _AWAY.format(why=type(error).__name__)
    finally:
        connection.close()


def _printable(body: bytes) -> str:
    text = body.decode(errors="replace")[:_SAID]
    return "".join(mark if mark.isprintable() else " " for mark in text).strip()
