"""Takes holdings and windows of days; gives their contacts, from what the viewer may see."""

from collections.abc import Sequence
from datetime import date, timedelta, timezone

from msgspec import Struct

from suyuan.model import Viewer
from suyuan.service.platform import Platform
from suyuan.trace import contacts as contact_chains
from suyuan.trace import site_moves
from suyuan.trace.types import Contacts
from suyuan.wire.movements import holding_uri


class Windows(Struct, frozen=True, kw_only=True):
    """The days asked of: what came in, and what went out; all four included."""

    in_begin: date
    in_end: date
    out_begin: date
    out_end: date


def contacts(
    platform: Platform,
    roots: Sequence[str],
    windows: Windows,
    viewer: Viewer,
    *,
    issuer: str,
    offset: str,
) -> list[Contacts]:
    """Degrees and contact chains of every root, in the order given.

    A root is a holding's name, or its number as the register `issuer` gives it; `offset` is
    the clock whose days the windows mean.
    """
    names = [root if ":" in root else holding_uri(issuer, root) for root in roots]
    with platform.store.read() as conn:
        moves = site_moves(
            conn,
            viewer,
            secret=platform.recorder.secret,
            start=min(windows.in_begin, windows.out_begin),
            end=max(windows.in_end, windows.out_end),
            clock=_clock(offset),
        )
    return contact_chains(
        moves,
        names,
        in_begin=windows.in_begin,
        in_end=windows.in_end,
        out_begin=windows.out_begin,
        out_end=windows.out_end,
    )


def _clock(offset: str) -> timezone:
    size = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return timezone(-size if offset.startswith("-") else size)
