"""A register's movements brought in, and the contacts of many holdings asked of them.

The data lie beside the checkout; without them there is nothing to measure, and no figure.
"""

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from bench.figures import Figure, figure, seconds
from bench.plan import CORPORA, Ground, Measure, database
from suyuan.service import (
    OPERATOR,
    Config,
    Windows,
    contacts,
    import_movements,
    local_capturer,
    on_store,
)
from suyuan.wire.movements import MovementMap, MovementReading, MovementsAs

FOLDER = CORPORA / "tracing" / "epicontacttrace"
READING = MovementReading(
    columns=MovementMap(
        source="source",
        destination="destination",
        date="t",
        thing="id",
        quantity="n",
        kind="category",
    ),
    reading=MovementsAs.STOCK,
    issuer="register",
)


def measure(place: Ground) -> Iterator[Figure]:
    """One import, then the first window's roots asked repeatedly."""
    if not FOLDER.is_dir():
        return
    file = place.folder / "transfers.csv"
    rows = _table(file, place.plan.of(70_190))
    roots, windows = _questions(FOLDER / "network_summary_w1_even_roots.csv.gz")
    roots = roots[: place.plan.of(len(roots))]
    with database(place, "bench_contacts") as store:
        platform = on_store(store, Config(data_dir=place.folder))
        capturer = local_capturer(platform, None)
        spent = seconds(partial(import_movements, platform, file, READING, capturer))
        yield figure("movements imported and indexed", "ev/s", [rows / spent])
        ask = partial(contacts, platform, roots, windows, OPERATOR, issuer="register", minutes=480)
        times = [seconds(ask) * 1e3 for _ in range(place.plan.repeat)]
        yield figure(f"contacts of {len(roots):,} holdings at once", "ms", times)


MEASURE = Measure(name="contacts", about="movements imported, contacts asked", run=measure)


def _table(file: Path, most: int) -> int:
    """Write the table's first rows; how many there are."""
    lines = gzip.decompress((FOLDER / "transfers.csv.gz").read_bytes()).splitlines(keepends=True)
    kept = lines[: most + 1]
    file.write_bytes(b"".join(kept))
    return len(kept) - 1


def _questions(file: Path) -> tuple[list[str], Windows]:
    """The roots of a window, and its days."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = ("inBegin", "inEnd", "outBegin", "outEnd")
    in_begin, in_end, out_begin, out_end = (
        date.fromisoformat(rows[0].get(name) or rows[0][name.replace("out", "in")])
        for name in names
    )
    windows = Windows(in_begin=in_begin, in_end=in_end, out_begin=out_begin, out_end=out_end)
    return [row["root"] for row in rows], windows
