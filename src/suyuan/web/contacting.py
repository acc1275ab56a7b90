"""The page on which somebody who is responsible sees with whom a holder was in contact.

It works without script. Drawn from the moves that its reader may see.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final
from unicodedata import normalize

from msgspec import Struct

from suyuan.codes import privacy, shown
from suyuan.drawings import layout, nearness, pictured
from suyuan.drawings.types import Pictured
from suyuan.service import (
    Windows,
    contact_roots,
    contact_ways,
    contacting,
    day_of,
    supposing,
    today,
)
from suyuan.trace import contact_types, resting
from suyuan.web.given import RESTING, rest_fields, share_typed
from suyuan.web.question import question_page
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of, reading
from suyuan.web.unfolding import opened, unfold_links, unfolded

_DAYS: Final = ("in_begin", "in_end", "out_begin", "out_end")
_FIELDS: Final = ("root", *_DAYS, "without", "risk", "by_share", *RESTING)
_SHOWN: Final = 60
_OWN: Final = 20


class Row(Struct, frozen=True):
    """A contact in words: what it is called, its code if that is not its name, moves and day."""

    name: str
    code: str
    moves: int
    day: date
    certain: bool = True
    chance: str = ""


class Side(Struct, frozen=True, kw_only=True):
    """One direction as its reader sees it; `moves` of these days were looked at.

    So many `contacts` there are by first days, of them `certain`; of all `possible` ones those that
    are none of these are `more`, as far as they are listed. `which` is its picture's name in the
    address; of a part that is unfolded `listed` contacts are in it, and `rows` are of these.
    """

    ingoing: bool
    direct: int
    contacts: int
    moves: int
    certain: int
    possible: int
    rows: tuple[Row, ...]
    listed: int
    more: tuple[str, ...]
    which: str
    seen: Pictured | None
    spared: tuple[str, ...] = ()
    fewer: int = 0
    passed: contact_types.Passed | None = None


def _answered(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    days = _windows(request, given)
    found = _found(request, given["root"], days, rest_fields(given), _supposing(given))
    if found is None:
        return {"found": None}
    return {
        "found": found,
        "asked": days,
        "root": _row_name(found, found.root or given["root"]),
        "sides": [] if found.root is None else [*_sides(request, found)],
        "own": [(_open(name), _row_name(found, name)) for name in found.sites],
    }


def _open(name: str) -> str:
    """A name that may stand in an address; nothing, where it is a person's."""
    return name if privacy.masked(name) == name else ""


def _windows(request: AnyRequest, given: Mapping[str, str]) -> Windows:
    typed = {name: day_of(normalize("NFKC", given[name]) or None, name) for name in _DAYS}
    return contacting.windows(today(platform_of(request).clock), **typed)


def _found(
    request: AnyRequest,
    holding: str,
    days: Windows,
    rest: resting.Rest,
    would_be: supposing.Supposing,
) -> contact_ways.ContactsTold | None:
    if not holding:
        return None
    who = asking(request)
    lang = reader_of(request, who).lang
    return contact_ways.contacts_told(
        platform_of(request),
        holding,
        days,
        who.viewer,
        rest=rest,
        named=_SHOWN,
        lang=lang,
        supposing=would_be,
    )


def _supposing(given: Mapping[str, str]) -> supposing.Supposing:
    """Places one a line."""
    lines = filter(None, (line.strip() for line in given["without"].splitlines()))
    risk = share_typed(given["risk"], 0, "risk") if given["risk"] else None
    return supposing.Supposing(
        without=tuple(normalize("NFKC", each) for each in lines),
        risk=risk,
        by_share=given["by_share"] == "true",
    )


