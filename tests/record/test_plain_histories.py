"""State rules find in any history what a slow twin finds, of plain EPCIS and of families."""

from collections.abc import Iterator, Sequence
from random import Random

import pytest
from given import FARM, Give
from msgspec import structs
from plain_told import (
    BOXES,
    ITEMS,
    SECRET,
    declared,
    gone,
    held,
    keep,
    late,
    made,
    packed,
    rows,
    seen,
    told,
    turned,
    unpacked,
)
from plain_twin import Found, Json, Twin, when

from suyuan.capture import EventResult
from suyuan.kit import Text
from suyuan.model import Capturer, StateRule, Verdict
from suyuan.record import remembering
from suyuan.registry import installation
from suyuan.registry.types import Tenant
from suyuan.store import Store

FOOD = {"suyuan:family": "food"}
ORDER = [{"type": "po", "bizTransaction": "urn:epc:id:gdti:6901234.00001.9"}]
ACTS = (
    "made", "seen", "gone", "destroyed", "packed", "unpacked", "emptied", "turned", "sold", "tied",
    "stacked",
)  # fmt: skip


def _event(act: str, at: int, dice: Random) -> Json:  # noqa: C901, PLR0911 -- one line a kind
    thing, box = dice.choice(ITEMS[:2]), dice.choice(BOXES)
    match act:
        case "made":
            return made(at, dice.choice((thing, box)))
        case "seen":
            return seen(at, dice.choice((thing, box)))
        case "gone":
            return gone(at, dice.choice((thing, box)))
        case "destroyed":
            return seen(at, thing, bizStep="destroying")
        case "packed":
            return packed(at, box, thing) | {"bizStep": "packing"}
        case "unpacked":
            return unpacked(at, box, thing)
        case "emptied":
            return unpacked(at, box)
        case "turned":
            return turned(at, thing, dice.choice(ITEMS))
        case "stacked":
            return packed(at, box, dice.choice(BOXES))
        case "sold":
            sale = told("TransactionEvent", at, action="DELETE", epcList=[thing])
            return sale | {"bizStep": "retail_selling", "bizTransactionList": ORDER}
        case _:
            return told("AssociationEvent", at, action="ADD", parentID=box, childEPCs=[thing])


def _history(dice: Random) -> Iterator[list[Json]]:
    """Documents of a few events each; a declaration is of one that was sent in any of them."""
    sent = list[Json]()
    ending = dice.choice((0, 1))
    acts = dict.fromkeys(ACTS, 6) | {"packed": 30, "unpacked": 20, "emptied": 8, "made": 12}
    acts |= dict.fromkeys(("gone", "destroyed", "sold", "turned"), ending)
    for _ in range(25):
        kinds = dice.choices(list(acts), list(acts.values()), k=dice.randint(1, 5))
        events = [_event(kind, dice.randint(0, 60), dice) for kind in kinds]
        for each in events:
            if each["type"] in ("ObjectEvent", "AggregationEvent") and dice.random() < 0.2:
                each.update(FOOD)
        sent += events
        told_wrong = [declared(dice.choice(sent[-12:]))] if dice.random() < 0.25 else []
        yield events + told_wrong


@pytest.mark.parametrize("seed", range(12))
def test_it_finds_what_the_slow_twin_finds_in_any_history(
    give: Give, database: Store, seed: int
) -> None:
    """Events late and in time, of families and none, declared wrong; rules switched on midway."""
    dice = Random(seed)
    tenant, switch = 10 + seed, dice.choice((0, 0, 5))
    rules = set(StateRule) if seed % 2 else {dice.choice(list(StateRule)) for _ in range(2)}
    by, twin = Capturer(tenant=tenant, account=1, party=FARM.party), Twin()
    with database.write() as conn:
        installation.put_tenant(conn, Tenant(id=tenant, name=Text("甲", "one")))
    found = 0
    for number, events in enumerate(_history(dice)):
        if number == switch:
            keep(database, tenant)
            by = structs.replace(by, state_rules=frozenset(rules))
        # A declaration comes before all events of its portion, and of no earlier one.
        portion = 1_000 if "errorDeclaration" in events[-1] else dice.choice((1, 2, 1_000))
        ordered = sorted(events, key=when) if portion < len(events) else events
        results = give(*ordered, by=by, portion=portion).events
        names = {rule.value for rule in by.state_rules}
        for at in range(0, len(ordered), portion):
            piece = slice(at, at + portion)
            found += _compared(twin, ordered[piece], results[piece], names)
    assert found
    with database.read() as conn:
        before = rows(conn, tenant)
    assert remembering.again(database, tenant, secret=SECRET)
    with database.read() as conn:
        assert rows(conn, tenant) == before


def _compared(
    twin: Twin, events: Sequence[Json], results: Sequence[EventResult], rules: set[str]
) -> int:
    """How many findings the twin agreed on."""
    both, count = list(zip(events, results, strict=True)), 0
    for event, result in both:
        if "errorDeclaration" in event and result.verdict is not Verdict.HELD:
            twin.wrong.add(event["eventID"])
    judged = [
        each
        for each in sorted(both, key=lambda each: when(each[0]))
        if not ("errorDeclaration" in each[0] or each[1].duplicate)
    ]
    doubts = []
    for event, result in judged:
        if rules:
            found = twin.found(event, rules)
            assert held(result) == found | _always(event, result), event
            count += len(found)
            doubts.append((event, result, twin.late(event, rules)))
        twin.tell(event, held=result.verdict is Verdict.HELD)
    # Who made a report impossible last, and not who did when another made it possible between.
    blamed = {each[0]["eventID"] + each[1] + each[2]: event["eventID"]
              for event, _, found_late in doubts for each in found_late}  # fmt: skip
    for event, result, found_late in doubts:
        contradicted = twin.still(event, [
            each for each in found_late
            if blamed[each[0]["eventID"] + each[1] + each[2]] == event["eventID"]
        ])  # fmt: skip
        assert late(result) == contradicted, event
        count += len(contradicted)
    return count


def _always(event: Json, result: EventResult) -> set[Found]:
    """What holds an event of a family whether a rule is on or not."""
    return {
        each for each in held(result) if "suyuan:family" in event and each[0] == "chain.before-made"
    }
