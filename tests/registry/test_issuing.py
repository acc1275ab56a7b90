"""Ranges are handed out once, under stems that are proved; secrets are kept as digests only."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.codes.making.reading import slots
from suyuan.codes.making.scratch import digest, secrets
from suyuan.codes.making.series import odds, serials
from suyuan.codes.making.structures import STATE_ISSUED, code_of, structure
from suyuan.kit import BusyError
from suyuan.model import Capturer
from suyuan.registry import bringing, directory, entitling, issuing, scratching, withdrawing
from suyuan.registry.types import Licence, Withdrawn
from suyuan.store import Store, WriteConnection

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
GTIN = "06901234567892"
MINE = Capturer(tenant=1, account=1, party="urn:suyuan:party:mine")
OTHER = Capturer(tenant=1, account=2, party="urn:suyuan:party:other")
PROOFS = (
    Licence(party=MINE.party, kind="gs1_company_prefix", number="6901234"),
    Licence(party=MINE.party, kind="mv_operator", number="3706000040001"),
    Licence(party=MINE.party, kind="pesticide_registration", number="PD20092927"),
    Licence(party=MINE.party, kind="seed_licence", number="B(京)农种许字(2020)第0001号"),
    Licence(party=OTHER.party, kind="seed_licence", number="B(京)农种许字(2020)第0002号"),
)
DRAW = Random(5)


@pytest.fixture
def proved(database: Store) -> Store:
    with database.write() as conn:
        directory.register(conn, PROOFS)
    return database


def wanted(count: int, scheme: str = "sgtin", stem: str = GTIN, **more: int) -> issuing.Wanted:
    return issuing.Wanted(structure=structure(scheme), stem=stem, count=count, **more)


def hand_out(
    store: Store, want: issuing.Wanted, whose: Capturer = MINE, *, salt: bytes | None = None
) -> issuing.Package:
    package = UUID(int=DRAW.getrandbits(128))
    with store.write() as conn:
        return issuing.hand_out(
            conn, want, whose, package=package, draw=DRAW.randbytes, now=NOW, salt=salt
        )


def made(package: issuing.Package) -> list[str]:
    return list(serials(package.series, package.first, package.past))


def test_ranges_asked_for_at_once_never_overlap(proved: Store) -> None:
    counts = [Random(at).randint(1, 400) for at in range(40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda count: hand_out(proved, wanted(count)), counts))
    ranges = sorted((each.first, each.past) for each in found)
    assert ranges[0][0] == 0
    assert all(one[1] == other[0] for one, other in pairwise(ranges))
    assert sum(past - first for first, past in ranges) == sum(counts)
    assert len({each.series for each in found}) == 1
    assert len({serial for each in found for serial in made(each)}) == sum(counts)


def test_who_cannot_wait_for_a_large_order_is_told_so(proved: Store) -> None:
    def hurried() -> None:
        with proved.write() as conn:
            conn.execute("set local lock_timeout = '100ms'")
            number = UUID(int=2)
            issuing.hand_out(conn, wanted(5), MINE, package=number, draw=DRAW.randbytes, now=NOW)

    with proved.write() as conn:
        number = UUID(int=1)
        issuing.hand_out(conn, wanted(5), MINE, package=number, draw=DRAW.randbytes, now=NOW)
        with pytest.raises(BusyError, match="try again") as caught:
            hurried()
    assert caught.value.status == 503
    assert hand_out(proved, wanted(1)).first == 5


def test_no_proof_is_withdrawn_under_an_order_that_goes_by_it(proved: Store) -> None:
    """Nor is an order let through that waited while its proof was withdrawn."""
    proof = PROOFS[0]

    def withdraw() -> bool:
        with proved.write() as conn:
            return entitling.withdraw(conn, proof, reason="sold", tenant=1, now=NOW)

    def waits_or_ended(done: Future[bool]) -> bool:
        with proved.read() as conn:
            asked = "select 1 from pg_locks where not granted and database = "
            asked += "(select oid from pg_database where datname = current_database())"
            return done.done() or conn.execute(asked).fetchone() is not None

    with ThreadPoolExecutor(1) as pool:
        with proved.write() as conn:
            issuing.hand_out(
                conn, wanted(5), MINE, package=UUID(int=1), draw=DRAW.randbytes, now=NOW
            )
            ended = pool.submit(withdraw)
            until = time.monotonic() + 60
            while not waits_or_ended(ended):
                assert time.monotonic() < until
            assert not ended.done()
        assert ended.result(60)
    with pytest.raises(issuing.IssuingError, match=r"issuing\.not-yours"):
        hand_out(proved, wanted(1))


def test_who_cannot_wait_for_an_order_withdraws_no_proof_and_is_told_so(proved: Store) -> None:
    def hurried() -> None:
        with proved.write() as conn:
            conn.execute("set local lock_timeout = '100ms'")
            entitling.withdraw(conn, PROOFS[0], reason="sold", tenant=1, now=NOW)

    with proved.write() as conn:
        number = UUID(int=1)
        issuing.hand_out(conn, wanted(5), MINE, package=number, draw=DRAW.randbytes, now=NOW)
        with pytest.raises(BusyError, match="try again") as caught:
            hurried()
    assert caught.value.status == 503
    assert hand_out(proved, wanted(1)).first == 5


def test_an_order_that_waited_for_its_stem_asks_for_its_proof_behind_that(proved: Store) -> None:
    with ThreadPoolExecutor(1) as pool:
        with proved.write() as conn:
            issuing.wait_for(conn, [wanted(1)], MINE)
            waiting = pool.submit(hand_out, proved, wanted(1))
            until = time.monotonic() + 60
            while not conn.execute("select 1 from pg_locks where not granted").fetchone():
                assert time.monotonic() < until
            with proved.write() as other:
                assert entitling.withdraw(other, PROOFS[0], reason="sold", tenant=1, now=NOW)
        with pytest.raises(issuing.IssuingError, match=r"issuing\.not-yours"):
            waiting.result(60)


def test_what_was_undone_leaves_no_trace_and_its_range_to_the_next(proved: Store) -> None:
    def undone() -> None:
        number = UUID(int=1)
        with proved.write() as conn:
            issuing.hand_out(conn, wanted(10), MINE, package=number, draw=DRAW.randbytes, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert hand_out(proved, wanted(10)).first == 0


def test_a_full_supply_is_followed_by_one_with_longer_serials(proved: Store) -> None:
    first = hand_out(proved, wanted(600_000))
    second = hand_out(proved, wanted(600_000))
    third = hand_out(proved, wanted(400_000))
    assert third.series == first.series
    assert second.series.length == first.series.length + 1
    for each in (first, second):
        assert odds(each.series) <= 1e-9
    again = hand_out(proved, wanted(5, checks=2))
    assert again.series.length + again.series.checks > second.series.length


def test_supplies_of_every_length_and_check_live_side_by_side(proved: Store) -> None:
    found = [hand_out(proved, wanted(3, checks=checks)) for checks in (0, 2, 0, 3, 1, 2)]
    lengths = [each.series.length + each.series.checks for each in found]
    assert lengths[0] == lengths[2]
    assert lengths[1] == lengths[5]
    assert len(set(lengths)) == 4
    with proved.read() as conn:
        for package in found:
            for place, serial in enumerate(made(package)):
                read = list(slots(code_of(structure("sgtin"), GTIN, serial)))
                issued = issuing.find(conn, read, tenant=1)
                assert issued is not None
                assert (issued.package, issued.place) == (package.id, place)


@pytest.mark.parametrize(
    ("scheme", "stem", "length"),
    [
        ("lgtin", GTIN, None),
        ("pesticide-unit", "10929272001", 32),
        ("seed-unit", "A701", None),
        ("mv-trace", "3706000040001", 20),
    ],
)
def test_each_structure_is_found_again_and_an_unissued_neighbour_is_not(
    proved: Store, scheme: str, stem: str, length: int | None
) -> None:
    package = hand_out(proved, wanted(20, scheme, stem))
    codes = [code_of(structure(scheme), stem, serial) for serial in made(package)]
    assert length is None or {len(code) for code in codes} == {length}
    unissued = next(serials(package.series, 20, 21))
    with proved.read() as conn:
        for place, code in enumerate(codes):
            issued = issuing.find(conn, list(slots(code)), tenant=1)
            assert issued is not None
            assert (issued.scheme, issued.place, issued.party) == (scheme, place, MINE.party)
        never = code_of(structure(scheme), stem, unissued)
        assert issuing.find(conn, list(slots(never)), tenant=1) is None
        assert issuing.find(conn, list(slots(codes[0])), tenant=2) is None


@pytest.mark.parametrize(
    "form", ["{}.", "{})", "“{}”。", "{}。", "{};", "https://id.gs1.org/01/{gtin}/21/{serial}."]
)
@pytest.mark.parametrize("checks", [0, 4])
def test_marks_of_a_sentence_behind_a_code_hide_it_from_nobody(
    proved: Store, form: str, checks: int
) -> None:
    package = hand_out(proved, wanted(3, checks=checks))
    with proved.read() as conn:
        for place, serial in enumerate(made(package)):
            code = f"(01){GTIN}(21){serial}"
            text = form.format(code, gtin=GTIN, serial=serial)
            found = issuing.find(conn, list(slots(text)), tenant=1)
            assert found is not None
            assert (found.package, found.place, found.serial) == (package.id, place, serial)


def test_a_lawful_length_is_kept_even_if_more_are_expected(proved: Store) -> None:
    hand_out(proved, wanted(5, "mv-trace", "3706000040001"))
    with pytest.raises(issuing.IssuingError, match="at most 9999995 are left"):
        hand_out(proved, wanted(10_000_000, "mv-trace", "3706000040001"))
    huge = hand_out(proved, wanted(10**9, "pesticide-unit", "10929272001"))
    assert huge.series.length == 21
    assert odds(huge.series) <= 1e-9


def test_a_logistic_units_stem_without_its_extension_digit_is_told_that(proved: Store) -> None:
    with pytest.raises(issuing.IssuingError) as caught:
        hand_out(proved, wanted(1, "sscc", "6901234"))
    assert caught.value.code == "issuing.not-yours"
    assert "少了扩展位" in caught.value.text.zh
    assert "lacks the extension digit" in caught.value.text.en
    assert hand_out(proved, wanted(1, "sscc", "06901234")).count == 1


def test_only_who_is_proved_may_issue_and_only_while_the_licence_lasts(database: Store) -> None:
    def refused(whose: Capturer, stem: str = GTIN) -> bool:
        with pytest.raises(issuing.IssuingError) as caught:
            hand_out(database, wanted(1, stem=stem), whose)
        return caught.value.code == "issuing.not-yours" and caught.value.status == 403

    assert refused(MINE)
    over = {"valid_to": NOW.date() - timedelta(days=1)}
    ahead = {"valid_from": NOW.date() + timedelta(days=1)}
    for dates in (over, ahead):
        licence = Licence(party=MINE.party, kind="gs1_company_prefix", number="6901234", **dates)
        with database.write() as conn:
            directory.register(conn, [licence])
        assert refused(MINE)
    with database.write() as conn:
        directory.register(conn, PROOFS)
    assert hand_out(database, wanted(1)).count == 1
    assert refused(OTHER)
    assert refused(MINE, stem="06912345678901")


@pytest.mark.parametrize(
    ("scheme", "stem", "kind", "number", "checks"),
    [
        ("sgtin", GTIN, "gs1_company_prefix", "6901234", 0),
        ("sgtin", GTIN, "gs1_company_prefix", "6901234", 2),
        ("sscc", "06901234", "gs1_company_prefix", "6901234", 0),
        ("mv-trace", "3706000040001", "mv_operator", "3706000040001", 0),
        ("pesticide-unit", "10929272001", "pesticide_registration", "LS20092927", 0),
        ("pesticide-unit", "10929272001", "pesticide_registration", "LS20092927", 2),
    ],
)
def test_rightful_holders_of_one_stem_take_from_one_supply_and_keep_their_own_packages(
    proved: Store, scheme: str, stem: str, kind: str, number: str, checks: int
) -> None:
    with proved.write() as conn:
        directory.register(conn, [Licence(party=OTHER.party, kind=kind, number=number)])
    want = wanted(50, scheme, stem, checks=checks)
    found = [hand_out(proved, want, whose) for whose in (MINE, OTHER, MINE, OTHER)]
    ranges = [(each.first, each.past) for each in found]
    assert ranges == [(0, 50), (50, 100), (100, 150), (150, 200)]
    assert len({serial for each in found for serial in made(each)}) == 200
    assert len({each.series.secret for each in found}) == 1
    if checks:  # each with the secret of its own enterprise
        assert found[0].series.checking != found[1].series.checking
        assert found[0].series == found[2].series
    with proved.read() as conn:
        own = issuing.packages(conn, OTHER.party, tenant=1)
        assert {each.id for each in own} == {found[1].id, found[3].id}
        assert {serial for each in own for serial in made(each)} == {
            serial for at in (1, 3) for serial in made(found[at])
        }
        for package in found if scheme != "sscc" else ():
            code = code_of(structure(scheme), stem, made(package)[7])
            issued = issuing.find(conn, list(slots(code)), tenant=1)
            assert issued is not None
            assert (issued.package, issued.place, issued.party) == (package.id, 7, package.party)


def test_check_characters_of_another_holder_are_refused(proved: Store) -> None:
    with proved.write() as conn:
        proof = Licence(party=OTHER.party, kind="gs1_company_prefix", number="6901234")
        directory.register(conn, [proof])
    mine, theirs = (hand_out(proved, wanted(9, checks=3), whose) for whose in (MINE, OTHER))
    forged = structs.replace(mine.series, checking=theirs.series.checking)
    for right, wrong in zip(made(mine), serials(forged, 0, 9), strict=True):
        with proved.read() as conn:
            for serial, known in ((right, True), (wrong, False)):
                read = list(slots(code_of(structure("sgtin"), GTIN, serial)))
                assert (issuing.find(conn, read, tenant=1) is not None) == known


def test_a_stem_whose_serials_have_check_characters_by_law_says_how_many(proved: Store) -> None:
    hand_out(proved, wanted(5, "pesticide-unit", "10929272001", checks=2))
    with pytest.raises(issuing.IssuingError, match="have 2 check characters") as caught:
        hand_out(proved, wanted(5, "pesticide-unit", "10929272001"))
    assert (caught.value.code, caught.value.status) == ("issuing.checks-set", 409)


@pytest.mark.parametrize(
    ("hour", "year", "allowed"),
    [(15, 2026, True), (15, 2027, False), (16, 2026, False), (16, 2027, True)],
)
def test_a_licence_holds_on_days_of_chinas_clock(
    database: Store, hour: int, year: int, *, allowed: bool
) -> None:
    """At 16:30Z on New Year's Eve it is New Year in China."""
    at = datetime(2026, 12, 31, hour, 30, tzinfo=UTC)
    licence = Licence(
        party=MINE.party, kind="gs1_company_prefix", number="6901234",
        valid_from=date(year, 1, 1), valid_to=date(year, 12, 31),
    )  # fmt: skip
    number = UUID(int=1)
    with database.write() as conn:
        directory.register(conn, [licence])
        refused = nullcontext() if allowed else pytest.raises(issuing.IssuingError)
        with refused:
            issuing.hand_out(conn, wanted(1), MINE, package=number, draw=DRAW.randbytes, now=at)


