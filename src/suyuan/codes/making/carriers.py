"""What a symbol says: a Digital Link, a maker's address, an address with the code, or lines."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

from suyuan.codes.gs1_keys import CANONICAL_ROOT
from suyuan.codes.making.types import MakingError
from suyuan.codes.privacy import quoted
from suyuan.codes.resolvers import host_of
from suyuan.codes.seed_label import SeedLabel, read_seed_label
from suyuan.kit import Text

_BASE: Final = re.compile(r"https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~\-/]*)?")
_TRADE_ITEM: Final = re.compile(re.escape(CANONICAL_ROOT) + "01/([0-9]{14})/(10|21)/([^/]+)")
_WORDS: Final = {"10": "bat", "21": "ser"}
_NO_PRODUCT = Text(
    "商品二维码（GB/T 33993）只用于带 GTIN 的码（sgtin、lgtin）；其他码请用 link。",
    "Product QR codes (GB/T 33993) are of codes with a GTIN alone (sgtin, lgtin); for others take "
    "link.",
)
_WRONG_BASE = Text(
    "“{given}” 不是网址；例：https://trace.example.com。",
    "'{given}' is no address; write for instance https://trace.example.com.",
)
_NO_RESOLVER = Text(
    "“{given}” 没有登记为本平台的网址：事件里写这个网址，会成为另一个名称。请在命令最前面写 "
    "--public-url {given}，或设置 SUYUAN_PUBLIC_URL（另有网址的用 SUYUAN_RESOLVERS）；"
    "已登记：{known}。",
    "'{given}' is not registered as this platform's address: an event with it would name another "
    "thing. Give --public-url {given} before the command, or set SUYUAN_PUBLIC_URL (further "
    "addresses: SUYUAN_RESOLVERS); registered: {known}.",
)
_UNREADABLE_LINES = Text(
    "品种名称和企业名称各为一行，1 至 200 字，网址不超过 300 字。",
    "The variety and the maker are one line each, of 1 to 200 characters; an address has at most "
    "300.",
)


def link(name: str, code: str, base: str, resolvers: frozenset[str]) -> str:
    """The address that a phone opens: a GS1 thing by its Digital Link path on the host `base`.

    Other codes follow the address as its last segment (Announcements 2579 and 1049 for pesticides).

    Raises:
        MakingError: `base` is no address, or not on one of the `resolvers`: an event that reports
            the address would name another thing.
    """
    root = _root(base, resolvers)
    path = name.removeprefix(CANONICAL_ROOT)
    return f"{root}/{path}" if path != name else f"{root}/{quote(code, safe='')}"


def maker_address(name: str, base: str, resolvers: frozenset[str]) -> str:
    """The maker's own address of a product QR code (GB/T 33993 商品二维码, the vendor's address).

    The GTIN stands first, then the lot or serial, each behind its word in letters. The standard's
    national unified address is not made: its last part is not the maker's to set, and its form is
    not confirmed on the text.

    Raises:
        MakingError: as `link`; or the name is of no GTIN's lot or serial.
    """
    gtin, ai, value = require_product(name)
    return f"{_root(base, resolvers)}/gtin/{gtin}/{_WORDS[ai]}/{value}"


def require_product(name: str) -> tuple[str, str, str]:
    """GTIN, identifier and value of a GTIN's lot or serial, which a product QR code is of.

    Raises:
        MakingError: the name is of another thing.
    """
    found = _TRADE_ITEM.fullmatch(name)
    if found is None:
        raise MakingError("making.product", _NO_PRODUCT, "content")
    return found[1], found[2], found[3]


def _root(base: str, resolvers: frozenset[str]) -> str:
    root = base.rstrip("/")
    if not _BASE.fullmatch(root) or urlsplit(root).hostname is None:
        raise MakingError("making.base", _WRONG_BASE.format(given=quoted(base, 60)), "base")
    if host_of(*urlsplit(root)[:2]) not in resolvers:
        text = _NO_RESOLVER.format(given=quoted(root, 60), known=", ".join(sorted(resolvers)))
        raise MakingError("making.resolver", text, "base")
    return root


def seed_lines(variety: str, maker: str, code: str, address: str) -> str:
    """The four lines of a seed label's symbol, in the order that the rule of 2016 sets.

    Raises:
        MakingError: a name with a line break in it, or too long, would not be read back.
    """
    lines = f"{variety}\n{maker}\n{code}\n{address}"
    if read_seed_label(lines) != SeedLabel(variety, maker, code, address):
        raise MakingError("making.line", _UNREADABLE_LINES, "variety")
    return lines
