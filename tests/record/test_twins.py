"""What capture judges from rows is what the predicates find in a plain memory; order is no matter.

The slow twin keeps no rows: it remembers every event in Python and judges each by what came before
it. The quick one is capture itself, with its look-ups, bundles and ledger in SQL.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from given import FARM, NOW, Give, document, event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from twins import law, registered, slowly, split

from suyuan import state
from suyuan.families import Families, Permit, asks_elsewhere
from suyuan.kit import Text
from suyuan.registry import Licence as OnFile
from suyuan.registry import Party, directory
from suyuan.state.memory import Line
from suyuan.store import Store

SECRET = b"secret" * 6
ROLES = ("filling_station", "inspection_body", "explosives_maker", "blasting_unit")
LICENCES = ("filling_licence", "explosives_production_licence")
GRANTED = 5
VERDICTS = ["qualified", "unqualified"]
on_database = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _registered(database: Store) -> None:
    party = Party(uri=FARM.party, name=Text("名", "name"), roles=ROLES)
    licences = [OnFile(party=FARM.party, kind=kind, number=kind) for kind in LICENCES]
    with database.write() as conn:
        directory.register(conn, [party, *licences])


days = st.sampled_from([None, "2026-03-01", "2026-03-09", "2027-01-01"])
acts = st.one_of(
    st.tuples(st.just("cylinder_registration"), days, st.sampled_from(["lpg", "oxygen"])),
    st.tuples(st.just("cylinder_inspection"), days, st.sampled_from(VERDICTS)),
    st.tuples(st.just("cylinder_precheck"), days, st.sampled_from(VERDICTS)),
    st.tuples(st.just("cylinder_filling"), days, st.sampled_from(["lpg", "oxygen"])),
    st.tuples(st.just("cylinder_postcheck"), st.none(), st.sampled_from(VERDICTS)),
    st.tuples(st.just("cylinder_handover"), days, st.just("")),
    st.tuples(st.just("cylinder_suspend"), st.none(), st.just("")),
    st.tuples(st.just("cylinder_scrap"), st.none(), st.just("")),
    st.tuples(st.just("explosives_sale"), st.none(), st.sampled_from(["1", "2", "4", "6"])),
    st.tuples(st.just("blasting"), st.none(), st.just("")),
)  # fmt: skip
reports = st.lists(
    st.tuples(acts, st.integers(0, 1), st.integers(0, 90)),
    min_size=1, max_size=8, unique_by=lambda one: one[2],
)  # fmt: skip
VALUE = {
    "cylinder_registration": "medium",
    "cylinder_inspection": "inspectionResult",
    "cylinder_precheck": "precheckResult",
    "cylinder_filling": "medium",
    "cylinder_postcheck": "postcheckResult",
    "explosives_sale": "tradeQuantity",
}
ENDS = {"blasting": "DELETE"}
Act = tuple[tuple[str, str | None, str], int, int]


def told(acts: Sequence[Act], world: int) -> list[dict[str, Any]]:
    """The reports of a world of its own: two cylinders, two detonators, one permit."""
    return [_told(act, world * 100 + place, world) for place, act in enumerate(acts)]


def _told(act: Act, number: int, world: int) -> dict[str, Any]:
    (step, day, value), which, hour = act
    is_gas = step.startswith("cylinder")
    said = {
        "suyuan:family": "special-equipment" if is_gas else "dangerous-goods",
        "suyuan:step": step,
        "suyuan:productKind": "gas_cylinder" if is_gas else "civil_explosive",
    }
    if step in VALUE:
        said[f"suyuan:{VALUE[step]}"] = value
    if day is not None:
        said["suyuan:nextInspectionDate"] = day
    if step == "explosives_sale":
        said["suyuan:permitNumber"] = _permit(world)
    at = NOW - timedelta(hours=100 - hour)
    things = [f"https://id.gs1.org/8003/06901234567892W{world:06d}C{which}"]
    if not is_gas:
        things = [f"urn:suyuan:detonator:44603013{world % 10_000:04d}{which}"]
    action = ENDS.get(step, "OBSERVE")
    destination = {"type": "owning_party", "destination": FARM.party}
    return event(
        number, eventTime=at.isoformat(), epcList=things, bizStep="other", action=action,
        destinationList=[destination], **said,
    )  # fmt: skip


def _permit(world: int) -> str:
    return f"GM-{world}"


def granted(database: Store, world: int) -> Permit:
    """The world's purchase permit, entered."""
    permit = Permit(
        id=0, kind="explosives_purchase_permit", number=_permit(world), holder=FARM.party,
        amount=Decimal(GRANTED),
    )  # fmt: skip
    with database.write() as conn:
        return state.permits.enter(conn, permit, tenant=FARM.tenant, now=NOW).permit


