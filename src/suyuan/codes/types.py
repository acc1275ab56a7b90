"""What a code turns out to be, and what a scheme of codes is."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from suyuan.kit import Text

Severity = Literal["error", "warning", "info"]
Checked = Literal["open", "secret", "none"]
"""Whether a scheme has check characters, and whether everybody can compute them."""

Outcome = Literal["passed", "failed", "none", "unknown"]
"""What check characters say of a code: nothing where its scheme has none, or they are secret or
the code has not its form."""

OUTCOMES: Final[dict[Outcome, Text]] = {
    "passed": Text("校验相符", "Check passed"),
    "failed": Text("校验不符", "Check fails"),
    "none": Text("无校验位", "No check digit in this scheme"),
    "unknown": Text("校验位无从核对", "Check digit not checked"),
}
NOT_SO: Final = Text("不成立", "Does not hold")
"""Of a code in which something else is wrong than its check characters."""

LONGEST: Final = 10_240
"""Characters of a text that are read."""

LONGEST_NAME: Final = 1_000
"""Bytes of the longest canonical URI. GS1 keys need 130; a pair of names must fit an index row."""

GS1_RESOLVER: Final = "id.gs1.org"
RESOLVERS: Final = frozenset((GS1_RESOLVER,))
"""Hosts whose links are identifiers on every platform; a setting adds others."""


WIDE: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
"""Full-width characters and what they are in half width; every one stays one character."""


class Grain(StrEnum):
    """What kind of thing a code names."""

    INSTANCE = "instance"
    LOT = "lot"
    CLASS = "class"
    PARTY = "party"
    PLACE = "place"
    DOCUMENT = "document"


GRAIN_NAMES: Final[dict[Grain, Text]] = {
    Grain.INSTANCE: Text("单件", "one thing"),
    Grain.LOT: Text("批次", "a lot"),
    Grain.CLASS: Text("品类", "a class of products"),
    Grain.PARTY: Text("主体", "a party"),
    Grain.PLACE: Text("地点", "a place"),
    Grain.DOCUMENT: Text("单据", "a document"),
}


class Note(Struct, frozen=True):
    """What was forgiven or found wrong: `error` spoils the code, `warning` doubts it."""

    code: str
    severity: Severity
    text: Text


class Part(Struct, frozen=True):
    """A named piece of a code; `name` is stable and made for programs."""

    name: str
    zh: str
    en: str
    value: str


class Page(Struct, frozen=True):
    """Where its issuer answers questions about a code; not `verified`: the address is from memory.

    `confirmed` says by what, and on which day. A page of this kind is asked by hand. Suyuan itself
    never asks it.
    """

    name: Text
    url: str
    verified: bool = False
    confirmed: Text | None = None


class Candidate(Struct, frozen=True):
    """One reading of a text: the scheme, the canonical URI, and whether its checks hold.

    `lot` and `class_uri` are the canonical URIs of the lot and product the named thing
    belongs to, where the text names them, and `issuer` that of the party that gave it out.
    `score` (0-100) ranks readings of one text. `issued_by`, `validity` and `pages` are what
    the scheme says of all its codes, `verified` whether its structure was confirmed. `piece` is
    the piece of the text that was read, where the text holds several or words around them.
    `check` is what the check characters say: a valid code whose scheme has none is not confirmed.
    """

    scheme: str
    name: Text
    canonical: str
    valid: bool
    grain: Grain
    parts: tuple[Part, ...] = ()
    notes: tuple[Note, ...] = ()
    lot: str | None = None
    class_uri: str | None = None
    issuer: str | None = None
    score: int = 50
    issued_by: Text | None = None
    validity: Text | None = None
    verified: bool = True
    pages: tuple[Page, ...] = ()
    piece: str | None = None
    check: Outcome = "none"

    @property
    def said_of_check(self) -> Text:
        """What its check says, or that the fault is another."""
        is_other = not self.valid and self.check != "failed"
        return NOT_SO if is_other else OUTCOMES[self.check]


class Known(Struct, frozen=True, kw_only=True):
    """What is recorded of a name, as far as the viewer may see."""

    events: int
    first: datetime
    last: datetime
    family: str | None = None
    name: Text | None = None


class CodeIssue(Struct, frozen=True, kw_only=True):
    """On which day of China's a code was issued, by whom, for what; since when it is withdrawn."""

    on: date
    by: Text
    product: Text | None = None
    withdrawn: date | None = None


