"""The stand-alone verifier against the library, on the same files, whole and changed."""

import ast
import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import (
    FIELDS,
    LOG,
    NOW,
    PEER,
    PROVINCE,
    changed,
    entries_of,
    head,
    policy,
    receipt_of,
    signed,
    truncated,
)
from msgspec import structs
from test_fuzz import at_both_lengths, mutated

from suyuan.kit import SuyuanError
from suyuan.tlog import standalone
from suyuan.tlog.artefact import SKEW, Trust, verify_file
from suyuan.tlog.note import vkey_text
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.receipt import parse_receipt, receipt_bytes
from suyuan.tlog.suites import Algorithm, Ed25519Signer, verifies
from suyuan.tlog.tree import leaf_hash, nodes
from suyuan.tlog.witness import request_bytes

FILE = Path(standalone.__file__)
VKEYS = [vkey_text(key.vkey) for key in (LOG, PROVINCE, PEER)]
ENTRIES = entries_of(9)
RECEIPT = receipt_of(ENTRIES, 5, ["verdict", "n"])
SAID = (
    "log.example/2026: entry 5 of 9 (from 0; from 1: 6)\n  at 2026-09-21 14:13:20+00:00\n"
    "  'n': '5'\n  'verdict': '\"accepted\"'"
)
NODE = nodes([leaf_hash(each) for each in ENTRIES])

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)


