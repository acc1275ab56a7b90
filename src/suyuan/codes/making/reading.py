"""A code in hand, taken apart again: which structure, whose stem, which serial it may be."""

import re
from collections.abc import Iterator
from typing import Final

from suyuan.codes.clean import clean
from suyuan.codes.making.structures import STRUCTURES, is_sound
from suyuan.codes.making.types import Slot
from suyuan.codes.own_names import decoded, split_name
from suyuan.codes.recognise import recognise
from suyuan.codes.seed_label import read_seed_label
from suyuan.kit import Text

_TRADE_ITEM: Final = re.compile(r"https://id\.gs1\.org/01/([0-9]{14})/(21|10)/([^/]+)")
_LOGISTIC_UNIT: Final = re.compile(r"https://id\.gs1\.org/00/([0-9]{17})[0-9]")
_STEMS_OF_SSCC: Final = range(5, 14)
_AI: Final = {"21": "sgtin", "10": "lgtin"}
_LAST_PIECE: Final = re.compile(r"https?://.*[/=]([0-9A-Za-z]{4,40})/?")
_SEED: Final = re.compile("[0-9A-Z]{5,20}")


def slots(text: str) -> Iterator[Slot]:
    """Every way to take a code apart that an enterprise's structures know; none for others.

    Serials made here have capitals alone, so one that was typed in small letters is read so. Of an
    SSCC nobody sees where the company prefix ends: every length it can have is a way.
    """
    for candidate in recognise(text):
        if candidate.valid and (found := _TRADE_ITEM.fullmatch(candidate.canonical)):
            yield Slot(_AI[found[2]], found[1], decoded(found[3]).upper())
        elif candidate.valid and (found := _LOGISTIC_UNIT.fullmatch(candidate.canonical)):
            body = found[1]
            yield from (Slot("sscc", body[:at], body[at:]) for at in _STEMS_OF_SSCC)
    yield from _plain(_bare(text))


def fault_of(scheme: str, code: str) -> Text | None:
    """What is wrong with a text that was to be a code of a scheme, as `recognise` tells it."""
    found = (each for each in recognise(code) if each.scheme == scheme and not each.valid)
    said = (note.text for each in found for note in each.notes if note.severity == "error")
    return next(said, None)


def _bare(text: str) -> str:
    """The code alone: that of a seed label, of an address its last piece, of a name of ours."""
    name = split_name(text)
    if name is not None:
        return name[1][-1].upper()
    label = read_seed_label(text)
    cleaned = clean(label.code if label else text)
    address = _LAST_PIECE.fullmatch(cleaned.text)
    return address[1].upper() if address else cleaned.bare


def _plain(code: str) -> Iterator[Slot]:
    for scheme, of in STRUCTURES.items():
        if of.serial_length and is_sound(scheme, code):
            yield Slot(scheme, code[: -of.serial_length], code[-of.serial_length :])
    if _SEED.fullmatch(code):
        yield Slot("seed-unit", code[:4], code[4:])
