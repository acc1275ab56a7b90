"""Takes the fields of a question and what answers it; gives the page of its form and its answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litestar import Response
from litestar.response import Redirect

from suyuan.kit import SuyuanError, Text
from suyuan.web.given import fields_typed, said_where
from suyuan.web.request import AnyRequest, asking
from suyuan.web.respond import Page, refuse, respond, signed_in

Answered = Callable[[AnyRequest, Mapping[str, str]], dict[str, Any]]
"""From what was typed to a template's values; `found` among them, None if nothing was asked."""


def question_page(
    name: str,
    fields: Sequence[str],
    answered: Answered,
    *,
    labels: Mapping[str, Text] | None = None,
    **always: Any,
) -> Page:
    """The page, for who has an account: what was typed is answered, or told to be wrong above it.

    `labels` are what the form calls a field that an error names, `always` more values of the
    template `name`. No identity number stays in the address.
    """

    @signed_in
    def drawn(request: AnyRequest) -> Response[Any]:
        given = fields_typed(request, fields)
        if isinstance(given, Redirect):
            return given
        try:
            values = answered(request, given)
        except SuyuanError as error:
            where = (labels or {}).get(error.place) or said_where(error.place)
            return refuse(request, name, error, given=given, found=None, where=where, **always)
        sees_all = asking(request).viewer.sees_all
        return respond(
            request, name, wrong=None, given=given, sees_all=sees_all, **always, **values
        )

    return drawn
