"""Takes the record; gives whether the index has the master data of its documents, as they say it.

A document's master data stand at its first event, and may stand once more at a later one of it,
where the follower began another batch there.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from suyuan.index.apply import SQL
from suyuan.index.vocabulary import vocabulary_rows
from suyuan.kit import SuyuanError
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import sha256
from suyuan.record import Recorded, follow
from suyuan.store import ReadConnection

_Row = tuple[int, str, str, str, int, bytes]


class Described:
    """What the documents that were met leave, each by its first event."""

    def __init__(self) -> None:
        self._met: set[bytes] = set()
        self._rows: set[_Row] = set()

    def add(self, batch: Iterable[Recorded]) -> None:
        """Note the documents that begin here."""
        firsts = dict[bytes, Recorded]()
        for each in batch:
            told = b"%d\0%b\0%b" % (each.tenant, each.capturer.encode(), each.head)
            firsts.setdefault(sha256(told), each)
        begun = {key: each for key, each in firsts.items() if key not in self._met}
        rows = set(map(_wanted, vocabulary_rows(begun.values())))
        if rows:  # of a document that describes nothing it costs little to look again
            self._met.update(begun)
        self._rows |= rows

    def is_kept(self, conn: ReadConnection) -> bool:
        """Whether the index has all that, and else only what a later event of them leaves again."""
        kept = set(map(_kept, conn.execute(SQL.every_vocabulary)))
        return kept >= self._rows and all(_is_again(conn, row) for row in kept - self._rows)


def _is_again(conn: ReadConnection, row: _Row) -> bool:
    """Whether the event at a row's position leaves it."""
    position = row[4]
    if position < 1:
        return False
    there = [each for each in follow(conn, position - 1, 1) if each.position == position]
    return row in set(map(_wanted, vocabulary_rows(there)))


def _wanted(row: dict[str, Any]) -> _Row:
    said = _digest(row["attributes"], row["children"])
    return row["tenant"], row["party"], row["type"], row["name"], row["position"], said


def _kept(row: tuple[Any, ...]) -> _Row:
    tenant, party, kind, name, position, attributes, children = row
    return tenant, party, kind, name, position, _digest(attributes, children)


def _digest(attributes: str, children: list[Any]) -> bytes:
    """What is said of a name, in one spelling of its numbers."""
    try:
        said = json.loads(attributes, parse_float=Decimal, parse_int=Decimal)
        text = canonical_bytes(said)
    except (SuyuanError, ValueError, RecursionError):  # nothing that this program writes
        text = attributes.encode()
    return sha256(b"%b\0%b" % (text, repr(list(children)).encode()))
