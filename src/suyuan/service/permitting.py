"""Permits and quotas: entered by the operator, who has seen them; shown to whoever holds them."""

from datetime import date
from decimal import Decimal
from typing import Final

from msgspec import Struct

from suyuan import state
from suyuan.codes import privacy
from suyuan.families import Families, Permit
from suyuan.kit import SuyuanError, Text
from suyuan.kit.quantity import UNITS
from suyuan.model import Viewer
from suyuan.registry import Document, directory
from suyuan.service.access import OPERATOR, party_shown
from suyuan.service.platform import Platform
from suyuan.service.reasons import reason_of
from suyuan.state.types import Line, Use
from suyuan.store import WriteConnection

_LONGEST: Final = 200
_MOST_DIGITS: Final = 30
_KIND = Text(
    "没有规则使用“{kind}”；可登记的有：{known}。", "No rule asks for '{kind}'; these are: {known}."
)
_NAME = Text("“{what}” 须为 1 至 200 个字符。", "'{what}' must have 1 to 200 characters.")
_HOLDER = Text(
    "“{given}” 不是单位的规范名；应为 urn:suyuan:… 或 https://id.gs1.org/417/…。",
    "'{given}' is no party's URI; write urn:suyuan:… or https://id.gs1.org/417/….",
)
_AMOUNT = Text(
    "总量须大于零，不超过 30 位数字。", "The amount is above zero, of 30 digits at most."
)
_UNIT = Text(
    "“{unit}” 不是能换算的计量单位代码（如 KGM、TNE、MTR、C62）。",
    "'{unit}' is no unit that converts (KGM, TNE, MTR, C62 and the like).",
)
_DAYS = Text(
    "截止日 {end} 早于起始日 {begin}。", "The last day {end} is before the first, {begin}."
)
_NONE = Text(
    "没有登记 {kind} {number}，或已撤回。", "No {kind} {number} is on file, or it was withdrawn."
)


class PermitInfo(Struct, frozen=True, kw_only=True):
    """A line of a permit as it is shown: granted, used, left, and reported beyond it.

    `unit` None counts pieces; `goods` empty is for any. Both days inclusive.
    """

    kind: str
    name: Text
    number: str
    issuer: str
    holder: str
    goods: str
    unit: str | None
    amount: Decimal
    used: Decimal
    left: Decimal
    over: Decimal
    valid_from: date | None = None
    valid_to: date | None = None
    withdrawn: bool = False
    reason: str = ""


