"""Any file that a log hands out, recognised by its content and verified offline.

A receipt is a `.tlog-proof`; a checkpoint is a signed note; a proof of consistency is the body
of a witness request: `old <size>`, the hashes, an empty line, the newer checkpoint.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.tlog.chain import check_log
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.commitment import parse_disclosure, verify_disclosure
from suyuan.tlog.errors import FormatError, ProofError, UndecidedError
from suyuan.tlog.mirror import Damage, Read
from suyuan.tlog.note import parse_note
from suyuan.tlog.policy import Policy, Witnessed, readmitting, unsuited, witnessed
from suyuan.tlog.proof import verify_consistency
from suyuan.tlog.receipt import HEADER, Receipt, parse_receipt, verify_receipt
from suyuan.tlog.shards import keys_for, log_of_shard, number_of
from suyuan.tlog.signing import Signed, algorithm_of
from suyuan.tlog.suites import Algorithm
from suyuan.tlog.tree import leaf_hash
from suyuan.tlog.witness import request_parts

SKEW: Final = 300
"""Seconds by which clocks may differ."""


class Kind(StrEnum):
    """What a file is."""

    RECEIPT = "receipt"
    CHECKPOINT = "checkpoint"
    CONSISTENCY = "consistency"
    MIRROR = "mirror"


class Trust(Struct, frozen=True, kw_only=True):
    """What somebody who verifies brings along.

    Attributes:
        policy: the logs and witnesses that are trusted.
        since: an older checkpoint of the log, signed, that the holder kept; or None.
        then: the policy by which that one was accepted, where it was another; or None.
        entry: the bytes that were logged, where a receipt does not carry them; or None.
        latest: the time (seconds since 1970) beyond which a cosignature does not count; or None.
    """

    policy: Policy
    since: bytes | None = None
    then: Policy | None = None
    entry: bytes | None = None
    latest: int | None = None


class By(Struct, frozen=True, kw_only=True):
    """A signature that holds and counts.

    Attributes:
        name: of the key.
        id: of the key, eight hexadecimal digits.
        suite: what the signature is.
        witness: the policy's name for whose cosignature it is; None for the log's own.
        time: when it was cosigned (seconds since 1970).
    """

    name: str
    id: str
    suite: Algorithm
    witness: str | None = None
    time: int | None = None


class Proven(Struct, frozen=True, kw_only=True):
    """What a file proves.

    Attributes:
        kind: what the file is.
        origin: which log.
        size: how many entries the checkpoint speaks of.
        root: its root hash.
        witnesses: who cosigned it, by the policy's names, and when (seconds since 1970).
        signers: every signature that counts, the log's own first.
        index: the entry's place, from 0, for a receipt.
        entry: the bytes that were logged, for a receipt.
        time: when the entry got its place (microseconds since 1970), if a receipt shows it.
        fields: what a receipt shows of it.
        since: the size of the older checkpoint that is continued, if one was given.
        is_since_then: the older one was read by the policy of its time, and not by the present one.
        is_since_revoked: the older one bears only a revoked key, so it says little by itself.
        damages: what is wrong in a mirror; empty for everything that holds.
        first: the entries before it may lack in a mirror, by the retention that the log signed.
        earlier: of a mirror in shards, those before the newest one: origin, size, and the first
            entry that must be there.
    """

    kind: Kind
    origin: str
    size: int
    root: bytes
    witnesses: Mapping[str, int]
    signers: tuple[By, ...]
    index: int | None = None
    entry: bytes | None = None
    time: int | None = None
    fields: Mapping[str, bytes] = {}
    since: int | None = None
    is_since_then: bool = False
    is_since_revoked: bool = False
    damages: tuple[Damage, ...] = ()
    first: int = 0
    earlier: tuple[tuple[str, int, int], ...] = ()


_SIGNED: Final = "\n\n— ".encode()
_UNKNOWN: Final = Text(
    "这不是回执、检查点或一致性证明；请核对文件，勿另存或手工修改。",
    "This is no receipt, checkpoint or proof of consistency; check which file it is, and use it "
    "as it was issued.",
)
_ENTRY: Final = Text(
    "回执中没有可识别的条目，无从核对；请用 --entry 给出所存证的内容。",
    "The receipt carries no entry that is known here, so there is nothing to verify; "
    "give what was logged with --entry.",
)
_OTHER_ENTRY: Final = Text(
    "回执中的条目与所给的不同；请核对回执与内容是否配套。",
    "The receipt carries another entry than the one given; check that they belong together.",
)
_NO_SINCE: Final = Text(
    "一致性证明要与旧检查点一起核对；请用 --since 给出旧检查点。",
    "A proof of consistency is verified together with the older checkpoint; give it with --since.",
)
_BAD_SINCE: Final = Text(
    "旧检查点本身不可信，无从核对：{why}",
    "The older checkpoint is not to be trusted itself, so nothing is held against it: {why}",
)
_OTHER_KEY: Final = Text(
    "签它的是 “{origin}” 编号 {ids} 的公钥，没有给出。若日志此后换过密钥，请把那把旧公钥一并给出"
    "（再加一个 --key，或在策略文件加一行 log）：它应与旧检查点一同留存；日志的 /log/keys 与 "
    "suyuan ledger keys 也列出换下的公钥；已撤销的不在其中，以 --revoked 给出。",
    "It is signed by the key {ids} of '{origin}', which was not given. If the log has replaced its "
    "key since, give the old one too (one more --key, or a log line in the policy): it was to be "
    "kept with the checkpoint, and /log/keys of the log and suyuan ledger keys list the former "
    "ones. A revoked one is not among them and is given with --revoked.",
)
_OTHER_POLICY: Final = Text(
    "若它早于这些见证要求，无法由现行策略判定它当时是否可信；请用 --since-policy "
    "给出当初接受它所依的策略文件。",
    "If it is of before these witnesses were asked for, the present policy cannot tell whether it "
    "was good then: give the policy by which you accepted it at that time with --since-policy.",
)
_OTHER_OLD: Final = Text(
    "证明从大小 {old} 开始，而所给旧检查点为 “{origin}” 的 {size}；请核对是否配套。",
    "The proof starts at size {old}, and the older checkpoint is that of '{origin}' at {size}; "
    "check that they belong together.",
)
_OTHER_SHARD: Final = Text(
    "“{origin}” 与旧检查点的 “{older}” 是同一日志的两个分片，单凭二者无法核对；"
    "请给出整部日志的镜像（suyuan ledger mirror）与 --since。",
    "'{origin}' and the '{older}' of the older checkpoint are two shards of one log, and cannot be "
    "compared by themselves; give a mirror of the whole log (suyuan ledger mirror) with --since.",
)
_UNRELATED: Final = Text(
    "检查点 “{origin}”（{size}）与旧检查点（{old}）大小不同，单凭二者无法核对；"
    "请给出一致性证明或镜像。",
    "The checkpoint of '{origin}' at {size} and the older one at {old} cannot be compared by "
    "themselves; give a proof of consistency, or a mirror.",
)
_SPLIT: Final = Text(
    "同一大小 {size} 有两个不同的根哈希：日志对不同的人出示了不同的历史；请保留两者并报告。",
    "Two roots for one size {size}: the log has shown different histories to different people; "
    "keep both and report it.",
)


_FUTURE: Final = Text(
    "回执说条目入账的时间在其检查点见证之后，或在将来：时间是假的，或钟不准。",
    "By the receipt the entry got its place after its checkpoint was cosigned, or in the future: "
    "the time is false, or a clock is wrong.",
)
_REVOKED: Final = Text(
    "旧检查点只有已撤销密钥的签名：或是伪造，或是历史被改写。",
    "The older checkpoint bears only a revoked key: either it is forged, or history was rewritten.",
)


def verify_file(data: bytes, trust: Trust) -> Proven:
    """Verify a receipt, a checkpoint or a proof of consistency.

    Raises:
        FormatError: it is none of them, or something that it needs was not given.
        ProofError: it does not hold.
        SuiteError: this machine cannot tell.
    """
    if data.startswith(HEADER.encode()):
        return _receipt(data, trust)
    if _SIGNED not in data:
        raise UndecidedError("artefact.unknown", _UNKNOWN)
    return _consistency(data, trust) if data.startswith(b"old ") else _checkpoint(data, trust)


def verify_mirror(read: Read, trust: Trust, *, names: Collection[str] = ()) -> Proven:
    """Verify a log's files, all of its shards; what is wrong in them is in `damages`.

    `names` are the files that are there, each of which is checked: also those that the checkpoints
    do not ask for.

    Raises:
        FormatError, ProofError, SuiteError: a checkpoint is missing or not to be trusted.
    """
    older = _since(trust)
    kept = older.checkpoint if older else None
    chain = check_log(read, trust.policy, names=names, since=kept, latest=trust.latest)
    *before, newest = chain.shards
    if kept:
        own = chain.shards[0].head.checkpoint
        if number_of(kept.origin, own.origin) is None:
            _same_origin(own, kept, kept.size)
    return _proven(
        Kind.MIRROR,
        newest.head,
        trust,
        older=older,
        damages=chain.damages,
        first=newest.first,
        earlier=tuple(
            (each.head.checkpoint.origin, each.head.checkpoint.size, each.first) for each in before
        ),
    )


def _receipt(data: bytes, trust: Trust) -> Proven:
    receipt = parse_receipt(data)
    entry, shown = _logged(receipt, trust.entry)
    head = verify_receipt(receipt, leaf_hash(entry), trust.policy, latest=trust.latest)
    _require_past(shown.get("time"), head, trust)
    return _proven(Kind.RECEIPT, head, trust, index=receipt.index, entry=entry, **shown)


def _require_past(time: int | None, head: Witnessed, trust: Trust) -> None:
    """See that the entry did not get its place after its checkpoint was cosigned, or after now."""
    known = [at + SKEW for at in head.witnesses.values()]
    known += [] if trust.latest is None else [trust.latest]
    if time is not None and known and time // 1_000_000 > min(known):
        raise ProofError("receipt.future", _FUTURE)


def _logged(receipt: Receipt, given: bytes | None) -> tuple[bytes, dict[str, Any]]:
    """The entry, its time and the fields shown; the extra of another issuer is let be."""
    if receipt.extra is None or not receipt.extra.startswith(b'{"entry":'):
        if given is None:
            raise UndecidedError("receipt.entry", _ENTRY)
        return given, {}
    disclosure = parse_disclosure(receipt.extra)
    if given not in {None, disclosure.entry}:
        raise ProofError("receipt.other-entry", _OTHER_ENTRY)
    verify_disclosure(disclosure)
    fields = {field.name: field.value for field in disclosure.fields}
    return disclosure.entry, {"time": disclosure.time, "fields": fields}


def _checkpoint(data: bytes, trust: Trust) -> Proven:
    head, older = witnessed(data, trust.policy, latest=trust.latest), _since(trust)
    if older is None:
        return _proven(Kind.CHECKPOINT, head, trust)
    new, old = head.checkpoint, older.checkpoint
    _same_origin(new, old, old.size)
    if new.size != old.size:
        text = _UNRELATED.format(origin=new.origin, size=new.size, old=old.size)
        raise UndecidedError("checkpoint.unrelated", text)
    if new.root != old.root:
        raise older.told(ProofError("checkpoint.split", _SPLIT.format(size=new.size)))
    return _proven(Kind.CHECKPOINT, head, trust, older=older)


def _consistency(data: bytes, trust: Trust) -> Proven:
    (start, path, signed), older = request_parts(data), _since(trust)
    if older is None:
        raise UndecidedError("consistency.since", _NO_SINCE)
    head = witnessed(signed, trust.policy, latest=trust.latest)
    new, old = head.checkpoint, older.checkpoint
    _same_origin(new, old, start)
    try:
        verify_consistency(old.size, new.size, old_root=old.root, root=new.root, path=path)
    except ProofError as error:
        raise older.told(error) from error
    return _proven(Kind.CONSISTENCY, head, trust, older=older)


class _Older(Struct, frozen=True):
    """An older checkpoint that was kept, and whether only a revoked key has signed it."""

    checkpoint: Checkpoint
    is_revoked: bool

    def told(self, error: ProofError) -> ProofError:
        """What is wrong with what came after it, and what this one is worth."""
        if not self.is_revoked:
            return error
        text = Text(error.text.zh + _REVOKED.zh, f"{error.text.en} {_REVOKED.en}")
        return ProofError(error.code, text, error.place)


def _since(trust: Trust) -> _Older | None:
    """The older checkpoint, which must be trusted itself before anything is held against it.

    It may be of before a suite that is required now, and of before a key was revoked: what such a
    key signed is compared all the same, or who stole it could hide what was rewritten.
    """
    if trust.since is None:
        return None
    policy = unsuited(trust.then or trust.policy)
    try:
        head = witnessed(trust.since, readmitting(policy), latest=trust.latest)
    except (FormatError, ProofError) as error:
        why = _BAD_SINCE.format(why=error.text)
        cure = _cure(trust.since, error.code)
        text = Text(f"{why.zh} {cure.zh}", f"{why.en} {cure.en}") if cure else why
        raise UndecidedError("consistency.older", text, "--since") from error
    present = keys_for(head.checkpoint.origin, (each.vkey for each in policy.logs))
    is_revoked = not any(each.vkey in present for each in head.signed)
    return _Older(head.checkpoint, is_revoked)


def _cure(since: bytes, code: str) -> Text | None:
    """How to go on where an older checkpoint is of other keys or another policy than given."""
    if code == "policy.quorum":
        return _OTHER_POLICY
    if code not in {"note.unsigned", "policy.log"}:
        return None
    note = parse_note(since)
    origin = note.text.partition("\n")[0]
    ids = [each.key_id.hex() for each in note.signatures if each.name == origin]
    return _OTHER_KEY.format(origin=origin, ids=", ".join(ids)) if ids else None


def _same_origin(new: Checkpoint, older: Checkpoint, old: int) -> None:
    for log in {new.origin, older.origin, log_of_shard(new.origin) or new.origin}:
        numbers = number_of(new.origin, log), number_of(older.origin, log)
        if new.origin != older.origin and None not in numbers:
            text = _OTHER_SHARD.format(origin=new.origin, older=older.origin)
            raise UndecidedError("consistency.shard", text)
    if (new.origin, old) != (older.origin, older.size):
        text = _OTHER_OLD.format(old=old, origin=older.origin, size=older.size)
        raise UndecidedError("consistency.other", text)


def _proven(
    kind: Kind, head: Witnessed, trust: Trust, *, older: _Older | None = None, **more: object
) -> Proven:
    checkpoint = head.checkpoint
    names = {each.vkey: each.name for each in trust.policy.witnesses}
    return Proven(
        kind=kind,
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root,
        witnesses=head.witnesses,
        since=older.checkpoint.size if older else None,
        is_since_then=older is not None and trust.then is not None,
        is_since_revoked=older is not None and older.is_revoked,
        signers=tuple(_by(each, names.get(each.vkey)) for each in head.signed),
        **more,  # type: ignore[arg-type]
    )


def _by(signed: Signed, witness: str | None) -> By:
    vkey = signed.vkey
    return By(
        name=vkey.name, id=vkey.id.hex(), suite=algorithm_of(vkey), witness=witness,
        time=signed.time,
    )  # fmt: skip
