"""What a thief of a log's key can have a witness cosign, and what stays the owner's."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from suyuan.ledger.witnessing import (
    Witness,
    add_checkpoint,
    begin_witness,
    forget_key,
    know_log,
    known_logs,
)
from suyuan.service.witnessing import witness_key
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.errors import FormatError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes
from suyuan.tlog.shards import renamed
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tree import leaf_hash
from suyuan.tlog.witness import request_bytes

LOG = "log.example"
STOLEN, NEW = (ed25519_key(LOG, bytes([at]) * 32) for at in (1, 2))
SUMMER = "2027-07-01T00:00:00+08:00"
NEW_YEAR = "2027-12-31T23:{}+08:00"


def at(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def status(witness: Witness, key: Key, shard: str, time: str = SUMMER) -> int:
    """What is answered to who begins a shard with a key."""
    origin = LOG + shard
    text = checkpoint_text(Checkpoint(origin, 1, leaf_hash(b"x")))
    note = Note(text, (sign(text, Key(renamed(key.vkey, origin), key.signer)),))
    return add_checkpoint(witness, request_bytes(0, (), note_bytes(note)), time=at(time)).status


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """One that knows the log by the key that is stolen later."""
    made = begin_witness(tmp_path / "w", name="w.example/1", draw=os.urandom)
    know_log(made, STOLEN.vkey)
    return made


@pytest.mark.parametrize("shard", ["/9999", "/2029", "/2028"])
def test_a_stolen_key_takes_no_year_to_come_from_its_owner(witness: Witness, shard: str) -> None:
    assert status(witness, STOLEN, shard) == 403
    assert LOG + shard not in known_logs(witness)
    forget_key(witness, STOLEN.vkey)
    know_log(witness, NEW.vkey)
    assert status(witness, NEW, "/2027") == 200


def test_a_year_that_has_not_come_is_refused_with_its_reason(witness: Witness) -> None:
    origin = f"{LOG}/2028"
    text = checkpoint_text(Checkpoint(origin, 1, leaf_hash(b"x")))
    note = Note(text, (sign(text, Key(renamed(STOLEN.vkey, origin), STOLEN.signer)),))
    answer = add_checkpoint(witness, request_bytes(0, (), note_bytes(note)), time=at(SUMMER))
    assert origin.encode() in answer.body
    assert "尚未到来".encode() in answer.body
    assert b"has not come" in answer.body


def test_a_year_has_come_when_it_has_in_china_give_or_take_what_clocks_differ_by(
    witness: Witness,
) -> None:
    assert status(witness, STOLEN, "/2028", NEW_YEAR.format("54:59")) == 403
    assert status(witness, STOLEN, "/2028", NEW_YEAR.format("55:00")) == 200


def test_a_log_that_is_known_by_the_name_of_a_year_is_no_shard_of_another(tmp_path: Path) -> None:
    made = begin_witness(tmp_path / "w", name="w.example/1", draw=os.urandom)
    know_log(made, renamed(STOLEN.vkey, f"{LOG}/9999"))
    assert status(made, STOLEN, "/9999") == 200


def test_damage_to_what_is_forgotten_is_told_before_anybody_is_answered(witness: Witness) -> None:
    """By `witness keys` and at the start of `witness serve`; once it is whole all goes on."""
    forget_key(witness, STOLEN.vkey)
    path = witness.folder / "forgotten"
    whole = path.read_bytes()
    for damaged in (b"\xff", whole[:-9], b"nothing\n"):
        path.write_bytes(damaged)
        with pytest.raises(FormatError) as caught:
            witness_key(witness.folder, None)
        assert (caught.value.code, caught.value.place) == ("ledger.file", str(path))
    path.write_bytes(whole)
    assert witness_key(witness.folder, None)