def test_a_party_sees_its_own_packages_alone(proved: Store) -> None:
    mine = hand_out(proved, wanted(5, "seed-unit", "A701"))
    theirs = hand_out(proved, wanted(5, "seed-unit", "A701"), OTHER)
    with proved.read() as conn:
        assert [each.id for each in issuing.packages(conn, MINE.party, tenant=1)] == [mine.id]
        assert issuing.packages(conn, MINE.party, tenant=1, only=theirs.id) == []
        assert issuing.packages(conn, MINE.party, tenant=2) == []
        (known,) = issuing.packages(conn, MINE.party, tenant=1, only=mine.id)
    assert made(known) == made(mine)


def test_a_guess_at_a_seed_stem_that_many_chose_is_as_unlikely_as_each_was_told(
    proved: Store,
) -> None:
    third = Capturer(tenant=1, account=3, party="urn:suyuan:party:third")
    with proved.write() as conn:
        number = "B(京)农种许字(2020)第0003号"
        directory.register(conn, [Licence(party=third.party, kind="seed_licence", number=number)])
    found = [
        hand_out(proved, wanted(5, "seed-unit", "ABCD", checks=checks), whose)
        for checks in (0, 2, 0)
        for whose in (MINE, OTHER, third)
    ]
    supplies = {each.series.secret: each.series for each in found}
    lengths = [each.length + each.checks for each in supplies.values()]
    assert len(set(lengths)) == len(lengths)
    for length in lengths:
        of_length = [x for x in supplies.values() if x.length + x.checks == length]
        hits = sum(each.capacity / len(each.alphabet) ** each.length for each in of_length)
        told = [odds(x.series) for x in found if x.series.length + x.series.checks == length]
        assert all(hits <= each <= 1e-9 for each in told)
    codes = [serial for each in found for serial in made(each)]
    assert len(set(codes)) == len(codes)


