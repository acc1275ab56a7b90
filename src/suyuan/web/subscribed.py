"""The page of an organisation's subscriptions: what each is told, how that goes, what is wrong."""

from typing import Any, Final

from litestar import Response, get

from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.notify.types import Subscription
from suyuan.service import subscriptions
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import respond, signed_in

_MOST: Final = 100
STATES: Final = {
    "active": Text("正常", "goes well"),
    "waiting": Text("未送达，将再试", "not taken, will be tried again"),
    "stopped": Text("已停止", "stopped"),
}
"""What a state is called; `src/suyuan/notify/types.py` says what it means."""


@get("/subscriptions", sync_to_thread=True)
@signed_in
def subscriptions_page(request: AnyRequest) -> Response[Any]:
    """The subscriptions of who is signed in."""
    found = subscriptions(platform_of(request), asking(request).viewer, limit=_MOST)
    ordered = sorted(found, key=lambda one: (one.state == "active", one.query, one.made_at))
    return respond(
        request, "subscriptions.html", found=ordered, states=STATES, when_in_china=in_china,
        host_of=_host_of,
    )  # fmt: skip


def _host_of(one: Subscription) -> str:
    """Where it goes, without what an address may hold of secrets."""
    return one.dest.partition("?")[0]


handlers = (subscriptions_page,)
