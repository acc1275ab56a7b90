"""Sentences of docs/concepts/trace.md, each with a small history and its answer written out.

Sites are s1 (A), s2 (B), s3 (C), s4 (D); times are hours.
"""

from decimal import Decimal

from engines import Engine, on_all_engines
from histories import at
from msgspec.structs import replace
from worked import (
    A,
    B,
    C,
    D,
    attached,
    backward,
    came,
    certain,
    codes,
    day,
    emptied,
    ended,
    everything,
    forward,
    history,
    kilos,
    left,
    made,
    moved,
    only_possible,
    open_ends,
    packed,
    received,
    recoded,
    sent,
    used,
)

from suyuan.kit import Span
from suyuan.model import Fact, Holder
from suyuan.trace.types import Confirmed, LinkKind


@on_all_engines
def test_a_thing_in_a_container_goes_where_the_container_goes_and_its_neighbour_stays_apart(
    closure: Engine,
) -> None:
    facts = history(
        packed("t1", "c1", A, 1),
        packed("t2", "c1", A, 1),
        moved("c1", A, B, 2),
        left("t1", "c1", B, 3),
    )
    answer = closure(facts, forward("t1", A))
    assert certain(answer) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1", "t1 s2"}
    assert only_possible(answer) == set()


@on_all_engines
def test_containment_is_recursive(closure: Engine) -> None:
    facts = history(packed("t1", "c1", A, 1), packed("c1", "c2", A, 2), moved("c2", A, B, 3))
    assert certain(closure(facts, forward("t1", A))) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1"}


@on_all_engines
def test_holding_an_end_of_a_stay_makes_no_later_taking_out_certain(closure: Engine) -> None:
    """Held, the first end may be untrue: then the second is true. Neither is certain."""

    def told(*, held: bool) -> list[Fact]:
        return history(
            packed("t1", "c1", A, 1),
            moved("c1", A, B, 1),
            left("t1", "c1", A, 2, held=held),
            left("t1", "c1", B, 3),
        )

    before = closure(told(held=False), forward("t1", A))
    after = closure(told(held=True), forward("t1", A))
    assert certain(before) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1"}
    assert certain(after) == certain(before)
    assert only_possible(after) == {"t1 s2"}


@on_all_engines
def test_a_late_left_changes_everything_after_its_event_time_and_nothing_before(
    closure: Engine,
) -> None:
    facts = history(
        packed("t1", "c1", A, 1),
        moved("c1", A, B, 2),
        moved("c1", B, C, 4),
        left("t1", "c1", B, 3),
        moved("t1", B, D, 5),
    )
    known_before = closure(facts, forward("t1", A, known_at=3))
    assert certain(known_before) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1", "t1 s3 in c1"}
    known_after = closure(facts, forward("t1", A))
    assert everything(known_after) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1", "t1 s2", "t1 s4"}
    assert certain(known_after) == everything(known_after)
    as_of_2 = forward("t1", A, as_of=at(2))
    assert closure(facts, as_of_2) == closure(facts, replace(as_of_2, known_at=3))


@on_all_engines
def test_a_reused_asset_number_is_a_new_incarnation_after_each_emptying(closure: Engine) -> None:
    facts = history(
        packed("t1", "c1", A, 1),
        moved("c1", A, B, 2),
        emptied("c1", B, 3),
        packed("t2", "c1", B, 4),
        moved("c1", B, C, 5),
    )
    assert everything(closure(facts, forward("t1"))) == {
        "t1 s1",
        "t1 s1 in c1",
        "t1 s2 in c1",
        "t1 s2",
    }
    assert certain(closure(facts, forward("t2", B))) == {"t2 s2", "t2 s2 in c1", "t2 s3 in c1"}


@on_all_engines
def test_a_question_on_a_container_means_its_contents_during_the_interval_asked(
    closure: Engine,
) -> None:
    facts = history(
        packed("t1", "c1", A, 1),
        emptied("c1", A, 3),
        packed("t2", "c1", A, 4),
        moved("c1", A, B, 5),
    )
    early = closure(facts, forward("c1", end=at(2)))
    late = closure(facts, forward("c1", start=at(5)))
    assert {name for name in everything(early) if name.startswith("t")} == {"t1 s1 in c1"}
    assert {name for name in everything(late) if name.startswith("t")} == {
        "t2 s1 in c1",
        "t2 s2 in c1",
    }


