"""Permits and quotas: entered by the operator, who has seen them; withdrawn by their issuer.

Their balance is for the holder, the issuer and the authorities whose area and families it is.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from msgspec import Struct

from suyuan import state
from suyuan.codes import privacy
from suyuan.families import Families, Permit
from suyuan.kit import SuyuanError, Text
from suyuan.kit.quantity import UNITS
from suyuan.model import Role, Viewer
from suyuan.registry import Document, directory
from suyuan.service.access import OPERATOR
from suyuan.service.platform import Platform
from suyuan.service.reasons import reason_of
from suyuan.state.types import Line, Use
from suyuan.store import ReadConnection, WriteConnection

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
    "截止日 {end} 早于起始日 {begin}；请对调或改正。",
    "The last day {end} is before the first, {begin}; exchange them, or mend the wrong one.",
)
_NONE = Text(
    "没有登记 {kind} {number}（发证机关：“{issuer}”），或已撤回。",
    "No {kind} {number} of the issuer '{issuer}' is on file, or it was withdrawn.",
)
_ISSUER_ONLY = Text(
    "只有发证机关“{issuer}”能撤回它发的许可证；请用该机关的账户。",
    "Only the issuer, '{issuer}', may withdraw its permits; use an account of that office.",
)


_NOTHING: Final = Text("", "")


class PermitInfo(Struct, frozen=True, kw_only=True):
    """A line of a permit as it is shown: granted, used, left, and reported beyond it.

    `unit` None counts pieces; `goods` empty is for any. Both days inclusive. `holder_name` is the
    registered one; empty where the holder is not registered.
    """

    kind: str
    name: Text
    number: str
    issuer: str
    holder: str
    holder_name: Text
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
    tenant = OPERATOR.tenant
    with platform.store.write() as conn:
        found = state.permits.enter(conn, permit, tenant=tenant, now=platform.clock())
        directory.register(conn, [_document(permit, "valid")], tenant=tenant)
        _log_entry(platform, conn, permit, account)
        return _infos(platform.families, conn, [found], tenant)[0]


def permits(
    platform: Platform,
    viewer: Viewer = OPERATOR,
    *,
    holder: str | None = None,
    kind: str | None = None,
    number: str | None = None,
) -> list[PermitInfo]:
    """Lines with what is left, as far as the viewer may see them; of one holder where asked."""
    with platform.store.read() as conn:
        found = _seen(platform, conn, viewer, holder=holder, kind=kind, number=number)
        return _infos(platform.families, conn, found, viewer.tenant)


def permit_uses(platform: Platform, kind: str, number: str, viewer: Viewer = OPERATOR) -> list[Use]:
    """What recorded events took from a permit, the latest first; from lines that the viewer sees.

    Two issuers may use one number, and the lines of one permit may be for several holders.

    Raises:
        SuyuanError: there is no such permit, or it is not the viewer's to see (404).
        AccessError: the viewer is neither the operator nor a party (403).
    """
    with platform.store.read() as conn:
        found = _seen(platform, conn, viewer, kind=kind, number=number)
        if not found:
            raise _missing(kind, number)
        return state.permits.uses(conn, found)


def withdraw_permit(
    platform: Platform,
    kind: str,
    number: str,
    reason: str,
    *,
    issuer: str = "",
    viewer: Viewer = OPERATOR,
) -> None:
    """Make a permit void from now on; it stays on file, and what was taken stays taken.

    Only its issuer may. Of one that is on file by its name alone, and so has no account here, the
    operator says it for it.

    Raises:
        SuyuanError: no reason, no such permit of that issuer (404), or the viewer is not it (403).
    """
    said, now, tenant = reason_of(reason), platform.clock(), viewer.tenant
    _check_issuer(issuer, viewer)
    if not _can_be(kind, number, issuer):
        raise _missing(kind, number, issuer)
    with platform.store.write() as conn:
        found = state.permits.lines(conn, tenant=tenant, kind=kind, number=number, issuer=issuer)
        if not state.permits.void(conn, found, reason=said, tenant=tenant, now=now):
            raise _missing(kind, number, issuer)
        revoked = [_document(each.permit, "revoked") for each in found]
        directory.register(conn, revoked, tenant=tenant)
        for holder in sorted({each.permit.holder for each in found}):
            platform.log_act(
                conn, "permit.withdrawn", party=holder, account=viewer.account,
                permit=kind, number=number, issuer=issuer, reason=said,
            )  # fmt: skip


def _check_issuer(issuer: str, viewer: Viewer) -> None:
    spoken_for = viewer.role is Role.ADMIN and not _is_party(issuer)
    if not spoken_for and (not issuer or viewer.party != issuer):
        text = _ISSUER_ONLY.format(issuer=privacy.quoted(issuer, 60))
        raise SuyuanError("permit.not-issuer", text, "issuer", status=403)


def _seen(
    platform: Platform,
    conn: ReadConnection,
    viewer: Viewer,
    *,
    holder: str | None = None,
    kind: str | None = None,
    number: str | None = None,
) -> list[Line]:
    """The lines that a viewer may see: an administrator all, a regulator those it oversees."""
    is_above = viewer.role in (Role.ADMIN, Role.REGULATOR)
    party = None if is_above else viewer.party
    if (party is None and not is_above) or not _can_be(holder, kind, number, party):
        return []
    found = state.permits.lines(
        conn, tenant=viewer.tenant, holder=holder, kind=kind, number=number, party=party
    )
    if viewer.role is Role.REGULATOR:
        return list(_overseen(platform, conn, viewer, found))
    return found


def _overseen(
    platform: Platform, conn: ReadConnection, viewer: Viewer, found: list[Line]
) -> Iterator[Line]:
    """Of lines those of a regulator's families and of holders in its areas; with neither, none."""
    if not viewer.areas and not viewer.families:
        return
    kinds = platform.families.permit_kinds(viewer.families or None)
    holders = directory.parties(conn, {one.permit.holder for one in found}, tenant=viewer.tenant)
    for one in found:
        holder = holders.get(one.permit.holder)
        division = holder.division if holder is not None else ""
        if one.permit.kind in kinds and viewer.oversees(division):
            yield one