class NewPermit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a permit or quota to be entered, or changed: its amount and days may change."""

    kind: str
    number: str
    holder: str
    amount: Decimal
    goods: str = ""
    unit: str | None = None
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def enter_permit(platform: Platform, new: NewPermit, *, account: int | None = None) -> PermitInfo:
    """Enter a line of a permit, or change the amount and days of one on file.

    Its number is then also known as that of a document, for the rules that ask for documents.
    `account` does so; None is the operator at the machine itself.

    Raises:
        SuyuanError: something out of form, or a line of another holder, or more of it used (409).
    """
    permit = _in_form(platform.families, new)
    document = Document(
        kind=permit.kind, number=permit.number, issuer=_named("issuer", new.issuer),
        valid_from=permit.valid_from, valid_to=permit.valid_to,
    )  # fmt: skip
    line = Line(permit=permit, issuer=document.issuer)
    tenant = OPERATOR.tenant
    with platform.store.write() as conn:
        found = state.permits.enter(conn, line, tenant=tenant, now=platform.clock())
        directory.register(conn, [document], tenant=tenant)
        _log_entry(platform, conn, found, account)
    return _info(platform.families, found)


def permits(
    platform: Platform,
    viewer: Viewer = OPERATOR,
    *,
    holder: str | None = None,
    kind: str | None = None,
    number: str | None = None,
) -> list[PermitInfo]:
    """Lines with what is left: to the operator everybody's or a party's, to a party its own.

    Raises:
        AccessError: the viewer is neither (403).
    """
    whose = party_shown(viewer, holder)
    if not _can_be(whose, kind, number):
        return []
    with platform.store.read() as conn:
        found = state.permits.lines(
            conn, tenant=viewer.tenant, holder=whose, kind=kind, number=number
        )
    return [_info(platform.families, each) for each in found]


def permit_uses(platform: Platform, kind: str, number: str, viewer: Viewer = OPERATOR) -> list[Use]:
    """What recorded events took from a permit, the latest first; of a party only from its lines.

    Two issuers may use one number, and the lines of one permit may be for several holders.

    Raises:
        SuyuanError: there is no such permit, or it is not the viewer's to see (404).
        AccessError: the viewer is neither the operator nor a party (403).
    """
    if not permits(platform, viewer, kind=kind, number=number):
        raise _missing(kind, number)
    with platform.store.read() as conn:
        whose = party_shown(viewer)
        return state.permits.uses(conn, kind, number, tenant=viewer.tenant, holder=whose)


def withdraw_permit(
    platform: Platform, kind: str, number: str, reason: str, *, account: int | None = None
) -> None:
    """Make a permit void from now on; it stays on file, and what was taken stays taken.

    `account` does so; None is the operator at the machine itself.

    Raises:
        SuyuanError: no reason, or no such permit (404).
    """
    said, now, tenant = reason_of(reason), platform.clock(), OPERATOR.tenant
    if not _can_be(kind, number):
        raise _missing(kind, number)
    with platform.store.write() as conn:
        found = state.permits.lines(conn, tenant=tenant, kind=kind, number=number)
        if not state.permits.void(conn, kind, number, reason=said, tenant=tenant, now=now):
            raise _missing(kind, number)
        directory.register(conn, [_revoked(each) for each in found], tenant=tenant)
        for holder in sorted({each.permit.holder for each in found}):
            platform.log_act(
                conn, "permit.withdrawn", party=holder, account=account,
                permit=kind, number=number, reason=said,
            )  # fmt: skip


def _log_entry(platform: Platform, conn: WriteConnection, line: Line, account: int | None) -> None:
    permit = line.permit
    days = (permit.valid_from, permit.valid_to)
    begin, end = (None if day is None else day.isoformat() for day in days)
    platform.log_act(
        conn, "permit.entered", party=permit.holder, account=account,
        permit=permit.kind, number=permit.number, issuer=line.issuer, goods=permit.goods,
        unit=permit.unit, amount=str(permit.amount),
        valid_from=begin, valid_to=end,
    )  # fmt: skip


def _revoked(line: Line) -> Document:
    permit = line.permit
    return Document(
        kind=permit.kind, number=permit.number, issuer=line.issuer, status="revoked",
        valid_from=permit.valid_from, valid_to=permit.valid_to,
    )  # fmt: skip


def _can_be(*asked: str | None) -> bool:
    """Whether these can be on file: the database holds no character U+0000."""
    return not any("\0" in each for each in asked if each)


def _missing(kind: str, number: str) -> SuyuanError:
    shown = {"kind": privacy.quoted(kind, 40), "number": privacy.quoted(number, 60)}
    return SuyuanError("permit.none", _NONE.format(**shown), "number", status=404)


def _in_form(families: Families, new: NewPermit) -> Permit:
    kinds = families.permit_kinds()
    if new.kind not in kinds:
        text = _KIND.format(kind=privacy.quoted(new.kind, 40), known=", ".join(sorted(kinds)))
        raise SuyuanError("permit.kind", text, "kind")
    if not new.holder.startswith(("urn:", "https://")) or " " in new.holder:
        given = privacy.quoted(new.holder, 60)
        raise SuyuanError("permit.holder", _HOLDER.format(given=given), "holder")
    if new.unit and new.unit not in UNITS:
        text = _UNIT.format(unit=privacy.quoted(new.unit, 20))
        raise SuyuanError("permit.unit", text, "unit")
    _check_amount(new.amount)
    begin, end = new.valid_from, new.valid_to
    if begin and end and end < begin:
        raise SuyuanError("permit.days", _DAYS.format(begin=begin, end=end), "valid_to")
    return Permit(
        id=0,
        kind=new.kind,
        number=_named("number", new.number, least=1),
        holder=_named("holder", new.holder, least=1),
        goods=_named("goods", new.goods),
        unit=new.unit or None,
        amount=new.amount,
        valid_from=begin,
        valid_to=end,
    )


def _check_amount(amount: Decimal) -> None:
    is_number = amount.is_finite() and amount > 0
    digits = max(abs(amount.adjusted()), len(amount.as_tuple().digits))
    if not is_number or digits > _MOST_DIGITS:
        raise SuyuanError("permit.amount", _AMOUNT, "amount")


def _named(what: str, text: str, *, least: int = 0) -> str:
    said = text.strip()
    if not least <= len(said) <= _LONGEST or "\0" in said:
        raise SuyuanError("permit.name", _NAME.format(what=what), what)
    return said


def _info(families: Families, line: Line) -> PermitInfo:
    permit = line.permit
    return PermitInfo(
        kind=permit.kind,
        name=families.permit_kinds().get(permit.kind, Text(permit.kind, permit.kind)),
        number=permit.number,
        issuer=line.issuer,
        holder=permit.holder,
        goods=permit.goods,
        unit=permit.unit,
        amount=permit.amount,
        used=permit.used,
        left=permit.left,
        over=line.over,
        valid_from=permit.valid_from,
        valid_to=permit.valid_to,
        withdrawn=permit.void,
        reason=line.reason,
    )
