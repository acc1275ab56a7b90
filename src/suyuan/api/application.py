"""Takes an open platform and the faces beside the API; gives the ASGI application."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Litestar, Response, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from suyuan import __version__
from suyuan.api import asking, epcis, operations, problems, reporting
from suyuan.api.middleware import observed
from suyuan.api.problems import AnyRequest
from suyuan.kit import SuyuanError
from suyuan.service import Platform

PageOf = Callable[[AnyRequest, int], Response[str]]
"""The page for a person whose request went wrong with that status."""

_DESCRIPTION = """\
追溯接口：采集用 EPCIS 2.0，提问用追溯契约。写入需要密钥；读取按查看者的权限给出。

The traceability API: EPCIS 2.0 for capture and events, the trace contract for questions. Every
write needs a key (`Authorization: Bearer sy_…`); every read shows what its viewer may see.
"""


def application(
    platform: Platform, *, faces: Sequence[Router] = (), page: PageOf | None = None
) -> Litestar:
    """API and other faces on one platform; `page` draws errors for people."""
    return Litestar(
        route_handlers=[
            reporting.post_capture,
            reporting.get_capture,
            *epcis.handlers,
            asking.get_identify,
            asking.get_trace,
            asking.get_answer,
            operations.healthz,
            operations.readyz,
            operations.metrics,
            *faces,
        ],
        state=State({"platform": platform}),
        middleware=[observed(platform.config.max_document)],
        exception_handlers=_handlers(page),
        openapi_config=_openapi(),
        compression_config=CompressionConfig(backend="gzip", minimum_size=500),
        request_max_body_size=platform.config.max_document + 1,
        logging_config=None,
    )


def _handlers(page: PageOf | None) -> dict[int | type[Exception], Any]:
    def for_people(request: AnyRequest) -> bool:
        return page is not None and "text/html" in request.headers.get("accept", "")

    def told(request: AnyRequest, error: SuyuanError) -> Response[Any]:
        if page is not None and for_people(request):
            return page(request, error.status)
        return problems.told(request, error)

    def of_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
        if page is not None and for_people(request):
            return page(request, error.status_code)
        return problems.of_http(request, error)

    def of_anything(request: AnyRequest, error: Exception) -> Response[Any]:
        response = problems.of_anything(request, error)
        return page(request, 500) if page is not None and for_people(request) else response

    return {SuyuanError: told, HTTPException: of_http, Exception: of_anything}


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Suyuan 溯源",
        version=__version__,
        description=_DESCRIPTION,
        path="/openapi",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}
        ),
        security=[{"key": []}, {}],
    )
