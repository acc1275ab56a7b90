"""Until when a record is kept: by which term, from which day, under the law of which day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from family_cases import families
from family_events import NS, an_event

from suyuan.families.keeping import kept
from suyuan.families.types import Family


def family(name: str) -> Family:
    found = families().family(name)
    assert found is not None
    return found


def until(name: str, step: str, day: str, kind: str | None = None, **items: Any) -> date | None:
    event = an_event(
        event_time=datetime.fromisoformat(f"{day}T12:00:00+08:00").astimezone(UTC),
        ilmd={NS + item: value for item, value in items.items()},
    )
    found = kept(family(name), step, kind, event)
    return found[0].until if found else None


@pytest.mark.parametrize(
    ("name", "step", "day", "kind", "items", "last"),
    [
        ("food", "food_storage", "2026-03-01", None, {}, date(2028, 3, 1)),
        ("food", "food_intake", "2024-02-29", None, {}, date(2026, 2, 28)),
        # Six months past the best-before date, be that sooner or later than two years.
        ("food", "food_intake", "2026-03-01", None, {"bestBefore": "2026-05-31"},
         date(2026, 11, 30)),
        ("food", "food_intake", "2026-03-01", None, {"bestBefore": "2029-01-15"},
         date(2029, 7, 15)),
        ("drugs", "vaccination", "2026-03-01", "vaccine", {"expiryDate": "2027-12-31"},
         date(2032, 12, 31)),
        ("dangerous-goods", "chemical_sale", "2026-04-30", "toxic_chemical", {}, date(2027, 4, 30)),
        ("dangerous-goods", "chemical_sale", "2026-05-01", "toxic_chemical", {}, None),
        ("dangerous-goods", "chemical_sale", "2026-05-01", "drug_precursor", {}, date(2028, 5, 1)),
        ("dangerous-goods", "chemical_sale", "2026-05-01", None, {}, None),
        ("food", "food_packing", "2026-03-01", None, {}, None),
    ],
)  # fmt: skip
def test_the_last_day_is_that_of_the_law(
    name: str, step: str, day: str, kind: str | None, items: dict[str, str], last: date | None
) -> None:
    assert until(name, step, day, kind, **items) == last


def test_of_several_terms_the_longest_comes_first() -> None:
    """Without the expiry the terms run from the day; feed and pesticides do not mix."""
    event = an_event()
    both = kept(family("drugs"), "cold_storage", "vaccine", event)
    assert {one.term.id for one in both} == {"vaccine-trade-record", "vaccine-temperature-record"}
    assert [one.until for one in both] == sorted((one.until for one in both), reverse=True)
    (feed,) = kept(family("agricultural-inputs"), "dealer_sale", "feed", event)
    assert feed.term.id == "feed-trade"
