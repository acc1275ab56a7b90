"""Names in `urn:suyuan:`, which carry no host, so that two platforms name one thing alike."""

from typing import Final
from urllib.parse import quote, unquote_to_bytes

from suyuan.codes.types import Grain

PREFIX: Final = "urn:suyuan:"
RAW: Final = "raw"

# Kinds of names that an enterprise gives out itself: `urn:suyuan:<kind>:<issuer>:<code>`. What
# is unique only at its issuer must name the issuer; sites and parties may be platform-wide.
SCOPED_KINDS: Final[dict[str, Grain]] = {
    "lot": Grain.LOT,
    "item": Grain.INSTANCE,
    "class": Grain.CLASS,
    "holding": Grain.PLACE,
    "document": Grain.DOCUMENT,
}
OPEN_KINDS: Final[dict[str, Grain]] = {"site": Grain.PLACE, "party": Grain.PARTY}


def named(scheme: str, code: str) -> str:
    """The name of a code that is unique in the world."""
    return f"{PREFIX}{scheme}:{quote(code, safe='')}"


def issued(kind: str, issuer: str, code: str) -> str:
    """The name of a code that is unique at its issuer."""
    return f"{PREFIX}{kind}:{quote(issuer, safe='')}:{quote(code, safe='')}"


def raw_name(capturer: str, code: str) -> str:
    """The name of a code that nobody could resolve, as its capturer wrote it."""
    return issued(RAW, capturer, code.encode("utf-8", "replace").decode())


def decoded(field: str) -> str:
    """One percent-encoded field of a name; broken UTF-8 becomes replacement characters."""
    return unquote_to_bytes(field.encode("utf-8", "replace")).decode("utf-8", "replace")


def is_of(uri: str, scheme: str) -> bool:
    """Whether a text begins as the names of a scheme do."""
    head = f"{PREFIX}{scheme}:"
    return uri[: len(head)].lower() == head


def split_name(uri: str) -> tuple[str, tuple[str, ...]] | None:
    """Scheme and decoded fields of a name, None for any other text; only raw codes may be empty."""
    if uri[:1] not in "uU" or uri[: len(PREFIX)].lower() != PREFIX:
        return None
    scheme, *fields = uri[len(PREFIX) :].split(":")
    if not scheme or not fields or not (all(fields) or scheme == RAW):
        return None
    return scheme.lower(), tuple(decoded(field) for field in fields)
