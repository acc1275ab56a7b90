"""Which missing record tells most of the source: each kind of gap, and against the slow way."""

from typing import Any

import pytest
from oil import (
    BOTTLER,
    HALL,
    LOT,
    OIL,
    OTHER,
    PRESS,
    SHOP,
    SITES,
    STALL,
    amounts,
    event,
    moved,
    pressed,
    sold,
    told,
)

from suyuan.kit import Text
from suyuan.network.locating import SOLD, Doubts, Flow
from suyuan.network.telling import Reply, summed, telling, whose_delivery
from suyuan.registry.types import Party, Site
from suyuan.service import (
    OPERATOR,
    Platform,
    SourceAsked,
    Sourced,
    cases_typed,
    locate_on_record,
    register,
    requests,
)
from suyuan.service.missing_records import KNOWN, SAME, TRUE, Missing, Wanted
from suyuan.trace import Direction, Question, Seed

Story = list[tuple[str, list[dict[str, Any]]]]
NOISE = 0.05
THIRD = f"{OIL}/10/A3"
MILL, YARD_OF_MILL = "urn:suyuan:party:mill", "urn:suyuan:site:mill"


def asked(platform: Platform, story: Story, cases: str, *things: str) -> Sourced:
    told(platform, story)
    wanted = SourceAsked(noise=NOISE, things=things)
    return locate_on_record(platform, cases_typed(cases), wanted, OPERATOR, lang="en")


def of_kind(found: Sourced, kind: Missing) -> Wanted:
    (one,) = (each for each in found.records.best if each.kind is kind)
    return one


def bottled(much: int) -> dict[str, Any]:
    made = event(2, 1, "creating_class_instance", BOTTLER, action="ADD")
    return made | {"quantityList": amounts((OTHER, much))}


