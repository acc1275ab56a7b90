"""Every reader against arbitrary and mutated bytes: its own error or nothing, and one spelling.

What is read is written back as it was: so no artefact has two spellings, and none is half read.
"""

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import LOG, entries_of, head, mirror_of, policy, policy_bytes, receipt_of, signed

from suyuan.kit import SuyuanError
from suyuan.tlog.artefact import Trust, verify_file, verify_mirror
from suyuan.tlog.checkpoint import checkpoint_text, parse_checkpoint
from suyuan.tlog.commitment import disclosure_bytes, parse_disclosure, verify_disclosure
from suyuan.tlog.errors import ProofError
from suyuan.tlog.keys import parse_skey, skey_text
from suyuan.tlog.note import (
    note_bytes,
    parse_note,
    parse_signatures,
    parse_vkey,
    signature_line,
    vkey_text,
)
from suyuan.tlog.policy import parse_policy, trusting
from suyuan.tlog.proof import root_by_inclusion, verify_consistency, verify_inclusion
from suyuan.tlog.receipt import parse_receipt, receipt_bytes
from suyuan.tlog.tiles import bundle_bytes, parse_bundle, parse_path, parse_tile, tile_path
from suyuan.tlog.tree import EMPTY_ROOT
from suyuan.tlog.witness import read_request, request_bytes

ENTRIES = entries_of(5)
RECEIPT = receipt_of(ENTRIES, 3, ["n", "verdict"])
DISCLOSURE = parse_receipt(RECEIPT).extra or b""
NOTE = signed(head(ENTRIES))
REQUEST = request_bytes(3, (EMPTY_ROOT, EMPTY_ROOT), NOTE)

at_both_lengths = pytest.mark.parametrize(
    "examples",
    [pytest.param(150, id="quick"), pytest.param(2_500, id="deep", marks=pytest.mark.deep)],
)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _disclosed(data: bytes) -> bytes:
    disclosure = parse_disclosure(data)
    with suppress(ProofError):  # well-formed and untrue is as good here
        verify_disclosure(disclosure)
    return disclosure_bytes(disclosure)


def _policy(data: bytes) -> bytes:
    parse_policy(data)
    return data  # comments and spaces are not kept, so there is nothing to compare


def _request(data: bytes) -> bytes:
    request = read_request(data)
    return request_bytes(request.old, request.proof, note_bytes(request.note))


def _lines(data: bytes) -> bytes:
    return "".join(map(signature_line, parse_signatures(data))).encode()


READERS: dict[str, tuple[Callable[[bytes], bytes], bytes]] = {
    "note": (lambda data: note_bytes(parse_note(data)), NOTE),
    "checkpoint": (
        lambda data: checkpoint_text(parse_checkpoint(_text(data))).encode(
            "utf-8", "surrogateescape"
        ),
        checkpoint_text(head(ENTRIES)).encode(),
    ),
    "vkey": (
        lambda data: vkey_text(parse_vkey(_text(data))).encode(),
        vkey_text(LOG.vkey).encode(),
    ),
    "skey": (
        lambda data: skey_text(parse_skey(_text(data)), bytes(range(32))).encode(),
        skey_text(LOG, bytes(range(32))).encode(),
    ),
    "signatures": (_lines, NOTE.partition(b"\n\n")[2]),
    "receipt": (lambda data: receipt_bytes(parse_receipt(data)), RECEIPT),
    "disclosure": (_disclosed, DISCLOSURE),
    "request": (_request, REQUEST),
    "policy": (_policy, policy_bytes()),
    "path": (lambda data: tile_path(parse_path(_text(data))).encode(), b"tile/0/x001/234.p/56"),
    "bundle": (lambda data: bundle_bytes(parse_bundle(data, 5)), bundle_bytes(ENTRIES)),
    "tile": (lambda data: b"".join(parse_tile(data, 2)), EMPTY_ROOT * 2),
}


def mutated(seed: bytes, draw: Random) -> bytes:
    """A few random edits: bytes changed, cut out, repeated, put in, moved."""
    data = bytearray(seed)
    for _ in range(draw.randint(1, 4)):
        start = draw.randrange(len(data) + 1)
        end = min(len(data), start + draw.choice([0, 1, 2, 5, 40]))
        piece = data[start:end]
        data[start:end] = draw.choice(
            [
                bytes([draw.randrange(256)]),
                b"",
                piece * 2,
                draw.choice([b"\n", b"\n\n", b" ", b"+", b"=", b"0", "— ".encode(), b"\xff", b"{"]),
                bytes(reversed(piece)),
            ]
        )
    return bytes(data)


@at_both_lengths
@pytest.mark.parametrize("name", READERS)
def test_a_reader_refuses_in_its_own_words_or_reads_everything(name: str, examples: int) -> None:
    read, seed = READERS[name]
    assert read(seed) == seed

    def check(data: bytes) -> None:
        try:
            again = read(data)
        except SuyuanError as refusal:
            said = refusal
        else:
            one_line = name in {"vkey", "skey"}  # typed and pasted, so spaces around do not count
            assert again == (_text(data).strip().encode() if one_line else data)
            return
        assert said.text.zh
        assert said.text.en

    drawn = st.binary(max_size=200) | st.integers(0, 2**64).map(
        lambda at: mutated(seed, Random(at))
    )
    settings(max_examples=examples, deadline=None, database=None)(given(drawn)(check))()


@at_both_lengths
def test_no_mutated_artefact_proves_anything_new(examples: int) -> None:
    """Whatever is accepted says exactly what the original said."""
    trust = Trust(policy=policy())
    said = verify_file(RECEIPT, trust)

    def check(at: int) -> None:
        try:
            proven = verify_file(mutated(RECEIPT, Random(at)), trust)
        except SuyuanError:
            return
        assert proven == said

    settings(max_examples=examples, deadline=None, database=None)(
        given(st.integers(0, 2**64))(check)
    )()


@at_both_lengths
def test_a_mirror_of_rubbish_is_described_not_crashed_on(examples: int) -> None:
    files = mirror_of(entries_of(4))
    trust = Trust(policy=trusting([LOG.vkey]))

    def check(at: int, path: str) -> None:
        torn = {**files, path: mutated(files[path], Random(at))}
        try:
            proven = verify_mirror(torn.get, trust)
        except SuyuanError:
            assert path == "checkpoint"
            return
        assert proven.damages or torn == files

    settings(max_examples=examples, deadline=None, database=None)(
        given(st.integers(0, 2**64), st.sampled_from(sorted(files)))(check)
    )()


HASHES = st.binary(max_size=33) | st.binary(min_size=32, max_size=32)


@at_both_lengths
def test_proofs_of_anything_are_refused_and_never_crash(examples: int) -> None:
    def check(at: int, size: int, path: list[bytes], leaf: bytes, top: bytes) -> None:
        try:
            reached = root_by_inclusion(at, size, leaf, path)
        except ProofError:
            reached = None
        if reached != top:
            with pytest.raises(ProofError):
                verify_inclusion(at, size, leaf=leaf, path=path, root=top)
        if (at, leaf) != (size, top):
            with pytest.raises(ProofError):
                verify_consistency(at, size, old_root=leaf, root=top, path=path)

    numbers = st.integers(-2, 2**65) | st.integers(-1, 20)
    settings(max_examples=examples, deadline=None, database=None)(
        given(numbers, numbers, st.lists(HASHES, max_size=70), HASHES, HASHES)(check)
    )()
