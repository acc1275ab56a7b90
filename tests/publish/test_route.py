"""The way from hand to hand: what came back to who had it before is on it too."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import Text
from suyuan.kit.span import instant
from suyuan.publish.route import route
from suyuan.publish.types import Stage
from suyuan.trace.types import Link, LinkKind, Pool

BEGIN = datetime(2026, 4, 1, tzinfo=UTC)
NAMES = {f"p:{each}": Text(each, each) for each in "ABCD"}


def stage(day: int, name: str) -> Stage:
    at = BEGIN + timedelta(days=day)
    said = Text("收货", "received")
    return Stage(step=said, at=at, offset="+08:00", party=Text(name, name))


def moved(day: int, giver: str, taker: str) -> Link:
    ends = (Pool("t", f"p:{each}", f"s:{each}") for each in (giver, taker))
    when = instant(BEGIN + timedelta(days=day))
    source, target = ends
    return Link(kind=LinkKind.MOVED, source=source, target=target, departure=when, arrival=when)


@given(st.lists(st.sampled_from("ABCD"), min_size=2, max_size=9))
def test_every_hand_over_between_stops_is_a_leg(hands: list[str]) -> None:
    went = [(a, b) for a, b in pairwise(hands) if a != b]
    found = route(
        [stage(day, name) for day, name in enumerate(hands)],
        [moved(day, *pair) for day, pair in enumerate(went)],
        NAMES,
    )
    names = [stop.name.en for stop in found.stops]
    assert {(names[leg.source], names[leg.target]) for leg in found.legs} == set(went)
