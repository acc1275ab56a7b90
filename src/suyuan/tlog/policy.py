"""Whom to trust: logs, witnesses, and how many of whom must have cosigned (c2sp.org/tlog-policy).

log <vkey> [<url>]
witness <name> <vkey> [<url>]
group <name> all|any|<k> <name>…
quorum <name>|none
"""

from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from msgspec import Struct, structs

from suyuan.kit import Text
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.errors import FormatError, ProofError, UndecidedError
from suyuan.tlog.note import ED25519, ML_DSA_COSIGNATURE, OTHER, VKey, parse_note, parse_vkey
from suyuan.tlog.shards import keys_for
from suyuan.tlog.signing import TIMED, Signed, algorithm_of, open_note
from suyuan.tlog.suites import Algorithm
from suyuan.tlog.tree import EMPTY_ROOT

_LARGEST: Final = 1_000_000  # bytes
_LOG_KINDS: Final = frozenset({ED25519, ML_DSA_COSIGNATURE, OTHER})
_NONE: Final = "none"
_SPACE: Final = " \t"

_SHAPE: Final = Text("信任策略有误：{why}。", "The policy is not sound: {why}.")
_WHY: Final = {
    "bytes": Text(
        "含有控制字符，或超过 1 MB；请另存为纯文本",
        "it has control characters or more than 1 MB; save it as plain text",
    ),
    "line": Text(
        "此行不是 log、witness、group 或 quorum，或项数不对；请对照格式修改",
        "this line is no log, witness, group or quorum, or has not their parts; mend it",
    ),
    "kind": Text(
        "公钥类型不适用：日志用 0x01、0x06 或 SM2，见证方用 0x04 或 0x06",
        "the key's type does not fit: logs have 0x01, 0x06 or SM2, witnesses 0x04 or 0x06",
    ),
    "twice": Text(
        "同一公钥、名称或成员出现了两次；请只保留一处",
        "a key, name or member occurs twice; keep one",
    ),
    "name": Text(
        "引用的名称未在前面定义，或用了保留字 none",
        "it refers to a name not defined above, or uses the reserved 'none'",
    ),
    "threshold": Text(
        "门槛应为 all、any 或 1 至成员数的整数",
        "a threshold is all, any, or a number from 1 to that of the members",
    ),
    "quorum": Text("应恰有一行 quorum", "it needs exactly one quorum line"),
}
_NO_SUITE: Final = Text(
    "检查点 “{origin}” 没有该日志的 {suite} 签名，只有 {found}：这一行缺失或不是它的；"
    "请取回原文件，或在日志加上该密钥之后再取检查点。",
    "The checkpoint of '{origin}' bears no {suite} signature of that log, only {found}: the line "
    "is missing or another's; fetch it again, or one from after the key was added.",
)
_NO_SUITE_KEY: Final = Text(
    "要求 {suite} 签名，但没有给出这种公钥；请用 --key 或策略文件给出。",
    "A signature of {suite} is required, and no key of that suite was given; give it with --key or "
    "in the policy.",
)
_OF_ANYBODY: Final = frozenset({Algorithm.ML_DSA_44})
"""The suites that a witness's cosignature has for a log: no log here signs with them."""
_NO_LOG: Final = Text(
    "检查点 “{origin}” 没有策略所列该日志的签名；请核对公钥或策略。",
    "The checkpoint of '{origin}' bears no signature of that log as the policy lists it; "
    "check the key or the policy.",
)
_EMPTY: Final = Text(
    "检查点 “{origin}” 说没有条目，根哈希却不是空树的；请保留原件并报告。",
    "The checkpoint of '{origin}' speaks of no entries, and its root is not that of an empty tree; "
    "keep the original and report it.",
)
_REVOKED: Final = Text(
    "检查点 “{origin}” 只有已撤销公钥的签名：可能是用失窃的私钥伪造的；"
    "请保留原件并报告，另取由现行公钥签名的检查点。",
    "Only a revoked key has signed the checkpoint of '{origin}': it may be forged with a stolen "
    "key; keep the original and report it, and take one that the present key signed.",
)
_NO_QUORUM: Final = Text(
    "见证不足：策略要求 “{quorum}”，有效的见证为：{names}；请等待更多见证后再取检查点。",
    "Too few witnesses: the policy asks for '{quorum}', and those that hold are: {names}; "
    "take a later checkpoint that more have cosigned.",
)


class Log(Struct, frozen=True):
    """A log that is trusted, and where it can be reached."""

    vkey: VKey
    url: str = ""


class Witness(Struct, frozen=True):
    """A witness by its name within the policy."""

    name: str
    vkey: VKey
    url: str = ""


