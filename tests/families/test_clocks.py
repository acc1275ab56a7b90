"""Clocks of law: what starts them, when they end, what answers them, and what does not."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from family_cases import families
from family_events import NS, an_event

from suyuan.families import Family
from suyuan.families.clocks import Clock, State, Told, clocks
from suyuan.families.types import Reply

A, B, C = "https://id.gs1.org/8004/69012341", "https://id.gs1.org/8004/69012342", "urn:x:3"
MAKER, OTHER = "urn:suyuan:party:maker", "urn:suyuan:party:other"
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=8)


def china(text: str) -> datetime:
    """An instant on China's clock."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def family(name: str) -> Family:
    found = families().family(name)
    assert found is not None
    return found


def told(
    step: str,
    day: str,
    *things: str,
    party: str = MAKER,
    position: int = 0,
    kind: str | None = None,
    proves: bool = True,
    event_id: str | None = None,
    **items: Any,
) -> Told:
    """A report of a step at noon of a day, with items by their extension's name."""
    event = an_event(
        event_time=china(f"{day}T12:00:00"), epcs=things or (A,), event_id=event_id,
        extensions={NS + name: value for name, value in items.items()},
    )  # fmt: skip
    return Told(position=position, party=party, step=step, kind=kind, event=event, proves=proves)


def of(name: str, deadline: str, *reports: Told) -> list[Clock]:
    found = clocks(family(name), reports)
    return [each for each in found if each.deadline.id == deadline]


def recall(**items: Any) -> Told:
    return told("food_recall", "2026-02-12", recallLevel="level_1", **items)


def test_hours_run_on_and_the_last_minute_is_in_time() -> None:
    known, last = "2026-03-06T20:30:00+08:00", china("2026-03-07T20:30:00")
    (silent,) = of("food", "recall-1", recall(knownAt=known))
    assert silent.ends == last
    assert (silent.state(last), silent.state(last + TICK)) == (State.DUE, State.OVERDUE)
    for minute, state in (("20:30", State.FILED), ("20:31", State.LATE)):
        (one,) = of(
            "food", "recall-1", recall(knownAt=known, startedAt=f"2026-03-07T{minute}:00+08:00")
        )
        assert one.state(china("2026-03-20T00:00:00")) is state


def test_working_days_step_over_the_new_year_and_count_the_made_up_weekends() -> None:
    """Ten from Thursday 12 February 2026: 13, 14, 24 to 28, and 2 to 4 March."""
    (one,) = of("food", "recall-finish-1", recall(publishedOn="2026-02-12"))
    assert one.ends == china("2026-03-05T00:00:00") - TICK
    assert one.state(china("2026-03-04T23:59:59")) is State.DUE
    assert one.state(china("2026-03-05T00:00:00")) is State.OVERDUE


def test_of_a_year_without_arranged_holidays_the_end_is_not_known() -> None:
    late = told("food_recall", "2031-02-12", recallLevel="level_1", publishedOn="2031-02-12")
    (one,) = of("food", "recall-finish-1", late)
    assert (one.ends, one.state(china("2039-01-01T00:00:00"))) == (None, State.OPEN)


@pytest.mark.parametrize(
    ("disposed", "state"),
    [
        ([], State.OVERDUE),
        ([("2026-03-04", A, True)], State.FILED),
        ([("2026-03-05", A, True)], State.LATE),
        ([("2026-03-04", B, True)], State.OVERDUE),
        ([("2026-02-11", A, True)], State.OVERDUE),
        ([("2026-03-04", A, False)], State.HELD),
        ([("2026-03-03", A, False), ("2026-03-04", A, True)], State.FILED),
        ([("2026-05-01", A, True)], State.OVERDUE),
    ],
)
def test_another_report_of_the_same_thing_answers(
    disposed: list[tuple[str, str, bool]], state: State
) -> None:
    """Not one of another thing, from before, of after the day asked about, nor one that is held."""
    reports = [
        told("food_disposal", day, thing, party=OTHER, position=1, proves=proves, finishedOn=day)
        for day, thing, proves in disposed
    ]
    (one,) = of("food", "recall-finish-1", recall(publishedOn="2026-02-12"), *reports)
    assert one.state(china("2026-04-01T00:00:00")) is state


