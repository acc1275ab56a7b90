"""Notes signed, cosigned and opened: which algorithm a signature type stands for is said here.

Beside the types of C2SP there is one of our own, SM2 with SM3: type 0xff, the identifier
`urn:suyuan:sm2-sm3` and a newline, then the point. Who does not know it ignores its lines.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.tlog.cosign import cosigned_message, split_time, timed
from suyuan.tlog.errors import FormatError, ProofError, SuiteError, UndecidedError
from suyuan.tlog.note import (
    COSIGNATURE,
    ED25519,
    ML_DSA_COSIGNATURE,
    OTHER,
    SM2_PREFIX,
    Note,
    Signature,
    VKey,
    parse_note,
    signature_of,
)
from suyuan.tlog.suites import Algorithm, Signer, verifies

TIMED: Final = frozenset({COSIGNATURE, ML_DSA_COSIGNATURE})
"""The types that carry a time, and whose text must be a checkpoint."""

_BAD: Final = Text(
    "“{name}” 的签名与内容不符：内容被改动，或签名是伪造的；请保留原件并报告。",
    "The signature of '{name}' does not hold: the text was changed, or the signature is forged; "
    "keep the original and report it.",
)
_UNSIGNED: Final = Text(
    "没有任何可信公钥的签名；请核对所给公钥（或策略）是否属于该日志。",
    "No trusted key has signed it; check that the keys (or the policy) given are of this log.",
)
_AMBIGUOUS: Final = Text(
    "两个不同的公钥有相同的名称与编号 “{name}”；请去掉其中一个。",
    "Two different keys have the same name and id '{name}'; remove one of them.",
)
_UNKNOWN_KIND: Final = Text(
    "不支持签名类型 0x{kind:02x}（“{name}”）；支持 0x01、0x04、0x06 和 SM2。",
    "The signature type 0x{kind:02x} of '{name}' is not supported; 0x01, 0x04, 0x06 and SM2 are.",
)


class Key(Struct, frozen=True):
    """Somebody who can sign notes: under which verifier key, and with what."""

    vkey: VKey
    signer: Signer


class Signed(Struct, frozen=True):
    """A signature that holds, and the time it carries (seconds since 1970), if any."""

    vkey: VKey
    time: int | None = None


class Opened(Struct, frozen=True):
    """A note of which at least one known key's signature holds, and none fails."""

    note: Note
    signed: tuple[Signed, ...]


def key_of(name: str, signer: Signer, *, cosigner: bool = False) -> Key:
    """A signer under a name; as a cosigner its signatures carry a time (type 0x04)."""
    if signer.algorithm is Algorithm.SM2:
        return Key(VKey(name, OTHER, SM2_PREFIX + signer.public), signer)
    return Key(VKey(name, COSIGNATURE if cosigner else ED25519, signer.public), signer)


def sign(text: str, key: Key, *, time: int | None = None) -> Signature:
    """A signature line over a text; `time` (seconds since 1970) is signed by cosigners alone.

    Raises:
        FormatError: `cosign.time`, or the text is no checkpoint, and the key a cosigner's.
    """
    if key.vkey.kind not in TIMED:
        return signature_of(key.vkey, key.signer.sign(text.encode()))
    seen = -1 if time is None else time  # a cosigner without a clock is refused, not put at 1970
    data = key.signer.sign(cosigned_message(key.vkey.kind, key.vkey.name, text, seen))
    return signature_of(key.vkey, timed(seen, data))


def algorithm_of(vkey: VKey) -> Algorithm:
    """The suite of a key.

    Raises:
        SuiteError: `suite.kind`, it is not supported.
    """
    return _algorithm(vkey)[0]


def verify_signature(vkey: VKey, signature: Signature, text: str) -> Signed:
    """What a known key's signature line says, if it holds.

    Raises:
        ProofError: `note.signature`.
        SuiteError: this machine cannot tell, or the type is not supported.
    """
    algorithm, public = _algorithm(vkey)
    message, time, data = text.encode(), None, signature.data or b""
    try:
        if vkey.kind in TIMED:
            time, data = split_time(data)
            message = cosigned_message(vkey.kind, vkey.name, text, time)
        holds = verifies(algorithm, public, message, data)
    except FormatError:  # a cosignature over what is no checkpoint, or with no such time
        holds = False
    if not holds:
        raise ProofError("note.signature", _BAD.format(name=vkey.name))
    return Signed(vkey, time)


def open_note(data: bytes, vkeys: Iterable[VKey]) -> Opened:
    """A note that at least one of these keys signed; signatures of other keys are ignored.

    Raises:
        FormatError: what `parse_note` raises, or `note.ambiguous`.
        ProofError: `note.signature` where a known key's does not hold, `note.unsigned`.
        SuiteError: this machine cannot tell.
    """
    note, known = parse_note(data), frozenset(vkeys)
    signed = verified(note.text, note.signatures, known)
    if not signed:
        raise ProofError("note.unsigned", _UNSIGNED)
    return Opened(note, signed)


def verified(
    text: str, signatures: Sequence[Signature], vkeys: Iterable[VKey]
) -> tuple[Signed, ...]:
    """The signatures of known keys, each once, all of which hold.

    Raises:
        FormatError: `note.ambiguous`.
        ProofError: `note.signature`.
        SuiteError: this machine cannot tell.
    """
    known = _by_identity(vkeys)
    of_known = ((known.get((each.name, each.key_id)), each) for each in signatures)
    held = [verify_signature(vkey, each, text) for vkey, each in of_known if vkey]
    return tuple({each.vkey: each for each in reversed(held)}.values())[::-1]


def _by_identity(vkeys: Iterable[VKey]) -> dict[tuple[str, bytes], VKey]:
    known: dict[tuple[str, bytes], VKey] = {}
    for vkey in vkeys:
        if known.setdefault((vkey.name, vkey.id), vkey) != vkey:
            raise UndecidedError("note.ambiguous", _AMBIGUOUS.format(name=vkey.name))
    return known


def _algorithm(vkey: VKey) -> tuple[Algorithm, bytes]:
    """The algorithm of a key, and the public key in its encoding."""
    if vkey.kind in {ED25519, COSIGNATURE}:
        return Algorithm.ED25519, vkey.key
    if vkey.kind == ML_DSA_COSIGNATURE:
        return Algorithm.ML_DSA_44, vkey.key
    if vkey.kind == OTHER and vkey.key.startswith(SM2_PREFIX):
        return Algorithm.SM2, vkey.key.removeprefix(SM2_PREFIX)
    text = _UNKNOWN_KIND.format(kind=vkey.kind, name=vkey.name)
    raise SuiteError("suite.kind", text)
