"""What the registry keeps: parties, sites, products, licences, documents, accounts, claims."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from suyuan.codes.making.types import CheckRule, Series
from suyuan.kit import Text
from suyuan.model import Role, StateRule

PLATFORM: Final = "platform"
"""The role of a party that reports for others 平台."""


class Party(Struct, frozen=True, kw_only=True):
    """An organisation or person by its canonical URI; `division` is its GB/T 2260 code."""

    uri: str
    name: Text
    kind: str = "organisation"
    roles: tuple[str, ...] = ()
    division: str = ""
    contact: str = ""


class Site(Struct, frozen=True, kw_only=True):
    """A place and who operates it from `valid_from` to `valid_to`, both days included.

    One site has one row for each operator it had; an open end is None.
    """

    uri: str
    operator: str
    name: Text
    kind: str = ""
    division: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class Product(Struct, frozen=True, kw_only=True):
    """A class of product; `family` names the rules it falls under, `unit` its UN/CEFACT unit."""

    class_uri: str
    name: Text
    owner: str = ""
    family: str = ""
    kind: str = ""
    unit: str = ""


class Licence(Struct, frozen=True, kw_only=True):
    """A permission that a party holds from `valid_from` to `valid_to`, both days included.

    `areas` are the divisions (GB/T 2260) that it is for, none: it is not limited to any. `covers`
    are the species, products, forms and words of scope that it states, none: it is not on file.
    """

    party: str
    kind: str
    number: str
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    areas: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


class Entered(Licence, frozen=True, kw_only=True):
    """A licence as it was entered, and the other parties that hold what proves the same codes."""

    others: tuple[str, ...] = ()


class Entitlement(Struct, frozen=True, kw_only=True):
    """A licence that proves stems to be its holder's; `at`: when it was entered or withdrawn."""

    party: str
    kind: str
    number: str
    valid_from: date | None = None
    valid_to: date | None = None
    withdrawn: bool = False
    reason: str = ""
    at: datetime | None = None


class Target(Struct, frozen=True, kw_only=True):
    """Where links of a code lead, as the issuer of the code says (GS1-Conformant Resolver).

    `key` is the canonical Digital Link of a key, lot or item, or the digits of a company prefix
    that another resolver handles; `link_type` a URI of the GS1 Web
    vocabulary or another, or a registered relation. `context` says for whom: a country, a use.
    """

    id: UUID
    party: str
    key: str
    link_type: str
    href: str
    title: str
    languages: tuple[str, ...] = ()
    media: str = ""
    context: tuple[str, ...] = ()
    is_default: bool = False
    made_at: datetime


class Document(Struct, frozen=True, kw_only=True):
    """A certificate or report by its number; `status` is `valid`, `revoked` or `void`."""

    kind: str
    number: str
    issuer: str = ""
    status: str = "valid"
    valid_from: date | None = None
    valid_to: date | None = None
    details: dict[str, Any] = {}


class CreditState(StrEnum):
    """Where a credit decision stands on a day."""

    COMING = "coming"
    HOLDS = "holds"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class CreditWithdrawal(Struct, frozen=True, kw_only=True):
    """That a credit decision does not hold from `withdrawn_on` on: in which way, why, by what."""

    decision: int
    way: str
    ground: str
    document: str = ""
    withdrawn_on: date


class CreditDecision(Struct, frozen=True, kw_only=True):
    """A credit decision 信用决定 of an authority about a party; `number` is 0 until it is entered.

    It holds from `valid_from` to `valid_to`, both days included, an open end is None. `document` is
    the number or URI of the written decision, `authority_code` the authority's unified social
    credit code where it is stated, `family` the family of products where it is about one.
    """

    party: str
    kind: str
    ground: str
    document: str
    authority: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None
    grade: str = ""
    authority_code: str = ""
    family: str = ""
    number: int = 0
    withdrawal: CreditWithdrawal | None = None

    def state(self, on: date) -> CreditState:
        """Where it stands on a day: withdrawn from the day on which it was, whatever its term."""
        if self.withdrawal is not None and self.withdrawal.withdrawn_on <= on:
            return CreditState.WITHDRAWN
        if on < self.valid_from:
            return CreditState.COMING
        is_over = self.valid_to is not None and self.valid_to < on
        return CreditState.EXPIRED if is_over else CreditState.HOLDS


