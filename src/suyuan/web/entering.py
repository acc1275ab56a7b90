"""Pages for who reports one thing that happened: the steps there are, and the form of each.

They work without script. What is written is checked first; where nothing is found it is recorded
at once, else its author sees what was found beside the fields and says whether it stands.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath, FromQuery
from msgspec import structs

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.service import (
    EntryForm,
    TakenIn,
    check_entry,
    enter,
    entry_form,
    offers,
)
from suyuan.templates.types import Written
from suyuan.web.forms import guarded, require_seal, seal_of
from suyuan.web.request import AnyRequest, platform_of
from suyuan.web.respond import respond
from suyuan.web.ruling import SEVERITIES, TONES
from suyuan.web.workbooks import COUNTED, masked, most_grave_first

_NO_STEP: Final = Text("没有这个环节", "There is no such step")
_ELSEWHERE: Final = {
    "readPoint.id": Text("别处的地点编码", "Place elsewhere, by its code"),
    "bizLocation.id": Text("其后在别处，地点编码", "Place afterwards, elsewhere, by its code"),
}
_LIMIT: Final = 256 << 10
_LONGEST: Final = 300
_ROWS, _MORE, _MOST_ROWS = 1, 3, 60


@get("/record", sync_to_thread=True)
def record_page(request: AnyRequest, thing: FromQuery[str] = "") -> Response[Any]:
    """The steps that can be reported, one's own first; a thing goes on into their forms."""
    kept = _unless_personal(privacy.cut(thing, _LONGEST))
    return guarded(
        request,
        lambda capturer: respond(
            request, "record.html", offers=offers(platform_of(request), capturer), thing=kept
        ),
    )


@get("/record/{family:str}/{step:str}", sync_to_thread=True)
def record_form(
    request: AnyRequest, family: FromPath[str], step: FromPath[str], thing: FromQuery[str] = ""
) -> Response[Any]:
    """The form of a step."""

    def shown(capturer: Capturer) -> Response[Any]:
        kept = privacy.cut(thing, _LONGEST)
        try:
            form = entry_form(platform_of(request), family, step, capturer, thing=kept)
        except SuyuanError as error:
            return _none_such(request, error)
        return _shown(request, form, form.filled)

    return guarded(request, shown)


@post("/record/{family:str}/{step:str}", status_code=200, request_max_body_size=_LIMIT)
async def record_written(
    request: AnyRequest, family: FromPath[str], step: FromPath[str]
) -> Response[Any]:
    """What was found in the form, or what became of it."""
    sent = await request.form()
    written = {key: [str(one) for one in sent.getall(key)] for key in sent}
    return await sync_to_thread(
        guarded, request, lambda capturer: _taken(request, family, step, written, capturer)
    )


def _taken(
    request: AnyRequest, family: str, step: str, written: Written, capturer: Capturer
) -> Response[Any]:
    platform = platform_of(request)
    said = {key: values[0] for key, values in written.items() if values}
    try:
        form = entry_form(platform, family, step, capturer)
    except SuyuanError as error:
        return _none_such(request, error)
    try:
        require_seal(request, said)
        if said.get("do") == "more":
            return _shown(request, form, written, more=_MORE)
        taken = check_entry(platform, form.template, written)
        if taken.is_clear or (taken.is_sound and said.get("do") == "stands"):
            taken = enter(platform, form.template, written, capturer)
    except SuyuanError as error:
        return _shown(request, form, written, wrong=error)
    return _shown(request, form, written, taken)


def _none_such(request: AnyRequest, error: SuyuanError) -> Response[Any]:
    return respond(request, "problem.html", status=error.status, title=_NO_STEP, detail=error.text)


def _shown(
    request: AnyRequest,
    form: EntryForm,
    written: Written,
    taken: TakenIn | None = None,
    *,
    wrong: SuyuanError | None = None,
    more: int = 0,
) -> Response[Any]:
    written = {key: [_unless_personal(one) for one in each] for key, each in written.items()}
    findings = [masked(one) for one in most_grave_first(taken.findings if taken else ())]
    places = {key: name for key, name in _ELSEWHERE.items() if form.places}
    keys = {column.key for field in form.fields for column in field.columns}
    return respond(
        request,
        "record_form.html",
        status=200 if wrong is None else wrong.status,
        form=form,
        written=written,
        rows=_rows(form, written, more),
        taken=taken,
        wrong=None if wrong is None else wrong.text,
        findings=[structs.replace(one, sheet="") for one in findings],
        keys=keys,
        places=places,
        elsewhere=_elsewhere(form, written, places),
        seal=seal_of(request),
        counted=COUNTED,
        severities=SEVERITIES,
        tones=TONES,
    )


def _unless_personal(text: str) -> str:
    """The text again, but the number of a person is not shown a second time."""
    return text if privacy.masked(text) == text else ""


def _elsewhere(form: EntryForm, written: Written, places: Iterable[str]) -> dict[str, str]:
    """The places that were written by code, since they are none of the party's own."""
    own = {site.uri for site in form.places}
    return {
        key: next((each for each in written.get(key, ()) if each not in own), "") for key in places
    }


def _rows(form: EntryForm, written: Written, more: int) -> Mapping[str, int]:
    """How often a list of amounts has its fields: as often as it was written, and some more."""
    stated = {
        field.key: max(len(written.get(column.key, ())) for column in field.columns)
        for field in form.fields
        if field.kind == "amounts"
    }
    return {key: min(max(rows + more, _ROWS), _MOST_ROWS) for key, rows in stated.items()}


handlers: Final = (record_page, record_form, record_written)
