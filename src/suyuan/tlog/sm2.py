"""SM2 signatures (GB/T 32918.2) by the system's libcrypto 3, through its EVP interface.

The message is hashed with SM3 behind the signer's id and key (GB/T 32918.2 section 5.5); the id
is the default of GM/T 0009, always, because a verifier must know it and no format carries it.

No Python package is used: the popular pure one draws its nonces from `random`, whose state can
be learnt, and with one nonce goes the private key.
"""

import ctypes
import sys
from functools import cache
from typing import Any, Final, NoReturn

from suyuan.kit import Text
from suyuan.tlog.errors import FormatError, SuiteError
from suyuan.tlog.weak import is_sm2_point

SIGNER_ID: Final = b"1234567812345678"
PRIVATE_BYTES: Final = 32
PUBLIC_BYTES: Final = 65
"""An uncompressed point: 0x04 ‖ x ‖ y."""
SIGNATURE_BYTES: Final = 64
"""r ‖ s, big-endian: one spelling, where DER has several."""

_NAMES: Final = (
    ("libcrypto-3-x64.dll", "libcrypto-3.dll")
    if sys.platform == "win32"
    else ("libcrypto.so.3", "libcrypto.3.dylib")
)
_OLDEST: Final = 0x30000000
# From 3.2 on the multiplication of the nonce branches on its bits (openssl#31133), and
# CVE-2025-9231 is of the same releases; with the nonce goes the key. Later ones are unproven.
_SAFE_TO_SIGN: Final = range(0x30000000, 0x30200000)
# AlgorithmIdentifier { ecPublicKey, 1.2.156.10197.1.301 }, within SubjectPublicKeyInfo (RFC 5280)
# and, for the private key, ECPrivateKey (RFC 5915) with the same curve.
_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_SEC1: Final = bytes.fromhex("30310201010420"), bytes.fromhex("a00a06082a811ccf5501822d")
_EVP_PKEY_SM2: Final = 1172
_ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

_ABSENT: Final = Text(
    "本机没有可用的 libcrypto 3，无法计算 SM2；请安装 OpenSSL 3（Debian：libssl3）。",
    "There is no usable libcrypto 3 here, so SM2 cannot be computed; "
    "install OpenSSL 3 (Debian: libssl3).",
)
_WEAK: Final = Text(
    "本机 libcrypto {version} 的 SM2 签名有已知的计时泄漏，不用于签名；"
    "请使用密码机，或 OpenSSL 3.0、3.1。",
    "The SM2 signing of libcrypto {version} is known to leak through its timing, so it does not "
    "sign; use a hardware module, or OpenSSL 3.0 or 3.1.",
)
_KEY: Final = Text(
    "这不是 SM2 私钥：应为 32 字节、1 至 n-2 的整数；请重新生成。",
    "This is no SM2 private key: it is 32 bytes, a number from 1 to n-2; make a new one.",
)


class PrivateKey:
    """A private key in libcrypto's hands."""

    def __init__(self, private: bytes) -> None:
        lib = _signing_library()
        sound = len(private) == PRIVATE_BYTES and 1 <= int.from_bytes(private) <= _ORDER - 2
        key = sound and _read(lib.d2i_PrivateKey, _EVP_PKEY_SM2, private.join(_SEC1))
        if not key:
            lib.ERR_clear_error()
            raise FormatError("suite.sm2-key", _KEY)
        self._key: Final = key
        self.public: Final = _public(lib, key)

    def __reduce__(self) -> NoReturn:
        # A copy would free the same key twice, and a pickle would carry it away.
        raise TypeError("a private key is not copied")

    def __del__(self) -> None:
        if key := getattr(self, "_key", None):
            _library().EVP_PKEY_free(key)

    def sign(self, message: bytes) -> bytes:
        """The signature r ‖ s over a message."""
        lib = _library()
        room, length = ctypes.create_string_buffer(80), ctypes.c_size_t(80)
        with _Operation(lib, self._key) as context:
            done = lib.EVP_DigestSignInit(context, None, lib.EVP_sm3(), None, self._key) == 1
            done = done and (
                lib.EVP_DigestSign(context, room, ctypes.byref(length), message, len(message)) == 1
            )
        if not done:
            raise SuiteError("suite.libcrypto", _ABSENT)
        return _from_der(room.raw[: length.value])


def verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (r ‖ s) over a message is of the holder of this public key.

    Raises:
        SuiteError: `suite.libcrypto`.
    """
    lib = _library()
    if not is_sm2_point(public) or len(signature) != SIGNATURE_BYTES:
        return False
    key = _read(lib.d2i_PUBKEY, _SPKI + public)
    if not key:
        lib.ERR_clear_error()
        return False
    der = _to_der(signature)
    try:
        with _Operation(lib, key) as context:
            return _agrees(lib, context, key, der, message)
    finally:
        lib.ERR_clear_error()
        lib.EVP_PKEY_free(key)


def _agrees(lib: ctypes.CDLL, context: int, key: int, der: bytes, message: bytes) -> bool:
    ready: int = lib.EVP_DigestVerifyInit(context, None, lib.EVP_sm3(), None, key)
    if ready != 1:
        return False
    answer: int = lib.EVP_DigestVerify(context, der, len(der), message, len(message))
    return answer == 1  # 0 is no, and below 0 is an error


class _Operation:
    """A digest context that knows the signer's id, freed at the end."""

    def __init__(self, lib: ctypes.CDLL, key: int) -> None:
        self._lib = lib
        self._context = lib.EVP_MD_CTX_new()
        self._inner = lib.EVP_PKEY_CTX_new(key, None)
        lib.EVP_PKEY_CTX_set1_id(self._inner, SIGNER_ID, len(SIGNER_ID))
        lib.EVP_MD_CTX_set_pkey_ctx(self._context, self._inner)

    def __enter__(self) -> int:
        context: int = self._context
        return context

    def __exit__(self, *_: object) -> None:
        self._lib.EVP_MD_CTX_free(self._context)
        self._lib.EVP_PKEY_CTX_free(self._inner)


def _read(decode: Any, *words: Any) -> int:
    """The key that one of libcrypto's decoders makes of DER, the last word; 0 if it is none."""
    *before, der = words
    start = ctypes.c_char_p(der)
    return decode(*before, None, ctypes.byref(start), len(der)) or 0


def _public(lib: ctypes.CDLL, key: int) -> bytes:
    room, length = ctypes.create_string_buffer(PUBLIC_BYTES), ctypes.c_size_t(0)
    lib.EVP_PKEY_get_octet_string_param(
        key, b"encoded-pub-key", room, PUBLIC_BYTES, ctypes.byref(length)
    )
    return room.raw


def _to_der(signature: bytes) -> bytes:
    """SEQUENCE { r INTEGER, s INTEGER }, each as short as it can be."""
    halves = (signature[:32], signature[32:])
    shortest = (half.lstrip(b"\0") or b"\0" for half in halves)
    numbers = (b"\0" + half if half[0] & 0x80 else half for half in shortest)
    body = b"".join(bytes([2, len(number)]) + number for number in numbers)
    return bytes([0x30, len(body)]) + body


def _from_der(der: bytes) -> bytes:
    """The inverse, for what libcrypto wrote."""
    r_end = 4 + der[3]
    numbers = (der[4:r_end], der[r_end + 2 :])
    return b"".join(int.from_bytes(number).to_bytes(32) for number in numbers)


def _signing_library() -> ctypes.CDLL:
    lib = _library()
    version = lib.OpenSSL_version_num()
    if version not in _SAFE_TO_SIGN:
        shown = f"{version >> 28}.{version >> 20 & 0xFF}"
        raise SuiteError("suite.weak", _WEAK.format(version=shown))
    return lib


@cache
def _library() -> ctypes.CDLL:
    for name in _NAMES:
        try:
            lib = ctypes.CDLL(name)
            lib.OpenSSL_version_num.restype = ctypes.c_ulong
            if lib.OpenSSL_version_num() >= _OLDEST:
                return _declared(lib)
        except (OSError, AttributeError):
            continue
    raise SuiteError("suite.libcrypto", _ABSENT)


def _declared(lib: ctypes.CDLL) -> ctypes.CDLL:
    """Tell ctypes what each function takes: a pointer cut to an int would crash."""
    pointer, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    place = ctypes.POINTER(text)
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "EVP_MD_CTX_new": (pointer, []),
        "EVP_MD_CTX_free": (None, [pointer]),
        "EVP_PKEY_CTX_new": (pointer, [pointer, pointer]),
        "EVP_PKEY_CTX_free": (None, [pointer]),
        "EVP_PKEY_CTX_set1_id": (ctypes.c_int, [pointer, text, ctypes.c_int]),
        "EVP_MD_CTX_set_pkey_ctx": (None, [pointer, pointer]),
        "EVP_sm3": (pointer, []),
        "EVP_DigestSignInit": (ctypes.c_int, [pointer] * 5),
        "EVP_DigestSign": (ctypes.c_int, [pointer, text, ctypes.POINTER(size), text, size]),
        "EVP_DigestVerifyInit": (ctypes.c_int, [pointer] * 5),
        "EVP_DigestVerify": (ctypes.c_int, [pointer, text, size, text, size]),
        "d2i_PUBKEY": (pointer, [pointer, place, ctypes.c_long]),
        "d2i_PrivateKey": (pointer, [ctypes.c_int, pointer, place, ctypes.c_long]),
        "EVP_PKEY_get_octet_string_param": (
            ctypes.c_int,
            [pointer, text, text, size, ctypes.POINTER(size)],
        ),
        "EVP_PKEY_free": (None, [pointer]),
        "ERR_clear_error": (None, []),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib
