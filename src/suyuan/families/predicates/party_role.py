"""Takes a party and roles; gives a finding when it is registered in none of them."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import ACTOR, Miss, Ref, Words, listed, parties, quoted
from suyuan.families.view import View
from suyuan.kit import Text


class PartyRole(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="party_role"
):
    """Each registered party of `of` is registered in one of the roles `any`."""

    any: tuple[str, ...]
    of: str = ACTOR

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first registered party in other roles only; silent on the unregistered."""
        if knowledge.roles is None:
            return None
        for party in parties(self.of, view, knowledge):
            roles = knowledge.roles.get(party)
            if roles is not None and roles.isdisjoint(self.any):
                return Miss(self.of, quoted(party))
        return None

    def explain(self, words: Words) -> Text:
        """Who may do this."""
        roles = listed(words.words[role] for role in self.any)
        sentence = Text("{party}须登记为：{roles}", "{party} registered as: {roles}")
        return sentence.format(party=words.items[self.of], roles=roles)

    def refs(self) -> tuple[Ref, ...]:
        """The party's item and the names of the roles."""
        return (("item", self.of), *(("word", role) for role in self.any))