def scratched(store: Store, count: int) -> tuple[issuing.Package, list[str]]:
    drawn = list(secrets(count, DRAW.randbytes))
    package = hand_out(store, wanted(count), salt=b"0123456789abcdef")
    with store.write() as conn:
        kept = (digest(b"0123456789abcdef", at, each) for at, each in enumerate(drawn))
        scratching.keep(conn, package.id, kept)
    return package, drawn


def issued_of(store: Store, package: issuing.Package, place: int) -> issuing.Issued:
    code = code_of(structure("sgtin"), GTIN, made(package)[place])
    with store.read() as conn:
        found = issuing.find(conn, list(slots(code)), tenant=1)
    assert found is not None
    return found


def test_of_many_who_verify_at_once_one_is_the_first(proved: Store) -> None:
    package, drawn = scratched(proved, 10)
    code = issued_of(proved, package, 4)

    def verify(at: int) -> scratching.Use | None:
        with proved.write() as conn:
            return scratching.use(conn, code, drawn[4], now=NOW + timedelta(seconds=at))

    with ThreadPoolExecutor(8) as pool:
        uses = list(pool.map(verify, range(24)))
    assert sorted(use.times for use in uses if use) == list(range(1, 25))
    firsts = {use.first_at for use in uses if use}
    assert len(firsts) == 1
    assert next(use for use in uses if use and use.times == 1).first_at in firsts


