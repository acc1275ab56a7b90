"""Takes an open platform and the faces beside the API; gives the ASGI application."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from litestar import Litestar, Response, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute

from suyuan.api import (
    announcing,
    asking,
    balancing,
    coding,
    contacting,
    converting,
    covering,
    crediting,
    description,
    discovering,
    dispersing,
    dividing,
    drawing,
    entitling,
    epcis,
    falling_due,
    filing,
    inspecting,
    interlocking,
    jobs,
    linking,
    listening,
    logged,
    naming,
    operations,
    overriding,
    permitting,
    picturing,
    problems,
    reporting,
    resources,
    ruling,
    scoping,
    sharded,
    sourcing,
    standardising,
    stating,
    strictness,
    subscribing,
    templating,
    witnessing,
)
from suyuan.api.logs import where
from suyuan.api.middleware import Shown, around
from suyuan.api.types import NUMBER, AnyRequest
from suyuan.kit import SuyuanError
from suyuan.service import Platform

PageOf = Callable[[AnyRequest, int], Response[str]]
"""The page for a person whose request went wrong with that status."""

_LOG = structlog.get_logger("suyuan.http")
_SMALL = 64 << 10
_HTML = "text/html"

_OPERATIONS: Final = (
    *reporting.handlers,
    *jobs.handlers,
    *epcis.handlers,
    *overriding.handlers,
    discovering.get_resources,
    *resources.handlers,
    *naming.handlers,
    *subscribing.handlers,
    *listening.handlers,
    *converting.handlers,
    *logged.handlers,
    *sharded.handlers,
    *asking.handlers,
    *scoping.handlers,
    *balancing.handlers,
    *dispersing.handlers,
    *sourcing.handlers,
    *inspecting.handlers,
    *covering.handlers,
    *contacting.handlers,
    *picturing.handlers,
    *coding.handlers,
    *entitling.handlers,
    *linking.handlers,
    *dividing.handlers,
    *permitting.handlers,
    *crediting.handlers,
    *falling_due.handlers,
    *stating.handlers,
    *strictness.handlers,
    *filing.handlers,
    *interlocking.handlers,
    *ruling.handlers,
    *witnessing.handlers,
    *templating.handlers,
    *standardising.handlers,
    *operations.handlers,
    description.get_description,
)


def application(
    platform: Platform,
    *,
    faces: Sequence[Router] = (),
    page: PageOf | None = None,
    drawn: Mapping[str, drawing.Drawn | drawing.SentDrawn] | None = None,
) -> Litestar:
    """API and other faces on one platform; `page` draws errors for people.

    `drawn` has, by operation id, what a browser is given where a program is given JSON.
    """
    shown = _showing(page)
    app = Litestar(
        route_handlers=[*_OPERATIONS, *faces],
        state=State({"platform": platform, drawing.DRAWN: drawn or {}}),
        exception_handlers=_handlers(shown),
        openapi_config=description.openapi(),
        compression_config=CompressionConfig(backend="gzip", minimum_size=500),
        request_max_body_size=_SMALL,
        logging_config=None,
    )
    # Around everything: middleware of the framework does not see addresses it does not know.
    app.asgi_handler = around(
        app.asgi_handler, announcing.announced(platform), methods_of(app), shown=shown
    )
    return app


def methods_of(app: Litestar) -> dict[str, list[str]]:
    """The methods that each address's pattern takes."""
    found: dict[str, set[str]] = {}
    for each in app.routes:
        if isinstance(each, HTTPRoute):
            found.setdefault(each.path_format, set()).update(map(str, each.methods))
    return {path: sorted(taken) for path, taken in found.items()}


def _showing(page: PageOf | None) -> Shown:
    def shown(request: AnyRequest, problem: Response[bytes]) -> Response[Any]:
        """The problem as a program reads it; as a page where a person's browser asks."""
        if page is None or _HTML not in request.headers.get("accept", ""):
            return problem
        try:
            return page(request, problem.status_code or 500)
        except Exception:  # noqa: BLE001 -- a page needs the database, which may be what is wrong
            return problem

    return shown


def _handlers(shown: Shown) -> dict[int | type[Exception], Any]:
    def told(request: AnyRequest, error: SuyuanError) -> Response[Any]:
        return shown(request, problems.told(request, error))

    def of_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
        return shown(request, problems.of_http(request, error))

    def of_anything(request: AnyRequest, error: Exception) -> Response[Any]:
        _LOG.error("request.failed", request=request.scope.get(NUMBER, ""), where=where(error))
        return shown(request, problems.of_anything(request, error))

    return {SuyuanError: told, HTTPException: of_http, Exception: of_anything}
