"""`suyuan verify` on files as somebody would hold them, without a platform."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import mldsa
from msgspec import structs

from suyuan.cli import Launcher, cli
from suyuan.labels.slips import Slip, slip_pdf
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.commitment import commit, disclose, disclosure_bytes, entry_of
from suyuan.tlog.cosign import cosigned_message, timed
from suyuan.tlog.errors import SuiteError
from suyuan.tlog.keys import ed25519_key, sm2_key
from suyuan.tlog.note import (
    ML_DSA_COSIGNATURE,
    Note,
    VKey,
    note_bytes,
    parse_note,
    signature_of,
    vkey_text,
)
from suyuan.tlog.proof import consistency_proof, inclusion_proof
from suyuan.tlog.receipt import Receipt, parse_receipt, receipt_bytes
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tiles import ENTRIES, bundle_bytes, tile_bytes, tile_path, tiles_of
from suyuan.tlog.tree import Frontier, extend, leaf_hash, nodes, root
from suyuan.tlog.witness import request_bytes

LOG = ed25519_key("log.example", bytes(32))
WITNESS = ed25519_key("wit.example", bytes(31) + b"\1", cosigner=True)
FIELDS = {"verdict": b'"accepted"', "\u4ea7\u5730": '"\u6cb3\u5357"'.encode()}
ENTRIES_LOGGED = [entry_of(commit(FIELDS, at.to_bytes(16)), at) for at in range(300)]
KEY = ("--key", vkey_text(LOG.vkey))
OTHER = ed25519_key("log.example", bytes(31) + b"\2")
OTHER_KEY = ("--key", vkey_text(OTHER.vkey))

Run = Callable[..., Result]


def signed(size: int, *keys: Key) -> bytes:
    top = root(extend(Frontier(), map(leaf_hash, ENTRIES_LOGGED[:size])))
    text = checkpoint_text(Checkpoint("log.example", size, top))
    return note_bytes(Note(text, tuple(sign(text, key, time=1) for key in keys)))


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """What somebody holds: a receipt, checkpoints, a proof, a mirror, a policy."""
    node = nodes([leaf_hash(each) for each in ENTRIES_LOGGED])
    shown = disclose(FIELDS, (7).to_bytes(16), FIELDS, time=7)
    path = inclusion_proof(node, 7, 300)
    whole = Receipt(7, path, signed(300, LOG, WITNESS), disclosure_bytes(shown))
    policy = f"log {KEY[1]}\nwitness w {vkey_text(WITNESS.vkey)}\nquorum w\n"
    proof = request_bytes(100, consistency_proof(node, 100, 300), signed(300, LOG))
    files = {
        "a.tlog-proof": receipt_bytes(whole),
        "old": signed(100, LOG),
        "new": signed(300, LOG, WITNESS),
        "proof": proof,
        "policy": policy.encode(),
        "mirror/checkpoint": signed(300, LOG, WITNESS),
    }
    for tile in tiles_of(300):
        start = tile.index * 256
        files["mirror/" + tile_path(tile)] = (
            bundle_bytes(ENTRIES_LOGGED[start : start + tile.width])
            if tile.level == ENTRIES
            else tile_bytes(tile, node)
        )
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.fixture
def verify(held: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(held)

    def run(*words: str, lang: str = "zh") -> Result:
        launcher = Launcher(serve=lambda _: None, witness=lambda *_: None)
        return CliRunner().invoke(cli, ["--lang", lang, "verify", *words], obj=launcher)

    return run


def lines(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_receipt_says_what_it_proves_in_both_languages(verify: Run) -> None:
    for lang, said in (("zh", "第 7 号条目"), ("en", "entry 7 ")):
        done = verify("a.tlog-proof", *KEY, lang=lang)
        assert done.exit_code == 0, done.output
        assert said in done.stdout
        assert "verdict" in done.stdout
        assert "河南" in done.stdout


def test_every_kind_of_file_is_told_as_json(verify: Run) -> None:
    done = verify("a.tlog-proof", "new", "mirror", "--policy", "policy", "--json")
    assert done.exit_code == 0, done.output
    receipt, checkpoint, mirror = lines(done)
    assert [each["kind"] for each in (receipt, checkpoint, mirror)] == [
        "receipt", "checkpoint", "mirror",
    ]  # fmt: skip
    assert all(each["verdict"] == "holds" for each in (receipt, checkpoint, mirror))
    assert receipt["index"] == 7
    assert {each["name"]: each["value"] for each in receipt["fields"]} == {
        name: value.decode() for name, value in FIELDS.items()
    }
    assert mirror["witnesses"] == [{"name": "w", "time": 1}]
    done = verify("proof", "mirror", *KEY, "--since", "old", "--json")
    assert [(each["verdict"], each["since"]) for each in lines(done)] == [("holds", 100)] * 2


def test_what_only_a_revoked_key_signed_is_refused_and_told_as_that(verify: Run) -> None:
    other = vkey_text(ed25519_key("log.example", bytes(31) + b"\2").vkey)
    done = verify("new", *KEY, "--key", other, "--revoked", other)
    assert done.exit_code == 0, done.output
    done = verify("new", "a.tlog-proof", *KEY, "--key", other, "--revoked", KEY[1], "--json")
    assert done.exit_code == 1
    assert [each["error"]["code"] for each in lines(done)] == ["policy.revoked"] * 2


def paper(*files: tuple[str, bytes]) -> bytes:
    """A PDF with files attached."""
    with pypdfium2.PdfDocument.new() as made:
        made.new_page(100, 100)
        for name, data in files:
            made.new_attachment(name).set_data(data)
        made.save(kept := io.BytesIO())
    return kept.getvalue()


def test_a_receipt_on_paper_is_verified_by_the_file_that_it_carries(
    verify: Run, held: Path
) -> None:
    proof = (held / "a.tlog-proof").read_bytes()
    slip = Slip(
        heading="回执", lines=(), facts=[], shown="", fields=[], small=(),
        address="https://trace.example/entries/8", file=proof,
    )  # fmt: skip
    (held / "own.pdf").write_bytes(slip_pdf(slip, "zh"))
    (held / "other.pdf").write_bytes(paper(("readme.txt", b"x"), ("a.tlog-proof", proof)))
    whole, own, other = lines(verify("a.tlog-proof", "own.pdf", "other.pdf", *KEY, "--json"))
    assert [own | {"file": ""}, other | {"file": ""}] == [whole | {"file": ""}] * 2
    said = verify("own.pdf", *KEY, lang="en")
    assert said.exit_code == 0
    assert "not the words printed" in said.stdout
    assert "not the words printed" not in verify("a.tlog-proof", *KEY, lang="en").stdout


def test_a_paper_whose_receipt_was_changed_is_refused(verify: Run, held: Path) -> None:
    proof = (held / "a.tlog-proof").read_bytes().replace(b"\nindex 7\n", b"\nindex 8\n")
    (held / "a.pdf").write_bytes(paper(("receipt.tlog-proof", proof)))
    done = verify("a.pdf", *KEY, "--json")
    assert (done.exit_code, lines(done)[0]["error"]["code"]) == (1, "proof.inclusion")


@pytest.mark.parametrize("kind", ["none", "two", "cut off", "rubbish"])
def test_a_paper_that_carries_no_one_receipt_is_told_what_to_give(
    verify: Run, held: Path, kind: str
) -> None:
    proof = (held / "a.tlog-proof").read_bytes()
    one = paper(("receipt.tlog-proof", proof))
    made = {
        "none": paper(("receipt.txt", proof)),
        "two": paper(("a.tlog-proof", proof), ("b.tlog-proof", proof)),
        "cut off": one[: len(one) // 3],
        "rubbish": b"%PDF-1.7\nrubbish",
    }
    (held / "a.pdf").write_bytes(made[kind])
    done = verify("a.pdf", *KEY, "--json")
    (told,) = lines(done)
    assert (done.exit_code, told["verdict"], told["error"]["code"]) == (2, "unknown", "verify.pdf")
    assert "suyuan receipt --pdf" in told["error"]["en"]


def test_a_changed_receipt_leaves_with_one_and_names_place_rule_and_cure(
    verify: Run, held: Path
) -> None:
    whole = (held / "a.tlog-proof").read_bytes()
    (held / "bad").write_bytes(whole.replace(b"\nindex 7\n", b"\nindex 8\n"))
    (held / "worse").write_bytes(whole.replace(b"\nindex 7\n", b"\nindex 07\n"))
    done = verify("bad", "worse", "a.tlog-proof", *KEY, "--json")
    assert done.exit_code == 1
    bad, worse, good = lines(done)
    assert (bad["verdict"], bad["error"]["code"]) == ("refused", "proof.inclusion")
    assert (worse["error"]["code"], worse["error"]["place"]) == ("tlog.number", "line 3")
    assert good["verdict"] == "holds"
    for error in (bad["error"], worse["error"]):
        assert error["zh"]
        assert error["en"]
    assert "proof.inclusion" in verify("bad", *KEY).stdout


def test_a_damaged_mirror_names_its_files(verify: Run, held: Path) -> None:
    tile = held / "mirror/tile/0/000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    (held / "mirror/tile/entries/001.p/44").unlink()
    (told,) = lines(verify("mirror", *KEY, "--json"))
    assert told["verdict"] == "refused"
    assert {each["path"] for each in told["damages"]} == {"tile/0/000", "tile/entries/001.p/44"}
    done = verify("mirror", *KEY, lang="en")
    assert done.exit_code == 1
    assert "tile/0/000" in done.stdout
    assert "index 0 " in done.stdout


def test_a_mirror_with_many_damages_is_told_shortly_and_listed_in_json(
    verify: Run, held: Path
) -> None:
    tile = held / "mirror/tile/0/000"
    tile.write_bytes(bytes(8192))
    done = verify("mirror", *KEY, lang="en")
    assert "and 236 more" in done.stdout
    (told,) = lines(verify("mirror", *KEY, "--json"))
    assert len(told["damages"]) == 256


def test_a_history_that_was_rewritten_is_found_by_the_old_checkpoint(
    verify: Run, held: Path
) -> None:
    text = checkpoint_text(Checkpoint("log.example", 100, bytes(32)))
    (held / "other").write_bytes(note_bytes(Note(text, (sign(text, LOG),))))
    proof, mirror = lines(verify("proof", "mirror", *KEY, "--since", "other", "--json"))
    assert proof["error"]["code"] == "proof.consistency"
    assert [each["code"] for each in mirror["damages"]] == ["mirror.history"]
    (split,) = lines(verify("old", *KEY, "--since", "other", "--json"))
    assert split["error"]["code"] == "checkpoint.split"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("a.tlog-proof",), "verify.trust"),
        (("a.tlog-proof", *KEY, "--policy", "policy"), "verify.trust"),
        (("a.tlog-proof", "--key", "rubbish"), "note.vkey"),
        (("a.tlog-proof", "--policy", "old"), "policy.shape"),
        (("a.tlog-proof", "--policy", "missing"), "verify.unreadable"),
        (("proof", *KEY, "--since", "missing"), "verify.unreadable"),
        (("new", *KEY, "--since-policy", "policy"), "verify.then"),
    ],
)
def test_who_brings_no_usable_trust_is_told_how(
    verify: Run, words: tuple[str, ...], code: str
) -> None:
    done = verify(*words)
    assert done.exit_code == 2
    assert code in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("a.tlog-proof", *KEY, "--entry", "policy"), "receipt.other-entry"),
        (("old", "--policy", "policy"), "policy.quorum"),
        (("old", *OTHER_KEY), "note.unsigned"),
    ],
)
def test_a_file_that_does_not_hold_is_told_why(
    verify: Run, words: tuple[str, ...], code: str
) -> None:
    done = verify(*words, "--json")
    assert done.exit_code == 1
    (told,) = lines(done)
    assert (told["verdict"], told["error"]["code"]) == ("refused", code)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("missing", *KEY), "verify.unreadable"),
        (("policy", *KEY), "artefact.unknown"),
        (("mirror/tile", *KEY), "mirror.missing"),
        (("proof", *KEY), "consistency.since"),
        (("proof", *KEY, "--since", "new"), "consistency.other"),
        (("proof", *KEY, "--since", "policy"), "consistency.older"),
        (("new", *KEY, "--since", "old"), "checkpoint.unrelated"),
    ],
)
def test_what_could_not_be_checked_is_neither_yes_nor_no(
    verify: Run, words: tuple[str, ...], code: str
) -> None:
    done = verify(*words, "--json")
    assert done.exit_code == 2
    (told,) = lines(done)
    assert (told["verdict"], told["error"]["code"]) == ("unknown", code)


def test_a_cosignature_of_tomorrow_does_not_count(verify: Run, held: Path) -> None:
    for time, code in ((0, 0), (2**62, 1)):
        text = parse_note(signed(300, LOG)).text
        line = sign(text, WITNESS, time=time)
        (held / "late").write_bytes(
            note_bytes(Note(text, (*parse_note(signed(300, LOG)).signatures, line)))
        )
        done = verify("late", "--policy", "policy", lang="en")
        assert done.exit_code == code, done.output
        assert ("1970-01-01 00:00:00Z" in done.stdout) is (code == 0)


def test_what_a_revoked_key_signed_before_is_compared_and_a_fork_is_told(
    verify: Run, held: Path
) -> None:
    new = parse_note(signed(300, LOG)).text
    files = {
        "newer": note_bytes(Note(new, (sign(new, OTHER, time=1),))),
        "same": signed(300, LOG),
        "forked": forked(300),
        "older": signed(100, LOG),
        "rewritten": forked(100),
    }
    files["grown"] = (held / "proof").read_bytes().partition(b"\n\n")[0] + b"\n\n" + files["newer"]
    for name, data in files.items():
        (held / name).write_bytes(data)
    for file, since, code in (
        ("newer", "same", 0),
        ("newer", "forked", 1),
        ("grown", "older", 0),
        ("grown", "rewritten", 1),
    ):
        done = verify(file, *OTHER_KEY, "--revoked", KEY[1], "--since", since, lang="en")
        assert done.exit_code == code, (file, since, done.output)
        assert "bears only a revoked key" in done.output
    assert verify("same", *OTHER_KEY, "--revoked", KEY[1]).exit_code == 1
    whole = parse_receipt((held / "a.tlog-proof").read_bytes())
    (held / "b.tlog-proof").write_bytes(
        receipt_bytes(structs.replace(whole, checkpoint=files["newer"]))
    )
    done = verify("b.tlog-proof", *OTHER_KEY, "--revoked", KEY[1], "--since", "same", lang="en")
    assert done.exit_code == 0, done.output
    assert "bears only a revoked key" not in done.output  # a receipt is held against none


@pytest.mark.parametrize("file", ["newer", "grown"])
def test_an_older_checkpoint_of_a_key_that_was_replaced_names_the_key_that_is_lacking(
    verify: Run, held: Path, file: str
) -> None:
    text = parse_note(signed(300, LOG)).text
    (held / "newer").write_bytes(note_bytes(Note(text, (sign(text, OTHER, time=1),))))
    head = (held / "proof").read_bytes().partition(b"\n\n")[0]
    (held / "grown").write_bytes(head + b"\n\n" + (held / "newer").read_bytes())
    (held / "same").write_bytes(signed(300, LOG))
    words = file, *OTHER_KEY, "--since", "same" if file == "newer" else "old"
    assert (done := verify(*words, lang="en")).exit_code == 2
    told = (LOG.vkey.id.hex(), "log.example", "one more --key", "/log/keys", "--revoked")
    assert [each for each in told if each not in done.output] == []
    assert LOG.vkey.id.hex() in verify(*words).output
    assert OTHER.vkey.id.hex() not in done.output
    assert verify(*words, *KEY).exit_code == 0
    assert verify(*words, "--revoked", KEY[1]).exit_code == 0


def test_an_older_checkpoint_of_before_the_witnesses_is_read_by_the_policy_of_its_time(
    verify: Run, held: Path
) -> None:
    head = (held / "proof").read_bytes().partition(b"\n\n")[0] + b"\n\n"
    (held / "grown").write_bytes(head + signed(300, LOG, WITNESS))
    (held / "then").write_text(f"log {KEY[1]}\nquorum none\n")
    words = "--policy", "policy", "--since", "old"
    assert verify("grown", "mirror", *words, lang="en").output.count("--since-policy") == 2
    done = verify("grown", "mirror", *words, "--since-policy", "then", lang="en")
    assert done.exit_code == 0, done.output
    assert done.output.count("not by the present one") == 2
    assert lines(verify("grown", *words, "--since-policy", "then", "--json"))[0]["sinceThen"]
    (held / "grown").write_bytes(head + signed(300, LOG))
    (told,) = lines(verify("grown", *words, "--since-policy", "then", "--json"))
    assert told["error"]["code"] == "policy.quorum"
    (held / "old").write_bytes(forked(100))
    assert verify("mirror", *words, "--since-policy", "then").exit_code == 1


def forked(size: int) -> bytes:
    text = checkpoint_text(Checkpoint("log.example", size, bytes(32)))
    return note_bytes(Note(text, (sign(text, LOG, time=1),)))


def test_what_is_wrong_outweighs_what_could_not_be_checked(verify: Run, held: Path) -> None:
    whole = (held / "a.tlog-proof").read_bytes()
    (held / "bad").write_bytes(whole.replace(b"\nindex 7\n", b"\nindex 8\n"))
    assert verify("missing", "bad", "a.tlog-proof", *KEY).exit_code == 1
    assert verify("missing", "a.tlog-proof", *KEY).exit_code == 2


def test_the_answer_names_every_signature_that_counts_with_its_suite_and_key(
    verify: Run, held: Path
) -> None:
    checkpoint = parse_note(signed(300, LOG, WITNESS)).text
    modern = mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    vkey = VKey("pq.example", ML_DSA_COSIGNATURE, modern.public_key().public_bytes_raw())
    data = modern.sign(cosigned_message(vkey.kind, vkey.name, checkpoint, 5))
    lines_ = (*parse_note(signed(300, LOG, WITNESS)).signatures, signature_of(vkey, timed(5, data)))
    (held / "all").write_bytes(note_bytes(Note(checkpoint, lines_)))
    policy = (held / "policy").read_text().replace("quorum w", "group g all w pq\nquorum g")
    witness = f"witness pq {vkey_text(vkey)}\ngroup"
    (held / "more").write_text(policy.replace("group", witness, 1))
    done = verify("all", "--policy", "more", "--require", "ed25519,ml-dsa-44", "--json")
    assert done.exit_code == 0, done.output
    assert lines(done)[0]["signers"] == [
        {"role": "log", "name": "log.example", "id": LOG.vkey.id.hex(), "suite": "ed25519",
         "witness": None, "time": None},
        {"role": "witness", "name": "wit.example", "id": WITNESS.vkey.id.hex(),
         "suite": "ed25519", "witness": "w", "time": 1},
        {"role": "witness", "name": "pq.example", "id": vkey.id.hex(), "suite": "ml-dsa-44",
         "witness": "pq", "time": 5},
    ]  # fmt: skip
    said = verify("all", "--policy", "more", lang="en").stdout
    assert f"signed by: log.example (ed25519, {LOG.vkey.id.hex()})" in said
    assert f"pq: pq.example (ml-dsa-44, {vkey.id.hex()}, 1970-01-01 00:00:05Z)" in said
    assert verify("new", "--policy", "policy", "--require", "ml-dsa-44").exit_code == 2


@pytest.fixture
def second() -> Key:
    """A key of SM2 of the same log."""
    try:
        return sm2_key("log.example", bytes(31) + b"\5")
    except SuiteError as weak:
        pytest.skip(str(weak))


def test_both_suites_can_be_required_and_a_line_that_is_missing_or_wrong_fails(
    verify: Run, held: Path, second: Key
) -> None:
    both = ("--key", vkey_text(second.vkey), *KEY)
    (held / "two").write_bytes(signed(300, LOG, second))
    for file in ("two", "new"):
        assert verify(file, *both).exit_code == 0, "unless it is required"
    done = verify("two", *both, "--require", "ed25519,sm2", "--json")
    assert done.exit_code == 0, done.output
    assert {each["suite"] for each in lines(done)[0]["signers"]} == {"ed25519", "sm2"}
    for file in ("new", "a.tlog-proof", "mirror"):
        done = verify(file, *both, "--require", "ed25519", "--require", "SM2", "--json")
        assert (done.exit_code, lines(done)[0]["error"]["code"]) == (1, "policy.suite"), file
    note = parse_note(signed(300, LOG, second))
    data = note.signatures[1].data or b""
    wrong = signature_of(second.vkey, data[:-1] + bytes([data[-1] ^ 1]))
    (held / "wrong").write_bytes(note_bytes(Note(note.text, (note.signatures[0], wrong))))
    done = verify("wrong", *both, "--require", "sm2", "--json")
    assert (done.exit_code, lines(done)[0]["error"]["code"]) == (1, "note.signature")
    alone = ("--key", vkey_text(second.vkey))
    (held / "only").write_bytes(signed(300, second))
    assert verify("only", *both, "--require", "ed25519").exit_code == 1
    assert verify("only", *alone, "--require", "ed25519").exit_code == 2  # no such key was given
    done = verify("two", *both, "--since", "old", "--require", "sm2", "--json")
    assert lines(done)[0]["error"]["code"] == "checkpoint.unrelated"  # the old one is of before
    for rubbish in ("rsa", "", ","):
        assert verify("two", *both, "--require", rubbish).exit_code == 2


def test_a_key_of_a_kind_that_no_log_has_is_never_trusted(verify: Run, held: Path) -> None:
    unknown = VKey("old.example", 0x02, b"a key of another kind")
    note = parse_note((held / "new").read_bytes())
    lines_ = (*note.signatures, signature_of(unknown, b"signature"))
    (held / "odd").write_bytes(note_bytes(Note(note.text, lines_)))
    assert verify("odd", *KEY).exit_code == 0
    done = verify("odd", *KEY, "--key", vkey_text(unknown), "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "policy.shape" in done.stderr


def test_what_a_file_says_cannot_steer_the_terminal(verify: Run, held: Path) -> None:
    fields = {"note": b"\x1b[2J\x9bred\r\nfine"}
    entry = entry_of(commit(fields, bytes(16)), 0)
    text = checkpoint_text(Checkpoint("log.example", 1, leaf_hash(entry)))
    note = note_bytes(Note(text, (sign(text, LOG),)))
    shown = disclosure_bytes(disclose(fields, bytes(16), fields, time=0))
    (held / "odd").write_bytes(receipt_bytes(Receipt(0, (), note, shown)))
    done = verify("odd", *KEY)
    assert done.exit_code == 0
    assert not {"\x1b", "\x9b", "\r"} & set(done.stdout)


def test_it_needs_no_database_and_loads_no_driver(held: Path) -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom suyuan.cli import Launcher, cli\n"
        f"words = ['verify', 'a.tlog-proof', '--key', {KEY[1]!r}]\n"
        "launcher = Launcher(serve=lambda p: None, witness=lambda *_: None)\n"
        "done = CliRunner().invoke(cli, words, obj=launcher)\n"
        "assert done.exit_code == 0, done.output\n"
        "assert not {'psycopg', 'litestar', 'suyuan.store'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=held, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
