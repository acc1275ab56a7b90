"""What comes late and contradicts later records, which records a finding names, and circles."""

from itertools import pairwise
from typing import Any

import psycopg
import pytest
from given import FARM, TRADER, Give
from msgspec import structs
from plain_told import (
    BOX,
    BOXES,
    BY_RULES,
    ITEM,
    ITEMS,
    OTHER,
    THIRD,
    declared,
    gone,
    held,
    keep,
    last,
    late,
    made,
    packed,
    seen,
    turned,
    unpacked,
)
from plain_twin import Found, Json

from suyuan.capture import EventResult, JobResult
from suyuan.model import Finding, Severity, StateRule, Verdict
from suyuan.store import Store

BY_TRADER = structs.replace(TRADER, state_rules=frozenset(StateRule))
SCOPES = [f"urn:epc:id:sscc:6901234.00000001{number}" for number in range(10, 30)]


@pytest.fixture(autouse=True)
def kept(database: Store) -> None:
    keep(database)


def told_late(result: JobResult) -> set[Found]:
    """What the last event of a document is told to make impossible."""
    return late(result.events[-1])


def found(one: EventResult, rule: str) -> Finding:
    (finding,) = (each for each in one.findings if each.rule == rule)
    return finding


CASES: dict[str, tuple[list[Json], Json, set[Found]]] = {
    "an end before a use": (
        [made(1), seen(5)], gone(3), {("chain.later-use", "/epcList/0")},
    ),
    "an end before another end": (
        [made(1), gone(5)], gone(3), {("chain.later-use", "/epcList/0")},
    ),
    "a use in making before a use": (
        [made(1), seen(5)], turned(3, ITEM, ITEMS[1]), {("chain.later-use", "/inputEPCList/0")},
    ),
    "an end after all uses": ([made(1), seen(2)], gone(3), set()),
    "a commissioning before a use mends it": ([seen(5)], made(1), set()),
    "a packing before a packing elsewhere": (
        [made(1), packed(5, OTHER, ITEM)], packed(3, BOX, ITEM),
        {("chain.later-packing", "/childEPCs/0")},
    ),
    "a packing before a packing into the same": (
        [made(1), packed(5, BOX, ITEM)], packed(3, BOX, ITEM), set(),
    ),
    "a packing that was over before a packing elsewhere": (
        [made(1), unpacked(4, BOX), packed(5, OTHER, ITEM)], packed(3, BOX, ITEM), set(),
    ),
    "a packing elsewhere before an unpacking": (
        [made(1), packed(2, BOX, ITEM), unpacked(5, BOX, ITEM)], packed(2, OTHER, ITEM),
        {("chain.later-unpacking", "/childEPCs/0")},
    ),
    "an unpacking before an unpacking": (
        [made(1), packed(2, BOX, ITEM), unpacked(5, BOX, ITEM)], unpacked(3, BOX, ITEM),
        {("chain.later-unpacking", "/childEPCs/0")},
    ),
    "an emptying before an unpacking": (
        [made(1), packed(2, BOX, ITEM), unpacked(5, BOX, ITEM)], unpacked(3, BOX),
        {("chain.later-unpacking", "/parentID")},
    ),
    "an unpacking before a packing elsewhere mends it": (
        [made(1), packed(2, BOX, ITEM), packed(5, OTHER, ITEM)], unpacked(3, BOX, ITEM), set(),
    ),
}  # fmt: skip
"""By name: what comes first, what comes late, and what that is told."""
ITSELF_HELD = {"a packing elsewhere before an unpacking"}


@pytest.mark.parametrize("food", [{}, {"suyuan:family": "food"}], ids=["plain", "family"])
@pytest.mark.parametrize("name", CASES)
def test_who_is_late_is_told_what_stands_against_it_and_is_not_refused(
    give: Give, name: str, food: Json
) -> None:
    events, coming, wanted = CASES[name]
    give(*(each | food for each in events), by=BY_RULES)
    result = give(coming, by=BY_RULES)
    assert told_late(result) == wanted
    assert (result.events[0].verdict is Verdict.HELD) == (name in ITSELF_HELD)
    assert result.events[0].entry is not None


