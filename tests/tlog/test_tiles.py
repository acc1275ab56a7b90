"""Tiles, bundles and their paths; a mirror of them, whole and damaged."""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import LOG, ORIGIN, head, mirror_of, policy, signed

from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.mirror import Mirror, check_mirror
from suyuan.tlog.note import parse_note, parse_vkey
from suyuan.tlog.policy import trusting
from suyuan.tlog.proof import consistency_proof, inclusion_proof
from suyuan.tlog.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    bundle_bytes,
    bundle_of,
    nodes_from_tiles,
    parse_bundle,
    parse_path,
    parse_tile,
    tile_bytes,
    tile_path,
    tiles_of,
)
from suyuan.tlog.tree import Frontier, extend, leaf_hash, nodes, root, span_hash

TRUST = trusting([LOG.vkey])
TILES = st.builds(Tile, st.integers(-1, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))


def numbered(count: int) -> list[bytes]:
    return [f"entry {at}".encode() for at in range(count)]


def check(files: dict[str, bytes], since: Checkpoint | None = None) -> Mirror:
    return check_mirror(files.get, TRUST, since=since)


@pytest.mark.shared
def test_published_paths_are_written_read_and_refused(shared_data: Path) -> None:
    known = json.loads((shared_data / "tlog" / "tile_paths.json").read_text())
    for row in known["paths"]:
        tile = Tile(row["level"], row["index"], row["width"] or WIDTH)
        assert (tile_path(tile), parse_path(row["path"])) == (row["path"], tile)
    for row in known["entries_for_index"]:
        assert tile_path(bundle_of(row["seq"], row["size"])) == row["path"]
    for path in known["reject"]:
        with pytest.raises(FormatError):
            parse_path(path)
    for row in known["sizes"]:
        tiles = [tile for tile in tiles_of(row["size"]) if tile.level != ENTRIES]
        for level, wanted in row["tiles"].items():
            widths = [tile.width for tile in tiles if tile.level == int(level)]
            assert widths.count(WIDTH) == wanted["full"]
            assert [width for width in widths if width < WIDTH] == [wanted["partial"]]


@pytest.mark.shared
def test_the_files_of_a_real_log_are_ours_byte_for_byte(shared_data: Path) -> None:
    log = json.loads((shared_data / "tlog" / "tessera_log.json").read_text())
    for state in log["states"]:
        size = state["size"]
        files = {path: b64decode(data) for path, data in state.items() if path.startswith("tile/")}
        files["checkpoint"] = state["checkpoint"].encode()
        assert check_mirror(files.get, trusting([parse_vkey(log["vkey"])])).damages == ()
        if not size:
            continue
        entries = parse_bundle(files[f"tile/entries/000.p/{size}"], size)
        node = nodes([leaf_hash(each) for each in entries])
        written = {
            tile_path(tile): bundle_bytes(entries) if tile.level < 0 else tile_bytes(tile, node)
            for tile in tiles_of(size)
        }
        assert written == {path: data for path, data in files.items() if path != "checkpoint"}


@given(TILES)
def test_a_path_written_is_the_tile_read(tile: Tile) -> None:
    assert parse_path(tile_path(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/00/000", "tile/64/000",
        "tile/0/x000/001", "/tile/0/000", "tile/0/000/", "tile/0/00", "tile/0/0000", "tile/entries",
        "tile/0/../0/000", "tile/0/x001/x000", "tile/0/000.p/", "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660", "tile/entries/000.p/1/", "checkpoint", "",
    ],
)  # fmt: skip
def test_a_path_in_another_spelling_is_refused(path: str) -> None:
    with pytest.raises(FormatError) as refusal:
        parse_path(path)
    assert refusal.value.code == "tiles.path"


@given(st.lists(st.binary(max_size=40), max_size=256))
def test_a_bundle_written_is_the_bundle_read(entries: list[bytes]) -> None:
    assert list(parse_bundle(bundle_bytes(entries), len(entries))) == entries


def test_lengths_that_do_not_fit_are_refused() -> None:
    whole = bundle_bytes([b"one", b"", b"three"])
    bad = (whole[:-1], whole + b"\0", whole + b"\0\0", whole[:1], whole[:5])
    for data in bad:
        with pytest.raises(FormatError):
            parse_bundle(data, 3)
    with pytest.raises(FormatError):
        parse_tile(bytes(33), 1)
    with pytest.raises(FormatError):
        bundle_bytes([bytes(65_536)])
    assert parse_bundle(bundle_bytes([bytes(65_535)]), 1) == (bytes(65_535),)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537])
