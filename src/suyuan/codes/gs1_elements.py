"""GS1 element strings, with brackets as people write them or with FNC1 as scanners send them."""

import re
from typing import Final

from suyuan.codes.checks import is_gs1_checked
from suyuan.codes.gs1_ais import AIS, FIXED, Ai
from suyuan.codes.gs1_keys import KEYS, Pairs, Reading, UnreadableError, compose

_SEPARATOR = "\x1d"
_BRACKETED = re.compile(r"(?<!\\)[(\[]([0-9]{2,4})[)\]]")
_MOST_PAIRS = 60
# Said of a thing rather than naming it, where a string holds another key besides.
_CIRCUMSTANCES: Final = ("414", "417", "401", "402")
_LAST_MONTH, _LAST_DAY = 12, 31


def read_elements(text: str) -> Reading | None:
    """What an element string names: its first key. None if the text is none or holds no key.

    Raises:
        UnreadableError: it is an element string, and some data break their format.
    """
    if text[:1] in "([" and text:
        pairs = _bracketed(text)
    else:
        pairs = _scanned(text.lstrip(_SEPARATOR).removeprefix("^").replace("^", _SEPARATOR))
    if pairs is None:
        return None
    values = dict(pairs)
    keys = sorted((ai for ai in values if ai in KEYS), key=_CIRCUMSTANCES.__contains__)
    if not keys:
        return None
    key = keys[0]
    for ai, value in pairs:
        if ai != key:
            _check(KEYS[key].bare[0], ai, value)
    names = ("235",) if key == "01" and "235" in values else KEYS[key].qualifiers
    qualifiers = {name: values[name] for name in names if name in values}
    extra = tuple(pair for pair in pairs if pair[0] != key and pair[0] not in qualifiers)
    return compose(key, values[key], qualifiers, extra)


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
        ai = next((text[at : at + size] for size in (2, 3, 4) if text[at : at + size] in AIS), None)
        if ai is None:
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
    if known is None or not known.pattern.fullmatch(value) or not _is_sound(known, value):
        raise UnreadableError(scheme, "element", ai=ai, found=value[:30])


def _is_sound(known: Ai, value: str) -> bool:
    """Dates that exist (day 00 is the month's end) and check digits that hold."""
    if known.is_date:
        month, day = int(value[2:4]), int(value[4:6])
        return 1 <= month <= _LAST_MONTH and day <= _LAST_DAY
    return not known.checked or is_gs1_checked(value[: known.checked])
