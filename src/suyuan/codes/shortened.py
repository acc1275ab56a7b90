"""Takes the content of a cell; gives whether a spreadsheet shortened a long number in it."""

import re
from typing import Final

from suyuan.kit import Text

SHORTENED: Final = Text(
    "“{code}” 是被 Excel 缩短的数，后面的数字已经丢了。",
    "Excel shortened this number to '{code}', and its last digits are lost.",
)
ROUNDED: Final = Text(
    "“{code}” 像是被 Excel 取整过：第 15 位以后全是 0。",
    "Excel seems to have rounded this number to '{code}': all behind its 15th digit is 0.",
)
_KEPT: Final = 15
_NUMBER: Final = re.compile(r"[0-9](?:[.,][0-9]{1,17})?[Ee]\+?[0-9]{1,2}")


def is_shortened(cell: str) -> bool:
    """Whether a spreadsheet made a long number of it and kept its first digits alone."""
    return _NUMBER.fullmatch(cell) is not None


def is_rounded(cell: str) -> bool:
    """Whether a number has nothing but zeros behind the digits that a spreadsheet keeps."""
    return cell.isdecimal() and len(cell) > _KEPT and not cell[_KEPT:].strip("0")
