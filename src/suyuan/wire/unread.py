"""Takes a document that is no JSON, and why; gives the cure that fits what it is instead."""

from typing import Final

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
_KNOWN: Final = {
    b"PK\x03\x04": Text(
        "这是 xlsx 工作簿或压缩包：模板工作簿用 suyuan import workbook 导入，压缩包请先解开。",
        "This is a workbook (xlsx) or a zip: bring a template's workbook in by suyuan import "
        "workbook, and unpack a zip first.",
    ),
    b"\x1f\x8b": Text(
        "这是 gzip 压缩的文件：请先解压；用 HTTP 发送时可加请求头 Content-Encoding: gzip。",
        "This is packed by gzip: unpack it first, or over HTTP send it with the header "
        "Content-Encoding: gzip.",
    ),
    b"%PDF": Text(
        "这是 PDF，读不出事件；请从生成它的系统导出 EPCIS。",
        "This is a PDF, in which there are no events to be read: export EPCIS from the system that "
        "made it.",
    ),
}


def is_blank(source: Source) -> bool:
    """Whether there is nothing in a document but white space and a byte order mark."""
    if source.read(0, _FEW).removeprefix(_BOM).strip(_SPACE):
        return False
    return not any(chunk.strip(_SPACE) for chunk in source.behind(_FEW).chunks())


def is_cut_off(source: Source, at: int) -> bool:
    """Whether the byte from which on it is not UTF-8 begins its last character, cut off."""
    return source.size - at < _LONGEST_CHARACTER and is_cut(source.read(at, source.size))


def cure_of(error: JsonError, source: Source) -> Text:
    """What mends a document of which JSON says this; one that is blank is told before."""
    beginning, ending = _beginning(source), _ending(source)
    for mark, cure in _KNOWN.items():
        if beginning.startswith(mark):
            return cure
    if error.code == "json.encoding":
        return CUT if is_cut_off(source, error.byte) else AS_UTF8
    if beginning[:1] not in _OPENS:
        return _NEITHER
    if ending not in _CLOSES or error.byte >= source.size - 1:
        return CUT
    return _JSON


def _beginning(source: Source) -> bytes:
    """The first bytes that say something, as far as they stand near the beginning."""
    return source.read(0, source.chunk).removeprefix(_BOM).lstrip(_SPACE)[:_LONGEST_CHARACTER]


def _ending(source: Source) -> bytes:
    """The last byte that says something, as far as it stands near the end."""
    return source.read(max(source.size - source.chunk, 0), source.size).rstrip(_SPACE)[-1:]
