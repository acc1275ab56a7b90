"""Takes why something was withdrawn, as it was typed; gives it as it is kept on file."""

from typing import Final

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text

_LONGEST: Final = 200
_REASON = Text("请写明原因。", "Say why.")


def reason_of(text: str) -> str:
    """The first 200 characters, without a resident's number or what no database takes.

    Raises:
        SuyuanError: there is nothing in it.
    """
    said = privacy.masked(privacy.cut(text.replace("\0", "").strip(), _LONGEST))
    if not said:
        raise SuyuanError("issuing.reason", _REASON, "reason")
    return said
