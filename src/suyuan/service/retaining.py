"""Takes a platform and a rule; gives old entries withheld by it, and what proves that."""

from typing import Final

from suyuan.exchange import receipts
from suyuan.kit import Text
from suyuan.ledger import publishing, retention
from suyuan.ledger.types import LedgerError
from suyuan.service.attesting import log_of, no_file, published_shard
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection, WriteConnection
from suyuan.tlog.retained import RETAINED, LogRetention, retention_bytes
from suyuan.tlog.shards import BEGINNING

_ALL: Final = Text(
    "没有公布保留规则：所有条目都提供。", "No retention is published: all entries are served."
)


def retain(platform: Platform, days: int) -> LogRetention:
    """Log for how many days entries are served; nothing is withheld by that yet.

    It counts from the next checkpoint on.

    Raises:
        LedgerError: `ledger.retention`; the keys of this database's log are elsewhere.
    """
    log_of(platform)
    with platform.store.write() as conn:
        rule, is_new = retention.changed(conn, days)
        _log(platform, conn, rule, is_new=is_new)
    return rule


def prune(platform: Platform) -> LogRetention:
    """Withhold by the rule the entries that are older than it keeps them, from the next checkpoint.

    Raises:
        LedgerError: there is no rule, or no checkpoint is published.
    """
    log_of(platform)
    with platform.store.write() as conn:
        if not (covered := publishing.reached(conn)):
            raise no_file(0)
        rule, is_new = retention.pruned(conn, published=covered, now=platform.clock())
        _log(platform, conn, rule, is_new=is_new)
    return rule


def _log(platform: Platform, conn: WriteConnection, rule: LogRetention, *, is_new: bool) -> None:
    if is_new:
        platform.log_act(conn, RETAINED, days=rule.days, first=rule.first)


def retention_file(platform: Platform, shard: int = BEGINNING) -> bytes:
    """For how long entries of a shard are served, as it is published.

    Raises:
        LedgerError: nothing is, so all are served (404); `log.shard`.
    """
    with platform.store.read() as conn:
        found, _ = published_shard(conn, shard)
        rule = retention.within(retention.published_rule(conn), found)
    if rule is None:
        raise LedgerError("log.no-retention", _ALL, "path", status=404)
    return retention_bytes(rule)


def retention_proof(platform: Platform) -> bytes:
    """The receipt of the entry that says the rule, for everybody.

    Raises:
        LedgerError: there is none, so all entries are served (404).
    """
    with platform.store.read() as conn:
        proof = proof_of_rule(conn)
    if proof is None:
        raise LedgerError("log.no-retention", _ALL, "path", status=404)
    return proof


def proof_of_rule(conn: ReadConnection) -> bytes | None:
    """The same; None where all entries are served."""
    act = retention.published_act(conn)
    return None if act is None else receipts.of_act(conn, act)
