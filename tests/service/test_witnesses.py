"""Witnesses as real servers: what they cosign, what they refuse, and what a log publishes then."""

import http.client
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from logged import report
from serving import served

from suyuan import ledger
from suyuan.api import application, witness_application
from suyuan.kit import SuyuanError
from suyuan.kit.clock import system_clock
from suyuan.ledger import asking, publishing
from suyuan.ledger import witnessing as state
from suyuan.ledger.types import LedgerError
from suyuan.ledger.witnessing import add_checkpoint, know_log, open_witness
from suyuan.service import (
    OPERATOR,
    Platform,
    backup,
    checkpoint,
    doctor,
    examine,
    forget_log_key,
    handover,
    log_keys,
    log_of,
    logged_acts,
    publish,
    receipt,
    rotate_key,
    witness_key,
    witness_log,
    witnessed_logs,
    witnessing,
)
from suyuan.service.doctoring import Check
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.errors import ProofError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes, parse_note, parse_vkey, vkey_text
from suyuan.tlog.policy import parse_policy, trusting
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tree import EMPTY_ROOT, leaf_hash, nodes, span_hash
from suyuan.tlog.witness import Head, request_bytes

NOW = 1_790_000_000
LOG = ed25519_key("log.example/a", bytes(range(32)))
NEXT = ed25519_key("log.example/a", bytes(range(5, 37)))
STRANGER = ed25519_key("log.example/b", bytes(range(9, 41)))
ENTRIES = [str(at).encode() for at in range(20)]
OTHERS = [b"x", *ENTRIES[1:]]


class Told(NamedTuple):
    """What a server answered."""

    status: int
    kind: str
    body: str


def post(port: int, body: bytes, path: str = "/add-checkpoint") -> Told:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body)
        answer = connection.getresponse()
        kind = answer.headers.get("content-type", "")
        return Told(answer.status, kind, answer.read().decode())
    finally:
        connection.close()


def note(size: int, *, key: Key = LOG, entries: list[bytes] = ENTRIES) -> bytes:
    node = nodes([leaf_hash(each) for each in entries])
    root = span_hash(node, 0, size) if size else EMPTY_ROOT
    text = checkpoint_text(Checkpoint(key.vkey.name, size, root))
    return note_bytes(Note(text, (sign(text, key),)))


def ask(old: int, size: int, *, key: Key = LOG, entries: list[bytes] = ENTRIES) -> bytes:
    node = nodes([leaf_hash(each) for each in entries])
    path = consistency_proof(node, old, size) if 0 < old <= size else ()
    return request_bytes(old, path, note(size, key=key, entries=entries))


