"""Keys of check characters: numbered, rotated, and no code of an older one is ever lost."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes.making.checks import checker
from suyuan.codes.making.reading import slots
from suyuan.codes.making.series import serials
from suyuan.codes.making.structures import code_of, structure
from suyuan.codes.making.types import Checking, CheckRule
from suyuan.model import Capturer
from suyuan.registry import directory, issuing, keying, withdrawing
from suyuan.registry.types import CheckedSupply, CheckKey, Licence, Supplies, Withdrawn
from suyuan.store import Store, StoreSettings, WriteConnection, migrate, open_store
from suyuan.store.migrate import known_migrations

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
GTIN, OTHER_GTIN = "06901234567892", "06901234567908"
MINE = Capturer(tenant=1, account=1, party="urn:suyuan:party:mine")
OTHER = Capturer(tenant=1, account=2, party="urn:suyuan:party:other")
DRAW = Random(9)
SGTIN = structure("sgtin")

OLD_SERIALS = ("VMMNR74RV62JP", "HC298QXJC4TXF", "K89YQ7MFVDNXF")
OLD_PACKAGE = UUID(int=1)
OLD = """
insert into registry.licence (tenant, party, kind, number)
values (1, 'urn:suyuan:party:mine', 'gs1_company_prefix', '6901234');
insert into registry.code_secret (tenant, party, value)
values (1, 'urn:suyuan:party:mine', decode(repeat('07', 32), 'hex')),
       (1, 'urn:suyuan:party:idle', decode(repeat('08', 32), 'hex'));
insert into registry.code_series
    (tenant, scheme, stem, alphabet, length, capacity, issued, guarded, checks, secret, opened_at)
values (1, 'sgtin', '06901234567892', '23456789CDFGHJKMNPQRTVWXY', 11, 1000000, 3, true, 2,
        '\\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', now());
insert into registry.code_package
    (id, tenant, party, account, series, first, past, made_at)
