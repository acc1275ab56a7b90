"""The quick way of judging finds what the slow way finds: every rule in force, asked in full."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from family_cases import Case, event_of, families, files, knowledge_of
from msgspec import structs

from suyuan.families import Knowledge
from suyuan.families.days import local_day
from suyuan.families.findings import applies
from suyuan.families.place import Placement
from suyuan.families.recorded import recorded
from suyuan.families.view import View
from suyuan.model import Event


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


@pytest.mark.parametrize("file", files())
def test_what_is_found_quickly_is_what_every_rule_finds_on_its_own(file: str) -> None:
    for case in files()[file]:
        knowledge = knowledge_of(case, event_of(case.id))
        for event in variants(case):
            placement = families().step_of(event, knowledge)
            found = [one.rule for one in families().judge(event, knowledge, placement)]
            quick = [rule for rule in found if not rule.startswith("family.")]
            assert quick == slowly(event, knowledge, placement), case.id
