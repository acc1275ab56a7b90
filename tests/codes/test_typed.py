"""Codes as people type and paste them: what is forgiven, what is told, by each scheme's rule."""

from urllib.parse import unquote

import pytest

from suyuan.codes import recognise
from suyuan.codes.unknown import likeness

DRUG = "81234567890123456789"
ITEM, LOT = "https://id.gs1.org/01/06901234567892", "https://id.gs1.org/01/06901234567892/10/B7"
READ = [
    # a dash parts the two numbers of an old registration: spaces about it say nothing else
    ("PDN2 -88", "urn:suyuan:pesticide-registration-old:PDN2-88", "code.dash-spaced"),
    ("pdn2- 88", "urn:suyuan:pesticide-registration-old:PDN2-88", "code.dash-spaced"),
    ("PD N2 - 88", "urn:suyuan:pesticide-registration-old:PDN2-88", "code.dash-spaced"),
    ("ＰＤＮ２－８８", "urn:suyuan:pesticide-registration-old:PDN2-88", "cleaned.wide"),
    # PD86101 is another registration than PD86101-2
    ("PD86101 - 2", "urn:suyuan:pesticide-registration-early:PD86101-2", "code.dash-spaced"),
    # the form has brackets, which keyboards make awkward
    ("农药生许鲁0060", "urn:suyuan:pesticide-licence:农药生许(鲁)0060", "code.brackets-put"),
    ("农药生许【鲁】0060", "urn:suyuan:pesticide-licence:农药生许(鲁)0060", "cleaned.brackets"),
    ("农药生许 (鲁) 0060 号", "urn:suyuan:pesticide-licence:农药生许(鲁)0060", "code.number-sign"),
    ("A京农种许字2020第0001号", "urn:suyuan:seed-licence:A(京)农种许字(2020)第0001号",
     "code.brackets-put"),
    # an approval has no word for number behind it
    ("兽药字〔2014〕150010001号", "urn:suyuan:veterinary-approval:兽药字(2014)150010001",
     "code.number-sign"),
    # a health food's filing: origin, year, province, six digits (Measures of 2016, art. 51)
    ("食健备G202033001234", "urn:suyuan:health-food-filing:食健备G202033001234", ""),
    ("备案号：食健备g2020 3300 1234", "urn:suyuan:health-food-filing:食健备G202033001234",
     "cleaned.case"),
    # a second, shorter label in brackets behind the first
    ("联合国危险货物编号（UN号）：1203", "urn:suyuan:un-number:UN1203", "code.called"),
    ("联合国编号（UN No.）：1203", "urn:suyuan:un-number:UN1203", "code.called"),
    ("品名：汽油 联合国危险货物编号（UN号）：1203", "urn:suyuan:un-number:UN1203", "code.called"),
    ("化学文摘号（CAS号）：67-64-1", "urn:suyuan:cas:67-64-1", "code.called"),
    # a province before a production licence belongs in brackets
    ("鲁XK13-001-00001",
     "urn:suyuan:production-licence-of-province:(鲁)XK13-001-00001", "code.brackets-put"),
    # a seed label on one line, with its crop, with its address and without
    ("作物种类：玉米 品种名称：郑单958 生产经营者名称：某公司 单元识别代码：A7012345678901234",
     "urn:suyuan:seed-unit:某公司:A7012345678901234", ""),
    ("品种名称：郑单958  进口商名称： 某 公司；单元识别代码：A7 追溯网址：http://a.cn/s",
     "urn:suyuan:seed-unit:某 公司:A7", ""),
    # twenty digits behind the word are the drug's code, however they are grouped
    (f"追溯码:{DRUG}", f"urn:suyuan:drug-trace:{DRUG}", "cleaned.label"),
    (f"【药品追溯码】{DRUG}", f"urn:suyuan:drug-trace:{DRUG}", "cleaned.brackets"),
    (f"【（{DRUG}）】", f"urn:suyuan:drug-trace:{DRUG}", "cleaned.quotes"),
    (f"追溯码：\n{DRUG}", f"urn:suyuan:drug-trace:{DRUG}", "cleaned.label"),
    ("追溯码 8123456789 0123456789 批号20230501", f"urn:suyuan:drug-trace:{DRUG}", "code.piece"),
    ("追溯码 8123456789 0123456789 SN A1", f"urn:suyuan:drug-trace:{DRUG}", "code.piece"),
    ("统一社会信用代码 9133 0106 6739 5965 4P 地址 杭州", "urn:suyuan:uscc:91330106673959654P",
     "code.piece"),
    # labels glued to what they name
    ("商品条码：6901234567892 批号B7 生产日期2023-05-01", LOT, "code.together"),
    ("条码6901234567892批号B7", LOT, "code.together"),
    # data of one thing, an identifier on each line, or marks between them
    ("(01)06901234567892\n(10)B7\r\n(17)271231", LOT, "cleaned.lines"),
    ("（01）06901234567892\n（10）B7", LOT, "cleaned.lines"),
    ("(01)06901234567892，(10)B7；(17)271231", LOT, "code.ai-marks"),
    ("((01)06901234567892)", ITEM, ""),
    ("【(01)06901234567892(10)B7】", LOT, "cleaned.quotes"),
    ("(O1)06901234567892(1O)B7", LOT, "code.letters"),
    ("01)06901234567892(10)B7", LOT, "cleaned.ai-brackets"),
    # the bracket of the words behind a link is no part of a serial number
    ("扫码：https://id.gs1.org/01/06901234567892/10/B7（官方）", LOT, "code.cut"),
    ("https：//id.gs1.org/01/06901234567892/10/B7", LOT, "cleaned.wide"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "said"), READ)
