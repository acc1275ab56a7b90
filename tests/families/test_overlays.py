"""Law of provinces and cities: where it is in force, what it stands for, and what names a place."""

from datetime import date, timedelta

import pytest
from family_cases import event_of, families, knowledge_of, named
from family_events import an_event
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.families import Knowledge, Lying, rules_in
from suyuan.families.areas import division_of, lies_in
from suyuan.families.days import local_day

PARTY, SITE = "urn:suyuan:uscc:91110000600037341L", "https://id.gs1.org/414/6922266443114"
codes = st.from_regex(r"[1-8][0-9]{5}", fullmatch=True)


@given(codes, codes)
def test_a_division_lies_in_what_its_first_digits_name_and_in_nothing_else(a: str, b: str) -> None:
    county, prefecture, province = b, b[:4] + "00", b[:2] + "0000"
    assert lies_in(a, county) is (a.startswith(county[:6].removesuffix("00").removesuffix("00")))
    assert lies_in(a, prefecture) is a.startswith(prefecture.removesuffix("00").removesuffix("00"))
    assert lies_in(a, province) is (a[:2] == b[:2])
    assert lies_in(b, b)
    assert lies_in(b, prefecture)
    assert lies_in(b, province)


def test_the_place_of_an_event_decides_before_its_reporter_and_that_before_what_is_asked() -> None:
    event = structs.replace(an_event(), read_point=SITE, biz_location=None)
    every = Knowledge(
        now=event.event_time, actor=PARTY, division="110000",
        divisions={SITE: (Lying("310115"),), PARTY: (Lying("320583"),)},
    )  # fmt: skip
    assert division_of(event, every) == "310115"
    unnamed = structs.replace(every, divisions={SITE: (Lying(""),), PARTY: (Lying("320583"),)})
    assert division_of(event, unnamed) == "320583"
    assert division_of(event, structs.replace(every, divisions={})) == "110000"
    assert division_of(event, Knowledge(now=event.event_time)) == ""


def test_a_place_whose_operators_registered_it_in_different_divisions_lies_where_it_did_then() -> (
    None
):
    event = structs.replace(an_event(), read_point=SITE, biz_location=None)
    day = local_day(event)
    rows = (
        Lying("310115", valid_to=day - timedelta(days=1)),
        Lying("320583", valid_from=day, valid_to=day),
        Lying("110105", valid_from=day + timedelta(days=1)),
    )
    known = Knowledge(now=event.event_time, divisions={SITE: rows}, division="440000")
    for days, expected in ((-1, "310115"), (0, "320583"), (1, "110105")):
        then = structs.replace(event, event_time=event.event_time + timedelta(days=days))
        assert division_of(then, known) == expected
    unknown = structs.replace(known, divisions={SITE: rows[1:2]})
    after = structs.replace(event, event_time=event.event_time + timedelta(days=1))
    assert division_of(after, unknown) == "440000"


@pytest.mark.parametrize("rule", [r for f in families().by_id.values() for r in f.overlays])
def test_a_local_rule_is_named_dated_and_at_most_flags_unread(rule: object) -> None:
    family = next(one for one in families().by_id.values() if rule in one.overlays)
    (local,) = [one for one in family.overlays if one is rule]
    inside = rules_in(family, local.division, local.since)
    before = rules_in(family, local.division, local.since - timedelta(days=1))
    elsewhere = rules_in(family, "650000", local.since)
    assert local in inside
    assert local in before  # what is law from tomorrow is shown, as every rule is
    assert local not in elsewhere
    if local.instead:
        assert local.instead not in {one.id for one in inside}
        assert local.instead in {one.id for one in before}
        assert local.instead in {one.id for one in elsewhere}


def test_where_the_place_is_not_known_only_the_law_of_the_whole_country_is_asked() -> None:
    case = named("cold.code")
    event = event_of(case.id)
    known = knowledge_of(case, event)
    placement = families().step_of(event, known)
    found = {one.rule for one in families().judge(event, known, placement)}
    assert found == {"cold.code"}
    there = structs.replace(known, division="110105")
    assert {one.rule for one in families().judge(event, there, placement)} == {"cold.beijing.code"}
    early = families().judge(event, there, placement, on=date(2020, 10, 31))
    assert "cold.beijing.code" not in {one.rule for one in early}
