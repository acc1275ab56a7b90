"""Takes what is odd about a query that is answered; gives the header that says so.

An answer is what the standard makes it, so that a notice stands beside it, in `Suyuan-Notice`:
`Warning` is obsolete (RFC 9111 §5.5). It is a List of Structured Fields (RFC 9651), an item for
each notice: its rule, with the parameter (`place`), sentence and cure in both languages.
"""

from collections.abc import Sequence
from typing import Final

from suyuan.exchange import notices

HEADER: Final = "Suyuan-Notice"
_MARKS: Final = frozenset('%"')


def noticed(found: Sequence[notices.Notice]) -> dict[str, str]:
    """The header of a query's notices, the first of them; none of a query that has none."""
    if not found:
        return {}
    return {HEADER: ", ".join(map(_item, found[: notices.MOST]))}


def _item(notice: notices.Notice) -> str:
    said = {
        "place": notice.place,
        "zh": notice.text.zh,
        "en": notice.text.en,
        "cure_zh": notice.cure.zh,
        "cure_en": notice.cure.en,
    }
    return ";".join([notice.rule, *(f"{name}={_text(value)}" for name, value in said.items())])


def _text(value: str) -> str:
    """A String (§3.3.3), or of what is not all visible ASCII a Display String (§3.3.8)."""
    if value.isascii() and value.isprintable():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return f'%"{"".join(map(_escaped, value.encode("utf-8", "replace").decode()))}"'


def _escaped(character: str) -> str:
    if character.isascii() and character.isprintable() and character not in _MARKS:
        return character
    return "".join(f"%{byte:02x}" for byte in character.encode())
