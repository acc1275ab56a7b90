"""Takes what a spreadsheet holds in a cell; gives the value meant, and what was forgiven.

Excel makes numbers of codes and dates of texts; people type full-width digits and 2026年3月1日.
What is certain is forgiven and said; what is lost is never guessed: of a code that became a
number, only 15 digits are left.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from msgspec import structs

from suyuan.families import word
from suyuan.kit import Text
from suyuan.kit.numerals import readings
from suyuan.model import Severity
from suyuan.templates.naming import name_of
from suyuan.templates.types import Choice, Column, Meant, Remark

EXCEL_DIGITS: Final = 15
EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- a sheet's clock is local
_SERIALS: Final = range(1, 2_958_466)
_DATE: Final = re.compile(
    r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})(?:日|号)?(?:[T ]*(\d{1,2})[::时点](\d{1,2})"
    r"(?:[::分](\d{1,2})(?:\.\d+)?秒?|分)?)?(Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_BASIC: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_EXTENDED: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?|\d{4}(-\d\d(-\d\d)?)?",
    re.ASCII,
)


_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


_AS_TEXT: Final = Text("请将此列设为文本格式再填写。", "Format the column as text, then type it.")
_WAS_NUMBER: Final = Remark(
    "workbook.number-as-text",
    Severity.NOTE,
    Text("编码被存成了数字，已按文本读取。", "A code was kept as a number; it was read as text."),
    _AS_TEXT,
)
_WAS_DATE: Final = Remark(
    "workbook.date-as-text",
    Severity.FLAG,
    Text(
        "文本被存成了日期，已按日期文本读取，请核对。",
        "A text was kept as a date; it was read as that date's text. Please compare.",
    ),
    _AS_TEXT,
)
_LOST: Final = Remark(
    "workbook.digits-lost",
    Severity.REFUSE,
    Text(
        "编码被存成数字，超过15位的数字已经丢失。",
        "A code was kept as a number, and digits after the 15th are lost.",
    ),
    Text("将此列设为文本格式，重新填写编码。", "Format the column as text and enter it again."),
)
_WIDE: Final = Remark(
    "workbook.full-width",
    Severity.NOTE,
    Text("全角字符已按半角读取。", "Full-width characters were read as half-width ones."),
    Text("请用半角输入数字和字母。", "Type digits and letters half-width."),
)
_WRITE_TIME: Final = Text("请写成 2026-03-01 09:30。", "Write it as 2026-03-01 09:30.")
_RESPELLED: Final = Remark(
    "workbook.date-respelled",
    Severity.NOTE,
    Text("日期已按 GB/T 7408 读取。", "The date was read in the form of GB/T 7408."),
    Text("请写成 2026-03-01。", "Write it as 2026-03-01."),
)
_RESPELLED_TIME: Final = structs.replace(_RESPELLED, cure=_WRITE_TIME)
_SERIAL: Final = Remark(
    "workbook.date-serial",
    Severity.FLAG,
    Text("日期被存成了序号，已换算，请核对。", "A date was kept as a serial number; compare it."),
    Text("将此列设为日期或文本格式。", "Format the column as date or text."),
)
_NO_DATE: Final = Remark(
    "workbook.no-date",
    Severity.REFUSE,
    Text("这不是日期。", "This is no date."),
    Text("请写成 2026-03-01。", "Write it as 2026-03-01."),
)
_NO_TIME: Final = Remark(
    "workbook.no-time",
    Severity.REFUSE,
    Text("时间须写到时、分。", "A time needs its hour and minute."),
    _WRITE_TIME,
)
_NO_MOMENT: Final = Remark(
    "workbook.no-date",
    Severity.REFUSE,
    Text(
        "这不是时间；年、月、日、时、分都要写。",
        "This is no time: it needs year, month, day, hour and minute.",
    ),
    _WRITE_TIME,
)
_NO_NUMBER: Final = Remark(
    "workbook.no-number",
    Severity.REFUSE,
    Text("这不是数字。", "This is no number."),
    Text("只写数字；单位写在单位列。", "Write the number alone; the unit has its own column."),
)
_TWO_NUMBERS: Final = Remark(
    "workbook.two-numbers",
    Severity.REFUSE,
    Text(
        "这可以是两个数：逗号可以分千位，也可以分小数。",
        "This can be two numbers: the comma may part thousands or decimals.",
    ),
    Text(
        "一千写 1000，一写 1；小数点用“.”。",
        "Write 1000 for a thousand and 1 for one; the decimal point is '.'.",
    ),
)
_POINT: Final = Remark(
    "workbook.decimal-point",
    Severity.NOTE,
    Text("“.”按小数点读取。", "The '.' was read as the decimal point."),
    Text("如是千位分隔，请删去。", "If it parts thousands, take it out."),
)


def meant(value: Any, column: Column) -> Meant:
    """What a cell of that column means."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Meant()
    if isinstance(value, float) and not isfinite(value):  # JSON by Python has NaN and Infinity
        value = str(value)
    if column.type == "time":
        return _time(value)
    if column.type == "date":
        return _date(value)
    if column.type == "number":
        return _number(value)
    return _text(value, column)


