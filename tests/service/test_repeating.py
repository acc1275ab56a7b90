"""Work of a server's threads: done again and again, less often while it fails."""

import threading

import structlog
from structlog.testing import capture_logs

from suyuan.service import repeating


class Rounds(threading.Event):
    """Lets so many rounds pass at once, and keeps how long each was to wait."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.waits = most, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return len(self.waits) > self.most


def test_after_failures_it_waits_ever_longer_and_after_success_as_before() -> None:
    outcomes, rounds = iter([None, KeyError(), KeyError(), KeyError(), KeyError(), None]), Rounds(6)

    def work() -> None:
        if (error := next(outcomes)) is not None:
            raise error

    failed = repeating.logged(structlog.get_logger("test"), "work.failed", patience=5.0)
    with capture_logs() as told:
        repeating.keep_on(work, rounds, every=1.0, failed=failed)
    assert rounds.waits == [1.0, 1.0, 2.0, 4.0, 5.0, 5.0, 1.0]
    assert [(each["event"], type(each["exc_info"])) for each in told] == [
        ("work.failed", KeyError)
    ] * 4


def test_what_is_told_to_stop_does_nothing_more() -> None:
    stop, done = threading.Event(), list[int]()

    def work() -> None:
        done.append(1)
        stop.set()

    repeating.keep_on(work, stop, every=0.0, failed=lambda _: 0.0)
    repeating.keep_on(work, stop, every=0.0, failed=lambda _: 0.0)
    assert done == [1]
