"""Takes the described paths; adds what holds for many operations: headers, statuses, OPTIONS.

Which headers a request may have and an answer has, and what can go wrong before and behind a
handler, is the same of whole groups of operations: it is told from the tables that the server
itself goes by, and of no operation by hand.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from suyuan.api import announcing, forms, noticing, preferring, versions
from suyuan.api.announcing import is_of_epcis
from suyuan.api.middleware import PROTECTION
from suyuan.api.resources import RESOURCES
from suyuan.api.statuses import MEANING

Json = dict[str, Any]

_EXTENSIONS: Final = "GS1-Extensions"
_LINKS: Final = ("Link", "GS1-Next-Page-Token-Expires")
_SINCE: Final = "GS1-Query-Min-Record-Time"
_METHODS: Final = ("get", "post", "delete")
_OF_ONE: Final = tuple(f"/{resource}/{{name}}/events" for resource in RESOURCES)
_SUBSCRIPTIONS: Final = "/queries/{name}/subscriptions"
_SUBSCRIPTION: Final = "/queries/{name}/subscriptions/{number}"
_SPELT: Final = ("/events", "/events/{event_id}", *_OF_ONE, "/queries/{name}/events")
"""Where codes and words are spelled as the request says."""
_NOTICING: Final = (
    *(("get", path) for path in ("/events", *_OF_ONE, "/queries/{name}/events", "/vocabularies")),
    *(("post", path) for path in ("/queries", _SUBSCRIPTIONS)),
)
_EXPLAINED: Final = (
    *(("get", path) for path in ("/events", *_OF_ONE, "/vocabularies")),
    *(("get", f"/{resource}") for resource in RESOURCES),
    ("post", "/queries"),
)
"""Where the prefixes of extensions may be explained in a header."""
_LOCATED: Final = {
    ("post", "/capture"): ("202", "400", "409", "413"),
    ("post", "/events"): ("201", "400", "409", "413"),
    ("post", "/queries"): ("201",),
    ("post", _SUBSCRIPTIONS): ("201",),
}
"""Answers that say where what was made stands, a refused document's job too."""
_COMMON: Final = ("X-Request-Id", "Vary", *PROTECTION)
_BY_STATUS: Final = {
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
_EVERYWHERE: Final = (400, 401, 414, 429, 500, 503, 507)
_OF_BODIES: Final = (408, 413, 415)
_NOT_ACCEPTABLE: Final = 406
_MEANINGS: Final = {
    "X-Request-Id": "The number of the request in the log",
    "Vary": "By which headers of the request the answer differs",
    **dict.fromkeys(PROTECTION, "Protects whoever looks at the answer in a browser"),
    **{name: said.meaning for name, said in announcing.HEADERS.items()},
    "Allow": "The methods that the address takes",
    "Content-Language": "In which language a problem is told first, or a page",
    "Link": "The address of the next page, if there is one",
    "GS1-Next-Page-Token-Expires": "Until when the next page can be asked for",
    _SINCE: "From when on the subscription tells, to whom it is shown",
    "Location": "Where that stands which was made, or the job of a document",
    "Preference-Applied": "That the answer did not wait, as it was asked",
    "Retry-After": "After so many seconds it may be tried again",
    "Suyuan-Losses": "How many places cannot be said in this form as they were",
    noticing.HEADER: "What is odd about the query, a list of at most a few notices (RFC 9651)",
    "WWW-Authenticate": "How to say who asks",
}


def complete(schema: Json) -> None:
    """Say of every operation of EPCIS what the server does with each, and of all paths OPTIONS."""
    problem = schema["paths"]["/events"]["get"]["responses"]["400"]["content"]
    schema["components"]["headers"] = {
        name: {"description": said, "schema": {"type": "string"}}
        for name, said in _MEANINGS.items()
    }
    for path, item in schema["paths"].items():
        for method in (each for each in _METHODS if each in item):
            if "EPCIS" in item[method]["tags"]:
                _complete(item[method], method, path, problem)
        item["options"] = _options(path, item, problem)


def _complete(operation: Json, method: str, path: str, problem: Json) -> None:
    operation["parameters"] = [*operation.get("parameters", ()), *_asked(method, path)]
    answers = operation["responses"]
    for status in _statuses(operation, path):
        answers.setdefault(str(status), _wrong(status, problem))
    for status, answer in answers.items():
        names = _told(operation, method, path, status)
        answer["headers"] = _references([*_of_all(path), *names])


def _asked(method: str, path: str) -> Iterator[Json]:
    """The headers that a request may have."""
    if is_of_epcis(path):
        yield from (
            _header(name, said.meaning, {"pattern": said.pattern})
            for name, said in versions.HEADERS.items()
        )
    if (method, path) in _EXPLAINED:
        yield _header(_EXTENSIONS, "What prefixes mean: ex=https://example.com/ns/, …", {})
    spelt = method == "get" and path in _SPELT
    for name, (said, values) in forms.HEADERS.items():
        sends_on = name == forms.EPC_FORMAT and (method, path) == ("post", _SUBSCRIPTIONS)
        if spelt or sends_on:
            yield _header(name, said, {"enum": values, "default": values[0]})


def _statuses(operation: Json, path: str) -> Iterator[int]:
    """What can go wrong with any request of its kind."""
    yield from _EVERYWHERE
    if is_of_epcis(path):
        yield _NOT_ACCEPTABLE
    if "requestBody" in operation:
        yield from _OF_BODIES


def _told(operation: Json, method: str, path: str, status: str) -> Iterator[str]:
    """The headers of an answer beside those that all have."""
    yield from _BY_STATUS.get(status, ())
    if status in _LOCATED.get((method, path), ()):
        yield "Location"
    if not status.startswith("2"):
        yield "Content-Language"
        return
    if path == "/":  # a person is given the first page
        yield "Content-Language"
    if method == "get" and "nextPageToken" in {each["name"] for each in operation["parameters"]}:
        yield from _LINKS
    if (method, path) in _NOTICING:
        yield noticing.HEADER
    if (method, path) == ("post", "/capture"):
        yield from preferring.APPLIED
    if (method == "get" and path in _SPELT) or path == "/convert":
        yield "Suyuan-Losses"


def _of_all(path: str) -> tuple[str, ...]:
    return (*_COMMON, *(announcing.HEADERS if is_of_epcis(path) else ()))


def _references(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _header(name: str, said: str, schema: Json) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": said,
        "schema": {"type": "string", **schema},
    }


def _wrong(status: int, problem: Json) -> Json:
    return {"description": MEANING[status], "content": dict(problem)}


def _options(path: str, item: Json, problem: Json) -> Json:
    """What the address itself says of its methods; a subscription's also from when on it tells."""
    first = next(item[method] for method in _METHODS if method in item)
    own = (_SINCE,) if path == _SUBSCRIPTION else ()
    answers: Json = {"204": {"description": "The methods, and what this server can"}}
    names: dict[str, tuple[str, ...]] = {"204": ("Allow", *own)}
    for wrong in _EVERYWHERE if own else (414, 500):
        answers[str(wrong)] = _wrong(wrong, problem)
        names[str(wrong)] = ("Content-Language", *_BY_STATUS.get(str(wrong), ()))
    for status, answer in answers.items():
        answer["headers"] = _references([*_of_all(path), *names[status]])
    return {
        "summary": "方法 Methods",
        "description": "The methods that this address takes, in the header Allow; no body.",
        "operationId": f"options_{first['operationId']}",
        "tags": first["tags"],
        "security": [{}, {"key": []}, {"password": []}] if own else [{}],
        "parameters": [each for each in first.get("parameters", ()) if each["in"] == "path"],
        "responses": answers,
    }
