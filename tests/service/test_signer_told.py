"""What the signer lacks is told before anything is written: its folder, its key, its ledger."""

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from installed import opened
from logged import broken, report, said
from msgspec import structs
from structlog.testing import capture_logs

from suyuan.kit import SuyuanError
from suyuan.ledger import publishing
from suyuan.ledger.types import LedgerError
from suyuan.service import (
    OPERATOR,
    Config,
    Platform,
    attesting,
    audit,
    backup,
    begin_anew,
    checkpoint,
    doctor,
    log_keys,
    log_of,
    logged_acts,
    publish,
    receipt,
    restore,
    resume,
)
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.checkpoint import parse_checkpoint
from suyuan.tlog.encoding import encode
from suyuan.tlog.note import parse_note, parse_vkey, vkey_text
from suyuan.tlog.policy import trusting

SIGNER = "Signing and publishing"
GONE = "pkcs11:token=log;object=one?module-path=/no/module.so"


def test_beside_a_database_whose_log_has_begun_no_key_is_made(
    platform: Platform, empty_database: str, tmp_path: Path
) -> None:
    """A restore without keys says to put the log folder back: nothing may lie there by then."""
    report(platform, [1])
    backup(platform, tmp_path / "file")
    here = Config(data_dir=tmp_path / "here", database_url=empty_database)
    assert restore(here, tmp_path / "file").log == "missing"
    with opened(empty_database, here.data_dir) as restored:
        for asked in (publish, log_keys, log_of):
            with pytest.raises(LedgerError, match=r"ledger\.other-log") as caught:
                asked(restored)
        assert str(here.log_folder) in caught.value.text.zh
        assert "ledger begin" in caught.value.text.en
        good, more = said(restored, SIGNER)
        assert (good, more) == (False, caught.value.text.en)
        assert not here.log_folder.exists()
        shutil.copytree(platform.config.log_folder, here.log_folder)
        report(restored, [2])
        resume(restored, checkpoint(platform))
        assert publish(restored).size == 3  # the last says that it goes on
        assert said(restored, SIGNER)[0]


def test_a_lost_key_leaves_the_mark_as_it_is_and_another_log_may_begin(
    platform: Platform,
) -> None:
    report(platform, [1])
    publish(platform)
    (old,) = log_keys(platform)
    folder = platform.config.log_folder
    mark = (folder / "signed").read_bytes()
    (folder / "log.key").unlink()
    with pytest.raises(LedgerError, match=r"ledger\.other-log"):
        publish(platform)
    assert not said(platform, SIGNER)[0]
    assert (folder / "signed").read_bytes() == mark
    assert begin_anew(platform) != [old]
    assert said(platform, SIGNER)[0]


@pytest.mark.parametrize("seam", [(publishing, "forget"), (attesting, "publish")])
def test_that_another_log_begins_is_logged_once_whoever_is_killed_when(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, seam: tuple[ModuleType, str]
) -> None:
    """Once the old folder is away, and once the old log is forgotten and no key is made yet."""
    report(platform, [1, 2])
    shown = parse_checkpoint(parse_note(publish(platform).note).text)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*seam, killed)
        with pytest.raises(KeyboardInterrupt):
            begin_anew(platform)
    begin_anew(platform)
    (act,) = logged_acts(platform)
    before = {"origin": shown.origin, "root": encode(shown.root), "size": 2}
    assert (act.kind, act.position) == ("log.begun", 3)
    assert json.loads(act.said)["before"] == before
    assert audit(platform) == []


def test_a_rewritten_history_is_told_once_by_two_checkpoints_of_one_size(
    platform: Platform,
) -> None:
    report(platform, [1, 2])
    publish(platform)
    keys = [parse_vkey(each) for each in log_keys(platform)]
    since = verify_file(checkpoint(platform), Trust(policy=trusting(keys)))
    broken(platform, "update ledger.leaf set at = at - interval '1 us' where position = 1")
    found = audit(platform, since=since)
    assert [each.code for each in found].count("ledger.rewritten") == 1
    report(platform, [3])
    broken(platform, "delete from ledger.leaf where position > 1; update ledger.head set size = 1")
    found = audit(platform, since=since)
    assert [each.code for each in found].count("ledger.shorter") == 1


def test_a_ledger_shorter_than_what_was_signed_is_told_as_publishing_tells_it(
    platform: Platform, empty_database: str, tmp_path: Path
) -> None:
    report(platform, [1])
    backup(platform, tmp_path / "old")
    report(platform, [2, 3])
    publish(platform)
    here = Config(data_dir=tmp_path / "here", database_url=empty_database)
    restore(here, tmp_path / "old")
    (here.data_dir / "log-restored").unlink()  # as if it had been done by other means
    shutil.copytree(platform.config.log_folder, here.log_folder)
    with opened(empty_database, here.data_dir) as rolled_back:
        with pytest.raises(LedgerError, match=r"ledger\.shorter") as caught:
            publish(rolled_back)
        assert said(rolled_back, SIGNER) == (False, caught.value.text.en)


