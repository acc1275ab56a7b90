import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.codes import Candidate, all_schemes, read_identifier, recognise
from suyuan.codes.clean import clean
from suyuan.codes.index import likely_schemes
from suyuan.codes.pages import UNASKED
from suyuan.codes.schemes import gs1
from suyuan.codes.types import Field, Scheme

SCHEMES = all_schemes()
GOOD = [(scheme, text) for scheme in SCHEMES for text in scheme.good]
BAD = [(scheme, text) for scheme in SCHEMES for text in scheme.bad]
ROWS = [scheme for scheme in SCHEMES if scheme.urn and scheme.id not in {"resident-id", "gs1-data"}]
PERSONAL = "resident-id"


def named(pair: object) -> str:
    return pair.id if isinstance(pair, Scheme) else str(pair)


def reading(scheme: Scheme, text: str) -> Candidate:
    return next(each for each in recognise(text) if each.scheme == scheme.id)


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=named)
def test_good_samples_are_recognised_and_valid(scheme: Scheme, text: str) -> None:
    candidate = reading(scheme, text)
    assert candidate.valid
    assert candidate.issued_by == scheme.issuer
    assert candidate.pages == scheme.pages
    assert candidate.verified is scheme.verified


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ecode:1 0036 93008912340", ["1", "0036", "93008912340"]),
        ("Ecode:2 0036 1234", ["2", "0036", "1234"]),
        ("Ecode:3 00036 12345", ["3", "00036", "12345"]),
        ("Ecode:4 00036 A1", ["4", "00036", "A1"]),
    ],
)
def test_an_ecode_is_cut_as_its_version_says(text: str, parts: list[str]) -> None:
    found = recognise(text)[0]
    assert (found.scheme, [each.value for each in found.parts]) == ("ecode", parts)


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=named)
def test_a_good_sample_is_first_or_told_with_what_else_it_can_be(scheme: Scheme, text: str) -> None:
    found = recognise(text)
    assert found[0].scheme == scheme.id or found[0].score >= reading(scheme, text).score


@pytest.mark.parametrize(("scheme", "text"), BAD, ids=named)
def test_bad_samples_are_not_valid_and_say_why(scheme: Scheme, text: str) -> None:
    assert not any(each.valid for each in recognise(text) if each.scheme == scheme.id)
    candidate = scheme.recognise(clean(text))
    assert candidate is None or not candidate.valid
    assert candidate is None or any(note.severity != "info" for note in candidate.notes)


@pytest.mark.parametrize("scheme", SCHEMES, ids=named)
def test_every_scheme_says_who_what_and_where_it_is_written(scheme: Scheme) -> None:
    assert scheme.source
    assert scheme.good
    assert scheme.bad
    assert scheme.layout
    texts = [scheme.name, scheme.issuer, scheme.scope, scheme.check]
    for text in texts + [page.name for page in scheme.pages]:
        assert text.zh
        assert text.en
    for field in scheme.layout:
        assert field.text or (field.name and field.zh and field.en and field.most)


@pytest.mark.parametrize("scheme", SCHEMES, ids=named)
def test_a_scheme_that_can_fail_a_check_says_how_bad_that_is(scheme: Scheme) -> None:
    """The severity of the table is the severity of the notes."""
    wrong = [scheme.recognise(clean(text)) for text in scheme.bad]
    said = {note.severity for each in wrong if each is not None for note in each.notes}
    if scheme.severity == "warning":
        assert "error" not in said


@pytest.mark.parametrize("scheme", SCHEMES, ids=named)
def test_an_address_is_called_confirmed_only_with_what_confirms_it_and_the_day(
    scheme: Scheme,
) -> None:
    for page in scheme.pages:
        assert page.verified == (page.confirmed is not None)
        if page.confirmed is not None:
            days = [
                re.findall("20[0-9]{2}-[0-9]{2}-[0-9]{2}", text)
                for text in (page.confirmed.zh, page.confirmed.en)
            ]
            assert days[0] == days[1] != []


