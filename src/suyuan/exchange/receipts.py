"""Takes a recorded event and who asks; gives its receipt, with the fields that may be shown.

What is shown follows the disclosure of events (`suyuan.exchange.disclose`): the reporter and the
administrator are shown every field; an authority all but what the family keeps to the reporter; a
party to the event what the standard has and the family opens to partners, and how the report was
judged, which the event itself does not tell it. Nobody else gets one.
"""

from collections.abc import Iterable
from typing import Final

from suyuan.exchange.disclose import is_near, places, sees_all
from suyuan.families import Families
from suyuan.families.types import Audience
from suyuan.kit import BusyError, Text
from suyuan.ledger import publishing, tree
from suyuan.ledger.types import LedgerError, microseconds
from suyuan.model import Role, Viewer
from suyuan.record import Recorded, testifying
from suyuan.store import ReadConnection
from suyuan.tlog.commitment import disclose, disclosure_bytes
from suyuan.tlog.proof import inclusion_proof
from suyuan.tlog.receipt import Receipt, receipt_bytes

_MIXED: Final = frozenset(
    ("bizLocationExtensions", "error", "extensions", "findings", "ilmd", "readPointExtensions",
     "sensors")
)  # fmt: skip
"""Fields that may hold what is opened and what is not; findings quote what was found."""
REPORT: Final = "report"
"""Who reported it, as what part of which document: for its reporter and the authority."""

_SOON: Final = 2  # seconds
_WAIT: Final = Text(
    "位置 {position} 的事件还没有进入已签名的检查点（{size}）；请过两秒再来。",
    "The event at position {position} is not in a signed checkpoint yet, which ends at {size}; "
    "come again in two seconds.",
)
_NONE: Final = Text(
    "位置 {position} 的事件没有可出具的凭据：它在有存证之前记录，或已按决定删除。",
    "There is nothing to prove the event at position {position} with: it was recorded before "
    "there was a log, or was erased by a decision.",
)
_CHANGED: Final = Text(
    "位置 {position} 的事件与存证不符，不出具回执；请运行 suyuan verify --database。",
    "The event at position {position} is not what was logged, so no receipt is given; run "
    "suyuan verify --database.",
)


def receipt(
    conn: ReadConnection, recorded: Recorded, viewer: Viewer, *, families: Families, secret: bytes
) -> bytes | None:
    """The receipt of an event as a `.tlog-proof` file; None if the viewer may have none.

    Raises:
        BusyError: it is not in a published checkpoint yet.
        LedgerError: there is nothing to prove it with, or its rows were changed.
    """
    position = recorded.position
    head = publishing.published(conn)
    if not (sees_all(recorded, viewer) or is_near(recorded, viewer, secret)):
        return None
    if head is None or head.size < position:
        text = _WAIT.format(position=position, size=head.size if head else 0)
        raise BusyError("receipt.early", text, retry_after=_SOON)
    found = testifying.testimony(conn, position)
    if found is None:
        raise LedgerError("receipt.none", _NONE.format(position=position), status=404)
    names = list(_shown(recorded, viewer, families, found.fields))
    shown = disclose(found.fields, found.secret, names, time=microseconds(recorded.at))
    (leaf,) = tree.leaves(conn, position, position)
    if leaf.logged != shown.entry:
        raise LedgerError("receipt.changed", _CHANGED.format(position=position), status=500)
    path = inclusion_proof(tree.tree_of(conn, head.size), position - 1, head.size)
    return receipt_bytes(Receipt(position - 1, path, head.note, disclosure_bytes(shown)))


def _shown(
    recorded: Recorded, viewer: Viewer, families: Families, names: Iterable[str]
) -> Iterable[str]:
    """The fields that this viewer may be shown; `ilmd NAME` and `extensions NAME` by the family."""
    if sees_all(recorded, viewer):
        return names
    family = families.family(recorded.family) if recorded.family else None
    if viewer.role is Role.REGULATOR:
        hidden = places(family, {Audience.OWNER_ONLY})
        return [name for name in names if _is_plain(name) and _inner(name) not in hidden]
    opened = places(family, {Audience.PUBLIC, Audience.PARTNER})
    plain = (name for name in names if _is_plain(name) and name != REPORT)
    return [name for name in plain if _inner(name) in opened | {""}]


def _is_plain(name: str) -> bool:
    return name not in _MIXED


def _inner(name: str) -> str:
    """The name that a family opens, or nothing for the standard's own."""
    return name.partition(" ")[2]
