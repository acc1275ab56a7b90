"""Codes from before that was logged are logged as they stand, once; all others are told of."""

# ruff: noqa: S608 -- what was not there before is taken away by SQL

import json

import pytest
from click.testing import CliRunner
from logged import broken

from suyuan.cli import Launcher, cli
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


def codes(platform: Platform) -> list[str]:
    return [each.code for each in audit(platform)]


def test_what_was_handed_out_before_is_told_until_it_is_logged_as_it_stands(
    older: Platform,
) -> None:
    rows = adopting.unlogged_codes(older)
    assert codes(older) == ["registry.unlogged"] * len(rows)
    assert {table for table, _ in rows} == {
        "registry.code_package", "registry.code_packing", "registry.code_print",
    }  # fmt: skip
    assert adopting.adopt(older) == len(rows)
    publish(older)
    assert audit(older) == []
    (act,) = logged_acts(older, "codes.found")
    assert act.proven
    assert len(json.loads(act.said)["rows"]) == len(rows)
    assert adopting.adopt(older) == 0
    assert len(logged_acts(older, "codes.found")) == 1


def test_what_comes_after_is_held_as_ever(older: Platform) -> None:
    adopting.adopt(older)
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
    adopting.adopt(older)
    publish(older)
    broken(older, change)
    assert code in codes(older)


def test_the_command_lists_first_and_logs_when_told_to(older: Platform) -> None:
    launcher = Launcher(serve=lambda _: None, witness=lambda _folder, _host, _port: None)
    given = {
        "SUYUAN_DATABASE_URL": older.store.dsn, "SUYUAN_DATA_DIR": str(older.config.data_dir),
    }  # fmt: skip
    rows = [list(each) for each in adopting.unlogged_codes(older)]
    for more, adopted in ([], False), (["--yes"], True):
        words = ["ledger", "adopt", "--json", *more]
        done = CliRunner(env=given).invoke(cli, words, obj=launcher)
        assert done.exit_code == 0, done.output
        assert json.loads(done.output) == {"adopted": adopted, "rows": rows}
    assert codes(older) == []
