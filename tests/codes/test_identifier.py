import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.codes import Grain, read_identifier, recognise, to_digital_link, to_epc_urn
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.translate import CodeError

ME = "https://id.gs1.org/417/6901234567892"
SET_82 = "!\"%&'()*+,-./:;<=>?_" + string.digits + string.ascii_letters
SERIALS = st.text(alphabet=SET_82, min_size=1, max_size=20)
DIGITS = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=DIGITS, min_size=count, max_size=count)


def escaped(text: str) -> str:
    """TDS 2.0 table 6-2: the characters that a URN must escape."""
    return "".join(f"%{ord(each):02X}" if each in '"%&/<>?#' else each for each in text)


@st.composite
def epc_urns(draw: st.DrawFn) -> tuple[str, int]:
    """An EPC URN of a GS1 key in its one spelling, and how long its company prefix is."""
    length = draw(st.integers(6, 12))
    prefix = draw(digits(length))
    twelve = f"{prefix}.{draw(digits(12 - length))}"
    thirteen = f"{prefix}.{draw(digits(13 - length))}"
    seventeen = f"{prefix}.{draw(digits(17 - length))}"
    serial = escaped(draw(SERIALS))
    short = escaped(draw(st.text(alphabet=SET_82, min_size=1, max_size=16)))
    number = draw(st.text(alphabet=DIGITS, min_size=1, max_size=12))
    part = escaped(draw(st.text(alphabet="#-/" + string.ascii_uppercase, min_size=1, max_size=18)))
    return draw(
        st.sampled_from(
            [
                f"urn:epc:id:sgtin:{thirteen}.{serial}",
                f"urn:epc:class:lgtin:{thirteen}.{serial}",
                f"urn:epc:idpat:sgtin:{thirteen}.*",
                f"urn:epc:id:upui:{thirteen}.{serial}",
                f"urn:epc:id:itip:{thirteen}.01.02.{serial}",
                f"urn:epc:idpat:itip:{thirteen}.01.02.*",
                f"urn:epc:id:sscc:{seventeen}",
                f"urn:epc:id:gsrn:{seventeen}",
                f"urn:epc:id:gsrnp:{seventeen}",
                f"urn:epc:id:gsin:{seventeen[:-1]}",
                f"urn:epc:id:sgln:{twelve}.0",
                f"urn:epc:id:sgln:{twelve}.x{short}",
                f"urn:epc:id:pgln:{twelve}",
                f"urn:epc:id:grai:{twelve}.{short}",
                f"urn:epc:idpat:grai:{twelve}.*",
                f"urn:epc:id:gdti:{twelve}.{short}",
                f"urn:epc:idpat:gdti:{twelve}.*",
                f"urn:epc:id:sgcn:{twelve}.{number}",
                f"urn:epc:id:giai:{prefix}.{short}",
                f"urn:epc:id:ginc:{prefix}.{short}",
                f"urn:epc:id:cpi:{prefix}.{part}.{int(number)}",
                f"urn:epc:idpat:cpi:{prefix}.{part}.*",
            ]
        )
    ), length


@given(epc_urns())
def test_urn_to_link_and_back_loses_nothing(spelled: tuple[str, int]) -> None:
    urn, length = spelled
    assert to_epc_urn(to_digital_link(urn), length) == urn


def test_a_serial_that_may_not_begin_with_zeros_is_refused_with_its_identifier() -> None:
    """Identifier 8011 takes none, and a link that dropped them would name another part."""
    with pytest.raises(CodeError, match="8011"):
        to_digital_link("urn:epc:id:cpi:000000.A.00")


@given(epc_urns())
@example(("urn:epc:id:itip:0000000000.500.01.02.0", 10))  # its digits begin as a division's
def test_both_spellings_are_one_identifier(spelled: tuple[str, int]) -> None:
    of_urn = read_identifier(spelled[0], capturer=ME)
    of_link = read_identifier(of_urn.uri, capturer=ME)
    assert of_urn.note is None
    assert of_urn.uri.startswith("https://id.gs1.org/")
    assert (of_urn.uri, of_urn.scheme, of_urn.grain, of_urn.class_uri) == (
        of_link.uri, of_link.scheme, of_link.grain, of_link.class_uri,
    )  # fmt: skip


@given(st.text(max_size=60) | epc_urns().map(lambda pair: pair[0]), st.text(max_size=20))
def test_the_canonical_form_of_any_text_is_canonical(text: str, capturer: str) -> None:
    once = read_identifier(text, capturer=capturer)
    twice = read_identifier(once.uri, capturer="somebody else")
    assert twice.uri == once.uri
    assert once.received == text


