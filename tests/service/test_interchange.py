"""Partners' files through the door of all capture: recorded once, and traced as they mean it."""

import json
from pathlib import Path
from typing import Any

import pytest
from deliveries import WORDS, bring_in, delivery, fcl

from suyuan.service import (
    OPERATOR,
    Platform,
    follow,
    import_interchange,
    local_capturer,
    trace,
)
from suyuan.trace import Direction, Question, Seed

Json = dict[str, Any]


def reached(platform: Platform, start: str, direction: Direction) -> set[str]:
    question = Question(seeds=(Seed(thing=f"urn:suyuan:lot:fcl:{start}"),), direction=direction)
    answer = trace(platform, question, OPERATOR)
    things = {node.pool.thing for node in answer.nodes} - {""}
    return {thing.removeprefix("urn:suyuan:lot:fcl:") for thing in things}


def led_to(relations: list[list[str]], start: str) -> set[str]:
    """Deliveries that relations lead to, and the first: FoodChain-Lab's trace."""
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for source, target in relations:
            if source == here and target not in found:
                found.add(target)
                todo.append(target)
    return found


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "network", "events"),
    [
        ("ExampleData.json", "example", 76),
        ("Scenario_1_Outbreak-Baby-Tea.json", "babytea1", 38),
        ("All_In_One_Template_Example.xlsx", "aio_yogurt", 17),
    ],
)
def test_a_file_of_foodchain_lab_is_traced_as_its_relations_lead(
    platform: Platform, shared_data: Path, file: str, network: str, events: int
) -> None:
    folder = shared_data / "tracing/fcl"
    data = (folder / "original" / file).read_bytes()
    assert bring_in(platform, data) == {"accepted": events}
    assert bring_in(platform, data) == {"duplicate": events}
    net: Json = json.loads((folder / "networks" / f"{network}.json").read_bytes())
    onward = net["relations"]
    back = [[target, source] for source, target in onward]
    for name in [each["id"] for each in net["deliveries"]]:
        assert reached(platform, name, Direction.FORWARD) == led_to(onward, name)
        assert reached(platform, name, Direction.BACKWARD) == led_to(back, name)


def test_a_file_that_grew_adds_what_is_new_and_a_changed_row_is_held(platform: Platform) -> None:
    first = delivery("d", "farm", "dairy", Amount="5 kg")
    second = delivery("e", "dairy", "shop")
    assert bring_in(platform, fcl([first], [])) == {"accepted": 1}
    grown = fcl([first, second], [("d", "e")])
    assert bring_in(platform, grown) == {"accepted": 3, "duplicate": 1}
    assert reached(platform, "d", Direction.FORWARD) == {"d", "e"}
    changed = fcl([first | {"Amount": "6 kg"}, second], [("d", "e")])
    assert bring_in(platform, changed) == {"duplicate": 3, "held": 1}


def test_a_refused_file_leaves_nothing_behind(platform: Platform) -> None:
    data = fcl([delivery("d", "farm", "dairy")], [("d", "missing")])
    taken = import_interchange(platform, data, WORDS, local_capturer(platform, None))
    assert not taken.recorded
    assert [finding.code for finding in taken.findings] == ["interchange.no-delivery"]
    follow(platform)
    assert reached(platform, "d", Direction.FORWARD) == set()
