"""Takes today's date; gives the pork story, chapter by chapter, as each party reports it.

Three farms, one slaughterhouse, one market, a stall, a canteen and a supermarket: 360 pigs,
about two thousand codes. Four things go wrong on purpose, and one is put right: a stall that
stays silent, a lot that fails its test and is sold all the same, a slaughter dated before its
animals came in, a sale dated tomorrow, and a voucher that was mistyped and corrected.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from suyuan.demo import cast
from suyuan.demo.cast import Actor
from suyuan.demo.events import Days, EventDict, at_site, between, event, made, observed, on_voucher
from suyuan.kit import Text

PIGS_PER_FARM = 120
PIGS_PER_BATCH = 30
PACKS_PER_HALF = 20
HALVES_FOR_PACKS = 48
CRATES = 24
FAILED_BATCH = 5
IMPOSSIBLE_BATCH = 9

OF_FAMILY = {
    "suyuan_family": "edible-agricultural-products",
    "suyuan_productKind": "pork",
}
"""A crate's own code does not say what lies in it."""

DELIVERY = {**OF_FAMILY, **on_voucher(cast.delivery_voucher(1))}

CONTEXT: list[Any] = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]


class Chapter(Struct, frozen=True, kw_only=True):
    """What one party reports at once."""

    title: Text
    reporter: Actor
    events: tuple[EventDict, ...]

    def document(self) -> bytes:
        """The chapter as an EPCIS 2.0 document."""
        return msgspec.json.encode(
            {
                "@context": CONTEXT,
                "type": "EPCISDocument",
                "schemaVersion": "2.0",
                "creationDate": self.events[-1]["eventTime"],
                "epcisBody": {"eventList": list(self.events)},
            }
        )


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
    yield _trade(days)
    yield from _retail(days)
    yield _correction(days)
    yield _tomorrow(days)


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


def pigs(farm: Actor) -> list[str]:
    """The ear tags of a farm."""
    return [cast.ear_tag(farm, number) for number in range(1, PIGS_PER_FARM + 1)]


def batches() -> Iterator[tuple[int, Actor, list[str]]]:
    """The slaughter batches: number, farm of origin, ear tags."""
    number = 0
    for farm in cast.FARMS:
        herd = pigs(farm)
        for start in range(0, len(herd), PIGS_PER_BATCH):
            number += 1
            yield number, farm, herd[start : start + PIGS_PER_BATCH]


def lot(batch: int) -> str:
    """The lot number of a slaughter batch."""
    return f"B{batch:03d}"


def halves(batch: int) -> list[str]:
    """The half carcasses of a batch, named with lot and serial as their labels are."""
    return [
        f"{cast.HALF}/10/{lot(batch)}/21/{batch:03d}{number:03d}"
        for number in range(1, 2 * PIGS_PER_BATCH + 1)
    ]


def pack(number: int) -> str:
    """A retail pack."""
    return f"{cast.PACK}/21/5{number:05d}"


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


def _trade(days: Days) -> Chapter:
    """Sales by voucher; one half of the stopped batch is sold all the same."""
    events = [_sale(days, *sale) for sale in _sales()]
    title = Text("张记批发：凭证交易", "Zhang's Wholesale: sales by voucher")
    return Chapter(title=title, reporter=cast.WHOLESALER, events=tuple(events))


def _sales() -> Iterator[tuple[int, Actor, Sequence[str], str]]:
    """Voucher number, buyer, goods, time."""
    packing = [each for batch in (1, 2, 3, 4) for each in halves(batch)]
    yield 1, cast.SUPERMARKET, packing[:HALVES_FOR_PACKS], "05:00"
    yield 2, cast.CANTEEN, halves(6)[:6], "05:20"
    yield 3, cast.STALL_LI, halves(6)[6:10], "05:40"
    yield 4, cast.STALL_WANG, halves(7)[:8], "05:50"
    yield 5, cast.STALL_LI, halves(FAILED_BATCH)[:1], "06:10"


def _sale(
    days: Days, number: int, buyer: Actor, goods: Sequence[str], clock: str, *, fix: bool = False
) -> EventDict:
    wrong = number == MISTYPED and not fix
    return observed(
        f"sale {number}{' again' if fix else ''}",
        days.at(1, clock),
        "shipping",
        goods,
        **between(cast.WHOLESALER, buyer),
        **on_voucher(cast.voucher(number + (900 if wrong else 0))),
        suyuan_step="trade",
        suyuan_operatorCode=cast.OPERATOR_CODE,
        suyuan_unitPrice="21.60",
    )


MISTYPED = 2
"""The sale whose voucher number was mistyped at first."""


def _received(days: Days, number: int, buyer: Actor, goods: Sequence[str], clock: str) -> EventDict:
    step = "canteen_receipt" if buyer is cast.CANTEEN else "retail_entry"
    return observed(
        f"receipt {number}",
        days.at(1, clock),
        "receiving",
        goods,
        **between(cast.WHOLESALER, buyer),
        bizLocation={"id": buyer.site},
        **on_voucher(cast.voucher(number)),
        suyuan_step=step,
    )


