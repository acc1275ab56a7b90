"""Keys of SM2 that this machine's libcrypto does not compute with: named, and silent.

With a library whose signing leaks nothing is done with the private number, not even its public
key is computed. So that is kept beside it where it is made, and found again by the private line's
name and id.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.durable import write_whole
from suyuan.ledger.device import is_device, parse_device
from suyuan.ledger.files import data_of, each_line
from suyuan.tlog.errors import FormatError, SuiteError
from suyuan.tlog.keys import parse_skey, skey_identity
from suyuan.tlog.note import VKey, parse_vkey, vkey_text
from suyuan.tlog.signing import Key
from suyuan.tlog.suites import Algorithm

PUBLIC: Final = "log-sm2.pub"
"""The file in the log's folder with the public key of its SM2 key."""
_UNABLE: Final = {"suite.weak", "suite.libcrypto"}


class Silent(Struct, frozen=True):
    """A key that does not sign here, and why; `vkey` is None where its public key was not kept."""

    name: str
    id: bytes
    why: Text
    vkey: VKey | None

    @property
    def shown(self) -> str:
        """Its public key, or what is known of it: name and id."""
        return vkey_text(self.vkey) if self.vkey else f"{self.name}+{self.id.hex()}"


def read_key(text: str, known: Iterable[VKey]) -> Key | Silent:
    """The key of a private line or a device; silent if it is of SM2 and cannot be computed with.

    Raises:
        FormatError: it is no key.
        SuiteError: this machine lacks what Ed25519 needs, or the device does.
    """
    if is_device(text):
        return parse_device(text)
    try:
        return parse_skey(text)
    except SuiteError as error:
        if error.code not in _UNABLE:
            raise
        name, number = skey_identity(text)
        named = (each for each in known if (each.name, each.id) == (name, number))
        return Silent(name, number, error.text, next(named, None))


def kept_public(folder: Path) -> Sequence[VKey]:
    """The public key that was kept of the SM2 key; none where it was lost, or never kept.

    Raises:
        FormatError: `ledger.file`, what has its name is no file that could be read.
    """
    data_of(path := folder / PUBLIC)  # what is no file at all is never replaced
    with suppress(FormatError):  # where it can be computed it is kept anew
        return each_line(path, lambda line: parse_vkey(line, PUBLIC))
    return ()


def require_public(folder: Path) -> None:
    """See that the kept public key, where there is one, can be read.

    Raises:
        FormatError: `ledger.file`.
    """
    each_line(folder / PUBLIC, lambda line: parse_vkey(line, PUBLIC))


def keep_public(folder: Path, key: Key) -> None:
    """Keep the public key of an SM2 key; the lock of the folder is held."""
    if key.signer.algorithm is Algorithm.SM2 and list(kept_public(folder)) != [key.vkey]:
        write_whole(folder / PUBLIC, f"{vkey_text(key.vkey)}\n".encode())
