"""The log over a database: what it costs capture, how soon a checkpoint covers, proofs, storage."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

from bench.figures import Figure, at_least, at_most, figure, ratio, seconds
from bench.plan import Ground, Measure, database
from bench.taking import pork_reports, recorder, register_cast, take_all
from suyuan import ledger
from suyuan.kit.clock import Clock, system_clock
from suyuan.ledger import keys, publishing, shards, tree
from suyuan.ledger.witnessing import add_checkpoint, begin_witness, know_log
from suyuan.model import Role, Viewer
from suyuan.record import append
from suyuan.service import Config, Platform, keep_publishing, on_store, publish, receipt
from suyuan.store import Store
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.note import vkey_text
from suyuan.tlog.policy import trusting
from suyuan.tlog.tiles import tiles_of

LEAVES = 60_000
YEAR = timedelta(days=366)
BATCH = 500  # leaves of one transaction
ASKED = 200
MOMENTS = 60
FLOOR = "create table if not exists bench_leaf (like ledger.leaf)"
OPERATOR = Viewer(role=Role.ADMIN)


def measure(place: Ground) -> Iterator[Figure]:
    """Rates and shares in pairs of one run; times are of the wall."""
    yield from _appended(place)
    yield from _over_years(place)
    yield from _captured(place)
    yield from _soon(place)


MEASURE = Measure(name="log", about="the log over a database: cost, latency, proofs", run=measure)


def _appended(place: Ground) -> Iterator[Figure]:
    """Leaves into the log, each batch a transaction, a signed checkpoint each second's worth."""
    count, logged, copied = place.plan.of(LEAVES, least=4_000), list[float](), list[float]()
    with database(place, "bench_log") as store:
        log = keys.open_log(place.folder / "log", origin="bench.example/log", draw=os.urandom)
        with store.write() as conn:
            conn.execute(FLOOR)
        for turn in range(place.plan.repeat + 1):
            begin = 1 + turn * count
            rows = [(at, at.to_bytes(64)) for at in range(begin, begin + count)]
            taken = seconds(partial(_log, store, log, rows))
            raw = seconds(partial(_copy, store, begin, rows))
            if turn:  # the first warms both sides up
                logged.append(count / taken)
                copied.append(count / raw)
        yield figure("appended, checkpoints signed", "ev/s", logged, goal=at_least(3_000))
        yield figure("the same rows, raw COPY", "ev/s", copied)
        yield ratio("appended / raw COPY", logged, copied)
        size = count * (place.plan.repeat + 1)
        with store.read() as conn:
            whole = shards.until(conn, size)[0]
            stored = sum(len(tree.tile_of(conn, whole, each)) for each in tiles_of(size))
        yield figure("tiles and bundles", "bytes/ev", [stored / size])
        yield from _witnessed(place, store, log, size)


def _at(moment: datetime) -> datetime:
    return moment


def _over_years(place: Ground) -> Iterator[Figure]:
    """The same with the turn of a year in the middle of each run, against a run without."""
    count, turned, plain = place.plan.of(LEAVES, least=4_000), list[float](), list[float]()
    more = list[float]()
    with database(place, "bench_years") as store:
        log = keys.open_log(place.folder / "years", origin="bench.example/y", draw=os.urandom)
        now, begin = system_clock(), 1

        def run(clock: Clock) -> float:
            nonlocal begin
            rows = [(at, at.to_bytes(64)) for at in range(begin, begin + count)]
            begin += count
            half = count // 2
            first = seconds(partial(_log, store, log, rows[:half], partial(_at, now)))
            return first + seconds(partial(_log, store, log, rows[half:], clock))

        for turn in range(place.plan.repeat + 1):
            within, later = run(partial(_at, now)), now + YEAR
            over = run(partial(_at, later))
            now = later
            if turn:  # the first warms both sides up
                plain.append(count / within)
                turned.append(count / over)
                more.append((over - within) * 1_000)
        yield ratio("appended over a year's turn / within a year", turned, plain)
        yield figure("what the turn of a year takes", "ms", more)


def _log(
    store: Store, log: keys.Log, rows: Sequence[tuple[int, bytes]], clock: Clock = system_clock
) -> None:
    last = time.perf_counter()
    for at in range(0, len(rows), BATCH):
        with store.write() as conn:
            ledger.enqueue(conn, rows[at : at + BATCH])
        if time.perf_counter() - last >= 1:
            _publish(store, log, clock)
            last = time.perf_counter()
    _publish(store, log, clock)


def _publish(store: Store, log: keys.Log, clock: Clock = system_clock) -> None:
    with store.write() as conn:
        ledger.sequence(conn, now=clock())
    publishing.publish(store, log, now=clock())


def _copy(store: Store, begin: int, rows: Sequence[tuple[int, bytes]]) -> None:
    now = system_clock()
    for at in range(0, len(rows), BATCH):
        with (
            store.write() as conn,
            conn.cursor().copy(
                "copy bench_leaf (position, entry, at, commitment) from stdin (format binary)"
            ) as copy,
        ):
            copy.set_types(["int8", "int8", "timestamptz", "bytea"])
            for number, (entry, commitment) in enumerate(rows[at : at + BATCH], begin + at):
                copy.write_row((number, entry, now, commitment))


