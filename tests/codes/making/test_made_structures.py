"""Structures that enterprises fill in: what they compose is what the recogniser reads."""

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import is_gs1_checked, making, read_identifier, recognise, resolvers
from suyuan.codes.clean import clean
from suyuan.codes.making.carriers import link, maker_address, require_product, seed_lines
from suyuan.codes.making.packing import containers_needed, packed, relation_rows
from suyuan.codes.making.reading import slots
from suyuan.codes.making.structures import (
    STATE_ISSUED,
    STRUCTURES,
    code_of,
    is_sound,
    name_of,
    proves,
    serial_room,
    stem_of,
    structure,
)
from suyuan.codes.making.types import MakingError, Slot
from suyuan.codes.printed import BEHIND_ADDRESS
from suyuan.codes.registry import all_schemes, named_schemes
from suyuan.codes.types import Scheme

HANDBOOK = Path(__file__).parents[3] / "docs" / "howto" / "codes.md"
PARTY = "https://id.gs1.org/417/6901234000016"
GTIN = "06901234567892"
STEMS = {
    "sgtin": GTIN,
    "lgtin": GTIN,
    "sscc": "06901234",
    "pesticide-unit": "10929272001",
    "seed-unit": "A701",
    "mv-trace": "3706000040001",
}


def serial_of(scheme: str, draw: st.DataObject) -> str:
    of = structure(scheme)
    room = serial_room(of, STEMS[scheme])
    least = room if of.serial_length or scheme == "sscc" else 1
    return draw.draw(st.text(of.alphabet, min_size=least, max_size=room))


@pytest.mark.parametrize("scheme", STRUCTURES)
@given(st.data())
def test_what_is_composed_is_read_back_as_the_same_name(scheme: str, data: st.DataObject) -> None:
    of = structure(scheme)
    serial = serial_of(scheme, data)
    name = name_of(of, STEMS[scheme], serial, party=PARTY)
    assert read_identifier(name, capturer=PARTY).uri == name
    code = code_of(of, STEMS[scheme], serial)
    known = [each for each in recognise(code) if each.scheme == scheme]
    if known and not of.scoped:  # a scoped code alone does not say whose it is
        assert known[0].valid
        assert known[0].canonical == name
    assert known or scheme in {"pesticide-unit", "seed-unit"}


@pytest.mark.parametrize("scheme", STRUCTURES)
@given(st.data())
def test_every_printed_symbol_is_recognised_as_the_name_of_what_bears_it(
    scheme: str, data: st.DataObject
) -> None:
    of, base = structure(scheme), "http://t.example.cn:8080/q"
    serial, known = serial_of(scheme, data), resolvers.hosts([base])
    words = st.text("郑单（9）5a:： .ß;", min_size=1, max_size=20).map(str.strip).filter(bool)
    maker = data.draw(words)
    name, code = name_of(of, STEMS[scheme], serial, party=maker), code_of(of, STEMS[scheme], serial)
    said = link(name, code, base, known)
    if of.scoped:
        said = seed_lines(data.draw(words), maker, code, said)
    else:
        assert read_identifier(said, capturer=PARTY, resolvers=known).uri == name
    found = recognise(said, known)[0]
    assert (found.scheme, found.canonical, found.valid) == (scheme, name, True)
    if of.scoped:
        assert next(slots(said)) == Slot(scheme, STEMS[scheme], serial)


@pytest.mark.parametrize("scheme", ["sgtin", "lgtin"])
@given(st.data())
def test_a_makers_address_of_a_product_names_it_at_once_and_in_every_event(
    scheme: str, data: st.DataObject
) -> None:
    of, base = structure(scheme), "https://maker.example.cn/q"
    serial, known = serial_of(scheme, data), resolvers.hosts([base])
    name = name_of(of, GTIN, serial, party=PARTY)
    said = maker_address(name, base, known)
    assert said == f"{base}/gtin/{GTIN}/{'ser' if scheme == 'sgtin' else 'bat'}/{serial}"
    assert read_identifier(said, capturer=PARTY, resolvers=known).uri == name
    for hosts in (known, resolvers.hosts([])):  # whoever scans it, knowing the maker or not
        found = recognise(said, hosts)[0]
        assert (found.scheme, found.canonical, found.valid) == (scheme, name, True)