@given(digits(13), SERIALS)
def test_any_percent_encoding_of_a_link_is_the_same_thing(body: str, serial: str) -> None:
    gtin = body + gs1_check_digit(body)
    everything = "".join(f"%{ord(each):02x}" for each in serial)
    minimal = "".join(f"%{ord(each):02X}" if each in "%/?#" else each for each in serial)
    spelled = {
        read_identifier(f"{host}/01/{gtin}/21/{each}", capturer=ME).uri
        for each in (everything, minimal)
        for host in ("https://id.gs1.org", "HTTP://ID.GS1.ORG")
    }
    assert len(spelled) == 1
    assert spelled.pop().startswith(f"https://id.gs1.org/01/{gtin}/21/")


@given(digits(13), SERIALS, SERIALS)
def test_with_lot_and_serial_the_serial_names_and_the_lot_is_kept(
    body: str, lot: str, serial: str
) -> None:
    gtin = body + gs1_check_digit(body)
    ten, twenty_one = ("".join(f"%{ord(each):02X}" for each in value) for value in (lot, serial))
    root = f"https://id.gs1.org/01/{gtin}"
    known = read_identifier(f"{root}/10/{ten}/21/{twenty_one}", capturer=ME)
    assert known.uri == read_identifier(f"{root}/21/{twenty_one}", capturer=ME).uri
    assert known.lot == read_identifier(f"{root}/10/{ten}", capturer=ME).uri
    assert known.class_uri == root


@given(
    digits(13),
    st.permutations(["22", "10", "21"]),
    st.integers(2, 3),
    st.lists(SERIALS, min_size=3, max_size=3),
)
def test_qualifiers_in_another_order_than_theirs_name_nothing_and_the_right_order_is_told(
    body: str, order: list[str], size: int, values: list[str]
) -> None:
    """GS1 Digital Link 1.2 §4.10: of a GTIN 22, 10 and 21 stand in this order."""
    gtin = body + gs1_check_digit(body)
    given_so = dict(zip(order[:size], values, strict=False))
    spell = {ai: "".join(f"%{ord(each):02X}" for each in text) for ai, text in given_so.items()}
    root = f"https://id.gs1.org/01/{gtin}"
    link = root + "".join(f"/{ai}/{text}" for ai, text in spell.items())
    right = root + "".join(f"/{ai}/{spell[ai]}" for ai in ("22", "10", "21") if ai in spell)
    captured = read_identifier(link, capturer=ME)
    shown = recognise(link)
    if link == right:
        assert captured.scheme in {"sgtin", "lgtin", "raw"}  # raw: a serial that is a person's
        assert shown[0].canonical == captured.uri or captured.scheme == "raw"
        return
    assert captured.scheme == "raw"
    assert captured.note is not None
    assert not any(each.valid and each.scheme != "resident-id" for each in shown)
    said = [each for reading in shown for each in reading.notes if each.code == "code.order"]
    if captured.note.code == "code.order" and "*" not in captured.note.text.en:
        assert said == [captured.note]
        offered = "https://id.gs1.org/01/" + captured.note.text.en.rpartition(" /01/")[2][:-1]
        named = read_identifier(offered, capturer=ME)
        assert named == structs.replace(read_identifier(right, capturer=ME), received=offered)


def test_a_wrong_check_digit_is_told_before_the_order_of_what_stands_behind_it() -> None:
    link = "https://id.gs1.org/01/06901234567893/21/s/10/B"
    known = read_identifier(link, capturer=ME)
    assert known.note is not None
    assert known.note.code == "code.check"


@given(digits(13), st.integers(1, 9))
def test_a_failed_check_digit_is_raw_and_says_so(body: str, off: int) -> None:
    wrong = (int(gs1_check_digit(body)) + off) % 10
    known = read_identifier(f"https://id.gs1.org/01/{body}{wrong}", capturer=ME)
    assert known.scheme == "raw"
    assert known.uri.startswith("urn:suyuan:raw:https%3A%2F%2Fid.gs1.org%2F417%2F6901234567892:")
    assert known.note is not None
    assert known.note.code == "code.check"


@pytest.mark.parametrize("text", ["6901234567892", "37060000400010000003", "box 7", "", "猪"])
def test_bare_codes_are_never_identifiers_by_themselves(text: str) -> None:
    assert read_identifier(text, capturer=ME).scheme == "raw"


def test_the_capturer_is_part_of_a_raw_name() -> None:
    names = {read_identifier("box 7", capturer=each).uri for each in ("a", "b", "a:b", "a%3Ab")}
    assert len(names) == 4


