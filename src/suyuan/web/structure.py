"""Takes the layout of a scheme of codes; gives its structure as a drawing (SVG), left to right.

A box for each piece, as wide as it is long: what is printed the same in every code stands in
grey, the others are numbered as the list beside the drawing is, with their lengths below.
"""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from suyuan.codes.types import Field
from suyuan.kit.letters import ems
from suyuan.web.render import Reader

WIDTH: Final = 324
_HIGH, _LEAST, _PADDING = 46, 26, 8
_INK, _SOFT, _OWN, _WASH = "#16211d", "#3d4b45", "#0b5345", "#f3f6f4"
_SIZE, _SMALL, _LATIN = 14.0, 13.0, 0.65
_LONGEST_DRAWN: Final = 24
_FIRST_WIDE: Final = 0x2E80


def structure(layout: Sequence[Field], reader: Reader) -> Markup:
    """The drawing of a layout; the words beside it say the same."""
    widths = _widths(layout)
    drawn, left, number = [], 1.0, 0
    for field, width in zip(layout, widths, strict=True):
        number += 0 if field.text else 1
        drawn.append(_box(field, number, round(left), round(left + width)))
        left += width
    label = quoteattr(f"{reader.say('结构：', 'Structure: ')}{in_words(layout, reader)}")
    return Markup(  # noqa: S704 -- every text in it is escaped
        f'<svg viewBox="0 0 {WIDTH} {_HIGH + 2}" width="{WIDTH}" height="{_HIGH + 2}" role="img" '
        f"aria-label={label}>{''.join(drawn)}</svg>"
    )


def in_words(layout: Sequence[Field], reader: Reader, *, numbered: bool = False) -> str:
    """The pieces and their lengths, numbered as they are drawn if asked for.

    What is printed alike in every code is said only where it is not in the drawing alone.
    """
    said, number = [], 0
    for field in layout:
        if not field.text:
            number += 1
            counted = f"{number}. " if numbered else ""
            size = reader.say("{size} 位", "length {size}", size=length(field))
            said.append(f"{counted}{reader.say(field.zh, field.en)}{reader.say('，', ', ')}{size}")
        elif not numbered:
            said.append(field.text if _is_latin(field.text) else reader.say("固定字", "fixed text"))
    return reader.say("；", "; ").join(said)


def length(field: Field) -> str:
    """`6`, `≤20` or `3–4` characters."""
    least = field.most if field.least is None else field.least
    if least == field.most:
        return str(field.most)
    return f"≤{field.most}" if least <= 1 else f"{least}–{field.most}"


def _widths(layout: Sequence[Field]) -> list[float]:
    """As much as its text needs; what is left goes to the pieces by their lengths."""
    needed = [
        max(_LEAST, _SIZE * ems(_shown(each), _LATIN) + _PADDING)
        if each.text
        else max(_LEAST, _SMALL * ems(length(each), _LATIN) + _PADDING)
        for each in layout
    ]
    shares = [0 if each.text else min(each.most, _LONGEST_DRAWN) for each in layout]
    spare = max(WIDTH - 2 - sum(needed), 0)
    whole = sum(shares) or 1
    scale = min(1.0, (WIDTH - 2) / sum(needed))
    return [
        (need + spare * share / whole) * scale for need, share in zip(needed, shares, strict=True)
    ]


def _shown(field: Field) -> str:
    """A prefix that says only whose name it is may be cut short; a space is made visible."""
    return field.text.removeprefix("urn:suyuan:").replace(" ", "␣")


def _box(field: Field, number: int, left: int, right: int) -> str:
    fill = _WASH if field.text else "#fff"
    text = escape(_shown(field) if field.text else str(number))
    tongue = "" if _is_latin(text) else ' lang="zh-CN"'
    middle = (left + right) / 2
    below = (
        ""
        if field.text
        else (
            f'<text x="{middle:g}" y="39" font-size="{_SMALL:g}" text-anchor="middle" '
            f'fill="{_SOFT}">{length(field)}</text>'
        )
    )
    return (
        f'<rect x="{left}" y="1" width="{right - left}" height="{_HIGH}" fill="{fill}" '
        f'stroke="{_OWN}" stroke-width="1.5"/>'
        f'<text x="{middle:g}" y="{21 if below else 29}" font-size="{_SIZE:g}" '
        f'text-anchor="middle" font-weight="600" fill="{_INK}"{tongue}>{text}</text>{below}'
    )


def _is_latin(text: str) -> bool:
    return all(ord(letter) < _FIRST_WIDE for letter in text)
