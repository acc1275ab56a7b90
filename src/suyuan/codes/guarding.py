"""Takes a reading; gives it, or whose number it holds, masked: no reading bares one."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from suyuan.codes.clean import clean
from suyuan.codes.either import is_hidden
from suyuan.codes.notes import note
from suyuan.codes.own_names import RAW
from suyuan.codes.privacy import names_person
from suyuan.codes.registry import named_schemes
from suyuan.codes.schemes.gs1 import readings as gs1_readings
from suyuan.codes.types import Candidate

_RESIDENT: Final = "resident-id"
_AI: Final = "ai-"
_FORGIVEN: Final = "cleaned."
_SURE: Final = 55


def guarded(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """The readings of a text; of one that says somebody's number that, masked, and the product.

    Readings of one text say much alike: what holds no number is looked at once.
    """
    harmless: set[str] = set()
    for each in found:
        yield from _guarded(each, harmless)


def _guarded(candidate: Candidate, harmless: set[str]) -> Iterator[Candidate]:
    said = _saying(candidate, harmless)
    person = None if said is None else named_schemes()[_RESIDENT].recognise(clean(said))
    if person is None:
        yield candidate
        return
    yield replace(person, notes=candidate.notes + person.notes)
    product = candidate.class_uri
    if product is not None and not names_person(product):
        said_so = note("masked-part", "warning")
        for each in gs1_readings(clean(product)):
            yield replace(each, notes=(said_so, *each.notes), score=_SURE)


def _saying(candidate: Candidate, harmless: set[str]) -> str | None:
    """The first of what a reading says that holds a number; what holds none joins the harmless."""
    for each in _said(candidate):
        if each in harmless:
            continue
        if not names_person(each):
            harmless.add(each)
        elif names_person(each, candidate.scheme):
            return each
    return None


def _said(candidate: Candidate) -> Iterator[str]:
    """All that a reading says; nothing of what is masked already, which is to be found again."""
    if candidate.scheme in {_RESIDENT, RAW} or is_hidden(candidate.canonical):
        return
    yield candidate.canonical
    yield from (each for each in (candidate.lot, candidate.class_uri, candidate.issuer) if each)
    for part in candidate.parts:
        ai = part.name.removeprefix(_AI)
        yield part.value if ai == part.name else f"({ai}){part.value}"
    for said in candidate.notes:
        if not said.code.startswith(_FORGIVEN):  # the same for every text
            yield from (said.text.zh, said.text.en)
