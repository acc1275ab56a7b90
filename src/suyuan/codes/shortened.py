"""Takes the content of a cell; gives whether a spreadsheet shortened a long number in it."""

import re
from typing import Final

from suyuan.kit import Text

SHORTENED: Final = Text(
    "“{code}” 是被 Excel 缩短的数，后面的数字已经丢了。",
    "Excel shortened this number to '{code}', and its last digits are lost.",
)
_NUMBER: Final = re.compile(r"[0-9](?:[.,][0-9]{1,17})?[Ee]\+?[0-9]{1,2}")


def is_shortened(cell: str) -> bool:
    """Whether a spreadsheet made a long number of it and kept its first digits alone."""
    return _NUMBER.fullmatch(cell) is not None
