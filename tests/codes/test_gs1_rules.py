"""Every rule of GS1's data judges in every spelling, of keys as of data behind them."""

import pytest

from suyuan.codes import recognise
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_ais import AIS
from suyuan.codes.gs1_compressed import compress
from suyuan.codes.gs1_elements import read_elements
from suyuan.codes.gs1_keys import KEYS, Pairs, UnreadableError
from suyuan.codes.gs1_link import read_link
from suyuan.codes.gs1_urn import read_urn
from suyuan.codes.identifier import read_gs1, read_identifier

ITEM = ("01", "06901234567892")
ROOT = "https://id.gs1.org"
PROBED = (
    "00", "01", "253", "255", "402", "414", "415", "417", "8003", "8006", "8013", "8017", "8018",
)  # fmt: skip
# Of each rule what breaks it and nothing else of its piece.
WRONG = {
    "csumalpha": "1987654Ad4X4bL5ttr2310c3K", "yymmdd": "260230", "yymmd0": "261300",
    "yyyymmdd": "20260230", "hhmi": "2400", "hh": "24", "mi": "60", "ss": "60", "iso3166": "999",
    "iso3166999": "001", "iso3166alpha2": "XX", "iso4217": "001", "iso5218": "3", "pcenc": "%4",
    "latitude": "1800000001", "longitude": "3600000001", "yesno": "2", "hyphen": "+",
    "importeridx": "!", "mediatype": "11", "posinseqslash": "3/2", "nozeroprefix": "01",
    "winding": "2", "pieceoftotal": "0302", "iban": "GB82WEST12345698765433",
    "hasnondigit": "1230002952", "packagetype": "-", "zero": "1",
}  # fmt: skip
RIGHT = {
    "csumalpha": "1987654Ad4X4bL5ttr2310c2K", "yymmdd": "260228", "yymmd0": "261200",
    "yyyymmdd": "20260228", "hhmi": "2359", "hh": "23", "mi": "59", "ss": "59", "iso3166": "156",
    "iso3166999": "999", "iso3166alpha2": "CN", "iso4217": "156", "iso5218": "2", "pcenc": "%41",
    "latitude": "1800000000", "longitude": "3600000000", "yesno": "1", "hyphen": "-",
    "importeridx": "A", "mediatype": "10", "posinseqslash": "2/2", "nozeroprefix": "1",
    "winding": "1", "pieceoftotal": "0303", "iban": "GB82WEST12345698765432",
    "packagetype": "BX", "zero": "0",
}  # fmt: skip
NEVER_FAIL = {"couponcode", "couponposoffer"}


def part(ai: str, at: int, broken: str = "") -> str:
    """A piece of an AI's data: sound, or with one of its rules broken."""
    piece = AIS[ai].pieces[at]
    body = "9506000134352000"[: piece.most - 1].rjust(piece.most - 1, "0")
    right = gs1_check_digit(body)
    if broken == "csum":
        return f"{body}{(int(right) + 1) % 10}"
    if broken:
        return "0" * piece.most if broken == "nonzero" else WRONG[broken]
    if "csum" in piece.rules:
        return body + right
    made = next((RIGHT[rule] for rule in piece.rules if rule in RIGHT), "")
    return made or "1" * piece.least


def spelled(ai: str, broken_at: int = -1, broken: str = "") -> str:
    pieces = range(len(AIS[ai].pieces))
    return "".join(part(ai, at, broken if at == broken_at else "") for at in pieces)


BROKEN = [
    (ai, at, rule)
    for ai, known in sorted(AIS.items())
    for at, piece in enumerate(known.pieces)
    for rule in piece.rules
    if rule not in NEVER_FAIL
]


def is_element_string(text: str) -> bool:
    try:
        return read_elements(text) is not None
    except UnreadableError:
        return False


def is_link(uri: str) -> bool:
    try:
        return read_link(uri) is not None
    except UnreadableError:
        return False


def packed(*pairs: tuple[str, str]) -> str:
    """A compressed link without the known sequences, so that every AI stands for itself."""
    return f"{ROOT}/{compress(pairs, sequences=False)}"


@pytest.mark.parametrize("rule", sorted({rule for _, _, rule in BROKEN}))
def test_every_rule_judges_data_in_every_spelling(rule: str) -> None:
    for ai, at, _ in [each for each in BROKEN if each[2] == rule]:
        wrong, right = spelled(ai, at, rule), spelled(ai)
        assert AIS[ai].pattern.fullmatch(wrong), (ai, wrong)
        behind = ITEM if ai != "01" else ("00", "106141411234567897")
        before = f"({behind[0]}){behind[1]}"
        assert is_element_string(f"{before}({ai}){right}"), (ai, right)
        assert not is_element_string(f"{before}({ai}){wrong}"), (ai, wrong)
        assert not is_element_string(f"({ai}){wrong}"), (ai, wrong)
        assert not is_link(packed(behind, (ai, wrong))), (ai, wrong)
        if ai not in KEYS:  # a link has one key
            assert is_link(packed(behind, (ai, right))), (ai, right)


