"""Takes whose a subscription is; gives the query with the rights that its account has now."""

from msgspec import Struct

from suyuan.exchange import EventQuery, parse_query, standing, vocabulary
from suyuan.families import Families
from suyuan.kit import SuyuanError, Text
from suyuan.notify.types import Subscription
from suyuan.registry import accounts, naming
from suyuan.store import ReadConnection

_CLOSED = Text(
    "订阅者的账户已停用，不再推送；账户恢复后请用 suyuan subscribe replay。",
    "The subscriber's account is closed, and nothing more is sent; once it is open again, run "
    "suyuan subscribe replay.",
)
_NONE = Text("没有名为 “{name}” 的查询了。", "There is no query named '{name}' any more.")


class ClosedError(SuyuanError):
    """Whoever subscribed may not ask any more."""


class Judging(Struct, frozen=True, kw_only=True):
    """What decides who sees what: the key of access tags, the families' disclosure, resolvers."""

    secret: bytes
    families: Families
    resolvers: frozenset[str]


class Asked(Struct, frozen=True, kw_only=True):
    """A query that can be subscribed to, and who asks it."""

    query: EventQuery
    asker: vocabulary.Asker


def asked_by(conn: ReadConnection, one: Subscription, judging: Judging) -> Asked:
    """The query of a subscription as it is asked now.

    Raises:
        ClosedError: the account is closed, or the query is gone.
        QueryError: the query cannot be answered, or not in the order of the record.
    """
    account = accounts.account(conn, one.account)
    if account is None:
        raise ClosedError("subscription.closed", _CLOSED, status=403)
    named = naming.query(conn, one.query, tenant=one.tenant, owner=one.owner)
    if named is None:
        raise ClosedError("query.none", _NONE.format(name=one.query), "name", status=404)
    viewer = accounts.viewer_of(account)
    query = parse_query(named.asked, capturer=viewer.party or "-", resolvers=judging.resolvers)
    standing.require_standing(query)
    asker = vocabulary.Asker(viewer=viewer, secret=judging.secret, families=judging.families)
    return Asked(query=query, asker=asker)
