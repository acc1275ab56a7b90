"""Takes a party and licence kinds; gives a finding when none is valid that day, or none covers."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from unicodedata import normalize

from msgspec import Struct

from suyuan.families.areas import division_of, first_known, is_outside
from suyuan.families.days import local_day
from suyuan.families.knowledge import Knowledge
from suyuan.families.knowledge import Licence as OnFile
from suyuan.families.predicates.base import ACTOR, Miss, Ref, Words, listed, parties, quoted
from suyuan.families.terms import word
from suyuan.families.view import View
from suyuan.kit import Text

_HOLDS: Final = Text("{party}当日须持有有效的：{kinds}", "{party} holds, valid that day: {kinds}")
_IN_AREA: Final = Text("许可区域包括所在地", "for an area in which it lies")
_FOR_GOODS: Final = Text("许可内容包括{goods}", "for {goods}")
_OUTSIDE: Final = Text(
    "{party}（所在地 {division}，许可区域 {areas}）",
    "{party} (it lies in {division}, the licence is for {areas})",
)
_OTHER: Final = Text("{goods}（证照所列：{covers}）", "{goods} (the licence states: {covers})")
_MOST_SHOWN: Final = 8


class Licence(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="licence"):
    """Each registered party of `of` has a licence of a kind in `any`, valid on the event's day.

    With `area` or `goods` the rule speaks of those that are valid that day, and one of them must be
    for the place and the goods; that there is none is another rule's.

    With `area` the place is where the event happened, of another party than the reporter where that
    party is registered. Silent where no division is known, and on licences not limited to an area.

    `goods` are the items that say what the goods are: covered, if of one of them a licence states
    all values, as they stand or as `called`, the licence's words for coded values. Silent where one
    of the items is not stated, on licences of which no such list is on file, and, with `called`, on
    those that state none of its words.
    """

    any: tuple[str, ...]
    of: str = ACTOR
    area: bool = False
    goods: tuple[str, ...] = ()
    called: Mapping[str, tuple[str, ...]] = {}

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first registered party without one; silent on parties that are not registered."""
        if knowledge.licences is None:
            return None
        day = local_day(view.event)
        for party in parties(self.of, view, knowledge):
            on_file = knowledge.licences.get(party)
            if on_file is None:
                continue
            valid = [one for one in on_file if one.kind in self.any and _valid(one, day)]
            miss = self._misses(party, valid, view, knowledge)
            if miss is not None:
                return miss
        return None

    def _misses(
        self, party: str, valid: list[OnFile], view: View, knowledge: Knowledge
    ) -> Miss | None:
        if not (self.area or self.goods):
            return None if valid else Miss(self.of, quoted(party))
        if self.area:
            where, day = self._place(party, view, knowledge), local_day(view.event)
            fitting = [one for one in valid if not _is_elsewhere(where, one, day)]
            if valid and not fitting:
                return self._outside(party, where, valid)
            valid = fitting
        if not valid or any(not self._is_for_others(one, view) for one in valid):
            return None
        return self._other(valid, view)

    def _place(self, party: str, view: View, knowledge: Knowledge) -> str:
        if self.of == ACTOR:
            return division_of(view.event, knowledge)
        return first_known((party,), local_day(view.event), knowledge)

    def _outside(self, party: str, where: str, valid: Iterable[OnFile]) -> Miss:
        areas = _shown(area for one in valid for area in one.areas)
        said = _OUTSIDE.format(party=quoted(party), division=where, areas=areas)
        return Miss(self.of, said)

    def _is_for_others(self, licence: OnFile, view: View) -> bool:
        """Whether a licence certainly is not for the goods of the event."""
        stated = [view.values(item) for item in self.goods]
        if not licence.covers or not stated or not all(stated):
            return False
        covers = {_same(one) for one in licence.covers}
        if self.called and covers.isdisjoint(self._vocabulary()):
            return False
        return not any(all(self._names(one) & covers for one in values) for values in stated)

    def _vocabulary(self) -> set[str]:
        """All codes and words by which a licence can speak of such goods."""
        words = (word for words in self.called.values() for word in words)
        return {_same(one) for one in (*self.called, *words)}

    def _names(self, value: Any) -> set[str]:
        """What goods may be called on a licence, as names are compared."""
        coded = word(value) or ""
        return {_same(one) for one in (value, coded, *self.called.get(coded, ()))}

    def _other(self, valid: Iterable[OnFile], view: View) -> Miss:
        item = self.goods[0]
        goods = listed(map(quoted, view.values(item)))
        covers = _shown(each for one in valid for each in one.covers)
        words = tuple(str(word(one)) for one in view.values(item))
        return Miss(item, _OTHER.format(goods=goods, covers=covers), words)

    def explain(self, words: Words) -> Text:
        """Which licences serve, and for what."""
        kinds = listed(words.words[kind] for kind in self.any)
        said = [_HOLDS.format(party=words.items[self.of], kinds=kinds)]
        if self.area:
            said.append(_IN_AREA)
        if self.goods:
            said.append(_FOR_GOODS.format(goods=listed(words.items[one] for one in self.goods)))
        return Text("，".join(one.zh for one in said), ", ".join(one.en for one in said))

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of and the names of the licences and of coded goods."""
        items = (self.of, *self.goods)
        named = (*self.any, *self.called)
        return (*(("item", item) for item in items), *(("word", one) for one in named))


def _valid(licence: OnFile, day: date) -> bool:
    begun = licence.valid_from is None or licence.valid_from <= day
    return begun and (licence.valid_to is None or day <= licence.valid_to)


def _is_elsewhere(division: str, licence: OnFile, day: date) -> bool:
    """Whether a division is known and certainly outside all areas of a licence that has any."""
    return bool(division and licence.areas) and is_outside(division, licence.areas, day)


def _shown(texts: Iterable[str]) -> Text:
    several = list(dict.fromkeys(texts))
    more = ("…",) if len(several) > _MOST_SHOWN else ()
    return listed(Text(one, one) for one in (*several[:_MOST_SHOWN], *more))


def _same(value: Any) -> str:
    """A name as it is compared: width, case and blanks do not matter."""
    return "".join(normalize("NFKC", str(value)).casefold().split())
