"""A process for one picture: its bytes on standard input, what is in it as JSON on standard output.

    python -I -m suyuan.pictures.child LIMITS < picture

Its memory and processor time are limited before it reads. A picture that takes more ends the
process; that is all it ends. macOS does not enforce the limit of memory.
"""

import resource
import sys
import traceback
from contextlib import suppress

import msgspec

from suyuan.pictures.read import read_picture
from suyuan.pictures.types import Failed, PictureError, PictureLimits, Read, Refused, too_much


def main() -> None:
    """Read one picture within the limits that the first argument says."""
    limits = msgspec.json.decode(sys.argv[1], type=PictureLimits)
    _limit(resource.RLIMIT_AS, limits.memory)
    _limit(resource.RLIMIT_CPU, limits.processor)
    _limit(resource.RLIMIT_CORE, 0)  # a picture is not kept, in the image of a crash neither
    import zxingcpp  # noqa: F401, PLC0415 -- while there is memory for it

    answer = _answer(sys.stdin.buffer.read(), limits)
    sys.stdout.buffer.write(msgspec.json.encode(answer))


def _answer(data: bytes, limits: PictureLimits) -> Read | Refused | Failed:
    try:
        return Read(read_picture(data, limits))
    except MemoryError:
        error = too_much()
    except PictureError as refusal:
        error = refusal
    except Exception as fault:  # noqa: BLE001 -- handed to the parent, which raises it
        return Failed(type(fault).__name__, traceback.format_exc())
    return Refused(error.code, error.text, error.place, error.status)


def _limit(kind: int, most: int) -> None:
    """Never above what the system allows; where it knows no such limit there is none."""
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
