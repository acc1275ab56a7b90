"""Takes several boxes; gives the one that stands for them: how many, whose, which stage, what."""

from collections.abc import Mapping, Sequence
from typing import Final

from suyuan.drawings.types import Box
from suyuan.kit import Text
from suyuan.kit.text import counted

_ON_WAY: Final = Text("经手", "on the way")
_AND: Final = Text("、", ", ")
_NAMED: Final = 2


def folded(
    boxes: Sequence[Box], *words: Text, mark: Text | None = None, staged: bool = True
) -> Box:
    """One box for several: by their stages, if those are to be said, their things, these words."""
    things = {thing: pieces for box in boxes for thing, pieces in box.things.items()}
    name, sites = _name(boxes)
    return Box(
        name=name,
        words=(*sites, *(_stage(boxes) if staged else ()), *words, *_things(things)),
        certain=any(box.certain for box in boxes),
        mark=mark,
        count=sum(box.count for box in boxes),
        things=things,
    )


def _name(boxes: Sequence[Box]) -> tuple[Text, tuple[Text, ...]]:
    """Who they are: how many holders, or of how many parties and at how many sites."""
    count = sum(box.count for box in boxes)
    parties = dict(box.party for box in boxes if box.party is not None)
    of_parties = sum(box.count for box in boxes if box.party is not None)
    if of_parties < count or len(parties) == count:
        return counted(count, "家", "holder", "holders"), ()
    sites = (counted(count, "处", "site", "sites"),)
    if len(parties) == 1:
        return next(iter(parties.values())), sites
    return counted(len(parties), "家", "party", "parties"), sites


def _stage(boxes: Sequence[Box]) -> tuple[Text, ...]:
    """Their stages if they are few, else that all of them are on the way."""
    stages = list(dict.fromkeys(box.stage for box in boxes if box.stage is not None))
    if len(stages) > _NAMED:
        return (_ON_WAY,)
    return (_joined(stages),) if stages else ()


def _joined(texts: Sequence[Text]) -> Text:
    return Text(_AND.zh.join(each.zh for each in texts), _AND.en.join(each.en for each in texts))


def _things(things: Mapping[str, int]) -> tuple[Text, ...]:
    """How many there were at any of them, each counted once."""
    many = sum(things.values())
    return (counted(many, "个追溯单元", "thing", "things"),) if many else ()