@pytest.fixture(scope="module", autouse=True)
def _each_signature_once() -> Iterator[None]:
    """Plain Python takes long over a signature, and most examples have those of the others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standalone, "ed25519", cache(standalone.ed25519))
        yield


def proof_of(old: int, size: int) -> bytes:
    path = consistency_proof(NODE, old, size)
    return request_bytes(old, path, signed(head(ENTRIES[:size])))


def test_it_is_one_short_file_that_needs_only_the_standard_library() -> None:
    assert len(FILE.read_text(encoding="utf-8").splitlines()) <= 200
    imported = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else name.name
        for node in ast.walk(ast.parse(FILE.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names


def test_as_a_program_it_says_what_is_proven_and_leaves_with_a_status(tmp_path: Path) -> None:
    nested = base64.b64encode(b'{"entry":' + b"[" * 200_000)
    for name, data in {
        "receipt": RECEIPT,
        "deep": re.sub(rb"\nextra .*", b"\nextra " + nested, RECEIPT),
        "bad": RECEIPT.replace(b"index 5", b"index 4"),
        "rubbish": b"rubbish",
        "paper.pdf": b"%PDF-1.7\n%\x80\x81\n1 0 obj\n\n2 0 obj",
        "old": signed(head(ENTRIES[:3])),
        "new": proof_of(3, 9),
    }.items():
        (tmp_path / name).write_bytes(data)

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", "-S", FILE, *words],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stderr == ""
        return done.returncode, done.stdout.rstrip("\n")

    assert run("receipt", *VKEYS) == (0, SAID)
    assert run("bad", *VKEYS)[0] == 1
    assert run("new", *VKEYS, "--since", "old") == (0, "log.example/2026: 9 continues 3")
    assert run("rubbish", *VKEYS)[0] == 2
    assert run("missing", *VKEYS)[0] == 2
    status, told = run("paper.pdf", *VKEYS)
    assert (status, "attached receipt.tlog-proof" in told) == (2, True)
    status, told = run("deep", *VKEYS)
    assert (status, told[:16]) == (2, "CANNOT BE READ: ")
    assert run("receipt", "key")[0] == 2


@pytest.mark.parametrize("size", range(1, 10))
def test_it_proves_every_receipt_and_every_step_that_the_library_proves(size: int) -> None:
    for at in range(size):
        whole = receipt_of(ENTRIES[:size], at)
        told = standalone.receipt(whole, VKEYS, NOW)
        assert told.startswith(
            f"log.example/2026: entry {at} of {size} (from 0; from 1: {at + 1})\n"
        )
        assert FIELDS["verdict"].decode() in told
    for old in range(1, size + 1):
        told = standalone.consistency(proof_of(old, size), VKEYS, NOW, signed(head(ENTRIES[:old])))
        assert told == f"log.example/2026: {size} continues {old}"


def library_holds(data: bytes, *, since: bytes | None = None) -> bool:
    try:
        verify_file(data, Trust(policy=policy(), since=since, latest=NOW + SKEW))
    except SuyuanError:
        return False
    return True


def told(data: bytes, *, since: bytes | None = None) -> str | None:
    """What the stand-alone verifier says is proven, if anything."""
    try:
        if since is not None:
            return standalone.consistency(data, VKEYS, NOW, since)
        return standalone.receipt(data, VKEYS, NOW)
    except (standalone.NoProof, *UNREADABLE):
        return None


def test_a_changed_receipt_proves_nothing_else() -> None:
    for whole in [*changed(RECEIPT), *truncated(RECEIPT)][::97]:
        assert told(whole) is None, whole
        assert not library_holds(whole)


@at_both_lengths
def test_on_mutated_receipts_it_agrees_with_the_library(examples: int) -> None:
    def check(at: int) -> None:
        data = mutated(RECEIPT, Random(at))
        said = told(data)
        assert said in {None, SAID}
        assert library_holds(data) is (said is not None)

    settings(max_examples=examples, deadline=None, database=None)(
        given(st.integers(0, 2**64))(check)
    )()


def unsigned(data: bytes) -> bytes:
    """The proof and the checkpoint, without the lines of those who signed."""
    return data.partition("\n— ".encode())[0]


@at_both_lengths
def test_on_mutated_proofs_of_consistency_it_agrees_with_the_library(examples: int) -> None:
    def check(at: int, old: int, size: int) -> None:
        since = signed(head(ENTRIES[:old]))
        data = (
            proof_of(old, size)
            if old <= size
            else request_bytes(old, (), signed(head(ENTRIES[:size])))
        )
        bad = mutated(data, Random(at)) if at else data
        holds = library_holds(bad, since=since)
        assert (told(bad, since=since) is not None) is holds
        assert holds is (old <= size) if bad == data else not holds or old <= size
        if holds:  # an edit may add a line of a signer whom nobody asks, and touch nothing else
            assert unsigned(bad) == unsigned(data)

    settings(max_examples=examples, deadline=None, database=None)(
        given(st.integers(0, 2**64), st.integers(1, 9), st.integers(1, 9))(check)
    )()


def test_a_smaller_tree_never_continues_a_larger_one_even_under_one_root() -> None:
    lying = head(ENTRIES[:4])
    smaller = type(lying)(lying.origin, 2, lying.root)
    data = request_bytes(4, (), signed(smaller))
    assert told(data, since=signed(lying)) is None
    assert not library_holds(data, since=signed(lying))


def test_a_proof_between_checkpoints_with_extension_lines_holds_in_both() -> None:
    extended = structs.replace(head(ENTRIES), extensions=("more",))
    since = signed(head(ENTRIES[:3]))
    data = request_bytes(3, consistency_proof(NODE, 3, 9), signed(extended))
    assert library_holds(data, since=since)
    assert told(data, since=since) == "log.example/2026: 9 continues 3"


def test_keys_of_other_kinds_and_missing_cosigners_are_not_passed_over() -> None:
    by_log = signed(head(ENTRIES), (LOG,))
    alone = receipt_bytes(structs.replace(parse_receipt(RECEIPT), checkpoint=by_log))
    assert standalone.receipt(alone, VKEYS[:1], NOW) == SAID
    with pytest.raises(standalone.NoProof):
        standalone.receipt(alone, VKEYS, NOW)
    for bad in ([VKEYS[1]], [VKEYS[0], VKEYS[0]], [VKEYS[0][:-1]], ["x"]):
        with pytest.raises((ValueError, LookupError)):
            standalone.receipt(alone, bad, NOW)
    later = signed(head(ENTRIES), (LOG, PROVINCE, PEER), time=NOW + 1)
    assert standalone.checkpoint(later, VKEYS, NOW)[1] == 9


@settings(deadline=None, max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 95 * 8))
def test_its_ed25519_says_what_openssl_says(seed: bytes, message: bytes, bit: int) -> None:
    signer = Ed25519Signer(seed)
    signature = signer.sign(message)
    assert standalone.ed25519(signer.public, message, signature)
    both = int.from_bytes(signer.public + signature) ^ 1 << bit
    public, bad = both.to_bytes(96)[:32], both.to_bytes(96)[32:]
    try:
        ours = standalone.ed25519(public, message, bad)
    except standalone.NoProof:
        ours = False
    assert ours is verifies(Algorithm.ED25519, public, message, bad)


def test_a_signature_beyond_the_order_is_refused_as_openssl_does() -> None:
    """s + L verifies in a careless verifier: a second spelling of one signature."""
    signer = Ed25519Signer(bytes(32))
    signature = signer.sign(b"text")
    s = int.from_bytes(signature[32:], "little") + standalone.L
    twin = signature[:32] + s.to_bytes(32, "little")
    assert not standalone.ed25519(signer.public, b"text", twin)
    assert not verifies(Algorithm.ED25519, signer.public, b"text", twin)
    assert not standalone.ed25519(signer.public, b"text", signature + b"\0")
