"""Takes the record in the order of its positions; gives projections: facts, mentions and links.

Each can be made again from zero and none is a source of truth; it never judges or answers.
"""

from suyuan.index.derive import derive
from suyuan.index.follow import catch_up, forget
from suyuan.index.types import FACT_KINDS, GRAINS, SIDES, Known, Report

__all__ = [
    "FACT_KINDS",
    "GRAINS",
    "SIDES",
    "Known",
    "Report",
    "catch_up",
    "derive",
    "forget",
]