@pytest.mark.parametrize("scheme", sorted(STRUCTURES.keys() - {"sgtin", "lgtin"}))
def test_what_has_no_gtin_has_no_product_qr_code(scheme: str) -> None:
    of = structure(scheme)
    serial = of.alphabet[2] * (of.serial_length or serial_room(of, STEMS[scheme]))
    with pytest.raises(MakingError, match="GTIN"):
        require_product(name_of(of, STEMS[scheme], serial, party=PARTY))


def test_a_seed_code_has_one_name_in_every_dress_and_keeps_its_case() -> None:
    four = ("郑单958", "某种业", "aBcd1", "http://e.cn/s")
    heads = ("品种名称", "生产经营者名称", "单元识别代码", "追溯网址")
    labelled = [f"{head}：{line}" for head, line in zip(heads, four, strict=True)]
    dresses = [
        "\n".join(four),
        "\r\n".join(labelled),
        ";".join(labelled),
        "\n".join(four).replace("a", "ａ"),
    ]
    named = "urn:suyuan:seed-unit:%E6%9F%90%E7%A7%8D%E4%B8%9A:aBcd1"
    for text in (*dresses, named):
        assert recognise(text)[0].canonical == named
    assert read_identifier(named, capturer=PARTY).uri == named
    assert [part.value for part in recognise("种子单元识别代码： aBcd1")[0].parts] == ["aBcd1"]


@given(st.text("0123456789", min_size=8, max_size=8), st.text("0123456789", min_size=9, max_size=9))
def test_an_sscc_has_eighteen_digits_and_its_check_digit(stem: str, serial: str) -> None:
    code = code_of(structure("sscc"), stem, serial)
    assert len(code) == len("(00)") + 18
    assert is_gs1_checked(code.removeprefix("(00)"))


def test_lawful_structures_have_their_lawful_length() -> None:
    for scheme, length in (("pesticide-unit", 32), ("mv-trace", 20)):
        of = structure(scheme)
        assert len(STEMS[scheme]) + serial_room(of, STEMS[scheme]) == length
    assert len("A701") + serial_room(structure("seed-unit"), "A701") == 20  # at most


@pytest.mark.parametrize("scheme", STATE_ISSUED)
def test_codes_that_a_state_body_issues_are_refused_with_the_way_to_bring_them_in(
    scheme: str,
) -> None:
    with pytest.raises(MakingError) as caught:
        structure(scheme)
    assert caught.value.code == "making.state-issued"
    assert "import" in caught.value.text.en
    assert "导入" in caught.value.text.zh


OF_OTHERS = [x for x in all_schemes() if x.id not in STRUCTURES and x.id not in STATE_ISSUED]


@pytest.mark.parametrize("of", OF_OTHERS, ids=lambda of: of.id)
def test_what_others_issue_is_refused_with_the_name_of_who_issues_it(of: Scheme) -> None:
    with pytest.raises(MakingError) as caught:
        structure(of.id)
    said = caught.value.text
    assert of.name.zh in said.zh
    assert of.issuer.zh in said.zh
    assert of.name.en in said.en
    assert of.issuer.en in said.en


@pytest.mark.parametrize(
    ("asked", "scheme"),
    [("有机码", "organic-mark"), ("雷管", "detonator"), ("Detonator Shell Code", "detonator")],
)
def test_what_others_issue_may_be_asked_for_in_words(asked: str, scheme: str) -> None:
    of = named_schemes()[scheme]
    with pytest.raises(MakingError) as caught:
        structure(asked)
    assert of.issuer.zh in caught.value.text.zh


@pytest.mark.parametrize(
    ("scheme", "given_stem", "stem"),
    [
        ("pesticide-unit", "30929272001", "30929272001"),  # a temporary registration
        ("sgtin", "6901234567892", GTIN),
        ("lgtin", f" {GTIN} ", GTIN),
        ("seed-unit", "a701", "A701"),
    ],
)
def test_a_stem_has_one_spelling(scheme: str, given_stem: str, stem: str) -> None:
    assert stem_of(structure(scheme), given_stem) == stem


@pytest.mark.parametrize(
    ("scheme", "stem"),
    [
        ("sgtin", "6901234567893"),  # check digit
        ("sgtin", "690123456789"),
        ("sgtin", "６９０１２３４５６７８９２"),
        ("pesticide-unit", "4092927200"),
        ("pesticide-unit", "10929274001"),  # no such kind of production
        ("mv-trace", "37060000400"),
        ("mv-trace", "9906000040001"),  # no such division
        ("seed-unit", "A-71"),
        ("seed-unit", "A7"),
        ("sscc", "0"),
    ],
)
def test_a_stem_out_of_form_is_refused(scheme: str, stem: str) -> None:
    with pytest.raises(MakingError) as caught:
        stem_of(structure(scheme), stem)
    assert caught.value.place == "stem"


