"""The rule by which a log withholds old entry bundles, as the log itself has it.

The rule is an entry of the log, the act `log.retention`, and speaks of all shards:

    {"days":730,"first":51200}

Entries before index `first` (from 0 over all shards) are not served any more. A mirror carries the
receipt of the newest such act, so that whoever checks it needs nobody's word for a gap; and for
each shard a file of two lines, in the shard's own counting, which only repeats it.

A rule speaks of the past: of entries before its own, and of whole bundles, as they are files. Only
a shard that ended may be withheld to its end, which is where the next one begins.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from suyuan.kit import Text
from suyuan.tlog.commitment import Disclosure, parse_disclosure, verify_disclosure
from suyuan.tlog.encoding import LARGEST_SIZE, read_number
from suyuan.tlog.errors import FormatError
from suyuan.tlog.policy import Policy, unwitnessed
from suyuan.tlog.receipt import parse_receipt, verify_receipt
from suyuan.tlog.shards import ACT, SAID
from suyuan.tlog.tiles import ENTRIES, WIDTH, Tile
from suyuan.tlog.tree import leaf_hash

RETAINED: Final = "log.retention"
"""The kind of the act that says from which entry on a log serves."""
RETENTION: Final = "retention"
"""The file that says so of a shard: `days D`, then `first INDEX`."""
PROMISE: Final = "retention.tlog-proof"
"""The file beside the log's first checkpoint: the receipt of the newest such act."""
LONGEST: Final = 36_500
"""Days at most for which entries are kept by a rule: what is longer is no rule."""

_RETENTION: Final = Text(
    "保留规则应为两行：days 天数、first 序号；请取回原文件。",
    "A retention is two lines, days DAYS and first INDEX; fetch the file as it was published.",
)
_SAID: Final = Text(
    "这不是日志关于保留规则的条目；请取回原文件。",
    "This is not an entry in which the log says its retention; fetch the file as it was published.",
)
_BEYOND: Final = Text(
    "保留规则（first {first}）超出自己之前的 {index} 个条目，或不在整个条目包的边界上：它不能成立；"
    "请保留镜像并报告。",
    "The retention says first {first}, which is further than the {index} before its own entry, or "
    "not where a bundle begins: no log can have kept it; keep the mirror and report it.",
)
ELSEWHERE: Final = Text(
    "这份保留规则的回执所说的条目不在此镜像的日志里：它比镜像新，或属于另一段历史；"
    "请再运行 suyuan ledger mirror，或重新取得完整的镜像。",
    "The entry of this receipt, by which entries lack, is not in the log of this mirror: it is "
    "newer, or of another history; run suyuan ledger mirror again, or fetch the mirror again.",
)


class LogRetention(Struct, frozen=True):
    """Entries are served for so many days, and now from the index `first` on (from 0)."""

    days: int
    first: int = 0


class Promise(Struct, frozen=True):
    """A rule that a log's key signed, over all shards, and where the log has it.

    `origin` is that of the shard with the entry, `index` its place there (from 0), `leaf` its hash.
    """

    rule: LogRetention
    origin: str
    index: int
    leaf: bytes


class _Said(Struct, frozen=True, forbid_unknown_fields=True):
    days: int
    first: int
    by: str | None = None


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    said: _Said


class _Act(Struct, frozen=True, forbid_unknown_fields=True):
    at: str
    kind: str


def parse_retention(data: bytes) -> LogRetention:
    """The two lines that are published of a shard.

    Raises:
        FormatError: `mirror.retention`, `tlog.number`.
    """
    lines = data.decode(errors="replace").split("\n")
    names = [line.partition(" ")[0] for line in lines]
    if names != ["days", "first", ""]:
        raise FormatError("mirror.retention", _RETENTION, RETENTION)
    days, first = (read_number(line.partition(" ")[2], RETENTION) for line in lines[:2])
    return LogRetention(days, first)


def retention_bytes(found: LogRetention) -> bytes:
    """The inverse of `parse_retention`."""
    return f"days {found.days}\nfirst {found.first}\n".encode()


def after(found: LogRetention | None, before: int) -> LogRetention | None:
    """The rule as it counts from a shard's first entry, which has so many before it."""
    return found and LogRetention(found.days, max(found.first - before, 0))


def within(
    found: LogRetention | None, *, size: int, is_closed: bool = False
) -> LogRetention | None:
    """The same of a shard with so many entries: whole bundles, or all of one that is closed."""
    if found is None:
        return None
    to_its_end = is_closed and found.first >= size
    first = size if to_its_end else min(found.first, size) // WIDTH * WIDTH
    return LogRetention(found.days, first)


def is_withheld(tile: Tile, found: LogRetention | None) -> bool:
    """Whether a file of a shard is not served, by the rule as it counts there (`within`).

    It is a bundle, and all of it is before the first entry that is served.
    """
    last = tile.index * WIDTH + tile.width
    return found is not None and tile.level == ENTRIES and last <= found.first


def fits(found: LogRetention, index: int, starts: Iterable[int]) -> bool:
    """Whether an entry at an index over all shards can say this of a log.

    `starts` are the indices at which its shards begin, that of the first (0) among them.
    """
    start = max(each for each in starts if each <= found.first)
    return found.first <= index and (found.first - start) % WIDTH == 0


def parse_said(data: bytes) -> LogRetention:
    """The rule from what the act says of it.

    Raises:
        FormatError: `retention.said`, it says no rule.
    """
    try:
        said = msgspec.json.decode(data, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("retention.said", _SAID, SAID) from error
    return _rule(said)


def parse_promise(
    data: bytes, policy: Policy, starts: Mapping[str, int], *, latest: int | None = None
) -> Promise:
    """The rule that a receipt proves to be an entry of a log that the policy trusts.

    `starts` are the indices over all shards at which each shard begins, by its origin. No witness
    is asked for: where the entry must be found besides, its checkpoint's witnesses are.

    Raises:
        FormatError: `retention.said`, and those of receipts: it is none, or of another entry;
            `retention.elsewhere`, of none of these shards; `retention.beyond`, it does not fit.
        ProofError, SuiteError: it does not hold.
    """
    receipt = parse_receipt(data)
    disclosure = parse_disclosure(receipt.extra or b"")
    verify_disclosure(disclosure)
    rule, leaf = _disclosed(disclosure), leaf_hash(disclosure.entry)
    head = verify_receipt(receipt, leaf, unwitnessed(policy), latest=latest)
    origin = head.checkpoint.origin
    if origin not in starts:
        raise FormatError("retention.elsewhere", ELSEWHERE, PROMISE)
    index = starts[origin] + receipt.index
    if not fits(rule, index, starts.values()):
        text = _BEYOND.format(first=rule.first, index=index)
        raise FormatError("retention.beyond", text, PROMISE)
    return Promise(rule, origin, receipt.index, leaf)


def _disclosed(disclosure: Disclosure) -> LogRetention:
    fields = {field.name: field.value for field in disclosure.fields}
    try:
        act = msgspec.json.decode(fields.get(ACT, b""), type=_Act)
        words = msgspec.json.decode(fields.get(SAID, b""), type=_Words)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("retention.said", _SAID, PROMISE) from error
    if act.kind != RETAINED:
        raise FormatError("retention.said", _SAID, PROMISE)
    return _rule(words.said)


def _rule(said: _Said) -> LogRetention:
    if not (0 < said.days <= LONGEST and 0 <= said.first <= LARGEST_SIZE):
        raise FormatError("retention.said", _SAID, SAID)
    return LogRetention(said.days, said.first)