def test_a_wrong_secret_and_anothers_secret_count_for_nothing(proved: Store) -> None:
    package, drawn = scratched(proved, 3)
    one, other = issued_of(proved, package, 0), issued_of(proved, package, 1)
    with proved.write() as conn:
        for code, secret in ((one, "2222-2222-2222"), (one, drawn[1]), (other, ""), (other, "\0")):
            assert scratching.use(conn, code, secret, now=NOW) is None
        first = scratching.use(conn, one, drawn[0].lower().replace("-", ""), now=NOW)
    assert first == scratching.Use(1, NOW)


def test_the_database_holds_no_secret(proved: Store) -> None:
    package, drawn = scratched(proved, 50)
    with proved.read() as conn:
        rows = conn.execute("select t::text from registry.code_scratch as t").fetchall()
        (salt,) = conn.execute("select salt from registry.code_package").fetchone() or (b"",)
    kept = "".join(text for (text,) in rows)
    assert len(rows) == package.count
    for secret in drawn:
        plain = secret.replace("-", "")
        assert plain not in kept
        assert plain.encode().hex() not in kept
    assert digest(bytes(salt), 0, drawn[0]).hex() in kept


def test_more_secrets_than_go_in_at_once_all_go_in(
    proved: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratching, "_AT_ONCE", 7)
    package, drawn = scratched(proved, 20)
    with proved.write() as conn:
        for place in (0, 6, 7, 13, 14, 19):
            code = issued_of(proved, package, place)
            assert scratching.use(conn, code, drawn[place], now=NOW) == scratching.Use(1, NOW)


