"""Takes the data beside it; gives the kinds of credit decisions, and the ways in which one ends."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct

from suyuan.kit import Text

_FILE: Final = "credit_kinds.toml"


class CreditWay(Struct, frozen=True, forbid_unknown_fields=True):
    """A way in which a credit decision is taken back before its end."""

    id: str
    zh: str
    en: str

    @property
    def name(self) -> Text:
        """What it is called."""
        return Text(self.zh, self.en)


class CreditKind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of credit decision and the law or document that names it.

    `verified` False: its text was not read. `grades` are those it can have; none: it has none.
    `adverse`: it speaks against the party. `published` False: not shown to everybody.
    `term_months` and `repair_months` are for how long it is said to be published, and after how
    long repair is said to be possible: told, never applied.
    """

    id: str
    zh: str
    en: str
    law: Text
    verified: bool = True
    grades: tuple[str, ...] = ()
    adverse: bool = False
    published: bool = True
    term_months: int | None = None
    repair_months: int | None = None

    @property
    def name(self) -> Text:
        """What it is called."""
        return Text(self.zh, self.en)


class _Data(Struct, frozen=True, forbid_unknown_fields=True):
    kind: tuple[CreditKind, ...]
    way: tuple[CreditWay, ...]


@cache
def _data() -> _Data:
    text = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), type=_Data)


def kinds() -> Mapping[str, CreditKind]:
    """Every kind of credit decision, by its id."""
    return {each.id: each for each in _data().kind}


def ways() -> Mapping[str, CreditWay]:
    """Every way in which one is taken back, by its id."""
    return {each.id: each for each in _data().way}
