"""Receipts and the commitments in them: what they prove, and that they prove nothing else."""

import json
from hashlib import new, shake_256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import (
    FIELDS,
    TIME,
    changed,
    entries_of,
    policy,
    receipt_of,
    refused,
    secret,
    truncated,
)
from msgspec.structs import replace

from suyuan.kit import SuyuanError
from suyuan.tlog import commitment
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.commitment import (
    COMMITMENT_BYTES,
    commit,
    disclose,
    disclosure_bytes,
    entry_of,
    parse_disclosure,
    salts,
    sm3,
    verify_disclosure,
)
from suyuan.tlog.errors import FormatError, ProofError, SuiteError
from suyuan.tlog.receipt import HEADER, Receipt, parse_receipt, receipt_bytes, verify_receipt
from suyuan.tlog.tree import leaf_hash

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
SOME_FIELDS = st.dictionaries(NAMES, st.binary(max_size=40), min_size=1, max_size=20)
SECRETS = st.binary(min_size=16, max_size=16)


@pytest.mark.shared
def test_published_receipts_are_written_and_refused(shared_data: Path) -> None:
    known = json.loads((shared_data / "tlog" / "tlog_proof.json").read_text())
    for row in known["marshal"]:
        read = parse_receipt(row["text"].encode())
        assert (read.index, read.checkpoint.decode()) == (row["index"], row["checkpoint"])
        assert len(read.path) == len(row["hashes"])
        assert (read.extra is not None) is ("extra_b64" in row)
        assert receipt_bytes(read).decode() == row["text"]
    for row in known["reject"]:
        with pytest.raises(FormatError):
            parse_receipt(row["text"].encode())


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(min_size=1, max_size=60),
    st.binary(min_size=1, max_size=80),
)
def test_a_receipt_written_is_the_receipt_read(
    index: int, path: list[bytes], extra: bytes | None, checkpoint: bytes
) -> None:
    receipt = Receipt(index, tuple(path), checkpoint, extra)
    assert parse_receipt(receipt_bytes(receipt)) == receipt


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9])
def test_every_entry_of_a_log_has_a_receipt_that_proves_it_and_its_fields(count: int) -> None:
    entries, trust = entries_of(count), Trust(policy=policy())
    for at in range(count):
        proven = verify_file(receipt_of(entries, at, ["verdict", "n"]), trust)
        assert (proven.index, proven.size, proven.entry) == (at, count, entries[at])
        assert proven.time == TIME + at
        assert proven.fields == {"verdict": FIELDS["verdict"], "n": str(at).encode()}


def test_every_byte_of_a_receipt_counts() -> None:
    whole, trust = receipt_of(entries_of(3), 1, ["verdict"]), Trust(policy=policy())
    verify_file(whole, trust)
    accepted = [
        bad
        for bad in [*changed(whole), *truncated(whole)]
        if not refused(lambda data: verify_file(data, trust), bad, (FormatError, ProofError))
    ]
    assert accepted == []


def test_a_receipt_does_not_prove_another_entry_or_place() -> None:
    entries = entries_of(6)
    receipts = [parse_receipt(receipt_of(entries, at)) for at in range(6)]
    for at, receipt in enumerate(receipts):
        for other, entry in enumerate(entries):
            moved = Receipt(other, receipt.path, receipt.checkpoint)
            if other != at:
                with pytest.raises(ProofError):
                    verify_receipt(receipt, leaf_hash(entry), policy())
                with pytest.raises(ProofError):
                    verify_receipt(moved, leaf_hash(entries[at]), policy())


def test_fields_of_one_receipt_do_not_pass_in_another() -> None:
    entries, trust = entries_of(2), Trust(policy=policy())
    first, second = (parse_receipt(receipt_of(entries, at, ["n"])) for at in range(2))
    swapped = Receipt(first.index, first.path, first.checkpoint, second.extra)
    with pytest.raises(ProofError):
        verify_file(receipt_bytes(swapped), trust)
    mine, other = (parse_disclosure(each.extra or b"") for each in (first, second))
    for mixed in (
        replace(mine, fields=other.fields),
        replace(other, entry=mine.entry),
        replace(mine, time=other.time),
    ):
        with pytest.raises(ProofError):
            verify_disclosure(mixed)


