"""A fault in the data is told by file and key, and nothing is loaded."""

import shutil
from pathlib import Path

import pytest
from family_cases import DATA

from suyuan.families import load_families
from suyuan.families.read import FamilyDataError

FAMILY = "edible-agricultural-products"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return shutil.copytree(DATA, tmp_path / "data")


def spoil(data: Path, file: str, old: str, new: str) -> str:
    """Change one thing and give the place that the error names."""
    path = data / FAMILY / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FamilyDataError) as caught:
        load_families(data)
    assert caught.value.text.zh
    assert caught.value.text.en
    return caught.value.place


def test_the_data_that_come_with_the_package_load(data: Path) -> None:
    assert load_families(data).family(FAMILY) is not None
    assert load_families(data).family("no-such-family") is None


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("rules.toml", "[[rule]]", "[[rule]", "rules.toml"),
        ("rules.toml", 'severity = "flag"', 'severity = "ban"', "rules.toml: $.rule[0].severity"),
        (
            "rules.toml",
            'kind = "required"',
            'kind = "wanted"',
            "rules.toml: $.rule[0].require.kind",
        ),
        ("rules.toml", 'of = ["input_name"]', 'of = ["no_item"]', "rule produce.input.input-name"),
        (
            "rules.toml",
            'step = ["input_use"]',
            'step = ["no_step"]',
            "rule produce.input.input-name",
        ),
        ("rules.toml", "since = 2023-01-01", "since = 2022-12-31", "produce.input.input-name"),
        (
            "rules.toml",
            "since = 2023-01-01",
            "since = 2023-01-01\nuntil = 2022-01-01",
            "produce.input",
        ),
        ("rules.toml", 'severity = "flag"', 'severity = "refuse"', "rule produce.input.input-name"),
        (
            "rules.toml",
            'severity = "flag"',
            'severity = "hold"\nverified = false',
            "rule produce.input",
        ),
        ("rules.toml", 'regex = "', 'regex = "[', "rule pork.tag.form"),
        (
            "rules.toml",
            "produce.input.dose",
            "produce.input.input-name",
            "produce.input.input-name",
        ),
        (
            "rules.toml",
            'severity = "flag"',
            'severity = "flag"\nnote = "?"',
            "rules.toml: $.rule[0]",
        ),
        ("data.toml", 'name = "dose"', 'name = "doses"', ": "),
        ("data.toml", "extensions.suyuan:earTag", "somewhere.earTag", "data.toml: item ear_tag"),
        (
            "lifecycle.toml",
            'next = ["input_use"',
            'next = ["nowhere"',
            "lifecycle.toml: step input_use",
        ),
        (
            "lifecycle.toml",
            'roles = ["farm"',
            'roles = ["nobody"',
            "lifecycle.toml: step input_use",
        ),
        ("lifecycle.toml", 'set = ["failed_test"]', 'set = ["odd"]', "lifecycle.toml: mark"),
        ("codes.toml", 'scheme = "ear-tag"', 'scheme = "ear-mark"', ".toml"),
        ("disclosure.toml", 'dose = "regulator"', 'dose = "anyone"', "disclosure.toml"),
        ("disclosure.toml", 'dose = "regulator"\n', "", "disclosure.toml: fields (missing)"),
        ("family.toml", f'id = "{FAMILY}"', 'id = "other"', "family.toml: id"),
        (
            "family.toml",
            "in_force = 2023-01-01",
            "in_force = 2024-01-01",
            "produce.input.input-name",
        ),
    ],
)
def test_a_fault_is_named_by_file_and_key(
    data: Path, file: str, old: str, new: str, place: str
) -> None:
    assert place in spoil(data, file, old, new)


def test_a_missing_file_is_named(data: Path) -> None:
    (data / FAMILY / "codes.toml").unlink()
    with pytest.raises(FamilyDataError) as caught:
        load_families(data)
    assert caught.value.place == f"{FAMILY}/codes.toml"


