"""Takes acts that have no leaf; gives what each commits to, by which its own leaf finds it."""

from collections.abc import Collection
from typing import Final

from suyuan.store import Queries, ReadConnection
from suyuan.tlog.commitment import SECRET_BYTES, commit
from suyuan.tlog.shards import act_fields

_Q: Final = Queries(__package__)


def commitments(conn: ReadConnection, entries: Collection[int]) -> dict[bytes, int]:
    """The entries of acts by their commitments; of what no secret of a leaf's length is kept, none.

    Whoever changed an act's number and nothing else left what its leaf commits to.
    """
    if not entries:
        return {}
    rows = conn.execute(_Q.acts_of_entries, {"entries": list(entries)}).fetchall()
    return {
        commit(act_fields(kind, at, party, bytes(said)), bytes(secret)): int(entry)
        for entry, kind, at, party, said, secret in rows
        if len(secret) == SECRET_BYTES
    }
