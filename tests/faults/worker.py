"""Does one piece of work in a process that is there to be killed.

A process that has loaded everything waits for orders, a line of JSON each, and forks a child for
each. The child gets ready, says its number and waits for SIGUSR1; what it then does is what the
fault falls into. What it says after the work was done is its acknowledgement.
"""

import functools
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import shim
from faulty import document

from suyuan import index, ledger
from suyuan.capture import OnRefusal, Options
from suyuan.families import load_families
from suyuan.kit.clock import Clock, system_clock
from suyuan.ledger import keys
from suyuan.ledger.witnessing import add_checkpoint, open_witness
from suyuan.record.types import Decision
from suyuan.service import (
    Config,
    Platform,
    backup,
    capture,
    erase,
    local_capturer,
    log_of,
    mirror_to,
    on_store,
    prune,
    publish,
    restore,
    resume,
)
from suyuan.service import platform as opening
from suyuan.store import StoreSettings, open_store

Order = dict[str, Any]
Work = Callable[[Platform, Order], str]


def take(platform: Platform, order: Order) -> str:
    """Record a document."""
    number = int(order["number"])
    options = Options(on_refusal=OnRefusal.PROCEED, request_key=f"fault-{number}")
    done = capture(platform, document(number), local_capturer(platform, None), options)
    return str(len(done.events))


def sequence(platform: Platform, _order: Order) -> str:
    """Give positions to what waits."""
    with platform.store.write() as conn:
        return str(ledger.sequence(conn, now=platform.clock()).last)


def sign(platform: Platform, _order: Order) -> str:
    """Sign and publish."""
    return str(publish(platform).size)


def turn(platform: Platform, _order: Order) -> str:
    """Open the shard of a new year, sign the one before to its end, and begin with the new one."""
    return str(publish(platform).shard)


def tiles(platform: Platform, order: Order) -> str:
    """Write the log as files."""
    return str(mirror_to(platform, Path(order["target"])))


def begin(platform: Platform, order: Order) -> str:
    """Begin a log in a new folder, and rotate its key."""
    log = keys.open_log(Path(order["target"]), origin="log.example/f", draw=platform.draw)
    return keys.rotate(log, draw=platform.draw).origin


def follow(platform: Platform, _order: Order) -> str:
    """Let the index catch up."""
    return str(index.catch_up(platform.store))


def save(platform: Platform, order: Order) -> str:
    """Back everything up."""
    return str(backup(platform, Path(order["target"])).entries)


def destroy(platform: Platform, order: Order) -> str:
    """Destroy an event by a decision."""
    decision = Decision(by=order["event"], ground="a court's order")
    return str(erase(platform, order["event"], decision).positions)


def withhold(platform: Platform, _order: Order) -> str:
    """Withhold old entries."""
    return str(prune(platform).first)


def go_on(platform: Platform, order: Order) -> str:
    """Let keys from a backup sign again, and sign."""
    resume(platform, order["newest"].encode())
    return str(publish(platform).size)


def unpack(platform: Platform, order: Order) -> str:
    """Put the keys of a backup into a folder."""
    files = keys.packed(log_of(platform))
    keys.unpack(Path(order["target"]), files, at="2026-03-01", faults=0)
    return "unpacked"


def cosign(_platform: Platform, order: Order) -> str:
    """Cosign a checkpoint of a log."""
    witness = open_witness(Path(order["target"]))
    answer = add_checkpoint(witness, order["request"].encode(), time=order["time"])
    if answer.status != OK:
        raise AssertionError(answer.body)
    return str(answer.status)


OK = 200
WORK: dict[str, Work] = {
    "capture": take,
    "sequencer": sequence,
    "signer": sign,
    "turn": turn,
    "tiles": tiles,
    "keys": begin,
    "index": follow,
    "backup": save,
    "witness": cosign,
    "erase": destroy,
    "prune": withhold,
    "rule-file": sign,
    "resume": go_on,
    "unpack": unpack,
}


def say(line: str) -> None:
    """One line, whole."""
    os.write(1, f"{line}\n".encode())


def work(order: Order) -> None:
    """Get ready, wait, do it, say so."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    folder = Path(order["folder"])
    if order["component"] == "restore":
        config = Config(data_dir=folder, database_url=order["dsn"])
        _await(order)
        say(f"acked {restore(config, Path(order['source'])).entries}")
        return
    patience = float(order.get("patience", StoreSettings(data_dir=folder).pool_timeout))
    settings = StoreSettings(
        data_dir=folder, database_url=order["dsn"], pool_max=1, pool_timeout=patience
    )
    with open_store(settings) as store:
        config = Config(data_dir=folder, database_url=order["dsn"])
        platform = on_store(store, config, clock=_clock(order))
        log_of(platform)
        _await(order)
        for _ in range(int(order.get("times", 1))):
            say(f"acked {WORK[order['component']](platform, order)}")
        shim.disarm()


def _clock(order: Order) -> Clock:
    at = order.get("at")
    return system_clock if at is None else lambda: datetime.fromisoformat(at)


def _await(order: Order) -> None:
    say(f"ready {os.getpid()}")
    signal.sigwait({signal.SIGUSR1})
    if order["shim"] is not None:
        shim.arm(*order["shim"])


def main() -> None:
    """Fork a child for each order, and say how it ended."""
    cached = functools.cache(load_families)
    cached()
    patch.object(opening, "load_families", cached).start()
    psycopg.pq.version()
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work(json.loads(line))
                code = 0
            except BaseException as error:  # noqa: BLE001 -- whatever the fault became, it is told
                shim.disarm()
                say(f"failed {type(error).__name__}: {str(error).splitlines()[:1]}")
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        say(f"ended {status}")


if __name__ == "__main__":
    main()
