"""Conditions on extensions and amounts hold exactly where plain twins say that they hold."""

import operator
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from suyuan.exchange.fields import FieldTest, amount_holds, field_holds
from suyuan.kit.quantity import UNITS
from suyuan.model import Event, EventType

NAMES = ["urn:x:a", "urn:x:b", "urn:x:c"]
LEAVES = st.sampled_from(["7", "w", "2026-01-01T00:00:00Z", True, False]) | st.integers(0, 9)
NESTED: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
    max_leaves=12,
)
EXTENSIONS = st.dictionaries(st.sampled_from(NAMES), NESTED, max_size=3)
COMPARE = {"EQ": operator.eq, "GT": operator.gt, "GE": operator.ge, "LT": operator.lt,
           "LE": operator.le}  # fmt: skip


def ways(value: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value in an object with the names on the way to it; lists are no step."""
    if isinstance(value, list):
        for each in value:
            yield from ways(each, way)
        return
    yield way, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ways(inner, (*way, name))


def as_number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    return int(value) if isinstance(value, int) or value == "7" else None


def slowly(extensions: dict[str, Any], test: FieldTest, wanted: str) -> bool:
    """All ways are listed, those that end in the name at the right depth are kept and compared."""
    found = [
        value
        for way, value in ways(extensions)
        if way and way[-1] == test.name and (len(way) > 1) is test.inner
    ]
    if test.comparison == "EXISTS":
        return bool(found)
    if test.comparison == "EQ":
        said = [str(v).lower() if isinstance(v, bool) else str(v) for v in found]
        return wanted in said
    numbers = [as_number(v) for v in found if not isinstance(v, dict)]
    return any(n is not None and COMPARE[test.comparison](n, int(wanted)) for n in numbers)


def event(extensions: dict[str, Any]) -> Event:
    return Event(
        type=EventType.OBJECT,
        event_time=datetime(2026, 1, 1, tzinfo=UTC),
        event_time_text="",
        offset="+08:00",
        extensions=extensions,
    )


@given(
    EXTENSIONS,
    st.sampled_from(NAMES),
    st.sampled_from(["top", "below"]),
    st.sampled_from(["EXISTS", *COMPARE]),
    st.integers(0, 9).map(str) | st.sampled_from(["w", "true"]),
)
def test_extensions_are_found_where_a_list_of_all_ways_has_them(
    extensions: dict[str, Any],
    name: str,
    depth: str,
    comparison: str,
    wanted: str,
) -> None:
    if comparison not in {"EQ", "EXISTS"} and not wanted.isdigit():
        wanted = "5"
    test = FieldTest(
        area="",
        inner=depth == "below",
        name=name,
        comparison=comparison,
        texts=(wanted,),
        number=Decimal(wanted) if wanted.isdigit() else None,
    )
    assert field_holds(event(extensions), test) is slowly(extensions, test, wanted)


@given(
    st.integers(-10_000, 10_000),
    st.integers(-10_000, 10_000),
    st.sampled_from(sorted(code for code in UNITS if code)),
    st.sampled_from(sorted(code for code in UNITS if code)),
    st.sampled_from(sorted(COMPARE)),
)
def test_amounts_compare_as_they_do_in_the_base_of_their_dimension(
    left: int, right: int, unit: str, other: str, comparison: str
) -> None:
    a, b = UNITS[unit], UNITS[other]
    holds = amount_holds((Decimal(left), unit), (Decimal(right), other), comparison=comparison)
    wanted = a.dimension == b.dimension and COMPARE[comparison](
        left * a.factor + a.shift, right * b.factor + b.shift
    )
    assert holds is wanted
