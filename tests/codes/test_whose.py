"""Numbers whose words say who gave them out, or what they are: none is told as another's."""

from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.pieces import in_order
from suyuan.codes.schemes.inputs import PROVINCES
from suyuan.codes.types import Candidate


def best(text: str) -> Candidate:
    return recognise(text)[0]


@given(st.sampled_from(PROVINCES), st.integers(2000, 2026), st.integers(0, 99_999))
def test_a_fertiliser_that_a_province_registered_is_never_told_as_the_ministrys(
    province: str, year: int, number: int
) -> None:
    text = f"{province}农肥（{year}）准字{number:04}号"
    for each in (text, f"肥料登记证号：{text}", f"有机肥 {text} 净含量 40 kg"):
        found = [one for one in recognise(each) if one.valid]
        assert [one.scheme for one in found] == ["fertiliser-registration-of-province"]
        assert found[0].issued_by is not None
        assert "省" in found[0].issued_by.zh


def test_a_fertiliser_that_the_ministry_registered_stays_its() -> None:
    for text in ("农肥(2019)准字0123号", "登记证号为农肥(2019)准字0123号"):
        issuer = best(text).issued_by
        assert issuer is not None
        assert issuer.zh == "农业农村部"


def _with_check(body: str) -> str:
    """ISO 2108 and ISO 3297: weights from the number of places down, modulo 11, X for ten."""
    size = len(body) + 1
    rest = -sum((size - at) * int(each) for at, each in enumerate(body)) % 11
    return body + ("X" if rest == 10 else str(rest))


BOOKS = st.sampled_from([("ISSN", 7), ("ISBN", 9), ("书号", 9), ("国际标准刊号", 7)])


@given(BOOKS, st.data(), st.booleans())
def test_behind_the_word_for_a_book_no_commodity_and_no_short_article_is_told(
    kind: tuple[str, int], data: st.DataObject, is_sound: object
) -> None:
    word, size = kind
    body = data.draw(st.from_regex(f"[1-9][0-9]{{{size - 1}}}", fullmatch=True))
    right = _with_check(body)
    number = right if is_sound else body + data.draw(st.sampled_from("0123456789"))
    found = recognise(f"{word} {number}")
    sound = {each.canonical[-14:-10] for each in found if each.valid}
    assert sound == ({"0977" if size == 7 else "0978"} if number == right else set())
    assert found[0].scheme == "gtin"
    is_said = "code.book-check" in {said.code for said in found[0].notes}
    assert is_said == (number != right)


def test_chinas_own_number_of_a_periodical_is_no_article() -> None:
    assert not any(each.scheme == "gtin" for each in recognise("国内统一刊号 CN11-2222/G4"))


COMMODITY = st.sampled_from(["0101210010", "84212199", "8421.2199.00"])


@given(COMMODITY, st.sampled_from(["HS编码", "HS", "HS code", "(HS)", "hs 编码", "海关编码"]))
def test_a_word_behind_a_number_says_as_much_as_before_it(number: str, word: str) -> None:
    before, behind = best(f"{word.strip('()')}: {number}"), best(f"{number} {word}")
    assert (behind.scheme, behind.canonical, behind.valid) == ("hs-code", before.canonical, True)
    assert behind.score >= before.score - 5


@given(st.sampled_from([("6901234567892", "EAN-13"), ("7732-18-5", "CAS"), ("60003734-1", "kg")]))
def test_a_latin_word_behind_a_number_counts_if_it_names_a_scheme(said: tuple[str, str]) -> None:
    notes = {note.code for note in best(" ".join(said)).notes}
    assert ("code.name-behind" in notes) == (said[1] != "kg")


@given(
    st.sampled_from(["110108", "310104", "440300", "330106"]),
    st.integers(0, 9_999_999),
    st.sampled_from(["", "注册号：", "工商注册号 ", "营业执照注册号："]),
)
def test_an_old_registration_number_is_told_and_its_check_held(
    division: str, serial: int, label: str
) -> None:
    body = f"{division}0{serial:07}"
    tens = 10
    for digit in body:  # ISO/IEC 7064 hybrid system MOD 11,10
        tens = ((tens + int(digit)) % 10 or 10) * 2 % 11
    check = (11 - tens) % 10
    found = {each.canonical: each for each in recognise(f"{label}{body}{check}")}
    hidden = any(each.scheme == "resident-id" for each in found.values())
    sound = found.get(f"urn:suyuan:registration-number-old:{body}{check}")
    assert hidden or (sound is not None and sound.valid and sound.check == "passed")
    wrong = recognise(f"{label}{body}{(check + 1) % 10}")
    assert not any(each.valid and each.scheme == "registration-number-old" for each in wrong)


@given(
    st.from_regex("(370600|838579)[0-9]{14}", fullmatch=True),
    st.sampled_from(["烟花爆竹流向码", "流向码：", "烟花爆竹流向信息："]),
)
def test_the_flow_code_of_fireworks_is_no_other_trace_code(code: str, label: str) -> None:
    assert not any(
        each.valid and each.scheme in {"mv-trace", "drug-trace"}
        for each in recognise(f"{label} {code}")
    )


@given(st.integers(0, 99_999_999))
def test_an_ear_tag_of_a_county_is_no_registration_number_by_chance(serial: int) -> None:
    found = recognise(f"1-370602-{serial:08}")
    assert [each.scheme for each in found if each.valid] in (["ear-tag"], ["resident-id"])


@given(st.sampled_from(PROVINCES), st.integers(0, 99), st.integers(0, 999), st.integers(0, 99_999))
def test_a_licence_with_its_province_before_it_is_told_first_as_that_provinces(
    province: str, industry: int, product: int, maker: int
) -> None:
    number = f"{province}XK{industry:02}-{product:03}-{maker:05}"
    for text in (number, f"生产许可证编号：{number}"):
        assert best(text).scheme == "production-licence-of-province"
        assert best(text).valid
        assert "code.brackets-put" in {said.code for said in best(text).notes}


EQUIPMENT = st.sampled_from(["特种设备代码 ", "设备代码：", "特种设备代码："])


@given(EQUIPMENT, st.from_regex("[1-9][0-9]{19}", fullmatch=True))
@example("特种设备代码 ", "31103301042012030112")
@example("设备代码：", "31103301042012000112")
@example("设备代码：", "83103301042012000112")
def test_twenty_digits_behind_the_word_for_equipment_are_first_that_and_no_drug(
    label: str, code: str
) -> None:
    found = in_order(label + code, recognise(label + code))
    assert found[0].scheme == "special-equipment"
    drugs = [each for each in found if each.scheme == "drug-trace"]
    assert all(not each.valid for each in drugs)
    assert all("code.other-label" in {said.code for said in each.notes} for each in drugs)


@given(st.from_regex("[1-79][0-9]{19}", fullmatch=True))
def test_behind_the_word_for_an_order_what_is_unlike_a_drugs_code_is_none(code: str) -> None:
    drugs = [each for each in recognise(f"订单号 {code}") if each.scheme == "drug-trace"]
    assert [each.valid for each in drugs] == [False]


@given(st.from_regex("8[0-9]{19}", fullmatch=True))
def test_behind_its_own_word_or_none_a_drugs_code_is_that(code: str) -> None:
    for text in (code, f"药品追溯码：{code}", f"追溯码 {code}"):
        assert any(each.scheme == "drug-trace" and each.valid for each in recognise(text))
