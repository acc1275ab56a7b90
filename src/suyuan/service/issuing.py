"""Takes orders for codes and who places them; gives packages, their codes, and what a code is.

A package belongs to the party that ordered it; to everybody else it is as if it were not there.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from suyuan.codes import making
from suyuan.codes.making.types import MakingError
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.kit.digest import sha256
from suyuan.model import PUBLIC, Capturer, Role, Viewer
from suyuan.registry import bringing, directory, issuing, requesting, scratching
from suyuan.registry.types import Licence, Request
from suyuan.service.platform import Platform
from suyuan.service.unverified import what_can_be_said
from suyuan.store import ReadConnection

MOST: Final = 10_000_000
MOST_SECRETS: Final = 1_000_000
_MOST_CHECKS: Final = 4
_SALT: Final = 16
_LONGEST: Final = 200

_COUNT = Text("数量应为 1 到 {most}。", "Give a count of 1 to {most}.")
_CHECKS = Text(
    "校验字符应为 0 到 {most} 位；顺序编号的编码体系没有。",
    "Give 0 to {most} check characters; schemes that count up have none.",
)
_NONE = Text("没有这个码包，或不是你的。", "There is no such package of yours.")
_RANGE = Text(
    "这个码包有 {count} 个码；范围应在 1 到 {count} 之间。",
    "The package has {count} codes; give a range within 1 to {count}.",
)
_PROOF = Text(
    "“{kind}” 不能证明编码归谁；可登记的有：{known}。",
    "'{kind}' proves no code to be anybody's; these do: {known}.",
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


class Outcome(StrEnum):
    """What is known of a code in hand."""

    FIRST = "first"
    AGAIN = "again"
    ISSUED = "issued"
    WRONG = "wrong"
    BROUGHT_IN = "brought-in"
    UNKNOWN = "unknown"


class Verification(Struct, frozen=True, kw_only=True):
    """The answer to "is this code genuine?", in both languages.

    `times` and `first_at` are given to who knows the secret alone; issuer and product to who has
    a code that was issued.
    """

    outcome: Outcome
    message: Text
    issuer: Text | None = None
    product: Text | None = None
    secret_expected: bool = False
    times: int | None = None
    first_at: datetime | None = None


_SAID: Final = {
    Outcome.FIRST: Text(
        "验证码正确：这个码由企业发出，这是第一次验证。",
        "The secret is right: the enterprise issued this code, and this is its first verification.",
    ),
    Outcome.AGAIN: Text(
        "验证码正确，但这已是第 {times} 次验证，第一次在 {first}。如果不是您本人验证的，"
        "请问卖家：涂层可能已被刮开过，或者码被照抄了。",
        "The secret is right, but this is verification {times}; the first was at {first}. If it "
        "was not you, ask the seller: the layer may have been scratched, or the code copied.",
    ),
    Outcome.ISSUED: Text(
        "这个码确由企业发出。仅凭这个码不能证明商品是真的：码可以被照抄。",
        "The code was issued by the enterprise. That alone does not prove the goods genuine: a "
        "code can be copied.",
    ),
    Outcome.WRONG: Text(
        "涂层下的验证码不对；请核对后再输。", "The secret under the layer is wrong; compare it."
    ),
    Outcome.BROUGHT_IN: Text("这个码已由你方导入。", "You brought this code in."),
}


_NO_LAYER = Text(
    "这个码确由企业发出，它没有涂层，不用输验证码。仅凭这个码不能证明商品是真的：码可以被照抄。",
    "The code was issued by the enterprise and has no secret under a layer. That alone does not "
    "prove the goods genuine: a code can be copied.",
)
_BY_ONE = Text("这个码由 {parties} 导入。", "{parties} brought this code in.")
_BY_SEVERAL = Text(
    "这个码被几家导入，至多一家是对的：{parties}。请核对领码记录，"
    "用 suyuan codes withdraw 撤回错的。",
    "Several brought this code in, of whom at most one is right: {parties}. Compare what they were "
    "given, and take the wrong one back with suyuan codes withdraw.",
)


def entitle(platform: Platform, licence: Licence) -> None:
    """Enter what proves codes to be a party's own: for the operator, who has seen the licence.

    Raises:
        SuyuanError: a kind of licence that proves nothing of the sort.
    """
    kinds = sorted({each.proof for each in making.STRUCTURES.values()})
    if licence.kind not in kinds:
        text = _PROOF.format(kind=licence.kind, known=", ".join(kinds))
        raise SuyuanError("issuing.proof", text, "kind")
    with platform.store.write() as conn:
        directory.register(conn, [licence])


def issue(
    platform: Platform, order: Order, capturer: Capturer, request_key: str | None = None
) -> Issue:
    """Hand out a package of codes; with the answer the range is durable and nobody else's.

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
    number, now = _number(platform), platform.clock()
    with platform.store.write() as conn:
        if asked and (before := requesting.answered(conn, asked, capturer)):
            return Issue(package=info_of(before), repeated=True)
        package = issuing.hand_out(
            conn, wanted, capturer, package=number, draw=platform.draw, now=now, salt=salt
        )
        scratching.keep(conn, package.id, digests)
        if asked:
            requesting.keep(conn, asked, package, capturer, now=now)
    return Issue(package=info_of(package), secrets=secrets)