class IssuedHere(CodeIssue, frozen=True, kw_only=True):
    """That a code was issued on this platform; `package` is told to its own party."""

    package: UUID | None = None


class BroughtIn(Struct, frozen=True, kw_only=True):
    """Who brought a code in that a state body gave out, in which batch, on which day."""

    by: Text
    party: str
    batch: UUID
    on: date


class Identified(Candidate, frozen=True, kw_only=True):
    """A reading of a text, what is known of the thing it names, and that its code is of here.

    `brought_in`: given out by a state body, and brought in by a party; of several one is right.
    """

    known: Known | None = None
    issued: IssuedHere | None = None
    brought_in: tuple[BroughtIn, ...] = ()


class Other(Struct, frozen=True):
    """Another text to read, what was done to come to it, and how much less likely it is so.

    `only` names the one scheme that is meant, if it is one; of `plain` texts, in which nothing was
    guessed, a failed check is worth telling too; of `proved` ones only what a check speaks for.
    """

    text: str
    note: Note
    less: int = 5
    only: str = ""
    plain: bool = False
    proved: bool = False


class Identifier(Struct, frozen=True):
    """An identifier as capture records it, once and for ever: `uri` is its canonical form.

    `received` is what was sent; `note` says why a code could not be resolved, or that it
    names another kind of thing than its place in the event expects.
    """

    uri: str
    scheme: str
    grain: Grain
    lot: str | None
    class_uri: str | None
    received: str
    note: Note | None = None


class Cleaned(Struct, frozen=True):
    """A text as it came and freed of what people and scanners add.

    `text` keeps case, separators and group separators; `bare` keeps upper-case letters and
    digits only, `cased` the same in the case they came in; `written` is the whole in upper
    case without spaces, Chinese and label included, and empty where there is none. `label` is
    what stood before the code, `symbology` the scanner's prefix that did (`]Q3`). The notes say
    what was forgiven to get there.
    """

    received: str
    text: str
    bare: str
    cased: str = ""
    written: str = ""
    notes: tuple[Note, ...] = ()
    bare_notes: tuple[Note, ...] = ()
    written_notes: tuple[Note, ...] = ()
    label: str = ""
    symbology: str = ""


Recognise = Callable[[Cleaned], Candidate | None]


class Field(Struct, frozen=True):
    """A piece of a code's structure: `least` to `most` characters of `shape`.

    `shape` is a set of characters, or else a regular expression of the whole piece. Without
    a name it is printed as `text`, the same in every code.
    """

    name: str = ""
    zh: str = ""
    en: str = ""
    most: int = 0
    shape: str = "[0-9]"
    least: int | None = None
    text: str = ""


class Scheme(Struct, frozen=True):
    """A scheme of codes: who issues it, what it looks like, and how it is read.

    `source` names standard and clause; `verified` is False where structure or check were
    not confirmed on its text. `layout` is its structure, `check` says in words what is
    checked, `checked` whether it has check characters, and `severity` how bad a failed check is:
    `warning` where real codes on real labels fail it. `good` texts must be recognised as this
    scheme and valid, `bad` ones must not be. `urn` schemes are named `urn:suyuan:<id>:<code>`,
    `scoped` ones `urn:suyuan:<id>:<issuer>:<code>`; `scope` says within what they are unique.
    `unasked` says, where it has no `pages`, that there are none, or none we know.
    `keys` are where the index finds the scheme (`suyuan.codes.index`).
    """

    id: str
    name: Text
    grain: Grain
    issuer: Text
    source: str
    layout: tuple[Field, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    recognise: Recognise
    verified: bool = True
    urn: bool = False
    scoped: bool = False
    scope: Text = Text("全球唯一", "unique in the world")
    check: Text = Text("无校验位", "no check character")
    checked: Checked = "none"
    severity: Severity = "error"
    validity: Text | None = None
    pages: tuple[Page, ...] = ()
    unasked: Text | None = None
    keys: tuple[str, ...] = ()
