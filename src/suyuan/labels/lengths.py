"""How much text a label takes: judged before anything of it is drawn."""

from typing import Final

from suyuan.kit import Text
from suyuan.labels.types import Label, LabelError

_WORDS: Final = 500
_SYMBOL: Final = 1_000

_LONG = Text(
    "标签文字有 {found} 个字符（每行另算一个），最多 {most} 个；请删减。",
    "The text of the label has {found:character|characters} (and one for each line), at most "
    "{most}; shorten it.",
)
_LONG_SYMBOL = Text(
    "二维码内容太长（{found} 个字符，最多 {most} 个）；请缩短。",
    "The text of a symbol is too long: {found:character|characters}, at most {most}; shorten it.",
)


def require_short(label: Label) -> Label:
    """The label itself.

    Raises:
        LabelError: its heading, lines and code have more than 500 characters, or a symbol has
            more than 1,000.
    """
    lines = sum(len(line) + 1 for line in label.lines)
    found = len(label.heading) + lines + len(label.code)
    if found > _WORDS:
        place = "heading" if len(label.heading) > lines else "lines"
        raise LabelError("label.words", _LONG.format(found=found, most=_WORDS), place)
    for symbol in label.symbols:
        if len(symbol.text) > _SYMBOL:
            text = _LONG_SYMBOL.format(found=len(symbol.text), most=_SYMBOL)
            raise LabelError("label.long", text, "text")
    return label
