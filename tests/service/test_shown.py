"""What stands behind the published checkpoint: damage is told apart, mended, and never hidden."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from logged import broken, report, said
from msgspec import structs

from suyuan.ledger.types import LedgerError, TamperedError
from suyuan.model import Role, Viewer
from suyuan.service import (
    Platform,
    audit,
    doctor,
    examine,
    log_keys,
    log_of,
    publish,
    receipt,
    rotate_key,
)
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.errors import ProofError
from suyuan.tlog.note import parse_note, parse_vkey
from suyuan.tlog.policy import parse_policy, trusting, without

OPERATOR = Viewer(role=Role.ADMIN)


def trust(platform: Platform, latest: datetime | None = None) -> Trust:
    seconds = None if latest is None else int(latest.timestamp())
    keys = [parse_vkey(each) for each in log_keys(platform)]
    return Trust(policy=trusting(keys), latest=seconds)


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger.checkpoint set note = set_byte(note, length(note) - 9, 65)",
        "update ledger.checkpoint set note = 'nothing'",
        "delete from ledger.checkpoint",
    ],
)
def test_a_checkpoint_that_was_damaged_is_found_and_written_anew(
    platform: Platform, statement: str
) -> None:
    report(platform, [1, 2])
    before = publish(platform).note
    broken(platform, statement)
    assert {each.code for each in examine(platform).damages} == {"ledger.checkpoint"}
    report(platform, [3])
    done = publish(platform)
    assert verify_file(done.note, trust(platform)).size > verify_file(before, trust(platform)).size
    assert examine(platform).damages == ()


def test_a_log_of_another_key_is_refused_as_ever(platform: Platform) -> None:
    report(platform, [1])
    note = parse_note(publish(platform).note)
    (line,) = note.signatures
    other = line.encoded[:2] + ("A" if line.encoded[2] != "A" else "B") + line.encoded[3:]
    text = f"{note.text}\n— {line.name} {other}\n"
    with psycopg.connect(platform.store.dsn, autocommit=True) as conn:
        conn.execute("update ledger.checkpoint set note = %s", [text.encode()])
    with pytest.raises(LedgerError, match=r"ledger\.other-log"):
        publish(platform)


def test_an_event_that_the_database_drops_is_never_acknowledged(platform: Platform) -> None:
    broken(
        platform,
        "create function public.gone() returns trigger language plpgsql "
        "as 'begin return null; end'; create trigger gone before insert on record.entry "
        "for each row execute function gone()",
    )
    with pytest.raises(TamperedError, match=r"record\.unkept") as refusal:
        report(platform, [1])
    assert "0 of 1 event:" in refusal.value.text.en
    broken(platform, "drop function public.gone cascade")
    report(platform, [1])
    with platform.store.read() as conn:
        assert conn.execute("select count(*) from record.entry").fetchall() == [(1,)]


def test_a_record_time_ahead_of_the_clock_is_told_and_its_receipt_refused(
    platform: Platform,
) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    fast = structs.replace(platform, clock=lambda: now + timedelta(days=365))
    (honest,) = report(platform, [1])
    publish(platform)
    proof = receipt(platform, honest, OPERATOR) or b""
    assert verify_file(proof, trust(platform, now)).time
    (dated,) = report(fast_recorder(fast), [2])
    publish(fast)
    good, more = said(platform, "Ledger")
    assert not good
    assert "clock has not reached" in more
    opened = ("ledger.ahead", None)  # by which the next year's shard begins
    found = {(each.code, each.event) for each in audit(platform)}
    assert found == {("ledger.ahead", dated), opened}
    with pytest.raises(ProofError, match=r"receipt\.future"):
        verify_file(receipt(platform, dated, OPERATOR) or b"", trust(platform, now))


def fast_recorder(platform: Platform) -> Platform:
    """The same, whose recorder goes by its clock too."""
    recorder = structs.replace(platform.recorder, clock=platform.clock)
    return structs.replace(platform, recorder=recorder)


def test_entries_that_nobody_signs_are_told_after_a_while(platform: Platform) -> None:
    report(platform, [1])
    publish(platform)
    report(platform, [2])
    assert said(platform, "Signing and publishing")[0]
    broken(platform, "update ledger.leaf set at = now() - interval '2 hours'")
    good, more = said(platform, "Signing and publishing")
    assert not good
    assert more.endswith("nothing is signed from entry 2 on. Run suyuan ledger publish.")


def test_a_policy_that_offers_a_revoked_key_is_named_until_it_does_not(platform: Platform) -> None:
    """By such a policy everybody would go on to believe what a stolen key signs."""
    report(platform, [1])
    (old,) = log_keys(platform)
    before = publish(platform).note
    assert "Trust policy" not in {each.name.en for each in doctor(platform)}
    file = log_of(platform).folder / "policy"
    then = f"log {old}\nquorum none\n"
    file.write_text(then)
    assert said(platform, "Trust policy")[0]
    (new,) = rotate_key(platform, revoke=True)
    report(platform, [2])
    after = publish(platform).note
    assert log_keys(platform) == [new]
    good, more = said(platform, "Trust policy")
    assert not good
    assert old in more
    assert new in more
    now = then.replace(old, new)
    file.write_text(now)
    assert said(platform, "Trust policy")[0]
    by_now = without(parse_policy(now.encode()), [parse_vkey(old)])
    assert verify_file(after, Trust(policy=by_now)).size > 1
    for note, policy in ((before, by_now), (after, parse_policy(then.encode()))):
        with pytest.raises(ProofError):
            verify_file(note, Trust(policy=policy))
