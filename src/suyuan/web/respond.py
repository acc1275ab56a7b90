"""Takes a template and its values; gives the response, in the reader's language."""

from typing import Any

from litestar import MediaType, Response

from suyuan.kit import SuyuanError
from suyuan.web.render import page
from suyuan.web.request import AnyRequest, asking, chosen, reader_of


def respond(request: AnyRequest, name: str, *, status: int = 200, **values: Any) -> Response[str]:
    """One page, as this reader reads."""
    reader = reader_of(request, asking(request))
    return Response(
        page(name, reader, **values),
        status_code=status,
        media_type=MediaType.HTML,
        cookies=chosen(request),
        headers={
            "Content-Language": "zh-CN" if reader.lang == "zh" else "en",
            "Vary": "Accept, Accept-Language, Cookie",
        },
    )


def refuse(request: AnyRequest, name: str, error: SuyuanError, **values: Any) -> Response[str]:
    """The form again with what is wrong, and when to come back if it was only too early."""
    again = respond(request, name, status=error.status, wrong=error.text, **values)
    if error.retry_after is not None:
        again.headers["Retry-After"] = str(error.retry_after)
    return again
