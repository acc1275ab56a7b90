"""The table of application identifiers against GS1's own dictionary, and each row as it reads."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes.checks import gmn_check, gs1_check_digit
from suyuan.codes.gs1_ais import AIS, FIXED, Ai, Piece, length_after, misfits
from suyuan.codes.gs1_elements import read_elements, spelled, split_elements
from suyuan.codes.gs1_keys import KEYS, VARIANTS, UnreadableError
from suyuan.codes.gs1_rules import RULES

DICTIONARY = (
    Path(__file__).parents[3] / "shared/data/epcis/gs1-gs1-syntax-dictionary"
) / "gs1-syntax-dictionary.txt"
SETS = {
    "N": "0123456789",
    "X": "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz",
    "Y": "#-/0123456789ABCXYZ",
    "Z": "-0123456789=ABCXYZ_abcxyz",
}


def checked(size: int) -> st.SearchStrategy[str]:
    body = st.text("0123456789", min_size=size - 1, max_size=size - 1)
    return body.map(lambda text: text + gs1_check_digit(text))


def model(body: str) -> str:
    return body + (gmn_check(body) or "")


MADE: dict[str, st.SearchStrategy[str]] = {
    "csumalpha": st.from_regex(r"[0-9]{5,7}[A-Za-z][A-Za-z0-9]{1,12}", fullmatch=True).map(model),
    "yymmdd": st.dates().map(lambda day: f"{day:%y%m%d}"),
    "yymmd0": st.dates().map(lambda day: f"{day:%y%m00}"),
    "yyyymmdd": st.dates().map(lambda day: f"{day.year:04}{day:%m%d}"),
    "hhmi": st.times().map(lambda time: f"{time:%H%M}"),
    "hh": st.times().map(lambda time: f"{time:%H}"),
    "mi": st.times().map(lambda time: f"{time:%M}"),
    "ss": st.times().map(lambda time: f"{time:%S}"),
    "iso3166": st.sampled_from(["156", "840", "276"]),
    "iso3166999": st.sampled_from(["156", "999"]),
    "iso3166alpha2": st.sampled_from(["CN", "DE"]),
    "iso4217": st.sampled_from(["156", "978"]),
    "iso5218": st.sampled_from("0129"),
    "pcenc": st.sampled_from(["A%20B", "%E6%9D%AD", "plain"]),
    "latitude": st.integers(0, 1_800_000_000).map("{:010}".format),
    "longitude": st.integers(0, 3_600_000_000).map("{:010}".format),
    "yesno": st.sampled_from("01"),
    "hyphen": st.just("-"),
    "importeridx": st.sampled_from("A-_9"),
    "mediatype": st.sampled_from(["01", "10", "80"]),
    "posinseqslash": st.sampled_from(["1/2", "2/2"]),
    "nozeroprefix": st.integers(0, 999_999).map(str),
    "winding": st.sampled_from("019"),
    "pieceoftotal": st.sampled_from(["0102", "0202"]),
    "iban": st.sampled_from(["GB82WEST12345698765432", "DE89370400440532013000"]),
    "zero": st.just("0"),
    "hasnondigit": st.just("1987654Ad4X4bL5ttr2310c2K"),
    "packagetype": st.sampled_from(["201", "BX"]),
}
GMN = st.just("1987654Ad4X4bL5ttr2310c2K")


def piece_value(piece: Piece) -> st.SearchStrategy[str]:
    if "csum" in piece.rules:
        return checked(piece.most)
    if "csumalpha" in piece.rules:
        return GMN
    if "nonzero" in piece.rules:
        return st.integers(1, 10**piece.most - 1).map(f"{{:0{piece.most}}}".format)
    made = next((MADE[rule] for rule in piece.rules if rule in MADE), None)
    if made is not None:
        return made
    return st.text(SETS[piece.kind], min_size=piece.least, max_size=piece.most)


def data(known: Ai) -> st.SearchStrategy[str]:
    """Data of an AI that hold to everything its row says."""
    return st.tuples(*map(piece_value, known.pieces)).map("".join)


def rows() -> list[tuple[str, str, str, str]]:
    """AI or range, flags, pieces, attributes: GS1's own lines."""
    lines = [line.split("#")[0] for line in DICTIONARY.read_text().splitlines()]
    found = []
    for line in filter(str.strip, lines):
        ai, rest = line.split(maxsplit=1)
        flags = re.match(r"[*?]*", rest)
        assert flags is not None
        parts = rest[flags.end() :].split()
        pieces = [each for each in parts if "=" not in each and each != "dlpkey"]
        said = [each for each in parts if each not in pieces]
        found.append((ai, flags[0], " ".join(pieces), " ".join(said)))
    return found


def ours(known: Ai) -> str:
    """A row as the dictionary would write it, but for rules that we do not judge."""
    said = []
    for piece in known.pieces:
        dots = ".." if piece.least != piece.most else ""
        text = f"{piece.kind}{dots}{piece.most}"
        rules = "".join(f",{rule}" for rule in piece.rules)
        said.append(f"[{text}]{rules}" if piece.optional else text + rules)
    return " ".join(said)


