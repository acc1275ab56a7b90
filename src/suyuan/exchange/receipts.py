"""Takes an entry of the log and who asks; gives its receipt, with the fields that may be shown.

What is shown follows the disclosure of events (`suyuan.exchange.disclose`): the reporter and the
administrator are shown every field; an authority all but what the family keeps to the reporter; a
party to the event what the standard has and the family opens to partners, and how the report was
judged, which the event itself does not tell it. Whoever sees no more of an event than its public
step gets how it was judged and what the family opens to everybody, by its position alone: an id is
not the public's to know.

What else is logged has a receipt by its position: an act for the operator and whom it concerns,
those of the log's own and decisions to destroy events for everybody, who is told of these anyway.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct

from suyuan import ledger
from suyuan.exchange.disclose import is_near, places, sees_all
from suyuan.families import Families
from suyuan.families.types import Audience
from suyuan.kit import BusyError, Text
from suyuan.kit.clock import in_china
from suyuan.ledger import acts, publishing, shards, tree
from suyuan.ledger.types import Leaf, LedgerError, Shard, TamperedError, microseconds
from suyuan.model import Role, Viewer
from suyuan.record import Recorded, erasing, event_by_id, events_by_entries, testifying
from suyuan.store import ReadConnection
from suyuan.tlog.commitment import SECRET_BYTES, Disclosure, disclose, disclosure_bytes
from suyuan.tlog.encoding import encode
from suyuan.tlog.proof import inclusion_proof
from suyuan.tlog.receipt import Receipt, receipt_bytes
from suyuan.tlog.tree import leaf_hash

_MIXED: Final = frozenset(
    ("bizLocationExtensions", "error", "extensions", "findings", "ilmd", "readPointExtensions",
     "sensors")
)  # fmt: skip
"""Fields that may hold what is opened and what is not; findings quote what was found."""
JUDGEMENT: Final = "judgement"
"""What families and rules made of it."""
REPORT: Final = "report"
"""Who reported it, as what part of which document: for its reporter and the authority."""
DEBITS: Final = "debits"
"""What it took from permits: for the same."""
LEFT: Final = "left"
"""What judging left for later judging: for the same."""

_SOON: Final = 2  # seconds
_WAIT: Final = Text(
    "位置 {position} 的条目还没有进入已签名的检查点（{size}）；请过两秒再来。",
    "The entry at position {position} is not in a signed checkpoint yet, which ends at {size}; "
    "come again in two seconds.",
)
_NONE: Final = Text(
    "位置 {position} 的事件没有可出具的凭据：它在有存证之前记录，或已按决定删除。",
    "There is nothing to prove the event at position {position} with: it was recorded before "
    "there was a log, or was erased by a decision.",
)
_DESTROYED: Final = Text(
    "位置 {position} 的事件已于 {at} 依法销毁：由 {by} 决定，依据 {ground}，"
    "决定本身是日志第 {decision} 条。内容与盐不复存在，不能再出具回执；"
    "位置和叶哈希 {leaf} 仍在日志中，此前出具的回执照常核验，证明它曾被记录。",
    "The event at position {position} was lawfully destroyed at {at}: decided by {by}, on the "
    "ground of {ground}; the decision is entry {decision} of the log. Its content and salts are "
    "gone, so no receipt can be given any more; its position and its leaf's hash, {leaf}, stay in "
    "the log, and a receipt given before verifies as ever: it proves that this was recorded.",
)
_CHANGED: Final = Text(
    "位置 {position} 的条目与存证不符，不出具回执；请运行 suyuan verify --database。",
    "The entry at position {position} is not what was logged, so no receipt is given; run "
    "suyuan verify --database.",
)
_GONE: Final = Text(
    "日志在位置 {position} 有条目，而其内容不在数据库中，不出具回执；"
    "请运行 suyuan verify --database。",
    "The log has an entry at position {position}, and what was logged there is not in the "
    "database, so no receipt is given; run suyuan verify --database.",
)
_NOT_YOURS: Final = Text(
    "位置 {position} 是一条存证操作，不是事件；其回执只给运营方、它所涉及的单位和作出它的账户。",
    "What stands at position {position} is an act of the log, and no event; its receipt is for the "
    "operator, the party that it concerns, and the account that did it.",
)


class _Reading(Struct, frozen=True, kw_only=True):
    """By whom and by what an event is read: its viewer, what families open, the record's secret."""

    viewer: Viewer
    families: Families
    secret: bytes


