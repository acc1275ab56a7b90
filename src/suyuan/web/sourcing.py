"""The page on which somebody who is responsible asks where cases most probably come from.

It works without script. By the flows on record that its reader may see.
"""

from typing import Any, Final

from litestar import Response

from suyuan.kit import SuyuanError
from suyuan.model import Role
from suyuan.service import SourceAsked, Sourced, cases_typed, locate_on_record
from suyuan.web.given import Given, day_typed, for_accounts, things_typed
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of
from suyuan.web.respond import refuse, respond

_SHOWN: Final = 30


@for_accounts("/source", "cases", "things", "as_of")
def source_page(request: AnyRequest, given: Given) -> Response[Any]:
    """The form; once cases are given, candidates with their probability, and what to test next."""
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
        sees_all=asking(request).viewer.role is Role.ADMIN,
    )


def _found(request: AnyRequest, *, cases: str, things: str, as_of: str) -> Sourced | None:
    who = asking(request)
    asked = SourceAsked(
        things=tuple(things_typed(request, things)), as_of=day_typed(as_of, last=True)
    )
    if not cases:
        return None
    lang = reader_of(request, who).lang
    return locate_on_record(platform_of(request), cases_typed(cases), asked, who.viewer, lang=lang)


source_pages: Final = {"source": source_page}
"""By operation of the API: what a browser is given at the same address."""
