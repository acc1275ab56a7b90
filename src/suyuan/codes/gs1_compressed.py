"""Compressed GS1 Digital Links (GS1 Digital Link: compression 1.x): AIs and values as bits.

A path segment of URI-safe base 64 holds, one after the other, a key and its value. Eight bits
are two digits of an AI (more digits follow as its table says), a known sequence of AIs, or,
when they begin with F, a pair that is none of GS1's. Values are packed by the AI's format.
"""

import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from suyuan.codes.gs1_ais import AIS, Piece, length_after
from suyuan.codes.gs1_keys import Pairs

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUE: Final = {character: f"{value:06b}" for value, character in enumerate(_ALPHABET)}
SEGMENT: Final = re.compile(r"[A-Za-z0-9_\-]{3,600}", re.ASCII)
_SEQUENCES: Final[dict[str, tuple[str, ...]]] = {
    "0A": ("01", "22"), "0B": ("01", "10"), "0C": ("01", "21"), "0D": ("01", "17"),
    "0E": ("01", "7003"), "0F": ("01", "30"), "1A": ("01", "10", "21", "17"),
    "1B": ("01", "15"), "1C": ("01", "11"), "1D": ("01", "16"), "1E": ("01", "91"),
    "1F": ("01", "10", "15"), "9A": ("8010", "8011"), "9B": ("8017", "8019"),
    "9C": ("8018", "8019"), "9D": ("414", "254"),
    **{f"2{place:X}": ("01", f"310{place - 10}") for place in range(10, 16)},
    **{f"3{place:X}": ("01", f"320{place - 10}") for place in range(10, 16)},
    **{f"A{place}": ("01", f"392{place}") for place in range(10)},
    **{f"C{place}": ("255", f"390{place}") for place in range(10)},
    **{f"C{place:X}": ("255", f"394{place - 10}") for place in range(10, 14)},
}  # fmt: skip
# How characters are packed, in the order of the three bits that say so; the best that fits.
_FORMS: Final[tuple[tuple[re.Pattern[str], str, int], ...]] = (
    (re.compile("[0-9]+"), "", 0),  # one number
    (re.compile("[0-9a-f]+"), "0123456789abcdef", 4),
    (re.compile("[0-9A-F]+"), "0123456789ABCDEF", 4),
    (re.compile(r"[A-Za-z0-9_\-]+"), _ALPHABET, 6),
    (re.compile("[\x00-\x7f]*"), "", 7),
)
_PREFERRED: Final = (0, 2, 1, 3, 4)
_ASCII_BITS: Final = 7
_KEY_BITS: Final = 8
_BASE_BITS: Final = 6
_FOREIGN: Final = "F"
# The compression tables pack these otherwise than the pieces of the AI table would.
_PACKED_WHOLE: Final = {
    **{ai: (Piece("X", 1, 30),) for ai in map(str, range(7230, 7240))},
    "7003": (Piece("N", 10, 10),),
    "7007": (Piece("N", 6, 6), Piece("N", 0, 6, optional=True)),
    "7040": (Piece("N", 1, 1), Piece("X", 3, 3)),
    "4324": (Piece("N", 10, 10),),
    "4325": (Piece("N", 10, 10),),
    "8001": (Piece("N", 14, 14),),
    "8003": (Piece("N", 14, 14), Piece("X", 0, 16, optional=True)),
    "8006": (Piece("N", 18, 18),),
    "8008": (Piece("N", 8, 8), Piece("N", 0, 4, optional=True)),
    "8010": (Piece("X", 1, 30),),
    "8026": (Piece("N", 18, 18),),
    "423": (Piece("N", 3, 3), Piece("N", 0, 12, optional=True)),
    "425": (Piece("N", 3, 3), Piece("N", 0, 12, optional=True)),
}


class _SpentError(Exception):
    """The bits are no compressed link."""


def decompress(segment: str) -> Pairs | None:
    """The AIs and values in a segment, in its order; None if it is no compressed link.

    What is none of GS1's is read over. Every bit must be accounted for, and every value must
    hold to the rules of its AI, so that an ordinary word of a path is rarely taken for a link.
    """
    if not SEGMENT.fullmatch(segment):
        return None
    try:
        pairs = tuple(_pairs(_Bits("".join(map(_VALUE.__getitem__, segment)))))
    except _SpentError:
        return None
    sound = all(
        AIS[ai].pattern.fullmatch(value) and AIS[ai].broken(value) is None for ai, value in pairs
    )
    return pairs if pairs and sound and len(dict(pairs)) == len(pairs) else None


