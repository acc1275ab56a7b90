"""The SM2 key of a log beside its Ed25519 key: its public half kept, and the whole retired.

Neither computes with the private number, so both go with any libcrypto.
"""

from suyuan.kit.durable import remove
from suyuan.ledger import words
from suyuan.ledger.files import held, is_there, parsed
from suyuan.ledger.keys import ROTATED, SM2, Log, publics, put_off, read_log
from suyuan.ledger.restored import require_current
from suyuan.ledger.silent import PUBLIC, keep_public
from suyuan.ledger.types import LedgerError
from suyuan.tlog.keys import skey_identity
from suyuan.tlog.note import VKey


def keep_publics(log: Log) -> None:
    """Keep the public key of the SM2 key, where it was made before that was done."""
    if any(each.vkey not in publics(log.folder) for each in log.keys[1:]):
        with held(log.lock):
            for each in read_log(log.folder).keys[1:]:
                keep_public(log.folder, each)


def retire_sm2(log: Log, given: VKey | None = None) -> Log:
    """The log without its SM2 key, which is destroyed; what it signed verifies as before.

    Nothing is computed with it. `given` is its public key, where that was not kept.

    Raises:
        LedgerError: `ledger.no-sm2`; `ledger.sm2-public`, its public key is not known.
    """
    with held(log.lock):
        log = read_log(log.folder)
        require_current(log.folder)
        path = log.folder / SM2
        if not is_there(path):
            raise LedgerError("ledger.no-sm2", words.NO_SM2, str(path), status=404)
        name, number = parsed(path, skey_identity)
        known = [*log.vkeys, *log.rotated, *log.revoked, *([given] if given else [])]
        found = [each for each in known if (each.name, each.id) == (name, number)]
        if not found or (given and given != found[0]):
            text = words.RETIRES.format(key=f"{name}+{number.hex()}")
            raise LedgerError("ledger.sm2-public", text, "VKEY", status=409)
        put_off(log, found[0], ROTATED)
        remove(path)
        remove(log.folder / PUBLIC)
        return read_log(log.folder)
