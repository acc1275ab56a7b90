"""GS1 element strings, with brackets as people write them or with FNC1 as scanners send them."""

import re
from typing import Final

from msgspec.structs import replace

from suyuan.codes.gs1_ais import AIS, FIXED, length_after, misfits, near
from suyuan.codes.gs1_keys import KEYS, Pairs, Reading, UnreadableError, qualified
from suyuan.codes.gs1_rules import DAYS
from suyuan.codes.notes import note
from suyuan.codes.own_names import named
from suyuan.codes.types import Grain, Note

NAMELESS: Final = "gs1-data"
"""The scheme of element strings without a key."""

_SEPARATOR = "\x1d"
# Outside the 82 characters, so that they can only stand for FNC1.
_SEPARATORS = str.maketrans("^~", _SEPARATOR * 2)
_MARKS: Final = frozenset("^~" + _SEPARATOR)
_BRACKETED = re.compile(r"(?<!\\)[(\[]([0-9]{2,4})[)\]]")
_MOST_PAIRS = 60
# Said of a thing rather than naming it, where a string holds another key besides.
_CIRCUMSTANCES: Final = ("414", "415", "417", "401", "402")


def read_elements(text: str) -> Reading | None:
    """What an element string names: its first key. None if the text is none.

    A string without a key is read too, as a description that names nothing. AIs that lack
    their companions or meet one that excludes them are noted: another symbol on the same
    thing may complete them.

    Raises:
        UnreadableError: it is an element string, and some data break their format.
    """
    pairs = split_elements(text)
    if pairs is None:
        return None
    key = _key(pairs)
    if key is None and not is_marked(text):
        return None
    scheme = KEYS[key].bare[0] if key else NAMELESS
    for ai, value in pairs:
        if ai != key:
            _check(scheme, ai, value)
    values = dict(pairs)
    doubled = next((ai for ai, value in pairs if values[ai] != value), None)
    if doubled is not None:
        raise UnreadableError(scheme, "repeated", ai=doubled)
    said = _misfits(frozenset(values))
    reading = qualified(tuple(values.items()), key) if key else _nameless(pairs)
    return reading if not said else _noted(reading, said)


def split_elements(text: str) -> Pairs | None:
    """The AIs and data of an element string in its order; None if the text is none.

    Raises:
        UnreadableError: it begins with FNC1, so it is one, and cannot be split.
    """
    if text[:1] in ("(", "["):
        return _bracketed(text)
    plain = text.translate(_SEPARATORS)
    pairs = _scanned(plain.lstrip(_SEPARATOR))
    if pairs is None and plain[:1] == _SEPARATOR:
        raise UnreadableError(NAMELESS, "form", what="(01)…")
    return pairs


def parted(text: str) -> tuple[Pairs, Pairs]:
    """The AIs of a text in brackets whose data are of their form; those of a word not in ASCII.

    Nothing where anything else is wrong: without it the others may be another's. Several words
    hold more than was meant for their AI.
    """
    pairs = _bracketed(text) or ()
    wrong = tuple((ai, value) for ai, value in pairs if not _is_sound(ai, value))
    is_worded = all(
        ai in AIS and ai not in KEYS and " " not in value and not value.isascii()
        for ai, value in wrong
    )
    if not (wrong and is_worded) or _key(pairs) is None:
        return (), ()
    return tuple(each for each in pairs if each not in wrong), wrong


def _is_sound(ai: str, value: str) -> bool:
    return ai in AIS and AIS[ai].pattern.fullmatch(value) is not None


def is_marked(text: str) -> bool:
    """Whether brackets or separators say that a text is an element string."""
    return text[:1] in ("(", "[") or not _MARKS.isdisjoint(text)


def spelled(pairs: Pairs) -> str:
    """The pairs as people write them, `(01)…(21)…`; brackets in the data are marked."""
    return "".join(f"({ai}){value.replace('(', chr(92) + '(')}" for ai, value in pairs)


def _key(pairs: Pairs) -> str | None:
    keys = sorted((ai for ai, _ in pairs if ai in KEYS), key=_CIRCUMSTANCES.__contains__)
    return keys[0] if keys else None


def _nameless(pairs: Pairs) -> Reading:
    uri = named(NAMELESS, spelled(pairs))
    return Reading(uri, NAMELESS, Grain.CLASS, pairs, notes=(note("nameless", "info"),))


def _bracketed(text: str) -> Pairs | None:
    marks = list(_BRACKETED.finditer(text))
    if not marks or marks[0].start() or len(marks) > _MOST_PAIRS:
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return tuple(
        (mark[1], text[mark.end() : end].strip(" " + _SEPARATOR).replace("\\(", "("))
        for mark, end in zip(marks, ends, strict=True)
    )


def _scanned(text: str) -> Pairs | None:
    """Split by the known lengths and the separators; None when it does not come out even."""
    pairs: list[tuple[str, str]] = []
    at = 0
    while at < len(text) and len(pairs) < _MOST_PAIRS:
        size = length_after(text[at : at + 2])
        ai = text[at : at + size] if size else ""
        if ai not in AIS:
            return None
        fixed = FIXED.get(text[at : at + 2])
        end = text.find(_SEPARATOR, at)
        end = len(text) if end < 0 else end
        if fixed is not None and end - at < fixed:
            return None
        end = end if fixed is None else at + fixed
        value = text[at + len(ai) : end]
        if not AIS[ai].pattern.fullmatch(value):
            return None
        pairs.append((ai, value))
        at = end + (1 if text[end : end + 1] == _SEPARATOR else 0)
    return tuple(pairs) if at >= len(text) and pairs else None


def _check(scheme: str, ai: str, value: str) -> None:
    known = AIS.get(ai)
    if known is None:
        raise UnreadableError(scheme, "unknown-ai", ai=ai, found=", ".join(near(ai)) or "-")
    if not known.pattern.fullmatch(value):
        raise UnreadableError(scheme, "element", ai=ai, found=value[:30], form=known.form)
    rule, part = known.broken(value) or ("", "")
    if rule in DAYS:
        day = f"{part[:-4]}-{part[-4:-2]}-{part[-2:]}"
        raise UnreadableError(scheme, "no-day", ai=ai, found=day)
    if rule:
        raise UnreadableError(scheme, "element", ai=ai, found=value[:30], form=known.form)


def wrong_among(scheme: str, extra: Pairs) -> tuple[Note, ...]:
    """What is wrong in data beside a name, a doubt each: they are no part of it."""
    return tuple(said for ai, value in extra if ai in AIS for said in _wrong(scheme, ai, value))


def _wrong(scheme: str, ai: str, value: str) -> tuple[Note, ...]:
    try:
        _check(scheme, ai, value)
    except UnreadableError as error:
        return (replace(error.note, severity="warning"),)
    return ()


def _misfits(ais: frozenset[str]) -> tuple[Note, ...]:
    said = []
    for ai, (first, *others) in misfits(ais):
        if first == "-":
            said.append(note("bars", "warning", ai=ai, found=", ".join(others)))
        else:
            said.append(note("lacks", "info", ai=ai, found=", ".join((first, *others))))
    return tuple(said)


def _noted(reading: Reading, said: tuple[Note, ...]) -> Reading:
    return replace(reading, notes=reading.notes + said)
