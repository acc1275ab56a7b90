"""Takes who asks for keys of check characters; gives all of that party, or a new one."""

from typing import Final

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.registry import issuing, keying
from suyuan.registry.types import CheckedSupply, CheckKey
from suyuan.service.issuing import log_key
from suyuan.service.platform import Platform

_NO_KEY: Final = Text(
    "{party} 还没有校验密钥；发第一个带校验字符的码包时生成：suyuan codes issue … --checks 2。",
    "{party} has no key of check characters; the first package that has some makes it: suyuan "
    "codes issue … --checks 2.",
)


class Scanning(Struct, frozen=True, kw_only=True):
    """What a party's scanners are given; of each supply what they may take from no code."""

    keys: tuple[CheckKey, ...]
    supplies: tuple[CheckedSupply, ...]


def check_keys(platform: Platform, capturer: Capturer) -> Scanning:
    """By what a party's scanners tell its check characters from invented ones.

    Raises:
        SuyuanError: the party has issued no codes with check characters here (404).
    """
    with platform.store.read() as conn:
        found = keying.keys(conn, capturer.party, tenant=capturer.tenant)
        supplies = keying.supplies(conn, capturer.party, tenant=capturer.tenant)
    if not found:
        text = _NO_KEY.format(party=capturer.party)
        raise SuyuanError("issuing.no-key", text, "party", status=404)
    return Scanning(keys=tuple(found), supplies=tuple(supplies))


def rotate_check_key(platform: Platform, capturer: Capturer) -> CheckKey:
    """A new key for a party's packages from now on; what was issued stays genuine by the older.

    It is logged by who made it: of two who rotate at once, one.

    Raises:
        BusyError: an order of the party takes too long (503).
    """
    with platform.store.write() as conn:
        made = issuing.rotate_key(conn, capturer, draw=platform.draw, now=platform.clock())
        if made.new:
            log_key(platform, conn, made.number, capturer)
    return made