@on_all_engines
def test_an_own_fact_that_the_container_did_not_share_is_an_implied_exit_with_a_finding(
    closure: Engine,
) -> None:
    facts = history(
        packed("t1", "c1", A, 1),
        moved("c1", A, B, 2),
        moved("t1", B, D, 4),
        moved("c1", B, C, 5),
    )
    answer = closure(facts, forward("t1", A))
    assert codes(answer) == {"implied_exit"}
    assert certain(answer) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1"}
    assert only_possible(answer) == {"t1 s2", "t1 s4"}
    exits = [link for link in answer.links if link.kind is LinkKind.UNPACKED]
    assert {link.departure for link in exits} == {Span(at(2), at(4))}


@on_all_engines
def test_a_fact_that_the_container_shared_is_no_exit(closure: Engine) -> None:
    facts = history(
        packed("t1", "c1", A, 1),
        sent("c1", A, B, 2),
        received("t1", A, B, 3),
        moved("c1", B, C, 4),
    )
    answer = closure(facts, forward("t1"))
    assert "implied_exit" not in codes(answer)
    assert only_possible(closure(facts, forward("t1", A))) == {"t1 s3 in c1"}


@on_all_engines
def test_leaving_a_container_one_is_not_directly_in_is_a_finding_without_effect(
    closure: Engine,
) -> None:
    facts = history(
        packed("t1", "c1", A, 1),
        packed("c1", "c2", A, 1),
        left("t1", "c2", A, 2),
        moved("c2", A, B, 3),
    )
    answer = closure(facts, forward("t1", A))
    assert codes(answer) == {"left_without_join"}
    assert certain(answer) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1"}


@on_all_engines
def test_a_new_commissioning_of_the_container_lets_its_contents_out_as_possible(
    closure: Engine,
) -> None:
    facts = history(
        packed("t1", "c1", A, 1), made("c1", A, 3), moved("c1", A, B, 4), moved("t1", A, C, 5)
    )
    answer = closure(facts, backward("t1", C))
    assert everything(answer) == {"t1 s3", "t1 s1", "t1 s1 in c1"}
    assert "t1 s2 in c1" not in everything(closure(facts, forward("t1")))


@on_all_engines
def test_an_output_earlier_than_an_input_is_linked_as_possible(closure: Engine) -> None:
    facts = history(
        used("t1", "mix", A, 1),
        used("t2", "mix", A, 5),
        came("t3", "mix", A, 3),
        moved("t3", A, B, 4),
    )
    answer = closure(facts, backward("t3", B))
    assert certain(answer) == {"t3 s2", "t3 s1", "mix", "t1 s1"}
    assert only_possible(answer) == {"t2 s1"}
    assert certain(closure(facts, forward("t2"))) == {"t2 s1", "mix"}


@on_all_engines
def test_every_input_leads_to_every_output_unless_its_stated_quantity_is_zero(
    closure: Engine,
) -> None:
    facts = history(
        used("t1", "mix", A, 1, **kilos(2)),
        used("t2", "mix", A, 1, **kilos(0)),
        came("t3", "mix", A, 2),
        came("lot1", "mix", A, 2),
    )
    assert everything(closure(facts, forward("t1"))) == {"t1 s1", "mix", "t3 s1", "lot1 s1"}
    assert everything(closure(facts, forward("t2"))) == set()
    assert everything(closure(facts, backward("t3"))) == {"t3 s1", "mix", "t1 s1"}


@on_all_engines
def test_a_stranger_who_knows_the_number_of_a_making_puts_nothing_into_it_for_certain(
    closure: Engine,
) -> None:
    facts = history(
        used("t1", "batch", A, 1),
        came("t3", "batch", A, 2),
        used("t2", "batch", B, 1, capturer="k2"),
    )
    back = closure(facts, backward("t3"))
    assert certain(back) == {"t3 s1", "batch at p1 s1", "t1 s1"}
    assert only_possible(back) == {"batch", "t2 s2"}
    assert codes(back) == {"making_of_strangers"}
    assert "t3 s1" in only_possible(closure(facts, forward("t2")))


@on_all_engines
def test_reporters_who_name_one_party_and_site_speak_of_one_making(closure: Engine) -> None:
    facts = history(used("t1", "batch", A, 1), came("t3", "batch", A, 2, capturer="k2"))
    assert certain(closure(facts, backward("t3"))) == {"t3 s1", "batch", "t1 s1"}
    presumed = history(
        used("t1", "batch", A, 1), came("t3", "batch", A, 2, capturer="k2", inferred=True)
    )
    assert only_possible(closure(presumed, backward("t3"))) == {"batch", "t1 s1"}


