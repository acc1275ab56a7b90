"""Readings are told on the day of asking, which the platform's clock says."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from suyuan.service import Platform, identify


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), {"code.future"}),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), {"code.expired"}),  # midnight in China
    ],
)
def test_a_year_is_held_against_the_day_in_china(
    platform: Platform, at: datetime, codes: set[str]
) -> None:
    then = replace(platform, clock=lambda: at)
    found = identify(then, ["TS2212345-2025", "国药准字H20263333"])
    doubts = {said.code for (each, *_) in found for said in each.notes}
    assert doubts & {"code.future", "code.expired"} == codes
