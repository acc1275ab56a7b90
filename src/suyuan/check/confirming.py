"""Takes an event that confirms an act, and the acts on record; gives what makes it no confirmation.

Two persons are two accounts: each has a key or password of its own, so neither can speak for the
other. A confirmation is itself no happening in the world but the word of that second account. One
that is not, or that speaks of nothing on record, says nothing and is refused; what happened stays
on record in the report of the act.
"""

from collections.abc import Iterator
from typing import Final

from suyuan.families import Acted, Families, Knowledge, Placement, confirmed, things
from suyuan.kit import Text
from suyuan.model import Event, Finding, Severity

_PATH: Final = "/suyuan:confirms"
_NONE: Final = (
    Text("没有写明确认的是哪一事件。", "It does not say which event it confirms."),
    Text("在 suyuan:confirms 填写该事件的编号。", "State that event's id as suyuan:confirms."),
)
_ABSENT: Final = (
    Text(
        "没有可由本单位确认的事件 {event}。",
        "No event {event} is on record that this party may confirm.",
    ),
    Text(
        "核对事件编号；先报送该行为，再由另一账户确认。",
        "Check the id; report the act first, then let another account confirm it.",
    ),
)
_STEP: Final = (
    Text("事件 {event} 不是需要确认的环节。", "Event {event} is of no step that this confirms."),
    Text("核对事件编号和本次确认的环节。", "Check the id, and the step of this confirmation."),
)
_SAME: Final = (
    Text(
        "事件 {event} 是由同一账户报送的：双人须为两个账户。",
        "Event {event} was reported through this same account: two persons are two accounts.",
    ),
    Text("由另一人以其本人的账户确认。", "Let the other person confirm it through an own account."),
)
_THINGS: Final = (
    Text(
        "{thing} 不在事件 {event} 的追溯单元之中。",
        "{thing} is not among the things of event {event}.",
    ),
    Text("只列出该行为涉及的追溯单元。", "Name only things that the act was done to."),
)


def unconfirmed(
    event: Event, knowledge: Knowledge, families: Families, placement: Placement
) -> tuple[Finding, ...]:
    """Why the event confirms nothing; silent where it is of no such step, or nothing was asked."""
    family = families.family(placement.family) if placement.family else None
    if family is None or placement.step is None or knowledge.acts is None:
        return ()
    steps = family.steps[placement.step].confirms
    if not steps:
        return ()
    ids = confirmed(event)
    if not ids:
        return (_finding("nothing", _NONE),)
    fitting = {one: _fitting(knowledge, one, family=family.id, steps=steps) for one in ids}
    found = tuple(
        one for event_id in ids for one in _of_act(event_id, fitting[event_id], knowledge)
    )
    return found or _strange(things(event), fitting)


def _fitting(
    knowledge: Knowledge, event_id: str, *, family: str, steps: tuple[str, ...]
) -> list[Acted]:
    """The acts on record by this id that are to be confirmed."""
    acts = (knowledge.acts or {}).get(event_id, ())
    return [act for act in acts if act.family == family and act.step in steps]


def _of_act(event_id: str, fitting: list[Acted], knowledge: Knowledge) -> Iterator[Finding]:
    """Why one act is not confirmed; several may have been reported by its id."""
    if any(act.account == knowledge.account for act in fitting):
        yield _finding("same-account", _SAME, event=event_id)
    elif not fitting:
        is_there = bool((knowledge.acts or {}).get(event_id))
        yield _finding(*(("step", _STEP) if is_there else ("unknown", _ABSENT)), event=event_id)


def _strange(named: tuple[str, ...], fitting: dict[str, list[Acted]]) -> tuple[Finding, ...]:
    """The first thing that none of the acts was done to."""
    theirs = {thing for acts in fitting.values() for act in acts for thing in act.things}
    strange = [thing for thing in named if thing not in theirs]
    event = ", ".join(fitting)
    return tuple(_finding("other-things", _THINGS, event=event, thing=one) for one in strange[:1])


def _finding(name: str, said: tuple[Text, Text], **params: str) -> Finding:
    return Finding(
        rule=f"confirm.{name}",
        severity=Severity.REFUSE,
        path=_PATH,
        message=said[0].format(**params),
        cure=said[1],
        params=params,
    )
