"""The page on which a filled workbook is handed in: checked first, then recorded as it was checked.

It works without script. The file is not kept between the two: the answer to the check carries it,
and what is recorded is read from it anew, whole or not at all. Twice is recorded once.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Final

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from msgspec import structs

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.service import TakenIn, check_workbook, import_workbook
from suyuan.templates.types import CellFinding
from suyuan.web.forms import guarded, require_seal, seal_of, sent_form
from suyuan.web.request import AnyRequest, platform_of
from suyuan.web.respond import respond
from suyuan.web.ruling import SEVERITIES, TONES

_LIMIT: Final = 4 << 20
_FORM_AROUND: Final = 64 << 10
_MOST_SHOWN: Final = 200
_ORDER: Final = tuple(reversed(SEVERITIES))
COUNTED: Final = {
    "accepted": Text("接受", "accepted"),
    "flagged": Text("提示", "flagged"),
    "held": Text("待查", "held"),
    "refused": Text("拒收", "refused"),
    "duplicate": Text("先前已记录", "recorded before"),
}
_NO_FILE = Text("没有选文件，或文件是空的。", "No file was chosen, or it is empty.")
_LARGE = Text(
    "文件超过 4 MB；请分成几份，或由管理员用 suyuan import workbook 导入。",
    "The file is above 4 MB; split it, or have the administrator bring it in with suyuan import "
    "workbook.",
)
_BROKEN = Text(
    "检查过的文件没有完整传回；请重新上传。", "The checked file came back broken; upload it again."
)


@get("/workbook", sync_to_thread=True)
def workbook_page(request: AnyRequest) -> Response[Any]:
    """The form for a workbook."""
    return guarded(request, lambda _capturer: _shown(request))


@post("/workbook", status_code=200, request_max_body_size=2 * _LIMIT + _FORM_AROUND)
async def workbook_form(request: AnyRequest) -> Response[Any]:
    """What would be recorded of an uploaded file; of one that was checked, what was."""
    try:
        form = await sent_form(request, _too_large())
    except SuyuanError as error:
        wrong, status = error.text, error.status
        return await sync_to_thread(
            guarded, request, lambda _capturer: _shown(request, wrong=wrong, status=status)
        )
    sent, data = form.get("file"), {name: form.get(name) for name in ("seal", "checked")}
    content = await sent.read(_LIMIT + 1) if isinstance(sent, UploadFile) else b""
    return await sync_to_thread(
        guarded, request, lambda capturer: _taken(request, data, content, capturer)
    )


def _taken(
    request: AnyRequest, data: dict[str, Any], content: bytes, capturer: Capturer
) -> Response[str]:
    platform = platform_of(request)
    try:
        require_seal(request, data)
        if data["checked"] is not None:
            taken = import_workbook(platform, _unpacked(str(data["checked"])), capturer)
            return _shown(request, taken)
        _check_size(content)
        taken = check_workbook(platform.families, content, platform.clock())
    except SuyuanError as error:
        return _shown(request, wrong=error.text, status=error.status)
    kept = base64.b64encode(content).decode() if taken.is_sound else None
    return _shown(request, taken, checked=kept)


def _check_size(content: bytes) -> None:
    if not content:
        raise SuyuanError("workbook.none", _NO_FILE, "file")
    if len(content) > _LIMIT:
        raise _too_large()


def _too_large() -> SuyuanError:
    return SuyuanError("workbook.large", _LARGE, "file", status=413)


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SuyuanError("workbook.broken", _BROKEN, "checked") from error


def _shown(
    request: AnyRequest,
    taken: TakenIn | None = None,
    *,
    wrong: Text | None = None,
    checked: str | None = None,
    status: int = 200,
) -> Response[str]:
    findings = most_grave_first(taken.findings if taken else ())
    return respond(
        request,
        "workbook.html",
        status=status,
        taken=taken,
        checked=checked,
        wrong=wrong,
        seal=seal_of(request),
        findings=list(map(masked, findings[:_MOST_SHOWN])),
        more=len(findings[_MOST_SHOWN:]),
        counted=COUNTED,
        severities=SEVERITIES,
        tones=TONES,
    )


def most_grave_first(findings: Iterable[CellFinding]) -> list[CellFinding]:
    """The findings in the order in which their author should mend them."""
    return sorted(findings, key=lambda one: _ORDER.index(one.severity))


def masked(one: CellFinding) -> CellFinding:
    """The finding without the identity numbers that somebody may have written into a cell."""
    message, cure = (Text(privacy.masked(said.zh), privacy.masked(said.en))
                     for said in (one.message, one.cure))  # fmt: skip
    return structs.replace(one, sheet=privacy.masked(one.sheet), message=message, cure=cure)


handlers: Final = (workbook_page, workbook_form)
