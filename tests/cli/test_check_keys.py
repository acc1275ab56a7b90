"""`suyuan codes check-key`: what scanners are given, and that a key can be changed."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

from suyuan.codes.making.alphabets import SAFE
from suyuan.codes.making.checks import checker
from suyuan.codes.making.types import Checking, CheckRule

PARTY = ("--party", "urn:suyuan:party:mill")
GTIN = "06901234567892"


def test_a_key_is_printed_rotated_and_tells_its_own_codes(
    suyuan: Callable[..., Result], tmp_path: Path
) -> None:
    suyuan("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234")
    none = suyuan("codes", "check-key", *PARTY)
    assert (none.exit_code, "--checks 2" in none.output) == (2, True)
    keys: list[dict[str, Any]] = []
    for turn in (1, 2):
        out = tmp_path / f"{turn}.csv"
        made = ("--checks", "4", "--out", str(out), "--for", "program")
        assert suyuan("codes", "issue", "sgtin", GTIN, "3", *PARTY, *made).exit_code == 0
        shown = json.loads(suyuan("codes", "check-key", *PARTY, "--json").stdout)
        keys = shown["keys"]
        assert [(each["number"], each["live"]) for each in keys] == [
            (number, True) for number in range(1, turn + 1)
        ]
        with out.open(encoding="utf-8", newline="") as file:
            serials = [row["code"].partition("(21)")[2] for row in csv.DictReader(file)]
        (supply,) = shown["supplies"]
        assert supply == {
            "scheme": "sgtin", "stem": GTIN, "length": len(serials[0]), "checks": 4,
            "keys": list(range(1, turn + 1)),
        }  # fmt: skip
        for key in keys:
            by = Checking(
                rule=CheckRule(key["rule"]), key=bytes.fromhex(key["key"]), scheme="sgtin",
                stem=GTIN,
            )  # fmt: skip
            check = checker(by, SAFE, 4)
            fits = [check(each[:-4]) == each[-4:] for each in serials]
            assert fits == [key["number"] == turn] * 3
        table = suyuan("codes", "check-key", *PARTY, *(("--rotate",) if turn == 1 else ()))
        assert all(key["key"] in table.output for key in keys)
        assert GTIN in table.output
