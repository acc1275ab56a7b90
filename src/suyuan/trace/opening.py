"""Takes a question and what was reached; gives what its answer says first.

That is: of which things asked about nothing is recorded that the viewer may see, and how far the
answer was limited. Of hidden records it says what it says of none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final
from urllib.parse import unquote

from msgspec.structs import replace

from suyuan.codes import Grain, own_names, read_identifier, shown
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.model import Fact, FactKind
from suyuan.trace.closure import Examined
from suyuan.trace.known import known
from suyuan.trace.reach import along, reach, steps
from suyuan.trace.seeds import ground, seeds
from suyuan.trace.types import Question, Seed

_NONE: Final = Text("没有 {things} 的记录", "Nothing is recorded of {things}")
_NONE_SEEN: Final = Text(
    "您能看到的记录里没有 {things}", "Nothing that you may see is recorded of {things}"
)
_AT: Final = Text("{thing}（在 {holder}）", "{thing} at {holder}")
_MORE: Final = Text("{names} 等 {count} 个编码", "{names} and others, {count:code|codes} in all")
_HOLDER: Final = Text(
    "{things} 是主体或场所的编码，没有作为追溯单元的记录：它和谁有往来，查接触链"
    "（/contacts，suyuan contacts）；它有过什么，查物料平衡（/balance，suyuan balance）；"
    "要召回，请问它有过的那些编码",
    "{things}: a code of a party or place, of which nothing is recorded as of a thing. Whom it "
    "dealt with, ask contacts (/contacts, suyuan contacts); what it had, balance (/balance, suyuan "
    "balance); for a recall, ask about the codes of what it had",
)
_PRODUCT: Final = Text(
    "{things} 是产品，不是批次；没有只写到产品的记录",
    "{things}: a product, not a lot; nothing is recorded of it as such",
)
_PRODUCT_SEEN: Final = Text(
    "{things} 是产品，不是批次；您能看到的记录里没有只写到产品的",
    "{things}: a product, not a lot; nothing that you may see is recorded of it as such",
)
_WRITTEN: Final = Text(
    "{code} 读不出，是照报送方 {who} 所写的记录的",
    "{code} cannot be read and is recorded as {who} wrote it",
)
_OF_SEVERAL: Final = Text(
    "{code} 读不出，是照所写的记录的；这样写的 {count} 个报送方全部在内，未必是同一物：{who}",
    "{code} cannot be read and is recorded as it was written; all capturers who wrote so ({count}) "
    "are in this, and it need not be one thing: {who}",
)
_BEYOND: Final = Text(
    "只追了 {depth} 步，更远的还有，没有列出",
    "Limited to {depth:step|steps}: more lies beyond and is not listed",
)
_ENDED: Final = Text(
    "只追了 {depth} 步，没有记录通向更远处",
    "Limited to {depth:step|steps}; no record leads further",
)
_LIMITED: Final = Text("只追了 {depth} 步", "Limited to {depth:step|steps}")
_NAMED: Final = 6
_PARTS: Final = ("thing", "lot", "parent", "other")
"""The parts of a fact in which something asked about is named."""
_HOLDERS: Final = frozenset((Grain.PARTY, Grain.PLACE))


def unknown_seeds(
    facts: Sequence[Fact], found: Examined, question: Question, *, cut: bool = False
) -> tuple[Seed, ...]:
    """Those asked about of which none of these facts says anything, or nothing at their holder.

    `cut`: more facts may say where a thing was, so that a holder is not looked at.
    """
    missing = {seed.thing for seed in question.seeds} - {pool.thing for pool in found.starts}
    for name in (attrgetter(part) for part in _PARTS):  # mostly none is left for the first
        missing = missing and missing - set(map(name, facts))
    there = [seed for seed in dict.fromkeys(question.seeds) if seed.thing not in missing]
    elsewhere = set() if cut else set(_never_there(there, facts, found, question))
    return tuple(
        seed for seed in dict.fromkeys(question.seeds) if seed.thing in missing or seed in elsewhere
    )


def _never_there(
    asked: Iterable[Seed], facts: Iterable[Fact], found: Examined, question: Question
) -> Iterator[Seed]:
    """Those asked about at a holder who never had them."""
    held = [seed for seed in asked if seed.holder is not None]
    if held:
        _, rename = known([f for f in facts if f.kind is FactKind.RECODED], question)
        on = ground(found.net)
        for seed in held:
            if not seeds(found.net, on, replace(question, seeds=(seed,)), rename):
                yield seed


def leads_beyond(found: Examined, question: Question) -> bool:
    """Whether more is reached without the question's depth."""
    if question.depth is None:
        return False
    ends = found.net.ends
    walk = along(steps(found.net.links, ends), question.direction)
    starts = {ends.of(place): sure for place, sure in found.starts.items()}
    hops = reach(walk, starts, replace(question, depth=None)).hops
    return len(hops) > len(found.closure.links)


