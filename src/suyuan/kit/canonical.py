"""One byte string for one value: what digests are taken of.

RFC 8785 (JSON Canonicalization Scheme) for structure, strings and key order, with one
deliberate difference: numbers are exact decimals, never 64-bit floats, because two
20-digit codes must not fold into one.
"""

from decimal import Decimal
from typing import Any

import msgspec

from suyuan.kit.errors import SuyuanError
from suyuan.kit.text import Text

# A number is written out in full, so its exponent bounds its length.
_LARGEST_EXPONENT = 400
_ENCODE = msgspec.json.Encoder(order="sorted", decimal_format="number").encode
_PLAIN = frozenset((str, int, bool, type(None)))


class NotCanonicalError(SuyuanError):
    """The value has no canonical form: a float, a non-finite number, a non-text key."""


def canonical_bytes(value: Any) -> bytes:
    """The canonical JSON of a plain value (dict, list, str, int, Decimal, bool, None).

    Equal numbers give equal bytes (1.0, 1 and 1E0; 100 and 1E2), strings stay as they are
    (no Unicode normalisation: what was signed is what was sent).

    Raises:
        NotCanonicalError: for floats, NaN, infinities, numbers beyond 1E±400, lone
            surrogates, keys that are not text, and nesting beyond the interpreter's depth.
    """
    try:
        encoded = _ENCODE(value if _is_plain(value) else _rewritten(value))
        return encoded if _keys_in_order(encoded) else _ENCODE(_reordered(value))
    except (UnicodeEncodeError, TypeError) as error:
        raise _refusal(str(error)) from error
    except RecursionError as error:
        raise _refusal("nested too deeply") from error


def canonical_object(members: dict[str, Any]) -> bytes:
    """The canonical JSON of an object whose members are ready, without another look at them.

    Ready are texts, lists of texts, structs and dicts of texts, all with names in ASCII, and
    `Raw` of canonical bytes. For those who know what they have; it saves most of the work.

    Raises:
        NotCanonicalError: for lone surrogates.
    """
    try:
        return _ENCODE(members)
    except UnicodeEncodeError as error:
        raise _refusal(str(error)) from error


def _is_plain(value: Any) -> bool:
    """Whether the encoder's own output is already canonical; refuses what can never be."""
    plain = True
    seen = [value]
    for node in seen:  # grows while it is read: no recursion, whatever the depth
        kind = type(node)
        if kind is dict:
            seen.extend(node.values())
        elif kind is list:
            seen.extend(node)
        elif kind not in _PLAIN:
            if kind is not Decimal:
                raise _refusal(f"a value of type {kind.__name__}")
            plain = False
    return plain


def _rewritten(value: Any) -> Any:
    """A copy in which every decimal is replaced by its one spelling."""
    if type(value) is dict:
        return {key: _rewritten(item) for key, item in value.items()}
    if type(value) is list:
        return [_rewritten(item) for item in value]
    return msgspec.Raw(plain_decimal(value).encode()) if type(value) is Decimal else value


def plain_decimal(number: Decimal) -> str:
    """The one spelling of an exact number: no exponent, no trailing zero, no minus zero.

    Raises:
        NotCanonicalError: for NaN, infinities and numbers beyond 1E±400.
    """
    if not number.is_finite() or (number and abs(number.adjusted()) > _LARGEST_EXPONENT):
        raise _refusal(f"the number {number}")
    if not number:
        return "0"
    digits = format(number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _keys_in_order(encoded: bytes) -> bool:
    """Whether UTF-8 order, which the encoder uses, is surely UTF-16 order, which RFC 8785 asks.

    They differ only where a character beyond U+FFFF (lead bytes F0-F4) meets one in
    U+E000-U+FFFF, so text without the former needs no second look.
    """
    if encoded.isascii():
        return True
    return not any(lead in encoded for lead in (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4"))


def _reordered(value: Any) -> Any:
    """A `Raw` of the value with keys sorted by UTF-16 code units."""
    if type(value) is dict:
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        pairs = (_ENCODE(key) + b":" + _ENCODE(_reordered(value[key])) for key in keys)
        return msgspec.Raw(b"{" + b",".join(pairs) + b"}")
    if type(value) is list:
        return [_reordered(item) for item in value]
    return _rewritten(value)


def _refusal(what: str) -> NotCanonicalError:
    text = Text("该值没有规范形式：{what}", "This value has no canonical form: {what}")
    return NotCanonicalError("canonical.none", text.format(what=what))
