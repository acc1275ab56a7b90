"""Who is who: enter and look up parties, sites, products, licences and documents.

Look-ups take many names at once, because judging and indexing ask for whole documents.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final, LiteralString, TypeVar, assert_never

from msgspec import Struct, structs
from psycopg.types.json import Jsonb

from suyuan.codes import nobody
from suyuan.kit import Text
from suyuan.registry.types import Document, Entry, Licence, Party, Product, Site
from suyuan.store import Queries, ReadConnection, WriteConnection, encoded

_Q: Final = Queries(__package__)
_MOST_LISTED: Final = 200
_Row = TypeVar("_Row")


class Completion(Struct, frozen=True):
    """What completes half a holder: who operated a site, and where a party can only be.

    `sites` maps a site to its rows, one per operator; `places` a party to the rows of the
    sites it operates.
    """

    sites: dict[str, tuple[Site, ...]]
    places: dict[str, tuple[Site, ...]]

    def site(self, uri: str, on: date) -> Site | None:
        """The row of a site that is valid on that day; None where none or several are."""
        return _only(row for row in self.sites.get(uri, ()) if is_valid(row, on))

    def operator(self, uri: str, on: date) -> str | None:
        """Who operates a site on that day, if the registry says so of exactly one party."""
        row = self.site(uri, on)
        return None if row is None else row.operator

    def only_site(self, party: str, on: date) -> str | None:
        """The one site that a party operates on that day; None where it has none or several."""
        row = self.home(party, on)
        return None if row is None else row.uri

    def home(self, party: str, on: date) -> Site | None:
        """The row of the one site that a party operates on that day, likewise."""
        return _only(row for row in self.places.get(party, ()) if is_valid(row, on))


def register(conn: WriteConnection, entries: Iterable[Entry], *, tenant: int = 1) -> list[Entry]:
    """Enter or replace entries; gives those that are new or were otherwise, kind by kind.

    Raises:
        SuyuanError: a name, party or number holds the number of a person.
    """
    by_statement: dict[LiteralString, list[Entry]] = {}
    for entry in entries:
        _require_nobody(entry)
        by_statement.setdefault(_statement(entry), []).append(entry)
    changed: list[Entry] = []
    with conn.cursor() as cursor:
        for statement, some in by_statement.items():
            rows = [{"tenant": tenant} | _row(entry) for entry in some]
            cursor.executemany(statement, rows, returning=True)
            found = zip(some, cursor.results(), strict=True)
            changed += [entry for entry, result in found if result.fetchone()]
    return changed


def completion(
    conn: ReadConnection, *, tenant: int, sites: Collection[str], parties: Collection[str] = ()
) -> Completion:
    """What is registered of these sites and of the sites of these parties."""
    by_site: dict[str, list[Site]] = {}
    by_party: dict[str, list[Site]] = {}
    asked = {
        "tenant": tenant,
        "uris": encoded.text_array(tuple(sites)),
        "operators": encoded.text_array(tuple(parties)),
    }
    for row in conn.execute(_Q.sites, asked) if sites or parties else ():
        site = Site(
            uri=row[0], operator=row[1], name=Text(row[2], row[3]), kind=row[4],
            division=row[5], valid_from=row[6], valid_to=row[7],
        )  # fmt: skip
        by_site.setdefault(site.uri, []).append(site)
        by_party.setdefault(site.operator, []).append(site)
    return Completion(_frozen(by_site, sites), _frozen(by_party, parties))


def parties(conn: ReadConnection, uris: Collection[str], *, tenant: int) -> dict[str, Party]:
    """The registered ones among these parties."""
    asked = {"tenant": tenant, "uris": encoded.text_array(tuple(uris))}
    rows = conn.execute(_Q.parties, asked) if uris else ()
    return {row[0]: party_of(row) for row in rows}


def named(conn: ReadConnection, uris: Collection[str], *, tenant: int) -> dict[str, Party]:
    """Those among these parties that have a name; who is known by a code alone has none."""
    found = parties(conn, uris, tenant=tenant)
    return {uri: party for uri, party in found.items() if party.name.zh != uri}


def party_of(row: tuple[Any, ...]) -> Party:
    """A party as a row has it."""
    return Party(
        uri=row[0], name=Text(row[1], row[2]), kind=row[3], roles=tuple(row[4]), division=row[5],
        contact=row[6],
    )  # fmt: skip


def products(conn: ReadConnection, uris: Collection[str], *, tenant: int) -> dict[str, Product]:
    """The registered ones among these classes of product."""
    asked = {"tenant": tenant, "uris": encoded.text_array(tuple(uris))}
    rows = conn.execute(_Q.products, asked) if uris else ()
    return {row[0]: product_of(row) for row in rows}


def products_of(conn: ReadConnection, owner: str, begin: str, *, tenant: int) -> list[Product]:
    """A party's own classes of product whose URIs begin so, in their order, 200 at most."""
    asked = {"tenant": tenant, "owner": owner, "begin": begin, "most": _MOST_LISTED}
    return [product_of(row) for row in conn.execute(_Q.products_of, asked)]


