"""Takes a credit decision or its withdrawal as it is typed; gives it as it is kept, or why not."""

import unicodedata
from datetime import date
from typing import Final

from msgspec import Struct

from suyuan.codes import nobody, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.registry import credit_kinds
from suyuan.registry.types import CreditDecision, CreditWithdrawal
from suyuan.service import filing_codes
from suyuan.service.platform import Platform
from suyuan.service.ruling import named_family, today

_LONGEST: Final = 200
_LONGEST_GROUND: Final = 1_000
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_USCC: Final = "urn:suyuan:uscc:"
_KIND: Final = Text(
    "没有信用决定种类“{given}”；可选：{known}。",
    "There is no kind of credit decision '{given}'; use one of: {known}.",
)
_WAY: Final = Text(
    "没有撤回方式“{given}”；可选：{known}。",
    "There is no way '{given}' to take a decision back; use one of: {known}.",
)
_GRADE: Final = Text(
    "“{kind}”须写等级，其一：{known}。", "The kind '{kind}' has a grade, one of: {known}."
)
_NO_GRADE: Final = Text(
    "“{kind}”没有等级；请不写等级。", "The kind '{kind}' has no grade; leave it out."
)
_TEXT: Final = Text(
    "请写明{what}：1 至 {most} 个字符，没有控制字符和看不见的字符；只有依据可以分行。",
    "Say the {what}: 1 to {most} characters, no control character and none that is not seen; the "
    "ground alone may have several lines.",
)
_AUTHORITY_CODE: Final = Text(
    "“{given}” 不是统一社会信用代码；请核对 18 位代码，或不写。",
    "'{given}' is no unified social credit code; compare its 18 characters, or leave it out.",
)
_FUTURE: Final = Text(
    "{day} 还没有到（今天是 {today}）；请写决定书上的日期。",
    "{day} is yet to come (today is {today}); write the day that the decision bears.",
)
_DAYS: Final = Text(
    "截止日 {end} 早于起始日 {begin}；请对调或改正。",
    "The last day {end} is before the first, {begin}; exchange them, or mend the wrong one.",
)
_TOO_EARLY: Final = Text(
    "撤回日 {day} 早于决定日 {decided}；请改正撤回日。",
    "It is withdrawn on {day}, before it was decided on {decided}; mend the day of withdrawal.",
)


class NewDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A credit decision to be entered: who is meant by any of its codes, and what was decided.

    Without `valid_from` it holds from the day on which it was decided, without `valid_to` until it
    is withdrawn; both days inclusive.
    """

    party: str
    kind: str
    ground: str
    document: str
    authority: str
    decided_on: date
    valid_from: date | None = None
    valid_to: date | None = None
    grade: str = ""
    authority_code: str = ""
    family: str = ""


class NewWithdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision that is taken back, in which way and why; from `withdrawn_on` (today) on."""

    number: int
    ground: str
    way: str = "revoked"
    document: str = ""
    withdrawn_on: date | None = None


def decision_of(platform: Platform, new: NewDecision) -> CreditDecision:
    """The decision as it is kept.

    Raises:
        SuyuanError: something is missing or out of form, or holds a person's number.
    """
    begin, end = new.valid_from or new.decided_on, new.valid_to
    if end is not None and end < begin:
        raise SuyuanError("credit.days", _DAYS.format(begin=begin, end=end), "valid_to")
    _require_past(platform, new.decided_on, "decided_on")
    if new.family:
        named_family(platform.families, new.family)
    return CreditDecision(
        party=party_of(platform, new.party),
        kind=new.kind,
        grade=_grade(new.kind, new.grade),
        ground=_said("ground", new.ground, most=_LONGEST_GROUND),
        document=_said("document", new.document),
        authority=_said("authority", new.authority),
        authority_code=_authority_code(platform, new.authority_code.strip()),
        family=new.family,
        decided_on=new.decided_on,
        valid_from=begin,
        valid_to=end,
    )


