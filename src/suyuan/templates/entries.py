"""Takes the vocabularies of the families; gives the sheets in which entries of the registry stand.

A row is an entry; a cell left empty leaves what is on file, and one with a dash clears it. The
first row has the headings, in Chinese and English; a heading in either, or a key, is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.model import Severity
from suyuan.templates.types import (
    CellFinding,
    Choice,
    Column,
    EntryKind,
    EntryRow,
    EntrySheet,
    Origin,
    Vocabulary,
    WorkbookError,
)

_ALPHABET: Final = 26
HEAD_ROW: Final = 1

_NO_SHEET: Final = Text(
    "没有认得的工作表：第 1 行须是表头，如 主体编码、名称。请用 suyuan register --template 生成。",
    "No sheet is known: row 1 has headings, as 'party' and 'name'. Make one with suyuan register "
    "--template.",
)
_NO_HEADING: Final = Text("没有“{heading}”这一列。", "There is no column '{heading}'.")
_ITS_HEADINGS: Final = Text("这张表的列：{known}。", "The columns of this sheet: {known}.")


PARTY_KINDS: Final = (
    Choice("organisation", Text("单位", "organisation")),
    Choice("person", Text("个人", "person")),
    Choice("authority", Text("主管部门", "authority")),
    Choice("platform", Text("平台", "platform")),
)
STATUSES: Final = (
    Choice("valid", Text("有效", "valid")),
    Choice("revoked", Text("撤销", "revoked")),
    Choice("void", Text("作废", "void")),
)

_NAMES: Final = (
    ("name_zh", "名称", "name", "text"),
    ("name_en", "英文名称", "English name", "text"),
)
_DAYS: Final = (
    ("valid_from", "起始日", "first day", "date"), ("valid_to", "截止日", "last day", "date"),
)  # fmt: skip
_COLUMNS: Final[Mapping[EntryKind, tuple[tuple[str, str, str, str], ...]]] = {
    "parties": (
        ("uri", "主体编码", "party", "party"), *_NAMES, ("kind", "主体类型", "kind", "text"),
        ("roles", "角色", "roles", "text"), ("division", "行政区划", "division", "code"),
        ("contact", "联系方式", "contact", "text"),
    ),
    "sites": (
        ("uri", "场所编码", "site", "place"), ("operator", "经营单位", "operator", "party"),
        *_NAMES, ("kind", "场所类型", "kind", "text"),
        ("division", "行政区划", "division", "code"), *_DAYS,
    ),
    "products": (
        ("class_uri", "产品编码", "product", "class"), *_NAMES,
        ("owner", "所属单位", "owner", "party"), ("family", "产品门类", "family", "text"),
        ("kind", "产品种类", "kind", "text"), ("unit", "计量单位", "unit", "text"),
    ),
    "licences": (
        ("party", "持证单位", "holder", "party"), ("kind", "证照种类", "kind", "text"),
        ("number", "证号", "number", "code"), ("issuer", "发证机关", "issuer", "text"), *_DAYS,
        ("areas", "许可区域", "areas", "text"), ("covers", "许可内容", "covers", "text"),
    ),
    "documents": (
        ("kind", "单据种类", "kind", "text"), ("number", "编号", "number", "code"),
        ("issuer", "出具单位", "issuer", "text"), ("status", "状态", "status", "text"), *_DAYS,
    ),
}  # fmt: skip
_TITLES: Final[Mapping[EntryKind, Text]] = {
    "parties": Text("主体", "parties"),
    "sites": Text("场所", "sites"),
    "products": Text("产品", "products"),
    "licences": Text("证照", "licences"),
    "documents": Text("单据", "documents"),
}
NEEDED: Final[Mapping[EntryKind, tuple[str, ...]]] = {
    "parties": ("uri", "name_zh"),
    "sites": ("uri", "operator", "name_zh", "division"),
    "products": ("class_uri", "name_zh", "owner"),
    "licences": ("party", "kind", "number"),
    "documents": ("kind", "number"),
}
"""Without which nothing is entered that is not on file yet."""

_EXAMPLES: Final[Mapping[EntryKind, Mapping[str, str]]] = {
    "parties": {
        "uri": "urn:suyuan:party:zhao-stall", "name_zh": "赵记菜摊", "name_en": "Zhao's stall",
        "kind": "单位", "division": "410105", "contact": "0371-5550 1234",
    },
    "sites": {
        "uri": "urn:suyuan:site:zhao-stall", "operator": "urn:suyuan:party:zhao-stall",
        "name_zh": "东风市场 12 号摊位", "name_en": "Stall 12", "division": "金水区",
        "valid_from": "2026-01-01",
    },
    "products": {
        "class_uri": "06901234567892", "name_zh": "番茄", "name_en": "tomatoes",
        "owner": "urn:suyuan:party:zhao-stall", "unit": "KGM",
    },
    "licences": {
        "party": "urn:suyuan:party:zhao-stall", "kind": "food_trade_licence",
        "number": "JY14101050000018", "valid_from": "2026-01-01", "valid_to": "2030-12-31",
        "areas": "410105", "covers": "散装食品销售；预包装食品销售",
    },
    "documents": {
        "kind": "produce_certificate", "number": "41010500100070000001",
        "issuer": "urn:suyuan:party:green-farm", "valid_from": "2026-03-01",
    },
}  # fmt: skip


def entry_sheets(words: Vocabulary) -> tuple[EntrySheet, ...]:
    """The five sheets, in the order in which entries need each other."""
    chosen: dict[tuple[str, str], tuple[Choice, ...]] = {
        ("parties", "kind"): PARTY_KINDS, ("parties", "roles"): words.roles,
        ("products", "family"): words.families, ("products", "kind"): words.kinds,
        ("products", "unit"): words.units, ("licences", "kind"): words.licences,
        ("documents", "kind"): words.documents, ("documents", "status"): STATUSES,
    }  # fmt: skip
    return tuple(
        EntrySheet(
            kind=kind,
            name=_TITLES[kind],
            columns=tuple(
                Column(
                    key=key, name=Text(zh, en), type=of, choices=chosen.get((kind, key), ()),
                    need="required" if key in NEEDED[kind] else "",
                )
                for key, zh, en, of in columns
            ),
            example=_EXAMPLES[kind],
        )
        for kind, columns in _COLUMNS.items()
    )  # fmt: skip


def heading(column: Column) -> str:
    """A heading as the workbook has it, in both languages."""
    return f"{column.name.zh}\n{column.name.en}"


def rows_of_tables(
    tables: Mapping[str, Sequence[Sequence[Any]]], sheets: Sequence[EntrySheet]
) -> tuple[list[EntryRow], list[CellFinding]]:
    """The entries in tables by their names; a table that is none of the sheets is passed over.

    A table is a sheet's if it is called so, else if its headings are.

    Raises:
        WorkbookError: no table is one of the sheets.
    """
    rows: list[EntryRow] = []
    found: list[CellFinding] = []
    known = [(title, table, _sheet_of(title, table, sheets)) for title, table in tables.items()]
    if not any(sheet for _, _, sheet in known):
        raise WorkbookError("registry.no-sheet", _NO_SHEET)
    for title, table, sheet in known:
        if sheet is not None and table:
            keys = [_key(cell, sheet) for cell in table[0]]
            found += _unknown(title, table[0], keys, sheet)
            rows += _rows(title, table, keys, sheet)
    return rows, found


def _sheet_of(
    title: str, table: Sequence[Sequence[Any]], sheets: Sequence[EntrySheet]
) -> EntrySheet | None:
    named = (
        one for one in sheets if title.partition(" ")[0] in (one.name.zh, one.name.en, one.kind)
    )
    heads = list(table[0]) if table else []
    fitting = (one for one in sheets if heads and _fits(heads, one))
    return next(named, None) or next(fitting, None)


def _fits(heads: Iterable[Any], sheet: EntrySheet) -> bool:
    """Whether the headings are this sheet's: what names its entries stands there, and no other."""
    keys = [_key(cell, sheet) for cell in heads if _said(cell)]
    first = sheet.columns[0].key if sheet.kind != "documents" else "number"
    return None not in keys and first in keys


