"""Takes today's date; gives the pork story, chapter by chapter, as each party reports it.

Three farms, one slaughterhouse, one market, a stall, a canteen and a supermarket: 360 pigs,
about two thousand codes. Four things go wrong on purpose, and one is put right: a stall that
stays silent, a lot that fails its test and is sold all the same, a slaughter dated before its
animals came in, a sale dated tomorrow, and a voucher that was mistyped and corrected.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from suyuan.demo import cast
from suyuan.demo.cast import Actor
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between, event, made, observed
from suyuan.demo.goods import (
    FAILED_BATCH,
    IMPOSSIBLE_BATCH,
    PIGS_PER_FARM,
    batches,
    halves,
    lot,
    pack,
    pigs,
)
from suyuan.demo.market import second_half
from suyuan.kit import Text


def tell(today: date) -> Iterator[Chapter]:
    """The story in the order in which it reaches the platform."""
    days = Days(today)
    for farm in cast.FARMS:
        yield _farm(days, farm)
        yield _quarantine(days, farm)
    yield _transport(days)
    yield _slaughter(days)
    yield _inspection(days)
    yield _wholesale(days)
    yield _market_test(days)
    yield from second_half(days)


def example_pack() -> str:
    """A pack whose whole way is known: the one to look up first."""
    return pack(7)


def failed_half() -> str:
    """A half carcass of the batch that failed its test."""
    return halves(FAILED_BATCH)[0]


def silent_half() -> str:
    """A half carcass sent to the stall that never said it arrived."""
    return halves(7)[3]


def corrected_half() -> str:
    """A half carcass on the voucher that was mistyped and put right."""
    return halves(6)[0]


def _farm(days: Days, farm: Actor) -> Chapter:
    herd = pigs(farm)
    tagged = made(
        f"{farm.key} tagging",
        days.at(185, "09:00"),
        herd,
        **at_site(farm),
        suyuan_step="tagging",
        suyuan_birthDate=days.day(200),
        suyuan_earSide="left",
    )
    reared = observed(
        f"{farm.key} rearing",
        days.at(30, "10:00"),
        "other",
        herd,
        **at_site(farm),
        suyuan_step="rearing",
        suyuan_breed="杜长大三元杂交",
        suyuan_animalCount=PIGS_PER_FARM,
        suyuan_originFarm=farm.name.zh,
        suyuan_enteredOn=days.day(200),
        suyuan_immunisation="口蹄疫、猪瘟、蓝耳病已免疫",
    )
    title = Text(f"{farm.name.zh}：佩戴耳标、养殖", f"{farm.name.en}: ear tags and rearing")
    return Chapter(title=title, reporter=farm, events=(tagged, reared))


def _quarantine(days: Days, farm: Actor) -> Chapter:
    checked = observed(
        f"{farm.key} quarantine",
        days.at(4, "15:00"),
        "inspecting",
        pigs(farm),
        readPoint={"id": farm.site},
        bizLocation={"id": farm.site},
        suyuan_step="origin_quarantine",
        suyuan_quarantineAnimal=cast.animal_certificate(farm),
        suyuan_quarantineForm="animal_b",
        suyuan_quarantineValidUntil=days.day(1),
        suyuan_animalCount=PIGS_PER_FARM,
        suyuan_farmExitDate=days.day(3),
        suyuan_birthDate=days.day(200),
    )
    title = Text(f"{farm.name.zh}：产地检疫", f"{farm.name.en}: quarantine at origin")
    return Chapter(title=title, reporter=cast.SUPERVISOR, events=(checked,))


def _transport(days: Days) -> Chapter:
    """The carrier speaks for the farms' loading too: two of the three farms have no scanner."""
    events = []
    for farm in cast.FARMS:
        events.append(_dispatch(days, farm))
        events.append(
            observed(
                f"{farm.key} transport",
                days.at(3, "20:30"),
                "transporting",
                pigs(farm),
                suyuan_step="animal_transport",
                suyuan_quarantineAnimal=cast.animal_certificate(farm),
                suyuan_animalCount=PIGS_PER_FARM,
                suyuan_vehicle=f"豫Q{88000 + farm.number}",
                suyuan_route="上蔡—驿城",
            )
        )
    title = Text("活畜运输：三车装猪，凭证同行", "Transport: three loads, papers with the animals")
    return Chapter(title=title, reporter=cast.CARRIER, events=tuple(events))


def _dispatch(days: Days, farm: Actor) -> EventDict:
    return observed(
        f"{farm.key} dispatch",
        days.at(3, "20:00"),
        "shipping",
        pigs(farm),
        **between(farm, cast.ABATTOIR),
        suyuan_step="dispatch",
        suyuan_quarantineAnimal=cast.animal_certificate(farm),
    )


def _slaughter(days: Days) -> Chapter:
    events = [_entry(days, farm) for farm in cast.FARMS]
    for batch, farm, herd in batches():
        impossible = batch == IMPOSSIBLE_BATCH
        events.append(
            event(
                "TransformationEvent",
                f"slaughter {batch}",
                days.at(2, f"{4 + batch // 3:02d}:{20 * (batch % 3):02d}"),
                "creating_class_instance",
                inputEPCList=herd,
                outputEPCList=halves(batch),
                **at_site(cast.ABATTOIR),
                ilmd={"suyuan:lotNumber": lot(batch)},
                suyuan_step="slaughter",
                suyuan_slaughterDate=days.day(6 if impossible else 2),
                suyuan_enteredOn=days.day(3),
                suyuan_farmExitDate=days.day(3),
                suyuan_birthDate=days.day(200),
                suyuan_originFarm=farm.name.zh,
            )
        )
    title = Text("豫丰屠宰厂：进厂查验、分批屠宰", "Yufeng: entry checks, slaughter by batch")
    return Chapter(title=title, reporter=cast.ABATTOIR, events=tuple(events))


