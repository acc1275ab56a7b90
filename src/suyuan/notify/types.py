"""What a subscription is, where its delivery stands, and what a receiver answered."""

from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.wire import Spelling

Network = IPv4Network | IPv6Network

MOST_EVENTS: Final = 100
"""Events of one message; fewer where a receiver said that this is too large (413)."""

State = Literal["active", "waiting", "stopped"]
"""Taken last time; to be tried again; tried in vain for days, and waiting for somebody."""


class SubscriptionError(SuyuanError):
    """A subscription that cannot be made, or that is not there."""

    epcis = "epcisException:SubscriptionControlsException"


class NoSubscriptionError(SuyuanError):
    """There is no such subscription, or it is not the asker's."""


class Schedule(Struct, frozen=True, kw_only=True):
    """When a subscription is due: the standard's fields, as they were given."""

    second: str | None = None
    minute: str | None = None
    hour: str | None = None
    dayOfMonth: str | None = None  # noqa: N815 -- the standard's name, as JSON has it
    month: str | None = None
    dayOfWeek: str | None = None  # noqa: N815 -- same


class Wanted(Struct, frozen=True, kw_only=True):
    """What a subscriber asks for; without a schedule, each event as soon as it is there.

    `initial` is the record time from which events are wanted; None: from now on.
    """

    query: str
    dest: str
    secret: str
    spelling: Spelling = Spelling.AS_SENT
    schedule: Schedule | None = None
    report_if_empty: bool = False
    initial: datetime | None = None


class Message(Struct, frozen=True, kw_only=True):
    """What is being delivered: the events behind the position, up to `upto`.

    Tried again it bears the same number; `horizon` is up to where its master data are read.
    """

    id: UUID
    upto: int
    horizon: int
    at: datetime


class Subscription(Struct, frozen=True, kw_only=True):
    """A subscription, and how far it was given: all up to `position`, recorded at `reached`.

    `run` is the end of the scheduled run under way, `quiet` whether it gave nothing so far.
    `former` signs beside `secret` until `former_until`.
    """

    id: UUID
    tenant: int
    owner: str
    query: str
    account: int
    dest: str
    spelling: Spelling
    schedule: Schedule | None
    report_if_empty: bool
    initial: datetime | None
    secret: str
    former: str | None = None
    former_until: datetime | None = None
    made_at: datetime
    position: int
    run: int | None = None
    quiet: bool = True
    message: Message | None = None
    most: int = MOST_EVENTS
    due: datetime
    failures: int = 0
    failed_since: datetime | None = None
    problem: Text | None = None
    notified_at: datetime | None = None
    stopped: bool = False
    reached: datetime | None = None

    @property
    def state(self) -> State:
        """How its delivery goes."""
        if self.stopped:
            return "stopped"
        return "waiting" if self.failures else "active"

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign now, the newest first."""
        if self.former is None or self.former_until is None or self.former_until <= now:
            return (self.secret,)
        return (self.secret, self.former)


class Answered(Struct, frozen=True, kw_only=True):
    """What a receiver answered: an HTTP status, and in how many seconds to come again."""

    status: int
    retry_after: int | None = None
