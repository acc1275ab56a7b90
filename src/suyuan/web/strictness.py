"""The page that says how strictly an organisation's documents are read, and the form to switch it.

The form is there for administrators; everybody else is told why not. It works without script, and
what was ordered is answered by the way to the page, so that looking at it again orders nothing.
"""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from suyuan.kit import SuyuanError, Text
from suyuan.service import require_account, require_operator, strictness
from suyuan.web.forms import require_seal, seal_of
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import refuse, respond, signed_in, to_sign_in

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_CHOICES: Final = {"yes": True, "no": False}
_NO_CHOICE: Final = Text("请选择严格或宽松。", "Choose strict or lenient.")


@get("/strictness", sync_to_thread=True)
@signed_in
def strictness_page(request: AnyRequest) -> Response[Any]:
    """How strictly documents of who is signed in are read, and how to switch it."""
    return respond(request, "strictness.html", wrong=None, **_shown(request))


@post("/strictness", status_code=200, sync_to_thread=True)
def strictness_form(request: AnyRequest, data: Form) -> Response[Any]:
    """Have documents read as was chosen, and lead to the page; or the page with what is wrong."""
    viewer = asking(request).viewer
    try:
        require_account(asking(request))
    except SuyuanError:
        return to_sign_in(request)
    try:
        require_seal(request, data)
        strict = _choice(data.get("strict", ""))
        strictness.switch_strictness(platform_of(request), viewer, strict=strict)
    except SuyuanError as error:
        return refuse(request, "strictness.html", error, **_shown(request))
    return Redirect("/strictness", status_code=303)


def _choice(text: str) -> bool:
    if text not in _CHOICES:
        raise SuyuanError("strictness.choice", _NO_CHOICE, "strict")
    return _CHOICES[text]


def _shown(request: AnyRequest) -> dict[str, Any]:
    viewer = asking(request).viewer
    return {
        "found": strictness.strictness(platform_of(request), viewer),
        "choices": {name: strictness.described(strict=each) for name, each in _CHOICES.items()},
        "why_not": _why_not(request),
        "seal": seal_of(request),
    }


def _why_not(request: AnyRequest) -> Text | None:
    """Why who is signed in may not switch it, None if they may."""
    try:
        require_operator(asking(request).viewer)
    except SuyuanError as error:
        return error.text
    return None


handlers = (strictness_page, strictness_form)
