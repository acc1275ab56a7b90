"""The page of a party's credit file: decisions, licences, inspections; forms for who may decide.

It works without script. Without a party it lists the latest decisions that who is signed in may
see, and asks for a party. What was ordered is answered by the way to the file, so that looking at
it again orders nothing.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import there
from suyuan.service import Platform, crediting, day_of, require_account
from suyuan.web.forms import require_seal, seal_of
from suyuan.web.given import fields_typed
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import refuse, respond, to_sign_in

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_FIELDS: Final = ("party", "on", "before")
_LONGEST: Final = 300
_NO_NUMBER: Final = Text(
    "“{given}” 不是信用决定的编号。", "'{given}' is no number of a credit decision."
)
_NEEDED: Final = Text("请填写{what}。", "Fill in the {what}.")
_DECIDED_ON: Final = Text("决定日", "day of the decision")
_TERM: Final = Text(
    "据称公布 {term} 个月，满 {repair} 个月可申请修复（未核实）。",
    "Said to be published for {term:month|months}; repair is said to be possible after "
    "{repair:month|months} (unverified).",
)


def credit_page(request: AnyRequest) -> Response[Any]:
    """A party's credit file as of a day; without a party the decisions one may see, and the form.

    Everybody is shown what is published and holds.
    """
    given = fields_typed(request, _FIELDS)
    if isinstance(given, Redirect):
        return given
    try:
        shown = _shown(request, **given)
    except SuyuanError as error:
        return refuse(request, "credit.html", error, **_around(request, given))
    return respond(request, "credit.html", wrong=None, **(_around(request, given) | shown))


@post("/credit/decide", status_code=200, sync_to_thread=True)
def decide_form(request: AnyRequest, data: Form) -> Response[Any]:
    """Enter a decision, and lead to the file; or the file with what is wrong."""

    def ordered(platform: Platform) -> str:
        new = crediting.NewDecision(
            party=data.get("party", ""),
            kind=data.get("kind", ""),
            grade=data.get("grade", ""),
            ground=data.get("ground", ""),
            document=data.get("document", ""),
            authority=data.get("authority", ""),
            authority_code=data.get("authority_code", ""),
            family=data.get("family", ""),
            decided_on=_needed_day(data),
            valid_from=day_of(data.get("valid_from"), "valid_from"),
            valid_to=day_of(data.get("valid_to"), "valid_to"),
        )
        return crediting.decide(platform, new, asking(request).viewer).party

    return _ordered(request, data, ordered)


@post("/credit/withdraw", status_code=200, sync_to_thread=True)
def withdraw_form(request: AnyRequest, data: Form) -> Response[Any]:
    """Take a decision back, and lead to the file; or the file with what is wrong."""

    def ordered(platform: Platform) -> str:
        new = crediting.NewWithdrawal(
            number=_number(data.get("number", ""), "number"),
            ground=data.get("ground", ""),
            way=data.get("way", ""),
            document=data.get("document", ""),
            withdrawn_on=day_of(data.get("withdrawn_on"), "withdrawn_on"),
        )
        return crediting.withdraw(platform, new, asking(request).viewer).party

    return _ordered(request, data, ordered)


def _ordered(
    request: AnyRequest, data: Mapping[str, str], work: Callable[[Platform], str]
) -> Response[Any]:
    try:
        require_account(asking(request))
    except SuyuanError:
        return to_sign_in(request)
    try:
        require_seal(request, data)
        party = work(platform_of(request))
    except SuyuanError as error:
        typed = {name: privacy.masked(text) for name, text in data.items()}
        given = {"party": privacy.cut(typed.get("party", ""), _LONGEST), "on": "", "before": ""}
        values = _around(request, given) | _still(request, given) | {"typed": typed}
        return refuse(request, "credit.html", error, **values)
    return Redirect(f"/credit?{urlencode({'party': party})}", status_code=303)


def _still(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    """The file beside what went wrong, if there is one."""
    try:
        return _shown(request, **given)
    except SuyuanError:
        return {}


def _shown(request: AnyRequest, *, party: str, on: str, before: str) -> dict[str, Any]:
    platform, who = platform_of(request), asking(request)
    day, below = day_of(on, "on"), _number(before, "before") if before else None
    if party:
        found = crediting.credit_file(platform, party, who.viewer, on=day, before=below)
        return {"found": found}
    if who.name is None:
        return {}
    return {"listed": crediting.decisions(platform, who.viewer, on=day, before=below)}


def _around(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    """What the page needs whatever it shows."""
    platform, viewer = platform_of(request), asking(request).viewer
    return {
        "given": given, "found": None, "listed": None, "typed": {}, "seal": seal_of(request),
        "may_decide": crediting.may_decide(viewer),
        "may_withdraw": partial(crediting.may_withdraw, viewer),
        "kinds": crediting.kinds(), "ways": crediting.ways(), "states": crediting.STATES,
        "families": crediting.families_of(platform, viewer),
        "tone": _tone, "term": _term, "earlier": _earlier,
        "day_there": lambda each: there(each.at, each.offset).date().isoformat(),
    }  # fmt: skip


def _tone(each: crediting.CreditInfo) -> str:
    """How a decision is to be taken at a glance: only what speaks against a party stands out."""
    return "stop" if each.state == "holds" and each.adverse else ""


def _term(kind: str) -> Text | None:
    """For how long a kind is said to be published; nothing goes by it."""
    known = crediting.kinds().get(kind)
    if known is None or known.term_months is None or known.repair_months is None:
        return None
    return _TERM.format(term=known.term_months, repair=known.repair_months)


def _earlier(given: Mapping[str, str], before: int) -> str:
    """The address of what comes before."""
    kept = {name: text for name, text in given.items() if text}
    return f"/credit?{urlencode(kept | {'before': str(before)})}"


def _needed_day(data: Mapping[str, str]) -> Any:
    day = day_of(data.get("decided_on"), "decided_on")
    if day is None:
        raise SuyuanError("credit.day", _NEEDED.format(what=_DECIDED_ON), "decided_on")
    return day


def _number(text: str, place: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004 -- digits of a bigint
        text = privacy.quoted(text, 40)
        raise SuyuanError("credit.number", _NO_NUMBER.format(given=text), place)
    return int(text)


credit_pages: Final = {"creditFile": credit_page}
handlers: Final = (decide_form, withdraw_form)