@on_all_engines
def test_what_ended_at_a_holder_half_known_may_be_what_came_there(closure: Engine) -> None:
    half = Holder(B.party)
    begun = (used("t1", "mix", A, 1), came("lot1", "mix", A, 2, **kilos(5)))
    facts = history(*begun, moved("lot1", A, B, 3, **kilos(5)), ended("lot1", half, 4, **kilos(2)))
    assert "lot1 ?" in only_possible(closure(facts, forward("t1")))
    facts = history(*begun, moved("lot1", A, half, 3, **kilos(5)), ended("lot1", B, 4, **kilos(2)))
    assert "lot1 s2" in only_possible(closure(facts, forward("t1")))


@on_all_engines
def test_the_contents_of_a_container_that_is_used_up_are_used_up(closure: Engine) -> None:
    facts = history(
        packed("lot1", "c1", A, 1, **kilos(3)), used("c1", "mix", A, 2), came("t1", "mix", A, 3)
    )
    answer = closure(facts, backward("t1"))
    assert certain(answer) == {"t1 s1", "mix", "c1 s1", "lot1 s1 in c1", "lot1 s1"}
    inputs = {x.source.thing: x.quantity for x in answer.links if x.kind is LinkKind.INPUT}
    assert inputs == {"c1": None, "lot1": Decimal(3)}


@on_all_engines
def test_what_leaves_a_pool_may_stem_from_anything_that_arrived_before(closure: Engine) -> None:
    facts = history(
        moved("lot1", A, C, 1),
        moved("lot1", B, C, 4),
        moved("lot1", C, D, 3),
        moved("lot1", C, D, 5),
    )
    assert everything(closure(facts, forward("lot1", B))) == {"lot1 s2", "lot1 s3", "lot1 s4"}
    early = closure(facts, backward("lot1", D, end=at(3)))
    assert everything(early) == {"lot1 s4", "lot1 s3", "lot1 s1"}


@on_all_engines
def test_times_of_unequal_precision_are_possible_when_they_overlap_and_certain_when_they_do_not(
    closure: Engine,
) -> None:
    overlapping = history(moved("t1", A, B, day(0, 3)), moved("t1", B, C, 2))
    assert certain(closure(overlapping, forward("t1", A))) == {"t1 s1", "t1 s2"}
    assert only_possible(closure(overlapping, forward("t1", A))) == {"t1 s3"}
    apart = history(moved("t1", A, B, day(0, 3)), moved("t1", B, C, 3))
    assert certain(closure(apart, forward("t1", A))) == {"t1 s1", "t1 s2", "t1 s3"}
    backwards = history(moved("t1", A, B, 3), moved("t1", B, C, 2))
    assert everything(closure(backwards, forward("t1", A))) == {"t1 s1", "t1 s2"}


@on_all_engines
def test_order_inside_one_event_never_forbids_a_path(closure: Engine) -> None:
    (first,), (second,) = moved("t1", A, B, day(0, 3)), moved("t1", B, C, day(0, 3))
    answer = closure(history((second, first)), forward("t1", A))
    assert certain(answer) == {"t1 s1", "t1 s2", "t1 s3"}


@on_all_engines
def test_sent_and_received_of_one_document_are_one_movement_even_in_the_wrong_order(
    closure: Engine,
) -> None:
    facts = history(
        sent("lot1", A, None, 4, document=("d1",), **kilos(5)),
        received("lot1", None, B, 2, document=("d1",), **kilos(4)),
    )
    answer = closure(facts, forward("lot1", A))
    assert codes(answer) == {"arrival_before_departure"}
    assert certain(answer) == {"lot1 s1", "lot1 s2"}
    (link,) = answer.links
    assert (link.quantity, link.received, link.confirmed) == (
        Decimal(5),
        Decimal(4),
        Confirmed.BOTH,
    )
    other = history(
        sent("lot1", A, B, 1, document=("d1",)), received("lot1", A, B, 2, document=("d2",))
    )
    assert {x.confirmed for x in closure(other, forward("lot1", A)).links} == {
        Confirmed.SENT,
        Confirmed.RECEIVED,
    }


