"""Takes an open platform; gives what answers of the EPCIS paths say this server can (§12.4)."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from suyuan import __version__
from suyuan.api import forms, versions
from suyuan.service import Platform
from suyuan.wire import Limits

_PATHS: Final = (
    *("/capture", "/events", "/eventTypes", "/epcs", "/bizSteps", "/bizLocations", "/readPoints"),
    *("/dispositions", "/queries", "/vocabularies", "/nextPageToken"),
)


class Announced(Struct, frozen=True):
    """A header of every such answer: what it means, and its value."""

    meaning: str
    value: Callable[[Platform], str]


def _waiting_limit(platform: Platform) -> str:
    """How much may wait to be captured, as a dictionary (RFC 9651 §3.2)."""
    room = platform.config.room
    said = {
        "documents": room.of_party,
        "bytes": room.bytes_of_party,
        "documents-in-all": room.of_all,
        "bytes-in-all": room.bytes_of_all,
        "tries": platform.config.capture_tries,
    }
    return ", ".join(f"{name}={limit}" for name, limit in said.items())


HEADERS: Final = {
    **{
        name: Announced("The edition that is given here", lambda _: "2.0")
        for name in versions.HEADERS
    },
    "GS1-Vendor-Version": Announced("Which Suyuan answers", lambda _: f"suyuan/{__version__}"),
    forms.EPC_FORMAT: Announced("How codes are spelled here", lambda _: "No_Preference"),
    forms.CBV_FORMAT: Announced("How words are spelled in XML here", lambda _: "No_Preference"),
    "GS1-Extensions": Announced("The extension of our own", lambda _: "suyuan=urn:suyuan:ns:1:"),
    "GS1-Capture-Error-Behaviour": Announced("Each that is spoken can be had", lambda _: "all"),
    "GS1-EPCIS-Capture-Limit": Announced(
        "So many events a document may have", lambda _: str(Limits().events)
    ),
    "GS1-EPCIS-Capture-File-Size-Limit": Announced(
        "So many bytes a document may have", lambda platform: str(platform.config.max_document)
    ),
    "Suyuan-Waiting-Limit": Announced(
        "How much may wait to be captured, and how often it is tried (RFC 9651)", _waiting_limit
    ),
}
"""What this server can, on every answer of the EPCIS paths."""


def announced(platform: Platform) -> dict[str, str]:
    """These headers with their values."""
    return {name: each.value(platform) for name, each in HEADERS.items()}


def is_of_epcis(path: str) -> bool:
    """Whether an address is one of the EPCIS paths."""
    return path == "/" or path.startswith(_PATHS)
