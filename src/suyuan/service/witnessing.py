"""Takes a folder; gives the witness that it holds, with or without a platform beside it."""

from pathlib import Path

from suyuan.kit import Clock, SuyuanError
from suyuan.kit.ids import Draw, random_key
from suyuan.ledger import witnessing
from suyuan.tlog.note import parse_vkey, vkey_text

WITNESS_FOLDER = "witness"
"""Where a platform's own witness lies in its data folder."""
LARGEST_REQUEST = 1_100_000
"""Bytes: a note has at most a million, and the proof before it 63 lines."""


def witness_key(folder: Path, name: str | None, *, draw: Draw = random_key) -> str:
    """The verifier key of a folder's witness; one is begun if there is none and a name is given.

    Raises:
        LedgerError: `witness.none`, `witness.name`; `witness.state`, the head of a log that it
            knows is gone or damaged; `witness.logs`, the keys of one that it cosigned are.
        FormatError: `ledger.file`, its key, or what it knows or was told to forget, is damaged;
            `witness.learned`, how far it learned is.
    """
    if name is None:
        witness = witnessing.open_witness(folder)
    else:
        witness = witnessing.begin_witness(folder, name=name, draw=draw)
    witnessing.require_heads(witness)
    return vkey_text(witness.key.vkey)


def witnessed_logs(folder: Path) -> list[str]:
    """The keys of the logs that a witness knows."""
    known = witnessing.known_logs(witnessing.open_witness(folder))
    return sorted(vkey_text(vkey) for vkeys in known.values() for vkey in vkeys)


def witness_log(folder: Path, vkey: str) -> None:
    """Cosign from now on for the log of a key.

    Raises:
        FormatError: it is no log's key.
    """
    witnessing.know_log(witnessing.open_witness(folder), parse_vkey(vkey, "VKEY"))


def learn_log_keys(folder: Path, receipt: bytes, clock: Clock) -> list[str]:
    """Cosign from now on for the keys that a log says it changed to; which those are.

    `receipt` proves the entry `log.keys` of the log itself, under a checkpoint that a key known
    here signed and this very witness cosigned: what somebody else was shown teaches nothing.
    Revoked keys are not forgotten by it, since a stolen key could say so of the rightful one, and
    what was forgotten does not come back by it.

    Raises:
        FormatError: it is no receipt, or of something else.
        ProofError: it does not hold, or not for this witness.
    """
    witness = witnessing.open_witness(folder)
    now = int(clock().timestamp())
    return [vkey_text(each) for each in witnessing.learn_keys(witness, receipt, time=now)]


def forget_log_key(folder: Path, vkey: str) -> None:
    """Cosign nothing more of a key, as when it was revoked.

    Raises:
        FormatError: it is no key.
    """
    witnessing.forget_key(witnessing.open_witness(folder), parse_vkey(vkey, "VKEY"))


def damage_of(folder: Path) -> SuyuanError | None:
    """What keeps the witness of a folder from answering; None: nothing, or none was begun."""
    try:
        if is_witness(folder):
            witness_key(folder, None)
    except SuyuanError as error:
        return error
    return None


def is_witness(folder: Path) -> bool:
    """Whether a witness was begun in a folder."""
    return witnessing.is_witness(folder)


def cosign(folder: Path, body: bytes, clock: Clock) -> witnessing.Answer:
    """Answer one request of a log.

    Raises:
        LedgerError: the witness's files are damaged; nothing was signed.
    """
    time = int(clock().timestamp())
    return witnessing.add_checkpoint(witnessing.open_witness(folder), body, time=time)
