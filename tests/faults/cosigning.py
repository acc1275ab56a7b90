"""A witness that is hit while it cosigns, and what must hold of it after the blow."""

import os
from pathlib import Path
from typing import Any, Final

from faulty import Outcome

from suyuan.ledger.witnessing import add_checkpoint, begin_witness, know_log, open_witness
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.signing import sign
from suyuan.tlog.tree import leaf_hash, nodes, span_hash
from suyuan.tlog.witness import request_bytes

NOW: Final = 1_790_000_000
LOG: Final = ed25519_key("log.example/f", bytes(range(32)))
OLD, NEW = 3, 7
ENTRIES: Final = [str(at).encode() for at in range(NEW)]
OTHERS: Final = [*ENTRIES[:OLD], b"other", *ENTRIES[OLD + 1 :]]
"""Another history, which goes on from the same beginning."""


def asked(old: int, size: int, entries: list[bytes]) -> bytes:
    """What the log sends to have a checkpoint cosigned."""
    node = nodes([leaf_hash(each) for each in entries])
    text = checkpoint_text(Checkpoint(LOG.vkey.name, size, span_hash(node, 0, size)))
    path = consistency_proof(node, old, size) if old else ()
    return request_bytes(old, path, note_bytes(Note(text, (sign(text, LOG),))))


def order(folder: Path) -> dict[str, Any]:
    """A witness that cosigned the beginning, and the request that it is hit at."""
    witness = begin_witness(folder, name="w.example/f", draw=os.urandom)
    know_log(witness, LOG.vkey)
    assert status(folder, asked(0, OLD, ENTRIES)) == 200
    return {
        "target": str(folder), "request": asked(OLD, NEW, ENTRIES).decode(), "time": NOW,
    }  # fmt: skip


def status(folder: Path, request: bytes) -> int:
    return add_checkpoint(open_witness(folder), request, time=NOW).status


def after(done: Outcome, folder: Path) -> None:
    """It goes on by itself, and of two histories cosigns the one that it gave its word for."""
    other = status(folder, asked(OLD, NEW, OTHERS))
    assert other == 409 if done.acked else other in (200, 409)
    own = asked(NEW, NEW, ENTRIES)
    assert status(folder, own) == (409 if other == 200 else 200)
    assert status(folder, asked(OLD, NEW, ENTRIES)) == 409, "nothing goes back"
