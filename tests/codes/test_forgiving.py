"""What people type, paste and scan: read all the same, what was forgiven said, doubts shown."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, recognise
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.divisions import all_divisions
from suyuan.codes.forgiving import gtin_of_book, upc_a
from suyuan.codes.registry import scheme_of

ITEM = "https://id.gs1.org/01/06901234567892"
UNIT = f"{ITEM}/21/A1"
SC = "urn:suyuan:sc-licence:SC10633019702613"
USCC = "urn:suyuan:uscc:91110000600037341L"
TAG = "urn:suyuan:ear-tag:137060200001234"
PETROL = "urn:suyuan:un-number:UN1203"
DRUG = "urn:suyuan:drug-trace:83857930000879766660"
MARKET = "urn:suyuan:mv-trace:37060000400010000003"
APPROVAL = "urn:suyuan:drug-approval:%E5%9B%BD%E8%8D%AF%E5%87%86%E5%AD%97H20123456"


def notes(found: Candidate) -> set[str]:
    return {each.code for each in found.notes}


def sound(text: str) -> dict[str, Candidate]:
    return {each.canonical: each for each in recognise(text) if each.valid}


@pytest.mark.parametrize(
    ("text", "canonical", "note"),
    [
        ("id.gs1.org/01/06901234567892/21/A1", UNIT, "code.bare-address"),
        ("www.example.com/01/06901234567892/21/A1", UNIT, "code.bare-address"),
        ("http:/id.gs1.org/01/06901234567892/21/A1", UNIT, "code.bare-address"),
        ("链接: id.gs1.org/01/06901234567892/21/A1", UNIT, "code.bare-address"),
        ("www.example.cn/trace?code=37060000400010000003", MARKET, "code.bare-address"),
        ("https://id.gs1.org/01/06901234567892/21/A 1", UNIT, "code.joined"),
        ("https://id.gs1.org/01/069012345\n67892/21/A1", UNIT, "code.joined"),
        ("https://id.gs1.org/01/06901234567892/21/A1 番茄 500g", UNIT, "code.cut"),
        ("请打开https://id.gs1.org/01/06901234567892/21/A1查看", UNIT, "code.cut"),
        ("https://id.gs1.org/01/06901234567892/21/A1。", UNIT, "cleaned.tail"),
        ("扫码结果：https://id.gs1.org/01/06901234567892/21/A1", UNIT, "cleaned.label"),
        ("<https://id.gs1.org/01/06901234567892/21/A1>", UNIT, "cleaned.quotes"),
        ("[二维码](https://id.gs1.org/01/06901234567892/21/A1)", UNIT, "code.piece"),
        ("01 06901234567892 21 A1", UNIT, "code.spaced"),
        ("UDI: (01)06901234567892(17)281231(21)A1", UNIT, "cleaned.label"),
        ("GTIN: 06901234567892 批号: B7 SN: A1", UNIT, "code.together"),
        ("LOT:B7 SN:A1 GTIN:06901234567892", UNIT, "code.together"),
        ("GTIN:6901234567892", ITEM, "cleaned.label"),
        ("GTIN06901234567892", ITEM, "cleaned.label"),
        ("EAN-13: 6901234567892", ITEM, "cleaned.label"),
        ("产品（GTIN）：6901234567892", ITEM, "cleaned.label"),
        ("条形码:6901234567892", ITEM, "cleaned.label"),
        ("产品追溯码:6901234567892", ITEM, "cleaned.label"),
        ("6901234567892。", ITEM, "cleaned.tail"),
        ("6901234567892，", ITEM, "cleaned.tail"),
        ("“(01)06901234567892(21)A1”。", UNIT, "cleaned.quotes"),
        ("「(01)06901234567892(21)A1」，", UNIT, "cleaned.tail"),
        ("：（01）06901234567892（21）A1", UNIT, "cleaned.lead"),
        ("，144014-06-2，", "urn:suyuan:cas:144014-06-2", "cleaned.lead"),
        ("6901234567892!", ITEM, "code.mark"),
        ("«6901234567892»", ITEM, "cleaned.quotes"),
        ("「6901234567892」", ITEM, "cleaned.quotes"),
        ("“6901234567892”", ITEM, "cleaned.quotes"),
        ("'6901234567892'", ITEM, "cleaned.quotes"),
        ("编号“6901234567892”", ITEM, "cleaned.label"),
        ("69O1234567892", ITEM, "code.letters"),
        ("690l234567892", ITEM, "code.letters"),
        ("(01)O6901234567892", ITEM, "code.letters"),
        ("番茄 6901234567892 500g", ITEM, "code.piece"),
        ("6901234567892 x 12", ITEM, "code.piece"),
        ("产品追溯码:83857930000879766660", DRUG, "cleaned.label"),
        ("药品追溯码 8385 7930 0008 7976 6660", DRUG, "cleaned.parted"),
        ("追溯码是 37060000400010000003 请查", MARKET, "code.piece"),
        ("SC1O633019702613", SC, "code.letters"),
        ("食品生产许可证号SC10633019702613。", SC, "cleaned.tail"),
        ("编号：SC10633019702613（食品）", SC, "code.piece"),
        ("电话13812345678，SC10633019702613", SC, "code.piece"),
        ("9111OOOO600037341L", USCC, "code.letters-31"),
        ("纳税人识别号 91110000600037341l", USCC, "cleaned.case"),
        ("耳标137060200001234号", TAG, "cleaned.number-sign"),
        ("耳标号码为137060200001234。", TAG, "cleaned.label"),
        ("(耳标)137060200001234", TAG, "cleaned.label"),
        ("耳标：1 370602 00001234", TAG, "cleaned.parted"),
        ("UN编号1203", PETROL, "code.called"),
        ("UN编号 1203", PETROL, "code.called"),
        ("联合国编号 1203", PETROL, "code.called"),
        ("联合国编号：UN1203", PETROL, "cleaned.label"),
        ("危险货物编号 1203", PETROL, "code.called"),
        ("UN No. 1203", PETROL, "code.called"),
        ("UN12O3", PETROL, "code.letters"),
        ("UN 1203 汽油", PETROL, "code.piece"),
        ("UN1203，II类", PETROL, "code.piece"),
        ("国药准字H2O123456", APPROVAL, "code.letters"),
        ("批准文号 H20123456", APPROVAL, "code.called"),
        ("本品国药准字H20123456适用", APPROVAL, "code.piece"),
        ("硝酸（CAS 7697-37-2）", "urn:suyuan:cas:7697-37-2", "code.piece"),
        ("7697-37-2。", "urn:suyuan:cas:7697-37-2", "cleaned.tail"),
        ("SSCC 340123453111111115", "https://id.gs1.org/00/340123453111111115", "cleaned.label"),
        ("GLN 6922266443114", "https://id.gs1.org/414/6922266443114", "cleaned.label"),
        ("HS CODE: 0203.12.00", "urn:suyuan:hs-code:02031200", "cleaned.label"),
    ],
)  # fmt: skip
def test_what_is_typed_otherwise_is_read_first_and_said(
    text: str, canonical: str, note: str
) -> None:
    best = recognise(text)[0]
    assert best.canonical == canonical
    assert best.valid
    assert note in notes(best)


@pytest.mark.parametrize(
    ("text", "canonicals"),
    [
        ("6901234567892 6922266443114", {ITEM, "https://id.gs1.org/01/06922266443114"}),
        ("6901234567892，6922266443114", {ITEM, "https://id.gs1.org/01/06922266443114"}),
        ("6901234567892/6922266443114", {ITEM, "https://id.gs1.org/01/06922266443114"}),
        ("6901234567892和6922266443114", {ITEM, "https://id.gs1.org/01/06922266443114"}),
        ("['6901234567892', '6922266443114']", {ITEM, "https://id.gs1.org/01/06922266443114"}),
        ("SC10633019702613\n91110000600037341L", {SC, USCC}),
        ("品名：番茄 生产许可证：SC10633019702613 条码：6901234567892", {SC, ITEM}),
        (f"{UNIT} {ITEM}/21/A2", {UNIT, f"{ITEM}/21/A2"}),
        (f"{TAG} 137060200001235", {TAG, "urn:suyuan:ear-tag:137060200001235"}),
        ("UN1203/UN1202", {PETROL, "urn:suyuan:un-number:UN1202"}),
        (
            "批准文号：国药准字H20123456，生产批号：20260101",
            {APPROVAL, "urn:suyuan:raw:-:20260101"},
        ),
        ("种子生产经营许可证号 D（湘益安）农种许字（2017）第001号 SC10633019702613", {SC}),
    ],
)  # fmt: skip
def test_of_several_codes_each_is_found_and_says_where(text: str, canonicals: set[str]) -> None:
    found = sound(text)
    assert canonicals <= found.keys()
    assert all(found[each].piece or "code.cut" in notes(found[each]) for each in canonicals)


GTINS = (
    st.integers(0, 10**11 - 1)
    .map(lambda n: f"69{n:010}"[:12])
    .map(lambda b: b + gs1_check_digit(b))
)


@given(
    st.lists(GTINS, min_size=2, max_size=8, unique=True),
    st.sampled_from([" ", "，", "\n", "; ", "、"]),
)
def test_no_gtin_of_a_list_is_lost(gtins: list[str], between: str) -> None:
    assert {f"https://id.gs1.org/01/0{each}" for each in gtins} <= sound(between.join(gtins)).keys()


def test_a_piece_whose_check_fails_is_told_too() -> None:
    wrong = [each for each in recognise("6901234567893 6922266443114") if not each.valid]
    assert [each.piece for each in wrong] == ["6901234567893"]
    (said,) = [each for each in recognise("id.gs1.org/01/06901234567893") if each.scheme == "gtin"]
    assert not said.valid
    assert "code.check" in notes(said)


def test_a_mark_that_may_belong_to_the_code_leaves_both_readings() -> None:
    assert [each.canonical for each in recognise(f"{UNIT}.") if each.scheme == "sgtin"] == [
        f"{UNIT}.", UNIT,
    ]  # fmt: skip
    assert {UNIT, f"{ITEM}/21/A"} <= sound(f"{ITEM}/21/A 1").keys()


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("04252614", "042100005264"), ("01234565", "012345000065"), ("01278906", "012000007896"),
        ("02345673", "023456000073"), ("01234531", "012300000451"), ("01234547", "012340000057"),
    ],
)  # fmt: skip
def test_eight_digits_may_be_a_shortened_upc_and_are_told_beside_others(
    short: str, whole: str
) -> None:
    assert upc_a(short)[:11] == whole[:11]
    if gs1_check_digit(upc_a(short)[:11]) == short[-1]:
        found = sound(short)
        assert "code.upc-e" in notes(found[f"https://id.gs1.org/01/00{whole}"])
        assert any(each.scheme == "hs-code" for each in found.values())


@given(st.integers(0, 1), st.integers(0, 999_999))
def test_a_shortened_upc_keeps_its_digits_in_their_order(system: int, body: int) -> None:
    """What is left without the zeros that were put in is what was put in without its own."""
    whole = upc_a(f"{system}{body:06}0")
    assert len(whole) == 12
    last = f"{body:06}"[5]
    kept = f"{body:06}"[:5] + (last if last not in "34" else "")
    assert sorted(whole[1:11].replace("0", "")) == sorted(kept.replace("0", ""))


def test_books_are_read_by_their_old_numbers_too() -> None:
    assert gtin_of_book("7111128060") == "9787111128069"
    assert gtin_of_book("16716809") == "9771671680006"
    assert gtin_of_book("16716808") == gtin_of_book("123") == ""
    assert "code.periodical" in notes(recognise("ISSN 1671-6809")[0])


@pytest.mark.parametrize(
    ("text", "note", "name"),
    [
        ("9787111128069", "code.book", "图书"),
        ("ISBN 978-7-111-12806-9", "code.book", "图书"),
        ("9790260000438", "code.book", "乐谱"),
        ("9771671680006", "code.periodical", "期刊"),
        ("2012345012341", "code.in-store", "店内码"),
        ("212345678992", "code.in-store", "店内码"),
        ("20123451", "code.in-store", "店内码"),
        ("0512345678900", "code.coupon", "优惠券"),
        ("512345678900", "code.coupon", "优惠券"),
        ("9812345123458", "code.coupon", "优惠券"),
        ("9912345123457", "code.coupon", "优惠券"),
        ("9521234567897", "code.demonstration", "演示"),
    ],
)  # fmt: skip
def test_false_friends_among_bar_codes_are_called_what_they_are(
    text: str, note: str, name: str
) -> None:
    digits = text.removeprefix("ISBN ").replace("-", "")
    right = digits[:-1] + gs1_check_digit(digits[:-1])
    found = next(each for each in recognise(text.replace(digits, right)) if each.scheme == "gtin")
    assert note in notes(found)
    assert found.name.zh.startswith(name)
    assert found.issued_by is not None
    assert "GS1 成员组织" not in found.issued_by.zh
    assert (found.score <= 60) == text.isdigit()  # the word for a book speaks for it
    assert not any(each.scheme == "gln" for each in recognise(right))


@pytest.mark.parametrize(
    "body", ["978711112806", "977167168000", "201234501234", "051234567890", "981234512345",
             "990000000000", "980123412341", "952123456789", "979026000043"],
)  # fmt: skip
def test_what_a_prefix_means_says_its_source_and_that_it_was_not_confirmed(body: str) -> None:
    found = next(each for each in recognise(body + gs1_check_digit(body)) if each.scheme == "gtin")
    (said,) = [each.text for each in found.notes if each.code == "code.by-unverified"]
    assert "GS1 General Specifications §1.4.2" in said.zh
    assert "未对照原文核实" in said.zh
    assert "not confirmed" in said.en


def test_the_ranges_of_un_numbers_say_their_source_and_are_marked_unverified() -> None:
    scheme = scheme_of("un-number")
    assert scheme is not None
    assert "第23修订版" in scheme.source
    assert not recognise("UN1203")[0].verified


@given(st.integers(0, 9999))
@example(9999)
@example(0)
def test_a_un_number_is_sound_only_within_the_published_ranges(number: int) -> None:
    text = f"UN{number:04}"
    found = next(each for each in recognise(text) if each.scheme == "un-number")
    assert found.valid == (4 <= number <= 514 or 1001 <= number <= 3560)
    assert ("code.un-unknown" in notes(found)) != found.valid


@pytest.mark.parametrize(
    "text",
    [
        "粤食药监械生产许20150001号", "浙农许字20230001", "许可证编号：20230001", "鲁饲添20140123",
        "检疫证号：3301234567", "生产日期 20260101", "联系电话 02131200", "订单号：0203120090",
        "营业执照 02031200", "批号 20260101", "单号02031200",
    ],
)  # fmt: skip
def test_no_customs_code_is_read_out_of_a_paper_or_date(text: str) -> None:
    for each in recognise(text):
        if each.scheme == "hs-code":
            assert not each.valid
            assert "code.other-label" in notes(each)
    best = next(iter(recognise(text)), None)
    assert best is None or best.scheme != "hs-code" or not best.valid


def test_a_day_may_be_a_customs_code_and_is_doubted() -> None:
    found = next(each for each in recognise("20260101") if each.scheme == "hs-code")
    assert "code.dated" in notes(found)
    assert found.score < 10


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("批号：B7", "lot"), ("批号 20260101", "lot"), ("LOT B7", "lot"), ("Batch No. 7-1A", "lot"),
        ("SN 12345", "item"), ("S/N: 6901234567892", "item"), ("序列号：A12", "item"),
        ("许可证编号：20230001", "document"), ("渔药字(2015)010012345", "document"),
        ("运单号：SF1234567890123", "document"),
    ],
)  # fmt: skip
def test_a_number_that_is_its_makers_own_says_whose_name_is_missing(text: str, scheme: str) -> None:
    best = recognise(text)[0]
    assert best.scheme == scheme
    assert "code.issuer" in notes(best)
    assert best.canonical.startswith("urn:suyuan:raw:-:")


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "张三 13812345678",
        "2026年1月1日",
        "￥12.50",
        "浙江省杭州市西湖区文三路",
        "REF 12345",
        "500g",
    ],
)
def test_what_is_no_code_stays_none(text: str) -> None:
    assert sound(text) == {}


@given(st.text(max_size=60), st.sampled_from([UNIT, "6901234567892", "SC10633019702613", "UN1203"]))
def test_what_stands_around_a_code_never_makes_it_fail(around: str, code: str) -> None:
    for each in recognise(f"{around}{code}{around}"):
        assert all(said.text.zh and said.text.en for said in each.notes)
        assert each.piece is None or each.piece


@pytest.mark.parametrize(
    ("text", "scheme", "note"),
    [
        ("食品生产许可证编号：SC10633010612345", "sc-licence", "code.check"),
        ("食品经营许可证编号：JY13301060012345", "jy-licence", "code.check"),
        ("食品经营许可证编号：JY1330106001234", "jy-licence", "code.size"),
        ("JY1330106001234", "jy-licence", "code.size"),
        ("国药准字Z4502142", "drug-approval", "code.size"),
        ("农药登记证号：PD2015123", "pesticide-registration", "code.size"),
        ("PD201512345", "pesticide-registration", "code.size"),
        ("浙饲证(2019)1012", "feed-compound", "code.size"),
        ("药品追溯码：8123456789012345678", "drug-trace", "code.size"),
        ("药品追溯码：812345678901234567890", "drug-trace", "code.size"),
        ("GLN: 692226644311", "gln", "code.size"),
    ],
)
def test_what_says_whose_code_it_is_and_is_not_of_its_form_is_told_first_and_why(
    text: str, scheme: str, note: str
) -> None:
    best = recognise(text)[0]
    assert (best.scheme, best.valid) == (scheme, False)
    assert note in notes(best)


@given(st.integers(1, 24))
def test_the_number_of_places_that_is_told_is_right(size: int) -> None:
    text = f"JY{'1' * size}"
    told = [each for each in recognise(text) if "code.size" in notes(each)]
    if size == 14 or not 6 <= size <= 30:
        assert told == []
    else:
        (said,) = [each.text.en for each in told[0].notes if each.code == "code.size"]
        assert "has 16 letters" in said
        assert f"here are {size + 2}." in said


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("(00)069077770000000001", "sscc"), ("(402)69077771234567897", "gsin"),
        ("(414)6907777000018", "gln"), ("(00)069077770000099998", "sscc"),
        ("(415)6922266443115", "payee"), ("【01】06901234567893", "gtin"),
    ],
)  # fmt: skip
def test_an_application_identifier_in_brackets_leaves_no_other_scheme(
    text: str, scheme: str
) -> None:
    assert {each.scheme for each in recognise(text)} == {scheme}


@pytest.mark.parametrize(
    "text",
    [
        "https://2dcode.org/010690123456789210B7%1D21S5",
        "FNC1010690123456789210B7FNC121S5",
        "QRCODE: 010690123456789210B7<GS>21S5",
        "QRCODE:(01)06901234567892(10)B7(21)S5",
    ],
)
def test_escaped_and_spelled_separators_part_the_lot_from_the_serial(text: str) -> None:
    assert recognise(text)[0].canonical == f"{ITEM}/21/S5"
    assert recognise(text)[0].lot == f"{ITEM}/10/B7"


def test_a_lot_may_hold_the_letters_of_a_separator() -> None:
    assert recognise("(01)06901234567892(10)FNC101")[0].canonical == f"{ITEM}/10/FNC101"


def test_six_digits_are_a_commodity_only_where_a_label_or_the_dot_of_tariffs_says_so() -> None:
    for text in ("HS 0203.12", "0203.12", "海关商品编号：020312", "urn:suyuan:hs-code:020312"):
        assert recognise(text)[0].canonical == "urn:suyuan:hs-code:020312"
    for text in ("330106", "33.0106", "区划 330106"):
        assert "hs-code" not in {each.scheme for each in recognise(text)}


def test_a_bare_uuid_is_one_and_no_bar_code() -> None:
    (found,) = recognise("2F0A4B5C-1d2e-4f3a-8b6c-012345678901")
    assert found.canonical == "urn:uuid:2f0a4b5c-1d2e-4f3a-8b6c-012345678901"
    assert "code.bare-uuid" in notes(found)


def test_a_mistyped_element_string_still_names_its_parts() -> None:
    (found,) = recognise("(01)06901234567893(17)271231(10)B7")
    assert not found.valid
    assert {each.name: each.value for each in found.parts} == {
        "ai-01": "06901234567893", "ai-17": "271231", "ai-10": "B7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("010690123456789210B7%1D21S5", "code.escaped"),
        ("%1D010690123456789210B7%1d21S5", "code.escaped"),
        ("%2801%2906901234567892%2810%29B7%2821%29S5", "code.escaped"),
        ("https%3A%2F%2Fid.gs1.org%2F01%2F06901234567892%2F10%2FB7%2F21%2FS5", "code.escaped"),
        ("010690123456789210B7FNC121S5", "code.spelled"),
        ("FNC1 010690123456789210B7 FNC1 21S5", "cleaned.separator"),
        ("<FNC1>(01)06901234567892(10)B7<FNC1>(21)S5", "cleaned.separator"),
        ("010690123456789210B7 {GS} 21S5", "cleaned.separator"),
        ("]C1 010690123456789210B7<FNC1>21S5", "cleaned.symbology"),
        ("QRCODE:]Q3010690123456789210B7{GS}21S5", "cleaned.symbology"),
        ("QR-Code: FNC1010690123456789210B7FNC121S5", "cleaned.label"),
        ("Data Matrix：010690123456789210B7<GS>21S5", "cleaned.label"),
        ("GS1-128: (01)06901234567892(10)B7(21)S5", "cleaned.label"),
    ],
)
def test_prefixes_separators_and_escapes_are_forgiven_and_said(text: str, note: str) -> None:
    best, *others = recognise(text)
    assert (best.canonical, best.lot) == (f"{ITEM}/21/S5", f"{ITEM}/10/B7")
    assert note in notes(best)
    assert all(each.piece is None for each in (best, *others))


def test_a_lot_may_hold_what_looks_like_an_escape() -> None:
    assert f"{ITEM}/10/B7%251D" in sound("010690123456789210B7%1D")
    assert recognise("(01)06901234567892(10)50%2F")[0].canonical == f"{ITEM}/10/50%252F"


def test_of_too_many_codes_the_last_that_is_read_says_that_there_are_more() -> None:
    bodies = [f"69{n:010}" for n in range(40)]
    texts = [body + gs1_check_digit(body) for body in bodies]
    for between in (" ", "\n"):
        read = [each for each in recognise(between.join(texts)) if each.scheme == "gtin"]
        assert len(read) == 32
        assert [each.piece for each in read if "code.more-pieces" in notes(each)] == [texts[31]]
        few = recognise(between.join(texts[:32]))
        assert {each.piece for each in few if each.scheme == "gtin"} == set(texts[:32])
        assert not any("code.more-pieces" in notes(each) for each in few)


@pytest.mark.parametrize(
    ("text", "scheme", "has"),
    [
        ("8385793000087976666", "drug-trace", "20"), ("838579300008797666600", "drug-trace", "20"),
        ("追溯码：8385793000087976666", "drug-trace", "20"), ("690123456789", "gtin", "13"),
        ("69012345678921", "gtin", "13"), ("9133010079965505B", "uscc", "18"),
        ("913301007996550588B", "uscc", "18"),
        ("20200115001231234567890", "veterinary-trace", "24"),
        ("SSCC 34012345311111111", "sscc", "18"), ("耳标 13301061234567", "ear-tag", "15"),
        ("电梯注册代码 34103301062006010", "special-equipment-registration", "20"),
    ],
)  # fmt: skip
def test_a_place_too_few_or_many_is_told_with_the_scheme_and_how_many_it_has(
    text: str, scheme: str, has: str
) -> None:
    best = recognise(text)[0]
    assert (best.scheme, best.valid) == (scheme, False)
    (said,) = [each.text for each in best.notes if each.code == "code.size"]
    found = sum(each.isdigit() or "A" <= each <= "B" for each in text)
    assert f"共 {has} 个，这里是 {found} 个" in said.zh
    assert f"has {has} letters and digits; here are {found}." in said.en


@given(st.sampled_from(["订单号 ", "联系电话：", "生产日期 "]), st.integers(11, 32))
def test_what_a_label_says_is_something_else_is_not_nearly_a_code(label: str, size: int) -> None:
    for each in recognise(f"{label}8{'1' * (size - 1)}"):
        assert "code.size" not in notes(each)


@pytest.mark.parametrize(
    "text", ["HS 0203.12", "HS编码 0203.12", "海关编码：0203120000", "商品编码 0203120000"]
)
def test_what_a_label_says_leaves_no_failing_reading_by_length_alone(text: str) -> None:
    assert {each.scheme for each in recognise(text)} == {"hs-code"}


def test_what_stands_behind_a_label_is_nothing_that_the_label_denies() -> None:
    for text in ("SSCC 34012345311111111", "电梯注册代码 34103301062006010"):
        assert not any(each.valid for each in recognise(text))


@pytest.mark.parametrize("text", ["( 00 )340123453111111115", "(00) 3401 2345 3111 1111 15"])
def test_spaces_in_the_data_of_a_key_are_forgiven(text: str) -> None:
    assert recognise(text)[0].canonical == "https://id.gs1.org/00/340123453111111115"
    assert {each.scheme for each in recognise(text)} == {"sscc"}


@pytest.mark.parametrize(
    "text", ["国药准字HJ20160001", "国药准字SC20210012", "批准文号 ZJ20180002"]
)
def test_an_approval_of_what_is_made_abroad_is_read_and_marked_unverified(text: str) -> None:
    best = recognise(text)[0]
    assert (best.scheme, best.valid, best.verified) == ("drug-approval-abroad", True, False)
    assert "drug-approval" not in {each.scheme for each in recognise(text)}


def test_an_old_lift_is_told_before_the_mark_of_its_length() -> None:
    assert [each.scheme for each in recognise("31101023420050012")] == [
        "special-equipment-old", "organic-mark",
    ]  # fmt: skip
    assert [each.scheme for each in recognise("电梯注册代码：31101023420050012") if each.valid] == [
        "special-equipment-old"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "https://id.gs1.org/01/06901234567893",
        "https://id.gs1.org/01/0690123456789",
        "https://id.gs1.org/01/06901234567892/21/" + "A" * 21,
        "https://id.gs1.org/00/137060200001234567",
        "urn:epc:id:sgtin:690123.056789.1",
        "urn:epc:class:lgtin:6901234.05678.A",
        "urn:epc:id:bic:ABCU1234567",
    ],
)
def test_a_name_of_gs1_that_is_wrong_is_no_other_sound_name_or_code(text: str) -> None:
    found = recognise(text)
    assert found
    assert not any(each.valid for each in found)


def test_what_a_tag_says_is_no_code_of_other_schemes() -> None:
    found = recognise("urn:epc:tag:sgtin-96:3.6901234.056789.1")
    assert [each.scheme for each in found] == ["sgtin"]


@pytest.mark.parametrize("form", ["动物A", "动物B", "产品A", "产品B"])
@pytest.mark.parametrize(
    "written",
    [
        "{} 3700012345",
        "{}：3700012345",
        "动物检疫合格证明（{}）3700012345",
        "动物检疫合格证明({}) No. 3700012345",
        "检疫证 {} 3700012345",
    ],
)
def test_the_form_of_a_quarantine_certificate_is_no_part_of_its_number(
    written: str, form: str
) -> None:
    first = recognise(written.format(form))[0]
    assert (first.scheme, first.parts[0].value) == ("quarantine-certificate", "3700012345")


def test_an_article_number_behind_a_products_letter_stays_one() -> None:
    assert recognise("产品A 6901234567892")[0].canonical == ITEM


@given(st.integers(10**9, 10**10 - 1).map(str))
def test_eleven_digits_are_a_upc_without_its_zero_unless_they_are_a_telephone(body: str) -> None:
    number = body + gs1_check_digit(f"0{body}")
    found = [each for each in recognise(number) if each.scheme == "gtin" and each.valid]
    is_mobile = number[0] == "1" and number[1] in "3456789"
    assert [each.canonical for each in found] == (
        [] if is_mobile else [f"https://id.gs1.org/01/000{number}"]
    )
    assert all("code.suppressed" in notes(each) for each in found)


@given(st.sampled_from([TAG.rpartition(":")[2], "6901234567892", "37060000400010000003"]))
def test_what_a_spreadsheet_made_of_a_code_reads_as_the_code(code: str) -> None:
    plain = [each.canonical for each in recognise(code) if each.valid]
    for made in (f'="{code}"', f"'{code}", f"{code}.0"):
        found = [each for each in recognise(made) if each.valid]
        assert [each.canonical for each in found] == plain, made
        assert all("cleaned.table" in notes(each) for each in found), made


@pytest.mark.parametrize("text", ["0401.20", "3707.10", "0401.20.00", "0401.2000", "0401 20 00 00"])
def test_a_commodity_is_read_as_tariffs_write_it(text: str) -> None:
    first = recognise(text)[0]
    digits = "".join(each for each in text if each.isdecimal())
    assert (first.canonical, first.valid) == (f"urn:suyuan:hs-code:{digits}", True)


@pytest.mark.parametrize(
    "label", ["电话", "手机", "传真", "邮编", "微信", "日期", "金额", "数量", "净重"]
)
@given(code=st.sampled_from(["231-791-2", "6901234567892", "12345678", "330106", "13812345678"]))
def test_what_a_label_says_is_no_code_is_none_or_the_last_thought_of(label: str, code: str) -> None:
    found = recognise(f"{label}：{code}")
    assert all(each.valid and each.score <= 8 for each in found), found
    assert all("code.no-code" in notes(each) for each in found), found


def test_a_persons_number_behind_any_label_is_masked() -> None:
    assert recognise("电话 110101199003070134")[0].scheme == "resident-id"


@given(st.sampled_from(sorted(all_divisions())))
def test_a_city_by_four_digits_and_a_labelled_province_are_told_with_the_whole_code(
    code: str,
) -> None:
    short = code.removesuffix("00").removesuffix("00")
    for text, score in ((short, 20), (f"行政区划代码：{short}", 50)):
        found = {each.canonical: each for each in recognise(text)}
        if text == short and len(short) == 2:
            assert found == {}
        elif len(short) < 6:
            each = found[f"urn:suyuan:division:{code}"]
            assert each.score < score
            assert "code.short-division" in notes(each)


def test_a_registration_is_not_told_as_an_older_one_too() -> None:
    assert {each.scheme for each in recognise("PD20120934")} == {"pesticide-registration"}


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_an_article_number_with_one_wrong_digit_is_told_as_one(body: str, at: int, by: int) -> None:
    whole = body + gs1_check_digit(body)
    wrong = whole[:at] + str((int(whole[at]) + by) % 10) + whole[at + 1 :]
    found = recognise(wrong)
    before = found[: [each.scheme for each in found].index("gtin")]
    for each in before:  # for these a day, a division that there is, or 869 speaks
        assert each.scheme in {"detonator", "mv-operator", "drug-standard-code"}, found
        assert not notes(each) & {"code.division_unknown", "code.division"}, found
    assert found[len(before)].check == "failed"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("(01)06901234567891(21)AB12", f"{ITEM}/21/AB12"),
        ("(10)L1(01)06901234567891(21)AB12", f"{ITEM}/21/AB12"),
        ("https://id.example.com/01/06901234567891/10/LOT9", f"{ITEM}/10/LOT9"),
        ("(414)6922266443115(254)A1", "https://id.gs1.org/414/6922266443114/254/A1"),
    ],
)
def test_what_a_wrong_check_digit_would_be_keeps_all_that_stands_behind(
    text: str, name: str
) -> None:
    (said,) = [each for each in recognise(text)[0].notes if each.code == "code.needs-check"]
    assert name in said.text.zh
    assert f"{name}." in said.text.en


@pytest.mark.parametrize("number", ["110101199003070134", "330106198001010012"])
@pytest.mark.parametrize("written", ["(01)06901234567892(21){}", f"{ITEM}/21/{{}}"])
def test_a_serial_like_a_persons_number_hides_no_product(written: str, number: str) -> None:
    found = recognise(written.format(number))
    assert {each.scheme for each in found} >= {"resident-id", "gtin"}
    assert next(each for each in found if each.scheme == "gtin").canonical == ITEM
    assert number[6:] not in repr(found)


@pytest.mark.parametrize("ai", ["9999", "309", "27", "05"])
def test_an_identifier_that_there_is_not_is_told_as_that(ai: str) -> None:
    for text in (f"({ai})12", f"(01)06901234567892({ai})12"):
        (said,) = [each for each in recognise(text)[0].notes if each.code == "code.unknown-ai"]
        assert f" {ai}" in said.text.zh


@pytest.mark.parametrize("sign", ["^", "~", "<GS>", "{GS}", "\x1d", "␝", "\\x1d"])
@pytest.mark.parametrize("before", ["(01)06901234567892(10)B7", "010690123456789210B7"])
def test_a_separator_of_any_spelling_ends_what_stands_before(before: str, sign: str) -> None:
    first = recognise(f"{before}{sign}21A1")[0]
    assert (first.canonical, first.valid) == (UNIT, True)
    assert {part.value for part in first.parts} == {"06901234567892", "B7", "A1"}
    said = {"code.mixed-elements", "code.spelled-mark", "cleaned.separator"}
    assert notes(first) & said or sign == "\x1d"


@pytest.mark.parametrize(
    ("label", "code", "scheme"),
    [
        ("GTIN", "16901234567899", "gtin"), ("EAN", "6901234567892", "gtin"),
        ("UPC", "036000291452", "gtin"), ("GLN", "6923456700017", "gln"),
        ("SSCC", "369234567890123453", "sscc"), ("USCC", "91110000600037341L", "uscc"),
        ("CAS", "7732-18-5", "cas"),
    ],
)  # fmt: skip
def test_a_label_that_is_written_together_with_its_code_is_read(
    label: str, code: str, scheme: str
) -> None:
    for text in (label + code, label.lower() + code, f"{label} {code}"):
        first = recognise(text)[0]
        assert (first.scheme, first.valid, first.check) == (scheme, True, "passed")
        assert first.canonical == recognise(f"{label}：{code}")[0].canonical
