"""What proves the log, as an operator makes it and an outsider verifies it, by commands alone."""

import itertools
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from cli_documents import document
from click.testing import Result

from suyuan.tlog import sm2, standalone

ORIGIN = "trace.example.com/log"
Suyuan = Callable[..., Result]


def told(folder: Path, number: int) -> Path:
    path = folder / f"{number}.json"
    path.write_bytes(document(number))
    return path


def kept(suyuan: Suyuan, path: Path) -> Path:
    """The published checkpoint, as somebody keeps it."""
    done = suyuan("ledger", "publish", "--json")
    assert done.exit_code == 0, done.output
    path.write_text(json.loads(done.stdout)["checkpoint"], encoding="utf-8")
    return path


def test_a_log_is_named_by_whichever_command_has_its_name_first_and_by_no_other_later(
    suyuan: Suyuan,
) -> None:
    assert suyuan("--log-origin", ORIGIN, "registry", "list").exit_code == 0
    (key,) = suyuan("ledger", "keys").stdout.split()
    assert key.startswith(f"{ORIGIN}+")
    assert suyuan("--log-origin", ORIGIN, "registry", "list").exit_code == 0
    for words in (("registry", "list"), ("ledger", "publish"), ("doctor",)):
        done = suyuan("--lang", "en", "--log-origin", "other.example/log", *words)
        assert done.exit_code == 2
        assert "ledger.other-name" in done.stderr
        assert "ledger begin" in done.stderr
    assert suyuan("--log-origin", "no name", "registry", "list").exit_code == 2
    done = suyuan("--log-origin", "other.example/log", "ledger", "begin", "--yes")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].startswith("other.example/log+")