def begin(folder: Path, name: str, *logs: str) -> str:
    key = witness_key(folder, name)
    for each in logs:
        witness_log(folder, each)
    return key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness that knows one log."""
    begin(tmp_path / "w", "w.example/1", vkey_text(LOG.vkey))
    return tmp_path / "w"


def test_a_witness_answers_as_the_protocol_says(folder: Path) -> None:
    (mine,) = (parse_vkey(witness_key(folder, None)),)
    with served(witness_application(folder)) as port:
        assert post(port, ask(0, 3, key=STRANGER)).status == 404
        assert post(port, ask(0, 3, key=NEXT)).status == 403
        assert post(port, b"rubbish").status == 400
        assert post(port, ask(5, 3)).status == 400
        first = post(port, ask(0, 3))
        assert first.status == 200
        cosigned = note(3) + first.body.encode()
        policy = f"log {vkey_text(LOG.vkey)}\nwitness w {vkey_text(mine)}\nquorum w\n"
        found = verify_file(cosigned, Trust(policy=parse_policy(policy.encode())))
        assert set(found.witnesses) == {"w"}
        assert post(port, ask(0, 7)) == (409, "text/x.tlog.size", "3\n")
        assert post(port, ask(3, 7, entries=OTHERS)).status == 422
        assert post(port, ask(3, 7)).status == 200
        assert post(port, ask(3, 7)) == (409, "text/x.tlog.size", "7\n")
        assert post(port, ask(7, 7)).status == 200
        assert post(port, ask(7, 7, entries=OTHERS)) == (409, "text/x.tlog.size", "7\n")
        assert post(port, ask(7, 3)).status == 400


@pytest.mark.shared
def test_published_requests_are_answered_by_the_server_in_order(
    shared_data: Path, tmp_path: Path
) -> None:
    known = json.loads((shared_data / "tlog" / "witness_add_checkpoint.json").read_text())
    begin(tmp_path / "v", "v.example", known["log_vkey"])
    with served(witness_application(tmp_path / "v")) as port:
        for case in known["cases"]:
            found = post(port, case["body"].encode())
            assert found.status == case["status"], case["name"]
            if found.status == 409:
                assert found == (409, "text/x.tlog.size", case["body_contains"])
            if found.status == 200:
                assert found.body.startswith("— v.example ")
    assert len(known["cases"]) == 11


def test_what_was_cosigned_is_remembered_by_the_next_server_of_the_folder(folder: Path) -> None:
    with served(witness_application(folder)) as port:
        assert post(port, ask(0, 9)).status == 200
    with served(witness_application(folder)) as port:
        assert post(port, ask(0, 9)) == (409, "text/x.tlog.size", "9\n")
        assert post(port, ask(0, 4, entries=OTHERS)) == (409, "text/x.tlog.size", "9\n")


def test_of_two_histories_sent_at_once_to_two_servers_one_is_cosigned(folder: Path) -> None:
    both = [ask(0, 5), ask(0, 5, entries=OTHERS)] * 4
    told: list[int] = []
    with ExitStack() as servers:
        ports = [servers.enter_context(served(witness_application(folder))) for _ in range(2)]
        senders = [
            threading.Thread(target=lambda p=port, b=body: told.append(post(p, b).status))
            for body, port in zip(both, ports * 4, strict=True)
        ]
        for each in senders:
            each.start()
        for each in senders:
            each.join()
    assert sorted(told) == [200] + [409] * 7


def test_nobody_reads_a_head_until_whoever_read_it_has_written_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both would go by the old one, and each cosign its own history."""
    witness, both, read = open_witness(folder), threading.Barrier(2), state._read_head
    told: list[int] = []

    def reading(*given: Any) -> Head:
        found = read(*given)
        with suppress(threading.BrokenBarrierError):
            both.wait(1)  # in vain: the other waits for the lock
        return found

    monkeypatch.setattr(state, "_read_head", reading)
    bodies = [ask(0, 9), ask(0, 9, entries=OTHERS)]
    senders = [
        threading.Thread(
            target=lambda b=body: told.append(add_checkpoint(witness, b, time=NOW).status)
        )
        for body in bodies
    ]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert sorted(told) == [200, 409]


def test_a_head_that_is_gone_or_damaged_is_no_beginning(folder: Path) -> None:
    witness = open_witness(folder)
    assert add_checkpoint(witness, ask(0, 9), time=NOW).status == 200
    (head,) = (folder / "heads").iterdir()
    for damaged in (b"", b"\xff", head.read_bytes()[:-3], b"log.example/b\n0\n\n"):
        head.write_bytes(damaged)
        with pytest.raises(LedgerError, match=r"witness\.state"):
            add_checkpoint(witness, ask(0, 9, entries=OTHERS), time=NOW)
    head.unlink()
    with served(witness_application(folder)) as port:
        assert post(port, ask(0, 9, entries=OTHERS)).status == 500
    know_log(witness, LOG.vkey)  # to name a log again does not begin it again
    assert not head.exists()


def test_a_head_that_cannot_be_written_is_not_cosigned(folder: Path) -> None:
    witness = open_witness(folder)
    (head,) = (folder / "heads").iterdir()
    before = head.read_bytes()
    blocked = head.with_name(head.name + ".new")
    blocked.mkdir()
    with pytest.raises(OSError, match="new"):
        add_checkpoint(witness, ask(0, 9), time=NOW)
    assert head.read_bytes() == before


