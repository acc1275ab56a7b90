"""A resident identity number goes in and never comes out, whatever is around it."""

import html
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from random import Random
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from linear import assert_linear

from suyuan.codes import Grain, persons, privacy, read_identifier, recognise
from suyuan.codes.checks import gs1_check_digit, is_uscc_checked, mod_11_2
from suyuan.codes.clean import FORGIVEN
from suyuan.codes.divisions.lookup import all_divisions
from suyuan.codes.making import carriers
from suyuan.codes.making.structures import stem_of, structure
from suyuan.codes.privacy import cut, masked, names_person, quoted, written_out
from suyuan.codes.types import LONGEST
from suyuan.codes.unescaped import unescaped
from suyuan.kit import SuyuanError
from suyuan.labels.designs import design
from suyuan.labels.symbols import modules
from suyuan.labels.types import Kind, Symbol


@st.composite
def numbers(draw: st.DrawFn) -> str:
    place = draw(st.sampled_from(["11", "33", "43", "50", "65", "81"])) + draw(
        st.from_regex("[0-9]{4}", fullmatch=True)
    )
    born = draw(st.dates(date(1900, 1, 1), date(2026, 11, 1)))
    body = f"{place}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + mod_11_2(body)


def spaced(number: str, gap: str) -> str:
    return f"{number[:6]}{gap}{number[6:14]}{gap}{number[14:]}"


WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
WIDE_DIGITS = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
DRESSES = st.sampled_from(
    [
        "{}", " {} ", "身份证号：{}", "公民身份号码{}", "ID:{}", "https://a.cn/q?id={}&x=1",
        "https://a.cn/{}/", "【{}】", "张三 {} 13800000000", "urn:suyuan:resident-id:{}",
        "urn:suyuan:uscc:{}", "]d2{}", "99 {} 7", "1-{}",
        "{}\n{}", "ID{}", "https://id.gs1.org/8004/{}", "(8004){}",
        "https://id.gs1.org/01/06901234567892/21/{}", "https://id.gs1.org/01/06901234567892/10/{}",
        "https://id.gs1.org/01/06901234567892/10/{}/21/A", "urn:suyuan:item:farm:{}",
        "urn:suyuan:party:{}", "urn:suyuan:lot:{}:A",
    ]
)  # fmt: skip
GUJARATI = {ord("0") + digit: 0x0AE6 + digit for digit in range(10)}
GAPS = st.sampled_from(["", " ", "-", "  ", "·", "\u200b", ",", ":", "   ", "'", "【", "——"])


def escaped(number: str, times: int = 1) -> str:
    for _ in range(times):
        number = "".join(f"%{byte:02x}" for byte in number.encode())
    return number


def digits_of(text: str) -> str:
    return "".join(each for each in text.translate(WIDE) if each.isalnum()).upper()


CASES = st.sampled_from(["as it is", "wide", "lower"])


def dressed(number: str, dress: str, gap: str, case: str) -> str:
    written = spaced(number, gap)
    written = {"wide": written.translate(WIDE), "lower": written.lower()}.get(case, written)
    return dress.replace("{}", written)


@given(numbers(), DRESSES, GAPS, CASES)
def test_no_answer_holds_it_in_clear(number: str, dress: str, gap: str, case: str) -> None:
    text = dressed(number, dress, gap, case)
    found = recognise(text)
    said = msgspec.json.encode(found).decode() + masked(text)
    assert found[0].scheme == "resident-id"
    assert number[6:] not in said.upper()
    assert number[6:14] not in digits_of(said)
    assert "code.masked" in [note.code for note in found[0].notes]


NAMES = st.sampled_from(
    [
        "https://id.gs1.org/8004/{}", "https://id.gs1.org/8017/{}",
        "https://id.gs1.org/01/06901234567892/21/{}", "https://id.gs1.org/01/06901234567892/10/{}",
        "https://id.gs1.org/01/06901234567892/10/{}/21/A", "https://example.cn/{}",
        "https://example.cn/?q={}#x", "urn:suyuan:item:farm:{}", "urn:suyuan:lot:{}:A",
        "urn:suyuan:party:{}", "urn:suyuan:resident-id:{}", "urn:suyuan:uscc:{}", "urn:suyuan:{}:x",
        "urn:epc:id:sgtin:6901234.056789.{}", "urn:example:{}", "urn:suyuan:raw:me:{}",
        "urn:suyuan:gs1-data:(21){}", "urn:epc:id:gid:1.2.{}",
    ]
)  # fmt: skip
WAYS = st.sampled_from(
    [str, escaped, lambda number: escaped(number, 2), lambda n: n.translate(WIDE)]
)


