"""Takes a template's name and its values; gives HTML in the reader's language and text size."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from msgspec import Struct

from suyuan.codes import to_digital_link
from suyuan.kit import Text
from suyuan.kit.text import Lang
from suyuan.publish import Stage

_CANONICAL_HOST = "https://id.gs1.org"


class Reader(Struct, frozen=True, kw_only=True):
    """How a page is to be read: language, text size, by whom, and at which address."""

    lang: Lang = "zh"
    large: bool = False
    name: str | None = None
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()

    def say(self, zh: str, en: str) -> str:
        """The one of two words that the reader's language asks for."""
        return zh if self.lang == "zh" else en

    def text(self, text: Text | None) -> str:
        """A text in the reader's language; nothing stays nothing."""
        return "" if text is None else text.pick(self.lang)

    def here_with(self, **changes: str) -> str:
        """This page's own address with a setting changed."""
        kept = [(name, value) for name, value in self.query if name not in changes]
        return f"{self.path}?{urlencode([*kept, *changes.items()])}"


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
            local_time=lambda stage: local_time(stage, reader.lang),
        )
    )


def thing_href(uri: str) -> str:
    """The address of a thing's page: its Digital Link path here, else by name."""
    if uri.startswith(_CANONICAL_HOST):
        return uri.removeprefix(_CANONICAL_HOST)
    return f"/thing?{urlencode({'id': uri})}"


def shown_code(uri: str) -> str:
    """A canonical name as people write it: GS1 keys as a Digital Link without its host."""
    if uri.startswith("urn:epc:"):
        return to_digital_link(uri).removeprefix(_CANONICAL_HOST)
    return uri.removeprefix(_CANONICAL_HOST)


def local_time(stage: Stage, lang: Lang) -> str:
    """When it happened on the clock at its place, to the minute."""
    sign = -1 if stage.offset.startswith("-") else 1
    there = timedelta(hours=int(stage.offset[1:3]), minutes=int(stage.offset[4:6]))
    at: datetime = stage.at + sign * there
    return f"{at:%Y年%m月%d日 %H:%M}" if lang == "zh" else f"{at:%d %b %Y, %H:%M}"


def static(name: str) -> bytes:
    """A file of ours as it is served."""
    return files("suyuan.web").joinpath("static", *name.split("/")).read_bytes()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("suyuan.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_shared())
    return environment


def _shared() -> Mapping[str, Callable[..., str] | str]:
    return {
        "thing_href": thing_href,
        "quote": quote,
        "mark": Markup(static("mark.svg").decode()),  # noqa: S704 -- our own file
        "css_version": hashlib.sha256(static("app.css")).hexdigest()[:12],
    }
