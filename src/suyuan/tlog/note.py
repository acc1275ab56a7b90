"""Signed notes and the keys that verify them (c2sp.org/signed-note).

This module reads and writes; `suyuan.tlog.signing` signs and verifies.
"""

from typing import Final, NoReturn

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.digest import sha256
from suyuan.kit.text import brief
from suyuan.tlog.encoding import encode, loose_bytes, read_bytes
from suyuan.tlog.errors import FormatError
from suyuan.tlog.weak import is_sm2_point, is_weak

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
ML_DSA_COSIGNATURE: Final = 0x06
OTHER: Final = 0xFF
SM2_PREFIX: Final = b"urn:suyuan:sm2-sm3\n"
"""What stands before the point in a key of ours of that type."""

_BLANK: Final = " \t\r\n"
_DASH: Final = "— "
_KEY_ID_BYTES: Final = 4
_LARGEST_NOTE: Final = 1_000_000  # bytes
_MOST_SIGNATURES: Final = 100  # the specification asks for at least 16
_FIRST_PRINTABLE: Final = " "

_SHAPE: Final = Text(
    "这不是签名文档（signed note）：{why}；请使用原始文件，勿手工修改。",
    "This is not a signed note: {why}; use the file as it was issued.",
)
_VKEY: Final = Text(
    "“{found}” 不是验证公钥：{why}；格式为 名称+8 位十六进制+Base64。",
    "'{found}' is not a verifier key: {why}; its form is NAME+8 HEX DIGITS+BASE64.",
)
_WHY: Final = {
    "encoding": Text("不是 UTF-8", "it is not UTF-8"),
    "control": Text("含有控制字符", "it has control characters"),
    "size": Text("超过 1 MB 或 100 个签名", "it has more than 1 MB or 100 signatures"),
    "end": Text("没有以换行结尾", "it does not end in a newline"),
    "blank": Text("正文与签名之间没有空行", "no empty line parts text and signatures"),
    "line": Text("签名行应为 “— 名称 Base64”", "a signature line is '— NAME BASE64'"),
    "name": Text("名称为空，或含空格、加号", "its name is empty or has spaces or a plus"),
    "parts": Text("应有三段，以加号相连", "it needs three parts joined by plus signs"),
    "id": Text("名称与公钥算出的编号与所写不同", "its id is not that of its name and key"),
    "length": Text("公钥长度与类型不符", "the key has not the length of its type"),
    "weak": Text(
        "它不是曲线上的素数阶点，谁都可能代签",
        "it is no point of prime order, so others may sign for it",
    ),
    "sm2": Text(
        "它不是 SM2 曲线上的点，或不是 04 ‖ x ‖ y 的写法",
        "it is no point of SM2's curve, or is not written as 04 ‖ x ‖ y",
    ),
}
_POINTS: Final = frozenset((ED25519, COSIGNATURE))
_LENGTHS: Final = {ED25519: 32, COSIGNATURE: 32, ML_DSA_COSIGNATURE: 1312}


class VKey(Struct, frozen=True):
    """A verifier key: who signs, how (the signature type), and the public key.

    Two keys are one signer's if name and `id` agree; the id has 4 bytes and only tells keys
    apart, it proves nothing.
    """

    name: str
    kind: int
    key: bytes

    @property
    def id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ type ‖ key), its first four bytes."""
        return key_id(self.name, bytes([self.kind]) + self.key)


class Signature(Struct, frozen=True):
    """One signature line, as it stands: the name and its base64."""

    name: str
    encoded: str

    @property
    def blob(self) -> bytes:
        """Key id and signature; `note.line` has been refused at reading if this is no base64."""
        return loose_bytes(self.encoded) or b""

    @property
    def key_id(self) -> bytes:
        """Which key of that name signed."""
        return self.blob[:_KEY_ID_BYTES]

    @property
    def data(self) -> bytes | None:
        """The signature proper; None if it is not spelt the one way that base64 has for it."""
        return self.blob[_KEY_ID_BYTES:] if encode(self.blob) == self.encoded else None


class Note(Struct, frozen=True):
    """A text that ends in a newline, and the signatures under it; nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]