@given(numbers(), NAMES, WAYS, st.sampled_from(Grain))
def test_no_recorded_name_holds_it_in_clear_or_is_valid(
    number: str, name: str, way: Callable[[str], str], expect: Grain
) -> None:
    assume(gs1_check_digit(number[:17]) != number[17])  # else it is a key where it says so
    uri = name.replace("{}", way(number))
    known = read_identifier(uri, capturer="me", expect=expect)
    said = msgspec.json.encode(msgspec.structs.replace(known, received="")).decode()
    assert known.scheme == "raw"
    assert known.note is not None
    assert number[6:14] not in written_out(said)
    (again,) = recognise(known.uri)
    assert again.canonical == known.uri  # what is recorded can be found by its name
    assert read_identifier(known.uri, capturer="you", expect=expect).uri == known.uri


@given(numbers(), NAMES, WAYS)
def test_no_reading_but_one_of_a_person_holds_it_or_its_mask(
    number: str, name: str, way: Callable[[str], str]
) -> None:
    assume(gs1_check_digit(number[:17]) != number[17])
    for each in recognise(name.replace("{}", way(number))):
        assert number[6:14] not in written_out(msgspec.json.encode(each).decode())
        assert each.scheme in {"resident-id", "raw"} or not names_person(each.canonical)


@given(numbers(), st.sampled_from(["{}", "https://id.gs1.org/8004/{}", "x {} y"]))
def test_an_escaped_number_is_echoed_masked(number: str, dress: str) -> None:
    for times in (1, 2, 3):
        hidden = masked(dress.replace("{}", escaped(number, times)))
        assert hidden == dress.replace("{}", f"{number[:6]}{'*' * 12}")


@st.composite
def escaped_in_parts(draw: st.DrawFn, text: str) -> str:
    """A text whose characters are escaped, and any characters of the escapes again, and again."""
    for _ in range(draw(st.integers(1, 7))):
        if len(text) > 1_000:
            break
        chosen = draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
        text = "".join(
            f"%{ord(each):02x}" if again else each for each, again in zip(text, chosen, strict=True)
        )
    return text


def read_out(text: str) -> str:
    """The oracle: unescaped until nothing changes."""
    again = unquote(text)
    return text if again == text else read_out(again)


@given(numbers().flatmap(escaped_in_parts))
@example(escaped("11010519491231002X", 6))
@example("11010519491231002X".replace("1", "%%3%33%3%31"))
def test_a_number_escaped_in_parts_any_number_of_times_stays_hidden(text: str) -> None:
    number = read_out(text)
    assert masked(text) == f"{number[:6]}{'*' * 12}"
    assert written_out(text) == number


@given(st.text("%0123456789abcdEFx中１\ud800é", max_size=80))
@example("%E4%B8%AD%25%34%31%EF%BC%91%F0%9F%8C%B6")
@example("%25%25%25%3%3%31")
def test_what_is_written_out_is_unescaped_to_its_end(text: str) -> None:
    plain = written_out(text)
    assert written_out(plain) == plain
    if text.isascii() and "�" not in plain:
        assert plain == read_out(text).translate(WIDE_DIGITS)


@given(numbers(), st.integers(10**16, 10**17 - 1))
def test_what_only_says_that_it_is_a_gs1_key_is_none(number: str, body: int) -> None:
    """Its own check digit must hold; an X never does, and other digits rarely."""
    for text in (f"(00){number}", f"/8017/{number}", f"https://id.gs1.org/8018/{number}"):
        holds = gs1_check_digit(number[:17]) == number[17]
        assert (masked(text) == text) == holds
    sscc = f"{body}{gs1_check_digit(str(body))}"
    for text in (f"/8017/{sscc}", f"(8018) {sscc}", f"/sscc/{sscc}"):
        assert masked(text) == text


def test_a_company_prefix_marked_off_in_it_hides_nothing() -> None:
    assert masked("urn:epc:id:giai:1101051.9491231002X") == "urn:epc:id:giai:110105*.***********"


@pytest.mark.parametrize("prefix", ["8004", "]C18004", "010690123456789221", "]C121", "]d221"])
@given(numbers())
def test_application_identifiers_glued_to_it_do_not_hide_it(prefix: str, number: str) -> None:
    (found, *_) = recognise(prefix + number)
    assert found.scheme == "resident-id"
    assert number[6:] not in masked(prefix + number)


