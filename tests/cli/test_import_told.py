"""`suyuan import partner --dry-run` as a person reads it: what is wrong, and in which row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from suyuan.cli import Launcher, cli

FOCUS = ("D1", "S1", "Milk", "L1", "01", "05", "2026", "01", "05", "2026", "5", "KGM", "S3")


def form(file: Path, *rows: Sequence[Any]) -> Path:
    """A form for tracing back that asks S1 about D1, with these rows filled in from row 4."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Backtracing"
    top = {1: "Inquired Company:", 3: "Farm", 15: "Station ID:", 16: "S1"}
    for column, text in top.items():
        sheet.cell(1, column, text)
    for column, text in ((9, "Day"), (10, "Month"), (11, "Year")):
        sheet.cell(3, column, text)
    for number, row in enumerate(rows, 4):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    focus = book.create_sheet("Products in Focus")
    focus.append(
        ["DeliveryID", "Station", "Product Name", "Lot Number", "Delivery Date Departure", "", "",
         "Delivery Date Arrival", "", "", "Unit weigt/vol./pck.", "", "Recipient"]
    )  # fmt: skip
    focus.append(["", "", "", "", *("Day", "Month", "Year") * 2, "Quantity", "Type / Unit", ""])
    focus.append(list(FOCUS))
    stations = book.create_sheet("Stations")
    for row in (["Company_ID", "Name"], ["S1", "Farm"], ["S3", "Dairy"]):
        stations.append(row)
    book.save(file)
    return file


def called(file: Path, *, lang: str = "en", as_json: bool = False) -> Result:
    options = ["--lang", lang, "import", "partner", str(file), "--dry-run"]
    launcher = Launcher(serve=lambda _: None, witness=lambda *_: None)
    return CliRunner().invoke(cli, [*options, *(["--json"] if as_json else [])], obj=launcher)


@pytest.mark.parametrize(("lang", "said"), [("en", "No row is filled in"), ("zh", "一行也没有填")])
def test_a_form_without_a_row_is_told_to_be_empty_and_is_no_success(
    tmp_path: Path, lang: str, said: str
) -> None:
    done = called(form(tmp_path / "form.xlsx"), lang=lang)
    assert done.exit_code == 1
    assert "Backtracing!A4" in done.output
    assert said in done.output


def test_a_finding_names_a_reported_delivery_by_its_goods_and_lot(tmp_path: Path) -> None:
    feed = ("Feed mill", "", "", "", "饲料", "", "F-02", "", 1, 6, 2026, "45 kg")
    done = called(form(tmp_path / "form.xlsx", feed))
    assert done.exit_code == 0, done.output
    assert "'饲料 F-02' came after 'D1' had left" in done.output


def test_a_file_of_no_deliveries_is_not_told_of_refusals(tmp_path: Path) -> None:
    file = tmp_path / "chain.json"
    file.write_text('{"stations": [{"id": "a"}], "deliveries": []}', encoding="utf-8")
    done = called(file)
    assert done.exit_code == 1
    assert "nothing to record" in done.output
    assert "refused" not in done.output
