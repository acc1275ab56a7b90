"""Takes entries as people fill them in, and what is on file; gives entries, or what is wrong.

An empty cell leaves what is on file; a dash clears it. Nothing here looks anything up.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from msgspec import Struct, field, structs

from suyuan.codes import privacy
from suyuan.families import word
from suyuan.kit import Text
from suyuan.model import Severity
from suyuan.registry.types import Document, Entry, Licence, Party, Product, Site
from suyuan.service.filing_codes import Read, code, division, number
from suyuan.templates import cells, entries
from suyuan.templates.types import (
    CellFinding,
    Choice,
    Column,
    EntryKind,
    EntryRow,
    EntrySheet,
    Remark,
)

Key = tuple[str, ...]
"""By what an entry is known, its kind first."""

CLEARED: Final = frozenset(("-", "－", "—", "–"))
_LONGEST: Final = 200
LONGEST_LIST: Final = 4_000
"""Characters of a cell in which a licence's areas or goods stand, one behind another."""
_LISTS: Final = ("areas", "covers")
_MOST_LISTED: Final = 8
_SEPARATORS: Final = re.compile("([;；,，、\n])")
_TYPES: Final[Mapping[str, type[Entry]]] = {
    "parties": Party,
    "sites": Site,
    "products": Product,
    "licences": Licence,
    "documents": Document,
}
_OWNERS: Final[Mapping[str, str]] = {
    "parties": "uri", "sites": "operator", "products": "owner", "licences": "party",
}  # fmt: skip
_KEYS: Final[Mapping[EntryKind, tuple[str, ...]]] = {
    "parties": ("uri", ""), "sites": ("uri", "valid_from"), "products": ("class_uri", ""),
    "licences": ("party", "kind", "number", ""), "documents": ("kind", "number", "issuer"),
}  # fmt: skip
"""By which fields an entry is found; the last may be left out where only one fits."""
_LONG: Final = Text("超过 {most} 个字符。", "It has more than {most} characters.")
_LONG_CURE: Final = Text("请缩短。", "Make it shorter.")
_LETTERS: Final = Text("有不能保存的字符。", "It has characters that cannot be kept.")
_LETTERS_CURE: Final = Text("请删去后重写。", "Write it again without them.")
_PERSON: Final = Text("含有身份证号，不予保存。", "It holds an identity number, which is not kept.")
_PERSON_CURE: Final = Text("请删去身份证号。", "Leave the identity number out.")
_CHOICE: Final = Text("没有“{given}”这一项。", "There is no '{given}' to choose.")
_NEAR: Final = Text("最接近的：{names}。", "Nearest: {names}.")
_ALL: Final = Text("可选：{names}。", "One of: {names}.")
_TEMPLATE: Final = Text(
    "可选的见 suyuan register --template 的下拉项。",
    "The workbook of suyuan register --template lists what may be chosen.",
)
_DAY: Final = Text("“{given}” 不是某一天。", "'{given}' is no day.")
_DAY_CURE: Final = Text("请写成 2026-03-01。", "Write it as 2026-03-01.")
_DAYS: Final = Text(
    "截止日 {end} 早于起始日 {begin}。", "The last day {end} is before the first, {begin}."
)
_DAYS_CURE: Final = Text("请核对两个日期。", "Compare the two days.")
_MISSING: Final = Text("新登记须写明：{name}。", "What is not on file yet needs: {name}.")
_MISSING_CURE: Final = Text("请填写这一列。", "Fill in this column.")
_WHICH: Final = Text(
    "登记中有几项符合，看不出是哪一项。", "Several entries on file fit; which one is meant?"
)
_WHICH_CURE: Final = Text(
    "请写明起始日或出具单位。", "State the first day, or who gave it out, of the one you mean."
)


class Known(Struct, frozen=True, kw_only=True):
    """What is on file of the entries that are named: by their keys, and by what names them."""

    entries: Mapping[Key, Entry]
    named: Mapping[Key, Sequence[Entry]]


class Form(Struct, frozen=True, kw_only=True):
    """What reading needs: columns, the reporter's own party, hosts of codes, the day."""

    sheets: Mapping[EntryKind, EntrySheet]
    own: str | None
    resolvers: frozenset[str]
    on: date


class Stated(Struct, frozen=True, kw_only=True):
    """A row whose values were read one by one; `said` holds those that state something."""

    row: EntryRow
    said: dict[str, Any]
    found: list[CellFinding] = field(default_factory=list)

    def say(self, key: str, remark: Remark) -> None:
        """Keep what is said of a value."""
        self.found.append(finding_at(self.row, key, remark))

    @property
    def is_refused(self) -> bool:
        """Whether something in it cannot be taken."""
        return any(each.severity is Severity.REFUSE for each in self.found)


