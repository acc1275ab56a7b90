"""Contacts out of the record: days that are spans, journeys, held reports, moves of one end."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from suyuan.capture import Options
from suyuan.kit import SuyuanError
from suyuan.model import Verdict, Viewer
from suyuan.network.ties import Ties
from suyuan.service import (
    OPERATOR,
    Config,
    Platform,
    Windows,
    capture,
    contacts,
    follow,
    local_capturer,
    on_store,
)
from suyuan.service.contact_ways import contacts_told
from suyuan.service.overriding import Wish, override
from suyuan.service.supposing import Supposing
from suyuan.store import ReadConnection, StoreSettings, open_store
from suyuan.trace import site_arrays
from suyuan.trace.contact_chains import A_DAY
from suyuan.trace.contact_types import Contacts
from suyuan.trace.resting import Rest
from suyuan.wire.movements import holding_uri

Json = dict[str, Any]
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
           {"suyuan": "urn:suyuan:ns:1:"}]  # fmt: skip
MARCH = Windows(
    in_begin=date(2026, 3, 1), in_end=date(2026, 3, 31),
    out_begin=date(2026, 3, 1), out_end=date(2026, 3, 31),
)  # fmt: skip


def end(name: str, side: str) -> list[Json]:
    """Party and site of a holder of the register."""
    uri = holding_uri("register", name)
    return [{"type": "possessing_party", side: f"urn:suyuan:party:{name}"},
            {"type": "location", side: uri}]  # fmt: skip


def move(number: int, source: str, target: str, day: str, **more: Any) -> Json:
    """A movement that its register reports whole, at eight in the morning of a day of March."""
    return {
        "type": "ObjectEvent", "eventID": UUID(int=number).urn, "action": "OBSERVE",
        "bizStep": "shipping", "eventTime": f"2026-03-{day}T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00", "suyuan:movement": "complete",
        "epcList": [f"urn:epc:id:sgtin:6901234.056789.{number}"],
        "sourceList": end(source, "source"), "destinationList": end(target, "destination"), **more,
    }  # fmt: skip


def taken(platform: Platform, *events: Json) -> None:
    document = {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-04-01T00:00:00Z", "epcisBody": {"eventList": list(events)},
    }  # fmt: skip
    done = capture(
        platform,
        json.dumps(document, ensure_ascii=False).encode(),
        local_capturer(platform, None),
        Options(),
    )
    assert {each.verdict for each in done.events} <= {Verdict.ACCEPTED, Verdict.FLAGGED}
    follow(platform)


def of(platform: Platform, root: str, rest: Rest | None = None, **more: Any) -> Contacts:
    (found,) = contacts(
        platform, [root], MARCH, more.get("viewer", OPERATOR), issuer="register", minutes=480,
        distances=True, rest=rest or Rest(),
    )  # fmt: skip
    return found


def outgoing(found: Contacts) -> Iterator[dict[str, int] | None]:
    """Surely, by first days, possibly."""
    for each in (found.certain, found, found.possible):
        yield each and each.outgoing


def test_a_month_makes_chains_possible_that_are_not_certain(platform: Platform) -> None:
    month = {"suyuan:timePrecision": "month"}
    taken(
        platform,
        move(1, "1", "2", "20"),
        move(2, "2", "3", "25", **month),  # dated March: its first day is the first
        move(3, "3", "4", "31"),
    )
    sure, first, maybe = outgoing(of(platform, "1"))
    assert sure == first == {"2": 1}
    assert maybe == {"2": 1, "3": 2, "4": 3}
    assert list(outgoing(of(platform, "2"))) == [{"3": 1, "4": 2}] * 3
    told = of(platform, "1").completeness
    assert told is not None
    assert (told.movements, told.spans, told.held, told.one_ended) == (3, 1, 0, 0)
    assert "of more than one day: 1" in told.summary.en
    assert "1 份的日期不止一天" in told.summary.zh


def test_of_a_journey_what_left_before_it_was_over_is_not_certain(platform: Platform) -> None:
    taken(
        platform,
        move(1, "1", "2", "10", **{"suyuan:arrivalTime": "2026-03-12T08:00:00+08:00"}),
        move(2, "2", "3", "11"),
        move(3, "2", "4", "12"),
    )
    sure, first, maybe = outgoing(of(platform, "1"))
    assert sure == {"2": 1, "4": 2}
    assert first == maybe == {"2": 1, "3": 2, "4": 2}


def test_who_arrived_nobody_knows_when_left_on_a_day_that_is_known(platform: Platform) -> None:
    """What came to 2 on the tenth is not in what left there on the fifth, whenever it arrived."""
    taken(
        platform,
        move(1, "1", "2", "10"),
        move(2, "2", "3", "05", **{"suyuan:arrivalTime": "unknown"}),
        move(3, "3", "4", "20"),
    )
    assert list(outgoing(of(platform, "1"))) == [{"2": 1}] * 3
    sure, first, maybe = outgoing(of(platform, "2"))
    assert (sure, first, maybe) == ({}, {"3": 1, "4": 2}, {"3": 1, "4": 2})


def test_a_held_report_makes_nothing_certain_until_it_is_released(platform: Platform) -> None:
    taken(platform, move(1, "1", "2", "10"), move(2, "2", "3", "11"))
    override(platform, UUID(int=2).urn, Wish(to=Verdict.HELD, ground="样品有误"), OPERATOR,
             authority="市监局")  # fmt: skip
    follow(platform)
    sure, first, maybe = outgoing(of(platform, "1"))
    assert sure == {"2": 1}
    assert first == maybe == {"2": 1, "3": 2}
    told = of(platform, "1").completeness
    assert told is not None
    assert told.held == 1
    release = Wish(to=Verdict.ACCEPTED, ground="已核实", expect=Verdict.HELD)
    override(platform, UUID(int=2).urn, release, OPERATOR, authority="市监局")
    follow(platform)
    assert list(outgoing(of(platform, "1"))) == [{"2": 1, "3": 2}] * 3


def test_moves_of_which_one_end_is_known_are_counted_and_on_no_chain(platform: Platform) -> None:
    lost = move(2, "2", "3", "11")
    del lost["destinationList"], lost["suyuan:movement"]
    taken(platform, move(1, "1", "2", "10"), lost)
    found = of(platform, "1")
    assert found.outgoing == {"2": 1}
    assert found.completeness is not None
    assert (found.completeness.movements, found.completeness.one_ended) == (1, 1)
    assert "of 1 more only one end is known" in found.completeness.summary.en
    before = Windows(
        in_begin=date(2026, 2, 1), in_end=date(2026, 2, 9),
        out_begin=date(2026, 2, 1), out_end=date(2026, 2, 9),
    )  # fmt: skip
    (none,) = contacts(platform, ["1"], before, OPERATOR, issuer="register", minutes=480)
    assert none.completeness is not None
    assert (none.completeness.movements, none.completeness.one_ended) == (0, 0)


@pytest.mark.parametrize("minutes", [-840, 0, 480, 840])
def test_windows_of_all_days_and_any_clock_are_asked(platform: Platform, minutes: int) -> None:
    taken(
        platform,
        move(1, "1", "2", "10", **{"suyuan:timePrecision": "unknown"}),
        move(2, "2", "3", "11"),
    )
    ever = Windows(in_begin=date.min, in_end=date.max, out_begin=date.min, out_end=date.max)
    (found,) = contacts(
        platform, ["1"], ever, OPERATOR, issuer="register", minutes=minutes, distances=True
    )
    assert found.outgoing == {"2": 1, "3": 2}
    assert found.certain is not None
    assert found.certain.outgoing == {"2": 1}
    assert found.completeness is not None
    assert (found.completeness.movements, found.completeness.spans) == (2, 1)


def test_who_may_see_nothing_is_told_of_no_move_not_even_how_many(platform: Platform) -> None:
    lost = move(2, "2", "3", "11")
    del lost["destinationList"], lost["suyuan:movement"]
    taken(platform, move(1, "1", "2", "10", **{"suyuan:timePrecision": "month"}), lost)
    found = of(platform, "1", viewer=Viewer())
    assert (found.outgoing, found.possible and found.possible.outgoing) == ({}, {})
    told = found.completeness
    assert told is not None
    assert (told.movements, told.spans, told.one_ended) == (0, 0, 0)
    assert told.summary.en.startswith("In the records that you may see")
    assert found.cost is not None
    assert found.cost.facts == 0


def test_stays_that_are_assumed_cut_chains_and_are_told(platform: Platform) -> None:
    taken(
        platform,
        move(1, "1", "2", "10"), move(2, "2", "3", "10"), move(3, "2", "4", "12"),
        move(4, "2", "5", "20"),
    )  # fmt: skip
    assert of(platform, "1").outgoing == {"2": 1, "3": 2, "4": 2, "5": 2}
    assert of(platform, "1").assumptions == ()
    for rest, reached in (
        (Rest(ties=Ties.FORBIDDEN), {"2", "4", "5"}),
        (Rest(hold_for=3 * A_DAY), {"2", "5"}),
        (Rest(stay_at_most=2 * A_DAY), {"2", "3", "4"}),
        (Rest(hold_for=A_DAY, stay_at_most=2 * A_DAY), {"2", "4"}),
    ):
        found = of(platform, "1", rest)
        assert set(found.outgoing or {}) == reached
        assert found.certain == found.possible
        assert len(found.assumptions) > 1


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        (Rest(hold_for=3600), "contacts.days"),
        (Rest(stay_at_most=1.5 * A_DAY), "contacts.days"),
        (Rest(hold_for=2 * A_DAY, stay_at_most=A_DAY), "trace.rest"),
    ],
)
def test_stays_of_hours_or_that_let_nothing_pass_are_refused(
    platform: Platform, rest: Rest, code: str
) -> None:
    with pytest.raises(SuyuanError) as caught:
        of(platform, "1", rest)
    assert caught.value.code == code


def test_what_is_supposed_of_a_thing_needs_no_second_connection(
    migrated_database: str, tmp_path: Path
) -> None:
    """Else as many readers as there are connections would wait for each other."""
    settings = StoreSettings(
        data_dir=Path(), database_url=migrated_database, pool_min=1, pool_max=1, pool_timeout=5
    )
    without = Supposing(without=("=urn:epc:id:sgtin:6901234.056789.1",))
    with open_store(settings) as store:
        platform = on_store(store, Config(data_dir=tmp_path))
        taken(platform, move(1, "a", "b", "02"), move(2, "b", "c", "03"))
        counted = contacts_told(platform, "a", MARCH, OPERATOR, supposing=without).counted
    assert counted.outgoing_contact_chain == 2
    assert counted.without is not None
    assert counted.without.outgoing_contact_chain == 0


def test_things_of_what_is_supposed_are_all_looked_up_at_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, plain = list[tuple[str, ...]](), site_arrays.moved_alone

    def counted(
        conn: ReadConnection, sites: site_arrays.SiteNetwork, things: Sequence[str]
    ) -> dict[str, tuple[int, ...]]:
        asked.append(tuple(things))
        return plain(conn, sites, things)

    monkeypatch.setattr(site_arrays, "moved_alone", counted)
    taken(platform, move(1, "a", "b", "02"), move(2, "b", "c", "03"))
    things = ("urn:epc:id:sgtin:6901234.056789.1", "urn:epc:id:sgtin:6901234.056789.2")
    without = Supposing(without=(f"={things[0]}", f"={things[1]},2026-03-01", f"={things[0]}"))
    found = contacts_told(platform, "a", MARCH, OPERATOR, supposing=without).counted
    assert [len(each) for each in asked] == [2]
    assert found.without is not None
    assert found.without.outgoing_contact_chain == 0
