"""GS1 numbers behind which no company makes codes: prefixes of other uses, items without a measure.

A prefix that GS1 gave to no one company says of none of its numbers whose it is, and nobody holds a
paper of it that could prove a serial behind one (GS1 General Specifications §1.4.2); shops' own
numbers many have the same. A book's or periodical's is one publisher's, by another agency's paper.
An item of variable measure, which the indicator 9 says, is named with how much it is (§4.13: not
confirmed on its text), and no code made here holds that.
"""

from typing import Final

from suyuan.codes.gs1_prefixes import sourced, special
from suyuan.codes.making.types import MakingError
from suyuan.codes.privacy import quoted
from suyuan.kit import Text

_REST: Final = 13
"""Digits of a GTIN behind its indicator; the kind follows from the first of them."""
_VARIABLE: Final = "9"

_RESERVED = Text(
    "“{given}” 属于{name}，编发方：{issuer}。它的前缀不是 GS1 发给哪一家企业的，凭它看不出"
    "号码归谁，所以不能用来证明，也不在它后面编序列号或批次。请用 GS1 成员组织发给企业的"
    "厂商识别代码（在中国以 690 至 699 开头），"
    "和以它开头的号码。{source}",
    "'{given}' is of this kind: {name}, issued by: {issuer}. GS1 gave its prefix to no one "
    "company, so that it does not say whose the number is: it proves nothing, and no serials or "
    "lots are made behind it. Take a company prefix that a GS1 "
    "member organisation gave the company (in China it begins with 690 to 699), and numbers that "
    "begin with it. {source}",
)
_MEASURED = Text(
    "“{given}” 的包装指示符（14 位的第 1 位）是 9，即变量贸易项目：码里要写明每件多重或多少，"
    "这里生成的码没有这一项。请用包装指示符 0 至 8 的 GTIN（定量），重量另印一行。",
    "The indicator of '{given}', the first of its 14 digits, is 9: an item of variable measure, "
    "whose code says how much of it there is, and codes made here do not. Take a GTIN with an "
    "indicator from 0 to 8 (fixed measure), and print the weight in a line of its own.",
)


def require_company(prefix: str, given: str, place: str) -> None:
    """See that numbers that begin with a prefix are a company's own.

    Raises:
        MakingError: they are books, periodicals, coupons, a shop's own numbers or the like.
    """
    if kind := special(f"0{prefix:0<{_REST}}"):
        (source,) = sourced(kind)
        text = _RESERVED.format(
            given=quoted(given, 40), name=kind.name, issuer=kind.issuer, source=source.text
        )
        raise MakingError("making.reserved", text, place)


def require_fixed(gtin: str, given: str) -> None:
    """See that a GTIN of 14 digits is of an item that needs no measure beside it.

    Raises:
        MakingError: its indicator says variable measure.
    """
    if gtin.startswith(_VARIABLE):
        raise MakingError("making.measure", _MEASURED.format(given=quoted(given, 40)), "stem")
