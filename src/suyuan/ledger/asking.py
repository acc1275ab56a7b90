"""The log asks its witnesses for cosignatures (c2sp.org/tlog-witness), each where its policy says.

What a witness answers is believed only as far as its signature holds. One that cannot be reached,
or refuses, is named; the others are asked all the same.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final

from msgspec import Struct, field

from suyuan.kit import SuyuanError, Text
from suyuan.ledger.files import data_of
from suyuan.ledger.keys import POLICY
from suyuan.ledger.posting import Found, Posts
from suyuan.ledger.types import LedgerError
from suyuan.tlog.artefact import SKEW
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import Note, VKey, parse_note, vkey_text
from suyuan.tlog.policy import Policy, Witness, is_met, parse_policy
from suyuan.tlog.signing import Signed, verified
from suyuan.tlog.witness import Conflict, cosigned, read_answer, request_bytes

TIMEOUT = 10.0
"""Seconds that a checkpoint waits for witnesses without whom it is not published."""
GRACE = 1.0
"""Seconds that the other witnesses have once the policy is met."""
_SAID: Final = 200  # characters of a refusal
_CHINESE: Final = "\u2e80"
"""From here on are the scripts that put no space between words."""
_AHEAD: Final = Text(
    "见证过 {seen} 条，而这里只有 {size} 条：恢复了旧备份，或有另一份同名日志",
    "it has cosigned {seen:entry|entries} and here are {size}: an old backup was restored, or "
    "another log bears this name",
)
_SPLIT: Final = Text(
    "它见证的 {size} 条与这里的不同：同一日志有两种历史",
    "what it cosigned at {size:entry|entries} is not what is here: the log has two histories",
)
_SILENT: Final = Text("没有及时答复", "it did not answer in time")
_NO: Final = Text("答复 {status}：{why}{said}", "it answered {status}: {why}{said}")
_BODY: Final = Text("（原话：{body}）", " (its words: {body})")
_WHY: Final = {
    400: Text(
        "它看不懂请求；请核对它是否按 c2sp.org/tlog-witness 应答，并查看双方版本",
        "it cannot read the request; see that it speaks c2sp.org/tlog-witness, and which version",
    ),
    403: Text(
        "它不认识签名的密钥；请其运营方运行 suyuan witness know 本日志的公钥（suyuan ledger keys）",
        "it knows no key that signed; have its operator run suyuan witness know with this log's "
        "key (suyuan ledger keys)",
    ),
    404: Text(
        "它不认识此日志，或此网址没有见证方；请其运营方运行 suyuan witness know 本日志的公钥，"
        "并核对策略里的网址",
        "it does not know this log, or no witness is at the address; have its operator run suyuan "
        "witness know with this log's key, and check the address in the policy",
    ),
    413: Text(
        "它嫌请求太大；请其运营方放宽上限", "the request is too large for it; have its limit raised"
    ),
    422: Text(
        "它不接受一致性证明：它见证过的历史与这里的不同；请停下来查明哪一份被改写",
        "it does not accept the proof of consistency: the history that it cosigned is not the one "
        "here; stop, and find out which was rewritten",
    ),
    429: Text("它忙不过来；稍后会再问", "it has too much to do; it is asked again"),
}
_FAILED: Final = Text(
    "它自己出了故障；请告诉其运营方，修好后会再问",
    "it failed by itself; tell its operator, it is asked again once it is mended",
)
_UNLIKE: Final = Text(
    "这不是见证方的应答；请核对策略里的网址",
    "that is no answer of a witness; check its address in the policy",
)
_SERVER_ERROR: Final = 500
_BAD_ANSWER: Final = Text("答复无效：{why}", "its answer is not valid: {why}")
_NOT_SIGNED: Final = Text("答复里没有它的签名", "its answer bears no signature of its own")
_FAST: Final = Text(
    "它的时钟比本机快 {seconds} 秒，核验者不会承认这样的签名；请查明哪一台不准，并校准",
    "its clock is {seconds:second|seconds} ahead of this machine's, and no verifier would count "
    "what it signed; find out which of the two is wrong, and set it",
)
_SLOW: Final = Text(
    "它的时钟比本机慢 {seconds} 秒，核验者不会承认这样的签名；请查明哪一台不准，并校准",
    "its clock is {seconds:second|seconds} behind this machine's, and no verifier would count "
    "what it signed; find out which of the two is wrong, and set it",
)
_FULL: Final = Text(
    "检查点上的签名已到上限，容不下它的；请减少策略里的见证方",
    "the checkpoint bears as many signatures as it may, and has no room for its; name fewer "
    "witnesses in the policy",
)

_LOST: Final = Text(
    "{path} 不见了，而已发布的检查点有见证方 {names} 的签名：不再发布，否则会悄悄没有见证。"
    "请从备份恢复这个文件；确实不再要见证方，就写一个，只有两行：log {vkey} 和 quorum none。",
    "{path} is gone, and the published checkpoint is cosigned by {names}: nothing more is "
    "published, or it would be without witnesses and nobody be told. Restore the file from a "
    "backup; if there are to be no witnesses any more, write it with two lines alone: log {vkey} "
    "and quorum none.",
)

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
        FormatError: the policy is not sound; its file is named.
    """
    path = folder / POLICY
    if (data := data_of(path)) is None:
        return None
    try:
        return parse_policy(data)
    except FormatError as error:
        raise FormatError(error.code, error.text, f"{path} {error.place}".strip()) from error


