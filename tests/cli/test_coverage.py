"""`suyuan coverage` as a person runs it: a file in, what explains the cases out."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from suyuan.cli import Launcher, cli

DELIVERIES = [
    {"id": "1", "source": "farm", "target": "mill", "name": "wheat", "lot": "W1"},
    {"id": "2", "source": "mill", "target": "baker", "name": "flour", "lot": "F1"},
    {"id": "3", "source": "baker", "target": "shop", "name": "bread", "lot": "B1"},
    {"id": "4", "source": "baker", "target": "canteen", "name": "rolls", "lot": "R1"},
]


def run(folder: Path, *options: str, relations: str = "1>2 2>3", **more: Any) -> Result:
    file = folder / "chain.json"
    pairs = [pair.split(">") for pair in relations.split()]
    stated = {
        "stations": [
            {"id": each, "name": f"The {each}"}
            for each in ("farm", "mill", "baker", "shop", "canteen")
        ],
        "deliveries": DELIVERIES,
        "deliveriesRelations": [{"source": one, "target": other} for one, other in pairs],
    }
    file.write_text(json.dumps(stated | more), "utf-8")
    return CliRunner().invoke(
        cli,
        ["--lang", "en", "coverage", str(file), *options],
        obj=Launcher(serve=lambda _: None, witness=lambda *_: None),
    )


def shares(done: Result, part: str) -> dict[str, float]:
    assert done.exit_code == 0, done.output
    return {one["id"]: one["cases"] for one in json.loads(done.output)[part]}


def test_a_case_leads_back_to_what_its_deliveries_were_made_of(tmp_path: Path) -> None:
    done = run(tmp_path, "--case", "The shop", "--case", "canteen", "--json")
    assert shares(done, "stations") == {
        "farm": 0.5, "mill": 0.5, "baker": 1, "shop": 0.5, "canteen": 0.5,
    }  # fmt: skip
    assert shares(done, "lots")["farm|wheat|W1"] == 0.5


def test_a_control_speaks_against(tmp_path: Path) -> None:
    done = run(tmp_path, "--case", "shop", "--case", "canteen=-1", "--json")
    found = {one["id"]: one for one in json.loads(done.output)["stations"]}
    assert (found["baker"]["combined"], found["farm"]["combined"]) == (0, 1)
    assert found["baker"]["controls"] == 1


def test_what_crosses_and_what_is_killed(tmp_path: Path) -> None:
    assert "farm" not in shares(run(tmp_path, "--case", "canteen", "--json"), "stations")
    crossed = ("--case", "canteen", "--cross", "baker", "--json")
    assert "farm" in shares(run(tmp_path, *crossed), "stations")
    killed = shares(run(tmp_path, *crossed, "--kill", "The mill"), "stations")
    assert killed == {"baker": 1, "canteen": 1}


def test_what_the_file_assumes_holds_unless_it_is_not_wanted(tmp_path: Path) -> None:
    tracing = {
        "nodes": [
            {"id": "canteen", "weight": 0, "outbreak": True},
            {"id": "baker", "weight": 0, "crossContamination": True},
            {"id": "nobody", "weight": 3},
        ],
        "deliveries": [{"id": "1", "weight": 2, "killContamination": False}],
    }
    done = run(tmp_path, "--json", tracing=tracing)
    assert shares(done, "stations")["farm"] == 1
    assert shares(done, "stations")["canteen"] == pytest.approx(1 / 3)
    assert run(tmp_path, "--plain", "--json", tracing=tracing).exit_code == 2
    plain = run(tmp_path, "--plain", "--case", "canteen", "--json", tracing=tracing)
    assert shares(plain, "stations") == {"baker": 1, "canteen": 1}


def test_a_table_for_people(tmp_path: Path) -> None:
    done = run(tmp_path, "--case", "shop")
    assert done.exit_code == 0, done.output
    assert "1 case, 0 controls" in done.output
    assert "The baker · bread · B1" in done.output


@pytest.mark.parametrize(
    ("options", "relations", "code", "names"),
    [
        ((), "1>2", "coverage.cases", "--case"),
        (("--case", "The moon"), "1>2", "coverage.name", "The moon"),
        (("--case", "shop=much"), "1>2", "coverage.weight", "shop=much"),
        (("--case", "shop=nan"), "1>2", "coverage.weight", "shop"),
        (("--case", "=2"), "1>2", "coverage.weight", "2"),
        (("--case", "shop"), "1>9", "interchange.no-delivery", "9"),
        (("--case", "shop"), "1>3", "interchange.not-joined", "mill"),
    ],
)
def test_what_cannot_be_is_told_with_its_cure(
    tmp_path: Path, options: tuple[str, ...], relations: str, code: str, names: str
) -> None:
    done = run(tmp_path, *options, relations=relations)
    assert done.exit_code == 2
    assert code in done.output
    assert names in done.output
    assert "Traceback" not in done.output


def test_two_of_one_name_are_told_apart_by_id(tmp_path: Path) -> None:
    twins = [{"id": each, "name": "Inn"} for each in ("farm", "mill", "baker", "shop", "canteen")]
    done = run(tmp_path, "--case", "Inn", stations=twins)
    assert (done.exit_code, "coverage.name" in done.output) == (2, True)
    assert "shop" in shares(run(tmp_path, "--case", "shop", "--json", stations=twins), "stations")