def finding_at(row: EntryRow, key: str, remark: Remark) -> CellFinding:
    """What is said of a value, at its sheet, row and column; of the whole row at its first."""
    columns = row.origin.columns
    at = columns.get(key) or next(iter(columns.values()), "")
    return CellFinding(
        code=remark.code, severity=remark.severity, sheet=row.origin.sheet, row=row.origin.row,
        column=at, message=remark.message, cure=remark.cure,
    )  # fmt: skip


def known_of(entries: Iterable[Entry]) -> Known:
    """These as what is on file; of two with one key the last."""
    by_key = {key_of(each): each for each in entries}
    named = defaultdict[Key, list[Entry]](list)
    for key, each in by_key.items():
        named[_named_by(key)].append(each)
    return Known(entries=by_key, named=named)


def _named_by(key: Key) -> Key:
    """Of a key what is always stated: its kind, and all fields but the last of `_KEYS`."""
    return next(key[: len(fields)] for kind, fields in _KEYS.items() if kind == key[0])


def stated(row: EntryRow, form: Form) -> Stated:
    """What a row states, each value as the registry keeps it."""
    found = Stated(row=row, said={})
    for column in form.sheets[row.kind].columns:
        if column.key in row.said:
            _state(found, column, row.said[column.key], form)
    owner = _OWNERS.get(row.kind)
    if owner and form.own and owner not in row.said:
        found.said[owner] = form.own
    return found


def key_of(entry: Entry) -> Key:
    """By what an entry is known."""
    match entry:
        case Party():
            return ("parties", entry.uri)
        case Site():
            return ("sites", entry.uri, entry.valid_from.isoformat() if entry.valid_from else "")
        case Product():
            return ("products", entry.class_uri)
        case Licence():
            return ("licences", entry.party, entry.kind, entry.number)
        case Document():
            return ("documents", entry.kind, entry.number, entry.issuer)


def entry_of(found: Stated, known: Known, sheet: EntrySheet) -> tuple[Entry, Entry | None] | None:
    """The entry as it is to be, and as it is on file; None where that is not to be said."""
    before = _before(found, known)
    if before is None and not _is_whole(found, sheet):
        return None
    entry = _merged(found, before)
    begin, end = getattr(entry, "valid_from", None), getattr(entry, "valid_to", None)
    if begin and end and end < begin:
        said = _DAYS.format(begin=begin, end=end)
        found.say("valid_to", Remark("registry.days", Severity.REFUSE, said, _DAYS_CURE))
    there = before or known.entries.get(key_of(entry))
    return None if found.is_refused else (entry, there)


def _before(found: Stated, known: Known) -> Entry | None:
    """What is on file of it: by its whole key, else the only one that fits what is stated."""
    kind, said = found.row.kind, found.said
    *begin, more = _KEYS[kind]
    named = [str(said.get(each) or "") for each in begin]
    if not all(named):
        return None
    fitting = list(known.named.get((kind, *named), ()))
    other = more if more in said else "operator" if kind == "sites" and "operator" in said else ""
    if other:
        fitting = [each for each in fitting if getattr(each, other) == said[other]]
    if len(fitting) > 1:
        found.say(more, Remark("registry.which", Severity.REFUSE, _WHICH, _WHICH_CURE))
    return fitting[0] if len(fitting) == 1 else None


def _is_whole(found: Stated, sheet: EntrySheet) -> bool:
    """Whether all is stated without which nothing is entered; says what is not."""
    for key in entries.NEEDED[sheet.kind]:
        is_named = key == "name_zh" and found.said.get("name_en")
        if not found.said.get(key) and not is_named and not found.is_refused:
            said = _MISSING.format(name=sheet.column(key).name)
            found.say(key, Remark("registry.missing", Severity.REFUSE, said, _MISSING_CURE))
    return not found.is_refused


def _merged(found: Stated, before: Entry | None) -> Entry:
    """What is on file with what is stated in its place; a name in one language is both."""
    said = dict(found.said)
    names = said.pop("name_zh", None), said.pop("name_en", None)
    was = getattr(before, "name", Text("", ""))
    english = "" if was.en == was.zh else was.en
    zh, en = (
        now if now is not None else old for now, old in zip(names, (was.zh, english), strict=True)
    )
    if found.row.kind in {"parties", "sites", "products"}:
        said["name"] = Text(zh or en, en or zh)
    if before is None:
        return _TYPES[found.row.kind](**said)
    return structs.replace(before, **said)


def _state(found: Stated, column: Column, value: Any, form: Form) -> None:
    text = str(value).strip()
    if text in CLEARED:
        found.said[column.key] = _cleared(found.row.kind, column)
        return
    wrong = _unkept(text, LONGEST_LIST if column.key in _LISTS else _LONGEST)
    if wrong is not None:
        found.say(column.key, wrong)
        return
    known = cells.meant(value, column)
    for remark in known.remarks:
        found.say(column.key, remark)
    if known.value is not None:
        for remark in _take(found, column, str(known.value), form):
            found.say(column.key, remark)


