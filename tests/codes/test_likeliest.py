"""What is said first of a text, and what only behind it: the sounder before the less sound."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.divisions import was_ever

HOSTS = st.sampled_from(["id.gs1.org", "x.cn", "trace.example.com/a"])
KEYS = st.sampled_from([("01", 13), ("00", 17), ("414", 12), ("417", 12), ("8018", 17)])


def notes(found: Candidate) -> set[str]:
    return {said.code for said in found.notes}


@given(HOSTS, KEYS, st.integers(0, 10**12 - 1), st.integers(1, 9))
@example("x.cn", ("414", 12), 9_010_000_000, 1)
def test_a_link_whose_key_is_wrong_by_a_digit_is_first_that_key_and_no_sound_address(
    host: str, key: tuple[str, int], number: int, wrong: int
) -> None:
    ai, size = key
    body = f"69{number:0{size}}"[:size]
    digit = (int(gs1_check_digit(body)) + wrong) % 10
    found = recognise(f"https://{host}/{ai}/{body}{digit}")
    assert found[0].check == "failed"
    assert found[0].scheme != "uri"
    assert not any(each.valid for each in found if each.scheme == "uri")


@pytest.mark.parametrize("size", [31, 33])
@given(host=st.sampled_from(["x.cn", "trace.example.com"]), rest=st.integers(0, 10**30 - 1))
def test_a_link_with_a_pesticide_code_a_place_off_is_first_that_code(
    host: str, rest: int, size: int
) -> None:
    found = recognise(f"https://{host}/t?code=1{rest:0{size - 1}}")
    assume(all(each.scheme != "resident-id" for each in found))
    assert found[0].scheme == "pesticide-unit"
    assert "code.size" in notes(found[0])
    assert not any(each.valid for each in found if each.scheme == "uri")


@pytest.mark.parametrize(
    "link",
    ["https://x.cn/01/hello", "https://x.cn/2020/01/20200112", "https://x.cn/?page=12345678"],
)
def test_a_link_that_only_looks_a_little_like_one_with_a_key_stays_an_address(link: str) -> None:
    found = recognise(link)
    assert (found[0].scheme, found[0].canonical, found[0].valid) == ("uri", link, True)


@given(
    st.sampled_from(["https://x.cn/s?code={}", "http://t.example.com/c/{}", "https://x.cn/#/q/{}"]),
    st.sampled_from(
        ["6901234567892", "16901234567899", "91110000600037341L", "86901110000020",
         "369234567890123453"]
    ),
    st.integers(1, 9),
)  # fmt: skip
def test_a_code_with_a_wrong_digit_anywhere_in_a_link_is_told_behind_the_sound_address(
    link: str, code: str, by: int
) -> None:
    """Many a number in a link is no code, so that the address stays what it is."""
    wrong = f"{code[:-3]}{(int(code[-3]) + by) % 10}{code[-2:]}"
    right, bare = recognise(link.format(code)), recognise(wrong)
    found = recognise(link.format(wrong))
    assume(all(each.scheme != "resident-id" for each in (*bare, *found)))
    assert right[0].check == "passed"
    assume(not bare[0].valid)  # one digit off, and it is another scheme's
    assert (found[0].scheme, found[0].valid) == ("uri", True)
    assert (found[1].scheme, found[1].valid, found[1].check) == (bare[0].scheme, False, "failed")
    assert "code.linked" in notes(found[1])


@given(st.sampled_from(["https://x.cn/s?code={}", "http://t.cn/{}"]), st.integers(1, 9))
def test_a_licence_with_a_wrong_digit_in_a_link_is_told_before_the_address(
    link: str, by: int
) -> None:
    found = recognise(link.format(f"SC1063301970261{(3 + by) % 10}"))
    assert (found[0].scheme, found[0].valid, found[0].check) == ("sc-licence", False, "failed")


PLACES = st.sampled_from("京津冀晋鲁苏浙粤")
YEARS = st.integers(2001, 2026)


@given(
    st.one_of(
        st.builds("PD{}{:04}F{:06}".format, YEARS, st.integers(0, 9_999), st.integers(0, 999_999)),
        st.builds("WP{}{:04}F".format, YEARS, st.integers(0, 9_999)),
        st.builds("PD{}{:03}-{}".format, *map(st.integers, (80, 0, 1), (99, 999, 99))),
        st.builds("{}饲添字({}){:06}".format, PLACES, YEARS, st.integers(0, 999_999)),
        st.builds("{}饲预（{}）T{:05}".format, PLACES, YEARS, st.integers(0, 99_999)),
        st.builds("兽药生字{:09}".format, st.integers(0, 10**9 - 1)),
        st.builds("兽药字({}){:09}".format, YEARS, st.integers(0, 10**9 - 1)),
        st.builds("({})兽药生产证字{:05}号".format, YEARS, st.integers(0, 99_999)),
    )
)  # fmt: skip
def test_a_paper_whose_form_no_handbook_gives_is_read_and_marked_unverified(text: str) -> None:
    found = recognise(text)
    assert (found[0].valid, found[0].verified, found[0].check) == (True, False, "none")
    assert {each.scheme for each in found if each.valid} == {found[0].scheme}
    assert "gs1-data" not in {each.scheme for each in found}


@given(st.integers(10**9, 10**10 - 1))
def test_a_number_behind_other_words_is_no_sound_organisation_code(number: int) -> None:
    for label in ("兽药生字", "营业执照注册号："):
        found = recognise(f"{label}{number % 10**9:09}")
        assert not any(each.valid for each in found if each.scheme == "organisation-code")


@given(
    st.sampled_from(["动物检疫合格证明", "动物检疫证明", "检疫证"]),
    st.sampled_from([" No.", " NO. ", "No.：", "：", " 编号："]),
    st.integers(10**9, 10**10 - 1),
)
def test_a_number_behind_the_name_of_a_quarantine_certificate_is_that(
    name: str, between: str, number: int
) -> None:
    found = recognise(f"{name}{between}{number}")
    assert (found[0].scheme, found[0].valid) == ("quarantine-certificate", True)


def mod_10(body: str) -> str:
    """General Specifications §7.9, from the right: three times, once, three times …"""
    weighted = sum(int(each) * (3, 1)[at % 2] for at, each in enumerate(reversed(body)))
    return str(-weighted % 10)


@given(st.from_regex("[0-9]{7}|[0-9]{11,13}|[0-9]{17}", fullmatch=True))
@example("449061030005")
@example("626313553775")
@example("141101647988")
def test_of_bare_digits_what_a_check_proves_stands_before_what_none_does(body: str) -> None:
    """Unless its number range says that the key names no goods outside a shop."""
    found = [each for each in recognise(body + mod_10(body)) if each.valid]
    assume(found[0].scheme != "resident-id")
    proved = [each.check == "passed" for each in found]
    in_shop = any(each.code in {"code.in-store", "code.coupon"} for x in found for each in x.notes)
    assert proved == sorted(proved, reverse=True) or in_shop


@given(st.from_regex("[1-9][1-9][0-9]{15}", fullmatch=True))
def test_a_sound_sscc_is_told_before_a_social_credit_code_that_fails(body: str) -> None:
    found = recognise(body + mod_10(body))
    assume(found[0].scheme != "resident-id")
    assume(not any(each.scheme == "uscc" and each.valid for each in found))
    assert (found[0].scheme, found[0].valid, found[0].check) == ("sscc", True, "passed")


@pytest.mark.parametrize("label", ["HS ", "海关商品编号："])
@given(body=st.from_regex("69[0-9]{5}", fullmatch=True))
def test_a_label_says_more_than_a_check_that_holds_by_chance(label: str, body: str) -> None:
    assert recognise(label + body + mod_10(body))[0].scheme == "hs-code"


def test_thirteen_digits_with_a_day_are_a_detonator_before_an_operator_of_no_division() -> None:
    schemes = [each.scheme for each in recognise("4490610300050") if each.valid]
    assert schemes == ["detonator", "mv-operator"]


@given(
    st.sampled_from(["GB", "GB/T", "NY/T", "GA", "DB33/T", "T/CAS", "Q/ABC", "gb/t", "ＧＢ／Ｔ"]),
    st.integers(1, 99_999),
    st.integers(1950, 2030),
    st.sampled_from(["-", "—", " - "]),
    st.sampled_from(["{}", "执行标准：{}", "产品标准号 {}", "（{}）"]),
)
@example("GB/T", 1234, 2020, "-", "{}")
def test_the_number_of_a_standard_is_told_to_be_no_code(
    body: str, number: int, year: int, dash: str, dress: str
) -> None:
    found = recognise(dress.format(f"{body} {number}{dash}{year}"))
    assert [each.scheme for each in found if each.valid] == ["standard"]
    assert "code.standard" in notes(found[0])


def test_beside_the_number_of_a_standard_the_code_is_read() -> None:
    found = recognise("执行标准：GB 7718—2011 条码 6901234567892")
    assert {each.scheme for each in found if each.valid} >= {"standard", "gtin"}


@given(
    st.sampled_from(["动物检疫合格证明", "动物检疫证明", "检疫证"]),
    st.sampled_from([" ", "", "，", "（{}）", "（", "  "]),
    st.integers(10**9, 10**10 - 1),
)
def test_a_number_before_the_name_of_a_quarantine_certificate_is_that(
    name: str, between: str, number: int
) -> None:
    said = between.format(name) if "{}" in between else between + name
    found = recognise(f"{number}{said}")
    assert (found[0].scheme, found[0].valid) == ("quarantine-certificate", True)
    assert "code.name-behind" in notes(found[0])


@given(st.integers(10**9, 10**10 - 1))
@example(1234567890)
@example(9999999999)
@example(4008123123)
def test_ten_bare_digits_are_told_as_a_commodity_and_as_what_a_certificate_may_be(
    number: int,
) -> None:
    found = {each.scheme: each for each in recognise(str(number))}
    certificate = found["quarantine-certificate"]
    assert certificate.valid
    assert "code.maybe-certificate" in notes(certificate)
    assert found["hs-code"].valid == (0 < number // 10**8 <= 97 and number // 10**8 != 77)
    is_sure = found["hs-code"].valid and str(number)[:3] not in {"400", "800"}
    assert not is_sure or found["hs-code"].score > certificate.score


@pytest.mark.parametrize(
    ("text", "scheme", "has", "should"),
    [
        ("SC1013301040001", "sc-licence", 15, "16"),
        ("SC101330104000112", "sc-licence", 17, "16"),
        ("PD2015010", "pesticide-registration", 9, "10"),
    ],
)
def test_letters_that_say_whose_code_it_is_come_before_a_check_that_holds_by_chance(
    text: str, scheme: str, has: int, should: str
) -> None:
    first = recognise(text)[0]
    assert (first.scheme, first.valid) == (scheme, False)
    said = next(each.text for each in first.notes if each.code == "code.size")
    for words in (said.zh, said.en):
        assert str(has) in words
        assert should in words


def test_another_digit_where_a_food_licence_has_its_kind_is_told_before_a_gtin() -> None:
    first = recognise("SC99933010400017")[0]
    assert (first.scheme, first.valid) == ("sc-licence", False)
    assert "code.place" in {said.code for said in first.notes}


def has_a_day(code: str) -> bool:
    """Whether a detonator's day stands in it, of whatever year."""
    days = {"02": 29, "04": 30, "06": 30, "09": 30, "11": 30}
    month, day = code[3:5], int(code[5:7])
    return code[:2] != "00" and "01" <= month <= "12" and 1 <= day <= days.get(month, 31)