@on_database
@given(acts=reports, size=st.integers(1, 4))
def test_what_capture_finds_by_sql_is_what_predicates_find_in_a_plain_memory(
    database: Store, give: Give, acts: list[Act], size: int
) -> None:
    world = next(numbers)
    permit = granted(database, world)
    documents = split(told(acts, world), size)
    found = [
        {each.rule for each in result.findings}
        for events in documents
        for result in give(*events).events
    ]
    on_file = registered({FARM.party: (ROLES, LICENCES)}, permit)
    assert found == slowly([document(*events) for events in documents], on_file)
    (kept,) = _lines(database, permit.number)
    assert kept.permit.used <= kept.permit.amount


steps = st.sampled_from(["magazine_issue", "magazine_return", "blasting"])
said = st.lists(st.one_of(steps, st.integers(0, 2)), min_size=2, max_size=8)
SECOND = structs.replace(FARM, account=9)


@settings(on_database, max_examples=60)  # it takes several to speak of one another
@given(acts=said, order=st.sampled_from([list, sorted]), random=st.randoms())
def test_what_a_second_account_confirmed_is_the_same_from_rows_and_in_a_plain_memory(
    give: Give, acts: list[str | int], order: Any, random: Any
) -> None:
    """A number is the second account's word for a report before it: 0 for the last, and so on."""
    world = next(numbers)
    by = [SECOND if isinstance(what, int) else FARM for what in acts]
    hours = order(random.sample(range(90), len(acts)))
    sent = [_spoken(what, at, hours[at], world) for at, what in enumerate(acts)]
    found = [
        {each.rule for each in give(one, by=account).events[0].findings}
        for one, account in zip(sent, by, strict=True)
    ]
    on_file = registered({FARM.party: (ROLES, LICENCES)})
    assert found == slowly([document(one) for one in sent], on_file, by)


def _spoken(what: str | int, place: int, hour: int, world: int) -> dict[str, Any]:
    number = world * 100 + place
    if isinstance(what, str):
        return _told(((what, None, ""), 0, hour), number, world)
    word = _told((("danger_confirmation", None, ""), 0, hour), number, world)
    return word | {"suyuan:confirms": event(number - 1 - what)["eventID"]}


def _lines(database: Store, number: str) -> Sequence[Any]:
    with database.read() as conn:
        return state.permits.lines(
            conn, tenant=FARM.tenant, kind="explosives_purchase_permit", number=number
        )


@on_database
@given(acts=reports, size=st.integers(1, 4), random=st.randoms())
def test_the_order_of_capture_changes_no_finding_that_does_not_look_elsewhere(
    database: Store, give: Give, acts: list[Act], size: int, random: Any
) -> None:
    free = by_themselves(law())
    first, second = next(numbers), next(numbers)
    order = random.sample(range(len(acts)), len(acts))
    granted(database, first)
    granted(database, second)
    straight, shuffled = told(acts, first), told(acts, second)
    one = _found(give, straight, size)
    other = _found(give, [shuffled[place] for place in order], size)
    for place, number in enumerate(order):
        assert other[place] & free == one[number] & free
    for which, hour in itertools.product((0, 1), (0, 45, 100)):
        at = NOW - timedelta(hours=100 - hour)
        assert _made_and_ended(database, first, which, at) == _made_and_ended(
            database, second, which, at
        )


def _found(give: Give, events: Sequence[dict[str, Any]], size: int) -> list[set[str]]:
    results = [result for part in split(events, size) for result in give(*part).events]
    return [{each.rule for each in result.findings} for result in results]


def _made_and_ended(database: Store, world: int, which: int, at: datetime) -> Any:
    """What is known of a cylinder's steps, whatever the order in which they were reported."""
    name = f"https://id.gs1.org/8003/06901234567892W{world:06d}C{which}"
    lines: tuple[Line, ...] = ((name, 0),)
    with database.read() as conn:
        memory = state.look(conn, [name], tenant=FARM.tenant, secret=SECRET)
    known = memory.states(lines, at).get(name)
    return known and (known.made, known.ended, known.steps, known.holder)


def by_themselves(families: Families) -> set[str]:
    """The rules that speak of a report alone: neither of registry, ledger nor record."""
    return {
        rule.id
        for family in (families.general, *families.by_id.values())
        for rule in family.rules
        if not asks_elsewhere(rule.require)
        if not any(
            kind == "item" and family.items[name].recorded for kind, name in rule.require.refs()
        )
    }
