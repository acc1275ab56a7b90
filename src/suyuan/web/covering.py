"""The page on which a file of deliveries is sent: which of them can explain the cases.

It works without script. The file is not kept, and nothing of it is recorded.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Response
from litestar.concurrency import sync_to_thread
from litestar.datastructures import FormMultiDict, UploadFile

from suyuan.codes import privacy
from suyuan.drawings import bars
from suyuan.kit import SuyuanError, Text
from suyuan.service import covering
from suyuan.web.forms import sent_form
from suyuan.web.given import said_where
from suyuan.web.request import AnyRequest, reader_of, reading
from suyuan.web.respond import refuse, respond, signed_in
from suyuan.web.workbooks import masked

_FIELDS: Final = ("case", "cross", "kill", "dates", "plain")
_SHOWN: Final = 40
_FORGIVEN: Final = 50
_PARTS: Final = (
    ("stations", Text("站点", "Stations")),
    ("lots", Text("批次", "Lots")),
    ("deliveries", Text("交货", "Deliveries")),
)
DATES: Final = {
    "inferred": Text("文件里写的，以及由它们推出的", "those in the file, and what they imply"),
    "stated": Text("只按文件里写的", "only those in the file"),
    "ignored": Text("不看日期", "none"),
}
"""Which dates bound what crosses, the usual first."""
_SHARE: Final = Text("{share} %", "{share} %")


@signed_in
def coverage_page(request: AnyRequest) -> Response[Any]:
    """The form for a file and the cases."""
    return _shown(request, dict.fromkeys(_FIELDS, ""))


async def coverage_form(request: AnyRequest) -> Response[Any]:
    """What explains most of the cases, or the form again with what is wrong."""
    try:
        form = await sent_form(request, covering.too_large())
    except SuyuanError as error:
        none, wrong = dict.fromkeys(_FIELDS, ""), error
        return await sync_to_thread(signed_in(lambda asked: _refused(asked, wrong, none)), request)
    sent = form.get("file")
    data = await sent.read(covering.SIZE + 1) if isinstance(sent, UploadFile) else b""
    given = {name: _text(form, name) for name in _FIELDS}
    return await sync_to_thread(signed_in(lambda asked: _found(asked, data, given)), request)


def _text(form: FormMultiDict, name: str) -> str:
    """What was typed into a field, or sent under its name several times, one a line."""
    texts = (each for each in form.getall(name, []) if isinstance(each, str))
    return "\n".join(texts).strip()


def _found(request: AnyRequest, data: bytes, given: Mapping[str, str]) -> Response[Any]:
    try:
        asked = covering.CoverageAsked(
            cases=covering.weights_typed(_lines(given["case"])),
            crossed=_lines(given["cross"]),
            killed=_lines(given["kill"]),
            dates=given["dates"] if given["dates"] in DATES else "inferred",
            plain=given["plain"] == "true",
        )
        found = covering.coverage_sent(data, asked)
    except SuyuanError as error:
        return _refused(request, error, given)
    return _shown(request, given, found)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _refused(request: AnyRequest, error: SuyuanError, given: Mapping[str, str]) -> Response[Any]:
    return refuse(
        request, "coverage.html", error, given=_masked(given), found=None, dates=DATES,
        where=said_where(error.place),
    )  # fmt: skip


def _shown(
    request: AnyRequest, given: Mapping[str, str], found: covering.CoverageFound | None = None
) -> Response[Any]:
    values: dict[str, Any] = {}
    if found is not None:
        lang = reader_of(request, reading(request)).lang
        best = _best(found.stations)
        values = {
            "best": best,
            "alike": len({(each.cases, each.controls) for each in best}) == 1,
            "picture": bars.bars_drawn(_bars(found.stations), lang),
            "parts": [(word, getattr(found, part)) for part, word in _PARTS],
            "forgiven": list(map(masked, found.findings[:_FORGIVEN])),
            "shown": _SHOWN,
        }
    return respond(
        request,
        "coverage.html",
        wrong=None,
        given=_masked(given),
        found=found,
        dates=DATES,
        **values,
    )


def _masked(given: Mapping[str, str]) -> dict[str, str]:
    return {name: privacy.masked(text) for name, text in given.items()}


def _best(stations: Sequence[covering.Explaining]) -> list[covering.Explaining]:
    """Those of which none explains more."""
    return [each for each in stations if each.combined == stations[0].combined]


def _bars(stations: Sequence[covering.Explaining]) -> list[bars.Bar]:
    return [
        bars.Bar(
            name=privacy.masked(each.name or each.id),
            said=_SHARE.format(share=f"{each.combined * 100:.0f}"),
            low=0,
            high=each.combined,
        )
        for each in stations
        if each.combined > 0
    ]


coverage_pages: Final = {"coverage": coverage_form, "coverageForm": coverage_page}
"""By operation of the API: what a browser is given for the form that it sends, and the form."""