def receipt(
    conn: ReadConnection, asked: str | int, viewer: Viewer, *, families: Families, secret: bytes
) -> bytes | None:
    """The receipt of the first event of an id, or of whatever is at a position (from 1).

    As a `.tlog-proof` file; None if there is none that the viewer may have.

    Raises:
        BusyError: it is not in a published checkpoint yet.
        LedgerError: `receipt.destroyed`, a decision of the log says so (410); `receipt.not-yours`,
            it is an act that concerns others (403, to who is signed in; to nobody else, lest
            positions of acts be counted); there is nothing to prove it with, or its rows were
            changed or are gone.
    """
    reading = _Reading(viewer=viewer, families=families, secret=secret)
    if not isinstance(asked, str):
        return _at(conn, asked, reading)
    found = event_by_id(conn, asked, viewer, secret=secret)
    own = [each for each in found if _has_part(each, reading)]
    return _of_event(conn, own[0], reading) if own else None


def _at(conn: ReadConnection, position: int, reading: _Reading) -> bytes | None:
    """The receipt of whatever the log has at a position; None if it has nothing for the viewer."""
    viewer = reading.viewer
    for leaf in tree.leaves(conn, position, position):
        for own in events_by_entries(conn, [leaf.entry], viewer, secret=reading.secret):
            return _of_event(conn, own, reading)
        found = _of_act(conn, position, reading) or _of_decision(conn, leaf)
        if found is not None:
            return found
        _tell_destroyed(conn, position)
        may_know = leaf.entry < 0 and viewer.role is not None
        if may_know or viewer.role is Role.ADMIN:  # who may see everything does not see it
            raise _untrue("receipt.gone", _GONE, position)
    return None


def _tell_destroyed(conn: ReadConnection, position: int) -> None:
    """Say of a position whose event is gone which decision explains it; of all others nothing.

    Whoever asks is told: who holds its receipt must not take it for one of a present event.

    Raises:
        LedgerError: `receipt.destroyed`.
    """
    said = erasing.erasure_of(conn, position)
    if said is None:
        return
    for leaf in tree.leaves(conn, position, position):
        told = {"by": said.by, "ground": said.ground, "at": in_china(said.at)}
        hashed = encode(leaf_hash(leaf.logged))
        text = _DESTROYED.format(position=position, decision=said.position, leaf=hashed, **told)
        raise LedgerError("receipt.destroyed", text, str(position), status=410)


def _of_event(conn: ReadConnection, recorded: Recorded, reading: _Reading) -> bytes:
    position = recorded.position
    covering = _covering(conn, position)
    found = testifying.testimony(conn, recorded)
    if found is None:
        raise LedgerError("receipt.none", _NONE.format(position=position), status=404)
    names = list(_shown(recorded, reading, found.fields))
    shown = _disclosed(found, names, position, recorded.at)
    return _proven(conn, covering, position, shown)


def _of_act(conn: ReadConnection, position: int, reading: _Reading) -> bytes | None:
    """Who did an act, whom it concerns and the operator are shown all of it; of the log's own, all.

    Of the others who is signed in is told that it is one; to the public nothing stands there.
    """
    viewer = reading.viewer
    for act in acts.acts(conn, position, position):
        is_theirs = _concerns(act, viewer) or acts.is_by(act, viewer.account, reading.secret)
        if not (viewer.role is Role.ADMIN or act.kind in acts.OPEN_TO_ALL or is_theirs):
            if viewer.role is None:
                return None
            text = _NOT_YOURS.format(position=position)
            raise LedgerError("receipt.not-yours", text, str(position), status=403)
        return of_act(conn, act)
    return None


