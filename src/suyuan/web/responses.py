"""Takes a template and its values; gives the response, in the language and size asked for."""

from typing import Any

from litestar import MediaType, Response

from suyuan.web.render import page
from suyuan.web.request import AnyRequest, asking, chosen, reader_of


def html(request: AnyRequest, name: str, *, status: int = 200, **values: Any) -> Response[str]:
    """One page, with what it depends on in its headers."""
    reader = reader_of(request, asking(request))
    return Response(
        page(name, reader, **values),
        status_code=status,
        media_type=MediaType.HTML,
        cookies=chosen(request),
        headers={
            "Content-Language": "zh-CN" if reader.lang == "zh" else "en",
            "Vary": "Accept-Language, Cookie",
        },
    )
