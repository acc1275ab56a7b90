"""EPC URNs (EPC Tag Data Standard 2.0 §6): the same keys, with the company prefix marked off."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_keys import Reading, UnreadableError, compose

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNESCAPED = "!'()*+,-.:;=_"
_SHORTEST_PREFIX, _LONGEST_PREFIX = 6, 12
_LONGEST_FREE = 100  # more than any key takes, even percent-encoded throughout; then refused
_ALL = "*"


class Form(Struct, frozen=True):
    """How an EPC scheme spells a key.

    `digits` counts company prefix and reference together (0: the reference is free text),
    `leads` says that the reference's first digit moves to the front of the key, and `tail`
    where the last field goes: nowhere (""), after the key ("+"), or into that AI. `ours` is what
    the scheme is called here, if not as EPC calls it.
    """

    scheme: str
    ai: str
    digits: int
    leads: bool = False
    tail: str = ""
    front: str = ""
    ours: str = ""


_FORMS: Final = (
    Form("sgtin", "01", 13, leads=True, tail="21"),
    Form("sscc", "00", 17, leads=True),
    Form("sgln", "414", 12, tail="254"),
    Form("pgln", "417", 12),
    Form("grai", "8003", 12, tail="+", front="0"),
    Form("giai", "8004", 0),
    Form("gsrn", "8018", 17),
    Form("gsrnp", "8017", 17),
    Form("gdti", "253", 12, tail="+"),
    Form("sgcn", "255", 12, tail="+", ours="gcn"),
    Form("ginc", "401", 0),
    Form("gsin", "402", 16),
    Form("cpi", "8010", 0, tail="8011"),
    Form("itip", "8006", 13, leads=True, tail="21"),
    Form("upui", "01", 13, leads=True, tail="235"),
)
_LGTIN = Form("lgtin", "01", 13, leads=True, tail="10")
# What `urn:epc:<kind>:<scheme>:` introduces. A class pattern ends in `.*` and names the key
# alone; the kinds whose key alone names nothing have none.
_KINDS: Final[dict[str, dict[str, Form]]] = {
    "id": {form.scheme: form for form in _FORMS},
    "class": {"lgtin": _LGTIN},
    "idpat": {form.scheme: form for form in _FORMS if form.tail and form.scheme != "sgln"},
}
_BY_KEY: Final = {(form.ai, form.tail if form.tail != "+" else ""): form for form in _FORMS}


def read_urn(uri: str) -> Reading | None:
    """What an EPC URN names; None for EPC schemes outside GS1 keys and for open patterns.

    Raises:
        UnreadableError: the scheme is known and the code breaks its form.
    """
    parts = uri.split(":", 4)
    if len(parts) != 5:  # noqa: PLR2004 -- urn, epc, kind, scheme, body
        return None
    form = _KINDS.get(parts[2].lower(), {}).get(parts[3].lower())
    if form is None:
        return None
    is_pattern = parts[2].lower() == "idpat"
    if is_pattern and parts[4].endswith(".*.*"):
        return None
    return _read_body(form, parts[4], is_pattern=is_pattern)


def _read_body(form: Form, body: str, *, is_pattern: bool) -> Reading:
    splits = (2 if form.tail else 1) + (2 if form.scheme == "itip" else 0)
    fields = body.split(".", splits)
    tail = _unescape(fields.pop()) if form.tail and len(fields) > splits else None
    if len(fields) != splits + (0 if form.tail else 1) or (form.tail and tail is None):
        raise _unreadable(form, "form", what=f"urn:epc:{form.scheme}")
    if is_pattern and tail != _ALL:
        raise _unreadable(form, "form", what=f"urn:epc:idpat:{form.scheme}")
    value = _key_value(form, *fields)
    if tail is None or is_pattern:
        return compose(form.ai, value, {})
    if not tail:
        raise _unreadable(form, "length", what=form.scheme, found=0)
    if form.tail == "+":
        return compose(form.ai, value + tail, {})
    return compose(form.ai, value, {form.tail: tail})


def _unreadable(form: Form, code: str, **params: object) -> UnreadableError:
    return UnreadableError(form.ours or form.scheme, code, **params)


@lru_cache(maxsize=1 << 12)
def _key_value(form: Form, prefix: str, reference: str, *more: str) -> str:
    """Prefix and reference joined to the key; kept, because many serials share one item."""
    if not form.digits:
        reference = _unescape(reference[:_LONGEST_FREE])
    length = len(prefix) + len(reference)
    numeric = prefix.isdigit() and prefix.isascii()
    if not (numeric and _SHORTEST_PREFIX <= len(prefix) <= _LONGEST_PREFIX and reference.isascii()):
        raise _unreadable(form, "prefix", total=form.digits or "30")
    if not form.digits and reference:
        return prefix + reference
    paired = all(len(field) == len("11") for field in more)  # ITIP: piece and total
    if length != form.digits or not (reference.isdigit() or not reference) or not paired:
        raise _unreadable(form, "prefix", total=form.digits)
    body = reference[:1] + prefix + reference[1:] if form.leads else prefix + reference
    body = form.front + body
    return body + gs1_check_digit(body) + "".join(more)


def to_urn(reading: Reading, company_prefix_length: int) -> str | None:
    """The EPC URN of a reading; None where there is none for it or for this prefix length."""
    (ai, value), *rest = reading.pairs
    qualifier, tail = rest[0] if rest else ("", "")
    form = _form_for(ai, qualifier)
    if form is None or not _SHORTEST_PREFIX <= company_prefix_length <= _LONGEST_PREFIX:
        return None
    if form.digits:
        split = _split_digits(form, value.removeprefix(form.front), company_prefix_length)
        fields, behind = split
    else:
        fields = [value[:company_prefix_length], _escape(value[company_prefix_length:])]
        behind = ""
    if len(fields[0]) != company_prefix_length or not fields[0].isdigit():
        return None
    if not fields[1] and (form.leads or not form.digits):
        return None
    kind = "class" if form is _LGTIN else "id"
    if form.tail == "+":
        kind, tail = ("id", behind) if behind else ("idpat", _ALL)
    elif form.tail and not tail:
        kind, tail = ("id", "0") if form.scheme == "sgln" else ("idpat", _ALL)
    last = [_ALL if kind == "idpat" else _escape(tail)] if form.tail else []
    return f"urn:epc:{kind}:{form.scheme}:{'.'.join(fields + last)}"


def _form_for(ai: str, qualifier: str) -> Form | None:
    if qualifier == "10":
        return _LGTIN if ai == "01" else None
    form = _BY_KEY.get((ai, qualifier))
    if form is None and not qualifier:
        form = next((form for form in _FORMS if form.ai == ai), None)
    return form


def _split_digits(form: Form, value: str, length: int) -> tuple[list[str], str]:
    """Company prefix, reference and further digit fields; and what follows the key."""
    body, behind = value[: form.digits], value[form.digits + 1 :]
    if not form.leads:
        return [body[:length], body[length:]], behind
    fields = [body[1 : length + 1], body[0] + body[length + 1 :]]
    return fields + ([behind[:2], behind[2:4]] if form.scheme == "itip" else []), ""


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "%" in text else text


def _escape(text: str) -> str:
    return quote(text, safe=_UNESCAPED)
