"""The witness protocol: published requests in order, the rules, and a log that lies."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import LOG, NOW, ORIGIN, PROVINCE, head, policy, signed

from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import VKey, parse_note, parse_vkey
from suyuan.tlog.policy import witnessed
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.tree import EMPTY_ROOT, leaf_hash, nodes
from suyuan.tlog.witness import (
    Agreed,
    Conflict,
    Head,
    Refused,
    answer_agreed,
    answer_bad,
    cosigned,
    decide,
    origins,
    read_answer,
    read_request,
    request_bytes,
)

ENTRIES = [str(at).encode() for at in range(40)]
NODE = nodes([leaf_hash(each) for each in ENTRIES])


class Witness:
    """A witness as somebody would run one, with its heads in memory."""

    def __init__(self, *logs: VKey) -> None:
        self.heads: dict[str, Head] = {}
        self.known = origins(logs)

    def post(self, body: bytes) -> tuple[int, str]:
        try:
            request = read_request(body)
        except FormatError as error:
            refused = answer_bad(error)
            return refused.status, refused.body
        origin = request.checkpoint.origin
        decision = decide(request, self.known.get(origin), self.heads.get(origin, Head()))
        match decision:
            case Agreed(head_):
                self.heads[origin] = head_
                return 200, answer_agreed(decision, [PROVINCE], NOW)
            case Refused(status, text):
                return status, text


def ask(old: int, size: int, *, entries: list[bytes] | None = None) -> bytes:
    path = consistency_proof(NODE, old, size) if 0 < old <= size else ()
    return request_bytes(old, path, signed(head((entries or ENTRIES)[:size]), (LOG,)))


@pytest.mark.shared
def test_published_requests_are_answered_in_order(shared_data: Path) -> None:
    known = json.loads((shared_data / "tlog" / "witness_add_checkpoint.json").read_text())
    witness = Witness(parse_vkey(known["log_vkey"]))
    for case in known["cases"]:
        status, body = witness.post(case["body"].encode())
        assert status == case["status"], case["name"]
        if status == 409:
            assert body == case["body_contains"]
        if status == 200:
            assert body.startswith("— ")
    assert len(known["cases"]) == 11


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=25))
def test_a_witness_only_ever_moves_forward(steps: list[tuple[int, int]]) -> None:
    """The plain rule: the old size is the recorded one, and the tree continues it."""
    witness, size = Witness(LOG.vkey), 0
    for old, new in steps:
        status, body = witness.post(ask(old, new))
        if old > new:
            assert status == 400
        elif old != size:
            assert (status, body) == (409, f"{size}\n")
        else:
            assert status == 200
            size = new
        assert witness.heads.get(ORIGIN, Head()).size == size


def test_a_split_view_is_refused_at_every_size() -> None:
    forged = [b"forged", *ENTRIES[1:]]
    witness = Witness(LOG.vkey)
    assert witness.post(ask(0, 7))[0] == 200
    for size in range(7, 41):
        status, body = witness.post(ask(7, size, entries=forged))
        assert status == (409 if size == 7 else 422), body
    assert witness.post(ask(7, 7))[0] == 200
    assert witness.post(ask(7, 40))[0] == 200


def test_a_replay_and_a_rollback_are_refused() -> None:
    witness = Witness(LOG.vkey)
    first, second = ask(0, 5), ask(5, 9)
    assert [witness.post(body)[0] for body in (first, second)] == [200, 200]
    assert witness.post(second) == (409, "9\n")
    assert witness.post(first) == (409, "9\n")
    assert witness.post(ask(0, 3)) == (409, "9\n")


def test_an_empty_tree_has_one_root() -> None:
    witness = Witness(LOG.vkey)
    wrong = signed(Checkpoint(ORIGIN, 0, bytes(32)), (LOG,))
    right = signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT), (LOG,))
    assert witness.post(request_bytes(0, (), wrong))[0] == 422
    assert witness.post(request_bytes(0, (), right))[0] == 200
    assert witness.post(request_bytes(0, (EMPTY_ROOT,), right))[0] == 422
    assert witness.post(request_bytes(0, (EMPTY_ROOT,), signed(head(ENTRIES), (LOG,))))[0] == 422


def test_strangers_and_forgers_are_told_so() -> None:
    witness = Witness(LOG.vkey)
    thief = ed25519_key(ORIGIN, bytes(32))
    assert witness.post(request_bytes(0, (), signed(head(ENTRIES), (thief,))))[0] == 403
    other = ed25519_key("other.example", bytes(32))
    foreign = signed(head(ENTRIES, origin="other.example"), (other,))
    assert witness.post(request_bytes(0, (), foreign))[0] == 404
    assert witness.heads == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 00\n\n",
        b"old -1\n\n",
        b"new 0\n\n",
        b"old 1\nAAAA\n\n",
        b"old 0\n\nno note\n",
        b"old 1\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + b"\n",
    ],
)
def test_what_is_no_request_is_a_400_in_both_languages(body: bytes) -> None:
    whole = body + signed(head(ENTRIES), (LOG,)) if body.endswith(b"\n\n") else body
    status, text = Witness(LOG.vkey).post(whole)
    assert status == 400
    assert len(text.splitlines()) == 2


def test_extension_lines_are_not_cosigned() -> None:
    one = head(ENTRIES)
    extended = signed(Checkpoint(one.origin, one.size, one.root, ("more",)), (LOG,))
    assert Witness(LOG.vkey).post(request_bytes(0, (), extended))[0] == 400


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_a_request_written_is_the_request_read(old: int, path: list[bytes]) -> None:
    note = signed(head(ENTRIES), (LOG,))
    read = read_request(request_bytes(old, path, note))
    assert (read.old, read.proof, read.note) == (old, tuple(path), parse_note(note))


def test_a_log_gathers_cosignatures_and_meets_its_policy() -> None:
    witness = Witness(LOG.vkey)
    note = parse_note(signed(head(ENTRIES[:9]), (LOG,)))
    status, body = witness.post(ask(0, 9))
    (seen,) = read_answer(status, body.encode(), note.text, [PROVINCE.vkey]) or ()
    assert (seen.vkey, seen.time) == (PROVINCE.vkey, NOW)
    whole = cosigned(note, body.encode(), [PROVINCE.vkey])
    assert witnessed(whole, policy("any")).witnesses == {"province": NOW}
    assert cosigned(parse_note(whole), body.encode(), [PROVINCE.vkey]) == whole
    assert cosigned(note, body.encode(), []) == signed(head(ENTRIES[:9]), (LOG,))


def test_of_a_witness_that_signed_often_the_first_line_is_kept() -> None:
    note = parse_note(signed(head(ENTRIES[:9]), (LOG,)))
    agreed = Agreed(Head(), note.text)
    body = "".join(answer_agreed(agreed, [PROVINCE], NOW + at) for at in (7, 3, 9)).encode()
    whole = cosigned(note, body, [PROVINCE.vkey])
    assert witnessed(whole, policy("any")).witnesses == {"province": NOW + 7}
    assert len(parse_note(whole).signatures) == len(note.signatures) + 1
    again = answer_agreed(agreed, [PROVINCE], NOW + 20).encode()
    assert cosigned(parse_note(whole), again, [PROVINCE.vkey]) == whole


def test_a_log_learns_of_a_conflict_and_believes_no_forged_answer() -> None:
    text = parse_note(signed(head(ENTRIES[:9]), (LOG,))).text
    assert read_answer(409, b"5\n", text, [PROVINCE.vkey]) == Conflict(5)
    assert read_answer(503, b"busy", text, [PROVINCE.vkey]) is None
    for bad in (b"05\n", b"\xff\n", b"5\n\n", b""):
        with pytest.raises(FormatError):
            read_answer(409, bad, text, [PROVINCE.vkey])
    forged = Agreed(Head(), text + "more\n")
    with pytest.raises(ProofError):
        read_answer(200, answer_agreed(forged, [PROVINCE], NOW).encode(), text, [PROVINCE.vkey])
    with pytest.raises(FormatError):
        read_answer(200, b"thanks\n", text, [PROVINCE.vkey])
    with pytest.raises(FormatError):
        read_answer(200, signed(head(ENTRIES[:9]), (PROVINCE,)), text, [PROVINCE.vkey])