def _witnessed(place: Ground, store: Store, log: keys.Log, size: int) -> Iterator[Figure]:
    """A checkpoint published without and with a witness on this machine, one after the other."""
    alone, seen = list[float](), list[float]()
    with _witness(place.folder / "witness", log) as line:
        policy = log.folder / "policy"
        for _ in range(5 * place.plan.repeat):
            for taken, text in ((alone, None), (seen, line)):
                policy.unlink(missing_ok=True)
                if text:
                    policy.write_text(text)
                size += 1
                with store.write() as conn:
                    ledger.enqueue(conn, [(size, size.to_bytes(64))])
                taken.append(seconds(partial(_publish, store, log)) * 1e3)
    yield figure("published", "ms", alone[1:])
    yield figure("published with a witness", "ms", seen[1:])


@contextmanager
def _witness(folder: Path, log: keys.Log) -> Iterator[str]:
    """A witness that serves, as the policy that asks for it."""
    witness = begin_witness(folder, name="w.example/1", draw=os.urandom)
    know_log(witness, log.vkeys[0])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told = add_checkpoint(witness, body, time=int(system_clock().timestamp()))
            self.send_response(told.status)
            self.send_header("content-type", told.content_type)
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    key, port = vkey_text(witness.key.vkey), server.server_address[1]
    yield (f"log {vkey_text(log.vkeys[0])}\nwitness w {key} http://127.0.0.1:{port}/\nquorum w\n")
    server.shutdown()
    server.server_close()
    thread.join()


def _captured(place: Ground) -> Iterator[Figure]:
    """What of capture is the log: leaves hashed within it, positions and checkpoints after it."""
    shares, hashed = list[float](), list[float]()
    taker = recorder(judged=True)
    with database(place, "bench_logged") as store:
        register_cast(store)
        log = keys.open_log(place.folder / "log2", origin="bench.example/two", draw=os.urandom)
        for turn in range(place.plan.repeat + 1):
            sent = pork_reports(place.plan, turn)
            with _timed(append, "commit") as inside:
                whole = seconds(partial(take_all, store, taker, sent))
            after = seconds(partial(_publish, store, log))
            if turn:
                cost = sum(inside)
                hashed.append(100 * cost / (whole - cost))
                shares.append(100 * (cost + after) / (whole - cost))
    yield figure("leaves hashed, of capture without them", "%", hashed)
    yield figure("all of the log, of capture without it", "%", shares, goal=at_most(15))


@contextmanager
def _timed(module: Any, name: str) -> Iterator[list[float]]:
    """The seconds of each call of a function."""
    real: Callable[..., Any] = getattr(module, name)
    taken: list[float] = []

    def around(*words: Any) -> Any:
        begin = time.perf_counter()
        found = real(*words)
        taken.append(time.perf_counter() - begin)
        return found

    setattr(module, name, around)
    try:
        yield taken
    finally:
        setattr(module, name, real)


def _soon(place: Ground) -> Iterator[Figure]:
    """How long after the commit a published checkpoint has an event, and its receipts."""
    with database(place, "bench_soon") as store:
        register_cast(store)
        platform = on_store(store, Config(data_dir=Path(mkdtemp(dir=place.folder))))
        for turn in range(3):
            take_all(store, platform.recorder, pork_reports(place.plan, turn))
        publish(platform)
        with store.read() as conn:
            size = ledger.head(conn).size
        asked = [Random(at).randrange(1, size + 1) for at in range(ASKED)]
        made, own, files = list[float](), list[float](), list[bytes]()
        for at in asked:
            begin = time.process_time()
            made.append(seconds(lambda at=at: files.append(_given(platform, at))) * 1e3)
            own.append((time.process_time() - begin) * 1e3)
        for name, values in (("receipt issued", made), ("of which this process", own)):
            yield figure(name, "ms", values, goal=at_most(5))
            yield figure(f"{name}, p95", "ms", [_p95(values)], goal=at_most(5))
        trust = Trust(policy=trusting(keys.read_log(platform.config.data_dir / "log").vkeys))
        checked = [seconds(partial(verify_file, each, trust)) * 1e3 for each in files]
        yield figure("receipt verified", "ms", checked)
        yield figure("receipt", "bytes", [len(each) for each in files])
        waited = list(_latencies(place, platform))
        yield figure("commit to checkpoint", "s", waited)
        yield figure("commit to checkpoint, p95", "s", [_p95(waited)], goal=at_most(2))


def _given(platform: Platform, position: int) -> bytes:
    found = receipt(platform, position, OPERATOR)
    if found is None:
        raise LookupError(position)
    return found


def _latencies(place: Ground, platform: Platform) -> Iterator[float]:
    """The signer as it serves; reports come at moments of their own."""
    stop = threading.Event()
    signer = threading.Thread(target=keep_publishing, args=(platform, stop))
    signer.start()
    draw = Random(7)
    for turn in range(place.plan.of(MOMENTS, least=20)):
        time.sleep(draw.uniform(0, 1.2))
        take_all(platform.store, platform.recorder, pork_reports(place.plan, 100 + turn)[:1])
        begin = time.perf_counter()
        with platform.store.read() as conn:
            (wanted,) = conn.execute(
                "select (select size from ledger.head) + (select coalesce(sum(cardinality(entries))"
                ", 0)::bigint from ledger.queue)"
            ).fetchall()[0]
        while _published(platform) < wanted:
            time.sleep(0.01)
        yield time.perf_counter() - begin
    stop.set()
    signer.join()


def _published(platform: Platform) -> int:
    with platform.store.read() as conn:
        found = publishing.published(conn)
    return found.size if found else 0


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]
