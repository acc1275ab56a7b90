"""Takes parties; gives the sites where a move says that they had something."""

from collections.abc import Collection

from suyuan.model import Viewer
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.trace.rows import SQL


def sites_of(
    conn: ReadConnection, parties: Collection[str], viewer: Viewer, *, secret: bytes
) -> list[tuple[str, str]]:
    """Each party with each of its sites, or itself where it moved something without one.

    Only by moves that the viewer may see; `secret` keys the access tags.
    """
    asked = {**grants_of(viewer, secret=secret).params, "parties": [*parties]}
    return [(party, site) for party, site in conn.execute(SQL.sites_of_parties, asked)]
