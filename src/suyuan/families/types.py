"""Takes nothing; gives a family of products as frozen data: steps, items, dated rules, disclosure.

Each struct with a `name` in both tongues is one entry of the family's TOML files, read
strictly: an unknown key is an error in the data.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from suyuan.families.citing import citation
from suyuan.families.predicates import Predicate
from suyuan.families.predicates.base import Words
from suyuan.families.view import Reader
from suyuan.kit import Text
from suyuan.model import Action, EventType, Severity


class Audience(StrEnum):
    """The widest circle that may see a field; each circle includes those before it.

    `regulator` is the authority of the jurisdiction, `partner` one step up and one step
    down the chain, `public` everybody; `secret` is the reporting organisation alone.
    """

    OWNER_ONLY = "secret"
    REGULATOR = "regulator"
    PARTNER = "partner"
    PUBLIC = "public"


class Law(Struct, frozen=True, forbid_unknown_fields=True):
    """A legal source and the days it is in force (both inclusive, `until` None: still).

    `verified` False: its text was not read. `in_force_checked` False: the day it came into
    force was not read on the source itself.
    """

    id: str
    zh: str
    en: str
    in_force: date
    until: date | None = None
    verified: bool = True
    in_force_checked: bool = True
    note: Text | None = None

    def cite(self, article: str) -> Text:
        """Source and article, in both languages."""
        return citation(Text(self.zh, self.en), article)


class Word(Struct, frozen=True, forbid_unknown_fields=True):
    """What a coded value is called: a licence kind, a mark, a unit, a value of a list."""

    id: str
    zh: str
    en: str


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """A data item 数据项: its short name in rules and its places in an event.

    `at` lists the places, the first that holds a value wins; without it the item is the
    term of the same name in ILMD or among the extensions. `source` names the standard or
    article that asks for it; `unit` is a UN/CEFACT code; `constant` a fixed limit. With
    `recorded` no event states it: it is what earlier ones left known, under that name, of what the
    items `of` name.
    """

    name: str
    zh: str
    en: str
    type: Literal["text", "code", "date", "number", "choice", "party", "place", "units", "amounts"]
    at: tuple[str, ...] = ()
    unit: str | None = None
    source: str = ""
    constant: date | None = None
    recorded: str | None = None
    of: tuple[str, ...] = ("things",)
    personal: bool = False


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the life cycle: the nearest CBV bizStep, who does it, what may follow.

    `id` is the term `suyuan:<id>`; `kinds` the product kinds it handles; `direction` says
    whether goods come in to or go out of the reporting party's hands. `confirms`: it is a second
    account's word for acts of these steps.
    """

    id: str
    zh: str
    en: str
    biz_step: str
    kinds: tuple[str, ...]
    roles: tuple[str, ...]
    next: tuple[str, ...]
    direction: Literal["in", "out", "inside"] = "inside"
    licences: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    begins: bool = False
    confirms: tuple[str, ...] = ()


class StepMatch(Struct, frozen=True, forbid_unknown_fields=True):
    """How an event that names no step shows which one it is; every stated condition holds."""

    step: str
    biz_step: str | None = None
    type: EventType | None = None
    action: Action | None = None
    kind: tuple[str, ...] = ()
    scheme: tuple[str, ...] = ()


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """The events a rule speaks of; every stated condition holds, an empty one always does.

    `grain` is of the things named (instance: epcList and the like; lot: quantity elements).
    `present`/`absent` name items; `where` maps an item to the values it may have.
    """

    step: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    type: tuple[EventType, ...] = ()
    action: tuple[Action, ...] = ()
    grain: tuple[Literal["instance", "lot"], ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}


class Cure(Struct, frozen=True, forbid_unknown_fields=True):
    """What the reporter should do, or another sentence in both languages."""

    zh: str
    en: str


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One dated rule of law: judged by the day of the fact, `since` and `until` inclusive.

    `verified` False: the article was not read on its source; shown as such, at most flagged. A rule
    of a province or city names its `division` (GB/T 2260) and may stand `instead` of another rule
    of the family while it is in force there.
    """

    id: str
    since: date
    law: str
    article: str
    require: Predicate
    severity: Severity
    zh: str
    en: str
    cure: Cure
    when: When = When()
    until: date | None = None
    verified: bool = True
    division: str = ""
    instead: str = ""


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """What an event of these steps makes of its things: marks set and marks cleared."""

    step: tuple[str, ...]
    set: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}


class Remember(Struct, frozen=True, forbid_unknown_fields=True):
    """What an event of these steps leaves known of what the items `of` name, for later rules.

    It is known as `name`, else as the item. `latest`: the last word counts, and only that of who
    is registered for the step, in a report that is not held; `all`: every word, whoever says it.
    `plus_days` is an item with days that are added to a date; `forget`: it is known no more.
    """

    step: tuple[str, ...]
    item: str
    name: str = ""
    of: tuple[str, ...] = ("things",)
    keep: Literal["latest", "all"] = "latest"
    plus_days: str | None = None
    where: dict[str, tuple[str, ...]] = {}
    forget: bool = False

    @property
    def known_as(self) -> str:
        """The name that recorded items ask for."""
        return self.name or self.item


class CodeUse(Struct, frozen=True, forbid_unknown_fields=True):
    """A code scheme that the family uses: for what, at which grain.

    `implies`: a thing coded so is of this family; `kinds`: and of the product kind that the
    first characters of its code say, of one kind for all where these are none.
    """

    scheme: str
    zh: str
    en: str
    grain: Literal["instance", "lot", "class", "party", "place", "document"]
    source: str
    implies: bool = False
    kinds: dict[str, str] = {}


class Term(Struct, frozen=True, forbid_unknown_fields=True):
    """A term of law, in one unit: of a deadline, or how long records are kept (`months`)."""

    id: str
    zh: str
    en: str
    law: str
    article: str
    since: date
    until: date | None = None
    months: int | None = None
    days: int | None = None
    hours: int | None = None
    workdays: int | None = None
    verified: bool = True


class Retention(Term, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long records of these steps are kept, by law at least, of these kinds or (none) of all.

    It runs from the day of the fact for `months`; where `after` names an item with a date that is
    stated, from that date, for `months_after` if stated. `where` maps an item to the values that it
    has to state, `absent` names items that it must not.
    """

    step: tuple[str, ...]
    kind: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}
    absent: tuple[str, ...] = ()
    after: str = ""
    months_after: int | None = None


