"""Lots of a recall that are told together: nothing is lost, and nothing is added that differs."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from suyuan.interchange.alike_lines import folds, product_of
from suyuan.trace.types import Extent, Part, ScopeLine, Unclear

SALT, FLOUR = "https://id.gs1.org/01/06901234560503", "https://id.gs1.org/01/06901234560510"
PARTS = ("came", "sent", "ended", "stock")
NOTHING = Part(touched=Decimal(0), material=Extent(Decimal(0), Decimal(0)))


def part(much: int | None, least: int = 0, most: int | None = None) -> Part:
    touched = None if much is None else Decimal(much)
    return Part(
        touched=touched, material=Extent(Decimal(least), None if most is None else Decimal(most))
    )


def line(thing: str, came: Part = NOTHING, stock: Part = NOTHING, **more: object) -> ScopeLine:
    given: dict[str, object] = {"party": "p1", "site": "s1", "unit": "KGM", "certain": True}
    return ScopeLine(
        **(given | more), thing=thing, things=1, came=came, sent=NOTHING, ended=NOTHING, stock=stock
    )  # type: ignore[arg-type]


def test_lots_that_say_alike_are_one_line_with_their_sum() -> None:
    ten = part(10, 2, 10)
    lots = [line(f"{FLOUR}/10/C{number:04}", ten, ten) for number in range(2000)]
    first = line(f"{SALT}/10/SALT", part(5000, 5000, 5000))
    found = folds([first, *lots])
    assert [fold.count for fold in found] == [1, 2000]
    assert found[0].line == first
    whole = found[1].line
    assert (whole.thing, whole.things) == (FLOUR, 2000)
    assert whole.came == whole.stock == part(20000, 4000, 20000)
    assert found[1].members == tuple(lots)


def test_what_differs_in_unit_holder_product_or_in_what_is_known_is_never_added_up() -> None:
    ten = part(10, 2, 10)
    kinds: list[list[ScopeLine]] = [
        [line(f"{FLOUR}/10/A{number}", ten, **more) for number in range(9)]
        for more in (
            {}, {"unit": None}, {"unit": "LTR"}, {"party": "p2"}, {"site": "s2"},
            {"certain": False}, {"unclear": Unclear.UNITS},
        )
    ]  # fmt: skip
    kinds += [
        [line(f"{FLOUR}/10/B{number}", came) for number in range(9)]
        for came in (part(None), part(10, 2), NOTHING)
    ]
    kinds.append([line(f"{SALT}/10/A{number}", ten) for number in range(9)])
    mixed = [each for some in zip(*kinds, strict=True) for each in some]
    found = folds(mixed)
    assert sorted(fold.count for fold in found) == [9] * len(kinds)
    assert [list(fold.members) for fold in found] == kinds
    assert len({fold.key for fold in found}) == len(kinds)


def test_few_lots_pieces_and_things_of_no_known_product_stay_by_themselves() -> None:
    few = [line(f"{FLOUR}/10/A{number}", part(1, 0, 1)) for number in range(3)]
    others = ["", f"{FLOUR}/10/L/21/7", "urn:suyuan:lot:v1x:D1", FLOUR]
    bare = [line(thing, part(1, 0, 1)) for thing in others for _ in range(5)]
    found = folds([*few, *bare])
    assert [fold.line for fold in found] == [*few, *bare]
    assert all(fold.count == 1 for fold in found)
    assert [product_of(each.thing) for each in bare] == [""] * 20


AMOUNTS = st.none() | st.integers(0, 3)
LINES = st.lists(
    st.builds(
        lambda name, party, unit, came, least, most: line(
            name, part(came, least, most), party=party, unit=unit
        ),
        st.sampled_from([f"{stem}/10/{n}" for stem in (SALT, FLOUR) for n in range(9)] + [""]),
        st.sampled_from(["p1", "p2"]),
        st.sampled_from([None, "KGM"]),
        AMOUNTS,
        st.integers(0, 3),
        AMOUNTS,
    ),
    max_size=60,
)


@given(LINES)
def test_every_line_is_told_once_and_sums_are_those_of_the_members(lines: list[ScopeLine]) -> None:
    found = folds(lines)
    told = sorted(repr(each) for fold in found for each in fold.members)
    assert told == sorted(map(repr, lines))
    for fold in found:
        for name in PARTS:
            whole, parts = getattr(fold.line, name), [getattr(e, name) for e in fold.members]
            touched = [each.touched for each in parts]
            assert whole.touched == (None if None in touched else sum(touched))
            assert whole.material.least == sum(each.material.least for each in parts)
            tops = [each.material.most for each in parts]
            assert whole.material.most == (None if None in tops else sum(tops))


@given(LINES)
def test_a_fold_is_asked_for_by_the_same_key_whatever_else_is_on_the_list(
    lines: list[ScopeLine],
) -> None:
    keys = [fold.key for fold in folds(lines) if fold.count > 1]
    assert len(set(keys)) == len(keys)
    again = {fold.key for fold in folds([*lines, line("urn:suyuan:lot:x:new")])}
    assert set(keys) <= again
