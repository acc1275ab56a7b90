"""Takes an answer and that its code was issued here; gives the answer that says so.

It rests on the registry alone: an answer that hides events says the same as one that has none.
"""

from datetime import date

from msgspec import structs

from suyuan.codes.types import CodeIssue
from suyuan.kit import Text
from suyuan.publish import words
from suyuan.publish.types import PublicAnswer, PublicVerdict, Tone


def with_issue(answer: PublicAnswer, issued: CodeIssue) -> PublicAnswer:
    """The answer with what is known of its code; that one was withdrawn comes before all else."""
    facts = [(words.ISSUED_BY, issued.by), (words.ISSUED_ON, _day(issued.on))]
    if issued.product is not None:
        facts.append((words.ISSUED_FOR, issued.product))
    said = answer.verdict
    if issued.withdrawn is not None:
        day = issued.withdrawn.isoformat()
        facts.append((words.WITHDRAWN_ON, _day(issued.withdrawn)))
        sentence = words.WITHDRAWN_SENTENCE.format(day=day)
        said = PublicVerdict(tone=Tone.STOP, word=words.WITHDRAWN, sentence=sentence)
    elif said.tone is Tone.UNKNOWN:
        said = PublicVerdict(tone=Tone.UNKNOWN, word=words.ISSUED, sentence=words.ISSUED_SENTENCE)
    return structs.replace(answer, verdict=said, about=(*answer.about, *facts))


def _day(day: date) -> Text:
    return Text(day.isoformat(), day.isoformat())