KEY_RULES = [each for each in BROKEN if each[0] in KEYS]


@pytest.mark.parametrize(("ai", "at", "rule"), KEY_RULES)
def test_every_rule_judges_keys_in_every_spelling(ai: str, at: int, rule: str) -> None:
    wrong, right = spelled(ai, at, rule), spelled(ai)
    for form in (f"({ai}){{}}", f"{ROOT}/{ai}/{{}}", f"]d2{ai}{{}}"):
        assert recognise(form.format(right))[0].valid, form
        assert not any(each.valid for each in recognise(form.format(wrong))), form
    assert is_link(packed((ai, right)))
    assert not is_link(packed((ai, wrong)))
    link = f"{ROOT}/{ai}/{wrong}"
    assert read_identifier(link, capturer="1").scheme == "raw"
    with pytest.raises(UnreadableError):
        read_gs1(link)


def test_every_key_with_rules_was_tried() -> None:
    assert sorted({ai for ai, _, _ in KEY_RULES}) == sorted(PROBED)


@pytest.mark.parametrize(
    ("ai", "qualifier"),
    sorted({(key.ai, ai) for key in KEYS.values() for ai in key.qualifiers} | {("414", "7040")}),
)
def test_every_rule_judges_qualifiers_in_links(ai: str, qualifier: str) -> None:
    for _, at, rule in [each for each in BROKEN if each[0] == qualifier]:
        wrong, right = (qualifier, spelled(qualifier, at, rule)), (qualifier, spelled(qualifier))
        assert is_link(f"{ROOT}/{ai}/{spelled(ai)}/{right[0]}/{right[1]}")
        assert not is_link(f"{ROOT}/{ai}/{spelled(ai)}/{wrong[0]}/{wrong[1]}")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("itip:9506000.013435.03.03.A1", "itip:9506000.013435.03.01.A1"),
        ("itip:9506000.013435.01.02.A1", "itip:9506000.013435.00.00.A1"),
        ("cpi:9506000.A1.12", "cpi:9506000.A1.012"),
    ],
)
def test_rules_judge_urns(right: str, wrong: str) -> None:
    assert read_urn(f"urn:epc:id:{right}") is not None
    assert recognise(f"urn:epc:id:{right}")[0].valid
    with pytest.raises(UnreadableError):
        read_urn(f"urn:epc:id:{wrong}")
    assert not any(each.valid for each in recognise(f"urn:epc:id:{wrong}"))
    assert read_identifier(f"urn:epc:id:{wrong}", capturer="1").scheme == "raw"


@pytest.mark.parametrize(
    "text",
    ["(8006)095060001343520301", f"{ROOT}/8006/095060001343520000", "(8003)19506000134359",
     f"{ROOT}/8003/19506000134359", f"{ROOT}/8003/19506000134359A1"],
)  # fmt: skip
def test_a_key_that_breaks_a_rule_is_told_what_it_takes(text: str) -> None:
    first = recognise(text)[0]
    assert not first.valid
    (said,) = [each.text for each in first.notes if each.severity == "error"]
    for words in (said.zh, said.en):
        assert first.scheme.upper() in words or "800" in words
        assert "14" in words or "13" in words


@pytest.mark.parametrize(
    ("pairs", "lacking"),
    [
        ((("02", "09506000134352"),), {"02"}),
        ((("3922", "1234"),), {"3922"}),
        ((("10", "ABC"),), {"10"}),
        ((("37", "5"), ("414", "9506000134352")), {"37"}),
        ((("17", "260131"), ("10", "A")), {"10", "17"}),
    ],
)
def test_what_lacks_its_companions_is_noted_with_a_key_and_without(
    pairs: Pairs, lacking: set[str]
) -> None:
    first = recognise("".join(f"({ai}){value}" for ai, value in pairs))[0]
    assert first.valid
    said = [each.text.en for each in first.notes if each.code == "code.lacks"]
    assert {ai for ai in lacking if any(ai in text for text in said)} == lacking
    assert len(said) == len(lacking)


def test_what_excludes_each_other_is_noted_without_a_key_too() -> None:
    (first, *_) = recognise("(3103)001000(3102)010000")
    assert sum(each.code == "code.bars" for each in first.notes) == 2