@st.composite
def mistyped(draw: st.DrawFn) -> str:
    """A GTIN-13 with another digit in one place, or two neighbours that differ swapped."""
    begun = draw(
        st.sampled_from(["", "", "69", "400", "4014", "4430", "50", "8004", "8010", "869"])
    )
    body = begun + draw(st.text("0123456789", min_size=12 - len(begun), max_size=12 - len(begun)))
    code = body + mod_10(body)
    at = draw(st.integers(0, 12))
    other = draw(st.sampled_from([each for each in "0123456789" if each != code[at]]))
    swapped = f"{code[:at]}{code[at + 1 : at + 2]}{code[at]}{code[at + 2 :]}"
    return draw(st.sampled_from([f"{code[:at]}{other}{code[at + 1 :]}", swapped]))


@given(mistyped())
@example("4014348916219")
@example("6901028075764")
@example("8010451807478")
@example("8004451807470")
def test_a_mistyped_article_number_is_told_as_that_first_unless_more_than_length_speaks(
    code: str,
) -> None:
    """A detonator's day, outside China's numbers; a division; the digits of drugs."""
    assume(mod_10(code[:-1]) != code[-1])
    found = recognise(code)
    article = next(each for each in found if each.scheme == "gtin")
    assert (article.valid, article.check) == (False, "failed")
    assert {"code.check", "code.needs-check"} <= notes(article)
    is_day = has_a_day(code) and not code.startswith("69")
    if not (is_day or was_ever(code[:6]) or code.startswith("869")):
        assert found[0] == article


@given(st.text("0123456789", min_size=5, max_size=5))
def test_a_detonator_that_may_be_an_article_of_china_is_told_so_and_sure_behind_its_label(
    serial: str,
) -> None:
    code = f"69006103{serial}"
    assume(mod_10(code[:-1]) != code[-1])
    bare = {each.scheme: each for each in recognise(code)}
    assert bare["detonator"].valid
    assert "code.maybe-article" in notes(bare["detonator"])
    first = recognise(f"雷管 {code}")[0]
    assert (first.scheme, first.valid) == ("detonator", True)
    assert "code.maybe-article" not in notes(first)
