"""On the page of an entry: the verdict on its event, what was decided since, and a form to decide.

The form is there for who may, works without script, and says which verdict its author saw.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from litestar import Response, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect

from suyuan.kit import SuyuanError, Text
from suyuan.model import Verdict
from suyuan.service import overriding, require_account
from suyuan.web.forms import require_seal
from suyuan.web.receipting import page_of
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import to_sign_in

_LIMIT: Final = 64 << 10
_NO_VERDICT: Final = Text(
    "请选择改判为什么。", "Choose what the verdict is to be."
)  # fmt: skip


@post("/entries/{position:int}/override", status_code=200, request_max_body_size=_LIMIT)
async def override_form(request: AnyRequest, position: FromPath[int]) -> Response[Any]:
    """A decision, and the entry's page with it; or the page again with what is wrong."""
    data = await request.form()
    return await sync_to_thread(_overridden, request, position, data)


def _overridden(request: AnyRequest, position: int, data: FormMultiDict) -> Response[Any]:
    said = {name: str(data.get(name) or "") for name in ("seal", "to", "ground", "documents")}
    findings = tuple(str(each) for each in data.getall("findings", []))
    who = asking(request)
    try:
        require_account(who)
    except SuyuanError:
        return to_sign_in(request)
    try:
        require_seal(request, said)
        wish = overriding.Wish(
            to=_verdict(said["to"]),
            ground=said["ground"],
            findings=findings,
            documents=tuple(said["documents"].split()),
            expect=_verdict(str(data.get("expect") or "")),
        )
        overriding.override(platform_of(request), position, wish, who.viewer)
    except SuyuanError as error:
        return page_of(request, position, wrong=error, given=_given(said) | {"findings": findings})
    return Redirect(f"/entries/{position}", status_code=303)


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        raise SuyuanError("override.to", _NO_VERDICT, "to") from None


def _given(said: Mapping[str, str]) -> dict[str, Collection[str]]:
    return {name: said[name] for name in ("to", "ground", "documents")}


handlers = (override_form,)
