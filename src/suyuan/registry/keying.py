"""Keys of check characters: a party's own, numbered; the newest makes those of new packages.

An older key is never deleted: what was printed by it stays genuine. It is live, so that scanners
have to try it, while one of its codes counts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from suyuan.codes import making
from suyuan.codes.making.types import Checking, CheckRule
from suyuan.model import Capturer
from suyuan.registry.types import CheckKey
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_SIZE: Final = 32

Draw = Callable[[int], bytes]


def newest(conn: WriteConnection, capturer: Capturer, *, draw: Draw, now: datetime) -> CheckKey:
    """The key for a party's new packages; the first is drawn now."""
    return _last(conn, capturer) or _added(conn, capturer, 1, draw=draw, now=now)


def rotate(conn: WriteConnection, capturer: Capturer, *, draw: Draw, now: datetime) -> CheckKey:
    """A new key for a party's packages from now on; two who rotate at once get one."""
    last = _last(conn, capturer)
    return _added(conn, capturer, last.number + 1 if last else 1, draw=draw, now=now)


def keys(conn: ReadConnection, party: str, *, tenant: int) -> list[CheckKey]:
    """All keys of a party, the oldest first."""
    whose = {"tenant": tenant, "party": party}
    return [
        CheckKey(
            number=number,
            rule=CheckRule.CODE if number else CheckRule.SERIAL,
            value=bytes(value) if number else _of_before(value),
            made_at=made_at,
            live=live,
        )
        for number, value, made_at, live in conn.execute(_Q.check_keys, whose)
    ]


def checking(rule: int, value: bytes, scheme: str, stem: str) -> Checking:
    """By what the check characters of a package are made; `value` is what the database keeps."""
    of = CheckRule(rule)
    key = _of_before(value) if of is CheckRule.SERIAL else bytes(value)
    return Checking(rule=of, key=key, scheme=scheme, stem=stem)


def _last(conn: ReadConnection, capturer: Capturer) -> CheckKey | None:
    whose = {"tenant": capturer.tenant, "party": capturer.party}
    row = conn.execute(_Q.last_check_key, whose).fetchone()
    return None if row is None else _kept(*row)


def _added(
    conn: WriteConnection, capturer: Capturer, number: int, *, draw: Draw, now: datetime
) -> CheckKey:
    drawn = {"number": number, "value": draw(_SIZE), "at": now}
    whose = {"tenant": capturer.tenant, "party": capturer.party}
    ((value, made_at),) = conn.execute(_Q.add_check_key, whose | drawn).fetchall()
    return _kept(number, value, made_at)


def _kept(number: int, value: bytes, made_at: datetime) -> CheckKey:
    return CheckKey(number=number, rule=CheckRule.CODE, value=bytes(value), made_at=made_at)


def _of_before(secret: bytes) -> bytes:
    return making.derived(bytes(secret), "checks")
