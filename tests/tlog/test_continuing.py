"""Proofs that a log only grew, made from its tiles, and receipts reduced to chosen fields."""

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.tlog import standalone
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.commitment import commit, disclose, disclosure_bytes, entry_of
from suyuan.tlog.continuing import prove_from
from suyuan.tlog.errors import FormatError, ProofError, UndecidedError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.mirror import CHECKPOINT
from suyuan.tlog.note import Note, note_bytes, vkey_text
from suyuan.tlog.policy import trusting
from suyuan.tlog.receipt import Receipt, chosen, receipt_bytes, reduced
from suyuan.tlog.signing import sign
from suyuan.tlog.tiles import ENTRIES, tile_bytes, tile_path, tiles_of
from suyuan.tlog.tree import Frontier, extend, leaf_hash, nodes, root

LOG = ed25519_key("log.example", bytes(32))
TRUST = Trust(policy=trusting([LOG.vkey]))
MOST = 700
LEAVES = [leaf_hash(at.to_bytes(4)) for at in range(MOST)]

Files = Callable[[str], bytes | None]


def signed(size: int, leaves: list[bytes] = LEAVES, origin: str = "log.example") -> bytes:
    text = checkpoint_text(Checkpoint(origin, size, root(extend(Frontier(), leaves[:size]))))
    return note_bytes(Note(text, (sign(text, LOG),)))


@cache
def mirror(size: int) -> dict[str, bytes]:
    """A log's files, without its entries: no proof needs them."""
    node = nodes(LEAVES[:size])
    tiles = (tile for tile in tiles_of(size) if tile.level != ENTRIES)
    return {CHECKPOINT: signed(size), **{tile_path(each): tile_bytes(each, node) for each in tiles}}


SIZES = st.lists(st.integers(1, MOST), min_size=3, max_size=3).map(sorted)


@given(SIZES)
def test_a_proof_is_made_of_any_two_sizes_from_a_mirror_of_any_larger(sizes: list[int]) -> None:
    old, new, there = sizes
    proof = prove_from(mirror(there).get, signed(old), signed(new))
    found = verify_file(proof, Trust(policy=TRUST.policy, since=signed(old)))
    assert (found.since, found.size) == (old, new)
    said = standalone.consistency(proof, [vkey_text(LOG.vkey)], 9, signed(old))
    assert said == f"log.example: {new} continues {old}"
    assert proof.endswith(signed(new))


@given(SIZES, st.data())
def test_of_a_history_that_was_rewritten_no_proof_is_made(
    sizes: list[int], data: st.DataObject
) -> None:
    old, _, new = sizes
    at = data.draw(st.integers(0, old - 1))
    other = [*LEAVES[:at], leaf_hash(b"x"), *LEAVES[at + 1 :]]
    with pytest.raises(ProofError, match=r"proof\.consistency"):
        prove_from(mirror(new).get, signed(old, other), signed(new))


def test_a_mirrors_own_checkpoint_is_the_newer_one_where_none_is_given() -> None:
    assert prove_from(mirror(300).get, signed(7)).endswith(signed(300))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (signed(9), signed(8), "consistency.order"),
        (signed(0), signed(8), "consistency.order"),
        (signed(8), signed(400), "consistency.short"),
        (signed(8, origin="other.example"), signed(9), "consistency.other"),
        (signed(8), signed(9, origin="log.example/2027"), "consistency.other"),
        (b"rubbish", signed(9), "note.shape"),
    ],
)
def test_what_cannot_be_compared_is_told_and_is_no_contradiction(
    old: bytes, new: bytes, code: str
) -> None:
    with pytest.raises(FormatError, match=code.replace(".", r"\.")):
        prove_from(mirror(300).get, old, new)


def test_a_mirror_without_a_file_that_is_needed_names_it() -> None:
    files = {name: data for name, data in mirror(300).items() if name != "tile/0/000"}
    with pytest.raises(UndecidedError, match="tile/0/000"):
        prove_from(files.get, signed(7))
    with pytest.raises(UndecidedError, match="checkpoint"):
        prove_from({}.get, signed(7))


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=9)
FIELDS = st.dictionaries(NAMES, st.binary(max_size=9), min_size=1, max_size=6)


def receipt_of(fields: dict[str, bytes]) -> bytes:
    """A receipt of the one entry of a log."""
    shown = disclose(fields, bytes(16), fields, time=7)
    text = checkpoint_text(Checkpoint("log.example", 1, leaf_hash(shown.entry)))
    note = note_bytes(Note(text, (sign(text, LOG),)))
    return receipt_bytes(Receipt(0, (), note, disclosure_bytes(shown)))


@given(FIELDS, st.data())
def test_a_receipt_reduced_to_any_fields_proves_those_and_tells_of_no_other(
    fields: dict[str, bytes], data: st.DataObject
) -> None:
    kept = data.draw(st.sets(st.sampled_from(sorted(fields))))
    whole = receipt_of(fields)
    part = reduced(whole, kept)
    found = verify_file(part, TRUST)
    assert found.fields == {name: fields[name] for name in kept}
    assert found.entry == verify_file(whole, TRUST).entry == entry_of(commit(fields, bytes(16)), 7)
    assert "entry 0 of 1" in standalone.receipt(part, [vkey_text(LOG.vkey)], 9)
    assert reduced(part, kept) == part
    assert reduced(reduced(whole, fields), kept) == part


def test_fields_are_chosen_by_commas_or_each_by_itself_and_a_name_may_have_a_comma() -> None:
    whole = receipt_of({"a": b"1", "b": b"2", "c,d": b"3"})
    for given_, kept in [
        (["a, b"], {"a", "b"}),
        (["a", "b"], {"a", "b"}),
        (["c,d"], {"c,d"}),
        ([], set()),
        (["", "a"], {"a"}),
    ]:
        assert set(verify_file(chosen(whole, given_), TRUST).fields) == kept
    for wrong in ("x", "a,x", "c"):
        with pytest.raises(FormatError, match=r"receipt\.field") as said:
            chosen(whole, [wrong])
        assert "c,d" in said.value.text.zh
    for empty in ([""], [" , "], ["", ","]):
        with pytest.raises(FormatError, match=r"receipt\.field") as said:
            chosen(whole, empty)
        assert "a; b; c,d" in said.value.text.en
    bare = receipt_bytes(Receipt(0, (), signed(1), b"something else"))
    for other in (bare, receipt_bytes(Receipt(0, (), signed(1)))):
        with pytest.raises(FormatError, match=r"receipt\.field"):
            chosen(other, ["a"])
