"""What codes are made of: a series of serials, a structure to put them in, a packing."""

import re
from enum import IntEnum
from typing import Final

from msgspec import Struct

from suyuan.codes.types import Grain
from suyuan.kit import SuyuanError, Text

ODDS: Final = 10**9
"""A guess of a guarded serial hits an issued one at most once in so many."""


class MakingError(SuyuanError):
    """A code that cannot be made so, and what to do instead."""


class CheckRule(IntEnum):
    """How check characters are made: of the serial alone, or of the whole code (see `checks`)."""

    SERIAL = 1
    CODE = 2


class Checking(Struct, frozen=True, kw_only=True):
    """What check characters are made by, and what a code names before its serial."""

    rule: CheckRule
    key: bytes
    scheme: str
    stem: str


class Series(Struct, frozen=True, kw_only=True):
    """A numbered supply of serials: the same index always gives the same serial.

    `capacity` serials at most, each of `length` characters of `alphabet`. A guarded series is
    unguessable to who lacks `secret`; an unguarded one counts up. `checks` more characters, made
    as `checking` says, end each serial; a supply that several parties share has none of its own.
    """

    alphabet: str
    length: int
    capacity: int
    secret: bytes
    guarded: bool = True
    checks: int = 0
    checking: Checking | None = None


class Structure(Struct, frozen=True, kw_only=True):
    """A scheme whose codes the enterprise makes itself: a stem that is its own, then a serial.

    `stem` is what the serial is appended to, `sample` one of those; `proof` names the kind of
    licence in the registry that shows a stem to be the party's own. `serial_length` is fixed by
    law (0: as long as it must be, at most `longest`). `scoped` codes are unique at their maker
    only.
    """

    scheme: str
    name: Text
    grain: Grain
    stem: re.Pattern[str]
    stem_help: Text
    sample: str
    proof: str
    source: str
    alphabet: str
    serial_length: int = 0
    longest: int = 20
    guarded: bool = True
    scoped: bool = False


class StateIssued(Struct, frozen=True, kw_only=True):
    """A scheme whose codes a state body gives out; an enterprise brings in what it was given.

    `consecutive` codes are given in ranges, others one by one; `called` are words (a regular
    expression) by which people ask for them.
    """

    scheme: str
    name: Text
    issuer: Text
    consecutive: bool
    called: str


class Packed(Struct, frozen=True, kw_only=True):
    """One container and what is directly in it, by canonical names; `level` 1 is the innermost."""

    level: int
    container: str
    contents: tuple[str, ...]


class Slot(Struct, frozen=True):
    """One way to take a code apart."""

    scheme: str
    stem: str
    serial: str
