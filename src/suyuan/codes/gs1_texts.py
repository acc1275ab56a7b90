"""What is said about GS1 keys and their data that are read with doubt or not at all."""

from typing import Final

from suyuan.kit import Text

GS1_TEXTS: Final[dict[str, Text]] = {
    "unknown-ai": Text(
        "没有应用标识符 {ai}；相近的有：{found}。请对照标签上括号里的数字。",
        "There is no application identifier {ai}; like it are: {found}. Compare the number in "
        "brackets on the label.",
    ),
    "mixed-elements": Text(
        "括号后面的“{found}”已当作分隔符（FNC1），其后的应用标识符没有括号。",
        "'{found}' behind the brackets was read as the separator (FNC1), what follows as an "
        "identifier without brackets.",
    ),
    "spelled-mark": Text(
        "“{found}”已当作分隔符（FNC1）。", "'{found}' was read as the separator (FNC1)."
    ),
    "needs-check": Text(
        "校验位不对，就没有规范名；如果其余各位都对，规范名是 {name}。",
        "With a wrong check digit it has no canonical name; if all other digits are right, that "
        "is {name}.",
    ),
    "ai-marks": Text(
        "已去掉应用标识符前面的“{found}”，当作标点；请和标签核对，看它是不是内容的一部分。",
        "The '{found}' before application identifiers was taken for punctuation and left out; "
        "compare it with the label: it may belong to the data.",
    ),
    "padded": Text(
        "{size} 位的 GTIN 本身就是完整的；统一写成 14 位，前面补了 0。",
        "A GTIN of {size:digit|digits} is whole as it stands; zeros were added before it, to 14.",
    ),
    "suppressed": Text(
        "GTIN 前面该写的 0 省略了；已补回，共 14 位。请和标签核对。",
        "Zeros that belong before the GTIN were left out; they were put back, to 14 digits. "
        "Compare with the label.",
    ),
    "compressed": Text("链接是压缩的，已展开。", "The link was compressed; it was unpacked."),
    "product-url": Text(
        "取自企业网址中的标识（商品二维码）。",
        "Taken from the identifiers in a maker's address (product QR code).",
    ),
    "product-qr": Text(
        "二维码里是以 (01) 开头的 GS1 数据：这是商品二维码（GB/T 33993，按 2017 版）。",
        "The QR code holds GS1 data that begin with (01): a product QR code (GB/T 33993, as of "
        "2017).",
    ),
    "no-gs1": Text(
        "扫描器前缀 {found} 说里面是 GS1 数据，但内容不像；已按普通内容识别，请和标签核对。",
        "The scanner's prefix {found} says that GS1 data follow, and they do not look so; read "
        "as any other content: compare it with the label.",
    ),
    "nameless": Text(
        "这些内容只说明某件东西，本身不指任何东西；请连同 (01) 或 (00) 一起扫。",
        "This says something of a thing and names none; scan the (01) or (00) beside it too.",
    ),
    "lacks": Text(
        "应用标识符 {ai} 应和 {found} 之一同在一件东西上；旁边还有码的，请一起扫。",
        "Application identifier {ai} belongs beside one of {found} on the same thing; scan the "
        "symbol beside it too, if there is one.",
    ),
    "bars": Text(
        "应用标识符 {ai} 不得和 {found} 同在一件东西上；请核对是不是把两件东西的码扫到了一起。",
        "Application identifier {ai} must not stand beside {found} on the same thing; see "
        "whether the symbols of two things were scanned together.",
    ),
    "repeated": Text(
        "应用标识符 {ai} 出现两次而内容不同；请和标签核对，是两件东西的请分开查。",
        "Application identifier {ai} stands twice with different data; compare it with the "
        "label, and enter the codes of two things apart.",
    ),
    "prefix": Text(
        "厂商识别代码应为 6 至 12 位数字，与其后部分合计 {total} 位；请核对各段的位数。",
        "The company prefix takes 6 to 12 digits and, with what follows, {total} in all; compare "
        "the places of each part.",
    ),
    "order": Text(
        "链接里限定符的顺序是规定死的（22、10、21），这里颠倒了，所以没有规范名；请写成 {right}。",
        "The order of the qualifiers in a link is fixed (22, 10, 21) and this is another, so it "
        "has no canonical name; write {right}.",
    ),
    "alias": Text(
        "网址用字母写标识（如 gtin），是商品二维码的厂商网址或旧的数字链接；已按数字标识符识别。",
        "The address names its identifiers by letters (such as gtin), as makers' addresses in "
        "product QR codes and old Digital Links do; read as their numbers.",
    ),
    "host": Text(
        "链接的主机 {host} 未登记为解析服务，按 GS1 数字链接的结构识别。",
        "The host {host} is no registered resolver; read by its GS1 Digital Link structure.",
    ),
    "slash": Text("已忽略链接末尾的斜杠。", "The slash at the end of the link was ignored."),
    "pattern": Text(
        "这是一个匹配模式，不指任何一件东西；要查一件东西，请输入它自己的编码。",
        "This is a pattern for searching and names no thing; enter the code of the thing itself.",
    ),
    "wrong-data": Text(
        "“{found}”不合规定，没有读；请和标签核对。",
        "'{found}' breaks its format and was not read; compare it with the label.",
    ),
    "spaced": Text(
        "没有括号的应用标识符之间有空格，已连起来读。",
        "The application identifiers stand without brackets, parted by spaces; read as one.",
    ),
    "value-spaced": Text(
        "应用标识符 {ai} 的内容里不能有空格，已连起来读作 {found}；请和标签核对。",
        "The data of application identifier {ai} hold no space, so they were read together as "
        "{found}; compare them with the label.",
    ),
    "value-ended": Text(
        "应用标识符 {ai} 的内容里不能有空格，只读到空格为止：{found}；后面的“{rest}”没有算进去，"
        "如属于它，请去掉空格再查。",
        "The data of application identifier {ai} hold no space, so they were read up to it: "
        "{found}. '{rest}' behind it was left out; if it belongs to them, enter it without the "
        "space.",
    ),
    "key-spaced": Text(
        "已去掉数字之间的空格和连字符。", "Spaces and dashes between the digits were removed."
    ),
    "link-start": Text(
        "网址路径的开头是一个商品编码，后面的“{found}”没有读；里面可能是批号或序列号，"
        "请和标签核对。",
        "The path of the link begins with a GTIN; the '{found}' behind it was not read. It may "
        "hold a lot or serial number: compare it with the label.",
    ),
    "link-path": Text(
        "id.gs1.org 的路径应由标识符和值成对组成，如 /01/GTIN/21/序列号；这里不是，请和标签核对。",
        "A path on id.gs1.org is made of identifiers, each with its value (/01/GTIN/21/serial); "
        "this one is not: compare it with the label.",
    ),
    "upc-e": Text(
        "8 位数字也可能是缩短的 UPC（UPC-E），展开为 {found}。",
        "Eight digits may also be a shortened UPC (UPC-E), which stands for {found}.",
    ),
    "extension": Text(
        "SSCC 共 18 位：扩展位 1 位、厂商识别代码和序号 16 位、校验位 1 位。"
        "如果只漏了最前面的扩展位，它是 {found}。",
        "An SSCC has 18 digits: extension digit, 16 of prefix and serial, check digit. If only the "
        "extension digit, the first, is missing, it is {found}.",
    ),
    "book-check": Text(
        "书号（ISBN）有 10 或 13 位，刊号（ISSN）有 8 位，末位是校验位；这里不符，请核对。",
        "An ISBN has 10 or 13 places, an ISSN 8, the last a check; compare places and check.",
    ),
    "book": Text(
        "这是书号，不是商品追溯码：它指一种书，不指哪一本。",
        "This is the number of a book, no traceability code: it names a title, not a copy.",
    ),
    "periodical": Text(
        "这是刊号，不是商品追溯码：它指一种期刊。",
        "This is the number of a periodical, no traceability code: it names a title.",
    ),
    "in-store": Text(
        "这是店内码，只在编它的商店或集团里唯一：换一家店可能是别的东西，里面常有重量或价格。"
        "要追溯，请扫包装上生产者的条码或追溯码，或问这家店。",
        "This is an in-store number, unique in one shop or group alone: elsewhere it may be "
        "something else, and it often holds a weight or price. To trace the thing, scan its "
        "maker's bar code or trace code, or ask the shop.",
    ),
    "coupon": Text(
        "这是优惠券或凭条的编号，不指任何商品；请问发券方。",
        "This is the number of a coupon or receipt and names no goods; ask who gave it out.",
    ),
    "demonstration": Text(
        "这是演示用的编号，不指真实的东西；请扫实物上的编码。",
        "This number is for demonstrations and names nothing real; scan the code on the thing.",
    ),
    "no-day": Text(
        "应用标识符 {ai} 的日期 {found} 在日历上不存在；请和标签核对。",
        "The date {found} of application identifier {ai} is no day of the calendar; compare it "
        "with the label.",
    ),
    "element": Text(
        "应用标识符 {ai} 的内容不符合规定：{found}；应为{form}。请和标签核对。",
        "The data of application identifier {ai} break its format: {found}. It takes {form}; "
        "compare it with the label.",
    ),
    "manager": Text(
        "以 951 开头的是 EPC 通用标识（GID）管理者的编号，不作商品编码；请和标签核对。",
        "Numbers that begin with 951 are of managers of the EPC General Identifier and of no "
        "trade item; compare it with the label.",
    ),
    "no-company": Text(
        "前缀 {found} 不发给企业（{kind}），没有哪家企业有权用它编{name}；"
        "请和标签核对，或问给出它的单位。",
        "The prefix {found} is licensed to no company ({kind}), so none may make from it: {name}. "
        "Compare it with the label, or ask who gave it to you.",
    ),
}
