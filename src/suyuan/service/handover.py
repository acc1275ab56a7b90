"""Takes a platform whose log was given a new key; gives how far its witnesses are, and the end.

From a rotation on the old key signs beside the new one, so that who knows the old alone goes on.
"""

from msgspec import Struct

from suyuan.ledger import asking, keys, publishing
from suyuan.ledger.types import LedgerError
from suyuan.service.attesting import log_keys_changed, log_of
from suyuan.service.platform import Platform
from suyuan.tlog.note import vkey_text


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