def policy_kept(folder: Path, vkey: VKey, shown: bytes | None) -> Policy | None:
    """The same, for the log of this key that shows a checkpoint, where it shows one.

    Raises:
        FormatError: the policy is not sound.
        LedgerError: `ledger.policy-lost`, it is not there, and once there were witnesses.
    """
    policy = policy_in(folder)
    if policy is None and (names := _others(shown, vkey)):
        text = _LOST.format(path=folder / POLICY, names=", ".join(names), vkey=vkey_text(vkey))
        raise LedgerError("ledger.policy-lost", text, str(folder / POLICY), status=500)
    return policy


def _others(shown: bytes | None, vkey: VKey) -> list[str]:
    """Who signed a checkpoint beside its log; of a damaged one that is told elsewhere."""
    if shown is None:
        return []
    with suppress(FormatError):
        note = parse_note(shown)
        own = (note.text.partition("\n")[0], vkey.name)
        return list(dict.fromkeys(one.name for one in note.signatures if one.name not in own))
    return []


def witnesses_of(note: bytes, policy: Policy) -> dict[str, Witness]:
    """The witnesses of a policy whose cosignatures on a note hold."""
    parsed = parse_note(note)
    vkeys = [each.vkey for each in policy.witnesses]
    signed = {each.vkey for each in verified(parsed.text, parsed.signatures, vkeys)}
    return {each.name: each for each in policy.witnesses if each.vkey in signed}


class _Round(Struct, kw_only=True):
    """What was had so far: the note with its cosignatures, and why others did not sign.

    `sizes` say which size each witness has cosigned, as far as known. Whose size was wrong is asked
    once more, with the one that it told (`again`).
    """

    note: bytes
    checkpoint: Checkpoint
    policy: Policy
    sizes: dict[str, int]
    prove: Prove
    now: int
    missing: dict[str, Text]
    again: set[str] = field(default_factory=set)

    def body(self, name: str) -> bytes:
        size = self.sizes[name]
        return request_bytes(size, self.prove(size), self.note)


def ask(
    note: bytes,
    checkpoint: Checkpoint,
    policy: Policy,
    *,
    prove: Prove,
    older: Mapping[str, int],
    now: int,
) -> Asked:
    """Have a checkpoint cosigned by those witnesses that have not done so.

    `older` says by name which size a witness has cosigned, as far as known; it says itself if it is
    another. What bears a time that is not about `now` (seconds since 1970) counts for no verifier,
    nor here. Each `POST` is in a thread of its own; proofs are computed in this one. Once the
    policy is met, the others have `GRACE` seconds more: one that never answers holds nothing up.
    """
    had = witnesses_of(note, policy)
    wanted = {each.name: each for each in policy.witnesses if each.name not in had}
    sizes = {name: older.get(name, 0) for name in wanted}
    found = _Round(
        note=note, checkpoint=checkpoint, policy=policy, sizes=sizes, prove=prove, now=now,
        missing=dict.fromkeys(wanted, _SILENT),
    )  # fmt: skip
    if wanted:
        with Posts(timeout=TIMEOUT) as posts:
            _gather(posts, wanted, found)
    had = witnesses_of(found.note, policy)
    missing = [Missing(name, why) for name, why in found.missing.items() if name not in had]
    return Asked(found.note, tuple(sorted(had)), tuple(missing), is_met(policy, had))