def test_a_flipped_bit_in_an_older_file_of_a_mirror_is_told_and_mended_by_commands(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    folder = tmp_path / "mirror"
    for number in (1, 2):
        suyuan("capture", str(told(tmp_path, number)))
        kept(suyuan, tmp_path / str(number))
        assert suyuan("ledger", "mirror", str(folder)).exit_code == 0
    (key,) = suyuan("ledger", "keys").stdout.split()
    checks = (("verify", str(folder), "--key", key), ("doctor", "--deep", "--mirror", str(folder)))
    assert [suyuan(*words).exit_code for words in checks] == [0, 0]
    older = min((folder / "tile/0/000.p").iterdir(), key=lambda each: int(each.name))
    true = older.read_bytes()
    older.write_bytes(bytes([true[0] ^ 1]) + true[1:])
    for words in checks:
        done = suyuan(*words)
        assert done.exit_code == 1
        assert f"tile/0/000.p/{older.name}" in done.output
    assert suyuan("ledger", "mirror", str(folder)).exit_code == 0
    assert [suyuan(*words).exit_code for words in checks] == [0, 0]
    suyuan("--log-origin", "other.example/log", "ledger", "begin", "--yes")
    done = suyuan("ledger", "mirror", str(folder))
    assert done.exit_code == 2
    assert "mirror.other" in done.stderr
    assert "证据" in done.stderr
    assert older.read_bytes() == true


def test_growth_is_proven_from_database_and_mirror_and_verified_offline(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    suyuan("capture", str(told(tmp_path, 1)))
    old = kept(suyuan, tmp_path / "old")
    suyuan("capture", str(told(tmp_path, 2)), str(told(tmp_path, 3)))
    new = kept(suyuan, tmp_path / "new")
    (key,) = suyuan("ledger", "keys").stdout.split()
    assert suyuan("ledger", "mirror", str(tmp_path / "mirror")).exit_code == 0
    mirror = ("--from", str(tmp_path / "mirror"))
    made = [suyuan("ledger", "consistency", str(old), str(new), *place) for place in ((), mirror)]
    assert [each.exit_code for each in made] == [0, 0]
    assert made[0].stdout == made[1].stdout
    proof = tmp_path / "proof"
    done = suyuan("ledger", "consistency", str(old), "--output", str(proof))
    assert done.exit_code == 0, done.output
    assert proof.read_text() == made[0].stdout
    done = suyuan("verify", str(proof), "--since", str(old), "--key", key)
    assert done.exit_code == 0, done.output
    for words in ((str(new), str(old)), (str(old), "--from", str(tmp_path / "nowhere"))):
        assert suyuan("ledger", "consistency", *words).exit_code == 2
    assert suyuan("ledger", "consistency", str(tmp_path / "no")).exit_code == 2
    for wrong in ("rubbish", "rub\n\nbish\n"):
        (rub := tmp_path / "rub").write_text(wrong)
        for words in ((rub, old), (old, rub)):
            done = suyuan("ledger", "consistency", *map(str, words), *mirror)
            assert done.exit_code == 2
            assert f"[{rub}" in done.stderr, "by which file of the two"
            assert "note.shape" in done.stderr
    (tmp_path / "mirror" / "checkpoint").write_text("rubbish")
    done = suyuan("ledger", "consistency", str(old), *mirror)
    assert "[checkpoint] (note.shape)" in done.stderr


def test_a_database_that_was_rewritten_is_wrong_and_not_only_unusable(
    suyuan: Suyuan, tmp_path: Path, migrated_database: str
) -> None:
    suyuan("capture", str(told(tmp_path, 1)))
    old = kept(suyuan, tmp_path / "old")
    suyuan("capture", str(told(tmp_path, 2)))
    kept(suyuan, tmp_path / "new")
    with psycopg.connect(migrated_database) as conn:
        conn.execute("update ledger.leaf set commitment = sha256('x') || sha256('y')")
    for words in (("ledger", "consistency", str(old)), ("ledger", "publish")):
        assert suyuan(*words).exit_code == 1, words
    assert suyuan("receipt", "1").exit_code == 1
    (tmp_path / "log" / "signed").unlink()
    assert suyuan("ledger", "publish").exit_code == 1


def test_a_receipt_shows_chosen_fields_alone_from_the_record_and_from_its_own_file(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    suyuan("capture", str(told(tmp_path, 1)))
    event = "urn:uuid:00000000-0000-4000-8000-000000000001"
    whole, part = tmp_path / "whole.tlog-proof", tmp_path / "part.tlog-proof"
    assert suyuan("receipt", event, "--output", str(whole)).exit_code == 0
    (key,) = suyuan("ledger", "keys").stdout.split()
    done = suyuan("receipt", event, "--fields", "event,judgement", "--output", str(part))
    assert done.exit_code == 0, done.output
    from_file = suyuan("receipt", str(whole), "--fields", "judgement", "--fields", "event")
    assert from_file.stdout == part.read_text()
    told_ = json.loads(suyuan("verify", str(part), "--key", key, "--json").stdout)
    assert [each["name"] for each in told_["fields"]] == ["event", "judgement"]
    for source, wrong in itertools.product((event, str(whole)), ("nothing", "", ",")):
        done = suyuan("--lang", "en", "receipt", source, "--fields", wrong)
        assert (done.exit_code, "receipt.field" in done.stderr) == (2, True)
        assert "judgement" in done.stderr


def test_a_rotation_is_followed_to_its_end_at_the_command_line(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    (old,) = suyuan("ledger", "keys").stdout.split()
    assert json.loads(suyuan("ledger", "handover", "--json").stdout)["signing"] == []
    new = suyuan("ledger", "rotate").stdout.split()[0]
    both = kept(suyuan, tmp_path / "both")
    for key in (old, new):
        assert suyuan("verify", str(both), "--key", key).exit_code == 0
    assert json.loads(suyuan("ledger", "handover", "--json").stdout) == {
        "signing": [old], "missing": [], "ready": True,
    }  # fmt: skip
    assert suyuan("ledger", "handover", "--anyway").exit_code == 2
    policy = f"log {new}\nwitness w {witness(suyuan, tmp_path)} http://127.0.0.1:1/\nquorum w\n"
    (tmp_path / "log" / "policy").write_text(policy)
    early = suyuan("--lang", "en", "ledger", "handover", "--end")
    assert (early.exit_code, "ledger.handover" in early.stderr) == (2, True)
    assert old in suyuan("ledger", "handover").stdout
    assert suyuan("ledger", "handover", "--end", "--anyway").stdout.split() == [new, old]
    (tmp_path / "log" / "policy").unlink()
    alone = kept(suyuan, tmp_path / "alone")
    assert suyuan("verify", str(alone), "--key", new).exit_code == 0
    assert suyuan("verify", str(alone), "--key", old).exit_code == 1


def witness(suyuan: Suyuan, folder: Path) -> str:
    done = suyuan("witness", "keys", "--name", "w.example/w", "--folder", str(folder / "w"))
    return str(done.stdout.split()[0])


@pytest.mark.parametrize("damage", [None, b"", b"\xff", b"log.example/b\n0\n\n"])
def test_a_witness_without_the_head_of_a_log_does_not_start(
    suyuan: Suyuan, tmp_path: Path, damage: bytes | None
) -> None:
    (log,) = suyuan("ledger", "keys").stdout.split()
    folder = tmp_path / "w"
    witness(suyuan, tmp_path)
    assert suyuan("witness", "know", log, "--folder", str(folder)).exit_code == 0
    assert suyuan("witness", "keys", "--folder", str(folder)).exit_code == 0
    (head,) = (folder / "heads").iterdir()
    head.unlink() if damage is None else head.write_bytes(damage)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    for words in (("keys",), ("keys", "--name", "w.example/1"), ("serve", "--port", port)):
        done = suyuan("--lang", "en", "witness", *words, "--folder", str(folder))
        assert done.exit_code == 1, done.output
        assert "answers at" not in done.output
        for told in (log.partition("+")[0], str(head), "Restore the newest backup"):
            assert told in done.output
    # nothing of that is needed to forget a log, and then the others are witnessed again
    assert suyuan("witness", "forget", log, "--folder", str(folder)).exit_code == 0
    assert suyuan("witness", "keys", "--folder", str(folder)).exit_code == 0


def test_a_receipt_that_a_witness_did_not_cosign_teaches_it_nothing(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    place = ("--folder", str(tmp_path / "w"))
    assert suyuan("witness", "learn", str(told(tmp_path, 1)), *place).exit_code == 2
    witness(suyuan, tmp_path)
    (log,) = suyuan("ledger", "keys").stdout.split()
    assert suyuan("witness", "know", log, *place).exit_code == 0
    whole = tmp_path / "first.tlog-proof"
    suyuan("capture", str(told(tmp_path, 1)))
    assert suyuan("receipt", "1", "--output", str(whole)).exit_code == 0
    done = suyuan("--lang", "en", "witness", "learn", str(whole), *place)
    assert (done.exit_code, "witness.not-cosigned" in done.stderr) == (
        1,
        True,
    )  # it did not cosign it


@pytest.mark.parametrize("words", [("know", "x"), ("forget", "x"), ("keys",)])
def test_a_wrong_command_to_a_witness_is_no_finding(
    suyuan: Suyuan, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert suyuan("witness", *words, "--folder", str(tmp_path / "none")).exit_code == 2


def test_a_silent_sm2_key_is_told_beside_the_keys_and_retired_by_a_command(
    suyuan: Suyuan, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = suyuan("ledger", "keys", "--sm2")
    if "suite.weak" in done.output:
        pytest.skip("libcrypto does not sign with SM2")
    both = done.stdout.split()
    assert len(both) == 2
    assert "retire-sm2" not in done.output
    monkeypatch.setattr(sm2, "_SAFE_TO_SIGN", range(0))
    done = suyuan("ledger", "keys")
    assert done.stdout.split() == both
    assert both[1] in done.stderr
    assert "retire-sm2" in done.stderr
    assert suyuan("ledger", "retire-sm2").exit_code == 1  # nobody said yes
    done = suyuan("ledger", "retire-sm2", "--yes")
    assert (done.exit_code, done.stdout.split()) == (0, both)
    assert "retire-sm2" not in suyuan("ledger", "keys").output
    assert both[1] in suyuan("ledger", "acts", "--kind", "log.keys", "--json").stdout
    done = suyuan("--lang", "en", "ledger", "retire-sm2", "--yes")
    assert done.exit_code == 2
    assert "no SM2 key" in done.output


def test_what_was_done_to_the_log_itself_is_listed_in_words(suyuan: Suyuan) -> None:
    assert suyuan("ledger", "retain", "30").exit_code == 0
    done = suyuan("ledger", "prune")
    assert (done.exit_code, "log.file" in done.stderr) == (2, True)
    suyuan("ledger", "publish")
    assert suyuan("ledger", "prune").exit_code == 0
    assert suyuan("ledger", "begin", "--yes").exit_code == 0
    for lang, words in (
        ("zh", ("log.retention (条目的保留规则)", "log.begun (另起一部日志)")),
        ("en", ("log.retention (retention of entries)", "log.begun (another log begun)")),
    ):
        lines = suyuan("--lang", lang, "ledger", "acts").stdout.splitlines()
        assert len(lines) == len(words), lines
        for line, word in zip(lines, words, strict=True):
            assert word in line
    told = [json.loads(line) for line in suyuan("ledger", "acts", "--json").stdout.splitlines()]
    assert told[0]["said"] == {"days": 30, "first": 0, "by": told[0]["said"]["by"]}
    assert told[1]["said"]["before"]["size"] == 1


def test_a_decision_and_an_act_are_proven_by_their_positions_and_verified(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    """Position 3 of the log is the decision that destroyed one of two events, 4 an act."""
    for number in (1, 2):
        suyuan("capture", str(told(tmp_path, number)))
    (event,) = json.loads(document(2))["epcisBody"]["eventList"]
    for given in ((), ("--by", "市监局"), ("--ground", "第四十七条")):
        unasked = suyuan("erase", event["eventID"], *given)
        assert unasked.exit_code == 2
        assert "不可恢复" not in unasked.output, "nothing is asked before what is missing is told"
        assert "[--by, --ground] (erase.reason)" in unasked.stderr
    done = suyuan("erase", event["eventID"], "--by", "市监局", "--ground", "第四十七条", "--yes")
    assert done.exit_code == 0, done.output
    assert suyuan("account", "shop", "--party", "urn:suyuan:party:shop").exit_code == 0
    (key,) = suyuan("ledger", "keys").stdout.split()
    for position, shown in (("3", "第四十七条"), ("4", "account.opened")):
        file = tmp_path / f"{position}.tlog-proof"
        assert suyuan("receipt", position, "--output", str(file)).exit_code == 0
        verified = suyuan("verify", str(file), "--key", key)
        assert verified.exit_code == 0, verified.output
        assert shown in verified.output
        alone = [sys.executable, standalone.__file__, str(file), key]
        said = subprocess.run(alone, check=True, capture_output=True, text=True)
        assert shown in said.stdout
    stranger = suyuan("receipt", "4", "--as", "urn:suyuan:party:other")
    assert stranger.exit_code == 2
    assert "receipt.not-yours" in stranger.stderr
    assert suyuan("receipt", "2").exit_code == 2
    assert "receipt.destroyed" in suyuan("receipt", "2").stderr
    assert "receipt.no-event" in suyuan("receipt", "4275").stderr


def test_the_number_on_a_receipt_leads_to_its_position_even_of_what_was_destroyed(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    """The second of two events has the index 1 on its receipt, and the position 2."""
    for number in (1, 2):
        suyuan("capture", str(told(tmp_path, number)))
    (event,) = json.loads(document(2))["epcisBody"]["eventList"]
    file = tmp_path / "second.tlog-proof"
    assert suyuan("receipt", event["eventID"], "--output", str(file)).exit_code == 0
    (key,) = suyuan("ledger", "keys").stdout.split()
    verified = suyuan("--lang", "en", "verify", str(file), "--key", key)
    assert "entry 1 (counted from 0)" in verified.stdout
    assert "position 2 (counted from 1)" in verified.stdout
    as_json = json.loads(suyuan("verify", str(file), "--key", key, "--json").stdout)
    assert (as_json["index"], as_json["position"]) == (1, 2)
    again = suyuan("--lang", "en", "receipt", str(file))
    assert again.exit_code == 0, again.output
    assert "the entry at position 2 is proven" in again.output
    assert file.read_text(encoding="utf-8").splitlines()[1] in again.output
    done = suyuan(
        "--lang", "en", "erase", event["eventID"], "--by", "court", "--ground", "art. 47", "--yes"
    )
    assert "position 2 (index 1 on a receipt)" in done.output
    assert "position 3 (index 2 on a receipt)" in done.output
    gone = suyuan("receipt", str(file))
    assert gone.exit_code == 2
    assert "receipt.destroyed" in gone.stderr
    cure = suyuan("--lang", "en", "receipt", event["eventID"]).stderr
    assert "counts from 0" in " ".join(cure.split())
    assert "file of its receipt" in " ".join(cure.split())


def test_a_receipt_of_another_log_has_no_position_here(suyuan: Suyuan, tmp_path: Path) -> None:
    for number in (1, 2):
        suyuan("capture", str(told(tmp_path, number)))
    file = tmp_path / "first.tlog-proof"
    (event,) = json.loads(document(1))["epcisBody"]["eventList"]
    assert suyuan("receipt", event["eventID"], "--output", str(file)).exit_code == 0
    file.write_bytes(file.read_bytes().replace(b"\nindex 0\n", b"\nindex 1\n"))
    done = suyuan("receipt", str(file))
    assert done.exit_code == 2
    assert "receipt.elsewhere" in done.stderr


def test_a_log_without_acts_says_so_and_where_destructions_are_listed(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    suyuan("capture", str(told(tmp_path, 1)))
    done = suyuan("--lang", "en", "ledger", "acts")
    assert done.exit_code == 0
    assert "no acts yet" in " ".join(done.output.split())
    assert "listed by suyuan erase" in " ".join(done.output.split())
    assert "没有操作" in suyuan("--lang", "zh", "ledger", "acts").output
    assert suyuan("ledger", "acts", "--json").output == ""
    assert suyuan("account", "shop", "--party", "urn:suyuan:party:shop").exit_code == 0
    suyuan("ledger", "publish")
    assert "no acts" not in suyuan("--lang", "en", "ledger", "acts").output
    none = suyuan("--lang", "en", "ledger", "acts", "--kind", "permit.entered").output
    assert "of the kind permit.entered" in " ".join(none.split())
