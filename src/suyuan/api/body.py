"""Takes the body of a request as it arrives; gives its bytes, never more than it may have."""

import zlib
from typing import Final

from suyuan.api.problems import AnyRequest
from suyuan.kit import SuyuanError, Text

_GZIP: Final = 16 + zlib.MAX_WBITS
_TAKEN: Final = frozenset({"application/json", "application/ld+json"})

_LARGE = Text(
    "内容超过 {limit} 字节；请分成几份文件。",
    "The content has more than {limit} bytes; split it into several documents.",
)
_NOT_GZIP = Text(
    "内容不是完整的 gzip；请重新压缩，或不压缩发送。",
    "The content is not whole gzip; compress it again or send it plain.",
)
_ENCODING = Text(
    "不支持 Content-Encoding “{found}”；请用 gzip 或不压缩。",
    "Content-Encoding '{found}' is not supported; use gzip or none.",
)
_TYPE = Text(
    "不支持 Content-Type “{found}”；请用 application/json 或 application/ld+json。",
    "Content-Type '{found}' is not supported; send application/json or application/ld+json.",
)


class BodyError(SuyuanError):
    """A body that cannot be taken."""


async def read_body(request: AnyRequest, limit: int) -> bytes:
    """The bytes of a JSON body, unpacked; reading stops as soon as there are too many.

    Raises:
        BodyError: too large (413), not JSON by its header (415), broken compression (400).
    """
    _require_json(request)
    unpack = _unpacker(request)
    size, parts = 0, []
    async for chunk in request.stream():
        for part in unpack(chunk, limit - size + 1):
            size += len(part)
            parts.append(part)
        if size > limit:
            raise BodyError("http.too-large", _LARGE.format(limit=limit), "body", status=413)
    parts.extend(unpack(b"", 1))
    return b"".join(parts)


def _require_json(request: AnyRequest) -> None:
    found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found not in _TAKEN:
        raise BodyError("http.type", _TYPE.format(found=found), "Content-Type", status=415)


def _unpacker(request: AnyRequest) -> "_Plain | _Gunzip":
    found = request.headers.get("content-encoding", "identity").strip().lower()
    if found == "identity":
        return _Plain()
    if found == "gzip":
        return _Gunzip()
    raise BodyError("http.encoding", _ENCODING.format(found=found), "Content-Encoding", status=415)


class _Plain:
    """Hands bytes on as they are."""

    def __call__(self, chunk: bytes, _most: int) -> list[bytes]:
        return [chunk]


class _Gunzip:
    """Unpacks piece by piece, so that a small body cannot become a large one unnoticed."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP)

    def __call__(self, chunk: bytes, most: int) -> list[bytes]:
        try:
            if chunk:
                return [self._inner.decompress(chunk, max(most, 1))]
        except zlib.error:
            raise _broken() from None
        if not self._inner.eof:
            raise _broken()
        return []


def _broken() -> BodyError:
    return BodyError("http.gzip", _NOT_GZIP, "body")
