"""A link is one answer: what it names; its other pieces only where something speaks for them."""

from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.checks import gs1_check_digit

ITEM = "https://id.gs1.org/01/06901234567892"
DRUG = "83857930000879766660"
HOSTS = st.sampled_from(["https://t.example.cn", "http://a.cn:8080", "www.example.cn", "a.com.cn"])
PASSING = st.sampled_from(
    ["utm_source", "utm_id", "gclid", "spm", "from", "page", "pageNo", "page_size", "offset", "ts",
     "timestamp", "_", "token", "sessionid"]
)  # fmt: skip
BODIES = st.text("0123456789", min_size=12, max_size=12)


def sound(body: str) -> str:
    return body + gs1_check_digit(body)


@given(HOSTS, PASSING, BODIES)
def test_what_follows_a_reader_from_page_to_page_is_no_code(
    host: str, name: str, body: str
) -> None:
    named = recognise(f"{host}/t?code={sound(body)}")
    assume(named and all(each.scheme != "resident-id" for each in named))
    found = recognise(f"{host}/t?{name}={sound(body)}")
    assert {each.scheme for each in found} <= {"uri"}


@given(HOSTS, st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_in_a_path_is_no_code(host: str, day: date) -> None:
    found = recognise(f"{host}/news/{str(day).replace('-', '')}/")
    assert {each.scheme for each in found} <= {"uri"}


@given(HOSTS, st.sampled_from(["page", "pages"]), BODIES)
def test_the_number_of_a_page_is_no_code(host: str, name: str, body: str) -> None:
    assert {each.scheme for each in recognise(f"{host}/{name}/{sound(body)}")} <= {"uri"}


@given(HOSTS, st.lists(st.sampled_from(["products", "goods-list", "detail"]), max_size=20))
def test_however_many_words_stand_before_it_the_code_is_found(host: str, words: list[str]) -> None:
    found = recognise("/".join([host, *words, "6901234567892"]))
    assert found[0].canonical == ITEM


@given(
    HOSTS,
    st.lists(st.from_regex("[0-9]{6,13}", fullmatch=True), min_size=1, max_size=6),
)
def test_beside_a_code_that_its_check_proves_nothing_is_told_that_little_speaks_for(
    host: str, numbers: list[str]
) -> None:
    query = "&".join(f"x{at}={each}" for at, each in enumerate(numbers))
    found = recognise(f"{host}/item/6901234567892?{query}")
    assume(all(each.scheme != "resident-id" for each in found))
    proved = [each.parts[0].value for each in found if each.check == "passed" and each.parts]
    assert "6901234567892" in {each.lstrip("0") for each in proved}
    others = [each for each in found if each.check == "failed"]
    assert others == []


@pytest.mark.parametrize("host", ["https://a.cn", "a.cn"])
def test_a_code_that_says_itself_what_it_is_is_told_beside_another(host: str) -> None:
    found = recognise(f"{host}/item/6901234567892?c={DRUG}&region=330106")
    told = {each.scheme for each in found if each.valid}
    assert {"gtin", "drug-trace"} <= told
    assert "division" not in told


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_day_in_the_query_that_is_none_is_told_and_spoils_no_name(
    year: int, month: int, day: int
) -> None:
    best = recognise(f"{ITEM}?17={year:02}{month:02}{day:02}")[0]
    assert (best.canonical, best.valid) == (ITEM, True)
    last = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    is_day = 1 <= month <= 12 and day <= last[month - 1]  # 00 is the whole month
    assert [each.severity for each in best.notes if each.code == "code.no-day"] == (
        [] if is_day else ["warning"]
    )


@pytest.mark.parametrize(
    ("query", "is_told"),
    [("3103=1", True), ("3103=000195", False), ("utm_id=5", False), ("10=L7&15=271301", True)],
)
def test_data_in_the_query_that_break_their_form_are_told(query: str, is_told: object) -> None:
    best = recognise(f"{ITEM}?{query}")[0]
    assert (best.canonical, best.valid) == (ITEM, True)
    said = [each for each in best.notes if each.severity == "warning"]
    assert bool(said) == is_told


@pytest.mark.parametrize(
    "code",
    [
        "D(湘益安)农种许字(2017)第001号",
        "国药准字Z45021428",
        "(湘长)LS[2021]12345",
        "鲁饲添(2014)01234",
    ],
)
@pytest.mark.parametrize("link", ["https://q.example.com/t?c={}", "https://q.example.com/t/{}"])
def test_a_code_is_the_same_whether_it_is_encoded_in_its_link_or_not(code: str, link: str) -> None:
    (alone,) = {each.canonical for each in recognise(code)[:1]}
    for written in (code, quote(code)):
        found = recognise(link.format(written))
        assert alone in {each.canonical for each in found if each.valid}, written


@pytest.mark.parametrize(
    "path", ["01/06901234567892/21/A/1", "01/06901234567892/21", "x/01/06901234567892/a"]
)
def test_on_the_host_of_gs1_only_pairs_name_something(path: str) -> None:
    found = recognise(f"https://id.gs1.org/{path}")
    assert not any(each.valid for each in found if each.scheme != "uri")
    assert "code.product-url" not in {said.code for each in found for said in each.notes}


def test_of_a_path_that_is_left_over_the_rule_is_told() -> None:
    (found,) = recognise("https://id.gs1.org/01/06901234567892/21/A/1")
    assert (found.scheme, found.valid) == ("sgtin", False)
    assert "code.link-path" in {each.code for each in found.notes}
