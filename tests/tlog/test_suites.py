"""Signature algorithms: the standard's vector, both ways, and libraries that are not trusted."""

import copy
import json
import pickle
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import ORIGIN, head, signed

from suyuan.tlog import sm2
from suyuan.tlog.checkpoint import checkpoint_text
from suyuan.tlog.errors import FormatError, ProofError, SuiteError
from suyuan.tlog.keys import parse_skey, skey_text, sm2_key
from suyuan.tlog.note import (
    OTHER,
    SM2_PREFIX,
    Note,
    VKey,
    note_bytes,
    parse_note,
    parse_vkey,
    vkey_text,
)
from suyuan.tlog.policy import trusting, witnessed
from suyuan.tlog.signing import algorithm_of, open_note, sign
from suyuan.tlog.suites import Algorithm, Ed25519Signer, verifies

SEED = bytes(range(32))


@pytest.fixture
def libcrypto() -> None:
    try:
        sm2.PrivateKey(SEED)
    except SuiteError as error:
        pytest.skip(f"not on this system: {error}")


@pytest.mark.shared
def test_the_signature_in_the_standard_verifies_and_no_other(shared_data: Path) -> None:
    """GB/T 32918.5, with the default id."""
    vector = json.loads((shared_data / "tlog" / "sm.json").read_text())["sm2_sign"]
    public = bytes.fromhex("04" + vector["public_x"] + vector["public_y"])
    signature = bytes.fromhex(vector["r"] + vector["s"])
    message = vector["message_utf8"].encode()
    assert vector["id"].encode() == sm2.SIGNER_ID
    assert verifies(Algorithm.SM2, public, message, signature)
    assert sm2._to_der(signature).hex() == vector["signature_der"]
    for at in range(64):
        bad = bytearray(signature)
        bad[at] ^= 1
        assert not verifies(Algorithm.SM2, public, message, bytes(bad))
    for key in (public[:-1], b"\4" + bytes(64), b"\2" + public[1:], b"", public[:-1] + b"\0"):
        assert not verifies(Algorithm.SM2, key, message, signature)
    for text in (b"", message + b"\0", message.upper()):
        assert not verifies(Algorithm.SM2, public, text, signature)
    assert not verifies(Algorithm.SM2, public, message, signature[:63])
    assert not verifies(Algorithm.SM2, public, message, bytes(64))


@pytest.mark.shared
@pytest.mark.usefixtures("libcrypto")
def test_the_private_key_in_the_standard_has_its_public_key(shared_data: Path) -> None:
    vector = json.loads((shared_data / "tlog" / "sm.json").read_text())["sm2_sign"]
    key = sm2.PrivateKey(bytes.fromhex(vector["d"]))
    assert key.public.hex() == "04" + vector["public_x"] + vector["public_y"]
    signature = key.sign(b"message digest")
    assert verifies(Algorithm.SM2, key.public, b"message digest", signature)
    assert signature != key.sign(b"message digest")


@pytest.mark.usefixtures("libcrypto")
@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(1, sm2._ORDER - 2))
def test_what_is_signed_with_sm2_verifies(message: bytes, private: int) -> None:
    key = sm2.PrivateKey(private.to_bytes(32))
    signature = key.sign(message)
    assert len(signature) == 64
    assert sm2.verifies(key.public, message, signature)
    assert not sm2.verifies(key.public, message + b"x", signature)


@pytest.mark.usefixtures("libcrypto")
def test_a_private_key_in_memory_is_neither_copied_nor_pickled() -> None:
    key = sm2.PrivateKey(SEED)
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            duplicate(key)


@pytest.mark.usefixtures("libcrypto")
def test_numbers_that_are_no_private_key_are_refused() -> None:
    order = sm2._ORDER
    for bad in (0, order - 1, order, 2**256 - 1):
        with pytest.raises(FormatError) as refusal:
            sm2.PrivateKey(bad.to_bytes(32))
        assert refusal.value.code == "suite.sm2-key"
    for short in (b"", SEED[:31], SEED + b"\0"):
        with pytest.raises(FormatError):
            sm2.PrivateKey(short)


