"""Which schemes a text can be of: by its length, its kind of characters and its beginning.

So that a text is tried against a handful of schemes, not against all.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from suyuan.codes.plain import WRITTEN
from suyuan.codes.privacy import HIDDEN
from suyuan.codes.registry import all_schemes
from suyuan.codes.types import Cleaned, Scheme

_HEAD: Final = 4
_FEWEST_HIDDEN: Final = 9
_DOTTED: Final = re.compile(
    r"(?:hdl:|info:hdl/|https?://[^/?#\s]{1,100}/)?(?:86|88|10|MA)\.[^/]{1,200}/", re.IGNORECASE
)
_YEARED: Final = re.compile(r"[A-Za-z][^\n]{1,40}-\s?(?:19|20)[0-9]{2}")
_BEGUN: Final = re.compile("[A-Z]{2,5}(?=[0-9])")


def likely_schemes(cleaned: Cleaned) -> Iterator[Scheme]:
    """The schemes whose form a text may have, each once; the GS1 keys have their own reader."""
    index = _index()
    seen = set()
    for key in _keys_of(cleaned):
        for scheme in index.get(key, ()):
            if scheme.id not in seen:
                seen.add(scheme.id)
                yield scheme
    if cleaned.written and cleaned.text.count(HIDDEN) < _FEWEST_HIDDEN:
        written = (all_schemes()[place] for place in with_words(cleaned.written))
        yield from (each for each in written if each.id not in seen)


def with_words(written: str) -> list[int]:
    """The schemes one of whose words stands in a text with Chinese, as places in the registry."""
    return sorted({place for word, found in _words() if word in written for place in found})


def _keys_of(cleaned: Cleaned) -> Iterator[str]:
    """`n13`, `a18`: so many digits, or letters and digits; what it begins with or stands behind.

    `^SC`: the letters before its digits.
    """
    bare = cleaned.bare
    masked = cleaned.text.count(HIDDEN) >= _FEWEST_HIDDEN
    if masked:
        yield "masked"
    elif bare:
        yield from (f"^{begun[0]}" for begun in [_BEGUN.match(bare)] if begun)
        yield f"{'n' if bare.isdigit() else 'a'}{len(bare)}"
    head = cleaned.text[:_HEAD].lower()
    if head == "urn:":
        yield "urn"
    elif head == "http":
        yield "http"
    if "." in cleaned.text and _DOTTED.match(cleaned.text):
        yield "dotted"
    if "-" in cleaned.text and _YEARED.fullmatch(cleaned.text):
        yield "yeared"
    if "\n" in cleaned.text:
        yield "lines"
    if cleaned.label and not masked:
        yield "labelled"


@cache
def _index() -> dict[str, tuple[Scheme, ...]]:
    index: dict[str, tuple[Scheme, ...]] = {}
    for scheme in all_schemes():
        for key in scheme.keys:
            index[key] = (*index.get(key, ()), scheme)
    return index


@cache
def _words() -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The words of codes with Chinese in them, and the places of their schemes in the registry."""
    places: dict[str, tuple[int, ...]] = {}
    for place, scheme in enumerate(all_schemes()):
        for key in scheme.keys:
            if key.startswith(WRITTEN):
                word = key.removeprefix(WRITTEN)
                places[word] = (*places.get(word, ()), place)
    return tuple(places.items())