@pytest.mark.parametrize(
    "text",
    [
        "(01)06901234567892(11)260119(10)01190017",  # from the (11) on it has all three marks
        "https://id.gs1.org/01/06901234567892/21/110105491231002",
        "(01)06901234567892(21)110105491231002",
    ],
)
def test_a_serial_number_or_lot_stays(text: str) -> None:
    assert masked(text) == text
    assert recognise(text)[0].valid


def test_the_separators_forgiven_in_a_code_are_those_that_a_number_may_have() -> None:
    for character in map(chr, range(0x3100)):
        parted = character.join(("110105", "19491231", "002X"))
        if re.fullmatch(f"[{FORGIVEN}]", character):
            assert "1949" not in masked(parted)
        assert all("1949" not in digits_of(each.canonical) for each in recognise(parted))


@given(st.integers(0, 60), numbers(), st.sampled_from(["", " ", "%20"]))
def test_no_cut_leaves_a_number_in_sight(before: int, number: str, gap: str) -> None:
    assume(number[6:10] not in number[:6])  # the division stays in sight
    text = f"{'q ' * before}{spaced(number, gap)} and more"
    for most in range(len(text) + 2):
        shown = masked(cut(text, most))
        assert number[6:10] not in shown
        assert len(shown) <= most
        assert number[6:10] not in quoted(text, most)
    assert cut(text, len(text)) == text


def test_what_is_read_of_a_long_text_is_cut_before_a_number() -> None:
    for off in range(30):
        text = f"https://a.cn/{'g' * (LONGEST - 13 - off)}11010519491231002X"
        assert "1949" not in msgspec.json.encode(recognise(text)).decode()


@given(st.lists(st.one_of(numbers(), st.text("0123456789X %a-", max_size=30)), max_size=8))
def test_many_numbers_are_hidden_as_each_is_alone(pieces: list[str]) -> None:
    assert masked("中".join(pieces)) == "中".join(map(masked, pieces))


