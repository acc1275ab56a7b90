"""Private keys as one line of text, in the form of golang.org/x/mod/sumdb/note.

    PRIVATE+KEY+NAME+ID+base64(type ‖ seed)

A file with such a line is for development and small installations; it is only as safe as the
file is.
"""

from typing import Final, NoReturn

from suyuan.kit import Text
from suyuan.tlog.encoding import encode, read_bytes
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import COSIGNATURE, ED25519, OTHER, SM2_PREFIX, is_name
from suyuan.tlog.signing import Key, key_of
from suyuan.tlog.suites import Ed25519Signer, Sm2Signer

SEED_BYTES: Final = 32
_HEAD: Final = "PRIVATE+KEY+"
_SHAPE: Final = Text(
    "这不是私钥行：应为 PRIVATE+KEY+名称+编号+Base64，编号与公钥一致；请使用原始文件。",
    "This is no private key: its form is PRIVATE+KEY+NAME+ID+BASE64, and the id is that of the "
    "public key; use the file as it was made.",
)


def ed25519_key(name: str, seed: bytes, *, cosigner: bool = False) -> Key:
    """An Ed25519 key from 32 secret bytes."""
    return key_of(name, Ed25519Signer(seed), cosigner=cosigner)


def sm2_key(name: str, private: bytes) -> Key:
    """An SM2 key from 32 secret bytes, a number from 1 to n-2."""
    return key_of(name, Sm2Signer(private))


def parse_skey(text: str) -> Key:
    """A key from its private line.

    Raises:
        FormatError: `keys.shape`, `tlog.base64`; the message never holds the key.
        SuiteError: this machine cannot compute with it.
    """
    line = text.strip()
    name, _, rest = line.removeprefix(_HEAD).partition("+")
    shown, _, encoded = rest.partition("+")
    if not (line.startswith(_HEAD) and is_name(name)):
        _refuse()
    key = _key(name, read_bytes(encoded, "skey"))
    if shown != key.vkey.id.hex():
        _refuse()
    return key


def skey_identity(text: str) -> tuple[str, bytes]:
    """The name and id that a private line shows; nothing is computed, so nothing is proven.

    Raises:
        FormatError: `keys.shape`.
    """
    name, _, rest = text.strip().removeprefix(_HEAD).partition("+")
    try:
        return name, bytes.fromhex(rest.partition("+")[0])
    except ValueError:
        return _refuse()


def skey_text(key: Key, seed: bytes) -> str:
    """The private line of a key that was made from `seed`."""
    typed = bytes([key.vkey.kind]) + (SM2_PREFIX if key.vkey.kind == OTHER else b"") + seed
    return f"{_HEAD}{key.vkey.name}+{key.vkey.id.hex()}+{encode(typed)}"


def _key(name: str, typed: bytes) -> Key:
    seed = typed[-SEED_BYTES:]
    if typed == bytes([ED25519]) + seed:
        return ed25519_key(name, seed)
    if typed == bytes([COSIGNATURE]) + seed:
        return ed25519_key(name, seed, cosigner=True)
    if typed == bytes([OTHER]) + SM2_PREFIX + seed:
        return sm2_key(name, seed)
    return _refuse()


def _refuse() -> NoReturn:
    raise FormatError("keys.shape", _SHAPE, "skey")
