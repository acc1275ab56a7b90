"""Takes holdings and windows of days; gives their contacts, from what the viewer may see."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, unquote

from msgspec import Struct
from msgspec.structs import replace

from suyuan.codes import privacy, recognise
from suyuan.kit import SuyuanError, Text
from suyuan.model import Viewer
from suyuan.service.asking import subjects
from suyuan.service.networking import base_at
from suyuan.service.platform import Platform
from suyuan.service.supposing import Sight, Supposing, supposed
from suyuan.trace import contact_types
from suyuan.wire.movements import holding_uri

if TYPE_CHECKING:
    from suyuan.trace import site_arrays

_BACKWARDS: Final = Text(
    "时间窗的止 {end} 早于起 {begin}；请对调或改正。",
    "The window ends on {end}, before it begins on {begin}; turn them round, or correct them.",
)


DAYS: Final = 21
"""So many days are looked at where none are given: three weeks, what is usual for outbreaks."""


class Windows(Struct, frozen=True, kw_only=True):
    """The days asked of: what came in, and what went out; all four included."""

    in_begin: date
    in_end: date
    out_begin: date
    out_end: date


def windows(
    today: date,
    *,
    in_begin: date | None = None,
    in_end: date | None = None,
    out_begin: date | None = None,
    out_end: date | None = None,
) -> Windows:
    """The days asked of; where none is given, the 21 up to the last, and that is today.

    Raises:
        SuyuanError: `contacts.window`, one ends before it begins.
    """
    last_in, last_out = in_end or today, out_end or today
    return _forward(
        Windows(
            in_begin=in_begin or _before(last_in),
            in_end=last_in,
            out_begin=out_begin or _before(last_out),
            out_end=last_out,
        )
    )


def _before(last: date) -> date:
    return date.fromordinal(max(last.toordinal() - DAYS + 1, 1))


def contacts(  # noqa: PLR0913 -- of whom, as who and on what terms, by name
    platform: Platform,
    roots: Sequence[str] | None,
    windows: Windows,
    viewer: Viewer,
    *,
    issuer: str,
    minutes: int,
    distances: bool = False,
    supposing: Supposing | None = None,
) -> list[contact_types.Contacts]:
    """Degrees and contact chains of every root, in the order given; None asks for all holders.

    A root is meant by its code, however that is written, or by its number in the register
    `issuer`. All holders are called alike in the answer, by that number or else by their canonical
    name; a root that moved nowhere as it was asked, with a person's number in it hidden. The
    windows mean days on a clock `minutes` east of UTC. `distances` adds each contact with the
    fewest moves that lead there; `supposing`, what would be so.

    Raises:
        SuyuanError: `contacts.window`, one ends before it begins; those of `supposed`.
    """
    _forward(windows)
    from suyuan.trace import contacts as contact_chains  # noqa: PLC0415 -- loads numpy
    from suyuan.trace import site_network  # noqa: PLC0415

    kept = base_at(platform, viewer.tenant)
    with platform.store.read() as conn:
        sites = site_network(conn, viewer, secret=platform.recorder.secret, kept=kept)
    moves = sites.moves(timedelta(minutes=minutes))
    seen = sites.seen()
    names = seen if roots is None else list(_those_meant(platform, roots, issuer, frozenset(seen)))
    found = contact_chains(
        sites.names,
        moves,
        names,
        window_in=(windows.in_begin, windows.in_end),
        window_out=(windows.out_begin, windows.out_end),
        distances=distances,
        supposed=supposed(
            supposing or Supposing(), sight(platform, sites, viewer, issuer), roots=len(names)
        ),
    )
    return [_as_called(one, issuer) for one in found]


def meant(platform: Platform, root: str, issuer: str) -> Iterator[str]:
    """The canonical names that a text may be, the plainest first."""
    yield root
    yield holding_uri(issuer, root)
    for each in recognise(root, platform.config.resolvers):
        yield each.canonical


def sight(
    platform: Platform, sites: "site_arrays.SiteNetwork", viewer: Viewer, issuer: str
) -> Sight:
    """Whom and what a text means among all that the viewer sees of these moves."""
    seen = frozenset(sites.seen())

    def named(text: str) -> str | None:
        return next((name for name in meant(platform, text, issuer) if name in seen), None)

    def moved(text: str) -> tuple[int, ...]:
        from suyuan.trace import site_arrays  # noqa: PLC0415 -- loads numpy

        (thing,) = subjects(platform, [text], viewer)
        if thing is None:
            return ()
        with platform.store.read() as conn:
            return site_arrays.moved_alone(conn, sites, [thing.canonical])[thing.canonical]

    return Sight(named, moved)


def _those_meant(
    platform: Platform, roots: Sequence[str], issuer: str, seen: Collection[str]
) -> Iterator[str]:
    """Of each root the holder seen that it means, else what it is as it stands.

    Where all are numbers of the register no root is read as a code: a million would take minutes.
    """
    coded = any(called(name, issuer) == name for name in seen)
    for root in roots:
        plain = root if ":" in root else holding_uri(issuer, root)
        may_be = meant(platform, root, issuer) if coded else (plain,)
        yield next((name for name in may_be if name in seen), plain)


def called(name: str, issuer: str) -> str:
    """A holder's number in the register `issuer`, or the name if that is made of none."""
    stem = holding_uri(issuer, "")
    number = unquote(name.removeprefix(stem))
    return number if name == stem + quote(number, safe="") and ":" not in number else name


_Value = TypeVar("_Value")


def _as_called(found: contact_types.Contacts, issuer: str) -> contact_types.Contacts:
    """With the register's own numbers in place of the names made of them."""

    def each(of: dict[str, _Value] | None) -> dict[str, _Value] | None:
        return None if of is None else {called(name, issuer): value for name, value in of.items()}

    def all_(of: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if of is None else tuple(called(name, issuer) for name in of)

    without, risk = found.without, found.risk
    if without is not None:
        without = replace(
            without,
            spared_ingoing=all_(without.spared_ingoing),
            spared_outgoing=all_(without.spared_outgoing),
        )
    if risk is not None:
        ways = {
            way: replace(passed, contacts=each(passed.contacts))
            for way, passed in (("ingoing", risk.ingoing), ("outgoing", risk.outgoing))
        }
        risk = replace(risk, **ways)
    return replace(
        found,
        root=privacy.masked(called(found.root, issuer)),
        ingoing=each(found.ingoing),
        outgoing=each(found.outgoing),
        without=without,
        risk=risk,
    )


def _forward(windows: Windows) -> Windows:
    for side in ("in", "out"):
        begin, end = getattr(windows, f"{side}_begin"), getattr(windows, f"{side}_end")
        if end < begin:
            text = _BACKWARDS.format(begin=begin, end=end)
            raise SuyuanError("contacts.window", text, f"{side}_end")
    return windows
