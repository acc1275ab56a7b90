"""Takes the pieces of an event of the story; gives it as EPCIS 2.0 JSON-LD members."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from msgspec import Struct

from suyuan.demo.cast import Actor

CHINA = timezone(timedelta(hours=8))
_STORY = uuid.UUID("0a1b6a52-54a5-5c0e-9a8e-2f0b1f9a1a11")

EventDict = dict[str, Any]


class Days(Struct, frozen=True):
    """The story's calendar: everything happened on days before `today` (China time)."""

    today: date

    def at(self, days_ago: int, clock: str) -> datetime:
        """A time on a day before today; negative days lie ahead."""
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, time.fromisoformat(clock), tzinfo=CHINA)

    def day(self, days_ago: int) -> str:
        """A day before today, as dates are written."""
        return (self.today - timedelta(days=days_ago)).isoformat()


def event_id(name: str, at: datetime) -> str:
    """The id of the event that a story calls so, on its day."""
    return f"urn:uuid:{uuid.uuid5(_STORY, f'{at.date()} {name}')}"


def event(kind: str, name: str, at: datetime, biz_step: str, **members: Any) -> EventDict:
    """An event of a type; `name` makes its id, the same each day the story is told."""
    said = {
        "type": kind,
        "eventID": event_id(name, at),
        "eventTime": at.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": biz_step,
    }
    return said | {key.replace("suyuan_", "suyuan:", 1): value for key, value in members.items()}


def observed(
    name: str, at: datetime, biz_step: str, epcs: Sequence[str], **members: Any
) -> EventDict:
    """An ObjectEvent that observes instances."""
    return event("ObjectEvent", name, at, biz_step, action="OBSERVE", epcList=list(epcs), **members)


def made(name: str, at: datetime, epcs: Sequence[str], **members: Any) -> EventDict:
    """An ObjectEvent that brings instances into being."""
    return event(
        "ObjectEvent", name, at, "commissioning", action="ADD", epcList=list(epcs), **members
    )


def at_site(actor: Actor) -> EventDict:
    """Where it is after the event: the actor's own site."""
    return {"bizLocation": {"id": actor.site}, "readPoint": {"id": actor.site}}


def between(sender: Actor, receiver: Actor) -> EventDict:
    """Who hands over to whom, party and place of each."""
    return {
        "sourceList": [
            {"type": "possessing_party", "source": sender.party},
            {"type": "location", "source": sender.site},
        ],
        "destinationList": [
            {"type": "possessing_party", "destination": receiver.party},
            {"type": "location", "destination": receiver.site},
        ],
    }


def on_voucher(number: str) -> EventDict:
    """The trade voucher that goes with the goods."""
    return {
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": f"urn:suyuan:mv-trace:{number}"}
        ],
        "suyuan_voucher": number,
    }
