"""Signature algorithms by one interface: Ed25519 always, SM2 beside it, ML-DSA-44 to verify.

`Signer` is what holds a private key. Here are the drivers of keys in files, which are for
development and small installations; a device (PKCS#11) is one more driver of the same shape.
What is computed by a library is imported when it is needed, so that reading formats and
checking trees need none.
"""

from enum import StrEnum
from typing import Final, NoReturn, Protocol

from suyuan.kit import Text
from suyuan.tlog import sm2
from suyuan.tlog.errors import SuiteError


class Algorithm(StrEnum):
    """What can be verified here."""

    ED25519 = "ed25519"
    """RFC 8032; keys of 32 bytes, signatures of 64."""
    ML_DSA_44 = "ml-dsa-44"
    """FIPS 204, pure, empty context; keys of 1,312 bytes, signatures of 2,420. Verified only."""
    SM2 = "sm2"
    """GB/T 32918.2 with SM3 and the default id; keys of 65 bytes, signatures r ‖ s of 64."""


class Signer(Protocol):
    """Somebody who signs with one private key and does not show it."""

    @property
    def algorithm(self) -> Algorithm:
        """What the signatures are."""

    @property
    def public(self) -> bytes:
        """The public key, in the encoding that `Algorithm` names."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, in the encoding that `Algorithm` names."""


_MISSING: Final = Text(
    "本机的密码库不支持 {name}，无法验证；请安装 cryptography 50 或更新版本。",
    "The cryptographic library here does not know {name}, so nothing can be said of it; "
    "install cryptography 50 or newer.",
)


class Ed25519Signer:
    """A private key held in memory, made from its 32-byte seed (RFC 8032 section 5.1.5)."""

    algorithm: Final = Algorithm.ED25519

    def __init__(self, seed: bytes) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
        except ImportError:
            _missing(Algorithm.ED25519)
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        self.public: Final = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes; equal messages have equal signatures."""
        return self._key.sign(message)


class Sm2Signer:
    """A private key held in memory, signing through the system's libcrypto."""

    algorithm: Final = Algorithm.SM2

    def __init__(self, private: bytes) -> None:
        self._key = sm2.PrivateKey(private)
        self.public: Final = self._key.public

    def sign(self, message: bytes) -> bytes:
        """64 bytes, r ‖ s; equal messages have different signatures."""
        return self._key.sign(message)


def verifies(algorithm: Algorithm, public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the private key signed the message; keys that are none verify none.

    Raises:
        SuiteError: `suite.missing`, `suite.libcrypto`: this machine cannot tell.
    """
    match algorithm:
        case Algorithm.ED25519:
            return _ed25519_verifies(public, message, signature)
        case Algorithm.ML_DSA_44:
            return _ml_dsa_verifies(public, message, signature)
        case Algorithm.SM2:
            return sm2.verifies(public, message, signature)


def _ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
    except ImportError:
        _missing(Algorithm.ED25519)
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _ml_dsa_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        from cryptography.exceptions import (  # noqa: PLC0415
            InvalidSignature,
            UnsupportedAlgorithm,
        )
        from cryptography.hazmat.primitives.asymmetric import mldsa  # noqa: PLC0415
    except ImportError:
        _missing(Algorithm.ML_DSA_44)
    try:
        mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm:
        _missing(Algorithm.ML_DSA_44)
    return True


def _missing(algorithm: Algorithm) -> NoReturn:
    raise SuiteError("suite.missing", _MISSING.format(name=algorithm.value))
