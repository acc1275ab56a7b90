"""Vectors of others, read whole; each deviation is a rule of ours, stated where it applies."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from deviations import holds_its_check_digit, is_piece_of_total, is_written_as_uri

from suyuan.codes import to_digital_link, to_epc_urn
from suyuan.codes.gs1_elements import read_elements
from suyuan.codes.gs1_keys import UnreadableError
from suyuan.codes.identifier import read_gs1
from suyuan.codes.translate import CodeError

SHARED = Path(__file__).parents[3] / "shared" / "data" / "epcis"
TRANSLATOR = "openepcis-epc-digitallink-translator/translate-vectors.json"
NORMALISER = "RalphTro-epcis-event-hash-generator/dl-normaliser-vectors.json"
ENGINE_LINKS = "gs1-gs1-syntax-engine/dl-vectors.json"
ENGINE_ELEMENTS = "gs1-gs1-syntax-engine/ai-vectors.json"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the corpora are not beside the checkout"),
]


def vectors(name: str) -> Any:
    return json.loads((SHARED / name).read_text())


def link_of(urn: str) -> str | None:
    try:
        return to_digital_link(urn)
    except CodeError:
        return None


def name_of(uri: str) -> str | None:
    try:
        reading = read_gs1(uri, anywhere=True)
    except UnreadableError:
        return None
    return None if reading is None else reading.uri


def name_of_elements(text: str) -> str | None:
    try:
        reading = read_elements(text)
    except UnreadableError:
        return None
    return None if reading is None else reading.uri


def plain(uri: str | None) -> str | None:
    """Without percent-encoding, one pass: the translator encodes nothing, we all but unreserved."""
    return uri and re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), uri)


def test_urns_become_the_links_that_the_translator_gives() -> None:
    operations = {"toURI", "toURIForClassLevelIdentifier", "toDigitalLink"}
    cases = [each for each in vectors(TRANSLATOR) if each["op"] in operations]
    wrong = [
        (each["in"], link_of(each["in"]))
        for each in cases
        for expected in [each.get("expect") if is_piece_of_total(each["in"]) else None]
        if plain(link_of(each["in"])) != plain(expected)
    ]
    assert len(cases) > 100
    assert wrong == []


def rule_of(case: dict[str, str]) -> str:
    """Which rule speaks of a vector of the translator that has an answer."""
    if "expect" not in case:
        return "none"
    if not is_written_as_uri(case["in"]):
        return "not written as URI"
    return "none" if holds_its_check_digit(case["in"]) else "check digit"


def test_links_become_the_urns_that_the_translator_gives() -> None:
    cases = [each for each in vectors(TRANSLATOR) if each["op"].startswith("toURN")]
    wrong = []
    for each in cases:
        if rule_of(each) == "not written as URI":
            continue
        expected = each.get("expect") if rule_of(each) == "none" else None
        told = len(each["expect"].split(":")[4].split(".")[0]) if "expect" in each else 7
        got = to_epc_urn(each["in"], each.get("gcpLength", told))
        if plain(got) != plain(expected):
            wrong.append((each["in"], got))
    assert Counter(map(rule_of, cases)) == {"none": 82, "check digit": 3, "not written as URI": 7}
    assert wrong == []


OPERATIONS = {
    "toURN": 72, "toDigitalLink": 41, "toURIForClassLevelIdentifier": 39, "toURI": 31,
    "toURNForClassLevelIdentifier": 20, "toBareStringVocabulary": 5, "toUrnVocabulary": 2,
    "toWebURIVocabulary": 1,
}  # fmt: skip
"""All that the translator can; those of words are judged in tests/wire/test_wire_words.py."""


def test_every_vector_of_the_translator_is_judged_by_a_test() -> None:
    assert Counter(each["op"] for each in vectors(TRANSLATOR)) == OPERATIONS


def test_names_are_those_of_the_event_hash_normaliser() -> None:
    cases = vectors(NORMALISER)
    wrong = [
        (each["in"], name_of(each["in"]))
        for each in cases
        if name_of(each["in"]) != each["canonical"]
    ]
    assert len(cases) > 30
    assert wrong == []


def is_ours_to_judge(case: dict[str, Any]) -> bool:
    """The engine judges the whole label, we the name: the query and its rules are not part of it.

    It also refuses an upper-case scheme, which RFC 3986 §3.1 makes equal to the lower-case one,
    and, unless a flag allows them, letter names and short GTINs, which we read with a note.
    """
    uri: str = case["uri"]
    has_letter_name = re.search("/gtin/", uri) is not None
    return (
        "?" not in uri
        and not has_letter_name
        and uri.split(":", maxsplit=1)[0] in ("http", "https", "")
    )


def test_links_are_read_where_the_syntax_engine_reads_them() -> None:
    cases = vectors(ENGINE_LINKS)["parse"]
    wrong = [
        (each["uri"], name_of(each["uri"]))
        for each in cases
        if (each["ok"] or is_ours_to_judge(each))
        and (name_of(each["uri"]) is not None) != each["ok"]
    ]
    excused = [each for each in cases if not each["ok"] and not is_ours_to_judge(each)]
    assert len(excused) == 7
    assert wrong == []


def test_links_and_their_element_strings_name_the_same_thing() -> None:
    parsed = vectors(ENGINE_LINKS)["parse"]
    # Unknown identifiers are let through by a flag of the engine that we do not have.
    pairs = [
        (each["uri"], each["element_string"])
        for each in parsed
        if each["ok"] and "PermitUnknownAIs" not in each.get("flags", {})
    ]
    wrong = [pair for pair in pairs if name_of(pair[0]) != name_of_elements(pair[1])]
    assert len(pairs) > 30
    assert wrong == []


def test_bracketed_strings_name_what_the_engines_link_names() -> None:
    cases = [each for each in vectors(ENGINE_LINKS)["generate"] if each["ok"]]
    wrong = [
        (each["ai"], name_of_elements(each["ai"]), name_of(each["uri"]))
        for each in cases
        if name_of_elements(each["ai"]) != name_of(each["uri"])
    ]
    assert wrong == []


def test_element_strings_are_refused_where_the_syntax_engine_refuses_them() -> None:
    refused = [each["ai"] for each in vectors(ENGINE_ELEMENTS) if not each["ok"]]
    keyed = [each for each in vectors(ENGINE_ELEMENTS) if each["ok"] and "(01)" in each["ai"]]
    assert [ai for ai in refused if name_of_elements(ai) is not None] == []
    for each in keyed:
        assert name_of_elements(each["ai"]) == name_of_elements(each["element_string"])
        assert name_of_elements(each["ai"]) is not None