class Group(Struct, frozen=True):
    """Witnesses and groups of which at least `threshold` must have seen a checkpoint."""

    name: str
    threshold: int
    members: tuple[str, ...]


class Policy(Struct, frozen=True):
    """Groups stand in the order of the file: each knows only names before it.

    What only `revoked` keys of a log signed is refused, and told as that. Each `required` suite
    must be among the log's own signatures; ML-DSA-44 may be a witness's. No file says either: the
    specification has no line for them.
    """

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = _NONE
    revoked: tuple[VKey, ...] = ()
    required: tuple[Algorithm, ...] = ()


class Witnessed(Struct, frozen=True):
    """A checkpoint that a policy accepts: which log signed, which witnesses, by name, and when.

    `signed` are all signatures that count: the log's own, then the cosignatures.
    """

    checkpoint: Checkpoint
    log: VKey
    witnesses: Mapping[str, int]
    signed: tuple[Signed, ...]


def trusting(vkeys: Sequence[VKey]) -> Policy:
    """The policy that trusts these logs and asks for no witness.

    Raises:
        FormatError: `policy.shape`, one is the key of a witness.
    """
    if not {each.kind for each in vkeys} <= _LOG_KINDS:
        _refuse("kind", "--key")
    return Policy(logs=tuple(map(Log, vkeys)))


def without(policy: Policy, vkeys: Sequence[VKey]) -> Policy:
    """The policy with these keys revoked: neither as logs nor as witnesses do they count."""
    gone = set(vkeys)
    return structs.replace(
        policy,
        logs=tuple(each for each in policy.logs if each.vkey not in gone),
        witnesses=tuple(each for each in policy.witnesses if each.vkey not in gone),
        revoked=(*policy.revoked, *vkeys),
    )


def requiring(policy: Policy, suites: Sequence[Algorithm]) -> Policy:
    """The policy that asks for signatures of all of these suites.

    Raises:
        UndecidedError: `policy.suite-key`, it has no key of one of them.
    """
    if not suites:
        return policy
    logs = {algorithm_of(each.vkey) for each in policy.logs}
    cosigning = {algorithm_of(each.vkey) for each in policy.witnesses} & _OF_ANYBODY
    for each in suites:
        if each not in logs | cosigning:
            raise UndecidedError("policy.suite-key", _NO_SUITE_KEY.format(suite=each), "--require")
    return structs.replace(policy, required=tuple(suites))


def parse_policy(data: bytes) -> Policy:
    """A policy from its file. Names are compared byte by byte, whatever their encoding.

    Raises:
        FormatError: `policy.shape`, `note.vkey`, `tlog.base64`, with the line.
    """
    allowed = all(byte in b"\t\n" or byte >= ord(" ") for byte in data) and b"\x7f" not in data
    if len(data) > _LARGEST or not allowed:
        _refuse("bytes")
    building = _Building()
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = line.replace("\t", " ").strip(_SPACE).split(" ")
        parts = [word for word in words if word]
        if parts and not parts[0].startswith("#"):
            building.take(parts, f"line {number}")
    if building.quorum is None:
        _refuse("quorum")
    return Policy(
        tuple(building.logs), tuple(building.witnesses), tuple(building.groups), building.quorum
    )


def witnessed(data: bytes, policy: Policy, *, latest: int | None = None) -> Witnessed:
    """A signed checkpoint that the policy accepts.

    Cosignatures later than `latest` (seconds since 1970) do not count: a witness whose clock is
    ahead says nothing of now. The key of a log speaks for its yearly shards too
    (`suyuan.tlog.shards`).

    Raises:
        FormatError: the bytes are no signed checkpoint.
        ProofError: `note.signature`, `note.unsigned`, `policy.empty`, `policy.log`,
            `policy.revoked`, `policy.quorum`.
        SuiteError: this machine cannot tell.
    """
    origin = parse_note(data).text.partition("\n")[0]
    logs = keys_for(origin, (each.vkey for each in policy.logs))
    revoked = keys_for(origin, policy.revoked)
    witnesses = (each.vkey for each in policy.witnesses)
    opened = open_note(data, [*logs, *revoked, *witnesses])  # other logs have no say here
    checkpoint = parse_checkpoint(opened.note.text)
    if not checkpoint.size and checkpoint.root != EMPTY_ROOT:
        raise ProofError("policy.empty", _EMPTY.format(origin=origin))
    log = _log(origin, opened.signed, logs, revoked)
    times = _witness_times(opened.signed, policy, latest)
    if not is_met(policy, times):
        names = ", ".join(sorted(times)) or "—"
        text = _NO_QUORUM.format(quorum=policy.quorum, names=names)
        raise ProofError("policy.quorum", text)
    own = [each for each in opened.signed if each.vkey in logs]
    cosigned = [each for each in opened.signed if _named(each, policy) in times]
    _require_suites(policy, origin, own, cosigned)
    return Witnessed(checkpoint, log, times, (*own, *cosigned))


