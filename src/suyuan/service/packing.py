"""Takes a package of items and what goes into what; gives the containers' codes and the relation.

The relation comes as a table (level, container, content) and as EPCIS aggregation events.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from suyuan.codes import making
from suyuan.codes.making.types import Packed
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.registry import issuing
from suyuan.service.issuing import PackageInfo, codes_of, info_of, own_package
from suyuan.service.platform import Platform
from suyuan.wire import write_document
from suyuan.wire.types import Context, Outgoing

MOST: Final = 1_000_000
_LEVELS: Final = 3
_EVENTS: Final = 5_000
_CHILDREN: Final = 200_000

_PLAIN: Final = Context(names={})

_MOST_LEVELS = Text(
    "包装层级应为 1 到 {most} 层（内包装、箱、托盘）。",
    "Give 1 to {most} levels (inner pack, case, pallet).",
)
_MANY = Text("一次最多装 {most} 件。", "At most {most} items are packed at a time.")


class Level(Struct, frozen=True, kw_only=True):
    """A level of packaging: `fit` of what is below go into one container of that scheme."""

    fit: int
    scheme: str = "sscc"
    stem: str


class Packing(Struct, frozen=True, kw_only=True):
    """The packages of containers, innermost level first, and what is in each container."""

    containers: tuple[PackageInfo, ...]
    relation: tuple[Packed, ...]


def pack(platform: Platform, items: UUID, levels: Sequence[Level], capturer: Capturer) -> Packing:
    """Hand out the containers' codes of all levels, or none, and say what is in what.

    Raises:
        SuyuanError: no such package, a level that cannot be, or codes that are not the party's.
    """
    if not 1 <= len(levels) <= _LEVELS:
        raise SuyuanError("packing.levels", _MOST_LEVELS.format(most=_LEVELS), "levels")
    with platform.store.write() as conn:
        package = own_package(conn, items, capturer)
        if package.count > MOST:
            raise SuyuanError("packing.many", _MANY.format(most=MOST), "package")
        needed = making.containers_needed(package.count, [level.fit for level in levels])
        orders = [_containers(each, count) for each, count in zip(levels, needed, strict=True)]
        issuing.wait_for(conn, orders, capturer)
        made = [
            issuing.hand_out(
                conn,
                order,
                capturer,
                package=UUID(platform.ids().removeprefix("urn:uuid:")),
                draw=platform.draw,
                now=platform.clock(),
            )
            for order in orders
        ]
    return _put_together(package, [level.fit for level in levels], made)


def packed_before(
    platform: Platform, items: UUID, made: Sequence[tuple[int, UUID]], capturer: Capturer
) -> Packing:
    """A packing again: it follows from its packages and how many went into one container.

    `made` has that number and the package of containers, innermost level first.

    Raises:
        SuyuanError: no such package, or packages that do not have as many codes as that takes.
    """
    with platform.store.read() as conn:
        package = own_package(conn, items, capturer)
        containers = [own_package(conn, number, capturer) for _, number in made]
    return _put_together(package, [fit for fit, _ in made], containers)


def documents(packing: Packing, *, at: datetime) -> Iterator[bytes]:
    """The relation as EPCIS documents that capture takes, each of at most 5,000 events.

    The same packing gives the same bytes, event ids too: what was captured once is known again.
    """
    created = packing.containers[-1].made_at
    batch: list[Outgoing] = []
    children = 0
    for each in packing.relation:
        batch.append(
            Outgoing(raw=_event(each, at, packing.containers[each.level - 1].id), context=_PLAIN)
        )
        children += len(each.contents)
        if len(batch) >= _EVENTS or children >= _CHILDREN:
            yield write_document(batch, created=created)
            batch, children = [], 0
    if batch:
        yield write_document(batch, created=created)


def _put_together(
    items: issuing.Package, fits: Sequence[int], containers: Sequence[issuing.Package]
) -> Packing:
    if items.count > MOST:
        raise SuyuanError("packing.many", _MANY.format(most=MOST), "package")
    relation = making.packed(_names(items), fits, [*map(_names, containers)])
    return Packing(containers=tuple(map(info_of, containers)), relation=tuple(relation))


def _event(each: Packed, at: datetime, package: UUID) -> bytes:
    """The event's id is made of its content: another content is another event."""
    offset = at.strftime("%z") or "+0000"
    event: dict[str, Any] = {
        "type": "AggregationEvent",
        "eventTime": at.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:]}",
        "action": "ADD",
        "bizStep": "packing",
        "parentID": each.container,
        "childEPCs": list(each.contents),
    }
    event["eventID"] = uuid5(package, msgspec.json.encode(event).decode()).urn
    return msgspec.json.encode(event)


def _containers(level: Level, count: int) -> issuing.Wanted:
    of = making.structure(level.scheme)
    return issuing.Wanted(structure=of, stem=making.stem_of(of, level.stem), count=count)


def _names(package: issuing.Package) -> list[str]:
    return [code.name for code in codes_of(package, 0, package.count)]
