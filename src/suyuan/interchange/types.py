"""Takes nothing; gives the shapes of what partners exchange: stations, deliveries, relations.

The words are those of FoodChain-Lab, whose formats these are: a *station* is a holder, a *delivery*
what one sent to another at a time, a *relation* says of which delivery one was made.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from suyuan.codes import own_names, shown
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, in_china, there
from suyuan.kit.text import Lang
from suyuan.trace import began
from suyuan.trace.types import Answer, Confirmed, Pool, Scope

UNKNOWN: Final = "?"
"""In the place of a name that nobody states."""

_WHOLE: Final = Text("没有超出上限", "no limit was hit")
_PART: Final = Text("已达上限，只是一部分", "a limit was hit: this is a part")


class InterchangeError(SuyuanError, ValueError):
    """A file that is of none of the forms read here, or too large a one."""


class Spot(Struct, frozen=True):
    """Where something stands in a file: a sheet or table, a row of it, a column."""

    sheet: str = ""
    row: int = 0
    column: str = ""


class Station(Struct, frozen=True, kw_only=True):
    """A holder: `party` and `site` are canonical names, empty where the file has its own `id` only.

    `fields` are all else that was said of it, under the names it was said by.
    """

    id: str
    name: str = ""
    party: str = ""
    site: str = ""
    fields: Mapping[str, Any] = {}
    spot: Spot = Spot()


class Start(Struct, frozen=True, kw_only=True):
    """That a thing began where it left: when, as exactly as it is known, and how much."""

    at: str | None
    quantity: Decimal | None = None
    unit: str | None = None


class Delivery(Struct, frozen=True, kw_only=True):
    """What went from one station to another; times are ISO 8601, as exact as they are known.

    `thing` is a canonical name where the file has one; else the delivery is a lot of its own, as
    FoodChain-Lab traces it. `unit` is UN/CEFACT, None counts pieces. `known`: it was asked about,
    so it is on record, and only what is joined to it is new. `received` came, in `received_unit`,
    where that was told otherwise than `quantity` was sent; of what one end alone reports, as
    `confirmed` says, there is only its own.
    """

    id: str
    source: str
    target: str
    product: str = ""
    lot: str = ""
    thing: str = ""
    departed: str | None = None
    arrived: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    received: Decimal | None = None
    received_unit: str | None = None
    confirmed: Confirmed = Confirmed.BOTH
    start: Start | None = None
    certain: bool = True
    known: bool = False
    fields: Mapping[str, Any] = {}
    spot: Spot = Spot()


class Relation(Struct, frozen=True, kw_only=True):
    """Of the delivery `source`, which came to a station, the delivery `target` left it."""

    source: str
    target: str
    spot: Spot = Spot()


class Chain(Struct, frozen=True, kw_only=True):
    """Stations, deliveries between them, and which went into which.

    `about` is what else a file says of itself, kept as it was.
    """

    stations: tuple[Station, ...]
    deliveries: tuple[Delivery, ...]
    relations: tuple[Relation, ...]
    about: Mapping[str, Any] = {}


class Names(Struct, frozen=True, kw_only=True):
    """What parties, sites and products are called, by canonical name, as far as the viewer knows.

    `documents` are those that an entry names: type and number.
    """

    parties: Mapping[str, str] = {}
    sites: Mapping[str, str] = {}
    products: Mapping[str, str] = {}
    lots: Mapping[str, str] = {}
    documents: Mapping[int, tuple[tuple[str, str], ...]] = {}

    def holder(self, pool: Pool) -> str:
        """Party and site, by name where they have one, else by code as it stands on things."""
        party = self.parties.get(pool.party) or shown.code_text(pool.party).en
        site = self.sites.get(pool.site) or shown.code_text(pool.site).en
        both = [party, site] if party != site and pool.party != pool.site else [site or party]
        return " · ".join(part for part in both if part) or UNKNOWN

    def product(self, thing: str) -> str:
        """What a thing is, else its code."""
        return self.products.get(thing) or thing

    def lot(self, thing: str) -> str:
        """Its lot as the partner calls it, as its GS1 name has it, or its own number as a lot."""
        if thing in self.lots:
            return self.lots[thing]
        if "/10/" in thing:
            return thing.partition("/10/")[2].partition("/")[0]
        name = own_names.split_name(thing)
        return name[1][-1] if name and name[0] == "lot" else ""


class About(Struct, frozen=True, kw_only=True):
    """Of whom, for whom, on which day, and how complete an export is.

    Of the `unknown` ones of its `things` nothing is recorded that its viewer may see. `depth` is
    to how many steps it was limited, `limits` to which part of what is on record.
    """

    kind: Text
    things: tuple[str, ...]
    viewer: str
    made: datetime
    as_of: datetime | None
    position: int | None
    truncated: bool
    completeness: Text
    open_ends: tuple[tuple[Text, int], ...]
    assumptions: tuple[Text, ...] = ()
    unknown: tuple[str, ...] = ()
    depth: int | None = None
    limits: tuple[tuple[Text, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For formats of programs."""
        assumed = [each.en for each in self.assumptions]
        return {
            "kind": self.kind.en,
            **({"unknown": list(self.unknown)} if self.unknown else {}),
            "things": list(self.things),
            "viewer": self.viewer,
            "made": there(self.made, CHINA).isoformat(),
            "asOf": None if self.as_of is None else there(self.as_of, CHINA).isoformat(),
            "completeToEntry": self.position,
            "truncated": self.truncated,
            **({"depth": self.depth} if self.depth else {}),
            **({"limits": {word.en: said for word, said in self.limits}} if self.limits else {}),
            "completeness": self.completeness.en,
            "openEnds": {kind.en: count for kind, count in self.open_ends},
            **({"assumptions": assumed} if assumed else {}),
        }

    def lines(self) -> Iterator[tuple[Text, Text]]:
        """For formats of people: a word, and what it says."""
        yield Text("内容", "content"), self.kind
        if self.unknown:
            yield Text("没有记录的编码", "nothing recorded of"), _both("\n".join(self.unknown))
        yield Text("追溯单元", "things"), _both("\n".join(self.things))
        yield from ((word, _both(said)) for word, said in self.limits)
        yield Text("查阅方", "viewer"), _both(self.viewer)
        yield Text("导出时间", "made"), _both(in_china(self.made))
        if self.as_of is not None:
            yield Text("截至", "as of"), _both(in_china(self.as_of))
        yield Text("完整到记录第几条", "complete to entry"), _both(str(self.position or 0))
        yield Text("是否完整", "whole"), _PART if self.truncated else _WHOLE
        yield Text("完整程度", "completeness"), self.completeness
        for kind, count in self.open_ends:
            yield kind, _both(str(count))
        for each in self.assumptions:
            yield Text("假设", "assumption"), each


