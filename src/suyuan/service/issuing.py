"""Takes orders for codes and who places them; gives packages and their codes.

A package belongs to the party that ordered it; to everybody else it is as if it were not there.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from suyuan.codes import making, privacy
from suyuan.codes.making.types import MakingError
from suyuan.kit import SuyuanError, Text
from suyuan.kit.digest import sha256
from suyuan.model import Capturer
from suyuan.registry import issuing, requesting, scratching, withdrawing
from suyuan.registry.types import Request
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection, WriteConnection

MOST: Final = 10_000_000
MOST_SECRETS: Final = 1_000_000
_MOST_EXPECTED: Final = MOST * 1000
_MOST_CHECKS: Final = 4
_SALT: Final = 16
_LONGEST: Final = 200

_COUNT = Text(
    "一次可发 1 到 {most:,} 个码，{found:,} 个不行。",
    "A package has 1 to {most:,} codes and cannot have {found:,}.",
)
_EXPECTED = Text(
    "预计总量应为 0 到 {most:,}，{found:,} 不行。",
    "How many will be wanted in all is 0 to {most:,} and cannot be {found:,}.",
)
_CHECKS = Text(
    "校验字符应为 0 到 {most} 位；顺序编号的编码体系没有。",
    "Give 0 to {most} check characters; schemes that count up have none.",
)
_NONE = Text(
    "没有这个码包，或不是你的；suyuan codes list --party 单位 列出你的码包，"
    "可写编号、编号的开头或备注。",
    "There is no such package of yours; suyuan codes list --party PARTY lists them. Name one by "
    "its number, the beginning of it, or its note.",
)
_SEVERAL = Text(
    "有 {count} 个码包的编号以 “{text}” 开头或备注是它；请多写几位编号。",
    "Packages whose number begins with '{text}' or whose note it is: {count}; write more of the "
    "number.",
)
_RANGE = Text(
    "这个码包有 {count} 个码；范围应在 1 到 {count} 之间。",
    "The package has {count:code|codes}; give a range within 1 to {count}.",
)


_PERSON = Text(
    "备注里不能有身份证号码；请去掉。",
    "No note may have the number of somebody's identity card; leave it out.",
)


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many codes of a scheme behind a stem (GTIN, pesticide head, operator …).

    `expected` says how many will be wanted in all, which sets the length of serials at the first
    order; `checks` adds keyed check characters; `scratch` draws a secret for each code.
    """

    scheme: str
    stem: str
    count: int
    expected: int = 0
    checks: int = 0
    scratch: bool = False
    note: str = ""


class PackageInfo(Struct, frozen=True, kw_only=True):
    """A package as its party sees it.

    `odds` is the chance that one guess hits a code of the supply; None where serials count up.
    `holds`: of containers, the number of the package whose codes are packed in them.
    """

    id: UUID
    scheme: str
    stem: str
    count: int
    serial_length: int
    odds: float | None
    scratch: bool
    note: str
    made_at: datetime
    holds: UUID | None = None


class Issue(Struct, frozen=True, kw_only=True):
    """A package, and the secrets of its codes in their order: shown now and never again.

    `repeated` if the order came before: the package is the one that it got, without its secrets.
    """

    package: PackageInfo
    secrets: tuple[str, ...] = ()
    repeated: bool = False


class Code(Struct, frozen=True, kw_only=True):
    """A code of a package: its place from 1, the code as it is read, the thing's canonical URI."""

    place: int
    code: str
    name: str


class Listed(Struct, frozen=True):
    """Codes of a package that count, made as they are taken, and how many were left out."""

    codes: Iterator[Code]
    withdrawn: int


Keep = Callable[[Issue, Iterator[Code]], None]
"""Puts a package's codes, and the secrets if it has any, where they last."""


