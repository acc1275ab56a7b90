"""Takes a tenant; gives what its registry knows for completing holders, read once per batch."""

from collections import defaultdict

from suyuan.index.apply import SQL
from suyuan.index.types import Completion, Tenure
from suyuan.store import ReadConnection, WriteConnection


def completion(conn: ReadConnection | WriteConnection, tenant: int) -> Completion:
    """The tenures, sites and reporting platforms registered for a tenant."""
    tenures: dict[str, list[Tenure]] = defaultdict(list)
    sites: dict[str, list[str]] = defaultdict(list)
    for uri, operator, since, until in conn.execute(SQL.tenures, {"tenant": tenant}):
        tenures[uri].append(Tenure(operator=operator, since=since, until=until))
        if uri not in sites[operator]:
            sites[operator].append(uri)
    platforms = {uri for (uri,) in conn.execute(SQL.platforms, {"tenant": tenant})}
    return Completion(tenures=tenures, sites=sites, platforms=frozenset(platforms))
