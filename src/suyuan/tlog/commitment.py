"""A leaf: a salted commitment to fields, of which each can be shown alone.

The log is public, and an event could be guessed; so an entry says nothing by itself. It has 65
bytes,

    0x01 ‖ C(SHA-256) ‖ C(SM3)

and for each hash function H of the two, with the n fields in the order of their names (as UTF-8):

    C(H)    = H(0x02 ‖ salt(0) ‖ n ‖ root)     n in four bytes, big-endian
    root    = the tree of RFC 6962 section 2.1, with H, over data(1) … data(n)
    data(i) = salt(i) ‖ length of name(i), two bytes, big-endian ‖ name(i) ‖ value(i)
    salt(i) = bytes 32i to 32i + 31 of SHAKE256("suyuan/leaf/v1" ‖ 0x0A ‖ secret)

The secret has 32 random bytes and is the entry's own. One field's salt tells nothing of
another's, so who holds a field's salt can prove that field and no more; and where secret and
content are destroyed, the entry proves nothing about anything, while the log stays whole.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import new, shake_256
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.digest import sha256
from suyuan.tlog.encoding import HASH_BYTES, encode, read_bytes, read_hash
from suyuan.tlog.errors import FormatError, ProofError, SuiteError
from suyuan.tlog.proof import inclusion_proof, root_by_inclusion
from suyuan.tlog.tree import Digest, leaf_hash, nodes, span_hash

SECRET_BYTES: Final = 32
ENTRY_BYTES: Final = 65
_VERSION: Final = b"\1"
_OUTER: Final = b"\2"
_SALTS: Final = b"suyuan/leaf/v1\n"
_SALT_BYTES: Final = 32
_LONGEST_NAME: Final = 65_535  # bytes: its length is written in two
_MOST_FIELDS: Final = 10_000

_FIELDS: Final = Text(
    "应有 1 至 {most} 个字段，名称非空且不超过 65535 字节，密值 32 字节；请改正后再存证。",
    "A leaf has 1 to {most} fields with names of 1 to 65,535 bytes, and a secret of 32 bytes; "
    "mend it before it is logged.",
)
_UNNAMED: Final = Text(
    "叶记录没有字段 “{name}”；请核对名称。", "The leaf has no field '{name}'; check the name."
)
_SHAPE: Final = Text(
    "公开部分的格式不对；请使用原始回执，勿手工修改。",
    "What is disclosed is not in its form; use the receipt as it was issued.",
)
_FALSE: Final = Text(
    "字段 “{name}” 与叶记录不符：内容被改动，或属于另一条目；请保留原件并报告。",
    "The field '{name}' is not of this leaf: it was changed, or belongs to another entry; "
    "keep the original and report it.",
)
_NO_SM3: Final = Text(
    "本机没有 SM3，无法核对；请使用带 SM3 的 OpenSSL。",
    "There is no SM3 here, so nothing can be said; use an OpenSSL with SM3.",
)


class Shown(Struct, frozen=True):
    """One field that is shown, and its place in both trees of fields."""

    name: str
    value: bytes
    salt: bytes
    index: int
    sha256: tuple[bytes, ...]
    sm3: tuple[bytes, ...]


class Disclosure(Struct, frozen=True):
    """An entry, and some of its fields with what proves them; none proves the entry alone."""

    entry: bytes
    salt: bytes
    count: int
    fields: tuple[Shown, ...] = ()


def sm3(data: bytes) -> bytes:
    """The 32 bytes of SM3 (GB/T 32905).

    Raises:
        SuiteError: `suite.sm3`, this machine's OpenSSL has none.
    """
    state = _sm3_state().copy()  # a fresh one is looked up by name, which costs as much again
    state.update(data)
    digest: bytes = state.digest()
    return digest


@cache
def _sm3_state() -> Any:
    try:
        return new("sm3")
    except ValueError as error:
        raise SuiteError("suite.sm3", _NO_SM3) from error


_SUITES: Final[tuple[tuple[str, Digest], ...]] = (("sha256", sha256), ("sm3", sm3))


def entry_of(fields: Mapping[str, bytes], secret: bytes) -> bytes:
    """The 65 bytes that are logged for these fields.

    Raises:
        FormatError: `commitment.fields`.
        SuiteError: `suite.sm3`.
    """
    outer, data = _salted(fields, secret)
    roots = (_root([leaf_hash(each, h) for each in data], h) for _, h in _SUITES)
    sealed = (
        _sealed(outer, len(data), root, h) for root, (_, h) in zip(roots, _SUITES, strict=True)
    )
    return _VERSION + b"".join(sealed)


def salts(secret: bytes, count: int) -> list[bytes]:
    """The salt of the whole leaf, then those of its fields in their order."""
    stream = shake_256(_SALTS + secret).digest(_SALT_BYTES * (count + 1))
    return [stream[at : at + _SALT_BYTES] for at in range(0, len(stream), _SALT_BYTES)]


def disclose(fields: Mapping[str, bytes], secret: bytes, names: Iterable[str]) -> Disclosure:
    """What proves some fields of an entry and tells nothing of the others but their number.

    Raises:
        FormatError: `commitment.fields`, `commitment.name`.
        SuiteError: `suite.sm3`.
    """
    _, data = _salted(fields, secret)
    order = _ordered(fields)
    outer, *inner = salts(secret, len(order))
    wanted = sorted(set(names), key=str.encode)
    if missing := set(wanted) - set(order):
        raise FormatError("commitment.name", _UNNAMED.format(name=min(missing)))
    trees = {name: (nodes([leaf_hash(each, h) for each in data], h), h) for name, h in _SUITES}
    shown = []
    for name in wanted:
        at = order.index(name)
        paths = {
            suite: inclusion_proof(node, at, len(order), digest=h)
            for suite, (node, h) in trees.items()
        }
        shown.append(Shown(name, fields[name], inner[at], at, **paths))
    return Disclosure(entry_of(fields, secret), outer, len(order), tuple(shown))


def verify_disclosure(disclosure: Disclosure) -> None:
    """See that every field shown is one of the entry's, under SHA-256 and under SM3.

    Raises:
        ProofError: `commitment.field`, and those of a path.
        SuiteError: `suite.sm3`.
    """
    for field in disclosure.fields:
        data = _field_data(field.name, field.value, field.salt)
        for at, (suite, digest) in enumerate(_SUITES):
            path = getattr(field, suite)
            root = root_by_inclusion(
                field.index, disclosure.count, leaf_hash(data, digest), path, digest=digest
            )
            sealed = _sealed(disclosure.salt, disclosure.count, root, digest)
            if sealed != disclosure.entry[1 + at * HASH_BYTES :][:HASH_BYTES]:
                raise ProofError("commitment.field", _FALSE.format(name=field.name))


def disclosure_bytes(disclosure: Disclosure) -> bytes:
    """A disclosure as one line of JSON: what a receipt carries as its extra data."""
    fields = [
        {
            "name": field.name,
            "value": encode(field.value),
            "salt": encode(field.salt),
            "index": field.index,
            "sha256": [*map(encode, field.sha256)],
            "sm3": [*map(encode, field.sm3)],
        }
        for field in disclosure.fields
    ]
    whole = {
        "entry": encode(disclosure.entry),
        "salt": encode(disclosure.salt),
        "count": disclosure.count,
        "fields": fields,
    }
    return msgspec.json.encode(whole)


def parse_disclosure(data: bytes) -> Disclosure:
    """The inverse of `disclosure_bytes`; every other spelling is refused.

    Raises:
        FormatError: `commitment.shape`, and those of base64.
    """
    try:
        read = msgspec.json.decode(data, type=_Whole)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _refuse()
    disclosure = Disclosure(
        read_bytes(read.entry, "entry"),
        read_hash(read.salt, "salt"),
        read.count,
        tuple(map(_shown, read.fields)),
    )
    if not (_is_sound(disclosure) and disclosure_bytes(disclosure) == data):
        _refuse()
    return disclosure


def _is_sound(disclosure: Disclosure) -> bool:
    """Whether every number fits in its bytes, and each field stands once, in order."""
    whole = len(disclosure.entry) == ENTRY_BYTES and disclosure.entry.startswith(_VERSION)
    names = [field.name.encode() for field in disclosure.fields]
    named = all(0 < len(name) <= _LONGEST_NAME for name in names)
    counted = 0 < disclosure.count <= _MOST_FIELDS
    return whole and named and counted and names == sorted(set(names))


class _Field(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: str
    salt: str
    index: int
    sha256: list[str]
    sm3: list[str]


class _Whole(Struct, frozen=True, forbid_unknown_fields=True):
    entry: str
    salt: str
    count: int
    fields: list[_Field]


def _shown(field: _Field) -> Shown:
    place = f"fields/{field.name[:40]}"
    paths: dict[str, Any] = {
        suite: tuple(read_hash(each, place) for each in getattr(field, suite))
        for suite, _ in _SUITES
    }
    value, salt = read_bytes(field.value, place), read_hash(field.salt, place)
    return Shown(field.name, value, salt, field.index, **paths)


def _salted(fields: Mapping[str, bytes], secret: bytes) -> tuple[bytes, list[bytes]]:
    """The outer salt, and the data of every field."""
    lengths = [len(name.encode()) for name in fields]
    sound = lengths and all(0 < length <= _LONGEST_NAME for length in lengths)
    if not sound or len(lengths) > _MOST_FIELDS or len(secret) != SECRET_BYTES:
        raise FormatError("commitment.fields", _FIELDS.format(most=_MOST_FIELDS))
    outer, *inner = salts(secret, len(fields))
    named = zip(_ordered(fields), inner, strict=True)
    return outer, [_field_data(name, fields[name], salt) for name, salt in named]


def _ordered(fields: Mapping[str, bytes]) -> list[str]:
    return sorted(fields, key=str.encode)


def _field_data(name: str, value: bytes, salt: bytes) -> bytes:
    spoken = name.encode()
    return salt + len(spoken).to_bytes(2) + spoken + value


def _root(hashes: list[bytes], digest: Digest) -> bytes:
    return span_hash(nodes(hashes, digest), 0, len(hashes), digest)


def _sealed(outer: bytes, count: int, root: bytes, digest: Digest) -> bytes:
    return digest(_OUTER + outer + count.to_bytes(4) + root)


def _refuse() -> NoReturn:
    raise FormatError("commitment.shape", _SHAPE, "extra")
