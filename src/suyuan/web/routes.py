"""Takes an address; gives the page behind it. GS1 Digital Links open the page of their thing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, Router, get, post, route
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from suyuan.codes import (
    Candidate,
    asked,
    either,
    levels,
    pieces,
    privacy,
    recognise,
    shown,
    unknown,
)
from suyuan.drawings import layout, pictured
from suyuan.kit import SuyuanError, Text
from suyuan.publish import Stage, Tone
from suyuan.service import (
    answer,
    examples,
    identify,
    labelled,
    progress,
    sign_in,
    subject,
)
from suyuan.web import (
    codes,
    conforming,
    credit,
    entering,
    filing,
    in_hand,
    making,
    overriding,
    packing,
    stating,
    strictness,
    subscribed,
    workbooks,
)
from suyuan.web.reading import LONGEST, how_read, href_of_reading, the_only_one
from suyuan.web.render import static, thing_href
from suyuan.web.request import PAGE, SESSION, AnyRequest, asking, platform_of, reader_of
from suyuan.web.resolving import link_of, resolved
from suyuan.web.respond import own_path, refuse, respond
from suyuan.web.unfolding import opened, unfold_links
from suyuan.web.way import chart_of_route

PRIMARY_KEYS = (
    "00",
    "01",
    "253",
    "255",
    "401",
    "402",
    "414",
    "415",
    "417",
    "8003",
    "8004",
    "8006",
    "8010",
    "8013",
    "8017",
    "8018",
)
"""Application identifiers that begin a Digital Link (GS1 Digital Link URI Syntax §4.3)."""

_HTML = "text/html"
_TYPES = {"css": "text/css", "svg": "image/svg+xml", "js": "text/javascript"}
_ANY_ADDRESS = "uri"
"""The scheme of addresses that are nothing more: no reading of a Digital Link."""

_ANY_SITE = {"any_site": True}
"""Problems, too, may be read by pages of any site, which ask resolvers (CORS)."""

_SETTINGS = frozenset(("lang", "text", "number"))
_FAULTS = 500

_NO_CODE = Text("地址里的编码认不出来", "The address holds no code that we know")
_NO_CODE_HELP = Text(
    "请把包装上的编码输入下面的框。", "Enter the code on the package in the box below."
)
_BAD_CODE = Text("编码有误", "The code is wrong")
_BAD_CODE_HELP = Text(
    "校验位或格式不对，请和包装再核对一遍。照抄无误而仍然不对的，请问卖家或生产企业。",
    "Its check digit or form is wrong: compare it with the package once more. If it is printed "
    "so, ask the seller or the maker.",
)
_TOO_LONG = Text("文字太长", "The text is too long")
_PROBLEMS = {
    400: (
        Text("请求有误", "Something in the request is wrong"),
        Text("请回到首页重新查询。", "Go back to the start page and look it up again."),
    ),
    401: (
        Text("密钥无效", "The key is not valid"),
        Text(
            "请求里带的密钥不是本平台的，或已停用。请去掉它，或换成有效的。",
            "The key that was sent is none of this platform's, or was revoked. Leave it out, or "
            "send one that is valid.",
        ),
    ),
    404: (
        Text("没有这一页", "There is no such page"),
        Text(
            "地址可能抄错了。要查一件东西，请输入它的编码。",
            "The address may be mistyped. To look something up, enter its code.",
        ),
    ),
    414: (
        Text("填得太多", "Too much was filled in"),
        Text(
            "浏览器的地址放不下这么多。请少填一些，分几次问；要问许多编码，请用命令 "
            "suyuan scope --things-file，或由程序发到 POST /scope。",
            "An address has no room for so much. Fill in less and ask several times; about many "
            "codes ask by the command suyuan scope --things-file, or let a program send them to "
            "POST /scope.",
        ),
    ),
    500: (
        Text("服务出了问题", "The service failed"),
        Text("问题已记下，请过一会儿再试。", "The fault is on file; try again in a while."),
    ),
}


def home(request: AnyRequest) -> Response[str]:
    """The search box, and how much is recorded."""
    platform = platform_of(request)
    now = progress(platform)
    known = [
        {"href": thing_href(uri), "name": name, "code": shown.shown_code(uri)}
        for uri, name in examples(platform)
    ]
    return respond(request, "home.html", examples=known, recorded=now.head, indexed=now.position)


_DIVISION = "division"


@get("/search", sync_to_thread=True)
def search(
    request: AnyRequest,
    q: FromQuery[str] = "",
    all: FromQuery[str] = "",  # noqa: A002 -- the query's name
) -> Response[Any]:
    """What a text may be; straight to the page when only one reading is known or beyond doubt."""
    text = q.strip()
    settings = {
        name: request.query_params[name] for name in _SETTINGS & request.query_params.keys()
    }
    if not text:
        return Redirect(f"/?{urlencode(settings)}" if settings else "/")
    try:
        asked.require_texts([text])
    except SuyuanError as error:
        return respond(
            request, "problem.html", status=error.status, title=_TOO_LONG, detail=error.text
        )
    hidden = privacy.masked(text)
    if hidden != text:  # no browser keeps a number in an address
        settings["number"] = either.told(recognise(text))
        return Redirect(f"/search?{urlencode({'q': hidden, **settings}, safe='*')}")
    (found,) = identify(platform_of(request), [text], asking(request).viewer)
    found = either.told_beside(found, settings.get("number", ""), text)
    only = None if all else the_only_one(found)
    if only is not None and only.scheme == _DIVISION and not only.known:
        code = only.canonical.rpartition(":")[2]
        return Redirect(f"/divisions/{code}{f'?{urlencode(settings)}' if settings else ''}")
    if only is not None:
        return Redirect(href_of_reading(text, only.canonical, **settings))
    like = unknown.likeness(text, found)
    return respond(request, "search.html", text=text, found=pieces.in_order(text, found), like=like)


@get("/thing", sync_to_thread=True)
def thing(request: AnyRequest, id: FromQuery[str] = "") -> Response[str]:  # noqa: A002 -- the query's name
    """The page of a thing by its canonical name."""
    found = subject(platform_of(request), privacy.cut(id, LONGEST), asking(request).viewer)
    return _answer(request, [found] if found else [])


def digital_link(request: AnyRequest, rest: FromPath[str]) -> Response[Any]:  # noqa: ARG001 -- of the path
    """Where a GS1 Digital Link leads: the page of its thing, if nothing else is asked or said."""
    return _resolved(request)


def _resolved(request: AnyRequest) -> Response[Any]:
    try:
        said, headers = resolved(request)
    except SuyuanError as error:
        if _HTML not in request.headers.get("accept", ""):
            raise  # a program is told the problem
        detail = Text(
            f"{error.text.zh} {_BAD_CODE_HELP.zh}", f"{error.text.en} {_BAD_CODE_HELP.en}"
        )
        wrong = respond(request, "problem.html", status=400, title=_BAD_CODE, detail=detail)
        wrong.headers["Access-Control-Allow-Origin"] = "*"
        return wrong
    if said is not None:
        return said
    found = recognise(link_of(request))
    page = _answer(request, [each for each in found if each.scheme != _ANY_ADDRESS])
    page.headers.update(headers)
    return page


def link_options(rest: FromPath[str]) -> Response[bytes]:  # noqa: ARG001 -- of the path
    """What may be done with a Digital Link, from any site (CORS)."""
    allowed = "GET, HEAD, OPTIONS"
    return Response(
        b"",
        status_code=204,
        headers={
            "Allow": allowed,
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": allowed,
            "Access-Control-Allow-Headers": "Accept, Accept-Language",
        },
    )


digital_links = [
    handler
    for key in (*PRIMARY_KEYS, "gtin")  # a product QR code's word (GB/T 33993)
    for handler in (
        route(f"/{key}/{{rest:path}}", http_method=["OPTIONS"], sync_to_thread=False)(link_options),
        get(f"/{key}/{{rest:path}}", sync_to_thread=True, opt=_ANY_SITE)(digital_link),
    )
]


@get("/{code:str}", sync_to_thread=True, opt=_ANY_SITE)
def printed(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The page of a thing by the address that its label holds, where that is no Digital Link.

    Only what is a code of our labels, was issued here, or is a compressed link has one.
    """
    found = labelled(platform_of(request), code[:LONGEST], asking(request).viewer)
    if found is not None:
        return _answer(request, [found])
    if levels.is_compressed(f"https://id.gs1.org/{code[:LONGEST]}"):
        return _resolved(request)
    raise NotFoundException


