"""State rules judge plain EPCIS: the cases that its users know, and what came before a rule."""

import pytest
from given import FARM, TRADER, Give, document
from msgspec import structs
from plain_told import (
    BOX,
    BY_RULES,
    ITEM,
    ITEMS,
    OTHER,
    SECRET,
    THIRD,
    declared,
    gone,
    held,
    keep,
    last,
    made,
    packed,
    rows,
    seen,
    told,
    turned,
    unpacked,
)
from plain_twin import Json

from suyuan.model import Severity, StateRule, Verdict
from suyuan.record import Recorder, remembering, take
from suyuan.state import plain
from suyuan.state.plain import Keeping
from suyuan.store import Store


@pytest.fixture
def kept(database: Store) -> None:
    keep(database)


CASES: dict[str, tuple[list[Json], str | None]] = {
    "seen before it was commissioned": ([seen(1)], "chain.not-made"),
    "seen once commissioned": ([made(1), seen(2)], None),
    "commissioned later than it was seen": ([made(2), seen(1)], "chain.before-made"),
    "packed and never commissioned": ([packed(1, BOX, ITEM)], "chain.not-made"),
    "used up and never commissioned": ([turned(1, ITEM, ITEMS[1])], "chain.not-made"),
    "what was made of another is made": (
        [made(1), turned(2, ITEM, ITEMS[1]), seen(3, ITEMS[1])], None,
    ),
    "in a transaction and never commissioned": (
        [told("TransactionEvent", 1, action="ADD", bizTransactionList=[
            {"type": "po", "bizTransaction": "urn:epc:id:gdti:6901234.00001.9"}])],
        "chain.not-made",
    ),
    "associated and never commissioned": (
        [told("AssociationEvent", 1, action="ADD", parentID=BOX, childEPCs=[ITEM])],
        "chain.not-made",
    ),
    "a container needs no making": ([made(1), packed(2, BOX, ITEM)], None),
    "seen after decommissioning": ([made(1), gone(2), seen(3)], "chain.after-end"),
    "seen before decommissioning": ([made(1), gone(3), seen(2)], None),
    "seen after it was destroyed": (
        [made(1), seen(2, bizStep="destroying"), seen(3)], "chain.after-end",
    ),
    "seen after it was used up": ([made(1), turned(2, ITEM, ITEMS[1]), seen(3)], "chain.after-end"),
    "packed twice": (
        [made(1), packed(2, BOX, ITEM), packed(3, OTHER, ITEM)], "chain.in-other-container",
    ),
    "packed twice into the same": ([made(1), packed(2, BOX, ITEM), packed(3, BOX, ITEM)], None),
    "packed again after it was taken out": (
        [made(1), packed(2, BOX, ITEM), unpacked(3, BOX, ITEM), packed(4, OTHER, ITEM)], None,
    ),
    "packed again after everything was taken out": (
        [made(1), packed(2, BOX, ITEM), unpacked(3, BOX), packed(4, OTHER, ITEM)], None,
    ),
    "packed before the other packing": (
        [made(1), packed(3, BOX, ITEM), packed(2, OTHER, ITEM)], None,
    ),
    "taken out of where it never was": ([made(1), unpacked(2, BOX, ITEM)], "chain.not-inside"),
    "taken out of another": (
        [made(1), packed(2, BOX, ITEM), unpacked(3, OTHER, ITEM)], "chain.not-in-container",
    ),
    "shipped in a container that nobody commissioned": (
        [made(1), packed(2, BOX, ITEM), seen(3, BOX)], None,
    ),
    "a container before it was commissioned": (
        [made(1), packed(4, BOX, ITEM), made(3, BOX), seen(2, BOX)], "chain.before-made",
    ),
    "taken out twice": (
        [made(1), packed(2, BOX, ITEM), unpacked(3, BOX, ITEM), unpacked(4, BOX, ITEM)],
        "chain.not-inside",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.usefixtures("kept")
def test_what_users_of_plain_epcis_know(give: Give, name: str, *, at_once: bool) -> None:
    """The last that is sent breaks the rule or none, in one document with the others or after."""
    events, finding = CASES[name]
    for each in events[:-1] if not at_once else ():
        assert last(give(each, by=BY_RULES)) == set()
    result = give(*(events if at_once else events[-1:]), by=BY_RULES)
    found = {each.event_id: held(each) for each in result.events}[events[-1]["eventID"]]
    if at_once and finding == "chain.before-made":  # judged by time: its making is not told yet
        finding = "chain.not-made"
    assert {rule for rule, _ in found} == ({finding} if finding else set())


@pytest.mark.usefixtures("kept")
def test_a_finding_names_event_place_rule_and_cure_in_both_languages(give: Give) -> None:
    result = give(made(1), seen(2, ITEM, ITEMS[1]), by=BY_RULES)
    assert [one.index for one in result.events if one.verdict is Verdict.HELD] == [1]
    (found,) = (each for each in result.events[1].findings if each.severity is Severity.HOLD)
    assert (found.rule, found.path) == ("chain.not-made", "/epcList/1")
    assert found.message.zh
    assert found.cure.zh
    assert "6901234567892/21/1" in found.message.en
    assert "ObjectEvent ADD" in found.cure.en


@pytest.mark.parametrize("rule", StateRule)
@pytest.mark.usefixtures("kept")
def test_a_rule_alone_finds_nothing_of_the_others(give: Give, rule: StateRule) -> None:
    broken = [
        [seen(1)], [made(1, ITEMS[1]), gone(2, ITEMS[1]), seen(3, ITEMS[1])],
        [made(1, ITEMS[2]), packed(2, BOX, ITEMS[2]), packed(3, OTHER, ITEMS[2])],
        [made(1, BOX), unpacked(2, OTHER, BOX)], [packed(1, THIRD, THIRD)],
    ]  # fmt: skip
    by = structs.replace(FARM, state_rules=frozenset((rule,)))
    found = {rule for each in broken for rule in last(give(*each, by=by))}
    assert len(found) == 1, found


def test_without_rules_plain_epcis_is_neither_held_nor_kept(give: Give, database: Store) -> None:
    assert last(give(seen(1), gone(2), seen(3))) == set()
    with database.read() as conn:
        assert rows(conn, 1) == []


@pytest.mark.usefixtures("kept")
def test_what_was_declared_wrong_counts_no_more(give: Give) -> None:
    making, ending = made(1), gone(2)
    give(making, ending, by=BY_RULES)
    assert last(give(seen(3), by=BY_RULES)) == {"chain.after-end"}
    give(declared(ending), by=BY_RULES)
    assert last(give(seen(4), by=BY_RULES)) == set()
    assert last(give(declared(making), seen(5), by=BY_RULES)) == {"chain.not-made"}


@pytest.mark.usefixtures("kept")
def test_what_is_held_packs_and_ends_nothing(give: Give) -> None:
    """Else one wrong report of anybody's would have the right ones held that follow."""
    give(made(1), packed(2, BOX, ITEM), by=BY_RULES)
    assert last(give(packed(3, OTHER, ITEM), by=BY_RULES)) == {"chain.in-other-container"}
    assert last(give(unpacked(4, BOX, ITEM), by=BY_RULES)) == set()
    assert last(give(gone(2, ITEMS[1]), by=BY_RULES)) == {"chain.not-made"}
    assert last(give(made(1, ITEMS[1]), seen(3, ITEMS[1]), by=BY_RULES)) == set()


@pytest.mark.usefixtures("kept")
def test_what_a_family_reports_and_plain_epcis_are_one_course(give: Give) -> None:
    food = {"suyuan:family": "food"}
    assert last(give(made(1), seen(2) | food, by=BY_RULES)) == set()
    assert last(give(made(1, ITEMS[1]) | food, seen(2, ITEMS[1]), by=BY_RULES)) == set()
    give(gone(3), by=BY_RULES)
    assert last(give(seen(4) | food, by=BY_RULES)) == {"chain.after-end"}


@pytest.mark.usefixtures("kept")
def test_families_rules_of_law_know_nothing_of_plain_epcis(give: Give) -> None:
    """A plain sale ends a thing for state rules, and flags nothing where there are none."""
    give(made(1), gone(2), by=BY_RULES)
    result = give(seen(3) | {"suyuan:family": "food"})
    assert not [each for each in result.events[0].findings if each.rule.startswith("chain.")]


@pytest.mark.usefixtures("kept")
def test_of_lots_nothing_is_missed(give: Give) -> None:
    amount = {"quantityList": [{"epcClass": "urn:epc:class:lgtin:6901234.056789.A", "quantity": 3}]}
    event = seen(1) | amount
    del event["epcList"]
    assert last(give(event, by=BY_RULES)) == set()


@pytest.mark.usefixtures("kept")
def test_whoever_reports_it_counts(give: Give) -> None:
    give(made(1), by=TRADER)
    assert last(give(seen(2), by=BY_RULES)) == set()


@pytest.mark.usefixtures("kept")
def test_a_thing_with_a_very_long_past_is_missed_nowhere(give: Give) -> None:
    """A crate that was packed and taken out a thousand times, made before all of these."""
    turns = [
        each
        for at in range(2, 1004, 2)
        for each in (packed(at, BOX, ITEM), unpacked(at + 1, BOX, ITEM))
    ]  # fmt: skip
    give(made(1), *turns, by=BY_RULES)
    assert last(give(seen(1100), packed(1101, BOX, ITEM), by=BY_RULES)) == set()
    assert last(give(packed(1102, OTHER, ITEM), by=BY_RULES)) == {"chain.in-other-container"}


def test_what_was_recorded_before_a_rule_is_on_is_known_once_it_is(
    give: Give, database: Store
) -> None:
    making, ending = made(1, *ITEMS), gone(2, ITEMS[1])
    give(making, ending, packed(2, BOX, ITEM))
    give(declared(gone(1)) | {"eventID": gone(1)["eventID"]})
    keep(database)
    with database.read() as conn:
        assert plain.keeping(conn, 1) is Keeping.WHOLE
    assert last(give(seen(3, ITEMS[2]), by=BY_RULES)) == set()
    assert last(give(seen(3, ITEMS[1]), by=BY_RULES)) == {"chain.after-end"}
    assert last(give(packed(3, OTHER, ITEM), by=BY_RULES)) == {"chain.in-other-container"}


def test_nothing_is_judged_while_what_came_before_is_not_there(give: Give, database: Store) -> None:
    give(made(1))
    with database.write() as conn:
        plain.begin(conn, 1)
    assert last(give(seen(2), by=BY_RULES)) == set()
    give(made(3, ITEMS[1]), by=BY_RULES)
    assert remembering.keep(database, 1, secret=SECRET)
    assert last(give(seen(4), seen(5, ITEMS[1]), by=BY_RULES)) == set()
    assert last(give(seen(4, ITEMS[2]), by=BY_RULES)) == {"chain.not-made"}


def test_it_is_kept_of_what_nobody_judges(give: Give, database: Store, recorder: Recorder) -> None:
    keep(database)
    take(database, structs.replace(recorder, families=None), document(made(1)), FARM)
    assert last(give(seen(2), by=BY_RULES)) == set()


def test_nothing_is_kept_once_no_rule_is_on(give: Give, database: Store) -> None:
    keep(database)
    give(made(1), gone(2), by=BY_RULES)
    with database.write() as conn:
        assert rows(conn, 1)
        plain.hold(conn)
        plain.stop(conn, 1)
    give(made(1, ITEMS[1]))
    plain.finish(database, 1)
    with database.read() as conn:
        assert rows(conn, 1) == []
        assert plain.keeping(conn, 1) is Keeping.NO
