"""Takes the day and a scale; gives the story of infant formula: one lot of whey, four of twelve.

A supplier finds bacteria in its own lot. The ledger of the base powder shows which batches took
from it, so a third is recalled instead of all. A shop sells one tin of them all the same, and a
delivery of whey bears papers by which it was bought before it was made.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between
from suyuan.demo.scene import Scene
from suyuan.demo.stories import shape
from suyuan.demo.stories.shape import Promise, Reach, Story, Voice, lot, some, trade_item
from suyuan.kit import Text
from suyuan.registry import Document
from suyuan.registry.types import Entry

_ID: Final = "infant"
_SAY: Final = Voice(story=_ID, family="food", kind="infant_formula")
_OF_WHEY: Final = Voice(story=_ID, family="food", kind="food_material")
_WHEY: Final = trade_item(1101)
_BASE: Final = trade_item(1102)
_CAN: Final = trade_item(1103)
_FORMULA: Final = "国食注字YP20180001"
_IN_CASE: Final = 12
_READINGS: Final = 60
_SOLD_AGAIN: Final = "tin of a recalled batch sold"
_BEFORE_MADE: Final = "whey bought before it was made"

_DAIRY: Final = shape.somebody(1100, "material_supplier", "150100", "草原乳清厂", "Caoyuan Whey")
_PLANT: Final = shape.somebody(1101, "food_maker", "330100", "初乳营养品公司", "Churu Nutrition")
_TRADERS: Final = tuple(
    shape.somebody(1110 + n, "food_trader", code, f"{zh}母婴商贸", f"{en} Baby Goods")
    for n, (code, zh, en) in enumerate(
        (("330100", "杭州", "Hangzhou"), ("310100", "上海", "Shanghai"),
         ("370100", "济南", "Jinan"), ("440100", "广州", "Guangzhou"))
    )
)  # fmt: skip
_SHOPS: Final = tuple(
    shape.somebody(
        1120 + n,
        "retailer",
        _TRADERS[n // 2].division,
        f"{_TRADERS[n // 2].name.zh[:2]}母婴店{n % 2 + 1}",
        f"{_TRADERS[n // 2].name.en.split()[0]} Baby Shop {n % 2 + 1}",
    )
    for n in range(8)
)
_GOODS: Final = {"product_name": "婴儿配方乳粉", "specification": "800 g", "shelf_life": "24个月"}


def story(today: date, scale: float) -> Story:
    """The story, as of a day."""
    world = _World(today, scale)
    return Story(
        id=_ID,
        family="food",
        title=Text("婴幼儿配方乳粉：供应商的一批乳清", "Infant formula: one lot of whey"),
        plot=Text(
            "供应商通报一批乳清检出克罗诺杆菌：{batches} 批中只召回用过它的 {affected} 批；"
            "一家店照卖一罐；另一批乳清的“购进”早于生产。",
            "A supplier finds Cronobacter in a lot of whey: of {batches:batch|batches} only those "
            "that took from it are recalled, {affected} in all; a shop sells one tin all the same; "
            "another lot of whey was 'bought' before it was made.",
        ).format(batches=world.batches, affected=len(world.affected)),
        replayed=Text("干燥塔出风温度", "outlet temperature of the dryer"),
        entries=tuple(_entries(today)),
        chapters=world.chapters,
        breaches=(
            shape.breach(
                _ID, _BEFORE_MADE, world.days.at(60, "09:30"), "food.intake.before-production"
            ),
            shape.breach(_ID, _SOLD_AGAIN, world.days.at(1, "19:20"), "food.out.state"),
        ),
        promises=(
            Promise(
                says=Text(
                    "召回范围恰为用过该批乳清的批次", "the recall reaches just those batches"
                ),
                holds=Reach(
                    thing=_whey(0),
                    party=_PLANT.party,
                    lots=frozenset(_cans(b) for b in world.affected),
                    of_class=_CAN,
                ),
            ),
        ),
        scenes=(
            Scene(
                thing=world.tin(world.affected[0], 1),
                caption=Text("召回批次的一罐", "A tin of a recalled batch"),
                party=_PLANT.party,
            ),
            Scene(
                thing=_whey(0),
                caption=Text("出问题的乳清：去了哪几批", "The whey: which batches it went to"),
                party=_PLANT.party,
            ),
        ),
    )


def _entries(today: date) -> Iterator[Entry]:
    yield from shape.enrolled(_DAIRY, today, "food_production_licence")
    yield from shape.enrolled(_PLANT, today, "food_production_licence")
    for trader in (*_TRADERS, *_SHOPS):
        yield from shape.enrolled(trader, today, "food_trade_licence")
    yield shape.product(_WHEY, "乳清粉", "Whey powder", "food", "food_material", _DAIRY)
    yield shape.product(_BASE, "基粉", "Base powder", "food", "infant_formula", _PLANT)
    yield shape.product(_CAN, "婴儿配方乳粉 800 克", "Infant formula, 800 g", "food",
                        "infant_formula", _PLANT)  # fmt: skip
    until = today + timedelta(days=900)
    yield Document(kind="formula_registration", number=_FORMULA, valid_to=until)
    for number in (*(f"RQ-{n}" for n in range(4)), "CY-0001"):
        yield Document(kind="conformity_certificate", number=number)


def _whey(number: int) -> str:
    return lot(_WHEY, f"RQ{number + 1:02d}")


def _base(batch: int) -> str:
    return lot(_BASE, f"JF{batch:04d}")


def _cans(batch: int) -> str:
    return lot(_CAN, f"PF{batch:04d}")


class _World:
    """The numbers of one telling."""

    def __init__(self, today: date, scale: float) -> None:
        self.days = Days(today)
        self.batches = shape.of_scale(12, scale, least=3)
        dozens = 24
        size = 3_200 * scale * 12 / self.batches
        self.size = max(dozens, round(size / dozens) * dozens)
        self.affected = tuple(b for b in range(self.batches) if b % 3 == 0)
        self.sales = min(shape.of_scale(4_800, scale), self.size * self.batches // 2)

    def tin(self, batch: int, number: int) -> str:
        """A tin by its code, which names its batch."""
        return f"{_cans(batch)}/21/{batch:04d}{number:05d}"

    def chapters(self) -> Iterator[Chapter]:
        """The story in the order in which it is reported."""
        yield from shape.reported(_PLANT, "原料进货", "materials come in", self._intake())
        yield from shape.reported(_PLANT, "基粉、装罐", "base powder, tins", self._made())
        yield from shape.reported(_PLANT, "装箱", "packed in cases", self._cased())
        yield from shape.reported(_PLANT, "检验、出厂", "tested, sent out", self._sent())
        for n, trader in enumerate(_TRADERS):
            yield from shape.reported(trader, "进货、批发", "in, and on", self._traded(n))
        for n, shop in enumerate(_SHOPS):
            yield from shape.reported(shop, "进货、零售", "in, and sold", self._retailed(n))
        yield from shape.reported(_PLANT, "一级召回", "level I recall", self._recalled())
        yield from shape.reported(
            _SHOPS[0],
            "召回后仍售出一罐",
            "one tin sold after the recall",
            [self._sold(_SOLD_AGAIN, 1, 0, (self.affected[0], 0))],
        )

    def _intake(self) -> Iterator[EventDict]:
        for n in range(3):
            yield self._bought(f"whey {n}", n, made=70, bought=61)
        yield self._bought(_BEFORE_MADE, 3, made=61, bought=65)

    def _bought(self, name: str, number: int, *, made: int, bought: int) -> EventDict:
        return _OF_WHEY.sees(
            name, self.days.at(60, f"09:{10 * number:02d}"), "receiving", "food_material_intake",
            things=[some(_whey(number), 400 * self.batches)],
            also={**between(_DAIRY, _PLANT), **at_site(_PLANT)},
            production_date=self.days.day(made), expiry_date=self.days.day(-300),
            batch_number=f"RQ{number + 1:02d}", product_name="脱盐乳清粉", specification="25 kg",
            shelf_life="12个月", purchase_date=self.days.day(bought),
            supplier_name=_DAIRY.name.zh, supplier_address="内蒙古呼和浩特市",
            supplier_contact="0471-0000000", material_certificate=f"RQ-{number}",
        )  # fmt: skip

    def _made(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            yield self._batch(batch, "base", 50, _whey(batch % 3), 400, _base(batch), "KGM")
            yield from self._dried(batch)
            yield self._batch(batch, "tins", 45, _base(batch), 400, _cans(batch), None)

    def _batch(
        self, batch: int, name: str, ago: int, used: str, kilos: int, made: str, unit: str | None
    ) -> EventDict:
        amount = 400 if unit else self.size
        return _SAY.makes(
            f"{name} {batch}", self.days.at(ago, "08:00") + timedelta(minutes=batch),
            "food_production", used=[some(used, kilos)], made=[some(made, amount, unit)],
            site=_PLANT, ilmd={"production_date": self.days.day(ago)},
            process_step="干混" if unit is None else "喷雾干燥", process_parameter="15 min",
            equipment_id="M3", operator="操作工03", formula="配方3",
            ingredients="脱盐乳清粉 40%，脱脂乳粉 20%，植物油 25%，乳糖 15%",
            formula_registration_number=_FORMULA, registration_valid_until=self.days.day(-800),
        )  # fmt: skip

    def _dried(self, batch: int) -> Iterator[EventDict]:
        """What the dryer's thermometer said, minute by minute."""
        begin = self.days.at(50, "09:00") + timedelta(hours=2 * batch)
        for n in range(_READINGS):
            at = begin + timedelta(minutes=n)
            heat = 88 + (n * 7 + batch) % 20 / 10
            yield _SAY.sees(
                f"dryer {batch} {n}", at, "inspecting", "process_control",
                things=[some(_base(batch), 400)],
                also=_dryer(at, heat), process_step="喷雾干燥", process_parameter=f"{heat} ℃",
                equipment_id="D1", operator="操作工03", monitoring_frequency="每分钟",
                monitoring_limit="85–95 ℃", deviation_handling="停机，隔离本批",
            )  # fmt: skip

    def _cased(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            for case in range(self.size // _IN_CASE):
                inside = [self.tin(batch, case * _IN_CASE + n) for n in range(_IN_CASE)]
                yield _SAY.packs(
                    f"case {batch} {case}",
                    self.days.at(44, "08:00") + timedelta(seconds=3 * case + batch),
                    "food_packing", parent=self._case(batch, case), children=inside, site=_PLANT,
                )  # fmt: skip

    def _case(self, batch: int, case: int) -> str:
        return shape.pallet(110_000_000 + batch * (self.size // _IN_CASE) + case)

    def _sent(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            yield _SAY.sees(
                f"test {batch}", self.days.at(40, "10:00") + timedelta(minutes=batch), "inspecting",
                "food_test", things=[some(_cans(batch), self.size, None)],
                production_date=self.days.day(45), test_result="qualified",
                tested_on=self.days.day(40),
            )  # fmt: skip
            for n, trader in enumerate(_TRADERS):
                yield _SAY.sees(
                    f"exit {batch} {n}",
                    self.days.at(35, f"{9 + n:02d}:00"),
                    "shipping",
                    "food_exit",
                    things=[some(_cans(batch), self.size // 4, None)],
                    also=between(_PLANT, trader),
                    **self._papers(batch),
                    sale_date=self.days.day(35),
                    tested_on=self.days.day(40),
                    buyer_name=trader.name.zh,
                    buyer_address="某区1号",
                    buyer_contact="000-0000000",
                    inspection_certificate="CY-0001",
                )

    def _papers(self, batch: int) -> dict[str, Any]:
        made = {"production_date": self.days.day(45), "batch_number": f"PF{batch:04d}"}
        return {**_GOODS, **made}

    def _came(self, name: str, ago: int, batch: int, share: int, ends: Any) -> EventDict:
        sender, receiver = ends
        return _SAY.sees(
            name, self.days.at(ago, "15:00"), "receiving", "food_intake",
            things=[some(_cans(batch), self.size // share, None)],
            also={**between(sender, receiver), **at_site(receiver)}, **self._papers(batch),
            purchase_date=self.days.day(ago + 1), supplier_name=sender.name.zh,
            supplier_address="某区1号", supplier_contact="000-0000000",
            inspection_certificate="CY-0001",
        )  # fmt: skip

    def _traded(self, n: int) -> Iterator[EventDict]:
        for batch in range(self.batches):
            yield self._came(f"trader {n} {batch}", 33, batch, 4, (_PLANT, _TRADERS[n]))
            for shop in (_SHOPS[2 * n], _SHOPS[2 * n + 1]):
                yield _SAY.sees(
                    f"wholesale {shop.key} {batch}", self.days.at(30, "09:00"), "shipping",
                    "food_wholesale", things=[some(_cans(batch), self.size // 8, None)],
                    also=between(_TRADERS[n], shop), **self._papers(batch),
                    sale_date=self.days.day(30), buyer_name=shop.name.zh, buyer_address="某路2号",
                    buyer_contact="000-0000000",
                )  # fmt: skip

    def _retailed(self, n: int) -> Iterator[EventDict]:
        """A shop opens its cases and sells tin by tin."""
        for batch in range(self.batches):
            yield self._came(f"shop {n} {batch}", 28, batch, 8, (_TRADERS[n // 2], _SHOPS[n]))
        opened: set[str] = set()
        for sale in range(self.sales // 8):
            batch, place = sale % self.batches, sale // self.batches
            number = n * (self.size // 8) + place + 1
            if number >= (n + 1) * (self.size // 8):
                return
            case = self._case(batch, number // _IN_CASE)
            if case not in opened:
                opened.add(case)
                yield _SAY.packs(
                    f"open {n} {case}", self.days.at(27, "09:00"), "food_unpacking", parent=case,
                    children=(), site=_SHOPS[n], unpacks=True,
                )  # fmt: skip
            yield self._sold(f"sale {n} {sale}", 3 + sale % 20, n, (batch, number))

    def _sold(self, name: str, ago: int, shop: int, tin: tuple[int, int]) -> EventDict:
        return _SAY.sees(
            name, self.days.at(ago, "19:20"), "retail_selling", "food_retail",
            things=[self.tin(*tin)], also={"disposition": "retail_sold", **at_site(_SHOPS[shop])},
        )  # fmt: skip

    def _recalled(self) -> Iterator[EventDict]:
        for batch in self.affected:
            yield _SAY.sees(
                f"recall {batch}", self.days.at(2, "20:00"), "holding", "food_recall",
                things=[some(_cans(batch), self.size, None)], **self._papers(batch), brand="初乳",
                reason="供应商通报乳清检出克罗诺杆菌", recall_kind="voluntary",
                recall_level="level_1", recall_trigger="notice", risk_kind="harm",
                known_at=self.days.at(2, "08:00").isoformat(),
                started_at=self.days.at(2, "19:00").isoformat(), recall_area="全国",
                person_in_charge="质量负责人", produced_quantity=self.size,
                sold_quantity=self.size, stock_quantity=0,
            )  # fmt: skip


def _dryer(at: datetime, heat: float) -> dict[str, Any]:
    """A reading of the dryer's thermometer."""
    return shape.measured(at, "DRYER1", "Temperature", heat, "CEL")
