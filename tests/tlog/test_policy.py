"""Policies: their file, quorums by the plain definition, and who is enough."""

from contextlib import nullcontext
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import LOG, NOW, ORIGIN, PEER, PROVINCE, head, policy, policy_bytes, signed

from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes, vkey_text
from suyuan.tlog.policy import Policy, is_met, parse_policy, trusting, witnessed
from suyuan.tlog.signing import sign
from suyuan.tlog.tree import EMPTY_ROOT

A, B = (
    vkey_text(ed25519_key(f"w{at}.example", bytes([at]) * 32, cosigner=True).vkey) for at in b"\1\2"
)
LOG_LINE = f"log {vkey_text(LOG.vkey)}"


def test_the_specification_s_example_asks_for_two_of_one_and_one_of_the_other() -> None:
    keys = [ed25519_key(f"w{at}", bytes([at]) * 32, cosigner=True).vkey for at in range(6)]
    names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    lines = [f"witness {n} {vkey_text(k)}" for n, k in zip(names, keys, strict=True)]
    rule = parse_policy(
        "\n".join(
            [
                LOG_LINE,
                *lines,
                "group X-witnesses 2 X1 X2 X3",
                "group Y-witnesses any Y1 Y2 Y3",
                "group X-and-Y all X-witnesses Y-witnesses",
                "quorum X-and-Y",
                "",
            ]
        ).encode()
    )
    for count in range(7):
        for chosen in combinations(names, count):
            enough = sum(n[0] == "X" for n in chosen) >= 2 and any(n[0] == "Y" for n in chosen)
            assert is_met(rule, dict.fromkeys(chosen)) is enough


@settings(deadline=None)
@given(st.sets(st.integers(0, 5)), st.integers(1, 6))
def test_k_of_n_is_met_by_k_and_no_fewer(chosen: set[int], k: int) -> None:
    keys = [ed25519_key(f"w{at}", bytes([at]) * 32, cosigner=True).vkey for at in range(6)]
    lines = [f"witness {at} {vkey_text(key)}" for at, key in enumerate(keys)]
    rule = parse_policy("\n".join([*lines, f"group g {k} 0 1 2 3 4 5", "quorum g"]).encode())
    assert is_met(rule, {str(at): None for at in chosen}) is (len(chosen) >= k)


def test_names_that_are_no_witnesses_count_for_nothing() -> None:
    assert not is_met(policy(), {"both": None, "stranger": None})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{LOG_LINE}\n", "quorum"),
        ("quorum none\nquorum none\n", "quorum"),
        ("quorum nobody\n", "defined"),
        (f"witness none {A}\nquorum none\n", "reserved"),
        (f"witness a {A}\nwitness a {B}\nquorum a\n", "twice"),
        (f"witness a {A}\nwitness b {A}\nquorum a\n", "twice"),
        (f"{LOG_LINE}\n{LOG_LINE}\nquorum none\n", "twice"),
        (f"log {A}\nquorum none\n", "type"),
        (f"witness a {vkey_text(LOG.vkey)}\nquorum a\n", "type"),
        (f"witness a {A}\ngroup g 0 a\nquorum g\n", "threshold"),
        (f"witness a {A}\ngroup g 2 a\nquorum g\n", "threshold"),
        (f"witness a {A}\ngroup g 01 a\nquorum g\n", "threshold"),
        (f"witness a {A}\ngroup g some a\nquorum g\n", "threshold"),
        ("group g all\nquorum g\n", "parts"),
        ("group g all g\nquorum g\n", "defined"),
        ("group g all none\nquorum g\n", "defined"),
        (f"witness a {A}\ngroup g any a a\nquorum g\n", "twice"),
        (f"witness a {A}\nwitness b {B}\ngroup g any a\ngroup h any a b\nquorum h\n", "twice"),
        (f"witness a {A} https://a b\nquorum a\n", "parts"),
        ("trust everybody\nquorum none\n", "parts"),
        ("quorum none\r\n", "control"),
        ("quorum none\0\n", "control"),
    ],
)
def test_a_policy_that_is_not_sound_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(FormatError) as refusal:
        parse_policy(text.encode())
    assert refusal.value.code == "policy.shape"
    assert why in refusal.value.text.en


