"""The page of an organisation's subscriptions: what each is told, how that goes, what is wrong."""

from typing import Any, Final

from litestar import Response, get

from suyuan.kit.clock import in_china
from suyuan.notify.types import Subscription
from suyuan.service import subscribing, subscriptions
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import respond, signed_in

_MOST: Final = 100


@get("/subscriptions", sync_to_thread=True)
@signed_in
def subscriptions_page(request: AnyRequest) -> Response[Any]:
    """The subscriptions of who is signed in."""
    found = subscriptions(platform_of(request), asking(request).viewer, limit=_MOST)
    ordered = sorted(found, key=lambda one: (one.state == "active", one.query, one.made_at))
    return respond(
        request,
        "subscriptions.html",
        found=ordered,
        states=subscribing.STATES,
        when_in_china=in_china,
        host_of=_host_of,
    )


def _host_of(one: Subscription) -> str:
    """Where it goes, without what an address may hold of secrets."""
    return one.dest.partition("?")[0]


handlers = (subscriptions_page,)
