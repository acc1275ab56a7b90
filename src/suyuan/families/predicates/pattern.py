"""Takes an item and a form; gives a finding for a value written otherwise."""

import re
from functools import lru_cache

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, quoted
from suyuan.families.view import View
from suyuan.kit import Text


class Pattern(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pattern"):
    """Every value of `of` matches the whole regular expression; `zh`/`en` say it in words."""

    of: str
    regex: str
    zh: str
    en: str

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first value of another form."""
        form = compiled(self.regex)
        for value in view.values(self.of):
            if form.fullmatch(str(value)) is None:
                return Miss(self.of, quoted(value))
        return None

    def explain(self, words: Words) -> Text:
        """The form in words."""
        sentence = Text("{item}的格式须为：{form}", "{item} is written as: {form}")
        return sentence.format(item=words.items[self.of], form=Text(self.zh, self.en))

    def refs(self) -> tuple[Ref, ...]:
        """The item spoken of."""
        return (("item", self.of),)


@lru_cache(maxsize=1024)
def compiled(regex: str) -> re.Pattern[str]:
    """The expression, compiled once; digits are ASCII digits.

    Raises:
        re.error: the text is no regular expression.
    """
    return re.compile(regex, re.ASCII)
