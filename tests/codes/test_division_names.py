"""Names of divisions in Latin letters, where their own language writes them."""

from importlib.resources import files

import pytest

from suyuan.codes.divisions import all_divisions, named
from suyuan.codes.divisions.names import english

OWN = files("suyuan.codes.divisions").joinpath("data", "customary.tsv").read_text("utf-8")
ROWS = [line.split("\t") for line in OWN.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Urumqi", "650100"),
        ("Ürümqi", "650100"),
        ("URUMQI CITY", "650100"),
        ("Wulumuqi", "650100"),
        ("Kashgar", "653100"),
        ("Hotan Prefecture", "653200"),
        ("Shigatse", "540200"),
        ("Xigazê", "540200"),
        ("Lhasa", "540100"),
        ("Hohhot", "150100"),
        ("Harbin", "230100"),
        ("Ili Kazak Autonomous Prefecture", "654000"),
        ("Horqin Left Wing Middle Banner", "150521"),
    ],
)
def test_a_name_of_another_language_leads_to_its_code(text: str, code: str) -> None:
    assert named(text)[0].code == code


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("乌鲁木齐县", "Ürümqi County"),
        ("克孜勒苏柯尔克孜自治州", "Kizilsu Kirgiz Autonomous Prefecture"),
        ("鄂温克族自治旗", "Ewenki Autonomous Banner"),
        ("兴安盟", "Hinggan League"),
        ("兴安区", "Xing'an District"),
        ("喀喇沁左翼蒙古族自治县", "Harqin Left Wing Mongol Autonomous County"),
    ],
)
def test_it_is_shown_as_its_language_writes_it(name: str, said: str) -> None:
    assert english(name) == said


def test_each_stands_once_and_is_what_some_division_is_shown_as() -> None:
    """A row that no division's name begins with, or that is shown of none, is dead."""
    names = {row.name for rows in all_divisions().values() for row in rows}
    dead = [
        own for own, shown, *_ in ROWS
        if not any(each.startswith(own) and english(each).startswith(shown) for each in names)
    ]  # fmt: skip
    assert dead == []
    assert len({row[0] for row in ROWS}) == len(ROWS)