def _retail(days: Days) -> Iterator[Chapter]:
    """Everybody but Wang's stall says that the goods came."""
    for number, buyer, goods, _ in _sales():
        if buyer is cast.STALL_WANG:
            continue
        receipt = _received(days, number, buyer, goods, f"{7 + number % 2:02d}:{10 * number:02d}")
        title = Text(f"{buyer.name.zh}：收货", f"{buyer.name.en}: goods received")
        yield Chapter(title=title, reporter=buyer, events=(receipt,))
    yield _packing(days)
    yield _shop(days)


def _packing(days: Days) -> Chapter:
    """Half carcasses become packs, four batches of cutting; packs go into crates to the store."""
    bought = next(iter(_sales()))[2]
    share = HALVES_FOR_PACKS // 4
    events: list[EventDict] = []
    for run in range(4):
        first = run * share * PACKS_PER_HALF
        events.append(
            event(
                "TransformationEvent",
                f"cutting {run}",
                days.at(1, f"{9 + run:02d}:00"),
                "repackaging",
                inputEPCList=list(bought[run * share : (run + 1) * share]),
                outputEPCList=[pack(first + each) for each in range(share * PACKS_PER_HALF)],
                **at_site(cast.SUPERMARKET),
                suyuan_step="cutting",
            )
        )
    events.extend(_crate(days, number) for number in range(CRATES))
    events.append(
        observed(
            "crates leave",
            days.at(1, "14:30"),
            "shipping",
            [cast.crate(number) for number in range(CRATES)],
            **between(cast.SUPERMARKET, cast.STORE),
            **DELIVERY,
            suyuan_step="dispatch",
        )
    )
    title = Text("惠民超市：分割包装、装筐配送", "Huimin: cutting, packing, delivery in crates")
    return Chapter(title=title, reporter=cast.SUPERMARKET, events=tuple(events))


def _in_crate(number: int) -> list[str]:
    size = HALVES_FOR_PACKS * PACKS_PER_HALF // CRATES
    return [pack(number * size + each) for each in range(size)]


def _crate(days: Days, number: int) -> EventDict:
    return event(
        "AggregationEvent",
        f"crate {number}",
        days.at(1, f"13:{number:02d}"),
        "packing",
        action="ADD",
        parentID=cast.crate(number),
        childEPCs=_in_crate(number),
        **at_site(cast.SUPERMARKET),
        suyuan_step="packing",
    )


def _shop(days: Days) -> Chapter:
    crates = [cast.crate(number) for number in range(CRATES)]
    events = [
        observed(
            "crates arrive",
            days.at(1, "16:00"),
            "receiving",
            crates,
            **between(cast.SUPERMARKET, cast.STORE),
            **DELIVERY,
            bizLocation={"id": cast.STORE.site},
            suyuan_step="retail_entry",
        )
    ]
    for number, parent in enumerate(crates):
        events.append(
            event(
                "AggregationEvent",
                f"uncrate {number}",
                days.at(1, f"16:{10 + number:02d}"),
                "unpacking",
                action="DELETE",
                parentID=parent,
                **at_site(cast.STORE),
                suyuan_step="unpacking",
                **OF_FAMILY,
            )
        )
    sold = [pack(number) for number in range(100, 220)]
    events.append(
        observed(
            "sold",
            days.at(1, "19:00"),
            "retail_selling",
            sold,
            disposition="retail_sold",
            **at_site(cast.STORE),
            suyuan_step="retail_sale",
        )
    )
    title = Text("文化路店：收筐、上架、零售", "Wenhua Road store: crates in, on the shelf, sold")
    return Chapter(title=title, reporter=cast.STORE, events=tuple(events))


def _correction(days: Days) -> Chapter:
    """The mistyped sale is declared wrong and reported again: nothing is overwritten."""
    number, buyer, goods, clock = next(sale for sale in _sales() if sale[0] == MISTYPED)
    again = _sale(days, number, buyer, goods, clock, fix=True)
    wrong = _sale(days, number, buyer, goods, clock) | {
        "errorDeclaration": {
            "declarationTime": days.at(1, "11:00").isoformat(timespec="milliseconds"),
            "reason": "incorrect_data",
            "correctiveEventIDs": [again["eventID"]],
        }
    }
    title = Text("张记批发：更正一张凭证号", "Zhang's Wholesale: a voucher number corrected")
    return Chapter(title=title, reporter=cast.WHOLESALER, events=(wrong, again))


def _tomorrow(days: Days) -> Chapter:
    """A till whose clock is a day ahead."""
    sale = observed(
        "sold tomorrow",
        days.at(-1, "23:30"),
        "retail_selling",
        [f"{cast.HALF}/21/{6:03d}{7:03d}"],
        disposition="retail_sold",
        **at_site(cast.STALL_LI),
        suyuan_step="retail_sale",
    )
    title = Text("李记肉摊：收银机日期快了", "Li's stall: a till whose date is ahead")
    return Chapter(title=title, reporter=cast.STALL_LI, events=(sale,))
