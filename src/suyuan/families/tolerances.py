"""Takes a family, a kind of account, a product kind and a day; gives the tolerance in force."""

from datetime import date

from suyuan.families.types import Family, Tolerance


def tolerance_on(family: Family, over: str, kind: str | None, on: date) -> Tolerance | None:
    """The one for the product kind, else the one for all kinds; of several the strictest.

    None: the family states none. What is stated for some kinds says nothing of a thing whose kind
    is not known.
    """
    stated = [
        each
        for each in family.tolerances
        if each.over == over
        and each.since <= on
        and (each.until is None or on <= each.until)
        and (not each.kind or kind in each.kind)
    ]
    return min(stated, key=lambda each: (not each.kind, each.percent), default=None)


def is_verified(family: Family, tolerance: Tolerance) -> bool:
    """Whether the tolerance, and the text of the law it cites, were read on their source."""
    return tolerance.verified and family.laws[tolerance.law].verified
