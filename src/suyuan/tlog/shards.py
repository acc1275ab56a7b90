"""A log cut into yearly shards: what they are called, and how each names the one before it.

The log begins as the shard of number 0, under its own name; the shard of a year is `LOG/YEAR`, a
tree of its own. Its first entry is an act `log.shard-opened`, whose words say where it begins, and
how many entries and which root the shard before it has for ever. So whoever has a checkpoint of a
shard and that entry can hold every earlier shard against them, one after the other.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import msgspec
from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.tlog.commitment import SECRET_BYTES, Disclosure, parse_disclosure, verify_disclosure
from suyuan.tlog.encoding import encode, read_hash
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import VKey

KEYS: Final = "log.keys"
"""The kind of a change of the log's own keys."""
OPENED: Final = "log.shard-opened"
"""The kind of the act that a shard begins with."""
OPEN: Final = bytes(SECRET_BYTES)
"""The secret of that act's leaf. It hides nothing, so that its words alone make the leaf."""
ACT, SAID = "act", "said"
"""The two fields of an act's leaf."""
BEGINNING: Final = 0
"""The number of the shard that a log begins with."""
OPENING: Final = "opening"
"""The file beside a shard's checkpoint that discloses its first entry."""
SHARDS: Final = "shards"
"""The file that lists a log's shards, beside the checkpoint of the first."""

_NAMED: Final = re.compile(r"(.+)/([1-9][0-9]{3})", re.ASCII | re.DOTALL)
_SHAPE: Final = Text(
    "这不是分片的开启条目；请取回原文件。",
    "This is not the entry that opens a shard; fetch the file as it was published.",
)
_LIST: Final = Text(
    "分片清单不合格式：应从编号 0、位置 1 开始，编号与位置递增；请取回原文件。",
    "The list of shards is not in order: it begins with number 0 at position 1, and both grow; "
    "fetch the file as it was published.",
)


class Opening(Struct, frozen=True, kw_only=True):
    """What a shard's first entry says.

    Attributes:
        shard: its number, which is its year.
        first: the position in the record of this entry, from 1 over all shards.
        previous: the number of the shard before it.
        size: how many entries that one has, for ever.
        root: the root of its tree then.
    """

    shard: int
    first: int
    previous: int
    size: int
    root: bytes


class Listed(Struct, frozen=True, kw_only=True):
    """A shard as a log lists it: its number, and the position of its first entry (from 1)."""

    number: int
    first: int


class _Previous(Struct, frozen=True, forbid_unknown_fields=True):
    shard: int
    size: int
    root: str


class _Said(Struct, frozen=True, forbid_unknown_fields=True):
    shard: int
    first: int
    previous: _Previous


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    said: _Said


class _Act(Struct, frozen=True, forbid_unknown_fields=True):
    at: str
    kind: str


class _List(Struct, frozen=True):
    shards: tuple[Listed, ...]


def shard_origin(log: str, number: int) -> str:
    """The origin of a shard of a log; the one that it begins with bears the log's own name."""
    return f"{log}/{number}" if number else log


def shard_prefix(number: int) -> str:
    """What stands before the paths of a shard's files, relative to the log's address."""
    return f"{number}/" if number else ""


def by_shard(names: Iterable[str], numbers: Iterable[int]) -> dict[int, list[str]]:
    """The names of a log's files by these shards, each relative to its shard.

    What lies below no year of them is of the shard that the log begins with.
    """
    found: dict[int, list[str]] = {BEGINNING: [], **{number: [] for number in numbers}}
    years = {str(number): number for number in found if number != BEGINNING}
    for name in names:
        year, _, path = name.partition("/")
        if path and year in years:
            found[years[year]].append(path)
        else:
            found[BEGINNING].append(name)
    return found


def number_of(origin: str, log: str) -> int | None:
    """Which shard of a log bears an origin; None for one of another log."""
    if origin == log:
        return BEGINNING
    found = _NAMED.fullmatch(origin)
    return int(found[2]) if found and found[1] == log else None


