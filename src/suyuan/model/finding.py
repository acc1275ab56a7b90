"""Takes nothing; gives findings and verdicts: what is wrong, where, by which rule, and the cure."""

from enum import StrEnum
from typing import Any

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.text import vouched


class Severity(StrEnum):
    """How a finding weighs; the names are the outcomes it leads to."""

    REFUSE = "refuse"
    HOLD = "hold"
    FLAG = "flag"
    NOTE = "note"


class Verdict(StrEnum):
    """What became of a report ; refused is not recorded, the other three are."""

    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    HELD = "held"
    REFUSED = "refused"


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing wrong or worth saying: place (JSON path), rule, law, sentence and cure.

    `law` names the legal source, or the clause of the standard; `law_en` does in English, left out
    where it is the same. `verified` is False where the source itself could not be checked: shown as
    such, never as law.
    """

    rule: str
    severity: Severity
    path: str
    message: Text
    cure: Text
    law: str | None = None
    law_en: str | None = None
    verified: bool = True
    params: dict[str, Any] = {}

    @property
    def cited(self) -> Text | None:
        """Source and article as people are shown them; None where the rule is this system's own.

        A finding recorded before citations were put in English has the Chinese one in both.
        """
        if self.law is None:
            return None
        return vouched(Text(self.law, self.law_en or self.law), verified=self.verified)


_WEIGHT = {
    Severity.NOTE: Verdict.ACCEPTED,
    Severity.FLAG: Verdict.FLAGGED,
    Severity.HOLD: Verdict.HELD,
    Severity.REFUSE: Verdict.REFUSED,
}
_ORDER = (Verdict.REFUSED, Verdict.HELD, Verdict.FLAGGED)


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """The gravest outcome among the findings; none at all is accepted."""
    outcomes = {_WEIGHT[finding.severity] for finding in findings}
    return next((verdict for verdict in _ORDER if verdict in outcomes), Verdict.ACCEPTED)
