"""The API's description of itself: OpenAPI 3.1 at /openapi.json."""

import copy
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server, Tag

from suyuan import __version__
from suyuan.api import covering, promising
from suyuan.api.body import DOCUMENTS
from suyuan.api.drawing import DRAWN, HTML
from suyuan.api.forms import JSON_LD, LISTED, MEDIA, TOP
from suyuan.api.in_xml import PROBLEM_XML
from suyuan.api.listening import PARAMETERS as LISTENING
from suyuan.api.problems import PROBLEM
from suyuan.api.resources import RESOURCES
from suyuan.api.statuses import MEANING
from suyuan.api.types import AnyRequest
from suyuan.exchange import KNOWN, master

_DESCRIPTION = """\
追溯接口：采集用 EPCIS 2.0，提问用追溯契约。写入需要密钥；读取按查看者的权限给出。

The traceability API: EPCIS 2.0 for capture and events, the trace contract for questions. Every
write needs a key (`Authorization: Bearer sy_…`); every read shows what its viewer may see. Every
error is problem details (RFC 9457) in both languages: where, by which rule, and the cure. HEAD is
answered wherever GET is, without the body.

凡有 GET 的地址也答 HEAD（没有正文）。
EPCIS 的地址另认 GS1-EPCIS-Min、-Max、-Version 与 GS1-CBV-…：不含 2.0 版的，回答 406。

Of the EPCIS paths a request may also say GS1-EPCIS-Min, -Max, -Version and the same of the CBV: one
that leaves out edition 2.0 is answered by 406.
"""
_BEGINNINGS = {
    "EQ_bizTransaction_": "One of these documents, of the type that stands for …",
    "EQ_source_": "One of these sources, of the type that stands for …",
    "EQ_destination_": "One of these destinations, of the type that stands for …",
    "EQ_ATTR_": "Master data of the asker say one of these of what that field names",
    "HASATTR_": "Master data of the asker have one of these attributes for what that field names",
    "WD_": "One of these places, or one that master data of the asker put within it",
    "@context": "What the prefixes of extensions mean, as JSON",
    "EXISTS_": "The event has it",
    "MATCH_": "One of these things stands there, as EPC URN, Digital Link or name",
    "GE_": "At or after, at least",
    "GT_": "More than",
    "LT_": "Before, less than",
    "LE_": "At most",
    "EQ_": "One of these values stands there",
    "orderBy": "eventTime, recordTime or an extension; else the order of the record",
    "orderDirection": "ASC, or DESC (default)",
    "eventCountLimit": "Give so many events at most; needs orderBy",
    "maxEventCount": "Fail with 413 if more events answer",
    "perPage": "Events on a page: 30, at most 1000",
    "nextPageToken": "From the header Link of the page before",
    "eventType": "One of these types of event",
    "vocabularyName": "Only vocabularies of these types",
    "EQATTR_": "Names of which this attribute is one of these",
    "HASATTR": "Names that have one of these attributes",
    "includeAttributes": "true (default) or false",
    "includeChildren": "true (default) or false",
    "attributeNames": "Only these attributes",
    "maxElementCount": "Fail with 413 if more answer",
    "stream": "WebSocket: true, for each event as soon as it is recorded",
    "second": "WebSocket: numbers 0-59 of a schedule, ranges [a-b], steps a/b",
    "minute": "WebSocket: the same, 0-59",
    "hour": "WebSocket: the same, 0-23, on China's clock",
    "dayOfMonth": "WebSocket: the same, 1-31",
    "month": "WebSocket: the same, 1-12",
    "dayOfWeek": "WebSocket: the same, 1-7 from Monday",
    "reportIfEmpty": "WebSocket: true, to be told at each time though there is nothing",
    "initialRecordTime": "WebSocket: what was recorded from this time on, not only from now",
}


_BYTES = {"type": "string", "format": "binary"}
_LISTS = (
    *("/capture", "/queries", "/queries/{name}", "/vocabularies"),
    *("/queries/{name}/subscriptions", "/queries/{name}/subscriptions/{number}"),
)
PAGING = ("perPage", "nextPageToken")
MASTER = tuple(name for name in master.KNOWN if name not in PAGING)


def openapi() -> OpenAPIConfig:
    """How the description is made from the handlers."""
    return OpenAPIConfig(
        title="Suyuan 溯源",
        version=__version__,
        description=_DESCRIPTION,
        path="/openapi",
        servers=[Server(url="/")],
        tags=[
            Tag(name="EPCIS", description="EPCIS 2.0 capture and query interfaces"),
            Tag(name="Questions", description="What codes are, and where things came from or went"),
            Tag(name="Codes", description="Codes made, printed, brought in and verified"),
            Tag(name="Registry", description="Parties, sites, products, licences, documents"),
            Tag(name="Permits", description="Permits and quotas, and what is left of them"),
            Tag(name="Log", description="The log that an outsider can check, and receipts"),
            Tag(name="Operations", description="For who runs the platform"),
        ],
        components=Components(
            security_schemes={
                "key": SecurityScheme(
                    type="http", scheme="bearer", description="A key, sy_…, of an account"
                ),
                "password": SecurityScheme(
                    type="http", scheme="basic", description="Name and password of an account"
                ),
            }
        ),
        security=[{}, {"key": []}, {"password": []}],
    )


