"""What is told first where a text may be several things, and what is none of them."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.checks import cas_check, ec_check, gs1_check_digit, organisation_check
from suyuan.codes.pieces import in_order

DIGITS = "0123456789"


def notes(found: Candidate) -> set[str]:
    return {each.code for each in found.notes}


def wrong(body: str, right: str, off: int) -> str:
    return f"{body}{(int(right) + off) % 10}"


def mistyped(bodies: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """GS1 numbers whose last digit is another."""
    return st.builds(
        lambda body, off: wrong(body, gs1_check_digit(body), off), bodies, st.integers(1, 9)
    )


@given(mistyped(st.from_regex("69[0-9]{5}", fullmatch=True)))
@example("69012342")
def test_a_mistyped_short_article_of_china_is_told_before_a_commodity(code: str) -> None:
    first, *others = recognise(code)
    assert (first.scheme, first.valid, first.check) == ("gtin", False, "failed")
    (commodity,) = [each for each in others if each.scheme == "hs-code"]
    assert commodity.valid
    assert "code.maybe-article" in notes(commodity)


@pytest.mark.parametrize("code", ["96385075", "47112347", "40123456"])
def test_a_mistyped_short_article_is_told_first_where_no_heading_speaks(code: str) -> None:
    assert (recognise(code)[0].scheme, recognise(code)[0].valid) == ("gtin", False)


@pytest.mark.parametrize("text", ["30049090", "3004.9090", "HS 96180000", "02031201", "84713000"])
def test_what_is_written_as_a_commodity_is_told_as_that_first(text: str) -> None:
    """Medicines, meat, computers: headings that there are, ended as most are, or labelled."""
    assert (recognise(text)[0].scheme, recognise(text)[0].valid) == ("hs-code", True)


@pytest.mark.parametrize(
    ("ai", "day"),
    [("17", "260231"), ("11", "261331"), ("15", "260431"), ("13", "260001"), ("7007", "260231"),
     ("8008", "26023112"), ("7003", "2602311200")],
)  # fmt: skip
@pytest.mark.parametrize("form", ["({ai}){day}", "(01)06901234567892({ai}){day}"])
def test_a_day_that_does_not_exist_is_told_as_that(ai: str, day: str, form: str) -> None:
    first = recognise(form.format(ai=ai, day=day))[0]
    assert not first.valid
    (said,) = [each.text for each in first.notes if each.severity == "error"]
    for words in (said.zh, said.en):
        assert f"{day[:2]}-{day[2:4]}-{day[4:6]}" in words
        assert ai in words


def test_data_that_break_their_format_are_told_what_they_take() -> None:
    first = recognise("(01)06901234567892(37)-5")[0]
    (said,) = [each.text for each in first.notes if each.code == "code.element"]
    assert "1–8 位数字" in said.zh
    assert "1–8 digits" in said.en


TWENTY = st.from_regex("[1-79][0-9]{19}", fullmatch=True)


@given(TWENTY, st.sampled_from(["药品追溯码 ", "药品追溯码：", "药品电子监管码 "]))
@example("12345678901234567890", "药品追溯码 ")
@example("21603101012006010101", "药品追溯码 ")
@example("25369012340000161234", "药品追溯码 ")  # also a GDTI, whose own check digit holds
@example("40100000000000000000", "药品追溯码 ")  # a consignment's by its first digits alone
def test_behind_the_name_of_a_drugs_code_twenty_digits_unlike_one_are_none_of_another(
    code: str, label: str
) -> None:
    found = recognise(label + code)
    assume(all(each.scheme != "resident-id" for each in found))
    assert found[0].scheme == "drug-trace"
    assert "code.no-trace" in notes(found[0])
    assert not any(each.valid for each in found if each.check != "passed")


@given(
    st.from_regex("69[0-9]{10}", fullmatch=True),
    st.from_regex("[0-9]{7}", fullmatch=True),
    st.sampled_from(["药品追溯码 ", "药品追溯码：", "耳标号：", "有机码 "]),
)
@example("690123400001", "1234567", "药品追溯码 ")
def test_what_the_label_names_is_told_first_unless_another_is_marked(
    body: str, rest: str, label: str
) -> None:
    key = f"{body}{gs1_check_digit(body)}{rest}"
    named = {"药": "drug-trace", "耳": "ear-tag", "有": "organic-mark"}[label[0]]
    first, *others = recognise(f"{label}253{key[:13]}{key[13:17]}")
    assert (first.scheme, first.valid) == (named, False)
    assert all(each.scheme != named for each in others)
    assert any((each.scheme, each.valid) == ("gdti", True) for each in others)
    for marked in (f"(253){key}", f"]d2253{key}"):
        found = recognise(label + marked)
        assert (found[0].scheme, found[0].valid) == ("gdti", True)
        assert [each.valid for each in found if each.scheme == named] == [False]


def test_behind_its_name_a_drugs_code_is_that_alone() -> None:
    found = recognise("药品追溯码 81234567890123456789")
    assert [(each.scheme, each.valid) for each in found if each.valid] == [("drug-trace", True)]


@given(mistyped(st.from_regex("869[0-9]{10}", fullmatch=True)))
@example("86900123000019")
def test_a_mistyped_drug_standard_code_is_told_before_an_article(code: str) -> None:
    found = [each.scheme for each in recognise(code) if not each.valid]
    assert found.index("drug-standard-code") < found.index("gtin")


AREA = st.sampled_from(["010", "021", "0871", "0571", "0755"])
LOCAL = st.from_regex("[2-8][0-9]{6,7}", fullmatch=True)


@given(AREA, LOCAL, st.sampled_from(["{}-{}", "({}){}", "（{}）{}", "+86 {}-{}", "{}-{}-801"]))
@example("0871", "63331234", "{}-{}")
def test_a_telephone_number_is_no_code(area: str, local: str, form: str) -> None:
    number = form.format(area, local)
    for text in (number, f"请致电{number}咨询", f"售后 {number} 转 2"):
        for each in recognise(text):
            assert each.valid
            assert "code.telephone" in notes(each)


@pytest.mark.parametrize("label", ["发票号码 ", "发票号：", "合同号 ", "账号："])
@given(number=st.from_regex("[0-9]{8}", fullmatch=True))
def test_the_number_of_an_invoice_is_no_commodity(label: str, number: str) -> None:
    for each in recognise(label + number):
        assert each.scheme != "hs-code" or not each.valid


@given(st.from_regex("[1-9][0-9]{7}", fullmatch=True), st.sampled_from(DIGITS))
@example("71780329", "4")
@example("40112345", "6")  # 401, a consignment's
def test_eight_digits_a_dash_and_one_are_an_old_organisation_code_before_a_market(
    body: str, check: str
) -> None:
    found = recognise(f"{body}-{check}")
    assert (found[0].scheme, found[0].valid) == (
        "organisation-code",
        organisation_check(body) == check,
    )
    markets = [each for each in found if each.scheme == "mv-node"]
    assert all("code.maybe-organisation" in notes(each) for each in markets)
    assert in_order(f"{body}-{check}", found)[0].scheme == "organisation-code"


SENTENCES = st.sampled_from(
    ["本品含有CAS {}水", "成分 {} 占一半", "成分：{}（纯度 99%）", "EC号{}的水"]
)


@given(st.from_regex("[1-9][0-9]{3}-[0-9]{2}", fullmatch=True), st.integers(1, 9), SENTENCES)
@example("7732-18", 1, "本品含有CAS {}水")
def test_a_mistyped_cas_number_in_a_sentence_is_told(body: str, off: int, words: str) -> None:
    assume(not body.startswith(("19", "20")))  # may be a day
    right = cas_check(body.replace("-", ""))
    text = words.format(f"{body}-{wrong('', str(right), off)}")
    assert ("cas", "failed") in {(each.scheme, each.check) for each in recognise(text)}


@given(st.from_regex("[2-9][0-9]{2}-[0-9]{3}", fullmatch=True), st.integers(1, 9), SENTENCES)
@example("231-791", 1, "EC号{}的水")
def test_a_mistyped_ec_number_in_a_sentence_is_told(body: str, off: int, words: str) -> None:
    right = ec_check(body.replace("-", ""))
    assume(right is not None)
    text = words.format(f"{body}-{wrong('', str(right), off)}")
    assert ("ec-number", "failed") in {(each.scheme, each.check) for each in recognise(text)}


@pytest.mark.parametrize("text", ["订单 2026-01-5 已发", "生产于 1999-12-1 杭州"])
def test_a_day_is_no_substance(text: str) -> None:
    assert not recognise(text)


@given(
    st.from_regex("69[0-9]{10}", fullmatch=True),
    st.sets(st.integers(0, 14), max_size=4),
    st.sampled_from(["-", "—", "－", "‑"]),
)
def test_dashes_between_the_digits_behind_an_identifier_are_read_over(
    body: str, at: set[int], dash: str
) -> None:
    gtin = f"0{body}{gs1_check_digit(body)}"
    dashed = "".join(f"{dash if place in at else ''}{digit}" for place, digit in enumerate(gtin))
    first = recognise(f"(01){dashed}(10)B7-1")[0]
    assert first.canonical == f"https://id.gs1.org/01/{gtin}/10/B7-1"


def test_a_dash_that_may_belong_to_the_data_stays() -> None:
    assert recognise("(253)4012345000092-11")[0].canonical.endswith("/253/4012345000092-11")


@given(st.from_regex("[0-9]{17}", fullmatch=True), st.sampled_from(["SSCC {}", "(00){}"]))
@example("40112111400361380", "SSCC {}")
@example("25369012340000161", "SSCC {}")  # a document's, sound by itself
def test_seventeen_digits_of_a_logistic_unit_are_told_what_is_missing(body: str, form: str) -> None:
    unit = recognise(form.format(body))[0]
    assume(unit.scheme != "resident-id")  # all but its last character is one's
    assert unit.scheme == "sscc"
    assert not unit.valid
    (said,) = [each.text for each in unit.notes if each.code == "code.extension"]
    whole = said.en.rpartition(" ")[2].rstrip(".")
    assert whole[1:] == body
    assert whole[-1] == gs1_check_digit(whole[:-1])
    assert whole in said.zh


def test_a_word_that_stands_twice_before_a_code_is_read_once() -> None:
    for twice in ("Ecode：Ecode:1003693008912340", "ECODE: ecode: 1 0036 93008912340"):
        assert recognise(twice)[0].canonical == recognise("Ecode:1003693008912340")[0].canonical
    assert recognise("GTIN：GTIN：6901234567892")[0].valid


ASSETS = st.from_regex("0614141[0-9A-HJKMNP-Z]{1,15}[A-HJKMNP-Z]", fullmatch=True)
"""Of letters that stand for no digit."""


@given(
    st.sampled_from(
        [("401", "运单号"), ("401", "托运单号"), ("401", "单据号"), ("8004", "设备编号"),
         ("8004", "设备代码"), ("8004", "资产编号"), ("8010", "部件编号")]
    ),
    ASSETS,
    st.sampled_from([" ", "："]),
)  # fmt: skip
@example(("401", "运单号"), "0614141ABC12", " ")
@example(("8004", "设备代码"), "0614141ABC12", " ")
def test_a_label_that_names_what_a_key_names_speaks_for_it(
    called: tuple[str, str], rest: str, sign: str
) -> None:
    ai, label = called
    (key,) = [each for each in recognise(f"{label}{sign}{ai}{rest}") if each.scheme in OF_AI[ai]]
    assert key.valid
    assert "code.other-label" not in notes(key)
    (alone,) = [each for each in recognise(f"{ai}{rest}") if each.scheme in OF_AI[ai]]
    assert key.score > alone.score
    assert recognise(f"{label}{sign}{ai}{rest}")[0] == key


OF_AI = {"401": {"ginc"}, "8004": {"giai"}, "8010": {"cpi"}}


@given(
    st.sampled_from(["序列号", "订单号", "合同号", "批准文号", "SN"]),
    st.sampled_from(sorted(OF_AI)),
    ASSETS,
)
@example("序列号", "8004", "0614141ABC12")
def test_the_label_of_another_paper_makes_an_unmarked_key_unlikely_not_wrong(
    label: str, ai: str, rest: str
) -> None:
    (key,) = [each for each in recognise(f"{label}：{ai}{rest}") if each.scheme in OF_AI[ai]]
    assert key.valid
    (said,) = [each for each in key.notes if each.code == "code.other-label"]
    assert said.severity == "warning"
    (alone,) = [each for each in recognise(f"{ai}{rest}") if each.scheme in OF_AI[ai]]
    assert key.score < alone.score


@given(
    st.sampled_from(["药品追溯码", "SSCC", "CAS", "GTIN", "有机码", "组织机构代码"]),
    st.sampled_from(sorted(OF_AI)),
    ASSETS,
)
@example("药品追溯码", "401", "0614141OA")  # nor with a letter for a digit
def test_behind_the_name_of_another_scheme_an_unmarked_key_is_none(
    label: str, ai: str, rest: str
) -> None:
    found = recognise(f"{label}：{ai}{rest}")
    assert not any(each.valid for each in found if each.scheme in OF_AI[ai])
