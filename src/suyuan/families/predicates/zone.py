"""Takes a position and zones; gives a finding outside what is permitted or inside what is not."""

import re
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from suyuan.families.days import span_of
from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted, said
from suyuan.families.view import View
from suyuan.kit import Text, geo
from suyuan.model import Event

_NO_POSITION = Text("{value}（不是可用的坐标）", "{value} (no usable position)")
_NO_ZONE = Text("{value}（不是可用的区域）", "{value} (no usable zone)")
_OUTSIDE = Text("{at}，当时不在任何准许的区域内", "{at}, in no zone permitted then")
_INSIDE = Text("{at}，当时在区域“{name}”内", '{at}, in the zone "{name}" then')
_IN = Text("{of}须在{zones}之内", "{of} within {zones}")
_OUT = Text("{of}须在{zones}之外", "{of} outside {zones}")
_CLOSED = Text("{of}须在禁渔期内的{zones}之外", "{of} outside {zones} while these are closed")
_BOTH = Text("，", ", ")
_CHINA: Final = timedelta(hours=8)
_MINUTE: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d")


class Season(Struct, frozen=True, forbid_unknown_fields=True):
    """Waters that a law closes every year, between two minutes on China's clock (the last not in).

    `box` is west, south, east, north in degrees; its south and west edges are in, the others not,
    so that waters that meet have no point in common. `begins` and `ends`: `05-01T12:00`.
    """

    zh: str
    en: str
    box: tuple[float, float, float, float]
    begins: str
    ends: str

    def __post_init__(self) -> None:
        """Hold times of one year and a box that has an inside.

        Raises:
            ValueError: it has none.
        """
        west, south, east, north = self.box
        if not (west < east and south < north and self.begins < self.ends):
            raise ValueError("a season has its beginning before its end, a box an inside")
        if not (_MINUTE.fullmatch(self.begins) and _MINUTE.fullmatch(self.ends)):
            raise ValueError("a season begins and ends at a minute such as 05-01T12:00")

    def holds(self, at: geo.Position, event: Event) -> bool:
        """Whether the position lies in waters that are closed at the event's time."""
        west, south, east, north = self.box
        if not (west <= at.lon < east and south <= at.lat < north):
            return False
        return self.begins <= (event.event_time + _CHINA).strftime("%m-%dT%H:%M") < self.ends


class Zone(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="zone"):
    """Each position of `of` is in a zone of `inside` and in none of `outside`, at the event's time.

    Positions and zones are those of `kit.geo`; a zone may have a `name`, and a `start` and `end`
    between which alone it counts (both included). A zone or position that cannot be read is found.
    Silent where no position is stated, or of the zones none. `seasons` are zones that the law
    itself closes, year by year.
    """

    of: str
    inside: str | None = None
    outside: str | None = None
    seasons: tuple[Season, ...] = ()

    def __post_init__(self) -> None:
        """Hold at least one side.

        Raises:
            ValueError: neither is stated.
        """
        if self.inside is None and self.outside is None and not self.seasons:
            raise ValueError("state inside, outside or seasons")

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first position that is where it must not be."""
        for value in view.values(self.of):
            at = geo.position(value)
            if at is None:
                return Miss(self.of, _NO_POSITION.format(value=quoted(value)))
            miss = self._not_inside(value, at, view) or self._not_outside(value, at, view)
            miss = miss or self._not_closed(value, at, view)
            if miss is not None:
                return miss
        return None

    def _not_inside(self, value: Any, at: geo.Position, view: View) -> Miss | None:
        zones = view.values(self.inside) if self.inside else ()
        for zone in zones:
            held = _holds(zone, at, view.event)
            if held is None:
                return Miss(self.inside or "", _NO_ZONE.format(value=quoted(zone)))
            if held:
                return None
        return Miss(self.of, _OUTSIDE.format(at=quoted(value))) if zones else None

    def _not_outside(self, value: Any, at: geo.Position, view: View) -> Miss | None:
        for zone in view.values(self.outside) if self.outside else ():
            held = _holds(zone, at, view.event)
            if held is None:
                return Miss(self.outside or "", _NO_ZONE.format(value=quoted(zone)))
            if held:
                return Miss(self.of, _INSIDE.format(at=quoted(value), name=_name(zone)))
        return None

    def _not_closed(self, value: Any, at: geo.Position, view: View) -> Miss | None:
        for season in self.seasons:
            if season.holds(at, view.event):
                name = Text(season.zh, season.en)
                return Miss(self.of, _INSIDE.format(at=quoted(value), name=name))
        return None

    def explain(self, words: Words) -> Text:
        """Inside which zones, outside which."""
        of, said = words.items[self.of], list[Text]()
        if self.inside:
            said.append(_IN.format(of=of, zones=words.items[self.inside]))
        if self.outside:
            said.append(_OUT.format(of=of, zones=words.items[self.outside]))
        if self.seasons:
            names = listed(Text(one.zh, one.en) for one in self.seasons)
            said.append(_CLOSED.format(of=of, zones=names))
        return Text(_BOTH.zh.join(one.zh for one in said), _BOTH.en.join(one.en for one in said))

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        named = (self.of, self.inside, self.outside)
        return tuple(("item", item) for item in named if item is not None)


def _holds(zone: Any, at: geo.Position, event: Event) -> bool | None:
    """Whether a position is in a zone that counts at the event's time; None: it cannot be read."""
    area = geo.area(zone)
    counts = _counts(zone, event)
    if area is None or counts is None:
        return None
    return counts and area.holds(at)


def _counts(zone: Any, event: Event) -> bool | None:
    """Whether the zone counts at the time of the event; None: its start or end is no time."""
    if not isinstance(zone, dict):
        return True
    start, end = zone.get("start"), zone.get("end")
    begins, ends = (None if one is None else span_of(one, event) for one in (start, end))
    if (begins is None and start is not None) or (ends is None and end is not None):
        return None
    begun = begins is None or begins.lo is None or begins.lo <= event.event_time
    return begun and (ends is None or ends.hi is None or event.event_time <= ends.hi)


def _name(zone: Any) -> Any:
    named = zone.get("name") if isinstance(zone, dict) else None
    return str(named)[:60] if named else said(zone)[:60]