@pytest.mark.parametrize(
    ("uri", "canonical", "scheme"),
    [
        ("http://epc.example.com/obj/7", "http://epc.example.com/obj/7", "uri"),
        ("https://shop.example/01/06901234567892", "https://shop.example/01/06901234567892", "uri"),
        ("https://id.gs1.org/01/06901234567892/99/x",
         "https://id.gs1.org/01/06901234567892/99/x", "uri"),
        ("urn:epc:id:gid:95100000.12345.400", "urn:epc:id:gid:95100000.12345.400", "epc"),
        ("urn:epc:idpat:sgtin:4012345.*.*", "urn:epc:idpat:sgtin:4012345.*.*", "epc"),
        ("urn:uuid:2F0A4B5C-1D2E-4F3A-8B6C-7D8E9F0A1B2C",
         "urn:uuid:2f0a4b5c-1d2e-4f3a-8b6c-7d8e9f0a1b2c", "uuid"),
        ("urn:suyuan:uscc:91110000600037341l", "urn:suyuan:uscc:91110000600037341L", "uscc"),
        ("urn:suyuan:lot:A:B/7", "urn:suyuan:lot:A:B%2F7", "lot"),
        ("urn:suyuan:other:A:b:c", "urn:suyuan:other:A:b:c", "other"),
        ("urn:epc:id:sgln:4012345.00005.0", "https://id.gs1.org/414/4012345000054", "gln"),
        ("https://id.gs1.org/414/4012345000054/254/0",
         "https://id.gs1.org/414/4012345000054", "gln"),
        ("https://id.gs1.org/01/6901234567892", "https://id.gs1.org/01/06901234567892", "gtin"),
        ("URN:EPC:ID:SSCC:4012345.0000000011",
         "https://id.gs1.org/00/040123450000000115", "sscc"),
    ],
)  # fmt: skip
def test_each_name_has_its_canonical_form(uri: str, canonical: str, scheme: str) -> None:
    known = read_identifier(uri, capturer=ME)
    assert (known.uri, known.scheme) == (canonical, scheme)


def test_a_host_counts_as_gs1_only_when_registered() -> None:
    uri = "https://dl.example.cn/shop/01/06901234567892/21/7"
    registered = frozenset(("id.gs1.org", "dl.example.cn"))
    known = read_identifier(uri, capturer=ME, resolvers=registered)
    assert known.uri == "https://id.gs1.org/01/06901234567892/21/7"
    assert read_identifier(uri, capturer=ME).uri == uri


def test_a_supplier_lot_without_its_issuer_is_raw() -> None:
    assert read_identifier("urn:suyuan:lot:B7", capturer=ME).scheme == "raw"


@pytest.mark.parametrize(
    ("uri", "expect", "fits"),
    [
        ("https://id.gs1.org/01/06901234567892", Grain.INSTANCE, False),
        ("https://id.gs1.org/01/06901234567892/21/7", Grain.INSTANCE, True),
        ("https://id.gs1.org/01/06901234567892/10/7", Grain.CLASS, True),
        ("https://id.gs1.org/417/6901234567892", Grain.PLACE, False),
        ("https://id.gs1.org/414/6901234567892", Grain.PARTY, True),
        ("urn:suyuan:uscc:91110000600037341L", Grain.PLACE, False),
        ("urn:suyuan:lot:A:7", Grain.INSTANCE, False),
    ],
)  # fmt: skip
def test_a_code_of_another_grain_than_its_place_expects_is_noted(
    uri: str, expect: Grain, *, fits: bool
) -> None:
    known = read_identifier(uri, capturer=ME, expect=expect)
    assert (known.note is None) is fits


def test_names_that_do_not_tell_take_the_expected_grain() -> None:
    place = read_identifier("http://epc.example.com/gate/7", capturer=ME, expect=Grain.PLACE)
    assert place.grain is Grain.PLACE


@pytest.mark.parametrize("text", ["urn:epc:id:sgtin:1.2.3", "hello", "urn:epc:id:gid:1.2.3"])
def test_only_epc_urns_of_gs1_keys_have_links(text: str) -> None:
    with pytest.raises(CodeError):
        to_digital_link(text)
    assert to_epc_urn(text, 7) is None


@pytest.mark.parametrize("length", [-1, 0, 5, 13, 99])
def test_a_company_prefix_of_impossible_length_has_no_urn(length: int) -> None:
    assert to_epc_urn("https://id.gs1.org/01/06901234567892/21/7", length) is None
