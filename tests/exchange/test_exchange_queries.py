"""What queries find equals what plain loops find; what they do not support they refuse by name."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from exchange_given import (
    DISPOSITIONS,
    FARM,
    FIRST,
    INSTANCES,
    LOTS,
    ORDERS,
    PARTIES,
    SITES,
    STEPS,
    Told,
    all_pages,
    capturer,
    corpus,
    document,
    names,
    page,
    reader,
    take,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.capture import OnRefusal, Options
from suyuan.exchange import KNOWN, QueryError, parse_query
from suyuan.exchange.standard import End, family_of
from suyuan.kit.quantity import UNITS
from suyuan.model import Role, Viewer
from suyuan.service import Platform, capture

Holds = Callable[[Told], bool]
Asked = tuple[dict[str, str], Holds]

in_place = settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def some(draw: st.DrawFn, table: list[Any]) -> tuple[str, set[int]]:
    """One or two names of a table, each in any spelling, and their numbers."""
    numbers = draw(st.lists(st.integers(0, len(table) - 1), min_size=1, max_size=2, unique=True))
    spelt = [draw(st.sampled_from(table[number])) for number in numbers]
    return draw(st.sampled_from([",", "|"])).join(spelt), set(numbers)


def any_of(field: str, wanted: set[int]) -> Holds:
    def holds(event: Told) -> bool:
        value = getattr(event, field)
        return bool(wanted & set(value)) if isinstance(value, tuple) else value in wanted

    return holds


def one_of(fields: tuple[str, ...], wanted: set[int]) -> Holds:
    return lambda event: any(any_of(field, wanted)(event) for field in fields)


TABLES: dict[str, tuple[tuple[str, ...], list[Any]]] = {
    "EQ_bizStep": (("step",), STEPS),
    "EQ_disposition": (("disposition",), DISPOSITIONS),
    "EQ_readPoint": (("read_point",), SITES),
    "EQ_bizLocation": (("location",), SITES),
    "MATCH_epc": (("epcs",), INSTANCES),
    "MATCH_parentID": (("parent",), INSTANCES),
    "MATCH_inputEPC": (("inputs",), INSTANCES),
    "MATCH_outputEPC": (("outputs",), INSTANCES),
    "MATCH_anyEPC": (("epcs", "parent", "inputs", "outputs"), INSTANCES),
    "MATCH_epcClass": (("lots",), LOTS),
    "MATCH_inputEPCClass": (("input_lots",), LOTS),
    "MATCH_anyEPCClass": (("lots", "input_lots"), LOTS),
    "EQ_bizTransaction_po": (("orders",), ORDERS),
    "EQ_bizTransaction_urn:epcglobal:cbv:btt:po": (("orders",), ORDERS),
    "EQ_source_owning_party": (("source",), PARTIES),
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "EQ": lambda a, b: a == b,
    "GT": lambda a, b: a > b,
    "GE": lambda a, b: a >= b,
    "LT": lambda a, b: a < b,
    "LE": lambda a, b: a <= b,
}


@st.composite
def by_table(draw: st.DrawFn) -> Asked:
    name = draw(st.sampled_from(sorted(TABLES)))
    fields, table = TABLES[name]
    value, wanted = some(draw, table)
    return {name: value}, one_of(fields, wanted)


@st.composite
def by_time(draw: st.DrawFn) -> Asked:
    at: datetime = FIRST + timedelta(hours=draw(st.integers(-1, 96)))
    clock = draw(st.sampled_from([0, 8, -5]))
    hours = timedelta(hours=clock)
    text = (at + hours).replace(tzinfo=None).isoformat() + f"{clock:+03}:00"
    if draw(st.booleans()):
        return {"GE_eventTime": text}, lambda event: event.at >= at
    return {"LT_eventTime": text}, lambda event: event.at < at


@st.composite
def by_amount(draw: st.DrawFn) -> Asked:
    word = draw(st.sampled_from(sorted(COMPARISONS)))
    number = draw(st.sampled_from([1.5, 2, 2.0, 7, 20]))
    unit = draw(st.sampled_from(["", "_KGM"]))

    def holds(event: Told) -> bool:
        return any(
            COMPARISONS[word](amount, number) and (not unit or uom == "KGM")
            for amount, uom in event.amounts
        )

    return {f"{word}_quantity{unit}": str(number)}, holds


@st.composite
def by_word(draw: st.DrawFn) -> Asked:
    if draw(st.booleans()):
        kinds = draw(st.sets(st.sampled_from(["ObjectEvent", "TransactionEvent"]), min_size=1))
        return {"eventType": ",".join(kinds)}, lambda event: event.kind in kinds
    if draw(st.booleans()):
        actions = draw(st.sets(st.sampled_from(["ADD", "OBSERVE", "DELETE"]), min_size=1))
        return {"EQ_action": "|".join(actions)}, lambda event: event.action in actions
    name = draw(st.sampled_from(["EXISTS_errorDeclaration", "EQ_errorReason"]))
    value = "true" if name.startswith("EX") else "urn:epcglobal:cbv:er:incorrect_data"
    return {name: value}, lambda event: event.declared


@st.composite
def by_id(draw: st.DrawFn) -> Asked:
    """Few ids or many, also such as no event has."""
    numbers = draw(st.sets(st.integers(1, 90), min_size=1, max_size=draw(st.sampled_from([2, 90]))))
    ids = {UUID(int=number).urn for number in numbers}
    return {"EQ_eventID": "|".join(sorted(ids))}, lambda event: event.name in ids


@st.composite
def by_pattern(draw: st.DrawFn) -> Asked:
    """All instances are of one product; a pattern may stand beside a name."""
    fields = draw(st.sampled_from(["*.*.*", "6901234.*.*", "6901234.000001.*", "6901234.000002.*"]))
    pattern = f"urn:epc:idpat:sgtin:{fields}"
    name, within = draw(
        st.sampled_from([("MATCH_epc", ("epcs",)), ("MATCH_inputEPC", ("inputs",))])
    )
    value, wanted = some(draw, INSTANCES)
    beside = draw(st.booleans())
    fits = set() if fields.endswith("2.*") else set(range(len(INSTANCES)))
    wanted = fits | wanted if beside else fits
    asked = "|".join([pattern, *([value.replace(",", "|")] if beside else [])])
    return {name: asked}, one_of(within, wanted)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Up to three conditions that must all hold."""
    asked: dict[str, str] = {}
    tests: dict[str, Holds] = {}
    for _ in range(draw(st.integers(0, 3))):
        more, holds = draw(
            st.one_of(by_table(), by_time(), by_amount(), by_word(), by_id(), by_pattern())
        )
        asked |= more
        tests |= dict.fromkeys(more, holds)
    return asked, lambda event: all(holds(event) for holds in tests.values())


