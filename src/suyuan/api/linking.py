"""Where Digital Links lead, over HTTP: entered and withdrawn by who holds the code."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Struct

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY, capturer_asking
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, platform_of
from suyuan.api.types import AnyRequest
from suyuan.registry.types import Target
from suyuan.service import entered, levels_of, links_of, require_operator, withdraw_link

_NUMBER = Annotated[UUID, PathParameter(description="The link's number")]
_TAGS = ["Digital Link"]
_TAKING = documented(400, 401, 403, 404, 413, 415, 429)
_CONTEXT: dict[str, Any] = {
    "@context": {
        "@vocab": "http://www.iana.org/assignments/relation/",
        "anchor": "@id",
        "href": "@id",
        "linkset": "@graph",
        "gs1": "https://ref.gs1.org/voc/",
        "itemDescription": "http://www.w3.org/2000/01/rdf-schema#comment",
        "title": "http://purl.org/dc/terms/title",
        "type": "http://purl.org/dc/terms/format",
        "hreflang": {"@id": "http://purl.org/dc/terms/language", "@container": "@set"},
        "context": {"@id": "https://schema.org/audience", "@container": "@set"},
    }
}


class NewLink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where links of a code are to lead; `key` is its Digital Link, `link_type` as gs1:pip."""

    key: str
    link_type: str
    href: str
    title: str
    languages: tuple[str, ...] = ()
    media: str = ""
    context: tuple[str, ...] = ()
    is_default: bool = False


@post(
    "/links",
    status_code=201,
    summary="登记链接 Enter where links of a code lead",
    description=(
        "For a key, lot or item whose company prefix is entered as the party's own. What holds for "
        "a product holds for its lots and items. A new default ends the one before."
    ),
    operation_id="enterLink",
    responses={201: ResponseSpec(data_container=Target, description="As entered"), **_TAKING},
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_link(request: AnyRequest, data: JSONBody[NewLink]) -> Response[bytes]:
    """Enter a link."""
    return as_json(await sync_to_thread(_enter, request, data), status=201)


@get(
    "/links",
    summary="链接 Where links lead",
    description="With `key`: of that code and those above it, for anybody. Without: one's own.",
    operation_id="links",
    responses={
        200: ResponseSpec(data_container=list[Target], description="Links"),
        **documented(400, 401, 403, 429),
    },
    tags=_TAGS,
)
async def get_links(
    request: AnyRequest,
    key: Annotated[str | None, QueryParameter(description="A Digital Link")] = None,
) -> Response[bytes]:
    """What is entered."""
    return as_json(await sync_to_thread(_listed, request, key))


@delete(
    "/links/{number:uuid}",
    status_code=204,
    summary="撤回链接 Withdraw a link",
    description="From now on it leads nowhere; it stays on file.",
    operation_id="withdrawLink",
    responses=documented(400, 401, 403, 404, 429),
    security=SECURITY,
    tags=_TAGS,
)
async def delete_link(request: AnyRequest, number: _NUMBER) -> None:
    """Withdraw a link."""
    await sync_to_thread(_withdraw, request, number)


@get(
    "/.well-known/gs1resolver",
    summary="解析器说明 What this resolver does",
    description="The description file of a GS1-conformant resolver, where it is looked for.",
    operation_id="resolverDescription",
    responses={200: ResponseSpec(data_container=dict[str, Any], description="The description")},
    tags=_TAGS,
    sync_to_thread=False,
)
def get_description(request: AnyRequest) -> Response[bytes]:
    """What this resolver does."""
    url = request.url
    root = platform_of(request).config.public or f"{url.scheme}://{url.netloc}"
    return _to_any_site(
        {
            "name": "Suyuan 溯源",
            "resolverRoot": root,
            "supportedPrimaryKeys": ["all"],
            "supportedLinkType": [{"namespace": "https://ref.gs1.org/voc/", "prefix": "gs1:"}],
            "supportedContextValuesExternal": [{"nameOfList": "ISO 3166-1 alpha-2"}],
            "linkTypeDefaultCanBeLinkset": False,
            "linksetContext": f"{root}/linkset.jsonld",
        }
    )


@get(
    "/linkset.jsonld",
    summary="JSON-LD 上下文 The context of linksets",
    description="With it a linkset of this platform reads as JSON-LD (RFC 9264 §4.2).",
    operation_id="linksetContext",
    responses={
        200: ResponseSpec(
            data_container=dict[str, Any],
            description="The context",
            media_type="application/ld+json",
        )
    },
    tags=_TAGS,
    sync_to_thread=False,
)
def get_context() -> Response[bytes]:
    """With which a linkset reads as JSON-LD."""
    answer = _to_any_site(_CONTEXT)
    answer.media_type = "application/ld+json"
    return answer


def _to_any_site(value: Any) -> Response[bytes]:
    """What pages of other sites may read, as resolvers are asked by them."""
    return as_json(value, headers={"Access-Control-Allow-Origin": "*"})


def _enter(request: AnyRequest, data: NewLink) -> Target:
    capturer, platform = capturer_asking(request), platform_of(request)
    given = {name: getattr(data, name) for name in NewLink.__struct_fields__}
    target = Target(id=platform.number(), party=capturer.party, made_at=platform.clock(), **given)
    return entered(platform, target, capturer)


def _listed(request: AnyRequest, key: str | None) -> list[Target]:
    platform = platform_of(request)
    if key is not None:
        return [each for level in levels_of(platform, key) for each in level.targets]
    viewer = account_of(request).viewer
    if viewer.party is None:
        require_operator(viewer)
    return links_of(platform, viewer.party)


def _withdraw(request: AnyRequest, number: UUID) -> None:
    withdraw_link(platform_of(request), number, capturer_asking(request))


handlers: tuple[Any, ...] = (post_link, get_links, delete_link, get_description, get_context)
