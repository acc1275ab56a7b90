"""The rules of reading about words of vocabularies and codes of units, as data (`wire.rules`)."""

from typing import Final

from suyuan.kit import Text
from suyuan.wire.rule import SCHEMA, Rule, forgiven, never, said

_LIST: Final = "UN/CEFACT Recommendation 20"
_COMPARE: Final = Text("请核对拼写。{near}", "Compare the spelling.{near}")
_NO_WORD: Final = Text(
    "{found} 写成 GS1 词汇表的词，却不是已知的{vocabulary}，按原样保留。",
    "{found} is written as a word of GS1's vocabularies, and is no known {vocabulary}; kept.",
)

WORD_RULES: Final[dict[str, Rule]] = {
    "wire.word": never(
        f"{SCHEMA}, {{vocabulary}} (CBV 2.0)",
        Text("{found} 不是 CBV 的{vocabulary}。", "{found} is not a {vocabulary} of the CBV."),
        Text(
            "请用 CBV 的单词，或自己的 URI。{near}",
            "Use a word of the CBV, or a URI of your own.{near}",
        ),
    ),
    "wire.word.kept": forgiven(
        f"{SCHEMA}, {{vocabulary}}",
        Text(
            "{found} 不在已知的{vocabulary}之列，按原样保留。",
            "{found} is no known {vocabulary}; kept.",
        ),
        Text(
            "请用标准的单词，或自己的 URI。{near}",
            "Use a standard word, or a URI of your own.{near}",
        ),
    ),
    "wire.word.withdrawn": forgiven(
        f"{SCHEMA}, {{vocabulary}}",
        Text("{found} 是旧写法，按 {word} 读取。", "{found} is an older form, read as {word}."),
        Text("请写 CBV 的单词形式。", "Write the bare word of the CBV."),
    ),
    "wire.word.unlisted": said("CBV 2.0", _NO_WORD, _COMPARE),
    # The same in a form of the CBV that the schema refuses, whatever word it holds.
    "wire.word.withdrawn-unlisted": forgiven(f"{SCHEMA}, {{vocabulary}}", _NO_WORD, _COMPARE),
    "wire.unit": never(
        f"{SCHEMA}, uom (UN/CEFACT Rec. 20)",
        Text("{found} 不是计量单位代码。", "{found} is not a unit code."),
        Text("{near}", "{near}"),
    ),
    "wire.unit.unlisted": said(
        _LIST,
        Text(
            "{found} 不是计量单位代码，按原样保留；按单位查询时找不到它。",
            "{found} is not a unit code; kept as sent, and found by no query for a unit.",
        ),
        Text("{near}", "{near}"),
    ),
}
