"""A licence is for an area and for goods: found where it certainly is not, silent where unknown."""

from datetime import timedelta

import pytest
from family_events import a_view, an_event, known
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import divisions
from suyuan.families import Licence, Lying
from suyuan.families.areas import is_outside
from suyuan.families.days import local_day
from suyuan.families.predicates import needed
from suyuan.families.predicates.base import Miss
from suyuan.families.predicates.licence import Licence as HasLicence

PARTY, BUYER = "urn:suyuan:uscc:91110000600037341L", "urn:suyuan:uscc:91330100799655058B"
SITE = "https://id.gs1.org/414/6922266443114"
DAY = local_day(an_event())
IN_FORCE = sorted(
    code for code, rows in divisions.all_divisions().items() if any(not row.until for row in rows)
)
codes = st.sampled_from(IN_FORCE)
words = st.sampled_from(["玉米", "水 稻", "ABC", "ａｂｃ", "小麦"])


def licence(kind: str = "a", days: int = 0, **limits: tuple[str, ...]) -> Licence:
    return Licence(kind=kind, number="1", valid_to=DAY + timedelta(days=days), **limits)


def judged(
    rule: HasLicence, *held: Licence, place: str = "", home: str = "", **said: object
) -> Miss | None:
    lying = {PARTY: (Lying(home),), SITE: (Lying(place),), BUYER: (Lying(home),)}
    knowledge = known(actor=PARTY, licences={PARTY: held, BUYER: held}, divisions=lying)
    return rule.check(a_view(event=an_event(read_point=SITE), **said), knowledge)


def prefix(code: str) -> str:
    return code.removesuffix("00").removesuffix("00")


@given(codes, st.lists(codes, min_size=1, max_size=3))
def test_of_divisions_in_force_outside_is_what_shares_no_beginning(
    place: str, areas: list[str]
) -> None:
    apart = all(
        not prefix(place).startswith(prefix(one)) and not prefix(one).startswith(prefix(place))
        for one in areas
    )
    if is_outside(place, areas, DAY):
        assert apart
    elif apart:  # then one of them was another place once, and is followed from there
        every = {row.code for one in (place, *areas) for row in divisions.today(one)}
        assert every - {place, *areas}


@given(codes)
def test_a_division_is_never_outside_itself_and_all_above_it(code: str) -> None:
    for wide in (code, f"{code[:4]}00", f"{code[:2]}0000"):
        assert not is_outside(code, [wide], DAY)
        assert not is_outside(wide, [code], DAY)


def test_what_was_joined_to_another_division_lies_in_both() -> None:
    """下城区 (330103) went to 拱墅区 (330105) in 2021."""
    assert not is_outside("330105", ["330103"], DAY)
    assert not is_outside("330103", ["330105"], DAY)
    assert is_outside("330106", ["330103", "330105"], DAY)
    assert not is_outside("999999", ["330103"], DAY)
    assert not is_outside("330106", ["330103", "999999"], DAY)


AREA = HasLicence(any=("a",), area=True)


@pytest.mark.parametrize(
    ("place", "home", "areas", "is_found"),
    [
        ("330106", "310115", ("330000",), False),
        ("310115", "330106", ("330000",), True),  # the place decides, not where its party is
        ("", "310115", ("330000",), True),
        ("", "", ("330000",), False),
        ("330000", "", ("330106",), False),  # a place somewhere in the province
        ("310115", "", (), False),
    ],
)
def test_the_place_of_the_event_is_held_against_the_areas(
    place: str, home: str, areas: tuple[str, ...], *, is_found: bool
) -> None:
    missed = judged(AREA, licence(areas=areas), place=place, home=home)
    assert (missed is not None) is is_found


@pytest.mark.parametrize(("home", "is_found"), [("310115", True), ("330106", False), ("", False)])
def test_another_party_is_held_against_where_it_is_registered(home: str, *, is_found: bool) -> None:
    rule = HasLicence(any=("a",), of="buyer", area=True)
    missed = judged(rule, licence(areas=("330000",)), place="310115", home=home, buyer=BUYER)
    assert (missed is not None) is is_found


def test_that_no_licence_is_in_force_is_another_rules_to_find() -> None:
    over, other = licence(days=-1, areas=("110000",)), licence("b", areas=("110000",))
    assert judged(AREA, over, other, place="330106") is None
    assert judged(HasLicence(any=("a",)), over, other, place="330106") is not None


def test_area_and_goods_must_be_those_of_one_licence() -> None:
    rule = HasLicence(any=("a",), area=True, goods=("crop",))
    here, there = licence(areas=("330000",), covers=("小麦",)), licence(
        areas=("310000",), covers=("玉米",)
    )  # fmt: skip
    missed = judged(rule, here, there, place="330106", crop="玉米")
    assert missed is not None
    assert missed.item == "crop"
    assert judged(rule, here, licence(areas=("330100",), covers=("玉米",)), place="330106",
                  crop="玉米") is None  # fmt: skip


@given(st.lists(words, max_size=3), st.lists(words, max_size=3), st.lists(words, max_size=2))
def test_goods_are_covered_if_one_item_is_listed_whole(
    covers: list[str], crop: list[str], variety: list[str]
) -> None:
    rule = HasLicence(any=("a",), goods=("crop", "variety"))
    missed = judged(rule, licence(covers=tuple(covers)), crop=tuple(crop), variety=tuple(variety))
    plain = {"ａｂｃ": "abc", "ABC": "abc", "水 稻": "水稻"}
    listed = {plain.get(one, one) for one in covers}
    whole = any({plain.get(one, one) for one in some} <= listed for some in (crop, variety))
    assert (missed is not None) is bool(covers and crop and variety and not whole)


CODED = HasLicence(any=("a",), goods=("level",), called={"level_c": ("C级",), "level_d": ("D级",)})


@pytest.mark.parametrize(
    ("covers", "is_found"),
    [
        (("Ｃ 级",), False), (("level_c",), False), (("D级",), True), (("D级", "爆竹类"), True),
        (("爆竹类",), False), ((), False),
    ],
)  # fmt: skip
def test_coded_goods_are_known_by_the_licences_words(
    covers: tuple[str, ...], *, is_found: bool
) -> None:
    for level in ("level_c", "suyuan:level_c", {"@id": "urn:suyuan:ns:1:level_c"}):
        missed = judged(CODED, licence(covers=covers), level=level)
        assert (missed is not None) is is_found


def test_what_is_told_names_place_areas_and_goods() -> None:
    areas = judged(AREA, licence(areas=("330100", "330200")), place="310115")
    assert areas is not None
    assert all(code in areas.found.en for code in ("310115", "330100", "330200"))
    goods = judged(CODED, licence(covers=("D级",)), level="level_c")
    assert goods is not None
    assert (goods.item, goods.words, "D级" in goods.found.zh) == ("level", ("level_c",), True)


def test_nothing_is_asked_of_events_that_name_no_goods() -> None:
    assert needed(CODED) == ("level",)
    assert needed(HasLicence(any=("a",), area=True, goods=("level",))) == ()
    assert needed(HasLicence(any=("a",))) == ()
