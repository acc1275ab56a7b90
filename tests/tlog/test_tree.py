"""The Merkle tree against published values and against the recursive definition."""

import hashlib
import json
from base64 import b64decode
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import slow_tree
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.proof import (
    consistency_proof,
    inclusion_proof,
    root_by_inclusion,
    verify_consistency,
    verify_inclusion,
)
from suyuan.tlog.tree import (
    EMPTY_ROOT,
    Frontier,
    extend,
    leaf_hash,
    node_hash,
    nodes,
    root,
    span_hash,
)

# Sizes at which trees change their shape: nothing, one, and around every power of two.
EDGES = sorted({0, 1, *(2**k + d for k in range(1, 9) for d in (-1, 0, 1))})


def numbered(count: int) -> list[bytes]:
    return [at.to_bytes(2, "little") for at in range(count)]


def hashes(entries: list[bytes]) -> list[bytes]:
    return [leaf_hash(entry) for entry in entries]


def vectors(shared_data: Path, name: str) -> Any:
    text = (shared_data / "tlog" / name).read_text()
    return [json.loads(line) for line in text.splitlines()] if "jsonl" in name else json.loads(text)


@pytest.mark.shared
def test_hashes_and_roots_are_the_published_ones(shared_data: Path) -> None:
    known = vectors(shared_data, "roots.json")
    told = {row["op"] + row.get("data_utf8", ""): row["want"] for row in known["primitives"]}
    assert told["empty_root"] == EMPTY_ROOT.hex()
    assert told["leaf"] == leaf_hash(b"").hex()
    assert told["leafL123456"] == leaf_hash(b"L123456").hex()
    assert told["node"] == node_hash(b"N123", b"N456").hex()
    frontier, entries = Frontier(), [bytes.fromhex(each) for each in known["leaf_inputs_hex"]]
    grown = [root(frontier)]
    for entry in entries:
        frontier = extend(frontier, [leaf_hash(entry)])
        grown.append(root(frontier))
    assert [each.hex() for each in grown] == known["roots_hex_by_size"]
    for size, wanted in known["golden"]["roots_b64_by_size"].items():
        assert root(extend(Frontier(), hashes(numbered(int(size))))) == b64decode(wanted)


@pytest.mark.shared
def test_every_published_inclusion_probe_is_answered(shared_data: Path) -> None:
    rows = vectors(shared_data, "proofs_inclusion.jsonl")
    for row in rows:
        leaf, top, *path = (
            b64decode(text or "") for text in (row["leafHash"], row["root"], *(row["proof"] or []))
        )
        try:
            verify_inclusion(row["leafIdx"], row["treeSize"], leaf=leaf, path=path, root=top)
            held = True
        except ProofError:
            held = False
        assert held is not row["wantErr"], row["desc"]
    assert len(rows) == 49


@pytest.mark.shared
def test_every_published_consistency_probe_is_answered(shared_data: Path) -> None:
    """We demand roots of 32 bytes, which upstream does not; such rows want a refusal anyway."""
    rows = vectors(shared_data, "proofs_consistency.jsonl")
    for row in rows:
        old, new, *path = (
            b64decode(text or "") for text in (row["root1"], row["root2"], *(row["proof"] or []))
        )
        short = {len(old), len(new)} != {32}
        try:
            verify_consistency(row["size1"], row["size2"], old_root=old, root=new, path=path)
            held = True
        except ProofError:
            held = False
        assert held is not (row["wantErr"] or short), row["desc"]
    assert len(rows) == 49


@pytest.mark.shared
def test_accumulated_digests_over_all_trees_up_to_130_agree(shared_data: Path) -> None:
    subtrees, inclusion, consistency = vectors(shared_data, "accumulated.json")["tests"]
    leaves = hashes([bytes([at]) for at in range(130)])
    node = nodes(leaves)

    def spans() -> list[str]:
        found = []
        for end in range(131):
            for start in range(end + 1):
                length = end - start
                least = 1 << max(length - 1, 0).bit_length()
                if length == 0 or start % least == 0:
                    top = span_hash(node, start, end) if length else EMPTY_ROOT
                    found.append(f"[{start}, {end}) {top.hex()}")
        return found

    def digest(lines: list[str]) -> tuple[str, int]:
        return hashlib.sha256("".join(f"{each}\n" for each in lines).encode()).hexdigest(), len(
            lines
        )

    paths = [
        " ".join([f"{at} {size}", *(each.hex() for each in inclusion_proof(node, at, size))])
        for size in range(1, 131)
        for at in range(size)
    ]
    proofs = [
        " ".join([f"{old} {size}", *(each.hex() for each in consistency_proof(node, old, size))])
        for size in range(1, 131)
        for old in range(1, size + 1)
    ]
    assert digest(spans()) == (subtrees["sha256"], subtrees["lines"])
    assert digest(paths) == (inclusion["sha256"], inclusion["lines"])
    assert digest(proofs) == (consistency["sha256"], consistency["lines"])


