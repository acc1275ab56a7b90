"""Takes nothing; gives the shape of what judging may know beyond the event itself.

Whoever judges fills it, once per document, from `state` and `registry`. A part left None
was not asked, and every rule that needs it stays silent; an empty part was asked and holds
nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from msgspec import Struct

from suyuan.model import Holder, StateRule

ACT: Final = "suyuan:act"
"""Under this name a report's own id is remembered, where a second account confirms its act."""
CONFIRMED: Final = "suyuan:confirmed"
"""And under this one the ids of the reports whose acts a report confirms."""


class PastStep(Struct, frozen=True, gc=False):
    """One earlier recorded, not refused, not withdrawn event of a thing.

    `step` is the family step recorded with the event (`slaughter`), or its bare CBV
    bizStep where no family was found; `at` is its eventTime in UTC. `acts` are the ids of what
    was reported so, where a second account confirms it; none: recorded before ids were kept.
    """

    step: str
    at: datetime
    acts: frozenset[str] = frozenset()


class Grounds(Struct, frozen=True, gc=False):
    """Which events say that a thing was made, that it ended, and what it lies in or was taken from.

    They are numbers that whoever records has given them, for itself; None: no event says it.
    """

    made: int | None = None
    ended: int | None = None
    placed: int | None = None


class ThingState(Struct, frozen=True, kw_only=True, gc=False):
    """What is recorded of one thing (an instance, or a lot as a whole), the event left out.

    * `made`, `ended`: earliest eventTime (UTC) of its MADE and of its ENDED facts among all
      that is recorded, even when later than the event: that is how an impossible order
      shows. None: none recorded. A lot that is only partly ended has `ended` None. The rest
      is as of the event's time.
    * `holder`: the last known possessing party and site, either half None where unknown; of a
      lot, of which many may have some, only who was told of last.
    * `container`: canonical URI of what it lies in, None when loose or not known.
    * `marks`: names of marks in force at the event's time (`failed_test`, `stop_sale`,
      `recalled`, `disposed` …), as set and cleared by the families' `[[mark]]` data.
    * `told`: what earlier events left known of it, by name (`[[remember]]` of the families).
    * `done`: by step, the ids of all that was so reported of it, where another account confirms it.
    * `steps`: its past steps, oldest first, with eventTime not later than the event's, each at its
      first and its last two times; `is_whole` False: so many events name it that only the latest
      were looked at, and of a step that is not among them nothing is known.
    * `grounds`: which events say so, of what state rules go by.
    """

    made: datetime | None = None
    ended: datetime | None = None
    holder: Holder | None = None
    container: str | None = None
    marks: frozenset[str] = frozenset()
    steps: tuple[PastStep, ...] = ()
    told: Mapping[str, tuple[str, ...]] = {}
    done: Mapping[str, frozenset[str]] = {}
    is_whole: bool = True
    grounds: Grounds = Grounds()


class Later(Struct, frozen=True, gc=False):
    """A later event that stands, by its number, and breaks a rule if the judged one is right."""

    rule: StateRule
    event: int


class Around(Struct, frozen=True, gc=False):
    """What a container lies in, and what that lies in: the events that say so, by container.

    Not whole: there is more around it than is looked through.
    """

    things: Mapping[str, int] = {}
    is_whole: bool = True


class Content(Struct, frozen=True, gc=False):
    """The marks that something bears which lies in a thing, also in containers inside it.

    Not whole: more lies in it, or deeper, than is looked through.
    """

    marks: frozenset[str] = frozenset()
    is_whole: bool = True


def nothing_inside(_thing: str) -> Content:
    """Of no thing is it known that anything lies in it."""
    return Content()


class Licence(Struct, frozen=True, kw_only=True, gc=False):
    """A licence on file: `kind` as families name it, both days inclusive, None is open.

    `areas` are the divisions (GB/T 2260) that it is for, none: not limited; `covers` what it says
    that it is for, none: not on file.
    """

    kind: str
    number: str
    valid_from: date | None = None
    valid_to: date | None = None
    areas: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


class KnownDocument(Struct, frozen=True, kw_only=True, gc=False):
    """A certificate, report or voucher on file under its number.

    `kind` as families name it (`quarantine_animal`, `produce_certificate` …); both days
    inclusive, None is open; `void` when its issuer or an authority withdrew it.
    """

    kind: str
    number: str
    valid_from: date | None = None
    valid_to: date | None = None
    void: bool = False


