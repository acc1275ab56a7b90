"""Takes the registry of code schemes; gives the page of all and a page of each."""

from typing import Any, Final

from litestar import Response, get
from litestar.params import FromPath
from markupsafe import Markup

from suyuan.codes import privacy, registry
from suyuan.codes.types import GRAIN_NAMES, Scheme
from suyuan.kit import Text
from suyuan.web.render import Reader
from suyuan.web.request import AnyRequest, reader_of, reading
from suyuan.web.respond import respond
from suyuan.web.structure import in_words, length, structure

_NO_SCHEME: Final = Text("没有登记这种编码", "No such kind of code is registered")
_NO_SCHEME_HELP: Final = Text(
    "看看全部编码种类，或在下面的框里输入编码。",
    "See all kinds of codes, or enter a code in the box below.",
)


@get("/codes", sync_to_thread=True)
def codes(request: AnyRequest) -> Response[str]:
    """Every scheme: its structure drawn, a sample, its source, and whether it is verified."""
    reader = reader_of(request, reading(request))
    groups = [
        (family, title, [_shown(scheme, reader) for scheme in schemes])
        for family, title, schemes in registry.grouped_schemes()
    ]
    counts = [scheme.verified for scheme in registry.all_schemes()]
    return respond(
        request, "codes.html", groups=groups, count=len(counts), unsure=counts.count(False)
    )


@get("/codes/{scheme:str}", sync_to_thread=True)
def code(request: AnyRequest, scheme: FromPath[str]) -> Response[Any]:
    """One scheme, whole."""
    found = registry.scheme_of(scheme)
    if found is None:
        return respond(
            request, "problem.html", status=404, title=_NO_SCHEME, detail=_NO_SCHEME_HELP
        )
    reader = reader_of(request, reading(request))
    return respond(
        request,
        "code.html",
        scheme=found,
        drawing=structure(found.layout, reader),
        pieces=[(each, length(each)) for each in found.layout if not each.text],
        grain=GRAIN_NAMES[found.grain],
        good=[privacy.masked(text) for text in found.good],
        bad=[privacy.masked(text) for text in found.bad],
    )


def _shown(scheme: Scheme, reader: Reader) -> tuple[Scheme, Text, Markup, str, str]:
    words, grain = in_words(scheme.layout, reader, numbered=True), GRAIN_NAMES[scheme.grain]
    return scheme, grain, structure(scheme.layout, reader), words, _sample(scheme)


def _sample(scheme: Scheme) -> str:
    """A sample as people meet it, rather than its canonical name, if there is one."""
    met = [text for text in scheme.good if not text.startswith(("urn:suyuan:", "http"))]
    return privacy.masked((met or list(scheme.good))[0])


handlers: Final = (codes, code)