@pytest.mark.parametrize(
    "piece",
    ["http://sfz ", "/01/06901234567892 123456789012345 ", "sfz 1", "+++1", "_1", "%2531", "%31-"],
)
def test_a_long_text_is_masked_in_linear_time(piece: str) -> None:
    number = "11010519491231002X"

    def text(size: int) -> str:
        return f"{number} {piece * (size // len(piece))} {number}"

    hidden = masked(text(200_000))
    assert hidden.startswith("110105************ ")
    assert number not in hidden
    assert_linear(masked, text, 200_000)
    assert_linear(masked, lambda size: "110105" + piece * (size // len(piece)), 200_000)


@pytest.mark.parametrize("mark", list("+|~=#&\\<>^@!?$•・‧，。、\x00\x07\u0301\ufe0f"))
def test_whatever_mark_parts_a_sound_number_it_is_hidden(mark: str) -> None:
    for number in ("110105199003074514", "11010519491231002X"):
        for text in (spaced(number, mark), spaced(number, mark * 3), mark.join(number)):
            assert number[6:17] not in digits_of(masked(text))
            assert number[6:17] not in digits_of(quoted(f"{text} and more", len(text) + 5))
            said = msgspec.json.encode(recognise(f"https://a.cn/?id={text}")).decode()
            assert number[6:14] not in digits_of(said)


@pytest.mark.parametrize("last", [*"X×ⅩⅹХхΧχ✕✖*", " ×", "-Ⅹ"])
def test_what_is_typed_for_the_check_character_bares_nothing(last: str) -> None:
    for dress in ("{}", "身份证 {}", "张三{}，男", "https://a.cn/{}"):
        text = dress.format(f"11010519491231002{last}")
        said = msgspec.json.encode(recognise(text)).decode() + masked(text)
        assert "1949" not in said


def test_a_bar_for_a_one_bares_nothing_in_text_or_note() -> None:
    for number in ("330106193604052981", "330106199111222251", "11010519491231002X"):
        text = number.replace("1", "|")
        said = msgspec.json.encode(recognise(text)).decode() + masked(text) + quoted(text)
        assert number[8:17] not in digits_of(said.replace("|", "1"))


@given(numbers(), st.sampled_from(["{}", "张三{}，男", "https://a.cn/?q={}", " {} "]))
@example("11010519491231002X", "{}")
@example("330106193604052981", "scheme {} x")
def test_bars_and_letters_for_digits_leave_the_division_alone_in_sight(
    number: str, dress: str
) -> None:
    written = number.replace("1", "|").replace("0", "O")
    assert masked(dress.format(written)) == dress.format(written[:6] + "*" * 12)


@pytest.mark.parametrize(
    "written", ["110105194912310|", "||O|O5|949|23|OO2|", "1101051949|231002O"]
)
def test_a_bar_for_a_one_bares_nothing_where_the_number_is_mistyped_or_cut(written: str) -> None:
    assert masked(f"“{written}”") == f"“{written[:6]}{'*' * (len(written) - 6)}”"
    assert {each.scheme for each in recognise(written)} == {"resident-id"}


@pytest.mark.parametrize("by", [" ", "-"])
@pytest.mark.parametrize("digits", ["21603101012006010101", "31103101152012121234"])
@pytest.mark.parametrize("cuts", [(4, 8, 12, 16), (4, 10, 16)])
def test_a_registration_code_of_equipment_is_read_however_it_is_parted(
    digits: str, cuts: tuple[int, ...], by: str
) -> None:
    parts = [digits[a:b] for a, b in zip((0, *cuts), (*cuts, 20), strict=True)]
    told = recognise(by.join(parts))[0]
    assert told.canonical == f"urn:suyuan:special-equipment-registration:{digits}"


@pytest.mark.parametrize(
    "text",
    [
        "3101 0120 0601 0101", "2160 3101 0119 8601 0101", "2160-3101 0120 0601 0101",
        "2160 3101 0120 0601 0101 2", "2160 3101 0120 0601 0101 23",
        "身份证 2160 3101 0120 0601 0101",
        "2160  3101 0120 0601 0101", "2160 310101 200601 01 01",
    ],
)  # fmt: skip
def test_a_cut_number_stays_hidden_wherever_no_such_code_is(text: str) -> None:
    assert "*" in masked(text)
    assert {each.scheme for each in recognise(text)} == {"resident-id"}


LIKE_NUMBERS = st.one_of(
    st.text(
        alphabet="0123456789Xx OIl|*-./、。()/&#;%AFE２０５＊％＆①٣\u0aef一九〇身份证ID\n",
        max_size=60,
    ),
    st.builds(dressed, numbers(), DRESSES, GAPS, CASES),
    st.builds(lambda number, at: number[:at] + number[at + 1 :], numbers(), st.integers(0, 17)),
    st.builds(lambda number, zeros: zeros + number + zeros, numbers(), st.sampled_from("0 12")),
    st.builds(
        lambda number, dress: dress.format("".join(f"&#x{ord(each):X};" for each in number)),
        numbers().map(lambda number: number.translate(GUJARATI)),
        st.sampled_from(["{}", "身份证 {}"]),
    ),
)


@given(LIKE_NUMBERS)
@example("６９０１２＊＊＊＊＊＊＊＊＊＊＊＊＊")
@example("１１０１０５＊＊＊＊＊＊＊＊＊＊＊＊")
def test_a_quick_look_passes_over_nothing_that_a_thorough_one_finds(text: str) -> None:
    quick = masked(text), names_person(text), written_out(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(privacy, "_has_few", lambda _: False)
        patch.setattr(persons, "_ENOUGH", re.compile(""))
        patch.setattr(persons, "_may_begin", lambda: re.compile(""))
        patch.setattr(privacy, "plainly", lambda each: unescaped(each)[0])
        assert quick == (masked(text), names_person(text), written_out(text))


@pytest.mark.parametrize(
    "text",
    [
        "110105+19491231+0021",
        "330106|20150101|0001",
        "{110105}{19490231}{002X}",
        "https://a.cn/01/16958420377176?11=261018&10=06055730",
    ],
)
def test_other_marks_between_digits_hide_nothing_without_a_sound_check_or_within_a_link(
    text: str,
) -> None:
    assert masked(text) == text


@given(numbers())
@example("11010519491231002X")
@example("440524188001010014")
def test_a_number_alone_is_a_persons_and_a_unit_where_that_holds_too(number: str) -> None:
    assert [each.scheme for each in recognise(number)] == ["resident-id", *units(number)]


def units(number: str) -> list[str]:
    """The scheme of a logistic unit, if the number's last digit is right by GS1 too."""
    return ["sscc"] if gs1_check_digit(number[:17]) == number[17] else []


@given(numbers(), st.sampled_from(["{}", "urn:suyuan:resident-id:{}", "身份证{}", "x {} y"]))
def test_capture_names_nobody_by_it(number: str, dress: str) -> None:
    known = read_identifier(dress.format(number), capturer="urn:suyuan:party:farm")
    assert known.scheme == "raw"
    assert number[6:] not in known.uri


@st.composite
def mistyped(draw: st.DrawFn) -> str:
    """A number of the right form and a wrong check character."""
    born = draw(st.dates(date(1900, 1, 1), date(2019, 12, 31)))
    place = draw(st.sampled_from(["110105", "330106", "440524", "650102", "820000"]))
    body = f"{place}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + draw(st.sampled_from(sorted(set("0123456789X") - {mod_11_2(body)})))


@given(mistyped(), DRESSES, GAPS, CASES)
@example("110105200001010000", "https://id.gs1.org/01/06901234567892/21/{}", "·", "as it is")
def test_a_number_with_a_wrong_check_character_is_hidden_too(
    number: str, dress: str, gap: str, case: str
) -> None:
    assume(not is_uscc_checked(number))
    text = dressed(number, dress, gap, case)
    found = recognise(text)
    said = msgspec.json.encode(found).decode() + masked(text)
    assert found[0].scheme == "resident-id"
    assert number[6:14] not in digits_of(said)
    assert read_identifier(text, capturer="me").scheme == "raw" or masked(text) != text


@given(numbers() | mistyped(), st.data())
def test_letters_for_digits_hide_no_number_from_the_mask(number: str, data: st.DataObject) -> None:
    assume(not is_uscc_checked(number))
    letters = {"0": "Oo", "1": "Il"}
    written = "".join(
        data.draw(st.sampled_from(each + letters.get(each, ""))) for each in number[1:14]
    )
    text = f"{number[0]}{written}{number[14:]}"
    assert number[8:14] not in digits_of(msgspec.json.encode(recognise(text)).decode())
    assert number[8:14] not in digits_of(masked(text).translate(str.maketrans("OoIl", "0011")))
    assert recognise(text)[0].scheme == "resident-id"


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("承诺达标合格证编号：330106201801010001", "produce-certificate"),
        ("动物检疫合格证明（产品B）：330106201801010001", "quarantine-certificate"),
        ("设备代码：311010193201201501", "special-equipment"),
        ("330106202601010001", "sscc"),
        ("123301194001050206", "uscc"),
    ],
)
def test_what_has_the_form_and_stays_is_as_listed(text: str, scheme: str) -> None:
    """Certificates, equipment, days on which no trader was born, proved credit codes."""
    assert masked(text) == text
    assert scheme in {each.scheme for each in recognise(text)}


@given(st.integers(10**16, 10**17 - 1))
def test_a_key_that_says_itself_what_it_is_stays(body: int) -> None:
    sscc = f"{body}{gs1_check_digit(str(body))}"
    for text in (f"(00){sscc}", f"00{sscc}", f"https://id.gs1.org/00/{sscc}"):
        assert masked(text) == text


@pytest.mark.parametrize(
    "text", ["110105491231002", "身份证 110105491231002", "身份证：370602800101001"]
)
def test_the_old_form_is_masked_where_it_is_no_ear_tag_or_is_called_one(text: str) -> None:
    assert recognise(text)[0].scheme == "resident-id"
    assert text[-9:] not in masked(text)


def test_an_ear_tag_stays_an_ear_tag() -> None:
    assert recognise("137060280010100")[0].scheme == "ear-tag"


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_and_keeps_the_length(text: str) -> None:
    hidden = masked(text)
    assert masked(hidden) == hidden
    assert len(hidden) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://identity.brand.cn/01/06901234567892/21/12345",
        "https://brand.cn/identity/01/06901234567892/10/AB1234",
        "identity (01)06901234567892(21)123456789012345",
        "身份证 https://id.gs1.org/01/06901234567892/21/1234567",
    ],
)
def test_a_sound_key_of_gs1_stays_whatever_words_are_about_it(text: str) -> None:
    assert masked(text) == text


