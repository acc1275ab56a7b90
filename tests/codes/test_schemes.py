import pytest

from suyuan.codes import all_schemes, read_identifier, recognise
from suyuan.codes.clean import clean
from suyuan.codes.types import Scheme

SCHEMES = all_schemes()
GOOD = [(scheme, text) for scheme in SCHEMES for text in scheme.good]
BAD = [(scheme, text) for scheme in SCHEMES for text in scheme.bad]


def named(pair: object) -> str:
    return pair.id if isinstance(pair, Scheme) else str(pair)


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=named)
def test_good_samples_are_recognised_and_valid(scheme: Scheme, text: str) -> None:
    candidate = scheme.recognise(clean(text))
    assert candidate is not None
    assert candidate.valid
    assert candidate.scheme == scheme.id
    assert candidate in recognise(text)


@pytest.mark.parametrize(("scheme", "text"), BAD, ids=named)
def test_bad_samples_are_not_valid_and_say_why(scheme: Scheme, text: str) -> None:
    candidate = scheme.recognise(clean(text))
    assert candidate is None or not candidate.valid
    assert candidate is None or any(note.severity != "info" for note in candidate.notes)


@pytest.mark.parametrize("scheme", SCHEMES, ids=named)
def test_every_scheme_says_who_what_and_where_it_is_written(scheme: Scheme) -> None:
    assert scheme.source
    assert scheme.good
    assert scheme.bad
    for text in (scheme.name, scheme.issuer, scheme.structure, scheme.scope):
        assert text.zh
        assert text.en


def test_scheme_ids_are_distinct() -> None:
    assert len({scheme.id for scheme in SCHEMES}) == len(SCHEMES)


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=named)
def test_the_canonical_uri_of_a_sample_is_itself_an_identifier(scheme: Scheme, text: str) -> None:
    candidate = scheme.recognise(clean(text))
    assert candidate is not None
    known = read_identifier(candidate.canonical, capturer="x")
    assert (known.uri, known.scheme) == (candidate.canonical, scheme.id)


@pytest.mark.parametrize(("scheme", "text"), GOOD, ids=named)
def test_parts_together_are_the_code(scheme: Scheme, text: str) -> None:
    candidate = scheme.recognise(clean(text))
    assert candidate is not None
    if scheme.urn:
        prefix = {"sc-licence": "SC", "jy-licence": "JY"}.get(scheme.id, "")
        joined = prefix + "".join(part.value for part in candidate.parts)
        assert candidate.canonical == f"urn:suyuan:{scheme.id}:{joined}"
