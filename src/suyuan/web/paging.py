"""Takes what was typed as a page of a list; gives its number, and what those beside are called."""

from typing import Final

from suyuan.kit import Text

BEFORE: Final = Text("上一页", "Previous page")
AFTER: Final = Text("下一页", "Next page")
_MOST: Final = 9_999
_DIGITS: Final = 4


def page_typed(text: str) -> int:
    """Which page is asked for, from 1; what is no number asks for the first."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 1
    return min(max(number, 1), _MOST)
