"""Takes an answer; gives who had it, from when to when, how to reach them, and what is unknown."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

from suyuan.interchange.about import OPEN_ENDS
from suyuan.interchange.types import Answering, Names
from suyuan.kit import Text
from suyuan.trace import alike as pieces
from suyuan.trace.types import Answer, OpenEndKind, Pool, Responsible

_NO_BEGIN: Final = Text("何时到手不明", "when it came is unknown")
_NO_END: Final = Text("没有全部离手的记录", "no record that all of it left")
_NO_PARTY: Final = Text("主体不明", "the party is unknown")
_NO_SITE: Final = Text("场所不明", "the site is unknown")
_NO_CONTACT: Final = Text("没有联系方式", "no contact is registered")
_TIMES: Final = Text("{what}（{count} 处）", "{what} ({count})")


def answering(
    answer: Answer,
    names: Names,
    contacts: Mapping[str, str],
    *,
    tells: bool,
    alike: pieces.Alike = pieces.NONE_ALIKE,
) -> list[Answering]:
    """The holders in the order of the answer; `tells`: the viewer is told how to reach them.

    Of pieces `alike` the answer has one, and every one of them counts.
    """
    open_ends: dict[tuple[str, str], Counter[OpenEndKind]] = defaultdict(Counter)
    for end in answer.open_ends:
        open_ends[end.pool.party, end.pool.site][end.kind] += pieces.count_of(end.pool.thing, alike)
    return [
        Answering(
            name=names.holder(Pool("", each.party, each.site)),
            party=each.party,
            site=each.site,
            made=each.made,
            things=each.things,
            since=each.since.lo,
            until=None if each.until is None else each.until.hi,
            certain=each.certain,
            contact=contacts.get(each.party, ""),
            unknown=_unknown(each, open_ends[each.party, each.site], contacts, tells=tells),
            still=each.until is None,
        )
        for each in answer.responsibility
    ]


def _unknown(
    each: Responsible, ends: Counter[OpenEndKind], contacts: Mapping[str, str], *, tells: bool
) -> tuple[Text, ...]:
    doubts = (
        (not each.party, _NO_PARTY),
        (not each.site, _NO_SITE),
        (each.since.lo is None, _NO_BEGIN),
        (each.until is None, _NO_END),
        (tells and bool(each.party) and not contacts.get(each.party), _NO_CONTACT),
    )
    said = [text for is_so, text in doubts if is_so]
    counted = [
        OPEN_ENDS[kind] if count == 1 else _TIMES.format(what=OPEN_ENDS[kind], count=count)
        for kind, count in ends.items()
    ]
    return (*said, *counted)