def _key(cell: Any, sheet: EntrySheet) -> str | None:
    words = {part.strip() for part in _said(cell).split("\n")}
    for column in sheet.columns:
        if words & {column.key, column.name.zh, column.name.en, heading(column)}:
            return column.key
    return None


def _said(cell: Any) -> str:
    return "" if cell is None else str(cell).strip().lstrip("\ufeff")


def _unknown(
    title: str, heads: Sequence[Any], keys: Sequence[str | None], sheet: EntrySheet
) -> Iterator[CellFinding]:
    known = joined(each.name for each in sheet.columns)
    for at, (cell, key) in enumerate(zip(heads, keys, strict=True), start=1):
        if key is None and _said(cell):
            yield CellFinding(
                code="registry.column", severity=Severity.REFUSE, sheet=title, row=HEAD_ROW,
                column=_letters(at),
                message=_NO_HEADING.format(heading=privacy.quoted(_said(cell), 40)),
                cure=_ITS_HEADINGS.format(known=known),
            )  # fmt: skip


def _letters(column: int) -> str:
    """A column as spreadsheets call it: A to Z, then AA."""
    before, last = divmod(column - 1, _ALPHABET)
    return (_letters(before) if before else "") + chr(ord("A") + last)


def _rows(
    title: str, table: Sequence[Sequence[Any]], keys: Sequence[str | None], sheet: EntrySheet
) -> Iterator[EntryRow]:
    columns = {key: _letters(at) for at, key in enumerate(keys, start=1) if key}
    for number, cells in enumerate(table[1:], start=HEAD_ROW + 1):
        said = {key: cell for key, cell in zip(keys, cells, strict=False) if key and _said(cell)}
        if said:
            yield EntryRow(sheet.kind, said, Origin(title, number, columns))
