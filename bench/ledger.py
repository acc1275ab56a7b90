"""The log's arithmetic against the raw hash in the same run: appending, proofs, receipts."""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from random import Random

from bench.figures import Figure, at_most, figure, ratio, seconds
from bench.plan import Ground, Measure
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.commitment import commit, disclose, disclosure_bytes, entry_of
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes
from suyuan.tlog.policy import trusting
from suyuan.tlog.proof import inclusion_proof, verify_inclusion
from suyuan.tlog.receipt import Receipt, receipt_bytes
from suyuan.tlog.signing import sign
from suyuan.tlog.tiles import Tile, nodes_from_tiles, tile_bytes
from suyuan.tlog.tree import Frontier, Node, extend, leaf_hash, nodes, root

LEAVES = 200_000
ASKED = 400
FIELDS = {f"field{at:02}": f'"value {at}"'.encode() * 3 for at in range(20)}
KEY = ed25519_key("log.example", bytes(32))


def measure(place: Ground) -> Iterator[Figure]:
    """Everything for each leaf, proof or receipt; `hash` is one SHA-256 of 65 bytes."""
    count = place.plan.of(LEAVES, least=2_000)
    entries = [Random(at).randbytes(65) for at in range(count)]
    hashes = [leaf_hash(entry) for entry in entries]
    tree, whole = nodes(hashes), extend(Frontier(), hashes)
    stored = nodes_from_tiles(count, _tiles(tree))
    asked = [Random(at).randrange(count) for at in range(ASKED)]
    paths = [inclusion_proof(tree, at, count) for at in asked]
    receipts = [_receipt(at) for at in range(ASKED // 4)]
    trust = Trust(policy=trusting([KEY.vkey]))
    works: dict[str, tuple[Callable[[], object], int]] = {
        "hash": (lambda: [sha256(entry).digest() for entry in entries], count),
        "append": (lambda: extend(Frontier(), map(leaf_hash, entries)), count),
        "proof made in memory": (lambda: [inclusion_proof(tree, at, count) for at in asked], ASKED),
        "proof made from tiles": (
            lambda: [inclusion_proof(stored, at, count) for at in asked[: ASKED // 10]],
            ASKED // 10,
        ),
        "proof verified": (partial(_verify, asked, hashes, paths, whole), ASKED),
        "leaf of 20 fields": (
            lambda: [entry_of(commit(FIELDS, at.to_bytes(16)), at) for at in range(ASKED)],
            ASKED,
        ),
        "receipt verified": (
            lambda: [verify_file(data, trust) for data in receipts],
            len(receipts),
        ),
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(place.plan.repeat):
        for name, (work, times) in works.items():
            taken[name].append(seconds(work) / times * 1e6)
    goals = {"proof made from tiles": at_most(5_000), "proof verified": at_most(100)}
    for name, values in taken.items():
        yield figure(name, "µs", values, goal=goals.get(name))
        if name != "hash":
            yield ratio(f"{name} / hash", values, taken["hash"])
    yield figure("appended", "leaves/s", (1e6 / each for each in taken["append"]))


MEASURE = Measure(name="ledger", about="the log's tree, proofs and receipts", run=measure)


def _tiles(tree: Node) -> Callable[[Tile], bytes]:
    """Tiles as files would give them, each made once."""
    made: dict[Tile, bytes] = {}

    def fetch(tile: Tile) -> bytes:
        if tile not in made:
            made[tile] = tile_bytes(tile, tree)
        return made[tile]

    return fetch


def _verify(
    asked: list[int], hashes: list[bytes], paths: list[tuple[bytes, ...]], whole: Frontier
) -> None:
    top = root(whole)
    for at, path in zip(asked, paths, strict=True):
        verify_inclusion(at, whole.size, leaf=hashes[at], path=path, root=top)


def _receipt(at: int) -> bytes:
    """A receipt in a log of eight entries, with two fields shown."""
    secrets = [(at * 8 + each).to_bytes(16) for each in range(8)]
    hashes = [leaf_hash(entry_of(commit(FIELDS, secret), at)) for secret in secrets]
    text = checkpoint_text(Checkpoint("log.example", 8, root(extend(Frontier(), hashes))))
    shown = disclose(FIELDS, secrets[3], ["field03", "field11"], time=at)
    path = inclusion_proof(nodes(hashes), 3, 8)
    note = note_bytes(Note(text, (sign(text, KEY),)))
    return receipt_bytes(Receipt(3, path, note, disclosure_bytes(shown)))