def _sides(request: AnyRequest, found: contact_ways.ContactsTold) -> Iterator[Side]:
    reader = reader_of(request, reading(request))
    for ingoing, which in ((True, "_came"), (False, "_went")):
        ways = found.came if ingoing else found.went
        root = found.root or ""
        called = {name: _row_name(found, name) for name in (root, *_near(ways.contacts))}
        order, chart = nearness.chart_of_contacts(ways, root, called, ingoing=ingoing)
        href = unfold_links(reader, which)
        seen = pictured.pictured(layout.laid_out(chart), reader.lang, opened(request, which), href)
        inside = unfolded(order, seen)
        listed = [each for each in ways.contacts if inside is None or each.name in inside]
        yield Side(
            which=which,
            seen=seen,
            listed=len(listed),
            rows=tuple(
                _row(found, each, called[each.name], ingoing=ingoing) for each in listed[:_SHOWN]
            ),
            **_counted(found, ingoing=ingoing),
            **_would_be(found, ingoing=ingoing),
        )


def _counted(found: contact_ways.ContactsTold, *, ingoing: bool) -> dict[str, Any]:
    """How many contacts there are in one direction, and who else may be one."""
    ways = found.came if ingoing else found.went
    sure, maybe = (
        _of(each, ingoing=ingoing) for each in (found.counted.certain, found.counted.possible)
    )
    more = contact_ways.only_possible(found.counted)[0 if ingoing else 1]
    return {
        "ingoing": ingoing,
        "direct": sum(each.moves == 1 for each in ways.contacts),
        "contacts": len(ways.contacts),
        "moves": ways.within,
        "certain": len(sure),
        "possible": len(maybe),
        "more": tuple(_row_name(found, name) for name in more[:_SHOWN]),
    }


def _of(one: contact_types.Reading | None, *, ingoing: bool) -> Mapping[str, int]:
    """The contacts of one reading of days in one direction, with their moves."""
    return (one and (one.ingoing if ingoing else one.outgoing)) or {}


def _row(found: contact_ways.ContactsTold, each: Any, name: str, *, ingoing: bool) -> Row:
    return Row(
        name,
        _code(each.name) if each.name in found.names else "",
        each.moves,
        each.day,
        each.name in _of(found.counted.certain, ingoing=ingoing),
        _chance(found, each.name, ingoing=ingoing),
    )


def _would_be(found: contact_ways.ContactsTold, *, ingoing: bool) -> dict[str, Any]:
    """Who is spared if moves are left out, and the chances of contacts: of one direction."""
    without, risk = found.counted.without, found.counted.risk
    told: dict[str, Any] = {}
    if without is not None:
        spared = (without.spared_ingoing if ingoing else without.spared_outgoing) or ()
        told |= {
            "fewer": len(spared),
            "spared": tuple(_row_name(found, name) for name in spared[:_SHOWN]),
        }
    if risk is not None:
        told["passed"] = risk.ingoing if ingoing else risk.outgoing
    return told


def _chance(found: contact_ways.ContactsTold, name: str, *, ingoing: bool) -> str:
    """The chance of being reached with its bounds, in percent; nothing if it was not asked for."""
    risk = found.counted.risk
    if risk is None:
        return ""
    one = (risk.ingoing if ingoing else risk.outgoing).contacts.get(name)
    if one is None:
        return "0 %"
    least, chance, most = (f"{100 * share:.1f}" for share in (one.least, one.chance, one.most))
    return f"{chance} % ({least}–{most} %)"


def _near(contacts: Sequence[Any]) -> list[str]:
    return [each.name for each in contacts]


def _row_name(found: contact_ways.ContactsTold, name: str) -> str:
    return privacy.masked(found.names.get(name) or _code(name))


def _code(name: str) -> str:
    """A number of the register as it stands there; other codes as they are printed."""
    number = contacting.called(name, contact_roots.REGISTER)
    return privacy.masked(number if number != name else shown.shown_code(name))


contact_pages: Final = {
    "contacts": question_page(
        "contacts.html", _FIELDS, _answered, days=contacting.DAYS, most_own=_OWN
    )
}
"""By operation of the API: what a browser is given at the same address."""
