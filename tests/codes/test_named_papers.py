"""The name of a paper before its number: the whole number is read, however it is written."""

import pytest

from suyuan.codes import recognise

PESTICIDES = "urn:suyuan:pesticide-licence:%E5%86%9C%E8%8D%AF%E7%94%9F%E8%AE%B8%28%E9%B2%81%290012"


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("农药生产许可证 农药生许（鲁）0012", "pesticide-licence"),
        ("农药生产许可证编号 农药生许（鲁）0012", "pesticide-licence"),
        ("农药生产许可证 农药生许鲁0012", "pesticide-licence"),
        ("农药生产许可证　农药生许(鲁)0012", "pesticide-licence"),
        ("饲料生产许可证 浙饲证（2019）01234", "feed-compound"),
        ("饲料添加剂生产许可证 苏饲添（2020）T05012", "feed-additive-approval"),
    ],
)
def test_behind_the_name_of_a_paper_and_a_space_the_whole_number_is_read(
    text: str, scheme: str
) -> None:
    found = recognise(text)
    assert found[0].scheme == scheme
    assert found[0].valid
    assert "document" not in {each.scheme for each in found}
    if scheme == "pesticide-licence":
        assert found[0].canonical == PESTICIDES


@pytest.mark.parametrize("sign", ["No ", "No.", "NO.", "No. ", "No：", "№", "№ ", "№：", "no:", ""])
@pytest.mark.parametrize("name", ["动物检疫合格证明", "动物检疫合格证明 ", "检疫证明（动物A）"])
def test_a_quarantine_certificate_has_one_reading_and_name(name: str, sign: str) -> None:
    found = recognise(f"{name}{sign}3700123456")
    assert [(each.scheme, each.canonical) for each in found if each.valid] == [
        ("quarantine-certificate", "urn:suyuan:raw:-:3700123456")
    ]
    assert not [each for each in found if not each.valid]


@pytest.mark.parametrize("text", ["№3700123456", "№ 3700123456", "No.3700123456"])
def test_ten_digits_behind_the_word_for_a_number_may_be_a_certificate(text: str) -> None:
    best = recognise(text)[0]
    assert best.scheme == "quarantine-certificate"
    assert "code.maybe-certificate" in {each.code for each in best.notes}
