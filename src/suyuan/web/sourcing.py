"""The page on which somebody who is responsible asks where cases most probably come from.

It works without script. By the flows on record that its reader may see.
"""

from typing import Any, Final

from litestar import Response
from litestar.response import Redirect

from suyuan.kit import SuyuanError
from suyuan.service import SourceAsked, Sourced, cases_typed, locate_on_record
from suyuan.web.given import day_typed, fields_typed, things_typed
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of
from suyuan.web.respond import refuse, respond, signed_in

_FIELDS: Final = ("cases", "things", "as_of")
_SHOWN: Final = 30
_MOST_FACTS: Final = 50_000


@signed_in
def source_page(request: AnyRequest) -> Response[Any]:
    """The form; once cases are given, candidates with their probability, and what to test next."""
    given = fields_typed(request, _FIELDS)
    if isinstance(given, Redirect):
        return given
    try:
        found = _found(request, **given)
    except SuyuanError as error:
        return refuse(request, "source.html", error, given=given, found=None)
    return respond(
        request,
        "source.html",
        wrong=None,
        given=given,
        found=found,
        shown=_SHOWN,
        sees_all=asking(request).viewer.sees_all,
    )


def _found(request: AnyRequest, *, cases: str, things: str, as_of: str) -> Sourced | None:
    who = asking(request)
    asked = SourceAsked(
        things=tuple(things_typed(request, things)),
        as_of=day_typed(as_of, last=True),
        most_facts=_MOST_FACTS,
    )
    if not cases:
        return None
    lang = reader_of(request, who).lang
    return locate_on_record(platform_of(request), cases_typed(cases), asked, who.viewer, lang=lang)


source_pages: Final = {"source": source_page}
"""By operation of the API: what a browser is given at the same address."""