WORDS = st.sampled_from(
    [
        "身份证 ", "身份证号：", "公民身份号码", "居民身份证号码: ", "ID card ", "ID card no. ",
        "id_card=", "Identity number: ", "resident ID ", "证件号码：", "姓名 张三，身份证（本人）",
        "https://a.cn/q?idcard=",
    ]
)  # fmt: skip


@given(st.from_regex("[0-9]{14,17}[0-9X]|[0-9]{19}", fullmatch=True), WORDS, GAPS, CASES)
def test_behind_a_word_for_an_identity_card_any_number_of_its_length_is_hidden(
    number: str, words: str, gap: str, case: str
) -> None:
    text = dressed(number, f"{words}{{}}", gap, case)
    said = msgspec.json.encode(recognise(text)).decode() + masked(text)
    assert number[6:] not in digits_of(said)
    assert "resident-id" in {each.scheme for each in recognise(text)}
    assert read_identifier(text, capturer="me").scheme == "raw"
    assert number[6:] not in digits_of(read_identifier(text, capturer="me").uri)


@given(
    st.sampled_from(["110105", "330106", "440524", "652201"]),
    st.sampled_from(["19851345", "19850230", "18991301", "78550314", "00000000"]),
    st.from_regex("[0-9]{3}[0-9X]", fullmatch=True),
    st.sampled_from(["{}", "张三 {}", "{} 13800000000", "No. {}", "订单号：{}"]),
)
def test_a_number_with_a_day_that_is_none_is_hidden_if_no_other_scheme_holds_true(
    place: str, day: str, tail: str, dress: str
) -> None:
    number = f"{place}{day}{tail}"
    assume(gs1_check_digit(number[:17]) != number[17] and not is_uscc_checked(number))
    text = dress.replace("{}", number)
    assert number[6:] not in msgspec.json.encode(recognise(text)).decode() + masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "(01)06901234567892(21)330106985503142710",  # a serial number
        "https://id.gs1.org/01/06901234567892/21/330106985503142710",
        "330106202513450001",  # a document's: nobody who trades was born since 2020
        "995106198513452710",  # no division
        "211011234201700123",  # an equipment's, by its year
        "设备代码：330106198513452710",
    ],
)
def test_what_has_a_division_and_no_day_stays_as_listed(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("330106198503142711", "number-check"),
        ("3301O6198503142711", "number-check"),
        ("身份证号：330106198513452710", "number-day"),
        ("330106198513452710", "number-day"),
        ("110105199002307211", "number-day"),
        ("身份证号：33010619850314271", "number-length"),
        ("身份证号：330106850231271", "number-day"),
    ],
)
def test_of_a_number_that_is_wrong_it_is_said_why_and_nothing_shown(text: str, said: str) -> None:
    found = recognise(text)[0]
    assert (found.scheme, found.valid) == ("resident-id", False)
    assert f"code.{said}" in {each.code for each in found.notes}
    assert "1985" not in msgspec.json.encode(found).decode()


