"""Takes products asked about as if they were lots; gives which of their lots are on record.

As far as the viewer may see, the newest first, and of so many events as `_EVENTS` says at most.
"""

import re
import shlex
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from msgspec import Struct, structs

from suyuan.codes import Grain, read_identifier, shown
from suyuan.exchange import EventQuery, finding, query, tokens, vocabulary
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.model import Viewer
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.trace import Answer, opening
from suyuan.trace.types import Scope

_EVENTS: Final = 500
_GS1: Final = "https://id.gs1.org/"
_SHOWN: Final = 5
_PRODUCTS: Final = 5
_PLACES: Final = ("MATCH_anyEPCClass", "MATCH_anyEPC")
_LOTS: Final = Text(
    "{product} 的批次或单件，有 {count} 个有记录{most}，不在此内，请逐个问，最近的：{commands}",
    "Of {product} {count:lot or piece is|lots or pieces are} on record{most} and not in this; ask "
    "about each, the newest first: {commands}",
)
_NO_LOT: Final = Text(
    "也没有看到 {product} 的批次或单件的记录",
    "No lot or piece of {product} is seen on record either",
)
_MOST: Final = Text("（只看了最近 {events} 个事件）", " (in the last {events:event|events} alone)")
_Told = TypeVar("_Told", Answer, Scope)


class LotsOf(Struct, frozen=True):
    """Things of a product on record, the newest first; `cut`: older events were not looked at."""

    things: tuple[str, ...]
    cut: bool


def with_lots(
    platform: Platform, conn: ReadConnection, found: _Told, viewer: Viewer, verb: str
) -> _Told:
    """An answer that says of products asked about which of their lots are on record.

    `verb` is the command that would ask about them: what is recorded of a lot is not of its
    product, so the answer has none of it.
    """
    names = [seed.thing for seed in found.question.seeds]
    unknown = {seed.thing for seed in found.unknown}
    said: list[Text] = lots_said(platform, conn, names, viewer, verb, unknown=unknown)
    if not said:
        return found
    whole = opening.sentences([found.completeness.summary, *said])
    return structs.replace(found, completeness=structs.replace(found.completeness, summary=whole))


def lots_said(
    platform: Platform,
    conn: ReadConnection,
    names: Sequence[str],
    viewer: Viewer,
    verb: str,
    *,
    unknown: Collection[str] = (),
) -> list[Text]:
    """Of each product among these names what of it is on record, with commands that ask of it.

    Of the `unknown` it is said too where there is nothing.
    """
    products = islice((name for name in dict.fromkeys(names) if is_product(name)), _PRODUCTS)
    found = ((each, lots_of(platform, conn, each, viewer)) for each in products)
    return [
        _said(product, lots, verb) for product, lots in found if lots.things or product in unknown
    ]


def is_product(name: str) -> bool:
    """Whether a canonical name is that of a product in GS1's form, which its lots begin with."""
    return name.startswith(_GS1) and read_identifier(name, capturer="").grain is Grain.CLASS


def lots_of(platform: Platform, conn: ReadConnection, product: str, viewer: Viewer) -> LotsOf:
    """Lots and pieces of a product in the newest events that the viewer may see."""
    asker = vocabulary.Asker(
        viewer=structs.replace(viewer, parts_only=True),
        secret=platform.recorder.secret,
        families=platform.families,
    )
    found, cut = dict[str, None](), False
    for place in _PLACES:
        looked = list(islice(_named(conn, product, place, asker), _EVENTS))
        cut = cut or len(looked) == _EVENTS
        found |= dict.fromkeys(name for names in looked for name in names)
    return LotsOf(tuple(found), cut)


def _named(
    conn: ReadConnection, product: str, place: str, asker: vocabulary.Asker
) -> Iterator[list[str]]:
    """Of each event, the newest first, what of the product it names in such a place."""
    pattern = f"{re.escape(product)}/.+"
    wanted = EventQuery(patterns={place: (pattern,)}, order="eventTime")
    recorded, indexed = finding.reach(conn)
    start = tokens.Place(upto=finding.whole(wanted, size=recorded, indexed=indexed))
    for event, _ in finding.answering(conn, wanted, asker, start, indexed=indexed):
        names = query.THINGS[place](event.event)
        yield sorted(name for name in names if name.startswith(f"{product}/"))


def _said(product: str, lots: LotsOf, verb: str) -> Text:
    if not lots.things:
        return _NO_LOT.format(product=shown.code_text(product))
    codes = (shlex.quote(shown.shown_code(each)) for each in lots.things[:_SHOWN])
    return _LOTS.format(
        product=shown.code_text(product),
        count=len(lots.things),
        most=_MOST.format(events=_EVENTS) if lots.cut else Text("", ""),
        commands=joined(f"suyuan {verb} {code}" for code in codes),
    )
