"""Takes what is to balance and who asks; gives accounts over a period, contradictions first."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from msgspec import Struct, structs

from suyuan.codes import all_schemes, privacy
from suyuan.families import citing, tolerances
from suyuan.kit import SuyuanError, Text
from suyuan.model import Role, Viewer
from suyuan.registry import Product, Site, directory
from suyuan.service import contact_roots
from suyuan.service.classes import class_of
from suyuan.service.platform import Platform
from suyuan.service.ruling import named_family
from suyuan.store import ReadConnection
from suyuan.trace import Direction, Question, Seed, accounts, folding, gather, sweep
from suyuan.trace.accounts.types import Allowed, Audit, Books, Holders
from suyuan.trace.types import BalanceKind, Pool

_OWN: Final = "urn:suyuan:"
_WHOLE: Final = Decimal(100)
_PERCENT = Text("允差是 0 至 100 之间的百分数。", "A tolerance is a percentage from 0 to 100.")
_NO_NUMBER = Text("允差请写成数字，如 0.5。", "Write the tolerance as a number, as 0.5.")
_BACKWARDS = Text("时间窗的起在止之后。", "The period ends before it begins.")


class BalanceAsked(Struct, frozen=True, kw_only=True):
    """Which accounts, over which period: of these things, of this party or site, of a family.

    `tolerance`, in percent, stands in for those of the families. `minutes` east of UTC is the
    clock whose days are told; so many statements are given as `most` says, of at most
    `most_facts` facts.
    """

    things: tuple[str, ...] = ()
    party: str | None = None
    site: str | None = None
    family: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    known_at: int | None = None
    tolerance: Decimal | None = None
    minutes: int = 480
    most: int = 200
    most_facts: int = 200_000


class Undrawn(StrEnum):
    """Why an account of which the viewer sees something is not drawn for it."""

    NO_PLACE = "no_place"
    """Nobody says at which place it was, or that place's division is not registered."""
    ELSEWHERE = "elsewhere"
    """Records of it are of places outside the viewer's areas."""
    OTHERS = "others"
    """It is the account of others, whose records the viewer does not see all of."""


class Balanced(Audit, frozen=True, kw_only=True):
    """The accounts, and what their parties, sites and products are called where registered.

    `undrawn` counts accounts asked for of which the viewer sees only a part, by the reason. Of the
    party and site asked about `unknown` are those at which nothing that the viewer may see was.
    """

    parties: dict[str, Text]
    sites: dict[str, Text]
    products: dict[str, Text]
    undrawn: dict[Undrawn, int]
    unknown: tuple[str, ...] = ()


def balance(
    platform: Platform,
    asked: BalanceAsked,
    viewer: Viewer,
    *,
    advance: sweep.Advance = lambda _done, _all: None,
) -> Balanced:
    """The accounts that the viewer may see all of, drawn from what the viewer may see.

    Party and site are given by any of their codes, or by their own names. `advance` is told how
    much of the record has been read.

    Raises:
        SuyuanError: no percentage, a period that ends before it begins, or no such family.
    """
    _check(platform, asked)
    near = structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        found = _found(platform, conn, asked, near, advance)
        known = _known(conn, found, near.tenant)
    asked, unknown = _at_holders(platform, asked, found)
    wanted = _Wanted(asked=asked, viewer=near, known=known, undrawn=Counter())
    books = Books(
        start=asked.start,
        end=asked.end,
        known_at=found.position if found.truncated else asked.known_at,
        minutes=asked.minutes,
        most=asked.most,
        class_of=class_of,
        wanted=wanted,
        allowed=_allowed(platform, asked, known),
    )
    known_at = found.position if asked.known_at is None else asked.known_at
    position = min(found.position, known_at)
    # Accounts take long to draw, and no transaction of the database is open meanwhile.
    drawn = accounts.audit(
        found.facts, books, position=position, truncated=found.truncated, alike=found.alike
    )
    with platform.store.read() as conn:
        told = _named(conn, drawn, known, wanted.undrawn, near.tenant)
    return structs.replace(told, unknown=unknown)


def percent_of(text: str | None, place: str) -> Decimal | None:
    """A tolerance as it was typed; nothing is none.

    Raises:
        SuyuanError: it is no number.
    """
    if text is None:
        return None
    with suppress(InvalidOperation):
        percent = Decimal(text)
        if percent.is_finite():
            return percent
    raise SuyuanError("balance.tolerance", _NO_NUMBER, place)


