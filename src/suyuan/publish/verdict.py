"""Takes what is known of a thing's way; gives the one word that is said before anything else."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from suyuan.families import Families
from suyuan.kit import Text
from suyuan.model import Verdict
from suyuan.publish import words
from suyuan.publish.stages import things_of
from suyuan.publish.types import PublicVerdict, Tone
from suyuan.record import Recorded

Marked = Mapping[str, Collection[int]]
"""Things under a mark that nothing cleared, and the entries that set it."""


def verdict(
    events: Sequence[Recorded],
    marked: Marked,
    *,
    sure: Collection[str],
    possible: Collection[str],
    gaps: Sequence[Text],
) -> PublicVerdict:
    """Stopped beats held beats incomplete; what is only possibly affected says so.

    `sure` are the things certainly in it, itself among them; `possible` those that may be.
    """
    if any(thing in marked for thing in sure):
        return PublicVerdict(tone=Tone.STOP, word=words.STOP, sentence=words.STOP_SENTENCE)
    if any(thing in marked for thing in possible):
        return PublicVerdict(tone=Tone.HOLD, word=words.POSSIBLY, sentence=words.POSSIBLY_SENTENCE)
    if any(event.verdict is Verdict.HELD for event in events):
        return PublicVerdict(tone=Tone.HOLD, word=words.HOLD, sentence=words.HOLD_SENTENCE)
    if gaps:
        return PublicVerdict(tone=Tone.NOTE, word=words.NOTE, sentence=words.GAPS_SENTENCE)
    if any(event.verdict is Verdict.FLAGGED for event in events):
        return PublicVerdict(tone=Tone.NOTE, word=words.REMARKED, sentence=words.REMARKS_SENTENCE)
    return PublicVerdict(tone=Tone.GOOD, word=words.GOOD, sentence=words.GOOD_SENTENCE)


def marked_things(events: Iterable[Recorded], families: Families) -> Marked:
    """Things under a mark that a later event did not clear, by the events given alone.

    As in judging, a held report raises doubt and ends none.
    """
    marks: dict[str, dict[str, int]] = {}
    for recorded in sorted(events, key=lambda each: (each.event.event_time, each.position)):
        change = families.marks_of(recorded.event, recorded.family, recorded.step)
        for thing in things_of(recorded.event) if change.set or change.clear else ():
            held = marks.setdefault(thing, {})
            for name in change.clear if recorded.verdict is not Verdict.HELD else ():
                held.pop(name, None)
            held.update(dict.fromkeys(change.set, recorded.entry))
    return {thing: frozenset(held.values()) for thing, held in marks.items() if held}
