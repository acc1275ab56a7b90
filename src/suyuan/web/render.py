"""Takes a template's name and its values; gives HTML in the reader's language and text size."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from msgspec import Struct

from suyuan.codes import privacy, shown
from suyuan.families import citing
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.kit.text import Lang
from suyuan.publish import Stage, Tone
from suyuan.trace.types import by_code

_CANONICAL_HOST = "https://id.gs1.org"
_FIRST_WIDE = 0x2E80
"""Where Chinese letters and their punctuation begin."""

_SHORT, _HEAD, _TAIL = 7, 2, 3


class Reader(Struct, frozen=True, kw_only=True):
    """How a page is to be read: language, text size, by whom, and at which address."""

    lang: Lang = "zh"
    large: bool = False
    name: str | None = None
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()

    def say(self, zh: str, en: str, **params: Any) -> str:
        """The one of two words that the reader's language asks for, as `Text` is filled in."""
        return self.text(Text(zh, en).format(**params) if params else Text(zh, en))

    def text(self, text: Text | None) -> str:
        """A text in the reader's language; nothing stays nothing."""
        return "" if text is None else text.pick(self.lang)

    def here_with(self, **changes: str | None) -> str:
        """This page's own address with a setting changed, or with None left out.

        Nobody's identity number is in it.
        """
        query = [(name, value) for name, value in self.query if name not in changes]
        kept = [(privacy.masked(name), privacy.masked(value)) for name, value in query]
        new = [(name, value) for name, value in changes.items() if value is not None]
        asked = urlencode([*kept, *new])
        return f"{privacy.masked(self.path)}{'?' if asked else ''}{asked}"


def page(name: str, reader: Reader, **values: Any) -> str:
    """One page as HTML."""
    return (
        _templates()
        .get_template(name)
        .render(
            **values,
            lang=reader.lang,
            large=reader.large,
            signed_in=reader.name,
            say=reader.say,
            in_lang=reader.text,
            with_lang=lambda lang: reader.here_with(lang=lang),
            with_text=lambda text: reader.here_with(text=text),
            when=lambda stage: when(stage, reader.lang),
            machine_time=machine_time,
            own_words=lambda text: own_words(text, reader.lang),
            citation=citing.citation,
            sourced=lambda said: Text(said, citing.in_english(said)),
            own_data=lambda value: own_words(Text(value, value), reader.lang),
        )
    )


def thing_href(uri: str) -> str:
    """The address of a thing's page: its Digital Link path here, else by name."""
    if uri.startswith(_CANONICAL_HOST):
        return uri.removeprefix(_CANONICAL_HOST)
    return f"/thing?{urlencode({'id': uri})}"


def parted(code: str) -> Markup:
    """A code as it is printed, to be broken on a narrow page between its elements if it must."""
    return Markup("<wbr>(").join(code.split("("))


def when(stage: Stage, lang: Lang) -> str:
    """When it happened on the clock at its place; of several in a day, from when to when."""
    begin = _clock(stage.at, stage.offset)
    end = begin if stage.until is None else _clock(stage.until, stage.offset)
    span = begin if begin == end else f"{begin}–{end}"
    day = local_day_words(stage.at, stage.offset, lang).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{day} {span} {stage.offset}"


def machine_time(stage: Stage) -> str:
    """The same for programs that read the page (HTML, time element)."""
    return there(stage.at, stage.offset).isoformat()


def local_day_words(at: datetime, offset: str, lang: Lang) -> str:
    """The day at a place, as people write it there."""
    day = there(at, offset)
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%b %Y}"


def _clock(at: datetime, offset: str) -> str:
    return f"{there(at, offset):%H:%M}"


def own_words(text: Text, lang: Lang) -> Markup:
    """A text; one that has no English words on an English page says in which tongue it is."""
    said = escape(text.pick(lang))
    if lang == "en" and any(ord(letter) >= _FIRST_WIDE for letter in text.en):
        return Markup('<span lang="zh-CN">{}</span>').format(said)
    return said


def condensed(stages: Sequence[Stage]) -> list[tuple[bool, list[Stage]]]:
    """Steps in runs, each open or folded: of a long way, the quiet middle folds.

    The first two, the last three and every step with a remark, a doubt or a correction stay open.
    """
    runs: list[tuple[bool, list[Stage]]] = []
    for place, stage in enumerate(stages):
        plain = stage.tone is Tone.GOOD and stage.note is None
        quiet = plain and stage.certain and not stage.corrected
        folds = len(stages) > _SHORT and quiet and _HEAD <= place < len(stages) - _TAIL
        if not runs or runs[-1][0] is folds:
            runs.append((not folds, []))
        runs[-1][1].append(stage)
    return [(True, run) if len(run) == 1 else (is_open, run) for is_open, run in runs]


@lru_cache(maxsize=64)
def static(name: str) -> bytes:
    """A file of ours as it is served; the file is read once."""
    return files("suyuan.web").joinpath("static", *name.split("/")).read_bytes()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("suyuan.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(_shared())
    environment.filters["masked"] = privacy.masked
    environment.filters["parted"] = parted
    return environment


def _silent_mark() -> str:
    """The mark beside our name: who hears the page hears the name once."""
    drawn = static("mark.svg").decode()
    return drawn.replace('role="img" aria-label="溯源 Suyuan"', 'aria-hidden="true"')


def _version(name: str) -> str:
    """What an address of a file ends with, so that browsers may keep it for ever."""
    return hashlib.sha256(static(name)).hexdigest()[:12]


def _shared() -> Mapping[str, Callable[..., Any] | str]:
    return {
        "thing_href": thing_href,
        "condensed": condensed,
        "shown_code": shown.shown_code,
        "by_code": by_code,
        "mark": Markup(_silent_mark()),  # noqa: S704 -- our own file
        "css_version": _version("app.css"),
        "receipt_script": f"/static/receipt.js?v={_version('receipt.js')}",
    }
