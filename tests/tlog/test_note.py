"""Signed notes, keys, checkpoints and cosignatures against published values, and changed."""

import json
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import LOG, NOW, ORIGIN, PEER, PROVINCE, changed, head, policy, refused, signed, truncated

from suyuan.kit import SuyuanError
from suyuan.tlog import standalone
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from suyuan.tlog.cosign import cosigned_message
from suyuan.tlog.errors import FormatError, ProofError, SuiteError
from suyuan.tlog.keys import ed25519_key, parse_skey, skey_text
from suyuan.tlog.note import (
    COSIGNATURE,
    ED25519,
    ML_DSA_COSIGNATURE,
    Note,
    Signature,
    VKey,
    key_id,
    note_bytes,
    parse_note,
    parse_vkey,
    signature_of,
    vkey_text,
)
from suyuan.tlog.policy import witnessed
from suyuan.tlog.signing import open_note, sign, verify_signature

NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1).filter(
    lambda name: "+" not in name
)
TEXTS = st.text(st.characters(codec="utf-8", min_codepoint=32) | st.just("\n")).map("{}\n".format)


def vectors(shared_data: Path, name: str) -> Any:
    return json.loads((shared_data / "tlog" / name).read_text())


@pytest.mark.shared
def test_every_published_note_is_opened_or_refused(shared_data: Path) -> None:
    cases = vectors(shared_data, "notes.json")["open"]
    for case in cases:
        keys = [parse_vkey(text) for text in case["vkeys"]]
        if case["want"] == "reject":
            with pytest.raises((FormatError, ProofError)):
                open_note(case["note"].encode(), keys)
            continue
        opened = open_note(case["note"].encode(), keys)
        names = [each.vkey.name for each in opened.signed]
        others = [each.name for each in opened.note.signatures if each.name not in names]
        if "verified" in case:
            assert names == case["verified"]
        if "unverified" in case:
            assert others == case["unverified"]
    assert len(cases) == 8


@pytest.mark.shared
def test_published_keys_sign_byte_for_byte_and_bad_ones_are_refused(shared_data: Path) -> None:
    known = vectors(shared_data, "notes.json")
    for bad in known["bad_vkeys"]:
        with pytest.raises(FormatError):
            parse_vkey(bad["vkey"])
    key, text = parse_skey(known["sign"]["skey"]), known["sign"]["text"]
    note = Note(text, (sign(text, key),))
    assert note_bytes(note).decode() == known["sign"]["want_note"]


@pytest.mark.shared
def test_every_published_checkpoint_is_read_or_refused(shared_data: Path) -> None:
    """Roots that are not 32 bytes long are refused here; upstream leaves that to a later step."""
    cases = vectors(shared_data, "checkpoint_parse.json")["cases"]
    for case in cases:
        try:
            read = parse_checkpoint(case["text"])
        except FormatError as error:
            read = None
            code = error.code
        short = case["parse_ok"] and len(b64decode(case["text"].split("\n")[2])) != 32
        assert (read is not None) is (case["parse_ok"] and not short), case["name"]
        if short:
            assert code == "tlog.hash-length"
    assert len(cases) == 6


@pytest.mark.shared
def test_a_published_cosignature_holds_at_its_time(shared_data: Path) -> None:
    (case,) = vectors(shared_data, "cosignatures.json")["cases"]
    opened = open_note(case["checkpoint"].encode(), [parse_vkey(case["vkey"])])
    assert [each.time for each in opened.signed] == [case["cosignature_time"]]
    assert parse_checkpoint(opened.note.text).size == 300


@pytest.mark.shared
def test_every_checkpoint_of_a_real_log_is_opened(shared_data: Path) -> None:
    log = vectors(shared_data, "tessera_log.json")
    key = parse_skey(log["skey_for_tests"])
    assert vkey_text(key.vkey) == log["vkey"]
    for state in log["states"]:
        opened = open_note(state["checkpoint"].encode(), [key.vkey])
        checkpoint = parse_checkpoint(opened.note.text)
        assert checkpoint.size == state["size"]
        again = Note(checkpoint_text(checkpoint), (sign(opened.note.text, key),))
        assert note_bytes(again).decode() == state["checkpoint"]


