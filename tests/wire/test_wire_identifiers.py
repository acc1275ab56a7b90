"""The short way for serials is the long way of `suyuan.codes`."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from wire_samples import ME

from suyuan.codes import Grain, read_identifier
from suyuan.wire import Mode, fields
from suyuan.wire.contexts import STANDARD
from suyuan.wire.fields import identifier
from suyuan.wire.names import plain_name, plain_names
from suyuan.wire.reading import Reader, Reading, shown

HEADS = (
    "https://id.gs1.org/01/06901234000016/21/",
    "https://id.gs1.org/01/06901234000017/21/",  # check digit
    "https://id.gs1.org/01/00000000000000/21/",
    "https://id.gs1.org/01/06901234000016/10/A/21/",
    "https://id.example.com/01/06901234000016/21/",
    "urn:epc:id:sgtin:6901234.000001.",
    "urn:epc:id:sgtin:6901234.00001.",
    "urn:epc:id:sgtin:690123400000.1.",
    "urn:epc:id:sgtin:1.1.",
    "urn:epc:class:lgtin:6901234.000001.",
    "https://id.gs1.org/01/06901234000016/10/",
    "https://id.gs1.org/8004/6901234",
    "urn:suyuan:document:me:",
    "urn:suyuan:item:me%20too:",
    "urn:suyuan:ear-tag:",
)
heads = st.one_of(
    st.sampled_from(HEADS),
    st.from_regex(r"https://id\.gs1\.org/01/[0-9]{14}/21/", fullmatch=True),
    st.from_regex(r"urn:epc:id:sgtin:[0-9]{6,12}\.[0-9]{1,7}\.", fullmatch=True),
)
serials = st.text("AZaz09-_.%/ ", min_size=1, max_size=24)


@given(heads, serials, st.sampled_from(Grain))
def test_the_short_way_agrees_with_the_long_way(head: str, serial: str, expect: Grain) -> None:
    reading = Reading(STANDARD, ME, Mode.LENIENT)
    short = plain_name(reading, head + serial, expect)
    if short is None:
        return
    known = read_identifier(head + serial, capturer=ME, expect=expect)
    assert (known.uri, known.note) == (short, None)
    assert reading.belongings.get(short) == (known.lot if known.grain is Grain.INSTANCE else None)


@given(heads, st.lists(serials, max_size=6), st.sampled_from(Grain))
def test_a_list_is_read_as_its_names_are(head: str, tails: list[str], expect: Grain) -> None:
    one, other = (Reading(STANDARD, ME, Mode.LENIENT) for _ in range(2))
    names = [plain_name(one, head + tail, expect) for tail in tails]
    listed = plain_names(other, [head + tail for tail in tails], expect)
    if None in names or len(set(names)) < len(names):
        assert listed is None
    else:
        assert listed == tuple(names)
        assert other.belongings == one.belongings


names = st.builds(str.__add__, heads, serials)
KINDS = st.sampled_from(["po", "desadv", "location", "possessing_party", "other", "urn:x:y", 7])
odd = st.sampled_from([None, {}, [], 7, "text"])
PARTS = {
    "quantityList": (
        fields.QUANTITIES,
        {
            "epcClass": names | odd,
            "quantity": st.sampled_from([Decimal("1.5"), Decimal(-1), 3, "2", None]),
            "uom": st.sampled_from(["KGM", "kg", None]),
        },
    ),
    "bizTransactionList": (
        fields.BIZ_TRANSACTIONS,
        {"type": KINDS, "bizTransaction": names | odd},
    ),
    "sourceList": (fields.sides("source"), {"type": KINDS, "source": names | odd}),
}


@st.composite
def parts(draw: st.DrawFn) -> tuple[Reader, list[Any]]:
    """The reader of a list, and its items: plain ones, odd ones, and those that lack something."""
    reader, members = PARTS[draw(st.sampled_from(sorted(PARTS)))]
    needless = {"more": st.just(1)}
    item = st.fixed_dictionaries(members) | st.fixed_dictionaries({}, optional=members | needless)
    return reader, draw(st.lists(item | odd, max_size=4))


@given(parts(), st.sampled_from(Mode))
def test_a_list_of_parts_is_read_as_each_of_them_alone(
    drawn: tuple[Reader, list[Any]], mode: Mode
) -> None:
    reader, items = drawn
    alone = [Reading(STANDARD, ME, mode) for _ in items]
    read = [reader(one, [item], "/l") for one, item in zip(alone, items, strict=True)]
    whole = Reading(STANDARD, ME, mode)
    assert reader(whole, items, "/l") == sum(read, ())
    moved = [
        structs.replace(each, path=each.path.replace("/l/0", f"/l/{at}", 1))
        for at, one in enumerate(alone)
        for each in one.findings
    ]
    assert whole.findings == moved


@given(st.from_regex(r"https://id\.gs1\.org/00/[0-9]{17,19}", fullmatch=True))
def test_a_logistic_unit_is_plain_exactly_if_its_check_digit_is_right(uri: str) -> None:
    for last in "0123456789":
        known = read_identifier(uri[:-1] + last, capturer=ME, expect=Grain.INSTANCE)
        short = plain_name(Reading(STANDARD, ME, Mode.LENIENT), known.received, Grain.INSTANCE)
        assert short == (None if known.note else known.uri)


URIS = (
    "https://id.gs1.org/414/6901234000009",
    "https://id.gs1.org/414/6901234000008",  # check digit
    "https://id.gs1.org/01/06901234000016/10/A",
    "https://id.gs1.org/01/06901234000016/10/A/21/9",
    "urn:epc:id:sgln:6901234.00000.0",
    "urn:epc:class:lgtin:6901234.000001.A",
    "urn:suyuan:holding:me:9",
    "urn:suyuan:raw:you:9",
    "https://example.com/po/1",
    "https://例.cn/1",
    "words",
    "_:b1",
)


@given(st.sampled_from(URIS), st.sampled_from(Grain), st.sampled_from(Mode))
def test_what_was_read_before_is_read_alike(uri: str, expect: Grain, mode: Mode) -> None:
    reading = Reading(STANDARD, ME, mode)
    got = identifier(expect)(reading, uri, "/x")
    known = read_identifier(uri, capturer=ME, expect=expect)
    if got is None:
        assert [found.rule for found in reading.findings] == ["wire.uri"]
        return
    assert got == known.uri
    noted = [found.rule for found in reading.findings if found.rule.startswith("code.")]
    assert noted == ([known.note.code] if known.note else [])
    belongs = known.lot if known.grain is Grain.INSTANCE else None
    assert reading.belongings.get(got) == belongs


def test_plain_serials_do_take_the_short_way() -> None:
    reading = Reading(STANDARD, ME, Mode.LENIENT)
    for head in (HEADS[0], HEADS[5]):
        assert plain_name(reading, head + "A-1", Grain.INSTANCE) == HEADS[0] + "A-1"
    assert plain_name(reading, HEADS[1] + "A-1", Grain.INSTANCE) is None
    for size in (1, 5):
        names = [f"{HEADS[0]}{serial}" for serial in range(size)]
        assert plain_names(reading, names, Grain.INSTANCE) == tuple(names)
        assert plain_names(reading, [*names, names[0]], Grain.INSTANCE) is None
    assert reading.belongings == {}


@pytest.mark.parametrize(
    ("head", "grain"),
    [
        (HEADS[0], Grain.INSTANCE),
        (HEADS[5], Grain.INSTANCE),
        (HEADS[9], Grain.LOT),
        (HEADS[10], Grain.LOT),
        (HEADS[12], Grain.DOCUMENT),
    ],
)
@pytest.mark.parametrize(
    "tail", ["11010519491231002X", "440524188001010014", "110105-19491231-002X"]
)
def test_a_serial_that_is_an_identity_number_takes_the_long_way(
    head: str, grain: Grain, tail: str
) -> None:
    for _ in range(2):  # the head is remembered after the first
        reading = Reading(STANDARD, ME, Mode.LENIENT)
        others = [f"{head}A1", f"{head}340000000000000012", head + tail]
        assert plain_name(reading, others[0], grain) is not None
        assert plain_name(reading, others[2], grain) is None
        assert plain_names(reading, others, grain) is None
        name = identifier(grain)(reading, others[2], "/x")
        assert name.startswith("urn:suyuan:raw:")
        assert tail[-6:] not in name
        assert [found.rule for found in reading.findings] == ["code.masked"]


def test_a_name_too_long_to_be_kept_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fields, "read_identifier", None)
    reading = Reading(STANDARD, ME, Mode.LENIENT)
    assert identifier(Grain.INSTANCE)(reading, f"https://a.cn/{'1' * 1_000}", "/x") is None
    assert [found.rule for found in reading.findings] == ["wire.uri.length"]


def test_findings_quote_no_identity_number() -> None:
    for value in (
        "11010519491231002X",
        {"a": "11010519491231002X"},
        "x" * 70 + " 11010519491231002X",
    ):
        assert "1949" not in shown(value)


@pytest.mark.parametrize(
    "sent",
    [
        "https://id.gs1.org/01/06901234000017/10/A",  # check digit
        "https://id.gs1.org/01/06901234000016/10/奶",
        "https://id.gs1.org/01/06901234000016/10/" + "A" * 30,
        "https://id.gs1.org/01/6901234000016/10/A",  # a zero was left out
        "urn:epc:id:sgtin:6901234.00001.1",
    ],
)
def test_what_is_doubted_of_a_code_has_a_cure_that_says_nothing_again(sent: str) -> None:
    reading = Reading(STANDARD, ME, Mode.LENIENT)
    identifier(Grain.LOT)(reading, sent, "/epcClass")
    (found,) = [each for each in reading.findings if each.rule.startswith("code.")]
    for said in (f"{found.message.zh}{found.cure.zh}", f"{found.message.en} {found.cure.en}"):
        sentences = [each.strip().lower() for each in re.split(r"[。；.;]", said)]
        told = [each for each in sentences if each]
        assert len(told) == len(set(told))
    assert found.cure.zh
    assert found.cure.en
