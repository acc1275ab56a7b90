import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, Grain, read_identifier, recognise
from suyuan.codes.checks import gs1_check_digit

GS = "\x1d"


def best(text: str) -> Candidate:
    return recognise(text)[0]


CODE_LIKE = st.text(alphabet="0123456789()[]/:.%?&=-A–【】　urnepcidsgtinhttps\x1d ", max_size=300)


@given(st.text(max_size=10_000) | CODE_LIKE)
@example("(01)" * 2_500)
@example("http://a/" + "01/" * 3_300)
@example("https://x/?" + "12=3&" * 2_000)
@example("urn:epc:id:sgtin:" + "." * 9_000)
@example("urn:epc:id:giai:" + "%" * 9_000)
@example("urn:suyuan:" + ":" * 9_000)
@example("統" * 10_000)
@example("\ud800")
@example("٣" * 13)
def test_any_text_has_a_ranked_answer(text: str) -> None:
    found = recognise(text)
    ranks = [(_holds(each) or each.scheme == "resident-id", each.score) for each in found]
    assert ranks == sorted(ranks, reverse=True)
    assert all(candidate.canonical for candidate in found)


def _holds(each: Candidate) -> bool:
    """Whether a reading holds, and no mistyped article number is likelier."""
    return each.valid and all(said.code != "code.maybe-article" for said in each.notes)


KINDS = st.sampled_from(["id", "class", "idpat"])
SCHEMES_OF_EPC = st.sampled_from(
    [
        "sgtin", "sscc", "sgln", "pgln", "grai", "giai", "gsrn", "gsrnp", "gdti", "sgcn", "ginc",
        "gsin", "cpi", "itip", "upui", "lgtin",
    ]
)  # fmt: skip


@given(KINDS, SCHEMES_OF_EPC, st.text(alphabet="0123456789.*%/-A", max_size=40))
@example("id", "sgcn", "")
def test_an_epc_urn_is_read_or_told_as_wrong_whatever_it_holds(
    kind: str, scheme: str, body: str
) -> None:
    text = f"urn:epc:{kind}:{scheme}:{body}"
    assert read_identifier(text, capturer="me").received == text
    assert all(each.issued_by for each in recognise(text) if each.scheme != "uri")


@pytest.mark.parametrize(
    ("text", "scheme", "note"),
    [
        ("６９０１２３４５６７８９２", "gtin", "cleaned.wide"),
        ("690-1234-56789-2", "gtin", "cleaned.parted"),
        ("690–1234–56789–2", "gtin", "cleaned.dashes"),
        ("\u200b6901234567892\ufeff", "gtin", "cleaned.invisible"),
        ("  6901234567892\n", "gtin", "cleaned.space"),
        ("]E06901234567892", "gtin", "cleaned.symbology"),
        ("91110000600037341l", "uscc", "cleaned.case"),
        ("统一社会信用代码：91110000600037341L", "uscc", "cleaned.label"),
        ("【01】06901234567892【10】B7", "lgtin", "cleaned.brackets"),
        ("010690123456789210B7<GS>21S1", "sgtin", "cleaned.separator"),
        ("https://trace.example.cn/q?code=37060000400010000003", "mv-trace", "code.linked"),
        ("https://shop.example/x/01/06901234567892/21/7", "sgtin", "code.host"),
        ("https://id.gs1.org/gtin/06901234567892", "gtin", "code.alias"),
        ("https://id.gs1.org/01/06901234567892/", "gtin", "code.slash"),
        ("12345670", "gtin", "code.padded"),
        ("CAS 7697 37 2", "cas", "code.dashed"),
        ("pdn2-88", "pesticide-registration-old", "cleaned.case"),
        ("(01) 0 6901234 56789 2 (17) 271231 (10) B7", "lgtin", "code.key-spaced"),
        ("(00) 3 4012345 311111111 5", "sscc", "code.key-spaced"),
        ("0034 0123 4531 1111 1115", "sscc", "code.key-spaced"),
        ("0106-9012-3456-7892", "gtin", "code.key-spaced"),
        ("EINECS：2317912", "ec-number", "code.dashed"),
    ],
)  # fmt: skip
def test_what_people_and_scanners_add_is_forgiven_and_said(
    text: str, scheme: str, note: str
) -> None:
    candidate = best(text)
    assert candidate.scheme == scheme
    assert candidate.valid
    assert note in [each.code for each in candidate.notes]


