"""Takes how long something lasts as people write it; gives seconds, and seconds in words again."""

import re
from collections.abc import Mapping
from typing import Final
from unicodedata import normalize

from suyuan.kit.errors import SuyuanError
from suyuan.kit.text import Text, brief, counted

_UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("s", "sec", "second", "seconds", "秒"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes", "分", "分钟"), 60),
    **dict.fromkeys(("h", "hour", "hours", "时", "小时"), 3_600),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 86_400),
    **dict.fromkeys(("w", "week", "weeks", "周", "星期"), 604_800),
}
_FORM: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s{0,3}([a-z]{1,7}|[秒分钟时小天日周星期]{1,2})")
_MOST_SHOWN: Final = 40
_BAD: Final = Text(
    "“{given}”不是时长；请写成 36h、30d、36小时或 30天。",
    "'{given}' says no length of time; write 36h or 30d.",
)


def seconds_typed(text: str, place: str) -> float:
    """So many seconds as `90min`, `36h`, `30d`, `2w`, or with Chinese units, state.

    A number without a unit is refused: nobody could say what it counts.

    Raises:
        SuyuanError: `given.lasting`, it is none of these.
    """
    form = _FORM.fullmatch(normalize("NFKC", text).strip().lower())
    unit = _UNITS.get(form[2]) if form else None
    if form is None or unit is None:
        raise SuyuanError("given.lasting", _BAD.format(given=brief(text, _MOST_SHOWN)), place)
    return float(form[1]) * unit


def said(seconds: float) -> Text:
    """A length of time in the largest unit in which it is a whole number, else in seconds."""
    for size, zh, one, many in (
        (86_400, "天", "day", "days"),
        (3_600, "小时", "hour", "hours"),
        (60, "分钟", "minute", "minutes"),
    ):
        if seconds and not seconds % size:
            return counted(int(seconds // size), zh, one, many)
    return Text(f"{seconds:g} 秒", f"{seconds:g} s")
