"""Takes entries that are to be destroyed; leaves nothing of what they said for later judging."""

from collections.abc import Collection
from typing import Final

from suyuan.state import plain
from suyuan.store import Queries, WriteConnection

_Q: Final = Queries("suyuan.state")


def forget(conn: WriteConnection, entries: Collection[int]) -> None:
    """Forget entries: what is judged from now on is judged as if they had never been.

    What they took from permits stays taken. Whoever calls is `plain.beside`.
    """
    asked = {"entries": list(entries)}
    plain.forget(conn, entries)
    # Whoever writes meanwhile may speak of the same bundles and scenes, and is not seen yet.
    conn.execute(_Q.hold_scenes)
    scenes = [row[0] for row in conn.execute(_Q.scenes_of, asked).fetchall()]
    conn.execute(_Q.forget_bundles, asked)
    conn.execute(_Q.forget_events, asked)
    conn.execute(_Q.forget_scenes, {"scenes": scenes})
    conn.execute(_Q.forget_withdrawn, asked)
