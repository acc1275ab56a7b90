"""Takes what somebody typed and the thing it led to; gives how the one was read as the other."""

from typing import Final
from urllib.parse import urlencode

from msgspec import Struct

from suyuan.codes import Candidate, either, privacy, recognise
from suyuan.codes.types import Identified
from suyuan.service import Platform
from suyuan.web.render import thing_href

LONGEST: Final = 2_000
"""Characters of what was typed that a page of a thing can be told."""

_LIKELY: Final = 40
_MASKED: Final = "code.masked"


class HowRead(Struct, frozen=True, kw_only=True):
    """The text with its mask on, the reading that was taken, and how many others hold."""

    text: str
    reading: Candidate
    others: int


def the_only_one(found: list[Identified]) -> Identified | None:
    """The reading that needs no choice: the only one known, else the only one beyond doubt."""
    known = [each for each in found if each.known]
    sure = known or [each for each in found if each.valid]
    if len(sure) != 1:
        return None
    doubts = [each for each in sure[0].notes if each.severity != "info" and each.code != _MASKED]
    doubted = sure[0].score < _LIKELY or bool(doubts)
    return sure[0] if known or not doubted else None


def href_of_reading(text: str, canonical: str, **settings: str) -> str:
    """The thing's page, told what was typed to come to it, in the language that was asked for."""
    href = thing_href(canonical)
    read = {"read": privacy.masked(text)} if len(text) <= LONGEST else {}
    asked = urlencode({**read, **settings})
    return f"{href}{'&' if '?' in href else '?'}{asked}" if asked else href


def how_read(platform: Platform, text: str, canonical: str, number: str = "") -> HowRead | None:
    """How a text was read as the thing of this name; None if it is no reading of it.

    `number` is what a person's number in it was worth before it was masked.
    """
    shown = privacy.masked(privacy.cut(text.strip(), LONGEST))
    found = either.told_beside(_readings(platform, shown), number, shown)
    reading = next((each for each in found if each.canonical == canonical), None)
    if reading is None:
        return None
    others = sum(each.valid and each is not reading for each in found)
    return HowRead(text=shown, reading=reading, others=others)


def _readings(platform: Platform, text: str) -> tuple[Candidate, ...]:
    return recognise(text, platform.config.resolvers) if text else ()
