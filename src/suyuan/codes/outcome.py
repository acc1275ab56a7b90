"""Takes a reading; gives what its scheme says of all its codes, and what check characters say."""

from typing import Final

from msgspec.structs import replace

from suyuan.codes.registry import scheme_of
from suyuan.codes.types import Candidate, Checked, Outcome

CHECK: Final = "code.check"
CHECKS: Final = frozenset((CHECK, "code.number-check"))
"""Notes that check characters are not those that the others give."""


def told(candidate: Candidate) -> Candidate:
    """The reading with what its scheme says of all its codes."""
    scheme = scheme_of(candidate.scheme)
    if scheme is None:
        return candidate
    return replace(
        candidate,
        check=_outcome(candidate, scheme.checked),
        issued_by=candidate.issued_by or scheme.issuer,
        validity=candidate.validity or scheme.validity,
        verified=scheme.verified,
        pages=candidate.pages if candidate.issued_by else scheme.pages,
    )


def is_proved(candidate: Candidate) -> bool:
    """Whether check characters speak for a reading."""
    scheme = scheme_of(candidate.scheme)
    return scheme is not None and _outcome(candidate, scheme.checked) == "passed"


def _outcome(candidate: Candidate, checked: Checked) -> Outcome:
    """What check characters say: a code that is not of its form has none that could be computed."""
    if any(said.code in CHECKS for said in candidate.notes):
        return "failed"
    if candidate.check in ("passed", "unknown") or checked == "none":
        return candidate.check
    return "passed" if candidate.valid and checked == "open" else "unknown"
