"""EPC patterns (Tag Data Standard 2.0 §8) fit the things of their scheme that agree with them.

The oracle compares the fields of two URNs; the canonical names come from the reader of codes.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import read_identifier
from suyuan.exchange.patterns import KNOWN, pattern_of, stem_of
from suyuan.index.stems import stems

DIGITS = {
    "sgtin": 13, "upui": 13, "itip": 13, "sscc": 17, "sgln": 12, "pgln": 12, "grai": 12,
    "gdti": 12, "sgcn": 12, "gsrn": 17, "gsrnp": 17, "gsin": 16,
}  # fmt: skip
"""How many digits prefix and reference have together (Tag Data Standard 2.0 §6.3)."""
SERIALS = {
    "sgtin": "[A-Z0-9]{1,20}", "upui": "[A-Z0-9]{1,20}", "itip": "[A-Z0-9]{1,20}",
    "sgln": "0|[A-Z0-9]{1,20}", "grai": "[A-Z0-9]{1,16}", "gdti": "[A-Z0-9]{1,17}",
    "sgcn": "[0-9]{1,12}", "cpi": "[1-9][0-9]{0,9}",
}  # fmt: skip
TEXTS = {"giai": 18, "ginc": 18, "cpi": 18}
PREFIXES = ("690123", "6901234", "69012345", "690123456789")


@st.composite
def fields_of(draw: st.DrawFn, scheme: str) -> tuple[str, ...]:
    """The fields of one thing; prefixes begin alike, so that a wrong cut would show."""
    prefix = draw(st.sampled_from(PREFIXES))
    if scheme in TEXTS:
        reference = draw(st.from_regex(f"[A-Z0-9]{{1,{TEXTS[scheme]}}}", fullmatch=True))
    else:
        rest = DIGITS[scheme] - len(prefix)
        reference = draw(st.from_regex(f"[01]{{{rest}}}", fullmatch=True)) if rest else ""
    pieces = (draw(st.sampled_from(["01", "02"])), "02") if scheme == "itip" else ()
    wanted = SERIALS.get(scheme)
    serial = () if wanted is None else (draw(st.from_regex(wanted, fullmatch=True)),)
    return (prefix, reference, *pieces, *serial)


def name_of(scheme: str, fields: tuple[str, ...]) -> str:
    return read_identifier(f"urn:epc:id:{scheme}:{'.'.join(fields)}", capturer="-").uri


@pytest.mark.parametrize("scheme", KNOWN)
@given(st.data())
def test_a_pattern_fits_what_agrees_in_the_fields_that_it_gives(
    scheme: str, data: st.DataObject
) -> None:
    one, other = data.draw(fields_of(scheme)), data.draw(fields_of(scheme))
    given_fields = data.draw(st.integers(0, len(one) - 1))
    wild = (*one[:given_fields], *["*"] * (len(one) - given_fields))
    pattern = pattern_of(f"urn:epc:idpat:{scheme}:{'.'.join(wild)}", classes=False)
    assert pattern is not None
    assert name_of(scheme, one).startswith("https://id.gs1.org/")
    assert re.fullmatch(pattern, name_of(scheme, one))
    if len(one[0]) == len(other[0]):  # a link does not say where its prefix ends
        agrees = one[:given_fields] == other[:given_fields]
        assert bool(re.fullmatch(pattern, name_of(scheme, other))) is agrees


@pytest.mark.parametrize("scheme", KNOWN)
@given(st.data())
def test_what_a_pattern_fits_has_its_stem(scheme: str, data: st.DataObject) -> None:
    """No event is passed over, and few are looked at whose products others made."""
    fields = data.draw(fields_of(scheme))
    count = data.draw(st.integers(0, len(fields) - 1))
    wild = (*fields[:count], *["*"] * (len(fields) - count))
    pattern = pattern_of(f"urn:epc:idpat:{scheme}:{'.'.join(wild)}", classes=False)
    assert pattern is not None
    found = list(stems(name_of(scheme, fields)))
    assert stem_of(pattern) in found
    if count:
        assert stem_of(pattern) != found[0], "only the scheme is known of it"


def test_a_stem_tells_schemes_companies_and_products_apart() -> None:
    wild = ("*.*.*", "6901234.*.*", "6901234.012345.*", "6901235.012345.*", "6901234.112345.*")
    found = [pattern_of(f"urn:epc:idpat:sgtin:{each}", classes=False) for each in wild]
    assert len({stem_of(each) for each in found if each}) == len(wild)
    assert list(stems("urn:x:01/06901234012345/21/1")) == []
    units = list(stems(name_of("sscc", ("6901234", "0123456789"))))
    assert units == ["00", "00/69012"], "no pattern leaves the extension digit out and says more"
    assert stem_of(pattern_of("urn:epc:idpat:sscc:6901234.*", classes=False) or "") == units[-1]


@pytest.mark.parametrize("scheme", KNOWN)
@pytest.mark.parametrize(
    "body", ["", "*", "6901234", "6901234.", "x.*.*", "6901234.*.*.*.*.*.*", "6901234.**", "*.1"]
)
def test_what_is_no_pattern_of_the_scheme_is_none(scheme: str, body: str) -> None:
    assert pattern_of(f"urn:epc:idpat:{scheme}:{body}", classes=False) is None


def test_a_pattern_does_not_fit_things_of_another_scheme() -> None:
    names = {
        scheme: name_of(scheme, fields)
        for scheme, fields in {
            "sgtin": ("6901234", "012345", "A"), "upui": ("6901234", "012345", "A"),
            "itip": ("6901234", "012345", "01", "02", "A"), "sgln": ("6901234", "12345", "0"),
            "pgln": ("6901234", "12345"), "grai": ("6901234", "12345", "A"),
            "gdti": ("6901234", "12345", "A"), "sgcn": ("6901234", "12345", "1"),
            "giai": ("6901234", "12345"), "ginc": ("6901234", "12345"),
            "cpi": ("6901234", "12345", "1"), "sscc": ("6901234", "0123456789"),
            "gsrn": ("6901234", "0123456789"), "gsrnp": ("6901234", "0123456789"),
            "gsin": ("6901234", "012345678"),
        }.items()
    }  # fmt: skip
    assert set(names) == set(KNOWN)
    count = {"itip": 5, "sgtin": 3, "upui": 3, "sgln": 3, "grai": 3, "gdti": 3, "sgcn": 3, "cpi": 3}
    for scheme in KNOWN:
        wild = ".".join(["6901234", *["*"] * (count.get(scheme, 2) - 1)])
        pattern = pattern_of(f"urn:epc:idpat:{scheme}:{wild}", classes=False)
        assert pattern is not None
        assert [each for each in KNOWN if re.fullmatch(pattern, names[each])] == [scheme]
