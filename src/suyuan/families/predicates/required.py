"""Takes items; gives a finding when they are not stated."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import NOTHING_STATED, Miss, Ref, Words, listed
from suyuan.families.view import View
from suyuan.kit import Text


class Required(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="required"):
    """All the items `of` are stated, or with `any` at least one of them."""

    of: tuple[str, ...]
    any: bool = False

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first item missing and, of several, which are; with `any`, the first when all are."""
        if self.any:
            stated = any(view.values(item) for item in self.of)
            return None if stated else Miss(self.of[0], NOTHING_STATED)
        for item in self.of:
            if not view.values(item):
                return Miss(item, NOTHING_STATED, lacking=self._lacking(view))
        return None

    def _lacking(self, view: View) -> tuple[str, ...]:
        """The items that are not stated; none if no item is, for then there is no telling apart."""
        lacking = tuple(item for item in self.of if not view.values(item))
        return lacking if len(lacking) < len(self.of) else ()

    def explain(self, words: Words) -> Text:
        """What must be stated."""
        names = listed(words.items[item] for item in self.of)
        if self.any and len(self.of) > 1:
            return Text("须填写下列至少一项：{names}", "at least one of: {names}").format(
                names=names
            )
        return Text("须填写：{names}", "stated: {names}").format(names=names)

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return tuple(("item", item) for item in self.of)