@pytest.mark.parametrize(
    ("stem", "place"), [("10929274001", "8"), ("40929272001", "1"), ("10929270001", "8")]
)
def test_a_stem_of_the_laws_length_is_told_which_digit_cannot_be(stem: str, place: str) -> None:
    with pytest.raises(MakingError) as caught:
        stem_of(structure("pesticide-unit"), stem)
    found = stem[int(place) - 1]
    assert f"第 {place} 位" in caught.value.text.zh
    assert f"“{found}”，那里只能是 1、2、3" in caught.value.text.zh
    assert f"is '{found}', where there can only be 1, 2 or 3" in caught.value.text.en


@pytest.mark.parametrize(
    ("scheme", "stem", "number", "expected"),
    [
        ("sgtin", GTIN, "6901234", True),
        ("sgtin", GTIN, "6901235", False),
        ("sgtin", "16901234567899", "6901234", True),  # a case of the same prefix
        ("sgtin", GTIN, "690", False),  # a country, not a company
        ("sgtin", GTIN, "", False),
        ("sscc", "06901234", "6901234", True),
        ("sscc", "0690123", "6901234", False),  # would reach into other companies' numbers
        ("sscc", "069012345", "6901234", False),  # would reach into the numbers of 06901234
        ("pesticide-unit", "10929272001", "PD20092927", True),
        ("pesticide-unit", "20929272001", "PD20092927", False),
        ("pesticide-unit", "20929272001", "WP20092927", True),
        ("pesticide-unit", "10929282001", "PD20092927", False),
        ("pesticide-unit", "10929272001", "PDN20092927", True),
        ("pesticide-unit", "20929272001", "wpn20092927", True),
        ("pesticide-unit", "30929272001", "LS20092927", True),
        ("pesticide-unit", "30929272001", "PD20092927", False),
        ("mv-trace", "3706000040001", "3706000040001", True),
        ("mv-trace", "3706000040001", "3706000040002", False),
    ],
)
def test_a_licence_proves_what_begins_with_its_number_alone(
    scheme: str, stem: str, number: str, *, expected: bool
) -> None:
    assert proves(structure(scheme), stem, number) is expected


@pytest.mark.parametrize("scheme", ["pesticide-unit", "mv-trace", *STATE_ISSUED])
@given(st.data())
def test_what_is_taken_for_a_code_is_what_its_scheme_recognises(
    scheme: str, data: st.DataObject
) -> None:
    good = clean(named_schemes()[scheme].good[0]).bare
    at = data.draw(st.integers(0, len(good)))
    code = good[:at] + data.draw(st.text("0123456789", max_size=3)) + good[at + 1 :]
    known = [each for each in recognise(code) if (each.scheme, each.valid) == (scheme, True)]
    assert is_sound(scheme, code) is bool(known)
    assert is_sound(scheme, good)


def test_addresses_that_are_names_are_those_that_we_print() -> None:
    lawful = {each.scheme for each in STRUCTURES.values() if each.serial_length}
    assert set(BEHIND_ADDRESS) == lawful


def test_an_address_leads_to_the_thing() -> None:
    name = name_of(structure("sgtin"), GTIN, "23CD", party=PARTY)
    known = resolvers.hosts(["https://t.example.cn http://a.cn:8080"])
    address = link(name, "(01)…", "https://t.example.cn/", known)
    assert address == f"https://t.example.cn/01/{GTIN}/21/23CD"
    assert (
        link("urn:suyuan:x:1 2", "1 2", "http://a.cn:8080/q", known) == "http://a.cn:8080/q/1%202"
    )
    for base in ("t.example.cn", "ftp://t.example.cn", "https://", "https://a b", "https://a?x=1"):
        with pytest.raises(MakingError):
            link(name, "", base, known)


def test_a_seed_symbol_has_its_four_lines_in_order() -> None:
    lines = seed_lines("郑单958", "某种业", "A723CD", "https://t.example.cn/A723CD").split("\n")
    assert lines == ["郑单958", "某种业", "A723CD", "https://t.example.cn/A723CD"]
    with pytest.raises(MakingError):
        seed_lines("郑单958\nx", "某种业", "A7", "https://t.example.cn/A7")


