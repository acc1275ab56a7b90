"""Takes cases with the days on which they were bought; gives from which lots they may have come.

A hypothesis is a source and a window of its making, by what is on record of each lot: how much of
it was on sale where the cases bought, on their days, as a share of all of it that was on sale.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from suyuan.kit import SuyuanError, Text
from suyuan.model import Fact
from suyuan.network.lots import Exposure, Sighting, by_source, lot_posterior
from suyuan.service.locating import Bought, ByLot, Holder, Window
from suyuan.trace import Answer, closure, sale

_WEEK: Final = 7
_MOST: Final = 20_000_000
_SHOWN: Final = 20
_UNDATED: Final = Text(
    "记录里没有写明哪一天产出的批次。", "No lot on record has a day of its making."
)
_NONE_THERE: Final = Text(
    "写明产出日期的批次，没有一批能追到病例购买的地方和日子，比不出来。",
    "No lot with a day of its making can be followed to where and when a case bought, so none can "
    "be told from another.",
)
_TOO_MANY: Final = Text(
    "病例的场所和日期太多；请写明吃的是什么，或缩小日期范围。",
    "Too many places and days of cases; say what was eaten, or give fewer days.",
)


def by_lot(
    facts: Sequence[Fact],
    found: Answer,
    cases: Sequence[Bought],
    *,
    called: Mapping[Holder, str],
    noise: float,
    prior: Mapping[str, float],
) -> ByLot:
    """Where cases most probably come from by lots; `called` names holders.

    Raises:
        SuyuanError: no lot has a day of its making or was where a case bought, no window explains
            the cases, or there are too many places and days.
    """
    examined = closure.examine(facts, found.question)
    wanted = _wanted(cases, _MOST // max(sale.rows_at_most(examined), 1))
    until = max(each.day + each.give for each in cases)
    stock = sale.on_sale(examined, found.whereabouts, wanted, until)
    dated = [(at, lot) for at, lot in enumerate(stock.lots) if lot.day and lot.holder in called]
    if not dated:
        raise SuyuanError("source.lots-undated", _UNDATED, "thing")
    if not any(stock.amounts[at].any() for at, _ in dated):
        raise SuyuanError("source.lots-elsewhere", _NONE_THERE, "cases")
    seen = Counter[Sighting]()
    for each in cases:
        seen[Sighting(called[each.holder], each.day, each.give)] += each.count
    ranked = lot_posterior(
        _exposures(stock, wanted, called), seen, noise=noise, prior=prior or None
    )
    return ByLot(
        sources=tuple(by_source(ranked).items()),
        windows=tuple(_windows(ranked, [(called[lot.holder], lot) for _, lot in dated])),
        lots=len(dated),
        undated=len(stock.lots) - len(dated),
        without=_without(stock, called, {lot.holder for _, lot in dated}),
        left_out=stock.left_out,
    )


def _without(
    stock: sale.OnSale, called: Mapping[Holder, str], dated: Collection[Holder]
) -> tuple[str, ...]:
    """Who has lots at their beginning, and none with a day: they cannot be weighed."""
    holders = {lot.holder for lot in stock.lots} - {*dated}
    return tuple(sorted(called[holder] for holder in holders if holder in called))


def _wanted(cases: Sequence[Bought], most: int) -> list[sale.Place]:
    """Where and when goods are asked for; told to be too many before they fill any memory."""
    wanted = set[sale.Place]()
    for each in cases:
        wanted.update((each.holder, day) for day in _days(each))
        if len(wanted) > most:
            raise SuyuanError("source.lots-many", _TOO_MANY, "cases")
    return sorted(wanted)


def _days(case: Bought) -> range:
    return range(case.day - case.give, case.day + case.give + 1)


def _exposures(
    stock: sale.OnSale, wanted: Sequence[sale.Place], called: Mapping[Holder, str]
) -> Iterator[Exposure]:
    """Each lot in each week that its day is in; what was elsewhere or then is told in one sum.

    Every place is named, since noise falls on all of them alike.
    """
    holders = {*stock.places, *(holder for holder, _ in wanted)}
    named = [called[holder] for holder in sorted(holders) if holder in called]
    for row, lot in enumerate(stock.lots):
        if not lot.day or lot.holder not in called:
            continue
        amounts = stock.amounts[row].tolist()
        other = max(0.0, float(stock.total[row]) - sum(amounts))
        for first in range(lot.day - _WEEK + 1, lot.day + 1):
            name = (called[lot.holder], date.fromordinal(first).isoformat())
            for (holder, day), much in zip(wanted, amounts, strict=True):
                if much:
                    yield Exposure(*name, called[holder], day, much)
            for at, place in enumerate(named):
                yield Exposure(*name, place, 0, 0.0 if at else other)


def _windows(
    ranked: Mapping[tuple[str, str], float], lots: Sequence[tuple[str, sale.Lot]]
) -> list[Window]:
    """Weeks in which the same lots were made are one: nothing can tell them apart."""
    made: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for source, lot in lots:
        made[source].append((lot.day or 0, lot.thing))
    together: dict[tuple[str, tuple[tuple[int, str], ...]], float] = defaultdict(float)
    for (source, since), posterior in ranked.items():
        first = date.fromisoformat(since).toordinal()
        inside = (each for each in made[source] if first <= each[0] < first + _WEEK)
        together[source, tuple(sorted(inside))] += posterior
    best = sorted(together.items(), key=lambda each: (-each[1], each[0]))[:_SHOWN]
    return [
        Window(
            source=source,
            since=date.fromordinal(inside[0][0]),
            until=date.fromordinal(inside[-1][0]),
            posterior=posterior,
            lots=tuple(dict.fromkeys(thing for _, thing in inside)),
        )
        for (source, inside), posterior in best
    ]
