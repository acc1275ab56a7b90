"""Codes from before that was logged are logged as they stand, once; all others are told of."""

# ruff: noqa: S608 -- what was not there before is taken away by SQL

import json

import pytest
from click.testing import CliRunner, Result
from logged import broken

from suyuan.cli import Launcher, cli
from suyuan.kit import SuyuanError
from suyuan.registry.types import Licence
from suyuan.service import (
    Level,
    Order,
    Platform,
    PrintOrder,
    adopting,
    audit,
    entitle,
    issue,
    local_capturer,
    logged_acts,
    pack,
    print_labels,
    publish,
)

MINE = "urn:suyuan:party:mine"
PREFIX = "6901234"
OLD = "select entry from ledger.act where kind in ('codes.issued', 'codes.packed', 'codes.printed')"
ADDED = (
    "insert into registry.code_package (id, tenant, party, account, series, first, past, made_at) "
    "select gen_random_uuid(), tenant, 'urn:x', account, series, past + 100, past + 200, "
    "made_at - interval '1 year' from registry.code_package order by made_at limit 1"
)


def handed_out(platform: Platform) -> None:
    """A package that was packed and printed."""
    capturer = local_capturer(platform, MINE)
    package = issue(platform, Order(scheme="sgtin", stem="6901234567892", count=10), capturer)
    print_labels(platform, package.package.id, PrintOrder(end=2), capturer)
    pack(platform, package.package.id, [Level(fit=5, stem=f"3{PREFIX}")], capturer)


@pytest.fixture
def older(platform: Platform) -> Platform:
    """Codes as an installation has them that handed them out before that was logged."""
    entitle(platform, Licence(party=MINE, kind="gs1_company_prefix", number=PREFIX))
    handed_out(platform)
    broken(platform, f"delete from ledger.queue where entries && array({OLD})")
    broken(platform, f"delete from ledger.act where entry in ({OLD})")
    publish(platform)
    return platform


def adopt(platform: Platform) -> int:
    """Look at the rows, then log them."""
    return len(adopting.adopt(platform, adopting.unlogged_codes(platform).digest).rows)


def codes(platform: Platform) -> list[str]:
    return [each.code for each in audit(platform)]


def test_what_was_handed_out_before_is_told_until_it_is_logged_as_it_stands(
    older: Platform,
) -> None:
    rows = adopting.unlogged_codes(older).rows
    assert codes(older) == ["registry.unlogged"] * len(rows)
    assert {table for table, _ in rows} == {
        "registry.code_package", "registry.code_packing", "registry.code_print",
    }  # fmt: skip
    assert adopt(older) == len(rows)
    publish(older)
    assert audit(older) == []
    (act,) = logged_acts(older, "codes.found")
    assert act.proven
    assert len(json.loads(act.said)["rows"]) == len(rows)
    assert adopt(older) == 0
    assert len(list(logged_acts(older, "codes.found"))) == 1


@pytest.mark.parametrize(
    "change",
    [
        ADDED,
        "update registry.code_package set past = past + 1",
        "update registry.code_print set digest = sha256('x')",
        "delete from registry.code_print",
    ],
)
def test_what_was_not_looked_at_is_not_logged(older: Platform, change: str) -> None:
    looked_at = adopting.unlogged_codes(older).digest
    broken(older, change)
    with pytest.raises(SuyuanError, match="Look again") as caught:
        adopting.adopt(older, looked_at)
    assert (caught.value.code, caught.value.status) == ("ledger.adopt-others", 409)
    assert list(logged_acts(older, "codes.found")) == []
    adopt(older)
    publish(older)
    assert codes(older) == []


def test_what_comes_after_is_held_as_ever(older: Platform) -> None:
    adopt(older)
    handed_out(older)
    publish(older)
    assert audit(older) == []
    broken(older, ADDED)
    assert codes(older) == ["registry.unlogged"], "though it is dated back"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("registry.changed", "update registry.code_package set past = past + 1"),
        ("registry.changed", "update registry.code_print set digest = sha256('x')"),
        ("registry.changed", "update registry.code_packing set fit = fit + 1"),
        ("registry.missing", "delete from registry.code_print"),
    ],
)
def test_what_was_logged_as_it_stood_is_held_to_it(older: Platform, code: str, change: str) -> None:
    adopt(older)
    publish(older)
    broken(older, change)
    assert code in codes(older)


def test_the_command_lists_first_and_logs_when_told_to(older: Platform) -> None:
    launcher = Launcher(serve=lambda _: None, witness=lambda _folder, _host, _port: None)
    given = {
        "SUYUAN_DATABASE_URL": older.store.dsn, "SUYUAN_DATA_DIR": str(older.config.data_dir),
    }  # fmt: skip
    found = adopting.unlogged_codes(older)
    rows = [list(each) for each in found.rows]

    def run(*words: str) -> Result:
        return CliRunner(env=given).invoke(cli, ["ledger", "adopt", *words], obj=launcher)

    assert f"--yes {found.digest}" in " ".join(run().output.split())
    other = run("--yes", "0" * 64)
    assert (other.exit_code, "ledger.adopt-others" in other.output) == (2, True)
    assert run("--yes").exit_code == 2, "a digest has to be given"
    for more, adopted in ((), False), (("--yes", found.digest), True):
        done = run("--json", *more)
        assert done.exit_code == 0, done.output
        told = {"adopted": adopted, "digest": found.digest, "rows": rows}
        assert json.loads(done.output) == told
    assert codes(older) == []
    assert "没有未经登记的码" in run().output
