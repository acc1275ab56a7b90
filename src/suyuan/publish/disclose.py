"""Takes a recorded event and who looks; gives the fields of it that its family discloses to them.

Disclosure is decided here and nowhere else for pages: a field is shown when its family's
disclosure reaches the viewer's circle (docs/concepts/access.md).
"""

from collections.abc import Iterable
from typing import Any

from suyuan.families import Families, Family
from suyuan.kit import Text
from suyuan.kit.clock import day_in_china
from suyuan.kit.text import joined
from suyuan.model import Event, Finding, Role, Severity, Verdict, Viewer
from suyuan.publish import words
from suyuan.record import Recorded

_CIRCLES = ("public", "partner", "regulator", "secret")
_WEIGHT = (Severity.REFUSE, Severity.HOLD, Severity.FLAG, Severity.NOTE)
_IN_PLACE = frozenset({"party", "place", "units", "amounts"})
"""Types of items that a page says in their own place, or counts, or leaves to the record."""

_SAID = frozenset({"event_time", "now", "biz_step", "product_name"})
"""Items that every step says already, and the instant that an event is judged at; documents stand
among the papers."""

_MOST_VALUES = 3


def circle(recorded: Recorded, viewer: Viewer) -> str:
    """How near the viewer stands to an event: its reporter, a regulator, a partner, the public."""
    if viewer.role is Role.ADMIN or viewer.party == recorded.capturer:
        return "secret"
    if viewer.role is Role.REGULATOR:
        return "regulator"
    return "partner" if viewer.party in parties_of(recorded.event) else "public"


def may_see(item: str, recorded: Recorded, families: Families, viewer: Viewer) -> bool:
    """Whether the viewer may see an item of an event; what no family discloses is its parties'."""
    near = _nearness(recorded, viewer)
    family = families.family(recorded.family) if recorded.family else None
    if family is None or item not in family.disclosure:
        return near > 0
    return _CIRCLES.index(family.disclosure[item].value) <= near


def _nearness(recorded: Recorded, viewer: Viewer) -> int:
    return _CIRCLES.index(circle(recorded, viewer))


def shown_fields(
    recorded: Recorded, families: Families, viewer: Viewer
) -> Iterable[tuple[Text, Text]]:
    """The data items of an event that its family discloses to this viewer, in words.

    The things themselves are no data of theirs: a rule may read an ear tag there, but what stands
    at a later step is a carcass.
    """
    family = families.family(recorded.family) if recorded.family else None
    if family is None:
        return
    near = _nearness(recorded, viewer)
    reached = [name for name, to in family.disclosure.items() if _CIRCLES.index(to.value) <= near]
    said = _SAID.union(*(step.documents for step in family.steps.values()))
    things = things_of(recorded.event)
    for name in reached:
        item = family.items[name]
        if item.type in _IN_PLACE or name in said or item.constant is not None:
            continue
        stated = family.readers[name](recorded.event)
        values = [each for each in stated if not (isinstance(each, str) and each in things)]
        if values:
            yield Text(item.zh, item.en), _listed([_written(value, family) for value in values])


def remark(
    recorded: Recorded, families: Families, viewer: Viewer, reach: frozenset[int]
) -> Text | None:
    """The gravest thing said of an event that did not pass clean, in words fit for the viewer.

    A finding's full message quotes what was found, which may be a hidden field; only who may see
    everything of the event reads it. Others read the rule; all, by which law. What an authority
    decided of it since everybody reads, which authority and why, its reporter and authorities that
    have the event in their `reach`.
    """
    judged = _judged(recorded, families, viewer)
    if not recorded.overrides:
        return judged
    newest = recorded.overrides[-1]
    told = {
        "judged": judged or words.VERDICTS[recorded.verdict],
        "day": day_in_china(newest.at),
        "now": words.VERDICTS[newest.verdict],
    }
    if circle(recorded, viewer) == "secret" or not reach.isdisjoint(recorded.tags):
        by = newest.authority or words.ADMINISTRATOR
        return words.OVERRIDDEN_WHY.format(**told, by=by, ground=newest.ground)
    return words.OVERRIDDEN.format(**told)


def _judged(recorded: Recorded, families: Families, viewer: Viewer) -> Text | None:
    """The same of what was judged when it came."""
    if recorded.verdict is Verdict.ACCEPTED or not recorded.findings:
        return None
    gravest = min(recorded.findings, key=lambda finding: _WEIGHT.index(finding.severity))
    frame = words.HELD if recorded.verdict is Verdict.HELD else words.REMARK
    is_own = circle(recorded, viewer) == "secret"
    why = gravest.message if is_own else _rule_text(gravest, recorded, families)
    if gravest.cited is not None:
        why = words.BY_LAW.format(why=why, law=gravest.cited)
    return frame.format(why=why)


def parties_of(event: Event) -> list[str]:
    """Who hands over and who takes, the one who acts at this step first."""
    refs = (*event.sources, *event.destinations)
    if event.biz_step in {"receiving", "arriving", "accepting"}:
        refs = (*event.destinations, *event.sources)
    return [ref.value for ref in refs if ref.type in {"possessing_party", "owning_party"}]


def things_of(event: Event) -> set[str]:
    """Every thing an event speaks of."""
    elements = (*event.quantities, *event.input_quantities, *event.output_quantities)
    return {
        *event.epcs,
        *event.input_epcs,
        *event.output_epcs,
        *(element.epc_class for element in elements),
        *((event.parent,) if event.parent else ()),
    }


def _rule_text(finding: Finding, recorded: Recorded, families: Families) -> Text:
    family = families.family(recorded.family) if recorded.family else None
    own = (*family.rules, *family.overlays) if family is not None else ()
    for rule in (*own, *families.general.rules):
        if rule.id == finding.rule:
            return Text(rule.zh.rstrip("。"), rule.en.rstrip("."))
    return words.CONTRADICTS


def _listed(values: list[Text]) -> Text:
    shown = list(dict.fromkeys(values))[:_MOST_VALUES]
    more = len(set(values)) - len(shown)
    names = joined(shown)
    return words.AND_MORE.format(shown=names, count=more) if more > 0 else names


def _written(value: Any, family: Family) -> Text:
    """A value as people read it: a coded one by its name."""
    bare = str(value).rpartition(":")[2] if str(value).startswith(_TERMS) else str(value)
    return family.words.words.get(bare, Text(bare, bare))


_TERMS = ("suyuan:", "urn:suyuan:ns:")