def test_a_query_finds_what_plain_loops_find_in_every_order_and_page_size(
    platform: Platform,
) -> None:
    told = corpus(80)
    take(platform, [event.sent for event in told], capturer(platform))
    place = {event.name: number for number, event in enumerate(told)}

    @in_place
    @given(
        questions(),
        st.sampled_from([None, "eventTime", "recordTime"]),
        st.sampled_from([None, "ASC", "DESC"]),
        st.integers(1, 90),
        st.one_of(st.none(), st.integers(1, 90)),
    )
    def compare(
        question: Asked, order: str | None, direction: str | None, size: int, most: int | None
    ) -> None:
        asked, holds = question
        paged = {**asked, "perPage": str(size)}
        if order is not None:
            paged["orderBy"] = order
            if most is not None:
                paged["eventCountLimit"] = str(most)
        if direction is not None:
            paged["orderDirection"] = direction
        wanted = [event for event in told if holds(event)]
        if order == "eventTime":
            wanted.sort(key=lambda event: (event.at, place[event.name]))
        if order is not None and direction != "ASC":
            wanted.reverse()
        if order is not None and most is not None:
            wanted = wanted[:most]
        assert names(all_pages(platform, paged, reader())) == [event.name for event in wanted]

    compare()


@pytest.mark.parametrize("count", [3, 60])
def test_ids_and_the_time_of_recording_hold_together(platform: Platform, count: int) -> None:
    """Whether the few of some ids are read at once, or the many by and by."""
    told = corpus(2 * count)
    by = capturer(platform)
    for part in (told[:count], told[count:]):
        take(platform, [event.sent for event in part], by)
    asked = {"EQ_eventID": "|".join(event.name for event in told[1:]), "perPage": "7"}
    found = all_pages(platform, asked, reader())
    assert names(found) == [event.name for event in told[1:]]
    second = found[count - 1]["recordTime"]
    assert second > found[count - 2]["recordTime"], "both were recorded at once"
    for bound, wanted in (("LT", told[1:count]), ("GE", told[count:])):
        bounded = asked | {f"{bound}_recordTime": second}
        assert names(all_pages(platform, bounded, reader())) == [each.name for each in wanted]