def _text(value: Any, column: Column) -> Meant:
    if isinstance(value, bool):
        return Meant("true" if value else "false")
    if isinstance(value, datetime | date | time):
        return Meant(_iso(value), (_WAS_DATE,))
    if isinstance(value, int | float):
        return _named(_code(value), column)
    text, remarks = _narrow(str(value)) if column.type != "text" else (str(value).strip(), ())
    return _named(Meant(_chosen(text, column.choices), remarks), column)


def _named(read: Meant, column: Column) -> Meant:
    """The same, with a code of a thing, place or party as its canonical name."""
    if read.value is None:
        return read
    name = name_of(read.value, column)
    return Meant(name.value, (*read.remarks, *name.remarks))


def _code(value: float) -> Meant:
    exact = Decimal(str(value))
    if abs(exact) >= 10**EXCEL_DIGITS:
        return Meant(None, (_LOST,))
    plain = exact.to_integral_value() if exact == exact.to_integral_value() else exact
    return Meant(f"{plain:f}", (_WAS_NUMBER,))


def _narrow(text: str) -> tuple[str, tuple[Remark, ...]]:
    """Digits and letters half-width; 全角 are forgiven, other characters are left."""
    plain = "".join(
        unicodedata.normalize("NFKC", one) if "！" <= one <= "～" or one == "\u3000" else one
        for one in text
    )
    return plain.strip(), (_WIDE,) if plain != text else ()


def _chosen(text: str, choices: tuple[Choice, ...]) -> str:
    """The id of a choice named by id, by name in either tongue, or as a drop-down shows it."""
    for one in choices:
        if text in (one.id, one.name.zh, one.name.en, one.shown) or word(text) == one.id:
            return text if word(text) == one.id else one.id
    return text


def _number(value: Any) -> Meant:
    """A number; typed as text, its point is the decimal one, as forms have it, and a comma either.

    Who thinks that a point parts thousands is told.
    """
    text, remarks = _narrow(str(value))
    found = () if isinstance(value, bool) else readings(text)
    if not found:
        return Meant(None, (_NO_NUMBER,))
    if len(found) == 1 or not isinstance(value, str):
        return Meant(found[-1], remarks)
    return Meant(None, (_TWO_NUMBERS,)) if "," in text else Meant(found[-1], (*remarks, _POINT))


def _date(value: Any) -> Meant:
    if isinstance(value, datetime | date):
        return Meant(_iso(value))
    if isinstance(value, int | float):
        return _from_serial(value)
    plain, remarks = _narrow(str(value))
    if _EXTENDED.fullmatch(plain) and _is_real(plain):
        return Meant(plain, remarks)
    found = _DATE.fullmatch(plain) or _BASIC.fullmatch(plain)
    spelled = _spelled(found) if found else None
    if spelled is None:
        return Meant(None, (_NO_DATE,))
    return Meant(spelled, (*remarks, _RESPELLED))


def _is_real(text: str) -> bool:
    """Whether the day and time exist; a year or month alone is a span of time as well."""
    filled = text + "-01-01"[len(text) - 4 :] if len(text) < len("2026-03-01") else text
    try:
        datetime.fromisoformat(filled)
    except ValueError:
        return False
    return True


def _spelled(found: re.Match[str]) -> str | None:
    parts = [int(one) for one in found.groups()[:6] if one is not None]
    try:
        at = datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 -- a sheet's clock is local
    except ValueError:
        return None
    zone = (found.group(7) or "") if found.re is _DATE else ""
    return (at.isoformat() if len(parts) > 3 else at.date().isoformat()) + zone  # noqa: PLR2004


def _from_serial(value: float) -> Meant:
    if int(value) in range(19000101, 21001232) and int(value) == value:
        return _date(str(int(value)))
    if int(value) not in _SERIALS:
        return Meant(None, (_NO_DATE,))
    return Meant(_iso(EXCEL_EPOCH + timedelta(days=value)), (_SERIAL,))


def _time(value: Any) -> Meant:
    found = _date(value)
    if found.value is None:
        return Meant(None, (_NO_MOMENT,))
    remarks = tuple(_RESPELLED_TIME if one is _RESPELLED else one for one in found.remarks)
    if isinstance(value, datetime):
        return Meant(value.isoformat(), remarks)
    written = _MOMENT.fullmatch(str(found.value))
    if written is None:
        return Meant(None, (_NO_TIME,))
    day, minute, second, zone = written.groups(default="")
    return Meant(f"{day}T{minute}{second or ':00'}{zone}", remarks)


def _iso(value: datetime | date | time) -> str:
    if isinstance(value, datetime):
        rounded = value.replace(microsecond=0) + timedelta(seconds=round(value.microsecond / 1e6))
        return rounded.date().isoformat() if rounded.time() == time() else rounded.isoformat()
    return value.isoformat()
