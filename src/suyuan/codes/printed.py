"""Codes behind an address, as labels carry them: on a registered host the address is a name."""

import re
from typing import Final

from suyuan.codes.clean import clean
from suyuan.codes.registry import named_schemes
from suyuan.codes.resolvers import host_of
from suyuan.codes.types import Candidate

BEHIND_ADDRESS: Final = ("pesticide-unit", "mv-trace")
"""Schemes whose labels hold an address that ends with the code (Announcements 2579 and 1049)."""

_ADDRESS: Final = re.compile(
    r"(https?)://([^/?#\\]*)/(?:[A-Za-z0-9._~\-]+/)*([0-9A-Za-z]+)", re.IGNORECASE
)


def printed_code(uri: str, resolvers: frozenset[str]) -> Candidate | None:
    """The code that an address on one of the hosts ends with; None if it is of no such scheme."""
    found = _ADDRESS.fullmatch(uri)
    if found is None or host_of(found[1], found[2]) not in resolvers:
        return None
    cleaned = clean(found[3])
    tried = (named_schemes()[scheme].recognise(cleaned) for scheme in BEHIND_ADDRESS)
    return next((each for each in tried if each is not None and each.valid), None)