def test_of_many_that_bear_an_id_those_are_given_that_the_viewer_may_see(
    platform: Platform,
) -> None:
    """More parties report under one id than are read at once; each is shown its own."""
    (one,) = corpus(1)
    parties = [f"urn:suyuan:party:p{number}" for number in range(60)]
    sent = {name: value for name, value in one.sent.items() if name != "sourceList"}
    for number, party in enumerate(parties):
        take(platform, [sent | {"ex:n": str(number)}], capturer(platform, party))
    asked = {"EQ_eventID": one.name, "perPage": "50"}
    assert [each["ex:n"] for each in all_pages(platform, asked, reader(parties[59]))] == ["59"]
    everything = Viewer(role=Role.ADMIN)
    for more in ({}, {"orderBy": "recordTime"}):
        found = [each["ex:n"] for each in all_pages(platform, asked | more, everything)]
        assert found == [str(n) for n in (reversed(range(60)) if more else range(60))]


@pytest.mark.parametrize("by_ids", [False, True])
def test_either_exactly_as_many_as_allowed_are_given_or_none(
    platform: Platform, *, by_ids: bool
) -> None:
    told = corpus(12)
    more = {"EQ_eventID": "|".join(event.name for event in told)} if by_ids else {}
    take(platform, [event.sent for event in told], capturer(platform))
    for most in range(1, 20):
        asked = {"maxEventCount": str(most), "perPage": "5"} | more
        if most < len(told):
            with pytest.raises(QueryError) as caught:
                page(platform, asked, reader())
            assert (caught.value.status, caught.value.place) == (413, "maxEventCount")
            assert caught.value.epcis == "epcisException:QueryTooLargeException"
        else:
            assert names(all_pages(platform, asked, reader())) == [event.name for event in told]


def test_an_own_code_that_is_no_identifier_is_found_by_who_reported_it(platform: Platform) -> None:
    event = next(each for each in corpus(20) if each.kind == "ObjectEvent")
    sent = {**event.sent, "epcList": ["urn:suyuan:x"]}
    take(platform, [sent], capturer(platform))
    assert names(page(platform, {"MATCH_anyEPC": "urn:suyuan:x"}, reader())[0]) == [event.name]


def test_an_event_id_with_a_comma_is_taken_whole(platform: Platform) -> None:
    (event,) = corpus(1)
    sent = {**event.sent, "eventID": "https://example.com/a,b"}
    take(platform, [sent], capturer(platform))
    assert len(page(platform, {"EQ_eventID": "https://example.com/a,b"}, reader())[0]) == 1
    both = "urn:x:1,https://example.com/a,b"
    assert len(page(platform, {"EQ_eventID": both}, reader())[0]) == 1
    assert len(page(platform, {"EQ_eventID": "urn:x:1,urn:x:2"}, reader())[0]) == 0


def test_a_serial_number_with_a_comma_is_one_thing(platform: Platform) -> None:
    (event,) = corpus(1)
    sent = {
        **{name: event.sent[name] for name in ("eventID", "eventTime", "eventTimeZoneOffset")},
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "epcList": ["urn:epc:id:sgtin:6901234.000001.a,b"],
    }
    take(platform, [sent], capturer(platform))
    whole = {"MATCH_epc": "https://id.gs1.org/01/06901234000016/21/a%2Cb"}
    assert len(page(platform, whole, reader())[0]) == 1
    assert len(page(platform, {"MATCH_epc": sent["epcList"][0]}, reader())[0]) == 1
    part = {"MATCH_epc": "urn:epc:id:sgtin:6901234.000001.a"}
    assert page(platform, part, reader()) == ([], None)


