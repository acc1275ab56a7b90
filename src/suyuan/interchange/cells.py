"""Takes text; gives it as a cell of a workbook can hold it, which is not everything."""

from collections.abc import Iterable
from typing import Final

from suyuan.kit.text import legal_in_xml

MOST: Final = 32_767
"""Characters of a cell; a spreadsheet cuts off what is more without a word."""


def cell_text(text: str) -> str:
    """The text as a cell holds it; what does not fit is cut, and said to be."""
    legal = legal_in_xml(text)
    return legal if len(legal) <= MOST else f"{legal[: MOST - 1]}…"


def listed(names: Iterable[str]) -> str:
    """Names behind commas, whole ones only; of what does not fit, how many there are."""
    every, taken, length = list(names), 0, 0
    for name in every:
        length += len(name) + 2
        if length > MOST - 20:
            break
        taken += 1
    more = f"… +{len(every) - taken}" if taken < len(every) else ""
    return ", ".join([*every[:taken], *([more] if more else [])])
