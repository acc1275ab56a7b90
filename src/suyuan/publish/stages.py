"""Takes recorded events that a viewer may see; gives them as steps in words, equal steps as one."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct, structs

from suyuan.families import Families
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.model import Event, EventType, Verdict, Viewer
from suyuan.publish import words
from suyuan.publish.disclose import may_see, parties_of, remark, shown_fields, things_of
from suyuan.publish.types import Stage, Tone
from suyuan.record import Recorded

Names = Mapping[str, Text]

_TONES = {Verdict.HELD: Tone.HOLD, Verdict.FLAGGED: Tone.NOTE}
_BEGINNING = frozenset({"commissioning", "creating_class_instance"})


class Scene(Struct, frozen=True, kw_only=True):
    """What turning events into steps needs: the rules, the names, who looks, what is sure.

    `certain` are things, `sure` the entries that move what carried them for certain; `stopped`
    are the entries that set a mark which still stands on what is looked at. `reach` are the tags
    of what who looks has authority over.
    """

    families: Families
    names: Names
    viewer: Viewer
    certain: frozenset[str]
    sure: frozenset[int] = frozenset()
    corrected: frozenset[int] = frozenset()
    stopped: frozenset[int] = frozenset()
    reach: frozenset[int] = frozenset()


def stages(events: Iterable[Recorded], scene: Scene) -> list[Stage]:
    """The events as steps, in the order in which they happened."""
    ordered = sorted(events, key=lambda each: (each.event.event_time, each.position))
    return together(stage_of(recorded, scene) for recorded in ordered)


def stage_of(recorded: Recorded, scene: Scene) -> Stage:
    """One event as a step."""
    event = recorded.event
    seen = {item: _may(item, recorded, scene) for item in ("actor", "place")}
    sides = list(dict.fromkeys(parties_of(event)))
    tone = _TONES.get(recorded.counts, Tone.GOOD)
    return Stage(
        at=event.event_time,
        offset=event.offset,
        step=step_name(recorded, scene.families),
        party=_first_name(sides[:1], scene.names) if seen["actor"] else None,
        place=_first_name(_places(event), scene.names) if seen["place"] else None,
        counterpart=_counterpart(recorded, sides, scene),
        facts=tuple(shown_fields(recorded, scene.families, scene.viewer)),
        certain=recorded.entry in scene.sure or not scene.certain.isdisjoint(things_of(event)),
        tone=Tone.STOP if recorded.entry in scene.stopped else tone,
        note=remark(recorded, scene.families, scene.viewer, scene.reach),
        reporter=scene.names.get(recorded.capturer, words.UNNAMED),
        position=recorded.position,
        corrected=recorded.entry in scene.corrected,
        makes=event.type is EventType.TRANSFORMATION or event.biz_step in _BEGINNING,
    )


def together(found: Iterable[Stage]) -> list[Stage]:
    """Equal steps of one day as one step with a count: twenty crates packed are one line."""
    groups: dict[tuple[Any, ...], list[Stage]] = {}
    for stage in found:
        groups.setdefault(_alike(stage), []).append(stage)
    return [group[0] if len(group) == 1 else _one(group) for group in groups.values()]


def step_name(recorded: Recorded, families: Families) -> Text:
    """The family's word for the step, else CBV's, else the term itself."""
    family = families.family(recorded.family) if recorded.family else None
    step = family.steps.get(recorded.step or "") if family is not None else None
    if step is not None:
        return Text(step.zh, step.en)
    term = recorded.event.biz_step or recorded.event.type.value
    return words.STEPS.get(term, Text(term, term))


def named_in(events: Iterable[Recorded]) -> set[str]:
    """Every party and place that steps will want a name for."""
    found: set[str] = set()
    for recorded in events:
        found.update(parties_of(recorded.event), (recorded.capturer,), _places(recorded.event))
    return found


def _may(item: str, recorded: Recorded, scene: Scene) -> bool:
    return may_see(item, recorded, scene.families, scene.viewer)


def _counterpart(recorded: Recorded, sides: Collection[str], scene: Scene) -> Text | None:
    """The other side of a hand-over: a supplier or a customer, so only where disclosed."""
    both = _may("buyer_party", recorded, scene) and _may("supplier_party", recorded, scene)
    return (_first_name(list(sides)[1:], scene.names) or _buyer(recorded, scene)) if both else None


def _buyer(recorded: Recorded, scene: Scene) -> Text | None:
    """A buyer as the seller wrote him: two sales to two buyers are not one step."""
    family = scene.families.family(recorded.family) if recorded.family else None
    read = None if family is None else family.readers.get("buyer_name")
    if read is None or not _may("buyer_name", recorded, scene):
        return None
    said = "、".join(str(each) for each in read(recorded.event))
    return Text(said, said) if said else None


def _first_name(uris: Iterable[str], names: Names) -> Text | None:
    return next((names[uri] for uri in uris if uri in names), None)


def _places(event: Event) -> list[str]:
    return [uri for uri in (event.biz_location, event.read_point) if uri]


def _alike(stage: Stage) -> tuple[Any, ...]:
    return (
        stage.step, stage.party, stage.place, stage.counterpart, stage.reporter, stage.note,
        stage.tone, stage.certain, stage.corrected, local_day(stage),
    )  # fmt: skip


def local_day(stage: Stage) -> str:
    """The day of a step on the calendar at its place, YYYY-MM-DD."""
    return there(stage.at, stage.offset).date().isoformat()


def _one(group: list[Stage]) -> Stage:
    shared = [fact for fact in group[0].facts if all(fact in each.facts for each in group)]
    varied = dict.fromkeys(
        label for each in group for label, value in each.facts if (label, value) not in shared
    )
    several = Counter(label for each in group for label in {name for name, _ in each.facts})
    counted = [(label, words.SEVERAL.format(count=several[label])) for label in varied]
    return structs.replace(
        group[0], count=len(group), until=group[-1].at, facts=(*shared, *counted)
    )