def test_a_pattern_without_a_star_is_of_the_one_thing_that_it_names(platform: Platform) -> None:
    sent = [
        {**each.sent, "epcList": [f"urn:epc:id:sgtin:6901234.000001.{number}"]}
        for number, each in enumerate(corpus(2))
    ]
    take(platform, sent, capturer(platform))
    one = {"MATCH_epc": "urn:epc:idpat:sgtin:6901234.000001.1"}
    assert names(page(platform, one, reader())[0]) == [sent[1]["eventID"]]
    every = {"MATCH_epc": "urn:epc:idpat:sgtin:6901234.000001.*"}
    assert len(page(platform, every, reader())[0]) == 2


OF_OUR_OWN = "https://example.com/step/wash,dry"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (OF_OUR_OWN, {"ours"}),
        ("https://example.com/step/wash", set()),
        (f"shipping,{OF_OUR_OWN}", {"ours", "shipping"}),
        (f"{OF_OUR_OWN},shipping", {"ours", "shipping"}),
        (f"{OF_OUR_OWN}, https://example.com/step/x,receiving", {"ours", "receiving"}),
        ("https://ref.gs1.org/cbv/BizStep-shipping,receiving", {"shipping", "receiving"}),
        ("urn:epcglobal:cbv:bizstep:shipping,storing", {"shipping"}),
        ("shipping,receiving", {"shipping", "receiving"}),
        ("shipping|receiving", {"shipping", "receiving"}),
    ],
)
def test_a_step_of_ones_own_with_a_comma_is_one_step(
    platform: Platform, asked: str, found: set[str]
) -> None:
    steps = {"ours": OF_OUR_OWN, "shipping": "shipping", "receiving": "receiving"}
    told = corpus(3)
    sent = [
        {**event.sent, "bizStep": step} for event, step in zip(told, steps.values(), strict=True)
    ]
    take(platform, sent, capturer(platform))
    by_id = {event.name: name for event, name in zip(told, steps, strict=True)}
    answer = names(page(platform, {"EQ_bizStep": asked}, reader())[0])
    assert {by_id[each] for each in answer} == found


@pytest.mark.parametrize(
    ("asked", "member"),
    [
        ("EQ_disposition", {"disposition": OF_OUR_OWN}),
        ("EQ_persistentDisposition_set", {"persistentDisposition": {"set": [OF_OUR_OWN]}}),
        ("EQ_persistentDisposition_unset", {"persistentDisposition": {"unset": [OF_OUR_OWN]}}),
        (
            "EQ_errorReason",
            {"errorDeclaration": {"declarationTime": "2026-02-01T00:00:00Z", "reason": OF_OUR_OWN}},
        ),
        ("EQ_type", {"sensorElementList": [{"sensorReport": [{"type": OF_OUR_OWN, "value": 1}]}]}),
    ],
)
def test_every_word_of_ones_own_may_have_a_comma(
    platform: Platform, asked: str, member: dict[str, Any]
) -> None:
    plain = {
        "eventID": "urn:uuid:5c1f7c1e-2f5a-4c5b-9d53-1c2b3a4d5e6f",
        "eventTime": "2026-01-05T00:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "epcList": ["urn:epc:id:sgtin:6901234.000001.1"],
    }
    take(platform, [{**plain, **member}], capturer(platform))
    assert len(page(platform, {asked: OF_OUR_OWN}, reader())[0]) == 1
    assert page(platform, {asked: "https://example.com/step/wash"}, reader()) == ([], None)


