"""When which thing was in which container: possibly, and certainly."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from math import inf

from msgspec import Struct

from suyuan.model import FactKind
from suyuan.trace.desk import Desk, box_end, desk, made_anew, out_from, stated_end, stated_ends
from suyuan.trace.intervals import Intervals
from suyuan.trace.sharing import shared
from suyuan.trace.times import (
    NOTHING,
    Micros,
    Told,
    first_end_after,
    first_start_after,
    last_end_by,
    meeting,
    not_before,
)


class Exit(Struct, frozen=True, eq=False):
    """What shows that a thing left a container although nobody said so.

    Either an own fact that the container did not share, or the container's new commissioning.
    `after` is the last time consistent with being inside; `proven` says that the facts
    contradict themselves, not only that they might.
    """

    fact: Told
    thing: str
    container: str
    after: Micros
    proven: bool


class Spell(Struct, frozen=True, eq=False):
    """One stay of a thing in a container, begun by `join`: possible [lo, hi], certain [from, to].

    The certain stay is empty where `sure_lo` > `sure_hi`. `apart` is the first time of an own
    fact by which it may have left unsaid. `firm` is the possible end were all that is held to
    stand: what is held makes nothing certain.
    """

    join: Told
    lo: Micros
    hi: Micros
    sure_lo: Micros
    sure_hi: Micros
    apart: Micros
    firm: Micros

    def meets(self, lo: Micros, hi: Micros) -> bool:
        """Whether the thing may have been inside at some time of [lo, hi]."""
        return self.lo <= hi and lo <= self.hi

    def firmly_meets(self, lo: Micros, hi: Micros) -> bool:
        """The same, whatever becomes of what is held."""
        return self.lo <= hi and lo <= self.firm

    def covers(self, lo: Micros, hi: Micros) -> bool:
        """Whether it surely was inside all of [lo, hi], which must be bounded."""
        return lo > -inf and hi < inf and self.sure_lo <= lo and hi <= self.sure_hi


class Spells(Struct, frozen=True, eq=False):
    """All stays, by container, by content with it, and what shows that they ended unsaid."""

    inside: dict[str, dict[str, list[Spell]]]
    at_time: dict[str, Intervals[Spell]]
    around: dict[tuple[str, str], Intervals[Spell]]
    exits: list[Exit]
    laid: Desk


def spells(told: list[Told]) -> Spells:
    """The stays that the joins begin, and where each ends."""
    laid = desk(told)
    found = Spells(defaultdict(dict), {}, {}, [], laid)
    for (thing, container), joins in laid.joins.items():
        stays = []
        for join in joins:
            spell, exits = _spell(laid, join)
            stays.append(spell)
            found.exits.extend(exits)
            found.exits.extend(_made_anew(laid, spell))
        found.inside[container][thing] = stays
        found.around[thing, container] = Intervals(stays, _stay)
    for container, contents in found.inside.items():
        every = (spell for stays in contents.values() for spell in stays)
        found.at_time[container] = Intervals(every, _stay)
    return found


def _stay(spell: Spell) -> tuple[Micros, Micros]:
    return spell.lo, spell.hi


def spells_at(
    stays: Spells, container: str, lo: Micros, hi: Micros
) -> dict[str, tuple[Spell, ...]]:
    """What may have been directly in a container at some time of [lo, hi], with its spells."""
    found: dict[str, list[Spell]] = {}
    if container in stays.at_time:
        for spell in stays.at_time[container].meeting(lo, hi):
            found.setdefault(spell.join.fact.thing, []).append(spell)
    return {thing: tuple(met) for thing, met in found.items()}


def surely_emptied(stays: Spells, spell: Spell, emptied: Told) -> bool:
    """Whether the thing surely was inside when the container was emptied.

    Another end may cast doubt on it, if that may have come before; what surely came at or
    after the emptying does not.
    """
    join = spell.join
    if join.held or not join.hi <= emptied.lo or emptied.hi == inf:
        return False
    anew = first_start_after(made_anew(stays.laid, join), join.hi)
    others = (anew, box_end(stays.laid, join), spell.apart, out_from(stays.laid, join, but=emptied))
    return min(others) >= emptied.hi


def _spell(laid: Desk, join: Told) -> tuple[Spell, list[Exit]]:
    suspects, end, firm = _suspects(laid, join, stated_end(laid, join))
    told_out = _said_out(laid, join)
    apart = [own for own in suspects if own.lo <= end and own.lo < told_out]
    exits = [_exit(laid, join, own) for own in apart]
    sure_end = min([_sure_stated_end(laid, join), *(out.after for out in exits)])
    sure = (inf, -inf) if join.held or join.hi == inf else (join.hi, sure_end)
    first = min((own.lo for own in apart), default=inf)
    return Spell(join, join.lo, end, *sure, first, firm), exits


def _said_out(laid: Desk, join: Told) -> Micros:
    """By when it was surely said to be taken out; own facts from then on need no other exit."""
    return min(first_end_after(line, join.hi) for line in stated_ends(laid, join))


def _sure_stated_end(laid: Desk, join: Told) -> Micros:
    """The first time at which it may have been taken out, or after which its container ended."""
    anew = first_start_after(made_anew(laid, join), join.hi)
    return min(anew, box_end(laid, join), out_from(laid, join))


def _suspects(laid: Desk, join: Told, end: Micros) -> tuple[list[Told], Micros, Micros]:
    """Own facts the container did not share, and the possible and the firm end they leave."""
    container = join.fact.parent or ""
    found, firm = [], stated_end(laid, join, doubted=True)
    for own in not_before(laid.own.get(join.fact.thing, NOTHING), join.lo):
        if own.lo > end:
            break
        if own is join or not _could_end(own, join) or shared(laid, own, container):
            continue
        found.append(own)
        if own.lo > join.hi and _says_out(own):
            firm = min(firm, own.hi)
            end = end if own.held else min(end, own.hi)
    return found, end, firm


def _could_end(own: Told, join: Told) -> bool:
    fact = own.fact
    if fact.kind is FactKind.JOINED:
        return fact.parent != join.fact.parent
    # Made at about the time it was packed: that is its first commissioning, not an exit.
    return fact.kind is not FactKind.MADE or own.lo > join.hi


def _says_out(own: Told) -> bool:
    """Whether it says where: else the thing may still be inside (recall)."""
    fact = own.fact
    if fact.kind in {FactKind.JOINED, FactKind.MADE}:
        return True
    return any(holder is not None and holder.known for holder in (fact.before, fact.after))


def _exit(laid: Desk, join: Told, own: Told) -> Exit:
    proven = own.lo > join.hi and not _may_have_left(laid, join, own)
    container = join.fact.parent or ""
    return Exit(own, join.fact.thing, container, _last_inside(laid, join, own), proven)


def _last_inside(laid: Desk, join: Told, end: Told) -> Micros:
    """The end of the last fact consistent with being inside, before what ended it."""
    of_container = laid.all_of.get(join.fact.parent or "", NOTHING)
    last = max(last_end_by(of_container, end.lo), join.hi if join.hi <= end.lo else -inf)
    return end.lo if last == -inf else last


def _may_have_left(laid: Desk, join: Told, own: Told) -> bool:
    """Whether something was said of leaving that may lie between the join and the own fact."""
    lines = stated_ends(laid, join)
    if any(next(meeting(line, join.lo, own.hi), None) is not None for line in lines):
        return True
    made = first_start_after(made_anew(laid, join), join.hi)
    return made < inf and made <= own.hi


def _made_anew(laid: Desk, spell: Spell) -> Iterator[Exit]:
    """New commissionings of the container while the thing may still have been inside."""
    join, line = spell.join, made_anew(laid, spell.join)
    told_out = _said_out(laid, join)
    for made in line.items[bisect_right(line.starts, join.hi) :]:
        if made.lo > spell.hi or made.lo >= told_out:
            return
        after = _last_inside(laid, join, made)
        yield Exit(made, join.fact.thing, join.fact.parent or "", after, proven=False)
