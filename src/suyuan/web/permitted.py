"""The page of permits and quotas: what was granted, what is used and left, of whom."""

from decimal import Decimal
from typing import Any, Final

from litestar import Response
from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.amounts import amount, plain
from suyuan.service import PermitInfo, permits
from suyuan.web.request import AnyRequest, asking, platform_of
from suyuan.web.respond import respond, signed_in

_SHOWN: Final = 200


class Card(Struct, frozen=True):
    """A line of a permit with its amounts in words, and how much of it is used."""

    permit: PermitInfo
    granted: Text
    used: Text
    left: Text
    over: Text | None
    most: str
    taken: str


@signed_in
def permits_page(request: AnyRequest) -> Response[Any]:
    """The permits that who is signed in may see; those exceeded first."""
    found = permits(platform_of(request), asking(request).viewer)
    found.sort(key=lambda each: (not each.over, each.withdrawn))
    cards = [_card(each) for each in found[:_SHOWN]]
    return respond(request, "permits.html", cards=cards, more=len(found) - len(cards))


def _card(permit: PermitInfo) -> Card:
    unit = permit.unit
    return Card(
        permit=permit,
        granted=amount(permit.amount, unit),
        used=amount(permit.used, unit),
        left=amount(permit.left, unit),
        over=amount(permit.over, unit) if permit.over else None,
        most=plain(permit.amount),
        taken=plain(min(permit.used, max(permit.amount, Decimal(0)))),
    )


permit_pages: Final = {"permits": permits_page}
