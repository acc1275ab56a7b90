"""Schemes that are a row of pieces, as most of China's are: one layout reads, cuts and draws."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import takewhile
from typing import Final, Literal

from msgspec import Struct

from suyuan.codes.divisions import division_notes, division_remark
from suyuan.codes.gs1_rules import is_day
from suyuan.codes.misplaced import allowed, cut_up, is_fixed, misplaced
from suyuan.codes.notes import note
from suyuan.codes.own_names import is_of, issued, named, raw_name, split_name
from suyuan.codes.types import (
    Candidate,
    Cleaned,
    Field,
    Grain,
    Note,
    Page,
    Part,
    Recognise,
    Scheme,
    Severity,
)
from suyuan.kit import Text

Values = Mapping[str, str]
Where = Literal["bare", "cased", "text", "written"]
_DIGITS: Final = re.compile(r"(?:[0-9]|\[[0-9-]+\]).*")
_ONE_SET: Final = re.compile(r"\[[^\]]+\]|\\S")
NO_CHECK: Final = Text("无校验位", "no check character")
_CHINESE: Final = r"[\u3400-\u9fff()]"
# The word for a number before it, as papers have it: No, No., NO：, №.
_NUMBER: Final = "(?:(?:NO(?:[.:]|(?=[0-9]))|№)[.:]*)?"
_CHINESE_RANGE: Final = re.compile(r"\\u[0-9a-f]{4}")
_ALNUM: Final = re.compile("[0-9A-Za-z]")
_BEGINNINGS: Final = re.compile("[A-Z]{2,5}")
_WORD: Final = re.compile(r"[A-Z\u3400-\u9fff]+")
_EITHER: Final = re.compile(r"\(\?:([A-Z\u3400-\u9fff]+(?:\|[A-Z\u3400-\u9fff]+)*)\)")
_CERTAIN: Final = re.compile(r"([A-Z\u3400-\u9fff]++)(?![?*+{|])")
_SPEAKING: Final = re.compile(r"[A-Z]{2}|[\u3400-\u9fff]{2}")
# What may follow the beginning of a code that has too few or too many places.
_REST: Final = "-?[0-9]{1,40}-?[0-9]{0,4}"
_REST_WRITTEN: Final = r"[0-9()\-]{0,16}[0-9][0-9A-Z()\-第准字号]{0,24}"
WRITTEN: Final = "written:"
"""What the keys begin with under which the index finds codes with Chinese in them: a word."""

TOLD: Final = 60
"""The score of a failing reading that is sure to be meant."""

_NOWHERE: Final = 15
"""How much less likely a code of a division in no list is, where no check character proves it."""

_UNLIKELY: Final = 8
"""The score of a reading that its own checks speak against, where they are weak."""


_CASE: Final = "cleaned.case"
_SMALL: Final = re.compile(r"\[[^\]\\]*[a-z]")


class Check(Struct, frozen=True):
    """What the pieces of a code must be to each other: the notes of what is wrong.

    `spoils`: a note of it that is more than a remark makes the code invalid; else it is `less`
    likely by so much. `proves`: it is of check characters.
    """

    run: Callable[[Values], tuple[Note, ...]]
    about: Text
    spoils: bool = True
    doubted: int = 12
    less: int = 30
    proves: bool = False


class Plain(Struct, frozen=True, kw_only=True):
    """A row of the tables in `schemes`; see `Scheme` for what its columns mean.

    `where` is the form of the text that is read, `likely` the score of a sound reading;
    `label` words (a regular expression) must stand before the code where its form says little.
    `scoped` says in a note whose name is missing where a code is unique only at its issuer;
    `owner` that so many first characters are the code of its issuer, and in which scheme;
    `caution` that a reading reminds people to ask the issuer whether the thing is genuine;
    `secret` that its check characters can be computed by their issuer alone.
    """

    id: str
    name: Text
    grain: Grain
    issuer: Text
    source: str
    layout: tuple[Field, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    likely: int
    where: Where = "bare"
    label: str = ""
    checks: tuple[Check, ...] = ()
    severity: Severity = "error"
    verified: bool = True
    scope: Text = Text("全国唯一", "unique in China")
    validity: Text | None = None
    pages: tuple[Page, ...] = ()
    scoped: Text | None = None
    owner: tuple[str, int] | None = None
    caution: bool = False
    secret: Text | None = None


def fixed(text: str) -> Field:
    """A piece that is the same in every code."""
    return Field(most=len(text), text=text)


def digits(name: str, zh: str, en: str, most: int, least: int | None = None) -> Field:
    """A piece of digits."""
    return Field(name, zh, en, most, least=least)


def division(zh: str = "行政区划", en: str = "division") -> Field:
    """The six digits of a division (GB/T 2260)."""
    return Field("division", zh, en, 6)


def in_division(*, spoils: bool) -> Check:
    """The division exists: one rule for all codes that hold one.

    In force, nothing is said of it; withdrawn, since when and where its area lies; in no list but
    of a known province, that we have no such code. None of it spoils a code. A number of no
    province does, or `spoils` it not where check characters prove the code, and is a doubt.
    """

    def run(values: Values) -> tuple[Note, ...]:
        said = division_notes(values["division"], "error" if spoils else "warning")
        return said or division_remark(values["division"])

    return Check(run, Text("行政区划须存在", "the division must exist"), spoils, doubted=_UNLIKELY)


def on_day(name: str) -> Check:
    """Eight digits are a day of the calendar since 1900."""

    def run(values: Values) -> tuple[Note, ...]:
        text = values[name]
        year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
        if text[:2] in {"19", "20"} and is_day(year, month, day):
            return ()
        return (note("day", "error", found=text),)

    return Check(run, Text("日期须存在", "the date must exist"))


def since(name: str, first: int) -> Check:
    """A day is not of a year before the scheme began: a doubt, as trials may have begun earlier."""

    def run(values: Values) -> tuple[Note, ...]:
        found = values[name][:4]
        return (note("before", "warning", found=found, first=first),) if int(found) < first else ()

    about = Text(f"{first} 年以前的存疑", f"doubted if before {first}")
    return Check(run, about, spoils=False)


def check_character(
    name: str,
    of: Callable[[str], str | None],
    about: Text,
    severity: Severity = "error",
    *,
    doubted: int = 12,
) -> Check:
    """The piece `name` is what `of` makes of all named pieces before it."""

    def run(values: Values) -> tuple[Note, ...]:
        before = "".join(value for key, value in values.items() if key != name)
        expected = of(before)
        if expected == values[name]:
            return ()
        return (note("check", severity, expected=expected or "?", found=values[name]),)

    return Check(run, about, doubted=TOLD if severity == "warning" else doubted, proves=True)


def plain(row: Plain) -> Scheme:
    """The scheme of a row."""
    about = [check.about for check in row.checks] + ([row.secret] if row.secret else [])
    is_proved = any(check.proves for check in row.checks)
    return Scheme(
        id=row.id,
        name=row.name,
        grain=row.grain,
        issuer=row.issuer,
        source=row.source,
        layout=row.layout,
        good=row.good,
        bad=row.bad,
        recognise=_recogniser(row),
        verified=row.verified,
        urn=row.scoped is None,
        scoped=row.scoped is not None,
        scope=row.scope,
        check=Text("；".join(a.zh for a in about), "; ".join(a.en for a in about))
        if about
        else NO_CHECK,
        checked="open" if is_proved else "secret" if row.secret else "none",
        severity=row.severity,
        validity=row.validity,
        pages=row.pages,
        keys=tuple(sorted(_keys(row))),
    )


def spelled(layout: tuple[Field, ...]) -> str:
    """The regular expression of a layout, each named piece a group."""
    return "".join(
        re.escape(each.text) if each.text else f"({each.shape}{_times(each)})" for each in layout
    )


def _times(field: Field) -> str:
    if not _ONE_SET.fullmatch(field.shape):
        return ""  # the shape says the whole piece
    least = field.most if field.least is None else field.least
    return f"{{{least},{field.most}}}"


def _recogniser(row: Plain) -> Recognise:
    pieces = [each for each in row.layout if not each.text]

    @cache  # compiled when first needed: most runs meet few schemes
    def forms() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str] | None]:
        code, head = spelled(row.layout), spelled(_head(row.layout))
        rest = _REST_WRITTEN if row.where == "written" else _REST
        begun = re.compile(f"{_label(row)}(?P<code>{head}{rest})") if head else None
        return re.compile(f"{_label(row)}(?P<code>{code})"), re.compile(code), begun

    def recognise(cleaned: Cleaned) -> Candidate | None:
        labelled, alone, begun = forms()
        text = cleaned.text.upper() if row.where == "text" else getattr(cleaned, row.where)
        match = labelled.fullmatch(text)
        if match is None:
            if row.scoped:
                return _scoped_name(row, alone, cleaned)
            start = begun.fullmatch(text) if begun else None
            return _begun_so(row, start["code"], cleaned) if start else None
        found = zip(pieces, match.groups()[1:], strict=True)
        parts = tuple(Part(each.name, each.zh, each.en, value) for each, value in found if value)
        return _judged(row, cleaned, match["code"], parts)

    return recognise


def _begun_so(row: Plain, code: str, cleaned: Cleaned) -> Candidate | None:
    """The failing reading of what begins as a code does, unless it is far too short or long."""
    least, most = sizes(row.layout)
    if not least <= 2 * len(_ALNUM.findall(code)) <= 4 * most:
        return None
    return misfit(row, code, _forgiven(row, cleaned))


def misfit(
    of: Plain | Scheme,
    code: str,
    said: tuple[Note, ...],
    *,
    places: int | None = None,
    score: int = TOLD,
) -> Candidate:
    """The failing reading of a code that is said to be of a scheme, and how many places it has.

    `places`: how many it should have, where the scheme has several forms.
    """
    least, most = sizes(of.layout) if places is None else (places, places)
    found = len(_ALNUM.findall(code))
    size = str(most) if least == most else f"{least}-{most}"
    parts: tuple[Part, ...] = ()
    wrong = () if is_fixed(of.layout) else _lacking(of, code)
    if not (wrong or least <= found <= most):
        wrong = (note("size", of.severity, name=of.name, size=size, found=found),)
    elif not wrong:
        is_even = is_fixed(of.layout) and code.isalnum() and len(code) == most
        parts = cut_up(of.layout, code) if is_even else ()
        wrong = misplaced(of.layout, code, of.severity) if is_even else ()
        wrong = wrong or (note("form", of.severity, what=of.name),)
    return Candidate(
        scheme=of.id,
        name=of.name,
        canonical=raw_name("-", code),
        valid=False,
        grain=of.grain,
        parts=parts,
        notes=(*said, *wrong),
        score=score,
    )


def _lacking(of: Plain | Scheme, code: str) -> tuple[Note, ...]:
    """Of a code that has all of its form but one piece, which it is and where it belongs.

    Of digits that are missing nobody can say from which piece.
    """
    code = code.rpartition(":")[2]
    for at, each in enumerate(of.layout):
        before = spelled(of.layout[:at])
        is_asked = each.name and each.least != 0 and not _DIGITS.fullmatch(each.shape)
        if is_asked and re.fullmatch(before + spelled(of.layout[at + 1 :]), code):
            begun = re.match(before, code)
            place = (begun.end() if begun else 0) + 1
            name, size = Text(each.zh, each.en), each.most if each.least is None else each.least
            said = {"place": place, "name": name, "allowed": allowed(each), "size": size}
            return (note("lacking", of.severity, **said),)
    return ()


def sizes(layout: tuple[Field, ...]) -> tuple[int, int]:
    """The fewest and most letters and digits of a code; Chinese characters do not count."""
    least = most = 0
    for field in layout:
        if field.text:
            size = len(_ALNUM.findall(field.text))
            least, most = least + size, most + size
        elif _ALNUM.search(_CHINESE_RANGE.sub("", field.shape)) or field.shape == r"\S":
            least += field.most if field.least is None else field.least
            most += field.most
    return least, most


def keeps_case(layout: tuple[Field, ...]) -> bool:
    """Whether small letters in a code are others than capital ones."""
    return any(_SMALL.search(_CHINESE_RANGE.sub("", each.shape)) for each in layout)


def _head(layout: tuple[Field, ...]) -> tuple[Field, ...]:
    """What stands before the first digits, if its letters say by themselves whose code it is."""
    before = tuple(takewhile(lambda each: each.text or not _DIGITS.fullmatch(each.shape), layout))
    return before if _SPEAKING.search(_spoken(before)) else ()


def _spoken(layout: tuple[Field, ...]) -> str:
    """The letters and words that stand in every code, or one of few."""
    return " ".join(
        each.text or (each.shape if each.shape.startswith("(?:") else "") for each in layout
    )


def _label(row: Plain) -> str:
    if row.label:
        # Lazily: the code may begin with a Chinese character of its own.
        return rf"{_CHINESE}{{0,40}}{row.label}(?:{_CHINESE}{{0,16}}?|[^:]{{0,16}}:){_NUMBER}"
    return rf"(?:{_CHINESE}{{1,40}}:)?" if row.where == "written" else ""


def _judged(row: Plain, cleaned: Cleaned, code: str, parts: tuple[Part, ...]) -> Candidate:
    values = {part.name: part.value for part in parts}
    valid, score = True, row.likely
    notes = _forgiven(row, cleaned)
    if row.scoped:
        notes += (note("issuer", "warning", issuer=row.scoped),)
    for check in row.checks:
        said = check.run(values)
        notes += said
        if any(each.severity != "info" for each in said):
            valid = valid and not check.spoils
            score = min(
                score, check.doubted if check.spoils else max(score - check.less, _UNLIKELY)
            )
    if not any(check.proves for check in row.checks) and any(map(_is_nowhere, notes)):
        score = max(score - _NOWHERE, _UNLIKELY)
    if row.caution and valid:
        notes += (note("authentic", "info"),)
    return Candidate(
        scheme=row.id,
        name=row.name,
        canonical=raw_name("-", code) if row.scoped else named(row.id, code),
        valid=valid,
        grain=row.grain,
        parts=parts,
        notes=notes,
        issuer=named(row.owner[0], code[: row.owner[1]]) if row.owner else None,
        score=score,
    )


def _is_nowhere(said: Note) -> bool:
    """Whether a note says that the division of a code is in no list."""
    return said.code == "code.division_unknown"


def _forgiven(row: Plain, cleaned: Cleaned) -> tuple[Note, ...]:
    if row.where == "written":
        return cleaned.written_notes
    said = cleaned.bare_notes
    if row.where == "text":
        said = tuple(each for each in said if each.code == _CASE)
    elif row.where == "cased":
        said = tuple(each for each in said if each.code != _CASE)
    return cleaned.notes + said


def _scoped_name(row: Plain, form: re.Pattern[str], cleaned: Cleaned) -> Candidate | None:
    """The name of a code that is unique at its issuer, with the issuer in it."""
    name = split_name(cleaned.text) if is_of(cleaned.text, row.id) else None
    if name is None or len(name[1]) != len(("issuer", "code")):
        return None
    issuer, code = name[1]
    sound = form.fullmatch(code) is not None
    said = () if sound else (note("form", "error", what=row.name),)
    return Candidate(
        scheme=row.id,
        name=row.name,
        canonical=issued(row.id, issuer, code),
        valid=sound,
        grain=row.grain,
        parts=(Part("issuer", "编码方", "issuer", issuer), Part("code", "编码", "code", code)),
        notes=cleaned.notes + said,
        issuer=issuer,
        score=95,
    )


def _keys(row: Plain) -> set[str]:
    """Where the index finds a scheme: its words or letters, else its lengths and characters."""
    begun = {f"^{each}" for each in _BEGINNINGS.findall(_spoken(row.layout))}
    named = {"urn"} if row.scoped else set()
    if row.where == "written":
        return {f"{WRITTEN}{word}" for word in _words(row) or ("",)} | named
    if _says_itself(row):
        return begun | named
    least, most = sizes(row.layout)
    fixed_texts = [re.sub("[^0-9A-Za-z]", "", field.text) for field in row.layout]
    lettered = any(text and not text.isdigit() for text in fixed_texts)
    may_letter = any(re.search("[A-Za-z]", field.shape) for field in row.layout)
    kinds = ("a",) if lettered else ("n", "a") if may_letter else ("n",)
    lengths = {f"{kind}{size}" for kind in kinds for size in range(least, most + 1)}
    return lengths | begun | named


def _says_itself(row: Plain) -> bool:
    """Whether every code begins with letters of its own and goes on with a digit."""
    begins, follows = _words_of(row.layout[0]), row.layout[1:2]
    return (
        not row.label
        and bool(begins)
        and all(map(_BEGINNINGS.fullmatch, begins))
        and any(_DIGITS.fullmatch(each.text or each.shape) for each in follows)
    )


def _words(row: Plain) -> tuple[str, ...]:
    """Words of which every code with Chinese in it has one; nothing where none is certain."""
    pieces = (Field(shape=row.label), *row.layout)
    return next(filter(None, map(_words_of, pieces)), ())


def _words_of(piece: Field) -> tuple[str, ...]:
    """The words of which a piece has one; nothing where it may have none."""
    if piece.text:
        return tuple(_WORD.findall(piece.text)[:1])
    either = _EITHER.fullmatch(piece.shape)
    certain = either or _CERTAIN.match(piece.shape)
    return tuple(certain[1].split("|")) if certain else ()