def test_scheme_ids_are_distinct() -> None:
    assert len({scheme.id for scheme in SCHEMES}) == len(SCHEMES)


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=named)
def test_the_canonical_uri_of_a_sample_is_itself_an_identifier(scheme: Scheme, text: str) -> None:
    candidate = reading(scheme, text)
    known = read_identifier(candidate.canonical, capturer="x")
    if scheme.id == PERSONAL:
        assert known.scheme == "raw"
    elif candidate.canonical.startswith("urn:suyuan:raw:-:"):
        assert scheme.scoped  # its issuer is not in the text, and the note says so
        assert "code.issuer" in [note.code for note in candidate.notes]
    else:
        assert (known.uri, known.scheme) == (candidate.canonical, scheme.id)


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=named)
def test_what_is_canonical_is_read_as_itself(scheme: Scheme, text: str) -> None:
    candidate = reading(scheme, text)
    again = recognise(candidate.canonical)
    assert again[0].canonical == candidate.canonical


@pytest.mark.parametrize("scheme", ROWS, ids=named)
def test_the_drawn_structure_is_the_code(scheme: Scheme) -> None:
    """Constants and parts in the order of the layout are what the canonical name holds."""
    for text in scheme.good:
        candidate = reading(scheme, text)
        values = {part.name: part.value for part in candidate.parts}
        joined = "".join(each.text or values.get(each.name, "") for each in scheme.layout)
        known = read_identifier(f"urn:suyuan:{scheme.id}:{joined}", capturer="x")
        assert known.uri == candidate.canonical


def longest(field: Field) -> int:
    return len(field.text) if field.text else field.most


def written(scheme: Scheme) -> st.SearchStrategy[str]:
    """Texts of about the right length and alphabet, most of which fail something."""
    size = min(sum(longest(each) for each in scheme.layout) + 1, 60)
    letters = "".join(each.text for each in scheme.layout) + "0123456789AXs-()湘"
    return st.text(alphabet=sorted(set(letters)), min_size=1, max_size=size)


TEXTS = st.one_of(
    st.sampled_from([text for _, text in GOOD + BAD]),
    st.sampled_from(ROWS).flatmap(written),
    st.text(max_size=40),
)


@given(TEXTS)
@example("https://id.gs1.org/01/06901234567892")
def test_the_index_finds_what_trying_every_scheme_finds(text: str) -> None:
    """The oracle: all schemes asked one by one."""
    cleaned = clean(text)
    slow = {
        (each.scheme, each.canonical)
        for scheme in SCHEMES
        if (each := scheme.recognise(cleaned)) is not None and scheme.id != PERSONAL
    }
    asked = (scheme.recognise(cleaned) for scheme in likely_schemes(cleaned))
    fast = {
        (each.scheme, each.canonical)
        for each in (*gs1.readings(cleaned), *asked)
        if each is not None
    }
    assert fast == slow


@given(TEXTS)
def test_canonicalising_twice_changes_nothing(text: str) -> None:
    for candidate in recognise(text):
        if candidate.valid and not candidate.canonical.startswith("urn:suyuan:raw:"):
            again = [each.canonical for each in recognise(candidate.canonical)]
            assert candidate.canonical in again


@pytest.mark.parametrize("scheme", all_schemes(), ids=lambda each: each.id)
def test_a_scheme_tells_where_to_ask_or_that_there_is_nowhere(scheme: Scheme) -> None:
    assert bool(scheme.pages) != (scheme.unasked is not None)
    for page in scheme.pages:
        assert page.url.startswith(("https://", "http://"))
        assert bool(page.confirmed) == page.verified


def test_nothing_is_said_of_a_scheme_that_is_none_or_has_a_page() -> None:
    assert set(UNASKED) == {each.id for each in all_schemes() if not each.pages}
