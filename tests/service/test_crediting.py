"""Credit decisions: what holds on a day, who decides, who sees; each once, and never changed."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from credited import (
    DAIRY,
    NOWHERE,
    SAID,
    SHOP,
    TODAY,
    decided,
    standing,
    viewers,
    withdrawn,
)

from suyuan.kit import SuyuanError, Text
from suyuan.model import Viewer
from suyuan.registry import Party, credit_kinds
from suyuan.service import Platform, audit, crediting, examine, logged_acts, publish, register

PERSON = "11010519491231002X"
AREAS = {DAIRY: {"330106"}, SHOP: {"110105", "330104"}, NOWHERE: set[str]()}
OFFICES: dict[str, tuple[str, str]] = {
    "hangzhou": ("3301", ""), "peking": ("11", ""), "food": ("", "food"),
    "hangzhou food": ("3301", "food"),
}  # fmt: skip
"""By office, the beginning of the divisions and the family that it is for."""


@pytest.fixture
def still(platform: Platform) -> Platform:
    return standing(platform)


def state(told: dict[str, Any], day: date) -> str:
    """Where a decision stands, day by day from its beginning, as a person would go through them."""
    if told["gone"] is not None and told["gone"] <= day:
        return "withdrawn"
    at, last = told["begin"], told["end"] or date(2099, 1, 1)
    if day < at:
        return "coming"
    return "holds" if (day - at).days <= (last - at).days else "expired"


def is_above(name: str, told: dict[str, Any]) -> bool:
    """Whether a decision is one's own, or one's to oversee."""
    if name in {"boss", "machine", told["party"].rpartition(":")[2]}:
        return True
    if name not in OFFICES:
        return False
    stem, family = OFFICES[name]
    in_area = not stem or any(each.startswith(stem) for each in AREAS[told["party"]])
    return in_area and family in ("", told["family"])


def is_public(told: dict[str, Any], day: date) -> bool:
    holds = [state(told, each) == "holds" for each in (day, TODAY)]
    return all(holds) and told["kind"] not in {"credit_class", "risk_grade"}


def drawn(draw: random.Random, party: str) -> dict[str, Any]:
    """Some decision of the last ninety days, for some time or for good."""
    kind = draw.choice(list(credit_kinds.kinds().values()))
    on = TODAY - timedelta(days=draw.randrange(90))
    begin = on + timedelta(days=draw.randrange(-10, 30)) if draw.random() < 0.5 else None
    end = (begin or on) + timedelta(days=draw.randrange(60)) if draw.random() < 0.6 else None
    return {
        "party": party, "kind": kind.id, "grade": draw.choice(kind.grades or ("",)),
        "decided_on": on, "valid_from": begin, "valid_to": end,
        "family": draw.choice(["", "food", "drugs"]),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_what_holds_and_who_sees_it_is_as_a_slow_reader_has_it(still: Platform, seed: int) -> None:
    draw, known = random.Random(seed), viewers(still)
    told: dict[int, dict[str, Any]] = {}
    for turn in range(40):
        new = drawn(draw, draw.choice(list(AREAS))) | {"document": f"D-{turn}"}
        number = decided(still, **new).number
        told[number] = new | {"begin": new["valid_from"] or new["decided_on"], "gone": None}
        told[number]["end"] = new["valid_to"]
        if draw.random() < 0.4:
            some = draw.choice([each for each, one in told.items() if one["gone"] is None])
            since = (TODAY - told[some]["decided_on"]).days
            day = TODAY - timedelta(days=draw.randrange(since + 1))
            withdrawn(
                still, some, withdrawn_on=day, way=draw.choice(["revoked", "repaired", "mistaken"])
            )
            told[some]["gone"] = day
    days = [TODAY, *(TODAY + timedelta(days=draw.randrange(-120, 90)) for _ in range(6))]
    for name, viewer in known.items():
        for on in days:
            check(still, told, name, viewer, on)
    publish(still)
    assert audit(still) == []


def check(
    platform: Platform, told: dict[int, dict[str, Any]], name: str, viewer: Viewer, on: date
) -> None:
    """Lists and files of one viewer on one day, against the slow reader."""
    above = [number for number, one in told.items() if is_above(name, one)]
    found = crediting.decisions(platform, viewer).decisions
    assert [each.number for each in found] == above[::-1]
    holding = crediting.decisions(platform, viewer, on=on).decisions
    assert [each.number for each in holding] == [
        number for number in above[::-1] if state(told[number], on) == "holds"
    ]
    for party in AREAS:
        file = crediting.credit_file(platform, party, viewer, on=on)
        assert {each.number: each.state.value for each in file.decisions} == {
            number: state(one, on)
            for number, one in told.items()
            if one["party"] == party and (number in above or is_public(one, on))
        }, (name, on, party)


def test_a_file_has_licences_as_of_its_day_and_only_for_who_is_near(still: Platform) -> None:
    known = viewers(still)
    for name in ("boss", "dairy", "hangzhou", "hangzhou food", "food"):
        file = crediting.credit_file(still, DAIRY, known[name], on=date(2026, 3, 14))
        assert (file.whole, [each.holds for each in file.licences]) == (True, [True])
    (over,) = crediting.credit_file(still, DAIRY).licences
    assert (over.holds, over.name.zh) == (False, "食品生产许可证")
    for name in ("public", "shop", "peking"):
        file = crediting.credit_file(still, DAIRY, known[name])
        assert (file.whole, file.licences) == (False, ())


def test_earlier_ones_are_asked_for_by_number(still: Platform) -> None:
    numbers = [
        decided(still, document=f"D-{each}").number for each in range(2 * crediting.MOST + 5)
    ]
    for ask in (
        lambda before: crediting.decisions(still, before=before),
        lambda before: crediting.credit_file(still, DAIRY, before=before),
    ):
        seen, before = list[int](), None
        while True:
            page = ask(before)
            assert len(page.decisions) <= crediting.MOST
            seen += [each.number for each in page.decisions]
            before = page.before
            if before is None:
                break
        assert seen == numbers[::-1]
    assert crediting.decisions(still, before=1 << 90).decisions
    assert crediting.decisions(still, before=-5).decisions == ()


@pytest.mark.parametrize("name", ["public", "dairy", "shop"])
def test_who_is_no_authority_decides_nothing(still: Platform, name: str) -> None:
    viewer, made = viewers(still)[name], decided(still)
    for tried in (lambda: decided(still, viewer=viewer), lambda: withdrawn(still, 1, viewer)):
        with pytest.raises(SuyuanError) as refused:
            tried()
        assert (refused.value.code, refused.value.status) == ("credit.not-yours", 403)
    assert crediting.decisions(still).decisions == (made,)


@pytest.mark.parametrize(
    ("name", "party", "family", "status"),
    [
        ("hangzhou", DAIRY, "", 0), ("hangzhou", SHOP, "drugs", 0), ("hangzhou", NOWHERE, "", 404),
        ("peking", DAIRY, "", 404), ("peking", SHOP, "", 0),
        ("food", NOWHERE, "food", 0), ("food", DAIRY, "", 403), ("food", DAIRY, "drugs", 403),
        ("hangzhou food", SHOP, "food", 0), ("hangzhou food", NOWHERE, "food", 404),
        ("hangzhou food", DAIRY, "", 403), ("boss", NOWHERE, "", 0), ("machine", SHOP, "drugs", 0),
    ],
)  # fmt: skip
def test_an_authority_decides_in_its_areas_and_about_its_families(
    still: Platform, name: str, party: str, family: str, status: int
) -> None:
    """What it may decide it may take back, and of what it may not it is told as of none."""
    viewer = viewers(still)[name]
    if not status:
        made = decided(still, party, viewer, family=family)
        assert withdrawn(still, made.number, viewer).state == "withdrawn"
        return
    with pytest.raises(SuyuanError) as refused:
        decided(still, party, viewer, family=family)
    assert refused.value.status == status
    other = decided(still, party, family=family)
    with pytest.raises(SuyuanError) as hidden:
        withdrawn(still, other.number, viewer)
    with pytest.raises(SuyuanError) as none:
        withdrawn(still, other.number + 1, viewer)
    assert (hidden.value.code, none.value.code) == ("credit.none", "credit.none")


WRONG: dict[str, dict[str, Any]] = {
    "credit.kind": {"kind": "score"},
    "credit.grade": {"kind": "risk_grade", "grade": "E"},
    "credit.text": {"ground": " "},
    "credit.days": {"valid_to": date(2026, 2, 28)},
    "credit.future": {"decided_on": date(2026, 3, 16)},
    "family.unknown": {"family": "toys"},
    "credit.authority-code": {"authority_code": "91330106673959654X"},
    "credit.party": {"party": "the dairy"},
    "person.number": {"ground": f"张三 {PERSON}"},
}
MORE_WRONG: list[tuple[str, dict[str, Any]]] = [
    ("credit.grade", {"grade": "A"}),
    ("credit.text", {"document": ""}),
    ("credit.text", {"authority": "a\0b"}),
    ("credit.text", {"ground": "x" * 1001}),
    ("credit.text", {"document": "x" * 201}),
    ("credit.text", {"authority": "\ud800"}),
    ("credit.text", {"authority": "\u200b"}),
    ("credit.text", {"ground": "\u2060\ufeff"}),
    ("credit.text", {"ground": "fined \u202e001"}),
    ("credit.text", {"ground": "a\x7fb"}),
    ("credit.text", {"ground": "a\x85b"}),
    ("credit.text", {"document": "D-1\nD-2"}),
    ("credit.text", {"authority": "局\n\n另一局"}),
    ("credit.party", {"party": "urn:suyuan:party:unregistered"}),
    ("credit.party", {"party": "\0"}),
    ("credit.party", {"party": ""}),
    ("person.number", {"document": PERSON}),
    ("person.number", {"authority": f"{PERSON}"}),
]


@pytest.mark.parametrize(("code", "members"), [*WRONG.items(), *MORE_WRONG])
def test_what_is_out_of_form_is_said_and_nothing_is_kept(
    still: Platform, code: str, members: dict[str, Any]
) -> None:
    with pytest.raises(SuyuanError) as refused:
        decided(still, **members)
    assert refused.value.code == code
    assert refused.value.text.zh
    assert refused.value.text.en
    assert PERSON not in refused.value.text.en
    assert crediting.decisions(still).decisions == ()
    publish(still)
    assert not [each for each in logged_acts(still) if each.kind.startswith("credit.")]


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("credit.way", {"way": "forgotten"}),
        ("credit.text", {"ground": ""}),
        ("credit.text", {"document": "a\0"}),
        ("credit.future", {"withdrawn_on": date(2026, 3, 16)}),
        ("credit.days", {"withdrawn_on": date(2026, 2, 28)}),
        ("person.number", {"ground": PERSON}),
        ("credit.none", {"number": 0}),
        ("credit.none", {"number": 1 << 80}),
    ],
)
def test_a_withdrawal_that_is_out_of_form_takes_nothing_back(
    still: Platform, code: str, members: dict[str, Any]
) -> None:
    made = decided(still)
    with pytest.raises(SuyuanError) as refused:
        withdrawn(still, **({"number": made.number} | members))
    assert refused.value.code == code
    assert crediting.decisions(still).decisions == (made,)


def test_a_ground_may_have_lines_and_wide_spaces(still: Platform) -> None:
    made = decided(still, ground="一、标签虚假\r\n二、未记录\u3000三天", authority="甲局\u3000乙局")
    assert made.ground == "一、标签虚假\n二、未记录\u3000三天"


def test_a_party_is_named_by_its_social_credit_code_too(still: Platform) -> None:
    code, authority = "91330100799655058B", "91110000600037341L"
    with pytest.raises(SuyuanError, match="not registered"):
        decided(still, code)
    register(still, [Party(uri=f"urn:suyuan:uscc:{code}", name=Text("厂", "Mill"))])
    made = decided(still, code.lower(), authority_code=authority)
    assert (made.party, made.authority_code) == (f"urn:suyuan:uscc:{code}", authority)
    assert crediting.credit_file(still, code).decisions == (made,)


def test_two_who_withdraw_one_at_once_do_so_once(still: Platform) -> None:
    number, together = decided(still).number, Barrier(2)

    def tried(ground: str) -> str:
        together.wait()
        try:
            withdrawn(still, number, ground=ground)
        except SuyuanError as error:
            return f"{error.code} {error.status}"
        return ""

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(tried, ("first", "second")))
    assert found == ["", "credit.withdrawn-before 409"]
    publish(still)
    (gone,) = [each for each in logged_acts(still) if each.kind == "credit.withdrawn"]
    (shown,) = crediting.decisions(still).decisions
    assert shown.withdrawal is not None
    assert json.loads(gone.said)["ground"] == shown.withdrawal.ground
    assert audit(still) == []


def test_the_same_decision_is_entered_once_until_it_is_withdrawn(still: Platform) -> None:
    """A form sent twice, or a program that asks again, accuses nobody of two things."""
    made = decided(still)
    with pytest.raises(SuyuanError, match=f"as number {made.number}") as refused:
        decided(still)
    assert (refused.value.code, refused.value.status) == ("credit.again", 409)
    others: list[dict[str, Any]] = [
        {"party": SHOP}, {"kind": "abnormal_list"}, {"ground": "另一事"}, {"document": "D-2"},
        {"authority": "另一局"}, {"authority_code": "91110000600037341L"}, {"family": "food"},
        {"decided_on": date(2026, 3, 2), "valid_from": date(2026, 3, 1)},
        {"valid_from": date(2026, 3, 3)}, {"valid_to": date(2027, 1, 1)},
        {"kind": "risk_grade", "grade": "A"}, {"kind": "risk_grade", "grade": "B"},
    ]  # fmt: skip
    numbers = [decided(still, **other).number for other in others]
    assert len({made.number, *numbers}) == len(others) + 1
    withdrawn(still, made.number)
    assert decided(still).state == "holds"


def test_two_who_enter_the_same_at_once_do_so_once(still: Platform) -> None:
    together = Barrier(4)

    def tried(_turn: int) -> str:
        together.wait()
        try:
            decided(still)
        except SuyuanError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(tried, range(4)))
    assert found == ["", *["credit.again"] * 3]
    assert len(crediting.decisions(still).decisions) == 1


def test_neither_row_nor_act_is_there_without_the_other(
    still: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = decided(still)

    def broken(*_given: Any, **_said: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Platform, "log_act", broken)
        for tried in (
            lambda: decided(still, document="D-2"),
            lambda: withdrawn(still, made.number),
        ):
            with pytest.raises(OSError, match="full"):
                tried()
    assert crediting.decisions(still).decisions == (made,)
    publish(still)
    assert examine(still).damages == ()


def test_acts_say_all_and_who_did_it(still: Platform) -> None:
    office = viewers(still)["hangzhou"]
    made = decided(still, viewer=office, valid_to=date(2027, 1, 1))
    withdrawn(still, made.number, way="repaired", document="修复〔2026〕2号", withdrawn_on=TODAY)
    publish(still)
    told = {each.kind: each for each in logged_acts(still) if each.kind.startswith("credit.")}
    said = {kind: json.loads(each.said) for kind, each in told.items()}
    assert {each.party for each in told.values()} == {DAIRY}
    assert said["credit.decided"] == {
        "decision": made.number, "credit": "violation", "grade": "", "ground": SAID["ground"],
        "document": SAID["document"], "authority": SAID["authority"], "authority-code": "",
        "family": "", "decided-on": "2026-03-01", "valid-from": "2026-03-01",
        "valid-to": "2027-01-01", "by": still.mark_of(office.account or 0),
    }  # fmt: skip
    assert said["credit.withdrawn"] == {
        "decision": made.number, "way": "repaired", "ground": "复议撤销",
        "document": "修复〔2026〕2号", "withdrawn-on": "2026-03-15",
        "by": still.mark_of(still.config.operator),
    }  # fmt: skip


def test_every_kind_is_cited_and_only_unverified_ones_have_terms() -> None:
    for kind in credit_kinds.kinds().values():
        assert kind.law.zh
        assert kind.law.en
        assert kind.name.zh
        assert not (kind.verified and (kind.term_months or kind.repair_months))
    published = {each.id for each in credit_kinds.kinds().values() if each.published}
    assert published == {"violation", "abnormal_list", "serious_list"}
