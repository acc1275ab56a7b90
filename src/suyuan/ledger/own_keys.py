"""Takes what the log's entries say of its keys; refuses what is not so.

Whoever has the database can have anything logged, also that a key of theirs is the log's: of that
nothing is signed. And a folder that has fewer keys than were signed to be the log's is an old one,
or files in it were lost.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.kit import Text
from suyuan.ledger import acts, shards
from suyuan.ledger.keys import Log, last_signed
from suyuan.ledger.sequence import head
from suyuan.ledger.types import TamperedError
from suyuan.store import ReadConnection
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import VKey, parse_vkey, vkey_text
from suyuan.tlog.shards import KEYS, SAID, act_fields, number_of

_LOST: Final = Text(
    "日志的条目里有 {folder} 已没有的公钥：{lost}。该文件夹是旧的，或其中的 rotated、revoked 丢失"
    "或被改动；若照此签名，已撤销的密钥又会被相信。未存证、未签名。请放回最新的 log 文件夹；"
    "往 rotated、revoked 补写的行只可取自自己留存的（suyuan ledger keys 打印过的），不可抄自这里："
    "有数据库权限的人也能改这里。",
    "Entries of the log name keys that {folder} has no longer: {lost}. It is an older one, or its "
    "files rotated and revoked were lost or changed; going by it, a revoked key would be believed "
    "again. Nothing is logged or signed. Put the newest log folder back. Lines are written into "
    "rotated and revoked again only from what you kept yourself (suyuan ledger keys printed them), "
    "never from here: whoever has the database can change what stands here.",
)
_FOREIGN: Final = Text(
    "位置 {position} 的条目说这些公钥是本日志的，而 {folder} 里没有：{keys}。或该文件夹是旧的："
    "请放回最新的；或有人绕过本程序把它写进了账本：签了它，见证方就会认别人的密钥，请查明由谁写入，"
    "并恢复此前的备份。不签名。",
    "The entry at position {position} says that these keys are the log's, and {folder} has none of "
    "them: {keys}. Either that folder is an older one, then put the newest back; or somebody wrote "
    "the entry past this program, and signed, it would have witnesses know somebody else's key: "
    "find out who it was, and restore a backup of before. Nothing is signed.",
)


class _Keys(Struct, frozen=True):
    keys: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    rotated: tuple[str, ...] = ()


def require_all(conn: ReadConnection, log: Log) -> None:
    """See that every key that was signed to be the log's is in its folder, and revoked if it was.

    Where none of them is, they are of a log before this one on the same record.

    Raises:
        LedgerError: `ledger.keys-lost`.
    """
    said = _Keys()
    for act in _of_keys(conn, 0, _signed(conn, log)):
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # told of elsewhere
            said = msgspec.json.decode(act.said, type=_Keys)
    revoked, known = set(map(vkey_text, log.revoked)), _known(log)
    lost = [f"revoked {each}" for each in said.revoked if each not in revoked]
    named = [("key", each) for each in said.keys] + [("rotated", each) for each in said.rotated]
    lost += [f"{what} {each}" for what, each in named if not _is_own(each, log)]
    if lost and known & {*said.keys, *said.rotated, *said.revoked}:
        text = _LOST.format(folder=log.folder, lost=", ".join(lost))
        raise TamperedError("ledger.keys-lost", text, str(log.folder), status=409)


def require_own(conn: ReadConnection, log: Log) -> None:
    """See that what is to be signed next calls no foreign key the log's own.

    What was on record before another log began on it is that one's.

    Raises:
        LedgerError: `ledger.foreign-key`.
    """
    signed, size = _signed(conn, log), head(conn).size
    if not signed:
        begun = (e.position or size for e in acts.every(conn, kind=acts.BEGUN) if e.proven)
        signed = max(begun, default=0)
    for act in _of_keys(conn, signed, size):
        foreign = [each for each in dict.fromkeys(_named(act, log)) if not _is_own(each, log)]
        if foreign:
            text = _FOREIGN.format(
                position=act.position, folder=log.folder, keys=", ".join(foreign)
            )
            place = f"position {act.position}"
            raise TamperedError("ledger.foreign-key", text, place, status=500)


def _of_keys(conn: ReadConnection, after: int, last: int) -> list[acts.Act]:
    """The proven acts of changes of keys behind a position, in the order of the log."""
    found = [each for each in acts.until(conn, KEYS, last) if each.position > after and each.proven]
    return sorted(found, key=lambda each: each.position)


def _named(act: acts.Act, log: Log) -> Iterator[str]:
    """Every key of the log's name, or a shard's, that whoever reads the field may find in it.

    Wherever it stands: members may be said twice and letters be escaped, and readers differ in what
    they take then. An ellipsis of what is nested beyond reading, if the name can be in it.
    """
    field = act_fields(act.kind, act.at, act.party, act.said)[SAID]
    try:
        for each in _texts(json.loads(field, object_pairs_hook=list)):
            vkey = _as_key(each)
            if vkey is not None and number_of(vkey.name, log.origin) is not None:
                yield each
    except RecursionError:
        if b"\\" in field or log.origin.encode() in field:
            yield "…"
    except ValueError:  # of what is no JSON nobody learns a key
        return


def _texts(value: Any) -> Iterator[str]:
    """All texts in lists, however deep."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list | tuple):
            left.extend(each)


def _signed(conn: ReadConnection, log: Log) -> int:
    """Up to which position the log is signed, over all shards."""
    mark, _ = last_signed(log)
    number = number_of(mark.origin, log.origin)
    there = shards.until(conn, head(conn).size)
    return next((each.before + mark.size for each in there if each.number == number), 0)


def _known(log: Log) -> set[str]:
    return {vkey_text(each) for each in (*log.vkeys, *log.rotated, *log.revoked)}


def _is_own(line: str, log: Log) -> bool:
    """Whether a key is in the folder, be its public half kept there or not."""
    unread = tuple(f"{each.name}+{each.id.hex()}+" for each in log.silent if each.vkey is None)
    return line in _known(log) or line.startswith(unread)


def _as_key(line: str) -> VKey | None:
    with suppress(FormatError):
        return parse_vkey(line, KEYS)
    return None