def packages(platform: Platform, capturer: Capturer) -> list[PackageInfo]:
    """A party's packages, newest first."""
    with platform.store.read() as conn:
        found = issuing.packages(conn, capturer.party, tenant=capturer.tenant)
    return [info_of(package) for package in found]


def codes(
    platform: Platform, package: UUID, capturer: Capturer, *, begin: int = 1, end: int | None = None
) -> Iterator[Code]:
    """The codes of a party's package from place `begin` to `end`, both included.

    Raises:
        SuyuanError: no such package of that party (404), or a range outside of it.
    """
    with platform.store.read() as conn:
        found = own_package(conn, package, capturer)
    return codes_of(found, *range_of(found, begin, end))


def verify(
    platform: Platform, text: str, secret: str | None = None, viewer: Viewer = PUBLIC
) -> Verification:
    """What is known of a code in hand; with its secret, the verification is counted.

    Where serials count up, that one was issued would tell how many were: it is told to who knows
    the secret alone. Imported codes are told to who brought them in.
    """
    ways = list(making.slots(text[:_LONGEST]))
    with platform.store.write() as conn:
        code = issuing.find(conn, ways, tenant=viewer.tenant)
        if code is None:
            return _brought_in(conn, text, viewer)
        if secret is None or not secret.strip():
            return _told(conn, code, Outcome.ISSUED) if code.guarded else _unknown(text)
        if code.salt is None:
            told = _told(conn, code, Outcome.ISSUED)
            return structs.replace(told, message=_NO_LAYER) if code.guarded else _unknown(text)
        use = scratching.use(conn, code, secret[:_LONGEST], now=platform.clock())
        if use is None:
            return _told(conn, code, Outcome.WRONG) if code.guarded else _unknown(text)
        return _told(conn, code, Outcome.FIRST if use.times == 1 else Outcome.AGAIN, use)


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
    if not 1 <= order.count <= most or not 0 <= order.expected <= MOST * 1000:
        raise MakingError("issuing.count", _COUNT.format(most=most), "count")
    if not 0 <= order.checks <= (_MOST_CHECKS if of.guarded else 0):
        raise MakingError("issuing.checks", _CHECKS.format(most=_MOST_CHECKS), "checks")
    return issuing.Wanted(
        structure=of,
        stem=making.stem_of(of, order.stem),
        count=order.count,
        expected=order.expected,
        checks=order.checks,
        note=order.note[:_LONGEST].replace("\0", ""),
    )


def _number(platform: Platform) -> UUID:
    return UUID(platform.ids().removeprefix("urn:uuid:"))


def _brought_in(conn: ReadConnection, text: str, viewer: Viewer) -> Verification:
    """To a party whether it brought the code in itself; to the operator who did."""
    code = text.strip()[:_LONGEST]
    for scheme in making.STATE_ISSUED:
        if not making.is_sound(scheme, code):
            continue
        parties = bringing.brought_by(conn, scheme, code, tenant=viewer.tenant)
        if parties and viewer.role is Role.ADMIN:
            said = _BY_ONE if len(parties) == 1 else _BY_SEVERAL
            message = said.format(parties=", ".join(parties))
            return Verification(outcome=Outcome.BROUGHT_IN, message=message)
        if viewer.party in parties:
            return Verification(outcome=Outcome.BROUGHT_IN, message=_SAID[Outcome.BROUGHT_IN])
    return _unknown(text)


def _unknown(text: str) -> Verification:
    return Verification(outcome=Outcome.UNKNOWN, message=what_can_be_said(text[:_LONGEST]))


def _told(
    conn: ReadConnection,
    code: issuing.Issued,
    outcome: Outcome,
    use: scratching.Use | None = None,
) -> Verification:
    said = _SAID[outcome]
    if use is not None:
        said = said.format(times=use.times, first=_in_china(use.first_at))
    return Verification(
        outcome=outcome,
        message=said,
        issuer=_issuer(conn, code),
        product=_product(conn, code),
        secret_expected=code.salt is not None,
        times=None if use is None else use.times,
        first_at=None if use is None else use.first_at,
    )


def _in_china(at: datetime) -> Text:
    local = f"{there(at, CHINA):%Y-%m-%d %H:%M}"
    return Text(f"北京时间 {local}", f"{local} (China time)")


def _issuer(conn: ReadConnection, code: issuing.Issued) -> Text:
    found = directory.parties(conn, [code.party], tenant=code.tenant).get(code.party)
    return Text(code.party, code.party) if found is None else _in_both(found.name)


def _product(conn: ReadConnection, code: issuing.Issued) -> Text | None:
    item = f"https://id.gs1.org/01/{code.stem}"
    found = directory.products(conn, [item], tenant=code.tenant).get(item)
    return None if found is None else _in_both(found.name)


def _in_both(name: Text) -> Text:
    """A name that was registered in Chinese alone is its own English."""
    return Text(name.zh, name.en or name.zh)
