"""Takes answers and the rules of disclosure; gives what each viewer may be shown, in words.

Nothing is disclosed that a family's data does not disclose to that viewer.
"""

from suyuan.publish.answer import Asked, public_answer
from suyuan.publish.stages import local_day
from suyuan.publish.types import PublicAnswer, Stage, Tone

__all__ = [
    "Asked",
    "PublicAnswer",
    "Stage",
    "Tone",
    "local_day",
    "public_answer",
]
