"""Takes a file of a partner's tracing tool; gives what became of the events that it states."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from suyuan import interchange
from suyuan.families import Families
from suyuan.interchange import Words
from suyuan.model import Capturer, Severity
from suyuan.service.platform import Platform
from suyuan.service.templating import TakenIn, check_filled, import_filled
from suyuan.templates.types import Filled

_NO_FAMILY: Final = "family.none"
"""What every event of such a file would be told; it names no family, and cannot."""


def check_interchange(families: Families, data: bytes, words: Words, now: datetime) -> TakenIn:
    """What would be found in a file of FoodChain-Lab or UTX; nothing is recorded.

    Raises:
        SuyuanError: it is of no known form, broken, or too large.
    """
    return _together(data, words, lambda part: check_filled(families, part, now))


def import_interchange(
    platform: Platform, data: bytes, words: Words, capturer: Capturer
) -> TakenIn:
    """Take the events of such a file into the record; none if something could not be read.

    Ids are made of the file's own, so the same file twice is recorded once, and one that grew adds
    what is new.

    Raises:
        SuyuanError: it is of no known form, broken, or too large.
    """
    return _together(data, words, lambda part: import_filled(platform, part, capturer))


def _together(data: bytes, words: Words, take: Callable[[Filled], TakenIn]) -> TakenIn:
    """What became of all documents of a file; nothing of it is taken if any of it is refused."""
    parts = interchange.read(data, words)
    refused = any(one.severity is Severity.REFUSE for one in parts[0].findings)
    taken = [take(part) for part in (parts[:1] if refused else parts)]
    return TakenIn(
        recorded=all(each.recorded for each in taken),
        counts=dict(sum((Counter(each.counts) for each in taken), Counter())),
        findings=tuple(one for each in taken for one in each.findings if one.code != _NO_FAMILY),
    )
