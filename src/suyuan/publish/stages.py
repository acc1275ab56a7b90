"""Takes recorded events that a viewer may see; gives them as steps in words, fields by disclosure.

Disclosure is decided here and nowhere else for pages: a field is shown when its family's
disclosure reaches the viewer's audience (docs/concepts/access.md).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from suyuan.families import Families, Family
from suyuan.kit import Text
from suyuan.model import Event, Role, Severity, Verdict, Viewer
from suyuan.publish import words
from suyuan.publish.types import Stage, Tone
from suyuan.record import Recorded

Names = Mapping[str, Text]

_CIRCLES = ("public", "partner", "regulator", "secret")
_WEIGHT = (Severity.REFUSE, Severity.HOLD, Severity.FLAG, Severity.NOTE)


class Scene(Struct, frozen=True, kw_only=True):
    """What turning events into steps needs: the rules, the names, who looks, and what is sure."""

    families: Families
    names: Names
    viewer: Viewer
    certain: frozenset[str]
    corrected: frozenset[int]


def stages(events: Iterable[Recorded], scene: Scene) -> list[Stage]:
    """The events as steps, in the order in which they happened."""
    return [
        stage_of(recorded, scene)
        for recorded in sorted(events, key=lambda each: (each.event.event_time, each.position))
    ]


def stage_of(recorded: Recorded, scene: Scene) -> Stage:
    """One event as a step."""
    event = recorded.event
    family = scene.families.family(recorded.family) if recorded.family else None
    tone, note = _remark(recorded)
    return Stage(
        at=event.event_time,
        offset=event.offset,
        step=step_name(recorded, family),
        party=_first_name(_parties(event), scene.names),
        place=_place(event, scene.names),
        facts=tuple(shown_fields(recorded, family, scene.viewer)),
        certain=any(thing in scene.certain for thing in things_of(event)),
        tone=tone,
        note=note,
        reporter=scene.names.get(recorded.capturer, words.UNNAMED),
        position=recorded.position,
        corrected=recorded.entry in scene.corrected,
    )


def step_name(recorded: Recorded, family: Family | None) -> Text:
    """The family's word for the step, else CBV's, else the term itself."""
    step = family.steps.get(recorded.step or "") if family is not None else None
    if step is not None:
        return Text(step.zh, step.en)
    term = recorded.event.biz_step or recorded.event.type.value
    return words.STEPS.get(term, Text(term, term))


def shown_fields(
    recorded: Recorded, family: Family | None, viewer: Viewer
) -> Iterable[tuple[Text, str]]:
    """The data items of an event that its family discloses to this viewer."""
    if family is None:
        return
    reach = _CIRCLES.index(_circle(recorded, viewer))
    for name, audience in family.disclosure.items():
        if _CIRCLES.index(audience.value) > reach:
            continue
        values = family.readers[name](recorded.event)
        if values and name not in _IN_PLACE:
            item = family.items[name]
            yield Text(item.zh, item.en), "、".join(_written(value) for value in values[:3])


_IN_PLACE = frozenset({"supplier_party", "buyer_party", "ear_tag"})
"""Said in its own place on the page already."""


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


def named_in(events: Iterable[Recorded]) -> set[str]:
    """Every party and place that steps will want a name for."""
    found: set[str] = set()
    for recorded in events:
        event = recorded.event
        found.update(_parties(event), (recorded.capturer,))
        found.update(place for place in (event.biz_location, event.read_point) if place)
    return found


def _circle(recorded: Recorded, viewer: Viewer) -> str:
    """How near the viewer stands to an event: its reporter, a regulator, a partner, the public."""
    if viewer.role is Role.ADMIN or viewer.party == recorded.capturer:
        return "secret"
    if viewer.role is Role.REGULATOR:
        return "regulator"
    return "partner" if viewer.party in _parties(recorded.event) else "public"


def _parties(event: Event) -> list[str]:
    """Who hands over and who takes, the one who acts at this step first."""
    refs = (*event.sources, *event.destinations)
    if event.biz_step in {"receiving", "arriving", "accepting"}:
        refs = (*event.destinations, *event.sources)
    return [ref.value for ref in refs if ref.type in {"possessing_party", "owning_party"}]


def _first_name(uris: Iterable[str], names: Names) -> Text | None:
    return next((names[uri] for uri in uris if uri in names), None)


def _place(event: Event, names: Names) -> Text | None:
    return _first_name([uri for uri in (event.biz_location, event.read_point) if uri], names)


def _remark(recorded: Recorded) -> tuple[Tone, Text | None]:
    """The gravest thing said of an event, in words; a note is not worth repeating."""
    if recorded.verdict is Verdict.ACCEPTED or not recorded.findings:
        return Tone.GOOD, None
    gravest = min(recorded.findings, key=lambda finding: _WEIGHT.index(finding.severity))
    if recorded.verdict is Verdict.HELD:
        return Tone.HOLD, words.HELD.format(why=gravest.message)
    return Tone.NOTE, words.REMARK.format(why=gravest.message)


def _written(value: Any) -> str:
    return str(value)