def _log_entry(
    platform: Platform, conn: WriteConnection, permit: Permit, account: int | None
) -> None:
    days = (permit.valid_from, permit.valid_to)
    begin, end = (None if day is None else day.isoformat() for day in days)
    platform.log_act(
        conn, "permit.entered", party=permit.holder, account=account,
        permit=permit.kind, number=permit.number, issuer=permit.issuer, goods=permit.goods,
        unit=permit.unit, amount=str(permit.amount),
        valid_from=begin, valid_to=end,
    )  # fmt: skip


def _document(permit: Permit, status: str) -> Document:
    return Document(
        kind=permit.kind, number=permit.number, issuer=permit.issuer, status=status,
        valid_from=permit.valid_from, valid_to=permit.valid_to,
    )  # fmt: skip


def _can_be(*asked: str | None) -> bool:
    """Whether these can be on file: the database holds no character U+0000."""
    return not any("\0" in each for each in asked if each)


def _is_party(name: str) -> bool:
    return name.startswith(("urn:", "https://"))


def _missing(kind: str, number: str, issuer: str = "") -> SuyuanError:
    shown = {"kind": privacy.quoted(kind, 40), "number": privacy.quoted(number, 60)}
    shown["issuer"] = privacy.quoted(issuer, 60)
    return SuyuanError("permit.none", _NONE.format(**shown), "number", status=404)


def _in_form(families: Families, new: NewPermit) -> Permit:
    kinds = families.permit_kinds()
    if new.kind not in kinds:
        text = _KIND.format(kind=privacy.quoted(new.kind, 40), known=", ".join(sorted(kinds)))
        raise SuyuanError("permit.kind", text, "kind")
    if not _is_party(new.holder) or " " in new.holder:
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
        issuer=_named("issuer", new.issuer),
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


def _infos(
    families: Families, conn: ReadConnection, lines: list[Line], tenant: int
) -> list[PermitInfo]:
    kinds = families.permit_kinds()
    holders = directory.parties(conn, {each.permit.holder for each in lines}, tenant=tenant)
    names = {uri: party.name for uri, party in holders.items()}
    return [
        _info(each, kinds.get(each.permit.kind), names.get(each.permit.holder, _NOTHING))
        for each in lines
    ]


def _info(line: Line, kind: Text | None, holder: Text) -> PermitInfo:
    permit = line.permit
    return PermitInfo(
        kind=permit.kind,
        name=kind or Text(permit.kind, permit.kind),
        number=permit.number,
        issuer=permit.issuer,
        holder=permit.holder,
        holder_name=holder,
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
