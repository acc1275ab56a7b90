"""How much memory a document takes while it is read, up to the largest that is taken.

Each size in a process of its own, whose peak is told by the kernel; what it had before is left out.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.events import documents
from bench.figures import Figure, at_most, figure
from bench.plan import Ground, Measure

SIZES = (1_000, 2_000, 5_000, 10_000)
_MOST = 12.0
_CHILD = """
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from suyuan.capture import Options
from suyuan.codes.types import RESOLVERS
from suyuan.model import Capturer
from suyuan.record.decode import decode
by = Capturer(tenant=1, account=1, party="urn:suyuan:party:farm")
def read(data):
    return decode(data, by, options=Options(), resolvers=RESOLVERS)
data = [Path(name).read_bytes() for name in sys.argv[1:]]
read(data[0])
before = getrusage(RUSAGE_SELF).ru_maxrss
found = read(data[1])
assert not found.problem and all(item.event for item in found.items), found.problem
print((getrusage(RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def measure(place: Ground) -> Iterator[Figure]:
    """The peak beyond what a small document needs, and that for each byte of the document."""
    (small,) = documents(0, count=1, size=10)
    for size in (place.plan.of(each) for each in SIZES):
        (large,) = documents(1, count=1, size=size)
        peaks = [_peak(place.folder, small, large) for _ in range(place.plan.repeat)]
        name = f"{size:,} events, {len(large) / 2**20:.1f} MiB"
        yield figure(f"{name}: peak", "MB", [peak / 1e6 for peak in peaks])
        shares = [peak / len(large) for peak in peaks]
        yield figure(f"{name}: peak / document", "×", shares, goal=at_most(_MOST))


def _peak(folder: Path, *documents_read: bytes) -> int:
    names = []
    for number, data in enumerate(documents_read):
        file = folder / f"memory-{number}.json"
        file.write_bytes(data)
        names.append(str(file))
    told = subprocess.run(
        [sys.executable, "-c", _CHILD, *names], check=True, capture_output=True, text=True
    )
    return int(told.stdout)


MEASURE = Measure(name="memory", about="memory that a document takes while it is read", run=measure)
