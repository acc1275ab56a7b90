"""What is said about codes that are read with doubt or not at all."""

from functools import cache
from typing import Final

from suyuan.codes.gs1_texts import GS1_TEXTS
from suyuan.codes.types import Note, Severity
from suyuan.kit import Text

# Of what is more than a remark each says what to do; a test walks them.
TEXTS: Final[dict[str, Text]] = {
    **GS1_TEXTS,
    "check": Text(
        "校验位应为 {expected}，而不是 {found}；请核对是否抄错或扫错。",
        "The check character should be {expected}, not {found}; compare with the label.",
    ),
    "credit-whole": Text(
        "整个代码的校验（第 18 位）不符：应为 {expected}，而不是 {found}；其中的组织机构代码相符。"
        "请核对第 1–8 位和末位。",
        "The check of the whole (place 18) fails: it should be {expected}, not {found}. That of "
        "the organisation code in it holds: compare places 1 to 8 and the last.",
    ),
    "credit-inner": Text(
        "其中组织机构代码（第 9–17 位）自身的校验不符：第 17 位应为 {expected}，而不是 {found}；"
        "整个代码的校验（第 18 位）相符。请和证照核对。",
        "The check of the organisation code in it (places 9 to 17) fails: place 17 should be "
        "{expected}, not {found}. That of the whole (place 18) holds. Compare with the licence.",
    ),
    "credit-both": Text(
        "整个代码的校验（第 18 位的 {found}）和其中组织机构代码（第 9–17 位）自身的校验都不符；"
        "请先核对第 9–17 位。",
        "The check of the whole ({found}, place 18) and that of the organisation code in it "
        "(places 9 to 17) both fail: compare places 9 to 17 first.",
    ),
    "alphabet": Text(
        "{what}含有不允许的字符“{found}”；请核对。",
        "{what} contains '{found}', which is not allowed in it; compare with the label.",
    ),
    "length": Text(
        "{what}长度不符：{found} 个字符；请核对是否缺失。",
        "{what} has the wrong length: {found:character|characters}; see whether some are missing.",
    ),
    "size": Text(
        "{name}的字母和数字共 {size} 个，这里是 {found} 个；请核对有没有漏抄或多抄。",
        "This would be: {name}, which has {size:letter|letters} and digits; here are {found}. Look "
        "for missing or extra ones.",
    ),
    "masked-part": Text(
        "里面有一段形如居民身份证号，已遮盖；这里只说明它是哪种商品。要查这一件，"
        "请输入包装上别的编码。",
        "A part of it has the form of a resident identity number and is masked; this is what "
        "product it is of. To look the thing itself up, enter another code on its package.",
    ),
    "place": Text(
        "第 {place} 位（{name}）是“{found}”，那里只能是 {allowed}；请核对。",
        "Place {place} ({name}) is '{found}', where there can only be {allowed}; compare it.",
    ),
    "lacking": Text(
        "缺“{name}”：第 {place} 位起至少有 {size} 个字符，只能是 {allowed}；请和证件或标签核对。",
        "The {name} is missing: from place {place} there is at least {size:character|characters} "
        "of it, where there can only be {allowed}; compare it with the paper or label.",
    ),
    "form": Text(
        "不是 {what} 的写法；请和标签、单据核对。",
        "This is not how {what} is written; compare it with the label or paper.",
    ),
    "generic": Text(
        "已知结构、未登记的编码体系。", "The scheme is not in our registry; its form is."
    ),
    "bare": Text(
        "不是网址或 URN；事件中的标识必须是 URI，请写成 https://id.gs1.org/… 或 urn:… 。",
        "This is neither a URL nor a URN; identifiers in events must be URIs: write it as "
        "https://id.gs1.org/... or urn:....",
    ),
    "grain": Text(
        "此处应为{expected}，而该编码指的是{found}；请核对是不是写错了地方。",
        "This place expects {expected}, but the code names {found}; see whether it belongs "
        "elsewhere.",
    ),
    "division": Text(
        "行政区划前两位 {found} 不是省级代码；请核对有没有抄错。",
        "The first two digits of the division, {found}, are no province; compare them with the "
        "label.",
    ),
    "day": Text(
        "{found} 不是日历上的日期；请和包装核对有没有抄错或扫错。",
        "{found} is no day of the calendar; compare it with the package.",
    ),
    "chapter": Text(
        "协调制度没有第 {found} 章；请核对前两位。",
        "The Harmonized System has no chapter {found}; compare the first two digits.",
    ),
    "issuer": Text(
        "这种编号只在{issuer}内唯一；记录时请连同它一起写。",
        "This number is unique only within {issuer}; name that too where you record it.",
    ),
    "masked": Text(
        "这是（或形如）居民身份证号。它不用来标识物品和场所，已遮盖；请输入物品上的编码，"
        "单位请输统一社会信用代码。",
        "This is, or has the form of, a resident identity number. It names no thing or place; it "
        "is masked. Enter the code on the thing, or an organisation's social credit code.",
    ),
    "masked-unit": Text(
        "这 18 位数字单独看，既可以是物流单元代码（SSCC），也可以是居民身份证号，所以一样遮盖。"
        "确是物流单元的，请写成 (00) 加这 18 位再查。",
        "By themselves these 18 digits may be the number of a logistic unit (SSCC) and that of a "
        "person, so that both are masked. If they are a unit's, enter (00) before them.",
    ),
    "masked-registration": Text(
        "这 15 位数字既可以是旧工商注册号（校验位相符），也可以是 1999 年以前的居民身份证号，"
        "所以一样遮盖。查单位请改输统一社会信用代码。",
        "These fifteen digits may be an old business registration number, whose check digit holds, "
        "and a person's from before 1999, so that both are masked. To look the organisation up, "
        "enter its social credit code.",
    ),
    "filing-province": Text(
        "备案号里的“{found}”不成立：国产（G）这两位是省级代码，进口（J）是 00；请核对。",
        "'{found}' cannot be: of food made in China (G) these two digits are a province, of "
        "imports (J) 00; compare it with the package.",
    ),
    "number-check": Text(
        "它的校验位不符，多半抄错了；请核对。",
        "Its check character fails; most often it is mistyped: compare it.",
    ),
    "number-day": Text(
        "它的出生日期（第 7 位起）在日历上不存在，多半抄错了；请核对。",
        "Its day of birth (from place 7) does not exist; most often it is mistyped: compare it.",
    ),
    "number-place": Text(
        "它的前 2 位不是省级代码，多半抄错了；请核对。",
        "Its first two digits are no province; most often it is mistyped: compare it.",
    ),
    "number-length": Text(
        "它的位数不对：身份证号是 18 位（1999 年前是 15 位）；请核对。",
        "It has the wrong length: such a number has 18 characters (15 before 1999); compare it.",
    ),
    "number-old": Text(
        "15 位的旧号（1999 年以前签发）没有校验位，对不对无从核对，2013 年起不再有效；"
        "如是批号或序列号，请改用商品上的条码查询。",
        "The old form of 15 digits (issued until 1999) has no check character, so nothing "
        "confirms it; it ended in 2013. If it is a lot or serial number, look the thing up by "
        "its bar code.",
    ),
    "number-nowhere-old": Text(
        "这 15 位数字像旧身份证号，但前 6 位从来不是行政区划代码；为谨慎起见遮盖。"
        "如是批号或序列号，请改用商品上的条码查询。",
        "These fifteen digits look like an old resident number, but the first six were never the "
        "code of a division; they are masked to be safe. If they are a lot or serial number, look "
        "the thing up by its bar code.",
    ),
    "number-maybe-old": Text(
        "这 15 位数字像批号或序列号，只是也像旧身份证号，为谨慎起见遮盖；请改用商品上的条码查询。",
        "These fifteen digits stand as a lot or serial number does and only look like an old "
        "resident number; they are masked to be safe. Look the thing up by its bar code.",
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
    "division-name": Text(
        "按名称找到的行政区划，代码 {found}。",
        "Found by the name of a division; its code is {found}.",
    ),
    "division-word": Text(
        "这些字母也可能只是一个词；如果是地名，请加上级别（如 Harbin City）或输入汉字。",
        "These letters may be an ordinary word; if a place is meant, add what kind it is, as in "
        "Harbin City, or write it in Chinese.",
    ),
    "statistical": Text(
        "12 位是统计用区划代码；末 6 位是 0，指整个县级（或以上）区划，只读前 6 位。",
        "Twelve digits are a division as statistics write it; the last six are 0, so it is the "
        "whole county or what is above it: read by the first six.",
    ),
    "name-behind": Text(
        "名称“{found}”写在编号后面，已移到前面读。",
        "The name, '{found}', stands behind the number; read as if before it.",
    ),
    "maybe-certificate": Text(
        "只有 10 位数字，看不出是哪一种；动物检疫证明编号也常是 10 位。请连同前面的名称一起输入。",
        "Ten digits alone do not say what they are; numbers of quarantine certificates often have "
        "as many. Enter the words before them too.",
    ),
    "maybe-approval": Text(
        "字母加 8 位数字也是药品批准文号的写法，补上“国药准字”读；请看包装上有没有这几个字。",
        "A letter and eight digits are also how drugs are approved; read with 国药准字 before it: "
        "see whether the package says so.",
    ),
    "maybe-stamp": Text(
        "看不出是哪一种编号；气瓶钢印也这样写。请连同前面的文字（气瓶、CAS 等）一起输入。",
        "What this numbers cannot be seen; stamps on gas cylinders look so. Enter the words before "
        "it too (cylinder, CAS and the like).",
    ),
    "tag": Text(
        "这是标签里的写法（EPC Tag URI），去掉滤值就是同一个编码。",
        "This is how a tag holds it (EPC Tag URI); without the filter value it is the same code.",
    ),
    "standard": Text(
        "这是标准的编号，不是编码：它指产品执行的标准，不指任何一件东西；"
        "请输入旁边的条码或追溯码。",
        "This is the number of a standard and no code: it says which rules a product follows and "
        "names no thing; enter the bar code or trace code beside it.",
    ),
    "kept": Text("按收到的样子保留。", "Kept as received."),
    "linked": Text("取自链接中的参数或路径。", "Taken from inside the link."),
    "bare-address": Text(
        "网址没有写 https://，已补上。", "The address came without https://; it was put before it."
    ),
    "joined": Text(
        "链接中间有空格，已去掉；请和原链接核对。",
        "There was a space in the link; it was taken out: compare it with the link as it stands.",
    ),
    "cut": Text(
        "只读到链接中的第一个空格为止；后面的可能也是编码的一部分，请和原链接核对。",
        "Read up to the first space in the link only; what follows may belong to the code: "
        "compare it with the link as it stands.",
    ),
    "mark": Text(
        "没有读末尾的“{found}”，当作句子的标点；它也可能是编码的一部分，请和标签核对。",
        "The '{found}' at the end was taken for a mark of the sentence; it may belong to the "
        "code: compare it with the label.",
    ),
    "letters": Text(
        "把字母 O、I、l 读成了数字 0、1：{found}；请和标签核对。",
        "Letters O, I or l were read as the digits 0 and 1: {found}; compare with the label.",
    ),
    "letters-31": Text(
        "统一社会信用代码里没有字母 O、I、S、Z：读成了数字 0、1、5、2：{found}；请和证照核对。",
        "A social credit code has no letters O, I, S or Z: read as the digits 0, 1, 5 and 2: "
        "{found}; compare it with the licence.",
    ),
    "telephone": Text(
        "这串数字也像电话号码；如果是编码，请连同它的名称一起输入。",
        "These digits may be a telephone number; if they are a code, enter its name before it too.",
    ),
    "dashed": Text(
        "编号各段之间应有连字符，已补上：{found}。",
        "Dashes belong between the parts of this number; they were put in: {found}.",
    ),
    "dash-spaced": Text("已去掉连字符两边的空格。", "Spaces about the dashes were removed."),
    "brackets-put": Text(
        "这种编号里有括号，已补上：{found}；请和证件核对。",
        "Numbers of this kind have brackets, which were put in: {found}. Compare it with the "
        "paper.",
    ),
    "called": Text(
        "前面的文字说明是“{found}”，已补上。", "The words before it say '{found}'; put before it."
    ),
    "escaped": Text(
        "百分号编码（如 %1D）已还原。", "Escapes with per cent signs, such as %1D, were undone."
    ),
    "spelled": Text(
        "中间的 FNC1 当作分隔符读；它也可能是批号的一部分。",
        "FNC1 within it was read as a separator; it may belong to a lot number.",
    ),
    "list-number": Text(
        "没有读前面的“{found}”，当作列表的序号；它也可能是编码的一部分，请和标签核对。",
        "The '{found}' before it was taken for the number of a line in a list; it may belong to "
        "the code: compare it with the label.",
    ),
    "number-sign": Text("已去掉末尾的“号”字。", "The word for number after the code was removed."),
    "stray": Text(
        "去掉{side}的“{found}”就是这个编码；请看标签上有没有这个字母。",
        "Without the '{found}' at its {side} it is this code; see whether the label has it.",
    ),
    "link-wrong": Text(
        "网址里的编码（{found}）不成立，所以这个网址也没有核实；请先核对编码。",
        "The code in this link ({found}) does not hold, so the link is not confirmed either; "
        "compare the code first.",
    ),
    "bare-uuid": Text("没有写 urn:uuid:，已补上。", "It came without urn:uuid:; put before it."),
    "piece": Text("取自文本中的“{found}”。", "Taken from '{found}' in the text."),
    "glued": Text(
        "几个编码连写在一起，没有隔开；按位数和校验拆成：{found}。请和标签核对。",
        "Several codes are written together; parted by length and check into: {found}. Compare "
        "with the label.",
    ),
    "together": Text(
        "由文本中分开写的商品编码、批号、序列号合成。",
        "Put together from the GTIN, lot and serial number that stand apart in the text.",
    ),
    "more-pieces": Text(
        "文本里的编码太多，只读到这里；后面的请另查一次。",
        "The text holds more than is read at a time: read up to here; look the rest up separately.",
    ),
    "other-label": Text(
        "前面写的是“{label}”，不是{name}；仅长度相符。请和标签核对。",
        "The words before it, '{label}', say that it is something else than: {name}. Only its "
        "length fits; compare it with the label.",
    ),
    "maybe-article": Text(
        "没有别的说明它是{name}；更像是抄错一位的商品条码。如果确实是，请连同名称一起输入。",
        "Nothing says that it is: {name}. A mistyped article number is likelier; if it is one all "
        "the same, type its name before it.",
    ),
    "heading": Text(
        "协调制度第 {chapter} 章没有品目 {found}（按 2022 年版，未对照原文核实）；请核对。",
        "Chapter {chapter} of the Harmonized System has no heading {found} (edition of 2022, not "
        "confirmed on its text); compare it.",
    ),
    "maybe-organisation": Text(
        "这是旧组织机构代码的写法，更可能是它；如果确实是{name}，请连同名称一起输入。",
        "Eight characters, a dash and one are how old organisation codes are written, which is "
        "likelier. If it is all the same: {name}, type its name before it.",
    ),
    "maybe-credit": Text(
        "也像漏了一个字符的统一社会信用代码（共 18 位）；请和证照、标签核对。",
        "It is also like a social credit code, which has 18 characters, without one of them; "
        "compare it with the licence or label.",
    ),
    "maybe-un": Text(
        "四位数字看不出是哪一种：可能是联合国编号（危险货物）、海关品目（前 4 位）或年份；"
        "请连同前面的文字一起输入，如 UN1203、HS 0203.12。",
        "Four digits do not say what they are: a UN number of dangerous goods, the heading of a "
        "customs code, a year. Enter the words before them too, as in UN1203 or HS 0203.12.",
    ),
    "model": Text(
        "{found} 是气瓶的型号，同型号的瓶都一样，不是编号；请输入瓶上钢印的制造编号。",
        "{found} is a type of cylinder, which many bear, and no number; enter the maker's number "
        "stamped on the cylinder.",
    ),
    "makers-licence": Text(
        "{found} 是制造单位的许可证号，它造的瓶都一样，不是瓶的编号；请输入瓶上钢印的制造编号。",
        "{found} is its maker's licence, which many cylinders bear, and no number of one; enter "
        "the maker's number stamped on the cylinder.",
    ),
    "no-trace": Text(
        "20 位数字不以 8 开头，不像药品追溯码（已知的都以 8 开头，未对照原文核实）；请和包装核对。",
        "Twenty digits that do not begin with 8 are unlike drug trace codes, of which all known do "
        "(not confirmed on a text); compare with the package.",
    ),
    "no-code": Text(
        "前面写的是“{label}”，那不是编码；这串字符只是碰巧读得通，请改输旁边的条码或追溯码。",
        "The words before it, '{label}', are of no code: it reads as one by chance. Enter the "
        "bar code or trace code beside it.",
    ),
    "short-division": Text(
        "省写 2 位、市写 4 位；完整的行政区划代码是 {found}。",
        "Two digits of a province, four of a city: the whole code of the division is {found}.",
    ),
    "dated": Text(
        "这串数字也是一个日期：{found}；如果是日期，请改输旁边的条码或追溯码。",
        "These digits are also a date: {found}; if that is what they are, enter the bar code or "
        "trace code beside them.",
    ),
    "before": Text(
        "{found} 年还没有这种编码（{first} 年起才有）；请核对。",
        "In {found} there were no such codes yet (they began in {first}); compare it.",
    ),
    "future-day": Text(
        "日期 {found} 还没有到（今天是 {on}）；请和证件或包装核对。",
        "The day {found} is in the future (today is {on}); compare it with the paper or package.",
    ),
    "future": Text(
        "年份 {found} 还没有到（今天是 {on}）；请和证件或包装核对。",
        "The year {found} is in the future (today is {on}); compare it with the paper or package.",
    ),
    "expired": Text(
        "最晚到 {ended} 有效，已过期（今天是 {on}）；换发的证编号不同，请看最新的证。",
        "It was valid until {ended} at the latest and has expired (today is {on}); a renewed "
        "licence has another number: see the newest.",
    ),
    "by": Text("依据：{source}。", "By {source}."),
    "by-unverified": Text(
        "依据：{source}，未对照原文核实。", "By {source}, not confirmed on its text."
    ),
    "un-unknown": Text(
        "联合国编号 {found} 不在已公布的范围（0004–0514、1001–3560，第 23 修订版）；请核对。",
        "UN number {found} is outside those published (0004-0514 and 1001-3560, 23rd revision); "
        "compare it with the papers.",
    ),
    "un-list": Text(
        "只核对了范围，没有核对名录；品名请按名录查。",
        "Only the range was checked, not the list; look its name up in the list.",
    ),
}


def note(code: str, severity: Severity, **params: object) -> Note:
    """The note of this code with its parameters filled in."""
    if not params:
        return _fixed(code, severity)
    return Note(f"code.{code}", severity, TEXTS[code].format(**params))


@cache
def _fixed(code: str, severity: Severity) -> Note:
    return Note(f"code.{code}", severity, TEXTS[code].format())
