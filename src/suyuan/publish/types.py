"""Takes nothing; gives the shape of an answer as a person may see it: verdict first, gaps said.

Every name in it has passed the disclosure rules of its family for its viewer; a page, a terminal
and a program show the same.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from suyuan.codes import Candidate
from suyuan.kit import Text


class Tone(StrEnum):
    """How a verdict is to be taken at a glance."""

    GOOD = "good"  # recorded, and nothing speaks against it
    NOTE = "note"  # recorded, with gaps or remarks
    HOLD = "hold"  # something is held until it is cleared up
    STOP = "stop"  # failed, stopped or recalled: do not use
    UNKNOWN = "unknown"  # nothing is recorded of it that this viewer may see


class PublicVerdict(Struct, frozen=True, kw_only=True):
    """One word and one sentence, said before anything else."""

    tone: Tone
    word: Text
    sentence: Text


class Stage(Struct, frozen=True, kw_only=True):
    """One step of a thing's life as it may be shown.

    `certain` is False for what is only possible. `note` says what is held, flagged or missing.
    `reporter` is who supplied the record, `position` its place in the record.
    """

    at: datetime
    offset: str
    step: Text
    party: Text | None = None
    place: Text | None = None
    thing: str = ""
    facts: tuple[tuple[Text, str], ...] = ()
    certain: bool = True
    tone: Tone = Tone.GOOD
    note: Text | None = None
    reporter: Text | None = None
    position: int | None = None
    corrected: bool = False


class Paper(Struct, frozen=True, kw_only=True):
    """A certificate, report or voucher that goes with the thing, and whether it stands."""

    kind: Text
    number: str
    issuer: str = ""
    standing: Text | None = None
    tone: Tone = Tone.GOOD


class Proof(Struct, frozen=True, kw_only=True):
    """Where in the record the answer can be checked: it is complete up to `position`."""

    position: int
    entries: int
    digests: tuple[str, ...] = ()


class PublicAnswer(Struct, frozen=True, kw_only=True):
    """What is said about one thing to one viewer.

    `origins` (来源), `whereabouts` (去向) and `responsible` (责任) are the three questions of
    国办发〔2015〕95号; `gaps` are said honestly; `history` tells of corrections.
    """

    subject: Candidate
    name: Text
    verdict: PublicVerdict
    origins: tuple[Stage, ...] = ()
    whereabouts: tuple[Stage, ...] = ()
    responsible: tuple[tuple[Text, Text], ...] = ()
    papers: tuple[Paper, ...] = ()
    gaps: tuple[Text, ...] = ()
    history: tuple[Text, ...] = ()
    completeness: Text | None = None
    family: Text | None = None
    proof: Proof | None = None
