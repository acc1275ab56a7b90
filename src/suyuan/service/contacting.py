"""Takes holdings and windows of days; gives their contacts, from what the viewer may see."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, unquote

from msgspec import Struct
from msgspec.structs import asdict, replace

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.model import Viewer
from suyuan.service.asking import subjects
from suyuan.service.contact_roots import UNKNOWN, Looked, Root, meant, roots_meant
from suyuan.service.networking import base_at
from suyuan.service.platform import Platform
from suyuan.service.supposing import MovedBy, Sight, Supposing, is_by_share, supposed
from suyuan.store import ReadConnection
from suyuan.trace import contact_types, resting
from suyuan.trace.types import Cost
from suyuan.wire.movements import holding_uri

if TYPE_CHECKING:
    from suyuan.network.chains import Moves
    from suyuan.trace import contact_chains, site_arrays

_BACKWARDS: Final = Text(
    "时间窗的止 {end} 早于起 {begin}；请对调或改正。",
    "The window ends on {end}, before it begins on {begin}; turn them round, or correct them.",
)
_A_DAY: Final = 86_400
_DAYS: Final = Text(
    "往来按天算：停留时间请写整天，如 3d 或 3天。",
    "Contacts go by days: give whole days of stay, such as 3d.",
)
_SEEN: Final = Text("您能看到的记录里：", "In the records that you may see: ")
_MOVES: Final = Text("这些天有 {count} 份移动报告", "{count:report|reports} of moves in these days")
_SPANS: Final = Text("，{count} 份的日期不止一天", "; of more than one day: {count}")
_HELD: Final = Text("，{count} 份待查", "; held: {count}")
_ONE_ENDED: Final = Text(
    "；另有 {count} 份只知道一头，不在链上",
    "; of {count} more only one end is known, and they are on no chain",
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


def contacts(  # noqa: PLR0913 -- a question, by name
    platform: Platform,
    roots: Sequence[str] | None,
    windows: Windows,
    viewer: Viewer,
    *,
    issuer: str,
    minutes: int,
    distances: bool = False,
    rest: resting.Rest = resting.Rest(),  # noqa: B008 -- frozen
    supposing: Supposing | None = None,
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[contact_types.Contacts]:
    """Degrees and contact chains of every root, in the order given; None asks for all holders.

    A root is meant by its code, however that is written, or by its number in the register
    `issuer`; a party, by its code, stands for its sites as one. All holders are called alike in the
    answer, by that number or else by their canonical name; a root that moved nowhere as it was
    asked, with a person's number in it hidden. The windows mean days on a clock
    `minutes` east of UTC. `distances` adds each contact with the fewest moves that lead there;
    `rest` is assumed, in whole days; `supposing` adds what would be so.

    Raises:
        SuyuanError: `contacts.window`, one ends before it begins; `contacts.days`, a stay is not of
            whole days; `trace.rest`, nothing could pass; those of `supposed`; `contacts.risk`,
            chances are asked under an assumed stay.
    """
    _forward(windows)
    require_days(rest)
    with platform.store.read() as conn:
        known = known_moves(
            platform, conn, windows, viewer, minutes=minutes, by_share=is_by_share(supposing)
        )
        seen = known.sites.seen()
        if roots is None:
            asked = [Root(name) for name in seen]
        else:
            looked = Looked(platform, conn, viewer, issuer, frozenset(seen))
            coded = any(called(name, issuer) == name for name in seen)
            asked = roots_meant(looked, roots, coded=coded)
    would_be = supposed_of(platform, known, viewer, issuer, supposing, roots=len(asked))
    found = found_of(
        known, asked, windows, rest=rest, distances=distances, supposed=would_be, advance=advance
    )
    about = known.about(rest)
    return [_as_called(one, issuer, about) for one in found]


def require_days(rest: resting.Rest) -> None:
    """That a stay is of whole days: contacts know no hours.

    Raises:
        SuyuanError: `contacts.days`; `trace.rest`, nothing could pass.
    """
    for name, seconds in (("hold_for", rest.hold_for), ("stay_at_most", rest.stay_at_most)):
        if seconds and seconds % _A_DAY:
            raise SuyuanError("contacts.days", _DAYS, name)
    resting.require_possible(rest)


class Known(Struct, frozen=True, eq=False):
    """The moves that a viewer may see, what is not sure of them, and how far they are known.

    If the moves have shares, `unweighed` are those of which amounts do not tell them.
    """

    windows: Windows
    sites: "site_arrays.SiteNetwork"
    moves: "Moves"
    doubts: "contact_chains.Doubts"
    completeness: contact_types.MovesKnown
    cost: Cost
    unweighed: int = 0

    def about(self, rest: resting.Rest) -> dict[str, Any]:
        """What every answer drawn from these moves says of itself."""
        return {
            **asdict(self.windows),
            "position": self.sites.net.position,
            "completeness": self.completeness,
            "cost": self.cost,
            "assumptions": resting.assumed(rest),
        }


def known_moves(
    platform: Platform,
    conn: ReadConnection,
    windows: Windows,
    viewer: Viewer,
    *,
    minutes: int,
    by_share: bool = False,
) -> Known:
    """What the record has of moves between holders, on a clock `minutes` east of UTC.

    With `by_share` also which share of what left its source each carried.
    """
    from suyuan.trace import move_shares, site_arrays  # noqa: PLC0415 -- loads numpy

    kept = base_at(platform, viewer.tenant)
    offset = timedelta(minutes=minutes)
    secret = platform.recorder.secret
    first, last = min(windows.in_begin, windows.out_begin), max(windows.in_end, windows.out_end)
    days = contact_types.Days(first, last, offset)
    sites = site_arrays.site_network(conn, viewer, secret=secret, kept=kept)
    unsure = site_arrays.unsure(conn, sites, viewer, secret=secret, days=days)
    moves, unweighed = sites.moves(offset), 0
    if by_share:
        told = move_shares.move_shares(conn, sites, viewer, secret=secret, days=days)
        moves, unweighed = replace(moves, share=told.share), told.unweighed
    return Known(
        windows=windows,
        unweighed=unweighed,
        sites=sites,
        moves=moves,
        doubts=unsure.doubts,
        completeness=_completeness(unsure, viewer),
        cost=Cost(facts=len(moves.day), links=unsure.movements, rounds=1),
    )


def found_of(
    known: Known,
    roots: Sequence[Root],
    windows: Windows,
    *,
    rest: resting.Rest,
    distances: bool,
    supposed: contact_types.Supposed,
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[contact_types.Contacts]:
    """The contacts of roots by canonical names, in order, all of them by one search."""
    from suyuan.trace import contacts as chains_of  # noqa: PLC0415 -- loads numpy

    joined = {each.name: each.joined for each in roots if each.joined is not None}
    told = chains_of(
        known.sites.names,
        known.moves,
        [each.name for each in roots],
        window_in=(windows.in_begin, windows.in_end),
        window_out=(windows.out_begin, windows.out_end),
        doubts=known.doubts,
        rest=rest,
        distances=distances,
        supposed=supposed,
        joined=[*joined.values()],
        advance=advance,
    )
    return [
        replace(one, sites=root.sites, unknown=None if root.seen else UNKNOWN)
        if root.sites or not root.seen
        else one
        for one, root in zip(told, roots, strict=True)
    ]


def supposed_of(
    platform: Platform,
    known: Known,
    viewer: Viewer,
    issuer: str,
    told: Supposing | None,
    *,
    roots: int,
) -> contact_types.Supposed:
    """What is supposed of these moves; nothing, where nothing was told.

    Raises:
        SuyuanError: those of `supposed`.
    """
    if told is None:
        return contact_types.Supposed()
    found = supposed(told, _sight(platform, known.sites, viewer, issuer), roots=roots)
    if found.passing is None:
        return found
    return replace(found, passing=replace(found.passing, unweighed=known.unweighed))


def _sight(
    platform: Platform, sites: "site_arrays.SiteNetwork", viewer: Viewer, issuer: str
) -> Sight:
    """Whom and what a text means among all that the viewer sees of these moves."""
    seen = frozenset(sites.seen())

    def named(text: str) -> str | None:
        return next((name for name in meant(platform, text, issuer) if name in seen), None)

    def moved(texts: Sequence[str]) -> MovedBy:
        if not texts:
            return {}
        from suyuan.trace import site_arrays  # noqa: PLC0415 -- loads numpy

        things = zip(texts, subjects(platform, texts, viewer), strict=True)
        known = {text: thing.canonical for text, thing in things if thing is not None}
        with platform.store.read() as conn:
            found = site_arrays.moved_alone(conn, sites, sorted(set(known.values())))
        return {text: found[name] for text, name in known.items()}

    return Sight(named, moved)


def called(name: str, issuer: str) -> str:
    """A holder's number in the register `issuer`, or the name if that is made of none."""
    stem = holding_uri(issuer, "")
    number = unquote(name.removeprefix(stem))
    return number if name == stem + quote(number, safe="") and ":" not in number else name