@settings(deadline=None)
@given(st.lists(st.binary(max_size=4), max_size=70), st.data())
def test_roots_paths_and_proofs_are_those_of_the_recursive_definition(
    entries: list[bytes], data: st.DataObject
) -> None:
    size = len(entries)
    cut = data.draw(st.integers(0, size))
    frontier = extend(extend(Frontier(), hashes(entries[:cut])), hashes(entries[cut:]))
    assert (frontier.size, root(frontier)) == (size, slow_tree.mth(entries))
    if not size:
        return
    node, at = nodes(hashes(entries)), data.draw(st.integers(0, size - 1))
    path = inclusion_proof(node, at, size)
    assert list(path) == slow_tree.path(at, entries)
    verify_inclusion(at, size, leaf=leaf_hash(entries[at]), path=path, root=root(frontier))
    if cut:
        proof = consistency_proof(node, cut, size)
        assert list(proof) == slow_tree.proof(cut, entries)
        old_root = slow_tree.mth(entries[:cut])
        verify_consistency(cut, size, old_root=old_root, root=root(frontier), path=proof)


@pytest.mark.parametrize("size", EDGES)
def test_at_every_edge_size_each_leaf_is_proven_and_at_no_other_place(size: int) -> None:
    leaves = hashes(numbered(size))
    node, top = nodes(leaves), root(extend(Frontier(), leaves))
    step = 1 if size < 40 else 17
    for at in {*range(0, size, step), *range(max(size - 2, 0), size)}:
        path = inclusion_proof(node, at, size)
        verify_inclusion(at, size, leaf=leaves[at], path=path, root=top)
        for other in {at - 1, at + 1, size} - {at}:
            with pytest.raises(ProofError):
                verify_inclusion(other, size, leaf=leaves[at], path=path, root=top)
        # Unless the paths of both sizes have one shape, another size is refused as well.
        with pytest.raises(ProofError):
            verify_inclusion(at, at, leaf=leaves[at], path=path, root=top)


@pytest.mark.parametrize(("old", "size"), [*pairwise(EDGES[1:]), (1, 257), (128, 256), (256, 257)])
def test_at_every_edge_size_a_tree_continues_the_one_before(old: int, size: int) -> None:
    leaves = hashes(numbered(size))
    node, top = nodes(leaves), root(extend(Frontier(), leaves))
    old_root = root(extend(Frontier(), leaves[:old]))
    path = consistency_proof(node, old, size)
    verify_consistency(old, size, old_root=old_root, root=top, path=path)
    verify_consistency(size, size, old_root=top, root=top, path=())
    for bad in ([*path, top], list(path[:-1]), [path[-1], *path[:-1], top], []):
        with pytest.raises(ProofError):
            verify_consistency(old, size, old_root=old_root, root=top, path=bad)
    for wrong in (top, EMPTY_ROOT, b"", old_root[:31]):
        with pytest.raises(ProofError):
            verify_consistency(old, size, old_root=wrong, root=top, path=path)


@settings(deadline=None)
@given(st.integers(2, 60), st.data())
def test_every_bit_of_a_path_counts(size: int, data: st.DataObject) -> None:
    leaves = hashes(numbered(size))
    node, top = nodes(leaves), root(extend(Frontier(), leaves))
    at = data.draw(st.integers(0, size - 1))
    path = [*inclusion_proof(node, at, size)]
    which, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    path[which] = (int.from_bytes(path[which]) ^ 1 << bit).to_bytes(32)
    with pytest.raises(ProofError) as refused:
        verify_inclusion(at, size, leaf=leaves[at], path=path, root=top)
    assert refused.value.code == "proof.inclusion"


def test_positions_beyond_every_tree_are_refused_not_computed() -> None:
    for index, size in [(-1, 5), (5, 5), (0, 0), (2**70, 2**64), (-1, -1)]:
        with pytest.raises(ProofError) as refused:
            root_by_inclusion(index, size, EMPTY_ROOT, ())
        assert refused.value.code == "proof.index"
    for old, size in [(0, 0), (0, 3), (-1, 3), (4, 3)]:
        with pytest.raises(ProofError) as refused:
            consistency_proof(nodes([EMPTY_ROOT] * 4), old, size)
        assert refused.value.code == "proof.sizes"


def test_a_proof_in_a_tree_of_two_to_the_63_needs_63_hashes() -> None:
    """A verifier's work is bounded by the size's logarithm, whatever size is claimed."""
    size = 2**63
    path = [EMPTY_ROOT] * 63
    top = root_by_inclusion(size - 1, size, EMPTY_ROOT, path)
    verify_inclusion(size - 1, size, leaf=EMPTY_ROOT, path=path, root=top)
    with pytest.raises(ProofError):
        root_by_inclusion(size - 1, size, EMPTY_ROOT, path[1:])


def test_a_frontier_with_a_wrong_number_of_peaks_is_refused() -> None:
    with pytest.raises(FormatError) as refused:
        extend(Frontier(5, (EMPTY_ROOT,)), [EMPTY_ROOT])
    assert refused.value.code == "tree.frontier"
    assert refused.value.text.zh
