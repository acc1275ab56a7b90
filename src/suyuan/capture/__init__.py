"""Takes a document from a capturer; gives a batch to be judged and recorded, or a past answer.

It keeps what became of each event, and the bytes of those refused; it decides nothing.
"""

from suyuan.capture import jobs
from suyuan.capture.types import (
    Batch,
    EventResult,
    JobResult,
    OnRefusal,
    Options,
    RefusedEvent,
    Repeat,
)

__all__ = [
    "Batch",
    "EventResult",
    "JobResult",
    "OnRefusal",
    "Options",
    "RefusedEvent",
    "Repeat",
    "jobs",
]
