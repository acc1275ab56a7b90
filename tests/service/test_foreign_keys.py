"""Whoever has the database has the log say that a key of theirs is its own: it is never signed."""

import json
import secrets

import pytest
from logged import report, said

from suyuan import ledger
from suyuan.ledger import keys
from suyuan.ledger.types import LedgerError
from suyuan.service import (
    Platform,
    begin_anew,
    checkpoint,
    examine,
    log_keys,
    log_of,
    publish,
    rotate_key,
)
from suyuan.store import Queries
from suyuan.tlog.commitment import commit
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import vkey_text
from suyuan.tlog.shards import KEYS, act_fields


def forged(platform: Platform, value: bytes) -> None:
    """An act past the program, proven as any is: its leaf gives it."""
    at, secret = platform.clock(), secrets.token_bytes(16)
    row = {"kind": KEYS, "at": at, "party": None, "said": value}
    with platform.store.write() as conn:
        ((entry,),) = conn.execute(
            Queries("suyuan.ledger").keep_act, row | {"secret": secret}
        ).fetchall()
        ledger.enqueue(conn, [(entry, commit(act_fields(KEYS, at, None, value), secret))])


def stolen(platform: Platform) -> str:
    return vkey_text(ed25519_key(log_of(platform).origin, b"t" * 32).vkey)


WAYS = {
    "alone": '{"keys":["THEIRS"]}',
    "beside": '{"keys":["OWN","THEIRS"],"revoked":[],"rotated":[]}',
    "former": '{"keys":["OWN"],"rotated":["THEIRS"]}',
    "in a handover": '{"keys":["OWN"],"handover":["THEIRS"]}',
    "beside nonsense": '{"keys":["THEIRS"],"revoked":5}',
    "said first": '{"keys":["THEIRS"],"keys":["OWN"]}',
    "said last": '{"keys":["OWN"],"keys":["THEIRS"]}',
    "escaped": '{"k\\u0065ys":["ESCAPED"]}',
    "too deep": '{"keys":["OWN"],"x":' + "[" * 90_000 + "]" * 90_000 + "}",
    "behind the end": '{"keys":["OWN"]},"said":{"keys":["THEIRS"]}',
}


@pytest.mark.parametrize("way", WAYS)
def test_that_a_foreign_key_is_the_logs_is_never_signed(platform: Platform, way: str) -> None:
    report(platform, [1])
    publish(platform)
    shown, mark = checkpoint(platform), keys.last_signed(log_of(platform))
    said_by_them = WAYS[way].replace("THEIRS", stolen(platform))
    said_by_them = said_by_them.replace("ESCAPED", stolen(platform).replace("+", "\\u002b"))
    forged(platform, said_by_them.replace("OWN", log_keys(platform)[0]).encode())
    for _ in range(2):
        with pytest.raises(LedgerError, match=r"ledger\.foreign-key") as told:
            publish(platform)
        for words in (told.value.text.zh, told.value.text.en):
            assert (stolen(platform) if way != "too deep" else "…") in words
            assert "2" in words  # the position
        assert told.value.found_wrong
    assert (checkpoint(platform), keys.last_signed(log_of(platform))) == (shown, mark)
    good, more = said(platform, "Signing and publishing")
    assert (good, "entry at position 2" in more) == (False, True)
    assert "ledger.foreign-key" in {each.code for each in examine(platform).damages}


def test_own_keys_are_signed_whoever_says_them_and_so_is_what_names_no_key(
    platform: Platform,
) -> None:
    report(platform, [1])
    publish(platform)
    rotate_key(platform)
    log = log_of(platform)
    own = {"keys": [*map(vkey_text, log.vkeys)], "rotated": [*map(vkey_text, log.rotated)]}
    for value in (json.dumps(own).encode(), b'{"keys":["nonsense"]}', b"{}", b"\xff", b"5"):
        forged(platform, value)
    publish(platform)
    assert said(platform, "Signing and publishing")[0]


def test_a_log_that_begins_on_the_record_of_another_signs_what_that_said(
    platform: Platform,
) -> None:
    report(platform, [1])
    publish(platform)
    rotate_key(platform)
    publish(platform)
    begin_anew(platform, origin=log_of(platform).origin)
    report(platform, [2])
    publish(platform)
    assert said(platform, "Signing and publishing")[0]
    assert examine(platform).damages == ()
