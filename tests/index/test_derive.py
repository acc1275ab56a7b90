"""What an EPCIS event states, line by line (docs/concepts/trace.md, "From events to facts")."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from suyuan.index import Known, Report, derive
from suyuan.index.types import MentionRole
from suyuan.kit import Text
from suyuan.kit.span import Span, instant
from suyuan.model import (
    Action,
    Belonging,
    ErrorDeclaration,
    Event,
    EventType,
    Fact,
    FactKind,
    Holder,
    QuantityElement,
    Side,
    ThingGrain,
    TypedRef,
)
from suyuan.registry import Site, directory

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
PIG = "urn:suyuan:ear-tag:141172500000001"
HALF = "https://id.gs1.org/01/06901234567892/21/H1"
LOT = "https://id.gs1.org/01/06901234567892/10/B1"
CRATE = "https://id.gs1.org/8003/069012345678920001"
FARM, FARM_SITE = "https://id.gs1.org/417/6901234000016", "https://id.gs1.org/414/6901234000016"
SHOP, SHOP_SITE = "https://id.gs1.org/417/6901234000023", "https://id.gs1.org/414/6901234000023"


def site(uri: str, operator: str, **valid: date) -> Site:
    return Site(uri=uri, operator=operator, name=Text("场所", "site"), **valid)


def registered(*sites: Site, platforms: frozenset[str] = frozenset()) -> Known:
    by_site = {each.uri: tuple(row for row in sites if row.uri == each.uri) for each in sites}
    by_party = {
        each.operator: tuple(row for row in sites if row.operator == each.operator)
        for each in sites
    }
    return Known(directory=directory.Completion(by_site, by_party), platforms=platforms)


def event(kind: EventType = EventType.OBJECT, **fields: Any) -> Event:
    given: dict[str, Any] = {
        "type": kind,
        "event_time": AT,
        "event_time_text": "2026-03-01T10:00:00+08:00",
        "offset": "+08:00",
        "event_id": "urn:uuid:00000000-0000-0000-0000-000000000001",
        **fields,
    }
    return Event(**given)


def facts(
    said: Event, known: Known | None = None, capturer: str = FARM, digest: bytes = b"d" * 32
) -> tuple[Fact, ...]:
    report = Report(entry=1, position=1, event=said, capturer=capturer, digest=digest, held=False)
    return derive(report, known or registered()).facts


def ends(party: str, site: str | None, kind: str) -> tuple[TypedRef, ...]:
    del kind
    found = [TypedRef(type="possessing_party", value=party)]
    if site:
        found.append(TypedRef(type="location", value=site))
    return tuple(found)


def test_commissioning_makes_each_thing_where_it_then_is() -> None:
    (fact,) = facts(
        event(action=Action.ADD, biz_step="commissioning", epcs=(PIG,), biz_location=FARM_SITE),
        registered(site(FARM_SITE, FARM)),
    )
    assert (fact.kind, fact.thing, fact.after) == (FactKind.MADE, PIG, Holder(FARM, FARM_SITE))
    assert fact.when == instant(AT)
    assert fact.inferred


def test_a_sender_names_both_ends_and_states_only_the_departure() -> None:
    (fact,) = facts(
        event(
            action=Action.OBSERVE,
            biz_step="shipping",
            epcs=(HALF,),
            sources=ends(FARM, FARM_SITE, "source"),
            destinations=ends(SHOP, SHOP_SITE, "destination"),
        )
    )
    assert (fact.kind, fact.side) == (FactKind.MOVED, Side.SENT)
    assert (fact.before, fact.after) == (Holder(FARM, FARM_SITE), Holder(SHOP, SHOP_SITE))
    assert not fact.inferred


def test_a_receiver_speaks_for_itself_and_infers_nobody_else() -> None:
    (fact,) = facts(
        event(action=Action.OBSERVE, biz_step="receiving", epcs=(HALF,), biz_location=SHOP_SITE),
        registered(site(SHOP_SITE, SHOP)),
        capturer=SHOP,
    )
    assert (fact.side, fact.after) == (Side.RECEIVED, Holder(SHOP, SHOP_SITE))
    assert fact.before == Holder(None, None)


def test_read_point_never_says_where_a_thing_is() -> None:
    (fact,) = facts(event(action=Action.OBSERVE, epcs=(HALF,), read_point=SHOP_SITE))
    assert fact.after == Holder(FARM, None)


def test_a_platform_reports_for_others_and_is_never_taken_for_the_holder() -> None:
    said = event(action=Action.ADD, biz_step="commissioning", epcs=(PIG,))
    (fact,) = facts(said, registered(platforms=frozenset({FARM})))
    assert fact.after == Holder(None, None)
    assert not fact.inferred


@pytest.mark.parametrize(("on", "operator"), [(date(2026, 2, 28), FARM), (date(2026, 3, 2), SHOP)])
def test_the_operator_of_a_site_is_the_one_of_that_day(on: date, operator: str) -> None:
    known = registered(
        site(FARM_SITE, FARM, valid_to=date(2026, 3, 1)),
        site(FARM_SITE, SHOP, valid_from=date(2026, 3, 2)),
    )
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    said = event(action=Action.OBSERVE, epcs=(PIG,), biz_location=FARM_SITE)
    (fact,) = facts(_at(said, at), known)
    assert fact.after == Holder(operator, FARM_SITE)


def _at(said: Event, at: datetime) -> Event:
    fields = {name: getattr(said, name) for name in said.__struct_fields__}
    return Event(**{**fields, "event_time": at})


def test_packing_joins_each_child_and_sees_the_parent() -> None:
    joined, also, parent = facts(
        event(
            EventType.AGGREGATION,
            action=Action.ADD,
            biz_step="packing",
            parent=CRATE,
            epcs=(HALF, PIG),
            biz_location=SHOP_SITE,
        )
    )
    assert {joined.kind, also.kind} == {FactKind.JOINED}
    assert joined.parent == also.parent == CRATE
    assert (parent.kind, parent.thing) == (FactKind.OBSERVED, CRATE)


def test_delete_without_children_empties_the_container() -> None:
    emptied, _ = facts(
        event(EventType.AGGREGATION, action=Action.DELETE, parent=CRATE, biz_step="unpacking")
    )
    assert (emptied.kind, emptied.thing, emptied.parent) == (FactKind.LEFT, "", CRATE)


def test_observe_states_no_containment() -> None:
    found = facts(event(EventType.AGGREGATION, action=Action.OBSERVE, parent=CRATE, epcs=(HALF,)))
    assert {fact.kind for fact in found} == {FactKind.OBSERVED}


def test_a_transformation_is_one_flow_with_inputs_and_outputs() -> None:
    pig, half, lot = facts(
        event(
            EventType.TRANSFORMATION,
            input_epcs=(PIG,),
            output_epcs=(HALF,),
            output_quantities=(
                QuantityElement(epc_class=LOT, quantity=Decimal("12.5"), uom="KGM"),
            ),
            belongings=(Belonging(instance=HALF, lot=LOT),),
        )
    )
    assert (pig.side, half.side, lot.side) == (Side.INPUT, Side.OUTPUT, Side.OUTPUT)
    assert len({pig.flow, half.flow, lot.flow}) == 1
    assert half.lot == LOT
    assert (lot.grain, lot.quantity, lot.unit) == (ThingGrain.LOT, Decimal("12.5"), "KGM")


def test_one_transformation_id_of_one_reporter_joins_its_events_and_no_other_reporters() -> None:
    said = event(EventType.TRANSFORMATION, input_epcs=(PIG,), transformation_id="urn:x:t1")
    mine, again, theirs = (
        facts(said, capturer=capturer)[0].flow for capturer in (FARM, FARM, SHOP)
    )
    assert mine == again != theirs


def test_an_event_id_used_for_other_content_joins_no_transformation() -> None:
    said = event(EventType.TRANSFORMATION, input_epcs=(PIG,), output_epcs=(HALF,))
    flows = {facts(said, digest=digest)[0].flow for digest in (b"1" * 32, b"2" * 32)}
    assert len(flows) == 2


def test_only_a_gdti_joins_the_transformations_of_several_reporters() -> None:
    def flows(name: str) -> set[str | None]:
        said = event(EventType.TRANSFORMATION, input_epcs=(PIG,), transformation_id=name)
        return {facts(said, capturer=capturer)[0].flow for capturer in (FARM, SHOP)}

    assert len(flows("https://id.gs1.org/253/6901234567892A1")) == 1
    assert len(flows("https://example.com/253/6901234567892A1")) == 2


@pytest.mark.parametrize(
    ("key", "number", "lot"),
    [
        ("urn:epcglobal:cbv:mda:lotNumber", "B1", LOT),
        ("lotNumber", "B1", LOT),
        ("https://example.com/ns#lotNumber", "B/1+", LOT[:-2] + "B%2F1%2B"),
        ("https://example.com/ns/slotNumber", "B1", None),
        ("lotNumber", "批1", None),
        ("lotNumber", "B1/21/X", LOT[:-2] + "B1%2F21%2FX"),
        ("lotNumber", "B" * 21, None),
        ("lotNumber", 7, None),
    ],
)
def test_a_lot_number_in_master_data_names_the_lot_as_everybody_does(
    key: str, number: object, lot: str | None
) -> None:
    said = event(action=Action.ADD, epcs=(HALF,), ilmd={key: number})
    assert [fact.lot for fact in facts(said)] == [lot]


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("urn:epc:id:sgtin:6901234.056789.1", "https://id.gs1.org/01/06901234567892/21/1"),
        ("C-17", f"urn:suyuan:raw:{quote(FARM, safe='')}:C-17"),
        ("urn:x:" + "7" * 2_000, None),
    ],
)
def test_the_old_name_of_a_recoded_thing_is_read_like_any_other(old: str, name: str | None) -> None:
    said = event(action=Action.OBSERVE, epcs=(HALF,), extensions={"urn:suyuan:ns:1:recodeOf": old})
    renamed = [fact.other for fact in facts(said) if fact.kind is FactKind.RECODED]
    assert renamed == ([] if name is None else [name])


def test_sold_to_a_consumer_ends_and_sold_to_a_party_moves() -> None:
    sold = event(action=Action.OBSERVE, biz_step="retail_selling", epcs=(HALF,))
    (fact,) = facts(sold)
    assert fact.kind is FactKind.ENDED
    to_party = event(
        action=Action.OBSERVE,
        biz_step="retail_selling",
        epcs=(HALF,),
        destinations=ends(SHOP, None, "destination"),
    )
    (fact,) = facts(to_party)
    assert (fact.kind, fact.side) == (FactKind.MOVED, Side.SENT)
    assert (fact.before, fact.after) == (Holder(FARM, None), Holder(SHOP, None))


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("kind", [EventType.OBJECT, EventType.TRANSACTION])
@pytest.mark.parametrize("step", ["shipping", "receiving", "retail_selling"])
def test_what_is_sent_received_or_sold_to_a_party_moves_whatever_the_action(
    action: Action, kind: EventType, step: str
) -> None:
    said = event(
        kind,
        action=action,
        biz_step=step,
        epcs=(HALF,),
        sources=ends(FARM, FARM_SITE, "source"),
        destinations=ends(SHOP, SHOP_SITE, "destination"),
    )
    (fact,) = facts(said)
    assert fact.kind is FactKind.MOVED
    assert fact.side is (Side.RECEIVED if step == "receiving" else Side.SENT)
    assert (fact.before, fact.after) == (Holder(FARM, FARM_SITE), Holder(SHOP, SHOP_SITE))


@pytest.mark.parametrize("action", list(Action))
def test_a_transaction_s_action_is_of_its_documents_and_makes_or_ends_nothing(
    action: Action,
) -> None:
    said = event(EventType.TRANSACTION, action=action, biz_step="picking", epcs=(HALF,))
    assert [fact.kind for fact in facts(said)] == [FactKind.OBSERVED]


def test_who_sells_and_names_itself_as_receiver_sells_to_a_consumer() -> None:
    own = {"sources": ends(SHOP, None, "source"), "destinations": ends(SHOP, None, "destination")}
    said = event(action=Action.DELETE, biz_step="retail_selling", epcs=(HALF,), **own)
    assert facts(said)[0].kind is FactKind.ENDED


def test_what_ends_ends_where_the_event_is_if_its_source_names_no_place() -> None:
    sold = {"action": Action.DELETE, "biz_step": "retail_selling", "epcs": (HALF,)}
    here = event(**sold, biz_location=SHOP_SITE, sources=ends(SHOP, None, "source"))
    assert facts(here)[0].before == Holder(SHOP, SHOP_SITE)
    there = event(**sold, biz_location=SHOP_SITE, sources=ends(FARM, FARM_SITE, "source"))
    assert facts(there)[0].before == Holder(FARM, FARM_SITE)


def test_a_day_only_known_is_the_whole_local_day() -> None:
    said = event(
        action=Action.OBSERVE,
        biz_step="shipping",
        epcs=(PIG,),
        extensions={
            "urn:suyuan:ns:1:timePrecision": "day",
            "urn:suyuan:ns:1:movement": "complete",
        },
    )
    (fact,) = facts(said)
    begin = datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert fact.when == Span(begin, begin + timedelta(days=1) - timedelta(microseconds=1))
    assert fact.side is Side.BOTH


LOCAL = datetime(2026, 2, 28, 16, tzinfo=UTC)  # midnight of the first of March in China
LATE = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("precision", "arrival", "left", "came"),
    [
        ("month", None, Span(LOCAL, LOCAL + timedelta(days=31) - LATE), None),
        ("unknown", None, Span(None, None), None),
        ("unknown", "unknown", Span(None, None), None),
        ("day", "unknown", Span(LOCAL, LOCAL + timedelta(days=1) - LATE), Span(LOCAL, None)),
        ("unknown", "2026-03-02", Span(None, None),
         Span(LOCAL + timedelta(days=1), LOCAL + timedelta(days=2) - LATE)),
        ("day", "soon", Span(LOCAL, LOCAL + timedelta(days=1) - LATE), None),
        ("day", 7, Span(LOCAL, LOCAL + timedelta(days=1) - LATE), None),
    ],
)  # fmt: skip
def test_of_a_date_so_much_is_known_as_its_reporter_says(
    precision: str, arrival: object, left: Span, came: Span | None
) -> None:
    said = {
        "urn:suyuan:ns:1:timePrecision": precision,
        "urn:suyuan:ns:1:movement": "complete",
        "urn:suyuan:ns:1:arrivalTime": arrival,
    }
    told = {name: value for name, value in said.items() if value is not None}
    moved = event(action=Action.OBSERVE, biz_step="shipping", epcs=(PIG,), extensions=told)
    (fact,) = facts(moved)
    assert (fact.when, fact.arrived) == (left, came)


def test_an_error_declaration_states_nothing_of_its_own() -> None:
    declared = event(action=Action.ADD, epcs=(PIG,), error=ErrorDeclaration(declaration_time=AT))
    assert facts(declared) == ()


def test_every_other_name_in_an_event_is_a_mention() -> None:
    said = event(
        action=Action.OBSERVE,
        epcs=(PIG,),
        read_point=FARM_SITE,
        biz_location=SHOP_SITE,
        biz_transactions=(TypedRef(type="desadv", value="urn:suyuan:mv-trace:1"),),
        sources=ends(FARM, None, "source"),
    )
    report = Report(entry=1, position=1, event=said, capturer=FARM, digest=b"", held=False)
    assert set(derive(report, registered()).mentions) == {
        (FARM_SITE, MentionRole.READ_POINT),
        (SHOP_SITE, MentionRole.BIZ_LOCATION),
        ("urn:suyuan:mv-trace:1", MentionRole.DOCUMENT),
        (FARM, MentionRole.PARTY),
    }


def test_lines_are_numbered_so_that_each_fact_has_a_name() -> None:
    found = facts(event(action=Action.ADD, epcs=(PIG, HALF), quantities=()))
    assert [fact.line for fact in found] == [0, 1]