def test_what_was_captured_is_found_before_the_index_has_followed(platform: Platform) -> None:
    """Whoever has an answer to a capture finds its events, by any condition and in any order."""
    told, farm = corpus(12), capturer(platform)
    take(platform, [event.sent for event in told[:6]], farm)
    wanted = Options(on_refusal=OnRefusal.PROCEED)
    capture(platform, document(event.sent for event in told[6:]), farm, wanted)
    things = "|".join(spellings[0] for spellings in INSTANCES)
    for asked in ({}, {"MATCH_anyEPC": things}, {"MATCH_anyEPC": things, "orderBy": "eventTime"}):
        found = names(all_pages(platform, {**asked, "perPage": "5"}, reader()))
        assert sorted(found) == sorted(event.name for event in told)


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:6901234.000001.*", True),
        ("MATCH_anyEPCClass", "urn:epc:idpat:sgtin:6901234.000001.*", True),
        ("MATCH_epc", "urn:epc:idpat:sgtin:6901234.*.7", False),
        ("MATCH_anyEPC", "urn:epc:idpat:sgtin:6901234.00001.*", False),
        ("MATCH_anyEPC", "urn:epc:idpat:gid:6901234.*.*", False),
        ("MATCH_epcClass", "urn:epc:idpat:nothing:1.*", False),
    ],
)
def test_a_pattern_names_a_class_or_is_refused_and_never_matches_nothing_silently(
    name: str, value: str, *, taken: bool
) -> None:
    if taken:
        assert parse_query({name: [value]}).things[name] == (
            "https://id.gs1.org/01/06901234000016",
        )
        return
    with pytest.raises(QueryError) as caught:
        parse_query({name: [value]})
    assert caught.value.place == name


VALUES = {
    "eventType": "ObjectEvent",
    "EQ_action": "ADD",
    "orderBy": "eventTime",
    "orderDirection": "ASC",
    "EXISTS_errorDeclaration": "true",
    "eventCountLimit": "3",
    "maxEventCount": "3",
    "perPage": "3",
}


def in_full(name: str) -> str:
    """A member of a family: a unit, a type or an extension behind its beginning."""
    family = family_of(name)
    if family is None or not name.endswith("…"):
        return name
    kind = "po" if "bizTransaction" in name else "possessing_party"
    return family.beginning + {
        End.UNIT: "KGM", End.TYPE: kind, End.FIELD: "suyuan:a", End.ATTRIBUTE: "readPoint_city"
    }[family.end]  # fmt: skip


def a_value(name: str) -> str:
    if name == "@context":
        return "{}"
    if name.startswith("EXISTS_"):
        return "true"
    if "time" in name.partition("_")[2].lower():
        return "2026-03-01T08:00:00+08:00"
    return VALUES.get(
        name,
        "urn:example:1"
        if name.startswith(("EQ", "M", "W", "H"))
        and "quantity" not in name
        and "EQ_value_" not in name
        else "3",
    )


@pytest.mark.parametrize("name", KNOWN)
def test_every_parameter_that_is_offered_is_taken(name: str) -> None:
    full = in_full(name)
    query = parse_query({full: [a_value(name)], "orderBy": ["eventTime"]})
    assert query != parse_query({"orderBy": ["eventTime"]}) or name in {"orderBy", "@context"}


