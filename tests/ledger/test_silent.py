"""A log with an SM2 key, where the machine's libcrypto is not safe to sign with SM2."""

import os
from pathlib import Path

import pytest

from suyuan.ledger import keys, retiring, silent
from suyuan.ledger.keys import Log
from suyuan.ledger.types import LedgerError
from suyuan.tlog import sm2
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.errors import SuiteError
from suyuan.tlog.note import note_bytes
from suyuan.tlog.signing import open_note
from suyuan.tlog.tree import EMPTY_ROOT


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """One with both keys, made where that is safe."""
    if sm2._library().OpenSSL_version_num() not in sm2._SAFE_TO_SIGN:
        pytest.skip("libcrypto does not sign with SM2")
    keys.open_log(tmp_path / "log", origin="log.example", draw=os.urandom)
    return keys.add_sm2(keys.read_log(tmp_path / "log"), draw=os.urandom)


def weaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is not safe, and fails the test if it is given a private number."""

    def refuse(*_: object) -> None:
        raise AssertionError("computed with a private key")

    monkeypatch.setattr(sm2, "_SAFE_TO_SIGN", range(0))
    for name in ("d2i_PrivateKey", "EVP_DigestSignInit", "EVP_DigestSign"):
        monkeypatch.setattr(sm2._library(), name, refuse)


def note_of(log: Log) -> bytes:
    return note_bytes(keys.signed(log, Checkpoint("log.example", 0, EMPTY_ROOT)))


def test_the_log_signs_on_with_ed25519_and_names_the_other_key(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = note_of(log)
    weaken(monkeypatch)
    found = keys.read_log(log.folder)
    assert found.vkeys == log.vkeys
    assert [each.vkey for each in found.silent] == [log.vkeys[1]]
    assert {each.vkey for each in open_note(note_of(found), log.vkeys).signed} == {log.vkeys[0]}
    # what SM2 signed in its time is still verified by it
    assert {each.vkey for each in open_note(before, found.vkeys).signed} == set(log.vkeys)
    monkeypatch.undo()
    assert keys.read_log(log.folder).silent == ()
    again = open_note(note_of(keys.read_log(log.folder)), log.vkeys)
    assert {each.vkey for each in again.signed} == set(log.vkeys)


@pytest.mark.parametrize("damage", [None, b"", b"\xff\xfe", b"log.example+00000000+AAAA"])
def test_a_public_key_that_was_not_kept_is_kept_where_it_can_be_computed(
    log: Log, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    path = log.folder / silent.PUBLIC
    path.unlink() if damage is None else path.write_bytes(damage)
    with monkeypatch.context() as weak:
        weaken(weak)
        found = keys.read_log(log.folder)
        retiring.keep_publics(found)
        assert found.vkeys == log.vkeys[:1]  # nothing is invented
        assert found.silent[0].shown == f"log.example+{log.vkeys[1].id.hex()}"
    retiring.keep_publics(keys.read_log(log.folder))
    weaken(monkeypatch)
    assert keys.read_log(log.folder).vkeys == log.vkeys


def test_a_key_kept_for_another_is_not_taken_for_it(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = keys.rotate(log, draw=os.urandom, sm2=True)
    kept = (log.folder / silent.PUBLIC).read_bytes()
    assert other.vkeys[1] != log.vkeys[1]
    weaken(monkeypatch)
    found = keys.read_log(log.folder)
    assert found.vkeys == other.vkeys  # the present one, and the old one is among the former
    assert log.vkeys[1] in found.rotated
    assert found.handover == ()  # it does not sign here either
    assert kept == (log.folder / silent.PUBLIC).read_bytes()


def test_revoking_another_key_keeps_the_silent_ones_handover(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.rotate(log, draw=os.urandom)
    keys.rotate(log, draw=os.urandom, sm2=True)
    with monkeypatch.context() as weak:
        weaken(weak)
        keys.revoke(keys.read_log(log.folder), log.vkeys[0])
    assert [each.vkey for each in keys.read_log(log.folder).handover] == [log.vkeys[1]]


def test_a_new_sm2_key_is_refused_where_it_could_not_sign(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path.name: path.read_bytes() for path in log.folder.iterdir()}
    weaken(monkeypatch)
    with pytest.raises(SuiteError, match=r"suite\.weak"):
        keys.rotate(log, draw=os.urandom, sm2=True)
    assert files == {path.name: path.read_bytes() for path in log.folder.iterdir()}


@pytest.mark.parametrize("weak", [True, False])
def test_a_retired_key_is_destroyed_and_what_it_signed_verifies(
    log: Log, monkeypatch: pytest.MonkeyPatch, *, weak: bool
) -> None:
    before = note_of(log)
    if weak:
        weaken(monkeypatch)
    found = retiring.retire_sm2(log)
    assert (found.vkeys, found.rotated) == (log.vkeys[:1], log.vkeys[1:])
    assert found.silent == ()
    assert not (log.folder / "log-sm2.key").exists()
    assert {e.vkey for e in open_note(before, [*found.vkeys, *found.rotated]).signed} == set(
        log.vkeys
    )
    with pytest.raises(LedgerError, match=r"ledger\.no-sm2"):
        retiring.retire_sm2(log)


def test_a_key_whose_public_half_is_lost_is_not_destroyed_before_it_is_given(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    (log.folder / silent.PUBLIC).unlink()
    weaken(monkeypatch)
    for given in (None, log.vkeys[0]):
        with pytest.raises(LedgerError, match=r"ledger\.sm2-public"):
            retiring.retire_sm2(log, given)
        assert (log.folder / "log-sm2.key").exists()
    assert retiring.retire_sm2(log, log.vkeys[1]).rotated == log.vkeys[1:]