def test_only_what_stands_is_contradicted(give: Give) -> None:
    """Neither a later event that is held, nor one that was declared wrong, nor what came after."""
    making, use = made(1), seen(5)
    give(seen(6), by=BY_RULES)  # of nothing that was made: held
    give(making, use, by=BY_RULES)
    give(declared(use), by=BY_RULES)
    assert told_late(give(gone(3), by=BY_RULES)) == set()


def test_what_the_same_document_declares_wrong_is_not_contradicted(give: Give) -> None:
    use = seen(5)
    give(made(1), use, by=BY_RULES)
    assert late(give(gone(3), declared(use), by=BY_RULES).events[0]) == set()


WHOLE: dict[str, tuple[list[Json], list[Json], list[set[Found]]]] = {
    "an episode that is over before the later packing": (
        [made(0), packed(9, OTHER, ITEM)], [packed(3, BOX, ITEM), unpacked(4, BOX, ITEM)],
        [set(), set()],
    ),
    "an episode that ends with an emptying": (
        [made(0), packed(9, OTHER, ITEM)], [packed(3, BOX, ITEM), unpacked(4, BOX)],
        [set(), set()],
    ),
    "an episode that is over too late": (
        [made(0), packed(5, OTHER, ITEM), unpacked(6, OTHER, ITEM)],
        [packed(3, BOX, ITEM), unpacked(7, BOX, ITEM)],
        [{("chain.later-packing", "/childEPCs/0")}, set()],
    ),
    "an unpacking and a packing again before the later unpacking": (
        [made(0), packed(1, BOX, ITEM), unpacked(9, BOX, ITEM)],
        [unpacked(3, BOX, ITEM), packed(4, BOX, ITEM)], [set(), set()],
    ),
    "an emptying and a packing again before the later unpacking": (
        [made(0), packed(1, BOX, ITEM), unpacked(9, BOX, ITEM)],
        [unpacked(3, BOX), packed(4, BOX, ITEM)], [set(), set()],
    ),
    "two episodes, the last of which is not over": (
        [made(0), packed(9, OTHER, ITEM)],
        [packed(3, BOX, ITEM), unpacked(4, BOX, ITEM), packed(5, THIRD, ITEM)],
        [set(), set(), {("chain.later-packing", "/childEPCs/0")}],
    ),
    "an end before a use of its document, that is held, and one on record": (
        [made(0), seen(9)], [gone(3), seen(4)], [{("chain.later-use", "/epcList/0")}, set()],
    ),
}  # fmt: skip
"""By name: what is on record, a document that comes late, and what each of its events is told."""


@pytest.mark.parametrize("food", [{}, {"suyuan:family": "food"}], ids=["plain", "family"])
@pytest.mark.parametrize("name", WHOLE)
def test_what_the_same_document_says_besides_is_looked_at(
    give: Give, name: str, food: Json
) -> None:
    events, coming, wanted = WHOLE[name]
    give(*(each | food for each in events), by=BY_RULES)
    result = give(*(each | food for each in coming), by=BY_RULES)
    assert [late(one) for one in result.events] == wanted


def test_an_end_that_its_own_document_declares_wrong_contradicts_nothing(give: Give) -> None:
    end = gone(3)
    give(made(1), seen(5), by=BY_RULES)
    assert [late(one) for one in give(end, declared(end), by=BY_RULES).events] == [set(), set()]


def test_who_empties_a_container_is_told_that_something_was_taken_out_of_it(give: Give) -> None:
    """Not that the container was taken out of anything."""
    give(made(1), packed(2, BOX, ITEM), unpacked(5, BOX, ITEM), by=BY_RULES)
    said = found(give(unpacked(3, BOX), by=BY_RULES).events[0], "chain.later-unpacking")
    box = said.params["thing"]
    assert said.message.zh.startswith(f"记录中此后有东西从 {box} 中拆出")
    assert said.message.en.startswith(f"Something was taken out of {box} later")


AMOUNTS = (
    "https://id.gs1.org/01/04012345000023/10/LM",
    "https://id.gs1.org/01/04012345000023",
    "urn:suyuan:lot:1:LM",
)