def test_the_line_of_a_fault_is_named() -> None:
    for bad in (b"log x", b"quorum nobody"):
        with pytest.raises(FormatError) as refusal:
            parse_policy(b"# first\n\n" + bad + b"\nquorum none\n")
        assert refusal.value.place == "line 3"


def test_spaces_tabs_comments_and_any_octets_in_names_are_let_be() -> None:
    name = b"\xe6\xb2\xb3\xff"
    text = b" \t witness\t" + name + b"  " + A.encode() + b" \n\t# \xff\n\nquorum " + name
    assert len(parse_policy(text).witnesses) == 1


def test_a_large_policy_is_read() -> None:
    keys = [ed25519_key(f"w{at}", bytes([at]) * 32, cosigner=True).vkey for at in range(64)]
    lines = [f"witness w{at} {vkey_text(key)}" for at, key in enumerate(keys)]
    chain = ["group g0 any w0", *(f"group g{at} all g{at - 1} w{at}" for at in range(1, 64))]
    rule = parse_policy("\n".join([*lines, *chain, "quorum g63"]).encode())
    everybody = {f"w{at}": None for at in range(64)}
    assert is_met(rule, everybody)
    assert not is_met(rule, {name: None for name in everybody if name != "w17"})


def test_a_checkpoint_is_accepted_when_its_log_and_a_quorum_have_signed() -> None:
    whole = signed(head([b"a"]))
    found = witnessed(whole, policy())
    assert (found.log, dict(found.witnesses)) == (LOG.vkey, {"province": NOW, "peer": NOW})
    for keys, code in [
        ((LOG, PEER), "policy.quorum"),
        ((LOG,), "policy.quorum"),
        ((PROVINCE, PEER), "policy.log"),
        ((), "note"),
    ]:
        with pytest.raises((ProofError, FormatError)) as refusal:
            witnessed(signed(head([b"a"]), keys), policy())
        assert refusal.value.code.startswith(code)
    assert witnessed(signed(head([b"a"]), (LOG, PEER)), policy("any")).witnesses == {"peer": NOW}
    assert witnessed(signed(head([b"a"]), (LOG,)), policy("none")).witnesses == {}


def test_a_cosignature_from_the_future_does_not_count() -> None:
    whole = signed(head([b"a"]))
    assert witnessed(whole, policy(), latest=NOW).witnesses
    with pytest.raises(ProofError) as refusal:
        witnessed(whole, policy(), latest=NOW - 1)
    assert refusal.value.code == "policy.quorum"


def test_an_empty_log_has_the_root_of_an_empty_tree() -> None:
    rule = trusting([LOG.vkey])
    for top, is_refused in ((EMPTY_ROOT, False), (bytes(32), True)):
        text = checkpoint_text(Checkpoint(ORIGIN, 0, top))
        data = note_bytes(Note(text, (sign(text, LOG, time=NOW),)))
        with pytest.raises(ProofError, match=r"policy\.empty") if is_refused else nullcontext():
            assert witnessed(data, rule).checkpoint.size == 0


def test_a_log_cannot_sign_for_another_log_s_origin() -> None:
    other = ed25519_key("other.example", bytes(32))
    rule = trusting([LOG.vkey, other.vkey])
    with pytest.raises(ProofError) as refusal:
        witnessed(signed(head([b"a"], origin=ORIGIN), (other,)), rule)
    assert refusal.value.code == "note.unsigned"


def test_who_trusts_nobody_accepts_nothing() -> None:
    with pytest.raises(ProofError):
        witnessed(signed(head([b"a"])), Policy())


def test_the_policy_of_the_tests_is_itself_read() -> None:
    assert parse_policy(policy_bytes()).logs[0].url == "https://log.example/2026/"
    assert [w.name for w in policy().witnesses] == ["province", "peer"]
