"""Takes a party and licence kinds; gives a finding when none is valid on the day."""

from datetime import date

from msgspec import Struct

from suyuan.families.days import local_day
from suyuan.families.knowledge import Knowledge
from suyuan.families.knowledge import Licence as OnFile
from suyuan.families.predicates.base import ACTOR, Miss, Ref, Words, listed, parties, quoted
from suyuan.families.view import View
from suyuan.kit import Text


class Licence(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="licence"):
    """Each registered party of `of` has a licence of a kind in `any`, valid on the event's day."""

    any: tuple[str, ...]
    of: str = ACTOR

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first registered party without one; silent on parties that are not registered."""
        if knowledge.licences is None:
            return None
        for party in parties(self.of, view, knowledge):
            on_file = knowledge.licences.get(party)
            if on_file is not None and not self._covered(on_file, local_day(view.event)):
                return Miss(self.of, quoted(party))
        return None

    def _covered(self, on_file: tuple[OnFile, ...], day: date) -> bool:
        return any(one.kind in self.any and _valid(one, day) for one in on_file)

    def explain(self, words: Words) -> Text:
        """Which licences serve."""
        kinds = listed(words.words[kind] for kind in self.any)
        sentence = Text(
            "{party}当日须持有有效的：{kinds}", "{party} holds, valid that day: {kinds}"
        )
        return sentence.format(party=words.items[self.of], kinds=kinds)

    def refs(self) -> tuple[Ref, ...]:
        """The party's item and the names of the licences."""
        return (("item", self.of), *(("word", kind) for kind in self.any))


def _valid(licence: OnFile, day: date) -> bool:
    begun = licence.valid_from is None or licence.valid_from <= day
    return begun and (licence.valid_to is None or day <= licence.valid_to)
