"""Who sees what: the oracle of the tags, and worlds that differ only in what is hidden."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from given import FARM, TRADER, Give, event
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import Text
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.record import Recorder, event_by_id, events_by_entries, follow, grants_of
from suyuan.record.access import tagger
from suyuan.registry import Site, directory
from suyuan.store import Store

NAME = Text("点", "site")
YARD, SHOP = "urn:suyuan:site:yard", "urn:suyuan:site:shop"
BUYER, KEEPER = "https://id.gs1.org/417/6901234567892", "urn:suyuan:uscc:KEEPER"
PORK = "edible-agricultural-products"

OWNER = Viewer(party=FARM.party, account=1)
BUYS = Viewer(party=BUYER, account=2)
KEEPS = Viewer(party=KEEPER, account=3)
STRANGER = Viewer(party=TRADER.party, account=4)
ADMIN = Viewer(role=Role.ADMIN, account=5)
ELSEWHERE = Viewer(role=Role.ADMIN, account=6, tenant=2)


def regulator(*areas: str, families: tuple[str, ...] = ()) -> Viewer:
    return Viewer(role=Role.REGULATOR, account=7, areas=areas, families=families)


PLAIN = event(1, bizLocation={"id": YARD}, destinationList=[
    {"type": "possessing_party", "destination": BUYER},
])  # fmt: skip
PIG = event(2, action="ADD", bizStep="commissioning", bizLocation={"id": SHOP}) | {
    "suyuan:family": PORK,
    "suyuan:step": "tagging",
}


@pytest.fixture
def sites(database: Store) -> None:
    rows = [
        Site(uri=YARD, operator=KEEPER, name=NAME, division="330106"),
        Site(uri=SHOP, operator=KEEPER, name=NAME, division="440300", valid_to=date(2020, 1, 1)),
        Site(uri=SHOP, operator=FARM.party, name=NAME, division="440305",
             valid_from=date(2020, 1, 2)),
    ]  # fmt: skip
    with database.write() as conn:
        directory.register(conn, rows)


def seen(store: Store, recorder: Recorder, viewer: Viewer) -> set[int]:
    """The numbers of the events that a viewer sees, by both ways of asking."""
    with store.read() as conn:
        entries = [one.entry for one in follow(conn, 0, 100)]
        found = events_by_entries(conn, entries, viewer, secret=recorder.secret)
        by_id = [
            one
            for number in (1, 2)
            for one in event_by_id(conn, event(number)["eventID"], viewer, secret=recorder.secret)
        ]
    assert [one.entry for one in found] == [one.entry for one in by_id]
    return {int(one.event.event_id[-1]) for one in found if one.event.event_id}


@pytest.mark.usefixtures("sites")
@pytest.mark.parametrize(
    ("viewer", "numbers"),
    [
        (OWNER, {1, 2}),
        (BUYS, {1, 2}),  # named in the one, and the other is public
        (KEEPS, {1, 2}),  # operates the yard
        (STRANGER, {2}),
        (PUBLIC, {2}),
        (ADMIN, {1, 2}),
        (ELSEWHERE, set()),
        (regulator("33"), {1, 2}),
        (regulator("330100"), {1, 2}),
        (regulator("330102"), {2}),
        (regulator("330106", families=("medicines",)), {2}),
        (regulator(), {2}),
    ],
)
def test_an_event_is_seen_by_its_parties_its_authorities_and_as_disclosed(
    database: Store, recorder: Recorder, give: Give, viewer: Viewer, numbers: set[int]
) -> None:
    told = give(PLAIN, PIG)
    assert [one.entry is not None for one in told.events] == [True, True], told.events
    assert seen(database, recorder, viewer) == numbers


@pytest.mark.usefixtures("sites")
def test_a_family_step_bears_the_tags_of_its_family_and_of_its_area(
    database: Store, recorder: Recorder, give: Give
) -> None:
    give(PIG)
    with database.read() as conn:
        (pig,) = follow(conn, 0, 10)
    tag = tagger(recorder.secret)
    wanted = {
        f"party:{FARM.party}", "area:44", "area:4403", "area:440305", f"family:{PORK}",
        f"area:44 family:{PORK}", f"area:4403 family:{PORK}", f"area:440305 family:{PORK}",
        "public",
    }  # fmt: skip
    assert set(pig.tags) == set(map(tag, wanted))


areas = st.lists(st.sampled_from(["33", "3301", "330106", "44", "330000"]), max_size=2)
names = st.lists(st.sampled_from([PORK, "medicines"]), max_size=2)


@given(areas, names)
def test_a_regulator_has_areas_or_families_or_families_in_areas(
    areas: Sequence[str], names: Sequence[str]
) -> None:
    viewer = regulator(*areas, families=tuple(names))
    tag = tagger(b"s" * 32)
    trimmed = [area.removesuffix("0000") for area in areas]
    wanted = {"public"}
    for area in trimmed or [""]:
        for name in names or [""]:
            words = [f"area:{area}"] * bool(area) + [f"family:{name}"] * bool(name)
            wanted |= {" ".join(words)} if words else set()
    assert set(grants_of(viewer, secret=b"s" * 32).tags) == set(map(tag, wanted))


@pytest.mark.parametrize("secret_events", [[], [1], [1, 2], [3, 4, 5]])
def test_what_is_hidden_changes_no_answer(
    database: Store, recorder: Recorder, give: Give, secret_events: list[int]
) -> None:
    """Two worlds that differ only in a trader's own events look the same to the farm."""
    if secret_events:
        hide = [event(n, epcList=[f"urn:suyuan:item:T:{n}"]) for n in secret_events]
        assert give(*hide, by=TRADER).success
    mine = [event(n) for n in (1, 2, 3)]
    told = give(*mine)
    assert [(one.verdict.value, one.duplicate) for one in told.events] == [("accepted", False)] * 3
    with database.read() as conn:
        answers = [
            [(one.event, one.raw, one.verdict, one.findings, one.capturer) for one in found]
            for n in (1, 2, 3, 4, 5)
            for found in [
                event_by_id(conn, event(n)["eventID"], OWNER, secret=recorder.secret),
            ]
        ]
        everyone = event_by_id(conn, event(1)["eventID"], PUBLIC, secret=recorder.secret)
    assert [len(found) for found in answers] == [1, 1, 1, 0, 0]
    assert [found[0][1] for found in answers[:3]] == [one.raw for one in _own(database, told)]
    assert everyone == []