def withdrawal_of(platform: Platform, new: NewWithdrawal) -> CreditWithdrawal:
    """The withdrawal as it is kept.

    Raises:
        SuyuanError: no ground, no such way, a day to come, or a person's number.
    """
    known = credit_kinds.ways()
    if new.way not in known:
        text = _WAY.format(given=privacy.quoted(new.way, 40), known=", ".join(known))
        raise SuyuanError("credit.way", text, "way")
    day = new.withdrawn_on or today(platform.clock)
    _require_past(platform, day, "withdrawn_on")
    return CreditWithdrawal(
        decision=new.number,
        way=new.way,
        ground=_said("ground", new.ground, most=_LONGEST_GROUND),
        document=_said("document", new.document) if new.document.strip() else "",
        withdrawn_on=day,
    )


def require_after(decision: CreditDecision, withdrawal: CreditWithdrawal) -> None:
    """See that a decision is not withdrawn before it was made.

    Raises:
        SuyuanError: it is.
    """
    if withdrawal.withdrawn_on < decision.decided_on:
        text = _TOO_EARLY.format(day=withdrawal.withdrawn_on, decided=decision.decided_on)
        raise SuyuanError("credit.days", text, "withdrawn_on")


def party_of(platform: Platform, text: str) -> str:
    """The URI of the party that a code names: its social credit code, GLN or URI.

    Raises:
        SuyuanError: it is no code of a party.
    """
    given = text.strip()
    found = filing_codes.code(given if _is_plain(given) else "", "party", platform.config.resolvers)
    if (remark := found.remark) is not None:
        said = Text(f"{remark.message.zh}{remark.cure.zh}", f"{remark.message.en} {remark.cure.en}")
        raise SuyuanError("credit.party", said, "party")
    nobody.require_nobody(party=found.value)
    return found.value


def _require_past(platform: Platform, day: date, place: str) -> None:
    now = today(platform.clock)
    if day > now:
        raise SuyuanError("credit.future", _FUTURE.format(day=day, today=now), place)


def _grade(kind: str, grade: str) -> str:
    known = credit_kinds.kinds()
    if kind not in known:
        text = _KIND.format(given=privacy.quoted(kind, 40), known=", ".join(known))
        raise SuyuanError("credit.kind", text, "kind")
    of, given = known[kind], grade.strip().upper()
    if of.grades and given not in of.grades:
        text = _GRADE.format(kind=of.name, known=", ".join(of.grades))
        raise SuyuanError("credit.grade", text, "grade")
    if given and not of.grades:
        raise SuyuanError("credit.grade", _NO_GRADE.format(kind=of.name), "grade")
    return given


def _said(what: str, text: str, *, most: int = _LONGEST) -> str:
    """A text that is kept for good: in bounds, and of nobody by number."""
    said = text.replace("\r\n", "\n").strip()
    is_plain = _is_plain(said.replace("\n", " ") if what == "ground" else said)
    if not (0 < len(said) <= most and is_plain):
        raise SuyuanError("credit.text", _TEXT.format(what=nobody.called(what), most=most), what)
    nobody.require_nobody(**{what: said})
    return said


def _is_plain(text: str) -> bool:
    """Whether all in it is seen, in its order: no control or format character, no half of a pair.

    What turns the order of letters about would have everybody read something else than was kept.
    """
    return not any(unicodedata.category(mark) in _UNSEEN for mark in text)


def _authority_code(platform: Platform, given: str) -> str:
    if not given:
        return ""
    read = filing_codes.code(given if _is_plain(given) else "", "party", platform.config.resolvers)
    if not read.value.startswith(_USCC):
        text = _AUTHORITY_CODE.format(given=privacy.quoted(given, 40))
        raise SuyuanError("credit.authority-code", text, "authority_code")
    return read.value.removeprefix(_USCC)