def product_of(row: tuple[Any, ...]) -> Product:
    """A class of product as a row has it."""
    return Product(
        class_uri=row[0], name=Text(row[1], row[2]), owner=row[3], family=row[4], kind=row[5],
        unit=row[6],
    )  # fmt: skip


def licences(
    conn: ReadConnection, holders: Collection[str], *, tenant: int
) -> dict[str, tuple[Licence, ...]]:
    """All licences of these parties, also those that are over: the fact's date decides."""
    found: dict[str, list[Licence]] = {}
    asked = {"tenant": tenant, "parties": list(holders)}
    for row in conn.execute(_Q.licences, asked) if holders else ():
        licence = licence_of(row)
        found.setdefault(licence.party, []).append(licence)
    return _frozen(found, found)


def licence_of(row: tuple[Any, ...]) -> Licence:
    """A licence as a row has it."""
    return Licence(
        party=row[0], kind=row[1], number=row[2], issuer=row[3], valid_from=row[4],
        valid_to=row[5], areas=tuple(row[6]), covers=tuple(row[7]),
    )  # fmt: skip


def documents(
    conn: ReadConnection, numbers: Collection[str], *, tenant: int
) -> dict[str, tuple[Document, ...]]:
    """All documents by number; two issuers may use one number, so each has a tuple."""
    found: dict[str, list[Document]] = {}
    asked = {"tenant": tenant, "numbers": encoded.text_array(tuple(numbers))}
    for row in conn.execute(_Q.documents, asked) if numbers else ():
        document = document_of(row)
        found.setdefault(document.number, []).append(document)
    return _frozen(found, found)


def document_of(row: tuple[Any, ...]) -> Document:
    """A document as a row has it."""
    return Document(
        kind=row[0], number=row[1], issuer=row[2], status=row[3], valid_from=row[4],
        valid_to=row[5], details=row[6],
    )  # fmt: skip


def party_number(conn: WriteConnection, uri: str, *, tenant: int) -> int:
    """The number that stands for a party in the record; an unknown party is entered by its URI."""
    (number,) = conn.execute(_Q.party_number, {"tenant": tenant, "uri": uri}).fetchall()
    return int(number[0])


def party_uris(conn: ReadConnection, numbers: Collection[int]) -> dict[int, str]:
    """The parties behind numbers of the record."""
    return dict(conn.execute(_Q.party_uris, {"numbers": list(numbers)}).fetchall())


def _require_nobody(entry: Entry) -> None:
    said = structs.asdict(entry)
    name = said.pop("name", Text("", ""))
    texts = {what: text for what, text in said.items() if isinstance(text, str)}
    nobody.require_nobody(**texts)
    for what, several in said.items():
        for text in several if isinstance(several, tuple) else ():
            nobody.require_nobody(**{what: text})
    for text in (name.zh, name.en):
        nobody.require_nobody(name=text)


def _statement(entry: Entry) -> LiteralString:
    match entry:
        case Party():
            return _Q.put_party
        case Site():
            return _Q.put_site
        case Product():
            return _Q.put_product
        case Licence():
            return _Q.put_licence
        case Document():
            return _Q.put_document
        case _:
            assert_never(entry)


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = structs.asdict(entry)
    row |= {key: list(value) for key, value in row.items() if isinstance(value, tuple)}
    name = row.pop("name", None)
    if name is not None:
        row |= {"name_zh": name.zh, "name_en": name.en}
    if "details" in row:
        row["details"] = Jsonb(row["details"])
    return row


def is_valid(row: Site | Licence, on: date) -> bool:
    """Whether a day is in the time of a site's operator or of a licence; both ends included."""
    begun = row.valid_from is None or row.valid_from <= on
    return begun and (row.valid_to is None or on <= row.valid_to)


def _only(rows: Iterable[Site]) -> Site | None:
    """The one row, or None: to choose among several would be a guess."""
    found = list(rows)
    return found[0] if len(found) == 1 else None


def _frozen(found: dict[str, list[_Row]], wanted: Collection[str]) -> dict[str, tuple[_Row, ...]]:
    """Those wanted, in the order in which they were found: a set has another in each process."""
    names = frozenset(wanted)
    return {name: tuple(rows) for name, rows in found.items() if name in names}
