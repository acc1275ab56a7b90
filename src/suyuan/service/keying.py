"""Takes who asks for keys of check characters; gives all of that party, or a new one."""

from typing import Final

from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.registry import issuing, keying
from suyuan.registry.types import CheckKey
from suyuan.service.platform import Platform

_NO_KEY: Final = Text(
    "{party} 还没有校验密钥；发第一个带校验字符的码包时生成：suyuan codes issue … --checks 2。",
    "{party} has no key of check characters; the first package that has some makes it: suyuan "
    "codes issue … --checks 2.",
)


def check_keys(platform: Platform, capturer: Capturer) -> list[CheckKey]:
    """The keys with which a party's scanners tell its check characters from invented ones.

    Raises:
        SuyuanError: the party has issued no codes with check characters here (404).
    """
    with platform.store.read() as conn:
        found = keying.keys(conn, capturer.party, tenant=capturer.tenant)
    if not found:
        text = _NO_KEY.format(party=capturer.party)
        raise SuyuanError("issuing.no-key", text, "party", status=404)
    return found


def rotate_check_key(platform: Platform, capturer: Capturer) -> CheckKey:
    """A new key for a party's packages from now on; what was issued stays genuine by the older.

    Raises:
        BusyError: an order of the party takes too long (503).
    """
    with platform.store.write() as conn:
        made = issuing.rotate_key(conn, capturer, draw=platform.draw, now=platform.clock())
        platform.log_act(
            conn, "codes.key-rotated", party=capturer.party, account=capturer.account,
            number=made.number,
        )  # fmt: skip
    return made