@on_all_engines
def test_several_possible_groupings_are_all_possible_with_a_finding(closure: Engine) -> None:
    facts = history(
        sent("lot1", A, B, 1),
        sent("lot1", A, B, 1),
        received("lot1", A, B, 2),
        received("lot1", A, B, 3),
    )
    answer = closure(facts, forward("lot1", A))
    assert codes(answer) == {"ambiguous_movement"}
    assert len(answer.links) == 4
    assert (certain(answer), only_possible(answer)) == (set(), {"lot1 s1", "lot1 s2"})


@on_all_engines
def test_closures_go_through_a_one_sided_movement_and_count_it_as_an_open_end(
    closure: Engine,
) -> None:
    facts = history(sent("t1", A, B, 1), moved("t1", B, C, 3))
    answer = closure(facts, forward("t1", A))
    assert certain(answer) == {"t1 s1", "t1 s2"}
    assert only_possible(answer) == {"t1 s3"}
    assert open_ends(answer) == {("sent_never_received", "t1 s2")}
    assert ("never_made", "t1 s1") in open_ends(closure(facts, backward("t1", C)))


@on_all_engines
def test_an_unknown_holder_is_joined_to_another_end_only_as_possible(closure: Engine) -> None:
    facts = history(sent("t1", A, Holder("p2"), 1), moved("t1", C, D, 3), moved("t1", B, D, 3))
    answer = closure(facts, forward("t1", A))
    assert certain(answer) == {"t1 s1", "t1 ?"}
    assert only_possible(answer) == {"t1 s3", "t1 s4"}


@on_all_engines
def test_two_unknown_holders_are_never_the_same(closure: Engine) -> None:
    facts = history(sent("t1", A, None, 1), sent("t1", B, None, 2), made("t2", None, 1))
    pools = [node.pool for node in closure(facts, forward("t1")).nodes]
    unknown = [pool for pool in pools if pool.unknown]
    assert len({pool.unknown for pool in unknown}) == len(unknown) == 2


@on_all_engines
def test_an_instance_never_reaches_its_siblings_through_its_lot(closure: Engine) -> None:
    facts = history(
        made("lot1", A, 1),
        made("t1", A, 2, lot="lot1"),
        made("t2", A, 2, lot="lot1"),
        moved("t2", A, B, 3),
    )
    assert everything(closure(facts, forward("t1"))) == {"t1 s1"}
    assert everything(closure(facts, forward("lot1"))) == {"lot1 s1", "t1 s1", "t2 s1", "t2 s2"}
    back = closure(facts, backward("t2", B))
    assert certain(back) == {"t2 s2", "t2 s1"}
    assert only_possible(back) == {"lot1 s1"}


@on_all_engines
def test_lot_level_facts_count_for_an_instance_where_no_record_of_it_accounts(
    closure: Engine,
) -> None:
    facts = history(
        made("t1", A, 1, lot="lot1"),
        made("t2", A, 1, lot="lot1"),
        moved("lot1", A, B, 2),
        moved("t2", A, C, 2),
    )
    answer = closure(facts, forward("t1"))
    assert (certain(answer), only_possible(answer)) == ({"t1 s1"}, {"t1 s2"})
    assert everything(closure(facts, forward("t2"))) == {"t2 s1", "t2 s3"}


@on_all_engines
def test_a_holder_that_is_only_possible_is_not_made_certain_by_asking_for_the_thing(
    closure: Engine,
) -> None:
    facts = history(made("t1", A, 1), moved("t1", A, B, 2, held=True), moved("t1", A, C, 3))
    answer = closure(facts, forward("t1"))
    assert (certain(answer), only_possible(answer)) == ({"t1 s1", "t1 s3"}, {"t1 s2"})


@on_all_engines
def test_one_thing_with_two_names_has_one_chain(closure: Engine) -> None:
    facts = history(moved("t1", A, B, 1), recoded("t1", "t2", 2), moved("t2", B, C, 3))
    answer = closure(facts, forward("t2", A))
    assert certain(answer) == {"t1 s1", "t1 s2", "t1 s3"}


@on_all_engines
def test_a_component_leads_to_its_assembly_and_never_to_another_component(closure: Engine) -> None:
    facts = history(
        attached("t1", "c1", A, 1),
        attached("t2", "c1", A, 1),
        attached("t3", "c1", A, 1, instrument=True),
        moved("c1", A, B, 2),
    )
    answer = closure(facts, forward("t1"))
    assert (certain(answer), only_possible(answer)) == ({"t1 s1"}, {"c1 s1", "c1 s2"})
    assert everything(closure(facts, backward("c1", B))) == {"c1 s2", "c1 s1", "t1 s1", "t2 s1"}
    assert everything(closure(facts, forward("t3"))) == set()


