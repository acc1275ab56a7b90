"""What of a lot surely is in a container that it was packed into more than once, or only may be."""

from decimal import Decimal

import pytest
from worked import (
    A,
    B,
    Event,
    day,
    emptied,
    ended,
    forward,
    history,
    kilos,
    made,
    moved,
    packed,
    used,
)

from suyuan.model import ThingGrain
from suyuan.trace.scope import scope
from suyuan.trace.types import Extent, Part

LOT, BOX = "lot1", "c1"


def parts(*events: Event) -> dict[tuple[str, str], Part]:
    """Of what was packed at A and moved to B: what came, was sent and is there, by site."""
    begun = made(LOT, A, 0, grain=ThingGrain.LOT, **kilos(9))
    found = scope(history(begun, *events, moved(BOX, A, B, 7)), forward(LOT)).lines
    return {
        (line.site, name): getattr(line, name)
        for line in found
        for name in ("came", "sent", "ended", "stock")
    }


def contains(part: Part, truth: int) -> bool:
    """Whether so much may be of the material, and no less than that is touched."""
    bound = part.material
    most = bound.most is None or truth <= bound.most
    return bound.least <= truth and most and (part.touched is None or truth <= part.touched)


_TWO = packed(LOT, BOX, A, day(1, 2), **kilos(2))
_SEVEN = packed(LOT, BOX, A, 6, **kilos(7))


def test_what_may_have_been_taken_out_before_more_was_packed_is_not_surely_there() -> None:
    found = parts(_TWO, emptied(BOX, A, day(1, 5)), _SEVEN)
    for much in (7, 9):  # it was emptied after the packing, or before it
        assert contains(found["s2", "came"], much)
        assert contains(found["s1", "sent"], much)
        assert contains(found["s1", "stock"], 9 - much)
        assert contains(found["s2", "stock"], much)


def test_what_is_held_to_have_been_packed_is_not_surely_there() -> None:
    (line,) = packed(LOT, BOX, A, 1, **kilos(2))
    found = parts((line | {"held": True},), _SEVEN)
    assert all(contains(found["s2", "came"], much) for much in (7, 9))
    assert all(contains(found["s1", "stock"], 9 - much) for much in (7, 9))


@pytest.mark.parametrize("time", [4, day(3, 5), day(1, 5)])
@pytest.mark.parametrize("way", ["ended", "used"])
def test_what_went_with_its_container_is_not_in_it_when_that_is_packed_again(
    way: str, time: int
) -> None:
    end = ended(BOX, A, time) if way == "ended" else used(BOX, "f1", A, time)
    found = parts(packed(LOT, BOX, A, 2, **kilos(2)), end, _SEVEN)
    assert contains(found["s2", "came"], 7)
    assert contains(found["s1", "stock"], 0)
    assert contains(found["s1", "ended" if way == "ended" else "sent"], 2 if way == "ended" else 9)


def test_what_surely_was_in_a_container_that_ended_surely_ended() -> None:
    found = parts(packed(LOT, BOX, A, 2, **kilos(2)), ended(BOX, A, day(3, 5)))
    assert found["s1", "ended"].material == Extent(Decimal(2), Decimal(2))
