"""Takes steps; gives a finding for a thing with a recorded past that has none of them."""

from datetime import datetime

from msgspec import Struct

from suyuan.families.knowledge import CONFIRMED, Knowledge, ThingState
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted, states
from suyuan.families.view import View, amounts
from suyuan.kit import Text


class PreviousStep(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="previous_step"
):
    """Each thing of `of` with a recorded past went through at least one of the steps `any`.

    A thing without any recorded past is an open end of its trace, not a breach: whoever held
    it before was silent, and completeness counts that. Silent too on one whose past is too long
    to be looked through: a lot that thousands bought from.

    With `after`, only of a thing that went through one of these steps, and one of `any` has to have
    come since the last of them: what left one place has to be entered at the next. `confirms`: it
    has to name that last one, as a second account does; of several at one time, each. Of a lot,
    parts of which are issued one after the other, every one has to be named by some event.
    """

    any: tuple[str, ...]
    of: str = "things"
    after: tuple[str, ...] = ()
    confirms: bool = False

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first thing whose past lacks them all."""
        last = None
        for thing, state in states(self.of, view, knowledge):
            if state is last and not self.confirms:
                continue  # things that came the same way have one state
            if state.steps and state.is_whole and not self._went_through(thing, state, view):
                return Miss(self.of, quoted(thing))
            last = state
        return None

    def _went_through(self, thing: str, state: ThingState, view: View) -> bool:
        until = view.event.event_time
        steps = [past for past in state.steps if past.at <= until]
        since = max((past.at for past in steps if past.step in self.after), default=None)
        if self.after and since is None:
            return True
        if self.confirms and not self._is_confirmed(thing, state, since, view):
            return False
        return any(past.step in self.any and (since is None or past.at >= since) for past in steps)

    def _is_confirmed(
        self, thing: str, state: ThingState, since: datetime | None, view: View
    ) -> bool:
        """Whether what was done is named by confirmations, as far as its ids are known."""
        if any(thing == part.epc_class for part in amounts(view.event)):
            done = [state.done.get(step, frozenset()) for step in self.after]
        else:
            steps = (past for past in state.steps if past.step in self.after)
            done = [past.acts for past in steps if past.at == since]
        return frozenset[str]().union(*done) <= set(state.told.get(CONFIRMED, ()))

    def explain(self, words: Words) -> Text:
        """Which steps must have gone before."""
        steps = listed(words.steps[step] for step in self.any)
        sentence = Text(
            "此前须有下列环节之一的记录：{steps}", "recorded before in one of the steps: {steps}"
        )
        if self.after:
            sentence = Text(
                "经过{after}的，此后须有下列环节之一的记录：{steps}",
                "what went through {after} is recorded since in one of the steps: {steps}",
            )
        if self.confirms:
            sentence = Text(
                "经过{after}的，此后须有下列环节之一的记录，并指明确认的是这一次（批次的每一次都须确认）：{steps}",
                "what went through {after} is recorded since, by that act's id (of a lot each of "
                "them), in one of the steps: {steps}",
            )
        return sentence.format(steps=steps, after=listed(words.steps[one] for one in self.after))

    def refs(self) -> tuple[Ref, ...]:
        """The item and the steps spoken of."""
        return (("item", self.of), *(("step", step) for step in (*self.any, *self.after)))
