"""What is said about codes that are read with doubt or not at all."""

from typing import Final

from suyuan.codes.types import Note, Severity
from suyuan.kit import Text

_TEXTS: Final[dict[str, Text]] = {
    "check": Text(
        "校验位应为 {expected}，而不是 {found}；请核对是否抄错或扫错。",
        "The check character should be {expected}, not {found}; compare with the label.",
    ),
    "alphabet": Text(
        "{what}含有不允许的字符；请核对。",
        "{what} contains a character that is not allowed; compare with the label.",
    ),
    "length": Text(
        "{what}长度不符：{found} 个字符；请核对是否缺失。",
        "{what} has the wrong length: {found} characters; see whether some are missing.",
    ),
    "padded": Text(
        "GTIN 省略了前导零，已补足 14 位。",
        "The GTIN came without its leading zeros and was padded to 14 digits.",
    ),
    "suppressed": Text(
        "GTIN 省略了前导零；标签和链接里应写满 14 位，已补足。",
        "The GTIN came without its leading zeros, which belong there; padded to 14 digits.",
    ),
    "compressed": Text("链接是压缩的，已展开。", "The link was compressed; it was unpacked."),
    "product-url": Text(
        "取自企业网址中的标识（商品二维码）。",
        "Taken from the identifiers in a maker's address (product QR code).",
    ),
    "nameless": Text(
        "这些内容只说明某件东西，本身不指任何东西；请连同 (01) 或 (00) 一起扫。",
        "This says something of a thing and names none; scan the (01) or (00) beside it too.",
    ),
    "lacks": Text(
        "应用标识符 {ai} 应和 {found} 之一同在一件东西上。",
        "Application identifier {ai} belongs beside one of {found} on the same thing.",
    ),
    "bars": Text(
        "应用标识符 {ai} 不得和 {found} 同在一件东西上。",
        "Application identifier {ai} must not stand beside {found} on the same thing.",
    ),
    "repeated": Text(
        "应用标识符 {ai} 出现两次而内容不同。",
        "Application identifier {ai} stands twice with different data.",
    ),
    "prefix": Text(
        "厂商识别代码应为 6 至 12 位数字，与其后部分合计 {total} 位。",
        "The company prefix takes 6 to 12 digits and, with what follows, {total} in all.",
    ),
    "form": Text("不是 {what} 的写法。", "This is not how {what} is written."),
    "alias": Text(
        "链接用了旧的字母写法（如 gtin），已按数字标识符识别。",
        "The link uses the withdrawn letter names (such as gtin); read as their numbers.",
    ),
    "host": Text(
        "链接的主机 {host} 未登记为解析服务，按 GS1 数字链接的结构识别。",
        "The host {host} is no registered resolver; read by its GS1 Digital Link structure.",
    ),
    "slash": Text("已忽略链接末尾的斜杠。", "The slash at the end of the link was ignored."),
    "pattern": Text(
        "这是一个匹配模式，不指任何一件东西。",
        "This is a pattern for searching; it names no thing.",
    ),
    "generic": Text(
        "已知结构、未登记的编码体系。", "The scheme is not in our registry; its form is."
    ),
    "bare": Text(
        "不是网址或 URN；事件中的标识必须是 URI。",
        "This is neither a URL nor a URN; identifiers in events must be URIs.",
    ),
    "grain": Text(
        "此处应为{expected}，而该编码指的是{found}。",
        "This place expects {expected}, but the code names {found}.",
    ),
    "division": Text(
        "行政区划前两位 {found} 不是省级代码。",
        "The first two digits of the division, {found}, are no province.",
    ),
    "day": Text("{found} 不是日历上的日期。", "{found} is no day of the calendar."),
    "chapter": Text("协调制度没有第 {found} 章。", "The Harmonized System has no chapter {found}."),
    "issuer": Text(
        "这种编号只在{issuer}内唯一；记录时请连同它一起写。",
        "This number is unique only within {issuer}; name that too where you record it.",
    ),
    "masked": Text(
        "这是居民身份证号。它不用来标识物品和场所，已遮盖。",
        "This is a resident identity number. It names no thing or place; it is masked.",
    ),
    "authentic": Text(
        "结构相符不等于真品；请到发码方的查询页核对。",
        "A code of the right form is no proof of a genuine thing; ask at its issuer's page.",
    ),
    "division_ended": Text(
        "行政区划 {found}：{name}（用到 {until}），现属{now}。",
        "Division {found}: {name} (until {until}), today in {now}.",
    ),
    "division_unknown": Text(
        "行政区划 {found} 不在代码表里；请核对。表里没有开发区自编的代码。",
        "Division {found} is not in the table; compare it with the source. Codes that development "
        "zones gave themselves are not in it.",
    ),
    "kept": Text("按收到的样子保留。", "Kept as received."),
    "linked": Text("取自链接中的参数或路径。", "Taken from inside the link."),
    "element": Text(
        "应用标识符 {ai} 的内容不符合规定：{found}",
        "The data of application identifier {ai} break its format: {found}",
    ),
}


def note(code: str, severity: Severity, **params: object) -> Note:
    """The note of this code with its parameters filled in."""
    return Note(f"code.{code}", severity, _TEXTS[code].format(**params))
