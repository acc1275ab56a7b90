"""Takes a code that cannot be verified here; gives what can truly be said of it, and no more.

By the kind of code alone: never by what was issued or brought in, which is its party's to know.
"""

from collections.abc import Sequence
from typing import Final

from suyuan.codes import Candidate, Grain, making, unknown
from suyuan.kit import Text

_RESIDENT: Final = "resident-id"
_WRONG: Final = Text(
    "这个编码的校验位或格式不对，多半是抄错或扫错了。照抄无误而仍然不对的，请问卖家或生产企业。",
    "The check character or form of this code is wrong; most often it is mistyped. If it stands so "
    "on the package, ask the seller or the maker.",
)
_STATE: Final = Text(
    "这是{name}，由{issuer}发放，发码记录不在本平台，所以这里不能判断真假。{where}",
    "This is a {name}, given out by {issuer}. Their records are not on this platform, so nothing "
    "can be said here about whether it is genuine. {where}",
)
_WHERE: Final = Text("请到{pages}查询。", "Ask at: {pages}.")
_ELSEWHERE: Final = Text("请向发放单位查询。", "Ask whoever gave it out.")
_COUNTED: Final = Text(
    "这是{name}。这种码按顺序编号，谁都能写出下一个，所以不能凭它判断真假。要看来源，请在首页查询它。",
    "This is a {name}. Codes of this kind are numbered one after another and anybody can write "
    "the next one, so it does not tell what is genuine. To see where the goods came from, look it "
    "up on the start page.",
)
_NOT_HERE: Final = Text(
    "本平台没有发过这个码。请核对是否抄错；抄得对的，企业也可能在别处发码，请问卖家或生产企业。",
    "This platform has not issued this code. Compare it with the package. If it is right, the "
    "enterprise may have had it from elsewhere: ask the seller or the maker.",
)
_PERSON: Final = Text(
    "这是（或形如）一个人的身份证号，已遮盖，本平台没有保存它。它不是商品的追溯码，不能用来验真假。"
    "请输入包装上的追溯码，不要输入身份证号。",
    "This is, or looks like, the number of a person's identity card; it was masked and is not "
    "kept. It is no code of goods, so there is nothing to verify. Enter the trace code on the "
    "package, and nobody's identity number.",
)
_NO_ITEM: Final = Text(
    "这是{name}，它不是单独一件商品的码，同样的商品或单据都会用它，所以不能用来验真假。"
    "请输入包装上单件的追溯码。",
    "This is a {name}. It does not stand for one single package, so it cannot be verified. Enter "
    "the code of the single item.",
)


def what_can_be_said(found: Sequence[Candidate]) -> Text:
    """Why a code of these readings is not verified, in words for whoever holds the package."""
    if found and found[0].scheme == _RESIDENT:
        return _PERSON
    best = next((each for each in found if each.valid), None)
    if best is None:
        return _WRONG if found else unknown.THIS_IS_NONE
    if best.scheme in making.STATE_ISSUED:
        return _of_a_state_body(best)
    of = making.STRUCTURES.get(best.scheme)
    if of is not None and not of.guarded:
        return _COUNTED.format(name=best.name)
    return _NOT_HERE if best.grain is Grain.INSTANCE else _NO_ITEM.format(name=best.name)


def _of_a_state_body(code: Candidate) -> Text:
    names = [page.name for page in code.pages]
    pages = Text("、".join(each.zh for each in names), ", ".join(each.en for each in names))
    where = _WHERE.format(pages=pages) if names else _ELSEWHERE
    return _STATE.format(name=code.name, issuer=code.issued_by or Text("", ""), where=where)
