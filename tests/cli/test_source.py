"""`suyuan source` as a person runs it: tables in, suspects out, and every fault named."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from suyuan.cli import Launcher, cli

FLOWS = "source,target,amount\nfarm A,hub,3\nfarm B,hub,1\nfarm B,shop 2,2\nhub,shop 1,4\n"


def run(folder: Path, flows: str, cases: str, *options: str) -> Result:
    (folder / "flows").write_text(flows, "utf-8")
    (folder / "cases").write_text(cases, "utf-8")
    return called(folder, *options)


def called(folder: Path, *options: str) -> Result:
    arguments = ["source", str(folder / "flows"), str(folder / "cases"), *options]
    return CliRunner().invoke(
        cli, arguments, obj=Launcher(serve=lambda _: None, witness=lambda *_: None)
    )


def test_suspects_come_most_probable_first(tmp_path: Path) -> None:
    done = run(tmp_path, FLOWS, "place,count\nshop 1,2\n", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert [one["name"] for one in found["suspects"]] == ["farm A", "farm B"]
    assert found["suspects"][0]["posterior"] == pytest.approx(0.9)  # 1/2 to 1/2 · (1/3)²
    assert found["explaining"] == [["farm A"], ["farm B"]]


def test_json_tables_say_the_same_as_csv(tmp_path: Path) -> None:
    names = FLOWS.splitlines()[0].split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in FLOWS.splitlines()[1:]]
    one = run(tmp_path, FLOWS, "place\nshop 1\nshop 1\n", "--json").output
    assert (
        run(tmp_path, json.dumps(rows), '[{"place": "shop 1", "count": 2}]', "--json").output == one
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_as_spreadsheets_in_china_save_it(tmp_path: Path, encoding: str) -> None:
    for name, text in (("flows", FLOWS.replace("farm A", "甲农场")), ("cases", "place\nshop 1\n")):
        (tmp_path / name).write_bytes(text.encode(encoding))
    done = called(tmp_path, "--json")
    assert done.exit_code == 0, done.output
    assert {one["name"] for one in json.loads(done.output)["suspects"]} == {"甲农场", "farm B"}


@pytest.mark.parametrize("name", ["farm\nA", "farm\u2028A", "farm\x0cA"])
def test_a_name_in_quotes_may_have_lines(tmp_path: Path, name: str) -> None:
    flows = FLOWS.replace("farm A", f'"{name}"')
    done = run(tmp_path, flows, "place\nshop 1\n", "--json")
    assert done.exit_code == 0, done.output
    assert {one["name"] for one in json.loads(done.output)["suspects"]} == {name, "farm B"}


def test_a_table_for_people_names_the_sets_and_the_next_sample(tmp_path: Path) -> None:
    done = run(tmp_path, FLOWS, "place\nshop 1\n")
    assert done.exit_code == 0, done.output
    assert "farm A" in done.output
    assert "farm A | farm B" in done.output


@pytest.mark.parametrize(
    ("flows", "cases", "said"),
    [
        ("source,target\na,b\n", "place\nb\n", "flows, row 2, amount"),
        ("source,target,amount\na,b,much\n", "place\nb\n", "flows, row 2, amount"),
        ("source,target,amount\n,b,1\n", "place\nb\n", "flows, row 2, source"),
        (FLOWS, "place,count\nshop 1,1.5\n", "cases, row 2, count"),
        (FLOWS, "place,count\nshop 1,inf\n", "cases, row 2, count"),
        (FLOWS, "place\nshop 9\n", "shop 9"),
        (FLOWS, "place\n", "locate.bad-input"),
        ("[[[", "place\nb\n", "locate.unreadable"),
        ("[1]", "place\nb\n", "locate.unreadable"),
        ("", "place\nb\n", "locate.bad-input"),
        ("source,target,amount\na,b,-5\n", "place\nb\n", "flows, row 2, amount"),
        ("source,target,amount\na,b,0\n", "place\nb\n", "flows, row 2, amount"),
        ("source,target,amount\na,b,nan\n", "place\nb\n", "flows, row 2, amount"),
        ("source,target,amount\na,b,-5\n", "place\nb\n", "“-5”不是大于零的数"),
        ("source,target,amount\na,b,-5\n", "place\nb\n", "'-5' is no number above 0"),
        ("from,to,kg\na,b,5\n", "place\nb\n", "from, to, kg"),
        ("from,to,kg\na,b,5\n", "place\nb\n", "from、to、kg"),
        (FLOWS, "place,count\nshop 1,-2\n", "'-2' is no whole number"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, flows: str, cases: str, said: str
) -> None:
    done = run(tmp_path, flows, cases)
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert "Traceback" not in done.output


LOTS = (
    "source,window,place,day,amount\nfarm A,week 9,shop 1,2026-03-02,4\n"
    "farm B,week 9,shop 1,2026-03-02,1\nfarm B,week 9,shop 2,2026-03-02,3\n"
)


def test_lots_on_sale_tell_sources_by_place_and_day(tmp_path: Path) -> None:
    done = run(tmp_path, LOTS, "place,day,give\nshop 1,2026-03-01,1\n", "--lots", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert found["sources"] == [["farm A", pytest.approx(0.8)], ["farm B", pytest.approx(0.2)]]
    assert found["windows"][0][:2] == ["farm A", "week 9"]
    shown = run(tmp_path, LOTS, "place,day\nshop 1,2026-03-02\n", "--lots")
    assert "week 9" in shown.output


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("place,day\nshop 1,1 March\n", "cases, row 2, day"),
        ("place,day,give\nshop 1,2026-03-02,-1\n", "cases, row 2, give"),
        ("place,day\nshop 9,2026-03-02\n", "locate.unexplained"),
    ],
)
def test_a_fault_in_tables_of_cases_is_named(tmp_path: Path, cases: str, said: str) -> None:
    done = run(tmp_path, LOTS, cases, "--lots")
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("amount", ["inf", "nan", "-1", "much"])
def test_an_amount_on_sale_that_is_none_is_named(tmp_path: Path, amount: str) -> None:
    lots = f"source,window,place,day,amount\nfarm A,week 9,shop 1,2026-03-02,{amount}\n"
    done = run(tmp_path, lots, "place,day\nshop 1,2026-03-02\n", "--lots")
    assert done.exit_code == 2
    assert "flows, row 2, amount" in done.output


@pytest.mark.parametrize(
    ("option", "lots"), [("--priors", False), ("--reporting", False), ("--priors", True)]
)
def test_a_name_that_is_on_no_flow_is_told_with_those_that_are(
    tmp_path: Path, option: str, *, lots: bool
) -> None:
    table = tmp_path / "table"
    table.write_text("name,value\nfarm A,1\nfarm C,1\n", "utf-8")
    flows, cases = (LOTS, "place,day\nshop 1,2026-03-02\n") if lots else (FLOWS, "place\nshop 1\n")
    done = run(tmp_path, flows, cases, option, str(table), *(["--lots"] if lots else []))
    assert done.exit_code == 2
    for line in done.output.splitlines():
        assert "farm C" in line
        assert "farm B" in line
        assert "[table]" in line


@pytest.mark.parametrize(("option", "value"), [("--priors", "-1"), ("--reporting", "1.5")])
def test_a_weight_or_rate_that_is_none_is_named(tmp_path: Path, option: str, value: str) -> None:
    table = tmp_path / "table"
    table.write_text(f"name,value\nfarm A,{value}\n", "utf-8")
    done = run(tmp_path, FLOWS, "place\nshop 1\n", option, str(table))
    assert done.exit_code == 2
    assert "table, row 2, value" in done.output
    assert f"'{value}' is no number" in done.output


def test_candidates_without_a_weight_are_not_asked_for_again(tmp_path: Path) -> None:
    table = tmp_path / "table"
    table.write_text("name,value\nfarm A,0\n", "utf-8")
    done = run(tmp_path, FLOWS, "place\nshop 1\n", "--priors", str(table))
    assert done.exit_code == 2
    assert "has a weight above 0" in done.output
    assert "--priors" not in done.output


def test_candidates_that_are_not_shown_are_counted(tmp_path: Path) -> None:
    flows = "source,target,amount\n" + "".join(f"farm {n},shop,1\n" for n in range(23))
    ended = run(tmp_path, flows, "place\nshop\n")
    assert "另有 3 行；--json 给出全部" in ended.stdout
    few = run(tmp_path, FLOWS, "place\nshop 1\n")
    assert "--json" not in few.stdout
    assert "假设来源的货全部有问题" in few.stdout
