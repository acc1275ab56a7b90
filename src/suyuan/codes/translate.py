"""GS1 keys from one URI spelling into the other, without loss."""

from typing import Final

from suyuan.codes.gs1_keys import UnreadableError
from suyuan.codes.gs1_urn import to_urn
from suyuan.codes.identifier import read_gs1
from suyuan.kit import SuyuanError, Text

_NO_URN: Final = Text(
    "不是 GS1 编码的 EPC URN；请写成 urn:epc:id:sgtin:6901234.056789.A1 ，"
    "或直接写数字链接 https://id.gs1.org/01/…；别的编码没有数字链接，照原样写。",
    "This is not the EPC URN of a GS1 key: write it as in urn:epc:id:sgtin:6901234.056789.A1, or "
    "give the Digital Link itself, https://id.gs1.org/01/…; other codes have none and stay as they "
    "are.",
)


class CodeError(SuyuanError, ValueError):
    """The text is no EPC URN or Digital Link of a GS1 key, or its code is wrong."""


def to_epc_urn(uri: str, company_prefix_length: int) -> str | None:
    """The EPC URN of a Digital Link (on any host), given how long its company prefix is.

    Classes become patterns (`urn:epc:idpat:…*`), lots `urn:epc:class:lgtin`. None where EPC
    has no name for it, the prefix length cannot be, or the code is wrong: the prefix is not
    in the link, so a wrong length gives the URN of another company.
    """
    try:
        reading = read_gs1(uri, anywhere=True)
    except UnreadableError:
        return None
    return None if reading is None else to_urn(reading, company_prefix_length)


def to_digital_link(urn: str) -> str:
    """The canonical Digital Link of an EPC URN of a GS1 key.

    Raises:
        CodeError: it is none, or its code is wrong.
    """
    try:
        reading = read_gs1(urn, anywhere=True)
    except UnreadableError as error:
        raise CodeError(error.note.code, error.note.text, urn[:120]) from error
    if reading is None:
        raise CodeError("code.form", _NO_URN, urn[:120])
    return reading.uri