@get("/openapi.json", include_in_schema=False, sync_to_thread=True)
def get_description(request: AnyRequest) -> Response[bytes]:
    """The description; what handlers read by themselves comes from the tables that they read by."""
    return Response(described(request.app), media_type=MediaType.JSON)


@lru_cache(maxsize=1)
def described(app: Litestar) -> bytes:
    """All that the server does, as OpenAPI in JSON."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    paths = schema["paths"]
    _part(paths)
    for path in ("/events", "/events/{event_id}"):
        paths[path]["get"]["responses"]["200"]["content"] = _contents(MEDIA)
    for path, names in _asked_by().items():
        operation = paths[path]["get"]
        operation["parameters"] = [*operation.get("parameters", ()), *map(_parameter, names)]
    for path in ("/capture", "/events", "/convert"):
        paths[path]["post"]["requestBody"] = {
            "required": True,
            "description": "A document or an event, plain or gzip",
            "content": _contents(sorted(DOCUMENTS)),
        }
    paths["/pictures"]["post"]["requestBody"] = {
        "required": True,
        "description": "The picture or PDF itself; what it is its first bytes say",
        "content": {each: {"schema": _BYTES} for each in ("image/*", "application/pdf")},
    }
    paths["/coverage"]["post"]["requestBody"] = {
        "required": True,
        "description": "A form with the file and what is known beside it",
        "content": {"multipart/form-data": {"schema": covering.BODY}},
    }
    for operation in (each for path in paths.values() for each in path.values()):
        if isinstance(operation, dict) and "requestBody" in operation:
            said = operation["responses"]
            said["408"] = said["400"] | {"description": MEANING[408]}  # any body may not come
    promising.complete(schema)
    for answer in _answers(paths):
        content = answer.get("content", {})
        if PROBLEM in content:
            content |= _contents((PROBLEM_XML, HTML))
        for schema_of in (each["schema"] for each in content.values() if "schema" in each):
            if "oneOf" in schema_of:  # an empty list is one of several kinds of things
                schema_of["anyOf"] = schema_of.pop("oneOf")
    _say_forms(paths)
    _say_pages(paths, app.state[DRAWN])
    converted = paths["/convert"]["post"]["responses"]["200"]["content"]
    converted |= _contents((JSON_LD, "application/xml"))
    return msgspec.json.encode(schema)


def _part(paths: dict[str, Any]) -> None:
    """Two paths of each that one route answers, since a name in it may have slashes."""
    for resource, (kind, _) in RESOURCES.items():
        events = paths[f"/{resource}/{{name}}"]["get"]
        paths[f"/{resource}/{{name}}/events"] = {"get": events}
        above = events | {
            "summary": f"其中之一 One of {resource}",
            "description": "What is below it, events; 404 as there.",
            "operationId": f"one_of_{kind}",
            "responses": copy.deepcopy(paths[f"/{resource}"]["get"]["responses"]),
        }
        paths[f"/{resource}/{{name}}"] = {"get": above}


def _say_forms(paths: dict[str, Any]) -> None:
    """The media of what is given as Accept says."""
    of = {
        **dict.fromkeys((*map("/{}".format, RESOURCES), *_LISTS), LISTED),
        **dict.fromkeys(map("/{}/{{name}}".format, RESOURCES), LISTED),
        **dict.fromkeys(("/", "/capture/{job_id}"), TOP),
        **dict.fromkeys(
            (*map("/{}/{{name}}/events".format, RESOURCES), "/queries/{name}/events"), MEDIA
        ),
    }
    for path, media in of.items():
        content = paths[path]["get"]["responses"]["200"]["content"]
        said = content["application/json"]
        content |= _contents(media) | {each: said for each in media if each in LISTED}
    paths["/"]["get"]["responses"]["200"]["content"] |= _contents((HTML,))


def _say_pages(paths: dict[str, Any], pages: Collection[str]) -> None:
    """Operations, by their ids, that give a person the page of their answer."""
    for operation in (each for path in paths.values() for each in path.values()):
        if isinstance(operation, dict) and operation.get("operationId") in pages:
            operation["responses"]["200"]["content"] |= _contents((HTML,))


def _answers(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What each operation may answer."""
    for operation in (each for path in paths.values() for each in path.values()):
        if isinstance(operation, dict):
            yield from operation.get("responses", {}).values()


def _asked_by() -> dict[str, tuple[str, ...]]:
    """What may be asked behind the address of each list, which its handler reads by itself."""
    lists = map("/{}".format, RESOURCES)
    return {
        **dict.fromkeys([*lists, "/capture", "/queries", "/queries/{name}/subscriptions"], PAGING),
        **dict.fromkeys(("/events", *map("/{}/{{name}}/events".format, RESOURCES)), KNOWN),
        "/queries/{name}/events": (*PAGING, *LISTENING),
        "/vocabularies": (*PAGING, *MASTER),
    }


def _contents(media: Iterable[str]) -> dict[str, Any]:
    """A document in each of the forms: an object in JSON, text in XML and on pages."""
    return {
        each: {"schema": {"type": "string" if each.endswith(("xml", "html")) else "object"}}
        for each in media
    }


def _parameter(name: str) -> dict[str, Any]:
    said = next(text for beginning, text in _BEGINNINGS.items() if name.startswith(beginning))
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": said,
        "schema": {"type": "string"},
    }
