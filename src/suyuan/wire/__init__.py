"""Takes the bytes of EPCIS documents; gives what they mean, and bytes again, nothing lost.

It says what cannot be read and why, and never judges what was done. Its other types are in
`suyuan.wire.types`; `event_from_normal` is the way back from normal bytes.
"""

from suyuan.wire.convert import Form as Form
from suyuan.wire.convert import Piece as Piece
from suyuan.wire.convert import Wanted as Wanted
from suyuan.wire.convert import convert as convert
from suyuan.wire.document import read_document
from suyuan.wire.event import read_event
from suyuan.wire.lots import lots_of as lots_of
from suyuan.wire.naming import Named as Named
from suyuan.wire.naming import name_events as name_events
from suyuan.wire.normal import digest, normal_bytes
from suyuan.wire.normal import event_from_normal as event_from_normal
from suyuan.wire.respell import Spelling as Spelling
from suyuan.wire.source import Source as Source
from suyuan.wire.types import Context as Context
from suyuan.wire.types import Document, DocumentError, Limits
from suyuan.wire.types import Mode as Mode
from suyuan.wire.write import write_document
from suyuan.wire.xml_event import as_json as as_json
from suyuan.wire.xml_tree import looks_like_xml as looks_like_xml

__all__ = [
    "Document",
    "DocumentError",
    "Limits",
    "digest",
    "normal_bytes",
    "read_document",
    "read_event",
    "write_document",
]
