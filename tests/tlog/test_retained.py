"""The rule by which entries lack, offline: what a receipt says of it, and what says nothing."""

from collections.abc import Sequence
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
    fits,
    is_withheld,
    parse_promise,
    parse_said,
    within,
)
from suyuan.tlog.shards import act_fields
from suyuan.tlog.tiles import ENTRIES, WIDTH, tiles_of
from suyuan.tlog.tree import leaf_hash, nodes

AT = datetime.fromtimestamp(NOW, UTC)
SAID = b'{"by":"0011223344556677","days":730,"first":512}'
TRUST = trusting([LOG.vkey])
BEGINS = {"log.example": 0, ORIGIN: 512}
"""The shard of the receipt follows one of two bundles: its second entry is the 514th of all."""


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
    assert parse_promise(data, TRUST, BEGINS) == Promise(LogRetention(730, 512), ORIGIN, 1, leaf)
    found = parse_promise(data, policy(), BEGINS)
    assert found.rule.first == 512, "no witness is asked for here"


def test_no_changed_byte_makes_another_rule() -> None:
    data, _ = promise_of(SAID)
    true = parse_promise(data, TRUST, BEGINS)
    for wrong in (*changed(data), *cut_off(data)):
        try:
            found = parse_promise(wrong, TRUST, BEGINS)
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
        parse_promise(promise_of(said)[0], TRUST, BEGINS)


def test_an_entry_of_another_kind_is_no_rule() -> None:
    for data in (promise_of(SAID, "log.keys")[0], receipt_of(entries_of(3), 1)):
        with pytest.raises(FormatError, match=r"retention\.said"):
            parse_promise(data, TRUST, BEGINS)


SIZES = (300, 256, 300)
STARTS = (0, 300, 556)


SHARDS = [(start, size, start != STARTS[-1]) for start, size in zip(STARTS, SIZES, strict=True)]
"""Where each begins, how long it is, and whether it ended."""


@pytest.mark.parametrize("first", [0, 256, 300, 556, 812])
def test_of_all_shards_together_as_much_is_withheld_as_the_rule_says(first: int) -> None:
    assert fits(LogRetention(9, first), 856, STARTS)
    withheld = 0
    for start, size, is_closed in SHARDS:
        own = within(after(LogRetention(9, first), start), size=size, is_closed=is_closed)
        assert own is not None
        gone = [each for each in tiles_of(size) if is_withheld(each, own)]
        assert {each.level for each in gone} <= {ENTRIES}
        assert own.first == sum(each.width for each in gone), "whole files, and as many as it says"
        withheld += own.first
    assert withheld == first
    assert within(after(None, 3), size=5) is None


@pytest.mark.parametrize("first", [*range(0, 857, 13), 300, 556, 2**62])
def test_no_bundle_is_withheld_that_still_grows_and_never_more_than_is_said(first: int) -> None:
    for start, size, is_closed in SHARDS:
        own = within(after(LogRetention(9, first), start), size=size, is_closed=is_closed)
        assert own is not None
        assert own.first % WIDTH == 0 or (is_closed and own.first == size)
        assert own.first <= max(first - start, 0)


@pytest.mark.parametrize(
    ("first", "index", "starts"),
    [
        (1, 856, STARTS), (255, 856, STARTS), (301, 856, STARTS), (512, 856, STARTS),
        (813, 856, STARTS), (256, 255, [0]), (512, 511, [0]), (2**62, 856, STARTS),
        (556, 555, STARTS[:2]),
    ],
)  # fmt: skip
def test_a_rule_of_what_came_after_it_or_of_parts_of_bundles_is_none(
    first: int, index: int, starts: Sequence[int]
) -> None:
    assert not fits(LogRetention(9, first), index, starts)


@pytest.mark.parametrize("first", [1, 2, 256, 512, 2**62])
def test_a_signed_rule_that_withholds_what_came_after_it_is_refused(first: int) -> None:
    data, _ = promise_of(b'{"days":730,"first":%d}' % first)
    with pytest.raises(FormatError, match=r"retention\.beyond"):
        parse_promise(data, TRUST, {ORIGIN: 0})


def test_a_rule_of_a_shard_that_is_not_there_is_refused() -> None:
    with pytest.raises(FormatError, match=r"retention\.elsewhere"):
        parse_promise(promise_of(SAID)[0], TRUST, {"log.example": 0})
