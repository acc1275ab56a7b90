"""The id that a refused event was sent with: found where it stands, and in no longer than it takes.

What is hostile here took hours while spaces and openings were tried from each place anew.
"""

import pytest

from suyuan.wire import Limits, Mode, read_document, read_event
from suyuan.wire.sent_id import id_in_bytes

_MANY = 200_000
_ID = b"urn:uuid:b1080b06-e9cc-11e6-bf0e-fe55135034f3"


def event(inside: bytes) -> bytes:
    return b"<ObjectEvent>" + inside + b"</ObjectEvent>"


@pytest.mark.parametrize(
    "inside",
    [
        b"<eventID>%b</eventID>" % _ID,
        b"<e:eventID a='1'>\r\n  %b\t</e:eventID>" % _ID,
        b"<eventID>%b</eventID><!-- <eventID>urn:x:1</eventID> -->" % _ID,
        b"<eventID>%b</eventID><a><![CDATA[<eventID>urn:x:1</eventID>]]></a>" % _ID,
        b"<?a <eventID>urn:x:1</eventID> <!-- ?><eventID>%b</eventID><!-- -->" % _ID,
    ],
)
def test_the_id_is_found_where_it_stands(inside: bytes) -> None:
    assert id_in_bytes(event(inside)) == _ID.decode()


@pytest.mark.parametrize("inside", [b"", b"<eventID> \n </eventID>", b"<eventID>a</eventID>" * 2])
def test_none_or_several_are_none(inside: bytes) -> None:
    assert id_in_bytes(event(inside)) is None


@pytest.mark.parametrize(
    "inside",
    [
        b"<eventID>" + b" " * _MANY + b"<b/></eventID>",
        b"<eventID>" + b"a " * _MANY + b"<b/></eventID>",
        b"<?a " + b"<!--" * _MANY + b"?>",
        b"<?a " + b"<![CDATA[" * _MANY + b"?>",
        b"<eventID " * _MANY,
        b"<" + b"a." * _MANY,
        b"<!--" * _MANY,
        b"<?" * _MANY,
    ],
)
def test_hostile_bytes_are_read_at_once(inside: bytes) -> None:
    assert id_in_bytes(event(inside)) is None


def test_an_event_that_is_too_large_is_told_at_once() -> None:
    spaces = b" " * _MANY
    head = b'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" '
    head += b'creationDate="2026-01-01T00:00:00Z"><EPCISBody><EventList>'
    raw = event(b"<eventID>" + spaces + b"<b/></eventID>")
    limits = Limits(event_bytes=len(spaces))
    whole = head + raw + b"</EventList></EPCISBody></epcis:EPCISDocument>"
    document = read_document(whole, mode=Mode.LENIENT)
    (sent,) = document.events
    read = read_event(sent, document.context, capturer="-", mode=Mode.LENIENT, limits=limits)
    assert ([one.rule for one in read.findings], read.sent_id) == (["wire.event.size"], None)
