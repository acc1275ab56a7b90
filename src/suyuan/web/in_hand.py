"""Pages for whoever holds a package: a photo read, a code verified; neither needs script.

The handlers that take something are asynchronous: the framework would wrap a synchronous one twice
where it shares its address with another.
"""

from typing import Annotated

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery

from suyuan.codes import privacy
from suyuan.kit import SuyuanError
from suyuan.pictures import PictureLimits
from suyuan.pictures.types import too_large
from suyuan.service import read, verify
from suyuan.web.forms import sent_form
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import refuse, respond

_LIMITS = PictureLimits()
_LIMIT = _LIMITS.size
_FORM_AROUND = 64 << 10
_LONGEST = 500


@get("/read", sync_to_thread=True)
def read_page(request: AnyRequest) -> Response[str]:
    """The form for a photo or PDF."""
    return respond(request, "read.html", wrong=None, found=None)


@post("/read", status_code=200, request_max_body_size=_LIMIT + _FORM_AROUND)
async def read_form(request: AnyRequest) -> Response[str]:
    """The codes in the picture, or the form again with what is wrong."""
    try:
        sent = (await sent_form(request, too_large(_LIMITS))).get("picture")
    except SuyuanError as error:
        return await sync_to_thread(_refused, request, error)
    content = await sent.read(_LIMIT + 1) if isinstance(sent, UploadFile) else b""
    return await sync_to_thread(_read, request, content)


@get("/verify", sync_to_thread=True)
def verify_page(request: AnyRequest, code: FromQuery[str] = "") -> Response[str]:
    """The form for a code and the secret under its layer; asking for it verifies nothing."""
    return respond(request, "verify.html", code=privacy.cut(code, _LONGEST), answer=None)


@post("/verify", status_code=200)
async def verify_form(
    request: AnyRequest,
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """What is known of the code; with the right secret this is counted as a verification."""
    return await sync_to_thread(_verify, request, data)


def _read(request: AnyRequest, content: bytes) -> Response[str]:
    try:
        viewer, address = asking(request).viewer, request.client.host if request.client else ""
        found = read(platform_of(request), content, viewer, address=address)
    except SuyuanError as error:
        return _refused(request, error)
    return respond(request, "read.html", wrong=None, found=found)


def _refused(request: AnyRequest, error: SuyuanError) -> Response[str]:
    return refuse(request, "read.html", error, found=None)


def _verify(request: AnyRequest, data: dict[str, str]) -> Response[str]:
    code = privacy.cut(data.get("code", ""), _LONGEST)
    viewer = asking(request).viewer
    answer = verify(platform_of(request), code, data.get("secret"), viewer)
    return respond(request, "verify.html", code=code, answer=answer)


handlers = (read_page, read_form, verify_page, verify_form)