def issue(
    platform: Platform,
    order: Order,
    capturer: Capturer,
    request_key: str | None = None,
    *,
    keep: Keep | None = None,
) -> Issue:
    """Hand out a package of codes; with the answer the range is durable and nobody else's.

    `keep` is given the package and its codes before that: what it raises undoes the order, so that
    nothing is handed out whose codes or secrets could not be kept.

    An order sent again with its key gets the package that it got, and no other. Its secrets are
    not given again: nothing keeps them.

    Raises:
        SuyuanError: what is ordered cannot be made, is not the party's, or is used up; the key
            was another order's.
    """
    wanted = _wanted(order)
    asked = request_key and Request(request_key, sha256(msgspec.json.encode(order)))
    secrets = tuple(making.secrets(order.count, platform.draw)) if order.scratch else ()
    salt = platform.draw(_SALT) if order.scratch else None
    digests = [making.digest(salt, at, each) for at, each in enumerate(secrets)] if salt else []
    number, now = platform.number(), platform.clock()
    with platform.store.write() as conn:
        if asked and (before := requesting.answered(conn, asked, capturer)):
            return Issue(package=info_of(before), repeated=True)
        package = issuing.hand_out(
            conn, wanted, capturer, package=number, draw=platform.draw, now=now, salt=salt
        )
        scratching.keep(conn, package.id, digests)
        log_issued(platform, conn, package, capturer)
        if asked:
            requesting.keep(conn, asked, package, capturer, now=now)
        made = Issue(package=info_of(package), secrets=secrets)
        if keep is not None:
            keep(made, codes_of(package, 0, package.count))
    return made


def log_issued(
    platform: Platform, conn: WriteConnection, package: issuing.Package, capturer: Capturer
) -> None:
    """Log that a package was handed out, in the transaction that does it; its codes follow.

    The key of its check characters is logged before it, if it was made with the package.
    """
    if package.new_key and package.key:
        log_key(platform, conn, package.key, capturer)
    platform.log_act(
        conn, "codes.issued", party=package.party, account=capturer.account,
        package=str(package.id), scheme=package.scheme, stem=package.stem, first=package.first,
        past=package.past, scratch=package.scratch,
        check_rule=package.check_rule and int(package.check_rule), check_key=package.key,
    )  # fmt: skip


def log_key(platform: Platform, conn: WriteConnection, number: int, capturer: Capturer) -> None:
    """Log that a key of check characters was made, in the transaction that does it."""
    platform.log_act(
        conn, "codes.key-made", party=capturer.party, account=capturer.account, number=number
    )


def packages(platform: Platform, capturer: Capturer) -> list[PackageInfo]:
    """A party's packages, newest first."""
    with platform.store.read() as conn:
        found = issuing.packages(conn, capturer.party, tenant=capturer.tenant)
    return [info_of(package) for package in found]


def package_of(platform: Platform, number: UUID, capturer: Capturer) -> PackageInfo:
    """A party's package by its whole number, however many it has.

    Raises:
        SuyuanError: there is none (404).
    """
    with platform.store.read() as conn:
        return info_of(own_package(conn, number, capturer))


def package_named(platform: Platform, text: str, capturer: Capturer) -> UUID:
    """The one package of a party whose number begins so, or whose note is so.

    Raises:
        SuyuanError: there is none (404), or there are several (409).
    """
    with platform.store.read() as conn:
        found = issuing.named(conn, capturer.party, text, tenant=capturer.tenant)
    if found is None or not text.strip():
        raise SuyuanError("issuing.none", _NONE, "package", status=404)
    number, count = found
    if count > 1:
        said = _SEVERAL.format(text=privacy.quoted(text, 40), count=count)
        raise SuyuanError("issuing.several", said, "package", status=409)
    return number


def codes(
    platform: Platform, package: UUID, capturer: Capturer, *, begin: int = 1, end: int | None = None
) -> Iterator[Code]:
    """The codes of a party's package from place `begin` to `end`, both included, that count.

    Raises:
        SuyuanError: no such package of that party (404), or a range outside of it.
    """
    return listed(platform, package, capturer, begin=begin, end=end).codes