def test_entries_that_wait_for_a_signature_are_told_at_once(platform: Platform) -> None:
    report(platform, [1])
    publish(platform)
    assert said(platform, SIGNER) == (True, "1 entry published")
    report(platform, [2])
    assert said(platform, SIGNER) == (True, "1 entry published; 1 entry is not signed yet")
    report(platform, [3])
    assert said(platform, SIGNER) == (True, "1 entry published; 2 entries are not signed yet")
    publish(platform)
    assert said(platform, SIGNER) == (True, "3 entries published")


@pytest.mark.parametrize("waiting", [False, True])
def test_a_signing_device_that_is_gone_is_told_and_nothing_is_signed(
    platform: Platform, *, waiting: bool
) -> None:
    report(platform, [1])
    publish(platform)
    if waiting:
        report(platform, [2])
    log = log_of(platform)
    (log.folder / "log.key").write_text(f"DEVICE+KEY {vkey_text(log.vkeys[0])} {GONE}\n")
    before = {path.name: path.read_bytes() for path in log.folder.iterdir()}
    shown = checkpoint(platform)
    good, more = said(platform, SIGNER)
    assert not good
    assert "check module path, token, PIN" in more
    assert {path.name: path.read_bytes() for path in log.folder.iterdir()} == before
    assert checkpoint(platform) == shown
    assert receipt(platform, "urn:uuid:00000000-0000-4000-8000-000000000001", OPERATOR)


def mistyped(platform: Platform) -> None:
    """A policy with a line that is none."""
    own = vkey_text(log_of(platform).vkeys[0])
    (platform.config.log_folder / "policy").write_text(f"log {own}\nwitnes w\nquorum none\n")


def without_device(platform: Platform) -> None:
    """A key of a device that is gone."""
    log = log_of(platform)
    (log.folder / "log.key").write_text(f"DEVICE+KEY {vkey_text(log.vkeys[0])} {GONE}\n")


def without_mark(platform: Platform) -> None:
    """A key whose last signature is gone."""
    (log_of(platform).folder / "signed").unlink()


def damaged_note(platform: Platform) -> None:
    """A published checkpoint that is none, beside a policy."""
    own = vkey_text(log_of(platform).vkeys[0])
    (platform.config.log_folder / "policy").write_text(f"log {own}\nquorum none\n")
    broken(platform, "update ledger.checkpoint set note = 'none'")


def without_policy(platform: Platform) -> None:
    """A published checkpoint that a witness has cosigned, and no policy that names it."""
    broken(
        platform,
        "update ledger.checkpoint set note = note || convert_to('— w.example/w ' || translate("
        "encode(decode(repeat('00', 80), 'hex'), 'base64'), chr(10), '') || chr(10), 'UTF8')",
    )


STOPS = [mistyped, without_device, without_mark, without_policy]


@pytest.mark.parametrize("stop", STOPS)
def test_whatever_stops_the_signer_is_told_in_its_words_and_with_the_place(
    platform: Platform, stop: Callable[[Platform], None]
) -> None:
    report(platform, [1])
    publish(platform)
    stop(platform)
    report(platform, [2])
    with pytest.raises(SuyuanError) as caught:
        publish(platform)
    told = told_by_server(platform)
    assert told["event"] == "publish.refused"
    assert (told["rule"], told["why"]) == (caught.value.code, caught.value.text.en)
    assert told["place"] == caught.value.place


def told_by_server(platform: Platform) -> dict[str, object]:
    """The first line of the log of a server that publishes again and again."""
    quick = structs.replace(platform, config=structs.replace(platform.config, publish_every=0.01))
    stop, until = threading.Event(), time.monotonic() + 600
    with capture_logs() as lines:
        server = threading.Thread(target=attesting.keep_publishing, args=(quick, stop))
        server.start()
        while not lines and time.monotonic() < until:
            time.sleep(0.01)
        stop.set()
        server.join()
    return dict(lines[0])


def test_a_policy_is_told_with_its_file_and_line(platform: Platform) -> None:
    report(platform, [1])
    publish(platform)
    mistyped(platform)
    for name in (SIGNER, "Trust policy"):
        good, more = said(platform, name)
        assert not good
        assert str(platform.config.log_folder / "policy") in more
        assert "line 2" in more
        assert "witness, group or quorum" in more


@pytest.mark.parametrize("stop", [*STOPS, damaged_note])
def test_the_doctor_tells_what_stops_the_signer_and_looks_at_all_else(
    platform: Platform, stop: Callable[[Platform], None]
) -> None:
    report(platform, [1])
    publish(platform)
    stop(platform)
    found = {each.name.en: each for each in doctor(platform)}
    assert not found[SIGNER].good
    assert found[SIGNER].more.zh
    assert {"Database", "Tables", "Ledger", "Index", "Families"} <= found.keys()
    assert found["Ledger"].good