def _own(store: Store, told: Any) -> list[Any]:
    with store.read() as conn:
        by_entry = {one.entry: one for one in follow(conn, 0, 100)}
    return [by_entry[one.entry] for one in told.events]


def test_the_tags_of_an_event_do_not_depend_on_the_events_beside_it(
    database: Store, give: Give
) -> None:
    """Each differs from the others in one thing that tags come from; each comes twice."""
    valid_to = date(2026, 3, 8)
    with database.write() as conn:
        for operator, since, until in (
            (FARM.party, None, valid_to),
            (KEEPER, date(2026, 3, 9), None),
        ):
            site = Site(uri=SHOP, operator=operator, name=NAME, division="330106",
                        valid_from=since, valid_to=until)  # fmt: skip
            directory.register(conn, [site])
    family = {"suyuan:family": PORK, "suyuan:step": "rearing"}
    kinds: list[dict[str, Any]] = [
        {},
        {"bizLocation": {"id": SHOP}},
        {"bizLocation": {"id": SHOP}, "eventTime": "2026-03-07T08:00:00+08:00"},
        {"readPoint": {"id": SHOP}},
        {"destinationList": [{"type": "possessing_party", "destination": BUYER}]},
        {"sourceList": [{"type": "possessing_party", "source": BUYER}]},
        {"destinationList": [{"type": "owning_party", "destination": KEEPER}]},
        family,
        family | {"bizLocation": {"id": SHOP}},
        {"suyuan:family": PORK},
    ]
    everything = [event(10 + at, **kind) for at, kind in enumerate(kinds + kinds[::-1])]
    assert not give(*everything).counts.get("refused")
    for at, alone in enumerate(everything):
        give(alone | {"eventID": event(100 + at)["eventID"]})
    with database.read() as conn:
        tags = {one.event.event_id: one.tags for one in follow(conn, 0, 100)}
    together = [tags[one["eventID"]] for one in everything]
    assert together == [tags[event(100 + at)["eventID"]] for at in range(len(everything))]
    assert len(set(together)) == len(kinds) - 2  # any site counts alike, and any side
