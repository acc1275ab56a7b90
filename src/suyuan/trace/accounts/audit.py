"""From facts to balances over a period, and where the records cannot all be right.

A pure function of the set of facts: their order and repetition change nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Context, localcontext
from heapq import nsmallest
from typing import Final

from suyuan.model import Fact
from suyuan.trace.accounts.ledger import entries, holders, ledger
from suyuan.trace.accounts.shelves import Accounts
from suyuan.trace.accounts.statements import Account, differs, drawn_up, reason_of, statement
from suyuan.trace.accounts.stock import NOWHERE
from suyuan.trace.accounts.types import Audit, Books, Reason, Statement
from suyuan.trace.alike import NONE_ALIKE, Alike, everyone, facts_told
from suyuan.trace.known import known
from suyuan.trace.types import BalanceKind, Cost, Direction, Question

ROOM: Final = Context(prec=120)
"""Sums of amounts that have at most 61 digits are exact, however many there are."""
_RANK: Final = {reason: place for place, reason in enumerate(Reason)}
_KINDS: Final = (
    BalanceKind.POOL,
    BalanceKind.SITE,
    BalanceKind.VESSEL,
    BalanceKind.MOVEMENT,
    BalanceKind.FLOW,
)
_Rank = tuple[object, ...]


def audit(
    facts: Iterable[Fact],
    books: Books,
    *,
    position: int | None = None,
    truncated: bool = False,
    alike: Alike = NONE_ALIKE,
) -> Audit:
    """All accounts that are asked for, over the period, those that contradict themselves first.

    Of pieces `alike` the facts have one, and every one of them counts.
    """
    given = list(facts)
    told, _ = known(given, _question(books))
    with localcontext(ROOM):
        told_of = ledger(told, books.class_of, alike)
        accounts = list(_accounts(told_of.accounts, books, alike))
        short = [each for some in told_of.passages for each in differs(some, books)]
        first = nsmallest(books.most, accounts, key=_rank)
        shown = sorted([*short, *(statement(each, books) for each in first)], key=_rank_shown)
    reasons = Counter(reason for each in accounts if (reason := reason_of(each)) is not None)
    reasons.update(each.contradiction.reason for each in short if each.contradiction)
    shown = shown[: books.most]
    things = {each.pool.thing for each in shown}
    return Audit(
        truncated=truncated,
        position=position,
        accounts=len(accounts) + len(short),
        contradictions={reason: reasons[reason] for reason in Reason if reasons[reason]},
        statements=tuple(shown),
        anomalies=tuple(each for each in told_of.anomalies if each.thing in things),
        cost=Cost(facts=facts_told(given, alike), links=told_of.links),
    )


def _question(books: Books) -> Question:
    return Question(seeds=(), direction=Direction.FORWARD, known_at=books.known_at, as_of=books.end)


def _accounts(accounts: Accounts, books: Books, alike: Alike) -> Iterator[Account]:
    """Every account asked for, in each of its dimensions, with its course over the period."""
    for (kind, place), found in accounts.items():
        named = {each.thing for each in found} - {""}
        things = tuple(sorted(everyone(named, alike)))
        whose = holders(kind, place, found)
        if books.wanted(kind, place, things, whose):
            for unit, lines in entries(found):
                bare = Account(kind, place, things, whose, unit, lines, NOWHERE)
                yield drawn_up(bare, books)


def _rank(account: Account) -> _Rank:
    """Contradictions first, by reason and day."""
    reason, broken = reason_of(account), account.course.broken
    at = broken.at if broken is not None and reason is not None else 0
    return _place(reason), at, _KINDS.index(account.kind), account.pool, account.unit or ""


def _rank_shown(shown: Statement) -> _Rank:
    found = shown.contradiction
    day = "" if found is None else found.day.isoformat()
    place = _place(None if found is None else found.reason)
    return place, day, _KINDS.index(shown.kind), shown.pool, shown.unit or ""


def _place(reason: Reason | None) -> int:
    return len(_RANK) if reason is None else _RANK[reason]
