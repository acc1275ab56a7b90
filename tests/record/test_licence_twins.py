"""Area and goods of licences: what capture judges from rows is what predicates find in a memory."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from given import FARM, NOW, Give, document, event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from twins import registered, slowly

from suyuan.families import Licence, Lying
from suyuan.kit import Text
from suyuan.registry import Licence as OnFile
from suyuan.registry import Party, Site, directory
from suyuan.store import Store

SHOP = "https://id.gs1.org/414/6922266443114"
KINDS = ("firework_retail_licence", "vet_drug_trade_licence", "seed_licence")
LIMITED = {
    "firework.retail.place", "firework.retail.species", "vet.trade.place", "vet.trade.scope",
    "seed.production.species",
}  # fmt: skip
worlds = itertools.count(1)
divisions = st.sampled_from(["", "330106", "330105", "330103", "310115", "330000"])
areas = st.lists(st.sampled_from(["330106", "330100", "310000", "330103"]), max_size=2, unique=True)
covers = st.lists(
    st.sampled_from(["C级", "D 级", "水稻", "兽用生物制品", "兽药(生物制品除外)", "农资"]),
    max_size=3, unique=True,
)  # fmt: skip
ends = st.sampled_from([None, date(2025, 1, 1), date(2027, 1, 1)])
licences = st.tuples(*(st.tuples(areas, covers, ends) for _ in KINDS))
steps = st.sampled_from(
    [
        ("dangerous-goods", "firework_retail", "firework", {"suyuan:fireworkLevel": "level_c"}),
        ("dangerous-goods", "firework_retail", "firework", {"suyuan:fireworkLevel": "level_d"}),
        ("agricultural-inputs", "dealer_sale", "veterinary_drug", {"suyuan:biological": "yes"}),
        ("agricultural-inputs", "input_production", "seed",
         {"suyuan:seedSpecies": "水稻", "suyuan:varietyName": "南粳46"}),
        ("agricultural-inputs", "input_production", "seed",
         {"suyuan:seedSpecies": "玉米", "suyuan:varietyName": "先玉335"}),
    ]
)  # fmt: skip
Held = Sequence[tuple[list[str], list[str], date | None]]


def on_file(held: Held) -> list[OnFile]:
    return [
        OnFile(party=FARM.party, kind=kind, number=kind, areas=tuple(where), covers=tuple(what),
               valid_to=end)
        for kind, (where, what, end) in zip(KINDS, held, strict=True)
    ]  # fmt: skip


def told(step: tuple[str, str, str, dict[str, str]], world: int, at: int) -> dict[str, Any]:
    family, name, kind, said = step
    return event(
        world * 100 + at, eventTime=(NOW - timedelta(hours=10 - at)).isoformat(),
        epcList=[f"https://id.gs1.org/01/06901234001013/21/L{world}A{at}"], bizStep="other",
        readPoint={"id": SHOP},
        **{"suyuan:family": family, "suyuan:step": name, "suyuan:productKind": kind, **said},
    )  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=licences, home=divisions, place=divisions, acts=st.lists(steps, min_size=1, max_size=4))
def test_area_and_goods_are_judged_from_rows_as_from_a_plain_memory(
    database: Store, give: Give, held: Held, home: str, place: str, acts: list[Any]
) -> None:
    party = Party(uri=FARM.party, name=Text("名", "name"), division=home)
    site = Site(uri=SHOP, operator=FARM.party, name=Text("店", "shop"), division=place)
    kept = on_file(held)
    with database.write() as conn:
        directory.register(conn, [party, site, *kept])
    world = next(worlds)
    sent = [told(step, world, at) for at, step in enumerate(acts)]
    found = [{each.rule for each in one.findings} for one in give(*sent).events]
    known = structs.replace(
        registered({FARM.party: ((), ())}),
        licences={FARM.party: tuple(Licence(
            kind=one.kind, number=one.number, valid_to=one.valid_to, areas=one.areas,
            covers=one.covers) for one in kept)},
        divisions={FARM.party: (Lying(home),), SHOP: (Lying(place),)},
    )  # fmt: skip
    slow = slowly([document(*sent)], known)
    assert [one & LIMITED for one in found] == [one & LIMITED for one in slow]
    for one, step in zip(found, acts, strict=True):
        assert one & LIMITED == expected(step, held, place or home)


def expected(step: tuple[str, str, str, dict[str, str]], held: Held, where: str) -> set[str]:
    """By what the requirement says, in the few divisions and words that are drawn here."""
    _, name, _, said = step
    by_kind = dict(zip(KINDS, held, strict=True))
    breaches = set[str]()
    if name == "input_production":
        _, what, end = by_kind["seed_licence"]
        if is_valid(end) and what and said["suyuan:seedSpecies"] not in what:
            breaches.add("seed.production.species")
        return breaches
    kind, prefix = (
        ("firework_retail_licence", "firework.retail") if name == "firework_retail"
        else ("vet_drug_trade_licence", "vet.trade")
    )  # fmt: skip
    areas, what, end = by_kind[kind]
    if is_valid(end) and areas and where and not any(overlap(where, one) for one in areas):
        breaches.add(f"{prefix}.place")
    wanted, others = {
        "level_c": ("C级", {"D 级"}),
        "level_d": ("D 级", {"C级"}),
    }.get(said.get("suyuan:fireworkLevel", ""), ("兽用生物制品", {"兽药(生物制品除外)"}))
    if is_valid(end) and wanted not in what and others & set(what):
        breaches.add(f"{prefix}.{'species' if prefix == 'firework.retail' else 'scope'}")
    return breaches


def is_valid(end: date | None) -> bool:
    return end is None or end >= NOW.date()


def overlap(place: str, area: str) -> bool:
    """Whether one lies in the other; 330103 is a part of 330105 since 2021."""
    merged = {"330103": "330105"}
    pairs = itertools.product({place, merged.get(place, place)}, {area, merged.get(area, area)})
    return any(_within(a, b) or _within(b, a) for a, b in pairs)


def _within(code: str, wide: str) -> bool:
    return code.startswith(wide.removesuffix("00").removesuffix("00"))