@on_all_engines
def test_a_withdrawn_fact_is_gone_from_the_position_of_its_declaration_and_not_before(
    closure: Engine,
) -> None:
    facts = history(moved("t1", A, B, 1), moved("t1", B, C, 2, withdrawn_at=3))
    assert everything(closure(facts, forward("t1", A, known_at=2))) == {"t1 s1", "t1 s2", "t1 s3"}
    assert everything(closure(facts, forward("t1", A))) == {"t1 s1", "t1 s2"}


@on_all_engines
def test_held_events_count_as_possible_until_released(closure: Engine) -> None:
    facts = history(moved("t1", A, B, 1, held=True, released_at=5))
    held, released = forward("t1", A, known_at=4), forward("t1", A, known_at=5)
    assert (certain(closure(facts, held)), only_possible(closure(facts, held))) == (
        set(),
        {"t1 s1", "t1 s2"},
    )
    assert certain(closure(facts, released)) == {"t1 s1", "t1 s2"}


@on_all_engines
def test_a_held_leaving_leaves_the_thing_possibly_inside(closure: Engine) -> None:
    facts = history(
        packed("t1", "c1", A, 1), left("t1", "c1", A, 2, held=True), moved("c1", A, B, 3)
    )
    answer = closure(facts, forward("t1", A))
    assert certain(answer) == {"t1 s1", "t1 s1 in c1"}
    assert only_possible(answer) == {"t1 s2 in c1"}


@on_all_engines
def test_an_emptying_is_certain_for_what_was_surely_inside_just_before(closure: Engine) -> None:
    facts = history(packed("t1", "c1", A, 4), emptied("c1", A, day(4, 6)), moved("t1", A, B, 10))
    assert certain(closure(facts, forward("t1", A))) == {"t1 s1", "t1 s1 in c1", "t1 s2"}
    doubtful = history(packed("t1", "c1", A, day(3, 5)), emptied("c1", A, day(4, 6)))
    for record, surely in ((facts, True), (doubtful, False)):
        links = closure(record, forward("t1", A)).links
        out = [x for x in links if x.kind is LinkKind.UNPACKED and x.entries == (2,)]
        assert [x.certain for x in out] == [surely]


@on_all_engines
def test_cycles_of_holders_containers_and_makings_end(closure: Engine) -> None:
    facts = history(
        packed("c1", "c2", A, 1),
        packed("c2", "c1", A, 1),
        packed("t1", "c1", A, 1),
        moved("c1", A, B, 2),
        moved("c1", B, A, 3),
        used("t2", "mix", A, 4),
        came("t2", "mix", A, 4),
    )
    assert everything(closure(facts, forward("t2"))) == {"t2 s1", "mix"}
    assert everything(closure(facts, forward("t1", A))) == {"t1 s1", "t1 s1 in c1", "t1 s2 in c1"}


@on_all_engines
def test_a_depth_limit_counts_links_between_pools(closure: Engine) -> None:
    facts = history(
        moved("t1", A, B, 1), used("t1", "mix", B, 2), came("t2", "mix", B, 3), moved("t2", B, C, 4)
    )
    answer = closure(facts, forward("t1", A, depth=2))
    assert everything(answer) == {"t1 s1", "t1 s2", "mix", "t2 s2"}
    assert {node.hops for node in answer.nodes if node.pool.thing == "t2"} == {2}


@on_all_engines
def test_a_minimum_holding_time_and_a_maximum_residence_are_parameters(closure: Engine) -> None:
    facts = history(moved("t1", A, B, 1), moved("t1", B, C, 2), moved("t1", B, D, 5))
    held = closure(facts, forward("t1", A, hold_for=7200.0))
    assert everything(held) == {"t1 s1", "t1 s2", "t1 s4"}
    short = closure(facts, forward("t1", A, stay_at_most=3600.0))
    assert everything(short) == {"t1 s1", "t1 s2", "t1 s3"}


@on_all_engines
def test_a_thing_that_was_sold_stays_where_its_last_fact_put_it(closure: Engine) -> None:
    facts = history(packed("t1", "c1", A, 1), ended("t1", A, 2), moved("c1", A, B, 3))
    answer = closure(facts, forward("t1", A))
    assert codes(answer) == {"implied_exit"}
    assert everything(answer) == {"t1 s1", "t1 s1 in c1"}
