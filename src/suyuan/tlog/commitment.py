"""A leaf: a salted commitment to fields, of which each can be shown alone.

The log is public, and an event could be guessed; so an entry says nothing by itself. It has 65
bytes, and for each hash function H of the two, with the n fields in the order of their names:

    entry   = 0x01 ‖ C(SHA-256) ‖ C(SM3)
    C(H)    = H(0x02 ‖ time ‖ F(H))                  time: microseconds since 1970, eight bytes
    F(H)    = H(0x03 ‖ n ‖ h(1) ‖ … ‖ h(n))          n in two bytes, all numbers big-endian
    h(i)    = H(0x00 ‖ salt(i) ‖ length of name(i), two bytes ‖ name(i) ‖ value(i))
    salt(i) = bytes 16(i - 1) to 16i - 1 of SHAKE256("suyuan/leaf/v1" ‖ 0x0A ‖ secret)

The secret has 16 random bytes and is the entry's own. F(SHA-256) ‖ F(SM3) is the commitment: it
is made with the event; the time is added when the entry gets its place. The hashes stand in a
list, not in a tree: a leaf has few fields, and a list costs half to make and less to show. One
field's salt tells nothing of another's, so who holds a field's salt can prove that field and no
more; and where secret and content are destroyed, the entry proves nothing about anything, while
the log stays whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from hashlib import new, shake_256
from hashlib import sha256 as _sha256
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.digest import sha256
from suyuan.kit.text import brief
from suyuan.tlog.encoding import HASH_BYTES, LARGEST_SIZE, encode, read_bytes, read_hash
from suyuan.tlog.errors import FormatError, ProofError, SuiteError
from suyuan.tlog.tree import Digest

SECRET_BYTES: Final = 16
COMMITMENT_BYTES: Final = 64
ENTRY_BYTES: Final = 65
_VERSION: Final = b"\1"
_FIELD, _OUTER, _LIST = b"\0", b"\2", b"\3"
_SALTS: Final = b"suyuan/leaf/v1\n"
_SALT_BYTES: Final = 16
_LONGEST_NAME: Final = 65_535  # bytes: its length is written in two
_MOST_FIELDS: Final = 1_000
_STARTS: Final = range(0, _SALT_BYTES * _MOST_FIELDS, _SALT_BYTES)

_FIELDS: Final = Text(
    "应有 1 至 {most} 个字段，名称非空且不超过 65535 字节，密值 16 字节；请改正后再存证。",
    "A leaf has 1 to {most} fields with names of 1 to 65,535 bytes, and a secret of 16 bytes; "
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
_NOT_OF: Final = Text(
    "回执公开的内容或时间与叶记录不符：被改动，或属于另一条目；请保留原件并报告。",
    "What the receipt shows, or its time, is not of this leaf: it was changed, or belongs to "
    "another entry; keep the original and report it.",
)
_NO_SM3: Final = Text(
    "本机没有 SM3，无法核对；请使用带 SM3 的 OpenSSL。",
    "There is no SM3 here, so nothing can be said; use an OpenSSL with SM3.",
)


class Shown(Struct, frozen=True):
    """One field that is shown, and its place in the list (from 0)."""

    name: str
    value: bytes
    salt: bytes
    index: int


class Disclosure(Struct, frozen=True):
    """An entry, when it got its place (microseconds since 1970), and some of its fields.

    The two lists are the hashes of all its fields; they tell how many there are, and no more.
    """

    entry: bytes
    time: int
    sha256: tuple[bytes, ...]
    sm3: tuple[bytes, ...]
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


def commit(fields: Mapping[str, bytes], secret: bytes) -> bytes:
    """The 64 bytes that bind the fields and tell nothing of them.

    Raises:
        FormatError: `commitment.fields`.
        SuiteError: `suite.sm3`.
    """
    return _committed(_hashes(fields, secret))


class Attempts:
    """Fields hashed once, so that it costs little to try what another value of one would give."""

    def __init__(self, fields: Mapping[str, bytes], secret: bytes) -> None:
        """Of fields as they stand.

        Raises:
            FormatError: `commitment.fields`.
        """
        self._fields, self._secret = dict(fields), secret
        self._hashes = _hashes(fields, secret)[0]
        self._salts = salts(secret, len(fields))
        self._places = {name: at for at, name in enumerate(sorted(fields))}

    def gives(self, commitment: bytes, name: str, value: bytes) -> bool:
        """Whether the fields, this one with this value, are what a commitment binds."""
        at, tried = self._places[name], [*self._hashes]
        tried[at] = sha256(_field_data(name, value, self._salts[at]))
        if _folded(tried, sha256) != commitment[:HASH_BYTES]:
            return False
        return commit({**self._fields, name: value}, self._secret) == commitment


def _committed(lists: Sequence[Sequence[bytes]]) -> bytes:
    """The commitment of the fields' hashes, those of SHA-256 and those of SM3."""
    return b"".join(map(_folded, lists, (sha256, sm3)))


def entry_of(commitment: bytes, time: int) -> bytes:
    """The 65 bytes that are logged for a commitment that got its place at a time (µs since 1970).

    Raises:
        SuiteError: `suite.sm3`.
    """
    head = _OUTER + time.to_bytes(8, signed=time < 0)  # no log is from before, but a row may say so
    ours, theirs = commitment[:HASH_BYTES], commitment[HASH_BYTES:]
    return _VERSION + _sha256(head + ours).digest() + sm3(head + theirs)