def _require_suites(
    policy: Policy, origin: str, own: Sequence[Signed], cosigned: Sequence[Signed]
) -> None:
    found = {algorithm_of(each.vkey) for each in own}
    found |= {algorithm_of(each.vkey) for each in cosigned} & _OF_ANYBODY
    for each in policy.required:
        if each not in found:
            there = ", ".join(sorted(found))
            text = _NO_SUITE.format(origin=origin, suite=each, found=there)
            raise ProofError("policy.suite", text)


def unwitnessed(policy: Policy) -> Policy:
    """The same logs and witnesses, none of whom must have cosigned, and no suite is required."""
    return structs.replace(policy, quorum=_NONE, required=())


def unsuited(policy: Policy) -> Policy:
    """The same policy, and no suite is required."""
    return structs.replace(policy, required=())


def readmitting(policy: Policy) -> Policy:
    """The same policy as it was before keys were revoked."""
    again = tuple(Log(each) for each in policy.revoked)
    return structs.replace(policy, logs=(*policy.logs, *again), revoked=())


def is_met(policy: Policy, names: Mapping[str, object]) -> bool:
    """Whether these witnesses, by name, are a quorum."""
    seen = set(names) & {each.name for each in policy.witnesses}
    for group in policy.groups:
        if sum(member in seen for member in group.members) >= group.threshold:
            seen.add(group.name)
    return policy.quorum == _NONE or policy.quorum in seen


def _log(
    origin: str, signed: Sequence[Signed], logs: Sequence[VKey], revoked: Sequence[VKey]
) -> VKey:
    """The log's own signature: its key's name is the checkpoint's origin."""
    for each in signed:
        if each.vkey in logs:
            return each.vkey
    if any(each.vkey in revoked for each in signed):
        raise ProofError("policy.revoked", _REVOKED.format(origin=origin))
    raise ProofError("policy.log", _NO_LOG.format(origin=origin))


def _named(signed: Signed, policy: Policy) -> str | None:
    """The name that a policy gives to whom a signature is of; None if it is no witness."""
    return next((each.name for each in policy.witnesses if each.vkey == signed.vkey), None)


def _witness_times(signed: Sequence[Signed], policy: Policy, latest: int | None) -> dict[str, int]:
    names = {each.vkey: each.name for each in policy.witnesses}
    return {
        names[each.vkey]: each.time
        for each in signed
        if each.vkey in names and each.time is not None
        if latest is None or each.time <= latest
    }


class _Building:
    """A policy as far as its lines have been read."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._keys: set[bytes] = set()
        self._members: set[str] = set()

    def take(self, parts: list[str], place: str) -> None:
        """Add one line."""
        match parts:
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(Log(self._vkey("log", vkey, place), *url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._define(name, place)
                self.witnesses.append(Witness(name, self._vkey("witness", vkey, place), *url))
            case ["group", name, threshold, _, *_]:
                members = tuple(parts[3:])
                self._join(members, place)
                self._define(name, place)
                self.groups.append(Group(name, _threshold(threshold, len(members), place), members))
            case ["quorum", name]:
                self._close(name, place)
            case _:
                _refuse("line", place)

    def _vkey(self, role: str, text: str, place: str) -> VKey:
        vkey = parse_vkey(text, place)
        if vkey.kind not in (_LOG_KINDS if role == "log" else TIMED):
            _refuse("kind", place)
        if vkey.key in self._keys:  # of whichever role: nobody is a witness of their own log
            _refuse("twice", place)
        self._keys.add(vkey.key)
        return vkey

    def _define(self, name: str, place: str) -> None:
        if name == _NONE:
            _refuse("name", place)
        if name in self._names:
            _refuse("twice", place)
        self._names.add(name)

    def _join(self, members: tuple[str, ...], place: str) -> None:
        if not set(members) <= self._names:
            _refuse("name", place)
        if len(set(members)) < len(members) or self._members & set(members):
            _refuse("twice", place)
        self._members |= set(members)

    def _close(self, name: str, place: str) -> None:
        if self.quorum is not None:
            _refuse("quorum", place)
        if name != _NONE and name not in self._names:
            _refuse("name", place)
        self.quorum = name


def _threshold(text: str, members: int, place: str) -> int:
    if text in {"all", "any"}:
        return members if text == "all" else 1
    if text not in map(str, range(1, members + 1)):
        _refuse("threshold", place)
    return int(text)


def _refuse(why: str, place: str = "") -> NoReturn:
    raise FormatError("policy.shape", _SHAPE.format(why=_WHY[why]), place)
