"""Takes an event, what is known of its things and parties, and the families; gives a judgement."""

from datetime import date

from msgspec import Struct

from suyuan.check.chain import contradictions
from suyuan.check.confirming import unconfirmed
from suyuan.check.debits import debited
from suyuan.check.standing import is_theirs, not_theirs
from suyuan.families import Debit, Families, Knowledge, Placement, Told
from suyuan.model import Event, Finding, Verdict, verdict_of


class Judgement(Struct, frozen=True, kw_only=True, gc=False):
    """What becomes of an event, and why; findings from reading it are not among these.

    `family`, `step`, `kind`: what it was judged as, None where not found. `sets` and
    `clears` are the marks that its things get or lose once it is recorded; marks are set
    even when the event is held (a doubtful failed test still stops the sale), and cleared
    only when it is not. `entitled`: the reporter is registered in a role of the step. `debits`
    are taken from permits once it is recorded, held or not: what is reported has happened. `told`
    it leaves known; what only the last word of counts, only if it is theirs to say and not held.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    family: str | None = None
    step: str | None = None
    kind: str | None = None
    sets: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()
    entitled: bool = False
    debits: tuple[Debit, ...] = ()
    told: Told = Told()


def judge_event(
    event: Event,
    knowledge: Knowledge,
    families: Families,
    placement: Placement | None = None,
    *,
    on: date | None = None,
) -> Judgement:
    """The verdict on one event by the law of its day (or `on`) and the chain of its things.

    Nothing found is accepted; no family is accepted with a note. Of an error declaration only
    the general rules are asked: it repeats an event that was judged when it came. The verdict
    together with findings from reading is `verdict_of` over both. `placement` is what
    `families.step_of` said of the event, where it was asked before.
    """
    placement = placement or families.step_of(event, knowledge)
    if event.error is not None:
        found = families.general_findings(event, knowledge)
        return Judgement(verdict=verdict_of(found), findings=found, family=placement.family)
    by_rules = families.judge(event, knowledge, placement, on=on)
    findings = placement.findings + by_rules + contradictions(event, knowledge)
    findings += unconfirmed(event, knowledge, families, placement)
    marks = families.marks(event, placement)
    family = families.family(placement.family) if placement.family else None
    entitled = False
    if family is not None and placement.step is not None:
        entitled = is_theirs(family, placement.step, knowledge)
        findings += not_theirs(family, placement.step, knowledge) if marks.clear else ()
    debits: tuple[Debit, ...] = ()
    if knowledge.permits:
        debits, found = debited(event, knowledge, families, placement, entitled=entitled)
        findings += found
    verdict = verdict_of(findings)
    return Judgement(
        verdict=verdict,
        findings=findings,
        family=placement.family,
        step=placement.step,
        kind=placement.kind,
        sets=marks.set,
        clears=frozenset() if verdict is Verdict.HELD else marks.clear,
        entitled=entitled,
        debits=debits,
        told=_told(families.told(event, placement), verdict, entitled=entitled),
    )


def _told(said: Told, verdict: Verdict, *, entitled: bool) -> Told:
    if not entitled:
        return said.by_a_stranger()
    return said.in_doubt() if verdict is Verdict.HELD else said