@pytest.mark.parametrize(
    "name",
    [
        "EQ_biz_step", "eq_bizStep", "MATCH_EPC", "WD_readpoint", "EQ_value", "EQ_minValue_CEL",
        "EQ_ILMD_ex:price", "EQ_INNER_ex:a", "GE_ex:n", "HASATTR_ex:a", "EQ_ATTR_ex:a_b",
        "EXISTS_INNER_SENSORREPORT_suyuan:a", "EXISTS_ex:a", "GT_time", "GE_type", "", "EQ_",
        "EQ_value_celsius", "GE_quantity_", "MATCH_bizStep", "GT_readPoint_suyuan:a", "EQ_suyuan:",
        "GE_eventtime", "NE_bizStep", "EQ_quantityKGM", "EQ_sourceparty", "nextpagetoken",
    ],
)  # fmt: skip
def test_a_parameter_that_is_not_supported_is_refused_by_name(name: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query({name: ["x"]})
    assert caught.value.code == "query.parameter"
    assert caught.value.place == name
    assert name in caught.value.text.zh
    assert name in caught.value.text.en


@given(
    st.text(max_size=30)
    | st.sampled_from(KNOWN)
    | st.builds("{}_{}".format, st.sampled_from(["EQ", "GE", "MATCH", "EXISTS"]), st.text()),
    st.lists(st.text(max_size=30), max_size=3),
)
def test_whatever_is_asked_is_a_query_or_an_error_that_names_it(
    name: str, values: list[str]
) -> None:
    error: QueryError | None = None
    try:
        parse_query({name: values})
    except QueryError as caught:
        error = caught
    assert error is None or (error.status, error.place) == (400, name[:80])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GE_eventTime", "2026-03-01"),
        ("GE_eventTime", "2026-03-01T08:00:00"),
        ("LT_recordTime", "yesterday"),
        ("LT_recordTime", "9999-12-31T23:59:59Z"),
        ("eventType", "objectEvent"),
        ("EQ_action", "add"),
        ("orderBy", "position"),
        ("orderDirection", "asc"),
        ("perPage", "0"),
        ("perPage", "1001"),
        ("perPage", "-1"),
        ("perPage", "1e2"),
        ("perPage", "³"),
        ("maxEventCount", "9" * 5000),
        ("GT_quantity", "NaN"),
        ("GT_quantity", "Infinity"),
        ("GT_quantity_KGM", "much"),
        ("EXISTS_errorDeclaration", "false"),
        ("MATCH_epc", " , "),
        ("EQ_source", "urn:x:1"),
    ],
)
def test_a_value_out_of_form_is_refused_with_its_cure(name: str, value: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query({name: [value]})
    assert (caught.value.code, caught.value.place) == ("query.value", name)


NO_UNITS = [
    ("GE_value_KG", "KGM"),
    ("EQ_value_ML", "MLT"),
    ("LT_quantity_kg", "KGM"),
    ("LT_quantity_kgm", "KGM"),
    ("LE_sDev_celsius", "CEL"),
    ("LE_sDev_degrees", None),
    ("GE_quantity_KGMM", None),
]


@pytest.mark.parametrize(("name", "meant"), NO_UNITS)
def test_a_unit_that_is_no_code_is_refused_and_finds_not_nothing(
    name: str, meant: str | None
) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query({name: ["5"]})
    error = caught.value
    assert (error.code, error.place) == ("query.parameter", name)
    for said in (error.text.zh, error.text.en):
        assert "UN/CEFACT" in said
        assert "20" in said
        assert name.rpartition("_")[2] in said
        assert (meant or "KGM") in said


# Units that are compared, units that only equal themselves, packages in both spellings, a card that
# is no centigram, codes of revisions that are withdrawn.
UNIT_CODES = ["KGM", "KWH", "P1", "2N", "A86", "XCS", "CS", "BX", "HAR", "CG", "PCE", "NMB"]


@pytest.mark.parametrize("code", [*UNIT_CODES, *(code for code in UNITS if code)])
def test_any_code_of_any_revision_is_asked_for(code: str) -> None:
    """Also beside a type that is measured otherwise: another report of the event may fit."""
    query = parse_query({f"GE_value_{code}": ["5"], "EQ_type": ["Temperature"]})
    assert {one.unit for one in query.conditions} == {None, code}
    (amount,) = parse_query({f"LT_quantity_{code}": ["5"]}).amounts
    assert amount.uom == code


def test_conditions_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(QueryError, match="exclude"):
        parse_query({"eventCountLimit": ["1"], "maxEventCount": ["1"], "orderBy": ["eventTime"]})
    with pytest.raises(QueryError, match="orderBy"):
        parse_query({"eventCountLimit": ["1"]})
    with pytest.raises(QueryError, match="once"):
        parse_query({"perPage": ["1", "2"]})


def test_nothing_of_an_unseen_event_is_found_by_any_condition(platform: Platform) -> None:
    chance = random.Random(1)
    told = [event for event in corpus(30) if event.source != 1]
    take(platform, [event.sent for event in told], capturer(platform, FARM))
    for viewer in (reader(None), reader("urn:suyuan:party:stranger")):
        assert all_pages(platform, {"perPage": str(chance.randint(1, 40))}, viewer) == []
        assert page(platform, {"maxEventCount": "1"}, viewer) == ([], None)
