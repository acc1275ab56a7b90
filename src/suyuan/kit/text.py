"""What people read, always in both languages."""

import re
from collections.abc import Iterable
from string import Formatter
from typing import Any, Final, Literal, Self

from msgspec import Struct

Lang = Literal["zh", "en"]

_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Agreeing(Formatter):
    """Formats as `str.format` does; where `|` parts two words, with the one that agrees."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, parted, many = format_spec.partition("|")
        if not parted:
            return str(super().format_field(value, format_spec))
        return f"{value} {one if str(value) == '1' else many}"


_AGREEING: Final = _Agreeing()


class Text(Struct, frozen=True, gc=False):
    """One sentence or name in Chinese and in English; `{name}` marks a parameter.

    In English `{name:lot|lots}` is a number with the word for one of them or for others.
    """

    zh: str
    en: str

    def format(self, **params: Any) -> Self:
        """The same text with its parameters filled in; a `Text` given fills each in its tongue."""
        zh = {name: _spoken(value, "zh") for name, value in params.items()}
        en = {name: _spoken(value, "en") for name, value in params.items()}
        english = _AGREEING.format if "|" in self.en else str.format
        return type(self)(self.zh.format(**zh), english(self.en, **en))

    def pick(self, lang: Lang) -> str:
        """The text in one language."""
        return self.zh if lang == "zh" else self.en


def counted(count: int, zh: str, one: str, many: str) -> Text:
    """How many there are: `zh` behind the number, in English `one` of 1 and `many` of others."""
    return Text(f"{{count}} {zh}", f"{{count:{one}|{many}}}").format(count=count)


def joined(said: Iterable[Text | str]) -> Text:
    """Names one after the other, parted as each language parts them; of none an empty text."""
    names = list(said)
    return Text(
        "、".join(_spoken(each, "zh") for each in names),
        ", ".join(_spoken(each, "en") for each in names),
    )


_UNVERIFIED: Final = Text("{said}（未核实）", "{said} (unverified)")


def vouched(said: Text, *, verified: bool) -> Text:
    """A text that cites a source; with a mark behind it if the source could not be checked."""
    return said if verified else _UNVERIFIED.format(said=said)


def brief(text: str, most: int) -> str:
    """A text if it is short, else an ellipsis: no piece of it that whoever masks it would miss."""
    return text if len(text) <= most else "…"


def legal_in_xml(text: str) -> str:
    """The text with U+FFFD for what no XML 1.0 document may hold, as none in a workbook may."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _spoken(value: Any, lang: Lang) -> Any:
    return value.pick(lang) if isinstance(value, Text) else value
