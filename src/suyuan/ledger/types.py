"""Where the ledger ends, what stands in it or is to, and what is wrong with it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from suyuan.kit import SuyuanError
from suyuan.tlog.commitment import entry_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class LedgerError(SuyuanError):
    """The ledger contradicts itself, or what was signed of it: somebody wrote to it by the side."""


class AheadError(LedgerError):
    """`ledger.ahead`: the ledger ends later than now, so nothing is put behind its end."""


class TamperedError(LedgerError):
    """What is kept was checked, and is not what was signed or logged."""

    found_wrong = True


class Done(Struct, frozen=True):
    """What is to be logged: the kind of an act, whom it concerns, what is said of it.

    What is said must be plain (text, numbers, lists, maps); what is None is left out.
    """

    kind: str
    party: str | None
    said: Mapping[str, Any]


class Head(Struct, frozen=True):
    """How many leaves there are, and the record time of the last; None before the first."""

    size: int
    at: datetime | None


class Leaf(Struct, frozen=True):
    """One entry in the order of the record; positions begin at 1.

    The commitment has 64 bytes (`suyuan.tlog.commitment`).
    """

    position: int
    entry: int
    commitment: bytes
    at: datetime

    @property
    def logged(self) -> bytes:
        """The 65 bytes that the log has of it."""
        return entry_of(self.commitment, microseconds(self.at))


class Shard(Struct, frozen=True, kw_only=True):
    """A part of the log with a tree of its own (`suyuan.tlog.shards`).

    Attributes:
        number: its year; 0 for the shard that the log begins with.
        first: the position of its first entry.
        size: how many entries it has by now.
        is_closed: whether another shard follows, so that it never changes.
    """

    number: int
    first: int
    size: int
    is_closed: bool = False

    @property
    def before(self) -> int:
        """How many entries the shards before it have."""
        return self.first - 1

    @property
    def last(self) -> int:
        """The position of its last entry."""
        return self.before + self.size


class LogShard(Struct, frozen=True, kw_only=True):
    """A shard of the log, as it is published.

    Attributes:
        number: its year; 0 for the shard that the log begins with.
        origin: the name that its checkpoints bear.
        prefix: what stands before the paths of its files, relative to the log's address.
        first: the position of its first entry, over all shards.
        size: how many entries the checkpoint has.
        closed: whether it never grows again, so that this checkpoint is its last.
        checkpoint: the signed note.
    """

    number: int
    origin: str
    prefix: str
    first: int
    size: int
    closed: bool
    checkpoint: str


class Sequenced(Struct, frozen=True):
    """The positions given by one call, both included; `last` is `first - 1` where none were."""

    first: int
    last: int


def microseconds(at: datetime) -> int:
    """An instant as the log writes it: microseconds since 1970 in UTC."""
    return (at - _EPOCH) // _MICROSECOND
