"""Hosts whose links are identifiers: GS1's own, and those that a platform's setting names.

A link on a registered host names what its path says, whoever reads it: capture, a query, a page.
"""

import re
from collections.abc import Iterable
from typing import Final

from suyuan.codes.types import RESOLVERS
from suyuan.kit import SuyuanError, Text

_ADDRESS: Final = re.compile(
    r"(?:(https?)://)?([A-Za-z0-9.\-]+(?::[0-9]{1,5})?)(?:/[^\s?#]*)?", re.IGNORECASE
)
# What a port need not be said of (RFC 9110 §4.2): the link with it is the link without.
_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}
_PARTED: Final = re.compile(r"[,\s]+")
_WRONG: Final = Text(
    "“{given}” 不是网址，不能登记为解析器；例：https://trace.example.com。",
    "'{given}' is no address and cannot be a resolver; write for instance "
    "https://trace.example.com.",
)


def host_of(scheme: str, authority: str) -> str:
    """The host of a link in its one spelling: lower case, without the port that is understood."""
    return authority.lower().removesuffix(_DEFAULT_PORTS[scheme.lower()])


def hosts(given: Iterable[str]) -> frozenset[str]:
    """The hosts of addresses, several in one text parted by commas or spaces; GS1's is among them.

    Raises:
        SuyuanError: one that is no address.
    """
    addresses = (each for text in given for each in _PARTED.split(text) if each)
    return RESOLVERS | {_host(address) for address in addresses}


def root_of(address: str) -> str:
    """An address as links begin with it: with its scheme, without a slash at its end.

    Raises:
        SuyuanError: it is no address.
    """
    given = address.strip()
    if not given:
        return ""
    _host(given)
    return (given if "://" in given else f"https://{given}").rstrip("/")


def _host(address: str) -> str:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise SuyuanError("resolver.address", _WRONG.format(given=address[:60]), "resolvers")
    return host_of(found[1] or "https", found[2])
