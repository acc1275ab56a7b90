"""Takes leaves of recorded entries; gives each a position, and proves to outsiders what it gave.

Positions begin at 1 and never decrease, nor do the times beside them; it sees no content. What
is signed and published of it is a log of C2SP (docs/concepts/ledger-and-record.md).
"""

from suyuan.ledger import acts
from suyuan.ledger.sequence import enqueue, head, is_ahead, leaves_after, sequence

__all__ = ["acts", "enqueue", "head", "is_ahead", "leaves_after", "sequence"]
