"""Takes the heading of a table in text; gives the sign that parts its cells."""

from typing import Final

_SIGNS: Final = (",", ";", "\t")


def parting(text: str) -> str:
    """A comma, but where the heading has semicolons or tabs alone, as spreadsheets of Europe save.

    Where it has several of them, it shows nothing, and the comma stays.
    """
    heading = text.lstrip("\ufeff\r\n").partition("\n")[0]
    found = [sign for sign in _SIGNS if sign in heading]
    return found[0] if len(found) == 1 else ","
