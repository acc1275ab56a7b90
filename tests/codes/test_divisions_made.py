"""The script that makes the table of divisions: against the committed table, and its parts by rule.

The packages that it reads are fetched once, by digest, into the folder of things that are made;
the test that needs them is deep, as it asks a registry.
"""

import importlib
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
FETCHED = ROOT / ".build" / "divisions"


def script(name: str) -> ModuleType:
    """A script of the tools, which import one another by their bare names."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT / "tools"))


divisions = script("divisions")

CODES = st.sampled_from(["110100", "110101", "110102"])
NAMES = st.sampled_from(["东城区", "西城区", "城中区"])
LISTS = st.dictionaries(CODES, NAMES)
YEARS = range(1990, 1996)
WITNESSES = st.fixed_dictionaries({year: st.lists(LISTS, min_size=1, max_size=3) for year in YEARS})


@pytest.mark.deep
def test_the_committed_table_is_what_the_script_makes_of_the_packages_and_the_overlay() -> None:
    try:
        found = divisions.wheels(FETCHED)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"not on this system: the packages cannot be fetched ({error})")
    made = divisions.made(found, divisions.overlay_said())
    assert set(made) == {"divisions.tsv", "pinyin.tsv"}
    for name, text in made.items():
        assert (divisions.TARGET / name).read_text(encoding="utf-8") == text, name


@given(WITNESSES)
def test_of_three_lists_two_must_agree_and_of_equals_the_first_is_followed(
    witnesses: dict[int, list[dict[str, str]]],
) -> None:
    lists = divisions.elected(witnesses)
    for year, said in witnesses.items():
        for code in {code for names in said for code in names}:
            votes = Counter(names[code] for names in said if code in names)
            most = max(votes.values())
            first = next(
                names[code] for names in said if code in names and votes[names[code]] == most
            )
            enough = most >= (2 if len(said) == 3 else 1)
            assert lists[year].get(code) == ((first, most) if enough else None)


@given(WITNESSES, LISTS)
def test_rows_say_of_every_year_what_its_list_said(
    witnesses: dict[int, list[dict[str, str]]], latest: dict[str, str]
) -> None:
    lists = divisions.elected(witnesses)
    rows = divisions.rows_of(lists, latest)
    steps = [(str(year), {code: name for code, (name, _) in lists[year].items()}) for year in YEARS]
    for label, names in [*steps, (divisions.LATEST, latest)]:
        there = [
            (row.code, row.name)
            for row in rows
            if row.begun <= label and (not row.ended or label < row.ended)
        ]
        assert sorted(there) == sorted(names.items())
    for row in rows:
        ends = [other for other in rows if other.code == row.code and other.begun == row.ended]
        assert all(other.name != row.name for other in ends), "one run in two rows"


def test_the_overlay_cites_every_decision_and_names_codes_that_are_in_the_table() -> None:
    table = (divisions.TARGET / "divisions.tsv").read_text(encoding="utf-8")
    known = {line.split("\t")[0] for line in table.splitlines()}
    said = divisions.overlay_said()
    for each in said["decision"]:
        assert each["source"].strip(), each
        for heirs in each.get("became", {}).values():
            assert known.issuperset(heirs), each
    for each in said["row"]:
        assert each["code"] in known, each
    for each in said["merger"]:
        assert known.issuperset(code for heirs in each["became"].values() for code in heirs), each