Entry = Party | Site | Product | Licence | Document
"""Whatever can be put into the directory."""


class OnFile(Struct, frozen=True, kw_only=True):
    """What is registered of one party; `party` None: nothing but, perhaps, its name in events.

    `documents` are those it gave out, the latest 200; of its products the first 200.
    """

    uri: str
    party: Party | None
    sites: tuple[Site, ...] = ()
    products: tuple[Product, ...] = ()
    licences: tuple[Licence, ...] = ()
    documents: tuple[Document, ...] = ()


class Registration(Struct, frozen=True, kw_only=True):
    """How an entry was from a time on, by whose word; `account` None: at the machine itself."""

    relation: str
    entry: dict[str, Any]
    account: str | None
    at: datetime


class Account(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in or send with a key; `id` is 0 until it is opened.

    `areas` (division-code prefixes) and `families` bound what a regulator sees. `strict` is
    the validation mode of the account's tenant, `state_rules` what it has switched on.
    """

    name: str
    role: Role
    party: str | None = None
    areas: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    tenant: int = 1
    id: int = 0
    strict: bool = False
    state_rules: frozenset[StateRule] = frozenset()


MAIN = "main"
"""The label of an account's key if none is given."""


class ApiKey(Struct, frozen=True):
    """A valid key of an account, as it may be shown: what it is called, and since when it is."""

    label: str
    created: datetime


class Tenant(Struct, frozen=True, kw_only=True):
    """One of the organisations that share an installation without seeing each other."""

    id: int
    name: Text
    strict: bool = False
    state_rules: frozenset[StateRule] = frozenset()


class Import(Struct, frozen=True, kw_only=True):
    """A batch that was brought in; `disputed` if another party brought in one of its codes too."""

    batch: UUID
    party: str
    scheme: str
    first: str
    count: int
    disputed: bool
    at: datetime


class Brought(Struct, frozen=True, kw_only=True):
    """That a party brought a code in, in which batch, and when."""

    party: str
    batch: UUID
    at: datetime


class Withdrawn(Struct, frozen=True, kw_only=True):
    """Codes of a package from place `begin` to before `end` that no longer count since `at`."""

    begin: int
    end: int
    reason: str
    at: datetime

    @property
    def count(self) -> int:
        """How many codes they are."""
        return self.end - self.begin

    def touches(self, begin: int, end: int) -> bool:
        """Whether one of these places is among them."""
        return self.begin < end and begin < self.end


class CheckKey(Struct, frozen=True, kw_only=True):
    """A key by its number within its party; 0 is the one of rule 1, from before there were others.

    `made_at` None: nobody kept when. A key that is not live made no code that still counts. `new`
    if it was made for who asks here, and is to be logged.
    """

    number: int
    rule: CheckRule
    value: bytes
    made_at: datetime | None = None
    live: bool = True
    new: bool = False


class CheckedSupply(Struct, frozen=True, kw_only=True):
    """What a scanner must know of a supply beforehand, since no code may tell it.

    Serials have `length` characters in all, of which the last `checks` are check characters; `keys`
    made those codes of the party in it that count.
    """

    scheme: str
    stem: str
    length: int
    checks: int
    keys: tuple[int, ...]


class Request(Struct, frozen=True):
    """An order's key, of its account alone, and the digest of what it asks for."""

    key: str
    digest: bytes


class Source(Struct, frozen=True):
    """What never changes of a supply: its number, its series but for its parties' check secrets."""

    id: int
    series: Series


Way = tuple[int, str, str, int]
"""Tenant, scheme, stem, and how many characters a serial has."""

Supplies = dict[Way, tuple[Source, ...]]
"""Supplies that were looked up before, kept in the process. Once a way has one, it gets no other:
supplies of a stem differ in how long their serials are."""
