"""Takes the story's calendar; gives its second half: sold, received, cut, packed, put right."""

from collections.abc import Iterator, Sequence

from suyuan.demo import cast
from suyuan.demo.cast import Actor
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between, event, observed, on_voucher
from suyuan.demo.goods import FAILED_BATCH, halves, pack
from suyuan.kit import Text

PACKS_PER_HALF = 20
HALVES_FOR_PACKS = 48
CRATES = 24

OF_FAMILY = {
    "suyuan_family": "edible-agricultural-products",
    "suyuan_productKind": "pork",
}
"""A crate's own code does not say what lies in it."""

DELIVERY = {**OF_FAMILY, **on_voucher(cast.delivery_voucher(1))}

MISTYPED = 2
"""The sale whose voucher number was mistyped at first."""


def second_half(days: Days) -> Iterator[Chapter]:
    """From the wholesaler's sales to a till whose date is ahead."""
    yield _trade(days)
    yield from _retail(days)
    yield _correction(days)
    yield _tomorrow(days)


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
            suyuan_step="delivery",
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