def test_a_filing_stands_in_the_report_itself_and_that_of_another_trade_is_none() -> None:
    first = told("explosives_sale", "2026-03-02", tradedOn="2026-03-02")
    second = told("explosives_sale", "2026-03-03", tradedOn="2026-03-03", filedOn="2026-03-06")
    one, two = of("dangerous-goods", "explosives-filing", first, second)
    at = china("2026-03-10T00:00:00")
    assert (one.state(at), two.state(at)) == (State.OVERDUE, State.FILED)
    assert one.ends == china("2026-03-06T00:00:00") - TICK


def test_the_month_is_entered_by_the_tenth_once_for_each_party() -> None:
    mined = [
        told("re_mining", "2026-01-05"), told("re_mining", "2026-01-31"),
        told("re_mining", "2026-01-20", party=OTHER), told("re_mining", "2026-02-01"),
    ]  # fmt: skip
    entry = told("re_monthly_entry", "2026-02-10", monthEnd="2026-01-31", enteredOn="2026-02-10")
    found = of("rare-earths", "monthly-entry", *mined, entry)
    at = china("2026-02-11T00:00:00")
    states = {(one.party, one.ends): one.state(at) for one in found}
    assert states == {
        (MAKER, china("2026-02-11T00:00:00") - TICK): State.FILED,
        (OTHER, china("2026-02-11T00:00:00") - TICK): State.OVERDUE,
        (MAKER, china("2026-03-11T00:00:00") - TICK): State.DUE,
    }


def test_the_year_is_reported_by_the_end_of_march() -> None:
    sold = told("chemical_sale", "2025-03-01", kind="drug_precursor")
    (one,) = of("dangerous-goods", "precursor-year-report", sold)
    assert one.ends == china("2026-04-01T00:00:00") - TICK
    not_this = told("chemical_sale", "2025-03-01", kind="toxic_chemical")
    assert of("dangerous-goods", "precursor-year-report", not_this) == []


def test_of_what_is_used_daily_the_first_day_counts_and_an_earlier_registration_answers() -> None:
    used = [told("lift_operation", f"2026-03-{day:02}", A, position=day) for day in (3, 2, 4)]
    (one,) = of("special-equipment", "use-registration", *used)
    assert (one.start, one.ends) == (used[1], china("2026-04-02T00:00:00") - TICK)
    before = told("lift_registration", "2026-02-01", A, registeredOn="2026-02-01")
    (one,) = of("special-equipment", "use-registration", *used, before)
    assert one.state(china("2026-06-01T00:00:00")) is State.FILED


def test_a_scrapped_lift_needs_no_maintenance_any_more() -> None:
    done = told("lift_maintenance", "2026-03-01", maintainedOn="2026-03-01")
    gone = told("lift_scrap", "2026-03-10", position=1)
    (one,) = of("special-equipment", "lift-maintenance", done, gone)
    assert one.state(china("2026-03-09T00:00:00")) is State.DUE
    assert one.state(china("2026-04-01T00:00:00")) is State.MOOT


def test_the_law_of_the_day_on_which_it_began_counts() -> None:
    """The regulation's filing of chemicals ended with 30 April 2026."""
    for day, count in (("2026-04-30", 1), ("2026-05-01", 0), ("2011-11-30", 0)):
        sold = told("chemical_sale", day, kind="toxic_chemical", tradedOn=day)
        assert len(of("dangerous-goods", "chemical-filing", sold)) == count


def plain(days: Iterable[tuple[int, str]], at: date) -> dict[tuple[int, str], str]:
    """The oracle: of a lift's maintenance on each day, what was to follow within 15 days."""
    every = sorted(set(days))
    found = {}
    for day, lift in every:
        later = [other for other, of_lift in every if of_lift == lift and other > day]
        on = date(2026, 1, 1) + timedelta(days=day)
        following = date(2026, 1, 1) + timedelta(days=later[0]) if later else None
        if following is not None and following <= at:
            found[day, lift] = "filed" if (following - on).days <= 15 else "late"
        else:
            found[day, lift] = "due" if (at - on).days <= 15 else "overdue"
    return found


@pytest.mark.parametrize("seed", range(30))
def test_maintenance_is_followed_by_the_next_as_an_oracle_says(seed: int) -> None:
    draw = random.Random(seed)
    days = {(draw.randrange(120), draw.choice((A, B, C))) for _ in range(draw.randrange(1, 25))}
    at = date(2026, 1, 1) + timedelta(days=draw.randrange(130))
    reports = []
    for position, (day, lift) in enumerate(draw.sample(sorted(days), len(days))):
        on = (date(2026, 1, 1) + timedelta(days=day)).isoformat()
        reports.append(told("lift_maintenance", on, lift, position=position, maintainedOn=on))
    end = china(f"{at.isoformat()}T23:59:59")
    found = {
        ((one.began.lo + HOUR).date().toordinal() - date(2026, 1, 1).toordinal(), one.things[0]):
        str(one.state(end))
        for one in of("special-equipment", "lift-maintenance", *reports)
        if one.began.lo is not None
    }  # fmt: skip
    assert found == plain(days, at)