def compress(pairs: Pairs, *, sequences: bool = True) -> str:
    """The segment that holds these AIs and values, with or without the known sequences.

    Raises:
        ValueError: an AI is unknown or a value has not its form.
    """
    wrong = [ai for ai, value in pairs if ai not in AIS or not AIS[ai].pattern.fullmatch(value)]
    if wrong:
        raise ValueError(wrong)
    values = dict(pairs)
    bits: list[str] = []
    for key, sequence in _chosen(set(values), _SEQUENCES if sequences else {}):
        bits.append("".join(f"{int(digit, 16):04b}" for digit in key))
        bits.extend(_packed(ai, values[ai]) for ai in sequence)
    joined = "".join(bits)
    joined += "0" * (-len(joined) % _BASE_BITS)
    return "".join(
        _ALPHABET[int(joined[at : at + _BASE_BITS], 2)] for at in range(0, len(joined), _BASE_BITS)
    )


class _Bits:
    """A string of 0 and 1 read from its beginning."""

    def __init__(self, bits: str) -> None:
        self.bits = bits
        self.at = 0

    def left(self) -> int:
        return len(self.bits) - self.at

    def number(self, size: int) -> int:
        taken = self.bits[self.at : self.at + size]
        if len(taken) < size:
            raise _SpentError
        self.at += size
        return int(taken, 2) if size else 0


def _pairs(bits: _Bits) -> Iterator[tuple[str, str]]:
    while bits.left() >= _KEY_BITS:
        first = f"{bits.number(_KEY_BITS):02X}"
        if first.isdigit():
            size = length_after(first)
            if size is None:
                raise _SpentError
            ai = first + "".join(f"{bits.number(4):X}" for _ in range(size - 2))
            if ai not in AIS:
                raise _SpentError
            yield ai, _unpacked(bits, ai)
        elif first in _SEQUENCES:
            for ai in _SEQUENCES[first]:
                yield ai, _unpacked(bits, ai)
        elif first[0] == _FOREIGN:
            _skip_foreign(bits, int(first[1], 16))
        else:
            raise _SpentError
    if bits.number(bits.left()):
        raise _SpentError


def _skip_foreign(bits: _Bits, high: int) -> None:
    """A pair that is none of GS1's: seven bits of length, the name, the value."""
    length = high << 3 | bits.number(3)
    for _ in range(length):
        bits.number(_BASE_BITS)
    form = bits.number(3)
    _characters(bits, form, bits.number(7))


def _unpacked(bits: _Bits, ai: str) -> str:
    return "".join(_unpacked_piece(bits, piece) for piece in _pieces(ai))


def _unpacked_piece(bits: _Bits, piece: Piece) -> str:
    fixed = piece.least == piece.most and not piece.optional
    if piece.kind == "N":
        size = piece.most if fixed else bits.number(_length_bits(piece.most))
        return _digits(bits, size)
    form = bits.number(3)
    return _characters(bits, form, piece.most if fixed else bits.number(_length_bits(piece.most)))


def _digits(bits: _Bits, size: int) -> str:
    number = bits.number(_value_bits(size))
    if number >= 10**size:
        raise _SpentError
    return f"{number:0{size}}" if size else ""


def _characters(bits: _Bits, form: int, size: int) -> str:
    if form >= len(_FORMS):
        raise _SpentError
    if form == 0:
        return _digits(bits, size)
    _, alphabet, width = _FORMS[form]
    letter: Callable[[int], str] = chr if width == _ASCII_BITS else alphabet.__getitem__
    return "".join(letter(bits.number(width)) for _ in range(size))


@cache
def _pieces(ai: str) -> tuple[Piece, ...]:
    return _PACKED_WHOLE.get(ai, AIS[ai].pieces)


def _chosen(
    ais: set[str], sequences: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sequences that save most digits first, then what is left in order."""
    saved = {key: len("".join(sequence)) for key, sequence in sequences.items()}
    for key in sorted(sequences, key=lambda each: (-saved[each], each)):
        if ais.issuperset(sequences[key]):
            ais = ais.difference(sequences[key])
            yield key, sequences[key]
    for ai in sorted(ais):
        yield ai, (ai,)


def _packed(ai: str, value: str) -> str:
    bits, at = [], 0
    for piece in _pieces(ai):
        part = value[at : at + piece.most]
        at += len(part)
        bits.append(_packed_piece(piece, part))
    return "".join(bits)


def _packed_piece(piece: Piece, part: str) -> str:
    fixed = piece.least == piece.most and not piece.optional
    length = "" if fixed else f"{len(part):0{_length_bits(piece.most)}b}"
    if piece.kind == "N":
        return length + _number_bits(part)
    form = next(each for each in _PREFERRED if _FORMS[each][0].fullmatch(part))
    _, alphabet, width = _FORMS[form]
    if form == 0:
        return f"{form:03b}{length}{_number_bits(part)}"
    value = ord if width == _ASCII_BITS else alphabet.index
    return f"{form:03b}{length}" + "".join(f"{value(letter):0{width}b}" for letter in part)


def _number_bits(digits: str) -> str:
    return f"{int(digits or 0):0{_value_bits(len(digits))}b}"


def _length_bits(most: int) -> int:
    return math.ceil(math.log2(most) + 0.01)


def _value_bits(digits: int) -> int:
    return math.ceil(digits * math.log2(10) + 0.01)
