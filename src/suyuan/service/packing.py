"""Takes a package of items and what goes into what; gives the containers' codes and the relation.

The relation comes as a table (level, container, content) and as EPCIS aggregation events.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct, structs

from suyuan.codes import making
from suyuan.codes.making.types import Packed
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import day_in_china
from suyuan.model import Capturer
from suyuan.registry import issuing, packing, withdrawing
from suyuan.service.issuing import PackageInfo, codes_of, info_of, log_issued, own_package
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection, WriteConnection
from suyuan.wire import write_document
from suyuan.wire.types import Context, Outgoing

MOST: Final = 1_000_000
_LEVELS: Final = 3
_OF_TRADE_ITEMS: Final = frozenset({"sgtin", "lgtin"})
"""Schemes whose stem is a GTIN."""

_EVENTS: Final = 5_000
_CHILDREN: Final = 200_000

_PLAIN: Final = Context(names={})

_MOST_LEVELS = Text(
    "包装层级应为 1 到 {most} 层（内包装、箱、托盘）。",
    "Give 1 to {most} levels (inner pack, case, pallet).",
)
_PACKED = Text(
    "码包 {package} 已于 {day} 装箱；一个码包只装一次。要原样重写文件，用 {levels}；"
    "外层再装，请装容器的码包；装错了，先整包撤回容器码包 {container}。",
    "Package {package} was packed on {day}, and a package is packed once. Write the same files "
    "again with {levels}; for a further level pack the containers' package; if it was a mistake, "
    "withdraw the whole containers' package {container} first.",
)
_UNPACKED = Text(
    "这个码包还没有装箱；每层写成 个数:编码体系:前段。",
    "This package is not packed yet; give every level as FIT:SCHEME:STEM.",
)
_WITHDRAWN = Text("这个码包的码都已撤回。", "All codes of this package were withdrawn.")
_SAME_GTIN = Text(
    "第 {level} 层的 GTIN {gtin} 也是里面所装商品的；一组商品须有自己的 GTIN，不同于组内任何一件"
    "（GS1 通用规范，GTIN 管理标准）。请写箱或托盘自己的 GTIN，或用 SSCC（个数:sscc:前段）。",
    "The GTIN {gtin} of level {level} is also that of what is packed into it; a grouping of trade "
    "items has a GTIN of its own, other than any in it (GS1 General Specifications, GTIN Management"
    " Standard). Give the GTIN of the case or pallet itself, or use an SSCC (FIT:sscc:STEM).",
)
_MANY = Text("一次最多装 {most} 件。", "At most {most} items are packed at a time.")


class Level(Struct, frozen=True, kw_only=True):
    """A level of packaging: `fit` of what is below go into one container of that scheme."""

    fit: int
    scheme: str = "sscc"
    stem: str


class Packing(Struct, frozen=True, kw_only=True):
    """The packages of containers, innermost level first, and what is in each container.

    `repeated` if the package was packed so before: these are the containers that it got then.
    """

    containers: tuple[PackageInfo, ...]
    relation: tuple[Packed, ...]
    repeated: bool = False


def pack(platform: Platform, items: UUID, levels: Sequence[Level], capturer: Capturer) -> Packing:
    """Hand out the containers' codes of all levels, or none, and say what is in what.

    A package is packed once: asked again with the same levels, the answer is the same. Codes that
    were withdrawn before are left out.

    Raises:
        SuyuanError: no such package, a level that cannot be, codes that are not the party's, or a
            package that is packed otherwise (409).
    """
    if not 1 <= len(levels) <= _LEVELS:
        raise SuyuanError("packing.levels", _MOST_LEVELS.format(most=_LEVELS), "levels")
    with platform.store.write() as conn:
        package = own_package(conn, items, capturer)
        packing.lock(conn, package)
        known = packing.levels(conn, package, capturer.party, tenant=capturer.tenant)
        if known:
            known = _require_same(package, known, levels)
            return structs.replace(_put_together(conn, package, known), repeated=True)
        made = _filled(platform, conn, package, levels, capturer)
        for content, filled in zip(
            [package, *(each.container for each in made)], made, strict=False
        ):
            packing.keep(conn, content, filled, capturer)
            log_issued(platform, conn, filled.container, capturer)
            platform.log_act(
                conn, "codes.packed", party=capturer.party, account=capturer.account,
                content=str(content.id), container=str(filled.container.id), fit=filled.fit,
            )  # fmt: skip
        return _put_together(conn, package, made)


def _filled(
    platform: Platform,
    conn: WriteConnection,
    package: issuing.Package,
    levels: Sequence[Level],
    capturer: Capturer,
) -> list[packing.Filled]:
    now = packing.moment(conn, package, platform.clock())
    count = len(_names(conn, package, now))
    if not count:
        raise SuyuanError("packing.withdrawn", _WITHDRAWN, "package", status=409)
    needed = making.containers_needed(count, [level.fit for level in levels])
    orders = [_containers(each, need) for each, need in zip(levels, needed, strict=True)]
    _require_own_gtins(package, orders)
    issuing.wait_for(conn, orders, capturer)
    made, content = list[packing.Filled](), package
    for order, level in zip(orders, levels, strict=True):
        number = platform.number()
        container = issuing.hand_out(
            conn, order, capturer, package=number, draw=platform.draw, now=now
        )
        content, holds = container, content.id
        made.append(packing.Filled(structs.replace(container, holds=holds), level.fit, now))
    return made


def _require_own_gtins(package: issuing.Package, orders: Sequence[issuing.Wanted]) -> None:
    """See that no level has the GTIN of what is in it.

    Raises:
        SuyuanError: one has.
    """
    within = {package.stem} if package.scheme in _OF_TRADE_ITEMS else set()
    for level, order in enumerate(orders, start=1):
        if order.structure.scheme not in _OF_TRADE_ITEMS:
            continue
        if order.stem in within:
            text = _SAME_GTIN.format(level=level, gtin=order.stem)
            raise SuyuanError("packing.gtin", text, "levels")
        within.add(order.stem)


def _require_same(
    package: issuing.Package, known: list[packing.Filled], levels: Sequence[Level]
) -> list[packing.Filled]:
    """As many levels of what a package is packed in as are asked for; what is further out may be.

    Raises:
        SuyuanError: they are others (409).
    """
    asked = [_containers(level, 1) for level in levels]
    wanted = [
        (level.fit, order.structure.scheme, order.stem)
        for level, order in zip(levels, asked, strict=True)
    ]
    inner = known[: len(levels)]
    if wanted != [(each.fit, each.container.scheme, each.container.stem) for each in inner]:
        raise _packed_otherwise(package, known)
    return inner


def _packed_otherwise(package: issuing.Package, known: Sequence[packing.Filled]) -> SuyuanError:
    facts = {
        "package": package.id,
        "day": day_in_china(known[0].at),
        "levels": " ".join(f"--level {each.fit}:{each.container.id}" for each in known),
        "container": known[0].container.id,
    }
    return SuyuanError("packing.packed", _PACKED.format(**facts), "package", status=409)


def packed_before(
    platform: Platform, items: UUID, made: Sequence[tuple[int, UUID]], capturer: Capturer
) -> Packing:
    """A packing again: it follows from its packages and how many went into one container.

    `made` has that number and the package of containers, innermost level first.

    Raises:
        SuyuanError: no such package (404), or one that is packed otherwise or not at all (409).
    """
    with platform.store.read() as conn:
        package = own_package(conn, items, capturer)
        for _, number in made:
            own_package(conn, number, capturer)
        known = packing.levels(conn, package, capturer.party, tenant=capturer.tenant)
        if not known:
            raise SuyuanError("packing.unpacked", _UNPACKED, "package", status=409)
        inner = known[: len(made)]
        if not inner or [(each.fit, each.container.id) for each in inner] != [*made]:
            raise _packed_otherwise(package, known)
        return structs.replace(_put_together(conn, package, inner), repeated=True)


def packed_levels(
    platform: Platform, items: UUID, capturer: Capturer
) -> list[tuple[PackageInfo, int]]:
    """The containers that a party's package is packed in, innermost first, and how many in each.

    Raises:
        SuyuanError: no such package (404).
    """
    with platform.store.read() as conn:
        package = own_package(conn, items, capturer)
        known = packing.levels(conn, package, capturer.party, tenant=capturer.tenant)
    return [(info_of(each.container), each.fit) for each in known]


def documents(packed: Packing, *, at: datetime) -> Iterator[bytes]:
    """The relation as EPCIS documents that capture takes, each of at most 5,000 events.

    The same packing gives the same bytes, event ids too: what was captured once is known again.
    """
    created = packed.containers[-1].made_at
    batch: list[Outgoing] = []
    children = 0
    for each in packed.relation:
        batch.append(
            Outgoing(raw=_event(each, at, packed.containers[each.level - 1].id), context=_PLAIN)
        )
        children += len(each.contents)
        if len(batch) >= _EVENTS or children >= _CHILDREN:
            yield write_document(batch, created=created)
            batch, children = [], 0
    if batch:
        yield write_document(batch, created=created)


def _put_together(
    conn: ReadConnection, items: issuing.Package, levels: Sequence[packing.Filled]
) -> Packing:
    names = _names(conn, items, levels[0].at)
    containers = [
        [code.name for code in codes_of(each.container, 0, each.container.count)] for each in levels
    ]
    gone = {name for each in levels for name in _withdrawn_names(conn, each.container)}
    packed = making.packed(names, [each.fit for each in levels], containers)
    relation = (each for each in packed if each.container not in gone)
    return Packing(
        containers=tuple(info_of(each.container) for each in levels), relation=tuple(relation)
    )


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


def _withdrawn_names(conn: ReadConnection, package: issuing.Package) -> list[str]:
    """The names of a package's codes that are void: nothing may be said to be in them."""
    return [
        code.name
        for each in withdrawing.of(conn, package)
        for code in codes_of(package, each.begin, each.end)
    ]


def _names(conn: ReadConnection, package: issuing.Package, at: datetime) -> list[str]:
    """The names of a package's codes, without those that were withdrawn before."""
    if package.count > MOST:
        raise SuyuanError("packing.many", _MANY.format(most=MOST), "package")
    gone = [each for each in withdrawing.of(conn, package) if each.at <= at]
    return [
        code.name
        for begin, end in withdrawing.left(0, package.count, gone)
        for code in codes_of(package, begin, end)
    ]
