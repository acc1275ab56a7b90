"""Takes the body of a request as it arrives; gives its bytes, never more than it may have.

Of a large one no more than a piece is held in memory.
"""

import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import Any, Final, NoReturn

import structlog
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from suyuan.api.types import AnyRequest
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.encodings import AS_UTF8
from suyuan.wire import Source, looks_like_xml
from suyuan.wire.unread import LOOKED_AT, Foreign, foreign_file, is_blank

_GZIP: Final = 16 + zlib.MAX_WBITS
JSON: Final = frozenset({"application/json", "application/ld+json"})
DOCUMENTS: Final = JSON | {"application/xml", "text/xml"}
"""Media types of EPCIS documents; no form of a page can send any of them."""

_CHARSETS: Final = frozenset({"", "utf-8", "utf8"})
# A client that is still sending cannot read the refusal; so much more is thrown away for it.
_DRAINED: Final = 128 << 20
_BOM: Final = b"\xef\xbb\xbf"
_BEGIN_JSON: Final = (b"{", b"[")
_FEW: Final = 1024
_IN_MEMORY: Final = 1 << 20
"""Bytes of a body that are held in memory; more are held in a file."""

_LARGE = Text("内容超过 {limit} 字节。", "The content has more than {limit} bytes.")
_LARGE_CURE = Text("请分成几份文件上报。", "Send it as several documents.")
_NOT_GZIP = Text("内容不是完整的 gzip。", "The content is not whole gzip.")
_NOT_GZIP_CURE = Text("请重新压缩，或不压缩发送。", "Compress it again, or send it plain.")
_ENCODING = Text(
    "不支持 Content-Encoding “{found}”。", "Content-Encoding '{found}' is not supported."
)
_ENCODING_CURE = Text("请用 gzip，或不压缩发送。", "Use gzip, or send it plain.")
_TYPE = Text("不支持 Content-Type “{found}”。", "Content-Type '{found}' is not supported.")
_TYPE_CURE = Text(
    "请发送 UTF-8 的以下类型之一：{forms}。",
    "Send one of these, in UTF-8: {forms}.",
)
_CHARSET = Text(
    "Content-Type 说内容的编码是 {found}；只收 UTF-8。",
    "Content-Type says that the content is encoded as {found}; UTF-8 alone is taken.",
)
_NO_XML = Text(
    "内容不是 Content-Type 所说的 XML。", "The content is not the XML that Content-Type says."
)
_NO_JSON = Text(
    "内容是 XML，而 Content-Type 说是 JSON。", "The content is XML, and Content-Type says JSON."
)
_FOREIGN_FORM = Text("这不是 EPCIS 文档：{what}。", "This is no EPCIS document: {what}.")
_IS_XML_CURE = Text(
    "请把 Content-Type 写成 application/xml。", "Send it with Content-Type: application/xml."
)
_IS_JSON_CURE = Text(
    "内容像是 JSON：请把 Content-Type 写成 application/json。",
    "It looks like JSON: send it with Content-Type: application/json.",
)
_NO_XML_CURE = Text(
    "XML 以 < 开头：请看文件的开头是不是丢了，或由导出它的系统重新导出。",
    "XML begins with <: see whether the beginning was lost, or have it exported again.",
)
_NO_ROOM = Text(
    "服务器的临时目录已满或不能写，放不下超过 {held} 字节的内容；什么也没有入库。",
    "The server's temporary folder is full or cannot be written, so a content of more than {held} "
    "bytes cannot be held; nothing was recorded.",
)
_NO_ROOM_CURE = Text(
    "请分成更小的文件发送，或稍后重发；管理员请在临时目录（TMPDIR）腾出空间。",
    "Send smaller documents, or the same again later; the administrator should make room in the "
    "folder for temporary files (TMPDIR).",
)
_EMPTY = Text("请求没有内容。", "The request has no content.")
_EMPTY_CURE = Text(
    "请在请求体中发送 {form} 的 EPCIS 文件；用 curl 发文件写 --data-binary @文件名。",
    "Send an EPCIS document in {form} as the body; curl sends a file by --data-binary @FILE.",
)


