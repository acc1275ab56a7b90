"""What is nearly a code is helped, and what is none is not taken for one."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_ais import AIS

BODIES = st.integers(0, 10**10 - 1).map(lambda number: f"69{number:010}")
GTINS = BODIES.map(lambda body: body + gs1_check_digit(body))
LETTERS = st.sampled_from([each for each in string.ascii_letters if each not in "OoIl"])
KEYS = st.sampled_from([("01", 13), ("00", 17), ("414", 12), ("417", 12), ("8018", 17)])
FORMS = st.sampled_from(["({ai}){value}", "https://id.gs1.org/{ai}/{value}", "{value}"])


def notes(found: Candidate) -> set[str]:
    return {each.code for each in found.notes}


@given(GTINS, LETTERS, st.booleans())
@example("6901234567892", "x", False)
def test_a_right_code_with_a_letter_at_either_end_is_told_without_it(
    gtin: str,
    letter: str,
    first: bool,  # noqa: FBT001 -- drawn
) -> None:
    text = letter + gtin if first else gtin + letter
    found = next(each for each in recognise(text) if each.scheme == "gtin")
    assert (found.canonical, found.valid) == (f"https://id.gs1.org/01/0{gtin}", True)
    (said,) = [each for each in found.notes if each.code == "code.stray"]
    assert f"“{letter}”" in said.text.zh
    assert f"'{letter}'" in said.text.en
    assert "beginning" in said.text.en if first else "end" in said.text.en


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("91110000600037341LX", "urn:suyuan:uscc:91110000600037341L"),
        ("x91110000600037341L", "urn:suyuan:uscc:91110000600037341L"),
        ("SC10633019702613a", "urn:suyuan:sc-licence:SC10633019702613"),
        ("340123453111111115k", "https://id.gs1.org/00/340123453111111115"),
    ],
)
def test_other_codes_with_a_stray_letter_are_told_where_a_check_proves_them(
    text: str, canonical: str
) -> None:
    best = recognise(text)[0]
    assert (best.canonical, best.valid) == (canonical, True)
    assert "code.stray" in notes(best)


def test_a_stray_letter_behind_a_code_whose_check_fails_is_told_too() -> None:
    (found,) = recognise("6901234567890x")
    assert (found.scheme, found.valid) == ("gtin", False)
    assert {"code.stray", "code.check"} <= notes(found)


@given(st.integers(0, 10**17 - 1).map(lambda number: f"{number:017}"), LETTERS)
def test_without_a_check_a_stray_letter_is_not_thought_away(digits: str, letter: str) -> None:
    assert "organic-mark" not in {each.scheme for each in recognise(digits + letter)}


@given(KEYS, st.integers(10**16, 10**17 - 1), st.integers(1, 9), FORMS)
def test_a_gs1_key_whose_check_fails_keeps_its_parts_and_says_the_name_it_would_have(
    key: tuple[str, int], number: int, off: int, form: str
) -> None:
    ai, size = key
    body = str(number)[:size]
    right = body + gs1_check_digit(body)
    wrong = body + str((int(right[-1]) + off) % 10)
    ai = {"{value}": {17: "00", 13: "01", 12: "414"}[size]}.get(form, ai)
    scheme = {"00": "sscc", "01": "gtin", "414": "gln", "417": "pgln", "8018": "gsrn"}[ai]
    found = [each for each in recognise(form.format(ai=ai, value=wrong)) if each.scheme == scheme]
    if not found:
        assert form == "{value}"  # a number of books names no place
        return
    (told,) = found
    assert not told.valid
    assert told.canonical
    assert [(each.name, each.value) for each in told.parts] == [(f"ai-{ai}", wrong)]
    (said,) = [each for each in told.notes if each.code == "code.needs-check"]
    assert said.text.en.endswith(f"https://id.gs1.org/{ai}/{right}.")
    assert any(
        each.canonical == f"https://id.gs1.org/{ai}/{right}" for each in recognise(f"({ai}){right}")
    )


REST = st.text(string.ascii_letters + "_~", min_size=1, max_size=12)


@given(GTINS, REST, st.sampled_from(["http://2dcode.org/", "https://a.example.cn/"]), st.booleans())
@example("6901234567892", "abc", "http://2dcode.org/", True)
def test_a_link_whose_path_begins_with_a_gtin_offers_it(
    gtin: str,
    rest: str,
    host: str,
    padded: bool,  # noqa: FBT001 -- drawn
) -> None:
    written = f"0{gtin}" if padded else gtin
    found = {each.canonical: each for each in recognise(f"{host}{written}{rest}")}
    told = found[f"https://id.gs1.org/01/0{gtin}"]
    assert told.valid
    assert "code.link-start" in notes(told)
    wrong = written[:-1] + str((int(written[-1]) + 3) % 10)
    items = [each for each in recognise(f"{host}{wrong}{rest}") if each.scheme == "gtin"]
    if rest[0].isalpha():
        assert items == []
    else:  # marks part it from the rest: told as any code in a link whose check fails
        assert all("code.check" in notes(each) and not each.valid for each in items)


HAN = st.text("苏浙京农林种许字准湘益安", min_size=1, max_size=6)


@given(HAN, st.integers(1949, 2099), st.text("0123456789", min_size=1, max_size=8), st.booleans())
@example("苏", 2020, "00123", False)
def test_a_year_in_brackets_behind_chinese_is_no_application_identifier(
    words: str,
    year: int,
    digits: str,
    wide: bool,  # noqa: FBT001 -- drawn
) -> None:
    assert f"{year}" not in AIS
    text = f"{words}（{year}）{digits}" if wide else f"{words}({year}){digits}"
    gs1 = {"gs1-data", "gtin", "gln", "sscc"}
    told = recognise(text)
    assert not gs1 & {each.scheme for each in told}
    assert not {"mv-node", "organisation-code", "hs-code"} & {each.scheme for each in told}


@pytest.mark.parametrize(
    "text", ["批号(10)B7(17)271231", "商品(01)06901234567892", "(01)06901234567892"]
)
def test_an_element_string_behind_chinese_is_read_as_ever(text: str) -> None:
    assert recognise(text)[0].canonical.startswith(
        ("urn:suyuan:gs1-data:", "https://id.gs1.org/01/")
    )


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("(湘益安)农种许字(2017)第001号", "seed-licence"),
        ("农种许字〔2020〕第0001号", "seed-licence"),
        ("农药生许(鲁)006", "pesticide-licence"),
    ],
)  # fmt: skip
def test_a_licence_without_its_beginning_is_told_by_the_words_in_it(text: str, scheme: str) -> None:
    (found,) = recognise(text)
    assert (found.scheme, found.valid) == (scheme, False)


@example("5270690328302", "D96G4VBF2", "[{}]", " ", "{}")
@given(
    st.from_regex("[0-9]{13}", fullmatch=True),
    st.from_regex("[0-9A-Z]{1,12}", fullmatch=True),
    st.sampled_from(
        ["( {} )", "({} )", "[{}]", "[ {} ]", "{{{}}}", "{{ {} }}", "（ {} ）", "【{}】"]
    ),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from(["{}", "条码：{}", "  {}\n"]),
)
def test_however_application_identifiers_are_bracketed_the_code_is_one_and_it_is_said(
    body: str, serial: str, brackets: str, gap: str, dress: str
) -> None:
    gtin = body + gs1_check_digit(body)
    pieces = (brackets.format("01"), gtin, brackets.format("21"), serial)
    found = recognise(dress.format(gap.join(pieces)))[0]
    assert found.canonical == recognise(f"(01){gtin}(21){serial}")[0].canonical
    if found.scheme == "sgtin":
        said = {"cleaned.ai-brackets", "cleaned.wide", "cleaned.brackets"}
        assert said & {each.code for each in found.notes}


@pytest.mark.parametrize("mark", [")", " )", "]", "}", "）"])
@pytest.mark.parametrize("rest", ["", "(21)A1", "( 21 ) A1"])
def test_an_application_identifier_whose_bracket_is_not_opened_is_read(
    mark: str, rest: str
) -> None:
    found = recognise(f"01{mark}06901234567892{rest}")[0]
    assert found.canonical == recognise(f"(01)06901234567892{rest}")[0].canonical
    assert "cleaned.ai-brackets" in {each.code for each in found.notes}


def test_the_number_of_a_line_in_a_list_is_no_application_identifier() -> None:
    assert recognise("10) 6901234567892")[0].canonical == "https://id.gs1.org/01/06901234567892"


@pytest.mark.parametrize(
    ("text", "scheme", "valid", "code"),
    [
        ("H20033421", "drug-approval", True, "code.maybe-approval"),
        ("9133010MA2XYX1299", "uscc", False, "code.size"),
        ("690123456789O", "gtin", False, "code.letters"),
        ("CAS 7732-18", "cas", False, "code.form"),
        ("20-0456", "cylinder", True, "code.maybe-stamp"),
        ("12345678901234567890123", "veterinary-trace", False, "code.size"),
        ("锅10浙A0012(18)", "equipment-use-registration", False, "code.size"),
        ("NO.3300123456", "quarantine-certificate", True, "code.maybe-certificate"),
        ("№ 3300123456", "quarantine-certificate", True, "code.maybe-certificate"),
        ("动检证3301234567", "quarantine-certificate", True, "code.issuer"),
    ],
)
def test_what_a_text_may_be_is_said_first_and_with_its_doubt(
    text: str, scheme: str, *, valid: bool, code: str
) -> None:
    first = recognise(text)[0]
    assert (first.scheme, first.valid) == (scheme, valid)
    assert code in {said.code for said in first.notes}


def test_six_digits_of_no_province_may_be_a_commodity_and_those_of_a_division_are_that() -> None:
    assert [each.scheme for each in recognise("020311")] == ["hs-code", "division"]
    assert [each.scheme for each in recognise("330106")] == ["division"]


def test_a_sentence_around_a_link_ends_it() -> None:
    found = recognise("看这里：https://id.gs1.org/01/06901234567892/21/A1。谢谢")
    assert [each.canonical for each in found] == [
        "https://id.gs1.org/01/06901234567892/21/A1",
        "https://id.gs1.org/01/06901234567892",
    ]


@pytest.mark.parametrize("text", ["http://[::1", "http://[", "https://[a.cn]/x", "http://[::1]x"])
def test_a_host_whose_bracket_holds_no_address_makes_no_link(text: str) -> None:
    assert all(each.scheme != "uri" for each in recognise(text))
    assert any(each.scheme == "uri" for each in recognise("http://[::1]:8080/x"))


@pytest.mark.parametrize(
    ("tag", "pure"),
    [
        ("sgtin-96:3.6901234.012345.5", "sgtin:6901234.012345.5"),
        ("sgtin-198:1.6901234.012345.A%2F1", "sgtin:6901234.012345.A%2F1"),
        ("sscc-96:2.6901234.1234567890", "sscc:6901234.1234567890"),
        ("sgln-96:0.6901234.56789.0", "sgln:6901234.56789.0"),
    ],
)
def test_what_a_tag_holds_is_the_code_without_the_filter_value(tag: str, pure: str) -> None:
    first = recognise(f"urn:epc:tag:{tag}")[0]
    assert first.valid
    assert first.canonical == recognise(f"urn:epc:id:{pure}")[0].canonical
    assert "code.tag" in {said.code for said in first.notes}


def test_identifiers_in_angle_brackets_are_read_and_said() -> None:
    found = recognise("<01>06901234567892<10>AB")[0]
    assert (found.canonical, found.valid) == ("https://id.gs1.org/01/06901234567892/10/AB", True)
    assert "cleaned.ai-brackets" in {each.code for each in found.notes}


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("（鲁）农种许字(2021)第0001号", "类别", "kinds"),
        ("许可证号：(湘益安)农种许字(2017)第001号", "类别", "kinds"),
    ],
)
def test_a_licence_without_the_letter_of_its_class_says_which_where_and_what_may_stand_there(
    text: str, zh: str, en: str
) -> None:
    (found,) = recognise(text)
    assert (found.scheme, found.valid) == ("seed-licence", False)
    (said,) = [each for each in found.notes if each.code == "code.lacking"]
    assert f"“{zh}”" in said.text.zh
    assert "第 1 位" in said.text.zh
    assert en in said.text.en
    assert "place 1 " in said.text.en
    assert "A–Z" in said.text.zh
    assert "A–Z" in said.text.en


def test_a_place_that_is_missing_between_its_brackets_is_said_to_be_chinese_characters() -> None:
    (found,) = recognise("A()农种许字(2021)第0001号")
    (said,) = [each.text for each in found.notes if each.code == "code.lacking"]
    assert "汉字" in said.zh
    assert "Chinese" in said.en
    assert "place 3 " in said.en


FILED = st.builds(
    "食健备{}{}{:02}{:06}".format,
    st.sampled_from("GJ"), st.integers(1990, 2030), st.integers(0, 99), st.integers(1, 999_999),
)  # fmt: skip
PROVINCE_CODES = {
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
}  # fmt: skip
"""GB/T 2260."""


@given(FILED)
@example("食健备G202099001234")
@example("食健备G202000001234")
@example("食健备J201933000012")
@example("食健备G201033001234")
@example("食健备J201600000001")
@example("食健备G202083001234")
def test_a_health_food_filing_that_cannot_be_is_told_as_that_and_as_nothing_else(text: str) -> None:
    origin, year, province = text[3], int(text[4:8]), int(text[8:10])
    is_placed = province in PROVINCE_CODES if origin == "G" else province == 0
    found = recognise(text)
    assert found[0].scheme == "health-food-filing"
    assert found[0].valid == (is_placed and year >= 2016)
    assert ("code.filing-province" in notes(found[0])) != is_placed
    assert ("code.before" in notes(found[0])) == (year < 2016)
    assert found[0].valid or not any(each.valid for each in found)
