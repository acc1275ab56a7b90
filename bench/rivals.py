"""The same work by us and by others, in one run: closures, hash ids, capture of XML.

What both say is compared first; a peer that is asked for less than we do is still the peer.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from time import process_time

import numpy as np
from psycopg.conninfo import conninfo_to_dict

from bench.events import document, mixed
from bench.figures import Figure, at_least, figure, ratio, seconds
from bench.growth import layered
from bench.peers import Peer, peer
from bench.peers.multiply import multiply
from bench.plan import Ground, Measure, database
from bench.pork import Report
from bench.taking import SENDER, recorder, take_all
from suyuan.network.graph import network
from suyuan.network.kernels import available
from suyuan.network.reach import closure
from suyuan.store import Store
from suyuan.wire import Form, Limits, Mode, Wanted, convert, name_events, read_document
from suyuan.wire.contexts import STANDARD_NAMES
from suyuan.wire.event import sent_event
from suyuan.wire.event_hash import event_hash

LINKS, EVENTS, CAPTURED, DOCUMENT = 1_000_000, 5_000, 1_000, 500
LIBRARIES = ("networkx", "rustworkx", "igraph")
AHEAD = at_least(20)
SAME = "the same"
PREFIX = "the same once the document itself explains cbvmda"
OTHER = "otherwise"
_READ = 4  # documents that the other repository reads itself


def measure(place: Ground) -> Iterator[Figure]:
    """Graph libraries, the reference hash generator, the open EPCIS repository in Python."""
    with peer("graphs") as graphs:
        yield from _closures(place, graphs)
    with peer("hashes") as hashes:
        yield from _hashed(place, hashes)
    yield from _captured(place)


MEASURE = Measure(name="rivals", about="the same work by other programs", run=measure)


def _closures(place: Ground, graphs: Peer) -> Iterator[Figure]:
    """All that a tenth of the first layer reaches; ours minds the dates, theirs do not."""
    links = layered(place.plan.of(LINKS))
    net, seeds = network(links), np.arange(len(links.source) // 200)
    file, start = place.folder / "links.npy", int(max(links.source.max(), links.target.max())) + 1
    source = np.concatenate([links.source, np.full(len(seeds), start)])
    np.save(file, np.stack([source, np.concatenate([links.target, seeds])]))
    reached = len(closure(net, seeds)[0])
    for library in LIBRARIES:
        graphs.ask(links=str(file), library=library, start=start)
        for kernels in available():
            ours, theirs = [], []
            closure(net, seeds, kernels=kernels)
            for _ in range(place.plan.repeat):
                told = graphs.ask(library=library)
                assert told["reached"] == reached  # noqa: S101 -- else nothing is compared
                theirs.append(told["seconds"])
                ours.append(_worked(partial(closure, net, seeds, kernels=kernels)))
            note = f"{len(links.source):,} links, {reached:,} reached"
            yield ratio(f"closure: {library} / {kernels}", theirs, ours, note=note)


def _hashed(place: Ground, hashes: Peer) -> Iterator[Figure]:
    events = list(islice(mixed(Random(7)), place.plan.of(EVENTS)))
    data, file = document(events), place.folder / "events.json"
    file.write_bytes(data)
    alone, both, theirs = [], [], []
    for _ in range(place.plan.repeat):
        told = hashes.ask(file=str(file))
        theirs.append(told["seconds"])
        alone.append(_worked(partial(_ids, data)))
        both.append(_worked(lambda: list(name_events(data, capturer=""))))
    file.write_bytes(_explained(data))
    classes = classified(_ids(data), told["ids"], hashes.ask(file=str(file))["ids"])
    yield figure("hash ids, ours", "ev/s of CPU", [len(events) / spent for spent in alone])
    for name, count in classes.items():
        yield figure(f"hash ids: {name}", "ids", [count], note=f"of {len(events)}")
    note = f"{classes[SAME]} of {len(events)} ids the same"
    yield ratio("hash ids: reference generator / ours", theirs, alone, goal=AHEAD, note=note)
    yield ratio("hash ids: reference generator / ours with digests", theirs, both)


def classified(mine: list[str], theirs: list[str], explained: list[str]) -> dict[str, int]:
    """How many ids are the same, and why others are not; all reasons that were looked for.

    The generator knows a prefix only where the document explains it. One that the standard's own
    context explains (`cbvmda`) it leaves as it stands, and so has another id for the event in XML.
    `explained` are its ids of the same events with a prefix for that which the document explains.
    """
    found = Counter(
        SAME if own == other else PREFIX if own == again else OTHER
        for own, other, again in zip(mine, theirs, explained, strict=True)
    )
    return {name: found[name] for name in (SAME, PREFIX, OTHER)}


def _explained(data: bytes) -> bytes:
    """The same with a prefix of the document's own for what the standard's context explains."""
    told = json.loads(data.replace(b'"cbvmda:', b'"mda:'))
    told["@context"].append({"mda": STANDARD_NAMES["cbvmda"].removesuffix(":")})
    return json.dumps(told).encode()


def _ids(data: bytes) -> list[str]:
    """What the reference does: read as far as it takes to hash."""
    limits, read = Limits(), read_document(data)
    events = (sent_event(each, mode=Mode.LENIENT, limits=limits) for each in read.events)
    return [event_hash(each.members or {}, read.context) for each in events]


def _captured(place: Ground) -> Iterator[Figure]:
    """The same documents into the same server, by the clock: the server works too."""
    count = max(1, place.plan.of(CAPTURED) // DOCUMENT)
    draws = mixed(Random(8))
    with (
        database(place, "bench_ours") as in_xml,
        database(place, "bench_ours_json") as in_json,
        database(place, "bench_theirs") as other,
        peer("quartet") as quartet,
    ):
        quartet.ask(database=_django(other))
        theirs: list[float] = []
        ours: dict[str, list[float]] = {"XML 1.2": [], "JSON-LD": []}
        for _ in range(place.plan.repeat + 1):
            plain = [document(list(islice(draws, DOCUMENT))) for _ in range(count)]
            xml = [_as_xml(each) for each in plain]
            theirs.append(sum(_ask(quartet, place.folder, each) for each in xml))
            ours["XML 1.2"].append(_taken(in_xml, xml))
            ours["JSON-LD"].append(_taken(in_json, plain))
    for form, spent in ours.items():
        rates = [count * DOCUMENT / each for each in spent[1:]]
        yield figure(f"capture of {form}, ours", "ev/s", rates)
        note = (
            "" if form == "XML 1.2" else "the same events; theirs as XML 1.2, which alone it reads"
        )
        name = f"capture of {form}: quartet / ours"
        yield ratio(name, theirs[1:], spent[1:], goal=AHEAD, note=note)
    rates = [count * DOCUMENT / each for each in theirs[1:]]
    yield figure("capture of XML 1.2, quartet", "ev/s", rates)


def _taken(store: Store, documents: list[bytes]) -> float:
    sent = [Report(party=SENDER, data=each, events=DOCUMENT) for each in documents]
    return seconds(partial(take_all, store, recorder(judged=False), sent))


@contextmanager
def filled_peer(place: Ground, events: int) -> Iterator[tuple[Peer, list[str], int]]:
    """The other repository with no fewer events, ids of shippings and receivings, and how many.

    It reads the first of them; the rest are copies of those (`bench.peers.multiply`).
    """
    documents = min(_READ, -(-events // DOCUMENT))
    times = -(-events // (documents * DOCUMENT))
    draws, ids = mixed(Random(9)), []
    with database(place, "bench_theirs") as other, peer("quartet") as quartet:
        quartet.ask(database=_django(other))
        for _ in range(documents):
            some = list(islice(draws, DOCUMENT))
            _ask(quartet, place.folder, _as_xml(document(some)))
            ids += [one["eventID"] for one in some if "bizTransactionList" in one][:20]
        multiply(other.dsn, times - 1)
        yield quartet, ids, times * documents * DOCUMENT


def _ask(quartet: Peer, folder: Path, data: bytes) -> float:
    file = folder / "document.xml"
    file.write_bytes(data)
    return float(quartet.ask(file=str(file))["seconds"])


def _as_xml(data: bytes) -> bytes:
    wanted = Wanted(form=Form.XML_1_2, created="2026-01-05T08:00:00Z")
    return b"".join(piece.data for piece in convert(data, wanted).pieces)


def _django(store: Store) -> dict[str, str]:
    """A database's address as that framework spells it."""
    parts = conninfo_to_dict(store.dsn)
    names = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    given = {name: str(parts[key]) for key, name in names.items() if key in parts}
    return {"ENGINE": "django.db.backends.postgresql", **given}


def _worked(work: Callable[[], object]) -> float:
    """Seconds of this process."""
    begun = process_time()
    work()
    return process_time() - begun
