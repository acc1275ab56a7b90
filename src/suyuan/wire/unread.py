"""Takes a document that cannot be read, and why; says what it is instead, and the cure for that."""

import re
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.encodings import AS_UTF8, is_cut
from suyuan.kit.strictjson import JsonError
from suyuan.wire.source import Source

_SPACE: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_OPENS: Final = (b"{", b"[")
_CLOSES: Final = (b"}", b"]")
_LONGEST_CHARACTER: Final = 4
_FEW: Final = 64
"""Bytes that are looked at first: hardly any document has nothing in them."""

CUT: Final = Text(
    "文件没有结尾，是在保存、复制或传输时断掉的；请取来完整的文件再发。",
    "It stops in the middle, cut off where it was saved, copied or sent: get the whole and send "
    "that.",
)
_JSON: Final = Text(
    "请改正该处，或用标准 JSON 工具重新导出为 UTF-8。",
    "Mend it at that place, or export it again with a JSON library, as UTF-8.",
)
_NEITHER: Final = Text(
    "EPCIS 文档是 JSON（以 {{ 开头）或 XML（以 < 开头），这两样都不是；请导出为其中一种。",
    "A document of EPCIS is JSON, which begins with {{, or XML, which begins with <, and this is "
    "neither: export it as one of them.",
).format()
_CUT_HERE: Final = Text("文件断在这里：{what}", "It is cut off here. {what}")
_CUT_CHARACTER: Final = Text("文件断在一个字符的中间。", "It is cut off within a character.")


class Foreign(Struct, frozen=True):
    """What a file is that holds no events in a form read here, and what to do instead."""

    what: Text
    cure: Text


_KNOWN: Final = {
    b"PK\x03\x04": Foreign(
        Text("它是 xlsx 工作簿或压缩包", "it is a workbook (xlsx) or a zip"),
        Text(
            "模板工作簿用 suyuan import workbook 导入，压缩包请先解开。",
            "Bring a template's workbook in by suyuan import workbook, and unpack a zip first.",
        ),
    ),
    b"\x1f\x8b": Foreign(
        Text("它是 gzip 压缩的文件", "it is packed by gzip"),
        Text(
            "请先解压；用 HTTP 发送时可加请求头 Content-Encoding: gzip。",
            "Unpack it first, or over HTTP send it with the header Content-Encoding: gzip.",
        ),
    ),
    b"%PDF": Foreign(
        Text("它是 PDF", "it is a PDF"),
        Text(
            "PDF 里读不出事件；请从生成它的系统导出 EPCIS。",
            "No events can be read from a PDF: export EPCIS from the system that made it.",
        ),
    ),
}
_WEB_PAGE: Final = Foreign(
    Text("它是网页（HTML）", "it is a web page (HTML)"),
    Text(
        "多半是登录页或出错页被存成了文件；请登录后重新下载，或由生成事件的系统导出 EPCIS。",
        "Mostly a page to log in, or of an error, was saved: download it again when logged in, or "
        "export EPCIS from the system that made the events.",
    ),
)
_ENVELOPE: Final = Foreign(
    Text("它是 SOAP 信封", "it is an envelope of SOAP"),
    Text(
        "请只发送信封里 Body 之内的 EPCIS 文档。",
        "Send what is inside: the document of EPCIS in its Body, and no more.",
    ),
)
_HTML: Final = re.compile(
    rb"(?:<\?xml[^>]*\?>)?(?:\s*<!--.*?-->)*\s*<(?:!doctype\s+)?html[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
_SOAP: Final = (
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
)
LOOKED_AT: Final = 1024
"""So many bytes tell what a file is."""


def foreign_file(beginning: bytes) -> Foreign | None:
    """What a file is by its first bytes, if it is a known thing that is neither JSON nor EPCIS."""
    text = beginning[:LOOKED_AT].removeprefix(_BOM).lstrip(_SPACE)
    if _HTML.match(text):
        return _WEB_PAGE
    return next((each for mark, each in _KNOWN.items() if text.startswith(mark)), None)


def foreign_element(namespace: str, name: str) -> Foreign | None:
    """What XML is by its outermost element, if it is a known thing that is not of EPCIS."""
    if name == "Envelope" and namespace in _SOAP:
        return _ENVELOPE
    return _WEB_PAGE if name.lower() == "html" else None


def is_blank(source: Source) -> bool:
    """Whether there is nothing in a document but white space and a byte order mark."""
    if source.read(0, _FEW).removeprefix(_BOM).strip(_SPACE):
        return False
    return not any(chunk.strip(_SPACE) for chunk in source.behind(_FEW).chunks())


def is_cut_off(source: Source, at: int) -> bool:
    """Whether the byte from which on it is not UTF-8 begins its last character, cut off."""
    return source.size - at < _LONGEST_CHARACTER and is_cut(source.read(at, source.size))


def told_of(error: JsonError, source: Source) -> tuple[Text, Text]:
    """What is wrong with a document of which JSON says this, and what mends it.

    One that is blank, or foreign, is told before.
    """
    if error.code == "json.encoding":
        cut = is_cut_off(source, error.byte)
        return (_CUT_CHARACTER, CUT) if cut else (error.text, AS_UTF8)
    if _beginning(source)[:1] not in _OPENS:
        return error.text, _NEITHER
    if _ending(source) not in _CLOSES or error.byte >= source.size - 1:
        return _CUT_HERE.format(what=error.text), CUT
    return error.text, _JSON


def _beginning(source: Source) -> bytes:
    """The first bytes that say something, as far as they stand near the beginning."""
    return source.read(0, source.chunk).removeprefix(_BOM).lstrip(_SPACE)[:_LONGEST_CHARACTER]


def _ending(source: Source) -> bytes:
    """The last byte that says something, as far as it stands near the end."""
    return source.read(max(source.size - source.chunk, 0), source.size).rstrip(_SPACE)[-1:]
