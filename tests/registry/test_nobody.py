"""No number of a person gets into what the log keeps for ever."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest
from msgspec import Struct
from msgspec.structs import fields

from suyuan import state
from suyuan.codes.checks import mod_11_2
from suyuan.codes.nobody import called, require_nobody
from suyuan.families import Permit
from suyuan.kit import SuyuanError, Text
from suyuan.model import Role
from suyuan.registry import Document, Licence, Party, Product, Site, accounts, directory, entitling
from suyuan.registry.types import Account
from suyuan.store import Store, WriteConnection

NOW = datetime(2026, 11, 28, tzinfo=UTC)
FIRM, NAME = "urn:suyuan:uscc:91330106MA2XXXXX0X", Text("合作社", "Cooperative")
BODY = "11010519900307283"
NUMBER = BODY + mod_11_2(BODY)
PERSON = f"urn:suyuan:party:{NUMBER}"
KIND = "gs1_company_prefix"
Entering = Callable[[WriteConnection], object]


def opening(name: str, party: str) -> Entering:
    account = Account(name=name, role=Role.CAPTURER, party=party)
    return lambda conn: accounts.open_account(conn, account, draw=Random(1).randbytes)


def permitting(holder: str, issuer: str = "", number: str = "X1", goods: str = "") -> Entering:
    permit = Permit(
        id=0, kind="quota", number=number, issuer=issuer, holder=holder, goods=goods, unit=None,
        amount=Decimal(1),
    )  # fmt: skip
    return lambda conn: state.permits.enter(conn, permit, tenant=1, now=NOW)


def proving(party: str) -> Entering:
    licence = Licence(party=party, kind=KIND, number="6901234")
    return lambda conn: entitling.enter(conn, licence, tenant=1, now=NOW)


def registering(entry: Party | Site | Product | Licence | Document) -> Entering:
    return lambda conn: directory.register(conn, [entry])


REFUSED = {
    "the name of an account": opening(NUMBER, FIRM),
    "a name with a person's name before the number": opening(f"王五{NUMBER}", FIRM),
    "the party of an account": opening("z9", PERSON),
    "the holder of a proof": proving(PERSON),
    "the holder of a permit": permitting(PERSON),
    "the issuer of a permit": permitting(FIRM, issuer=PERSON),
    "the number of a permit": permitting(FIRM, number=NUMBER),
    "the goods of a permit": permitting(FIRM, goods=f"货主{NUMBER}"),
    "a party": registering(Party(uri=PERSON, name=NAME)),
    "the Chinese name of a party": registering(Party(uri=FIRM, name=Text(f"王五{NUMBER}", "W"))),
    "the English name of a party": registering(Party(uri=FIRM, name=Text("王五", f"W {NUMBER}"))),
    "the contact of a party": registering(Party(uri=FIRM, name=NAME, contact=NUMBER)),
    "the operator of a site": registering(
        Site(uri="urn:suyuan:site:1", operator=PERSON, name=NAME)
    ),
    "the owner of a product": registering(
        Product(class_uri="https://id.gs1.org/01/1", name=NAME, owner=PERSON)
    ),
    "the issuer of a licence": registering(
        Licence(party=FIRM, kind="food", number="1", issuer=NUMBER)
    ),
    "the number of a document": registering(Document(kind="report", number=NUMBER)),
}
TAKEN = {
    "an account of a firm": opening("z9", FIRM),
    "a proof of a firm": proving(FIRM),
    "a permit that is numbered by division and day": permitting(FIRM, number="330106202611280002"),
    "another whose last digit is as a check would be": permitting(
        FIRM, number="330106202611280001"
    ),
    "a party": registering(Party(uri=FIRM, name=NAME, contact="0571-88880000")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_number_of_a_person_is_refused_in(database: Store, what: str) -> None:
    with pytest.raises(SuyuanError) as refused, database.write() as conn:
        REFUSED[what](conn)
    assert refused.value.code == "person.number"
    said = refused.value.text
    assert NUMBER not in said.zh + said.en
    assert "统一社会信用代码" in said.zh
    assert "unified social credit code" in said.en


@pytest.mark.parametrize("what", TAKEN)
def test_what_holds_no_number_of_a_person_is_taken_as(database: Store, what: str) -> None:
    with database.write() as conn:
        TAKEN[what](conn)


def test_the_label_of_a_key_holds_no_number_of_a_person(database: Store) -> None:
    with database.write() as conn:
        account = opening("z9", FIRM)(conn)
    assert isinstance(account, Account)
    with pytest.raises(SuyuanError, match="label"), database.write() as conn:
        accounts.issue_key(conn, account, label=NUMBER, draw=Random(2).randbytes, now=NOW)


@pytest.mark.parametrize("kind", [Party, Site, Product, Licence, Document, Permit, Account])
def test_every_field_that_may_be_refused_has_a_chinese_name(kind: type[Struct]) -> None:
    texts = [each.name for each in fields(kind) if each.type is str]
    assert texts
    for field in texts:
        assert not called(field).zh.isascii(), field


def test_a_field_is_named_in_the_language_of_its_sentence() -> None:
    with pytest.raises(SuyuanError) as refused:
        require_nobody(holder=PERSON)
    assert refused.value.text.zh.startswith("“持有单位”里不能有身份证号码")
    assert refused.value.text.en.startswith("The holder must not hold")
    assert refused.value.place == "holder"


@pytest.mark.parametrize("said", [None, "", "李四", FIRM, "330106202611280002"])
def test_a_name_without_such_a_number_stands(said: str | None) -> None:
    require_nobody(name=said)
