"""The registry over HTTP: parties, sites, products, licences, documents; entered and shown."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, get_args

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct, structs

from suyuan.api.body import own_json
from suyuan.api.coding import SECURITY
from suyuan.api.problems import documented
from suyuan.api.readers import account_of, as_json, known_only, platform_of
from suyuan.api.types import AnyRequest
from suyuan.registry import Party
from suyuan.service import (
    Filings,
    OnFile,
    Registration,
    file_rows,
    history_of,
    on_file,
    parties_on_file,
)
from suyuan.templates.types import EntryKind, EntryRow, Origin

_TAGS = ["Registry"]
_LARGEST: Final = 4 << 20
_ASKING = documented(400, 401, 404, 429)


class _Stated(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is left out, or null, stays as it is on file; an empty text clears it."""


class NewParty(_Stated, frozen=True):
    """A party by its code (USCC, GLN or URI); your own if it is left out."""

    uri: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    kind: str | None = None
    roles: list[str] | None = None
    division: str | None = None
    contact: str | None = None


class NewSite(_Stated, frozen=True):
    """One operator's time at a site; the division is its code (GB/T 2260) or name."""

    uri: str | None = None
    operator: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    kind: str | None = None
    division: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


class NewProduct(_Stated, frozen=True):
    """A class of product by its GTIN or URI; the unit is a UN/CEFACT code."""

    class_uri: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    owner: str | None = None
    family: str | None = None
    kind: str | None = None
    unit: str | None = None


class NewLicence(_Stated, frozen=True):
    """A licence by its holder, kind and number; both days inclusive.

    The areas are divisions, by code or name; `covers` are the species, products and words of scope.
    """

    party: str | None = None
    kind: str | None = None
    number: str | None = None
    issuer: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    areas: list[str] | None = None
    covers: list[str] | None = None


class NewDocument(_Stated, frozen=True):
    """A certificate or report by its kind, number and issuer."""

    kind: str | None = None
    number: str | None = None
    issuer: str | None = None
    status: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


class NewEntries(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Entries to be made together: all of them, or none."""

    parties: list[NewParty] = []
    sites: list[NewSite] = []
    products: list[NewProduct] = []
    licences: list[NewLicence] = []
    documents: list[NewDocument] = []


class Filed(Struct, frozen=True, kw_only=True):
    """What is on file: the parties one may see, or one party whole; `history` if it was asked."""

    parties: list[Party] = []
    on_file: OnFile | None = None
    history: list[Registration] = []


@post(
    "/registrations",
    status_code=200,
    summary="登记主体、场所、产品、证照、单据 Enter what is on file of parties",
    description=(
        "All entries are made or, where anything is refused, none (`entered` false); each finding "
        "names the list, the place in it (from 1) and the member. An organisation enters its own "
        "names, contact, sites and products; authorities what lies in their areas and families; "
        "administrators anything. The same again changes nothing."
    ),
    operation_id="register",
    responses={
        200: ResponseSpec(data_container=Filings, description="What became of each entry"),
        **documented(400, 401, 403, 413, 415, 429),
    },
    request_max_body_size=_LARGEST,
    security=SECURITY,
    guards=[own_json],
    tags=_TAGS,
)
async def post_registrations(
    request: AnyRequest,
    data: JSONBody[NewEntries],
    *,
    dry_run: Annotated[
        bool,
        QueryParameter(name="dryRun", description="Say what would become of it; enter nothing"),
    ] = False,
) -> Response[bytes]:
    """Enter entries; asynchronous, or the framework wraps what shares a path twice."""
    known_only(request, ("dryRun",))
    return await sync_to_thread(_entered, request, data, dry_run)


@get(
    "/registrations",
    summary="登记的内容 What is registered",
    description=(
        "Without a party: the parties one may see, by URI, 200 at a time behind `after`. With one: "
        "what is on file of it, and with `history` what was registered when and by whom."
    ),
    operation_id="registrations",
    responses={
        200: ResponseSpec(data_container=Filed, description="What is on file"),
        **_ASKING,
    },
    security=SECURITY,
    tags=_TAGS,
)
async def get_registrations(
    request: AnyRequest,
    party: Annotated[str | None, QueryParameter(description="The URI of a party")] = None,
    after: Annotated[str, QueryParameter(description="Parties behind this URI")] = "",
    *,
    history: Annotated[bool, QueryParameter(description="With what was registered when")] = False,
) -> Response[bytes]:
    """What is on file."""
    known_only(request, ("party", "after", "history"))
    return as_json(await sync_to_thread(_filed, request, party, after, history))


def _entered(request: AnyRequest, data: NewEntries, dry_run: bool) -> Response[bytes]:  # noqa: FBT001 -- handed on by a thread
    viewer = account_of(request).viewer
    rows = list(_rows(data))
    return as_json(file_rows(platform_of(request), rows, viewer, dry_run=dry_run))


def _filed(request: AnyRequest, party: str | None, after: str, history: bool) -> Filed:  # noqa: FBT001 -- handed on by a thread
    platform, viewer = platform_of(request), account_of(request).viewer
    if party is None:
        return Filed(parties=parties_on_file(platform, viewer, after=after))
    return Filed(
        on_file=on_file(platform, party, viewer),
        history=history_of(platform, party, viewer) if history else [],
    )


def _rows(data: NewEntries) -> Iterator[EntryRow]:
    for kind in get_args(EntryKind):
        for at, each in enumerate(getattr(data, kind), start=1):
            said = {key: _said(value) for key, value in structs.asdict(each).items()}
            stated = {key: value for key, value in said.items() if value is not None}
            columns = {key: key for key in said}
            yield EntryRow(kind, stated, Origin(kind, at, columns))


def _said(value: str | list[str] | None) -> str | None:
    """As a cell says it: a dash clears."""
    text = "；".join(value) if isinstance(value, list) else value
    return "-" if text is not None and not text.strip() else text


handlers: tuple[Any, ...] = (get_registrations, post_registrations)
