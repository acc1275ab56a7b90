"""Takes EPCIS queries and who asks them; gives events as EPCIS documents, fields by disclosure.

What a viewer may not see is not there: no count, no gap, no order tells of it.
"""

from suyuan.exchange.events import EventsPage
from suyuan.exchange.parameters import KNOWN, parse_query
from suyuan.exchange.query import EventQuery, QueryError
from suyuan.exchange.receipts import receipt

__all__ = [
    "KNOWN",
    "EventQuery",
    "EventsPage",
    "QueryError",
    "parse_query",
    "receipt",
]
