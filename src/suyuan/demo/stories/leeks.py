"""Takes the day and a scale; gives the story of a pesticide that crosses into leeks.

Growers say what they sprayed on which parcel; other people's law says how long to wait. Three
parcels are cut too soon, and it is found although the harvest does not mention any pesticide. One
lot of the pesticide fails its test and is sold and sprayed all the same.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between
from suyuan.demo.scene import Scene
from suyuan.demo.stories import shape
from suyuan.demo.stories.shape import Breach, Story, Voice, lot, some, trade_item
from suyuan.kit import Text
from suyuan.registry import Document
from suyuan.registry.types import Entry

_ID: Final = "leeks"
_INPUT: Final = Voice(story=_ID, family="agricultural-inputs", kind="pesticide")
_LEEK: Final = Voice(story=_ID, family="edible-agricultural-products", kind="vegetable")
_TECHNICAL: Final = trade_item(1301)
_BOTTLE: Final = trade_item(1302)
_GOODS: Final = trade_item(1303)
_REGISTRATION: Final = "PD20092927"
_CERTIFICATE: Final = "HG-NY01"
_WAIT: Final = 14
_TOO_SOON: Final = 3
_FAILED: Final = "bad lot tested"
_SOLD: Final = "bad lot sold"
_SPRAYED: Final = "bad lot sprayed"
_PRODUCT: Final[dict[str, Any]] = {"product_name": "吡虫啉可湿性粉剂", "specification": "20 g"}

_MAKER: Final = shape.somebody(1300, "input_maker", "370100", "齐川农药厂", "Qichuan Pesticides")
_AUTHORITY: Final = shape.somebody(
    1301, "authority", "370700", "潍东农业农村局", "Weidong Agriculture Bureau"
)
_MARKET: Final = shape.somebody(
    1302, "wholesale_market", "370700", "潍东蔬菜批发市场", "Weidong Vegetable Market"
)
_DEALERS: Final = tuple(
    shape.somebody(1305 + n, "input_dealer", "370783", f"城{side}农资店", f"{en} Farm Supplies")
    for n, (side, en) in enumerate((("东", "East"), ("南", "South"), ("西", "West")))
)
_GROWERS: Final = tuple(
    shape.somebody(1310 + n, "farmer", "370783", f"韭菜种植户{n + 1:02d}", f"Leek grower {n + 1}")
    for n in range(14)
)


def story(today: date, scale: float) -> Story:
    """The story, as of a day."""
    world = _World(today, scale)
    return Story(
        id=_ID,
        family="agricultural-inputs",
        title=Text("农药追到韭菜：安全间隔期", "From pesticide to leeks: the wait before harvest"),
        plot=Text(
            "{parcels} 块地的用药和采收分属两个门类；{early} 块地未满 {wait} 天就割，"
            "采收时没有写用药，照样查出；另有一批农药检验不合格仍出售、使用。",
            "Spraying and harvest of {parcels:parcel|parcels} belong to two families; "
            "{early:is|are} cut within {wait:day|days}, unmentioned at harvest and found all the "
            "same; a lot of the pesticide fails its test, is sold and sprayed.",
        ).format(parcels=world.parcels, early=_TOO_SOON, wait=_WAIT),
        entries=tuple(_entries(today)),
        chapters=world.chapters,
        breaches=tuple(world.breaches()),
        scenes=(
            Scene(
                thing=world.leeks(0),
                caption=Text("间隔期内采收的一批韭菜", "Leeks cut too soon"),
                party=_GROWERS[0].party,
            ),
            Scene(
                thing=_bottles(1),
                caption=Text("检验不合格的农药：卖给了谁", "The failed pesticide: sold to whom"),
                party=_DEALERS[0].party,
            ),
        ),
    )


def _entries(today: date) -> Iterator[Entry]:
    yield from shape.enrolled(_MAKER, today, "pesticide_production_licence")
    for dealer in _DEALERS:
        yield from shape.enrolled(dealer, today, "pesticide_trade_licence")
    for actor in (_AUTHORITY, _MARKET, *_GROWERS):
        yield from shape.enrolled(actor, today)
    yield shape.product(_BOTTLE, "吡虫啉可湿性粉剂", "Imidacloprid WP", "agricultural-inputs",
                        "pesticide", _MAKER)  # fmt: skip
    yield shape.product(_GOODS, "韭菜", "Chinese leeks", "edible-agricultural-products",
                        "vegetable", _GROWERS[0])  # fmt: skip
    until = today + timedelta(days=900)
    yield Document(kind="pesticide_registration", number=_REGISTRATION, valid_to=until)
    yield Document(kind="quality_certificate", number=_CERTIFICATE)


def _bottles(number: int) -> str:
    return lot(_BOTTLE, f"NY{number:02d}")


class _World:
    """The numbers of one telling."""

    def __init__(self, today: date, scale: float) -> None:
        self.days = Days(today)
        self.parcels = shape.of_scale(2_000, scale, least=2 * len(_GROWERS))

    def leeks(self, parcel: int) -> str:
        """What was cut on a parcel."""
        return lot(_GOODS, f"JC{parcel:06d}")

    def breaches(self) -> Iterator[Breach]:
        """The harvests that came too soon, and what was done with the lot that failed."""
        at = self.days.at
        for parcel in range(_TOO_SOON):
            yield shape.breach(
                _ID, f"harvest {parcel}", at(3, "06:00"), "crop.harvest.interval-on-record"
            )
        failed = (
            (_FAILED, at(25, "10:00"), "pesticide.test.failed"),
            (_SOLD, at(22, "10:00"), "pesticide.state"),
            (_SPRAYED, at(21, "06:00"), "pesticide.state"),
        )
        for name, when, rule in failed:
            yield shape.breach(_ID, name, when, rule)

    def chapters(self) -> Iterator[Chapter]:
        """The story in the order in which it is reported."""
        yield from shape.reported(_MAKER, "登记、生产、出厂", "registered, made, sent out",
                                  self._factory())  # fmt: skip
        for n, dealer in enumerate(_DEALERS):
            yield from shape.reported(
                dealer, "进货", "in", [self._bought(n, each) for each in (0, 1)]
            )
            yield from shape.reported(dealer, "实名销售", "sold by name", self._sales(n))
        yield from shape.reported(_AUTHORITY, "监督抽检", "a sample tested", [self._tested()])
        yield from shape.reported(_DEALERS[0], "不合格后仍出售", "sold all the same",
                                  [self._sold(_SOLD, 22, 0, 1, 1)])  # fmt: skip
        yield from shape.reported(_GROWERS[1], "不合格后仍使用", "sprayed all the same",
                                  [self._sprayed(_SPRAYED, 21, 1, 1)])  # fmt: skip
        for n, grower in enumerate(_GROWERS):
            yield from shape.reported(grower, "种植、用药、采收", "planted, sprayed, cut",
                                      self._grown(n))  # fmt: skip
        yield from shape.reported(_MARKET, "进场查验", "market entry", self._entered())

    def _factory(self) -> Iterator[EventDict]:
        at, day = self.days.at, self.days.day
        term: dict[str, Any] = {"registration_number": _REGISTRATION, "valid_until": day(-800)}
        yield _INPUT.sees(
            "registration", at(90, "09:00"), "other", "input_registration",
            things=[some(_BOTTLE, 1, None)], **term, holder_name=_MAKER.name.zh,
            registered_on=day(900),
        )  # fmt: skip
        yield _INPUT.sees(
            "technical", at(80, "09:00"), "receiving", "material_intake",
            things=[some(lot(_TECHNICAL, "YY01"), 1_000)], material_name="吡虫啉原药",
            licence_number="农药生许(鲁)0060", specification="97%", supplier_name="齐北原药厂",
            supplier_contact="0531-0000001", quality_certificate=_CERTIFICATE,
        )  # fmt: skip
        for number in (0, 1):
            yield _INPUT.makes(
                f"made {number}", at(70 - number, "09:00"), "input_production",
                used=[some(lot(_TECHNICAL, "YY01"), 100)], made=[some(_bottles(number), 970)],
                site=_MAKER, ilmd={"production_date": day(70 - number)}, **term,
                production_type="own", technical_registration_number="PD20081234",
                technical_maker="齐北原药厂",
            )  # fmt: skip
            yield _INPUT.sees(
                f"tested {number}", at(60, f"1{number}:00"), "inspecting", "input_test",
                things=[some(_bottles(number), 1)], test_result="qualified",
            )  # fmt: skip
            for dealer in _DEALERS:
                yield self._sent(number, dealer)

    def _sent(self, number: int, dealer: Any) -> EventDict:
        return _INPUT.sees(
            f"sent {number} {dealer.key}", self.days.at(55, f"1{number}:00"), "shipping",
            "factory_sale", things=[some(_bottles(number), 300)], also=between(_MAKER, dealer),
            **_PRODUCT, production_date=self.days.day(70 - number), batch_number=f"NY{number:02d}",
            quality_certificate=_CERTIFICATE, sold_on=self.days.day(55), restricted="no",
        )  # fmt: skip

    def _bought(self, n: int, number: int) -> EventDict:
        return _INPUT.sees(
            f"bought {n} {number}", self.days.at(52, f"1{number}:00"), "receiving",
            "dealer_purchase", things=[some(_bottles(number), 300)],
            also={**between(_MAKER, _DEALERS[n]), **at_site(_DEALERS[n])}, **_PRODUCT,
            licence_number="农药生许(鲁)0060", maker_name=_MAKER.name.zh,
            quality_certificate=_CERTIFICATE, restricted="no", quality_until=self.days.day(-500),
        )  # fmt: skip

    def _sales(self, n: int) -> Iterator[EventDict]:
        for parcel in range(n, self.parcels, len(_DEALERS)):
            grower = parcel % len(_GROWERS)
            yield self._sold(f"sold {parcel}", 50 - parcel % 10, n, grower, 0)

    def _sold(self, name: str, ago: int, dealer: int, grower: int, number: int) -> EventDict:
        return _INPUT.sees(
            name, self.days.at(ago, "10:00"), "shipping", "dealer_sale",
            things=[some(_bottles(number), 0.1)],
            also=between(_DEALERS[dealer], _GROWERS[grower]), **_PRODUCT,
            maker_name=_MAKER.name.zh, buyer_name=_GROWERS[grower].name.zh, restricted="no",
            sale_channel="shop", quality_until=self.days.day(-500),
        )  # fmt: skip

    def _tested(self) -> EventDict:
        return _INPUT.sees(
            _FAILED, self.days.at(25, "10:00"), "inspecting", "input_test",
            things=[some(_bottles(1), 1)], test_result="unqualified",
        )  # fmt: skip

    def _grown(self, n: int) -> Iterator[EventDict]:
        for parcel in range(n, self.parcels, len(_GROWERS)):
            soon = parcel < _TOO_SOON

            place: dict[str, Any] = {"parcel": self._parcel(parcel)}
            yield _LEEK.sees(
                f"planted {parcel}", self.days.at(60, "06:00"), "other", "planting",
                things=[{"epcClass": self.leeks(parcel)}], **place, planted_on=self.days.day(60),
            )  # fmt: skip
            yield self._sprayed(f"sprayed {parcel}", 9 if soon else 30, n, 0, parcel)
            stated = {} if soon else {"last_use_date": self.days.day(30), "interval_days": _WAIT}
            yield _LEEK.sees(
                f"harvest {parcel}", self.days.at(3, "06:00"), "commissioning", "harvest",
                things=[some(self.leeks(parcel), 180)], also=at_site(_GROWERS[n]),
                ilmd={**place, "planted_on": self.days.day(60),
                      "harvest_date": self.days.day(3), **stated},
            )  # fmt: skip

    def _parcel(self, number: int) -> str:
        return f"370783{number:010d}"

    def _sprayed(
        self, name: str, ago: int, grower: int, number: int, parcel: int | None = None
    ) -> EventDict:
        where: dict[str, Any] = {} if parcel is None else {"parcel": self._parcel(parcel)}
        return _INPUT.sees(
            name, self.days.at(ago, "06:00"), "other", "input_application",
            things=[some(_bottles(number), 0.1)], also=at_site(_GROWERS[grower]), **where,
            use_date=self.days.day(ago), use_place="韭菜地", use_object="韭蛆",
            product_name=_PRODUCT["product_name"], dose="20 g/亩", maker_name=_MAKER.name.zh,
            registration_number=_REGISTRATION, toxicity="low_toxic", crop_class="vegetable",
            for_food="yes", interval_days=_WAIT,
        )  # fmt: skip

    def _entered(self) -> Iterator[EventDict]:
        """What was cut too soon is held, and does not come to the market."""
        for parcel in range(_TOO_SOON, self.parcels):
            grower = _GROWERS[parcel % len(_GROWERS)]
            yield _LEEK.sees(
                f"entry {parcel}", self.days.at(2, "02:00") + timedelta(seconds=parcel), "arriving",
                "wholesale_entry", things=[some(self.leeks(parcel), 180)],
                also={**between(grower, _MARKET), **at_site(_MARKET)}, origin="山东省潍坊市",
                produce_certificate=f"HGZ-{parcel:06d}", stall=f"菜-{parcel % 80:02d}",
                operator_code="3707000040001",
            )  # fmt: skip