class Answering(Struct, frozen=True, kw_only=True):
    """One holder on the way: `since` and `until` bound when it was there; None is unknown.

    `still`: nothing says that all of it left, so it has no end.
    """

    name: str
    party: str
    site: str
    made: bool
    things: int
    since: datetime | None
    until: datetime | None
    certain: bool
    contact: str
    unknown: tuple[Text, ...]
    still: bool = False


class Form(StrEnum):
    """In which form an answer is handed on."""

    EPCIS = "epcis"
    FCL = "fcl"
    GRAPHML = "graphml"
    CSV = "csv"
    FSMA204 = "fsma204"
    PDF = "pdf"


class Buyer(Struct, frozen=True, kw_only=True):
    """To whom a seller says he sold something, while the buyer has said nothing 卖方报的买方.

    `entry` is the sale's place in the record. `party` is the buyer's code or empty, `name` as the
    seller wrote it or empty; `at` is the time of the sale, on the clock `offset`; `quantity` None
    is one piece, or not stated.
    """

    entry: int
    at: datetime
    offset: str
    seller: str
    party: str = ""
    name: str = ""
    voucher: str = ""
    thing: str = ""
    quantity: Decimal | None = None
    unit: str | None = None


class Pictures(Struct, frozen=True):
    """Drawings of an answer (SVG), and why others are missing."""

    drawn: tuple[str, ...] = ()
    undrawn: tuple[Text, ...] = ()


class Handed(Struct, frozen=True, kw_only=True):
    """What is handed on: an answer, of a recall its scope too, with names and what is said of it.

    `document` are the events that it rests on, as an EPCIS document; `buyers` those whom a recall
    has by the seller's word alone; `begun` is where things are said to have begun, `made` also
    where they came out of a making; `pictures` are drawings of it.
    """

    answer: Answer
    scope: Scope | None
    names: Names
    about: About
    told: Sequence[Answering]
    document: bytes
    buyers: Sequence[Buyer] = ()
    begun: Sequence[began.Began] = ()
    made: Sequence[Pool] = ()
    lang: Lang = "zh"
    pictures: Pictures = Pictures()


def is_piece(thing: str) -> bool:
    """Whether a canonical name is of one piece."""
    own = ("urn:suyuan:item:", "https://id.gs1.org/00/", "https://id.gs1.org/8003/",
           "https://id.gs1.org/8004/", "urn:suyuan:ear-tag:")  # fmt: skip
    return thing.startswith(own) or "/21/" in thing


def _both(text: str) -> Text:
    return Text(text, text)
