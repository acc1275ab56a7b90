"""How often the garbage collector looks for cycles, for a process that makes almost none."""

import gc
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
