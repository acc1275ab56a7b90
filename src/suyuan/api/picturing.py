"""Pictures over HTTP: the codes in a photo or PDF, each with its readings."""

from litestar import Response, post
from litestar.concurrency import sync_to_thread
from litestar.exceptions import ClientException
from litestar.openapi.datastructures import ResponseSpec

from suyuan.api.problems import documented
from suyuan.api.readers import as_json, platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.pictures import PictureLimits
from suyuan.pictures.types import too_large
from suyuan.service import ReadCode, read

_LIMITS = PictureLimits()
_TOO_LARGE = 413


@post(
    "/pictures",
    status_code=200,
    summary="识别图片里的码 Read the codes in a picture",
    description=(
        "The body is the photo or PDF itself: PNG, JPEG, WebP, GIF, BMP, TIFF, PDF; at most 16 MB, "
        "50 million pixels, 20 pages. QR, Data Matrix, GS1-128, EAN, DataBar, PDF417, Aztec and "
        "others, several in one picture, each with the readings that /identify gives. The picture "
        "is not kept. One address has one read at a time; without a key it has eight seconds of "
        "a processor, with one fifteen."
    ),
    operation_id="readPicture",
    responses={
        200: ResponseSpec(data_container=list[ReadCode], description="Codes in reading order"),
        **documented(400, 401, 413, 415, 503),
    },
    request_max_body_size=_LIMITS.size,
    tags=["Questions"],
)
async def post_picture(request: AnyRequest) -> Response[bytes]:
    """The codes in a picture."""
    platform = platform_of(request)
    viewer = await sync_to_thread(viewer_of, request)
    try:
        data = await request.body()
    except ClientException as error:  # more bytes than this operation takes
        raise too_large(_LIMITS) if error.status_code == _TOO_LARGE else error from error
    address = request.client.host if request.client else ""
    return as_json(await sync_to_thread(read, platform, data, viewer, address=address))


handlers = (post_picture,)