class Start(Struct, frozen=True, forbid_unknown_fields=True):
    """What starts a clock: a report of these steps, on the day of `item`; unstated, its own day.

    `kind` and `where` narrow it. With `end_of` the clock runs from the end of that month or year,
    once for each party. With `once` a thing starts it but the first time.
    """

    step: tuple[str, ...]
    item: str = ""
    kind: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}
    end_of: Literal["", "month", "year"] = ""
    once: bool = False


class Reply(Struct, frozen=True, forbid_unknown_fields=True):
    """What answers a clock, on the day of `item`, without which a report answers nothing.

    Where no item is named, the report's own day counts. Without `step` it is the same report,
    corrected later where need be. Else it is the next report of these steps of the same thing,
    whoever's; or, where `period` names an item, of the same party for the month or year that ends
    on that day. After a report of the steps in `moot` of the same thing no answer is needed. With
    `confirms` the answer is a second account's word for the very report, for all of its things.
    """

    item: str = ""
    step: tuple[str, ...] = ()
    period: str = ""
    moot: tuple[str, ...] = ()
    confirms: bool = False


class Deadline(Term, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A deadline 法定时限, with what starts its clock and what answers it.

    Or neither, and `unwatched` says why no report can show it.
    """

    start: Start | None = None
    answer: Reply | None = None
    unwatched: Cure | None = None


class RecallLevel(Struct, frozen=True, forbid_unknown_fields=True):
    """A level of recall that a law sets, for some kinds of product or (none named) all.

    Where a law knows recall and no levels, there is one. `begin` and `finish` name deadlines;
    without `begin` it is at once, without `finish` the law read names no end.
    """

    id: str
    zh: str
    en: str
    law: str
    article: str
    since: date
    kind: tuple[str, ...] = ()
    begin: str = ""
    finish: str = ""
    until: date | None = None
    verified: bool = True


class Tolerance(Struct, frozen=True, forbid_unknown_fields=True):
    """How much may be missing 允差, in percent of what was there and came, for a kind of account.

    `over`: a lot at a holder (pool), a class at a holder (site), a vessel, a transformation (flow:
    more coming out than went in), a movement. `kind` names product kinds; none: all of them.
    """

    id: str
    over: Literal["pool", "site", "vessel", "flow", "movement"]
    percent: Decimal
    law: str
    article: str
    since: date
    zh: str
    en: str
    kind: tuple[str, ...] = ()
    until: date | None = None
    verified: bool = True


class Quality(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of what a family should have: done, or missing for a reason."""

    id: str
    zh: str
    en: str
    done: bool
    reason: Text | None = None


class Family(Struct, frozen=True, kw_only=True):
    """A product family in full; items and words include those of the general rules.

    `rules` hold everywhere, `overlays` are those of provinces and cities, each of its division.
    `recorded` are the items that are read from the record; `asks_of` the items, beside the things
    of an event, of which something is remembered or read; `confirmable` the steps whose acts a
    second account confirms.
    """

    id: str
    name: Text
    authority: Text
    scope: Text
    clause: Text
    laws: Mapping[str, Law]
    kinds: Mapping[str, Text]
    items: Mapping[str, Item]
    steps: Mapping[str, Step]
    matches: tuple[StepMatch, ...]
    marks: tuple[Mark, ...]
    remembers: tuple[Remember, ...]
    recorded: tuple[Item, ...]
    asks_of: frozenset[str]
    confirmable: frozenset[str]
    rules: tuple[Rule, ...]
    overlays: tuple[Rule, ...]
    codes: tuple[CodeUse, ...]
    disclosure: Mapping[str, Audience]
    retention: tuple[Retention, ...]
    deadlines: tuple[Deadline, ...]
    recalls: tuple[RecallLevel, ...]
    tolerances: tuple[Tolerance, ...]
    quality: tuple[Quality, ...]
    words: Words
    readers: Mapping[str, Reader]
    readme: str = ""

    def not_for_all(self, items: Iterable[str]) -> frozenset[str]:
        """Those of the items whose values not everybody may see."""
        return frozenset(one for one in items if self.disclosure[one] is not Audience.PUBLIC)

    def places(self, item: str) -> tuple[str, ...]:
        """Where in an event the item may stand."""
        return places(self.items[item])

    def explain(self, rule: Rule) -> Text:
        """What the rule requires, in words made from its predicate."""
        return rule.require.explain(self.words)

    def cite(self, dated: RecallLevel | Rule | Term | Tolerance) -> Text:
        """The legal source and article of a rule, term, level of recall or tolerance."""
        return self.laws[dated.law].cite(dated.article)


def places(item: Item) -> tuple[str, ...]:
    """Where an item stands: as stated, or the term of its name in ILMD or the extensions."""
    if item.at or item.constant is not None or item.recorded is not None:
        return item.at
    head, *rest = item.name.split("_")
    term = "suyuan:" + head + "".join(part.capitalize() for part in rest)
    return (f"ilmd.{term}", f"extensions.{term}")
