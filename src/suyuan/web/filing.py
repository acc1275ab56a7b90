"""The page of what is registered of one's organisation: shown, entered by forms or a workbook.

It works without script. An organisation has the forms for what it may enter itself; authorities
and administrators have all of them, for any party that they may see.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, cast

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery

from suyuan.codes import divisions, privacy
from suyuan.families import fileable
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import day_in_china
from suyuan.model import Role, Viewer
from suyuan.registry.types import Party
from suyuan.service import (
    RELATIONS,
    Filings,
    entry_book,
    file_rows,
    file_table,
    history_of,
    on_file,
    parties_on_file,
    require_account,
    sheets_of,
)
from suyuan.templates.types import EntryKind, EntryRow, EntrySheet, Origin
from suyuan.web.forms import require_seal, seal_of, sent_form
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import refuse, respond, to_sign_in

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_LIMIT: Final = 8 << 20
_FORM_AROUND: Final = 64 << 10
_LARGE: Final = Text(
    "文件超过 8 MB；请分成几份再传，或由管理员用 suyuan register 导入。",
    "The file is above 8 MB; split it, or have the administrator bring it in with suyuan register.",
)
_LONGEST: Final = 300
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OWNERS: Final = {"sites": "operator", "products": "owner", "licences": "party"}
_OWN_KINDS: Final = ("parties", "sites", "products")
_GIVEN: Final = ("uri", "kind", "roles")
_CLEARABLE: Final = ("name_en", "roles", "division", "contact")
_TITLES: Final[Mapping[EntryKind, Text]] = {
    "parties": Text("填写或更改名称、联系方式", "Enter or change name and contact"),
    "sites": Text("登记或更改场所", "Enter or change a site"),
    "products": Text("登记或更改产品", "Enter or change a product"),
    "licences": Text("登记或更改证照", "Enter or change a licence"),
    "documents": Text("登记或更改单据", "Enter or change a document"),
}


@get("/registry", sync_to_thread=True)
def registry_page(request: AnyRequest, party: FromQuery[str] = "") -> Response[Any]:
    """What is on file of a party, one's own by default, and the forms to enter more."""
    return _guarded(request, privacy.cut(party, _LONGEST))


@get("/registry/template.xlsx", sync_to_thread=True)
def registry_template(request: AnyRequest) -> Response[bytes]:
    """The empty workbook."""
    named = {"Content-Disposition": 'attachment; filename="suyuan-registry.xlsx"'}
    book = entry_book(platform_of(request).families)
    return Response(book, media_type=_XLSX, headers=named)


@post("/registry", status_code=200)
async def registry_form(request: AnyRequest, data: Form) -> Response[Any]:
    """One entry, and the page with what became of it."""
    return await sync_to_thread(_enter, request, data)


@post("/registry/workbook", status_code=200, request_max_body_size=_LIMIT + _FORM_AROUND)
async def registry_workbook(request: AnyRequest) -> Response[Any]:
    """A workbook's entries, and the page with what became of them."""
    try:
        form = await sent_form(request, _too_large())
    except SuyuanError as error:
        return await sync_to_thread(_refused, request, error)
    sent = form.get("workbook")
    content = await sent.read(_LIMIT + 1) if isinstance(sent, UploadFile) else b""
    name = sent.filename if isinstance(sent, UploadFile) else ""
    said = {key: str(form.get(key) or "") for key in ("seal", "party", "check")}
    return await sync_to_thread(_bring, request, said, content, name.rpartition(".")[0])


def _enter(request: AnyRequest, data: dict[str, str]) -> Response[Any]:
    party = privacy.cut(data.get("party", ""), _LONGEST)

    def entered(viewer: Viewer) -> Filings:
        require_seal(request, data)
        return file_rows(platform_of(request), [_row(data)], viewer)

    return _guarded(request, party, entered, data)


def _bring(request: AnyRequest, said: dict[str, str], content: bytes, name: str) -> Response[Any]:
    def entered(viewer: Viewer) -> Filings:
        require_seal(request, said)
        if len(content) > _LIMIT:
            raise _too_large()
        is_only_checked = bool(said["check"])
        return file_table(
            platform_of(request), content, viewer, title=name, dry_run=is_only_checked
        )

    return _guarded(request, privacy.cut(said["party"], _LONGEST), entered)