def test_a_new_law_is_new_data_only(data: Path) -> None:
    """A family that no code has heard of is loaded and judged."""
    shutil.copytree(data / FAMILY, data / "garlic")
    path = data / "garlic" / "family.toml"
    path.write_text(path.read_text().replace(f'id = "{FAMILY}"', 'id = "garlic"', 1))
    assert load_families(data).family("garlic") is not None


def test_what_is_remembered_beside_a_confirmation_is_of_all_its_things(data: Path) -> None:
    """Else it would be told of things that it is not of."""
    path = data / "dangerous-goods" / "lifecycle.toml"
    text = path.read_text(encoding="utf-8")
    more = '[[remember]]\nstep = ["magazine_issue"]\nitem = "product_name"\n'
    path.write_text(f"{text}\n{more}", encoding="utf-8")
    assert load_families(data).family("dangerous-goods") is not None
    path.write_text(f'{text}\n{more}of = ["instances"]\n', encoding="utf-8")
    with pytest.raises(FamilyDataError) as caught:
        load_families(data)
    assert caught.value.place == "dangerous-goods/lifecycle.toml: remember"


@pytest.mark.parametrize("after", ['after = ["blasting"], ', ""])
def test_only_an_act_that_a_step_confirms_is_asked_to_be_confirmed(data: Path, after: str) -> None:
    path = data / "dangerous-goods" / "rules.toml"
    text = path.read_text(encoding="utf-8")
    good = 'after = ["magazine_issue"], confirms = true'
    assert good in text
    path.write_text(text.replace(good, f"{after}confirms = true"), encoding="utf-8")
    with pytest.raises(FamilyDataError) as caught:
        load_families(data)
    assert "explosives.blasting.confirmed" in caught.value.place


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        ('answer = { step = ["danger_supervision"], confirms = true }',
         'answer = { step = ["danger_release"], confirms = true }',
         "deadline explosives-destruction-supervised"),
        ('where = { precursor_class = ["precursor_1"] }', 'where = { no_item = ["precursor_1"] }',
         "retention precursor-use-ledger"),
        ('absent = ["precursor_class"]', 'absent = ["no_item"]',
         "retention precursor-use-unclassed"),
    ],
)  # fmt: skip
def test_a_term_of_what_cannot_be_does_not_load(
    data: Path, good: str, bad: str, place: str
) -> None:
    """A clock answered by a step that confirms nothing; a record bound by an item that is none."""
    path = data / "dangerous-goods" / "family.toml"
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(FamilyDataError) as caught:
        load_families(data)
    assert place in caught.value.place


@pytest.mark.parametrize(
    ("file", "good", "bad", "place"),
    [
        ("rules.toml", 'article = "第二十四条"', 'article = "第二十四条某款"', "rules.toml: "),
        ("data.toml", 'source = "GA 441"', 'source = "某标准"', "data.toml: item "),
        ("codes.toml", 'source = "', 'source = "某标准 ', "codes.toml: code "),
        ("family.toml", 'article = "', 'article = "某章', "family.toml: "),
    ],
)
def test_a_citation_without_english_does_not_load_and_says_where_it_is_added(
    data: Path, file: str, good: str, bad: str, place: str
) -> None:
    path = data / "dangerous-goods" / file
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(FamilyDataError) as caught:
        load_families(data)
    assert f"dangerous-goods/{place}" in caught.value.place
    for said in (caught.value.text.zh, caught.value.text.en):
        assert "src/suyuan/families/citations.txt" in said
        assert "某" in said
    assert "没有英文" in caught.value.text.zh


@pytest.mark.parametrize(
    ("good", "bad"),
    [('article = "', 'article = "某章'), ('step = ["', 'step = ["no_step", "')],
)
def test_a_fault_of_a_rule_of_a_place_is_told_by_the_file_of_that_place(
    data: Path, good: str, bad: str
) -> None:
    path = data / "special-equipment" / "overlays" / "310000.toml"
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(FamilyDataError) as caught:
        load_families(data)
    assert caught.value.place.startswith("special-equipment/overlays/310000.toml: ")
