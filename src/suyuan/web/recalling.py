"""The page on which somebody who is responsible sees how far a recall of things reaches.

It works without script. Drawn from what its reader may see; contacts are the operator's alone.
"""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromQuery
from litestar.response import Redirect

from suyuan.codes import privacy
from suyuan.kit import SuyuanError
from suyuan.model import Role
from suyuan.service import Recall, recall, require_account
from suyuan.trace import Direction, Question, Seed
from suyuan.web.given import day_typed, things_typed
from suyuan.web.picture import picture
from suyuan.web.reached import amount, by_holder, chart_of_recall, plain
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of
from suyuan.web.respond import refuse, respond, to_sign_in

_SHOWN: Final = 200


@get("/recall", sync_to_thread=True)
def recall_page(
    request: AnyRequest, things: FromQuery[str] = "", on: FromQuery[str] = ""
) -> Response[Any]:
    """The form; and, once codes are given, who has or had what they may be in."""
    try:
        require_account(asking(request))
    except SuyuanError:
        return to_sign_in(request)
    given = {"things": privacy.masked(things.strip()), "on": privacy.masked(on.strip())}
    if given != {"things": things.strip(), "on": on.strip()}:  # no browser keeps it in an address
        return Redirect(f"/recall?{urlencode(given)}")
    try:
        found = _found(request, things, on.strip())
    except SuyuanError as error:
        return refuse(request, "recall.html", error, given=given, found=None)
    return respond(request, "recall.html", wrong=None, given=given, **_shown(request, found))


def _found(request: AnyRequest, things: str, on: str) -> Recall | None:
    seeds = tuple(Seed(thing=each) for each in things_typed(request, things))
    if not seeds:
        return None
    as_of = day_typed(on, last=True)
    question = Question(seeds=seeds, direction=Direction.FORWARD, as_of=as_of)
    return recall(platform_of(request), question, asking(request).viewer)


def _shown(request: AnyRequest, found: Recall | None) -> dict[str, Any]:
    if found is None or not found.cost.facts:
        return {"found": found}
    holders = by_holder(found)
    return {
        "found": found,
        "holders": holders[:_SHOWN],
        "more": max(len(holders) - _SHOWN, 0),
        "having": sum(each.still is not None for each in holders),
        "picture": picture(chart_of_recall(found), reader_of(request, asking(request))),
        "sees_all": asking(request).viewer.role is Role.ADMIN,
        "amount": amount,
        "plain": plain,
    }


handlers: Final = (recall_page,)
