"""Takes a family, a day and a product kind; gives the tolerances in force, named.

Also what naming and dating all that a family states have in common.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

from suyuan.families import Family, citing, tolerances
from suyuan.families.types import RecallLevel, Rule, Term, Tolerance
from suyuan.kit import Text


class Named(Struct, frozen=True):
    """An id of the data with what it is called."""

    id: str
    name: Text


class ToleranceOn(Struct, frozen=True, kw_only=True):
    """How much may be missing, in percent of what was there and came; `over`: in which account.

    No `kinds`: of all of them. `verified` False: it, or its law, was not read on its source.
    """

    id: str
    name: Text
    over: str
    percent: Decimal
    law: str
    law_name: Text
    article: str
    article_en: str
    since: date
    until: date | None
    kinds: tuple[Named, ...]
    verified: bool


def tolerances_on(family: Family, on: date, kind: str | None) -> tuple[ToleranceOn, ...]:
    """The tolerances in force on a day, for all kinds of product or one."""
    found = (one for one in family.tolerances if is_law(one, on) and for_kind(one.kind, kind))
    return tuple(_tolerance(family, one) for one in found)


def _tolerance(family: Family, one: Tolerance) -> ToleranceOn:
    law = family.laws[one.law]
    return ToleranceOn(
        id=one.id,
        name=Text(one.zh, one.en),
        over=one.over,
        percent=one.percent,
        law=one.law,
        law_name=Text(law.zh, law.en),
        article=one.article,
        article_en=citing.in_english(one.article),
        since=one.since,
        until=one.until,
        kinds=named(one.kind, family.kinds),
        verified=tolerances.is_verified(family, one),
    )


def is_law(dated: RecallLevel | Rule | Term | Tolerance, on: date) -> bool:
    """Whether something stated by law is in force on a day."""
    return dated.since <= on and (dated.until is None or on <= dated.until)


def for_kind(kinds: tuple[str, ...], kind: str | None) -> bool:
    """Whether what is stated for some kinds, or (none named) all, is for a kind, or (None) any."""
    return kind is None or not kinds or kind in kinds


def named(ids: Iterable[str], names: Mapping[str, Text]) -> tuple[Named, ...]:
    """Ids with what they are called."""
    return tuple(Named(one, names[one]) for one in ids)