def key_id(name: str, typed_key: bytes) -> bytes:
    """The id of a key: `typed_key` is the signature type's byte and the public key."""
    return sha256(name.encode() + b"\n" + typed_key)[:_KEY_ID_BYTES]


def parse_vkey(text: str, place: str = "vkey") -> VKey:
    """A verifier key from its one-line form.

    Raises:
        FormatError: `note.vkey`, `tlog.base64`.
    """
    parts = text.strip(_BLANK).split("+", 2)  # base64 has plus signs too, and a name has none
    if len(parts) != 3:  # noqa: PLR2004 -- the three parts of the form
        _refuse_vkey(text, "parts", place)
    name, shown, encoded = parts
    if not is_name(name):
        _refuse_vkey(text, "name", place)
    typed = read_bytes(encoded, place)
    if shown != key_id(name, typed).hex():
        _refuse_vkey(text, "id", place)
    if len(typed) < 2 or len(typed) - 1 != _LENGTHS.get(typed[0], len(typed) - 1):  # noqa: PLR2004
        _refuse_vkey(text, "length", place)
    if typed[0] in _POINTS and is_weak(typed[1:]):
        _refuse_vkey(text, "weak", place)
    point = typed[1:].removeprefix(SM2_PREFIX)
    if typed[0] == OTHER and point != typed[1:] and not is_sm2_point(point):
        _refuse_vkey(text, "sm2", place)
    return VKey(name, typed[0], typed[1:])


def vkey_text(vkey: VKey) -> str:
    """The one-line form of a verifier key."""
    return f"{vkey.name}+{vkey.id.hex()}+{encode(bytes([vkey.kind]) + vkey.key)}"


def parse_note(data: bytes) -> Note:
    """A note's text and signature lines; whether they hold is not asked.

    Raises:
        FormatError: `note.shape`, with the line where there is one.
    """
    text = _sound_text(data)
    body, blank, tail = text.rpartition("\n\n")
    if not blank or not tail:
        _refuse("blank")
    lines = tail[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        _refuse("size")
    first = body.count("\n") + 3  # counted from 1, after the text's last line and the blank one
    signatures = (_signature(line, f"line {first + at}") for at, line in enumerate(lines))
    return Note(body + "\n", tuple(signatures))


def note_bytes(note: Note) -> bytes:
    """The note as bytes: the inverse of `parse_note`."""
    return (note.text + "\n" + "".join(map(signature_line, note.signatures))).encode()


def signature_line(signature: Signature) -> str:
    """One signature line with its newline."""
    return f"{_DASH}{signature.name} {signature.encoded}\n"


def signature_of(vkey: VKey, data: bytes) -> Signature:
    """The line that says: this key made this signature."""
    return Signature(vkey.name, encode(vkey.id + data))


def parse_signatures(data: bytes) -> tuple[Signature, ...]:
    """Bare signature lines, as a witness answers them.

    Raises:
        FormatError: `note.shape`.
    """
    note = parse_note(b"\n\n" + data)
    return note.signatures if note.text == "\n" else _refuse("line")


def is_name(name: str) -> bool:
    """Whether a key may be called so: some UTF-8, without white space or a plus sign."""
    return bool(name) and not any(
        mark == "+" or mark.isspace() or "\ud800" <= mark <= "\udfff" for mark in name
    )


def _sound_text(data: bytes) -> str:
    if len(data) > _LARGEST_NOTE:
        _refuse("size")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        _refuse("encoding")
    if any(mark < _FIRST_PRINTABLE and mark != "\n" for mark in set(text)):
        _refuse("control")
    if not text.endswith("\n"):
        _refuse("end")
    return text


def _signature(line: str, place: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not (line.startswith(_DASH) and space):
        _refuse("line", place)
    if not is_name(name):
        _refuse("name", place)
    if len(loose_bytes(encoded) or b"") <= _KEY_ID_BYTES:
        _refuse("line", place)
    return Signature(name, encoded)


def _refuse(why: str, place: str = "") -> NoReturn:
    raise FormatError("note.shape", _SHAPE.format(why=_WHY[why]), place)


def _refuse_vkey(found: str, why: str, place: str) -> NoReturn:
    raise FormatError("note.vkey", _VKEY.format(found=brief(found, 60), why=_WHY[why]), place)
