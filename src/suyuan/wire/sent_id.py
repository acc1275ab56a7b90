"""Takes an event that is refused; gives the eventID that its sender gave it, word for word.

Nothing is recorded by it: it is how the sender finds the event again among their own.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from suyuan.codes.types import LONGEST_NAME
from suyuan.wire.xml_event import is_xml

_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_TEXT: Final = msgspec.json.Decoder(str).decode
_KEY: Final = b'"eventID"'
_NO_EVENT: Final = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL
)
_ELEMENT: Final = re.compile(rb"<(?:[\w.-]+:)?eventID(?:\s[^<>]*)?>([^<>&]+)</")
"""Both read each byte a few times at most: it may be megabytes, and whatever somebody sends."""


def id_in(members: Mapping[str, Any]) -> str | None:
    """The id among the members of an event; None where none is given, or none can be kept."""
    given = members.get("eventID")
    return given if type(given) is str and _can_be_kept(given) else None


def id_in_bytes(raw: bytes) -> str | None:
    """The id of an event whose bytes cannot be read as one; None where it has none, or several."""
    found = _of_xml(raw) if is_xml(raw) else _of_json(raw)
    return found if found is not None and _can_be_kept(found) else None


def _of_json(raw: bytes) -> str | None:
    if raw.count(_KEY) != 1:  # which of them is it?
        return None
    try:
        return _TEXT(_MEMBERS(raw).get("eventID", b""))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _of_xml(raw: bytes) -> str | None:
    found = _ELEMENT.findall(_NO_EVENT.sub(b"", raw))
    return str(found[0].strip(), "utf-8", "replace") if len(found) == 1 else None


def _can_be_kept(text: str) -> bool:
    """An index holds no longer one, and the database no U+0000."""
    return 0 < len(text.encode("utf-8", "replace")) <= LONGEST_NAME and "\0" not in text
