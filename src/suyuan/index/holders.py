"""Takes an event and what the registry knows; gives the holders before and after it.

bizLocation says where a thing is after the event; readPoint never does (EPCIS 2.0 §7.3.5).
A half that nobody states is completed from the registry, else from the reporter: who reports
without naming another possessor reports for itself. What is completed is marked inferred.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from suyuan.index.types import Known
from suyuan.model import Event, Holder, TypedRef


class Place(Struct, frozen=True):
    """A holder and whether any half of it was inferred."""

    holder: Holder
    inferred: bool


class Placing(Struct, frozen=True, kw_only=True):
    """The two ends of an event, as stated and completed."""

    before: Place
    after: Place


def placing(event: Event, capturer: str, known: Known) -> Placing:
    """Both ends of an event, in the words of its source, destination and bizLocation."""
    on = local_day(event)
    moved_to = _stated(event.destinations)
    here = event.biz_location
    return Placing(
        before=_complete(_stated(event.sources, site=None), capturer, known, on),
        after=_complete(Holder(moved_to.party, moved_to.site or here), capturer, known, on),
    )


def last(event: Event, capturer: str, known: Known) -> Place:
    """Where things ended: at their source, else where the event is, for they go nowhere after."""
    stated = _stated(event.sources, site=event.biz_location)
    return _complete(stated, capturer, known, local_day(event))


def here(event: Event, capturer: str, known: Known) -> Place:
    """Where things are at an event that moves nothing."""
    stated = _stated(event.destinations)
    site = event.biz_location or stated.site
    return _complete(Holder(stated.party, site), capturer, known, local_day(event))


def named_receiver(event: Event, known: Known) -> Place:
    """The holder a sender names; nobody is inferred who was not named."""
    stated = _stated(event.destinations)
    return _from_registry(stated, known, local_day(event))


def named_sender(event: Event, known: Known) -> Place:
    """The holder a receiver names; nobody is inferred who was not named."""
    return _from_registry(_stated(event.sources), known, local_day(event))


def local_day(event: Event) -> date:
    """The day on the clock at the place of the event."""
    sign = -1 if event.offset.startswith("-") else 1
    hours, minutes = int(event.offset[1:3]), int(event.offset[4:6])
    return (event.event_time + sign * timedelta(hours=hours, minutes=minutes)).date()


def _stated(refs: Sequence[TypedRef], site: str | None = None) -> Holder:
    """Possessor and location among sources or destinations; an owner does not possess."""
    party = next((ref.value for ref in refs if ref.type == "possessing_party"), None)
    location = next((ref.value for ref in refs if ref.type == "location"), site)
    return Holder(party, location)


def _from_registry(stated: Holder, known: Known, on: date) -> Place:
    party, site = stated.party, stated.site
    if party is None and site is not None:
        party = known.directory.operator(site, on)
    if site is None and party is not None:
        site = known.directory.only_site(party, on)
    completed = Holder(party, site)
    return Place(completed, completed != stated)


def _complete(stated: Holder, capturer: str, known: Known, on: date) -> Place:
    place = _from_registry(stated, known, on)
    if place.holder.party is not None or capturer in known.platforms:
        return place
    mine = _from_registry(Holder(capturer, place.holder.site), known, on)
    return Place(mine.holder, inferred=True)