def code_at(platform: Platform, package: UUID, place: int, capturer: Capturer) -> Code:
    """The code at a place of a party's package, from 1, whether it counts or was withdrawn.

    Raises:
        SuyuanError: no such package of that party (404), or a place outside of it.
    """
    with platform.store.read() as conn:
        found = own_package(conn, package, capturer)
    return next(codes_of(found, *range_of(found, place, place)))


def listed(
    platform: Platform, package: UUID, capturer: Capturer, *, begin: int = 1, end: int | None = None
) -> Listed:
    """The same codes, and how many of that range were withdrawn and are not among them."""
    with platform.store.read() as conn:
        found = own_package(conn, package, capturer)
        gone = withdrawing.of(conn, found)
    first, past = range_of(found, begin, end)
    left = list(withdrawing.left(first, past, gone))
    made = chain.from_iterable(codes_of(found, *each) for each in left)
    return Listed(made, past - first - sum(stop - start for start, stop in left))


def info_of(package: issuing.Package) -> PackageInfo:
    """A package as its party sees it: without its secret."""
    series = package.series
    return PackageInfo(
        id=package.id,
        scheme=package.scheme,
        stem=package.stem,
        count=package.count,
        serial_length=series.length + series.checks,
        odds=making.odds(series) if series.guarded else None,
        scratch=package.scratch,
        note=package.note,
        made_at=package.made_at,
        holds=package.holds,
    )


def own_package(conn: ReadConnection, number: UUID, capturer: Capturer) -> issuing.Package:
    """A package of that party.

    Raises:
        SuyuanError: there is none (404), whether or not another party has it.
    """
    found = issuing.packages(conn, capturer.party, tenant=capturer.tenant, only=number)
    if not found:
        raise SuyuanError("issuing.none", _NONE, "package", status=404)
    return found[0]


def range_of(package: issuing.Package, begin: int, end: int | None) -> tuple[int, int]:
    """Places from 1, both included, as places from 0 to before.

    Raises:
        SuyuanError: outside of the package.
    """
    last = package.count if end is None else end
    if not 1 <= begin <= last <= package.count:
        raise SuyuanError("issuing.range", _RANGE.format(count=package.count), "range")
    return begin - 1, last


def codes_of(package: issuing.Package, begin: int, end: int) -> Iterator[Code]:
    """The codes of a package from place `begin` to before `end`, counted from 0."""
    of = making.structure(package.scheme)
    made = making.serials(package.series, package.first + begin, package.first + end)
    for place, serial in enumerate(made, start=begin + 1):
        yield Code(
            place=place,
            code=making.code_of(of, package.stem, serial),
            name=making.name_of(of, package.stem, serial, party=package.party),
        )


def _wanted(order: Order) -> issuing.Wanted:
    of = making.structure(order.scheme)
    most = MOST_SECRETS if order.scratch else MOST
    if not 1 <= order.count <= most:
        text = _COUNT.format(most=most, found=order.count)
        raise MakingError("issuing.count", text, "count")
    if not 0 <= order.expected <= _MOST_EXPECTED:
        text = _EXPECTED.format(most=_MOST_EXPECTED, found=order.expected)
        raise MakingError("issuing.expected", text, "expected")
    if not 0 <= order.checks <= (_MOST_CHECKS if of.guarded else 0):
        raise MakingError("issuing.checks", _CHECKS.format(most=_MOST_CHECKS), "checks")
    if privacy.masked(order.note) != order.note:
        raise MakingError("issuing.person", _PERSON, "note")
    return issuing.Wanted(
        structure=of,
        stem=making.stem_of(of, order.stem),
        count=order.count,
        expected=order.expected,
        checks=order.checks,
        note=order.note[:_LONGEST].replace("\0", ""),
    )
