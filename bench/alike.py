"""Ten thousand pieces that go alike: a trace and a balance with one drawn for all, and with each.

A lot is made into pieces, packed by hundreds into cases and by tens of those onto pallets, which
are sent and received twice. Both ways of each pair answer the same of the same record.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from random import Random

import psycopg

from bench.draws import Actor, case, cast, item, lot
from bench.events import START, EventDict, base, document, hand_over, make, pack
from bench.figures import Figure, at_most, figure, processed, ratio, seconds
from bench.plan import Ground, Measure, database
from bench.pork import Report
from bench.taking import SENDER, recorder, take_all
from suyuan import index
from suyuan.model import Role, Viewer
from suyuan.service import BalanceAsked, Config, Platform, balance, on_store, told, trace
from suyuan.service.classes import class_of
from suyuan.trace import Direction, Question, Seed, accounts, sweep
from suyuan.trace.accounts.types import Books

PIECES, CASE, PALLET = 10_000, 100, 10
OPERATOR = Viewer(role=Role.ADMIN)
_PAGE = at_most(500)


def measure(place: Ground) -> Iterator[Figure]:
    """The answers that pages are drawn from, by the clock; and both ways by processor time."""
    with database(place, "bench_alike") as store:
        platform = on_store(store, Config(data_dir=place.folder))
        name = _filled(platform, place.plan.of(PIECES, least=CASE * PALLET))
        question = Question(seeds=(Seed(thing=name),), direction=Direction.FORWARD)
        ways: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
            (
                "forward from the lot",
                partial(told, platform, question, OPERATOR),
                partial(trace, platform, question, OPERATOR),
            ),
            (
                "balance of all",
                partial(balance, platform, BalanceAsked(), OPERATOR),
                partial(_each_by_itself, platform),
            ),
        )
        for about, one, every in ways:
            yield from _beside(about, one, every, place.plan.repeat)


MEASURE = Measure(name="alike", about="pieces that go alike, traced and balanced", run=measure)


def _beside(
    about: str, one: Callable[[], object], every: Callable[[], object], repeat: int
) -> Iterator[Figure]:
    one()  # what is loaded at the first question is no part of the answer
    yield figure(about, "ms", [seconds(one) * 1e3 for _ in range(repeat)], goal=_PAGE)
    pairs = [(processed(every), processed(one)) for _ in range(repeat)]
    yield figure(f"{about}, processor", "ms", [spent * 1e3 for _, spent in pairs])
    yield ratio(f"{about}, each / one for all", *zip(*pairs, strict=True))


def _each_by_itself(platform: Platform) -> object:
    """Accounts of every piece, as they are drawn where no piece stands for another."""
    with platform.store.read() as conn:
        found = sweep.sweep(conn, OPERATOR, secret=platform.recorder.secret)
    return accounts.audit(found.facts, Books(class_of=class_of))


def _filled(platform: Platform, pieces: int) -> str:
    """Captures and indexes the story; gives the lot's name."""
    draw = Random(5)
    world = cast(draw)
    name, (maker, trader, shop, *_) = lot(draw, world.products[0]), world.actors
    made = [item(draw, world.products[1]) for _ in range(pieces)]
    cases = {case(draw): made[at : at + CASE] for at in range(0, pieces, CASE)}
    loads = list(cases)
    pallets = {case(draw): loads[at : at + PALLET] for at in range(0, len(loads), PALLET)}
    said = [
        make(maker, made, {"inputQuantityList": [{"epcClass": name, "quantity": 9, "uom": "KGM"}]}),
        *(pack(maker, outer, inner) for outer, inner in (cases | pallets).items()),
        *_handed(draw, maker, trader, list(pallets)),
        *_handed(draw, trader, shop, list(pallets)),
    ]
    times = (START + timedelta(minutes=at) for at in range(len(said)))
    events = [base(draw, at) | one for at, one in zip(times, said, strict=True)]
    report = Report(party=SENDER, data=document(events), events=len(events))
    take_all(platform.store, recorder(judged=False), [report])
    index.catch_up(platform.store)
    with psycopg.connect(platform.store.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return name


def _handed(draw: Random, sender: Actor, receiver: Actor, goods: list[str]) -> Iterator[EventDict]:
    """Sent and received under one document; whose the places are, who reports says."""
    sent = hand_over(draw, sender, receiver, step="shipping", goods=goods, loose=False)
    came = hand_over(draw, sender, receiver, step="receiving", goods=goods, loose=False)
    for event in (sent, came):
        paper = sent["bizTransactionList"]
        yield event | {
            "bizTransactionList": paper,
            "sourceList": event["sourceList"][1:],
            "destinationList": event["destinationList"][1:],
        }
