"""Documents handed to the record as a face would hand them, and every answer looked at."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bench.draws import HOST
from bench.events import CHINA, documents
from bench.plan import Plan
from bench.pork import Report, reports
from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.demo import cast
from suyuan.families import load_families
from suyuan.kit.clock import system_clock
from suyuan.kit.ids import random_key, random_uuid_urn
from suyuan.model import Verdict
from suyuan.record import Recorder, take
from suyuan.registry import directory
from suyuan.store import Store

SENDER = f"{HOST}/417/6901234000016"
SIZE, DOCUMENTS, HERDS = 1_000, 6, 300
SECRET = b"bench " * 6
_OPTIONS = Options(on_refusal=OnRefusal.PROCEED)
_GOOD = {Verdict.ACCEPTED.value, Verdict.FLAGGED.value}


def today() -> date:
    """The day it is where the events happen."""
    return system_clock().astimezone(CHINA).date()


def recorder(*, judged: bool) -> Recorder:
    """What a process needs to record; `judged` by the laws that come with the program."""
    return Recorder(
        clock=system_clock,
        ids=random_uuid_urn,
        draw=random_key,
        secret=SECRET,
        families=load_families() if judged else None,
    )


def register_cast(store: Store) -> None:
    """The parties, products and papers that the pork rules ask for."""
    with store.write() as conn:
        directory.register(conn, [*cast.registry(today()), *cast.quarantine_papers(today())])


def mixed_reports(plan: Plan, seed: int) -> list[Report]:
    """Documents of the mix."""
    size = plan.of(SIZE, least=100)
    bodies = documents(seed, count=DOCUMENTS, size=size)
    return [Report(party=SENDER, data=body, events=size) for body in bodies]


def pork_reports(plan: Plan, seed: int) -> list[Report]:
    """The documents of a wave of herds."""
    return reports(seed, herds=plan.of(HERDS, least=30), today=today())


def take_all(store: Store, taker: Recorder, sent: Sequence[Report]) -> None:
    """Capture every document.

    Raises:
        ValueError: an event was not accepted, so the measure would not be of what it says.
    """
    for report in sent:
        result = take(store, taker, report.data, report.capturer, options=_OPTIONS)
        if result.counts.keys() - _GOOD or not result.events:
            raise ValueError(_complaint(result))


def _complaint(result: JobResult) -> str:
    rules = Counter(
        finding.rule
        for event in result.events
        if event.verdict not in _GOOD
        for finding in event.findings
    )
    return f"events not accepted: {result.counts} {rules.most_common(5)} {result.problem}"