def test_a_receipt_of_another_issuer_is_verified_with_the_entry_given() -> None:
    entries, trust = entries_of(3), policy()
    ours = parse_receipt(receipt_of(entries, 2))
    foreign = receipt_bytes(Receipt(ours.index, ours.path, ours.checkpoint, b"something else"))
    bare = receipt_bytes(Receipt(ours.index, ours.path, ours.checkpoint))
    for data in (foreign, bare):
        assert verify_file(data, Trust(policy=trust, entry=entries[2])).index == 2
        with pytest.raises(FormatError) as needed:
            verify_file(data, Trust(policy=trust))
        assert needed.value.code == "receipt.entry"
        with pytest.raises(ProofError):
            verify_file(data, Trust(policy=trust, entry=entries[1]))
    with pytest.raises(ProofError) as other:
        verify_file(receipt_bytes(ours), Trust(policy=trust, entry=entries[1]))
    assert other.value.code == "receipt.other-entry"


def slow_entry(fields: dict[str, bytes], key: bytes, time: int) -> bytes:
    """The leaf as the document has it, for both hashes."""
    stream = shake_256(b"suyuan/leaf/v1\n" + key).digest(16 * len(fields))
    ordered = sorted(fields.items(), key=lambda each: each[0].encode())
    entry = b"\1"
    for h in ("sha256", "sm3"):
        listed = b"\3" + len(fields).to_bytes(2, "big")
        for at, (name, value) in enumerate(ordered):
            called = len(name.encode()).to_bytes(2, "big") + name.encode()
            listed += new(h, b"\0" + stream[16 * at :][:16] + called + value).digest()
        entry += new(h, b"\2" + time.to_bytes(8, "big") + new(h, listed).digest()).digest()
    return entry


def logged(fields: dict[str, bytes], key: bytes, time: int = TIME) -> bytes:
    return entry_of(commit(fields, key), time)


@settings(deadline=None)
@given(SOME_FIELDS, SECRETS, st.integers(0, 2**63 - 1), st.data())
def test_any_fields_can_be_shown_and_the_entry_is_that_of_the_plain_definition(
    fields: dict[str, bytes], key: bytes, time: int, data: st.DataObject
) -> None:
    assert len(commit(fields, key)) == COMMITMENT_BYTES
    assert logged(fields, key, time) == slow_entry(fields, key, time)
    names = data.draw(st.sets(st.sampled_from(sorted(fields))))
    disclosure = disclose(fields, key, names, time=time)
    verify_disclosure(disclosure)
    assert {field.name: field.value for field in disclosure.fields} == {
        name: fields[name] for name in names
    }
    assert parse_disclosure(disclosure_bytes(disclosure)) == disclosure


@settings(deadline=None)
@given(SOME_FIELDS, SECRETS, st.data())
def test_what_is_not_shown_is_not_there(
    fields: dict[str, bytes], key: bytes, data: st.DataObject
) -> None:
    """Neither values nor salts of hidden fields are among the bytes; nor is the secret."""
    names = data.draw(st.sets(st.sampled_from(sorted(fields))))
    shown = disclose(fields, key, names, time=TIME)
    held = {field.salt for field in shown.fields}
    inner = salts(key, len(fields))
    named = dict(zip(sorted(fields, key=str.encode), inner, strict=True))
    assert held == {named[name] for name in names}
    assert len(set(inner)) == len(fields)
    assert key not in held
    assert {field.name for field in shown.fields} == names


def test_the_example_in_the_document_is_true() -> None:
    page = (Path(__file__).parents[2] / "docs/concepts/ledger-and-record.md").read_text()
    fields, at = {"a": b"1", "b": b"2", "\u4ea7\u5730": b"3"}, 1_772_323_200_000_000
    entry = logged(fields, bytes(range(16)), at)
    assert entry == slow_entry(fields, bytes(range(16)), at)
    assert entry.hex() in page.replace("\n", "")


def test_equal_events_have_entries_that_tell_nothing_of_each_other() -> None:
    one, other = logged(FIELDS, secret(1)), logged(FIELDS, secret(2))
    assert one != other
    assert len({one[1:33], one[33:], other[1:33], other[33:]}) == 4


@pytest.mark.parametrize("suite", ["sha256", "sm3"])
def test_both_hashes_must_hold(suite: str) -> None:
    """An entry whose two halves commit to different fields is a lie to one of two worlds."""
    lie = logged({**FIELDS, "verdict": b'"refused"'}, secret(1))
    shown = disclose(FIELDS, secret(1), ["verdict"], time=TIME)
    halves = (lie[1:33], shown.entry[33:]) if suite == "sha256" else (shown.entry[1:33], lie[33:])
    with pytest.raises(ProofError) as refusal:
        verify_disclosure(replace(shown, entry=b"\1" + b"".join(halves)))
    assert refusal.value.code == "commitment.entry"
    other = disclose({**FIELDS, "verdict": b'"refused"'}, secret(1), ["verdict"], time=TIME)
    lists = {suite: getattr(other, suite)}
    with pytest.raises(ProofError) as refusal:
        verify_disclosure(replace(shown, **lists))
    assert refusal.value.code == "commitment.field"


