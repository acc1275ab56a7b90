"""Takes the day and a scale; gives the story of detonators: five that nobody can account for.

A purchase permit is a ledger: what is sold takes from it, and what goes beyond is held. Each issue
and return is confirmed by a second person, but for one, whose shift fires all the same. Of two
hundred issued to a shift, 193 are fired and two come back. And a code that was never issued is
fired at another mine, outside its permitted zone.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from suyuan.demo.cast import Actor
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between
from suyuan.demo.scene import Scene
from suyuan.demo.stories import shape
from suyuan.demo.stories.shape import Story, Voice
from suyuan.kit import Text
from suyuan.registry import Document
from suyuan.registry.types import Entry
from suyuan.service import NewPermit

_ID: Final = "detonators"
_SAY: Final = Voice(story=_ID, family="dangerous-goods", kind="civil_explosive")
_GOODS: Final = "工业电子雷管"
_PERMIT: Final = "GM-3101"
_OTHER_PERMIT: Final = "GM-3102"
_TRANSPORT: Final = "YS-0707"
_BOX: Final = 100
_SHIFT: Final = 12
_FIRED: Final = 10
_ISSUED: Final = 200
_LEFT: Final = 2
_MISSING: Final = 5
_ALPHABET: Final = "0123456789ABCEFGHJKLMN"
_MOST: Final = 100_000
_ZONE: Final = {
    "name": "一号采区",
    "lat": 27.83,
    "lon": 113.13,
    "radius": 3_000,
}
_INSIDE: Final = {"lat": 27.831, "lon": 113.131}
_ELSEWHERE: Final = {"lat": 27.6, "lon": 112.4}
_BEYOND: Final = "sold beyond the permit"
_SHORT: Final = "shift comes back short"
_STRANGE: Final = "fired though never issued"
_ALONE: Final = "fired though nobody confirmed the issue"
_SECOND: Final = "保管员02"

_MAKER: Final = shape.somebody(
    1600, "explosives_maker", "430200", "湘中民爆", "Xiangzhong Civil Explosives"
)
_CARRIER: Final = shape.somebody(1601, "carrier", "430200", "安运危货", "Anyun Dangerous Goods")
_MINE: Final = shape.somebody(1602, "blasting_unit", "430200", "石岭爆破", "Shiling Blasting")
_OTHER: Final = shape.somebody(1603, "blasting_unit", "430300", "青岗爆破", "Qinggang Blasting")


def story(today: date, scale: float) -> Story:
    """The story, as of a day."""
    world = _World(today, scale)
    days = world.days
    rules = {
        _BEYOND: (days.at(14, "09:00"), {"explosives.permit.ledger"}),
        _SHORT: (days.at(2, "17:00"), {"explosives.return.balance"}),
        _ALONE: (days.at(3, "10:00"), {"explosives.blasting.confirmed"}),
        _STRANGE: (days.at(1, "11:00"), {"blasting.previous", "blasting.zone"}),
    }
    return Story(
        id=_ID,
        family="dangerous-goods",
        title=Text("雷管：少了五发", "Detonators: five are missing"),
        plot=Text(
            f"领 {_ISSUED} 发，爆 {_ISSUED - _LEFT - _MISSING} 发，退 {_LEFT} 发，"
            f"少 {_MISSING} 发；"
            "有一班的领用无人确认即起爆；"
            "另一矿爆了从未发放的一发，且在准许区域外；超出购买证数量的一笔销售待查。",
            f"Of {_ISSUED} issued {_ISSUED - _LEFT - _MISSING} are fired and {_LEFT} come back: "
            f"{_MISSING} are missing; one shift fires what nobody confirmed; another mine fires "
            "one never issued, outside its zone; a sale beyond the purchase permit is held.",
        ),
        replayed=Text("起爆控制器的起爆记录", "firing records and positions of the controllers"),
        entries=tuple(_entries(today)),
        permits=tuple(world.permits()),
        chapters=world.chapters,
        breaches=tuple(
            shape.breach(_ID, name, at, *caught) for name, (at, caught) in rules.items()
        ),
        scenes=(
            Scene(
                thing=_uri(world.missing()[0]),
                caption=Text("少了的一发：最后在谁手里", "A missing one: who had it last"),
                party=_MINE.party,
            ),
            Scene(
                thing=_uri(world.strange()),
                caption=Text("从未发放却被起爆的一发", "Fired, though never issued"),
                party=_OTHER.party,
            ),
        ),
    )


def _entries(today: date) -> Iterator[Entry]:
    yield from shape.enrolled(_MAKER, today, "explosives_production_licence")
    yield from shape.enrolled(_CARRIER, today)
    for mine in (_MINE, _OTHER):
        yield from shape.enrolled(mine, today, "blasting_licence")
    until = today + timedelta(days=30)
    yield Document(kind="explosives_transport_permit", number=_TRANSPORT, valid_to=until)


def _uri(code: str) -> str:
    return f"urn:suyuan:detonator:{code}"


class _World:
    """The numbers of one telling."""

    def __init__(self, today: date, scale: float) -> None:
        self.days = Days(today)
        self.shifts = shape.of_scale(720, scale, least=20)
        used = self.shifts * _SHIFT
        self.boxes = -(-(used + _SHIFT) // _BOX) + _ISSUED // _BOX + 1
        made = self.days.at(30, "00:00")
        self.stem = f"44{made.year % 10}{made:%m%d}"

    def code(self, number: int) -> str:
        """A detonator's thirteen characters (GA 441): maker, day, feature, serial."""
        return f"{self.stem}{_ALPHABET[number // _MOST]}{number % _MOST:05d}"

    def permits(self) -> Iterator[NewPermit]:
        """What the mines may buy: the one all of its boxes, the other a single one."""
        wanted = ((_PERMIT, _MINE, self.boxes), (_OTHER_PERMIT, _OTHER, 1))
        for number, holder, boxes in wanted:
            yield NewPermit(
                kind="explosives_purchase_permit",
                number=number,
                holder=holder.party,
                amount=Decimal(boxes * _BOX),
                valid_from=self.days.today - timedelta(days=60),
                valid_to=self.days.today + timedelta(days=60),
            )

    def _issued(self) -> range:
        """What the shift that came back short was issued."""
        first = (self.shifts + 1) * _SHIFT
        return range(first, first + _ISSUED)

    def missing(self) -> list[str]:
        """The codes that nobody can account for."""
        end = self._issued().stop - _LEFT
        return [self.code(n) for n in range(end - _MISSING, end)]

    def strange(self) -> str:
        """A code of the first mine's magazine that was never issued."""
        return self.code(self.boxes * _BOX - 1)

    def chapters(self) -> Iterator[Chapter]:
        """The story in the order in which it is reported."""
        every = range(self.boxes + 2)
        yield from shape.reported(_MAKER, "生产赋码", "made and coded", map(self._made, every))
        yield from shape.reported(_MAKER, "凭证销售", "sold against permits", self._sales())
        yield from shape.reported(
            _CARRIER, "运输", "carried", map(self._carried, range(self.boxes))
        )
        yield from shape.reported(_MINE, "购进入库", "into the magazine", self._stored())
        entries = map(self._entered, range(self.boxes))
        yield from self._confirmed("确认入库", "entries confirmed", entries)
        yield from self._shifts()
        yield from shape.reported(_MINE, "无人确认", "confirmed by nobody", self._alone())
        yield from shape.reported(_MINE, "退库少五发", "five short", self._short())
        yield from shape.reported(
            _OTHER,
            "起爆",
            "fired",
            [self._blast(_STRANGE, self.days.at(1, "11:00"), [self.strange()], _ELSEWHERE)],
        )

    def _codes(self, box: int) -> list[str]:
        return [_uri(self.code(n)) for n in range(box * _BOX, (box + 1) * _BOX)]

    def _made(self, box: int) -> EventDict:
        return _SAY.sees(
            f"box {box}", self.days.at(30, "08:00") + timedelta(minutes=box % 600), "commissioning",
            "explosives_production", things=self._codes(box),
            ilmd={"production_date": self.days.day(30), "registration_mark": "44-A",
                  "warning_mark": "yes", "product_name": _GOODS},
        )  # fmt: skip

    def _sales(self) -> Iterator[EventDict]:
        for box in range(self.boxes):
            yield self._traded(f"sale {box}", self.days.at(20, "09:00"), box, _MINE, _PERMIT)
        last = self.boxes
        at = self.days.at(14, "08:00")
        yield self._traded("sale to the other", at, last, _OTHER, _OTHER_PERMIT)
        at = self.days.at(14, "09:00")
        yield self._traded(_BEYOND, at, last + 1, _OTHER, _OTHER_PERMIT)

    def _traded(
        self, name: str, at: datetime, box: int, buyer: Actor, permit: str, **items: Any
    ) -> EventDict:
        step = "explosives_purchase" if items else "explosives_sale"
        parties = {"destinationList": [{"type": "owning_party", "destination": buyer.party}]}
        day = at.date().isoformat()
        return _SAY.sees(
            name, at, "receiving" if items else "shipping", step, things=self._codes(box),
            also={**parties, **at_site(buyer)} if items else parties, product_name=_GOODS,
            permit_number=permit, permit_valid_until=self.days.day(-60), trade_quantity=_BOX,
            handler_name="经办人", handler_id="11010519491231002X", payment="bank_transfer",
            bank_slip=f"YH-{box:06d}", traded_on=day, filed_on=day, filing_receipt=f"BA-{box:06d}",
            **items,
        )  # fmt: skip

    def _carried(self, box: int) -> EventDict:
        return _SAY.sees(
            f"carried {box}", self.days.at(19, "09:00"), "transporting", "explosives_transport",
            things=self._codes(box), also=between(_MAKER, _MINE), permit_number=_TRANSPORT,
            permit_valid_until=self.days.day(-20), vehicle="湘B60001", driver="驾驶员01",
            escort="押运员02", route="株洲—石岭", on_route="yes", sent_quantity=_BOX,
        )  # fmt: skip

    def _stored(self) -> Iterator[EventDict]:
        for box in range(self.boxes):
            yield self._traded(
                f"bought {box}", self.days.at(18, "09:00"), box, _MINE, _PERMIT,
                arrived_on=self.days.day(18), permit_returned_on=self.days.day(18),
                sent_quantity=_BOX, received_quantity=_BOX,
            )  # fmt: skip
            yield self._entered(box)

    def _entered(self, box: int) -> EventDict:
        return _SAY.sees(
            f"stored {box}", self.days.at(18, "10:00"), "storing", "magazine_entry",
            things=self._codes(box), also=at_site(_MINE), opening_quantity=box * _BOX,
            in_quantity=_BOX, book_quantity=(box + 1) * _BOX, capacity=10_000_000,
            keepers=["保管员01", "保管员02"], segregated="yes",
        )  # fmt: skip

    def _shifts(self) -> Iterator[Chapter]:
        """What is issued is confirmed before it is fired, what is returned after it came back."""
        every = range(self.shifts)
        yield from shape.reported(_MINE, "班次领用", "issued to shifts", self._issues())
        yield from self._confirmed("确认领用", "issues confirmed", self._issues())
        yield from shape.reported(
            _MINE, "起爆", "fired", chain.from_iterable(map(self._fired_by, every))
        )
        returned = map(self._returned_by, every)
        yield from shape.reported(_MINE, "清退", "returned", returned)
        yield from self._confirmed("确认清退", "returns confirmed", map(self._returned_by, every))

    def _issues(self) -> Iterator[EventDict]:
        yield from map(self._issued_to, range(self.shifts))
        great = [self.code(n) for n in self._issued()]
        yield self._issue("the great shift", self.days.at(2, "07:00"), great)

    def _codes_of(self, shift: int) -> list[str]:
        return [self.code(shift * _SHIFT + n) for n in range(_SHIFT)]

    def _begin(self, shift: int) -> datetime:
        return self.days.at(15 - shift % 12, "07:00") + timedelta(minutes=shift % 60)

    def _issued_to(self, shift: int) -> EventDict:
        return self._issue(f"shift {shift}", self._begin(shift), self._codes_of(shift))

    def _fired_by(self, shift: int) -> Iterator[EventDict]:
        for n, code in enumerate(self._codes_of(shift)[:_FIRED]):
            at = self._begin(shift) + timedelta(hours=3, seconds=2 * n)
            yield self._blast(f"fired {shift} {n}", at, [code], _INSIDE)

    def _returned_by(self, shift: int) -> EventDict:
        at, left = self._begin(shift) + timedelta(hours=8), self._codes_of(shift)[_FIRED:]
        return self._return(f"return {shift}", at, left, _SHIFT, _FIRED)

    def _confirmed(self, zh: str, en: str, acts: Iterable[EventDict]) -> Iterator[Chapter]:
        """The word of a second person, through an account apart, for each act."""
        said = map(self._confirms, acts)
        yield from shape.reported(_MINE, zh, en, said, person=_SECOND)

    def _confirms(self, act: EventDict) -> EventDict:
        at = datetime.fromisoformat(act["eventTime"]) + timedelta(minutes=5)
        return _SAY.sees(
            f"word on {act['eventID']}", at, "other", "danger_confirmation",
            things=act["epcList"], confirms=act["eventID"],
        )  # fmt: skip

    def _alone(self) -> Iterator[EventDict]:
        """A shift that fires all that it was issued, though nobody confirmed it."""
        codes = self._codes_of(self.shifts)
        yield self._issue("the lone shift", self.days.at(3, "07:00"), codes)
        yield self._blast(_ALONE, self.days.at(3, "10:00"), codes, _INSIDE)

    def _short(self) -> Iterator[EventDict]:
        codes = [self.code(n) for n in self._issued()]
        fired = len(codes) - _LEFT - _MISSING
        yield self._blast("the great blast", self.days.at(2, "12:00"), codes[:fired], _INSIDE)
        at = self.days.at(2, "17:00")
        yield self._return(_SHORT, at, codes[-_LEFT:], len(codes), fired)
        yield _SAY.sees(
            "five lost", self.days.at(1, "09:00"), "other", "danger_loss",
            things=[_uri(one) for one in self.missing()], lost_at=at.isoformat(),
            reported_at=(at + timedelta(minutes=25)).isoformat(), reason="清退少 5 发",
        )  # fmt: skip

    def _issue(self, name: str, at: datetime, codes: list[str]) -> EventDict:
        return _SAY.sees(
            name, at, "picking", "magazine_issue", things=[_uri(one) for one in codes],
            product_name=_GOODS, issued_by="保管员01", received_by="爆破员03",
            issued_quantity=len(codes), shift_need=len(codes),
        )  # fmt: skip

    def _blast(
        self, name: str, at: datetime, codes: list[str], where: dict[str, float]
    ) -> EventDict:
        unit = _MINE if where is _INSIDE else _OTHER
        return _SAY.sees(
            name, at, "decommissioning", "blasting",
            things=[_uri(one) for one in codes],
            also={**at_site(unit), **shape.measured(at, "CTRL07", "Count", len(codes), "C62")},
            blaster="爆破员03", blaster_licence="BP-1", code_status="normal",
            code_valid_until=self.days.day(-30), in_permitted_zone="yes", in_forbidden_zone="no",
            position=where, permitted_zones=[_ZONE], searched="yes", used_quantity=len(codes),
        )  # fmt: skip

    def _return(
        self, name: str, at: datetime, codes: list[str], issued: int, fired: int
    ) -> EventDict:
        return _SAY.sees(
            name, at, "storing", "magazine_return", things=[_uri(one) for one in codes],
            issued_by="保管员01", received_by="爆破员03", issued_quantity=issued,
            used_quantity=fired, returned_quantity=len(codes), returned_at=at.isoformat(),
            shift_end=(at + timedelta(hours=1)).isoformat(),
        )  # fmt: skip
