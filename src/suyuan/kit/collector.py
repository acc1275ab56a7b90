"""How often the garbage collector looks for cycles, for a process that makes almost none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

# Documents of a thousand events make and drop their objects in one breath: looking at each
# generation of 700 took half of the time of capture, and found nothing.
_THRESHOLDS: Final = (50_000, 20, 50)


def settle() -> None:
    """Leave what is loaded alone for ever, and look for cycles rarely; once, at the start.

    Memory is freed by counting references as ever; only cycles, which our frozen structs cannot
    form, wait longer. For whoever owns the process: `main`, and programs that measure.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


_PAUSING: Final = Lock()


@contextmanager
def paused() -> Iterator[None]:
    """Do not look for cycles in the block, which makes very much that lives to its end.

    Of blocks in several threads at once the first decides: however many follow one another, it is
    looked again when it ends.
    """
    if not gc.isenabled() or not _PAUSING.acquire(blocking=False):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        _PAUSING.release()
