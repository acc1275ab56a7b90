"""Takes names as events and data files write them; gives them in one form."""

from functools import lru_cache
from typing import Any, Final

NAMESPACE: Final = "urn:suyuan:ns:1:"
"""Terms that CBV lacks; `suyuan:` is its prefix."""

FAMILY: Final = NAMESPACE + "family"
STEP: Final = NAMESPACE + "step"
PRODUCT_KIND: Final = NAMESPACE + "productKind"
CONFIRMS: Final = NAMESPACE + "confirms"
"""The ids of the reports whose acts a second account confirms."""

_PREFIXES: Final = ("suyuan:", NAMESPACE)
_GS1: Final = "https://id.gs1.org/"
_GS1_LAST_KEY: Final = {
    "00": "sscc", "01": "gtin", "10": "lgtin", "21": "sgtin", "253": "gdti", "254": "sgln",
    "255": "gcn", "401": "ginc", "402": "gsin", "414": "gln", "417": "pgln", "8003": "grai",
    "8004": "giai", "8006": "itip", "8010": "cpi", "8017": "gsrnp", "8018": "gsrn",
}  # fmt: skip
_URN: Final = "urn:suyuan:"


def iri(name: str) -> str:
    """The IRI of a name written with the prefix `suyuan:`; any other name unchanged."""
    return NAMESPACE + name.removeprefix("suyuan:") if name.startswith("suyuan:") else name


def short(name: str) -> str:
    """The name with the prefix `suyuan:`, as people read it."""
    return "suyuan:" + name.removeprefix(NAMESPACE) if name.startswith(NAMESPACE) else name


def word(value: Any) -> str | None:
    """The bare word of a term (`slaughter` of `suyuan:slaughter` or of its IRI), or None."""
    if isinstance(value, dict):
        value = value.get("@id", value.get("@value"))
    if not isinstance(value, str):
        return None
    bare: str = value
    for prefix in _PREFIXES:
        bare = bare.removeprefix(prefix)
    return bare


@lru_cache(maxsize=1 << 14)
def scheme_of(uri: str) -> str | None:
    """The code scheme that a canonical URI is written in (`lgtin`, `ear-tag`), if we name it.

    Asked several times of every thing of every event, and things return.
    """
    if uri.startswith(_URN):
        return uri[len(_URN) :].split(":", 1)[0]
    if uri.startswith(_GS1):
        parts = uri[len(_GS1) :].split("/")
        return _GS1_LAST_KEY.get(parts[-2]) if len(parts) > 1 else None
    return None
