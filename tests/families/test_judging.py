"""The quick way of judging finds what the slow way finds: every rule in force, asked in full."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from family_cases import Case, event_of, families, files, knowledge_of
from msgspec import structs

from suyuan.check import judge_event
from suyuan.families import Knowledge
from suyuan.families.days import local_day
from suyuan.families.findings import applies
from suyuan.families.place import Placement
from suyuan.families.recorded import recorded
from suyuan.families.view import View
from suyuan.model import Event

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


def slowly(event: Event, knowledge: Knowledge, placement: Placement) -> list[str]:
    """Each rule on its own, with a view of its own, whatever it needs."""
    owner = families().by_id.get(placement.family or "", families().general)
    found = []
    for one in families().in_force(event, knowledge, placement, local_day(event)):
        step = owner.steps.get(placement.step or "")
        view = View(event, owner.readers, step.roles if step else ())
        view.read.update(recorded(owner, view, knowledge))
        if applies(one, view, placement.kind) and one.check(view, knowledge) is not None:
            found.append(one.rule.id)
    return found


def variants(case: Case) -> Iterator[Event]:
    """The report, and the report with one member left out, blank, or of no use."""
    event = event_of(case.id)
    yield event
    for name in ("extensions", "ilmd"):
        members = getattr(event, name)
        for key in members:
            rest = {other: value for other, value in members.items() if other != key}
            yield structs.replace(event, **{name: rest})
            for value in ("  ", "？", [], ["", "x"]):
                yield structs.replace(event, **{name: rest | {key: value}})
    yield structs.replace(event, sources=(), destinations=(), epcs=(), quantities=())
    yield structs.replace(event, event_time=event.event_time + timedelta(days=400))


def every_case() -> Iterator[Case]:
    for cases in files().values():
        yield from cases


def spaced(value: object) -> object:
    return value.replace("T", " ", 1) if isinstance(value, str) and _MOMENT.match(value) else value


def test_a_time_with_a_space_is_judged_as_one_with_a_t() -> None:
    """RFC 3339 5.6; spreadsheets write times so."""
    turned = 0
    for case in every_case():
        event = event_of(case.id)
        told = {key: spaced(value) for key, value in event.extensions.items()}
        turned += told != event.extensions
        other = structs.replace(event, extensions=told)
        knowledge = knowledge_of(case, event)
        placement = families().step_of(event, knowledge)
        assert [one.rule for one in families().judge(event, knowledge, placement)] == [
            one.rule for one in families().judge(other, knowledge, placement)
        ], case.id
    assert turned


@pytest.mark.parametrize("gone", [("brand",), ("brand", "specification")])
def test_of_several_items_those_that_are_not_stated_are_named_and_no_others(
    gone: tuple[str, ...],
) -> None:
    """Who left out two of five is told which two: `nothing stated` is untrue of the others."""
    food = families().by_id["food"]
    case = next(
        one for one in every_case() if not one.expect and '"food_recall"' in (one.event or "")
    )
    event = event_of(case.id)
    told = {key: one for key, one in event.extensions.items() if not key.endswith(gone)}
    assert len(told) == len(event.extensions) - len(gone)
    left = structs.replace(event, extensions=told)
    judged = judge_event(left, knowledge_of(case, left), families()).findings
    (found,) = (one for one in judged if one.rule == "food.recall.record")
    names = [food.items[one] for one in sorted(gone)]
    assert f"未填写：{'、'.join(one.zh for one in names)}；" in found.message.zh
    assert f"nothing stated: {', '.join(one.en for one in names)};" in found.message.en


def test_of_a_date_that_cannot_be_read_no_order_is_asserted() -> None:
    read = 0
    for case in every_case():
        event = event_of(case.id)
        dates = [key for key, value in event.extensions.items() if _MOMENT.match(str(value))]
        knowledge = knowledge_of(case, event)
        placement = families().step_of(event, knowledge)
        for key in dates:
            other = structs.replace(event, extensions=event.extensions | {key: "上周三"})
            found = families().judge(other, knowledge, placement)
            said = [one for one in found if "“上周三”" in one.message.zh]
            read += len(said)
            assert all("无从核对" in one.message.zh for one in said), case.id
            assert all("2026-03-01" in one.cure.en for one in said), case.id
    assert read


@pytest.mark.parametrize("file", files())
def test_what_is_found_quickly_is_what_every_rule_finds_on_its_own(file: str) -> None:
    for case in files()[file]:
        knowledge = knowledge_of(case, event_of(case.id))
        for event in variants(case):
            placement = families().step_of(event, knowledge)
            found = [one.rule for one in families().judge(event, knowledge, placement)]
            quick = [rule for rule in found if not rule.startswith("family.")]
            assert quick == slowly(event, knowledge, placement), case.id