@given(numbers(), DRESSES, GAPS, CASES)
@example("11000020040201001X", "]d2{}", "", "as it is")
def test_a_sound_number_is_valid(number: str, dress: str, gap: str, case: str) -> None:
    assert recognise(dressed(number, dress, gap, case))[0].valid


@pytest.mark.parametrize(
    "refuse",
    [
        design,
        structure,
        lambda text: stem_of(structure("sgtin"), text),
        lambda text: carriers.link("https://id.gs1.org/01/06901234567892", "1", text, frozenset()),
        lambda text: modules(Symbol(Kind.GS1_128, text)),
    ],
)
def test_no_refusal_of_an_order_quotes_a_part_of_it(refuse: Callable[[str], object]) -> None:
    for before in range(70):
        with pytest.raises(SuyuanError) as caught:
            refuse(f"{'x' * before} 11010519491231002X")
        said = caught.value.text
        assert "1949" not in masked(said.zh) + masked(said.en)


@given(numbers(), st.sampled_from(["、", "。", " 、 "]), st.booleans())
def test_what_parts_a_list_of_codes_bares_no_number(
    number: str,
    gap: str,
    by_day: bool,  # noqa: FBT001 -- drawn by position
) -> None:
    parts = [number[:6], number[6:10], number[10:12], number[12:14], number[14:]]
    text = gap.join(parts if by_day else [parts[0], "".join(parts[1:4]), parts[4]])
    assert_hidden(text, number)


@given(
    numbers(), st.integers(0, 18), st.sampled_from(["〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"])
)
def test_digits_written_in_chinese_bare_no_number(number: str, size: int, chinese: str) -> None:
    table = str.maketrans("0123456789", chinese)
    assert_hidden(number[:size].translate(table) + number[size:], number)
    assert number[12:17].translate(table) not in masked(number.translate(table))


