"""Takes a template's name and values; gives the answer to a request, in its reader's language."""

from typing import Any

from litestar import MediaType, Response

from suyuan.web.render import page
from suyuan.web.request import AnyRequest, asking, chosen, reader_of


def page_for(request: AnyRequest, name: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A page as a response, keeping the language and size that its address chose."""
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
