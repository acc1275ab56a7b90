"""Takes a decision to destroy an event; gives what was destroyed, and the gap with its reason."""

from typing import Final

from msgspec import structs
from psycopg.errors import DeadlockDetected, LockNotAvailable

from suyuan import index, ledger
from suyuan.capture import waiting
from suyuan.codes import privacy
from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.record import erasing, event_by_id
from suyuan.record.types import Decision, Erasure
from suyuan.service import keeping
from suyuan.service.access import OPERATOR
from suyuan.service.networking import forget_bases
from suyuan.service.platform import Platform
from suyuan.service.reporting import follow
from suyuan.store import ReadConnection, snapshot

_NONE: Final = Text("没有这个事件：{event}。", "There is no such event: {event}.")
_SEVERAL: Final = Text(
    "几家都报告过 {event}（{parties}）；请用 --party 指明。",
    "Several parties reported {event} ({parties}); name one with --party.",
)
_BUSY: Final = Text(
    "一次备份或很大的报文占用着数据，没有销毁任何内容；请在它结束后重试。",
    "A backup or a large document holds the data, and nothing was destroyed; try again after it.",
)
_WAITING: Final = Text(
    "{party} 还有 {count} 份报文在等待采集，其中可能有这个事件；没有销毁任何内容。"
    "请等它们采集完（suyuan serve）再销毁。",
    "{count:document|documents} of {party} still wait to be captured, and this event may be in "
    "them; nothing was destroyed. Do it when they are captured (suyuan serve does that).",
)
_REASON: Final = Text(
    "请写明由谁决定、依据什么（法条、判决或申请）。",
    "Say who decided, and on which ground (an article, a judgement, a request).",
)
_PERSON: Final = Text(
    "决定和依据写进账本，谁都查得到，也不能再删；里面有身份证号，请去掉。",
    "Decision and ground stand in the log for ever and anybody may read them; a person's identity "
    "number is in them: leave it out.",
)


def require_reason(decision: Decision) -> None:
    """See that a decision says who decided and why, before anybody is asked to confirm it.

    Raises:
        SuyuanError: `erase.reason`, `erase.person`.
    """
    if not decision.by.strip() or not decision.ground.strip():
        raise SuyuanError("erase.reason", _REASON, "--by, --ground")
    if any(map(privacy.names_person, (decision.by, decision.ground))):
        raise SuyuanError("erase.person", _PERSON)


def erase(
    platform: Platform,
    event_id: str,
    decision: Decision,
    *,
    party: str | None = None,
    early: bool = False,
) -> Erasure:
    """Destroy all that a party recorded under an id: content, salts, state, index, answers.

    Its leaves and positions stay. Backups that were made before still have it. With `early` the
    ground is said to allow it before the lawful term of keeping is over.

    Raises:
        SuyuanError: `erase.none`, `erase.several`, `erase.reason`, `erase.person`, `erase.kept`.
        BusyError: `erase.busy`, others hold what is to be destroyed, or `erase.waiting`, it may
            come again in a document that waits to be captured; nothing was destroyed.
    """
    require_reason(decision)
    try:
        number = _destroy(platform, event_id, decision, party, early=early)
    except (LockNotAvailable, DeadlockDetected) as error:
        raise BusyError("erase.busy", _BUSY, event_id) from error
    forget_bases(platform)
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())
    held = finish(platform)
    follow(platform)
    with platform.store.read() as conn:
        (done,) = erasing.erasures(conn, number)
    return structs.replace(done, held=held)


def finish(platform: Platform) -> int:
    """Remove what was destroyed from the tables' files; by how many it is still kept there.

    Those are transactions that began before and read on. Nobody else can read it any more.
    """
    return snapshot.vacuum(platform.store.dsn)


def _destroy(
    platform: Platform, event_id: str, decision: Decision, party: str | None, *, early: bool
) -> int:
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())  # by its position it is found
    with platform.store.write() as conn:
        snapshot.unlimited(conn)
        found = event_by_id(conn, event_id, OPERATOR, secret=platform.recorder.secret)
        parties = sorted({each.capturer for each in found if party in (None, each.capturer)})
        if not parties:
            raise SuyuanError("erase.none", _NONE.format(event=event_id), status=404)
        if len(parties) > 1:
            text = _SEVERAL.format(event=event_id, parties=", ".join(parties))
            raise SuyuanError("erase.several", text, "--party", status=409)
        own = [each for each in found if each.capturer == parties[0]]
        _require_none_waiting(conn, own[0].tenant, parties[0])
        if not early:
            keeping.require_past(platform, conn, own)
        number = erasing.erase(
            conn, own, decision, now=platform.clock(), recorder=platform.recorder
        )
        index.forget(conn)  # last, since nobody reads the index from here on
    return number


def _require_none_waiting(conn: ReadConnection, tenant: int, party: str) -> None:
    if count := waiting.count_of(conn, tenant=tenant, party=party):
        text = _WAITING.format(count=count, party=party)
        raise BusyError("erase.waiting", text, "--party")


def erased(platform: Platform) -> list[Erasure]:
    """All gaps in the record that a decision explains."""
    with platform.store.read() as conn:
        return erasing.erasures(conn)