def assert_hidden(text: str, number: str) -> None:
    found = recognise(text)
    assert {"resident-id"} <= {each.scheme for each in found} <= {"resident-id", *units(number)}
    seen = "".join(each for each in masked(text) if each.isalnum())
    assert seen == number[:6]
    said = msgspec.json.encode(found).decode()
    assert text not in said
    assert number[6:] not in said


BORN = st.dates(date(1900, 1, 1), date(2019, 12, 31))
PLACES = st.sampled_from(sorted(each for each in all_divisions() if not each.endswith("00")))


@given(PLACES, BORN, st.integers(0, 999), st.integers(1, 2))
def test_a_number_whose_last_characters_are_missing_is_hidden(
    place: str, born: date, serial: int, missing: int
) -> None:
    text = f"{place}{born:%Y%m%d}{serial:03}"[: 18 - missing]
    found = recognise(text)
    assert [each.scheme for each in found] == ["resident-id"]
    assert masked(text) == place + "*" * (12 - missing)


@given(PLACES, BORN, st.integers(0, 9_999), st.integers(0, 6), st.integers(0, 6))
def test_zeros_around_a_number_bare_it_under_no_scheme(
    place: str, born: date, rest: int, before: int, behind: int
) -> None:
    number = f"{place}{born:%Y%m%d}{rest:04}"
    assume(not is_uscc_checked(number))
    text = "0" * before + number + "0" * behind
    found = recognise(text)
    assert {each.scheme for each in found} <= {"resident-id", *units(number)}
    assert number[6:] not in masked(text) + msgspec.json.encode(found).decode()


LAWFUL: dict[str, Callable[[Random], str]] = {
    "mv-batch": lambda r: r.choice(DIVISIONS) + drawn(r, 10),
    "mv-trace": lambda r: r.choice(DIVISIONS) + drawn(r, 14),
    "organic-mark": lambda r: drawn(r, 17),
    "special-equipment-old": lambda r: f"3{drawn(r, 3)}{r.choice(DIVISIONS)}{drawn(r, 7)}",
    "drug-trace": lambda r: "8" + drawn(r, 19),
    "sgtin": lambda r: "(01)06901234567892(21)" + drawn(r, 16),
    "sscc": lambda r: checked("3" + drawn(r, 16)),
    "forest-seed-licence": lambda r: f"{r.choice(DIVISIONS)}20{drawn(r, 6)}",
    "mv-node, three of them": lambda r: "、".join(
        r.choice(DIVISIONS) + drawn(r, 3) for _ in range(3)
    ),
}
DIVISIONS = sorted(each for each in all_divisions() if not each.endswith("00"))


def drawn(random: Random, size: int) -> str:
    return f"{random.randrange(10**size):0{size}}"


def checked(body: str) -> str:
    return body + gs1_check_digit(body)


@pytest.mark.parametrize("scheme", LAWFUL)
def test_of_random_lawful_codes_fewer_than_one_in_a_thousand_is_hidden(scheme: str) -> None:
    random = Random(GRAINS_OF_CHANCE)
    codes = [LAWFUL[scheme](random) for _ in range(8_000)]
    assert sum("*" in masked(each) for each in codes) < len(codes) / 1_000


GRAINS_OF_CHANCE = 2_026
"""The seed: the codes are the same in every run."""


OTHER_FORMS = st.sampled_from(
    ["⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐"]
)
MARKED_UP = st.sampled_from(
    [
        "<b>{}</b>",
        "<span class='x'>{}</span>",
        "<td>{}</td>",
        "{}<wbr>",
        "<I>{}</I>",
        "{}<br/>",
        "{}",
    ]
)


def dressed_up(data: st.DataObject, code: str) -> str:
    """A code cut into pieces, each in a tag, its digits as references of HTML or of other forms."""
    forms = data.draw(OTHER_FORMS)
    spell = [
        str,
        lambda each: f"&#{ord(each)};",
        lambda each: f"&#x{ord(each):X};",
        lambda each: f"&amp;#{ord(each)};",
        lambda each: forms[int(each)] if each.isdigit() else each,
    ]
    spelled = [data.draw(st.sampled_from(spell))(each) for each in code]
    cut_at = data.draw(st.integers(1, len(code) - 1))
    pieces = ("".join(spelled[:cut_at]), "".join(spelled[cut_at:]))
    return "".join(data.draw(MARKED_UP).format(each) for each in pieces)