_FOREIGN = Text("这个请求出自别的网站的页面。", "A page of another site sent this request.")
_FOREIGN_CURE = Text(
    "请从本系统的页面或自己的程序发送。", "Send it from a page of this system or from a program."
)


class BodyError(SuyuanError):
    """A body that cannot be taken."""

    def __init__(self, code: str, text: Text, place: str, *, cure: Text, status: int = 400) -> None:
        super().__init__(code, text, place, status=status)
        self.cure = cure


_LOG = structlog.get_logger("suyuan.http")

Connection = ASGIConnection[Any, Any, Any, Any]

Unpack = Callable[[bytes, int], Iterator[bytes]]
"""Gives a chunk's content, stopping soon after so many bytes; an empty chunk ends the body."""


@asynccontextmanager
async def spooled_body(request: AnyRequest, limit: int) -> AsyncIterator[Source]:
    """A body of JSON or XML, unpacked; reading stops as soon as there is too much.

    A large one is held in a file that is gone when the block ends, or the process.

    Raises:
        BodyError: too large (413), neither by its header or not what that says (415), broken or
            empty (400), or there is no room to hold it (507).
    """
    chunks = request.stream()
    await _require_document(request, chunks)
    unpack = _unpacker(request)
    if _declared(request) > limit:
        await _refuse_large(chunks, limit)
    spool = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed below, even when it is full
    try:
        try:
            source = await _filled(spool, chunks, unpack, limit)
        except OSError as error:
            _LOG.error("request.no-room", error=type(error).__name__, errno=error.errno)
            await _run_off(chunks)
            raise _no_room() from None
        if is_blank(source):
            raise _empty(request)
        _require_sameness(request, source)
        yield source
    finally:
        with suppress(OSError):  # what did not fit is tried once more by closing
            spool.close()


async def _filled(
    spool: "SpooledTemporaryFile[bytes]",
    chunks: AsyncIterator[bytes],
    unpack: Unpack,
    limit: int,
) -> Source:
    """All that comes, held in memory or in the file.

    Raises:
        BodyError: too large or broken.
        OSError: the file cannot be written.
    """
    size = 0
    async for chunk in chunks:
        for part in unpack(chunk, limit + 1 - size):
            size += len(part)
            if size > limit:
                await _refuse_large(chunks, limit)
            spool.write(part)
    for part in unpack(b"", 1):
        spool.write(part)
    return _source(spool, size)


def _source(spool: "SpooledTemporaryFile[bytes]", size: int) -> Source:
    if size > _IN_MEMORY:
        spool.flush()
        return Source(spool)
    spool.seek(0)
    return Source(spool.read())


async def read_body(request: AnyRequest, limit: int) -> bytes:
    """The bytes of such a body, all at once.

    Raises:
        BodyError: as `spooled_body`.
    """
    async with spooled_body(request, limit) as source:
        return source.all()


def _require_sameness(request: Connection, source: Source) -> None:
    """See that the content is what its header says, XML or JSON."""
    said = _says_xml(request)
    if said == looks_like_xml(source):
        return
    other = foreign_file(source.read(0, LOOKED_AT))
    if other is not None:
        raise _is_foreign(other)
    text, cure = (_NO_XML, _NO_XML_CURE) if said else (_NO_JSON, _IS_XML_CURE)
    if said and source.read(0, _FEW).removeprefix(_BOM).lstrip()[:1] in _BEGIN_JSON:
        cure = _IS_JSON_CURE
    raise BodyError("http.content-type", text, "Content-Type", cure=cure, status=415)


async def _require_document(request: AnyRequest, chunks: AsyncIterator[bytes]) -> None:
    """See that a body is a document by its header; else tell what it is, if that can be seen."""
    try:
        _require_form(request, DOCUMENTS)
    except BodyError:
        if not request.headers.get("content-encoding"):
            other = foreign_file(await anext(chunks, b""))
            if other is not None:
                raise _is_foreign(other) from None
        raise