@pytest.mark.parametrize("food", [{}, {"suyuan:family": "food"}], ids=["plain", "family"])
@pytest.mark.parametrize("thing", AMOUNTS)
def test_what_its_code_calls_a_lot_is_none_in_whatever_list_it_is(
    give: Give, thing: str, food: Json
) -> None:
    """Of lots, which come in amounts, nothing is missed; of the instance beside it, it is."""
    coming = [
        seen(1, thing), packed(2, BOX, thing), packed(3, OTHER, thing), unpacked(4, THIRD, thing),
        gone(5, thing), seen(6, thing), packed(2, THIRD, thing), gone(4, thing),
    ]  # fmt: skip
    for each in coming:
        one = give(each | food, by=BY_RULES).events[0]
        assert (held(one), late(one)) == (set(), set()), each
        assert one.entry is not None
    both = give(seen(7, thing, ITEM) | food, by=BY_RULES).events[0]
    assert held(both) == {("chain.not-made", "/epcList/1")}


def test_a_late_event_names_what_it_makes_impossible(give: Give) -> None:
    use = seen(5, bizLocation={"id": "urn:epc:id:sgln:6901234.00001.0"})
    position = give(made(1), seen(7), use, by=BY_RULES).events[2].position
    finding = found(give(gone(3), by=BY_RULES).events[0], "chain.later-use")
    assert finding.severity is Severity.FLAG
    assert finding.params["contradicts"] == {"position": position}, "the first of them"
    for words in (finding.message.zh, finding.message.en):
        assert f"/entries/{position}" in words
    told = str(finding)
    for said in (use["eventID"], "16:05", "08:05", "6901234000016"):
        assert said not in told, "findings are kept, though what they name be erased"
    assert "errorDeclaration" in finding.cure.zh
    assert "errorDeclaration" in finding.cure.en


def test_another_partys_record_is_told_as_that_and_no_more(give: Give) -> None:
    use = seen(5, bizLocation={"id": "urn:epc:id:sgln:6901234.00001.0"})
    give(made(1), use, by=BY_TRADER)
    end = give(gone(3), by=BY_RULES).events[0]
    finding = found(end, "chain.later-use")
    assert finding.params["contradicts"] == {"hidden": True}
    told = str(finding)
    assert "another party" in finding.message.en
    assert "其他单位" in finding.message.zh
    for secret in (use["eventID"], "16:05", "08:05", "6901234000016", TRADER.party):
        assert secret not in told, secret


@pytest.mark.parametrize("hidden", [True, False])
def test_who_may_not_see_what_is_contradicted_is_told_whom_to_ask(
    give: Give, *, hidden: bool
) -> None:
    """The usual cure is to mend the other record, which is not theirs."""
    give(made(1), packed(2, BOX, ITEM), unpacked(3, BOX), by=BY_TRADER if hidden else BY_RULES)
    finding = found(give(unpacked(4, BOX, ITEM), by=BY_RULES).events[0], "chain.not-inside")
    assert finding.cure.zh.startswith("先报装入，或更正编码。")
    assert finding.cure.en.startswith("Report the packing first, or correct the code.")
    for words, whom in ((finding.cure.zh, "监管部门"), (finding.cure.en, "authority")):
        assert (whom in words) is hidden
        assert ("suyuan override" in words) is hidden


def test_at_one_time_a_document_is_judged_in_its_order(give: Give) -> None:
    """Who lists taking out first is not held; who lists packing elsewhere first is, and told."""
    give(made(1, *ITEMS), packed(2, BOX, *ITEMS), by=BY_RULES)
    first = give(unpacked(5, BOX, ITEM), packed(5, OTHER, ITEM), by=BY_RULES)
    assert [held(one) for one in first.events] == [set(), set()]
    thing = ITEMS[1]
    second = give(packed(5, OTHER, thing), unpacked(5, BOX, thing), by=BY_RULES)
    assert [held(one) for one in second.events] == [
        {("chain.in-other-container", "/childEPCs/0")}, set(),
    ]  # fmt: skip
    cure = found(second.events[0], "chain.in-other-container").cure
    assert "同一时间" in cure.zh
    assert "same time" in cure.en