@get("/sign-in", sync_to_thread=False)
def sign_in_page(request: AnyRequest) -> Response[str]:
    """The form for accounts."""
    return respond(request, "sign_in.html", wrong=None, needed=False, back="/")


@post("/sign-in", sync_to_thread=True, status_code=200)
def sign_in_form(
    request: AnyRequest,
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """A session for the account, or the form again with what is wrong."""
    back = own_path(data.get("back", "/"))
    try:
        address = request.client.host if request.client else ""
        name, password = data.get("name", ""), data.get("password", "")
        token = sign_in(platform_of(request), name, password, address=address)
    except SuyuanError as error:
        return refuse(request, "sign_in.html", error, needed=False, back=back)
    cookie = Cookie(
        key=SESSION,
        value=token,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return Redirect(back, status_code=303, cookies=[cookie])


@post("/sign-out", sync_to_thread=False, status_code=200)
def sign_out() -> Redirect:
    """End the session in this browser."""
    return Redirect("/", status_code=303, cookies=[Cookie(key=SESSION, value="", max_age=0)])


@get("/static/{name:path}", sync_to_thread=False)
def static_file(name: FromPath[str]) -> Response[bytes]:
    """Our own stylesheet, mark and script."""
    kind = name.rpartition(".")[2]
    safe = name.strip("/")
    if kind not in _TYPES or ".." in safe:
        return Response(b"", status_code=404)
    try:
        content = static(safe)
    except FileNotFoundError:
        return Response(b"", status_code=404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content, media_type=_TYPES[kind], headers=headers)


def problem_page(request: AnyRequest, status: int) -> Response[str]:
    """The page for a person whose request went wrong."""
    title, detail = _PROBLEMS.get(status, _PROBLEMS[500 if status >= _FAULTS else 400])
    return respond(request, "problem.html", status=status, title=title, detail=detail)


def _answer(request: AnyRequest, found: Sequence[Candidate]) -> Response[str]:
    """The page of the best reading of a text; what cannot be read gets a 404 that helps.

    Raises:
        SuyuanError: it cannot be read, and a program asks (404).
    """
    if not found:
        return _unread(request, "code.unknown", _NO_CODE, _NO_CODE_HELP)
    who = asking(request)
    said = answer(platform_of(request), found[0].canonical, who.viewer)
    if said.verdict.tone is Tone.UNKNOWN and not found[0].valid:
        return _unread(request, "code.wrong", _BAD_CODE, _BAD_CODE_HELP)
    reader = reader_of(request, who)
    typed, number = (request.query_params.get(each, "") for each in ("read", "number"))
    return respond(
        request,
        "answer.html",
        answer=said,
        how=how_read(platform_of(request), typed, said.subject.canonical, number),
        code=shown.shown_code(said.subject.canonical),
        last=max((*said.origins, *said.whereabouts), key=_ended, default=None),
        seen=pictured.pictured(
            layout.laid_out(chart_of_route(said.route)),
            reader.lang,
            opened(request),
            unfold_links(reader),
        ),
    )


def _unread(request: AnyRequest, code: str, title: Text, help_: Text) -> Response[str]:
    """The page that helps a person on, or for a program the problem."""
    if _HTML not in request.headers.get("accept", ""):
        detail = Text(f"{title.zh}。{help_.zh}", f"{title.en}. {help_.en}")
        raise SuyuanError(code, detail, "URL", status=404)
    return respond(request, "problem.html", status=404, title=title, detail=help_)


def _ended(stage: Stage) -> datetime:
    return stage.until or stage.at


router = Router(
    "/",
    route_handlers=[
        search,
        thing,
        printed,
        *digital_links,
        *codes.handlers,
        sign_in_page,
        sign_in_form,
        sign_out,
        static_file,
        *in_hand.handlers,
        *making.handlers,
        *packing.handlers,
        *workbooks.handlers,
        *entering.handlers,
        *filing.handlers,
        *credit.handlers,
        *overriding.handlers,
        *stating.handlers,
        *strictness.handlers,
        *subscribed.handlers,
        *conforming.handlers,
    ],
    include_in_schema=False,
    opt={PAGE: True},
)
