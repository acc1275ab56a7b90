"""Vectors of three other readers, read whole. Where we differ, a rule says so.

The rules are those of docs/concepts/identity.md, "Where other readers differ"; each is a
function of the text, and none knows which vector it meets.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from deviations import (
    has_fragment,
    has_path,
    holds_its_check_digit,
    is_piece_of_total,
    is_written_as_uri,
)

from suyuan.codes import recognise, to_epc_urn
from suyuan.codes.clean import clean
from suyuan.codes.gs1_ais import AIS, FIXED, length_after
from suyuan.codes.gs1_compressed import _SEQUENCES, compress, decompress
from suyuan.codes.gs1_elements import read_elements, split_elements
from suyuan.codes.gs1_keys import KEYS, Reading, UnreadableError
from suyuan.codes.identifier import read_gs1

SHARED = Path(__file__).parents[3] / "shared" / "data" / "epcis"
SOLIDSOFT = "Solidsoft-Gs1DigitalLinkLib/feature-tables.json"
ENGINE_ELEMENTS = "gs1-gs1-syntax-engine/ai-vectors.json"
ENGINE_LINKS = "gs1-gs1-syntax-engine/dl-vectors.json"
TRANSLATOR = "openepcis-epc-digitallink-translator"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the corpora are not beside the checkout"),
]


def vectors(name: str) -> Any:
    return json.loads((SHARED / name).read_text())


def reading(text: str) -> Reading | None:
    """As the search box reads it: cleaned, then as a link, a URN or an element string."""
    plain = clean(text).text
    try:
        return (
            read_gs1(plain, anywhere=True)
            if "://" in plain or ":" in plain[:4]
            else read_elements(plain)
        )
    except UnreadableError:
        return None


def name(text: str) -> str | None:
    found = reading(text)
    return None if found is None else found.uri


# The rules.


def has_company_prefix(link: str, length: int) -> bool:
    """TDS 2.0 §6.3: the prefix is digits, and a reference follows where the key is free text."""
    found = re.search(r"/(401|8004|8010)/([^/]+)", link)
    return found is None or (found[2][:length].isdigit() and len(found[2]) > length)


def is_no_key(text: str) -> bool:
    """The dictionary makes 410-413 and 416 data about a thing, no keys of a link."""
    listed = r"(?:41[0-36]|billTo|shipTo|shipFor|purchasedFrom|glnProd)"
    found = re.search(rf"(?:/|\(){listed}(?:/|\))", text)
    return found is not None or bool(re.search(r"/Q[QRSTW][A-Za-z0-9_-]{8}$", text))


def rule_of(case: dict[str, Any]) -> str:
    """Which of the rules speaks of a vector of the validator; none of most."""
    link, length = case["in"], case.get("gcpLength")
    if not is_piece_of_total(link):
        return "piece of total"
    if not link.startswith("http"):
        return "none"
    rules = {
        "fragment": not has_fragment(link),
        "not written as URI": is_written_as_uri(link),
        "check digit": holds_its_check_digit(link),
        "company prefix": length is None or has_company_prefix(link, length),
    }
    return next((rule for rule, holds in rules.items() if not holds), "none")


def accepts(case: dict[str, Any]) -> bool:
    text, length = case["in"], case.get("gcpLength")
    is_read = reading(text) is not None
    if is_read and length is not None and text.startswith("http"):
        return to_epc_urn(text, length) is not None
    return is_read


def test_the_validator_and_we_accept_the_same_but_for_the_rules() -> None:
    """What is cut at a character or before a fragment is another text, on which nothing is said."""
    cases = vectors(f"{TRANSLATOR}/validate-vectors.json")
    expected = {
        "none": None,
        "check digit": False,
        "company prefix": False,
        "piece of total": False,
    }
    judged = [each for each in cases if rule_of(each) in expected]
    wrong = [
        (each["in"], each["valid"])
        for each in judged
        for sound in [expected[rule_of(each)]]
        if accepts(each) != (each["valid"] if sound is None else sound)
    ]
    assert Counter(map(rule_of, cases)) == {
        "none": 150, "check digit": 52, "company prefix": 6, "not written as URI": 8, "fragment": 2,
        "piece of total": 1,
    }  # fmt: skip
    assert sum(each["valid"] for each in judged if expected[rule_of(each)] is False) == 25
    assert wrong == []


def test_links_are_taken_apart_as_the_translator_takes_them_apart() -> None:
    """A path of more than key and qualifiers, or an empty qualifier, is no Digital Link."""
    parsed = vectors(f"{TRANSLATOR}/dl-parse-normalize-vectors.json")
    for each in parsed["parse"]:
        found = reading(each["uri"])
        expected = {ai: value for ai, value in each["expect"].items() if ai in AIS}
        if "" in expected.values() or re.search("/[0-9]{5,}/", each["uri"]):
            assert found is None or "Digital Link" not in found.uri
        else:
            assert found is not None
            assert dict(found.pairs + found.extra) == expected
    for each in parsed["normalize"]:
        assert name(each["in"]) == name(each["expect"])
    unnamed = [each["in"] for each in parsed["normalize"] if name(each["in"]) is None]
    assert unnamed == [each["in"] for each in parsed["normalize"] if not has_path(each["in"])]
    assert (len(parsed["normalize"]), len(unnamed)) == (4, 1)


def tables() -> Iterator[tuple[str, list[str], list[list[str]]]]:
    for title, table in vectors(SOLIDSOFT).items():
        yield title, table["columns"], table["rows"]


def same_thing_twice() -> Iterator[tuple[str, str]]:
    """Two spellings of one thing: links, compressed ones, element strings, short names."""
    for _title, columns, rows in tables():
        if len(columns) in {2, 3} and columns[0] not in {"AI", "Key", "PropertyName", "code"}:
            for row in rows:
                spelled = row[1:] if columns[0] == "uriStem" else row
                texts = [text for text in spelled if text.startswith("http") or "01" in text]
                if len(row[-1]) > 8 and len(texts) >= 2 and "http" in "".join(row):
                    yield texts[-2], texts[-1]


def test_every_spelling_of_solidsofts_tables_names_the_same_thing() -> None:
    pairs = [pair for pair in same_thing_twice() if not any(map(is_no_key, pair))]
    wrong = [(one, two, name(one), name(two)) for one, two in pairs if name(one) != name(two)]
    unread = [pair for pair in pairs if name(pair[0]) is None]
    assert len(pairs) > 900
    assert wrong == []
    assert unread == [pair for pair in pairs if not all(map(is_piece_of_total, pair))]
    assert (len(pairs), len(unread)) == (1159, 340)


def test_compression_gives_solidsofts_bits() -> None:
    """Theirs uses no known sequences; with ours the same comes out when taken apart."""
    checked = beyond = 0
    for title, columns, rows in tables():
        if columns != ["decompressedDigitalLink", "expectedDigitalLink"] or "artial" in title:
            continue
        for plain, expected in rows:
            found = reading(plain)
            if found is None:
                assert is_no_key(plain) or not is_piece_of_total(plain)
                beyond += not is_piece_of_total(plain)
                continue
            pairs = found.pairs + found.extra
            segment = re.split("[?#]", expected)[0].rpartition("/")[2]
            assert compress(pairs, sequences=False) == segment
            shorter = compress(pairs)
            assert sorted(decompress(shorter) or ()) == sorted(pairs)
            checked += 1
    assert (checked, beyond) == (35, 8)


def test_solidsofts_tables_of_identifiers_are_in_ours() -> None:
    """Formats: where theirs counts pieces otherwise, the longest data are as long."""

    def longest(layout: str) -> int:
        plain = layout.replace("X1..X", "X..")
        return sum(map(int, re.findall(r"[0-9]+", plain))) + layout.count("[-]")

    shorter_there = re.compile("39[13].")  # without the currency code that stands before
    for title, columns, rows in tables():
        if title.startswith("TableTests"):
            for row in (dict(zip(columns, each, strict=True)) for each in rows):
                if "format" in row:
                    most = sum(piece.most for piece in AIS[row["ai"]].pieces)
                    assert most == longest(row["format"]) or shorter_there.match(row["ai"])
                elif "numberOfCharacters" in row:
                    first = row["aiFirstTwoDigits"]
                    assert FIXED[first] == int(row["numberOfCharacters"])
                elif "lengthOfAi" in row:
                    assert length_after(row["aiFirstTwoDigits"]) == int(row["lengthOfAi"])
                elif "code" in row:
                    ais = tuple(filter(None, (row[f"ai{place}"] for place in range(1, 5))))
                    assert _SEQUENCES[row["code"]] == ais


def test_element_strings_are_split_as_the_syntax_engine_splits_them() -> None:
    for each in vectors(ENGINE_ELEMENTS):
        if each["ok"]:
            assert split_elements(each["ai"]) == split_elements(each["element_string"])
            assert reading(each["ai"]) is not None
        else:
            assert reading(each["ai"]) is None


def keyed() -> list[str]:
    """Every vector of the engine that we read and whose key ends in a check digit."""
    links = vectors(ENGINE_LINKS)
    texts = [each["uri"] for each in links["parse"]] + [each["ai"] for each in links["generate"]]
    found = [(text, reading(text)) for text in texts]
    return [
        text
        for text, each in found
        if each is not None and KEYS[each.pairs[0][0]].checked and each.pairs[0][1] in text
    ]


def test_a_vector_with_one_digit_of_its_key_changed_is_refused() -> None:
    """Modulo 10 finds every single wrong digit; the rule gives the verdict, not a table."""
    for text in keyed():
        found = reading(text)
        assert found is not None
        ai, value = found.pairs[0]
        at = text.index(value)
        for place in range(KEYS[ai].checked):
            digit = str((int(value[place]) + 1 + place % 8) % 10)
            changed = text[: at + place] + digit + text[at + place + 1 :]
            assert reading(changed) is None, changed


def test_a_vector_with_a_key_too_long_is_refused() -> None:
    """A key has one length; the tail that some may have is of other characters or shorter."""
    for text in keyed():
        found = reading(text)
        assert found is not None
        ai, value = found.pairs[0]
        if KEYS[ai].head == len(value) and not KEYS[ai].value.fullmatch(f"{value}00"):
            assert reading(text.replace(value, f"{value}00", 1)) is None


def test_a_vector_keeps_its_name_whatever_scanners_and_people_add() -> None:
    for text in keyed():
        added = [f"  {text}\n", "\u200b" + text]
        added += (
            [f"]d2{text}", text.replace("(", "（").replace(")", "）")] if "://" not in text else []
        )
        assert {recognise(each)[0].canonical for each in added} == {name(text)}


# Mutated vectors: the verdict comes from the rule, written down once more here.

FIXED_LENGTHS = {"00": 18, "01": 14, "402": 17, "414": 13, "417": 13, "8017": 18, "8018": 18}


def corpus_links() -> list[tuple[str, str, str]]:
    """Every key of fixed length in a link or bracketed string of the corpora: text, AI, value."""
    texts = [each["uri"] for each in vectors(ENGINE_LINKS)["parse"]]
    texts += [each["ai"] for each in vectors(ENGINE_LINKS)["generate"]]
    texts += [each["in"] for each in vectors(f"{TRANSLATOR}/validate-vectors.json")]
    texts += [text for pair in same_thing_twice() for text in pair]
    found = []
    for text in dict.fromkeys(texts):
        key = re.search(r"(?:[a-z]/|^\()(00|01|402|414|417|8017|8018)[/)]([0-9]+)(?![^/(?#])", text)
        if key and name(text) is not None and len(key[2]) == FIXED_LENGTHS[key[1]]:
            found.append((text, key[1], key[2]))
    return found


def is_sound_key(ai: str, value: str) -> bool:
    """General Specifications §3 and §7.9: its length, and modulo 10 over all its digits.

    A GTIN may stand with 8, 12 or 13 digits, for its zeros are forgiven.
    """
    lengths = {FIXED_LENGTHS[ai]} | ({8, 12, 13} if ai == "01" else set())
    weights = zip(map(int, reversed(value)), [1, 3] * len(value), strict=False)
    return len(value) in lengths and sum(digit * weight for digit, weight in weights) % 10 == 0


def mutations(value: str) -> Iterator[str]:
    """Wrong check digits, characters dropped or doubled, neighbours swapped, wrong lengths."""
    yield from (value[:-1] + digit for digit in "0123456789" if digit != value[-1])
    for at in range(len(value)):
        yield value[:at] + value[at + 1 :]
        yield value[:at] + value[at] + value[at:]
        yield value[:at] + value[at + 1 : at + 2] + value[at] + value[at + 2 :]
    yield from (value + "0" * size for size in (1, 2, 5))
    yield from (value[:size] for size in (1, 7, 8, 12, 13))


def test_a_mutated_key_is_read_if_and_only_if_the_rule_says_that_it_is_sound() -> None:
    keys = corpus_links()
    verdicts = {True: 0, False: 0}
    for text, ai, value in keys:
        for mutated in dict.fromkeys(mutations(value)):
            changed = text.replace(value, mutated, 1)
            found = reading(changed)
            is_read = found is not None and found.pairs[0][0] == ai
            expected = is_sound_key(ai, mutated)
            assert is_read == expected, (changed, expected)
            verdicts[expected] += 1
    assert len(keys) > 100
    assert min(verdicts.values()) > 50


def test_mutated_orders_of_qualifiers_are_read_only_in_the_order_of_the_standard() -> None:
    """GS1 Digital Link 1.2 §4.10: behind a GTIN 22, 10 and 21 stand in this order."""
    values = sorted({value for _, ai, value in corpus_links() if ai == "01"})
    orders = [order for size in (1, 2, 3) for order in permutations(("22", "10", "21"), size)]
    for value in values:
        for order in orders:
            link = f"https://id.gs1.org/01/{value}" + "".join(f"/{ai}/A{ai}" for ai in order)
            expected = list(order) == sorted(order, key=("22", "10", "21").index)
            assert (reading(link) is not None) == expected, link
    assert len(values) * len(orders) > 100
