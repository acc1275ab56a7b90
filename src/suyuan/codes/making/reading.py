"""A code in hand, taken apart again: which structure, whose stem, which serial it may be.

What is forgiven of a text is what `recognise` forgives: codes are taken from the names it gives.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from suyuan.codes import linked
from suyuan.codes.clean import clean
from suyuan.codes.making.structures import STATE_ISSUED, STRUCTURES, is_sound
from suyuan.codes.making.types import Slot
from suyuan.codes.own_names import decoded, split_name
from suyuan.codes.plain import misfit
from suyuan.codes.recognise import recognise
from suyuan.codes.registry import scheme_of
from suyuan.codes.types import Candidate
from suyuan.kit import Text

_TRADE_ITEM: Final = re.compile(r"https://id\.gs1\.org/01/([0-9]{14})/(21|10)/([^/]+)")
_LOGISTIC_UNIT: Final = re.compile(r"https://id\.gs1\.org/00/(([0-9]{17})[0-9])")
_STEMS_OF_SSCC: Final = range(5, 14)
_AI: Final = {"21": "sgtin", "10": "lgtin"}
_ADDRESS: Final = re.compile(
    r"https?://[^/?#]*|(?:[A-Z0-9-]{1,63}\.){1,5}[A-Z]{2,18}(?::[0-9]{1,5})?(?=[/?])", re.IGNORECASE
)
_RUN: Final = re.compile("[0-9A-Za-z]{4,40}")
_SHORTEST: Final = 4
_SEED: Final = re.compile("[0-9A-Z]{5,20}")
_MARK: Final = re.compile("[^0-9A-Z]")


def slots(text: str, found: Sequence[Candidate] | None = None) -> Iterator[Slot]:
    """Every way to take a code apart that an enterprise's structures know; none for others.

    `found` are the text's readings, where they are at hand. Serials made here have capitals alone,
    so one that was typed in small letters is read so. Of an SSCC nobody sees where the company
    prefix ends: every length it can have is a way.
    """
    read = _things(recognise(text) if found is None else found)
    ways = dict.fromkeys(slot for each in read for slot in _of(each))
    yield from ways or dict.fromkeys(slot for code in _unread(text) for slot in _plain(code))


def given_out(text: str, found: Iterable[Candidate]) -> Iterator[tuple[str, str]]:
    """Every way to read a text as a code that a state body gave out: scheme and code."""
    for each in found:
        if each.valid and each.scheme in STATE_ISSUED:
            yield each.scheme, _code(each)
    bare = clean(text).bare
    yield from ((scheme, bare) for scheme in STATE_ISSUED if is_sound(scheme, bare))


def apart(found: Sequence[Candidate]) -> tuple[str, ...]:
    """The different codes of single things in a text, as people read them; mostly one or none.

    Readings of one place that differ in a mark or in the scheme are one code.
    """
    marks = {(each.piece, _mark(each)): _shown(each) for each in reversed(_things(found))}
    whole = {
        mark: shown
        for (piece, mark), shown in reversed(marks.items())
        if not any(at == piece and longer != mark and longer.startswith(mark)
                   for at, longer in marks)
    }  # fmt: skip
    return tuple(whole.values())


def beside(text: str, meant: Sequence[str]) -> dict[str, tuple[Slot, ...]]:
    """What a link holds beside the codes that are meant, as it may be taken apart: any may be one.

    However many they are, and whatever stands between them: one that is left out is a way for a
    false code to borrow the answer of a genuine one.
    """
    cleaned = clean(text).text
    address = _ADDRESS.match(cleaned)
    if address is None:
        return {}
    marks = [_MARK.sub("", each.upper()) for each in meant]
    pieces = dict.fromkeys(each.upper() for each in _RUN.findall(cleaned, address.end()))
    ways = {each: tuple(_plain(each)) for each in pieces if not any(each in mark for mark in marks)}
    return {each: slots for each, slots in ways.items() if slots}


def fault_of(scheme: str, code: str) -> Text | None:
    """What is wrong with a text that was to be a code of a scheme, as `recognise` tells it.

    What it does not take for one at all is told as it would be behind the scheme's name.
    """
    of = scheme_of(scheme)
    read = [each for each in recognise(code) if each.scheme == scheme and not each.valid]
    if of is not None:
        read.append(misfit(of, code, ()))
    faults = (said.text for each in read for said in each.notes if said.severity == "error")
    return next(faults, None)


def _things(found: Sequence[Candidate]) -> list[Candidate]:
    """The sound readings as what is made or given out; the lot of a thing beside it is none."""
    lots = {each.lot for each in found if each.valid and each.lot != each.canonical}
    known = {*STRUCTURES, *STATE_ISSUED}
    return [
        each for each in found
        if each.valid and each.scheme in known and each.canonical not in lots
    ]  # fmt: skip


def _of(candidate: Candidate) -> Iterator[Slot]:
    if found := _TRADE_ITEM.fullmatch(candidate.canonical):
        yield Slot(_AI[found[2]], found[1], decoded(found[3]).upper())
    elif found := _LOGISTIC_UNIT.fullmatch(candidate.canonical):
        yield from (Slot("sscc", found[2][:at], found[2][at:]) for at in _STEMS_OF_SSCC)
    elif candidate.scheme in STRUCTURES:
        yield from _as(candidate.scheme, _code(candidate).upper())


def _as(scheme: str, code: str) -> Iterator[Slot]:
    length = STRUCTURES[scheme].serial_length
    if length:
        yield Slot(scheme, code[:-length], code[-length:])
    elif _SEED.fullmatch(code):
        yield Slot(scheme, code[:4], code[4:])


def _plain(code: str) -> Iterator[Slot]:
    """A code that stands alone, by its form."""
    for scheme, of in STRUCTURES.items():
        if of.serial_length and is_sound(scheme, code):
            yield from _as(scheme, code)
    yield from _as("seed-unit", code)


def _unread(text: str) -> Iterator[str]:
    """What `recognise` says nothing of: it masks a code in which a person's number seems to be.

    And a seed code without its label, which has no form by which it could be known.
    """
    name, cleaned = split_name(text), clean(text)
    address = _ADDRESS.match(cleaned.text)
    if name is not None:
        yield name[1][-1].upper()
    elif address is not None:
        pieces = linked.pieces(cleaned.text, address.end(), _SHORTEST)
        yield from (each.upper() for each in pieces if _RUN.fullmatch(each))
    else:
        yield cleaned.bare


def _code(candidate: Candidate) -> str:
    """The code of a reading under a name of ours, else its whole name."""
    name = split_name(candidate.canonical)
    return candidate.canonical if name is None else name[1][-1]


def _shown(candidate: Candidate) -> str:
    if found := _TRADE_ITEM.fullmatch(candidate.canonical):
        return f"(01){found[1]}({found[2]}){decoded(found[3])}"
    if found := _LOGISTIC_UNIT.fullmatch(candidate.canonical):
        return f"(00){found[1]}"
    return _code(candidate)


def _mark(candidate: Candidate) -> str:
    """By what codes are told apart: letters and digits, in capitals."""
    return _MARK.sub("", _shown(candidate).upper())