def test_the_number_of_fields_and_the_time_are_part_of_what_is_proven() -> None:
    shown = disclose(FIELDS, secret(1), ["capturer"], time=TIME)
    more = (bytes(32),)
    for bad in (
        replace(shown, time=TIME + 1),
        replace(shown, sha256=shown.sha256 + more, sm3=shown.sm3 + more),
        replace(shown, sha256=shown.sha256[:-1], sm3=shown.sm3[:-1]),
        replace(shown, sha256=shown.sha256[:1] + shown.sha256[:0:-1]),
    ):
        with pytest.raises(ProofError):
            verify_disclosure(bad)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, bytes(16)),
        ({"": b""}, bytes(16)),
        ({"a": b""}, bytes(15)),
        ({"a": b""}, bytes(32)),
        ({"a" * 65_536: b""}, bytes(16)),
    ],
)
def test_what_cannot_be_committed_to_is_refused(fields: dict[str, bytes], key: bytes) -> None:
    with pytest.raises(FormatError) as refusal:
        commit(fields, key)
    assert refusal.value.code == "commitment.fields"


def test_the_longest_name_and_the_most_fields_can_be_committed_to_and_no_more() -> None:
    whole = {"n" * 65_535: b"", **{str(at): b"" for at in range(999)}}
    shown = disclose(whole, secret(1), ["n" * 65_535], time=TIME)
    verify_disclosure(parse_disclosure(disclosure_bytes(shown)))
    with pytest.raises(FormatError):
        commit({**whole, "one more": b""}, secret(1))


@pytest.mark.parametrize(
    "text",
    ["{}\n5\n\ncheckpoint\n", "{}\nindex5\n\ncheckpoint\n", "{}\nextra \nindex 5\n\nx", "{}\n\nx"],
)
def test_a_receipt_without_its_lines_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_receipt(text.format(HEADER).encode())


def test_a_receipt_is_at_most_four_megabytes() -> None:
    receipt = Receipt(0, (), bytes(4_000_000 - len(receipt_bytes(Receipt(0, (), b"")))))
    assert parse_receipt(receipt_bytes(receipt)) == receipt
    with pytest.raises(FormatError):
        parse_receipt(receipt_bytes(receipt) + b"!")


def test_a_field_that_is_not_there_cannot_be_shown() -> None:
    with pytest.raises(FormatError) as refusal:
        disclose(FIELDS, secret(1), ["verdict", "price"], time=TIME)
    assert "price" in refusal.value.text.en


def test_a_disclosure_in_another_spelling_is_refused() -> None:
    whole = disclosure_bytes(disclose(FIELDS, secret(1), ["verdict", "capturer"], time=TIME))
    read = json.loads(whole)
    bad: list[Any] = [
        {**read, "more": 1},
        {**read, "time": str(read["time"])},
        {**read, "time": -5},
        {**read, "time": 2**63},
        {**read, "sha256": [], "sm3": [], "fields": []},
        {**read, "sm3": read["sm3"][:-1]},
        {**read, "sha256": read["sha256"] * 250, "sm3": read["sm3"] * 250},
        {**read, "fields": [{**read["fields"][0], "index": 5}]},
        {**read, "fields": [{**read["fields"][0], "index": -1}]},
        {**read, "fields": [{**read["fields"][0], "salt": read["sha256"][0]}]},
        {**read, "fields": [{**read["fields"][0], "name": "n" * 65_536}]},
        {**read, "entry": read["entry"][:-4]},
        {**read, "fields": read["fields"][::-1]},
        {**read, "fields": read["fields"] * 2},
        [read],
        None,
    ]
    texts = [json.dumps(each, separators=(",", ":")).encode() for each in bad]
    for data in [*texts, whole + b" ", whole[:-1], json.dumps(read).encode(), b"", b"[" * 100_000]:
        with pytest.raises(SuyuanError):
            parse_disclosure(data)


@pytest.mark.shared
def test_sm3_is_that_of_the_standard(shared_data: Path) -> None:
    rows = json.loads((shared_data / "tlog" / "sm.json").read_text())["sm3"]
    assert [sm3(row["utf8"].encode()).hex() for row in rows] == [row["want"] for row in rows]


def test_without_sm3_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> None:
        raise ValueError(name)

    shown = disclose(FIELDS, secret(1), ["verdict"], time=TIME)
    monkeypatch.setattr("suyuan.tlog.commitment.new", none)
    commitment._sm3_state.cache_clear()
    with pytest.raises(SuiteError) as unknown:
        verify_disclosure(shown)
    assert unknown.value.code == "suite.sm3"
