"""A platform whose SM2 key does not sign on this machine: it goes on, and has a way out."""

import threading

import pytest
from logged import report, said
from structlog.testing import capture_logs

from suyuan.service import (
    Platform,
    add_sm2,
    attesting,
    audit,
    handover,
    log_keys,
    logged_acts,
    publish,
)
from suyuan.tlog import sm2
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.signing import open_note

NAME = "Signing keys"


class _Once(threading.Event):
    """Let one round pass, then stop."""

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        before = self.is_set()
        self.set()
        return before


def served(platform: Platform) -> list[str]:
    """The keys that the signer's log says to be silent."""
    with capture_logs() as told:
        attesting.keep_publishing(platform, _Once())
    return [each["key"] for each in told if each["event"] == "publish.silent"]


def test_the_log_goes_on_says_so_and_the_key_can_be_retired(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sm2._library().OpenSSL_version_num() not in sm2._SAFE_TO_SIGN:
        pytest.skip("libcrypto does not sign with SM2")
    report(platform, [1])
    both = add_sm2(platform)
    assert len(both) == 2
    publish(platform)
    assert (served(platform), handover.silent(platform)) == ([], [])
    known = len(list(logged_acts(platform, "log.keys")))

    monkeypatch.setattr(sm2, "_SAFE_TO_SIGN", range(0))
    report(platform, [2])
    note = publish(platform).note
    signed = {each.vkey for each in open_note(note, map(parse_vkey, both)).signed}
    assert signed == {parse_vkey(both[0])}
    assert log_keys(platform) == both
    assert len(list(logged_acts(platform, "log.keys"))) == known  # nothing changed
    assert audit(platform) == []
    assert served(platform) == both[1:]
    good, more = said(platform, NAME)
    assert not good
    assert both[1] in more
    assert "retire-sm2" in more

    assert handover.retire_sm2(platform) == both
    publish(platform)
    changed = list(logged_acts(platform, "log.keys"))
    assert len(changed) == known + 1
    assert both[1].encode() in changed[-1].said
    assert (served(platform), handover.silent(platform)) == ([], [])
    assert audit(platform) == []
