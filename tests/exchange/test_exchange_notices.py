"""What is probably not meant so in a query is refused if no event can hold it, else it is said."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.exchange import QueryError, notices, parameters
from suyuan.exchange.master import parse_master
from suyuan.exchange.notices import Notice
from suyuan.wire import cbv

CLOSED = {
    "EQ_bizStep": cbv.BIZ_STEP,
    "EQ_disposition": cbv.DISPOSITION,
    "EQ_errorReason": cbv.ERROR_REASON,
}
TYPED = {
    "EQ_bizTransaction": cbv.BIZ_TRANSACTION,
    "EQ_source": cbv.SOURCE_DESTINATION,
    "EQ_destination": cbv.SOURCE_DESTINATION,
}
OPEN = {
    "EQ_type": cbv.MEASUREMENT,
    "EQ_persistentDisposition_set": cbv.DISPOSITION,
    "EQ_persistentDisposition_unset": cbv.DISPOSITION,
}
EVERY = CLOSED | TYPED | OPEN
OWN = "urn:suyuan:party:a"


def asked(name: str, word: str) -> dict[str, list[str]]:
    return {f"{name}_{word}": [OWN]} if name in TYPED else {name: [word]}


def said(name: str, word: str) -> tuple[Notice, ...]:
    return parameters.parse(asked(name, word)).notices


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_said_of_the_words_of_the_standard_in_any_spelling(name: str) -> None:
    known = EVERY[name]
    for word in known.words:
        for beginning in ("", *known.full, *known.withdrawn):
            assert said(name, beginning + word) == ()


@given(name=st.sampled_from(sorted(EVERY)), data=st.data())
def test_a_word_with_a_letter_lost_is_never_passed_over(name: str, data: st.DataObject) -> None:
    known = EVERY[name]
    word = data.draw(st.sampled_from(sorted(each for each in known.words if len(each) > 6)))
    at = data.draw(st.integers(0, len(word) - 1))
    wrong = word[:at] + word[at + 1 :]
    assume(wrong not in known.words)
    if name in OPEN:
        (notice,) = said(name, wrong)
        cure = notice.cure
    else:
        with pytest.raises(QueryError) as caught:
            said(name, wrong)
        assert (caught.value.code, caught.value.status) == ("query.word", 400)
        assert caught.value.epcis == "epcisException:QueryParameterException"
        assert wrong in caught.value.text.zh
        cure = vars(caught.value)["cure"]
    assert word in cure.en
    assert word in cure.zh
    for beginning in (*known.full, *known.withdrawn):
        (notice,) = said(name, beginning + wrong)
        assert (notice.rule, notice.place) == (
            "query.word",
            next(iter(asked(name, beginning + wrong))),
        )
        assert word in notice.cure.en


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("https://id.gs1.org/01/06901234567893/21/A1", "query.code"),
        ("https://id.gs1.org/00/069012340000000001", "query.code"),
        ("urn:epc:id:sgtin:69012.1.1", "query.code"),
        ("06901234567892", "query.code"),
        ("urn:suyuan:uscc:91330100MA2XXXXX1X", "query.code"),
        ("https://id.gs1.org/01/06901234567892/21/A1", None),
        ("urn:epc:id:sgtin:6901234.000001.1", None),
        ("urn:epc:idpat:sgtin:6901234.000001.*", None),
        ("urn:epc:idpat:sgtin:6901234.*.*", None),
        ("https://example.com/thing/1", None),
        ("urn:uuid:00000000-0000-0000-0000-000000000001", None),
    ],
)
@pytest.mark.parametrize("name", ["MATCH_epc", "MATCH_anyEPC", "MATCH_anyEPCClass"])
def test_a_code_that_is_not_sound_is_said_to_be_so(name: str, value: str, rule: str | None) -> None:
    found = parameters.parse({name: [value]}).notices
    assert [each.rule for each in found] == ([] if rule is None else [rule])
    for each in found:
        assert each.place == name
        assert value in each.text.en


@pytest.mark.parametrize(
    "name",
    [
        "EQ_readPoint",
        "WD_bizLocation",
        "EQ_source_owning_party",
        "EQ_bizTransaction_po",
        "EQ_deviceID",
    ],
)
def test_codes_are_looked_at_wherever_they_may_stand(name: str) -> None:
    right, wrong = (f"https://id.gs1.org/414/690123456789{digit}" for digit in "20")
    assert parameters.parse({name: [right]}).notices == ()
    (notice,) = parameters.parse({name: [f"{right}|{wrong}"]}).notices
    assert "should be 2, not 0" in notice.text.en


def test_a_prefix_that_nobody_explained_is_said() -> None:
    (notice,) = said("EQ_bizStep", "ex:washing")
    assert notice.rule == "query.prefix"
    told = parameters.parse({"EQ_bizStep": ["ex:washing"]}, extensions={"ex": "https://e.com/"})
    assert told.notices == ()
    assert said("EQ_bizStep", "tag:e.com,2026:washing") == ()
    assert said("EQ_bizStep", "https://example.com/shiping") == (), "it is somebody's own"


def test_no_more_is_looked_for_than_is_told() -> None:
    """Each took a millisecond, and an address has room for thousands."""
    many = "|".join(f"Temperatur{number}" for number in range(1_000))
    given_ = {"EQ_type": [many], "EQ_persistentDisposition_set": [many]}
    assert len(parameters.parse(given_).notices) == notices.MOST
    assert len(parse_master({"EQ_name": [many]}).notices) <= notices.MOST


def test_a_word_is_refused_however_much_is_told_before() -> None:
    wrong = "|".join(f"Temperatur{number}" for number in range(notices.MOST))
    with pytest.raises(QueryError, match="comissioning"):
        parameters.parse({"EQ_type": [wrong], "EQ_bizStep": ["shipping|urn:x:1|comissioning"]})
