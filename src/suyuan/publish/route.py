"""Takes the steps shown and the links traced; gives the way from hand to hand, for a drawing.

Only who is named on a step that is shown can be a stop, so a drawing tells no more than the words.
"""

from collections.abc import Iterable, Mapping, Sequence

from suyuan.kit import Text
from suyuan.publish.types import Leg, Route, Stage, Stop, Tone
from suyuan.trace.types import Link

_Holder = tuple[str, str]
_GRAVITY = (Tone.STOP, Tone.HOLD, Tone.NOTE, Tone.GOOD)


def route(shown: Sequence[Stage], links: Iterable[Link], names: Mapping[str, Text]) -> Route:
    """Stops in the order in which the thing came to them, and the legs between them."""
    ordered = sorted(shown, key=lambda stage: stage.at)
    here = {name: [stage for stage in ordered if name in _who(stage)] for name in _named(ordered)}
    legs: dict[tuple[Text, Text], bool] = {}
    for (start, end), certain in _between(links).items():
        source, target = _called(start, here, names), _called(end, here, names)
        if source and target and source != target:
            legs[source, target] = legs.get((source, target), False) or certain
    on_way = {name for leg in legs for name in leg}
    stops = [name for name in here if name in on_way]
    place = {name: number for number, name in enumerate(stops)}
    return Route(
        tuple(_stop(name, here[name]) for name in stops),
        tuple(
            Leg(place[source], place[target], certain) for (source, target), certain in legs.items()
        ),
    )


def _named(ordered: Iterable[Stage]) -> Iterable[Text]:
    return dict.fromkeys(name for stage in ordered for name in _who(stage))


def _who(stage: Stage) -> list[Text]:
    """Who a step names as acting; who only reported it, where nobody else is named."""
    named = [name for name in (stage.party, stage.place) if name is not None]
    return named or [name for name in (stage.reporter,) if name is not None]


def _between(links: Iterable[Link]) -> dict[tuple[_Holder, _Holder], bool]:
    """Holders between whom something went, and whether for certain: few, however many things."""
    found: dict[tuple[_Holder, _Holder], bool] = {}
    for link in links:
        pair = (link.source.party, link.source.site), (link.target.party, link.target.site)
        found[pair] = found.get(pair, False) or link.certain
    return found


def _called(
    holder: _Holder, here: Mapping[Text, Sequence[Stage]], names: Mapping[str, Text]
) -> Text | None:
    found = (names.get(uri) for uri in holder)
    return next((name for name in found if name is not None and name in here), None)


def _stop(name: Text, steps: Sequence[Stage]) -> Stop:
    """A stop does what it made there, else what it did first."""
    telling = next((stage for stage in steps if stage.makes), steps[0])
    return Stop(
        name=name,
        step=telling.step,
        at=telling.at,
        offset=telling.offset,
        certain=any(stage.certain for stage in steps),
        tone=min((stage.tone for stage in steps), key=_GRAVITY.index),
    )