@given(
    st.integers(0, 10**13 - 1),
    st.sets(st.integers(1, 13)),
    st.sampled_from(["", " "]),
    st.booleans(),
)
@example(690123456789, {1, 8}, " ", True)
def test_spaces_between_the_digits_of_an_element_string_change_nothing(
    number: int,
    cuts: set[int],
    gap: str,
    bracketed: bool,  # noqa: FBT001 -- drawn
) -> None:
    body = f"{number:013}"
    digits = body + gs1_check_digit(body)
    spaced = "".join(f" {each}" if at in cuts else each for at, each in enumerate(digits))
    text = f"(01){gap}{spaced}{gap}(10){gap}B7" if bracketed else f"[01]{gap}{spaced}[10]{gap}B7"
    told = [each for each in recognise(text) if each.scheme == "lgtin" and each.valid]
    assert [each.canonical for each in told] == [f"https://id.gs1.org/01/{digits}/10/B7"]


@pytest.mark.parametrize("mark", ["\n", "\t", GS])
def test_what_ends_a_datum_or_a_line_is_no_space_between_digits(mark: str) -> None:
    told = recognise(f"(01)06901234567892(10)FNC101{mark}6901234567892")
    assert not any("FNC1016901234567892" in each.canonical for each in told)


@pytest.mark.parametrize(
    ("text", "scheme", "canonical"),
    [
        ("编号：LOT B7", "lot", "urn:suyuan:raw:-:B7"),
        ("编号：批号：B7", "lot", "urn:suyuan:raw:-:B7"),
        ("NO: LOT: B7", "lot", "urn:suyuan:raw:-:B7"),
        ("批号：SN-12", "lot", "urn:suyuan:raw:-:SN-12"),
        ("产品编号: GTIN: 6901234567892", "gtin", "https://id.gs1.org/01/06901234567892"),
    ],
)
def test_a_label_may_stand_before_another_label(text: str, scheme: str, canonical: str) -> None:
    told = best(text)
    assert (told.scheme, told.canonical, told.piece) == (scheme, canonical, None)


@pytest.mark.parametrize(
    ("text", "is_product_qr"),
    [
        ("]Q30106901234567892", True),
        ("]Q3010690123456789221A1", True),
        ("]Q3(01)06901234567892(10)B7(17)271231", True),
        ("商品：]Q3010690123456789221A1", True),
        ("]Q310B7\x1d0106901234567892", False),
        ("]Q300340123453111111115", False),
        ("]d2010690123456789221A1", False),
        ("]Q1(01)06901234567892(21)A1", False),
        ("(01)06901234567892(21)A1", False),
        ("]Q3https://id.gs1.org/01/06901234567892/21/A1", False),
    ],
)
def test_a_qr_code_of_gs1_data_with_the_item_first_is_told_as_a_products(
    text: str,
    is_product_qr: bool,  # noqa: FBT001 -- a parameter
) -> None:
    told = best(text)
    assert told.valid
    assert ("code.product-qr" in [each.code for each in told.notes]) is is_product_qr


@pytest.mark.parametrize("prefix", ["]Q3", "]C1", "]d2"])
@pytest.mark.parametrize(
    "content", ["6901234567892", "编号：LOT B7", "21603101012006010101", "8123 4567 8901 2345 6789"]
)
def test_content_that_a_prefix_calls_gs1_and_is_not_is_read_as_any_other(
    prefix: str, content: str
) -> None:
    plain, told = best(content), recognise(prefix + content)
    (found,) = (each for each in told if each.canonical == plain.canonical)
    assert (found.scheme, found.valid) == (plain.scheme, True)
    said = {each.code: each.severity for each in found.notes}
    assert said["code.no-gs1"] == "warning"


@pytest.mark.parametrize("text", ["]Q3010690123456789321A1", "]C100340123453111111115"])
def test_gs1_data_behind_their_prefix_are_nothing_else(text: str) -> None:
    assert not any(each.code == "code.no-gs1" for told in recognise(text) for each in told.notes)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("CAS 7732 18 5", "cas:7732-18-5"), ("EC 231 791 2", "ec-number:231-791-2"),
     ("CAS 7732 18 6", "cas:7732-18-6"), ("EC 231 791 3", "ec-number:231-791-3")],
)  # fmt: skip
def test_the_number_of_a_substance_without_dashes_is_told_once(text: str, canonical: str) -> None:
    told = [each.canonical for each in recognise(text) if each.scheme in {"cas", "ec-number"}]
    assert told == [f"urn:suyuan:{canonical}"]


def test_letters_that_a_dash_ties_to_a_lot_are_a_part_of_it() -> None:
    assert best("LOT EC-1234567").canonical == "urn:suyuan:raw:-:EC-1234567"
    assert not any(each.scheme == "ec-number" for each in recognise("EC-2024-001"))


