"""What facts can contradict themselves in, in words."""

from typing import Final

from suyuan.kit import Text
from suyuan.trace.times import Told
from suyuan.trace.types import Anomaly

_TEXTS = {
    "left_without_join": Text(
        "称已从容器中取出，但此前没有放入该容器的记录；此条不改变链条。请补报放入记录或更正。",
        "Said to have left a container that it was not known to be in; the chain is not changed. "
        "Report the packing, or correct this.",
    ),
    "arrival_before_departure": Text(
        "到达时间早于发出时间；链条照样保留。请双方核对时间。",
        "Arrived before it departed; the link is kept. Both sides should check their times.",
    ),
    "ambiguous_movement": Text(
        "几条发货与几条收货可以有多种配对，全部按可能计。请注明随货单据号。",
        "Several dispatches and receipts can be paired in more than one way; all count as "
        "possible. Name the document that went with the goods.",
    ),
    "making_of_strangers": Text(
        "几方在不同地点报了同一个生产批记录号；它们是同一次生产只算可能。"
        "请各方写明同一主体和同一场所。",
        "Several reporters name one transformation, not at the same party and site; that it was "
        "one making is only possible. Let all of them name its party and site.",
    ),
    "implied_exit": Text(
        "在容器之外有自己的记录，而容器没有同样的记录，应已离开容器，但没有取出记录。请补报。",
        "Acted apart from the container it was in, so it must have left it, but nobody said so. "
        "Report the unpacking.",
    ),
}


OF_MANY: Final = frozenset({"making_of_strangers"})
"""Findings on many things at once, of which only the first is named."""


def anomaly(code: str, *told: Told) -> Anomaly:
    """The finding of that code, on the entries of these facts."""
    entries = {entry for item in told for entry in item.entries}
    named = told[0].fact.thing or told[0].fact.parent or ""
    return Anomaly(code=code, text=_TEXTS[code], thing=named, entries=tuple(sorted(entries)))
