"""The page on which somebody who is responsible sees how far a recall of things reaches.

It works without script. Drawn from what its reader may see; contacts are the operator's alone.
"""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response
from litestar.response import Redirect
from msgspec import structs

from suyuan.drawings import by_holder, layout, of_recall, paper, pictured, sankey, words
from suyuan.interchange import alike_lines, assuming
from suyuan.kit import SuyuanError
from suyuan.kit.amounts import amount, plain
from suyuan.service import Recall, Told, recall_told, vessel_rules_typed
from suyuan.trace import Direction, Question
from suyuan.web.given import RESTING, WITHIN, fields_typed, question_typed, rest_fields
from suyuan.web.recall_lines import card_of, listed_lines
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of
from suyuan.web.respond import refuse, respond, signed_in
from suyuan.web.sold import bought, together
from suyuan.web.tracing import day_of, file_links, file_of, form_typed, holder_links
from suyuan.web.unfolding import listed, opened, unfold_links, unfolded

_FIELDS: Final = ("thing", "as_of", "vessel", "narrow", *WITHIN, *RESTING)
_SHOWN: Final = 100
_WORDS: Final = {
    "amount": amount,
    "plain": plain,
    "unclear": assuming.UNCLEAR,
    "many": alike_lines.MANY,
}


@signed_in
def scope_page(request: AnyRequest) -> Response[Any]:
    """The form; once codes are given, who has or had what they may be in; or that as a file."""
    given = fields_typed(request, _FIELDS)
    if isinstance(given, Redirect):
        return given
    try:
        question = _question(request, given)
        form = form_typed(request.query_params.get("format", ""))
        if question is not None and form is not None:
            return file_of(request, question, form, recall=True)
        shown = _shown(request, question, given)
    except SuyuanError as error:
        return refuse(request, "recall.html", error, given=given, found=None)
    return respond(request, "recall.html", wrong=None, given=given, **shown)


def _question(request: AnyRequest, given: Mapping[str, str]) -> Question | None:
    question, rest = question_typed(request, given, Direction.FORWARD), rest_fields(given)
    rules = vessel_rules_typed(platform_of(request), given["vessel"], asking(request).viewer)
    return None if question is None else rest.of(structs.replace(question, vessels=rules))


def _shown(
    request: AnyRequest, question: Question | None, given: Mapping[str, str]
) -> dict[str, Any]:
    if question is None:
        return {"found": None}
    who = asking(request)
    reader = reader_of(request, who)
    narrow = given["narrow"] == "true"
    found, about = recall_told(
        platform_of(request), question, who.viewer, lang=reader.lang, narrow=narrow
    )
    ways = holder_links(found.unknown)
    if not found.cost.facts or (found.unknown and not found.lines):
        return {"found": found, "nothing": True, "ways": ways}
    lines = listed_lines(by_holder(found), request.query_params, reader)
    if lines is not None:
        return {"found": found, "nothing": False, "lines": lines, **_WORDS}
    told = {"found": found, "nothing": False, "ways": ways, "lines": None}
    return {**told, **_drawn(request, found, about, given), **_WORDS}


def _drawn(
    request: AnyRequest, found: Recall, about: Told, given: Mapping[str, str]
) -> dict[str, Any]:
    reader, every = reader_of(request, asking(request)), by_holder(found)
    order, chart, streams = of_recall(found, about)
    href = unfold_links(reader)
    laid = layout.laid_out(chart)
    drawn = sankey(laid, streams, reader.lang, href)
    seen = pictured.pictured(laid, reader.lang, opened(request), href)
    inside = unfolded(order, seen)
    holders = every if inside is None else [each for each in every if each.holder in inside]
    return {
        "cards": [card_of(each, reader) for each in holders[:_SHOWN]],
        "lacks_contact": any(not each.contact for each in holders[:_SHOWN]),
        "more": max(len(holders) - _SHOWN, 0),
        "having": sum(each.still is not None for each in every),
        "seen": seen,
        "unfolded": None if inside is None else len(holders),
        "sankey": drawn,
        "undrawn": paper.undrawn(chart, drawn),
        "streams": words(chart, streams, reader.lang),
        "assumed": assuming.assumptions(found),
        "narrowed": None if found.narrowed is None else assuming.narrowings(found.narrowed),
        "buyers": together(bought(found, reader.lang)),
        "responsible": (answering := listed(about.responsible, inside))[:_SHOWN],
        "unlisted": max(len(answering) - _SHOWN, 0),
        "files": file_links("/scope", given),
        "sees_all": asking(request).viewer.sees_all,
        "day": day_of,
        "limits": assuming.limits_of(found.question),
    }


scope_pages: Final = {"scope": scope_page}
"""By operation of the API: what a browser is given at the same address."""