def spans(*pairs: tuple[str, str]) -> list[bringing.Span]:
    return [bringing.Span(first, last, line) for line, (first, last) in enumerate(pairs, start=1)]


def bring(store: Store, scheme: str, *pairs: tuple[str, str], whose: Capturer = MINE) -> int:
    batch, of, found = UUID(int=DRAW.getrandbits(128)), STATE_ISSUED[scheme], spans(*pairs)
    bringing.require_sound(of, found)
    with store.write() as conn:
        return bringing.bring_in(conn, of, found, whose, batch=batch, now=NOW)


TAG = "137060200001000"
DRUG = "83857930000879766660"


def test_every_line_within_an_earlier_range_is_told(database: Store) -> None:
    """Not only of neighbours: a long range may reach over many."""
    ear = [f"1{'3' * 6}{number:08}" for number in range(101)]
    given_ranges = [(ear[0], ear[100]), (ear[4], ear[5]), (ear[49], ear[59])]
    with pytest.raises(bringing.BringingError) as caught:
        bring(database, "ear-tag", *given_ranges)
    assert ear[4] in caught.value.text.en
    assert ear[49] in caught.value.text.en


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=8))
def test_every_line_that_repeats_another_is_told_with_that_line(
    given_ranges: list[tuple[int, int]],
) -> None:
    """Against each with each: also where a long range reaches over many."""
    tags = [(TAG[:-2] + f"{low:02}", TAG[:-2] + f"{low + more:02}") for low, more in given_ranges]
    given_spans = spans(*tags)
    told = dict(bringing._repeated(given_spans))
    left = [each for each in given_spans if each.line not in told]
    for one, other in combinations(left, 2):
        assert one.last < other.first or other.last < one.first
    for line, error in told.items():
        here = given_spans[line - 1]
        known = [
            each
            for each in given_spans
            if each is not here and each.first <= here.first <= each.last
        ]
        assert any(f"is in line {each.line} already" in error.text.en for each in known)
        assert any(f"第 {each.line} 行" in error.text.zh for each in known)


