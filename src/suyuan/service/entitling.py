"""For the operator, who has seen the papers: which stems are whose, entered, listed, withdrawn."""

from datetime import date
from typing import Final

from msgspec import structs

from suyuan.codes import making, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import Viewer
from suyuan.registry import entitling
from suyuan.registry.types import Entered, Entitlement, Licence
from suyuan.service.access import OPERATOR, party_shown
from suyuan.service.platform import Platform
from suyuan.service.reasons import reason_of

PROOFS: Final = entitling.KINDS

_PROOF = Text(
    "“{kind}” 不能证明编码归谁；可登记的有：{known}。",
    "'{kind}' proves no code to be anybody's; these do: {known}.",
)
_DAYS = Text(
    "截止日 {end} 早于起始日 {begin}；请对调或改正。",
    "The last day {end} is before the first, {begin}; exchange them, or mend the wrong one.",
)
_PARTY = Text(
    "“{given}” 不是单位的规范名；应为 urn:suyuan:party:… 或 https://id.gs1.org/417/…。",
    "'{given}' is no party's URI; write urn:suyuan:party:… or https://id.gs1.org/417/….",
)
_NONE = Text(
    "{party} 没有登记{kind} {number}，或已撤回；suyuan codes entitlements 列出现有的。",
    "{party} has not entered {kind} {number}, or it was withdrawn; suyuan codes entitlements lists "
    "them.",
)


def entitle(platform: Platform, licence: Licence, *, account: int | None = None) -> Entered:
    """Enter what proves codes to be a party's own; gives it in its one spelling.

    And with it who else has what proves the same codes, for the operator to compare the papers.
    `account` does so; None is the operator at the machine itself.

    Raises:
        SuyuanError: a kind of licence that proves nothing of the sort, a number out of its form, no
            party, or days in the wrong order.
    """
    found, now, tenant = _in_form(licence), platform.clock(), OPERATOR.tenant
    with platform.store.write() as conn:
        entitling.enter(conn, found, tenant=tenant, now=now)
        day = there(now, CHINA).date()
        others = entitling.others_holding(conn, found, tenant=tenant, on=day)
        platform.log_act(
            conn, "entitlement.entered", party=found.party, account=account,
            proof=found.kind, number=found.number,
            valid_from=_day(found.valid_from), valid_to=_day(found.valid_to), issuer=found.issuer,
        )  # fmt: skip
    return Entered(**structs.asdict(found), others=others)


def entitlements(
    platform: Platform, viewer: Viewer = OPERATOR, party: str | None = None
) -> list[Entitlement]:
    """What proves stems: to the operator everybody's or a party's, to a party its own.

    Raises:
        AccessError: the viewer is neither (403).
    """
    whose = party_shown(viewer, party)
    with platform.store.read() as conn:
        return entitling.entitlements(conn, tenant=viewer.tenant, party=whose)


def disentitle(
    platform: Platform, licence: Licence, reason: str, *, account: int | None = None
) -> None:
    """Make a proof void from now on; it stays on file, and what was issued under it stays issued.

    `account` does so; None is the operator at the machine itself.

    Raises:
        SuyuanError: no reason, or no such proof (404).
    """
    said = reason_of(reason)
    now, tenant = platform.clock(), OPERATOR.tenant
    spelled = {licence.number, _spelled(licence)}
    with platform.store.write() as conn:
        met = [structs.replace(licence, number=each) for each in sorted(spelled)]
        found = next(
            (
                each
                for each in met
                if entitling.withdraw(conn, each, reason=said, tenant=tenant, now=now)
            ),
            None,
        )
        if found is None:
            kind = _called(licence.kind)
            text = _NONE.format(party=licence.party, kind=kind, number=licence.number)
            raise SuyuanError("issuing.no-proof", text, "number", status=404)
        platform.log_act(
            conn, "entitlement.withdrawn", party=licence.party, account=account,
            proof=found.kind, number=found.number, reason=said,
        )  # fmt: skip


def _called(kind: str) -> Text:
    """A kind in words; one that proves nothing as it was written."""
    quoted = privacy.quoted(kind, 40)
    return making.proof_called(kind) if kind in PROOFS else Text(quoted, quoted)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _spelled(licence: Licence) -> str:
    """What was registered before its form was looked at is found as it was written."""
    try:
        return making.proof_number(licence.kind, licence.number)
    except (SuyuanError, KeyError):
        return licence.number


def _in_form(licence: Licence) -> Licence:
    if licence.kind not in PROOFS:
        named = [making.proof_called(each) for each in PROOFS]
        known = Text("、".join(each.zh for each in named), ", ".join(each.en for each in named))
        text = _PROOF.format(kind=privacy.quoted(licence.kind, 40), known=known)
        raise SuyuanError("issuing.proof", text, "kind")
    if not licence.party.startswith(("urn:", "https://")) or " " in licence.party:
        text = _PARTY.format(given=privacy.quoted(licence.party, 60))
        raise SuyuanError("issuing.party", text, "party")
    begin, end = licence.valid_from, licence.valid_to
    if begin and end and end < begin:
        raise SuyuanError("issuing.days", _DAYS.format(begin=begin, end=end), "until")
    return structs.replace(licence, number=making.proof_number(licence.kind, licence.number))
