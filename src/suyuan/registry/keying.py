"""Keys of check characters: a party's own, numbered; the newest makes those of new packages.

An older key is never deleted: what was printed by it stays genuine. It is live, so that scanners
have to try it, while one of its codes counts. Packages of the former key are on record before a
rotation is: whoever makes one holds it up until the end of the transaction.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from suyuan.codes import making
from suyuan.codes.making.types import Checking, CheckRule
from suyuan.model import Capturer
from suyuan.registry.types import CheckedSupply, CheckKey
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_SIZE: Final = 32

Draw = Callable[[int], bytes]


def newest(conn: WriteConnection, capturer: Capturer, *, draw: Draw, now: datetime) -> CheckKey:
    """The key for a party's new packages; the first is drawn now."""
    conn.execute(_Q.use_key, _lock(capturer))
    return _last(conn, capturer) or _added(conn, capturer, 1, draw=draw, now=now)


def rotate(conn: WriteConnection, capturer: Capturer, *, draw: Draw, now: datetime) -> CheckKey:
    """A new key for a party's packages from now on; two who rotate at once get one."""
    before = _last(conn, capturer)
    conn.execute(_Q.turn_key, _lock(capturer))
    last = _last(conn, capturer)
    if last is not None and last != before:  # made while this one waited
        return last
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


def supplies(conn: ReadConnection, party: str, *, tenant: int) -> list[CheckedSupply]:
    """The supplies with check characters that a party has codes of."""
    whose = {"tenant": tenant, "party": party}
    return [
        CheckedSupply(scheme=row[0], stem=row[1], length=row[2], checks=row[3], keys=tuple(row[4]))
        for row in conn.execute(_Q.checked_supplies, whose)
    ]


def checking(rule: int, value: bytes, scheme: str, stem: str) -> Checking:
    """By what the check characters of a package are made; `value` is what the database keeps."""
    of = CheckRule(rule)
    key = _of_before(value) if of is CheckRule.SERIAL else bytes(value)
    return Checking(rule=of, key=key, scheme=scheme, stem=stem)


def _lock(capturer: Capturer) -> dict[str, str]:
    return {"key": f"{capturer.tenant}:{capturer.party}"}


def _last(conn: ReadConnection, capturer: Capturer) -> CheckKey | None:
    whose = {"tenant": capturer.tenant, "party": capturer.party}
    row = conn.execute(_Q.last_check_key, whose).fetchone()
    return None if row is None else _kept(*row)


def _added(
    conn: WriteConnection, capturer: Capturer, number: int, *, draw: Draw, now: datetime
) -> CheckKey:
    drawn = {"number": number, "value": draw(_SIZE), "at": now}
    whose = {"tenant": capturer.tenant, "party": capturer.party}
    ((value, made_at, new),) = conn.execute(_Q.add_check_key, whose | drawn).fetchall()
    return _kept(number, value, made_at, new=new)


def _kept(number: int, value: bytes, made_at: datetime, *, new: bool = False) -> CheckKey:
    rule = CheckRule.CODE
    return CheckKey(number=number, rule=rule, value=bytes(value), made_at=made_at, new=new)


def _of_before(secret: bytes) -> bytes:
    return making.derived(bytes(secret), "checks")
