"""The page on which somebody who is responsible traces a thing: who had it, from whom, how much.

It works without script. Drawn from what its reader may see; contacts are the operator's alone.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from litestar import Response
from litestar.response import Redirect
from markupsafe import Markup
from msgspec import structs

from suyuan.codes import privacy, shown
from suyuan.drawings import (
    layout,
    of_trace,
    on_paper,
    paper,
    pictured,
    presence,
    sankey,
    timed,
    words,
)
from suyuan.drawings.types import Holder, Pictured
from suyuan.interchange import Form, assuming
from suyuan.kit import SuyuanError, Text
from suyuan.kit.amounts import amount, plain
from suyuan.kit.clock import there
from suyuan.service import Told, export, requests, told
from suyuan.trace import Direction, Question, Seed, opening
from suyuan.web.given import (
    RESTING,
    WITHIN,
    fields_typed,
    question_typed,
    rest_fields,
    whole_typed,
)
from suyuan.web.render import Reader
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of, reading
from suyuan.web.respond import refuse, respond, signed_in
from suyuan.web.unfolding import listed, opened, unfold_links, unfolded

_FIELDS: Final = ("thing", "direction", "as_of", "depth", *WITHIN, *RESTING)
_DEEPEST: Final = 10_000
_SHOWN: Final = 60
_ROWS: Final = 24
"""As many rows over time are read at a glance; where there are more, those of a phone stand."""
FORMS: Final = (
    (Form.PDF, Text("PDF", "PDF")),
    (Form.CSV, Text("表格 CSV", "CSV table")),
    (Form.FSMA204, Text("FSMA 204 工作簿", "FSMA 204 sheet")),
    (Form.EPCIS, Text("EPCIS 事件", "EPCIS events")),
    (Form.FCL, Text("FoodChain-Lab", "FoodChain-Lab")),
    (Form.GRAPHML, Text("GraphML 图", "GraphML graph")),
)
"""In which order pages offer files, and what they call them."""

_FORMS: Final = "forms"
_ASK: Final = Text("问询表（压缩包）", "Forms that ask further, zipped")
_NOBODY: Final = Text(
    "这条链没有可以再问的单位。", "The trace stops at nobody who could be asked further."
)
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
        if question is not None and request.query_params.get("ask") == _FORMS:
            return _forms_of(request, question)
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


def _forms_of(request: AnyRequest, question: Question) -> Response[bytes]:
    """The workbooks that ask those at whom the trace stops, in one file.

    Raises:
        SuyuanError: it stops at nobody.
    """
    who = asking(request)
    lang = reader_of(request, who).lang
    books = requests(platform_of(request), question, who.viewer, lang=lang)
    if not books:
        raise SuyuanError("trace.nobody", _NOBODY, "thing")
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for name, content in books.items():
            file.writestr(ZipInfo(name), content)
    headers = {
        "Content-Disposition": f'attachment; filename="ask-{question.direction.value}.zip"',
        "Vary": "Accept, Accept-Language, Authorization, Cookie",
    }
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


def forms_link(thing: str, direction: Direction) -> str:
    """Where the workbooks are that ask further about a thing."""
    return f"/trace?{urlencode({'thing': thing, 'direction': direction.value, 'ask': _FORMS})}"


def file_links(path: str, given: Mapping[str, str]) -> list[tuple[Text, str]]:
    """What the same question as a file is called, and where it is."""
    asked = {name: text for name, text in given.items() if text}
    return [(name, f"{path}?{urlencode(asked | {'format': form.value})}") for form, name in FORMS]


def holder_links(unknown: Sequence[Seed]) -> list[tuple[str, str, str]]:
    """Of what is asked about as a thing and is the code of a holder, where to ask about that."""
    names = [
        name for name in dict.fromkeys(seed.thing for seed in unknown) if opening.is_holder(name)
    ]
    return [
        (
            shown.shown_code(name),
            f"/contacts?{urlencode({'root': name})}",
            f"/balance?{urlencode({'party': name})}" if opening.is_party(name) else "",
        )
        for name in names
    ]


def _question(request: AnyRequest, given: Mapping[str, str]) -> Question | None:
    forward = given["direction"] == Direction.FORWARD
    way = Direction.FORWARD if forward else Direction.BACKWARD
    question, rest = question_typed(request, given, way), rest_fields(given)
    if question is None:
        return None
    return rest.of(
        structs.replace(
            question, depth=whole_typed(given["depth"], "depth", least=1, most=_DEEPEST)
        )
    )


def _told(request: AnyRequest, question: Question | None) -> Told | None:
    if question is None:
        return None
    who = asking(request)
    lang = reader_of(request, who).lang
    return told(platform_of(request), question, who.viewer, lang=lang)


def _shown(request: AnyRequest, found: Told | None, given: Mapping[str, str]) -> dict[str, Any]:
    if found is None:
        return {"found": None}
    answer = found.answer
    ways = holder_links(answer.unknown)
    if not answer.cost.facts or (answer.unknown and not answer.nodes):
        return {"found": found, "nothing": True, "ways": ways}
    reader = reader_of(request, reading(request))
    order, chart, flows = of_trace(found)
    href = unfold_links(reader)
    laid = layout.laid_out(chart)
    drawn = sankey(laid, flows, reader.lang, href)
    seen = pictured.pictured(laid, reader.lang, opened(request), href)
    inside = unfolded(order, seen)
    answering = listed(found.responsible, inside)
    return {
        "found": found,
        "nothing": False,
        "ways": ways,
        "seen": seen,
        "times": None if seen is None else _times(found, order, seen, reader),
        "sankey": drawn,
        "undrawn": paper.undrawn(chart, drawn),
        "streams": words(chart, flows, reader.lang),
        "responsible": answering[:_SHOWN],
        "more": max(len(answering) - _SHOWN, 0),
        "unfolded": None if inside is None else len(answering),
        "files": [*file_links("/trace", given), (_ASK, _asking(found))],
        "sees_all": asking(request).viewer.sees_all,
        "day": day_of,
        "limits": assuming.limits_of(answer.question),
        "amount": amount,
        "plain": plain,
    }


def _times(
    found: Told, order: Sequence[Holder], seen: Pictured, reader: Reader
) -> Sequence[Markup | None]:
    """When who had it, of those in the picture: for a phone, and for a wide screen."""
    when = presence.presences(found)
    rows = [
        timed.rows_of(each, lambda number: when.get(order[number], presence.NEVER))
        for each in seen.shown
    ]
    small, large = rows if len(rows[1]) <= _ROWS else (rows[0], rows[0])
    href = unfold_links(reader)
    return (
        timed.timed(small, timed.NARROW, reader.lang, href),
        timed.timed(large, timed.WIDE, reader.lang, href),
    )


def _asking(found: Told) -> str:
    question = found.answer.question
    return forms_link(question.seeds[0].thing, question.direction)


def day_of(at: Any) -> str:
    """A time as the minute on China's clock."""
    return f"{there(at, '+08:00'):%Y-%m-%d %H:%M}"


trace_pages: Final = {"trace": trace_page}
"""By operation of the API: what a browser is given at the same address."""
