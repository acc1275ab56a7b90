"""A recall says where more of what it reaches is on record, though no record leads there."""

from collections.abc import Sequence

import pytest
from worked import A, B, C, Event, came, ended, forward, history, kilos, made, moved, packed, used

from suyuan.trace.scope import scope

MIXED: Sequence[Event] = (
    made("t1", A, 0),
    used("t1", "mix", A, 1),
    came("lot1", "mix", A, 2, **kilos(9)),
    moved("lot1", A, B, 3, **kilos(4)),
)
SAID = "is on record at"


@pytest.mark.parametrize(
    "event",
    [
        ended("lot1", C, 4, **kilos(2)),
        packed("lot1", "c1", C, 4, **kilos(2)),
        moved("lot1", C, B, 4, **kilos(2)),
        used("lot1", "f2", C, 4, **kilos(2)),
    ],
)
def test_a_recall_says_where_a_lot_is_on_record_to_which_no_way_leads(event: Event) -> None:
    told = scope(history(*MIXED, event), forward("t1")).completeness.summary
    assert SAID in told.en
    assert C.site is not None
    assert C.site in told.en
    assert C.site in told.zh


@pytest.mark.parametrize(
    "event",
    [
        ended("lot1", B, 4, **kilos(2)),
        packed("lot1", "c1", B, 4, **kilos(2)),
        made("lot1", C, 4, **kilos(2)),
        ended("lot2", C, 4, **kilos(2)),
    ],
)
def test_what_is_reached_or_made_elsewhere_is_not_said(event: Event) -> None:
    assert SAID not in scope(history(*MIXED, event), forward("t1")).completeness.summary.en


def test_of_what_is_asked_about_all_places_are_asked() -> None:
    facts = history(*MIXED, ended("lot1", C, 4, **kilos(2)))
    found = scope(facts, forward("lot1"))
    assert SAID not in found.completeness.summary.en
    assert C.site in {line.site for line in found.lines}
