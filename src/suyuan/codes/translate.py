"""GS1 keys from one URI spelling into the other, without loss."""

from suyuan.codes.gs1_keys import UnreadableError
from suyuan.codes.gs1_urn import to_urn
from suyuan.codes.identifier import read_gs1
from suyuan.kit import SuyuanError, Text


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
        text = Text("不是 GS1 编码的 EPC URN。", "This is not the EPC URN of a GS1 key.")
        raise CodeError("code.form", text, urn[:120])
    return reading.uri
