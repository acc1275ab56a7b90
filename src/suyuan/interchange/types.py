"""Takes nothing; gives the shapes of what partners exchange: stations, deliveries, relations.

The words are those of FoodChain-Lab, whose formats these are: a *station* is a holder, a *delivery*
what one sent to another at a time, a *relation* says of which delivery one was made.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from suyuan.kit import SuyuanError


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


class Delivery(Struct, frozen=True, kw_only=True):
    """What went from one station to another; times are ISO 8601, as exact as they are known.

    `thing` is a canonical name where the file has one; else the delivery is a lot of its own, as
    FoodChain-Lab traces it. `unit` is UN/CEFACT, None counts pieces. `known`: it was asked about,
    so it is on record, and only what is joined to it is new.
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


class Form(StrEnum):
    """In which form an answer is handed on."""

    EPCIS = "epcis"
    FCL = "fcl"
    GRAPHML = "graphml"
    CSV = "csv"
    FSMA204 = "fsma204"
    PDF = "pdf"
