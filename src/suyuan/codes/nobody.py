"""Takes names and parties that are to be kept for good; refuses those that hold a person's number.

What is entered of accounts, parties, licences, permits and links stands in the log, which forgets
nothing, so that a number has to be kept out of it (Personal Information Protection Law art. 28).
"""

from typing import Final

from suyuan.codes.persons import BORN, SHORTEST, digits_of, is_resident_id, whole
from suyuan.codes.privacy import masked, names_person, written_out
from suyuan.kit import SuyuanError, Text

_PERSON: Final = Text(
    "“{what}”里不能有身份证号码：它会永久留在存证日志里。请改用单位的统一社会信用代码，"
    "或另起的名称、编号。",
    "The {what} must not hold the number of somebody's identity card: the log keeps it for ever. "
    "Write the organisation's unified social credit code, or a name or number of your own.",
)

_CALLED: Final = {
    "authority": Text("决定机关", "authority"),
    "class_uri": Text("产品编码", "product"),
    "contact": Text("联系方式", "contact"),
    "details": Text("详细内容", "details"),
    "division": Text("行政区划", "division"),
    "document": Text("决定书编号", "number of the written decision"),
    "documents": Text("文件", "documents"),
    "family": Text("产品门类", "family"),
    "goods": Text("货物", "goods"),
    "ground": Text("依据", "ground"),
    "holder": Text("持有单位", "holder"),
    "issuer": Text("发证单位", "issuer"),
    "kind": Text("种类", "kind"),
    "label": Text("密钥的名称", "label of the key"),
    "name": Text("名称", "name"),
    "number": Text("编号", "number"),
    "operator": Text("经营单位", "operator"),
    "owner": Text("所属单位", "owner"),
    "party": Text("单位", "party"),
    "status": Text("状态", "status"),
    "unit": Text("计量单位", "unit"),
    "uri": Text("编码", "code"),
}

_PAPERS: Final = ("number", "document")
"""Fields with numbers of papers, which may look like somebody's."""


def called(what: str) -> Text:
    """What a field of the registry is called by people."""
    return _CALLED.get(what, Text(what, what))


def require_nobody(**said: str | None) -> None:
    """See that no name or party, called as its field is, holds a resident identity number.

    Of a `number` or `document` only one whose check character holds, of somebody old enough to
    trade: papers are numbered by division, day and four digits.

    Raises:
        SuyuanError: one does.
    """
    for what, text in said.items():
        if text and _is_somebodys(what, text):
            raise SuyuanError("person.number", _PERSON.format(what=called(what)), what)


def _is_somebodys(what: str, text: str) -> bool:
    if what not in _PAPERS:
        return names_person(text) or masked(text) != text
    plain = written_out(text)
    found = (digits_of(plain[start:stop]) for start, stop in whole(plain))
    return any(
        len(each) == SHORTEST and is_resident_id(each) and each[6:10] <= BORN[1] for each in found
    )
