"""A whole log in files, all of its yearly shards: each checked by itself, and each by the next one.

The first shard lies at the log's address, the shard of a year below `YEAR/`; the file `shards`
lists them. What a shard's first entry says of the shard before must be what that one's checkpoint
says, so none can be dropped, swapped or forked without a damage by name.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Final

from msgspec import Struct, structs

from suyuan.kit import SuyuanError, Text
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.encoding import HASH_BYTES
from suyuan.tlog.mirror import CHECKPOINT, Damage, Mirror, Read, check_mirror
from suyuan.tlog.note import parse_note
from suyuan.tlog.policy import Policy, unwitnessed
from suyuan.tlog.retained import ELSEWHERE, PROMISE, Promise, after, parse_promise
from suyuan.tlog.shards import (
    BEGINNING,
    OPENING,
    SHARDS,
    Listed,
    by_shard,
    number_of,
    parse_list,
    parse_opening,
    shard_origin,
    shard_prefix,
)
from suyuan.tlog.tiles import WIDTH, tile_at, tile_path
from suyuan.tlog.tree import leaf_hash

_ORIGIN: Final = Text(
    "这里应是分片 {wanted}，检查点却属于 {found}；请取回原文件。",
    "The shard {wanted} should be here, and the checkpoint is of {found}; fetch the files again.",
)
_MISSING: Final = Text(
    "分片缺少开启条目；请重新取得完整的镜像。",
    "The entry that opens the shard is missing; fetch the whole mirror again.",
)
_NOT_FIRST: Final = Text(
    "这不是该分片的第一个条目；请取回原文件。",
    "This is not the first entry of the shard; fetch the file as it was published.",
)
_PREVIOUS: Final = Text(
    "开启条目说前一分片是编号 {number}、{size} 条，与镜像中的前一分片（{found}、{has} 条）不符："
    "前一分片被丢弃、替换、截断或改写；请保留镜像并报告。",
    "It says that the shard before is number {number} with {size:entry|entries}, and the shard "
    "before in this mirror, number {found} with {has}, is another: it was dropped, swapped, cut "
    "off or rewritten; keep the mirror and report it.",
)
_SINCE: Final = Text(
    "镜像中没有旧检查点的分片 “{origin}”：历史被截断；请保留两者并报告。",
    "The mirror has not the shard '{origin}' of the older checkpoint: history was cut off; keep "
    "both and report it.",
)


class Chain(Struct, frozen=True):
    """The shards of a mirror in their order, and all that is wrong in them; whole if nothing is."""

    shards: tuple[Mirror, ...]
    damages: tuple[Damage, ...]


def check_log(
    read: Read,
    policy: Policy,
    *,
    names: Collection[str] = (),
    since: Checkpoint | None = None,
    latest: int | None = None,
) -> Chain:
    """Check every file of every shard, and the chain that they are.

    Args:
        read: gives the files, relative to the log's address.
        policy: whose checkpoints are trusted. The witnesses of the newest shard stand for those
            before it too, each of which is named by the next: a witness may be of later than they.
        names: the files that are there, where that can be known (not at an address).
        since: an older, trusted checkpoint of one of the shards, which it must continue.
        latest: see `suyuan.tlog.policy.witnessed`.

    Raises:
        FormatError, ProofError, SuiteError: a checkpoint, or the list of shards, is missing or not
            to be trusted.
    """
    proof = read(PROMISE)  # first, so no checkpoint is of before it
    data = read(SHARDS)
    listed = (Listed(number=BEGINNING, first=1),) if data is None else parse_list(data)
    promise, broken = _promised(proof, policy, _starts(read, listed), latest)
    there = by_shard(names, [each.number for each in listed])
    shards, damages, log = list[Mirror](), broken, ""
    for each in listed:
        prefix = shard_prefix(each.number)
        is_closed = each is not listed[-1]
        found = check_mirror(
            partial(_below, read, prefix), unwitnessed(policy) if is_closed else policy,
            names=set(there[each.number]) - ({OPENING} if each.number else {SHARDS, PROMISE}),
            since=since, latest=latest, is_closed=is_closed,
            rule=after(promise.rule, each.first - 1) if promise else None,
        )  # fmt: skip
        origin = found.head.checkpoint.origin
        log = log or origin
        if (wanted := shard_origin(log, each.number)) != origin:
            text = _ORIGIN.format(wanted=wanted, found=origin)
            damages.append(Damage(prefix + CHECKPOINT, "shard.origin", text))
        damages.extend(structs.replace(bad, path=prefix + bad.path) for bad in found.damages)
        shards.append(found)
    for one, other in pairwise(zip(listed, shards, strict=True)):
        damages.extend(_linked(read, one, other))
    damages.extend(_held(since, log, listed))
    if promise and not _is_kept(read, promise, log, zip(listed, shards, strict=True)):
        damages.append(Damage(PROMISE, "retention.elsewhere", ELSEWHERE))
    return Chain(tuple(shards), tuple(damages))


def _starts(read: Read, listed: Sequence[Listed]) -> dict[str, int]:
    """At which index over all shards each begins, by its origin; none where that is not known."""
    try:
        log = parse_note(read(CHECKPOINT) or b"").text.partition("\n")[0]
    except SuyuanError:  # it is told of where it is held against the policy
        return {}
    return {shard_origin(log, each.number): each.first - 1 for each in listed}


def _promised(
    data: bytes | None, policy: Policy, starts: Mapping[str, int], latest: int | None
) -> tuple[Promise | None, list[Damage]]:
    """The rule by which entries may lack, or what is wrong with the file that says it."""
    if data is None:
        return None, []
    try:
        return parse_promise(data, policy, starts, latest=latest), []
    except SuyuanError as error:
        return None, [Damage(PROMISE, error.code, error.text)]


def _is_kept(
    read: Read, promise: Promise, log: str, shards: Iterable[tuple[Listed, Mirror]]
) -> bool:
    """Whether the entry that says the rule stands in its place in this very log."""
    for listed, shard in shards:
        size = shard.head.checkpoint.size
        if listed.number == number_of(promise.origin, log) and promise.index < size:
            tile = tile_at(0, promise.index // WIDTH, size)
            path = shard_prefix(listed.number) + tile_path(tile)
            data = read(path) or read(path.partition(".p/")[0]) or b""
            at = promise.index % WIDTH * HASH_BYTES
            return data[at : at + HASH_BYTES] == promise.leaf
    return False


def _below(read: Read, prefix: str, path: str) -> bytes | None:
    return read(prefix + path)


def _linked(
    read: Read, one: tuple[Listed, Mirror], following: tuple[Listed, Mirror]
) -> Iterator[Damage]:
    """What is wrong between a shard and the one that it follows."""
    (before, earlier), (listed, later) = one, following
    path = shard_prefix(listed.number) + OPENING
    data = read(path)
    if data is None:
        yield Damage(path, "mirror.missing", _MISSING)
        return
    try:
        opening, disclosed = parse_opening(data)
    except SuyuanError as error:
        yield Damage(path, error.code, error.text)
        return
    here = (opening.shard, opening.first) == (listed.number, listed.first)
    is_empty = not later.head.checkpoint.size  # has no first entry, so nothing vouches for this one
    other = later.leaf is not None and leaf_hash(disclosed.entry) != later.leaf
    if not here or is_empty or other:
        yield Damage(path, "shard.opening", _NOT_FIRST)
    head = earlier.head.checkpoint
    said = (opening.previous, opening.size, opening.root)
    counted = before.first + opening.size == opening.first
    if said != (before.number, head.size, head.root) or not counted:
        text = _PREVIOUS.format(
            number=opening.previous, size=opening.size, found=before.number, has=head.size
        )
        yield Damage(path, "shard.previous", text)


def _held(since: Checkpoint | None, log: str, listed: Sequence[Listed]) -> Iterator[Damage]:
    """A checkpoint that somebody kept is of a shard that must be there."""
    number = None if since is None else number_of(since.origin, log)
    if since and number is not None and number not in {each.number for each in listed}:
        yield Damage(SHARDS, "mirror.shorter", _SINCE.format(origin=since.origin))