def is_holder(thing: str) -> bool:
    """Whether a canonical name is that of a party or a place."""
    return read_identifier(thing, capturer="").grain in _HOLDERS


def is_party(thing: str) -> bool:
    """Whether a canonical name is that of a party."""
    return read_identifier(thing, capturer="").grain is Grain.PARTY


def unknown_said(unknown: Sequence[Seed], *, partial: bool) -> list[Text]:
    """In words of what nothing is recorded, and which way to go with the code of a holder."""
    some: dict[Text, list[Seed]] = {}
    for text, seed in _texts(unknown, partial=partial):
        some.setdefault(text, []).append(seed)
    order = (_NONE, _NONE_SEEN, _PRODUCT, _PRODUCT_SEEN, _HOLDER)
    return [text.format(things=_names(some[text])) for text in order if text in some]


def _texts(unknown: Iterable[Seed], *, partial: bool) -> Iterator[tuple[Text, Seed]]:
    """What is said of each, by what kind of thing it is."""
    for seed in unknown:
        grain = read_identifier(seed.thing, capturer="").grain
        if grain in _HOLDERS:
            yield _HOLDER, seed
        elif grain is Grain.CLASS:
            yield _PRODUCT_SEEN if partial else _PRODUCT, seed
        else:
            yield _NONE_SEEN if partial else _NONE, seed


def written_said(question: Question, unknown: Iterable[Seed]) -> list[Text]:
    """In words by whom codes asked about are recorded as they wrote them, for want of a reading."""
    capturers: dict[str, list[str]] = defaultdict(list)
    unknown = frozenset(unknown)
    for seed in dict.fromkeys(question.seeds):
        parts = own_names.split_name(seed.thing)
        if seed not in unknown and parts is not None and parts[0] == own_names.RAW:
            capturers[parts[1][-1]].append(parts[1][0])
    return [
        (_WRITTEN if len(who) == 1 else _OF_SEVERAL).format(
            code=unquote(code),
            who=joined(shown.code_text(each) for each in who[:_NAMED]),
            count=len(who),
        )
        for code, who in capturers.items()
    ]


def depth_said(question: Question, *, limited: bool, truncated: bool) -> list[Text]:
    """In words how far an answer was limited by its depth."""
    if question.depth is None:
        return []
    text = _BEYOND if limited else _LIMITED if truncated else _ENDED
    return [text.format(depth=question.depth)]


def sentences(said: Sequence[Text]) -> Text:
    """One after the other, parted by full stops; whoever shows it ends it."""
    return Text("。".join(each.zh for each in said), ". ".join(each.en for each in said))


def _names(asked: Sequence[Seed]) -> Text:
    names = list(dict.fromkeys(_name(seed) for seed in asked))
    said = joined(names[:_NAMED])
    return said if len(names) <= _NAMED else _MORE.format(names=said, count=len(names))


def _name(seed: Seed) -> Text:
    thing = shown.code_text(seed.thing)
    if seed.holder is None:
        return thing
    ends = (shown.code_text(end or "") for end in (seed.holder.party, seed.holder.site))
    holder = " · ".join(end.zh for end in ends if end.zh)
    return _AT.format(thing=thing, holder=holder)
