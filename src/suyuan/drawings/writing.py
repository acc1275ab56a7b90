"""Takes words and where they stand; gives them as text of a small drawing (SVG)."""

from typing import Final
from xml.sax.saxutils import escape

SIZE: Final = 14.0
"""How large text is, in the units of a drawing."""

_QUOTE: Final = {'"': "&quot;"}


def attribute(said: str) -> str:
    """Words as they stand between the quotation marks of an attribute."""
    return escape(said, _QUOTE)


def text(
    said: str, x: float, y: float, colour: str, *, end: bool = False, bold: bool = False
) -> str:
    """Words that begin at a place, or with `end` reach to it."""
    anchor = ' text-anchor="end"' if end else ""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{SIZE:g}" fill="{colour}"{anchor}{weight}>'
        f"{escape(said)}</text>"
    )
