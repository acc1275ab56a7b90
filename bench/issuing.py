"""Serials made and handed out, labels printed and read back, against the least each could cost.

What needs no database is timed by the processor, so that a busy machine does not slow it.
"""

import io
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from random import Random
from time import process_time

from PIL import Image

from bench.figures import Figure, at_least, figure, ratio, seconds
from bench.plan import Ground, Measure, database
from suyuan.codes import making
from suyuan.codes.making.alphabets import SAFE
from suyuan.codes.making.types import Series
from suyuan.labels import Format, Label, Symbol, design, draw
from suyuan.labels.types import Kind
from suyuan.pictures import read_picture
from suyuan.registry.types import Licence
from suyuan.service import Config, Order, entitle, issue, local_capturer, on_store

MADE = 1_000_000
SECRETS = 100_000
LABELS = 100
PARTY = "urn:suyuan:party:bench"
GTIN = "06901234567892"


def measure(place: Ground) -> Iterator[Figure]:
    """In process: what a serial costs beside the hashes in it; then a whole order; then labels."""
    yield from _made(place)
    yield from _ordered(place)
    yield from _printed(place)


MEASURE = Measure(name="issuing", about="codes made, printed and read back", run=measure)


def _made(place: Ground) -> Iterator[Figure]:
    count = place.plan.of(MADE)
    takes, floors = [], []
    for turn in range(place.plan.repeat):
        secret = Random(turn).randbytes(32)
        series = Series(
            alphabet=SAFE,
            length=making.length_for(MADE, SAFE),
            capacity=MADE,
            secret=secret,
            checks=0,
        )
        takes.append(_busy(partial(_drain, making.serials(series, 0, count))))
        floors.append(_busy(partial(_hashed, secret, count)))
    rates = [count / each for each in takes]
    yield figure("issue rate", "serials/s", rates, goal=at_least(100_000), note="one core")
    yield ratio("a serial / its two keyed hashes", takes, floors)


def _ordered(place: Ground) -> Iterator[Figure]:
    """With secrets: drawn, digested and brought into the database, in one transaction."""
    count = place.plan.of(SECRETS)
    with database(place, "issuing") as store:
        platform = on_store(store, Config(data_dir=place.folder))
        entitle(platform, Licence(party=PARTY, kind="gs1_company_prefix", number="6901234"))
        capturer = local_capturer(platform, PARTY)
        rates = {False: [], True: []}
        for _ in range(place.plan.repeat):
            for scratch, found in rates.items():
                order = Order(
                    scheme="sgtin", stem=GTIN, count=count, expected=10**8, scratch=scratch
                )
                found.append(count / seconds(partial(issue, platform, order, capturer)))
    yield figure("order with secrets", "codes/s", rates[True])
    yield figure("order without", "orders/s", [each / count for each in rates[False]])


def _printed(place: Ground) -> Iterator[Figure]:
    labels = _labels(place.plan.of(LABELS, least=10))
    drawn, reads, opens = [], [], []
    draw(labels[:1], design("50x30"), Format.PNG)  # loads fonts and libraries
    for _ in range(place.plan.repeat):
        drawn.append(_busy(partial(draw, labels, design("50x30"), Format.PDF)))
        pictures = draw(labels, design("50x30"), Format.PNG)
        reads.append(_busy(partial(_read, pictures)))
        opens.append(_busy(partial(_opened, pictures)))
    yield figure("labels drawn as PDF", "labels/s", [len(labels) / each for each in drawn])
    rates = [len(labels) / each for each in reads]
    yield figure("decode rate", "pictures/s", rates, note="50 x 30 mm at 203 dpi")
    yield ratio("a picture read / opened alone", reads, opens)


def _labels(count: int) -> list[Label]:
    series = Series(alphabet=SAFE, length=11, capacity=MADE, secret=bytes(32))
    of = making.structure("sgtin")
    return [
        Label(
            heading="番茄",
            code=making.code_of(of, GTIN, serial),
            symbols=(
                Symbol(
                    Kind.QR,
                    making.link(
                        making.name_of(of, GTIN, serial, party=""),
                        "",
                        "https://t.cn",
                        frozenset({"t.cn"}),
                    ),
                ),
            ),
        )
        for serial in making.serials(series, 0, count)
    ]


def _read(pictures: list[bytes]) -> None:
    for picture in pictures:
        (code,) = read_picture(picture)
        assert code.text.startswith("https://t.cn/01/")  # noqa: S101 -- a measure of wrong answers is none


def _opened(pictures: list[bytes]) -> None:
    for picture in pictures:
        Image.open(io.BytesIO(picture)).convert("L")


def _busy(work: Callable[[], object]) -> float:
    """Seconds of the processor that one call takes."""
    begun = process_time()
    work()
    return process_time() - begun


def _drain(serials: Iterator[str]) -> None:
    for _ in serials:
        pass


def _hashed(secret: bytes, count: int) -> None:
    keyed = blake2b(digest_size=16, key=secret)
    for index in range(2 * count):
        state = keyed.copy()
        state.update(index.to_bytes(8, "big"))
        state.digest()
