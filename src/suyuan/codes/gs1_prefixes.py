"""What the first digits of a GS1 key say of it: books, shops' own numbers, coupons.

GS1 General Specifications §1.4.2 and figure 1.4.2-1; ISO 2108 (ISBN), ISO 3297 (ISSN). Such numbers
are well-formed and name no trade item of the world; no company is licensed such a prefix, so that
of another key nobody was entitled to make it.
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.codes.notes import note
from suyuan.codes.types import Candidate, Note, Page
from suyuan.kit import Text

_GTIN_DIGITS: Final = 14
_SHORT: Final = "000000"


class Kind(Struct, frozen=True):
    """Numbers of one kind: what they are, who gives them out, what is said, how likely.

    `source` says where its prefixes stand; `verified` is False where they were not confirmed there.
    """

    name: Text
    issuer: Text
    said: Note
    likely: int
    source: str
    pages: tuple[Page, ...] = ()
    verified: bool = False


_GENERAL: Final = "GS1 General Specifications §1.4.2"
_BOOKS: Final = Page(
    Text("国际 ISBN 中心", "International ISBN Agency"), "https://www.isbn-international.org/"
)
_SERIALS: Final = Page(Text("ISSN 门户", "ISSN portal"), "https://portal.issn.org/")
_SHOP: Final = Text("本店或本集团自己", "the shop or group itself")

_BOOK = Kind(
    Text("图书（ISBN）", "book (ISBN)"),
    Text("ISBN 机构（中国：中国 ISBN 中心）", "ISBN agencies"),
    note("book", "info"), 60, f"{_GENERAL}; ISO 2108", (_BOOKS,),
)  # fmt: skip
_MUSIC = Kind(
    Text("乐谱（ISMN）", "printed music (ISMN)"), Text("ISMN 机构", "ISMN agencies"),
    note("book", "info"), 60, f"{_GENERAL}; ISO 10957",
)  # fmt: skip
_SERIAL = Kind(
    Text("期刊（ISSN）", "serial publication (ISSN)"), Text("ISSN 国家中心", "ISSN centres"),
    note("periodical", "info"), 60, f"{_GENERAL}; ISO 3297", (_SERIALS,),
)  # fmt: skip
_IN_STORE = Kind(
    Text("店内码（限域编号）", "in-store number (restricted circulation)"), _SHOP,
    note("in-store", "warning"), 30, _GENERAL,
)  # fmt: skip
_COUPON = Kind(
    Text("优惠券、代金券", "coupon"), Text("发券方", "whoever gave the coupon out"),
    note("coupon", "warning"), 30, _GENERAL,
)  # fmt: skip
_REFUND = Kind(
    Text("退款、押金凭条", "refund receipt"),
    Text("出具凭条的机器或商店", "the shop or machine that printed it"),
    note("coupon", "warning"), 30, _GENERAL,
)  # fmt: skip
_DEMO = Kind(
    Text("演示用编号", "number for demonstrations"),
    Text("GS1（仅供演示）", "GS1, for demonstrations"),
    note("demonstration", "warning"), 30, _GENERAL,
)  # fmt: skip

_OLD_COUPON = Kind(
    Text("优惠券（旧北美，前缀现已保留）", "coupon (old North American; prefix reserved now)"),
    Text("发券方", "whoever gave the coupon out"),
    note("coupon", "warning"), 30, _GENERAL,
)  # fmt: skip
_MANAGER = Kind(
    Text("EPC 通用标识管理者号", "number of an EPC manager"),
    Text("GS1 全球办公室", "GS1 Global Office"),
    note("manager", "warning"), 30, f"{_GENERAL}; EPC TDS 2.0 §6.3",
)  # fmt: skip

# First and last three digits of a GTIN-13; GTIN-12 stand here with their zero in front.
_KINDS: Final = (
    ("020", "029", _IN_STORE),
    ("040", "049", _IN_STORE),
    ("050", "059", _OLD_COUPON),
    ("200", "299", _IN_STORE),
    ("951", "951", _MANAGER),
    ("952", "952", _DEMO),
    ("977", "977", _SERIAL),
    ("978", "979", _BOOK),
    ("980", "980", _REFUND),
    ("981", "984", _COUPON),
    ("990", "999", _COUPON),
)
_NOBODY: Final = Text("没有企业获发这个前缀", "nobody: no company is licensed its prefix")
_LESS_LIKELY: Final = 30
_PREFIX: Final = 3
# Where the company prefix begins in the data of a key (General Specifications §3); those of a
# coupon (255) are left out, for coupons have prefixes of their own.
_AT: Final = {"00": 1, "8003": 1} | dict.fromkeys(
    ("253", "401", "402", "414", "415", "417", "8004", "8010", "8013", "8017", "8018"), 0
)
# Of the eight digits of a GTIN-8.
_SHORT_KINDS: Final = (("000", "099", _IN_STORE), ("200", "299", _IN_STORE))


def special(gtin: str) -> Kind | None:
    """The kind that the prefix of a GTIN of 14 digits says; None for ordinary trade items."""
    if len(gtin) != _GTIN_DIGITS:
        return None
    short = gtin.startswith(_SHORT)
    prefix = gtin[6:9] if short else gtin[1:4]
    if not short and gtin[1:5] == "9790":
        return _MUSIC
    kinds = _SHORT_KINDS if short else _KINDS
    return next((kind for first, last, kind in kinds if first <= prefix <= last), None)


def sourced(kind: Kind) -> tuple[Note, ...]:
    """Where it stands that a prefix is of this kind."""
    return (note("by" if kind.verified else "by-unverified", "info", source=kind.source),)


def without_licence(found: Candidate, ai: str, value: str) -> Candidate:
    """The reading of a key other than a trade item's, in doubt where no company has its prefix."""
    unlicensed = _unlicensed(ai, value)
    if unlicensed is None:
        return found
    prefix, kind = unlicensed
    if kind is _DEMO:  # GS1 shows by such prefixes how keys of every kind are made
        return replace(found, notes=(*found.notes, kind.said, *sourced(kind)))
    said = note("no-company", "warning", found=prefix, kind=kind.name, name=found.name)
    return replace(
        found,
        notes=(*found.notes, said, *sourced(kind)),
        issued_by=_NOBODY,
        pages=(),
        score=found.score - _LESS_LIKELY,
    )


def _unlicensed(ai: str, value: str) -> tuple[str, Kind] | None:
    at = _AT.get(ai)
    prefix = "" if at is None else value[at : at + _PREFIX]
    if len(prefix) < _PREFIX or not prefix.isdigit():
        return None
    found = (kind for first, last, kind in _KINDS if first <= prefix <= last)
    return next(((prefix, kind) for kind in found), None)


def is_no_place(gln: str) -> bool:
    """Whether a prefix is one of which no location number is made."""
    return special(f"0{gln}") is not None