def of_act(conn: ReadConnection, act: acts.Act) -> bytes:
    """The receipt of an act, for who may be shown all of it.

    Raises:
        BusyError: it is not in a published checkpoint yet.
        LedgerError: `receipt.changed`.
    """
    covering = _covering(conn, act.position)
    if not act.proven:
        raise _untrue("receipt.changed", _CHANGED, act.position)
    return _proven(conn, covering, act.position, acts.disclosed(act))


def _of_decision(conn: ReadConnection, leaf: Leaf) -> bytes | None:
    """Of a decision to destroy events everybody is shown all.

    Whoever asks for what it destroyed is told it anyway, and it says nothing of what that was.
    """
    found = testifying.decision(conn, leaf)
    if found is None:
        return None
    covering = _covering(conn, leaf.position)
    shown = _disclosed(found, found.fields, leaf.position, leaf.at)
    return _proven(conn, covering, leaf.position, shown)


def _disclosed(
    found: testifying.Testimony, names: Iterable[str], position: int, at: datetime
) -> Disclosure:
    """What proves some of its fields; nothing does where rows do not give what the log has."""
    if len(found.secret) == SECRET_BYTES:
        shown = disclose(found.fields, found.secret, names, time=microseconds(at))
        if shown.entry == found.logged:
            return shown
    raise _untrue("receipt.changed", _CHANGED, position)


def _concerns(act: acts.Act, viewer: Viewer) -> bool:
    return act.party is not None and act.party == viewer.party


def _covering(conn: ReadConnection, position: int) -> tuple[Shard, publishing.Published]:
    """The shard that has this position, and its published checkpoint, which has it.

    Raises:
        BusyError: it has not yet.
    """
    shard = shards.shard_at(shards.until(conn, ledger.head(conn).size), position)
    head = publishing.published_of(conn, shard.number)
    if head is None or shard.before + head.size < position:
        text = _WAIT.format(position=position, size=publishing.reached(conn))
        raise BusyError("receipt.early", text, retry_after=_SOON)
    return shard, head


def _proven(
    conn: ReadConnection,
    covering: tuple[Shard, publishing.Published],
    position: int,
    shown: Disclosure,
) -> bytes:
    """What is disclosed of the entry at a position, with its proof under a checkpoint."""
    (shard, head), index = covering, position - covering[0].first
    path = inclusion_proof(tree.tree_of(conn, shard, head.size), index, head.size)
    return receipt_bytes(Receipt(index, path, head.note, disclosure_bytes(shown)))


def _untrue(code: str, text: Text, position: int) -> LedgerError:
    return TamperedError(code, text.format(position=position), status=500)


def _has_part(recorded: Recorded, reading: _Reading) -> bool:
    viewer = reading.viewer
    return sees_all(recorded, viewer) or is_near(recorded, viewer, reading.secret)


def _shown(recorded: Recorded, reading: _Reading, names: Iterable[str]) -> Iterable[str]:
    """The fields that this viewer may be shown; `ilmd NAME` and `extensions NAME` by the family."""
    viewer, families = reading.viewer, reading.families
    if sees_all(recorded, viewer):
        return names
    family = families.family(recorded.family) if recorded.family else None
    if not _has_part(recorded, reading):
        opened = places(family, {Audience.PUBLIC}) - {""}  # the standard's own members
        return [name for name in names if name == JUDGEMENT or _inner(name) in opened]
    if viewer.role is Role.REGULATOR:
        hidden = places(family, {Audience.OWNER_ONLY})
        return [name for name in names if _is_plain(name) and _inner(name) not in hidden]
    opened = places(family, {Audience.PUBLIC, Audience.PARTNER})
    plain = (name for name in names if _is_plain(name) and name not in (REPORT, DEBITS, LEFT))
    return [name for name in plain if _inner(name) in opened | {""}]


def _is_plain(name: str) -> bool:
    return name not in _MIXED


def _inner(name: str) -> str:
    """The name that a family opens, or nothing for the standard's own."""
    return name.partition(" ")[2]
