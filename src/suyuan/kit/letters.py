"""How wide letters are, about, where none is measured."""

from typing import Final

_FIRST_WIDE: Final = 0x2E80
"""Where Chinese letters and their punctuation begin."""


def ems(text: str, narrow: float) -> float:
    """About how wide a text is, in ems; `narrow` is the width of a Latin letter."""
    return sum(1.0 if ord(letter) >= _FIRST_WIDE else narrow for letter in text)
