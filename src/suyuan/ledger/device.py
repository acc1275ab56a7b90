"""A key that a device holds and never shows: Ed25519 over PKCS#11 (OASIS PKCS #11 v3.0, 6.3.16).

Which one is said by a URI of RFC 7512, kept in the log's folder in the place of the key itself:

    DEVICE+KEY <verifier key> pkcs11:token=T;object=O?module-path=/usr/lib/m.so&pin-source=/etc/pin

`pin-source` is a file with the PIN, for the owner alone; `pin-value` has it in the URI. The library
is an extra of this package and is loaded when something is to be signed.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import unquote, urlsplit

from suyuan.kit import Text
from suyuan.tlog.errors import SuiteError
from suyuan.tlog.note import ED25519, VKey, parse_vkey, vkey_text
from suyuan.tlog.signing import Key, key_of
from suyuan.tlog.suites import Algorithm, verifies

_HEAD: Final = "DEVICE+KEY"
_POINT_BYTES: Final = 32
_DER_POINT: Final = b"\x04\x20"  # an OCTET STRING of 32 bytes, as most devices wrap the point
_SHAPE: Final = Text(
    "{uri} 不是可用的 PKCS#11 URI：应有 token、object 和 module-path（RFC 7512）。",
    "{uri} is no PKCS#11 URI to go by: it needs token, object and module-path (RFC 7512).",
)
_EXTRA: Final = Text(
    "没有 PKCS#11 支持；请安装：pip install 'suyuan[device]'。",
    "There is no support for PKCS#11 here; install it: pip install 'suyuan[device]'.",
)
_FAILED: Final = Text(
    "设备没有签名（{why}）：请检查模块路径、令牌、PIN 和密钥标签；密钥须为 Ed25519。",
    "The device did not sign ({why}): check module path, token, PIN and the key's label; the key "
    "is one of Ed25519.",
)
_OTHER: Final = Text(
    "设备里的密钥不是 {vkey}：令牌被更换，或签名有误；不签名。",
    "The key in the device is not {vkey}: the token was changed, or it signs wrongly; nothing is "
    "signed.",
)


class DeviceSigner:
    """A private key in a device; each signature is a session of its own, and is verified."""

    algorithm: Final = Algorithm.ED25519

    def __init__(self, uri: str, public: bytes) -> None:
        self._place = _place(uri)
        self.uri: Final = uri
        self.public: Final = public

    def sign(self, message: bytes) -> bytes:
        """64 bytes.

        Raises:
            SuiteError: `suite.device`, with what is to be checked; never the PIN.
        """
        with _session(self._place) as (session, pkcs11):
            key = _key(session, self._place, pkcs11, pkcs11.ObjectClass.PRIVATE_KEY)
            made = bytes(key.sign(message, mechanism=pkcs11.Mechanism.EDDSA))
        if not verifies(self.algorithm, self.public, message, made):
            text = _OTHER.format(vkey=self.public.hex())
            raise SuiteError("suite.device", text, self.uri.partition("?")[0])
        return made


def device_key(name: str, uri: str) -> Key:
    """The key of a device under a log's name; its public half is read from the device.

    Raises:
        SuiteError: `suite.device`, `suite.device-uri`, `suite.device-extra`.
    """
    place = _place(uri)
    with _session(place) as (session, pkcs11):
        found = _key(session, place, pkcs11, pkcs11.ObjectClass.PUBLIC_KEY)
        point = bytes(found[pkcs11.Attribute.EC_POINT])
    public = point.removeprefix(_DER_POINT) if len(point) > _POINT_BYTES else point
    if len(public) != _POINT_BYTES:
        raise _failed("EC_POINT")
    return key_of(name, DeviceSigner(uri, public))


def device_text(key: Key, uri: str) -> str:
    """The line that stands in the place of a private key."""
    return f"{_HEAD} {vkey_text(key.vkey)} {uri}"


def is_device(text: str) -> bool:
    """Whether a key file names a device."""
    return text.startswith(f"{_HEAD} ")


def parse_device(text: str) -> Key:
    """The key of such a line; the device is not asked yet.

    Raises:
        FormatError: the verifier key is none.
        SuiteError: `suite.device-uri`.
    """
    _, shown, uri = (*text.split(), "", "")[:3]
    vkey: VKey = parse_vkey(shown, _HEAD)
    if vkey.kind != ED25519:
        _refuse(uri)
    return Key(vkey, DeviceSigner(uri, vkey.key))


def _place(uri: str) -> Mapping[str, str]:
    """What a URI says, by name."""
    parts = urlsplit(uri)
    pairs = re.split("[;&]", f"{parts.path};{parts.query}")
    said = {name: unquote(value) for name, _, value in (each.partition("=") for each in pairs)}
    if parts.scheme != "pkcs11" or not all(said.get(n) for n in ("token", "object", "module-path")):
        _refuse(uri)
    return said


@contextmanager
def _session(place: Mapping[str, str]) -> Iterator[tuple[Any, Any]]:
    try:
        import pkcs11  # noqa: PLC0415 -- an extra, needed where a device is
    except ImportError as error:
        raise SuiteError("suite.device-extra", _EXTRA) from error
    try:
        token = pkcs11.lib(place["module-path"]).get_token(token_label=place["token"])
        with token.open(user_pin=_pin(place)) as session:
            yield session, pkcs11
    except (pkcs11.PKCS11Error, RuntimeError, OSError, ValueError) as error:
        raise _failed(type(error).__name__) from error


def _key(session: Any, place: Mapping[str, str], pkcs11: Any, kind: Any) -> Any:
    return session.get_key(
        label=place["object"], object_class=kind, key_type=pkcs11.KeyType.EC_EDWARDS
    )


def _pin(place: Mapping[str, str]) -> str | None:
    source = place.get("pin-source", "").removeprefix("file:")
    return Path(source).read_text("utf-8").strip() if source else place.get("pin-value")


def _failed(why: str) -> SuiteError:
    return SuiteError("suite.device", _FAILED.format(why=why))


def _refuse(uri: str) -> NoReturn:
    shown = uri.partition("?")[0][:100]  # a PIN may follow
    raise SuiteError("suite.device-uri", _SHAPE.format(uri=shown), "URI")
