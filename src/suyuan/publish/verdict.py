"""Takes what is known of a thing's way; gives the one word that is said before anything else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

from suyuan.families import Families
from suyuan.kit import Text
from suyuan.model import Verdict
from suyuan.publish import words
from suyuan.publish.disclose import things_of
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
    if any(event.counts is Verdict.HELD for event in events):
        return PublicVerdict(tone=Tone.HOLD, word=words.HOLD, sentence=words.HOLD_SENTENCE)
    if gaps:
        return PublicVerdict(tone=Tone.NOTE, word=words.NOTE, sentence=words.GAPS_SENTENCE)
    if any(event.counts is Verdict.FLAGGED for event in events):
        return PublicVerdict(tone=Tone.NOTE, word=words.REMARKED, sentence=words.REMARKS_SENTENCE)
    return PublicVerdict(tone=Tone.GOOD, word=words.GOOD, sentence=words.GOOD_SENTENCE)


def marked_things(events: Iterable[Recorded], families: Families) -> Marked:
    """Things under a mark that a later event did not clear, by the events given alone.

    As in judging, a held report raises doubt and ends none, and a mark set at the very time
    another report clears it stays.
    """
    marks: dict[str, dict[str, int]] = {}
    ordered = sorted(events, key=lambda each: (each.event.event_time, each.position))
    for _, together in groupby(ordered, key=lambda each: each.event.event_time):
        told = [(one, families.marks_of(one.event, one.family, one.step)) for one in together]
        for one, change in told:
            ends = change.clear and one.counts is not Verdict.HELD
            for thing in things_of(one.event) if ends else ():
                for name in change.clear:
                    marks.get(thing, {}).pop(name, None)
        for one, change in told:
            for thing in things_of(one.event) if change.set else ():
                marks.setdefault(thing, {}).update(dict.fromkeys(change.set, one.entry))
    return {thing: frozenset(held.values()) for thing, held in marks.items() if held}
