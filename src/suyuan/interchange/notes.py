"""Takes what was found wrong in, or forgiven of, a partner's file; gives findings by place."""

from suyuan.interchange.types import Spot
from suyuan.kit import Text
from suyuan.model import Severity
from suyuan.templates.types import CellFinding


class Remark(CellFinding, frozen=True, kw_only=True):
    """A kind of finding before its place is known."""

    sheet: str = ""
    row: int = 0
    column: str = ""


def remark(code: str, severity: Severity, message: Text, cure: Text) -> Remark:
    """A kind of finding of files of partners."""
    return Remark(code=f"interchange.{code}", severity=severity, message=message, cure=cure)


class Notes:
    """Findings as they are met, in order."""

    def __init__(self) -> None:
        self.found: list[CellFinding] = []

    def say(self, kind: Remark, spot: Spot, **params: object) -> None:
        """Keep a finding at its place, with what was written there."""
        shown = {name: str(value)[:80] for name, value in params.items()}
        self.found.append(
            CellFinding(
                code=kind.code,
                severity=kind.severity,
                sheet=spot.sheet,
                row=spot.row,
                column=spot.column,
                message=kind.message.format(**shown),
                cure=kind.cure.format(**shown),
            )
        )

    @property
    def refused(self) -> bool:
        """Whether something keeps the file from being taken in."""
        return any(each.severity is Severity.REFUSE for each in self.found)


NO_DATE = remark(
    "date",
    Severity.FLAG,
    Text("“{value}”不是能认出的日期，按日期不详读取。", "'{value}' is no date; read as unknown."),
    Text("写成 2026-03-01，或只写年、年月。", "Write 2026-03-01, or the year or month alone."),
)
NO_TIME = remark(
    "no-date",
    Severity.NOTE,
    Text("没有日期，按日期不详记录。", "There is no date; recorded with an unknown time."),
    Text("知道日期就补上。", "Fill it in if it is known."),
)
NO_UNIT = remark(
    "unit",
    Severity.NOTE,
    Text(
        "数量“{value}”的单位没有标准代码，数量按原文保存。",
        "The unit of '{value}' has no standard code; the amount is kept as it was written.",
    ),
    Text("用公斤、升、件等通用单位。", "Use kilograms, litres or pieces."),
)
TWO_NUMBERS = remark(
    "two-numbers",
    Severity.FLAG,
    Text(
        "“{value}”可以是两个数（{one} 或 {other}），按数量不明读取，原文保存。",
        "'{value}' can be two numbers ({one} or {other}); read as unknown, kept as it was written.",
    ),
    Text(
        "是哪个就写哪个：{one} 或 {other}。不要写千位分隔符。",
        "Write whichever it is: {one} or {other}, without a sign for thousands.",
    ),
)
NO_NUMBER = remark(
    "number",
    Severity.REFUSE,
    Text("“{value}”不是不小于零的数。", "'{value}' is no number of zero or more."),
    Text("只写数字。", "Write a number alone."),
)
NEGATIVE = remark(
    "negative",
    Severity.REFUSE,
    Text("数量“{value}”是负数。", "The amount '{value}' is negative."),
    Text(
        "写不小于零的数；退回的货写成反方向的一批交货。",
        "Write zero or more; what was sent back is a delivery of its own, the other way.",
    ),
)
NO_ID = remark(
    "no-id",
    Severity.REFUSE,
    Text("这一行没有编号。", "The row has no ID."),
    Text("给它一个编号。", "Give it one."),
)
TWICE = remark(
    "twice",
    Severity.REFUSE,
    Text("编号“{value}”用了两次。", "The ID '{value}' is used twice."),
    Text("每行一个编号。", "One ID for each row."),
)
NO_STATION = remark(
    "no-station",
    Severity.REFUSE,
    Text("没有站点“{value}”。", "There is no station '{value}'."),
    Text("在站点表里加上它，或改正编号。", "Add it to the stations, or correct the ID."),
)
NO_DELIVERY = remark(
    "no-delivery",
    Severity.REFUSE,
    Text("没有交货“{value}”。", "There is no delivery '{value}'."),
    Text("在交货表里加上它，或改正编号。", "Add it to the deliveries, or correct the ID."),
)
NOT_JOINED = remark(
    "not-joined",
    Severity.REFUSE,
    Text(
        "“{source}”送到“{came}”，而“{target}”从“{left}”发出：一批货在别处不能变成另一批。",
        "'{source}' came to '{came}', but '{target}' left from '{left}': nothing becomes another "
        "delivery elsewhere.",
    ),
    Text("改正其中一个编号。", "Correct one of the two IDs."),
)
BACKWARDS = remark(
    "backwards",
    Severity.FLAG,
    Text(
        "“{source}”到得比“{target}”发出还晚；这一步按可能记录，时间不详。",
        "'{source}' came after '{target}' had left; kept as possible, at an unknown time.",
    ),
    Text("核对两个日期。", "Compare the two dates."),
)
EARLY = remark(
    "early",
    Severity.FLAG,
    Text(
        "到得比发出还早：{departed} 发出，{arrived} 到；按所写的记录，溯源时会指出。",
        "It came before it left (left {departed}, came {arrived}); recorded as it is written, and "
        "told as a contradiction by every trace.",
    ),
    Text("核对两个日期，改正后再导入。", "Compare the two dates, and correct them before import."),
)
