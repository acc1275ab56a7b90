"""One thing that is not as it should be: where, what, and what mends it."""

from msgspec import Struct

from suyuan.kit.text import Text


class Damage(Struct, frozen=True, kw_only=True):
    """A stable code for programs, the place (a row, a file, a position), the fault and its cure."""

    code: str
    place: str
    text: Text
    cure: Text
    event: str | None = None
    position: int | None = None
