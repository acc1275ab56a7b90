"""Takes an event whose verdict an authority overrode; lets later judging go by the verdict now."""

from typing import Final

from psycopg.types.json import Jsonb

from suyuan.state.comparing import Left
from suyuan.state.memory import HELD, MARKED
from suyuan.store import Queries, WriteConnection

_Q: Final = Queries("suyuan.state")


def reweigh(conn: WriteConnection, entry: int, left: Left, *, held: bool) -> None:
    """Remember of an event that it is held or not, and what it leaves.

    Of which things it leaves something known, and the marks that it sets, stay as they are.
    Whoever calls is `plain.beside` and has locked all things after that.
    """
    marked = left.sets or left.clears or left.told
    conn.execute(_Q.reweigh, {
        "entry": entry,
        "held": HELD if held else 0,
        "marked": MARKED if marked else 0,
        "clears": list(left.clears) or None,
        "told": Jsonb(left.told) if left.told else None,
    })  # fmt: skip
    conn.execute(_Q.regroup, {"entry": entry})
    conn.execute(_Q.reweigh_plain, {"entry": entry, "held": HELD if held else 0})