@pytest.mark.usefixtures("libcrypto")
def test_openssl_itself_accepts_our_signature_with_the_default_id(tmp_path: Path) -> None:
    key = sm2.PrivateKey(SEED)
    (tmp_path / "key.der").write_bytes(sm2._SPKI + key.public)
    (tmp_path / "text").write_bytes(b"checkpoint")
    (tmp_path / "signature").write_bytes(sm2._to_der(key.sign(b"checkpoint")))

    def verify(identity: str) -> subprocess.CompletedProcess[str]:
        words = ["openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3"]
        files = ["-keyform", "DER", "-pubin", "-inkey", "key.der"]
        files += ["-in", "text", "-sigfile", "signature"]
        id_ = ["-pkeyopt", f"distid:{identity}"]
        return subprocess.run(
            [*words, *files, *id_], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    try:
        done = verify("1234567812345678")
    except FileNotFoundError:
        pytest.skip("not on this system: no openssl command")
    assert done.returncode == 0, done.stderr
    assert verify("somebody").returncode != 0


@pytest.mark.parametrize("version", [0x30200000, 0x30300020, 0x30600000, 0x40000000])
def test_a_libcrypto_whose_signing_leaks_or_is_unproven_does_not_sign(
    version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Library:
        def OpenSSL_version_num(self) -> int:  # noqa: N802 -- libcrypto's name
            return version

    monkeypatch.setattr(sm2, "_library", Library)
    with pytest.raises(SuiteError) as refusal:
        sm2.PrivateKey(SEED)
    assert refusal.value.code == "suite.weak"
    assert f"{version >> 28}.{version >> 20 & 255}" in refusal.value.text.en


def test_without_libcrypto_nothing_is_said_of_an_sm2_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sm2._library.cache_clear()
    monkeypatch.setattr(sm2, "_NAMES", ("libcrypto-that-is-not-there.so",))
    with pytest.raises(SuiteError) as refusal:
        sm2.verifies(b"\4" + bytes(64), b"", bytes(64))
    assert refusal.value.code == "suite.libcrypto"
    sm2._library.cache_clear()


@pytest.mark.usefixtures("libcrypto")
def test_a_checkpoint_bears_an_sm2_line_beside_ed25519_and_either_is_enough() -> None:
    key = sm2_key(ORIGIN, SEED)
    assert parse_vkey(vkey_text(key.vkey)) == key.vkey
    assert parse_skey(skey_text(key, SEED)).vkey == key.vkey
    assert key.vkey.kind == OTHER
    checkpoint = head([b"a", b"b"])
    text = checkpoint_text(checkpoint)
    note = parse_note(signed(checkpoint))
    both = note_bytes(Note(text, (*note.signatures, sign(text, key))))
    assert witnessed(both, trusting([key.vkey])).log == key.vkey
    assert open_note(both, [key.vkey]).signed[0].time is None
    bad = note_bytes(Note(text, (*note.signatures, sign(text + "x\n", key))))
    with pytest.raises(ProofError):
        open_note(bad, [key.vkey])


@pytest.mark.usefixtures("libcrypto")
def test_a_point_of_sm2_has_one_spelling_and_is_on_the_curve() -> None:
    """libcrypto takes the hybrid spellings of SEC 1 too: one key would have several names."""
    key = sm2.PrivateKey(SEED)
    signature, x, y = key.sign(b"text"), key.public[1:33], key.public[33:]
    assert sm2.verifies(key.public, b"text", signature)
    hybrid = bytes([6 + (y[-1] & 1)]) + x + y
    assert sm2._read(sm2._library().d2i_PUBKEY, sm2._SPKI + hybrid), "so it is to be refused here"
    off = b"\4" + x + y[:-1] + bytes([y[-1] ^ 1])
    beyond = b"\4" + (2**256 - 1).to_bytes(32) + y
    for other in (hybrid, off, beyond, b"\2" + x, b"\4" + x, key.public + b"\0", b"\4" * 65, b""):
        assert not sm2.verifies(other, b"text", signature)
        text = vkey_text(VKey(ORIGIN, OTHER, SM2_PREFIX + other))
        with pytest.raises(FormatError, match=r"note\.vkey"):
            parse_vkey(text)


def test_a_key_of_somebody_elses_type_is_read_whatever_its_length() -> None:
    for other in (b"x", b"urn:other\n" + bytes(7), SM2_PREFIX[:-1]):
        vkey = VKey(ORIGIN, OTHER, other)
        assert parse_vkey(vkey_text(vkey)) == vkey
        with pytest.raises(SuiteError, match=r"suite\.kind"):
            algorithm_of(vkey)


def test_ed25519_signs_as_rfc_8032_has_it() -> None:
    """The second test of RFC 8032 section 7.1."""
    seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    signer = Ed25519Signer(bytes.fromhex(seed))
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signer.public.hex() == public
    assert signer.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert not verifies(Algorithm.ED25519, signer.public[:31], b"", bytes(64))
    assert not verifies(Algorithm.ED25519, signer.public, b"\x72", b"")
    assert not verifies(Algorithm.ML_DSA_44, b"short", b"", b"")