def test_a_log_changes_its_key_at_a_witness_and_the_revoked_one_is_refused(folder: Path) -> None:
    with served(witness_application(folder)) as port:
        assert post(port, ask(0, 4)).status == 200
        witness_log(folder, vkey_text(NEXT.vkey))
        assert post(port, ask(4, 6, key=NEXT)).status == 200
        assert post(port, ask(6, 7)).status == 200
        forget_log_key(folder, vkey_text(LOG.vkey))
        assert post(port, ask(7, 9)).status == 403
        assert post(port, ask(7, 9, key=NEXT)).status == 200
        forget_log_key(folder, vkey_text(NEXT.vkey))
        assert post(port, ask(9, 9, key=NEXT)).status == 404
        witness_log(folder, vkey_text(NEXT.vkey))
        assert post(port, ask(0, 9, key=NEXT)) == (409, "text/x.tlog.size", "9\n")


def grow(platform: Platform, first: int, count: int) -> None:
    with platform.store.write() as conn:
        ledger.enqueue(conn, [(at, at.to_bytes(64)) for at in range(first, first + count)])
        ledger.sequence(conn, now=platform.clock())


Policy = Callable[[str], None]


@pytest.fixture
def witnesses(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[list[Path], Policy]]:
    """Three witnesses that serve, and a way to say how many of them the log needs.

    However slow this machine is, each of them is waited for.
    """
    monkeypatch.setattr(asking, "GRACE", 600.0)
    monkeypatch.setattr(asking, "TIMEOUT", 600.0)
    log = log_of(platform)
    (own,) = (vkey_text(vkey) for vkey in log.vkeys[:1])
    folders = [tmp_path / name for name in ("a", "b", "c")]
    with ExitStack() as servers:
        lines = [f"log {own}"]
        for each in folders:
            key = begin(each, f"{each.name}.example/w", own)
            port = servers.enter_context(served(witness_application(each)))
            lines.append(f"witness {each.name} {key} http://127.0.0.1:{port}/")

        def ask_for(quorum: str) -> None:
            group = f"group g {quorum} a b c\nquorum g" if quorum != "none" else "quorum none"
            (log.folder / "policy").write_text("\n".join([*lines, group, ""]))

        yield folders, ask_for


