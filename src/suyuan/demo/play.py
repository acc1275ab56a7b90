"""Takes a platform; gives the pork story captured on it, party by party, and what became of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.demo import cast, pork
from suyuan.demo.events import CHINA
from suyuan.kit import Text
from suyuan.model import Verdict
from suyuan.service import Platform, capture, follow, local_capturer, register

Heard = Callable[["Told"], None]


class Told(Struct, frozen=True, kw_only=True):
    """One chapter and what the platform made of it: counts, and the sentences of its findings."""

    title: Text
    counts: dict[str, int]
    remarks: tuple[Text, ...] = ()


def play(platform: Platform, *, heard: Heard | None = None) -> list[Told]:
    """Register the cast, let every party report, and let the index follow.

    Told twice on one day, every event is a repeat and nothing changes.
    """
    today = today_of(platform)
    register(platform, [*cast.registry(today), *cast.quarantine_papers(today)])
    told = []
    for chapter in pork.tell(today):
        capturer = local_capturer(platform, chapter.reporter.party)
        options = Options(on_refusal=OnRefusal.PROCEED)
        result = capture(platform, chapter.document(), capturer, options)
        told.append(Told(title=chapter.title, counts=result.counts, remarks=_remarks(result)))
        if heard is not None:
            heard(told[-1])
    follow(platform)
    return told


def today_of(platform: Platform) -> date:
    """The day it is in China."""
    return platform.clock().astimezone(CHINA).date()


def chapters(platform: Platform) -> int:
    """How many chapters there are, for a progress bar."""
    return sum(1 for _ in pork.tell(today_of(platform)))


def totals(told: Sequence[Told]) -> dict[str, int]:
    """Events of all chapters by what became of them."""
    counted: Counter[str] = Counter()
    for chapter in told:
        counted.update(chapter.counts)
    return dict(counted)


def _remarks(result: JobResult) -> tuple[Text, ...]:
    """The gravest sentence of each event that was held or refused, each sentence once."""
    grave = {Verdict.HELD, Verdict.REFUSED}
    weights = {"refuse": 0, "hold": 1, "flag": 2, "note": 3}
    said = [
        min(event.findings, key=lambda finding: weights[finding.severity]).message
        for event in result.events
        if event.verdict in grave and event.findings
    ]
    return tuple(dict.fromkeys(said))