def test_who_takes_part_in_an_event_of_others_is_told_which(give: Give) -> None:
    use = seen(5) | {"destinationList": [{"type": "owning_party", "destination": FARM.party}]}
    position = give(made(1), use, by=BY_TRADER).events[1].position
    finding = found(give(gone(3), by=BY_RULES).events[0], "chain.later-use")
    assert finding.params["contradicts"] == {"position": position}


BROKEN: dict[str, tuple[list[Json], Json, int]] = {
    "chain.before-made": ([made(5)], seen(2), 0),
    "chain.after-end": ([made(1), gone(2)], seen(3), 1),
    "chain.in-other-container": ([made(1), packed(2, BOX, ITEM)], packed(3, OTHER, ITEM), 1),
    "chain.not-in-container": ([made(1), packed(2, BOX, ITEM)], unpacked(3, OTHER, ITEM), 1),
    "chain.not-inside": (
        [made(1), packed(2, BOX, ITEM), unpacked(3, BOX)], unpacked(4, BOX, ITEM), 2,
    ),
    "chain.inside-itself": ([made(1, *BOXES), packed(1, BOX, OTHER)], packed(2, OTHER, BOX), 1),
}  # fmt: skip
"""By finding: events, one that contradicts them, and which of them it contradicts."""


@pytest.mark.parametrize(
    ("rule", "at_once"),
    [
        *((rule, False) for rule in BROKEN),
        # Within a document what is made comes first.
        *((rule, True) for rule in BROKEN if rule != "chain.before-made"),
    ],
)
def test_what_holds_an_event_is_named(give: Give, rule: str, *, at_once: bool) -> None:
    """The record that it contradicts, of the same document or of an earlier one."""
    events, broken, which = BROKEN[rule]
    before = () if at_once else give(*events, by=BY_RULES).events
    result = give(*(events if at_once else ()), broken, by=BY_RULES)
    (finding,) = (each for each in result.events[-1].findings if each.rule == rule)
    where = {"event": which} if at_once else {"position": before[which].position}
    assert finding.params["contradicts"] == where
    said = f"event {which + 1} of the same" if at_once else f"/entries/{where['position']})"
    assert said in finding.message.en


def test_what_nothing_on_record_says_names_nothing(give: Give) -> None:
    finding = found(give(seen(1), by=BY_RULES).events[0], "chain.not-made")
    assert "contradicts" not in finding.params