def test_what_was_brought_in_before_is_told_with_its_batch_and_both_cures(database: Store) -> None:
    bring(database, "ear-tag", (TAG, "137060200001099"))
    with database.read() as conn:
        (known,) = bringing.imports(conn, tenant=1)
    with pytest.raises(bringing.BringingError) as caught:
        bring(database, "ear-tag", ("137060200001050", "137060200001200"))
    for said in (caught.value.text.zh, caught.value.text.en):
        assert f"{TAG}-137060200001099" in said
        assert str(known.batch) in said
        assert "suyuan codes withdraw" in said


@given(st.lists(st.integers(10**14, 10**15 - 1), min_size=2, max_size=5), st.integers(0, 4))
def test_numbers_that_are_all_rounded_are_told_as_that_and_one_by_itself_is_taken(
    heads: list[int], genuine: int
) -> None:
    rounded = [f"{each}00000" for each in heads]
    found = [line for line, _ in bringing._rounded(spans(*((each, each) for each in rounded)))]
    assert found == [each + 1 for each in range(len(heads))]
    rounded[genuine % len(rounded)] = DRUG
    for given_codes in (rounded, rounded[:1], [str(each) for each in heads]):
        assert list(bringing._rounded(spans(*((each, each) for each in given_codes)))) == []


def test_a_party_brings_a_range_in_once(database: Store) -> None:
    assert bring(database, "ear-tag", (TAG, "137060200001099")) == 100
    assert bring(database, "drug-trace", (DRUG, DRUG)) == 1
    overlapping = [(TAG, TAG), ("137060200000500", "137060200001000"), ("137060200001099",) * 2]
    for pair in [*overlapping, ("137060200000000", "137060200009999")]:
        with pytest.raises(bringing.BringingError, match="in before") as caught:
            bring(database, "ear-tag", ("137060200050000", "137060200050001"), pair)
        assert caught.value.place == "line 2"
    assert bring(database, "ear-tag", ("137060200001100", "137060200001199"), whose=OTHER) == 100
    with database.read() as conn:
        for code, parties in (
            (TAG, [MINE.party]),
            ("137060200001099", [MINE.party]),
            ("137060200001100", [OTHER.party]),
            ("137060200050000", []),
            ("137060200001200", []),
        ):
            found = bringing.brought_by(conn, "ear-tag", code, tenant=1)
            assert [each.party for each in found] == parties
        assert not any(each.disputed for each in bringing.imports(conn, tenant=1))


