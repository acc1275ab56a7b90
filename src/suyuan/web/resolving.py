"""Takes the request of a Digital Link; gives a redirect, its links, or None.

None leaves it to the page of the thing, which is where links of this platform lead by default.
"""

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
from litestar import Response
from litestar.response import Redirect

from suyuan.codes import levels, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.accepting import ranges
from suyuan.service import (
    EVENTS,
    HANDLED,
    TRACEABILITY,
    LinkLevel,
    Wanted,
    best,
    default_of,
    handler_of,
    levels_of,
    link_type,
    linkset,
    platform_links,
)
from suyuan.web.request import AnyRequest, platform_of

LINKSET: Final = "application/linkset+json"
_ALL: Final = frozenset(("linkset", "all"))
_NO_ESCAPE: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_ESCAPE = Text(
    "网址里的 % 后面须有两位十六进制数字；% 本身写成 %25。",
    "In an address two hexadecimal digits follow a %; write % itself as %25.",
)
_HERE: Final = "https://id.gs1.org"
_ENCODE = msgspec.json.Encoder().encode

Answer = Response[Any] | None


def resolved(request: AnyRequest) -> tuple[Answer, dict[str, str]]:
    """What the resolver says to a request, and the headers that go with it whatever is said.

    Raises:
        SuyuanError: the link is wrong (400).
    """
    query = request.url.query
    link = link_of(request)
    found = levels_of(platform_of(request), f"{link}?{query}" if query else link)
    if not found or any(privacy.names_person(each.name) for each in found):
        return None, {}  # links name what they are of, and nobody's identity number is a name
    wanted = _wanted(request)
    handler = handler_of(platform_of(request), found)
    if handler is not None and link_type(wanted.link_type) != TRACEABILITY:
        return _handed_over(request, handler.href, found[0].name), {}
    headers = {"Link": _link_header(request, found), "Access-Control-Allow-Origin": "*"}
    if wanted.link_type in _ALL or LINKSET in wanted.media:
        said: Answer = _links(linkset(found, root_of(request)), request)
    elif wanted.link_type:
        said = _of_type(request, found, wanted)
    else:
        default = default_of(found)
        said = None if default is None else _redirect(request, default.href)
    if said is not None:
        links = filter(None, (headers["Link"], said.headers.get("Link")))
        said.headers.update(headers | {"Link": ", ".join(links), "Vary": "Accept, Accept-Language"})
    return said, headers


def _handed_over(request: AnyRequest, root: str, name: str) -> Redirect:
    """A redirect to the resolver that answers for a company prefix, and to nothing of this one."""
    answer = _redirect(request, root.rstrip("/") + name.removeprefix(_HERE))
    answer.headers["Link"] = f'<{root}>; rel="{HANDLED}"'
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def link_of(request: AnyRequest) -> str:
    """The link that is asked for as it was written: its escapes part it from its neighbours.

    Slashes at the end are nobody's.

    Raises:
        SuyuanError: it has a `%` that escapes nothing.
    """
    raw = request.scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if raw else quote(request.url.path)
    if _NO_ESCAPE.search(path):
        raise SuyuanError("link.escape", _ESCAPE, "URL")
    return _HERE + path.rstrip("/")


def root_of(request: AnyRequest) -> str:
    """The address that links of this platform begin with."""
    url = request.url
    return platform_of(request).config.public or f"{url.scheme}://{url.netloc}"


def _of_type(request: AnyRequest, found: Sequence[LinkLevel], wanted: Wanted) -> Answer:
    kind = link_type(wanted.link_type)
    if kind == TRACEABILITY:
        return None
    if kind == EVENTS:
        own = platform_links(found[0].name, root_of(request))
        return Redirect(own[EVENTS][0]["href"], status_code=307)
    fitting = best(found, wanted)
    if len(fitting) == 1:
        return _redirect(request, fitting[0].href)
    several = linkset(found, root_of(request), fitting)
    return _links(several, request, status=300 if fitting else 404)


def _links(body: Any, request: AnyRequest, *, status: int = 200) -> Response[bytes]:
    """The links, or those of a type: several that fit alike (300), or none (404)."""
    context = f'<{root_of(request)}/linkset.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    kind = 'type="application/ld+json"'
    answer = Response(_ENCODE(body), status_code=status, media_type=LINKSET)
    answer.headers["Link"] = f"{context}; {kind}"
    return answer


def _redirect(request: AnyRequest, href: str) -> Redirect:
    """What was asked goes along: another resolver may answer it."""
    parts = urlsplit(href)
    query = "&".join(filter(None, (parts.query, *map(_masked, request.url.query.split("&")))))
    return Redirect(urlunsplit(parts._replace(query=query)), status_code=307)


def _masked(pair: str) -> str:
    """A pair of the query; name and value apart, for what stands before may hide a number."""
    return "=".join(map(privacy.masked, pair.split("=", 1)))


def _link_header(request: AnyRequest, found: Sequence[LinkLevel]) -> str:
    path = found[0].name.removeprefix(_HERE)
    links = [f'<{root_of(request)}{path}?linkType=linkset>; rel="linkset"; type="{LINKSET}"']
    if levels.is_compressed(link_of(request)):
        links.append(f'<{found[0].name}>; rel="owl:sameAs"')
    return ", ".join(links)


def _wanted(request: AnyRequest) -> Wanted:
    return Wanted(
        link_type=request.query_params.get("linkType", "")[:200],
        languages=_liked(request.headers.get("accept-language", "")),
        media=_liked(request.headers.get("accept", "")),
        context=request.query_params.get("context", "")[:40],
    )


def _liked(header: str) -> tuple[str, ...]:
    """What a header prefers, best first, at most twenty words."""
    weighed = [each for each in ranges(header) if each[0] and each[1] > 0 and "*" not in each[0]]
    return tuple(word for word, _ in sorted(weighed, key=lambda each: -each[1])[:20])
