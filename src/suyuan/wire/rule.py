"""What a rule of reading is: where it comes from, how it weighs, what it says."""

from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.model import Severity


class Rule(Struct, frozen=True):
    """Where it comes from, how it weighs in strict and lenient mode, what to say and to do."""

    law: str
    strict: Severity
    lenient: Severity
    message: Text
    cure: Text


SCHEMA: Final = "EPCIS 2.0.1 JSON schema"
LD: Final = "JSON-LD 1.1 §4.1"


def never(law: str, message: Text, cure: Text) -> Rule:
    """A rule whose breach is refused in either mode."""
    return Rule(law, Severity.REFUSE, Severity.REFUSE, message, cure)


def forgiven(law: str, message: Text, cure: Text) -> Rule:
    """One whose breach is refused in strict mode alone."""
    return Rule(law, Severity.REFUSE, Severity.NOTE, message, cure)


def said(law: str, message: Text, cure: Text) -> Rule:
    """One whose breach is told, and never refused."""
    return Rule(law, Severity.NOTE, Severity.NOTE, message, cure)
