"""Canonical names as people see them on things."""

from typing import Final
from urllib.parse import unquote

from suyuan.codes.translate import CodeError, to_digital_link
from suyuan.kit import Text

_CANONICAL_HOST: Final = "https://id.gs1.org"
_OWN_NAMES: Final = "urn:suyuan:"
_RAW: Final = "urn:suyuan:raw:"
"""Names of what could not be read: their issuer is whoever sent them, and no part of the code."""


def shown_code(uri: str) -> str:
    """A canonical name as it is printed on things: `(01)…(21)…`, or the bare code of a scheme.

    What only looks like the EPC URN of a key stays as it is.
    """
    try:
        link = to_digital_link(uri) if uri.startswith("urn:epc:") else uri
    except CodeError:
        return uri
    if link.startswith(_CANONICAL_HOST):
        _, *parts = link.removeprefix(_CANONICAL_HOST).split("/")
        pairs = zip(parts[::2], parts[1::2], strict=False)
        return "".join(f"({key}){unquote(value)}" for key, value in pairs)
    if link.startswith(_RAW):
        return unquote(link.rpartition(":")[2])
    scheme = link.removeprefix(_OWN_NAMES)
    return unquote(scheme.partition(":")[2]) if scheme != link else link


def code_text(uri: str) -> Text:
    """The same in both languages; of no name nothing."""
    code = shown_code(uri) if uri else ""
    return Text(code, code)
