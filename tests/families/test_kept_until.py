"""Until when a record is kept: by which term, from which day, under the law of which day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from family_cases import families
from family_events import NS, an_event

from suyuan.families.keeping import is_verified, kept
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
        # The law of 2026 was not read: its term stands unverified.
        ("dangerous-goods", "chemical_sale", "2026-05-01", "toxic_chemical", {}, date(2027, 5, 1)),
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


def terms(name: str, step: str, kind: str | None, **items: Any) -> dict[str, bool]:
    """The terms that bind a report of June 2026, and whether they were read on their source."""
    event = an_event(
        event_time=datetime(2026, 6, 1, 4, tzinfo=UTC),
        extensions={NS + item: value for item, value in items.items()},
    )
    its = family(name)
    return {one.term.id: is_verified(its, one.term) for one in kept(its, step, kind, event)}


@pytest.mark.parametrize(
    ("name", "step", "kind", "items", "bound"),
    [
        # Article 23 speaks of who sells, article 37 of what is received and issued.
        ("dangerous-goods", "explosives_sale", "civil_explosive", {}, {"explosives-copies": True}),
        ("dangerous-goods", "explosives_purchase", "civil_explosive", {}, {}),
        ("dangerous-goods", "magazine_issue", "civil_explosive", {}, {"blasting-originals": True}),
        ("dangerous-goods", "magazine_return", "civil_explosive", {}, {"blasting-returns": False}),
        ("dangerous-goods", "chemical_sale", "toxic_chemical", {}, {"chemical-sale.2026": False}),
        ("dangerous-goods", "empty_container", "toxic_chemical", {}, {"container.2026": False}),
        # Article 19: every seller has a ledger, of users those of class 1.
        ("dangerous-goods", "chemical_sale", "drug_precursor", {"precursorClass": "precursor_3"},
         {"precursor-ledger": True}),
        ("dangerous-goods", "chemical_use", "drug_precursor", {"precursorClass": "precursor_1"},
         {"precursor-use-ledger": True}),
        ("dangerous-goods", "chemical_use", "drug_precursor",
         {"precursorClass": "precursor_2"}, {}),
        ("dangerous-goods", "chemical_use", "drug_precursor", {},
         {"precursor-use-unclassed": False}),
        # Article 27: who trades in pesticides for hygiene keeps no ledger.
        ("agricultural-inputs", "dealer_sale", "pesticide", {}, {"pesticide-sale": True}),
        ("agricultural-inputs", "dealer_sale", "pesticide",
         {"hygienicRegistration": "WP20090001"}, {}),
        ("agricultural-inputs", "input_test", "seed", {}, {"seed-archive": False}),
        # Article 57 speaks of enterprises that trade in drugs, of whatever kind.
        ("drugs", "hospital_receipt", "preparation", {}, {}),
        ("drugs", "drug_exit", "preparation", {}, {}),
        ("drugs", "drug_sale", "herbal_piece", {}, {"drug-trade-record": False}),
        # Article 38: the papers of the batch release are collected and kept at the receipt.
        ("drugs", "vaccine_receipt", "vaccine", {},
         {"vaccine-trade-record": True, "vaccine-release-papers": True,
          "vaccine-temperature-record": True}),
        # Article 27: harvest, slaughter, catch.
        ("edible-agricultural-products", "catch", "aquatic", {}, {"production-record": True}),
        ("edible-agricultural-products", "sea_catch", "wild_catch", {},
         {"production-record": True}),
        ("edible-agricultural-products", "livestock_slaughter", "beef", {},
         {"production-record": True}),
        ("edible-agricultural-products", "egg_collection", "egg", {},
         {"production-record-others": False}),
        ("edible-agricultural-products", "disposal", "pork", {}, {"meat-disposal-record": True}),
        ("edible-agricultural-products", "disposal", "vegetable", {}, {}),
        ("edible-agricultural-products", "certificate_reissue", "fruit", {},
         {"produce-certificate": True}),
        ("edible-agricultural-products", "certificate_issue", "fruit", {},
         {"produce-certificate-issued": False}),
        # Article 25 of the regulation: who stores or transports for others.
        ("food", "bulk_transport", "edible_oil", {}, {"storage-record": True}),
        ("food", "cold_chain_entry", "cold_chain", {}, {"storage-record-central": False}),
        ("food", "food_stop", "dairy", {}, {"stop-record": False}),
        # Article 27 speaks of items under export control.
        ("rare-earths", "re_export", "rare_earth_metal", {"controlled": "yes"},
         {"export-papers": True}),
        ("rare-earths", "re_export", "rare_earth_metal", {"controlled": "no"}, {}),
        ("rare-earths", "re_export", "rare_earth_metal", {}, {"export-papers-unstated": False}),
    ],
)  # fmt: skip
def test_a_term_binds_the_records_that_its_article_names(
    name: str, step: str, kind: str, items: dict[str, str], bound: dict[str, bool]
) -> None:
    """True: read on its source; what is kept only perhaps is told, and hinders nobody."""
    assert terms(name, step, kind, **items) == bound