def _cleared(kind: EntryKind, column: Column) -> Any:
    """What a value is that says nothing."""
    defaults = {"roles": (), "areas": (), "covers": (), "status": "valid"} | (
        {"kind": "organisation"} if kind == "parties" else {}
    )
    return None if column.type == "date" else defaults.get(column.key, "")


def _unkept(text: str, most: int) -> Remark | None:
    """Why a text is not kept: too long, letters that no database takes, an identity number."""
    if len(text) > most:
        return Remark("registry.long", Severity.REFUSE, _LONG.format(most=most), _LONG_CURE)
    if any(letter < " " and letter != "\n" for letter in text) or _is_broken(text):
        return Remark("registry.letters", Severity.REFUSE, _LETTERS, _LETTERS_CURE)
    if privacy.masked(text) != text:
        return Remark("registry.person", Severity.REFUSE, _PERSON, _PERSON_CURE)
    return None


def _is_broken(text: str) -> bool:
    """Whether half of a surrogate pair stands alone."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _take(found: Stated, column: Column, text: str, form: Form) -> Iterator[Remark]:
    """Keep a value in its one spelling; gives what is said of it."""
    several = _several(text, column, form)
    if several is not None:
        yield from (each.remark for each in several if each.remark is not None)
        found.said[column.key] = tuple(dict.fromkeys(each.value for each in several))
        return
    match column.type:
        case "party" | "place" | "class":
            read = code(text, column.type, form.resolvers)
        case "text" if column.choices:
            read = _chosen(text, column)
        case "date":
            day = _day(text)
            found.said[column.key] = day
            if day is None:
                said = _DAY.format(given=privacy.quoted(text, 40))
                yield Remark("registry.day", Severity.REFUSE, said, _DAY_CURE)
            return
        case _:
            read = _plain(found, column, text, form)
    found.said[column.key] = read.value
    if read.remark is not None:
        yield read.remark


def _several(text: str, column: Column, form: Form) -> list[Read] | None:
    """The values of a cell in which several may stand; None of a cell with one."""
    if column.key == "roles":
        return _all_chosen(text, column)
    if column.key not in _LISTS:
        return None
    parts = filter(None, (each.strip() for each in _SEPARATORS.split(text)[::2]))
    return [division(each, form.on) if column.key == "areas" else Read(each) for each in parts]


def _plain(found: Stated, column: Column, text: str, form: Form) -> Read:
    if column.key == "division":
        return division(text, form.on)
    if column.key == "number":
        return number(text, found.said.get("kind", ""))
    if column.key == "issuer":
        issuer = code(text, "party", form.resolvers)
        return issuer if issuer.remark is None else Read(text)
    return Read(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _chosen(text: str, column: Column) -> Read:
    known = {each.id for each in column.choices}
    bare = word(str(cells.meant(text, column).value or ""))
    for one in filter(None, (bare, (bare or "").upper())):
        if one in known:
            return Read(one)
    said = _CHOICE.format(given=privacy.quoted(text, 40))
    return Read(
        "", Remark("registry.choice", Severity.REFUSE, said, _choices(text, column.choices))
    )


def _all_chosen(text: str, column: Column) -> list[Read]:
    """Several choices in one text; a name may hold a separator itself: the longest goes first."""
    parts = _SEPARATORS.split(text)  # every second one is what stands between
    found, at = [], 0
    while at < len(parts):
        ends = range(len(parts), at, -1)
        tried = ((end, _chosen("".join(parts[at:end]).strip(), column)) for end in ends)
        end, read = next(((e, r) for e, r in tried if r.remark is None), (at + 1, None))
        if read is not None or parts[at].strip():
            found.append(read or _chosen(parts[at].strip(), column))
        at = end + 1
    return found


def _choices(text: str, choices: tuple[Choice, ...]) -> Text:
    """What could be meant, or all there is if that is not much."""
    if len(choices) <= _MOST_LISTED:
        return _ALL.format(names=_named(choices))
    names = {spelled: each for each in choices for spelled in (each.id, each.name.zh, each.name.en)}
    near = dict.fromkeys(names[one].id for one in get_close_matches(text, names, n=5, cutoff=0.5))
    fitting = tuple(each for each in choices if each.id in near)
    return _NEAR.format(names=_named(fitting)) if fitting else _TEMPLATE


def _named(choices: tuple[Choice, ...]) -> Text:
    return Text(
        "、".join(f"{each.name.zh} {each.id}" for each in choices),
        ", ".join(f"{each.name.en} ({each.id})" for each in choices),
    )
