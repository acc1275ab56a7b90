"""The page of an organisation's state rules: which are on, and what each holds."""

from typing import Any

from litestar import Response, get

from suyuan.service import stating
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import respond, signed_in


@get("/state-rules", sync_to_thread=True)
@signed_in
def state_rules_page(request: AnyRequest) -> Response[Any]:
    """The state rules by which reports of who is signed in are judged."""
    viewer = asking(request).viewer
    rules = stating.described(stating.state_rules(platform_of(request), viewer))
    return respond(request, "state_rules.html", rules=rules)


handlers = (state_rules_page,)