def _entry(days: Days, farm: Actor) -> EventDict:
    return observed(
        f"{farm.key} entry",
        days.at(3, "23:10"),
        "receiving",
        pigs(farm),
        **between(farm, cast.ABATTOIR),
        **at_site(cast.ABATTOIR),
        suyuan_step="slaughterhouse_entry",
        suyuan_originFarm=farm.name.zh,
        suyuan_animalCount=PIGS_PER_FARM,
        suyuan_quarantineAnimal=cast.animal_certificate(farm),
        suyuan_farmExitDate=days.day(3),
        suyuan_birthDate=days.day(200),
    )


def _inspection(days: Days) -> Chapter:
    events = []
    for batch, _, _ in batches():
        at = days.at(2, f"{9 + batch // 3:02d}:{20 * (batch % 3):02d}")
        shared: dict[str, Any] = {
            **at_site(cast.ABATTOIR),
            "suyuan_slaughterDate": days.day(2),
        }
        events.append(
            observed(
                f"meat inspection {batch}",
                at,
                "inspecting",
                halves(batch),
                **shared,
                suyuan_step="meat_inspection",
                suyuan_inspectionResult="qualified",
                suyuan_meatInspectionCertificate=cast.meat_certificate(batch),
            )
        )
        events.append(
            observed(
                f"product quarantine {batch}",
                at,
                "inspecting",
                halves(batch),
                **shared,
                suyuan_step="product_quarantine",
                suyuan_quarantineProduct=cast.product_certificate(batch),
                suyuan_quarantineMark=f"检{batch:06d}",
            )
        )
    title = Text("豫丰屠宰厂：肉品检验、屠宰检疫", "Yufeng: meat inspection and quarantine")
    return Chapter(title=title, reporter=cast.ABATTOIR, events=tuple(events))


def _papers(days: Days, batch: int) -> dict[str, Any]:
    return {
        "suyuan_quarantineProduct": cast.product_certificate(batch),
        "suyuan_meatInspectionCertificate": cast.meat_certificate(batch),
        "suyuan_productName": "白条猪肉",
        "suyuan_specification": "半胴，冷鲜",
        "suyuan_slaughterDate": days.day(2),
    }


def _wholesale(days: Days) -> Chapter:
    events = []
    for batch, _, _ in batches():
        minute = f"{20 + batch:02d}"
        events.append(
            observed(
                f"exit {batch}",
                days.at(2, f"21:{minute}"),
                "shipping",
                halves(batch),
                **between(cast.ABATTOIR, cast.WHOLESALER),
                **_papers(days, batch),
                suyuan_step="slaughterhouse_exit",
                suyuan_exitDate=days.day(2),
            )
        )
    title = Text("豫丰屠宰厂：肉品出厂", "Yufeng: meat leaves the slaughterhouse")
    return Chapter(title=title, reporter=cast.ABATTOIR, events=tuple(events))


def _market_test(days: Days) -> Chapter:
    """The market checks what comes in, tests every third batch, and stops the one that fails."""
    events = []
    for batch, _, _ in batches():
        events.append(
            observed(
                f"market entry {batch}",
                days.at(1, f"02:{10 + 2 * batch:02d}"),
                "arriving",
                halves(batch),
                **between(cast.ABATTOIR, cast.WHOLESALER),
                bizLocation={"id": cast.WHOLESALER.site},
                **_papers(days, batch),
                suyuan_step="wholesale_entry",
                suyuan_stall="肉-07",
                suyuan_operatorCode=cast.OPERATOR_CODE,
                suyuan_disinfectionCertificate=f"XD{batch:05d}",
            )
        )
    tested = (2, FAILED_BATCH, 8, 11)
    events.extend(_test(days, batch, failed=batch == FAILED_BATCH) for batch in tested)
    events.append(_stop(days))
    title = Text(
        "城东批发市场：进场查验、抽检、停售", "Chengdong market: entry, tests, a stop-sale"
    )
    return Chapter(title=title, reporter=cast.WHOLESALER, events=tuple(events))


def _test(days: Days, batch: int, *, failed: bool) -> EventDict:
    return observed(
        f"market test {batch}",
        days.at(1, f"03:{batch:02d}"),
        "inspecting",
        halves(batch),
        bizLocation={"id": cast.WHOLESALER.site},
        suyuan_step="market_test",
        suyuan_testItem="磺胺类（总量）",
        suyuan_testResult="unqualified" if failed else "qualified",
        suyuan_reportNumber=f"CJ{days.day(1).replace('-', '')}{batch:03d}",
    )


def _stop(days: Days) -> EventDict:
    return observed(
        "stop sale",
        days.at(1, "03:30"),
        "holding",
        halves(FAILED_BATCH),
        bizLocation={"id": cast.WHOLESALER.site},
        suyuan_step="stop_sale",
        suyuan_reason="磺胺类超出限量",
    )
