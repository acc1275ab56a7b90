"""Whom a recall may reach beyond what was read of its things, by the network engine.

Over the moves of whole sites lots and dates are not looked at, so more is named than can be
touched. Not named is who got something by a move of which one end is unknown, or by a making that
hands things on. Over the network of lots (`lot_arrays`) both are, and only who had one of the
things that may be reached; dates are not looked at there either.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from suyuan.network.reach import closure
from suyuan.store import ReadConnection
from suyuan.trace.ahead import Guess
from suyuan.trace.rows import SQL
from suyuan.trace.site_arrays import SiteNetwork

_MOST_KEYS: Final = 300_000
"""More are not looked up for it: that would take longer than who recalls can wait."""


def beyond(sites: SiteNetwork, holders: Collection[str]) -> list[tuple[str, int]]:
    """The sites to which moves lead from those of the holders, and by how many; nearest first.

    A holder is named by its site, or its party where no site is known.
    """
    given = set(holders)
    starts = [number for number, name in enumerate(sites.names) if name in given]
    met, hops = closure(sites.net, starts)
    found = zip(met.tolist(), hops.tolist(), strict=True)
    return sorted(
        ((sites.names[node], moves) for node, moves in found if moves),
        key=lambda each: (each[1], each[0]),
    )


def had_by(
    conn: ReadConnection, guess: Guess, visible: dict[str, Any], known_at: int | None
) -> set[str] | None:
    """Who had something of what is guessed, each by its site or else its party; None: too much.

    `visible` are the parameters of what the viewer may see (`record.grants_of`). What was withdrawn
    after the position `known_at` counts, and what was recorded after it does not.
    """
    keys = list(guess.keys)
    if len(keys) > _MOST_KEYS:
        return None
    asked = {**visible, "keys": keys, "known_at": known_at}
    return {name for (name,) in conn.execute(SQL.holders_found, asked)}


def of_lots(further: Sequence[tuple[str, int]], had: Iterable[str]) -> list[tuple[str, int | None]]:
    """Those who had something, with their moves over whole sites where such lead there."""
    moves: dict[str, int] = dict(further)
    ranked = sorted((moves.get(name, len(moves) + 1), name) for name in had)
    return [(name, moves.get(name)) for _, name in ranked]
