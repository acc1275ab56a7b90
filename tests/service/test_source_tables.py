"""Tables that a source is located from: what stands in a cell, and where a wrong one is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from suyuan.service import cases_of, locate_lots, locate_source, values_of
from suyuan.service.locating import TableError

Wrong = tuple[str, str, str]
ON_SALE = "source,window,place,day,amount\nA,w,S,2026-03-01,10\nB,w,S,2026-03-01,2\n"
ON_SALE += "B,w,T,2026-03-01,8\n"


def written(folder: Path, text: str, name: str = "t.csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("read", "name", "text", "where"),
    [
        (cases_of, "t.csv", "place,count\n\n\nS,x\n", "row 4, count"),
        (cases_of, "t.csv", 'place,count\n"S\nT",1\nS,x\n', "row 4, count"),
        (cases_of, "t.csv", "place,count\n,2\n", "row 2, place"),
        (cases_of, "t.json", '[{"place": "S", "count": [1]}]', "row 1, count"),
        (cases_of, "t.json", '[{"place": "S", "count": {}}]', "row 1, count"),
        (cases_of, "t.json", '[{"place": null, "count": 1}]', "row 1, place"),
        (values_of, "t.csv", "name,value\nA,1\nB,2\nA,3\n", "row 4, name"),
    ],
)
def test_what_is_wrong_in_a_cell_is_said_with_its_place(
    tmp_path: Path, read: Callable[[Path], object], name: str, text: str, where: str
) -> None:
    with pytest.raises(TableError) as caught:
        read(written(tmp_path, text, name))
    assert (caught.value.code, caught.value.place) == ("locate.bad-cell", f"{name}, {where}")


def test_rows_without_anything_are_none(tmp_path: Path) -> None:
    (case,) = cases_of(written(tmp_path, "place,count\nS,2\n,\n , \n,,,\n"))
    assert (case.place, case.count) == ("S", 2)


def test_cases_by_lot_count_as_many_as_are_stated(tmp_path: Path) -> None:
    flows = written(tmp_path, ON_SALE, "flows.csv")
    once = written(tmp_path, "place,day\n" + "S,2026-03-01\n" * 3)
    counted = written(tmp_path, "place,day,count\nS,2026-03-01,3\nT,2026-03-01,0\n", "c.csv")
    found = locate_lots(flows, counted)
    assert found == locate_lots(flows, once)
    assert (found.cases, dict(found.sources)["A"]) == (3, pytest.approx(1 / (1 + 0.2**3)))
    for none in ("place,day\n", "place,day,count\nS,2026-03-01,0\n"):
        with pytest.raises(TableError) as caught:
            locate_lots(flows, written(tmp_path, none, "none.csv"))
        assert caught.value.code == "source.no-case"


def test_a_table_says_what_the_same_in_json_says(tmp_path: Path) -> None:
    flows = written(tmp_path, "source,target,amount\nA,S,1\nB,S,3\n", "flows.csv")
    table = written(tmp_path, "place,count\nS,2\n")
    same = written(tmp_path, '[{"place": "S", "count": 2}]', "t.json")
    assert locate_source(flows, table) == locate_source(flows, same)