_NO_ROLES: Final = frozenset[str]()
EXACT: Final = Context(prec=400)
"""In which a ledger is kept: no sum of amounts is rounded, so the database comes to the same."""


class Permit(Struct, frozen=True, kw_only=True, gc=False):
    """A line of a permit or quota on file: `amount` of some goods for `holder`, `used` of it gone.

    `kind` as families name it; `issuer` a name, or the URI of a party; `goods` is the species it is
    for, empty for any; `unit` a UN/CEFACT code, None counts pieces. Both days inclusive, None is
    open; `void` when it was withdrawn.
    """

    id: int
    kind: str
    number: str
    issuer: str = ""
    holder: str
    goods: str = ""
    unit: str | None = None
    amount: Decimal
    used: Decimal = Decimal(0)
    valid_from: date | None = None
    valid_to: date | None = None
    void: bool = False

    @property
    def left(self) -> Decimal:
        """What may still be taken from it."""
        return EXACT.subtract(self.amount, self.used)

    def covers(self, day: date) -> bool:
        """Whether it is in force on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and not self.void and (self.valid_to is None or day <= self.valid_to)


class Debit(Struct, frozen=True, gc=False):
    """What an event takes from a line, in the line's unit; not covered: it takes nothing."""

    permit: int
    amount: Decimal
    is_covered: bool = True


class Acted(Struct, frozen=True, gc=False):
    """An act on record: its family and step, the account that reported it, the things it names."""

    family: str | None
    step: str | None
    account: int
    things: frozenset[str]


class Lying(Struct, frozen=True, gc=False):
    """The division (GB/T 2260) that a party or site lies in; both days inclusive, None is open."""

    division: str
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it lies there on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


class Knowledge(Struct, frozen=True, kw_only=True, gc=False):
    """Everything that rules with look-ups may ask; keys are canonical URIs.

    * `now`: the instant of capture, UTC; `tolerance`: how far a sender's clock may run ahead.
    * `actor`: the party that answers for the report (the capturer's canonical URI).
    * `families`: family id by thing, product, lot or site URI named in the event, from the
      registry; `products`: product kind (`pork`, `vegetable`) by the same URIs.
    * `things`: state by thing URI, of the things the event names and of the lots in its
      belongings. A URI without entry: asked, and nothing is recorded.
    * `inside`: what lies in a thing at the event's time. It is asked, not told, since few events
      need it and a pallet may hold thousands of things.
    * `licences`: licences by party URI. A party without entry is not registered, and rules
      stay silent on it; with `()` it is registered and has none on file.
    * `roles`: registered roles by party URI (`slaughterhouse`, `farm` …); entries as above.
    * `documents`: documents by number as sent; one number may stand on several kinds.
    * `permits`: lines of permits and quotas by number, with what earlier reports took from them.
    * `divisions`: where sites and parties lie, and when, by URI; `division` is where an event
      happens of whose place and reporter none is known.
    * `acts`: by event id, the acts on record that the event names, of those that the reporter may
      see and nobody took back; `account`: the account through which it reports.
    * `state_rules`: by which a tenant wants contradictions of the record held.
    * `on_record`: what these rules go by, of all that is on record, plain EPCIS included: when a
      thing was made and ended, and what it lies in. None: that is not kept, `things` are asked.
    * `later`: by thing, later events that stand and contradict this one; `around`: what the event's
      container lies in at its time. Both as far as `on_record` is kept.
    """

    now: datetime
    tolerance: timedelta = timedelta(minutes=15)
    actor: str | None = None
    families: Mapping[str, str] = {}
    products: Mapping[str, str] = {}
    things: Mapping[str, ThingState] | None = None
    inside: Callable[[str], Content] = nothing_inside
    licences: Mapping[str, tuple[Licence, ...]] | None = None
    roles: Mapping[str, frozenset[str]] | None = None
    documents: Mapping[str, tuple[KnownDocument, ...]] | None = None
    permits: Mapping[str, tuple[Permit, ...]] | None = None
    divisions: Mapping[str, tuple[Lying, ...]] = {}
    division: str = ""
    acts: Mapping[str, tuple[Acted, ...]] | None = None
    account: int | None = None
    state_rules: frozenset[StateRule] = frozenset()
    on_record: Mapping[str, ThingState] | None = None
    later: Mapping[str, tuple[Later, ...]] = {}
    around: Around = Around()

    def is_actor(self, roles: Iterable[str]) -> bool:
        """Whether who answers for the report is registered in one of these roles."""
        return not (self.roles or {}).get(self.actor or "", _NO_ROLES).isdisjoint(roles)
