"""Takes the day and a scale; gives the story of a gas cylinder and of a lift.

The scale of a filling station asks before it fills, and is told no for a cylinder past its
inspection; at night it is filled by hand all the same, and the report of it is held. A lift misses
a visit of its maintenance, runs on, and traps two people.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from suyuan.demo.cast import checked
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site
from suyuan.demo.scene import Scene
from suyuan.demo.stories import shape
from suyuan.demo.stories.shape import HOST, Denied, Promise, Story, Voice
from suyuan.kit import Text
from suyuan.registry.types import Entry
from suyuan.service import Act

_ID: Final = "cylinders"
_GAS: Final = Voice(story=_ID, family="special-equipment", kind="gas_cylinder")
_LIFT: Final = Voice(story=_ID, family="special-equipment", kind="lift")
_ROUNDS: Final = 4
_AT_ONCE: Final = 20
_VISITS: Final = 10
_EVERY: Final = 14
_MISSED: Final = 5
_OVERDUE: Final = 0
_LATE_LIFT: Final = 0
_NIGHT: Final = "filled at night"
_ON_RECORD: Final = "cylinder.inspection-on-record"

_MAKER: Final = shape.somebody(
    1500, "equipment_maker", "330100", "江南压力容器厂", "Jiangnan Vessels"
)
_STATION: Final = shape.somebody(
    1501, "filling_station", "320500", "姑城液化气站", "Gucheng LPG Station"
)
_TESTER: Final = shape.somebody(
    1502, "inspection_body", "320500", "姑城特种设备检验院", "Gucheng Inspection"
)
_KEEPER: Final = shape.somebody(
    1503, "maintenance_unit", "320500", "安捷电梯维保", "Anjie Lift Maintenance"
)
_USER: Final = shape.somebody(1504, "equipment_user", "320500", "锦绣物业", "Jinxiu Property")


def story(today: date, scale: float) -> Story:
    """The story, as of a day."""
    world = _World(today, scale)
    rules = {
        _NIGHT: (world.days.at(2, "23:40"), {_ON_RECORD}),
        "handed over at night": (world.days.at(1, "08:00"), {_ON_RECORD}),
        "runs late": (world.operated(_MISSED), {"lift.use.maintained"}),
        f"visit {_LATE_LIFT} {_MISSED + 1}": (
            world.visited(_MISSED + 1),
            {"lift.maintenance.interval-on-record"},
        ),
    }
    return Story(
        id=_ID,
        family="special-equipment",
        title=Text(
            "液化气瓶与电梯：充装前先问", "LPG cylinder and lift: asked before it is filled"
        ),
        plot=Text(
            "{cylinders} 只气瓶每次充装先问；一只超过检验期，秤不放行，夜里人工充装，"
            "报上来即待查。电梯漏一次维保，继续运行，困人。",
            "Every filling of {cylinders:cylinder|cylinders} is asked for first; one is past its "
            "inspection, the scale refuses, it is filled by hand at night and the report is held. "
            "A lift misses a visit, runs on, and traps people.",
        ).format(cylinders=world.cylinders),
        replayed=Text("充装秤的读数", "readings of the filling scales"),
        entries=tuple(_entries(today)),
        chapters=world.chapters,
        breaches=tuple(
            shape.breach(_ID, name, at, *caught) for name, (at, caught) in rules.items()
        ),
        promises=(_asked_first(),),
        scenes=(
            Scene(
                thing=cylinder(_OVERDUE),
                caption=Text("超期仍充装的气瓶", "The cylinder filled past its inspection"),
                party=_STATION.party,
            ),
            Scene(
                thing=lift(_LATE_LIFT),
                caption=Text("漏了一次维保的电梯", "The lift that missed a visit"),
                party=_KEEPER.party,
            ),
        ),
    )


_FILLED: Final[dict[str, Any]] = {
    "medium": "lpg",
    "station_mark": "姑城燃气",
    "cylinder_model": "ysp35_5",
    "precheck_result": "qualified",
}


def _asked_first() -> Promise:
    """The scale asks before it fills."""
    asking = Act(
        step="cylinder_filling",
        things=[cylinder(_OVERDUE)],
        party=_STATION.party,
        values=dict(_FILLED),
    )
    return Promise(
        says=Text("充装前一问：不准", "asked before filling: no"),
        holds=Denied(asking=asking, rules=frozenset({_ON_RECORD, "cylinder.filling.inspection"})),
    )


def _entries(today: date) -> Iterator[Entry]:
    yield from shape.enrolled(_MAKER, today, "equipment_production_licence")
    yield from shape.enrolled(_STATION, today, "filling_licence")
    yield from shape.enrolled(_TESTER, today)
    yield from shape.enrolled(_KEEPER, today, "equipment_production_licence")
    yield from shape.enrolled(_USER, today)


def cylinder(number: int) -> str:
    """A cylinder (GRAI)."""
    return f"{HOST}/8003/0{checked('690123401501')}LPG{number:06d}"


def lift(number: int) -> str:
    """A lift (GIAI)."""
    return f"{HOST}/8004/6901234LIFT{number:05d}"


class _World:
    """The numbers of one telling."""

    def __init__(self, today: date, scale: float) -> None:
        self.days = Days(today)
        self.cylinders = shape.of_scale(480, scale, least=20)
        self.lifts = shape.of_scale(30, scale, least=2)

    def chapters(self) -> Iterator[Chapter]:
        """The story in the order in which it is reported."""
        yield from shape.reported(_MAKER, "制造", "made", self._made())
        yield from shape.reported(_STATION, "气瓶登记", "registered", self._registered())
        yield from shape.reported(_TESTER, "检验", "inspected", self._inspected())
        yield from shape.reported(_USER, "电梯登记", "lifts registered", self._lift_registered())
        for turn in range(_ROUNDS):
            yield from shape.reported(
                _STATION,
                f"充装配送第 {turn + 1} 轮",
                f"filled and delivered, round {turn + 1}",
                self._round(turn),
            )
        yield from shape.reported(
            _STATION, "夜间人工充装", "filled by hand at night", self._night()
        )
        for visit in range(_VISITS):
            yield from shape.reported(_KEEPER, f"第 {visit + 1} 次维保", f"visit {visit + 1}",
                                      self._visits(visit))  # fmt: skip
            yield from shape.reported(_USER, "电梯运行", "lifts run", self._operations(visit))
        yield from shape.reported(
            _KEEPER, "困人（补报）", "people trapped, reported late", [self._trapped()]
        )

    def _made(self) -> Iterator[EventDict]:
        day = self.days.day
        for start in range(0, self.cylinders, _AT_ONCE):
            yield _GAS.sees(
                f"cylinders {start}", self.days.at(800, "09:00"), "commissioning",
                "cylinder_manufacture", things=self._some(start),
                ilmd={"serial_number": f"G{start}", "certificate_number": f"HG-{start}",
                      "medium": "lpg", "water_volume": 35.5, "nominal_pressure": 2.1,
                      "design_life_until": day(-1_500), "cylinder_model": "ysp35_5"},
            )  # fmt: skip
        for number in range(self.lifts):
            code = f"311010234{self.days.at(790, '00:00').year}{number:05d}"
            yield _LIFT.sees(
                f"lift {number}", self.days.at(790, "09:00"), "commissioning", "lift_manufacture",
                things=[lift(number)],
                ilmd={"device_code": code, "serial_number": f"A{number}", "model": "XZ-1000",
                      "certificate_number": f"HG-L{number}", "design_life_until": day(-3_000)},
            )  # fmt: skip

    def _some(self, start: int) -> list[str]:
        end = min(start + _AT_ONCE, self.cylinders)
        return [cylinder(number) for number in range(start, end)]

    def _registered(self) -> Iterator[EventDict]:
        day = self.days.day(700)
        for start in range(0, self.cylinders, _AT_ONCE):
            yield _GAS.sees(
                f"registered {start}", self.days.at(700, "09:00"), "other", "cylinder_registration",
                things=self._some(start), also=at_site(_STATION), medium="lpg",
                registration_certificate=f"瓶-{start:05d}", registered_on=day, first_used_on=day,
                station_mark=_FILLED["station_mark"], cylinder_model="ysp35_5",
            )  # fmt: skip

    def _inspected(self) -> Iterator[EventDict]:
        for start in range(0, self.cylinders, _AT_ONCE):
            things = [one for one in self._some(start) if one != cylinder(_OVERDUE)]
            yield self._inspection(f"inspected {start}", things, self.days.day(-700))
        yield self._inspection(
            "inspected for the last time", [cylinder(_OVERDUE)], self.days.day(10)
        )
        for number in range(self.lifts):
            yield _LIFT.sees(
                f"supervised {number}", self.days.at(320, "09:00"), "inspecting",
                "lift_supervision", things=[lift(number)], inspection_result="qualified",
                report_number=f"JD-{number}", inspected_on=self.days.day(320),
                next_inspection_date=self.days.day(-40),
            )  # fmt: skip

    def _inspection(self, name: str, things: list[str], until: str) -> EventDict:
        return _GAS.sees(
            name, self.days.at(600, "09:00"), "inspecting", "cylinder_inspection", things=things,
            inspection_result="qualified", report_number="QP-1", inspected_on=self.days.day(600),
            next_inspection_date=until,
        )  # fmt: skip

    def _round(self, turn: int) -> Iterator[EventDict]:
        ago = 80 - 20 * turn
        overdue = {_OVERDUE} if turn == _ROUNDS - 1 else set[int]()
        for number in range(self.cylinders):
            if number not in overdue:
                yield from self._filled(turn, number, ago)

    def _filled(self, turn: int, number: int, ago: int) -> Iterator[EventDict]:
        due = self.days.day(10 if number == _OVERDUE else -700)
        begin = self.days.at(ago, "06:00") + timedelta(minutes=number % 600)
        things, name = [cylinder(number)], f"{turn} {number}"
        yield _GAS.sees(
            f"precheck {name}", begin, "inspecting", "cylinder_precheck", things=things,
            checker="检查员01", precheck_result="qualified", appearance="正常",
            residual_pressure=0.1, next_inspection_date=due,
        )  # fmt: skip
        start, end = begin + timedelta(minutes=3), begin + timedelta(minutes=6)
        yield _GAS.sees(
            f"filling {name}", end, "other", "cylinder_filling", things=things,
            also={**at_site(_STATION), **shape.measured(end, "SCALE03", "Mass", 14.5, "KGM")},
            **_FILLED, prechecked_at=begin.isoformat(), filler="充装工02",
            fill_start=start.isoformat(), fill_end=end.isoformat(), fill_mass=14.5,
            next_inspection_date=due,
        )  # fmt: skip
        yield _GAS.sees(
            f"postcheck {name}", end + timedelta(minutes=2), "inspecting", "cylinder_postcheck",
            things=things, postcheck_result="qualified",
        )  # fmt: skip
        yield self._handed(f"handed over {name}", begin + timedelta(hours=4), number, due)
        yield _GAS.sees(
            f"returned {name}", begin + timedelta(days=15), "receiving", "cylinder_return",
            things=things, also=at_site(_STATION),
        )  # fmt: skip

    def _handed(self, name: str, at: datetime, number: int, due: str | None) -> EventDict:
        stated: dict[str, Any] = {} if due is None else {"next_inspection_date": due}
        return _GAS.sees(
            name, at, "shipping", "cylinder_handover", things=[cylinder(number)],
            safety_guidance="yes", user_name=f"用户-{number:06d}", user_address="某小区3-201",
            **stated,
        )  # fmt: skip

    def _night(self) -> Iterator[EventDict]:
        """Filled by hand: the scale had said no, so no inspection date is stated."""
        at = self.days.at(2, "23:40")
        begin = at - timedelta(minutes=4)
        yield _GAS.sees(
            _NIGHT, at, "other", "cylinder_filling", things=[cylinder(_OVERDUE)],
            also={**at_site(_STATION), **shape.measured(at, "SCALE03", "Mass", 14.6, "KGM")},
            **_FILLED, prechecked_at=begin.isoformat(), filler="充装工07",
            fill_start=begin.isoformat(), fill_end=at.isoformat(), fill_mass=14.6,
        )  # fmt: skip
        yield self._handed("handed over at night", self.days.at(1, "08:00"), _OVERDUE, None)

    def _lift_registered(self) -> Iterator[EventDict]:
        day = self.days.day(310)
        for number in range(self.lifts):
            code = f"311010234{self.days.at(790, '00:00').year}{number:05d}"
            yield _LIFT.sees(
                f"lift registered {number}", self.days.at(310, "09:00"), "other",
                "lift_registration", things=[lift(number)], device_code=code,
                registration_certificate=f"梯-{number:05d}", registered_on=day, first_used_on=day,
                manager_name=_USER.name.zh,
            )  # fmt: skip

    def visited(self, visit: int) -> datetime:
        """When the lifts are visited for the so many-th time."""
        return self.days.at(_EVERY * (_VISITS - visit), "10:00")

    def operated(self, visit: int) -> datetime:
        """When the lifts' running is stated after a visit; nearly two weeks later."""
        return self.days.at(_EVERY * (_VISITS - visit) - _EVERY + 2, "08:00")

    def _visits(self, visit: int) -> Iterator[EventDict]:
        day = self.days.day(_EVERY * (_VISITS - visit))
        for number in range(self.lifts):
            if number == _LATE_LIFT and visit == _MISSED:
                continue
            yield _LIFT.sees(
                f"visit {number} {visit}", self.visited(visit), "repairing", "lift_maintenance",
                things=[lift(number)], maintenance_kind="half_month", maintained_on=day,
                maintainer_signature="维保员03", user_signature="安全员01",
            )  # fmt: skip

    def _operations(self, visit: int) -> Iterator[EventDict]:
        for number in range(self.lifts):
            late = number == _LATE_LIFT and visit == _MISSED
            name = "runs late" if late else f"runs {number} {visit}"
            yield _LIFT.sees(
                name, self.operated(visit), "other", "lift_operation", things=[lift(number)],
                next_inspection_date=self.days.day(-40), design_life_until=self.days.day(-3_000),
            )  # fmt: skip

    def _trapped(self) -> EventDict:
        at = self.operated(_MISSED) + timedelta(hours=11)
        return _LIFT.sees(
            "trapped", at + timedelta(hours=1), "other", "lift_fault", things=[lift(_LATE_LIFT)],
            fault_description="门机故障，困 2 人", reported_at=at.isoformat(),
            arrived_at=(at + timedelta(minutes=22)).isoformat(),
            rescued_at=(at + timedelta(minutes=35)).isoformat(),
        )  # fmt: skip
