"""Product QR codes by their makers' own addresses (GB/T 33993 商品二维码, vendor URL).

The address is the maker's; application identifiers stand in it as named parameters, the GTIN
first. National addresses have the same identifiers in the path, which a Digital Link has too.
"""

import re
from typing import Final

from suyuan.codes.gs1_keys import KEYS, Reading, UnreadableError, compose
from suyuan.codes.notes import note

_PARAMETER = re.compile(r"[?&;/]([a-z]{3,4}|[0-9]{2,3})[=/]([^?&;/#\s]{1,60})", re.IGNORECASE)
# The names that the standard's examples give its identifiers.
_NAMES: Final = {"gtin": "01", "bat": "10", "lot": "10", "ser": "21", "exp": "17"}
_ALLOWED: Final = frozenset(("01", "10", "17", "21"))
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")


def read_product_url(url: str) -> Reading | None:
    """What the identifiers in a maker's address name; None without a GTIN among them.

    A GTIN that fails its check digit is somebody's other number, so it is no error here.
    """
    values: dict[str, str] = {}
    for match in _PARAMETER.finditer(url):
        ai = _NAMES.get(match[1].lower(), match[1])
        if ai in _ALLOWED:
            values.setdefault(ai, _plain(match[2]))
    if "01" not in values:
        return None
    qualifiers = {ai: values[ai] for ai in KEYS["01"].qualifiers if ai in values}
    extra = tuple((ai, value) for ai, value in values.items() if ai == "17")
    try:
        reading = compose("01", values["01"], qualifiers, extra)
    except UnreadableError:
        return None
    return Reading(
        reading.uri,
        reading.scheme,
        reading.grain,
        reading.pairs,
        reading.extra,
        reading.lot,
        reading.class_uri,
        (*reading.notes, note("product-url", "info")),
    )


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
