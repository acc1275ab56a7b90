"""Takes a platform with keys that come or go; gives how far its witnesses are, and the end.

From a rotation on the old key signs beside the new one, so that who knows the old alone goes on.
"""

from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.ledger import asking, keys, publishing, retiring
from suyuan.ledger.types import LedgerError
from suyuan.service.attesting import log_keys_changed, log_of
from suyuan.service.platform import Platform
from suyuan.tlog.note import parse_vkey, vkey_text

_SILENT: Final = Text(
    "{key} 在本机不签名，日志只以 Ed25519 继续：{why}"
    "不再使用它时：suyuan ledger retire-sm2；它签过的照旧可核验。",
    "{key} does not sign on this machine, and the log goes on with Ed25519 alone: {why} To do "
    "without it for good: suyuan ledger retire-sm2; what it signed still verifies.",
)


class Handover(Struct, frozen=True):
    """How a rotation stands: the rotated keys that still sign, and which witnesses lack the new.

    `refused` says why the quorum would not be met by the present keys alone; None where it is.
    """

    signing: tuple[str, ...]
    missing: tuple[asking.Missing, ...] = ()
    refused: LedgerError | None = None


def standing(platform: Platform) -> Handover:
    """Ask the witnesses whether they cosign what the present keys alone signed; nothing changes."""
    signing = tuple(vkey_text(each.vkey) for each in log_of(platform).handover)
    if not signing:
        return Handover(())
    try:
        log, now = log_of(platform), platform.clock()
        return Handover(signing, publishing.not_taken(platform.store, log, now=now))
    except LedgerError as error:
        if error.code != "ledger.handover":
            raise
        return Handover(signing, refused=error)


def end(platform: Platform, *, anyway: bool = False) -> list[str]:
    """Have the present keys alone sign from now on; the keys that verify this log.

    Raises:
        LedgerError: `ledger.handover`, too few witnesses know them yet; not if `anyway`.
    """
    if not anyway and (refused := standing(platform).refused):
        raise refused
    keys.end_handover(log_of(platform))
    return log_keys_changed(platform)


def silent(platform: Platform) -> list[Text]:
    """Of each key of the log that does not sign on this machine, that it does not, and the way on.

    The log signs on with Ed25519.
    """
    return [_SILENT.format(key=each.shown, why=each.why) for each in log_of(platform).silent]


def retire_sm2(platform: Platform, vkey: str | None = None) -> list[str]:
    """Destroy the SM2 key and log that; the keys that verify this log then.

    Raises:
        FormatError: `vkey`, its public key where it was not kept, is no key.
        LedgerError: `ledger.no-sm2`, `ledger.sm2-public`.
    """
    given = None if vkey is None else parse_vkey(vkey, "VKEY")
    retiring.retire_sm2(log_of(platform), given)
    return log_keys_changed(platform)