select '00000000-0000-0000-0000-000000000001', 1, 'urn:suyuan:party:mine', 1, id, 0, 3, now()
from registry.code_series;
"""
"""What a program of before rotation left; it printed `OLD_SERIALS`."""


@pytest.fixture
def proved(database: Store) -> Store:
    with database.write() as conn:
        kind, number = "gs1_company_prefix", "6901234"
        proofs = [Licence(party=x.party, kind=kind, number=number) for x in (MINE, OTHER)]
        directory.register(conn, proofs)
    return database


@pytest.fixture
def of_before(empty_database: str) -> Iterator[Store]:
    """A database from before keys had numbers, brought up to date."""
    before = tuple(each for each in known_migrations() if each.name < "0202")
    migrate(empty_database, migrations=before)
    with psycopg.connect(empty_database) as connection:
        connection.execute(OLD)
    migrate(empty_database)
    settings = StoreSettings(data_dir=Path(), database_url=empty_database, pool_max=8)
    with open_store(settings) as store:
        yield store


def issue(
    store: Store, whose: Capturer = MINE, *, stem: str = GTIN, checks: int = 4
) -> issuing.Package:
    with store.write() as conn:
        return hand_out(conn, whose, stem=stem, checks=checks)


def hand_out(
    conn: WriteConnection, whose: Capturer = MINE, *, stem: str = GTIN, checks: int = 4
) -> issuing.Package:
    want = issuing.Wanted(structure=SGTIN, stem=stem, count=3, checks=checks)
    number = UUID(int=DRAW.getrandbits(128))
    return issuing.hand_out(conn, want, whose, package=number, draw=DRAW.randbytes, now=NOW)


def waits(asked: "Future[issuing.Package] | Future[CheckKey]") -> bool:
    try:
        asked.result(timeout=0.5)
    except TimeoutError:
        return True
    return False


def rotate(store: Store, whose: Capturer = MINE) -> CheckKey:
    with store.write() as conn:
        return issuing.rotate_key(conn, whose, draw=DRAW.randbytes, now=NOW)


def keys(store: Store, whose: Capturer = MINE) -> list[CheckKey]:
    with store.read() as conn:
        return keying.keys(conn, whose.party, tenant=1)


def made(package: issuing.Package) -> list[str]:
    return list(serials(package.series, package.first, package.past))


def found(store: Store, serial: str, stem: str = GTIN) -> tuple[UUID, int] | None:
    with store.read() as conn:
        code = issuing.find(conn, list(slots(code_of(SGTIN, stem, serial))), tenant=1)
    return None if code is None else (code.package, code.place)


def scans(by: list[CheckKey], serial: str, *, stem: str = GTIN, checks: int = 4) -> bool:
    """Whether a scanner with these keys takes a serial for genuine."""
    ways = [Checking(rule=x.rule, key=x.value, scheme="sgtin", stem=stem) for x in by if x.live]
    body, given = serial[:-checks], serial[-checks:]
    return any(checker(way, SGTIN.alphabet, checks)(body) == given for way in ways)


def test_new_packages_use_the_newest_key_and_those_of_before_stay_genuine(proved: Store) -> None:
    packages = [issue(proved)]
    for number in (2, 3):
        assert rotate(proved).number == number
        packages.append(issue(proved))
    assert [each.key for each in packages] == [1, 2, 3]
    known = keys(proved)
    assert [(each.number, each.live) for each in known] == [(1, True), (2, True), (3, True)]
    assert len({each.value for each in known}) == 3
    for package, key in zip(packages, known, strict=True):
        for place, serial in enumerate(made(package)):
            assert found(proved, serial) == (package.id, place)
            assert [scans([each], serial) for each in known] == [each == key for each in known]
    with proved.read() as conn:
        kept = {each.id: made(each) for each in issuing.packages(conn, MINE.party, tenant=1)}
    assert kept == {each.id: made(each) for each in packages}


def test_the_check_characters_of_one_product_are_not_anothers(proved: Store) -> None:
    """What a body is worth under one stem says nothing of it under the next."""
    package = issue(proved)
    known = keys(proved)
    for serial in made(package):
        assert scans(known, serial)
        assert not scans(known, serial, stem=OTHER_GTIN)
    assert not all(scans(known, serial[:-1], checks=3) for serial in made(package))


def test_a_key_of_which_no_code_counts_is_tried_no_more_and_still_reads_its_own(
    proved: Store,
) -> None:
    package = issue(proved)
    rotate(proved)
    for begin, end in ((1, 3), (0, 1)):
        assert [each.live for each in keys(proved)] == [True, True]
        gone = Withdrawn(begin=begin, end=end, reason="leaked", at=NOW)
        with proved.write() as conn:
            withdrawing.withdraw(conn, package, gone, MINE)
    assert [each.live for each in keys(proved)] == [False, True]
    assert found(proved, made(package)[0]) == (package.id, 0)


def test_orders_and_rotations_at_once_leave_no_gap_and_no_code_unread(proved: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(rotate if at % 3 == 0 else issue, proved, (MINE, OTHER)[at % 2])
            for at in range(30)
        ]
        packages = [each for one in asked if isinstance(each := one.result(), issuing.Package)]
    assert len(packages) == 20
    for package in packages:
        assert [found(proved, serial) for serial in made(package)] == [
            (package.id, place) for place in range(3)
        ]
    for whose in (MINE, OTHER):
        numbers = [each.number for each in keys(proved, whose)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert {each.key for each in packages if each.party == whose.party} <= set(numbers)


@pytest.mark.parametrize("is_first", [True, False])
def test_packages_of_the_former_key_are_on_record_before_the_rotation_is(
    proved: Store, *, is_first: bool
) -> None:
    if not is_first:
        issue(proved)
    with ThreadPoolExecutor(1) as pool:
        with proved.write() as conn:
            package = hand_out(conn)
            turned = pool.submit(rotate, proved)
            assert waits(turned)
        former = package.key
        assert (former, package.new_key) == (1, is_first)
        new = turned.result()
    after = issue(proved)
    assert (new.number, after.key) == ((1, 1) if is_first else (2, 2))
    assert new.new is not is_first, "a key that was made while it waited is new enough"


def test_who_orders_while_a_key_is_rotated_gets_the_new_one_and_others_do_not_wait(
    proved: Store,
) -> None:
    issue(proved)
    with ThreadPoolExecutor(1) as pool:
        with proved.write() as conn:
            made_now = issuing.rotate_key(conn, MINE, draw=DRAW.randbytes, now=NOW)
            asked = pool.submit(issue, proved)
            assert waits(asked)
            assert issue(proved, OTHER, stem=OTHER_GTIN).key == 1
            assert issue(proved, stem=OTHER_GTIN, checks=0).key is None
        assert (asked.result().key, made_now.number) == (2, 2)


def test_orders_of_a_party_for_two_stems_do_not_wait_for_each_other(proved: Store) -> None:
    issue(proved)
    with proved.write() as conn:
        hand_out(conn)
        assert issue(proved, stem=OTHER_GTIN).key == 1


def test_two_who_rotate_at_once_get_one_key_and_one_made_it(proved: Store) -> None:
    issue(proved)
    with ThreadPoolExecutor(1) as pool:
        with proved.write() as conn:
            first = issuing.rotate_key(conn, MINE, draw=DRAW.randbytes, now=NOW)
            second = pool.submit(rotate, proved)
            assert waits(second)
        again = second.result()
    assert (first.number, first.new) == (2, True)
    assert (again.number, again.value, again.new) == (2, first.value, False)


def test_what_a_scanner_needs_is_told_of_each_supply(proved: Store) -> None:
    short, long = issue(proved, checks=1), issue(proved, stem=OTHER_GTIN, checks=4)
    issue(proved, checks=0)
    rotate(proved)
    issue(proved, stem=OTHER_GTIN)
    issue(proved, OTHER, checks=2)
    gone = Withdrawn(begin=0, end=3, reason="leaked", at=NOW)
    with proved.write() as conn:
        withdrawing.withdraw(conn, short, gone, MINE)
    with proved.read() as conn:
        told = keying.supplies(conn, MINE.party, tenant=1)
    assert told == [
        CheckedSupply(
            scheme="sgtin", stem=stem, length=len(made(package)[0]), checks=checks, keys=of
        )
        for package, stem, checks, of in [(short, GTIN, 1, ()), (long, OTHER_GTIN, 4, (1, 2))]
    ]


def test_a_process_that_knew_the_supply_before_a_rotation_reads_codes_of_after(
    proved: Store,
) -> None:
    supplies: Supplies = {}
    packages = []
    for _ in range(3):
        packages.append(issue(proved))
        for package in packages:
            read = list(slots(code_of(SGTIN, GTIN, made(package)[1])))
            assert not issuing.is_invented(read, supplies, tenant=1)
            with proved.read() as conn:
                (code,) = issuing.find_all(conn, read, supplies, tenant=1)
            assert (code.package, code.place) == (package.id, 1)
        rotate(proved)
    invented = list(slots(code_of(SGTIN, GTIN, "2" * len(made(packages[0])[0]))))
    assert issuing.is_invented(invented, supplies, tenant=1)


def test_packages_without_check_characters_have_no_key_and_make_none(proved: Store) -> None:
    package = issue(proved, checks=0)
    assert package.key is None
    assert keys(proved) == []
    assert found(proved, made(package)[2]) == (package.id, 2)


def test_what_was_printed_before_keys_had_numbers_is_read_for_ever(of_before: Store) -> None:
    for _ in range(2):
        for place, serial in enumerate(OLD_SERIALS):
            assert found(of_before, serial) == (OLD_PACKAGE, place)
        with of_before.read() as conn:
            (old,) = issuing.packages(conn, MINE.party, tenant=1, only=OLD_PACKAGE)
        assert (tuple(made(old)), old.key) == (OLD_SERIALS, None)
        new = issue(of_before, checks=2)
        assert found(of_before, made(new)[0]) == (new.id, 0)
        rotate(of_before)
    known = keys(of_before)
    assert [(each.number, each.rule, each.live) for each in known] == [
        (0, CheckRule.SERIAL, True), (1, CheckRule.CODE, True), (2, CheckRule.CODE, True),
        (3, CheckRule.CODE, True),
    ]  # fmt: skip
    assert all(scans(known, serial, checks=2) for serial in OLD_SERIALS)
    assert not all(scans(known[1:], serial, checks=2) for serial in OLD_SERIALS)
    idle = Capturer(tenant=1, account=3, party="urn:suyuan:party:idle")
    assert keys(of_before, idle) == []


def test_an_older_program_beside_this_one_still_hands_out(of_before: Store) -> None:
    """It names neither rule nor key; what it makes is by rule 1."""
    issue(of_before, checks=2)
    with of_before.write() as conn:
        conn.execute(
            "insert into registry.code_package (id, tenant, party, account, series, first, past,"
            " made_at) select gen_random_uuid(), 1, %s, 1, id, 10, 13, now()"
            " from registry.code_series where checks = 2",
            [MINE.party],
        )
        packages = issuing.packages(conn, MINE.party, tenant=1)
    (theirs,) = (each for each in packages if each.first == 10)
    assert theirs.series.checking is not None
    assert theirs.series.checking.rule is CheckRule.SERIAL
    assert found(of_before, made(theirs)[2]) == (theirs.id, 2)


@given(st.integers(1, 4), st.integers(1, 3))
def test_with_n_keys_n_in_a_to_the_c_inventions_pass(keys_live: int, checks: int) -> None:
    draw = Random(keys_live * 10 + checks)
    by = [
        CheckKey(number=at, rule=CheckRule.CODE, value=draw.randbytes(32))
        for at in range(1, keys_live + 1)
    ]
    tries, room = 4_000, len(SGTIN.alphabet) ** checks
    guesses = ("".join(draw.choices(SGTIN.alphabet, k=11 + checks)) for _ in range(tries))
    passed = sum(scans(by, guess, checks=checks) for guess in guesses)
    even = tries * keys_live / room
    assert abs(passed - even) <= 6 * even**0.5 + 1
