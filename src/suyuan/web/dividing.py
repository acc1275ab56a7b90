"""Pages of administrative divisions: search, and what a code was, is and became."""

from datetime import date

from litestar import Response
from msgspec import Struct

from suyuan.codes import divisions, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.service import (
    Divided,
    day_of,
    divided,
    divisions_named,
    provinces,
    require_name,
)
from suyuan.web.request import AnyRequest
from suyuan.web.respond import respond

_LONGEST = 60
_NO_DIVISION = Text("没有这个行政区划代码", "There is no such code of a division")
LEVELS = (Text("省级", "province"), Text("地级", "prefecture"), Text("县级", "county"))
_OLDER = Text("{year} 年或更早", "{year} or before")
_YEAR = Text("{year} 年", "{year}")
_SO_FAR = Text("{begun}至今", "{begun} until now")
_TO = Text("{begun}至 {ended}", "{begun} to {ended}")
_WIDTH, _ROW, _AXIS = 320, 30, 16


class Bar(Struct, frozen=True):
    """A period on the strip: from where, how wide, whether it goes on, and what it says."""

    x: float
    width: float
    label: Text
    span: Text
    goes_on: bool


class Strip(Struct, frozen=True):
    """The periods of a code over the years, in units of a drawing 320 wide; a row for each."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[float, int], ...]
    height: int


def divisions_page(request: AnyRequest) -> Response[str]:
    """The search box, and what is found; without a name, the provinces."""
    code = request.query_params.get("code")
    text = privacy.quoted((code or request.query_params.get("name") or "").strip(), _LONGEST)
    on = privacy.quoted(request.query_params.get("on", "").strip(), _LONGEST)
    try:
        if code is not None:
            require_name(code, "code")
        day = day_of(on, "on")
        found, wrong = divisions_named(text, day) if text else provinces(), None
    except SuyuanError as error:
        found, wrong = divisions_named(text) if text else provinces(), error.text
    return respond(
        request,
        "divisions.html",
        text=text,
        on=on,
        wrong=wrong,
        found=found,
        span=span,
        first=divisions.FIRST_LIST,
        latest=divisions.LATEST_LIST,
    )


def division_page(request: AnyRequest) -> Response[str]:
    """All that is known of a code."""
    code = privacy.cut(str(request.path_params.get("code", "")), _LONGEST)
    try:
        answer = divided(code, day_of(request.query_params.get("on"), "on"))
    except SuyuanError as error:
        status = error.status
        title = _NO_DIVISION if not divisions.history(code) else error.text
        detail = error.text if not divisions.history(code) else Text("", "")
        return respond(request, "problem.html", status=status, title=title, detail=detail)
    level = LEVELS[answer.asked.level - 1]
    return respond(
        request, "division.html", answer=answer, strip=strip(answer), span=span, level=level
    )


def strip(answer: Divided) -> Strip:
    """The history of a code as bars over the years."""
    rows = divisions.history(answer.asked.code)
    bars = tuple(
        Bar(
            _at(row.valid_from),
            max(_at(row.valid_to or divisions.LATEST_LIST) - _at(row.valid_from), 2),
            each.name,
            span(each.since, each.until),
            not row.until,
        )
        for row, each in zip(rows, answer.history, strict=True)
    )
    years = tuple(
        (_at(date(year, 1, 1)), year) for year in range(1990, divisions.LATEST_LIST.year, 10)
    )
    return Strip(bars, years, _ROW * len(bars) + _AXIS)


def span(since: str, until: str | None) -> Text:
    """From when to when, in words, as exactly as it is known."""
    begun = _OLDER.format(year=since) if since == str(divisions.FIRST_LIST.year) else _when(since)
    if until is None:
        return _SO_FAR.format(begun=begun)
    return _TO.format(begun=begun, ended=_when(until))


def _when(edge: str) -> Text:
    return _YEAR.format(year=edge) if edge.isdecimal() else Text(edge, edge)


def _at(day: date) -> float:
    whole = (divisions.LATEST_LIST - divisions.FIRST_LIST).days
    return round((day - divisions.FIRST_LIST).days / whole * _WIDTH, 1)


division_pages = {"divisions": divisions_page, "division": division_page}
"""By operation of the API: what a browser is given at the same address."""
