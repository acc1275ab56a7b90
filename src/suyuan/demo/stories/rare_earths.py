"""Takes the day and a scale; gives the story of rare earths: 52 tonnes that came from nowhere.

From 1,000 tonnes of concentrate at 60 % a separator makes 588 tonnes of oxides and sells 640. Its
books do not balance, its monthly entry comes on the 14th, its stock account says on which day more
had gone than there can have been. A miner digs beyond the quota, and dysprosium leaves without a
licence.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from suyuan.demo.cast import Actor
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between
from suyuan.demo.scene import Scene
from suyuan.demo.stories import shape
from suyuan.demo.stories.shape import Missing, Promise, Story, Voice, lot, some, trade_item
from suyuan.kit import Text
from suyuan.registry.types import Entry
from suyuan.service import NewPermit

_ID: Final = "rare-earths"
_ORE, _OXIDE, _METAL = trade_item(1701), trade_item(1702), trade_item(1703)
_KINDS: Final = {
    _ORE: Voice(story=_ID, family=_ID, kind="rare_earth_ore"),
    _OXIDE: Voice(story=_ID, family=_ID, kind="rare_earth_compound"),
    _METAL: Voice(story=_ID, family=_ID, kind="rare_earth_metal"),
}
_NAMES: Final = {_ORE: "混合稀土精矿", _OXIDE: "氧化镨钕", _METAL: "镨钕金属"}
_MINING: Final = "KC-1"
_SEPARATION: Final = "YL-1"
_SMALL: Final = 10_000
_GREAT: Final = 1_000_000
_SALES: Final = 4
_OVERSOLD: Final = 160_000
_UNEXPLAINED: Final = 52_000
_BEYOND: Final = "dug beyond the quota"
_ENTRY: Final = "entry of the separator"
_EXPORT: Final = "dysprosium without a licence"

_MINE: Final = shape.somebody(1700, "re_miner", "360700", "虔州矿业", "Qianzhou Mining")
_SEPARATOR: Final = shape.somebody(
    1701, "re_separator", "360700", "虔江分离厂", "Qianjiang Separation"
)
_SMELTER: Final = shape.somebody(1702, "re_smelter", "360700", "南康金属", "Nankang Metals")
_MAGNETS: Final = shape.somebody(1703, "re_user", "330200", "甬东磁材", "Yongdong Magnets")
_EXPORTER: Final = shape.somebody(1704, "re_exporter", "310100", "沪海进出口", "Huhai Trading")


def story(today: date, scale: float) -> Story:
    """The story, as of a day."""
    world = _World(today, scale)
    at = world.days.at
    rules = {
        _BEYOND: (at(4, "10:00"), {"re.quota.exceeded", "re.quota.ledger.mining"}),
        _ENTRY: (world.entered(14), {"re.month.balance", "re.month.entry"}),
        _EXPORT: (at(2, "10:00"), {"re.export.licence"}),
    }
    return Story(
        id=_ID,
        family=_ID,
        title=Text("稀土：多出来的 52 吨", "Rare earths: 52 tonnes from nowhere"),
        plot=Text(
            "1000 吨精矿（REO 60%）回收 98%，至多 588 吨，却卖出 640 吨；月度录入迟到且不平；"
            "一次开采超出指标；一批镝没有许可证出口。",
            "1,000 t of concentrate at 60 % and 98 % recovery give at most 588 t; 640 t are sold; "
            "the monthly entry is late and does not balance; one pit goes beyond the quota; "
            "dysprosium leaves without a licence.",
        ),
        entries=tuple(_entries(today)),
        permits=tuple(world.permits()),
        chapters=world.chapters,
        breaches=tuple(
            shape.breach(_ID, name, when, *caught) for name, (when, caught) in rules.items()
        ),
        promises=(
            Promise(
                says=Text("库存账：多卖 52 吨", "the stock account: 52 t more than can be"),
                holds=Missing(thing=world.lot(_OXIDE, 0), party=_SEPARATOR.party, by=_UNEXPLAINED),
            ),
        ),
        scenes=(
            Scene(
                thing=world.lot(_OXIDE, 0),
                caption=Text("卖出多于产出的一批氧化物", "Oxides: more sold than made"),
                party=_SEPARATOR.party,
            ),
            Scene(
                thing=world.lot(_METAL, 1),
                caption=Text("一批金属：从矿山到磁材", "Metal, from the pit to the magnet"),
                party=_MAGNETS.party,
            ),
        ),
    )


def _entries(today: date) -> Iterator[Entry]:
    yield from shape.enrolled(_MINE, today, "re_named", "mining_right")
    yield from shape.enrolled(_SEPARATOR, today, "re_named")
    for actor in (_SMELTER, _MAGNETS, _EXPORTER):
        yield from shape.enrolled(actor, today)
    owners = {
        _ORE: (_MINE, "concentrate"),
        _OXIDE: (_SEPARATOR, "oxides"),
        _METAL: (_SMELTER, "metal"),
    }
    for class_uri, (owner, en) in owners.items():
        kind = _KINDS[class_uri].kind
        yield shape.product(class_uri, _NAMES[class_uri], f"Rare-earth {en}", _ID, kind, owner)


class _World:
    """The numbers of one telling; batch 0 is the great one, the others are everyday trade."""

    def __init__(self, today: date, scale: float) -> None:
        self.days = Days(today)
        self.batches = 1 + shape.of_scale(1_000, scale, least=6)
        last_month = today.replace(day=1) - timedelta(days=1)
        self.month_end = last_month.replace(day=1) - timedelta(days=1)
        self.great = (today - self.month_end).days + 15
        self.quota = self._reo(0) + (self.batches - 1) * self._reo(1)

    def _reo(self, batch: int) -> int:
        """Kilograms of oxides in a batch of concentrate: sixty per cent."""
        return self._mass(batch) * 6 // 10

    def _mass(self, batch: int) -> int:
        return _SMALL if batch else _GREAT

    def _yield(self, batch: int) -> int:
        return self._reo(batch) * 98 // 100

    def lot(self, class_uri: str, batch: int) -> str:
        """A lot of a class, of a batch."""
        return lot(class_uri, self._number(batch))

    def _number(self, batch: int) -> str:
        return f"XT{batch:06d}"

    def entered(self, day: int) -> datetime:
        """So many days into the month that followed."""
        ago = (self.days.today - self.month_end).days - day
        return self.days.at(ago, "09:00")

    def permits(self) -> Iterator[NewPermit]:
        """The year's quotas: all that is dug and separated here, and not a tonne more."""
        wanted = (
            ("re_mining_quota", _MINING, _MINE),
            ("re_separation_quota", _SEPARATION, _SEPARATOR),
        )
        for kind, number, holder in wanted:
            yield NewPermit(
                kind=kind, number=number, holder=holder.party, amount=Decimal(self.quota),
                unit="KGM", valid_from=self.days.today - timedelta(days=400),
                valid_to=self.days.today + timedelta(days=60),
            )  # fmt: skip

    def chapters(self) -> Iterator[Chapter]:
        """The story in the order in which it is reported."""
        every, say = range(self.batches), shape.reported
        yield from say(_MINE, "开采、销售", "dug and sold", self._dug())
        yield from say(_SEPARATOR, "购矿、分离、销售", "bought, separated, sold", self._separated())
        yield from say(_SMELTER, "购进、冶炼、销售", "bought, smelted, sold", self._smelted())
        yield from say(
            _MAGNETS,
            "购进",
            "bought",
            (self._bought(_METAL, b, (_SMELTER, _MAGNETS), 1) for b in every[1:]),
        )
        for actor in (_MINE, _SMELTER):
            yield from say(actor, "月度录入", "monthly entry", [self._entry(actor)])
        yield from say(_SEPARATOR, "月度录入", "monthly entry", [self._entry(_SEPARATOR)])
        yield from say(
            _MINE, "超指标开采", "beyond the quota", [self._mined(self.batches, _BEYOND)]
        )
        yield from say(_EXPORTER, "出口", "exported", [self._exported()])

    def _at(self, batch: int, days_later: int, hour: int) -> datetime:
        if batch == self.batches:
            return self.days.at(4, f"{hour:02d}:00")
        ago = 45 - batch % 20 if batch else self.great
        return self.days.at(ago - days_later, f"{hour:02d}:00") + timedelta(seconds=batch % 3_600)

    def _quota(self, batch: int, number: str) -> dict[str, Any]:
        used = self._reo(0) + (batch - 1) * self._reo(1) if batch else 0
        return {
            "quota_number": number,
            "quota_year": str(self.days.today.year),
            "quota_total": self.quota,
            "quota_used": used,
            "reo_mass": self._reo(batch),
        }

    def _dug(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            yield self._mined(batch, f"mined {batch}")
            yield self._sold(_ORE, batch, (_MINE, _SEPARATOR), 1, self._mass(batch))

    def _mined(self, batch: int, name: str) -> EventDict:
        at = self._at(batch, 0, 10)
        return _KINDS[_ORE].sees(
            name, at, "commissioning", "re_mining",
            things=[some(self.lot(_ORE, batch), self._mass(batch))], also=at_site(_MINE),
            ilmd={"production_date": at.date().isoformat(), "product_name": _NAMES[_ORE],
                  "batch_number": self._number(batch), "mining_right_number": "C1-1",
                  "pit": "一采场", "reo_percent": 60, "moisture_percent": 0, "radioactive": "no",
                  "mine_enterprise": _MINE.name.zh, **self._quota(batch, _MINING)},
        )  # fmt: skip

    def _sold(
        self,
        class_uri: str,
        batch: int,
        ends: tuple[Actor, Actor],
        later: int,
        mass: int,
        part: int = 0,
    ) -> EventDict:
        seller, buyer = ends
        at = self._at(batch, later, 11 + part)
        return _KINDS[class_uri].sees(
            f"sold {_NAMES[class_uri]} {batch} {part}", at, "shipping", "re_sale",
            things=[some(self.lot(class_uri, batch), mass)],
            also=_sold_by(seller, buyer),
            product_name=_NAMES[class_uri], batch_number=self._number(batch),
            buyer_name=buyer.name.zh, contract_number=f"HT-{batch:06d}{part}",
            invoice_number=f"FP-{batch:06d}{part}", tax_product=_NAMES[class_uri],
            use_purpose="工业", traded_on=at.date().isoformat(), supplier_name=seller.name.zh,
            mine_enterprise=_MINE.name.zh, main_ore_source=_MINE.name.zh,
            compound_maker=_SEPARATOR.name.zh, sent_mass=mass,
        )  # fmt: skip

    def _bought(
        self,
        class_uri: str,
        batch: int,
        ends: tuple[Actor, Actor],
        later: int,
        mass: int | None = None,
        part: int = 0,
    ) -> EventDict:
        seller, buyer = ends
        at = self._at(batch, later + _AFTER[class_uri], 12 + part)
        mass = self._metal(batch) if mass is None else mass
        return _KINDS[class_uri].sees(
            f"bought {_NAMES[class_uri]} {batch} {part}",
            at,
            "receiving",
            "re_purchase",
            things=[some(self.lot(class_uri, batch), mass)],
            also={**_sold_by(seller, buyer), **at_site(buyer)},
            product_name=_NAMES[class_uri],
            seller_name=seller.name.zh,
            contract_number=f"HT-{batch:06d}{part}",
            traded_on=(at - timedelta(days=1)).date().isoformat(),
            sent_mass=mass,
            received_mass=mass,
        )

    def _separated(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            mass, made = self._mass(batch), self._yield(batch)
            yield self._bought(_ORE, batch, (_MINE, _SEPARATOR), 1, mass)
            at, fed = self._at(batch, 3, 9), self._reo(batch)
            yield _KINDS[_OXIDE].makes(
                f"separated {batch}",
                at,
                "re_separation",
                used=[some(self.lot(_ORE, batch), mass)],
                made=[some(self.lot(_OXIDE, batch), made)],
                site=_SEPARATOR,
                ilmd={
                    "production_date": at.date().isoformat(),
                    "batch_number": self._number(batch),
                },
                product_name=_NAMES[_OXIDE],
                ore_source="bought_ore",
                feed_kind="ore_feed",
                purity_percent=99.5,
                input_reo=fed,
                output_reo=made,
                tailings_reo=fed * 3 // 200,
                loss_reo=fed // 200,
                recovery_percent=98,
                main_ore_source=_MINE.name.zh,
                **self._quota(batch, _SEPARATION),
            )
            if batch:
                yield self._sold(_OXIDE, batch, (_SEPARATOR, _SMELTER), 4, made)
        for part in range(_SALES):
            yield self._sold(_OXIDE, 0, (_SEPARATOR, _SMELTER), 4, _OVERSOLD, part)

    def _metal(self, batch: int) -> int:
        return self._yield(batch) * 83 // 100

    def _smelted(self) -> Iterator[EventDict]:
        for batch in range(1, self.batches):
            made = self._yield(batch)
            yield self._bought(_OXIDE, batch, (_SEPARATOR, _SMELTER), 4, made)
            at = self._at(batch, 7, 9)
            yield _KINDS[_METAL].makes(
                f"smelted {batch}",
                at,
                "re_smelting",
                used=[some(self.lot(_OXIDE, batch), made)],
                made=[some(self.lot(_METAL, batch), self._metal(batch))],
                site=_SMELTER,
                ilmd={
                    "production_date": at.date().isoformat(),
                    "batch_number": self._number(batch),
                },
                product_name=_NAMES[_METAL],
                compound_maker=_SEPARATOR.name.zh,
                added_mass=0,
                purity_percent=99,
                input_reo=made,
                output_reo=made * 99 // 100,
                tailings_reo=0,
                loss_reo=made // 100,
            )
            yield self._sold(_METAL, batch, (_SMELTER, _MAGNETS), 8, self._metal(batch))
        for part in range(_SALES):
            yield self._bought(_OXIDE, 0, (_SEPARATOR, _SMELTER), 4, _OVERSOLD, part)

    def _entry(self, actor: Actor) -> EventDict:
        """A month's entry in REO; the separator's is late, and more went than came."""
        is_late = actor is _SEPARATOR
        at = self.entered(14 if is_late else 8)
        out = _OVERSOLD * _SALES if is_late else self._reo(0)
        return _KINDS[_OXIDE].sees(
            _ENTRY if is_late else f"entry {actor.key}", at, "other", "re_monthly_entry",
            things=[some(self.lot(_OXIDE, 0), self._yield(0))],
            month_end=self.month_end.isoformat(), entered_on=at.date().isoformat(),
            entry_receipt=f"LR-{actor.key}", flow_direction="sell", opening_reo=0,
            in_reo=self._reo(0), out_reo=out, loss_reo=0, tailings_reo=0, closing_reo=0,
        )  # fmt: skip

    def _exported(self) -> EventDict:
        return _KINDS[_OXIDE].sees(
            _EXPORT, self.days.at(2, "10:00"), "departing", "re_export",
            things=[some(self.lot(_OXIDE, 1), 100)], product_name="氧化镝",
            customs_code="2846901500", controlled="yes", controlled_element="dysprosium",
            export_mass=100, end_user="Example Magnet Ltd", end_use="civil motors",
            listed_party="no", declared_on=self.days.day(3),
        )  # fmt: skip


_AFTER: Final = {_ORE: 1, _OXIDE: 1, _METAL: 8}


def _sold_by(seller: Actor, buyer: Actor) -> dict[str, Any]:
    """Beside who has the goods and where they are, whose they are."""
    ends = between(seller, buyer)
    for key, end, party in (
        ("sourceList", "source", seller),
        ("destinationList", "destination", buyer),
    ):
        ends[key].append({"type": "owning_party", end: party.party})
    return ends
