"""The page on which somebody who is responsible sees which inputs are in most products.

It works without script. Drawn from what its reader may see.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from suyuan.codes import privacy, shown
from suyuan.kit import Text
from suyuan.kit.amounts import amount
from suyuan.service import dispersing
from suyuan.trace import dispersed
from suyuan.web.given import day_typed, things_typed
from suyuan.web.question import question_page
from suyuan.web.request import AnyRequest, asking, platform_of

_FIELDS: Final = ("thing", "at", "as_of")
_SHOWN: Final = 20
_MOST_FACTS: Final = 100_000
_LEFT_OUT: Final = Text("另有 {count} 个数量不明", "{count:more|more} of unknown amount")


class Row(Struct, frozen=True, kw_only=True):
    """One input, product or holder in words: its rank and name, how many, what they amount to."""

    rank: int
    name: Text
    thing: str = ""
    count: int
    amounts: tuple[Text, ...] = ()


class Size(Struct, frozen=True):
    """A recall in one unit: at worst, by which, and on average."""

    worst: Text
    by: str
    mean: Text


def _answered(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    asked = dispersing.DispersionAsked(
        wanted=dispersed.Wanted(
            things=tuple(things_typed(request, given["thing"])),
            place=given["at"] or None,
            most=_SHOWN,
        ),
        as_of=day_typed(given["as_of"], last=True),
        most_facts=_MOST_FACTS,
    )
    found = dispersing.dispersion(platform_of(request), asked, asking(request).viewer)
    return {
        "found": found,
        "unseen": None if found.place_seen else dispersing.UNKNOWN.format(place=_code(found.place)),
        "mean": f"{found.mean:.1f}",
        "inputs": [_of_thing(found, r.rank, r.thing, r.recall) for r in found.rows],
        "products": [
            Row(rank=r.rank, name=_called(found, r.thing), thing=r.thing, count=r.inputs)
            for r in found.made_of
        ],
        "holders": [
            Row(
                rank=r.rank,
                name=_holder(found, r.party, r.site),
                count=r.recall.products,
                amounts=_amounts(r.recall),
            )
            for r in found.by_holder
        ],
        "sizes": [
            Size(amount(e.worst, e.unit), e.by, amount(round(e.mean, 3), e.unit))
            for e in found.sized
        ],
    }


def _of_thing(
    found: dispersing.DispersionTold, rank: int, thing: str, recall: dispersed.Recalled
) -> Row:
    return Row(
        rank=rank,
        name=_called(found, thing),
        thing=thing,
        count=recall.products,
        amounts=_amounts(recall),
    )


def _called(found: dispersing.DispersionTold, thing: str) -> Text:
    return found.called.get(thing) or Text("", "")


def _holder(found: dispersing.DispersionTold, party: str, site: str) -> Text:
    names = (
        found.parties.get(party) or _code(party),
        found.sites.get(site) or _code(site),
    )
    both = list(dict.fromkeys(name for name in names if name.zh))
    return Text(" · ".join(name.zh for name in both), " · ".join(name.en for name in both))


def _code(uri: str | None) -> Text:
    text = shown.code_text(uri or "")
    return Text(privacy.masked(text.zh), privacy.masked(text.en))


def _amounts(recall: dispersed.Recalled) -> tuple[Text, ...]:
    stated = tuple(amount(each.value, each.unit) for each in recall.amounts)
    left = (_LEFT_OUT.format(count=recall.unstated),) if recall.unstated else ()
    return stated + left


dispersion_pages: Final = {"dispersion": question_page("dispersion.html", _FIELDS, _answered)}
"""By operation of the API: what a browser is given at the same address."""
