"""Takes what one party reports at once; gives it as the EPCIS document that it sends."""

from typing import Any

import msgspec
from msgspec import Struct

from suyuan.demo.cast import Actor
from suyuan.demo.events import EventDict
from suyuan.kit import Text

CONTEXT: list[Any] = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]


class Chapter(Struct, frozen=True, kw_only=True):
    """What one party reports at once; a `person` of it, through an account apart."""

    title: Text
    reporter: Actor
    events: tuple[EventDict, ...]
    person: str = ""

    def document(self) -> bytes:
        """The chapter as an EPCIS 2.0 document."""
        return msgspec.json.encode(
            {
                "@context": CONTEXT,
                "type": "EPCISDocument",
                "schemaVersion": "2.0",
                "creationDate": self.events[-1]["eventTime"],
                "epcisBody": {"eventList": list(self.events)},
            }
        )