def test_what_is_typed_is_read_first_as_what_was_meant(text: str, name: str, said: str) -> None:
    best = recognise(text)[0]
    assert best.valid
    assert unquote(best.canonical) == unquote(name)
    assert not said or said in {each.code for each in best.notes}


FAILS = [
    # a character of the social credit code is missing: 17 digits may be an organic mark as well
    ("91330106673959654", "uscc", "code.size"),
    # ten digits behind the word for a trace code are no commodity of the customs
    ("追溯码:8123456789", "hs-code", "code.other-label"),
    ("PDN288", "pesticide-registration-old", "code.form"),
    ("农药生许（鲁0060", "pesticide-licence", "code.form"),
    ("食健备G20203301234", "health-food-filing", "code.size"),
    # half-typed
    ("(01)06901234567892(10)", "gtin", "code.element"),
    ("(01)0690123456789", "gtin", "code.check"),
    ("https://id.gs1.org/01/06901234567892/10/", "gtin", "code.length"),
    ("SC1063301970261", "sc-licence", "code.size"),
    ("国药准字H2012345", "drug-approval", "code.size"),
    ("urn:epc:id:sgtin:6901234.056789", "sgtin", "code.form"),
]


@pytest.mark.parametrize(("text", "scheme", "said"), FAILS)
def test_what_is_half_typed_is_told_as_failing(text: str, scheme: str, said: str) -> None:
    failing = [each for each in recognise(text) if each.scheme == scheme]
    assert [each.valid for each in failing] == [False]
    assert said in {each.code for each in failing[0].notes}


def test_two_things_on_two_lines_stay_two() -> None:
    found = recognise("(01)06901234567892\n(01)06922266443114")
    assert {each.canonical for each in found if each.valid} == {
        ITEM, "https://id.gs1.org/01/06922266443114",
    }  # fmt: skip


def test_marks_that_may_be_data_are_read_as_data_too() -> None:
    names = [each.canonical for each in recognise("(01)06901234567892(10)B7,(17)271231")]
    assert "https://id.gs1.org/01/06901234567892/10/B7%2C" in names
    assert LOT in names


@pytest.mark.parametrize("text", ["GB7718", "gb 7718", "GB/T 1234", "NY/T 391", "DB33/T 1234"])
def test_a_standard_without_its_year_is_told_as_one(text: str) -> None:
    assert not any(each.valid for each in recognise(text))
    like = likeness(text)
    assert like is not None
    assert "标准" in like.text.zh


@pytest.mark.parametrize("text", ["SN7718", "QB12345", "LS20071573", "NY391"])
def test_two_letters_and_digits_alone_are_no_standard(text: str) -> None:
    like = likeness(text)
    assert like is None or "标准的编号" not in like.text.zh


def test_an_organic_mark_that_may_be_a_credit_code_cut_short_is_doubted() -> None:
    best = recognise("91330106673959654")[0]
    assert (best.scheme, best.valid) == ("organic-mark", True)
    assert "code.maybe-credit" in {each.code for each in best.notes}
    sure = recognise("12345678901234567")[0]
    assert (sure.scheme, {each.severity for each in sure.notes}) == ("organic-mark", {"info"})


GROUPED = [
    "6901234567892", "06901234567892", "133010600001234", "91330106673959654P",
    DRUG, "202001150012312345678901", "11234561234567890123456789012345",
]  # fmt: skip


@pytest.mark.parametrize("code", GROUPED, ids=len)
def test_groups_behind_a_word_for_a_code_are_together_one_of_each_length(code: str) -> None:
    groups = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
    found = recognise(f"编码 {groups} 生产日期 2026-03-01 某厂")
    whole = [each for each in found if each.valid and code in each.canonical]
    assert whole
    assert any(each.piece for each in whole)
