"""The largest document that is taken: ten thousand events in thirty megabytes, within bounds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RLIMIT_FSIZE, prlimit

from running import Report, Serving, eventually
from sending import document, event
from wholeness import lag, look

MOST_EVENTS = 10_000
MEGABYTE = 1_000_000


def filled(number: int, size: int) -> dict[str, object]:
    """An event of about that many bytes: long remarks, all different."""
    told = event(number)
    remark = f"{number:07d} 随货同行 " * 8
    return told | {f"suyuan:remark{n}": f"{n}{remark}" for n in range(size // 210)}


def peak_memory(pid: int) -> int:
    """The most that the process ever had in memory, in bytes (proc_pid_status, VmHWM)."""
    (line,) = (
        line
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        if line.startswith("VmHWM")
    )
    return int(line.split()[1]) * 1024


def test_thirty_megabytes_of_events_are_taken_while_others_are_answered(
    serving: Serving, report: Report
) -> None:
    large = document(*(filled(number, 2_800) for number in range(MOST_EVENTS)))
    assert 28 * MEGABYTE < len(large) <= 32 * 1024 * 1024
    before = peak_memory(serving.pid)
    waits: list[float] = []
    done = threading.Event()

    def others() -> None:
        while not done.is_set():
            begin = time.monotonic()
            assert serving.ask("GET", "/healthz").status == 200
            waits.append(time.monotonic() - begin)

    other = threading.Thread(target=others)
    other.start()
    begin = time.monotonic()
    answer = serving.capture(large, request_key="large")
    took = time.monotonic() - begin
    done.set()
    other.join()

    assert answer.status == 202, answer
    assert len({told["position"] for told in answer.body["events"]}) == MOST_EVENTS
    assert eventually(lambda: lag(serving.dsn) == 0, seconds=60)
    assert look(serving.dsn).faults == {}
    peak = peak_memory(serving.pid)
    report(
        f"{len(large) / MEGABYTE:.0f} MB, {MOST_EVENTS} events in {took:.1f} s; server's memory "
        f"{before / MEGABYTE:.0f} MB before, {peak / MEGABYTE:.0f} MB at most; "
        f"others waited {max(waits):.2f} s at most"
    )
    assert took <= 60
    assert peak <= 1_500 * MEGABYTE
    assert max(waits) <= 10


def test_one_event_more_is_refused_whole_and_leaves_only_its_result(serving: Serving) -> None:
    answer = serving.capture(
        document(*(event(number) for number in range(MOST_EVENTS + 1))), request_key="more"
    )
    assert answer.status == 413
    assert "detail_zh" in answer.body
    found = look(serving.dsn)
    assert (found.record, found.faults) == ([], {})


@contextmanager
def no_larger_file(pid: int, size: int) -> Iterator[None]:
    """A process that may write no file beyond so many bytes, as where a disk is full."""
    before = prlimit(pid, RLIMIT_FSIZE)
    prlimit(pid, RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        prlimit(pid, RLIMIT_FSIZE, before)


def test_what_the_temporary_folder_has_no_room_for_is_refused_whole_and_taken_once_it_has(
    serving: Serving,
) -> None:
    large = document(*(filled(number, 2_800) for number in range(1_000)))
    assert len(large) > 2 * MEGABYTE
    headers = {"Content-Type": "application/ld+json"}
    with no_larger_file(serving.pid, 2 * MEGABYTE):
        for path in ("/capture", "/events", "/convert?to=xml"):
            answer = serving.ask("POST", path, large, headers=headers)
            assert (answer.status, answer.body["rule"]) == (507, "http.no-room"), path
            assert all(answer.body[part] for part in ("detail_zh", "detail_en", "cure_zh"))
        refused = serving.capture(large, request_key="large")
        assert refused.status == 507
        small = serving.capture(document(event(5_000)), request_key="small")
        assert small.status == 202, "what is held in memory needs no room"
    assert len(look(serving.dsn).record) == 1
    assert serving.capture(large, request_key="large").status == 202
    assert eventually(lambda: lag(serving.dsn) == 0, seconds=60)
    found = look(serving.dsn)
    assert (len(found.record), found.faults) == (1_001, {})