def _at_holders(
    platform: Platform, asked: BalanceAsked, found: gather.Gathered
) -> tuple[BalanceAsked, tuple[str, ...]]:
    """The question by the names of holders on record; of what nothing was at is told as written.

    What was cut off may be of any holder, so that nobody is said to be unknown then.
    """
    ends = (end for fact in found.facts for end in (fact.before, fact.after) if end is not None)
    seen = {name for end in ends for name in (end.party, end.site)}
    party, site = (
        text and contact_roots.held(platform, text, seen) for text in (asked.party, asked.site)
    )
    both = ((asked.party, party), (asked.site, site))
    unknown = tuple(privacy.masked(text) for text, name in both if text and not name)
    named = structs.replace(asked, party=party or asked.party, site=site or asked.site)
    return named, () if found.truncated else unknown


class _Known(Struct, frozen=True):
    """What is registered of what the facts name, and the family of each thing."""

    families: Mapping[str, str]
    products: Mapping[str, Product]
    sites: Mapping[str, tuple[Site, ...]]

    def family(self, thing: str) -> str:
        """The family of a thing: of its product, if registered, else of its events."""
        product = self.products.get(class_of(thing))
        return (product.family if product else "") or self.families.get(thing, "")

    def kind(self, thing: str) -> str | None:
        """The product kind of a thing, where its product is registered."""
        product = self.products.get(class_of(thing))
        return product.kind or None if product else None


def _check(platform: Platform, asked: BalanceAsked) -> None:
    if asked.tolerance is not None and not 0 <= asked.tolerance <= _WHOLE:
        raise SuyuanError("balance.tolerance", _PERCENT, "tolerance")
    if asked.start is not None and asked.end is not None and asked.end < asked.start:
        raise SuyuanError("balance.period", _BACKWARDS, "start")
    if asked.family is not None:
        named_family(platform.families, asked.family)


def _found(
    platform: Platform,
    conn: ReadConnection,
    asked: BalanceAsked,
    viewer: Viewer,
    advance: sweep.Advance,
) -> gather.Gathered:
    """All that may bear on the accounts: of lots and vessels what their chains hold, else all."""
    secret, limit = platform.recorder.secret, gather.Limit(facts=asked.most_facts)
    fold = folding.Folding(class_of=class_of, apart=frozenset(asked.things))
    if not asked.things or any(class_of(each) == each for each in asked.things):
        return sweep.sweep(
            conn,
            viewer,
            secret=secret,
            known_at=asked.known_at,
            as_of=asked.end,
            limit=limit,
            advance=advance,
            folding=fold,
        )
    question = Question(
        seeds=tuple(Seed(thing=each) for each in asked.things),
        direction=Direction.BACKWARD,
        known_at=asked.known_at,
        as_of=asked.end,
    )
    return gather.gather(
        conn, question, viewer, secret=secret, limit=limit, both=True, folding=fold
    )


def _known(conn: ReadConnection, found: gather.Gathered, tenant: int) -> _Known:
    facts = found.facts
    classes = {class_of(fact.thing) for fact in facts} - {""}
    ends = (end for fact in facts for end in (fact.before, fact.after) if end is not None)
    sites = {end.site for end in ends if end.site}
    return _Known(
        sweep.families_of(conn, facts, found.alike),
        directory.products(conn, classes, tenant=tenant),
        directory.completion(conn, tenant=tenant, sites=sites).sites,
    )


class _Wanted(Struct, frozen=True, kw_only=True):
    """Which accounts are drawn; of those asked for that are not, it counts why."""

    asked: BalanceAsked
    viewer: Viewer
    known: _Known
    undrawn: Counter[Undrawn]

    def __call__(
        self, kind: BalanceKind, pool: Pool, things: Sequence[str], holders: Holders
    ) -> bool:
        """Whether this account is asked for, and its viewer sees all of it."""
        asked = self.asked
        of_family = asked.family in {None, *map(self.known.family, things)}
        here = any(
            asked.party in {None, party} and asked.site in {None, site} for party, site in holders
        )
        is_named = not asked.things or not _subjects(kind, pool, things).isdisjoint(asked.things)
        if not (of_family and here and is_named):
            return False
        why = _undrawn(self.viewer, self.known, kind, holders)
        if why is not None:
            self.undrawn[why] += 1
        return why is None


