"""Whether there are letters for what a label is to say: a box in their place is no print."""

from collections.abc import Iterable
from typing import Any, Final

from suyuan.kit import Text
from suyuan.labels.types import Label, LabelError

_SOURCE: Final = b"#set text(font: sys.inputs.family)\n#sys.inputs.text"
_MOST_SAID: Final = 10
_BREAKS: Final = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
_NONE: Final = "could not be displayed"
"""What typst says of a text for which no font has a letter, where a PDF must have all (PDF/A)."""

_MISSING = Text(
    "这些字符没有字体可印，只会印成方框：{found}；请改写，或在这台机器上安装有它们的字体。",
    "No font here has these characters, which would be printed as boxes: {found}; write it "
    "otherwise, or install a font that has them beside the Chinese one.",
)


def require_letters(labels: Iterable[Label], typesetter: Any, family: str) -> None:
    """Every text of the labels can be set, by the fonts of the typesetter that draws them.

    Raises:
        LabelError: a character is in none of its fonts; the place is `heading`, `lines` or `code`.
    """
    said = dict.fromkeys(each for label in labels for each in _texts(label))
    if _is_set("\n".join(text for _, text in said), typesetter, family):
        return
    for place, text in said:
        if not _is_set(text, typesetter, family):
            lacking = [
                each for each in dict.fromkeys(text) if not _is_set(each, typesetter, family)
            ] or [text]
            found = " ".join(map(_shown, lacking[:_MOST_SAID]))
            raise LabelError("label.letters", _MISSING.format(found=found), place)


def spaced(text: str) -> str:
    """A text with a space for each tab and line break: no font has a letter for them."""
    return text.translate(_BREAKS)


def _texts(label: Label) -> Iterable[tuple[str, str]]:
    yield "heading", label.heading
    yield from (("lines", line) for line in label.lines)
    if not (label.code.isascii() and label.code.isprintable()):
        yield "code", label.code


def _shown(letters: str) -> str:
    numbers = "+".join(f"U+{ord(each):04X}" for each in letters[:_MOST_SAID])
    return f"{letters[:_MOST_SAID]} ({numbers})" if letters.isprintable() else numbers


def _is_set(text: str, typesetter: Any, family: str) -> bool:
    import typst  # noqa: PLC0415 -- only when a label is drawn

    try:
        typesetter.compile(
            _SOURCE,
            format="pdf",
            sys_inputs={"family": family, "text": spaced(text)},
            pdf_standards="a-2b",
            pdf_tags=False,
        )
    except typst.TypstError as error:
        if _NONE not in str(error):
            raise
        return False
    return True
