"""The rule by which entries lack, offline: what a receipt says of it, and what says nothing."""

from datetime import UTC, datetime

import pytest
from logs import LOG, NOW, ORIGIN, changed, entries_of, head, policy, receipt_of, secret, signed
from logs import truncated as cut_off

from suyuan.kit import SuyuanError
from suyuan.tlog.commitment import commit, disclose, disclosure_bytes, entry_of
from suyuan.tlog.errors import FormatError
from suyuan.tlog.policy import trusting
from suyuan.tlog.proof import inclusion_proof
from suyuan.tlog.receipt import Receipt, receipt_bytes
from suyuan.tlog.retained import (
    RETAINED,
    LogRetention,
    Promise,
    after,
    parse_promise,
    parse_said,
    within,
)
from suyuan.tlog.shards import act_fields
from suyuan.tlog.tree import leaf_hash, nodes

AT = datetime.fromtimestamp(NOW, UTC)
SAID = b'{"by":"0011223344556677","days":730,"first":512}'
TRUST = trusting([LOG.vkey])


def promise_of(said: bytes, kind: str = RETAINED) -> tuple[bytes, bytes]:
    """The receipt of an act that is the second of three entries, and its leaf's hash."""
    fields = act_fields(kind, AT, None, said)
    entry = entry_of(commit(fields, secret(1)), NOW * 1_000_000)
    entries = [*entries_of(1), entry, b"another"]
    hashes = [leaf_hash(each) for each in entries]
    extra = disclosure_bytes(disclose(fields, secret(1), fields, time=NOW * 1_000_000))
    path = inclusion_proof(nodes(hashes), 1, len(entries))
    return receipt_bytes(Receipt(1, path, signed(head(entries), [LOG]), extra)), hashes[1]


def test_a_receipt_of_the_rule_says_it_and_where_the_log_has_it() -> None:
    data, leaf = promise_of(SAID)
    assert parse_promise(data, TRUST) == Promise(LogRetention(730, 512), ORIGIN, 1, leaf)
    assert parse_promise(data, policy()).rule.first == 512, "no witness is asked for here"


def test_no_changed_byte_makes_another_rule() -> None:
    data, _ = promise_of(SAID)
    true = parse_promise(data, TRUST)
    for wrong in (*changed(data), *cut_off(data)):
        try:
            found = parse_promise(wrong, TRUST)
        except SuyuanError:
            continue
        assert found == true, wrong


@pytest.mark.parametrize(
    "said",
    [
        b"{}", b"[]", b"", b'{"days":730}', b'{"days":0,"first":1}', b'{"days":36501,"first":1}',
        b'{"days":1,"first":-1}', b'{"days":1,"first":9223372036854775808}',
        b'{"days":"1","first":1}', b'{"days":1,"first":1,"until":3}', b"[" * 100_000,
    ],
    ids=lambda said: repr(said[:30]),
)  # fmt: skip
def test_what_says_no_rule_is_none(said: bytes) -> None:
    with pytest.raises(FormatError, match=r"retention\.said"):
        parse_said(said)
    with pytest.raises(FormatError, match=r"retention\.said"):
        parse_promise(promise_of(said)[0], TRUST)


def test_an_entry_of_another_kind_is_no_rule() -> None:
    for data in (promise_of(SAID, "log.keys")[0], receipt_of(entries_of(3), 1)):
        with pytest.raises(FormatError, match=r"retention\.said"):
            parse_promise(data, TRUST)


@pytest.mark.parametrize("first", [0, 3, 300, 301, 556, 900, 2**62])
def test_of_all_shards_together_as_much_is_withheld_as_the_rule_says(first: int) -> None:
    sizes, before, withheld = (300, 256, 300), 0, 0
    for size in sizes:
        own = within(after(LogRetention(9, first), before), size=size)
        assert own is not None
        withheld += own.first
        before += size
    assert withheld == min(first, sum(sizes))
    assert within(after(None, 3), size=5) is None