@given(st.integers(0, 300), st.lists(st.integers(2, 12), min_size=1, max_size=3))
def test_everything_is_packed_once_and_no_container_is_empty_or_overfull(
    count: int, fits: list[int]
) -> None:
    items = [f"item-{at}" for at in range(count)]
    needed = containers_needed(count, fits)
    containers = [[f"level{level}-{at}" for at in range(n)] for level, n in enumerate(needed)]
    found = list(packed(items, fits, containers))
    for level, (fit, below) in enumerate(zip(fits, [items, *containers], strict=False), start=1):
        here = [each for each in found if each.level == level]
        assert [content for each in here for content in each.contents] == below
        assert all(1 <= len(each.contents) <= fit for each in here)
        assert sum(len(each.contents) < fit for each in here) <= 1
    rows = list(csv.reader(relation_rows(found)))
    assert rows[0] == ["level", "container", "content"]
    assert len(rows) == 1 + count + sum(needed[:-1])


def test_too_few_container_codes_are_said() -> None:
    with pytest.raises(MakingError, match=r"needs 2 .* 1 were"):
        list(packed(["a", "b", "c"], [2], [["x"]]))
    with pytest.raises(MakingError):
        containers_needed(10, [1])


def test_a_gtin_whose_check_digit_is_wrong_is_told_which_it_should_be() -> None:
    with pytest.raises(MakingError) as wrong:
        making.stem_of(making.structure("sgtin"), "6901234567893")
    assert "应为 2，而不是 3" in wrong.value.text.zh
    assert "should be 2, not 3" in wrong.value.text.en


@pytest.mark.parametrize("scheme", STRUCTURES)
@pytest.mark.parametrize("given", ["", "?", "12", "番茄"])
def test_a_stem_in_no_form_is_told_which_form_the_scheme_takes(scheme: str, given: str) -> None:
    of = structure(scheme)
    with pytest.raises(MakingError) as wrong:
        stem_of(of, given)
    for said, help_ in (
        (wrong.value.text.zh, of.stem_help.zh),
        (wrong.value.text.en, of.stem_help.en),
    ):
        assert help_ in said
        assert of.sample in said


@pytest.mark.parametrize("scheme", STRUCTURES)
def test_the_stem_shown_for_instance_is_one_and_stands_in_the_handbook(scheme: str) -> None:
    of = structure(scheme)
    assert stem_of(of, of.sample).endswith(of.sample)
    row = next(
        line
        for line in HANDBOOK.read_text().splitlines()
        if line.startswith("| ") and f"`{scheme}`" in line
    )
    assert f"`{of.sample}`" in row


def test_an_operator_of_no_province_is_told_that_the_division_fails() -> None:
    with pytest.raises(MakingError) as wrong:
        making.proof_number("mv_operator", "9999990010007")
    assert "99 不是省级代码" in wrong.value.text.zh
    assert "no province" in wrong.value.text.en


@pytest.mark.parametrize(
    ("scheme", "code", "said"),
    [
        ("drug-trace", "8100001234567890123", "20 个，这里是 19 个"),
        ("veterinary-trace", "202613010000000000000001", "13"),
    ],
)
def test_a_code_that_was_to_be_of_a_scheme_is_told_what_is_wrong_with_it(
    scheme: str, code: str, said: str
) -> None:
    fault = making.fault_of(scheme, code)
    assert fault is not None
    assert said in fault.zh


def test_a_code_in_which_a_persons_number_seems_to_be_is_taken_apart_all_the_same() -> None:
    """It is masked wherever it is read, and was issued by chance: its holder may verify it."""
    stem, serial = STEMS["pesticide-unit"], "110105194301016657636"
    assert {each.scheme for each in recognise(stem + serial)} == {"resident-id"}
    assert list(slots(stem + serial)) == [Slot("pesticide-unit", stem, serial)]


@given(st.sampled_from(sorted(STATE_ISSUED)), st.from_regex("[0-9]{4,9}", fullmatch=True))
@example("drug-trace", "8123")
@example("ear-tag", "8123")
def test_what_is_wrong_with_a_code_in_a_file_is_said_as_of_one_behind_its_name(
    scheme: str, code: str
) -> None:
    name = STATE_ISSUED[scheme].name.zh.partition("（")[0]
    named = f"{name}：{code}"
    told = [each for each in recognise(named) if each.scheme == scheme and not each.valid]
    faults = [said.text for each in told for said in each.notes if said.severity == "error"]
    assert making.fault_of(scheme, code) == faults[0]
