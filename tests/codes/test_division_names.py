"""Names of divisions in Latin letters, where their own language writes them."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.divisions import all_divisions, named
from suyuan.codes.divisions.names import english, pinyin, spelling, without_marks

OWN = files("suyuan.codes.divisions").joinpath("data", "customary.tsv").read_text("utf-8")
ROWS = [line.split("\t") for line in OWN.splitlines() if not line.startswith("#")]
SHOWN = {row.name: english(row.name) for rows in all_divisions().values() for row in rows}
MARKED = {name: shown for name, shown in SHOWN.items() if not shown.isascii()}


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


def test_each_row_and_each_spelling_in_it_does_something() -> None:
    """What its characters read as, and what differs in marks, spaces or case, is found anyhow."""
    idle = []
    for own, shown, *others in ROWS:
        known = {spelling(pinyin(own))}
        if shown == pinyin(own) and not others:
            idle.append(own)
        for typed in (shown, *(each.strip() for other in others for each in other.split(","))):
            found = {spelling(typed), spelling(without_marks(typed))}
            if typed != shown and found <= known:
                idle.append(typed)
            known |= found
    assert idle == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ürumqi", "650100"),
        ("Urümqi", "650100"),
        ("ürumqi city", "650100"),
        ("Xigaze", "540200"),
        ("Hángzhōu", "330100"),
        ("Lüliang", "141100"),
        ("Tibet", "540000"),
        ("Tibet Autonomous Region", "540000"),
        ("Macau", "820000"),
        ("Hong Kong", "810000"),
        ("Inner Mongolia", "150000"),
        ("Yarkand", "653125"),
        ("Beijing Municipality", "110000"),
    ],
)
def test_some_marks_and_customary_names_are_forgiven(text: str, code: str) -> None:
    assert named(text)[0].code == code


@given(st.sampled_from(sorted(MARKED)), st.data())
def test_whichever_marks_are_missing_a_name_is_found(name: str, draw: st.DataObject) -> None:
    typed = "".join(
        without_marks(each) if draw.draw(st.booleans()) else each for each in MARKED[name]
    )
    assert any(row.name == name for row in named(typed))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Urumqi", "650100"), ("Hangzhou", "330100"), ("Harbin", "230100"), ("harbin", "230100"),
        ("Ürumqi", "650100"), ("Xi'an", "610100"), ("Bole", "652701"), ("Lop", "653224"),
        ("Ili", "654000"), ("Anda", "231281"), ("Tibet", "540000"), (" Harbin ", "230100"),
    ],
)  # fmt: skip
def test_letters_that_may_be_a_word_are_a_place_in_doubt(text: str, code: str) -> None:
    first = recognise(text)[0]
    assert (first.scheme, first.valid) == ("division", True)
    assert first.parts[0].value == code
    assert first.score < 40
    assert "code.division-word" in {each.code for each in first.notes}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Harbin City", "230100"), ("harbin city", "230100"), ("Anda City", "231281"),
        ("Hotan Prefecture", "653200"), ("Beijing Municipality", "110000"),
        ("Ili Kazak Autonomous Prefecture", "654000"), ("Zhejiang Province", "330000"),
    ],
)  # fmt: skip
def test_a_name_that_says_its_kind_is_a_place(text: str, code: str) -> None:
    first = recognise(text)[0]
    assert first.parts[0].value == code
    assert first.score >= 60
    assert "code.division-word" not in {each.code for each in first.notes}


@pytest.mark.parametrize(
    "text",
    ["Harbin 150000", "Bole1", "from Harbin", "Harbin beer", "Anda!", "City", "An", "lot", "He",
     "harbin@", "A", "Hangzhou/Harbin", "batch", "date", "song", "long"],
)  # fmt: skip
def test_words_and_texts_with_a_name_in_them_are_no_place(text: str) -> None:
    found = recognise(text)
    assert not any("code.division-name" in {said.code for said in each.notes} for each in found)
