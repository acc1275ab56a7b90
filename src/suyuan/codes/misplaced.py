"""Takes a code as long as a layout; gives its wrong places, and what may stand there."""

import re
from functools import cache
from itertools import groupby, product
from typing import Final

from suyuan.codes.notes import note
from suyuan.codes.types import Field, Note, Part, Severity
from suyuan.kit import Text

_CLASSES: Final = re.compile(r"(?:\[[^\]]+\](?:\{[0-9]{1,2}\})?)+")
_CLASS: Final = re.compile(r"(\[[^\]]+\])(?:\{([0-9]{1,2})\})?")
_RANGE: Final = re.compile(r"([0-9A-Za-z])-([0-9A-Za-z])|([0-9A-Za-z])")
_WORDS: Final = re.compile(r"\(\?:([0-9A-Z|]+)\)")
_HAN: Final = re.compile(r"\\u[0-9a-f]{4}|[\u3400-\u9fff]")
_DIGITS: Final = "0123456789"
_MOST_DIGITS: Final = 4
_ALL: Final = {"[0-9]": Text("数字", "a digit")}


def is_fixed(layout: tuple[Field, ...]) -> bool:
    """Whether all codes of a layout are as long, and nothing but letters and digits."""
    return all(
        each.text.isalnum() and each.text.isascii()
        if each.text
        else each.least in {None, each.most}
        for each in layout
    )


def cut_up(layout: tuple[Field, ...], code: str) -> tuple[Part, ...]:
    """The pieces of a code as long as its layout, right or wrong."""
    return tuple(
        Part(each.name, each.zh, each.en, piece)
        for each, _, piece in _pieces(layout, code)
        if not each.text
    )


def misplaced(
    layout: tuple[Field, ...], code: str, severity: Severity = "error"
) -> tuple[Note, ...]:
    """What stands at wrong places of a code that is as long as its layout; of a piece the first."""
    found = (_wrong(each, at, piece, severity) for each, at, piece in _pieces(layout, code))
    return tuple(each for each in found if each is not None)


def allowed(field: Field) -> Text:
    """What a piece may be made of."""
    if _HAN.search(field.shape):
        return Text("汉字", "a Chinese character")
    sets = _sets(field)
    return _characters(sets[0]) if sets else _values(field.shape)


def _pieces(layout: tuple[Field, ...], code: str) -> list[tuple[Field, int, str]]:
    pieces, at = [], 0
    for each in layout:
        size = len(each.text) or each.most
        pieces.append((each, at, code[at : at + size]))
        at += size
    return pieces


def _wrong(field: Field, at: int, piece: str, severity: Severity) -> Note | None:
    named = Text(field.zh, field.en) if field.name else Text("固定字样", "the same in all")
    sets = list(field.text) if field.text else _sets(field)
    if not sets:
        if re.fullmatch(field.shape, piece):
            return None
        place, found, allowed = f"{at + 1}–{at + len(piece)}", piece, _values(field.shape)
    else:
        wrong = next((i for i, one in enumerate(sets) if not re.fullmatch(one, piece[i])), None)
        if wrong is None:
            return None
        place, found, allowed = f"{at + wrong + 1}", piece[wrong], _characters(sets[wrong])
    return note("place", severity, place=place, name=named, found=found, allowed=allowed)


def _sets(field: Field) -> list[str]:
    """What may stand at each place, where the shape is a row of sets; nothing where it is not."""
    if not _CLASSES.fullmatch(field.shape):
        return []
    found = [one for one, times in _CLASS.findall(field.shape) for _ in range(int(times or 1))]
    return found * field.most if len(found) == 1 else found


@cache
def _characters(one: str) -> Text:
    if one in _ALL:
        return _ALL[one]
    spans = [f"{first}–{last}" if first else single for first, last, single in _RANGE.findall(one)]
    return _either(spans)


@cache
def _values(shape: str) -> Text:
    """The values of a short piece: words, or digits from one to another."""
    words = _WORDS.fullmatch(shape)
    if words is not None:
        return _either(words[1].split("|"))
    form = re.compile(shape)
    for size in range(1, _MOST_DIGITS + 1):
        tried = ["".join(each) for each in product(_DIGITS, repeat=size)]
        if any(map(form.fullmatch, tried)):
            return _either(_spans([each for each in tried if form.fullmatch(each)]))
    return Text("所要求的字符", "what its form asks for")


def _spans(values: list[str]) -> list[str]:
    """Numbers in their order, what follows one another as one span."""
    runs = [
        [value for _, value in run]
        for _, run in groupby(enumerate(values), key=lambda each: int(each[1]) - each[0])
    ]
    return [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def _either(spans: list[str]) -> Text:
    if len(spans) == 1:
        return Text(spans[0], spans[0])
    return Text("、".join(spans), f"{', '.join(spans[:-1])} or {spans[-1]}")
