"""Takes the header Prefer (RFC 7240) of a request; gives whether it wants to hand over and go."""

import re
from typing import Final

from suyuan.api.types import AnyRequest

APPLIED: Final = {"Preference-Applied": "respond-async"}
"""What an answer says that did as it was asked (RFC 7240 §3)."""

_NAME: Final = "respond-async"
_NOTHING: Final = frozenset(("", '""'))
_PREFERENCE: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|$))+')


def is_asynchronous(request: AnyRequest) -> bool:
    """Whether the answer is not to wait for what is asked (RFC 7240 §4.1)."""
    return wants_no_outcome(", ".join(request.headers.getall("prefer", [])))


def wants_no_outcome(prefer: str) -> bool:
    """Whether `respond-async` is among preferences, whatever stands beside it or behind it."""
    for part in _PREFERENCE.findall(prefer):
        name, _, value = part.partition(";")[0].partition("=")
        if name.strip().lower() == _NAME and value.strip() in _NOTHING:
            return True
    return False
