"""Herds of pigs from farm to wholesale market, as the parties report them under the pork rules.

Each herd is six animals and eleven events: tagging, rearing, quarantine, dispatch, transport,
entry, slaughter, two inspections, exit, market entry; about nine references an event.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from msgspec import Struct

from bench.draws import uuid_urn
from bench.events import EventDict, document
from suyuan.demo import cast
from suyuan.demo.cast import Actor
from suyuan.demo.events import Days, at_site, between, event, made, observed
from suyuan.model import Capturer

PIGS = 6


class Report(Struct, frozen=True, kw_only=True):
    """A document and the party that sends it."""

    party: str
    data: bytes
    events: int

    @property
    def capturer(self) -> Capturer:
        """The right to send it."""
        return Capturer(tenant=1, account=1, party=self.party)


class Herd(Struct, frozen=True, kw_only=True):
    """One herd: its farm and the names of its animals and half carcasses."""

    farm: Actor
    batch: int
    pigs: list[str]
    halves: list[str]
    days: Days


def reports(seed: int, *, herds: int, today: date) -> list[Report]:
    """What the parties send of a wave of herds, in the order in which things happen."""
    draw = Random(seed)
    wave = [_herd(draw, today) for _ in range(herds)]
    chapters = (
        (cast.FARMS[0], _farm),
        (cast.SUPERVISOR, _quarantine),
        (cast.CARRIER, _transport),
        (cast.ABATTOIR, _slaughterhouse),
        (cast.ABATTOIR, _inspections),
        (cast.WHOLESALER, _market),
    )
    return [
        _report(draw, actor, [event for herd in wave for event in said(herd)])
        for actor, said in chapters
    ]


def _report(draw: Random, actor: Actor, events: list[EventDict]) -> Report:
    for one in events:
        one["eventID"] = uuid_urn(draw)
    return Report(party=actor.party, data=document(events), events=len(events))


def _herd(draw: Random, today: date) -> Herd:
    farm = cast.FARMS[0]
    prefix = cast.ear_tag(farm, 0)[:-8]
    batch = draw.randrange(10**8)
    return Herd(
        farm=farm,
        batch=batch,
        pigs=[f"{prefix}{draw.randrange(10**8):08d}" for _ in range(PIGS)],
        halves=[
            f"{cast.HALF}/10/B{batch:08d}/21/{draw.getrandbits(40):010X}" for _ in range(2 * PIGS)
        ],
        days=Days(today - timedelta(days=1)),
    )


def _farm(herd: Herd) -> Iterator[EventDict]:
    days, farm = herd.days, herd.farm
    yield made(
        "",
        days.at(185, "09:00"),
        herd.pigs,
        **at_site(farm),
        suyuan_step="tagging",
        suyuan_birthDate=days.day(200),
        suyuan_earSide="left",
    )
    yield observed(
        "",
        days.at(30, "10:00"),
        "other",
        herd.pigs,
        **at_site(farm),
        suyuan_step="rearing",
        suyuan_breed="杜长大三元杂交",
        suyuan_animalCount=PIGS,
        suyuan_originFarm=farm.name.zh,
        suyuan_enteredOn=days.day(200),
        suyuan_immunisation="口蹄疫、猪瘟、蓝耳病已免疫",
    )


def _quarantine(herd: Herd) -> Iterator[EventDict]:
    days = herd.days
    yield observed(
        "",
        days.at(3, "15:00"),
        "inspecting",
        herd.pigs,
        **at_site(herd.farm),
        suyuan_step="origin_quarantine",
        suyuan_quarantineAnimal=cast.animal_certificate(herd.farm),
        suyuan_quarantineForm="animal_b",
        suyuan_quarantineValidUntil=days.day(0),
        suyuan_animalCount=PIGS,
        suyuan_farmExitDate=days.day(2),
        suyuan_birthDate=days.day(200),
    )


def _transport(herd: Herd) -> Iterator[EventDict]:
    days, certificate = herd.days, cast.animal_certificate(herd.farm)
    yield observed(
        "",
        days.at(2, "20:00"),
        "shipping",
        herd.pigs,
        **between(herd.farm, cast.ABATTOIR),
        suyuan_step="dispatch",
        suyuan_quarantineAnimal=certificate,
    )
    yield observed(
        "",
        days.at(2, "20:30"),
        "transporting",
        herd.pigs,
        suyuan_step="animal_transport",
        suyuan_quarantineAnimal=certificate,
        suyuan_animalCount=PIGS,
        suyuan_vehicle="豫Q88001",
        suyuan_route="上蔡—驿城",
    )


def _slaughterhouse(herd: Herd) -> Iterator[EventDict]:
    days, farm = herd.days, herd.farm
    yield observed(
        "",
        days.at(2, "23:10"),
        "receiving",
        herd.pigs,
        **between(farm, cast.ABATTOIR),
        **at_site(cast.ABATTOIR),
        suyuan_step="slaughterhouse_entry",
        suyuan_originFarm=farm.name.zh,
        suyuan_animalCount=PIGS,
        suyuan_quarantineAnimal=cast.animal_certificate(farm),
        suyuan_farmExitDate=days.day(2),
        suyuan_birthDate=days.day(200),
    )
    yield event(
        "TransformationEvent",
        "",
        days.at(1, "04:00"),
        "creating_class_instance",
        inputEPCList=herd.pigs,
        outputEPCList=herd.halves,
        **at_site(cast.ABATTOIR),
        ilmd={"suyuan:lotNumber": f"B{herd.batch:08d}"},
        suyuan_step="slaughter",
        suyuan_slaughterDate=days.day(1),
        suyuan_enteredOn=days.day(2),
        suyuan_farmExitDate=days.day(2),
        suyuan_birthDate=days.day(200),
        suyuan_originFarm=farm.name.zh,
    )


def _inspections(herd: Herd) -> Iterator[EventDict]:
    days = herd.days
    yield observed(
        "",
        days.at(1, "09:00"),
        "inspecting",
        herd.halves,
        **at_site(cast.ABATTOIR),
        suyuan_slaughterDate=days.day(1),
        suyuan_step="meat_inspection",
        suyuan_inspectionResult="qualified",
        suyuan_meatInspectionCertificate=f"RP{herd.batch:08d}",
    )
    yield observed(
        "",
        days.at(1, "09:05"),
        "inspecting",
        herd.halves,
        **at_site(cast.ABATTOIR),
        suyuan_slaughterDate=days.day(1),
        suyuan_step="product_quarantine",
        suyuan_quarantineProduct=f"42{herd.batch:08d}",
        suyuan_quarantineMark=f"检{herd.batch % 10**6:06d}",
    )
    yield observed(
        "",
        days.at(1, "21:00"),
        "shipping",
        herd.halves,
        **between(cast.ABATTOIR, cast.WHOLESALER),
        **_papers(herd),
        suyuan_step="slaughterhouse_exit",
        suyuan_exitDate=days.day(1),
    )


def _market(herd: Herd) -> Iterator[EventDict]:
    yield observed(
        "",
        herd.days.at(0, "02:00"),
        "arriving",
        herd.halves,
        **between(cast.ABATTOIR, cast.WHOLESALER),
        bizLocation={"id": cast.WHOLESALER.site},
        **_papers(herd),
        suyuan_step="wholesale_entry",
        suyuan_stall="肉-07",
        suyuan_operatorCode=cast.OPERATOR_CODE,
        suyuan_disinfectionCertificate=f"XD{herd.batch:08d}",
    )


def _papers(herd: Herd) -> EventDict:
    return {
        "suyuan_quarantineProduct": f"42{herd.batch:08d}",
        "suyuan_meatInspectionCertificate": f"RP{herd.batch:08d}",
        "suyuan_productName": "白条猪肉",
        "suyuan_specification": "半胴，冷鲜",
        "suyuan_slaughterDate": herd.days.day(1),
    }
