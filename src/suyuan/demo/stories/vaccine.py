"""Takes the day and a scale; gives the story of a vaccine: 47 minutes at 11.3 degrees.

A van's cooling fails on the way. Its logger reads once a minute, and each reading outside 2 to 8
degrees is flagged by itself. The centre stops the batch; a clinic gives one more dose all the
same; what is left is destroyed before a witness.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from suyuan.demo.cast import Actor
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between
from suyuan.demo.scene import Scene
from suyuan.demo.stories import shape
from suyuan.demo.stories.shape import Breach, Story, Voice, lot, some, trade_item
from suyuan.kit import Text
from suyuan.registry import Document
from suyuan.registry.types import Entry

_ID: Final = "vaccine"
_SAY: Final = Voice(story=_ID, family="drugs", kind="vaccine")
_OF_API: Final = Voice(story=_ID, family="drugs", kind="api")
_ANTIGEN: Final = trade_item(1201)
_DOSE: Final = trade_item(1202)
_RELEASE: Final = "批签-0001"
_IN_CARTON: Final = 10
_AT_ONCE: Final = 100
_CLINICS_OF_ALL: Final = 12
_MINUTES: Final = 480
_WARM: Final = range(200, 247)
_READ_A_DAY: Final = 144
_ONE_MORE: Final = "given after the stop"
_NAMES: Final[dict[str, Any]] = {
    "generic_name": "吸附破伤风疫苗",
    "holder_name": "华康生物制品公司",
}
_COLD: Final[dict[str, Any]] = {"storage_condition": "refrigerated"}

_MAKER: Final = shape.somebody(
    1200, "marketing_authorisation_holder", "420100", "华康生物制品公司", "Huakang Biologics"
)
_BODY: Final = shape.somebody(
    1201, "batch_release_body", "110100", "批签发检验所", "Batch Release Institute"
)
_CARRIER: Final = shape.somebody(1202, "carrier", "420100", "恒冷医药物流", "Hengleng Cold Chain")
_CENTRE: Final = shape.somebody(
    1203, "cdc", "430100", "江州疾病预防控制中心", "Jiangzhou Disease Control"
)
_CLINICS: Final = tuple(
    shape.somebody(
        1210 + n,
        "vaccination_unit",
        "430100",
        f"江州第{n + 1}接种门诊",
        f"Jiangzhou Clinic {n + 1}",
    )
    for n in range(_CLINICS_OF_ALL)
)


def story(today: date, scale: float) -> Story:
    """The story, as of a day."""
    world = _World(today, scale)
    return Story(
        id=_ID,
        family="drugs",
        title=Text("疫苗：途中 47 分钟 11.3 ℃", "Vaccine: 47 minutes at 11.3 °C"),
        plot=Text(
            "一车 {doses} 支途中超温：每分钟的读数当即提示，事后疾控停用该批；"
            "一家门诊仍接种一支；其余在监督下销毁。",
            "A van with {doses:dose|doses} warms up: reading after reading is flagged at once, "
            "and the centre stops the batch; a clinic gives one more dose all the same; the rest "
            "is destroyed before a witness.",
        ).format(doses=world.doses),
        replayed=Text(
            "车载记录仪每分钟一次、门诊冰箱每十分钟一次的温度",
            "loggers in vans once a minute, clinics' refrigerators every ten minutes",
        ),
        entries=tuple(_entries(today)),
        chapters=world.chapters,
        breaches=tuple(world.breaches()),
        scenes=(
            Scene(
                thing=world.batch(world.warm),
                caption=Text("超温的一批：谁手里还有多少", "The warm batch: who has how much"),
                party=_CENTRE.party,
            ),
            Scene(
                thing=world.dose(world.warm, 1),
                caption=Text("停用后仍接种的一支", "The dose given after the stop"),
                party=_CLINICS[0].party,
            ),
        ),
    )


def _entries(today: date) -> Iterator[Entry]:
    yield from shape.enrolled(_MAKER, today, "drug_production_licence")
    for actor in (_BODY, _CARRIER, _CENTRE, *_CLINICS):
        yield from shape.enrolled(actor, today)
    yield shape.product(_DOSE, "吸附破伤风疫苗", "Tetanus vaccine", "drugs", "vaccine", _MAKER)
    yield Document(kind="batch_release_certificate", number=_RELEASE)


class _World:
    """The numbers of one telling."""

    def __init__(self, today: date, scale: float) -> None:
        self.days = Days(today)
        self.batches = shape.of_scale(4, scale, least=2)
        whole = _CLINICS_OF_ALL * _AT_ONCE
        size = 3_600 * scale * 4 / self.batches
        self.doses = max(whole, round(size / whole) * whole)
        self.given = min(shape.of_scale(6_000, scale), self.batches * self.doses // 2)
        self.read = shape.of_scale(_MINUTES, min(1, scale), least=60)
        self.warm = self.batches - 1
        self.until_days = self.days.day(-700)

    def batch(self, number: int) -> str:
        """A batch."""
        return lot(_DOSE, f"V{number:04d}")

    def dose(self, batch: int, number: int) -> str:
        """A dose by its code, which names its batch."""
        return f"{self.batch(batch)}/21/{batch:04d}{number:06d}"

    def chapters(self) -> Iterator[Chapter]:
        """The story in the order in which it is reported."""
        for batch in range(self.batches):
            yield from shape.reported(_MAKER, "生产、赋码、装箱", "made, coded, packed",
                                      self._made(batch))  # fmt: skip
        yield from shape.reported(_BODY, "批签发", "batch release", self._released())
        yield from shape.reported(_MAKER, "出库", "leaves", self._left())
        yield from shape.reported(_CENTRE, "接收、供应", "received, supplied", self._supplied())
        for n, clinic in enumerate(_CLINICS):
            yield from shape.reported(clinic, "接收、储存、接种", "received, stored, given",
                                      self._at_clinic(n))  # fmt: skip
        yield from shape.reported(
            _CARRIER,
            "车载温度与运输记录（补传）",
            "temperatures and transport, sent late",
            self._carried(),
        )
        yield from shape.reported(_CENTRE, "停用该批", "the batch is stopped", [self._stopped()])
        yield from shape.reported(_CLINICS[0], "停用后仍接种一支", "one dose after the stop",
                                  [self._dosed(_ONE_MORE, self.days.at(2, "09:00"), 0,
                                               (self.warm, 1))])  # fmt: skip
        yield from shape.reported(_CENTRE, "监督销毁", "destroyed before a witness",
                                  [self._destroyed()])  # fmt: skip

    def breaches(self) -> Iterator[Breach]:
        """Each reading outside 2 to 8 °C, the transport, and the dose given after the stop."""
        for n in self._warm_minutes():
            yield shape.breach(
                _ID, f"van {self.warm} {n}", self._minute(n), "vaccine.reading.range"
            )
        yield shape.breach(
            _ID, f"transport {self.warm}", self.days.at(20, "18:00"), "vaccine.transport.verdict"
        )
        yield shape.breach(_ID, _ONE_MORE, self.days.at(2, "09:00"), "vaccine.vaccination.state")

    def _named(self, number: int) -> dict[str, Any]:
        dates = {"batch_number": f"V{number:04d}", "expiry_date": self.until_days}
        return {**_NAMES, **dates, **_COLD}

    def _made(self, batch: int) -> Iterator[EventDict]:
        antigen, begin = lot(_ANTIGEN, f"A{batch:04d}"), timedelta(minutes=batch)
        made_on: dict[str, Any] = {"production_date": self.days.day(80)}
        yield _OF_API.makes(
            f"antigen {batch}", self.days.at(90, "08:00") + begin, "api_production",
            used=[some(lot(_ANTIGEN, f"S{batch:04d}"), 80)], made=[some(antigen, 50)], site=_MAKER,
            ilmd={},
        )  # fmt: skip
        dated = {**made_on, "expiry_date": self.until_days, "batch_number": f"V{batch:04d}"}
        yield _SAY.makes(
            f"batch {batch}", self.days.at(80, "08:00") + begin, "drug_production",
            used=[some(antigen, 25)], made=[some(self.batch(batch), self.doses, None)],
            site=_MAKER, ilmd=dated,
        )  # fmt: skip
        for start in range(0, self.doses, _AT_ONCE):
            yield _SAY.sees(
                f"codes {batch} {start}", self.days.at(79, "08:00") + begin, "commissioning",
                "code_activation",
                things=[self.dose(batch, start + n) for n in range(_AT_ONCE)],
                ilmd={**dated, "approval_number": "国药准字S20190001", "pack_level": "1"},
            )  # fmt: skip
        for start in range(0, self.doses, _IN_CARTON):
            yield _SAY.packs(
                f"carton {batch} {start}", self.days.at(79, "14:00") + begin, "drug_aggregation",
                parent=shape.pallet(120_000_000 + (batch * self.doses + start) // _IN_CARTON),
                children=[self.dose(batch, start + n) for n in range(_IN_CARTON)], site=_MAKER,
                pack_level="2",
            )  # fmt: skip
        yield self._of_batch(f"test {batch}", batch, 70, "inspecting", "drug_test",
                             test_result="qualified", report_number=f"JY-{batch}")  # fmt: skip
        yield self._of_batch(f"release {batch}", batch, 60, "other", "drug_release", **made_on,
                             released_by="质量受权人", released_on=self.days.day(60))  # fmt: skip

    def _of_batch(
        self,
        name: str,
        batch: int,
        ago: int,
        biz_step: str,
        step: str,
        *,
        also: dict[str, Any] | None = None,
        share: int = 1,
        **items: Any,
    ) -> EventDict:
        return _SAY.sees(
            name, self.days.at(ago, "18:00"), biz_step, step, also=also, **items,
            things=[some(self.batch(batch), self.doses // share, None)],
        )  # fmt: skip

    def _released(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            yield self._of_batch(
                f"batch release {batch}", batch, 40, "inspecting", "batch_release",
                production_date=self.days.day(80), batch_release_certificate=_RELEASE,
                batch_release_date=self.days.day(40),
            )  # fmt: skip

    def _left(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            yield self._of_batch(
                f"exit {batch}", batch, 21, "shipping", "drug_exit", also=between(_MAKER, _CENTRE),
                **self._named(batch), batch_release_certificate=_RELEASE,
            )  # fmt: skip

    def _receipt(
        self, name: str, batch: int, ago: int, ends: tuple[Actor, Actor], share: int
    ) -> EventDict:
        sender, receiver = ends
        return self._of_batch(
            name, batch, ago, "receiving", "vaccine_receipt", share=share,
            also={**between(sender, receiver), **at_site(receiver)}, **self._named(batch),
            check_result="verified", batch_release_certificate=_RELEASE, legs=2,
            leg_temperature_min=[3.2, 2.9], leg_temperature_max=[5.0, 6.1],
        )  # fmt: skip

    def _supplied(self) -> Iterator[EventDict]:
        for batch in range(self.batches):
            yield self._receipt(f"centre {batch}", batch, 19, (_MAKER, _CENTRE), 1)
            for n, clinic in enumerate(_CLINICS):
                yield self._of_batch(
                    f"supply {batch} {n}", batch, 17, "shipping", "vaccine_supply",
                    share=_CLINICS_OF_ALL, also=between(_CENTRE, clinic), **self._named(batch),
                    batch_release_certificate=_RELEASE,
                )  # fmt: skip

    def _at_clinic(self, n: int) -> Iterator[EventDict]:
        for batch in range(self.batches):
            ends = (_CENTRE, _CLINICS[n])
            yield self._receipt(f"clinic {n} {batch}", batch, 16, ends, _CLINICS_OF_ALL)
        for minute in range(0, _READ_A_DAY * 10, 10 * _MINUTES // self.read):
            at = self.days.at(15, "00:00") + timedelta(minutes=minute)
            heat = 3 + (minute // 10 * 3 + n) % 30 / 10
            yield self._read(f"fridge {n} {minute}", at, f"FRIDGE{n:02d}", heat, 0)
        for turn in range(self.given // _CLINICS_OF_ALL):
            batch, place = turn % self.batches, turn // self.batches
            number = n * (self.doses // _CLINICS_OF_ALL) + place + 2
            if place + 2 >= self.doses // _CLINICS_OF_ALL:
                return
            at = self.days.at(14 - turn % 10, "08:30") + timedelta(minutes=turn % 400)
            yield self._dosed(f"given {n} {turn}", at, n, (batch, number))

    def _dosed(self, name: str, at: datetime, n: int, dose: tuple[int, int]) -> EventDict:
        return _SAY.sees(
            name, at, "dispensing", "vaccination", things=[self.dose(*dose)],
            also=at_site(_CLINICS[n]), **self._named(dose[0]), vaccinator=f"护士{n:02d}",
            recipient=f"受种者-{dose[0]:03d}{dose[1]:06d}",
        )  # fmt: skip

    def _minute(self, n: int) -> datetime:
        return self.days.at(20, "08:00") + timedelta(minutes=n)

    def _warm_minutes(self) -> range:
        first = min(_WARM.start, self.read - len(_WARM) - 1)
        return range(first, first + len(_WARM))

    def _carried(self) -> Iterator[EventDict]:
        warm = self._warm_minutes()
        for batch in range(self.batches):
            for n in range(self.read):
                is_warm = batch == self.warm and n in warm
                heat = 11.3 if is_warm else 3.5 + (n * 3 + batch) % 20 / 10
                yield self._read(f"van {batch} {n}", self._minute(n), f"VAN{batch}", heat, batch)
            yield self._of_batch(
                f"transport {batch}", batch, 20, "transporting", "drug_transport",
                also=between(_MAKER, _CENTRE), **_COLD, vehicle=f"鄂A{60000 + batch}",
                cooling_method="冷藏车", depart_time=self.days.at(20, "08:00").isoformat(),
                arrive_time=self.days.at(20, "16:30").isoformat(), depart_temperature=4.1,
                arrive_temperature=5.2, ambient_temperature=[11, 14],
                temperature_result="out_of_range" if batch == self.warm else "in_range",
            )  # fmt: skip

    def _read(self, name: str, at: datetime, device: str, heat: float, batch: int) -> EventDict:
        return _SAY.sees(
            name, at, "sensor_reporting", "temperature_reading",
            things=[some(self.batch(batch), self.doses, None)],
            also=shape.measured(at, device, "Temperature", heat, "CEL"), **_COLD,
        )  # fmt: skip

    def _stopped(self) -> EventDict:
        return self._of_batch(
            "stop", self.warm, 3, "holding", "drug_stop", reason="运输途中超温 47 分钟"
        )

    def _destroyed(self) -> EventDict:
        return _SAY.sees(
            "destroyed",
            self.days.at(1, "15:00"),
            "destroying",
            "drug_destruction",
            things=[some(self.batch(self.warm), self.doses - self._gone(), None)],
            also=at_site(_CENTRE),
            destruction_reason="运输途中超温",
            executor="仓库管理员",
            supervisor="药品监督员",
        )

    def _gone(self) -> int:
        """How many of the warm batch had been given before it was destroyed."""
        turns = range(self.given // _CLINICS_OF_ALL)
        share = self.doses // _CLINICS_OF_ALL
        each = sum(t % self.batches == self.warm and t // self.batches + 2 < share for t in turns)
        return each * _CLINICS_OF_ALL + 1