def test_every_deadline_is_watched_or_says_why_not() -> None:
    for each in families().by_id.values():
        for one in each.deadlines:
            assert (one.start is None) == (one.unwatched is not None), one.id
            if one.start is not None:
                assert one.answer not in (None, Reply()), one.id


DESTRUCTIONS = [
    ("dangerous-goods", "explosives-destruction-supervised", "danger", "civil_explosive", {}),
    ("dangerous-goods", "firework-destruction-supervised", "danger", "firework", {}),
    ("dangerous-goods", "toxic-destruction-confirmed", "danger", "toxic_chemical", {}),
    ("dangerous-goods", "precursor-destruction-supervised", "danger", "drug_precursor",
     {"seized": "yes"}),
    ("drugs", "drug-destruction-supervised", "drug", "vaccine", {}),
    ("agricultural-inputs", "feed-disposal-supervised", "input", "feed", {}),
    ("agricultural-inputs", "vet-destruction-supervised", "input", "veterinary_drug",
     {"approvalRevoked": "yes"}),
]  # fmt: skip


def word_on(what: str, step: str, *things: str, day: str = "2026-03-04", **more: Any) -> Told:
    """A second account's word for a report."""
    return told(step, day, *things, party=OTHER, position=2, confirms=what, **more)


@pytest.mark.parametrize(("name", "deadline", "prefix", "kind", "items"), DESTRUCTIONS)
def test_a_destruction_is_answered_by_the_word_of_who_supervised_that_very_one(
    name: str, deadline: str, prefix: str, kind: str, items: dict[str, str]
) -> None:
    """Not by a word for another report, nor for some of its things; one held proves nothing."""
    step, word = f"{prefix}_destruction", f"{prefix}_supervision"
    gone = told(step, "2026-03-03", A, B, position=1, kind=kind, event_id="urn:d:1", **items)
    later = china("2026-03-20T00:00:00")

    def state(*reports: Told) -> State:
        (one,) = of(name, deadline, gone, *reports)
        assert (one.things, one.party) == ((A, B), MAKER)
        assert not one.deadline.verified
        return one.state(later)

    assert state() is State.OVERDUE
    assert state(word_on("urn:d:2", word, A, B)) is State.OVERDUE
    assert state(word_on("urn:d:1", word, A)) is State.OVERDUE
    assert state(word_on("urn:d:1", word, A, B, proves=False)) is State.HELD
    assert state(word_on("urn:d:1", word, A, B)) is State.FILED
    assert state(word_on("urn:d:1", word, A, B, C)) is State.FILED
    assert state(word_on("urn:d:1", word, A, B, day="2026-03-06")) is State.FILED
    assert state(word_on("urn:d:1", word, A, B, day="2026-03-07")) is State.LATE


@pytest.mark.parametrize(
    ("name", "deadline", "step", "kind", "items"),
    [
        ("dangerous-goods", "precursor-destruction-supervised", "danger_destruction",
         "drug_precursor", {}),
        ("agricultural-inputs", "vet-destruction-supervised", "input_destruction",
         "veterinary_drug", {"approvalRevoked": "no"}),
        ("agricultural-inputs", "feed-disposal-supervised", "input_destruction", "pesticide", {}),
    ],
)  # fmt: skip
def test_where_the_law_asks_for_no_supervision_no_clock_runs(
    name: str, deadline: str, step: str, kind: str, items: dict[str, str]
) -> None:
    assert (
        of(name, deadline, told(step, "2026-03-03", kind=kind, event_id="urn:d:1", **items)) == []
    )


def test_toxic_chemicals_may_be_confirmed_by_a_second_person_and_explosives_may_not() -> None:
    for kind, deadline, state in (
        ("toxic_chemical", "toxic-destruction-confirmed", State.FILED),
        ("civil_explosive", "explosives-destruction-supervised", State.OVERDUE),
    ):
        gone = told("danger_destruction", "2026-03-03", kind=kind, event_id="urn:d:1")
        said = word_on("urn:d:1", "danger_confirmation", A)
        (one,) = of("dangerous-goods", deadline, gone, said)
        assert one.state(china("2026-03-20T00:00:00")) is state
