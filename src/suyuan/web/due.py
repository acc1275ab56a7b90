"""The page of deadlines: which clocks of law run, what was filed, is due or overdue."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Final

from litestar import Response

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import in_china
from suyuan.service import clocks, day_of
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import respond, signed_in

_SHOWN: Final = 100
_LONGEST: Final = 40
_CHINA: Final = timezone(timedelta(hours=8))
_TONES: Final = {
    clocks.State.OVERDUE: "stop",
    clocks.State.LATE: "stop",
    clocks.State.OPEN: "note",
    clocks.State.DUE: "note",
    clocks.State.HELD: "note",
    clocks.State.FILED: "good",
    clocks.State.MOOT: "",
}


@signed_in
def due_page(request: AnyRequest) -> Response[Any]:
    """The clocks that who is signed in may see, as of the day typed or now; the overdue first."""
    on, wrong = _day(request)
    at = None if on is None else datetime.combine(on, time.max, _CHINA)
    found = clocks.running(platform_of(request), asking(request).viewer, at=at)
    typed = privacy.quoted(request.query_params.get("on", "").strip(), _LONGEST)
    return respond(
        request,
        "due.html",
        found=found,
        shown=found.clocks[:_SHOWN],
        more=len(found.clocks) - _SHOWN,
        typed=typed,
        wrong=wrong,
        said=clocks.SAID,
        tones=_TONES,
        length=clocks.length,
        when_in_china=in_china,
    )


def _day(request: AnyRequest) -> tuple[date | None, Text | None]:
    """The day typed, and what is wrong with it; then it is shown as of now."""
    typed = privacy.quoted(request.query_params.get("on", "").strip(), _LONGEST)
    try:
        return day_of(typed, "on"), None
    except SuyuanError as error:
        return None, error.text


due_pages: Final = {"due": due_page}
