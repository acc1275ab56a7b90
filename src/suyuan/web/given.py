"""Takes what people type into a form, things and days; gives canonical names and instants."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from unicodedata import normalize
from urllib.parse import urlencode

from litestar.response import Redirect

from suyuan.codes import privacy, unknown
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import parse_instant
from suyuan.service import meant, one_holder
from suyuan.trace import Direction, Question, Seed, resting
from suyuan.web.reading import LONGEST
from suyuan.web.request import AnyRequest, asking, platform_of

RESTING: Final = ("hold_for", "stay_at_most", "ties")
WITHIN: Final = ("holder_party", "holder_site", "start", "end", "known_at")
"""What a question can be limited to: a holder, a window, a part of the record."""
_CHINA: Final = 480
_MOST: Final = 100
_LAST: Final = 999_999_999
_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{0,9})?", re.ASCII)
_ROW: Final = re.compile(
    r"(?:(?:test|case|root) |(?P<of>cases|candidate|reporting), row )(?P<row>\d{1,6})(?:,|$)"
)
_BOXES: Final = {
    "cases": Text("病例", "cases, "),
    "candidate": Text("候选", "candidates, "),
    "reporting": Text("报告率", "reporting rates, "),
}
"""What the fields of one form are called that take a line each."""
_FIELD: Final = re.compile(r"[a-z_]{0,30}")
_NO_NUMBER = Text(
    "“{text}”用不上：请写 {least} 到 {most} 的数。",
    "'{text}' cannot be used: give a number from {least} to {most}.",
)

_NO_WHOLE = Text(
    "“{text}”用不上：请写 {least} 到 {most} 的整数。",
    "'{text}' cannot be used: give a whole number from {least} to {most}.",
)
_NO_SHARE = Text(
    "“{text}”用不上：请写 {least} 到 {most} 的数，或带 % 的百分数。",
    "'{text}' cannot be used: give a number from {least} to {most}, or a percentage with its sign.",
)

_MANY = Text(
    "网页上一次最多问 {most} 个编码；更多编码的召回用 suyuan scope --things-file，或 POST /scope。",
    "A page takes at most {most} codes at a time; of more a recall is asked by suyuan scope "
    "--things-file, or by POST /scope.",
)


def fields_typed(request: AnyRequest, names: Sequence[str]) -> dict[str, str] | Redirect:
    """What was typed into the fields of a form, trimmed; of one given several times, one a line.

    Nobody's identity number stays in an address that a browser keeps: then the way to the same
    address without it.
    """
    typed = {name: "\n".join(request.query_params.getall(name, [])).strip() for name in names}
    given = {name: privacy.masked(text) for name, text in typed.items()}
    return given if given == typed else Redirect(f"{request.url.path}?{urlencode(given)}")


def things_typed(request: AnyRequest, lines: str) -> list[str]:
    """The canonical names of things typed one a line, each once.

    Raises:
        SuyuanError: one is no code, or there are too many.
    """
    texts = list(dict.fromkeys(filter(None, (line.strip() for line in lines.splitlines()))))
    if len(texts) > _MOST:
        raise SuyuanError("recall.many", _MANY.format(most=_MOST), "thing")
    return _names(request, texts)


def question_typed(
    request: AnyRequest, given: Mapping[str, str], direction: Direction
) -> Question | None:
    """What is asked about the things typed, as the fields `as_of` and `WITHIN` limit it.

    None where no thing is typed.

    Raises:
        SuyuanError: one of them says nothing.
    """
    things = things_typed(request, given["thing"])
    holder = one_holder(platform_of(request), given["holder_party"], given["holder_site"])
    known_at, days = given["known_at"], (given["start"], given["end"], given["as_of"])
    start, end, as_of = (
        day_typed(day, last=last) for day, last in zip(days, (False, True, True), strict=True)
    )
    if not things:
        return None
    return Question(
        seeds=tuple(Seed(thing=each, holder=holder) for each in things),
        direction=direction,
        as_of=as_of,
        known_at=whole_typed(known_at, "known_at"),
        start=start,
        end=end,
    )


def _names(request: AnyRequest, texts: Sequence[str]) -> list[str]:
    short = [privacy.cut(text, LONGEST) for text in texts]
    found = meant(platform_of(request), short, asking(request).viewer)
    for text, some in zip(texts, found, strict=True):
        if not some:
            raise SuyuanError("recall.code", unknown.no_code(text), "thing")
    return [each.canonical for some in found for each in some]


def day_typed(day: str, *, last: bool) -> datetime | None:
    """The first or the last instant of a day in China; nothing typed is no limit.

    Raises:
        BadTimeError: it is no day.
    """
    if not day:
        return None
    span, _ = parse_instant(normalize("NFKC", day), offset_minutes=_CHINA)
    return span.hi if last else span.lo


def number_typed(
    text: str, default: float, field: str, *, least: float = 0, most: float = 100
) -> float:
    """A number typed into a field, in digits of either width; nothing typed is the default.

    Raises:
        SuyuanError: it is none, or not between the two, both included.
    """
    plain = normalize("NFKC", text).strip()
    number = _number(plain) if plain else default
    return _between(number, text, field, _NO_NUMBER, least=least, most=most)


def whole_typed(text: str, field: str, *, least: int = 0, most: int = _LAST) -> int | None:
    """A whole number typed into a field, in digits of either width; nothing typed is none.

    Raises:
        SuyuanError: it is none, or not between the two, both included.
    """
    plain = normalize("NFKC", text).strip()
    if not plain:
        return None
    number = _number(plain) if plain.isdigit() else -1.0
    return int(_between(number, text, field, _NO_WHOLE, least=least, most=most))


def share_typed(
    text: str, default: float, field: str, *, least: float = 0, most: float = 1
) -> float:
    """A share typed into a field, as programs write it or with a percent sign: 0.5, 50%.

    Raises:
        SuyuanError: it is none, or not between the two, both included.
    """
    plain = normalize("NFKC", text).strip()
    number = _share(plain) if plain else default
    return _between(number, text, field, _NO_SHARE, least=least, most=most)


def _number(plain: str) -> float:
    return float(plain) if _NUMBER.fullmatch(plain) else -1.0


def _share(plain: str) -> float:
    return _number(plain[:-1].rstrip()) / 100 if plain.endswith("%") else _number(plain)


def _between(
    number: float, text: str, field: str, wrong: Text, *, least: float, most: float
) -> float:
    if least <= number <= most:
        return number
    given = wrong.format(text=privacy.quoted(text), least=f"{least:g}", most=f"{most:g}")
    raise SuyuanError("given.number", given, field)


def rest_fields(given: Mapping[str, str]) -> resting.Rest:
    """What the fields of a form that are called `RESTING` assume.

    Raises:
        SuyuanError: one cannot be read, or nothing could pass.
    """
    return resting.rest_typed(*(given[name] for name in RESTING))


def said_where(place: str) -> Text | None:
    """Where in a form an error is, for people; None where it names a field alone."""
    shown = privacy.quoted(place)
    row = _ROW.match(shown)
    if row is not None:
        of = _BOXES.get(row["of"], Text("", ""))
        return Text(f"{of.zh}第 {row['row']} 行", f"{of.en}line {row['row']}")
    return None if _FIELD.fullmatch(shown) else Text(shown, shown)
