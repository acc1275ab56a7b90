"""Who is who on a date."""

from datetime import date
from itertools import permutations

import pytest

from suyuan.kit import Text
from suyuan.registry import Document, Licence, Party, Product, Site, directory, installation
from suyuan.registry.types import Tenant
from suyuan.store import Store

FARM, TRADER, YARD = "urn:suyuan:uscc:A", "urn:suyuan:uscc:B", "urn:suyuan:site:1"
NAME = Text("合作社", "Cooperative")


def site(operator: str, since: date | None, until: date | None, uri: str = YARD) -> Site:
    return Site(
        uri=uri, operator=operator, name=NAME, division="330106", valid_from=since, valid_to=until
    )


def test_what_is_entered_is_found_again_and_entering_it_twice_changes_nothing(
    database: Store,
) -> None:
    party = Party(uri=FARM, name=NAME, roles=("farm",), division="330106", contact="0571")
    product = Product(class_uri="https://id.gs1.org/01/1", name=NAME, family="pork", unit="KGM")
    licence = Licence(
        party=FARM, kind="food", number="L1", valid_to=date(2027, 1, 1), areas=("330100",),
        covers=("酱油", "soy sauce"),
    )  # fmt: skip
    document = Document(kind="quarantine", number="Q1", issuer="X", details={"heads": 3})
    entries = [party, product, licence, document, site(FARM, None, None)]
    for changed in (entries, []):
        with database.write() as conn:
            assert directory.register(conn, entries) == changed
    with database.read() as conn:
        assert directory.parties(conn, [FARM, TRADER], tenant=1) == {FARM: party}
        assert directory.products(conn, [product.class_uri], tenant=1) == {
            product.class_uri: product
        }
        assert directory.licences(conn, [FARM], tenant=1) == {FARM: (licence,)}
        assert directory.documents(conn, ["Q1"], tenant=1) == {"Q1": (document,)}
        assert directory.parties(conn, [FARM], tenant=2) == {}


def test_one_number_of_two_issuers_is_two_documents(database: Store) -> None:
    documents = [Document(kind="test", number="7", issuer=issuer) for issuer in ("X", "Y")]
    with database.write() as conn:
        directory.register(conn, documents)
        assert directory.documents(conn, ["7"], tenant=1) == {"7": tuple(documents)}


@pytest.mark.parametrize(
    ("day", "operator"),
    [
        (date(2026, 1, 1), FARM),
        (date(2026, 6, 30), FARM),  # the last day counts
        (date(2026, 7, 1), TRADER),
        (date(2026, 12, 31), TRADER),
        (date(2027, 1, 1), None),
    ],
)
def test_the_operator_of_a_site_depends_on_the_day(
    database: Store, day: date, operator: str | None
) -> None:
    rows = [
        site(FARM, None, date(2026, 6, 30)),
        site(TRADER, date(2026, 7, 1), date(2026, 12, 31)),
    ]
    with database.write() as conn:
        directory.register(conn, rows)
        found = directory.completion(conn, tenant=1, sites=[YARD], parties=[FARM, TRADER])
    assert found.operator(YARD, day) == operator
    assert found.only_site(TRADER, day) == (YARD if operator == TRADER else None)
    assert found.operator("urn:suyuan:site:unknown", day) is None


def test_of_two_sites_none_is_the_only_one(database: Store) -> None:
    rows = [site(FARM, None, None), site(FARM, None, None, uri="urn:suyuan:site:2")]
    with database.write() as conn:
        directory.register(conn, rows)
        found = directory.completion(conn, tenant=1, sites=(), parties=[FARM])
    assert found.only_site(FARM, date(2026, 1, 1)) is None


def test_what_is_found_stands_in_one_order_however_it_was_asked_for(database: Store) -> None:
    """Operators by their sites."""
    sites, operators = [f"{YARD}{at}" for at in "cab"], [f"{FARM}{name}" for name in "xzy"]
    rows = [
        site(operator, None, None, uri=uri) for operator, uri in zip(operators, sites, strict=True)
    ]
    with database.write() as conn:
        directory.register(conn, rows)
        directory.register(conn, [Party(uri=uri, name=NAME) for uri in operators[::-1]])
        for some, several in zip(permutations(sites), permutations(operators), strict=True):
            found = directory.completion(conn, tenant=1, sites=some, parties=several)
            assert list(found.sites) == sorted(sites)
            assert list(found.places) == [row.operator for row in sorted(rows, key=lambda r: r.uri)]
            assert list(directory.parties(conn, several, tenant=1)) == sorted(operators)


def test_a_party_keeps_its_number_and_an_unknown_one_is_entered(database: Store) -> None:
    with database.write() as conn:
        number = directory.party_number(conn, FARM, tenant=1)
        directory.register(conn, [Party(uri=FARM, name=NAME)])
        assert directory.party_number(conn, FARM, tenant=1) == number
        assert directory.party_uris(conn, [number]) == {number: FARM}


def test_a_secret_is_drawn_once_and_tenants_are_entered(database: Store) -> None:
    draws = iter([b"a" * 32, b"b" * 32])
    with database.write() as conn:
        first = installation.secret(conn, "tags", draw=lambda _size: next(draws))
        assert installation.secret(conn, "tags", draw=lambda _size: next(draws)) == first
        assert installation.tenant(conn, 1) is not None
        assert installation.tenant(conn, 2) is None
        other = Tenant(id=2, name=NAME, strict=True)
        installation.put_tenant(conn, other)
        assert installation.tenant(conn, 2) == other
