"""Takes a date of validity, or a document's number; gives a finding when the day is past it."""

from datetime import date, timedelta

from msgspec import Struct

from suyuan.families.days import local_day
from suyuan.families.knowledge import Knowledge, KnownDocument
from suyuan.families.predicates.base import Miss, Ref, Words, quoted
from suyuan.families.predicates.times import dated, surely_later
from suyuan.families.view import View
from suyuan.kit import Text
from suyuan.kit.span import instant

_NO_GRACE = timedelta(0)


class NotExpired(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="not_expired"
):
    """The event is not after the day in `of`, nor outside the days on file for `document`.

    `of` is an item with a last day of validity (that day still counts); `document` an item
    with a number, looked up.
    """

    of: str
    document: str | None = None

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The day, or the document, that had expired or not begun."""
        return self._by_stated_day(view, knowledge) or self._by_file(view, knowledge)

    def _by_stated_day(self, view: View, knowledge: Knowledge) -> Miss | None:
        stated = dated(self.of, view, knowledge)
        if isinstance(stated, Miss):
            return stated
        at = instant(view.event.event_time)
        late = [said for said, span in stated if surely_later(at, span, _NO_GRACE)]
        return Miss(self.of, quoted(late[0])) if late else None

    def _by_file(self, view: View, knowledge: Knowledge) -> Miss | None:
        if self.document is None or knowledge.documents is None:
            return None
        day = local_day(view.event)
        for value in view.values(self.document):
            on_file = knowledge.documents.get(str(value), ())
            if on_file and not any(_covers(one, day) for one in on_file):
                return Miss(self.document, quoted(value))
        return None

    def explain(self, words: Words) -> Text:
        """Until when it must be valid."""
        sentence = Text("当日不得晚于{item}", "not later than {item}")
        if self.document is None:
            return sentence.format(item=words.items[self.of])
        sentence = Text(
            "当日不得晚于{item}，{document}须在有效期内",
            "not later than {item}, and {document} valid that day",
        )
        return sentence.format(item=words.items[self.of], document=words.items[self.document])

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return (("item", self.of), *((("item", self.document),) if self.document else ()))


def _covers(document: KnownDocument, day: date) -> bool:
    begun = document.valid_from is None or document.valid_from <= day
    return begun and (document.valid_to is None or day <= document.valid_to)
