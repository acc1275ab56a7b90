"""Takes the facts of the index and a question; gives what came from where and went where.

Every answer is a pair, certain within possible, and says where it is not complete.
"""

from suyuan.trace.closure import closure
from suyuan.trace.types import Direction, Question, Seed

__all__ = ["Direction", "Question", "Seed", "closure"]