def test_both_sides_of_everything_leave_only_whose_lot_it_was(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    story = [
        (PRESS, [pressed(1, 1, LOT, 8), one[0]]), (BOTTLER, [bottled(4), other[0]]),
        (SHOP, [one[1], other[1], sold(50, 6, 5)]),
    ]  # fmt: skip
    found = asked(platform, story, f"{STALL},2")
    (lot,) = found.records.best
    assert (lot.kind, lot.ask, lot.direction) == (Missing.LOT_UNKNOWN, "Shop", Direction.BACKWARD)
    flows = [Flow("Press", "Shop", 8), Flow("Bottler", "Shop", 4), Flow("Shop", SOLD, 12)]
    givers, expected = whose_delivery(flows, {"Shop": 2}, Doubts(noise=NOISE), "Shop")
    assert lot.bits == pytest.approx(expected.bits)
    assert dict(lot.replies) == pytest.approx(dict(zip(givers, expected.replies, strict=True)))
    known = asked(platform, [], f"{STALL},2", LOT, OTHER)
    assert known.records.best == ()


def test_one_side_alone_is_asked_of_the_other(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    far = moved(30, 4, PRESS, BOTTLER, much=3)
    story = [
        (PRESS, [pressed(1, 1, LOT, 11), far[0]]), (BOTTLER, [bottled(4), other[0], far[1]]),
        (SHOP, [one[1], other[1], sold(50, 6, 5)]),
    ]  # fmt: skip
    found = asked(platform, story, f"{STALL},2")
    sent = of_kind(found, Missing.RECEIVED_NEVER_SENT)
    assert (sent.ask, sent.other, sent.thing) == ("Press", "Shop", LOT)
    assert sent.direction is Direction.BACKWARD
    assert [named for named, _ in sent.replies] == ["", "-"]
    assert "Press" in sent.said.en
    assert sum(chance for _, chance in sent.replies) == pytest.approx(1)
    assert (found.records.weighed, found.records.left) == (1, 0)


def test_what_was_sent_to_who_is_silent_is_asked_of_him(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, PRESS, BOTTLER, much=4)
    made = pressed(2, 1, OTHER, 5)
    third = moved(40, 4, PRESS, SHOP, much=5, lot=OTHER)
    story = [
        (PRESS, [pressed(1, 1, LOT, 12), made, one[0], other[0], third[0]]),
        (SHOP, [one[1], third[1], sold(50, 6, 5)]),
    ]  # fmt: skip
    found = asked(platform, story, f"{STALL},1\n{HALL},1")
    # one source alone: nothing can be told of it, and nothing is asked
    assert found.records.weighed == 1
    assert found.records.best == ()


def test_a_silent_holder_may_have_sent_it_on(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SITES, MILL, YARD_OF_MILL)
    name = Text("磨坊", "Mill")
    mill = Site(uri=YARD_OF_MILL, operator=MILL, name=name, division="330104")
    register(platform, [Party(uri=MILL, name=name), mill])
    one, other = moved(10, 3, PRESS, BOTTLER, much=8), moved(20, 3, MILL, SHOP, much=4, lot=OTHER)
    made = event(2, 1, "creating_class_instance", MILL, action="ADD")
    made |= {"quantityList": amounts((OTHER, 4))}
    story = [
        (PRESS, [pressed(1, 1, LOT, 8), one[0]]), (MILL, [made, other[0]]),
        (SHOP, [other[1], sold(50, 6, 4, OTHER)]),
    ]  # fmt: skip
    found = asked(platform, story, f"{STALL},2")
    silent = of_kind(found, Missing.HOLDER_SILENT)
    assert (silent.ask, silent.other, silent.thing) == ("Bottler", "Press", LOT)
    seeds = (Seed(thing=silent.thing),)
    forms = requests(
        platform, Question(seeds=seeds, direction=silent.direction), OPERATOR, lang="en"
    )
    assert any(silent.ask in name for name in forms)
    assert silent.direction is Direction.FORWARD
    flows = [Flow("Press", "Bottler", 8), Flow("Mill", "Shop", 4), Flow("Bottler", SOLD, 8),
             Flow("Shop", SOLD, 4)]  # fmt: skip
    replies = [
        Reply(chance=TRUE * SAME),
        Reply(chance=1 - TRUE, changes=(Flow("Press", "Bottler", -8), Flow("Bottler", SOLD, -8))),
        Reply(
            chance=TRUE * (1 - SAME),
            changes=(Flow("Bottler", SOLD, -8), Flow("Bottler", "Shop", 8)),
        ),
    ]
    expected = telling(summed(flows), {"Shop": 2}, Doubts(noise=NOISE), replies)
    assert silent.bits == pytest.approx(expected.bits)
    assert [named for named, _ in silent.replies] == ["", "-", "Shop"]
    assert [chance for _, chance in silent.replies] == pytest.approx(expected.replies)


def test_goods_without_a_beginning_are_asked_of_their_first_holder(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    story = [
        (PRESS, [pressed(1, 1, LOT, 8), one[0]]), (BOTTLER, [other[0]]),
        (SHOP, [one[1], other[1], sold(50, 6, 5)]),
    ]  # fmt: skip
    found = asked(platform, story, f"{STALL},2")
    first = of_kind(found, Missing.NEVER_MADE)
    assert (first.ask, first.thing, first.direction) == ("Bottler", OTHER, Direction.BACKWARD)
    assert [named for named, _ in first.replies] == ["Bottler", "Press", ""]
    flows = [Flow("Press", "Shop", 8), Flow("Bottler", "Shop", 4), Flow("Shop", SOLD, 12)]
    replies = [
        Reply(chance=SAME),
        Reply(chance=(1 - SAME) * KNOWN, changes=(Flow("Press", "Bottler", 4),)),
        Reply(chance=(1 - SAME) * (1 - KNOWN), changes=(Flow("?", "Bottler", 4),)),
    ]
    expected = telling(summed(flows), {"Shop": 2}, Doubts(noise=NOISE), replies)
    assert first.bits == pytest.approx(expected.bits)


def test_who_was_not_named_is_asked_of_who_was_there(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    nobody = event(60, 4, "receiving", SHOP, quantityList=amounts((THIRD, 3)))
    story = [
        (PRESS, [pressed(1, 1, LOT, 8), one[0]]), (BOTTLER, [bottled(4), other[0]]),
        (SHOP, [one[1], other[1], sold(50, 6, 5), nobody]),
    ]  # fmt: skip
    found = asked(platform, story, f"{STALL},2")
    named = of_kind(found, Missing.HOLDER_UNKNOWN)
    assert (named.ask, named.thing, named.direction) == ("Shop", THIRD, Direction.BACKWARD)
    assert [name for name, _ in named.replies] == ["Press", "Bottler", ""]
    flows = [Flow("Press", "Shop", 8), Flow("Bottler", "Shop", 4), Flow("Shop", SOLD, 15)]
    replies = [
        Reply(chance=KNOWN * 8 / 12, changes=(Flow("Press", "Shop", 3),)),
        Reply(chance=KNOWN * 4 / 12, changes=(Flow("Bottler", "Shop", 3),)),
        Reply(chance=1 - KNOWN, changes=(Flow("?", "Shop", 3),)),
    ]
    expected = telling(summed(flows), {"Shop": 2}, Doubts(noise=NOISE), replies)
    assert named.bits == pytest.approx(expected.bits)
    assert [chance for _, chance in named.replies] == pytest.approx(expected.replies)


def test_the_most_telling_stands_first_and_what_was_assumed_is_said(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    story = [(PRESS, [one[0]]), (BOTTLER, [other[0]]), (SHOP, [other[1], sold(50, 6, 5)])]
    found = asked(platform, story, f"{STALL},2")
    bits = [each.bits for each in found.records.best]
    assert len(bits) > 1
    assert bits == sorted(bits, reverse=True)
    assert f"{TRUE:g}" in found.records.assumed.en
    assert {each.said.zh for each in found.records.best} != {""}