@settings(deadline=None)
@given(TEXTS, st.lists(st.tuples(NAMES, st.binary(min_size=5, max_size=90)), min_size=1))
def test_a_note_written_is_the_note_read(text: str, lines: list[tuple[str, bytes]]) -> None:
    signatures = tuple(Signature(name, b64encode(blob).decode()) for name, blob in lines[:100])
    note = Note(text, signatures)
    assert parse_note(note_bytes(note)) == note


@settings(deadline=None)
@given(NAMES, st.binary(min_size=32, max_size=32), st.booleans())
def test_keys_written_are_the_keys_read(name: str, seed: bytes, cosigner: bool) -> None:  # noqa: FBT001
    key = ed25519_key(name, seed, cosigner=cosigner)
    assert parse_vkey(vkey_text(key.vkey)) == key.vkey
    assert parse_skey(skey_text(key, seed) + "\n").vkey == key.vkey


@settings(deadline=None)
@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_written_is_the_checkpoint_read(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert parse_checkpoint(checkpoint_text(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "log\n01\n{root}\n",
        "log\n+1\n{root}\n",
        "log\n1 \n{root}\n",
        "log\n1_0\n{root}\n",
        "log\n\u0661\n{root}\n",
        "log\n9223372036854775808\n{root}\n",
        "log\n1\n {root}\n",
        "\n1\n{root}\n",
        "log\n1\n{root}\n\n",
        "log\n1\n{root}\n\nextension\n",
        "log\r\n1\r\n{root}\r\n",
        "log\n1\n{root}",
        "",
        "\n",
    ],
)
def test_a_checkpoint_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_checkpoint(text.format(root=b64encode(bytes(32)).decode()))


def test_every_byte_of_a_signed_checkpoint_counts() -> None:
    """Under a policy that asks for log and both witnesses, as a careful holder's would."""
    whole, rule = signed(head([b"a", b"b", b"c"])), policy()
    witnessed(whole, rule)
    accepted = [
        bad
        for bad in [*changed(whole), *truncated(whole)]
        if not refused(lambda data: witnessed(data, rule), bad, (FormatError, ProofError))
    ]
    assert accepted == []


def test_every_byte_of_a_key_counts() -> None:
    vkey, skey = vkey_text(LOG.vkey), skey_text(LOG, bytes(range(32)))
    for text, parse in ((vkey, parse_vkey), (skey, parse_skey)):
        inner = [bad.decode("utf-8", "replace") for bad in changed(text.encode())]
        for bad in {bad for bad in inner if bad.strip() != text}:
            with pytest.raises((FormatError, SuiteError)):
                parse(bad)


@pytest.mark.parametrize("name", ["", "a b", "a\u3000b", "a\u00a0", "\n"])
def test_a_key_whose_name_no_signature_line_could_bear_is_refused(name: str) -> None:
    text = vkey_text(VKey(name, LOG.vkey.kind, LOG.vkey.key))
    with pytest.raises(FormatError):
        parse_vkey(text)
    with pytest.raises(FormatError):
        parse_skey(f"PRIVATE+KEY+{name}+{LOG.vkey.id.hex()}+" + b64encode(bytes(33)).decode())


def on_curve(y: int) -> tuple[int, int]:
    """The point with this y and an even x, of whatever order; ValueError if there is none."""
    square = (y * y - 1) * pow(standalone.D * y * y + 1, -1, standalone.P) % standalone.P
    root = pow(square, (standalone.P + 3) // 8, standalone.P)
    for x in (root, root * standalone.ROOT % standalone.P):
        if x * x % standalone.P == square:
            return (x if x % 2 == 0 else standalone.P - x), y
    raise ValueError(y)


def encoded(point: tuple[int, int]) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def small_points() -> set[bytes]:
    """What is left of points times the order of the base point: those of order 1, 2, 4 and 8."""
    found = set()
    for y in range(2, 200):
        with suppress(ValueError):
            across, up = standalone.times(standalone.L, on_curve(y))
            found.add(encoded((across, up)))
    return found


def mixed_points() -> set[bytes]:
    """A drawn key with a part of order 2, 4 or 8 added, on whose signatures verifiers disagree."""
    drawn = standalone.point(ed25519_key("k.example", bytes(32)).vkey.key)
    origin = encoded((0, 1))
    small = [decoded for y in range(2, 200) for decoded in torsion(y) if encoded(decoded) != origin]
    return {encoded(standalone.add(drawn, each)) for each in small}


def torsion(y: int) -> list[tuple[int, int]]:
    with suppress(ValueError):
        return [standalone.times(standalone.L, on_curve(y))]
    return []


def test_a_key_that_anybody_can_sign_for_is_refused_and_no_other() -> None:
    points = small_points()
    assert len(points) == 8
    unreduced = (standalone.P + 3).to_bytes(32, "little")
    mixed = mixed_points()
    assert len(mixed) == 7
    for key in (*points, *mixed, unreduced):
        with pytest.raises(standalone.NoProof):
            standalone.point(key)
        for kind in (ED25519, COSIGNATURE):
            with pytest.raises(FormatError, match=r"note\.vkey"):
                parse_vkey(vkey_text(VKey("k.example", kind, key)))
    for seed in range(50):
        drawn = ed25519_key("k.example", seed.to_bytes(32)).vkey
        assert parse_vkey(vkey_text(drawn)) == drawn


def test_a_key_within_blanks_of_other_scripts_is_refused() -> None:
    text = vkey_text(LOG.vkey)
    assert parse_vkey(f" {text}\n") == LOG.vkey
    for odd in (f"\u3000{text}", f"{text}\u3000", f"\u00a0{text}"):
        with pytest.raises(FormatError):
            parse_vkey(odd)


def test_a_key_in_doubt_never_appears_in_the_error() -> None:
    line = skey_text(LOG, bytes(range(32)))
    for bad in (line[:-1], line.replace("2026+", "x+"), "PRIVATE+KEY+a+b+" + line, line[::-1]):
        with pytest.raises(SuyuanError) as refusal:
            parse_skey(bad)
        said = f"{refusal.value} {refusal.value.text}"
        assert line.split("+")[-1][4:30] not in said


def test_signatures_of_unknown_keys_are_ignored_however_they_look() -> None:
    text = checkpoint_text(head([b"a"]))
    mine = sign(text, LOG)
    stranger = Signature("somebody.example", b64encode(bytes(70)).decode())
    same_name = Signature(ORIGIN, b64encode(bytes(68)).decode())
    same_id = Signature("other.example", mine.encoded)
    note = note_bytes(Note(text, (stranger, same_name, same_id, mine)))
    assert [each.vkey for each in open_note(note, [LOG.vkey]).signed] == [LOG.vkey]


def test_one_bad_signature_of_a_known_key_spoils_the_note_beside_a_good_one() -> None:
    text = checkpoint_text(head([b"a"]))
    good = sign(text, LOG)
    forged = signature_of(LOG.vkey, bytes(64))
    for lines in ((good, forged), (forged, good)):
        with pytest.raises(ProofError) as refusal:
            open_note(note_bytes(Note(text, lines)), [LOG.vkey])
        assert refusal.value.code == "note.signature"


def test_a_signature_with_stray_padding_bits_does_not_hold() -> None:
    """Else one signature would have four spellings, and a note as many digests."""
    text = checkpoint_text(head([b"a"]))
    good = sign(text, LOG)
    stray = good.encoded[:-2] + chr(ord(good.encoded[-2]) + 1) + "="
    assert b64decode(stray) == b64decode(good.encoded)
    with pytest.raises(ProofError):
        open_note(note_bytes(Note(text, (Signature(ORIGIN, stray),))), [LOG.vkey])


def test_two_keys_of_one_name_and_id_are_refused_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """An id has four bytes, so twins can be made; here the hash is weakened instead."""
    monkeypatch.setattr("suyuan.tlog.note.key_id", lambda *_: b"same")
    twin = VKey(LOG.vkey.name, LOG.vkey.kind, PEER.vkey.key)
    text = checkpoint_text(head([b"a"]))
    note = note_bytes(Note(text, (sign(text, LOG),)))
    assert open_note(note, [LOG.vkey, LOG.vkey]).signed[0].vkey == LOG.vkey
    with pytest.raises(FormatError) as refusal:
        open_note(note, [LOG.vkey, twin])
    assert refusal.value.code == "note.ambiguous"


@pytest.mark.parametrize("size", [16, 100, 101])
def test_a_hundred_signatures_are_read_and_no_more(size: int) -> None:
    line = Signature("a", b64encode(bytes(68)).decode())
    data = note_bytes(Note("text\n", (line,) * size))
    if size > 100:
        with pytest.raises(FormatError):
            parse_note(data)
    else:
        assert len(parse_note(data).signatures) == size


def test_the_place_of_a_bad_line_is_named() -> None:
    data = "one\n\ntwo\n\n— a AAAAAAAA\n— b+c AAAAAAAA\n".encode()
    with pytest.raises(FormatError) as refusal:
        parse_note(data)
    assert refusal.value.place == "line 6"


def test_a_cosignature_holds_for_its_time_and_text_alone() -> None:
    text = checkpoint_text(head([b"a"]))
    line = sign(text, PROVINCE, time=NOW)
    assert verify_signature(PROVINCE.vkey, line, text).time == NOW
    blob = bytearray(line.blob)
    for at in range(4, len(blob)):
        spoilt = bytearray(blob)
        spoilt[at] ^= 1
        bad = Signature(line.name, b64encode(spoilt).decode())
        with pytest.raises(ProofError):
            verify_signature(PROVINCE.vkey, bad, text)
    for time in (None, -1, 2**63):
        with pytest.raises(FormatError):
            sign(text, PROVINCE, time=time)
    with pytest.raises(FormatError):
        sign("no checkpoint\n", PROVINCE, time=NOW)


def test_a_log_s_signature_is_no_cosignature_though_the_key_is_one() -> None:
    """The type is in the id, and the messages differ: neither can be passed off as the other."""
    text = checkpoint_text(head([b"a"]))
    as_witness = VKey(LOG.vkey.name, COSIGNATURE, LOG.vkey.key)
    plain = sign(text, LOG)
    posing = signature_of(as_witness, NOW.to_bytes(8) + plain.blob[4:])
    with pytest.raises(ProofError):
        verify_signature(as_witness, posing, text)


def test_an_ml_dsa_cosignature_is_verified() -> None:
    """Signed here by the library itself: there is no published vector among the corpora."""
    from cryptography.hazmat.primitives.asymmetric import mldsa  # noqa: PLC0415

    private = mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
    vkey = VKey("pq.example/w", ML_DSA_COSIGNATURE, private.public_key().public_bytes_raw())
    assert parse_vkey(vkey_text(vkey)) == vkey
    text = checkpoint_text(head([b"a", b"b"]))
    message = cosigned_message(ML_DSA_COSIGNATURE, vkey.name, text, NOW)
    line = signature_of(vkey, NOW.to_bytes(8) + private.sign(message))
    assert verify_signature(vkey, line, text).time == NOW
    for bad in (
        Signature("pq.example/x", line.encoded),
        signature_of(vkey, (NOW + 1).to_bytes(8) + line.blob[12:]),
        signature_of(vkey, line.blob[4:-1] + bytes([line.blob[-1] ^ 1])),
        signature_of(vkey, b""),
    ):
        other = VKey(bad.name, vkey.kind, vkey.key)
        with pytest.raises(ProofError):
            verify_signature(other, bad, text)


def test_the_ml_dsa_message_is_laid_out_as_the_specification_has_it() -> None:
    checkpoint = Checkpoint("log", 5, bytes(range(32)))
    message = cosigned_message(ML_DSA_COSIGNATURE, "wit", checkpoint_text(checkpoint), 7)
    assert message == (
        b"subtree/v1\n\0\3wit" + bytes(7) + b"\7\3log" + bytes(8) + bytes(7) + b"\5"
    ) + bytes(range(32))
    with pytest.raises(FormatError) as refusal:
        cosigned_message(ML_DSA_COSIGNATURE, "w" * 256, checkpoint_text(checkpoint), 7)
    assert refusal.value.code == "cosign.name"


def test_a_known_key_of_an_unsupported_type_is_neither_yes_nor_no() -> None:
    vkey = VKey("old.example", 0x02, b"ecdsa")
    text = "text\n"
    note = note_bytes(Note(text, (signature_of(vkey, b"signature"), sign(text, LOG))))
    assert open_note(note, [LOG.vkey]).signed
    with pytest.raises(SuiteError):
        open_note(note, [LOG.vkey, vkey])
    assert key_id("old.example", b"\2ecdsa") == vkey.id