def disclose(
    fields: Mapping[str, bytes], secret: bytes, names: Iterable[str], *, time: int
) -> Disclosure:
    """What proves some fields of an entry and tells nothing of the others but their number.

    Raises:
        FormatError: `commitment.fields`, `commitment.name`.
        SuiteError: `suite.sm3`.
    """
    ours, theirs = lists = _hashes(fields, secret)
    order = {name: at for at, name in enumerate(sorted(fields))}
    wanted = sorted(set(names))
    if missing := set(wanted) - set(order):
        raise FormatError("commitment.name", _UNNAMED.format(name=min(missing)))
    salted = salts(secret, len(order))
    shown = [Shown(name, fields[name], salted[order[name]], order[name]) for name in wanted]
    entry = entry_of(_committed(lists), time)
    return Disclosure(entry, time, tuple(ours), tuple(theirs), tuple(shown))


def salts(secret: bytes, count: int) -> list[bytes]:
    """The salts of the fields in their order."""
    stream = shake_256(_SALTS + secret).digest(_SALT_BYTES * count)
    return [stream[at : at + _SALT_BYTES] for at in range(0, len(stream), _SALT_BYTES)]


def verify_disclosure(disclosure: Disclosure) -> None:
    """See that time and every field shown are the entry's, under SHA-256 and under SM3.

    Raises:
        ProofError: `commitment.field`, `commitment.entry`.
        SuiteError: `suite.sm3`.
    """
    lists = (disclosure.sha256, disclosure.sm3)
    for field in disclosure.fields:
        data = _field_data(field.name, field.value, field.salt)
        for (_, digest), hashes in zip(_SUITES, lists, strict=True):
            if field.index >= len(hashes) or digest(data) != hashes[field.index]:
                raise ProofError("commitment.field", _FALSE.format(name=field.name))
    if entry_of(_committed(lists), disclosure.time) != disclosure.entry:
        raise ProofError("commitment.entry", _NOT_OF)


def disclosure_bytes(disclosure: Disclosure) -> bytes:
    """A disclosure as one line of JSON: what a receipt carries as its extra data."""
    fields = [
        {
            "name": field.name,
            "value": encode(field.value),
            "salt": encode(field.salt),
            "index": field.index,
        }
        for field in disclosure.fields
    ]
    whole = {
        "entry": encode(disclosure.entry),
        "time": disclosure.time,
        "sha256": [*map(encode, disclosure.sha256)],
        "sm3": [*map(encode, disclosure.sm3)],
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
        read.time,
        tuple(read_hash(each, "sha256") for each in read.sha256),
        tuple(read_hash(each, "sm3") for each in read.sm3),
        tuple(map(_shown, read.fields)),
    )
    if not (_is_sound(disclosure) and disclosure_bytes(disclosure) == data):
        _refuse()
    return disclosure


def _is_sound(disclosure: Disclosure) -> bool:
    """Whether every number fits in its bytes, and each field stands once, in order."""
    whole = len(disclosure.entry) == ENTRY_BYTES and disclosure.entry.startswith(_VERSION)
    count = len(disclosure.sha256)
    counted = 0 < count <= _MOST_FIELDS and len(disclosure.sm3) == count
    timed = 0 <= disclosure.time <= LARGEST_SIZE
    names = [field.name for field in disclosure.fields]
    named = all(0 < len(name.encode()) <= _LONGEST_NAME for name in names)
    places = [field.index for field in disclosure.fields]
    placed = places == sorted(set(places)) and all(0 <= at < count for at in places)
    salted = all(len(field.salt) == _SALT_BYTES for field in disclosure.fields)
    once = names == sorted(set(names))
    return whole and counted and timed and named and placed and salted and once


class _Field(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: str
    salt: str
    index: int


class _Whole(Struct, frozen=True, forbid_unknown_fields=True):
    entry: str
    time: int
    sha256: list[str]
    sm3: list[str]
    fields: list[_Field]


def _shown(field: _Field) -> Shown:
    place = f"fields/{brief(field.name, 40)}"
    return Shown(
        field.name, read_bytes(field.value, place), read_bytes(field.salt, place), field.index
    )


def _hashes(fields: Mapping[str, bytes], secret: bytes) -> tuple[list[bytes], list[bytes]]:
    """The hashes of the fields in their order (of code points, as of UTF-8), under both."""
    if not 0 < len(fields) <= _MOST_FIELDS or len(secret) != SECRET_BYTES:
        _refuse_fields()
    stream = shake_256(_SALTS + secret).digest(_SALT_BYTES * len(fields))
    data = [
        _FIELD + stream[at : at + _SALT_BYTES] + _called(name) + fields[name]
        for at, name in zip(_STARTS, sorted(fields), strict=False)
    ]
    fresh, theirs = _sm3_state().copy, []
    for each in data:  # as `sm3` does; a call for each field would be a tenth of all
        state = fresh()
        state.update(each)
        theirs.append(state.digest())
    return [_sha256(each).digest() for each in data], theirs


@lru_cache(maxsize=10_000)
def _called(name: str) -> bytes:
    """A name behind its length; names come again and again."""
    spoken = name.encode()
    return (
        len(spoken).to_bytes(2) + spoken if 0 < len(spoken) <= _LONGEST_NAME else _refuse_fields()
    )


def _field_data(name: str, value: bytes, salt: bytes) -> bytes:
    return _FIELD + salt + _called(name) + value


def _folded(hashes: Sequence[bytes], digest: Digest) -> bytes:
    return digest(_LIST + len(hashes).to_bytes(2) + b"".join(hashes))


def _refuse_fields() -> NoReturn:
    raise FormatError("commitment.fields", _FIELDS.format(most=_MOST_FIELDS))


def _refuse() -> NoReturn:
    raise FormatError("commitment.shape", _SHAPE, "extra")
