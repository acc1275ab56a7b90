"""Digits for the letters that look so: the mended reading first, and nothing that says less."""

import pytest

from suyuan.codes import recognise


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("国药准字 Z2002l234", "drug-approval"),
        ("国药准字H2O123456", "drug-approval"),
        ("国药准字HJ20O60001", "drug-approval-abroad"),
        ("国食健字G20I40001", "health-food"),
        ("69O1234567892", "gtin"),
        ("(01)O6901234567892", "gtin"),
        ("SC1O633019702613", "sc-licence"),
        ("9111OOOO600037341L", "uscc"),
        ("UN12O3", "un-number"),
        ("雷管壳码：449O610300050", "detonator"),
        ("耳标：1370602000O1234", "ear-tag"),
        ("兽药追溯码：2019091501234567890I2345", "veterinary-trace"),
    ],
)
def test_a_mended_reading_stands_first_and_none_beside_it_fails(text: str, scheme: str) -> None:
    found = recognise(text)
    assert (found[0].scheme, found[0].valid) == (scheme, True)
    assert any(said.code.startswith("code.letters") for said in found[0].notes)
    assert [each.scheme for each in found if not each.valid] == []


def test_what_is_wrong_is_told_where_mending_does_not_help() -> None:
    (first, *_) = recognise("国药准字 Z2002l23")
    assert (first.scheme, first.valid) == ("drug-approval", False)
