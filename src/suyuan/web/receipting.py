"""The page of a receipt: what it proves in words, its files, and a check in the reader's browser.

Without script it says how to check it offline; with script `receipt.js` does so here.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from litestar import Response

from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import in_china
from suyuan.model import Verdict
from suyuan.publish import words
from suyuan.service import log_keys, overriding, read_shown, receipt, receipt_pdf
from suyuan.web.forms import seal_of
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of, reading
from suyuan.web.respond import respond

_BY_ID: Final = b"/receipts/"
_NONE: Final = Text("没有可看的回执", "There is no receipt to be seen")
_NONE_HELP: Final = Text(
    "没有这一条，或不公开；上报单位和监管部门登录后可以看到自己的。"
    "已依法销毁的事件，按其位置才查得到去向："
    "位置写在纸质回执上，由回执文件则用 suyuan verify 得知。",
    "There is no such entry, or it is not public; its reporter and the authority see theirs when "
    "they have signed in. What became of an event that was lawfully destroyed is told at its "
    "position, which stands on a paper receipt, and which suyuan verify tells of a receipt's file.",
)
NAMES: Final = {
    "event": Text("事件", "event"),
    "place": Text("地点", "place"),
    "things": Text("追溯单元", "things"),
    "parties": Text("交接方", "parties"),
    "documents": Text("单据", "documents"),
    "judgement": Text("判定", "judgement"),
    "findings": Text("核验意见", "findings"),
    "report": Text("上报", "report"),
    "debits": Text("许可额度的扣减", "debits of permits"),
    "act": Text("存证操作", "act"),
    "said": Text("操作内容", "what is said of it"),
    "erasure": Text("依法销毁的决定", "decision to destroy"),
}
"""What the record's own fields are called; a field `ilmd X` or `extensions X` is the reporter's."""
_NOT_NOW: Final = Text("回执现在取不到", "The receipt cannot be had now")


def entry_page(request: AnyRequest) -> Response[Any]:
    """The receipt of the entry at a position."""
    position = int(request.path_params["position"])
    return page_of(request, position)


def event_page(request: AnyRequest) -> Response[Any]:
    """The receipt of an event by its id."""
    raw = request.scope.get("raw_path", b"").partition(b"?")[0]
    name = unquote(raw[raw.find(_BY_ID) + len(_BY_ID) :].decode("ascii"))
    return page_of(request, name)


def page_of(
    request: AnyRequest,
    asked: str | int,
    *,
    wrong: SuyuanError | None = None,
    given: Mapping[str, Collection[str]] | None = None,
) -> Response[Any]:
    """The page of an entry; of a decision that was refused with what is `wrong`, and as `given`."""
    try:
        viewer = asking(request).viewer
        found = receipt(platform_of(request), asked, viewer, _ticked(request))
        if found is None:
            return respond(request, "problem.html", status=404, title=_NONE, detail=_NONE_HELP)
        file = _file(request, found)
    except SuyuanError as error:
        page = respond(
            request, "problem.html", status=error.status, title=_NOT_NOW, detail=error.text
        )
        if error.retry_after is not None:
            page.headers["Retry-After"] = str(error.retry_after)
        return page
    return file or _shown(request, found, wrong, given or {})


def _ticked(request: AnyRequest) -> list[str] | None:
    """The fields that are to be shown; None for all. Of a form with none ticked one is empty."""
    given = request.query_params.getall("fields", None)
    return None if given is None else [each for each in given if each]


def _file(request: AnyRequest, found: bytes) -> Response[bytes] | None:
    """What a link of the page asks for: the file that proves, or the paper."""
    name, platform = request.query_params.get("form"), platform_of(request)
    if name == "tlog-proof":
        return _sent(found, "receipt.tlog-proof", "text/plain")
    if name == "pdf":
        lang = reader_of(request, reading(request)).lang
        base = platform.config.public or str(request.base_url)
        made = receipt_pdf(platform, found, lang, base=base)
        return _sent(made, "receipt.pdf", "application/pdf")
    return None


def _sent(data: bytes, name: str, kind: str) -> Response[bytes]:
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'attachment; filename="{name}"',
        "vary": "Accept, Authorization, Cookie",
    }
    return Response(data, media_type=kind, headers=headers)


def _shown(
    request: AnyRequest,
    found: bytes,
    wrong: SuyuanError | None,
    given: Mapping[str, Collection[str]],
) -> Response[str]:
    fields = request.query_params.getall("fields", None)
    shown, viewer = read_shown(platform_of(request), found), asking(request).viewer
    page = respond(
        request,
        "receipt.html",
        status=wrong.status if wrong else 200,
        shown=shown,
        judged=overriding.verdict_at(platform_of(request), shown.position, viewer),
        verdicts=words.VERDICTS,
        choices=[each for each in Verdict if each is not Verdict.REFUSED],
        administrator=words.ADMINISTRATOR,
        in_china=in_china,
        seal=seal_of(request),
        wrong=wrong and wrong.text,
        given=given,
        names=NAMES,
        raw=found.decode(),
        keys=log_keys(platform_of(request)),
        here=f"/entries/{shown.position}" if wrong else request.url.path,
        chosen=fields,
        chosen_query="".join(f"fields={quote(each, safe='')}&" for each in fields or ()),
    )
    page.headers["cache-control"] = "private, no-store"
    return page


receipt_pages: Final[Mapping[str, Callable[[AnyRequest], Response[Any]]]] = {
    "getEntry": entry_page,
    "getReceipt": event_page,
}
