"""Takes findings that rest on recorded events; says which, as far as their reporter may know.

A finding is its reporter's to read (docs/concepts/access.md), and whoever knows a code may report
it. So an event is named where the reporter has a part in it; else it is another party's record, and
no more. It is named by its position: findings are kept, and what an event says must be nowhere once
it was erased.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from msgspec import structs

from suyuan.check import chain
from suyuan.kit import Text
from suyuan.model import Finding, Viewer
from suyuan.record.access import grants_of
from suyuan.store import Queries, ReadConnection, encoded

_Q: Final = Queries(__package__)

Positions = Mapping[int, int | None]
"""By the numbers that findings carry, where events stand; None: they have no position yet."""
_OF_RECORD: Final = Text(
    "{said}所指记录在总账第 {position} 位（/entries/{position}）。",
    "{said} On record: entry {position} of the ledger (/entries/{position}).",
)
_WAITING: Final = Text(
    "{said}所指是您的一条刚收到、尚未编位的记录。",
    "{said} On record: a report of yours that has just come and has no position yet.",
)
_BESIDE: Final = Text(
    "{said}所指为同一文件的第 {number} 个事件。",
    "{said} It is event {number} of the same document.",
)
_OTHERS: Final = Text("{said}所指为其他单位的记录。", "{said} On record: another party's report.")
_WHOM: Final = Text(
    "{cure}所指记录非本单位所报、无从更正的：请监管部门或本系统管理员核对双方记录，"
    "本事件属实的由其改判（suyuan override）。",
    "{cure} Where that record is not yours to mend, ask the authority or an administrator of this "
    "installation to look at both: if your event is right, they override its verdict "
    "(suyuan override).",
)


def numbers(findings: Iterable[Finding]) -> set[int]:
    """The numbers of entries that findings carry."""
    carried = (one.params[chain.CONTRADICTS] for one in findings if rests(one))
    return {number for number in carried if number > 0}


def of_document(index: int) -> int:
    """What findings call an event that has no entry yet, by its place in its document."""
    return -1 - index


def known(
    conn: ReadConnection, entries: Collection[int], viewer: Viewer, *, secret: bytes
) -> Positions:
    """Where those of the entries stand that the viewer has a part in."""
    if not entries:
        return {}
    own = structs.replace(viewer, parts_only=True)
    asked = {"entries": encoded.int8_array(sorted(entries))}
    asked |= grants_of(own, secret=secret).params
    cursor = encoded.takes_encoded(conn.cursor(binary=True))
    return dict(cursor.execute(_Q.named, asked, prepare=False).fetchall())


def told(findings: Iterable[Finding], positions: Positions) -> tuple[Finding, ...]:
    """The findings, with the event that each rests on in words and, for programs, in `params`.

    Where that is another party's, the cure says whom to ask: who reported cannot mend it.
    """
    return tuple(_told(one, positions) if rests(one) else one for one in findings)


def rests(finding: Finding) -> bool:
    """Whether it carries the number of an event that it contradicts."""
    return chain.CONTRADICTS in finding.params


def _told(finding: Finding, positions: Positions) -> Finding:
    number, said, cure = finding.params[chain.CONTRADICTS], finding.message, finding.cure
    told: dict[str, Any]
    if number < 0:
        index = of_document(number)
        words, told = _BESIDE.format(said=said, number=str(index + 1)), {"event": index}
    elif number not in positions:
        words, told = _OTHERS.format(said=said), {"hidden": True}
        cure = _WHOM.format(cure=cure)
    elif (position := positions[number]) is None:
        words, told = _WAITING.format(said=said), {"waiting": True}
    else:
        words, told = _OF_RECORD.format(said=said, position=str(position)), {"position": position}
    return structs.replace(
        finding, message=words, cure=cure, params=finding.params | {chain.CONTRADICTS: told}
    )
