"""How much memory a document takes while it is read and recorded, against its size.

Each document is read and recorded in a process of its own, whose peak is told by the kernel; what
such a process takes for a document of ten events is left out. The sizes go far beyond what a server
takes unless told otherwise.
"""

import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec
from psycopg.conninfo import make_conninfo

from bench.events import documents
from bench.figures import Figure, at_most, figure
from bench.plan import HERE, Ground, Measure, database
from suyuan.wire import convert
from suyuan.wire.convert import Form, Wanted

MEGABYTES = (1, 13, 104)
_MOST = 160.0
_CHILD = """
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from bench.taking import recorder
from suyuan.capture import OnRefusal, Options
from suyuan.model import Capturer
from suyuan.record import take
from suyuan.store import StoreSettings, open_store
from suyuan.wire import Limits, Source
dsn, folder, behaviour, *files = sys.argv[1:]
settings = StoreSettings(
    data_dir=Path(folder), database_url=dsn, statement_timeout=600.0, idle_timeout=600.0
)
limits = Limits(document_bytes=1 << 30, events=1_000_000)
options = Options(on_refusal=OnRefusal(behaviour))
by = Capturer(tenant=1, account=1, party="urn:suyuan:party:farm")
with open_store(settings) as store:
    taker = recorder(judged=True)
    for name in files:
        with open(name, "rb") as file:
            result = take(store, taker, Source(file), by, options=options, limits=limits)
        assert result.problem is None, result.problem
        print(getrusage(RUSAGE_SELF).ru_maxrss * 1024)
"""


def measure(place: Ground) -> Iterator[Figure]:
    """The peak beyond what a small document needs, for each size, form and behaviour."""
    for form in ("json", "xml"):
        for megabytes in MEGABYTES:
            size = place.plan.of(megabytes << 20)
            files = [_file(place.folder, form, 0, 1), _file(place.folder, form, 1, size)]
            length = files[1].stat().st_size / 2**20
            for behaviour in ("proceed", "rollback"):
                peaks = [_peak(place, files, behaviour) for _ in range(place.plan.repeat)]
                name = f"{form}, {length:.0f} MiB, {behaviour}: peak"
                yield figure(name, "MB", peaks, goal=at_most(_MOST))
            files[1].unlink()


def _file(folder: Path, form: str, seed: int, size: int) -> Path:
    """A document of about so many bytes, of JSON with its context behind the list."""
    file = folder / f"memory-{seed}.{form}"
    with file.open("wb") as out:
        end = b""
        for part in count():
            (some,) = documents(seed * 1000 + part, count=1, size=10 if size == 1 else 1_000)
            begin, events, end = _json(some) if form == "json" else _xml(some)
            out.write(begin if not part else b"," if form == "json" else b"\n")
            out.write(events)
            if out.tell() >= size:
                break
        out.write(end)
    return file


def _json(document: bytes) -> tuple[bytes, bytes, bytes]:
    """What is before the events, the events, what is behind them."""
    value = msgspec.json.decode(document)
    value["@context"] = value.pop("@context")
    text = msgspec.json.encode(value)
    begin, end = text.index(b":[{") + 2, text.rindex(b"]},")
    return text[:begin], text[begin:end], text[end:]


def _xml(document: bytes) -> tuple[bytes, bytes, bytes]:
    wanted = Wanted(form=Form.XML, created="2026-01-05T00:00:00Z")
    text = b"".join(piece.data for piece in convert(document, wanted).pieces)
    begin, end = text.index(b"<EventList>") + len(b"<EventList>"), text.rindex(b"</EventList>")
    return text[:begin], text[begin:end], text[end:]


def _peak(place: Ground, files: list[Path], behaviour: str) -> float:
    """In megabytes."""
    with database(place, "memory"):
        dsn = make_conninfo(place.server.dsn, dbname="memory")
        told = subprocess.run(
            [sys.executable, "-c", _CHILD, dsn, str(place.folder), behaviour, *map(str, files)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE.parent,
        )
    before, after = map(int, told.stdout.split())
    return (after - before) / 1e6


MEASURE = Measure(
    name="memory", about="memory that a document takes while it is read and recorded", run=measure
)