def test_tiles_hold_what_the_specification_says(size: int) -> None:
    leaves = [leaf_hash(each) for each in numbered(size)]
    node = nodes(leaves)
    for tile in tiles_of(size):
        if tile.level == ENTRIES:
            continue
        hashes = parse_tile(tile_bytes(tile, node), tile.width)
        span = 256**tile.level
        for at in {0, tile.width // 2, tile.width - 1}:
            first = (tile.index * 256 + at) * span
            assert hashes[at] == span_hash(node, first, first + span)
    for level in range(3):
        widths = sum(tile.width for tile in tiles_of(size) if tile.level == level)
        assert widths == size // 256**level


@settings(deadline=None)
@given(st.integers(0, 70_000), st.integers(0, 3_000))
def test_growing_writes_what_a_fresh_log_would_have_and_nothing_that_is_full(
    old: int, more: int
) -> None:
    fresh, before = set(tiles_of(old + more)), set(tiles_of(old))
    full = {tile for tile in before if tile.width == WIDTH}
    assert set(tiles_of(old + more, since=old)) == fresh - before
    assert full <= fresh


@settings(deadline=None)
@given(st.integers(1, 1500), st.data())
def test_proofs_come_from_tiles_alone(size: int, data: st.DataObject) -> None:
    files = {
        path: each for path, each in mirror_of(numbered(size)).items() if "entries" not in path
    }
    from_files = nodes_from_tiles(size, lambda tile: files[tile_path(tile)])
    in_memory = nodes([leaf_hash(each) for each in numbered(size)])
    at, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert inclusion_proof(from_files, at, size) == inclusion_proof(in_memory, at, size)
    assert consistency_proof(from_files, old, size) == consistency_proof(in_memory, old, size)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_a_whole_mirror_has_no_damage_and_continues_each_older_checkpoint(size: int) -> None:
    files = mirror_of(numbered(size))
    assert check(files).damages == ()
    for old in {0, 1, 255, 256, 300, size}:
        if old <= size:
            assert check(files, since=head(numbered(old))).damages == ()


@pytest.mark.parametrize("at", [0, 255, 256, 511, 599])
@pytest.mark.parametrize(
    "tamper",
    [lambda entry: entry + b"!", lambda entry: entry[:-1] + b"?", lambda _: b""],
    ids=["longer", "other", "emptied"],
)
def test_an_entry_changed_in_its_bundle_is_named(at: int, tamper: Callable[[bytes], bytes]) -> None:
    files, size = mirror_of(numbered(600)), 600
    bundle = bundle_of(at, size)
    entries = [*parse_bundle(files[tile_path(bundle)], bundle.width)]
    entries[at % WIDTH] = tamper(entries[at % WIDTH])
    files[tile_path(bundle)] = bundle_bytes(entries)
    (damage,) = check(files).damages
    assert (damage.path, damage.code) == (tile_path(bundle), "mirror.entry")
    assert f"index {at} " in damage.text.en


def test_every_flipped_byte_of_every_file_is_found_in_that_file() -> None:
    files = mirror_of(numbered(520))
    for path, whole in files.items():
        if path == "checkpoint":
            continue
        for at in range(0, len(whole), max(1, len(whole) // 60)):
            torn = whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :]
            damages = check({**files, path: torn}).damages
            assert {damage.path for damage in damages} == {path}, (path, at)


def test_a_torn_or_missing_file_is_named_and_the_rest_still_checked() -> None:
    files = mirror_of(numbered(520))
    for path in set(files) - {"checkpoint"}:
        less = {name: data for name, data in files.items() if name != path}
        assert {each.path for each in check(less).damages} == {path}
        torn = {**files, path: files[path][: len(files[path]) // 2]}
        assert {each.path for each in check(torn).damages} == {path}
    pair = {"tile/0/001", "tile/entries/001"}
    both = {name: data for name, data in files.items() if name not in pair}
    assert {each.path for each in check(both).damages} == pair


def test_a_size_that_nobody_could_read_is_given_up_on() -> None:
    claimed = signed(Checkpoint(ORIGIN, 2**63 - 1, bytes(32)), (LOG,))
    damages = check({"checkpoint": claimed}).damages
    assert len(damages) < 20_000
    assert damages[-1].code == "mirror.stopped"


def test_a_full_tile_serves_for_a_partial_one() -> None:
    """A log may drop a partial tile once the full one is there."""
    small, large = mirror_of(numbered(300)), mirror_of(numbered(512))
    files = {**large, "checkpoint": small["checkpoint"], "tile/1/000.p/1": small["tile/1/000.p/1"]}
    assert check(files).damages == ()


def test_a_history_rewritten_with_the_log_s_own_key_is_found_by_an_old_checkpoint() -> None:
    """The operator changes an entry, makes all files again and signs: only memory finds it."""
    old = head(numbered(400))
    entries = numbered(600)
    entries[123] = b"something else"
    files = mirror_of(entries)
    assert check(files).damages == ()
    (damage,) = check(files, since=old).damages
    assert damage.code == "mirror.history"
    (short,) = check(mirror_of(numbered(300)), since=old).damages
    assert short.code == "mirror.shorter"


def test_an_entry_forged_with_its_tile_is_found_in_the_tile_above_and_the_root() -> None:
    files, forged = mirror_of(numbered(600)), numbered(600)
    forged[300] = b"forged"
    other = mirror_of(forged)
    for path in ("tile/0/001", "tile/entries/001"):
        files[path] = other[path]
    damages = {(damage.path, damage.code) for damage in check(files).damages}
    assert damages == {("tile/1/000.p/2", "mirror.hash"), ("checkpoint", "mirror.root")}
    for path in set(other) - {"checkpoint"}:
        files[path] = other[path]
    assert {damage.code for damage in check(files).damages} == {"mirror.root"}


def test_files_that_agree_but_are_not_what_was_signed_are_found() -> None:
    entries = numbered(600)
    files = mirror_of([*entries[:-1], b"forged"])
    files["checkpoint"] = signed(head(entries), (LOG,))
    assert "mirror.root" in {damage.code for damage in check(files).damages}


def test_a_checkpoint_that_is_missing_or_not_trusted_is_an_error_at_once() -> None:
    files = mirror_of(numbered(3))
    with pytest.raises(FormatError) as refusal:
        check({path: data for path, data in files.items() if path != "checkpoint"})
    assert refusal.value.place == "checkpoint"
    with pytest.raises(ProofError):
        check_mirror(files.get, policy())
    text = parse_note(files["checkpoint"]).text
    assert parse_checkpoint(text).root == root(extend(Frontier(), map(leaf_hash, numbered(3))))
