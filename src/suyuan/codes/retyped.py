"""Other ways to read what was typed without its brackets, with spaces at its dashes, and the like.

Each says in a note what was done; what it comes to must then be of its scheme's form.
"""

import re
from collections.abc import Iterator
from typing import Final

from suyuan.codes.gs1_ais import AIS
from suyuan.codes.notes import note
from suyuan.codes.schemes.inputs import PROVINCES
from suyuan.codes.types import Cleaned, Other

_MOST: Final = 64
_SPACED_DASH: Final = re.compile(r"[ \t]+-[ \t]*|-[ \t]+")
_DASHED: Final = re.compile(r"([A-Z]{1,3}) ?([A-Z]?) ?([0-9]{1,8}) ?- ?([0-9]{1,6})", re.IGNORECASE)
"""As old registrations of pesticides are written, at most with a space at each joint."""

# Papers whose form has brackets, typed without: where they belong.
_UNBRACKETED: Final = (
    ("pesticide-licence", re.compile(rf"农药生许([{PROVINCES}])([0-9]{{4}})"), r"农药生许(\1)\2"),
    (
        "seed-licence",
        re.compile(rf"([A-Z]{{1,4}})\(?([{PROVINCES}][\u4e00-\u9fff]{{0,7}}?)\)?农种许字"
                   r"\(?((?:19|20)[0-9]{2})\)?第?([0-9]{3,4})号?"),
        r"\1(\2)农种许字(\3)第\4号",
    ),
    (
        "production-licence-of-province",
        re.compile(rf"([{PROVINCES}])(XK[0-9]{{2}}-?[0-9]{{3}}-?[0-9]{{5}})"),
        r"(\1)\2",
    ),
)  # fmt: skip
_LESS: Final = 10
_OF_ITS_OWN: Final = {"production-licence-of-province": 5}
"""A province before it says whose it is: it stands before the licence of the whole state."""

_CALLED_TWICE: Final = re.compile(
    r"[\u3400-\u9fff]\((UN|CAS|EC|EINECS|HS|GTIN|EAN|SSCC|GLN)"
    r"(?:号码?|编[号码]|代?码|NO\.?|NUMBER|CODE)?\):?([0-9][0-9.\- ]{2,24})"
)
"""A label in words, a shorter one in brackets behind it, and the number."""

_AI_TYPED: Final = re.compile(r"\(([0-9OoIl]{2,4})\)")
_MARKS_BETWEEN: Final = re.compile(r"[,;、/|]\s?(?=\([0-9]{2,4}\))")
_LETTERS: Final = str.maketrans("OoIl", "0011")
_NUMBER: Final = "号"


def retyped(cleaned: Cleaned) -> Iterator[Other]:
    """The texts that a short text may have been meant as; few."""
    if len(cleaned.text) > _MOST:
        return
    yield from _joined_at_dashes(cleaned.text)
    yield from _called_twice(cleaned.written)
    if cleaned.written:
        yield from _bracketed(cleaned.written)
        if cleaned.written.endswith(_NUMBER):
            yield Other(cleaned.written.removesuffix(_NUMBER), note("number-sign", "info"), 1)
    if cleaned.text[:1] == "(":
        yield from _with_ai_digits(cleaned.text)
        yield from _without_marks(cleaned.text)


def _joined_at_dashes(text: str) -> Iterator[Other]:
    """The text without the spaces about its dashes: PDN2 -88."""
    if " " not in text or "-" not in text:
        return
    parts = _DASHED.fullmatch(text)
    joined = f"{parts[1]}{parts[2]}{parts[3]}-{parts[4]}" if parts else _SPACED_DASH.sub("-", text)
    if joined != text:
        yield Other(joined, note("dash-spaced", "info"), 1)


def _bracketed(written: str) -> Iterator[Other]:
    code = written.rpartition(":")[2]
    for scheme, form, whole in _UNBRACKETED:
        found = form.fullmatch(code)
        put = found.expand(whole) if found else code
        if put != code:
            less = _OF_ITS_OWN.get(scheme, _LESS)
            yield Other(put, note("brackets-put", "warning", found=put), less, scheme)


def _called_twice(written: str) -> Iterator[Other]:
    """The number with the shorter of two labels alone: 联合国危险货物编号（UN号）：1203."""
    found = _CALLED_TWICE.search(written) if "(" in written else None
    if found is not None and found.end() == len(written):
        yield Other(f"{found[1]} {found[2]}", note("called", "info", found=found[1]), 0)


def _with_ai_digits(text: str) -> Iterator[Other]:
    """The text with digits for the letters in the brackets of its application identifiers: (O1)."""

    def mended(found: re.Match[str]) -> str:
        ai = found[1].translate(_LETTERS)
        return f"({ai})" if ai in AIS else found[0]

    read = _AI_TYPED.sub(mended, text)
    if read != text:
        yield Other(read, note("letters", "warning", found=read), 15)


def _without_marks(text: str) -> Iterator[Other]:
    """The text without the marks before its application identifiers: (01)…, (10)…."""
    marks = "".join(dict.fromkeys(each[0][0] for each in _MARKS_BETWEEN.finditer(text)))
    if marks:
        said = note("ai-marks", "warning", found=marks)
        yield Other(_MARKS_BETWEEN.sub("", text), said, 8)