def _gather(posts: Posts, wanted: Mapping[str, Witness], found: _Round) -> None:
    """Ask all of them, and take what they answer until all did or enough did and time is over."""
    for name, witness in wanted.items():
        posts.send(name, witness.url, found.body(name))
    waiting, until, met = set(wanted), monotonic() + TIMEOUT, False
    while waiting:
        if not met and is_met(found.policy, witnesses_of(found.note, found.policy)):
            met, until = True, min(until, monotonic() + GRACE)
        answer = posts.next(until - monotonic())
        if answer is None:
            return
        name, said = answer
        if _is_done(wanted[name], said, found):
            waiting.discard(name)
        else:
            posts.send(name, wanted[name].url, found.body(name))


def _is_done(witness: Witness, answer: Found, found: _Round) -> bool:
    """Take an answer; False where its witness is to be asked once more."""
    name = witness.name
    said = _learned(witness, parse_note(found.note), answer, found.now)
    if isinstance(said, Conflict):
        why = _impossible(said.size, found.sizes[name], found.checkpoint.size)
        if why is None and name not in found.again:
            found.again.add(name)
            found.sizes[name] = said.size
            return False
        found.missing[name] = why or _NOT_SIGNED
    elif isinstance(said, Text):
        found.missing[name] = said
    else:
        found.note = said
    return True


def _impossible(seen: int, asked: int, size: int) -> Text | None:
    """Why a witness that has cosigned `seen` entries cannot be asked again; None: it can."""
    if seen > size:
        return _AHEAD.format(seen=seen, size=size)
    return _SPLIT.format(size=seen) if seen == asked else None


def _learned(witness: Witness, note: Note, found: Found, now: int) -> bytes | Conflict | Text:
    """The note as one witness cosigned it, the size that it says it has, or why neither."""
    if isinstance(found, Text):
        return found
    status, body = found
    try:
        said = read_answer(status, body, note.text, [witness.vkey])
        if isinstance(said, Conflict):
            return said
        if said is None:
            return refusal(status, body)
        if not said:
            return _NOT_SIGNED
        return _wrong_by(said[0], now) or _with(cosigned(note, body, [witness.vkey]))
    except SuyuanError as error:
        return _BAD_ANSWER.format(why=error.text)


def _wrong_by(seen: Signed, now: int) -> Text | None:
    """How far the clock of a cosignature is off; None where clocks may differ so much."""
    off = (seen.time or 0) - now
    if abs(off) <= SKEW:
        return None
    return (_FAST if off > 0 else _SLOW).format(seconds=abs(off))


def _with(note: bytes) -> bytes | Text:
    """A note with one more signature, if it may have so many."""
    try:
        parse_note(note)
    except FormatError:
        return _FULL
    return note


def refusal(status: int, body: bytes) -> Text:
    """What it means that a witness answered so, and what mends it, with what it said itself."""
    other = _FAILED if status >= _SERVER_ERROR else _UNLIKE
    words = _printable(body)
    said = _BODY.format(body=words) if words else Text("", "")
    return _NO.format(status=status, why=_WHY.get(status, other), said=said)


def _printable(body: bytes) -> str:
    """What a witness said, in one line: its whole words up to `_SAID` characters of them."""
    marks = (mark if mark.isprintable() else " " for mark in body.decode(errors="replace"))
    said = "".join(marks).strip()
    if len(said) <= _SAID:
        return said
    end = _SAID
    while end and _is_of_word(said[end - 1]) and _is_of_word(said[end]):
        end -= 1
    return f"{said[: end or _SAID].rstrip()}…"


def _is_of_word(mark: str) -> bool:
    """Whether a word may go on behind it; Chinese is cut behind any character."""
    return mark.isalnum() and mark < _CHINESE