@pytest.mark.shared
@pytest.mark.skipif(not DICTIONARY.exists(), reason="the corpora are not beside the checkout")
def test_the_table_is_the_dictionary_of_gs1() -> None:
    """Every row, its pieces, rules, companions and place in a link; company prefixes apart.

    Whether a prefix has been issued is not ours to judge: rule `gcppos` has no counterpart.
    """
    seen = set()
    for spelled_ai, flags, pieces, said in rows():
        first, _, last = spelled_ai.partition("-")
        for number in range(int(first), int(last or first) + 1):
            ai = f"{number:0{len(first)}}"
            seen.add(ai)
            assert ours(AIS[ai]) == re.sub(r",gcppos[12]", "", pieces), ai
            assert AIS[ai].in_query is ("?" in flags), ai
            needs = ",".join("+".join(group) for group in AIS[ai].needs)
            attributes = dict(each.partition("=")[::2] for each in said.split())
            assert needs == attributes.get("req", ""), ai
            assert ",".join(AIS[ai].bars) == attributes.get("ex", ""), ai
            assert (ai[:2] in FIXED) is ("*" in flags), ai
            assert (ai in KEYS) is ("dlpkey" in attributes), ai
            if attributes.get("dlpkey"):
                alternatives = [each.split(",") for each in attributes["dlpkey"].split("|")]
                known = [KEYS[ai], *(key for (of, _), key in VARIANTS.items() if of == ai)]
                assert [list(key.qualifiers) for key in known if key.qualifiers] == alternatives, ai
    assert seen == set(AIS)


AI_WITH_DATA = st.sampled_from(sorted(AIS)).flatmap(
    lambda ai: st.tuples(st.just(ai), data(AIS[ai]))
)


def is_read(text: str) -> bool:
    try:
        return read_elements(text) is not None
    except UnreadableError:
        return False


@given(AI_WITH_DATA)
def test_data_that_hold_to_their_row_are_read_and_printed_back(pair: tuple[str, str]) -> None:
    text = spelled((pair,))
    assert is_read(text)
    assert split_elements(text) == (pair,)


@given(AI_WITH_DATA, st.data())
def test_data_one_character_too_long_or_foreign_are_refused(
    pair: tuple[str, str], draw: st.DataObject
) -> None:
    ai, value = pair
    longest = sum(piece.most for piece in AIS[ai].pieces)
    long_value = value + "0" * (longest + 1 - len(value))
    foreign = draw.draw(st.sampled_from(["£", "|", "猪", "~ ", "\\"]))
    assert not is_read(f"({ai}){long_value}")
    assert not is_read(f"({ai}){value}{foreign}")


@given(st.lists(AI_WITH_DATA, min_size=1, max_size=6, unique_by=lambda pair: pair[0]))
def test_split_and_print_are_each_others_inverse(pairs: list[tuple[str, str]]) -> None:
    """With brackets and, where every AI has been ended, with separators."""
    known = tuple(pairs)
    scanned = "".join(f"{ai}{value}\x1d" for ai, value in known)
    assert split_elements(spelled(known)) == known
    assert split_elements(f"\x1d{scanned}") == known
    assert split_elements(scanned.replace("\x1d", "^")) == known


@given(st.sampled_from(sorted(ai for ai in AIS if ai[:2] in FIXED)), st.data())
def test_predefined_lengths_need_no_separator(ai: str, draw: st.DataObject) -> None:
    value = draw.draw(data(AIS[ai]))
    assert split_elements(f"{ai}{value}10B7") == ((ai, value), ("10", "B7"))


@pytest.mark.parametrize("rule", sorted(RULES.keys() - {"couponcode", "couponposoffer"}))
def test_every_rule_can_fail(rule: str) -> None:
    bad = {
        "csum": "6901234567893", "csumalpha": "1987654Ad4X4bL5ttr2310c3K", "yymmdd": "260230",
        "yymmd0": "261300", "yyyymmdd": "20260230", "hhmi": "2400", "hh": "24", "mi": "60",
        "ss": "60", "iso3166": "999", "iso3166999": "001", "iso3166alpha2": "XX",
        "iso4217": "001", "iso5218": "3", "pcenc": "%4", "latitude": "1800000001",
        "longitude": "3600000001", "yesno": "2", "hyphen": "+", "importeridx": "!",
        "mediatype": "11", "posinseqslash": "3/2", "nonzero": "000", "zero": "1",
        "nozeroprefix": "01", "winding": "2", "pieceoftotal": "0302",
        "iban": "GB82WEST12345698765433", "hasnondigit": "123", "packagetype": "-",
    }  # fmt: skip
    assert not RULES[rule](bad[rule])


@pytest.mark.parametrize(
    ("ais", "expected"),
    [
        ({"01", "10", "21"}, ()),
        ({"10"}, ("10",)),
        ({"01", "02", "37"}, ("01", "02", "37")),
        ({"01", "3103", "3102"}, ("3102", "3103")),
        ({"00", "02", "37"}, ()),
        ({"01", "3922", "3103"}, ()),
        ({"01", "3922"}, ("3922",)),
    ],
)
def test_companions_and_exclusions_are_judged_over_the_whole_code(
    ais: set[str], expected: tuple[str, ...]
) -> None:
    assert tuple(sorted({ai for ai, _ in misfits(frozenset(ais))})) == expected


def test_the_length_of_an_identifier_follows_from_its_first_two_digits() -> None:
    assert all(length_after(ai[:2]) == len(ai) for ai in AIS)
    assert length_after("05") is None
