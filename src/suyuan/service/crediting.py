"""Credit decisions of authorities about parties: entered, taken back, shown; a party's credit file.

They are entered by administrators, and by authorities for parties in their areas and about their
families. Whoever asks is shown what holds (Food Safety Law art. 113 has it published), but for
kinds that are not published; what is over or taken back is for the party, the authority and the
administrator. Nothing here is a score.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.codes import privacy
from suyuan.families import Families, fileable
from suyuan.kit import SuyuanError, Text
from suyuan.model import Role, Viewer
from suyuan.registry import Party, Site, credit_kinds, crediting, directory
from suyuan.registry.types import CreditDecision, CreditState, CreditWithdrawal, Licence
from suyuan.service import credit_form
from suyuan.service.access import OPERATOR, AccessError
from suyuan.service.filing_rights import in_areas
from suyuan.service.inspected import Inspected, inspections
from suyuan.service.platform import Platform
from suyuan.service.ruling import today
from suyuan.store import ReadConnection, WriteConnection

NewDecision = credit_form.NewDecision
NewWithdrawal = credit_form.NewWithdrawal
kinds = credit_kinds.kinds
ways = credit_kinds.ways

MOST: Final = 100
"""Decisions of an answer; those before them are asked for by the last one's number."""
STATES: Final = {
    CreditState.HOLDS: Text("有效", "Holds"),
    CreditState.COMING: Text("尚未生效", "Not yet in force"),
    CreditState.EXPIRED: Text("已到期", "Expired"),
    CreditState.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
_SAID: Final = (
    "number", "party", "kind", "grade", "ground", "document", "authority", "authority_code",
    "family", "decided_on", "valid_from", "valid_to",
)  # fmt: skip
_LARGEST: Final = (1 << 63) - 1
_NOT_YOURS: Final = Text(
    "信用决定由主管部门或管理员登记、撤回；请用其账户。",
    "Credit decisions are entered and withdrawn by authorities and administrators; use an account "
    "of one.",
)
_NO_PARTY: Final = Text(
    "没有登记 {party}，或不归贵部门管；请先登记该主体（suyuan register），或请其主管部门登记。",
    "{party} is not registered, or not yours to oversee; register it first (suyuan register), or "
    "have its authority enter this.",
)
_NO_FAMILY: Final = Text(
    "请写明贵部门主管的产品门类，其一：{known}。",
    "Name a family of products that is yours, one of: {known}.",
)
_NONE: Final = Text(
    "没有编号为 {number} 的信用决定，或不归贵部门管；suyuan credit list 列出现有的。",
    "There is no credit decision of the number {number}, or it is not yours; suyuan credit list "
    "lists them.",
)
_AGAIN: Final = Text(
    "信用决定 {number} 早已撤回；不能再撤。",
    "The credit decision {number} was withdrawn before; that is done once.",
)
_SAME: Final = Text(
    "同样的信用决定早已登记，编号 {number}；不能再登。内容不同的请写明不同之处，登记有误的先撤回。",
    "The same credit decision is on file as number {number} and is entered once; say what is "
    "different in this one, or withdraw that one first if it is mistaken.",
)
_UNKNOWN: Final = Text("没有登记 {party}。", "{party} is not registered.")
_NO_NAME: Final = Text("", "")


class CreditInfo(Struct, frozen=True, kw_only=True):
    """A credit decision as it is shown, and where it stands on the day asked about.

    `name` is what its kind is called, `law` names what the kind comes from; `verified` False: that
    text was not read. `adverse`: it speaks against the party. An open end is None.
    """

    number: int
    party: str
    party_name: Text
    kind: str
    name: Text
    grade: str
    ground: str
    document: str
    authority: str
    authority_code: str
    family: str
    family_name: Text
    decided_on: date
    valid_from: date
    valid_to: date | None
    state: CreditState
    law: Text
    verified: bool
    adverse: bool
    withdrawal: CreditWithdrawal | None = None
    way_name: Text = _NO_NAME


class CreditPage(Struct, frozen=True, kw_only=True):
    """Credit decisions, the latest first; `before` asks for those before them, None: no more."""

    on: date
    decisions: tuple[CreditInfo, ...]
    before: int | None = None


class LicenceOn(Struct, frozen=True, kw_only=True):
    """A licence of a party, and whether it is valid on the day."""

    name: Text
    licence: Licence
    holds: bool


class CreditFile(Struct, frozen=True, kw_only=True):
    """A party's credit file 信用档案 as of a day, as far as its viewer may see it.

    `whole`: with licences, inspections and the decisions that are over; to everybody else only
    published decisions that hold, on the day and today. `before` asks for earlier decisions.
    """

    party: str
    name: Text
    on: date
    whole: bool
    decisions: tuple[CreditInfo, ...]
    before: int | None
    licences: tuple[LicenceOn, ...] = ()
    inspections: tuple[Inspected, ...] = ()


class _Known(Struct, frozen=True, kw_only=True):
    """What is registered of a party that says whose it is to oversee."""

    party: Party
    sites: tuple[Site, ...]

    def is_overseen(self, viewer: Viewer) -> bool:
        """Whether the party, or a site that it has or had, lies in an authority's areas."""
        if viewer.role is Role.ADMIN:
            return True
        places = (self.party.division, *(site.division for site in self.sites))
        return viewer.role is Role.REGULATOR and any(in_areas(viewer, each) for each in places)


def decide(platform: Platform, new: NewDecision, viewer: Viewer = OPERATOR) -> CreditInfo:
    """Enter a credit decision.

    Raises:
        AccessError: the viewer is no authority and no administrator (403), there is no such party,
            or it is not the authority's (404).
        SuyuanError: something is missing or out of form, or the same is on file (409).
    """
    _require_deciding(viewer)
    decision = credit_form.decision_of(platform, new)
    _require_family(viewer, decision.family)
    with platform.store.write() as conn:
        known = _known(conn, decision.party, viewer)
        if known is None or not known.is_overseen(viewer):
            text = _NO_PARTY.format(party=privacy.quoted(decision.party, 80))
            raise AccessError("credit.party", text, "party", status=404)
        _require_new(conn, decision, viewer)
        number = crediting.enter(
            conn, decision, tenant=viewer.tenant, account=viewer.account, now=platform.clock()
        )
        entered = structs.replace(decision, number=number)
        _log_decision(platform, conn, entered, viewer.account)
        (found,) = _infos(platform.families, conn, [entered], viewer, today(platform.clock))
    return found


def withdraw(platform: Platform, new: NewWithdrawal, viewer: Viewer = OPERATOR) -> CreditInfo:
    """Take a credit decision back: it stays on file, with why, and holds no more from that day on.

    Raises:
        AccessError: the viewer is no authority and no administrator (403), or it is not the
            authority's, or none (404).
        SuyuanError: no ground, a day before the decision, or it was withdrawn before (409).
    """
    _require_deciding(viewer)
    withdrawal = credit_form.withdrawal_of(platform, new)
    with platform.store.write() as conn:
        decision = _decision_of(conn, new.number, viewer)
        credit_form.require_after(decision, withdrawal)
        if not crediting.withdraw(conn, withdrawal, account=viewer.account, now=platform.clock()):
            text = _AGAIN.format(number=new.number)
            raise SuyuanError("credit.withdrawn-before", text, "number", status=409)
        _log_withdrawal(platform, conn, decision.party, withdrawal, viewer.account)
        gone = structs.replace(decision, withdrawal=withdrawal)
        (found,) = _infos(platform.families, conn, [gone], viewer, today(platform.clock))
    return found


def decisions(
    platform: Platform,
    viewer: Viewer = OPERATOR,
    *,
    party: str = "",
    on: date | None = None,
    before: int | None = None,
) -> CreditPage:
    """The latest decisions that are the viewer's to oversee, or about it; withdrawn ones too.

    `party` is any code of one, `on` asks for those alone that hold on a day.

    Raises:
        SuyuanError: the party is no code of one.
    """
    day, whose = on or today(platform.clock), credit_form.party_of(platform, party) if party else ""
    with platform.store.read() as conn:
        reach = _reach(conn, viewer, whose, () if on is None else (on,))
        found = [] if reach is None else _listed(conn, reach, viewer, before)
        shown = tuple(_infos(platform.families, conn, found[:MOST], viewer, day))
    return CreditPage(on=day, decisions=shown, before=_next(found))


def credit_file(
    platform: Platform,
    party: str,
    viewer: Viewer = OPERATOR,
    *,
    on: date | None = None,
    before: int | None = None,
) -> CreditFile:
    """A party's credit file as of a day (today), read in one transaction.

    Raises:
        SuyuanError: no code of a party, or none that is registered (404).
    """
    now, whose = today(platform.clock), credit_form.party_of(platform, party)
    day = on or now
    with platform.store.read() as conn:
        known = _known(conn, whose, viewer)
        if known is None:
            text = _UNKNOWN.format(party=privacy.quoted(whose, 80))
            raise SuyuanError("credit.party", text, "party", status=404)
        is_whole = viewer.party == whose or known.is_overseen(viewer)
        found = _on_file(conn, whose, viewer, before, days=(now, day), is_whole=is_whole)
        return CreditFile(
            party=whose,
            name=known.party.name,
            on=day,
            whole=is_whole,
            decisions=tuple(_infos(platform.families, conn, found[:MOST], viewer, day)),
            before=_next(found),
            licences=tuple(_licences(platform, conn, whose, viewer, day)) if is_whole else (),
            inspections=tuple(inspections(platform, conn, known.sites, viewer, on=day))
            if is_whole
            else (),
        )


def may_decide(viewer: Viewer) -> bool:
    """Whether credit decisions are the viewer's to enter at all."""
    return viewer.role in {Role.ADMIN, Role.REGULATOR}


def may_withdraw(viewer: Viewer, each: CreditInfo) -> bool:
    """Whether a decision about a party that the viewer oversees is of its families too."""
    return may_decide(viewer) and _is_of_families(viewer, each.family)


def families_of(platform: Platform, viewer: Viewer) -> dict[str, Text]:
    """What a decision of the viewer's can be about, by id; where any will do, '' is none."""
    known = {each.id: each.name for each in platform.families.by_id.values()}
    return {
        name: text
        for name, text in ({"": Text("—", "—")} | known).items()
        if _is_of_families(viewer, name)
    }


def _require_deciding(viewer: Viewer) -> None:
    if not may_decide(viewer):
        raise AccessError("credit.not-yours", _NOT_YOURS, status=403)


def _require_family(viewer: Viewer, family: str) -> None:
    if not _is_of_families(viewer, family):
        text = _NO_FAMILY.format(known=", ".join(viewer.families))
        raise AccessError("credit.family", text, "family", status=403)


def _require_new(conn: WriteConnection, decision: CreditDecision, viewer: Viewer) -> None:
    same = crediting.same(conn, decision, tenant=viewer.tenant)
    if same is not None:
        text = _SAME.format(number=same)
        raise SuyuanError("credit.again", text, "document", status=409)


def _is_of_families(viewer: Viewer, family: str) -> bool:
    bound = viewer.families if viewer.role is Role.REGULATOR else ()
    return not bound or family in bound


def _known(conn: ReadConnection, party: str, viewer: Viewer) -> _Known | None:
    found = directory.named(conn, [party], tenant=viewer.tenant).get(party)
    if found is None:
        return None
    sites = directory.completion(conn, tenant=viewer.tenant, sites=(), parties=[party]).places
    return _Known(party=found, sites=sites.get(party, ()))


def _decision_of(conn: ReadConnection, number: int, viewer: Viewer) -> CreditDecision:
    """The decision of that number; one that is another authority's is answered as none."""
    is_number = 0 < number <= _LARGEST
    found = crediting.find(conn, number, tenant=viewer.tenant) if is_number else None
    known = None if found is None else _known(conn, found.party, viewer)
    is_reached = viewer.role is Role.ADMIN or (known is not None and known.is_overseen(viewer))
    if found is None or not (is_reached and _is_of_families(viewer, found.family)):
        raise AccessError("credit.none", _NONE.format(number=number), "number", status=404)
    return found


def _reach(
    conn: ReadConnection, viewer: Viewer, party: str, days: tuple[date, ...] = ()
) -> crediting.Reach | None:
    """What a viewer may list, of a party or (empty) of whomever it may; None: nothing."""
    if viewer.role is Role.ADMIN or (party and viewer.party == party):
        return crediting.Reach(party=party or None, days=days)
    families = viewer.families or None
    if viewer.role is not Role.REGULATOR:
        own = None if party else viewer.party
        return None if own is None else crediting.Reach(party=own, days=days)
    if not party:
        bound = crediting.Reach(areas=viewer.stems or None, families=families, days=days)
        return bound if bound.areas or bound.families else None
    known = _known(conn, party, viewer)
    is_overseen = known is not None and known.is_overseen(viewer)
    return crediting.Reach(party=party, families=families, days=days) if is_overseen else None


def _on_file(
    conn: ReadConnection,
    party: str,
    viewer: Viewer,
    before: int | None,
    *,
    days: tuple[date, ...],
    is_whole: bool,
) -> list[CreditDecision]:
    """Those about a party that its viewer oversees, and those that everybody is shown."""
    published = [each.id for each in credit_kinds.kinds().values() if each.published]
    public = crediting.Reach(party=party, kinds=published, days=days)
    open_to_all = _listed(conn, public, viewer, before)
    reach = _reach(conn, viewer, party) if is_whole else None
    overseen = [] if reach is None else _listed(conn, reach, viewer, before)
    found = {each.number: each for each in (*open_to_all, *overseen)}
    return [found[number] for number in sorted(found, reverse=True)][: MOST + 1]


def _listed(
    conn: ReadConnection, reach: crediting.Reach, viewer: Viewer, before: int | None
) -> list[CreditDecision]:
    below = _LARGEST if before is None else max(min(before, _LARGEST), 0)
    return crediting.listed(conn, reach, tenant=viewer.tenant, before=below, most=MOST + 1)


def _next(found: list[CreditDecision]) -> int | None:
    return found[MOST - 1].number if len(found) > MOST else None


def _licences(
    platform: Platform, conn: ReadConnection, party: str, viewer: Viewer, on: date
) -> Iterable[LicenceOn]:
    named = fileable(platform.families)["licence"]
    for each in directory.licences(conn, [party], tenant=viewer.tenant).get(party, ()):
        name = named[each.kind].name if each.kind in named else Text(each.kind, each.kind)
        yield LicenceOn(name=name, licence=each, holds=directory.is_valid(each, on))


def _infos(
    families: Families,
    conn: ReadConnection,
    found: Iterable[CreditDecision],
    viewer: Viewer,
    on: date,
) -> list[CreditInfo]:
    shown = list(found)
    parties = directory.named(conn, {each.party for each in shown}, tenant=viewer.tenant)
    names = {uri: party.name for uri, party in parties.items()}
    return [_info(families, each, names.get(each.party, _NO_NAME), on) for each in shown]


def _info(families: Families, each: CreditDecision, name: Text, on: date) -> CreditInfo:
    unnamed = credit_kinds.CreditKind(id=each.kind, zh=each.kind, en=each.kind, law=_NO_NAME)
    kind = credit_kinds.kinds().get(each.kind, unnamed)
    family = families.family(each.family) if each.family else None
    said = {field: getattr(each, field) for field in _SAID}
    way = None if each.withdrawal is None else credit_kinds.ways().get(each.withdrawal.way)
    return CreditInfo(
        **said,
        party_name=name,
        name=kind.name,
        family_name=_NO_NAME if family is None else family.name,
        state=each.state(on),
        law=kind.law,
        verified=kind.verified,
        adverse=kind.adverse,
        withdrawal=each.withdrawal,
        way_name=_NO_NAME if way is None else way.name,
    )


def _log_decision(
    platform: Platform, conn: WriteConnection, each: CreditDecision, account: int | None
) -> None:
    told: dict[str, Any] = {
        "decision": each.number, "credit": each.kind, "grade": each.grade, "ground": each.ground,
        "document": each.document, "authority": each.authority,
        "authority_code": each.authority_code, "family": each.family,
        "decided_on": each.decided_on.isoformat(), "valid_from": each.valid_from.isoformat(),
        "valid_to": None if each.valid_to is None else each.valid_to.isoformat(),
    }  # fmt: skip
    platform.log_act(conn, "credit.decided", party=each.party, account=account, **told)


def _log_withdrawal(
    platform: Platform,
    conn: WriteConnection,
    party: str,
    each: CreditWithdrawal,
    account: int | None,
) -> None:
    platform.log_act(
        conn, "credit.withdrawn", party=party, account=account,
        decision=each.decision, way=each.way, ground=each.ground, document=each.document,
        withdrawn_on=each.withdrawn_on.isoformat(),
    )  # fmt: skip
