"""Takes a problem, a capture job or the top-level names; gives XML, as the standard's OpenAPI does.

Events as XML are written by `suyuan.wire`; all other lists are given as JSON alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from suyuan.kit.accepting import ranges

PROBLEM_XML: Final = "application/problem+xml"
XML: Final = "application/xml"

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPE: Final = ("type",)
_NAMESPACE: Final = 'xmlns:epcis="urn:epcglobal:epcis:xsd:2"'
_PROBLEM: Final = ("type", "title", "status", "detail", "instance", "place", "rule", "cure")
_JOB: Final = ("captureID", "running", "success")
_REST: Final = ("createdAt", "finishedAt", "captureErrorBehaviour")

Values = Mapping[str, Any]


def wants_xml(accept: str) -> bool:
    """Whether XML is liked better than JSON, by whoever is no browser."""
    liked = dict(ranges(accept))

    def weight(end: str) -> float:
        return max((each for kind, each in liked.items() if kind.endswith(end)), default=0.0)

    return weight("text/html") == 0 and weight("xml") > weight("json")


def problem(said: Values) -> bytes:
    """Problem details (RFC 7807) as `epcis:EPCISException`."""
    return _document("EPCISException", "", _elements(said, _PROBLEM))


def job(said: Values) -> bytes:
    """A capture job as `epcis:EPCISCaptureJob`: each error is an `epcis:EPCISException` in it."""
    attributes = "".join(f" {name}={quoteattr(_text(said[name]))}" for name in _JOB)
    errors = (
        f"<epcis:EPCISException>{''.join(_elements(each, _PROBLEM))}</epcis:EPCISException>"
        for each in said["errors"]
    )
    return _document("EPCISCaptureJob", attributes, [*_elements(said, _REST), *errors])


def top(members: Iterable[str]) -> bytes:
    """The names of what is at the top: their schema has no namespace, and XML has no `@context`."""
    name, inside = "TopLevelResourceCollection", "".join(_elements({"type": "Collection"}, _TYPE))
    inside += "".join(f"<member>{escape(each)}</member>" for each in members)
    return f"{_HEAD}<{name}>{inside}</{name}>\n".encode()


def _document(name: str, attributes: str, members: Iterable[str]) -> bytes:
    inside = "".join(members)
    whole = f"{_HEAD}<epcis:{name} {_NAMESPACE}{attributes}>{inside}</epcis:{name}>\n"
    return whole.encode()


def _elements(said: Values, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if said.get(name) not in (None, ""):
            yield f"<{name}>{escape(_text(said[name]))}</{name}>"


def _text(value: Any) -> str:
    """As XML has it; characters that it cannot hold are told by the replacement character."""
    text = ("false", "true")[value] if isinstance(value, bool) else str(value)
    return _NO_XML.sub("\ufffd", text)
