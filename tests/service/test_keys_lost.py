"""A log's folder that lacks keys on record, or a witness's that cannot be read: none goes by it."""

import shutil
from pathlib import Path

import pytest
from logged import report, said

from suyuan.ledger.types import LedgerError
from suyuan.service import (
    WITNESS_FOLDER,
    Platform,
    begin_anew,
    checkpoint,
    doctor,
    examine,
    log_keys,
    log_of,
    logged_acts,
    publish,
    revoke_log_key,
    rotate_key,
    witness_key,
)
from suyuan.service.attesting import log_keys_changed
from suyuan.tlog.note import vkey_text

SIGNER = "Signing and publishing"


@pytest.fixture
def changed(platform: Platform) -> Platform:
    """A log with a present, a former and a revoked key, all of them on record."""
    report(platform, [1])
    publish(platform)
    rotate_key(platform)
    (first,) = log_of(platform).rotated
    rotate_key(platform)
    revoke_log_key(platform, vkey_text(first))
    publish(platform)
    assert said(platform, SIGNER)[0]
    return platform


def test_a_revoked_key_does_not_come_back_by_the_loss_of_the_file(changed: Platform) -> None:
    log = log_of(changed)
    (gone,) = log.revoked
    path = log.folder / "revoked"
    line = path.read_bytes()
    path.unlink()
    with pytest.raises(LedgerError, match=r"ledger\.keys-lost") as told:
        publish(changed)
    assert f"revoked {vkey_text(gone)}" in told.value.text.en
    assert vkey_text(gone) in line.decode()
    path.write_bytes(line)
    publish(changed)
    assert vkey_text(gone) not in log_keys(changed)
    assert said(changed, SIGNER)[0]


def test_a_folder_without_its_former_keys_signs_nothing(changed: Platform) -> None:
    log = log_of(changed)
    (former,) = log.rotated
    line = (log.folder / "rotated").read_bytes()
    (log.folder / "rotated").unlink()
    with pytest.raises(LedgerError, match=r"ledger\.keys-lost") as told:
        publish(changed)
    assert f"rotated {vkey_text(former)}" in told.value.text.en
    (log.folder / "rotated").write_bytes(line)
    publish(changed)


def test_an_older_copy_of_the_folder_signs_nothing(platform: Platform, tmp_path: Path) -> None:
    """It would sign on with the key that was rotated away, or was even stolen."""
    report(platform, [1])
    publish(platform)
    folder = platform.config.log_folder
    shutil.copytree(folder, tmp_path / "older")
    new = rotate_key(platform, revoke=True)[0]
    publish(platform)
    shutil.move(folder, tmp_path / "newest")
    shutil.copytree(tmp_path / "older", folder)
    acts, shown = len(list(logged_acts(platform))), checkpoint(platform)
    for work in (publish, log_keys_changed):
        with pytest.raises(LedgerError, match=r"ledger\.foreign-key") as told:
            work(platform)
        assert new in told.value.text.en
        assert "older one" in told.value.text.en
    assert not said(platform, SIGNER)[0]
    assert (len(list(logged_acts(platform))), checkpoint(platform)) == (acts, shown)
    shutil.rmtree(folder)
    shutil.move(tmp_path / "newest", folder)
    report(platform, [2])
    publish(platform)


def test_another_log_on_the_same_record_has_keys_of_its_own(changed: Platform) -> None:
    name = log_of(changed).origin
    begin_anew(changed, origin=name)
    rotate_key(changed)
    publish(changed)
    assert said(changed, SIGNER)[0]


def test_the_doctor_tells_whether_the_witness_of_the_folder_can_answer(platform: Platform) -> None:
    folder = platform.config.data_dir / WITNESS_FOLDER
    assert "Witness" not in {each.name.en for each in doctor(platform)}
    witness_key(folder, "witness.example/1")
    assert said(platform, "Witness")[0]
    assert examine(platform).damages == ()
    (folder / "learned.json").write_bytes(b"{")
    good, more = said(platform, "Witness")
    assert (good, str(folder / "learned.json") in more) == (False, True)
    (damage,) = examine(platform).damages
    assert (damage.code, damage.place) == ("witness.learned", str(folder / "learned.json"))
