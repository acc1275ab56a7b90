"""Whatever addresses a document names, nothing is fetched: what names mean is kept here."""

import socket
from contextlib import suppress
from typing import Any, NoReturn

import pytest
import xml_samples as xml
from wire_samples import EPCIS, OBJECT, changed, document, taken

from suyuan.wire import DocumentError, Mode

AWAY = "https://contexts.example.com/one.jsonld"
INSIDE = changed(OBJECT, lambda event: event.update({"@context": [AWAY, {"@import": AWAY}]}))
NAMED = [
    document(OBJECT, context=AWAY),
    document(OBJECT, context=[EPCIS, AWAY]),
    document(OBJECT, context=[EPCIS, {"@import": AWAY}]),
    document(INSIDE),
    xml.document(xml.OBJECT_2_0, before=f"<!DOCTYPE a SYSTEM '{AWAY}'>"),
    xml.document(xml.OBJECT_2_0, before=f"<!DOCTYPE a [<!ENTITY b SYSTEM '{AWAY}'>]>"),
    xml.document(xml.OBJECT_2_0, before=f"<?xml-stylesheet href='{AWAY}'?>"),
    xml.document(
        xml.OBJECT_2_0,
        inside=f"<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='{AWAY}'/>",
    ),
]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("data", NAMED)
def test_nothing_that_a_document_names_is_fetched(
    monkeypatch: pytest.MonkeyPatch, data: bytes, mode: Mode
) -> None:
    asked: list[Any] = []

    def fetched(*where: Any, **_more: Any) -> NoReturn:
        asked.append(where)
        raise OSError(where)

    monkeypatch.setattr(socket, "getaddrinfo", fetched)
    monkeypatch.setattr(socket.socket, "connect", fetched)
    with pytest.raises(OSError, match="example"):
        socket.create_connection(("contexts.example.com", 443))
    assert len(asked) == 1, "what is watched is what a fetch would ask"
    with suppress(DocumentError):
        assert taken(data, mode)[1]
    assert len(asked) == 1
