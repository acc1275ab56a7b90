"""What a text may be: every reading of it, the likeliest first."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from msgspec.structs import replace

from suyuan.codes.clean import LONGEST, clean
from suyuan.codes.index import likely_schemes
from suyuan.codes.notes import note
from suyuan.codes.own_names import RAW, split_name
from suyuan.codes.printed import printed_code
from suyuan.codes.privacy import HIDDEN, cut, masked, names_person
from suyuan.codes.registry import named_schemes, scheme_of
from suyuan.codes.schemes.general import other_name
from suyuan.codes.schemes.gs1 import readings as gs1_readings
from suyuan.codes.types import RESOLVERS, Candidate, Cleaned

_LINK = re.compile(r"https?://[^/?#\s]*", re.IGNORECASE)
_PIECE = re.compile(r"[^/?#&=\s]{6,100}")
_MOST_PIECES = 8
# A number inside any link is worth showing only where its check or structure speaks for it.
_LIKELY_INSIDE: Final = 40
_LESS_SURE: Final = 10
_NAMED: Final = 95
_RESIDENT: Final = "resident-id"
_AI: Final = "ai-"


def recognise(text: str, resolvers: frozenset[str] = RESOLVERS) -> tuple[Candidate, ...]:
    """Every reading of a text that a person or scanner gives, best first; none if unknown.

    Forgives full-width characters, spaces, dashes, case, brackets, labels, scanner prefixes and
    links around a code, and says so in the notes. Readings whose check fails are shown, not
    hidden, at the end. Resident identity numbers are masked before anything else is read, and
    a reading that bares or holds one is none but that.
    A link on one of the `resolvers` is read as capture reads it; on others it is a doubted reading.
    Never fails, whatever the text; 10 kB of it are read.
    """
    cleaned = _cleaned(text)
    found = list(_readings(cleaned, resolvers))
    if not any(candidate.valid and candidate.score > _LIKELY_INSIDE for candidate in found):
        found.extend(_inside_link(cleaned))
    found = [_guarded(candidate) for candidate in found]
    found.sort(key=lambda candidate: (candidate.valid, candidate.score), reverse=True)
    distinct = {(candidate.scheme, candidate.canonical): candidate for candidate in reversed(found)}
    return tuple(_told(candidate) for candidate in reversed(distinct.values()))


def _cleaned(text: str) -> Cleaned:
    """The text with its mask on; once more when cleaned, should cleaning have bared a number."""
    cleaned = clean(masked(cut(text, LONGEST)))
    hidden = masked(cleaned.text)
    return cleaned if hidden == cleaned.text else replace(clean(hidden), notes=cleaned.notes)


def _guarded(candidate: Candidate) -> Candidate:
    """The reading; whose number it is, masked, if it says one, for that names nothing else."""
    said = next(filter(names_person, _said(candidate)), None)
    person = None if said is None else named_schemes()[_RESIDENT].recognise(clean(said))
    return candidate if person is None else replace(person, notes=candidate.notes + person.notes)


def _said(candidate: Candidate) -> Iterator[str]:
    """All that a reading says; raw names keep what was masked, so that it is found again."""
    if candidate.scheme in {_RESIDENT, RAW}:
        return
    yield candidate.canonical
    yield from (each for each in (candidate.lot, candidate.class_uri, candidate.issuer) if each)
    for part in candidate.parts:
        ai = part.name.removeprefix(_AI)
        yield part.value if ai == part.name else f"({ai}){part.value}"
    for said in candidate.notes:
        yield from (said.text.zh, said.text.en)


def _told(candidate: Candidate) -> Candidate:
    """The reading with what its scheme says of all its codes."""
    scheme = scheme_of(candidate.scheme)
    if scheme is None:
        return candidate
    return replace(
        candidate,
        issued_by=scheme.issuer,
        validity=candidate.validity or scheme.validity,
        verified=scheme.verified,
        pages=scheme.pages,
    )


def _readings(cleaned: Cleaned, resolvers: frozenset[str]) -> Iterator[Candidate]:
    name = split_name(cleaned.text)
    raw = other_name(cleaned) if name is not None and name[0] == RAW else None
    if raw is not None:
        yield raw
        return
    if name is not None and name[0] in named_schemes():
        candidate = named_schemes()[name[0]].recognise(clean(name[1][-1]))
        if candidate is not None:
            yield replace(candidate, score=_NAMED)
        if HIDDEN not in cleaned.text:
            return
    printed = printed_code(cleaned.text, resolvers)
    if printed is not None:
        yield replace(printed, notes=cleaned.notes + printed.notes)
    known = False
    tried = (scheme.recognise(cleaned) for scheme in likely_schemes(cleaned))
    for candidate in chain(gs1_readings(cleaned, resolvers), tried):
        if candidate is not None:
            known = True
            yield candidate
    other = None if known else other_name(cleaned)
    if other is not None:
        yield other


def _inside_link(cleaned: Cleaned) -> Iterator[Candidate]:
    """Codes in the path or query of a link, as on the labels of many traceability sites."""
    link = _LINK.match(cleaned.text)
    if link is None:
        return
    pieces = _PIECE.findall(cleaned.text, link.end())[:_MOST_PIECES]
    said = (*cleaned.notes, note("linked", "info"))
    for candidate in chain.from_iterable(_readings(clean(piece), RESOLVERS) for piece in pieces):
        if candidate.valid and candidate.score >= _LIKELY_INSIDE:
            notes = said + candidate.notes
            yield replace(candidate, notes=notes, score=candidate.score - _LESS_SURE)
