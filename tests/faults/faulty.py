"""What a fault is, how it is put into a process, and what became of the process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any, Final, NamedTuple

WORKER: Final = Path(__file__).with_name("worker.py")
EVENTS: Final = 3
IDS: Final = 10
"""How many events a document may have before its ids are those of the next."""
PATIENCE: Final = 300.0
"""Seconds for anything that comes for certain, on however busy a machine."""

# The same thing has another name on other machines; each has one of them.
SPELLED: Final = {
    "rename": "?rename,?renameat,?renameat2",
    "unlink": "?unlink,?unlinkat",
    "poll": "?poll,?ppoll,?select,?pselect6,?epoll_wait,?epoll_pwait",
}


class Point(NamedTuple):
    """A fault: which component, the how-manieth of which system call, and how it goes wrong."""

    component: str
    call: str
    when: int
    kind: str

    def __str__(self) -> str:
        return f"{self.component} {self.call} #{self.when} {self.kind}"


class Outcome(NamedTuple):
    """What became of the work: whether the fault was met, and what was acknowledged before."""

    met: bool
    acked: tuple[str, ...]
    failure: str
    status: int


def document(number: int, count: int = EVENTS) -> bytes:
    """A document of events, the same for the same number; of many, with the next ones' ids."""
    events = [
        {
            "type": "ObjectEvent",
            "eventID": event_id(number, place),
            "action": "OBSERVE",
            "eventTime": "2026-03-01T10:00:00+08:00",
            "eventTimeZoneOffset": "+08:00",
            "bizStep": "inspecting",
            "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.0"},
            "epcList": [f"urn:epc:id:sgtin:6901234.056789.{number * IDS + place}"],
        }
        for place in range(count)
    ]
    body = {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T10:00:00+08:00",
        "epcisBody": {"eventList": events},
    }
    return json.dumps(body).encode()


def event_id(number: int, place: int) -> str:
    """The id of an event of a document."""
    return f"urn:uuid:00000000-0000-4000-8000-{number * IDS + place:012}"


def can_trace() -> bool:
    """Whether strace is here and may look into our own children."""
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(
        ["strace", "-qq", "-e", "trace=none", sys.executable, "-S", "-c", ""],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


class Workers:
    """A process that forks workers, and the faults that are put into them."""

    def __init__(self, folder: Path, *, traced: bool) -> None:
        self._folder, self._traced = folder, traced
        self._errors = (folder / "worker.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-B", str(WORKER)],  # no bytecode, whose writing would be counted too
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._said: Queue[str] = Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line.decode().strip())

    def close(self) -> None:
        """End it, and wait for its end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._listener.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()

    def run(
        self, point: Point | None, *, first: Callable[[], object] = lambda: None, **order: Any
    ) -> Outcome:
        """Do the work with a fault in it, or with none; `first` is done once it is ready to."""
        component = point.component if point else order.pop("component")
        inside = [point.call, point.kind, point.when] if point and not self._traced else None
        before = self._log()
        self._order({"component": component, "shim": inside, **order})
        pid = int(self._next("ready ").split()[1])
        first()
        with self._fault(point, pid) as trace:
            os.kill(pid, signal.SIGUSR1)
            lines = self._until_ended()
        found = trace.read_text(errors="replace") if trace else self._log()[len(before) :]
        return _outcome(point, lines, met=_was_met(point, found, lines))

    def _order(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def _log(self) -> str:
        return (self._folder / "worker.log").read_text(errors="replace")

    def _next(self, start: str) -> str:
        line = self._said.get(timeout=PATIENCE)
        assert line.startswith(start), (line, self._log())
        return line

    def _until_ended(self) -> list[str]:
        lines = [self._said.get(timeout=PATIENCE)]
        while not lines[-1].startswith("ended "):
            lines.append(self._said.get(timeout=PATIENCE))
        return lines

    @contextmanager
    def _fault(self, point: Point | None, pid: int) -> Iterator[Path | None]:
        """Attach strace to the worker's own thread; it says `attached` when it holds it."""
        if point is None or not self._traced:
            yield None
            return
        calls = SPELLED.get(point.call, point.call)
        fault = "signal=KILL" if point.kind == "KILL" else f"error={point.kind}"
        asked = ["-e", f"trace={calls}", "-e", f"inject={calls}:{fault}:when={point.when}"]
        with self._strace(pid, *asked) as trace:
            yield trace

    @contextmanager
    def _strace(self, pid: int, *asked: str) -> Iterator[Path]:
        trace = self._folder / "trace"
        with subprocess.Popen(
            ["strace", "-o", str(trace), *asked, "-p", str(pid)],
            stderr=subprocess.PIPE,
            text=True,
        ) as strace:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            assert "attached" in said, said
            yield trace

    def watched(self, component: str, calls: Iterable[str], **order: Any) -> list[str]:
        """The work without a fault: each of these calls, in their order, with its files."""
        asked = ",".join(SPELLED.get(each, each) for each in calls)
        self._order({"component": component, "shim": None, **order})
        pid = int(self._next("ready ").split()[1])
        with self._strace(pid, "-y", "-s", "10000", "-e", f"trace={asked}") as trace:
            os.kill(pid, signal.SIGUSR1)
            lines = self._until_ended()
        assert lines[-1] == "ended 0", lines
        return trace.read_text(errors="replace").splitlines()


def _was_met(point: Point | None, found: str, lines: list[str]) -> bool:
    if point is None:
        return False
    killed = int(lines[-1].split()[1]) == signal.SIGKILL
    return killed if point.kind == "KILL" else "(INJECTED)" in found


def _outcome(point: Point | None, lines: list[str], *, met: bool) -> Outcome:
    acked = tuple(line.removeprefix("acked ") for line in lines if line.startswith("acked "))
    failure = next((line for line in lines if line.startswith("failed ")), "")
    status = int(lines[-1].split()[1])
    assert point is None or met or not failure, (str(point), lines)
    return Outcome(met, acked, failure, status)
