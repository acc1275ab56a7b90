"""The largest document that is taken: ten thousand events in thirty megabytes, within bounds."""

import threading
import time
from pathlib import Path

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
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
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
