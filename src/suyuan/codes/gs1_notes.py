"""What is said of a GS1 key beside its reading: what it would be, what was taken for what."""

from typing import Final

from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_elements import split_elements
from suyuan.codes.gs1_keys import (
    CANONICAL_ROOT,
    GTIN_DIGITS,
    KEYS,
    Pairs,
    Reading,
    UnreadableError,
    encoded,
    qualified,
)
from suyuan.codes.notes import note
from suyuan.codes.types import Cleaned, Note

Outcome = Reading | UnreadableError

_ITEM_KEY: Final = "01"
_QR_OF_GS1: Final = "]Q3"
_SIGNS: Final = "^~"
_CHECK_FAILED: Final = "code.check"


def carried(outcome: Outcome, cleaned: Cleaned) -> tuple[Note, ...]:
    """That a QR code of GS1 data, the item first, is a product's (GB/T 33993 商品二维码)."""
    if cleaned.symbology != _QR_OF_GS1 or isinstance(outcome, UnreadableError):
        return ()
    pairs = split_elements(cleaned.text)
    return (note("product-qr", "info"),) if pairs and pairs[0][0] == _ITEM_KEY else ()


def separated(outcome: Outcome, text: str) -> tuple[Note, ...]:
    """Which sign was taken for FNC1 in an element string that reads."""
    is_read = isinstance(outcome, Reading) and text[:1].isdecimal()
    found = " ".join(each for each in _SIGNS if each in text) if is_read else ""
    return (note("spelled-mark", "info", found=found),) if found else ()


def needed(outcome: UnreadableError, pairs: Pairs) -> tuple[Note, ...]:
    """The name that it would have with the check digit that the key's other digits ask for."""
    ai, value = next((pair for pair in pairs if pair[0] in KEYS), ("", ""))
    key = KEYS.get(ai)
    if outcome.note.code != _CHECK_FAILED or key is None or not key.checked:
        return ()
    digits = value.zfill(GTIN_DIGITS) if ai == _ITEM_KEY else value
    if not key.value.fullmatch(digits):
        return ()
    body = digits[: key.checked - 1]
    right = body + gs1_check_digit(body) + digits[key.checked :]
    return (note("needs-check", "info", name=_name_of(ai, right, pairs)),)


def _name_of(ai: str, right: str, pairs: Pairs) -> str:
    """The name with the key as it should be, qualified as it is; the key's alone if that fails."""
    try:
        return qualified((*(pair for pair in pairs if pair[0] != ai), (ai, right)), ai).uri
    except UnreadableError:
        return f"{CANONICAL_ROOT}{ai}/{encoded(right)}"
