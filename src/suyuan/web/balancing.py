"""The page on which somebody who is responsible sees where amounts contradict themselves.

It works without script. Drawn from what its reader may see.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from msgspec import Struct

from suyuan.codes import shown
from suyuan.drawings import strip
from suyuan.kit import Text
from suyuan.kit.amounts import amount, stock_words
from suyuan.service import BalanceAsked, Balanced, balance
from suyuan.service import balance_words as words
from suyuan.trace.accounts.types import Statement, Suspect
from suyuan.trace.types import Column, Extent
from suyuan.web.given import day_typed, things_typed
from suyuan.web.paging import AFTER, BEFORE, page_typed
from suyuan.web.question import question_page
from suyuan.web.render import Reader
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of, reading

_FIELDS: Final = ("thing", "start", "end", "party", "page")
_SHOWN: Final = 60
_MOST_FACTS: Final = 100_000
_OPENING = Text("期初", "opening")
_CLOSING = Text("期末", "closing")
_REST = Text("未成为任何产出", "turned into nothing recorded")
_INPUT, _OUTPUT = Text("投入", "put in"), Text("产出", "came out")
_SENT = Text("发出", "sent")


class Line(Struct, frozen=True):
    """One account in words: whose it is, its amounts, what is wrong, which records to question."""

    account: Statement
    kind: Text
    holder: Text
    thing: str
    name: Text | None
    amounts: tuple[tuple[Text, Text], ...]
    wrong: Text | None
    question: tuple[Text, ...]
    instead: tuple[Text, ...]
    others: Text | None
    tolerated: Text | None
    drawing: Markup | None


def _answered(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    found = _found(request, **given)
    reader = reader_of(request, reading(request))
    begin = _SHOWN * (page_typed(given["page"]) - 1)
    return {
        "found": found,
        "lines": [line_of(each, found, reader) for each in found.statements[begin:]],
        "unknown": words.unknown,
        "around": _around(found.accounts, given),
        "undrawn": [words.UNDRAWN[why].format(count=n) for why, n in found.undrawn.items()],
        "contradicted": sum(found.contradictions.values()),
    }


def _around(accounts: int, given: Mapping[str, str]) -> list[tuple[Text, str]]:
    """What the pages before and after are called, and where they are."""
    page = page_typed(given["page"])
    near = [(BEFORE, page - 1, page > 1), (AFTER, page + 1, accounts > page * _SHOWN)]
    asked = {name: text for name, text in given.items() if text}
    return [
        (name, f"/balance?{urlencode(asked | {'page': str(number)})}")
        for name, number, is_there in near
        if is_there
    ]


def _found(
    request: AnyRequest, *, thing: str, start: str, end: str, party: str, page: str
) -> Balanced:
    asked = BalanceAsked(
        things=tuple(things_typed(request, thing)),
        start=day_typed(start, last=False),
        end=day_typed(end, last=True),
        party=party or None,
        most=_SHOWN * page_typed(page),
        most_facts=_MOST_FACTS,
    )
    return balance(platform_of(request), asked, asking(request).viewer)


def line_of(account: Statement, found: Balanced, reader: Reader) -> Line:
    """An account as its reader reads it."""
    wrongly, unit = account.contradiction, account.unit
    thing = account.pool.thing or account.pool.container
    return Line(
        account=account,
        kind=words.KINDS[account.kind],
        holder=_holder(account, found),
        thing=thing,
        name=found.products.get(account.pool.thing),
        amounts=tuple(_amounts(account)),
        wrong=None if wrongly is None else words.wrong(wrongly, amount(wrongly.by, unit)),
        question=tuple(_said(each, unit) for each in wrongly.question) if wrongly else (),
        instead=tuple(_instead(account)),
        others=words.others(wrongly.others) if wrongly else None,
        tolerated=words.tolerated(account.allowed),
        drawing=strip(account, reader.lang),
    )


def _holder(account: Statement, found: Balanced) -> Text:
    pool = account.pool
    party = found.parties.get(pool.party) or shown.code_text(pool.party)
    site = found.sites.get(pool.site) or shown.code_text(pool.site)
    both = [each for each in (party, site) if each.zh]
    if len(both) > 1 and both[0] == both[1]:
        both = both[:1]
    return Text(" · ".join(each.zh for each in both), " · ".join(each.en for each in both))


def _amounts(account: Statement) -> Iterator[tuple[Text, Text]]:
    """Each amount that is not nothing, and the closing stock always."""
    for word, extent in _columns(account):
        if extent.most != 0 or word is _CLOSING:
            yield word, stock_words(extent.least, extent.most, account.unit)


def _columns(account: Statement) -> tuple[tuple[Text, Extent], ...]:
    match account.kind.value:
        case "flow":
            return (_INPUT, account.came), (_OUTPUT, account.went), (_REST, account.closing)
        case "movement":
            return (_SENT, account.came), (words.COLUMNS[Column.CAME], account.went)
        case _:
            return (
                (_OPENING, account.opening),
                (words.COLUMNS[Column.CAME], account.came),
                (words.COLUMNS[Column.MADE], account.made),
                (words.COLUMNS[Column.WENT], account.went),
                (words.COLUMNS[Column.USED], account.used),
                (words.COLUMNS[Column.ENDED], account.ended),
                (_CLOSING, account.closing),
            )


def _instead(account: Statement) -> Iterator[Text]:
    """Other explanations: records of which one alone would do, or what nobody recorded."""
    if account.contradiction is not None:
        yield from (_said(each, account.unit) for each in account.contradiction.instead)
        amounts = (account.missing, account.lost)
        yield from words.unrecorded(
            *(amount(much, account.unit) if much else None for much in amounts)
        )


def _said(suspect: Suspect, unit: str | None) -> Text:
    much = None if suspect.amount is None else amount(suspect.amount, unit)
    at_most = None if suspect.at_most is None else amount(suspect.at_most, unit)
    return words.doubted(suspect, much, at_most)


balance_pages: Final = {"balance": question_page("balance.html", _FIELDS, _answered)}
"""By operation of the API: what a browser is given at the same address."""
