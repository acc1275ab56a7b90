"""The page of an organisation's state rules: which are on, and what each holds."""

from typing import Any

from litestar import Response, get

from suyuan.kit import SuyuanError
from suyuan.service import require_account, stating
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import respond, to_sign_in


@get("/state-rules", sync_to_thread=True)
def state_rules_page(request: AnyRequest) -> Response[Any]:
    """The state rules by which reports of who is signed in are judged."""
    who = asking(request)
    try:
        require_account(who)
    except SuyuanError:
        return to_sign_in(request)
    rules = stating.described(stating.state_rules(platform_of(request), who.viewer))
    return respond(request, "state_rules.html", rules=rules)


handlers = (state_rules_page,)
