"""What is said of bytes that are no XML that is read here: sentence and cure, in both languages.

Sentences about form are those of expat, one for each of its errors (a test walks them all). Expat
tells them in English alone, and more shortly than whoever has to mend a file needs.
"""

from typing import Final

from suyuan.kit import SuyuanError, Text
from suyuan.kit.encodings import AS_UTF8
from suyuan.wire.unread import CUT

DOCTYPE: Final = Text(
    "文档的 DOCTYPE 含有声明或引用，不予读取。",
    "The document's DOCTYPE declares or names something; that is not read.",
)
ENCODING: Final = Text(
    "文档编码为 {found}，须为 UTF-8。", "The document is in {found}; it must be UTF-8."
)
UTF8: Final = Text("有字节不是 UTF-8。", "Some bytes are not UTF-8.")
GUESSED: Final = Text(
    "有字节不是 UTF-8，很可能是 {found}。", "Some bytes are not UTF-8; they are probably {found}."
)
DEPTH: Final = Text("元素嵌套超过 {limit} 层。", "Elements are nested deeper than {limit}.")
MANY: Final = Text("元素多于 {limit} 个。", "There are more than {limit} elements.")
PREFIXES: Final = Text(
    "声明的名称空间多于 {limit} 个。", "More than {limit} namespaces are declared."
)
TWO_LISTS: Final = Text(
    "文档中有第二个事件列表 EventList；一份文档只有一个。",
    "The document has a second EventList; a document has one.",
)
_BROKEN: Final = Text("XML 不合格式：{what}。", "This is not well-formed XML: {what}.")

_CURES: Final = {
    "xml.doctype": Text(
        "请导出为不带 DOCTYPE 的文档，并把实体换成它所代表的文字。",
        "Export it without a DOCTYPE, with the text that entities stand for in their place.",
    ),
    "xml.encoding": Text(
        f"{AS_UTF8.zh}并把 XML 声明中的 encoding 写成 UTF-8。",
        f'{AS_UTF8.en} And say so in the XML declaration: encoding="UTF-8".',
    ),
    "xml.cut": CUT,
    "xml.depth": Text(
        "请精简到较少的层次。", "Make it simpler: an event needs few levels of elements."
    ),
    "xml.size": Text("请精简或分成几份文档。", "Make it simpler, or send it as several documents."),
    "xml.lists": Text(
        "请把事件放进同一个 EventList，或分成几份文档。",
        "Put the events into one EventList, or send several documents.",
    ),
    "xml.syntax": Text(
        "请改正该处，或用标准 XML 工具重新导出。",
        "Mend it at that place, or export it again with an XML library.",
    ),
}

_SAID: Final = {
    "out of memory": "内存不足",
    "syntax error": "此处不能有这样的标记",
    "no element found": "没有元素，或文件不完整",
    "not well-formed (invalid token)": "有不合规的字符或标记",
    "unclosed token": "标记没有结束",
    "partial character": "字符不完整",
    "mismatched tag": "开始标记与结束标记不一致",
    "duplicate attribute": "属性重复",
    "junk after document element": "根元素之后还有内容",
    "illegal parameter entity reference": "此处不能引用参数实体",
    "undefined entity": "使用了未定义的实体",
    "recursive entity reference": "实体引用了自身",
    "asynchronous entity": "实体与元素交叉",
    "reference to invalid character number": "字符编号不是 XML 允许的字符",
    "reference to binary entity": "引用了非文本的实体",
    "reference to external entity in attribute": "属性中引用了外部实体",
    "XML or text declaration not at start of entity": "XML 声明不在文件的最前面",
    "unknown encoding": "不认识的编码",
    "encoding specified in XML declaration is incorrect": "XML 声明中的编码与实际不符",
    "unclosed CDATA section": "CDATA 没有结束",
    "error in processing external entity reference": "外部实体无法处理",
    "document is not standalone": "文档并不独立，依赖外部声明",
    "unexpected parser state - please send a bug report": "解析器状态异常",
    "entity declared in parameter entity": "实体是在参数实体中声明的",
    "requested feature requires XML_DTD support in Expat": "需要 DTD 支持，此处没有",
    "cannot change setting once parsing has begun": "解析开始后不能更改设置",
    "unbound prefix": "前缀没有声明",
    "must not undeclare prefix": "不能撤销前缀的声明",
    "incomplete markup in parameter entity": "参数实体中的标记不完整",
    "XML declaration not well-formed": "XML 声明不合格式",
    "text declaration not well-formed": "文本声明不合格式",
    "illegal character(s) in public id": "公共标识中有不允许的字符",
    "parser suspended": "解析已暂停",
    "parser not suspended": "解析没有暂停",
    "parsing aborted": "解析已中止",
    "parsing finished": "解析已结束",
    "cannot suspend in external parameter entity": "外部参数实体中不能暂停",
    "reserved prefix (xml) must not be undeclared or bound to another namespace name": (
        "保留前缀 xml 不能撤销，也不能另作声明"
    ),
    "reserved prefix (xmlns) must not be declared or undeclared": "保留前缀 xmlns 不能声明或撤销",
    "prefix must not be bound to one of the reserved namespace names": (
        "前缀不能声明为保留的名称空间"
    ),
    "invalid argument": "参数无效",
    "a successful prior call to function XML_GetBuffer is required": "解析器没有缓冲区",
    "limit on input amplification factor (from DTD and entities) breached": ("实体展开后超过上限"),
}
_ENDS: Final = frozenset(
    ("no element found", "unclosed token", "partial character", "unclosed CDATA section")
)
"""What expat says at the end alone, of a document that ought to go on."""
_UNKNOWN: Final = Text("有不合规的内容", "something is not as it may be")


class XmlError(SuyuanError, ValueError):
    """These bytes are no XML that is read here; the place is a line and a column.

    `cure` says what to do about it, by what is wrong.
    """

    def __init__(self, code: str, text: Text, place: str) -> None:
        super().__init__(code, text, place)
        self.cure = _CURES[code]


def place_at(line: int, column: int) -> str:
    """A place in a document, both counted from 1."""
    return f"line {line}, column {column}"


def ill_formed(said: str, line: int, column: int) -> XmlError:
    """The refusal of a document of which expat says this, at a place counted from 1."""
    what = Text(_SAID[said], said) if said in _SAID else _UNKNOWN
    return XmlError(
        "xml.cut" if said in _ENDS else "xml.syntax",
        _BROKEN.format(what=what),
        place_at(line, column),
    )
