"""Takes answers and the rules of disclosure; gives what each viewer may be shown, in words.

Nothing is disclosed that a family's data does not disclose to that viewer.
"""

from suyuan.publish.answer import Asked, public_answer
from suyuan.publish.types import PublicAnswer, PublicVerdict, Stage, Tone

__all__ = ["Asked", "PublicAnswer", "PublicVerdict", "Stage", "Tone", "public_answer"]
