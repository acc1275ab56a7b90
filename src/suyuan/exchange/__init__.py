"""Takes EPCIS queries and who asks them; gives events as EPCIS documents, fields by disclosure.

What a viewer may not see is not there: no count, no gap, no order tells of it.
"""

from suyuan.exchange.events import EventsPage, event_document, events_page
from suyuan.exchange.parameters import EventQuery, QueryError, parse_query

__all__ = [
    "EventQuery",
    "EventsPage",
    "QueryError",
    "event_document",
    "events_page",
    "parse_query",
]
