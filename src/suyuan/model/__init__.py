"""Takes nothing; gives the frozen shapes that all stages speak in: events, facts, findings, actors.

It does no reading, no judging and no storing.
"""

from suyuan.model.actor import PUBLIC, Capturer, Role, StateRule, Viewer
from suyuan.model.event import (
    Action,
    Belonging,
    ErrorDeclaration,
    Event,
    EventType,
    QuantityElement,
    TypedRef,
)
from suyuan.model.fact import SEEN, Fact, FactKind, Holder, Side, Standing, ThingGrain, is_carrier
from suyuan.model.finding import Finding, Severity, Verdict, verdict_of

__all__ = [
    "PUBLIC",
    "SEEN",
    "Action",
    "Belonging",
    "Capturer",
    "ErrorDeclaration",
    "Event",
    "EventType",
    "Fact",
    "FactKind",
    "Finding",
    "Holder",
    "QuantityElement",
    "Role",
    "Severity",
    "Side",
    "Standing",
    "StateRule",
    "ThingGrain",
    "TypedRef",
    "Verdict",
    "Viewer",
    "is_carrier",
    "verdict_of",
]
