"""Takes steps that end a thing's use; gives a finding for a thing that went through one before."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge, ThingState
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted, states
from suyuan.families.view import View
from suyuan.kit import Text


class Once(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="once"):
    """No thing of `of` went through one of `steps` earlier: one code, one use.

    The same act told by two parties has one time and is one. A thing that went through one of
    `again` since its last use may be used again.
    """

    steps: tuple[str, ...]
    of: str = "instances"
    again: tuple[str, ...] = ()

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first thing that was used before; not when and by whom: that is not for everybody."""
        for thing, state in states(self.of, view, knowledge):
            if self._was_used(state, view):
                return Miss(self.of, quoted(thing))
        return None

    def _was_used(self, state: ThingState, view: View) -> bool:
        now = view.event.event_time
        used = [past.at for past in state.steps if past.step in self.steps and past.at < now]
        back = [past.at for past in state.steps if past.step in self.again]
        return bool(used) and not any(at > max(used) for at in back)

    def explain(self, words: Words) -> Text:
        """Which steps a thing goes through once."""
        sentence = Text("此前没有下列环节的记录：{steps}", "not recorded before in: {steps}")
        return sentence.format(steps=listed(words.steps[step] for step in self.steps))

    def refs(self) -> tuple[Ref, ...]:
        """The item and the steps spoken of."""
        return (("item", self.of), *(("step", step) for step in (*self.steps, *self.again)))