CIRCLES: dict[str, tuple[list[Json], set[Found]]] = {
    "in itself": ([packed(1, BOX, BOX)], {("chain.inside-itself", "/childEPCs/0")}),
    "two in each other": (
        [packed(1, BOX, OTHER), packed(2, OTHER, ITEM, BOX)],
        {("chain.inside-itself", "/childEPCs/1")},
    ),
    "three in a circle": (
        [packed(1, OTHER, BOX), packed(2, THIRD, OTHER), packed(3, BOX, THIRD)],
        {("chain.inside-itself", "/childEPCs/0")},
    ),
    "three on each other": (
        [packed(1, OTHER, BOX), packed(2, THIRD, OTHER), packed(3, BOX, ITEM)], set(),
    ),
    "taken out before": (
        [packed(1, OTHER, BOX), unpacked(2, OTHER, BOX), packed(3, BOX, OTHER)], set(),
    ),
    "emptied before": (
        [packed(1, OTHER, BOX), packed(1, THIRD, OTHER), unpacked(2, THIRD), packed(3, BOX, THIRD)],
        set(),
    ),
    "as of the time before the circle": (
        [packed(2, OTHER, BOX), packed(4, THIRD, OTHER), packed(3, BOX, THIRD)], set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("food", [{}, {"suyuan:family": "food"}], ids=["plain", "family"])
@pytest.mark.parametrize(
    ("name", "at_once"),
    [
        *((name, False) for name in CIRCLES),
        # Within a document events are judged in the order of their times.
        *((name, True) for name in CIRCLES if not name.startswith("as of")),
    ],
)
def test_containers_in_a_circle_are_found(
    give: Give, name: str, food: Json, *, at_once: bool
) -> None:
    by = structs.replace(FARM, state_rules=frozenset((StateRule.NOT_INSIDE_ITSELF,)))
    events, wanted = CIRCLES[name]
    earlier = [each | food for each in events[:-1]]
    for each in () if at_once else earlier:
        assert last(give(each, by=by)) == set()
    result = give(*(earlier if at_once else ()), events[-1], by=by)
    assert held(result.events[-1]) == wanted


@pytest.mark.parametrize("deep", [8, 9])
def test_a_tower_is_looked_through_so_deep_and_what_is_deeper_is_said(
    give: Give, deep: int
) -> None:
    """The container of a packing lies in eight others, or in nine."""
    give(made(0, *SCOPES), by=BY_RULES)
    for inner, outer in pairwise(SCOPES[: deep + 1]):
        assert last(give(packed(1, outer, inner), by=BY_RULES)) == set()
    one = give(packed(2, SCOPES[0], SCOPES[deep]), by=BY_RULES).events[0]
    unseen = [each.severity for each in one.findings if each.rule == "chain.unseen-around"]
    seen_whole = deep == 8
    assert held(one) == ({("chain.inside-itself", "/childEPCs/0")} if seen_whole else set())
    assert unseen == ([] if seen_whole else [Severity.FLAG])


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent."""
    sent = list[str]()
    execute, copy = psycopg.Cursor.execute, psycopg.Cursor.copy

    def told(which: Any) -> Any:
        def run(self: Any, query: Any, *args: Any, **more: Any) -> Any:
            sent.append(str(query))
            return which(self, query, *args, **more)

        return run

    monkeypatch.setattr(psycopg.Cursor, "execute", told(execute))
    monkeypatch.setattr(psycopg.Cursor, "copy", told(copy))
    return sent


def asked(sent: list[str], give: Give, *events: Json, rules: bool = True) -> int:
    """How many statements a document takes."""
    sent.clear()
    give(*events, by=BY_RULES if rules else FARM)
    return len(sent)


def test_rules_ask_so_many_statements_of_a_portion_however_many_events_it_has(
    give: Give, statements: list[str]
) -> None:
    """Four more at most where nothing lies in anything; a few for each level of containers."""
    things = [f"urn:epc:id:sgtin:6901234.056789.9{number:03}" for number in range(60)]
    give(*(made(1, each) for each in things), *(seen(9, each) for each in things), by=BY_RULES)

    def uses(*which: str, at: int) -> list[Json]:
        return [seen(at, each) for each in which]

    few, many = (asked(statements, give, *uses(*things[:count], at=2)) for count in (1, 60))
    off = asked(statements, give, *uses(*things, at=3), rules=False)
    assert many == few
    assert many - off <= 1
    ends = [asked(statements, give, *(gone(4, each) for each in which))
            for which in (things[:1], things[1:20], things[20:])]  # fmt: skip
    assert len(set(ends)) == 1, ends
    assert ends[0] - off <= 3  # what was used later, what is on record, which events these are


def test_packing_into_what_lies_in_others_asks_by_levels(give: Give, statements: list[str]) -> None:
    give(packed(1, OTHER, BOX), packed(1, THIRD, OTHER), made(1, *ITEMS), by=BY_RULES)
    few, many = (
        asked(statements, give, *(packed(at, BOX, ITEM) for at in range(5, 5 + count)))
        for count in (1, 40)
    )
    assert many == few
    loose = asked(statements, give, packed(2, SCOPES[0], ITEMS[1]))
    assert few - loose <= 3 * len(BOXES)


def test_what_was_taken_out_is_looked_for_since_a_container_was_emptied_first(give: Give) -> None:
    """Once for each container, however often a document empties it, and for the earliest time."""
    give(made(1), packed(2, BOX, ITEM), unpacked(6, BOX, ITEM), by=BY_RULES)
    result = give(unpacked(3, BOX), unpacked(4, BOX), unpacked(7, BOX), by=BY_RULES)
    assert [late(one) for one in result.events] == [
        {("chain.later-unpacking", "/parentID")}, set(), set(),
    ]  # fmt: skip