def log_of_shard(origin: str) -> str | None:
    """The log whose shard bears this origin, if it can be one of a year's."""
    found = _NAMED.fullmatch(origin)
    return found[1] if found else None


def renamed(vkey: VKey, origin: str) -> VKey:
    """The same key under another origin; a log signs all of its shards with one key."""
    return VKey(origin, vkey.kind, vkey.key)


def keys_for(origin: str, vkeys: Iterable[VKey]) -> tuple[VKey, ...]:
    """The keys among these that speak for an origin: its own, and those of the log it is part of.

    Each under the name that its signature lines bear.
    """
    log = log_of_shard(origin)
    own = (each if each.name == origin else renamed(each, origin)
           for each in vkeys if each.name in {origin, log})  # fmt: skip
    return tuple(dict.fromkeys(own))


def act_fields(kind: str, at: datetime, party: str | None, said: bytes) -> dict[str, bytes]:
    """The fields of the leaf of an act: when it was done, whom it concerns, what is said of it."""
    what = {"at": at.astimezone(UTC).isoformat(), "kind": kind}
    whom = b"" if party is None else b'"party":%b,' % canonical_bytes(party)
    return {ACT: canonical_bytes(what), SAID: b'{%b"said":%b}' % (whom, said)}


def said_bytes(opening: Opening) -> bytes:
    """What is said when a shard is opened (RFC 8785)."""
    previous = {"root": encode(opening.root), "shard": opening.previous, "size": opening.size}
    return canonical_bytes({"first": opening.first, "previous": previous, "shard": opening.shard})


def parse_said(data: bytes) -> Opening:
    """The inverse of `said_bytes`; every other spelling is refused.

    Raises:
        FormatError: `shard.opening`, and those of hashes.
    """
    try:
        said = msgspec.json.decode(data, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("shard.opening", _SHAPE, SAID) from error
    opening = Opening(
        shard=said.shard, first=said.first, previous=said.previous.shard, size=said.previous.size,
        root=read_hash(said.previous.root, SAID),
    )  # fmt: skip
    ordered = 0 <= opening.previous < opening.shard and 0 < opening.size < opening.first
    if not ordered or said_bytes(opening) != data:
        raise FormatError("shard.opening", _SHAPE, SAID)
    return opening


def parse_opening(data: bytes) -> tuple[Opening, Disclosure]:
    """A shard's first entry from the file that discloses it, and what it says.

    Whether it is the shard's first entry, its tree says.

    Raises:
        FormatError: `shard.opening`, `commitment.shape`, and those of base64.
        ProofError: `commitment.field`, `commitment.entry`.
        SuiteError: `suite.sm3`.
    """
    disclosure = parse_disclosure(data)
    verify_disclosure(disclosure)
    fields = {field.name: field.value for field in disclosure.fields}
    try:
        act = msgspec.json.decode(fields.get(ACT, b""), type=_Act)
        words = msgspec.json.decode(fields.get(SAID, b""), type=_Words).said
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("shard.opening", _SHAPE, OPENING) from error
    said = msgspec.json.encode(words, order="sorted")
    if act.kind != OPENED or fields[SAID] != b'{"said":%b}' % said:
        raise FormatError("shard.opening", _SHAPE, OPENING)
    return parse_said(said), disclosure


def parse_list(data: bytes) -> tuple[Listed, ...]:
    """The shards that a log lists, in their order; members of no meaning here are let be.

    Raises:
        FormatError: `shard.list`.
    """
    try:
        listed = msgspec.json.decode(data, type=_List).shards
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("shard.list", _LIST, SHARDS) from error
    if not _in_order(listed):
        raise FormatError("shard.list", _LIST, SHARDS)
    return listed


def _in_order(listed: Sequence[Listed]) -> bool:
    begun = bool(listed) and (listed[0].number, listed[0].first) == (BEGINNING, 1)
    growing = all(a.number < b.number and a.first < b.first for a, b in pairwise(listed))
    return begun and growing and listed[-1].number < 10_000  # noqa: PLR2004 -- years of four digits
