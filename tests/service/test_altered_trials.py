"""What was altered is tried within bounds; columns and reports are told too, by any receipt."""

# ruff: noqa: S608 -- an attack is a line of SQL

from time import process_time

import pytest
from logged import broken, report
from test_altered import altered, entry_position, full, held

from suyuan.ledger.types import Done
from suyuan.service import Platform, audit, publish
from suyuan.service.auditing import Wrong
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.policy import trusting
from suyuan.tlog.receipt import chosen

__all__ = ["full"]
ACTS = 500
OWN = "id = (select entry from ledger.leaf where position = {at})"
REGULATOR_AS_ADMIN = (
    "said = convert_to(replace(convert_from(said, 'UTF8'), 'regulator', 'admin'), 'UTF8')"
)


def of_acts(found: list[Wrong]) -> list[Wrong]:
    return [each for each in found if each.code == "ledger.act"]


def timed(platform: Platform) -> tuple[float, list[Wrong]]:
    begin = process_time()
    found = audit(platform)
    return process_time() - begin, found


def opened(number: int, **more: str) -> Done:
    said = {f"f{at}": f"{number}-{at}" for at in range(10)}
    return Done("account.opened", None, said | {"name": f"n{number}", "role": "regulator"} | more)


def test_hundreds_of_altered_acts_are_each_told_in_seconds(platform: Platform) -> None:
    report(platform, range(1, 4))
    with platform.store.write() as conn:
        platform.log_acts(conn, map(opened, range(ACTS)))
    publish(platform)
    two = f"update ledger.act set at = at + interval '1 second', {REGULATOR_AS_ADMIN}"
    broken(platform, f"{two} where entry > -251")
    took, found = timed(platform)
    told = of_acts(found)
    assert len(told) == 250
    assert all("not tried to the end" in each.text.en for each in told[-50:])
    assert took < 12, "or each is tried with all that stands around it"


def test_one_altered_act_that_says_a_megabyte_takes_no_longer(platform: Platform) -> None:
    with platform.store.write() as conn:
        platform.log_acts(conn, map(opened, range(300)))
        platform.log_acts(conn, [opened(300, big="y" * 1_000_000)])
    publish(platform)
    broken(platform, "update ledger.act set secret = substr(sha256(secret), 1, 16) "
                     "where length(said) > 100000")  # fmt: skip
    took, found = timed(platform)
    (told,) = of_acts(found)
    assert "not tried to the end" in told.text.en
    assert "没有逐一试出" in told.text.zh
    assert took < 6


def test_one_altered_word_is_still_found_beside_hundreds(platform: Platform) -> None:
    with platform.store.write() as conn:
        platform.log_acts(conn, map(opened, range(ACTS)))
    publish(platform)
    broken(platform, f"update ledger.act set {REGULATOR_AS_ADMIN} where entry > -251")
    took, found = timed(platform)
    told = of_acts(found)
    says = "role is 'admin' now and was logged as 'regulator'"
    assert sum(says in each.text.en for each in told) >= 200
    assert took < 12


@pytest.mark.parametrize("with_receipt", [False, True])
@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("event_time", "event_time = event_time + interval '1 hour'"),
        ("digest", "digest = sha256('x')"),
        ("identity", "identity = substr(sha256('x'), 1, length(identity))"),
        ("event_key", "event_key = event_key + 1"),
        ("type", "type = 1"),
    ],
)
def test_of_an_altered_column_both_values_are_told_and_no_equal_pair(
    full: Platform, column: str, change: str, *, with_receipt: bool
) -> None:
    at = entry_position(full)
    receipts = held(full, at) if with_receipt else []
    found = altered(full, f"update record.entry set {change} where {OWN.format(at=at)}", receipts)
    (told,) = [each for each in found if each.code == "record.changed"]
    assert f"({column} is '" in told.text.en
    now, said = told.text.en.partition(f"{column} is '")[2].split("', and its content says '")
    assert now != said.partition("'")[0]
    assert "verdict" not in told.text.en
    assert f"{column} 现为" in told.text.zh


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("tenant = 1 + (select max(id) from registry.tenant)", "tenant is '{tenant}' now"),
        ("ordinal = 7", "ordinal is '7' now and was logged as '0'"),
        ("tags = '{1}'", "access is '0000000000000001' now and was logged as '"),
    ],
)
def test_of_an_altered_report_the_member_is_told_without_a_receipt(
    full: Platform, change: str, says: str
) -> None:
    at = entry_position(full)
    with full.store.read() as conn:
        ((tenant,),) = conn.execute("select 1 + max(id) from registry.tenant").fetchall()
    found = altered(full, f"update record.entry set {change} where {OWN.format(at=at)}")
    (told,) = [each for each in found if each.code == "record.changed"]
    assert says.replace("{tenant}", str(tenant)) in told.text.en


def test_another_capturer_is_told_with_the_one_that_was_logged(full: Platform) -> None:
    at = entry_position(full)
    other = "select max(id) from registry.party where uri <> 'urn:suyuan:party:local'"
    own = OWN.format(at=at)
    found = altered(full, f"update record.entry set capturer = ({other}) where {own}")
    (told,) = [each for each in found if each.code == "record.changed"]
    assert "capturer is '" in told.text.en
    assert "and was logged as 'urn:" in told.text.en


def test_of_two_receipts_for_one_position_what_either_shows_counts(full: Platform) -> None:
    from suyuan.service import OPERATOR, log_of, receipt  # noqa: PLC0415 -- of this test alone

    at = entry_position(full)
    whole = receipt(full, at, OPERATOR) or b""
    trust = Trust(policy=trusting(log_of(full).vkeys))
    parts = [verify_file(chosen(whole, [name]), trust) for name in ("judgement", "event")]
    change = f"update record.entry set step = 'recall', family = 'food' where {OWN.format(at=at)}"
    for receipts in (parts, parts[::-1]):
        (told,) = [each for each in altered(full, change, receipts)
                   if each.code == "record.changed"]  # fmt: skip
        assert "step is 'recall' now" in told.text.en
        assert "receipt shows" in told.text.en
        assert told.event is not None


def test_of_a_row_whose_act_was_altered_it_is_said_that_its_act_is_there(full: Platform) -> None:
    change = (
        "update ledger.act set said = convert_to(replace(convert_from(said, 'UTF8'), 'GM-1', "
        "'GM-9'), 'UTF8') where kind = 'permit.entered'"
    )
    found = altered(full, change)
    positions = ", ".join(str(each.position) for each in of_acts(found))
    rows = [each for each in found if each.code == "state.unlogged"]
    assert rows
    for row in rows:
        assert f" {positions} w" in row.text.en
        assert "altered:" in row.text.en
        assert f"位置 {positions}" in row.text.zh


def test_of_one_altered_act_its_row_names_it(full: Platform) -> None:
    own = "(select min(entry) from ledger.act where kind = 'permit.entered')"
    found = altered(full, f"update ledger.act set kind = 'x.y' where entry = {own}")
    (act,) = of_acts(found)
    (row,) = [each for each in found if each.code == "state.unlogged"]
    assert f"act at position {act.position} was altered: it is there" in row.text.en
    assert act.code == "ledger.act"