def _refused(request: AnyRequest, error: SuyuanError) -> Response[Any]:
    """The page of one's own, of a form that came too long to be read, with what is wrong."""

    def entered(_viewer: Viewer) -> Filings:
        raise error

    return _guarded(request, "", entered)


def _too_large() -> SuyuanError:
    return SuyuanError("registry.large", _LARGE, "workbook", status=413)


def _guarded(
    request: AnyRequest,
    party: str,
    work: Callable[[Viewer], Filings] | None = None,
    given: Mapping[str, str] | None = None,
) -> Response[Any]:
    """The page for who is signed in; everybody else is shown the way to sign in."""
    who = asking(request)
    try:
        require_account(who)
    except SuyuanError:
        return to_sign_in(request)
    viewer = who.viewer
    try:
        done = work(viewer) if work is not None else None
    except SuyuanError as error:
        return refuse(request, "registry.html", error, **_values(request, viewer, party, given))
    shown = given if done is not None and done.is_refused else None
    values = _values(request, viewer, party, shown)
    values |= {"done": done}
    return respond(request, "registry.html", wrong=None, **values)


def _values(
    request: AnyRequest, viewer: Viewer, party: str, given: Mapping[str, str] | None
) -> dict[str, Any]:
    platform = platform_of(request)
    is_given = viewer.role in {Role.ADMIN, Role.REGULATOR}
    whose = privacy.masked(party) or viewer.party or ""
    found, before, missing = None, [], None
    if whose:
        try:
            found = on_file(platform, whose, viewer)
            before = history_of(platform, whose, viewer)
        except SuyuanError as error:
            missing = error.text
    filed = fileable(platform.families)
    return {
        "whose": whose, "found": found, "before": before, "missing": missing, "done": None,
        "titles": _TITLES,
        "parties": parties_on_file(platform, viewer) if is_given else [],
        "is_given": is_given, "seal": seal_of(request), "kinds": RELATIONS,
        "forms": list(_forms(sheets_of(platform.families), found.party if found else None, whose,
                             is_given=is_given, given=given or {})),
        "named": lambda name: _named(filed, name), "place": divisions.shown,
        "day_of": day_in_china, "families": platform.families.by_id,
    }  # fmt: skip


def _forms(
    sheets: tuple[EntrySheet, ...],
    party: Party | None,
    whose: str,
    *,
    is_given: bool,
    given: Mapping[str, str],
) -> Iterator[tuple[EntrySheet, list[Any], dict[str, str]]]:
    """Each form: its sheet, the columns that are asked, and what stands in them."""
    for sheet in sheets:
        if not is_given and sheet.kind not in _OWN_KINDS:
            continue
        hidden = (
            ()
            if is_given
            else (*_GIVEN, "owner")
            if sheet.kind == "parties"
            else ("operator", "owner")
        )
        columns = [each for each in sheet.columns if each.key not in hidden]
        again = _typed(given) if given.get("entry") == sheet.kind else {}
        if sheet.kind == "parties":
            values = _of_party(party, whose) | again
        else:
            values = {_OWNERS.get(sheet.kind, ""): whose} | again
        yield sheet, columns, values


def _typed(given: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to be mended: without anybody's identity number."""
    return {name: privacy.masked(text) for name, text in given.items()}


def _of_party(party: Party | None, whose: str) -> dict[str, str]:
    """A party's fields as its form shows them; a name in one language stands there once."""
    if party is None:
        return {"uri": whose}
    english = "" if party.name.en == party.name.zh else party.name.en
    return {
        "uri": party.uri, "name_zh": party.name.zh, "name_en": english, "kind": party.kind,
        "roles": "；".join(party.roles), "division": party.division, "contact": party.contact,
    }  # fmt: skip


def _row(data: Mapping[str, str]) -> EntryRow:
    """A form's fields as a row of a workbook; what a party's form has emptied is cleared."""
    kind = cast("EntryKind", data.get("entry", ""))
    said = {key: value for key, value in data.items() if value.strip()}
    if kind == "parties":
        said |= {key: "-" for key in _CLEARABLE if key in data and not data[key].strip()}
    return EntryRow(kind, said, Origin("", 0, {key: key for key in data}))


def _named(filed: Mapping[Any, Any], name: str) -> Text:
    """What a role or kind is called."""
    for kinds in filed.values():
        if name in kinds:
            return cast("Text", kinds[name].name)
    return Text(name, name)


handlers: Final = (registry_page, registry_template, registry_form, registry_workbook)