def _subjects(kind: BalanceKind, pool: Pool, things: Sequence[str]) -> set[str]:
    """The names by which an account is asked for: others' lots in it are not looked up then."""
    match kind:
        case BalanceKind.SITE:
            return {pool.thing}
        case BalanceKind.VESSEL:
            return {pool.container}
        case _:
            return set(things)


def _undrawn(viewer: Viewer, known: _Known, kind: BalanceKind, holders: Holders) -> Undrawn | None:
    """Why an account is not drawn; None where none of its records is hidden from the viewer.

    It would look short for what is hidden. Of a movement both sides' records go to each.
    """
    match viewer.role:
        case Role.ADMIN:
            return None
        case Role.REGULATOR if viewer.areas:
            found = {_unseen(viewer, known.sites.get(site, ())) for _, site in holders}
        case Role.REGULATOR:
            return None
        case _:
            found = {None if party == viewer.party else Undrawn.OTHERS for party, _ in holders}
    if kind is BalanceKind.MOVEMENT:
        if None in found:
            return None
        found = found or {Undrawn.NO_PLACE if viewer.areas else Undrawn.OTHERS}
    return next((why for why in Undrawn if why in found), None)


def _unseen(viewer: Viewer, rows: Sequence[Site]) -> Undrawn | None:
    """Why the records of a place are not its area's; None if they are."""
    divisions = [row.division for row in rows if row.division]
    if any(map(viewer.oversees, divisions)):
        return None
    return Undrawn.ELSEWHERE if divisions else Undrawn.NO_PLACE


def _allowed(
    platform: Platform, asked: BalanceAsked, known: _Known
) -> Callable[[BalanceKind, Sequence[str], date], Allowed | None]:
    stated: dict[tuple[BalanceKind, str, str | None, date], Allowed | None] = {}

    def stated_of(kind: BalanceKind, thing: str, on: date) -> Allowed | None:
        key = (kind, known.family(thing), known.kind(thing), on)
        if key not in stated:
            stated[key] = _stated(platform, *key)
        return stated[key]

    def allowed(kind: BalanceKind, things: Sequence[str], on: date) -> Allowed | None:
        if asked.tolerance is not None:
            return Allowed(percent=asked.tolerance)
        told = [found for thing in things if (found := stated_of(kind, thing, on)) is not None]
        return min(told, key=lambda each: each.percent) if len(told) == len(things) else None

    return allowed


def _stated(
    platform: Platform, over: BalanceKind, family_id: str, kind: str | None, on: date
) -> Allowed | None:
    family = platform.families.family(family_id)
    found = family and tolerances.tolerance_on(family, over.value, kind, on)
    if not family or not found:
        return None
    law = family.laws[found.law]
    return Allowed(
        percent=found.percent,
        family=family.id,
        law=Text(law.zh, law.en),
        article=found.article,
        article_en=citing.in_english(found.article),
        since=found.since,
        verified=tolerances.is_verified(family, found),
    )


def _named(
    conn: ReadConnection, drawn: Audit, known: _Known, undrawn: Mapping[Undrawn, int], tenant: int
) -> Balanced:
    pools = [each.pool for each in drawn.statements]
    pools += [
        suspect.other
        for each in drawn.statements
        if each.contradiction is not None
        for suspect in (*each.contradiction.question, *each.contradiction.instead)
        if suspect.other is not None
    ]
    parties = directory.named(conn, {pool.party for pool in pools} - {""}, tenant=tenant)
    sites = {pool.site: known.sites[pool.site] for pool in pools if pool.site in known.sites}
    things = sorted({pool.thing for pool in pools} - {""})
    products = {thing: known.products.get(class_of(thing)) for thing in things}
    schemes = {f"{_OWN}{scheme.id}": scheme.name for scheme in all_schemes()}
    return Balanced(
        **structs.asdict(drawn),
        undrawn={why: undrawn[why] for why in Undrawn if undrawn[why]},
        parties={uri: parties[uri].name for uri in sorted(parties)},
        sites={uri: rows[-1].name for uri, rows in sites.items() if rows},
        products={thing: schemes[thing] for thing in things if thing in schemes}
        | {thing: one.name for thing, one in products.items() if one is not None},
    )