@given(
    st.sampled_from([("401", 13), ("401", 14), ("8004", 13), ("253", 18), ("8003", 18)]),
    st.data(),
)
def test_digits_that_an_identifier_may_begin_are_told_as_a_key_by_themselves_too(
    kind: tuple[str, int], data: st.DataObject
) -> None:
    head, size = kind
    left = size - len(head) - 1
    body = head + data.draw(st.text(alphabet="0123456789", min_size=left, max_size=left))
    digits = body + gs1_check_digit(body)
    told = {each.canonical for each in recognise(digits) if each.valid}
    assume(not any("resident-id" in each for each in told))
    name = f"00/{digits}" if size == 18 else f"01/{digits.zfill(14)}"
    assert f"https://id.gs1.org/{name}" in told


def test_a_german_article_number_is_no_consignment_first() -> None:
    assert best("4012345678901").canonical == "https://id.gs1.org/01/04012345678901"


@pytest.mark.parametrize("behind", ["20261128", "2 kg", "2026 11 28"])
@pytest.mark.parametrize("datum", ["(10)B7", "(21)A1", "(10)12345"])
def test_what_stands_behind_a_lot_or_serial_is_not_drawn_into_it(datum: str, behind: str) -> None:
    told = [each for each in recognise(f"(01)06901234567892{datum} {behind}") if each.valid]
    kept = datum.replace("(", "").replace(")", "/")
    assert {each.canonical for each in told if each.scheme in {"lgtin", "sgtin"}} == {
        f"https://id.gs1.org/01/06901234567892/{kept}"
    }


GTIN_8, GTIN_12, GTIN_13 = "12345670", "123456789012", "6901234567892"


@pytest.mark.parametrize("short", [GTIN_8, GTIN_12, GTIN_13])
@pytest.mark.parametrize("where", ["(01){}", "https://id.gs1.org/01/{}", "(01){}(10)B7(21)S1"])
def test_zeros_that_are_missing_where_fourteen_digits_belong_are_a_warning(
    short: str, where: str
) -> None:
    told = best(where.format(short))
    said = {each.code: each.severity for each in told.notes}
    assert (told.valid, said["code.suppressed"]) == (True, "warning")
    assert "code.padded" not in said
    assert told.canonical == best(where.format(short.zfill(14))).canonical
    if where.startswith("https"):
        name = read_identifier(where.format(short), capturer="me")
        assert name.note is not None
        assert (name.note.code, name.note.severity) == ("code.suppressed", "warning")


@pytest.mark.parametrize("whole", [GTIN_8, GTIN_12, GTIN_13])
def test_a_gtin_by_itself_lacks_nothing_and_says_that_zeros_were_added(whole: str) -> None:
    told = best(whole)
    said = {each.code: each for each in told.notes}
    assert told.valid
    assert said["code.padded"].severity == "info"
    assert f"{len(whole)} digits" in said["code.padded"].text.en
    assert "code.suppressed" not in said
    assert not {"code.padded", "code.suppressed"} & {
        each.code for each in best(whole.zfill(14)).notes
    }


@pytest.mark.parametrize("whole", [GTIN_8, GTIN_12, GTIN_13])
def test_a_gtin_behind_its_label_lacks_nothing_beside_a_lot(whole: str) -> None:
    told = best(f"GTIN: {whole} LOT: B7")
    assert told.canonical == f"https://id.gs1.org/01/{whole.zfill(14)}/10/B7"
    assert "code.suppressed" not in {each.code for each in told.notes}


@given(st.integers(10**5, 10**11 - 1), st.sampled_from(["GTIN: ", "EAN ", "UPC:", "条码："]))
@example(12345678905, "条码：")
def test_zeros_that_a_spreadsheet_took_come_back_behind_a_label_that_says_what_it_is(
    number: int, label: str
) -> None:
    body = str(number)[:-1]
    digits = body + gs1_check_digit(body)
    told = [each for each in recognise(label + digits) if each.scheme == "gtin" and each.valid]
    assert [each.canonical for each in told][:1] == [f"https://id.gs1.org/01/{digits.zfill(14)}"]
    said = {each.code: each.severity for each in told[0].notes}
    assert said.get("code.suppressed") == (None if len(digits) == len(GTIN_8) else "warning")


@pytest.mark.parametrize(
    "text",
    [
        "(01)06901234567892(17)271231(10)B7(21)S1",
        f"]C101069012345678921727123110B7{GS}21S1",
        f"]d201069012345678921727123110B7{GS}21S1",
        f"{GS}01069012345678921727123110B7{GS}21S1",
        "https://id.gs1.org/01/06901234567892/10/B7/21/S1?17=271231",
    ],
)
def test_every_spelling_of_an_item_gives_item_lot_and_class(text: str) -> None:
    candidate = best(text)
    assert candidate.canonical == "https://id.gs1.org/01/06901234567892/21/S1"
    assert candidate.lot == "https://id.gs1.org/01/06901234567892/10/B7"
    assert candidate.class_uri == "https://id.gs1.org/01/06901234567892"
    assert candidate.grain is Grain.INSTANCE
    assert {"ai-01", "ai-21", "ai-10", "ai-17"} == {part.name for part in candidate.parts}