def test_a_checkpoint_is_published_with_all_cosignatures(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    witnesses[1]("all")
    policy = parse_policy((log_of(platform).folder / "policy").read_bytes())
    for first, count in ((1, 3), (4, 1), (5, 300)):
        grow(platform, first, count)
        done = publish(platform)
        found = verify_file(done.note, Trust(policy=policy))
        assert (found.size, set(found.witnesses)) == (first + count - 1, {"a", "b", "c"})
        assert (done.missing, checkpoint(platform)) == ((), done.note)
        assert publish(platform).note == done.note


def test_a_cosignature_that_was_damaged_is_found_and_asked_for_again(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    witnesses[1]("all")
    report(platform, [1])
    done = publish(platform)
    lines = done.note.split(b"\n")
    at = next(at for at, line in enumerate(lines) if b"b.example/w" in line)
    lines[at] = lines[at][:-6] + (b"A" if lines[at][-6:-5] != b"A" else b"B") + lines[at][-5:]
    with psycopg.connect(platform.store.dsn, autocommit=True) as conn:
        conn.execute("update ledger.checkpoint set note = %s", [b"\n".join(lines)])
    assert {each.code for each in examine(platform).damages} == {"ledger.checkpoint"}
    publish(platform)
    assert examine(platform).damages == ()


def seen_by_doctor(platform: Platform) -> Check:
    """What a check-up says of signing and publishing."""
    (found,) = [each for each in doctor(platform) if each.name.en == "Signing and publishing"]
    return found


def test_without_its_quorum_a_checkpoint_is_not_published_until_it_has_it(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    folders, ask_for = witnesses
    ask_for("2")
    own = vkey_text(log_of(platform).vkeys[0])
    grow(platform, 1, 3)
    before = publish(platform).note
    for each in folders[:2]:
        forget_log_key(each, own)
    grow(platform, 4, 3)
    with pytest.raises(LedgerError) as refusal:
        publish(platform)
    assert refusal.value.code == "ledger.quorum"
    assert "a (it answered 404" in refusal.value.text.en
    assert checkpoint(platform) == before
    stuck = seen_by_doctor(platform)
    assert not stuck.good
    assert "6" in stuck.more.zh
    assert "3" in stuck.more.zh
    witness_log(folders[0], own)
    done = publish(platform)
    assert [each.name for each in done.missing] == ["b"]
    assert checkpoint(platform) == done.note


def test_a_policy_that_asks_for_nobody_publishes_and_tells_who_is_missing(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    folders, ask_for = witnesses
    ask_for("none")
    forget_log_key(folders[2], vkey_text(log_of(platform).vkeys[0]))
    grow(platform, 1, 3)
    done = publish(platform)
    assert [each.name for each in done.missing] == ["c"]
    told = seen_by_doctor(platform)
    assert told.good
    assert told.more.en.endswith("the witnesses c")
    policy = parse_policy((log_of(platform).folder / "policy").read_bytes())
    assert set(verify_file(done.note, Trust(policy=policy)).witnesses) == {"a", "b"}


def test_a_rotation_goes_on_under_both_keys_until_the_quorum_has_taken_the_new_one(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    folders, ask_for = witnesses
    ask_for("2")
    report(platform, [1])
    publish(platform)
    old = log_of(platform).vkeys[0]
    new = parse_vkey(rotate_key(platform)[0])
    report(platform, [2])
    done = publish(platform)  # its witnesses know the old key alone
    assert done.missing == ()
    for vkey in (old, new):
        assert verify_file(done.note, Trust(policy=trusting([vkey]))).size == done.size
    with pytest.raises(LedgerError, match=r"ledger\.handover") as early:
        handover.end(platform)
    assert "a (it answered 403" in early.value.text.en
    witness_log(folders[0], vkey_text(new))
    assert handover.standing(platform).signing == (vkey_text(old),)
    assert handover.standing(platform).refused is not None
    (change,) = logged_acts(platform, "log.keys")
    proof = receipt(platform, change.position, OPERATOR)
    assert witnessing.learn_log_keys(folders[1], proof or b"", system_clock) == [vkey_text(new)]
    assert handover.standing(platform).refused is None
    assert [each.name for each in handover.standing(platform).missing] == ["c"]
    handover.end(platform)
    report(platform, [3])
    done = publish(platform)
    assert [each.name for each in done.missing] == ["c"]
    assert old.id not in {each.key_id for each in parse_note(done.note).signatures}
    assert json.loads(list(logged_acts(platform, "log.keys"))[-1].said).get("handover") is None


def test_a_stolen_key_is_revoked_at_once_and_nothing_is_published_by_it(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    folders, ask_for = witnesses
    ask_for("all")
    report(platform, [1])
    publish(platform)
    rotate_key(platform, revoke=True)
    assert handover.standing(platform) == handover.Handover(())
    report(platform, [2])
    with pytest.raises(LedgerError, match=r"ledger\.quorum"):
        publish(platform)
    for each in folders:
        witness_log(each, log_keys(platform)[0])
    assert publish(platform).missing == ()


def test_a_witness_learns_keys_only_of_a_log_that_it_cosigned_by_a_key_that_it_knows(
    platform: Platform, witnesses: tuple[list[Path], Policy], tmp_path: Path
) -> None:
    folders, ask_for = witnesses
    ask_for("2")
    forget_log_key(folders[2], vkey_text(log_of(platform).vkeys[0]))
    report(platform, [1])
    new = rotate_key(platform)[0]
    publish(platform)
    (change,) = logged_acts(platform, "log.keys")
    proof = receipt(platform, change.position, OPERATOR) or b""
    other = receipt(platform, 1, OPERATOR) or b""
    begin(tmp_path / "stranger", "stranger.example/w", vkey_text(STRANGER.vkey))
    for folder, file in [
        (folders[0], other),  # of another entry
        (folders[0], proof.replace(b"index", b"Index")),
        (folders[2], proof),  # it did not cosign, and knows no key of the log
        (tmp_path / "stranger", proof),
    ]:
        with pytest.raises(SuyuanError):
            witnessing.learn_log_keys(folder, file, system_clock)
        assert new not in witnessed_logs(folder)
    witness_log(folders[2], vkey_text(log_of(platform).handover[0].vkey))
    with pytest.raises(ProofError, match=r"witness\.not-cosigned"):  # knows it, and did not cosign
        witnessing.learn_log_keys(folders[2], proof, system_clock)


def test_what_was_learned_is_never_written_over_where_it_cannot_be_read(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    folders, ask_for = witnesses
    ask_for("2")
    report(platform, [1])
    rotate_key(platform)
    publish(platform)
    (change,) = logged_acts(platform, "log.keys")
    proof = receipt(platform, change.position, OPERATOR) or b""
    path, before = folders[0] / "learned.json", witnessed_logs(folders[0])
    for damage in (b"", b"{", b'{"other.example/log":[0,7],"x":1}', b"\xff", b"[]"):
        path.write_bytes(damage)
        with pytest.raises(SuyuanError, match=r"witness\.learned") as told:
            witnessing.learn_log_keys(folders[0], proof, system_clock)
        assert told.value.place == str(path)
        assert (path.read_bytes(), witnessed_logs(folders[0])) == (damage, before)
    path.write_bytes(b'{"other.example/log":[0,7]}')
    witnessing.learn_log_keys(folders[0], proof, system_clock)
    found = json.loads(path.read_bytes())
    assert found.pop("other.example/log") == [0, 7]
    assert list(found.values()) == [[0, change.position - 1]]


def test_what_a_witness_was_to_forget_no_receipt_brings_back(
    platform: Platform, witnesses: tuple[list[Path], Policy]
) -> None:
    folders, ask_for = witnesses
    ask_for("2")
    report(platform, [1])
    stolen = rotate_key(platform)[0]
    for each in folders:
        witness_log(each, stolen)
    publish(platform)
    handover.end(platform)
    (first,) = list(logged_acts(platform, "log.keys"))[:1]
    old = receipt(platform, first.position, OPERATOR) or b""
    assert witnessing.learn_log_keys(folders[0], old, system_clock) == [stolen]
    new = rotate_key(platform, revoke=True)[0]
    for each in folders:
        witness_log(each, new)
        forget_log_key(each, stolen)
    report(platform, [2])
    publish(platform)
    again = receipt(platform, first.position, OPERATOR) or b""
    for folder in folders[:2]:
        with pytest.raises(ProofError, match=r"witness\.forgotten"):
            witnessing.learn_log_keys(folder, again, system_clock)
        assert stolen not in witnessed_logs(folder)
    (last,) = list(logged_acts(platform, "log.keys"))[-1:]
    newest = receipt(platform, last.position, OPERATOR) or b""
    assert witnessing.learn_log_keys(folders[0], newest, system_clock) == [new]
    witness_log(folders[0], stolen)  # somebody says so: it counts, and may be learned
    with pytest.raises(ProofError, match=r"witness\.older"):  # but never by what is over
        witnessing.learn_log_keys(folders[0], again, system_clock)


def test_an_old_backup_of_database_and_folder_is_found_by_a_witness(
    platform: Platform, witnesses: tuple[list[Path], Policy], tmp_path: Path
) -> None:
    witnesses[1]("all")
    log = log_of(platform)
    grow(platform, 1, 3)
    publish(platform)
    shutil.copytree(log.folder, tmp_path / "backup")
    grow(platform, 4, 3)
    publish(platform)
    with platform.store.write() as conn:  # as the database was when the backup was made
        conn.execute("delete from ledger.leaf where position > 3")
        conn.execute("update ledger.head set size = 3")
        conn.execute("delete from ledger.checkpoint")
    shutil.copytree(tmp_path / "backup", log.folder, dirs_exist_ok=True)
    with pytest.raises(LedgerError) as refusal:
        publish(platform)
    assert "it has cosigned 6 entries and here are 3" in refusal.value.text.en
    grow(platform, 14, 5)  # and other entries come on top of it
    with pytest.raises(LedgerError, match=r"ledger\.quorum"):
        publish(platform)


def test_a_witness_that_is_not_there_or_talks_nonsense_is_named(
    platform: Platform, tmp_path: Path
) -> None:
    log = log_of(platform)
    own = vkey_text(log.vkeys[0])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    with served(application(platform)) as port:  # a platform that is no witness
        lines = [
            f"log {own}",
            f"witness away {begin(tmp_path / 'x', 'x.example')} http://127.0.0.1:{nobody}/",
            f"witness other {begin(tmp_path / 'y', 'y.example')} http://127.0.0.1:{port}/witness",
            f"witness unsaid {begin(tmp_path / 'z', 'z.example')}",
            "group g any away other unsaid",
            "quorum g",
        ]
        (log.folder / "policy").write_text("\n".join([*lines, ""]))
        grow(platform, 1, 2)
        with pytest.raises(LedgerError) as refusal:
            publish(platform)
    said = refusal.value.text.en
    assert "away (it cannot be reached" in said
    assert "other (it answered 404" in said
    assert "unsaid (the policy gives no address" in said


def test_what_a_witness_answers_is_told_with_its_cure_in_both_languages() -> None:
    for status in (200, 201, 302, 400, 403, 404, 410, 413, 422, 429, 500, 503, 599):
        for body in (b"", b"\xff\x1b[2J", b"they said so\n"):
            told = asking.refusal(status, body)
            for text, joint in ((told.en, "; "), (told.zh, "；")):
                assert str(status) in text
                assert "{" not in text
                assert "\x1b" not in text
                assert joint in text, "what it means, and what mends it"
                assert ("they said so" in text) is body.startswith(b"they")


def test_a_platform_witnesses_another(platform: Platform) -> None:
    """The same one plays both, its log and its witness being two folders."""
    log = log_of(platform)
    own = vkey_text(log.vkeys[0])
    folder = platform.config.data_dir / "witness"
    key = begin(folder, "peer.example/w", own)
    with served(application(platform)) as port:
        line = f"witness peer {key} http://127.0.0.1:{port}/witness/"
        (log.folder / "policy").write_text(f"log {own}\n{line}\nquorum peer\n")
        grow(platform, 1, 2)
        publish(platform)
        grow(platform, 3, 2)
        done = publish(platform)
        assert post(port, request_bytes(0, (), done.note), "/witness/add-checkpoint") == (
            409, "text/x.tlog.size", "4\n",
        )  # fmt: skip
    assert parse_note(done.note).signatures[1].name == "peer.example/w"
    assert verify_file(done.note, Trust(policy=trusting(log.vkeys))).size == 4


def test_a_policy_that_is_lost_is_told_and_nothing_goes_on_without_witnesses(
    platform: Platform, witnesses: tuple[list[Path], Policy], tmp_path: Path
) -> None:
    witnesses[1]("all")
    grow(platform, 1, 3)
    before = publish(platform).note
    file = log_of(platform).folder / "policy"
    kept = file.read_bytes()
    file.unlink()
    grow(platform, 4, 1)
    log, now = log_of(platform), platform.clock()
    for asked in (publishing.publish, publishing.not_taken):
        with pytest.raises(LedgerError) as refused:
            asked(platform.store, log, now=now)
        assert (refused.value.code, refused.value.place) == ("ledger.policy-lost", str(file))
    assert checkpoint(platform) == before
    assert backup(platform, tmp_path / "kept").entries == 4, "a backup is made all the same"
    (said,) = [each for each in doctor(platform) if each.name.en == "Signing and publishing"]
    assert not said.good
    for part in (str(file), "a.example/w", "backup", f"log {vkey_text(log_of(platform).vkeys[0])}"):
        assert part in said.more.en, part
        assert part == "backup" or part in said.more.zh, part
    file.write_bytes(kept)
    assert publish(platform).size == 4
    assert all(each.good for each in doctor(platform) if each.name.en == "Signing and publishing")
    file.write_text(f"log {vkey_text(log_of(platform).vkeys[0])}\nquorum none\n")
    grow(platform, 5, 1)
    assert publish(platform).size == 5, "who wants no witnesses any more says so"