def _is_foreign(other: Foreign) -> BodyError:
    said = _FOREIGN_FORM.format(what=other.what)
    return BodyError("http.content-type", said, "body", cure=other.cure, status=415)


def _says_xml(request: Connection) -> bool:
    return "xml" in request.headers.get("content-type", "").partition(";")[0].lower()


def _empty(request: Connection) -> BodyError:
    form = "XML" if _says_xml(request) else "JSON"
    return BodyError("http.empty", _EMPTY, "body", cure=_EMPTY_CURE.format(form=form))


def own_json(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard what a browser's kept password could order unseen: no form and no page of another site.

    A form cannot send JSON; what names itself JSON is asked about by the browser first (Fetch
    Standard, CORS preflight), and browsers name the site that asks (Fetch Metadata §2.4).

    Raises:
        BodyError: not JSON by its header (415), or from a page of another site (403).
    """
    if connection.headers.get("sec-fetch-site") == "cross-site":
        raise foreign("Sec-Fetch-Site")
    _require_form(connection, JSON)


def foreign(header: str) -> BodyError:
    """The refusal of what a page of another site sent, by the header that tells so."""
    return BodyError("http.cross-site", _FOREIGN, header, cure=_FOREIGN_CURE, status=403)


def _declared(request: AnyRequest) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


async def _refuse_large(chunks: AsyncIterator[bytes], limit: int) -> NoReturn:
    await _run_off(chunks)
    text = _LARGE.format(limit=limit)
    raise BodyError("http.too-large", text, "body", cure=_LARGE_CURE, status=413)


async def _run_off(chunks: AsyncIterator[bytes]) -> None:
    """Let what still comes run off, holding none of it, so that a refusal can be read."""
    gone = 0
    async for chunk in chunks:
        gone += len(chunk)
        if gone > _DRAINED:
            break


def _no_room() -> BodyError:
    text = _NO_ROOM.format(held=_IN_MEMORY)
    return BodyError("http.no-room", text, "body", cure=_NO_ROOM_CURE, status=507)


def _require_form(request: Connection, forms: frozenset[str]) -> None:
    sent = request.headers.get("content-type", "")
    found, _, parameters = sent.partition(";")
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(' "')
    if found.strip().lower() in forms and charset not in _CHARSETS:
        text = _CHARSET.format(found=privacy.quoted(charset, 40))
        raise BodyError("http.content-type", text, "Content-Type", cure=AS_UTF8, status=415)
    if found.strip().lower() not in forms:
        text, cure = (
            _TYPE.format(found=privacy.quoted(sent)),
            _TYPE_CURE.format(forms=", ".join(sorted(forms))),
        )
        raise BodyError("http.content-type", text, "Content-Type", cure=cure, status=415)


def _unpacker(request: AnyRequest) -> Unpack:
    found = request.headers.get("content-encoding", "identity").strip().lower()
    if found in {"identity", ""}:
        return _plain
    if found in {"gzip", "x-gzip"}:
        return _gunzip()
    text = _ENCODING.format(found=privacy.quoted(found, 40))
    raise BodyError("http.encoding", text, "Content-Encoding", cure=_ENCODING_CURE, status=415)


def _plain(chunk: bytes, _most: int) -> Iterator[bytes]:
    yield chunk


def _gunzip() -> Unpack:
    """Unpacks piece by piece, so that a small body cannot become a large one unnoticed."""
    member = zlib.decompressobj(_GZIP)

    def unpack(chunk: bytes, most: int) -> Iterator[bytes]:
        nonlocal member
        left, rest = most, chunk
        while rest and left > 0:
            if member.eof:  # several members in a row are one content (RFC 1952 §2.2)
                member = zlib.decompressobj(_GZIP)
            try:
                part = member.decompress(rest, left)
            except zlib.error:
                raise _broken() from None
            left -= len(part)
            rest = member.unused_data if member.eof else member.unconsumed_tail
            yield part
        if not chunk and not member.eof:
            raise _broken()

    return unpack


def _broken() -> BodyError:
    return BodyError("http.gzip", _NOT_GZIP, "body", cure=_NOT_GZIP_CURE)