_Value = TypeVar("_Value")


def _as_called(
    found: contact_types.Contacts, issuer: str, about: Mapping[str, Any]
) -> contact_types.Contacts:
    """With the register's own numbers in place of the names made of them, and what is said of it.

    In one reading and another mostly the same are found.
    """

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

    def reading(of: contact_types.Reading | None) -> contact_types.Reading | None:
        return of and replace(of, ingoing=each(of.ingoing), outgoing=each(of.outgoing))

    certain = reading(found.certain)
    return replace(
        found,
        **about,
        root=privacy.masked(called(found.root, issuer)),
        sites=tuple(privacy.masked(called(site, issuer)) for site in found.sites),
        ingoing=each(found.ingoing),
        outgoing=each(found.outgoing),
        certain=certain,
        possible=certain if found.possible is found.certain else reading(found.possible),
        without=without,
        risk=risk,
    )


def _completeness(unsure: "site_arrays.Unsure", viewer: Viewer) -> contact_types.MovesKnown:
    parts = [
        *([] if viewer.sees_all else [_SEEN]),
        _MOVES.format(count=unsure.movements),
        *([_SPANS.format(count=unsure.spans)] if unsure.spans else []),
        *([_HELD.format(count=unsure.held)] if unsure.held else []),
        *([_ONE_ENDED.format(count=unsure.one_ended)] if unsure.one_ended else []),
    ]
    return contact_types.MovesKnown(
        summary=Text("".join(part.zh for part in parts), "".join(part.en for part in parts)),
        movements=unsure.movements,
        spans=unsure.spans,
        held=unsure.held,
        one_ended=unsure.one_ended,
    )


def _forward(windows: Windows) -> Windows:
    for side in ("in", "out"):
        begin, end = getattr(windows, f"{side}_begin"), getattr(windows, f"{side}_end")
        if end < begin:
            text = _BACKWARDS.format(begin=begin, end=end)
            raise SuyuanError("contacts.window", text, f"{side}_end")
    return windows
