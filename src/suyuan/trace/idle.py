"""Rules of a recall that narrow nothing because containers carry and do not mix."""

from collections import defaultdict
from typing import Final

from msgspec.structs import replace

from suyuan.trace.closure import Examined
from suyuan.trace.types import Scope, Unused

_BY_STOCK: Final = frozenset((Unused.ASKED, Unused.NOT_TOUCHED))
"""Reasons that speak of the stock as one, which it is not in a container of several lots."""


def kept_apart(scope: Scope, found: Examined) -> Scope:
    """A scope whose unused rules say so, where one is of a container that held several lots.

    Only where some of what it held is in the scope; else it was not touched, whatever was in it.
    """
    if not any(each.why in _BY_STOCK for each in scope.unused):
        return scope
    held: dict[str, set[str]] = defaultdict(set)
    for pool in found.net.ends.pools:
        if pool.thing and pool.container:
            held[pool.container].add(pool.thing)
    touched = {node.pool.container for node in found.closure.nodes if node.pool.thing}
    unused = tuple(
        replace(each, why=Unused.KEPT_APART)
        if each.why in _BY_STOCK and each.rule.vessel in touched and len(held[each.rule.vessel]) > 1
        else each
        for each in scope.unused
    )
    return replace(scope, unused=unused)
