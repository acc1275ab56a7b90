"""Takes digests of recorded entries; gives each a position, in one order without gaps.

Positions begin at 1 and never decrease, nor do the times beside them; it sees no content.
"""

from suyuan.ledger.sequence import (
    Head,
    Leaf,
    LedgerError,
    Sequenced,
    enqueue,
    head,
    leaves_after,
    sequence,
)

__all__ = [
    "Head",
    "Leaf",
    "LedgerError",
    "Sequenced",
    "enqueue",
    "head",
    "leaves_after",
    "sequence",
]
