"""Who answers for bad goods 责任供应方: tests and shares of supply in, a rate for every place out.

A unit tested at a place is bad because it was so when it came, or because the place spoilt it:
z = η + (1 - η) Σ q θ, with the rate θ of each supplier, his share q of what is there, and the rate
η of the place. A test tells a bad unit with `sensitivity` and clears a good one with `specificity`.
If the supplier of the unit is known (tracked), the sum is his θ alone; if not, it is that of all
paths of the flows, and places between are taken to pass on what they got. This is the model of
Wickett et al., IISE Transactions 2023; rates have logit-normal priors.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import isfinite
from typing import Final

import numpy as np
from msgspec import Struct, structs

from suyuan.kit import SuyuanError, Text
from suyuan.network.locating import SOLD, Flow, fed
from suyuan.network.mixing import Floats, Shares, solved
from suyuan.network.rates import Draws, Effort, Samples, drawn, odds

WHOLE: Final = 1e-9


class InspectingError(SuyuanError):
    """Samples, flows or beliefs from which nothing can be inferred."""


class Sampled(Struct, frozen=True, kw_only=True):
    """So many units tested at a place, and how many of them failed.

    `supplier` is whose goods they were, where that is known. A place that is a supplier itself is
    tested at its gate.
    """

    place: str
    tests: int
    positives: int = 0
    supplier: str = ""


class Beliefs(Struct, frozen=True, kw_only=True):
    """What is taken as known before any test, all stated by who asks.

    `typical` is the median rate of a place, `spread` the standard deviation of its log odds;
    `medians` has other medians by name. A place is called responsible if its rate is over `limit`.
    """

    typical: float = 0.05
    spread: float = 1.5
    medians: Mapping[str, float] = {}
    sensitivity: float = 1.0
    specificity: float = 1.0
    limit: float = 0.1


class Rated(Struct, frozen=True, kw_only=True):
    """A place: the mean of its rate, the interval that holds it with 90 %, and its guilt.

    `over` is the probability that its rate is over the limit; `answers_for` how many of the
    positive tests stem from it, as expected. `supplies` says that nothing comes to it. `told` is
    false where no test says anything of it: none was made there, and no goods tested began there;
    its figures are then those believed before.
    """

    name: str
    supplies: bool
    mean: float
    low: float
    high: float
    over: float
    answers_for: float
    told: bool = True


class Inspected(Struct, frozen=True, kw_only=True):
    """Every place, the most probably responsible first; those of which no test tells are last.

    `false_alarms` is how many positives are expected to be the test's own; with the places'
    `answers_for` they make up all. `settled` says whether the drawing came to rest; if not, the
    figures are rough.
    """

    tests: int
    positives: int
    places: tuple[Rated, ...]
    false_alarms: float
    settled: bool


class Sites(Struct, frozen=True, eq=False):
    """The places in the order of their rates, suppliers first; `shares` has a row for each other.

    A row says what part of all that is at the place each supplier has; nothing where that is not
    `known`.
    """

    number: Mapping[str, int]
    suppliers: int
    shares: Floats
    known: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """By number."""
        return tuple(self.number)


def sites_of(flows: Sequence[Flow], returned: Collection[tuple[str, str]] = ()) -> Sites:
    """Suppliers are the places that nothing comes to (`fed`); shares are those over all paths.

    By flows of the ends `returned` a place only gets back what it sent.

    Raises:
        InspectingError: there are no flows, or one has no amount.
    """
    moved = [flow for flow in flows if flow.target != SOLD]
    if not moved or not all(isfinite(flow.amount) and flow.amount > 0 for flow in moved):
        raise _wrong("inspect.flows", _FLOWS)
    others = sorted(fed(moved, returned))
    first = sorted({flow.source for flow in moved} - set(others))
    number = {name: at for at, name in enumerate((*first, *others))}
    moved = [flow for flow in moved if number[flow.target] >= len(first)]
    near = np.array([number[flow.target] for flow in moved], np.int64)
    far = np.array([number[flow.source] for flow in moved], np.int64)
    amount = np.array([flow.amount for flow in moved], np.float64)
    came = np.bincount(near, amount, len(number))
    given = np.zeros((len(number), len(first)))
    given[: len(first)] = np.eye(len(first))
    back = Shares(len(number), near, far, amount / came[near])
    shares = solved(back, given)[len(first) :]
    return Sites(number=number, suppliers=len(first), shares=shares)


def sites_alone(pairs: Iterable[tuple[str, str]]) -> Sites:
    """Where no flows are known: who is named as a supplier of a place is one; no share is known."""
    rows = list(pairs)
    first = sorted({supplier for _, supplier in rows} - {""})
    others = sorted({place for place, _ in rows} - set(first))
    return Sites(
        number={name: at for at, name in enumerate((*first, *others))},
        suppliers=len(first),
        shares=np.zeros((len(others), len(first))),
        known=False,
    )


def inspect(
    sites: Sites,
    tested: Sequence[Sampled],
    beliefs: Beliefs,
    chance: np.random.Generator,
    effort: Effort | None = None,
) -> tuple[Inspected, Draws]:
    """Who answers for what the tests found, and the rates as they were drawn.

    Raises:
        InspectingError: a count or rate that is none, or a test of a place that has no supplier.
    """
    _check(sites, beliefs)
    tests = _counted(sites, tested, beliefs)
    found = drawn(tests, _middles(sites, beliefs), beliefs.spread, chance, effort or Effort())
    return _rated(sites, tests, found, beliefs), found


def require_counts(tests: int, positives: int, where: str) -> None:
    """Hold that no more failed than were tested.

    Raises:
        InspectingError: more did, or a count is below 0.
    """
    if not 0 <= positives <= tests:
        raise _wrong("inspect.count", _COUNT, where)


def require_beliefs(beliefs: Beliefs) -> None:
    """Hold that from these rates something can be inferred.

    Raises:
        InspectingError: they are none, or a test with them tells nothing.
    """
    rates = (beliefs.typical, beliefs.limit, *beliefs.medians.values())
    tells = (beliefs.sensitivity, beliefs.specificity)
    sound = all(0 < rate < 1 for rate in rates) and all(0 <= each <= 1 for each in tells)
    if not (sound and sum(tells) > 1 and 0 < beliefs.spread < 10):  # noqa: PLR2004 -- log odds
        raise _wrong("inspect.beliefs", _BELIEFS)


def _check(sites: Sites, beliefs: Beliefs) -> None:
    require_beliefs(beliefs)
    for name in beliefs.medians:
        if name not in sites.number:
            raise _wrong("inspect.place", _UNKNOWN, name)


def _counted(sites: Sites, tested: Sequence[Sampled], beliefs: Beliefs) -> Samples:
    """The tests, those of the same place and supplier together."""
    together: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in tested:
        require_counts(row.tests, row.positives, row.place)
        both = together[row.place, row.supplier]
        both[0] += row.tests
        both[1] += row.positives
    cells = sorted(together)
    counts = np.array([together[cell] for cell in cells], np.float64).reshape(-1, 2)
    return structs.replace(
        samples_of(sites, cells, beliefs), tests=counts[:, 0], positives=counts[:, 1]
    )


Cell = tuple[str, str]
"""Where a unit is tested, and whose it was; empty if that is not known."""


def samples_of(sites: Sites, cells: Sequence[Cell], beliefs: Beliefs) -> Samples:
    """Tests that are yet to be made in these cells.

    Raises:
        InspectingError: a place or supplier that the flows do not have, or nobody supplies it.
    """
    came = np.zeros((len(cells), len(sites.names)))
    own = np.full(len(cells), -1)
    for row, (place, supplier) in enumerate(cells):
        at, by = _number(sites, place), _number(sites, supplier or place)
        if at >= sites.suppliers:
            own[row] = at
            came[row, : sites.suppliers] = _parts(sites, at, by)
        elif at == by:
            came[row, at] = 1
        else:
            raise _no_way(sites, at, by)
    none = np.zeros(len(cells))
    return Samples(
        came=came,
        own=own,
        tests=none,
        positives=none,
        finds=beliefs.sensitivity,
        clears=beliefs.specificity,
    )


def _number(sites: Sites, name: str) -> int:
    if name not in sites.number:
        raise _wrong("inspect.place", _UNKNOWN, name)
    return sites.number[name]


def _parts(sites: Sites, at: int, by: int) -> Floats:
    """What part each supplier had in a unit at a place: `by` all of it, if he is not the place."""
    shares = sites.shares[at - sites.suppliers]
    if by != at:
        if sites.known and by >= sites.suppliers:
            raise _wrong("inspect.fed", _FED, sites.names[by])
        if by >= sites.suppliers or (sites.known and not shares[by]):
            raise _no_way(sites, at, by)
        return np.asarray(np.arange(sites.suppliers) == by, np.float64)
    if shares.sum() < 1 - WHOLE:
        raise _wrong("inspect.no-supplier", _NOBODY, sites.names[at])
    return np.asarray(shares / shares.sum())


def _no_way(sites: Sites, at: int, by: int) -> InspectingError:
    return _wrong("inspect.no-way", _NO_WAY, f"{sites.names[by]} → {sites.names[at]}")


def _middles(sites: Sites, beliefs: Beliefs) -> Floats:
    return odds(np.array([beliefs.medians.get(name, beliefs.typical) for name in sites.names]))


def _rated(sites: Sites, tests: Samples, found: Draws, beliefs: Beliefs) -> Inspected:
    rates = found.rates
    low, high = np.quantile(rates, (0.05, 0.95), axis=0)
    over = (rates > beliefs.limit).mean(axis=0)
    blame, alarms = _blamed(tests, rates)
    told = _told_of(tests)
    order = np.lexsort((np.array(sites.names), -rates.mean(axis=0), -over, ~told))
    return Inspected(
        tests=int(tests.tests.sum()),
        positives=int(tests.positives.sum()),
        places=tuple(
            Rated(
                name=sites.names[at],
                supplies=at < sites.suppliers,
                mean=float(rates[:, at].mean()),
                low=float(low[at]),
                high=float(high[at]),
                over=float(over[at]),
                answers_for=float(blame[at]),
                told=bool(told[at]),
            )
            for at in order.tolist()
        ),
        false_alarms=alarms,
        settled=found.settled,
    )


def _told_of(tests: Samples) -> "np.typing.NDArray[np.bool_]":
    """By place, whether a test was made there or goods tested anywhere began there."""
    made = tests.tests > 0
    told = np.asarray((tests.came[made] > 0).any(axis=0))
    own = tests.own[made]
    told[own[own >= 0]] = True
    return told


def _blamed(tests: Samples, rates: Floats) -> tuple[Floats, float]:
    """How many positives stem from each place, and how many from none.

    What was bad when it came is its supplier's, whatever was done to it after.
    """
    came, own = tests.parts(rates)
    each = tests.positives / tests.fails(rates)[0]
    theirs = rates * tests.shared(each, each * (1 - came))
    alarms = (each * (1 - own) * (1 - came)).sum(axis=1) * (1 - tests.clears)
    return tests.finds * theirs.mean(axis=0), float(alarms.mean())


def _wrong(code: str, text: Text, where: str = "") -> InspectingError:
    return InspectingError(code, text, where)


_FLOWS: Final = Text(
    "需要至少一段两地之间的流向，数量为正数。",
    "At least one flow between two places is needed; amounts are positive.",
)
_BELIEFS: Final = Text(
    "比率须在 0 与 1 之间；灵敏度与特异度之和须大于 1，否则检验说明不了什么。",
    "Rates lie between 0 and 1; sensitivity and specificity together are over 1, or a test "
    "tells nothing.",
)
_COUNT: Final = Text(
    "检验数和不合格数须为整数，不合格不多于检验。",
    "Tests and positives are whole numbers, and no more positives than tests.",
)
_UNKNOWN: Final = Text(
    "流向和检验中没有这个地点；请核对名称。",
    "Neither flows nor tests have this place; compare the name.",
)
_NO_WAY: Final = Text(
    "流向中没有从该供应方到该地点的路；请核对，或补上流向。",
    "No flow leads from this supplier to this place; compare them, or add the flow.",
)
_FED: Final = Text(
    "有货到这里，货不是从它开始的；请写货最初的供应方，不知道就留空。",
    "Something comes to this place, so goods do not begin with it: name the supplier with whom they"
    " began, or leave it empty.",
)
_NOBODY: Final = Text(
    "不知道该地点的货来自谁：请写明供应方，或给出流向。",
    "It is not known from whom goods at this place came: name the supplier, or give the flows.",
)
