"""A small log with its keys, made the same each time, to hold artefacts against."""

from collections.abc import Callable, Iterator, Sequence

from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.commitment import commit, disclose, disclosure_bytes, entry_of
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes, vkey_text
from suyuan.tlog.policy import Policy, parse_policy
from suyuan.tlog.proof import inclusion_proof
from suyuan.tlog.receipt import Receipt, receipt_bytes
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tiles import (
    ENTRIES,
    WIDTH,
    bundle_bytes,
    tile_bytes,
    tile_path,
    tiles_of,
)
from suyuan.tlog.tree import Frontier, extend, leaf_hash, nodes, root

ORIGIN = "log.example/2026"
LOG = ed25519_key(ORIGIN, bytes(range(32)))
PROVINCE = ed25519_key("province.example/w", bytes(range(1, 33)), cosigner=True)
PEER = ed25519_key("peer.example/w", bytes(range(2, 34)), cosigner=True)
NOW = 1_790_000_000
TIME = NOW * 1_000_000
FIELDS = {
    "capturer": b'"https://id.gs1.org/417/6901234000313"',
    "received": b'{"eventID":"urn:uuid:1"}',
    "recordTime": b'"2026-03-01T08:00:00Z"',
    "verdict": b'"accepted"',
    "\u4ea7\u5730": '"\u6cb3\u5357"'.encode(),
}


def policy_bytes(quorum: str = "both") -> bytes:
    return f"""# who must have seen it
log {vkey_text(LOG.vkey)} https://log.example/2026/
witness province {vkey_text(PROVINCE.vkey)}
witness peer {vkey_text(PEER.vkey)}
group both all province peer
quorum {quorum}
""".encode()


def policy(quorum: str = "both") -> Policy:
    if quorum in {"both", "none"}:
        return parse_policy(policy_bytes(quorum))
    return parse_policy(policy_bytes().replace(b"group both all", f"group both {quorum}".encode()))


def signed(
    checkpoint: Checkpoint, keys: Sequence[Key] = (LOG, PROVINCE, PEER), *, time: int = NOW
) -> bytes:
    text = checkpoint_text(checkpoint)
    return note_bytes(Note(text, tuple(sign(text, key, time=time) for key in keys)))


def head(entries: Sequence[bytes], origin: str = ORIGIN) -> Checkpoint:
    frontier = extend(Frontier(), map(leaf_hash, entries))
    return Checkpoint(origin, frontier.size, root(frontier))


def secret(at: int) -> bytes:
    return at.to_bytes(16)


def entries_of(count: int) -> list[bytes]:
    fields = [{**FIELDS, "n": str(at).encode()} for at in range(count)]
    return [entry_of(commit(each, secret(at)), TIME + at) for at, each in enumerate(fields)]


def receipt_of(entries: Sequence[bytes], at: int, names: Sequence[str] = ("verdict",)) -> bytes:
    """A receipt for an entry of `entries_of`, under all three keys."""
    path = inclusion_proof(nodes([leaf_hash(each) for each in entries]), at, len(entries))
    shown = disclose({**FIELDS, "n": str(at).encode()}, secret(at), names, time=TIME + at)
    whole = Receipt(at, path, signed(head(entries)), disclosure_bytes(shown))
    return receipt_bytes(whole)


def mirror_of(entries: Sequence[bytes], keys: Sequence[Key] = (LOG,)) -> dict[str, bytes]:
    """The files of a log with these entries."""
    node = nodes([leaf_hash(each) for each in entries])
    files = {"checkpoint": signed(head(entries), keys)}
    for tile in tiles_of(len(entries)):
        start = tile.index * WIDTH
        files[tile_path(tile)] = (
            bundle_bytes(entries[start : start + tile.width])
            if tile.level == ENTRIES
            else tile_bytes(tile, node)
        )
    return files


def changed(data: bytes) -> Iterator[bytes]:
    """Every single byte replaced in several ways, and every one left out or doubled."""
    for at, byte in enumerate(data):
        swaps = {byte ^ 1, byte ^ 0x20, byte ^ 0x80, ord("\n"), ord(" "), ord("A"), 0} - {byte}
        yield from (data[:at] + bytes([swap]) + data[at + 1 :] for swap in swaps)
        if data[at : at + 1] != data[at + 1 : at + 2]:  # else the neighbour left out is the same
            yield data[:at] + data[at + 1 :]
        yield data[:at] + data[at : at + 1] + data[at:]


def truncated(data: bytes) -> Iterator[bytes]:
    yield from (data[:end] for end in range(len(data)))


def refused(verify: Callable[[bytes], object], data: bytes, errors: type[Exception]) -> bool:
    try:
        verify(data)
    except errors:
        return True
    return False
