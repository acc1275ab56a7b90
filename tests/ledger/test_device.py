"""A log signed by a key that never leaves its device: SoftHSM, a real module behind PKCS#11."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from pkcs11.util.ec import encode_named_curve_parameters

from suyuan.ledger import enqueue, keys, publishing, sequence
from suyuan.ledger.device import device_key, device_text, parse_device
from suyuan.store import Store
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.errors import ProofError, SuiteError
from suyuan.tlog.note import parse_note
from suyuan.tlog.policy import trusting
from suyuan.tlog.signing import sign, verify_signature

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4711"


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI, without object, of a token with two Ed25519 key pairs, `one` and `two`."""
    program = shutil.which("softhsm2-util")
    if program is None or not MODULE.exists():
        pytest.skip("not on this system: softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    (folder / "pin").write_text(PIN + "\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")  # the module reads it once, when loaded
    made = [program, "--init-token", "--free", "--label", "log", "--pin", PIN]
    subprocess.run([*made, "--so-pin", "12345678"], check=True, stdout=subprocess.DEVNULL)
    found = pkcs11.lib(str(MODULE)).get_token(token_label="log")  # noqa: S106 -- a name
    with found.open(user_pin=PIN, rw=True) as session:
        for label in ("one", "two"):
            curve = session.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS,
                {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")},
                local=True,
            )
            curve.generate_keypair(
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label
            )
    yield f"pkcs11:token=log;object={{}}?module-path={MODULE}&pin-source=file:{folder / 'pin'}"
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def grow(store: Store, first: int) -> None:
    with store.write() as conn:
        enqueue(conn, [(first, first.to_bytes(64))])
    with store.write() as conn:
        sequence(conn, now=NOW)


def test_a_log_goes_over_to_a_device_and_from_one_key_in_it_to_the_next(
    database: Store, token: str, tmp_path: Path
) -> None:
    log = keys.open_log(tmp_path / "log", origin="log.example/x", draw=os.urandom)
    in_file = log.vkeys[0]
    grow(database, 1)
    publishing.publish(database, log, now=NOW)
    log = keys.rotate(log, draw=os.urandom, device=token.format("one"))
    one = log.vkeys[0]
    assert "PRIVATE" not in (log.folder / "log.key").read_text()
    assert PIN not in (log.folder / "log.key").read_text()
    grow(database, 2)
    note = publishing.publish(database, log, now=NOW).note
    assert verify_file(note, Trust(policy=trusting([one]))).size == 2
    assert {each.key_id for each in parse_note(note).signatures} == {one.id, in_file.id}
    log = keys.end_handover(log)
    grow(database, 3)
    note = publishing.publish(database, log, now=NOW).note
    assert {each.key_id for each in parse_note(note).signatures} == {one.id}
    log = keys.rotate(log, draw=os.urandom, device=token.format("two"), revoke=True)
    grow(database, 4)
    note = publishing.publish(database, log, now=NOW).note
    assert verify_file(note, Trust(policy=trusting([log.vkeys[0]]))).size == 4
    with pytest.raises(ProofError, match=r"note\.unsigned"):
        verify_file(note, Trust(policy=trusting([one])))
    assert (log.rotated, log.revoked) == ((in_file,), (one,))


def test_what_a_device_signs_is_what_anybody_verifies(token: str) -> None:
    key = device_key("log.example/x", token.format("one"))
    again = parse_device(device_text(key, token.format("one")))
    assert again.vkey == key.vkey
    line = sign("log.example/x\n0\n", again)
    assert verify_signature(key.vkey, line, "log.example/x\n0\n").vkey == key.vkey


@pytest.mark.parametrize(
    "change",
    [
        ("token=log", "token=none"),
        ("object=one", "object=none"),
        (str(MODULE), "/no/module.so"),
        ("pin-source=file:", "pin-source=file:/no"),
        ("pin-source=file:", "pin-value="),
    ],
    ids=["token", "object", "module", "pin file", "pin"],
)
def test_a_device_that_cannot_sign_is_said_and_the_old_key_stays(
    token: str, tmp_path: Path, change: tuple[str, str]
) -> None:
    log = keys.open_log(tmp_path / "log", origin="log.example/x", draw=os.urandom)
    before = {path.name: path.read_bytes() for path in log.folder.iterdir()}
    with pytest.raises(SuiteError, match=r"suite\.device") as said:
        keys.rotate(log, draw=os.urandom, device=token.format("one").replace(*change))
    assert PIN not in said.value.text.en + said.value.text.zh
    assert {path.name: path.read_bytes() for path in log.folder.iterdir()} == before


def test_another_key_under_the_same_label_signs_nothing(token: str) -> None:
    """As when the token was changed: what it signs is not this log's."""
    key = device_key("log.example/x", token.format("one"))
    other = parse_device(device_text(key, token.format("two")))
    with pytest.raises(SuiteError, match=r"suite\.device"):
        sign("log.example/x\n0\n", other)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "file:/x",
        "pkcs11:token=a",
        "pkcs11:token=a;object=b",
        "pkcs11:token=;object=b?module-path=/x",
    ],
)
def test_a_uri_that_says_too_little_is_refused(uri: str) -> None:
    with pytest.raises(SuiteError, match=r"suite\.device-uri"):
        device_key("log.example/x", uri)


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pkcs11", None)
    with pytest.raises(SuiteError, match=r"suite\.device-extra") as said:
        device_key("log.example/x", "pkcs11:token=a;object=b?module-path=/x")
    assert "suyuan[device]" in said.value.text.en


def test_the_sm2_key_is_rotated_and_revoked_beside_the_other(
    database: Store, tmp_path: Path
) -> None:
    log = keys.open_log(tmp_path / "log", origin="log.example/x", draw=os.urandom)
    with pytest.raises(publishing.LedgerError, match=r"ledger\.no-sm2"):
        keys.rotate(log, draw=os.urandom, sm2=True)
    try:
        log = keys.add_sm2(log, draw=os.urandom)
    except SuiteError as weak:
        pytest.skip(str(weak))
    first, old = log.vkeys
    log = keys.rotate(log, draw=os.urandom, sm2=True)
    assert log.vkeys[0] == first
    assert (log.rotated, log.vkeys[1] != old) == ((old,), True)
    grow(database, 1)
    note = publishing.publish(database, log, now=NOW).note
    both = Trust(policy=trusting(log.vkeys))
    assert verify_file(note, both).size == 1
    signed_by = {each.key_id for each in parse_note(note).signatures}
    assert signed_by == {v.id for v in (*log.vkeys, old)}  # until the handover ends
    keys.end_handover(log)
    now = log.vkeys[1]
    log = keys.rotate(log, draw=os.urandom, sm2=True, revoke=True)
    assert (log.rotated, log.revoked) == ((old,), (now,))
    grow(database, 2)
    note = publishing.publish(database, log, now=NOW).note
    assert {each.key_id for each in parse_note(note).signatures} == {v.id for v in log.vkeys}