def test_twenty_bare_digits_are_several_things_ranked() -> None:
    found = recognise("37060000400010000003")
    assert [candidate.scheme for candidate in found] == ["mv-trace", "drug-trace"]
    assert best("83857930000879766660").scheme == "drug-trace"


def test_thirteen_digits_are_product_or_place() -> None:
    found = recognise("6922266443114")
    assert [each.scheme for each in found if each.valid] == ["gtin", "gln"]


def test_a_failed_check_is_shown_with_the_expected_digit() -> None:
    candidate = best("6901234567893")
    assert not candidate.valid
    errors = [note.text.en for note in candidate.notes if note.severity == "error"]
    assert errors == ["The check character should be 2, not 3; compare with the label."]


def test_a_licence_that_fails_its_check_is_doubted_not_refused() -> None:
    candidate = best("SC10633019702614")
    assert candidate.scheme == "sc-licence"
    assert {note.severity for note in candidate.notes} - {"info"} == {"warning"}


fields = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=9)
URIS = st.builds(
    "urn:suyuan:{}:{}".format,
    st.sampled_from(["site", "party", "raw:farm", "raw", "item:A", "lot:A", "anything", "a:b:c"]),
    fields,
)


@given(URIS | st.builds("urn:epc:id:sgtin:6901234.056789.{}".format, fields) | st.text(max_size=40))
def test_whatever_capture_makes_of_a_code_can_be_asked_for_again(text: str) -> None:
    """A thing whose label was damaged has a raw name; somebody must be able to look it up."""
    known = read_identifier(text, capturer="urn:suyuan:party:farm")
    if known.uri.startswith("urn:suyuan:") and not known.uri.endswith(":"):
        assert known.uri in {candidate.canonical for candidate in recognise(known.uri)}


def test_names_of_the_platforms_own_places_and_parties_are_recognised() -> None:
    assert (best("urn:suyuan:site:yard").scheme, best("urn:suyuan:site:yard").grain) == (
        "site",
        Grain.PLACE,
    )
    assert best("urn:suyuan:party:Farm").canonical == "urn:suyuan:party:Farm"
    assert best("urn:suyuan:raw:farm:17").scheme == "raw"
    assert best("urn:suyuan:anything:17").notes[0].code == "code.generic"


@pytest.mark.parametrize("text", ["", " ", "猪肉", "hello world", "12", "((((", "]C1"])
def test_what_is_no_code_has_no_candidates(text: str) -> None:
    assert recognise(text) == ()


@given(st.integers(0, 10**12 - 1), st.integers(1, 9))
def test_any_single_wrong_digit_of_a_gtin_is_caught(body: int, off: int) -> None:
    digits = f"{body:012}"
    right = gs1_check_digit(digits)
    assert any(c.valid for c in recognise(digits + right) if c.scheme == "gtin")
    wrong = str((int(right) + off) % 10)
    assert not any(c.valid for c in recognise(digits + wrong) if c.scheme == "gtin")


@pytest.mark.parametrize(
    "text",
    [
        "https://id.gs1.org/01/06901234567892/21/A1",
        "https://id.gs1.org/01/06901234567892?17=271231",
        "https://id.gs1.org/414/6901234000016/254/1",
        "urn:epc:id:sgtin:6901234.056789.A1",
        "urn:epc:class:lgtin:6901234.056789.B1",
        "urn:epc:idpat:sgtin:6901234.056789.*",
        "urn:epc:tag:sgtin-96:3.6901234.056789.1",
        "urn:epc:id:gid:95100000.12345.400",
        "urn:uuid:2F0A4B5C-1D2E-4F3A-8B6C-7D8E9F0A1B2C",
    ],
)
def test_what_a_scheme_explains_whole_is_no_other_address_beside(text: str) -> None:
    assert not any(each.scheme == "uri" for each in recognise(text))
    assert recognise(text)[0].valid


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/01/06901234567892",  # its host is no resolver
        "https://shop.example/q?code=6901234567892",
        "urn:example:17",
    ],
)
def test_what_is_read_by_its_looks_or_holds_a_code_stays_an_address_too(text: str) -> None:
    assert any(each.scheme == "uri" and each.valid for each in recognise(text))


def test_a_link_of_a_resolver_stays_an_address_under_which_events_from_before_are_found() -> None:
    link = "https://dl.example.cn/01/06901234567892/21/A1"
    hosts = frozenset(("id.gs1.org", "dl.example.cn"))
    assert [each.scheme for each in recognise(link, hosts)] == ["sgtin", "uri"]