@given(
    numbers(), st.data(), st.sampled_from(["{}", "张三 {}", "电话 13800000000，{}", "<p>{}</p>"])
)
def test_what_a_page_wraps_around_digits_or_stands_for_them_bares_no_number(
    number: str, data: st.DataObject, dress: str
) -> None:
    text = dress.format(dressed_up(data, number))
    hidden = masked(text)
    assert masked(hidden) == hidden
    assert number[6:] not in digits_of(msgspec.json.encode(recognise(text)).decode() + hidden)
    shown = re.sub("<[^<>]*>", "", html.unescape(html.unescape(hidden)))
    shown = "".join(str(unicodedata.digit(each, each)) for each in shown)
    assert number[6:] not in digits_of(shown)
    assert "resident-id" in {each.scheme for each in recognise(text)}


CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")


@pytest.mark.parametrize(
    "mark",
    [
        '<span class="foo bar" style="color:red">',
        "</td><td>",
        "&nbsp;",
        "&amp;#8203;",
        "%3Cspan%20lang=zh%3E",
        "%253Cspan%253E",
    ],
)
def test_no_cut_within_a_mark_of_a_page_leaves_a_part_of_a_number(mark: str) -> None:
    number = "11010519491231002X"
    for size in range(7, 18):
        text = f"证 {number[:size]}{mark}{number[size:]} 完"
        for most in range(len(text) + 1):
            short = cut(text, most)
            assert len(short) <= most
            assert text.startswith(short)
            assert "1949" not in re.sub("<[^<>]*>?", "", written_out(masked(short)))


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X".translate(typed)
        for typed in ({ord("0"): "O"}, {ord("1"): "l"}, {ord("1"): "I"}, CHINESE)
    ],
)
def test_no_cut_leaves_a_part_of_a_number_whose_digits_are_letters_or_chinese(text: str) -> None:
    for most in range(len(text)):
        assert text[6:10] not in masked(cut(f"证 {text}", most + 2))


def test_a_long_text_is_cut_within_a_tag_and_shows_nobody() -> None:
    for off in range(0, 60, 7):
        front = "字 " * ((LONGEST - 45 + off) // 2)
        text = f'{front}110105194912310<b class="page">02X</b>'
        assert "1949" not in msgspec.json.encode(recognise(text)).decode()


@given(
    numbers(),
    st.sampled_from(["合格证", "合格证编号：", "设备代码 ", "检疫证明编号:", "合格证身份证"]),
    st.integers(14, 19),
    st.sampled_from(["", "X", "0"]),
)
@example(number="11010519491231002X", name="合格证", size=16, more="")
def test_a_paper_whose_number_is_a_division_and_a_day_of_any_length_is_answered(
    number: str, name: str, size: int, more: str
) -> None:
    text = f"{name}{(number[:17] + number)[:size]}{more}"
    assert isinstance(recognise(text), tuple)


@given(st.from_regex("69[0-9]{10}", fullmatch=True), st.data())
def test_what_a_page_wraps_around_a_code_is_forgiven_and_said(
    body: str, data: st.DataObject
) -> None:
    gtin = body + gs1_check_digit(body)
    text = dressed_up(data, gtin)
    found = {each.canonical: each for each in recognise(text)}
    said = {each.code for each in found[f"https://id.gs1.org/01/0{gtin}"].notes}
    assert said & {"cleaned.markup", "cleaned.digits"} or text == gtin


@pytest.mark.parametrize(
    "text", ["(01)06901234567892(10)A<GS>(21)7", "a < b & c > d", "<x1>12</x1>"]
)
def test_what_only_looks_like_a_mark_of_html_stays(text: str) -> None:
    assert masked(text) == text
    assert "cleaned.markup" not in {said.code for each in recognise(text) for said in each.notes}


@given(
    numbers(),
    st.text("〇零一二三四五六七八九壹玖", min_size=1, max_size=3),
    st.sampled_from("张李王"),
)
def test_a_name_that_is_a_numeral_is_no_digit_of_the_number_behind_it(
    number: str, name: str, family: str
) -> None:
    text = f"{family}{name}{number}"
    assert masked(text) == f"{family}{name}{number[:6]}{'*' * 12}"
    found, *others = recognise(text)
    assert found.canonical == f"urn:suyuan:resident-id:{number[:6]}-masked"
    assert {each.scheme for each in others} <= set(units(number))


@given(numbers(), st.integers(1, 18))
def test_a_number_begun_in_chinese_digits_is_hidden_whole(number: str, of: int) -> None:
    begun = number[:of].translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    assert not set(masked(begun + number[of:])[6:]) - {"*"}
