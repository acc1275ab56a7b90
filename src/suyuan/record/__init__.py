"""Takes documents in: what they report is judged, recorded for ever and answered event by event.

Gives recorded events back, by position to projections and, as far as they may see them, by
entry or event id to viewers.
"""

from suyuan.record.access import VISIBLE, grants_of
from suyuan.record.foresee import Asker as Asker
from suyuan.record.foresee import Foreseen as Foreseen
from suyuan.record.foresee import foresee as foresee
from suyuan.record.intake import take
from suyuan.record.read import event_by_id, events_by_entries, follow
from suyuan.record.types import Recorded, Recorder

__all__ = [
    "VISIBLE",
    "Recorded",
    "Recorder",
    "event_by_id",
    "events_by_entries",
    "follow",
    "grants_of",
    "take",
]
