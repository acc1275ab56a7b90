"""Takes dated law as data (TOML) and an event; gives its family, its step and what is found.

It is pure: `load_families` reads the data once, `Families.step_of` and `Families.judge`
compute; what judging must look up comes in as `Knowledge`. No family is named in code.
"""

from suyuan.families.filed import Fileable as Fileable
from suyuan.families.filed import Filed as Filed
from suyuan.families.filed import fileable as fileable
from suyuan.families.judge import Families
from suyuan.families.knowledge import ACT as ACT
from suyuan.families.knowledge import CONFIRMED as CONFIRMED
from suyuan.families.knowledge import EXACT as EXACT
from suyuan.families.knowledge import Acted as Acted
from suyuan.families.knowledge import Around as Around
from suyuan.families.knowledge import Content as Content
from suyuan.families.knowledge import Debit as Debit
from suyuan.families.knowledge import Grounds as Grounds
from suyuan.families.knowledge import Knowledge, KnownDocument, Licence, PastStep, ThingState
from suyuan.families.knowledge import Later as Later
from suyuan.families.knowledge import Lying as Lying
from suyuan.families.knowledge import Permit as Permit
from suyuan.families.load import load_families
from suyuan.families.overlays import rules_in as rules_in
from suyuan.families.place import Placement as Placement
from suyuan.families.predicates import Count as Count
from suyuan.families.predicates import OneOf as OneOf
from suyuan.families.predicates import Pattern as Pattern
from suyuan.families.predicates import Predicate as Predicate
from suyuan.families.predicates import Required as Required
from suyuan.families.predicates import Unit as Unit
from suyuan.families.predicates import asks_elsewhere as asks_elsewhere
from suyuan.families.predicates import words_of as words_of
from suyuan.families.recorded import Told as Told
from suyuan.families.terms import word as word
from suyuan.families.tolerances import tolerance_on as tolerance_on
from suyuan.families.types import Family
from suyuan.families.view import confirmed as confirmed
from suyuan.families.view import things as things

__all__ = [
    "Families",
    "Family",
    "Knowledge",
    "KnownDocument",
    "Licence",
    "PastStep",
    "ThingState",
    "load_families",
]
