"""Takes the facts of the index, a question and its viewer; gives what came from where and whither.

Every answer is a pair, certain within possible, and says where it is not complete.
"""

from suyuan.trace.ask import recall_scope, trace
from suyuan.trace.contacts import contacts
from suyuan.trace.sites import site_moves
from suyuan.trace.types import Answer, Direction, Question, Seed

__all__ = [
    "Answer",
    "Direction",
    "Question",
    "Seed",
    "contacts",
    "recall_scope",
    "site_moves",
    "trace",
]
