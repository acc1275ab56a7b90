"""The page on which somebody who is responsible traces a thing: who had it, from whom, how much.

It works without script. Drawn from what its reader may see; contacts are the operator's alone.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect

from suyuan.codes import privacy
from suyuan.drawings import of_trace, on_paper, paper, picture, sankey, words
from suyuan.interchange import Form
from suyuan.kit import SuyuanError, Text
from suyuan.kit.amounts import amount, plain
from suyuan.kit.clock import there
from suyuan.service import Told, export, told
from suyuan.trace import Direction, Question, Seed
from suyuan.web.given import RESTING, day_typed, fields_typed, rest_fields, things_typed
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of, reading
from suyuan.web.respond import refuse, respond, signed_in

_FIELDS: Final = ("thing", "direction", "as_of", *RESTING)
_SHOWN: Final = 60
FORMS: Final = (
    (Form.PDF, Text("PDF", "PDF")),
    (Form.CSV, Text("表格 CSV", "CSV table")),
    (Form.FSMA204, Text("FSMA 204 工作簿", "FSMA 204 sheet")),
    (Form.EPCIS, Text("EPCIS 事件", "EPCIS events")),
    (Form.FCL, Text("FoodChain-Lab", "FoodChain-Lab")),
    (Form.GRAPHML, Text("GraphML 图", "GraphML graph")),
)
"""In which order pages offer files, and what they call them."""

_NO_FORM: Final = Text("没有格式“{form}”。", "There is no form '{form}'.")


@signed_in
def trace_page(request: AnyRequest) -> Response[Any]:
    """The form; once a code is given who had it, in words and drawings; or the answer as a file."""
    given = fields_typed(request, _FIELDS)
    if isinstance(given, Redirect):
        return given
    try:
        question = _question(request, given)
        form = form_typed(request.query_params.get("format", ""))
        if question is not None and form is not None:
            return file_of(request, question, form)
        found = _told(request, question)
    except SuyuanError as error:
        return refuse(request, "trace.html", error, given=given, found=None)
    return respond(request, "trace.html", wrong=None, given=given, **_shown(request, found, given))


def form_typed(form: str) -> Form | None:
    """The form of a link that the page offers; None where none is asked for.

    Raises:
        SuyuanError: there is none of that name.
    """
    if form and form not in set(Form):
        raise SuyuanError("export.form", _NO_FORM.format(form=privacy.quoted(form)), "format")
    return Form(form) if form else None


def file_of(
    request: AnyRequest, question: Question, form: Form, *, recall: bool = False
) -> Response[bytes]:
    """The answer as a file, for whoever is signed in."""
    who = asking(request)
    reader = reader_of(request, who)
    made = export(
        platform_of(request),
        question,
        who.viewer,
        form,
        recall=recall,
        name=who.name,
        lang=reader.lang,
        draw=on_paper,
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}"',
        "Vary": "Accept, Accept-Language, Authorization, Cookie",
    }
    return Response(made.content, media_type=made.media, headers=headers)


def file_links(path: str, given: Mapping[str, str]) -> list[tuple[Text, str]]:
    """What the same question as a file is called, and where it is."""
    asked = {name: text for name, text in given.items() if text}
    return [(name, f"{path}?{urlencode(asked | {'format': form.value})}") for form, name in FORMS]


def _question(request: AnyRequest, given: Mapping[str, str]) -> Question | None:
    seeds = tuple(Seed(thing=each) for each in things_typed(request, given["thing"]))
    rest = rest_fields(given)
    if not seeds:
        return None
    forward = given["direction"] == Direction.FORWARD
    question = Question(
        seeds=seeds,
        direction=Direction.FORWARD if forward else Direction.BACKWARD,
        as_of=day_typed(given["as_of"], last=True),
    )
    return rest.of(question)


def _told(request: AnyRequest, question: Question | None) -> Told | None:
    if question is None:
        return None
    who = asking(request)
    lang = reader_of(request, who).lang
    return told(platform_of(request), question, who.viewer, lang=lang)


def _shown(request: AnyRequest, found: Told | None, given: Mapping[str, str]) -> dict[str, Any]:
    if found is None or not found.answer.cost.facts:
        return {"found": found}
    reader = reader_of(request, reading(request))
    chart, streams = of_trace(found)
    drawn = sankey(chart, streams, reader.lang)
    return {
        "found": found,
        "picture": picture(chart, reader.lang),
        "sankey": drawn,
        "undrawn": paper.undrawn(chart, drawn),
        "streams": words(chart, streams, reader.lang),
        "responsible": found.responsible[:_SHOWN],
        "more": max(len(found.responsible) - _SHOWN, 0),
        "files": file_links("/trace", given),
        "sees_all": asking(request).viewer.sees_all,
        "day": day_of,
        "amount": amount,
        "plain": plain,
    }


def day_of(at: Any) -> str:
    """A time as the minute on China's clock."""
    return f"{there(at, '+08:00'):%Y-%m-%d %H:%M}"


trace_pages: Final = {"trace": trace_page}
"""By operation of the API: what a browser is given at the same address."""