def test_nobody_keeps_anothers_codes_out_and_the_operator_sees_both_and_takes_one_back(
    database: Store,
) -> None:
    bring(database, "ear-tag", ("137060200000000", "137060200999999"), whose=OTHER)
    bring(database, "ear-tag", ("137061100000000", "137061100000009"), whose=OTHER)
    assert bring(database, "ear-tag", (TAG, "137060200001099")) == 100
    with database.read() as conn:
        found = bringing.imports(conn, tenant=1)
        assert [each.party for each in bringing.brought_by(conn, "ear-tag", TAG, tenant=1)] == [
            MINE.party,
            OTHER.party,
        ]
        assert bringing.imports(conn, tenant=2) == []
    assert {(each.first, each.count, each.disputed) for each in found} == {
        ("137060200000000", 1_000_000, True),
        (TAG, 100, True),
        ("137061100000000", 10, False),
    }
    (wrong,) = (each.batch for each in found if each.count == 1_000_000)
    with database.write() as conn:
        taken_back = [
            bringing.withdraw(conn, wrong, reason="typed wrongly", tenant=tenant, now=NOW)
            for tenant in (2, 1, 1)
        ]
        assert taken_back == [False, True, False]
        assert [each.party for each in bringing.brought_by(conn, "ear-tag", TAG, tenant=1)] == [
            MINE.party
        ]
        assert not any(each.disputed for each in bringing.imports(conn, tenant=1))
        kept = conn.execute("select count(*) from registry.code_import").fetchone()
        assert kept == (3,)
    assert bring(database, "ear-tag", ("137060200000000", "137060200000009"), whose=OTHER) == 10


@pytest.mark.parametrize(
    ("scheme", "pair", "code"),
    [
        ("ear-tag", ("437060200001000", "437060200001001"), "bringing.form"),
        ("ear-tag", ("137060200001001", "137060200001000"), "bringing.order"),
        ("ear-tag", ("100000000000000", "399999999999999"), "bringing.form"),
        ("ear-tag", ("137060200000000", "137060201000000"), "bringing.span"),
        ("ear-tag", ("137060299999999", "137060300000001"), "bringing.across"),
        ("ear-tag", ("199999900000000", "199999900000001"), "bringing.form"),
        ("drug-trace", (DRUG, "83857930000879766661"), "bringing.range"),
        ("ear-tag", (DRUG, DRUG), "bringing.other"),
        ("drug-trace", (TAG, TAG), "bringing.other"),
        ("ear-tag", ("199999900000001",) * 2, "bringing.form"),  # no such division
        ("ear-tag", ("137060299999999", "137060400000000"), "bringing.across"),
        ("veterinary-trace", ("202013150012312345678901",) * 2, "bringing.form"),
        ("veterinary-trace", ("202502310012312345678901",) * 2, "bringing.form"),  # no such day
    ],
)
def test_what_is_no_such_code_or_range_is_refused_with_its_line(
    database: Store, scheme: str, pair: tuple[str, str], code: str
) -> None:
    with pytest.raises(bringing.BringingError) as caught:
        bring(database, scheme, pair)
    assert (caught.value.code, caught.value.place) == (code, "line 1")


def test_imports_at_once_of_one_range_let_one_of_each_party_through(database: Store) -> None:
    def attempt(whose: Capturer) -> str:
        try:
            bring(database, "ear-tag", (TAG, "137060200001099"), whose=whose)
        except bringing.BringingError:
            return ""
        return whose.party

    with ThreadPoolExecutor(6) as pool:
        through = sorted(filter(None, pool.map(attempt, [MINE, OTHER] * 3)))
    assert through == [MINE.party, OTHER.party]


def test_who_waits_too_long_for_another_import_is_told_to_come_again(database: Store) -> None:
    def attempt(conn: WriteConnection) -> int:
        batch = UUID(int=DRAW.getrandbits(128))
        ear_tags = STATE_ISSUED["ear-tag"]
        return bringing.bring_in(conn, ear_tags, spans((TAG, TAG)), MINE, batch=batch, now=NOW)

    with database.write() as first, database.write() as second:
        second.execute("set local lock_timeout = '50ms'")
        assert attempt(first) == 1
        with pytest.raises(BusyError) as caught:
            attempt(second)
    assert (caught.value.status, caught.value.retry_after) == (503, 10)


@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6),
)
def test_what_is_left_is_every_place_that_was_not_withdrawn(
    begin: int, end: int, sizes: list[tuple[int, int]]
) -> None:
    gone = [(first, first + size) for first, size in sizes]
    ranges = [Withdrawn(begin=first, end=past, reason="", at=NOW) for first, past in gone]
    left = list(withdrawing.left(begin, end, ranges))
    assert [place for each in left for place in range(*each)] == [
        place
        for place in range(begin, end)
        if not any(first <= place < past for first, past in gone)
    ]
    assert all(first < past for first, past in left)
