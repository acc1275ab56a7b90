"""Takes the scope of a recall; gives it by holder, those first who still have any of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from suyuan.codes import shown
from suyuan.drawings.folding import folded
from suyuan.drawings.order import Standings, ordered
from suyuan.drawings.types import Box, Chart, Holder
from suyuan.kit import Text
from suyuan.kit.amounts import amount
from suyuan.publish.types import Leg
from suyuan.service import Recall
from suyuan.trace.types import ScopeLine

_NOT_ON_FILE = Text("{code}（没有登记）", "{code} (not registered)")
_NOBODY = Text("没有收货记录的一方", "a holder who reported no receipt")
_TOLD = Text("卖方报的买方，未经买方确认", "buyers by the seller's word, unconfirmed")
_STILL = Text("还有", "still there")
_GONE = Text("没有留下", "nothing left")
_HAVING = Text("其中 {count} 家", "{count} of them")
_AND = Text("、", ", ")
_AT = Text(" · ", " · ")


class Held(Struct, frozen=True):
    """What one holder has or had of what is touched, and how to reach him."""

    name: Text
    contact: str
    lines: tuple[ScopeLine, ...]

    @property
    def holder(self) -> Holder:
        """By party and site."""
        return self.lines[0].party, self.lines[0].site

    @property
    def certain(self) -> bool:
        """Whether any of it surely was with him."""
        return any(line.certain for line in self.lines)

    @property
    def still(self) -> Text | None:
        """How much may still be there; None: nothing is."""
        left = [line for line in self.lines if line.stock.touched != 0]
        return _listed(_amounts(left), _AND) if left else None


def by_holder(found: Recall) -> list[Held]:
    """Every holder in the scope, those first who may still have any of it."""
    held = _held(found).values()
    return sorted(held, key=lambda each: (each.still is None, not each.certain, each.name.zh))


def order_of_recall(
    found: Recall, things: Mapping[Holder, Mapping[str, int]], known: Standings | None = None
) -> tuple[list[Holder], Chart]:
    """The holders in the order that it went, which is that of the chart's boxes, and the chart.

    `things` are what each holder had; by what is `known` of them, circles are untied.
    """
    held = _held(found)
    pairs = {
        ((each.source_party, each.source_site), (each.target_party, each.target_site)): each.certain
        for each in found.transfers
    }
    order = ordered(held, pairs, known)
    boxes = [_box(found, each, held[each], things.get(each, {})) for each in order]
    return order, chart_of_pairs(order, boxes, pairs, _folded)


def chart_of_pairs(
    order: Sequence[Holder],
    boxes: Sequence[Box],
    pairs: Mapping[tuple[Holder, Holder], bool],
    fold: Callable[[Sequence[Box]], Box],
) -> Chart:
    """A chart of holders in this order; what went against it went back to who had it before."""
    place = {holder: number for number, holder in enumerate(order)}
    every = [
        Leg(place[giver], place[taker], certain)
        for (giver, taker), certain in pairs.items()
        if giver in place and taker in place and giver != taker
    ]
    legs = tuple(leg for leg in every if leg.source < leg.target)
    returns = tuple(leg for leg in every if leg.source > leg.target)
    return Chart(tuple(boxes), legs, fold, returns)


def _held(found: Recall) -> dict[Holder, Held]:
    lines: dict[Holder, list[ScopeLine]] = defaultdict(list)
    for line in found.lines:
        lines[line.party, line.site].append(line)
    return {
        holder: Held(_name(found, *holder), _contact(found, holder[0]), tuple(mine))
        for holder, mine in lines.items()
    }


def _name(found: Recall, party: str, site: str) -> Text:
    who = found.parties[party].name if party in found.parties else _unregistered(party)
    where = found.sites.get(site) or shown.code_text(site)
    both = [each for each in (who, where) if each.zh]
    if both:
        return _listed(both, _AT)
    return _TOLD if found.buyers else _NOBODY


def _listed(texts: Iterable[Text], between: Text) -> Text:
    """Texts one behind the other, each once."""
    once = list(dict.fromkeys((each.zh, each.en) for each in texts))
    return Text(between.zh.join(zh for zh, _ in once), between.en.join(en for _, en in once))


def _called(found: Recall, party: str) -> Text:
    """A party's name, else its code alone: by the ends of those, runs of parties are told apart."""
    return found.parties[party].name if party in found.parties else shown.code_text(party)


def _unregistered(party: str) -> Text:
    code = shown.code_text(party)
    return _NOT_ON_FILE.format(code=code) if party else code


def _contact(found: Recall, party: str) -> str:
    return found.parties[party].contact if party in found.parties else ""


def _amounts(lines: Iterable[ScopeLine]) -> Iterator[Text]:
    """The stock added up by unit, of what is stated."""
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.stock.touched is None:
            yield amount(None, line.unit)
        else:
            sums[line.unit] += line.stock.touched
    for unit, much in sums.items():
        yield amount(much, unit)


def _box(found: Recall, holder: Holder, each: Held, things: Mapping[str, int]) -> Box:
    still, party = each.still, holder[0]
    return Box(
        name=each.name,
        words=(_GONE if still is None else still,),
        certain=each.certain,
        mark=None if still is None else _STILL,
        stage=_GONE if still is None else _STILL,
        party=(party, _called(found, party)) if party else None,
        things=things,
    )


def _folded(boxes: Sequence[Box]) -> Box:
    """Several holders as one; how much each has stands in words below."""
    having = sum(box.count for box in boxes if box.mark is not None)
    if not having:
        return folded(boxes, _GONE, staged=False)
    some = having < sum(box.count for box in boxes)
    words = (_HAVING.format(count=having),) if some else ()
    return folded(boxes, *words, mark=_STILL, staged=False)
