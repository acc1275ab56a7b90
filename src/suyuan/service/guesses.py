"""Takes passwords that were tried, from where and when; gives how long the next try must wait.

A wait grows with every wrong try of one account from one address, and with every wrong try from
one address whatever the account. An account alone never has to wait: whoever knows its name could
keep its owner out. It is kept in the process: a wrong guess then costs no write, and whoever can
restart the server has better ways in.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from threading import Lock
from typing import Final

from msgspec import Struct

from suyuan.kit.addresses import network_of

_MOST: Final = 50_000
_FORGOTTEN: Final = timedelta(hours=24)


class Limit(Struct, frozen=True):
    """After `free` wrong tries each next one waits twice as long, from a second to `longest`."""

    free: int
    longest: timedelta

    def wait(self, wrong: int) -> timedelta:
        """How long after so many wrong tries."""
        if wrong < self.free:
            return timedelta()
        doubled = min(wrong - self.free, 30)  # more would be years
        return min(timedelta(seconds=2**doubled), self.longest)


PAIR: Final = Limit(5, timedelta(minutes=15))
"""Of one account from one address."""
ADDRESS: Final = Limit(30, timedelta(minutes=1))
"""Of all accounts from one address: a whole market may sit behind it."""

Key = tuple[str, str]


class _Tried(Struct):
    wrong: int
    last: datetime
    until: datetime


class Guesses:
    """Wrong tries of late; safe for many threads."""

    def __init__(self) -> None:
        self._tried: OrderedDict[Key, _Tried] = OrderedDict()
        self._lock = Lock()

    def wait(self, name: str, address: str, now: datetime) -> int:
        """Whole seconds until this may be tried; 0: now.

        Who has to wait between tries has one at a time: a hundred at once are one.
        """
        with self._lock:
            known = [(one, limit) for one, limit in self._known(name, address)
                     if one.last + _FORGOTTEN > now]  # fmt: skip
            left = max((one.until - now for one, _ in known), default=timedelta())
            if left > timedelta():
                return ceil(left.total_seconds())
            for one, limit in known:
                one.until = now + limit.wait(one.wrong)
            return 0

    def wrong(self, name: str, address: str, now: datetime) -> None:
        """A try that failed."""
        with self._lock:
            for key, limit in _keys(name, address):
                one = self._tried.pop(key, None)
                before = one.wrong if one is not None and one.last + _FORGOTTEN > now else 0
                wait = limit.wait(before + 1)
                self._tried[key] = _Tried(before + 1, now, now + wait)
            while len(self._tried) > _MOST:
                self._tried.popitem(last=False)

    def right(self, name: str, address: str, now: datetime) -> None:
        """A try that succeeded: the account's wrong ones from there are forgotten."""
        with self._lock:
            pair, whole = _keys(name, address)
            self._tried.pop(pair[0], None)
            if (one := self._tried.get(whole[0])) is not None:
                one.until = now

    def _known(self, name: str, address: str) -> Sequence[tuple[_Tried, Limit]]:
        found = ((self._tried.get(key), limit) for key, limit in _keys(name, address))
        return [(one, limit) for one, limit in found if one is not None]


def _keys(name: str, address: str) -> tuple[tuple[Key, Limit], tuple[Key, Limit]]:
    place = network_of(address)
    return ((name, place), PAIR), (("", place), ADDRESS)
