"""Takes entries of the registry from a workbook, a table or a form; enters all of them or none.

Who may enter what is in `filing_rights`, what a value may be in `filing_form`; whatever is wrong
is said at its sheet, row and column.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.codes import privacy
from suyuan.families import Families, Fileable, fileable
from suyuan.kit import SuyuanError, Text
from suyuan.kit.encodings import AS_UTF8, text_of
from suyuan.kit.quantity import UNITS
from suyuan.kit.separated import parting
from suyuan.kit.unit_names import unit_name
from suyuan.model import Role, Severity, Viewer
from suyuan.registry import directory, filing
from suyuan.registry.types import (
    Document,
    Entry,
    Licence,
    OnFile,
    Party,
    Product,
    Registration,
    Site,
)
from suyuan.service.access import OPERATOR, AccessError
from suyuan.service.filing_form import (
    Form,
    Key,
    Known,
    Stated,
    entry_of,
    key_of,
    known_of,
    stated,
)
from suyuan.service.filing_rights import Law, doubts, in_areas, objections, overlaps
from suyuan.service.platform import Platform
from suyuan.service.registering import registered
from suyuan.service.ruling import today
from suyuan.store import ReadConnection
from suyuan.templates import books, entries, sheets
from suyuan.templates.types import (
    CellFinding,
    Choice,
    EntryKind,
    EntryRow,
    EntrySheet,
    Remark,
    Vocabulary,
)

MOST_ROWS: Final = 20_000
_MOST_REFUSED: Final = 100
_XLSX: Final = b"PK"
_TWICE: Final = Text(
    "这一项在本文件里写了两次，内容不同。", "This entry stands in the file twice, not the same."
)
_TWICE_CURE: Final = Text("请只留一行。", "Leave one row.")
_EMPTY: Final = Text("没有要登记的内容。", "There is nothing to enter.")
_LARGE: Final = Text("一次最多登记 {most} 项。", "At most {most} entries at a time.")
_ENCODING: Final = Text(
    f"文件既不是 UTF-8 也不是 GB 18030 文本，也不是 xlsx 工作簿。{AS_UTF8.zh}",
    f"The file is no text in UTF-8 or GB 18030, and no xlsx workbook. {AS_UTF8.en}",
)
_TABLE: Final = Text("这不是能读的 CSV 表。", "This is no table (CSV) that can be read.")
_NOT_SEEN: Final = Text(
    "没有登记 {party}，或不归贵单位查看。", "{party} is not registered, or is not yours to see."
)


_ENTERED: Final = Text(
    "已登记：新增 {new}，变更 {changed}，不变 {same}。",
    "Entered: {new} new, {changed} changed, {same} as they were.",
)
_CHECKED: Final = Text(
    "只检查，没有登记：将新增 {new}，变更 {changed}，不变 {same}。",
    "Checked, nothing entered: {new} would be new, {changed} changed, {same} as they are.",
)
RELATIONS: Final[Mapping[str, Text]] = {
    "party": Text("主体", "party"),
    "site": Text("场所", "site"),
    "product": Text("产品", "product"),
    "licence": Text("证照", "licence"),
    "document": Text("单据", "document"),
}
"""What the kinds of entries are called, by the names that `Registration.relation` has."""


class Filing(Struct, frozen=True, kw_only=True):
    """What became of one row: `state` is `new`, `changed` or `same`; `fields` are what changed."""

    sheet: str
    row: int
    kind: EntryKind
    key: tuple[str, ...]
    name: Text
    state: str
    fields: tuple[str, ...] = ()


class Filings(Struct, frozen=True, kw_only=True):
    """What became of all rows; `entered` False: only looked at, or refused by the findings."""

    entered: bool
    filings: tuple[Filing, ...]
    findings: tuple[CellFinding, ...]

    @property
    def is_refused(self) -> bool:
        """Whether something in them cannot be entered."""
        return any(each.severity is Severity.REFUSE for each in self.findings)

    def count(self, state: str) -> int:
        """How many rows are of that state."""
        return sum(each.state == state for each in self.filings)

    @property
    def summary(self) -> Text:
        """How many rows were, or would be, new, changed and as they were."""
        counts = {state: self.count(state) for state in ("new", "changed", "same")}
        return (_ENTERED if self.entered else _CHECKED).format(**counts)


def entry_book(families: Families) -> bytes:
    """An empty workbook of the registry, with what may be chosen."""
    return books.write_entry_book(sheets_of(families))


def sheets_of(families: Families) -> tuple[EntrySheet, ...]:
    """The sheets and columns of the registry, with the vocabularies of the families."""
    filed = fileable(families)
    kinds = {kind: name for each in families.by_id.values() for kind, name in each.kinds.items()}
    return entries.entry_sheets(
        Vocabulary(
            roles=_choices(filed["role"]),
            licences=_choices(filed["licence"]),
            documents=_choices(filed["document"]),
            families=tuple(Choice(each.id, each.name) for each in families.by_id.values()),
            kinds=tuple(Choice(kind, name) for kind, name in sorted(kinds.items())),
            units=tuple(Choice(unit, unit_name(unit)) for unit in UNITS if unit),
        )
    )


def file_table(
    platform: Platform,
    data: bytes,
    viewer: Viewer = OPERATOR,
    *,
    title: str = "",
    dry_run: bool = False,
) -> Filings:
    """Enter what a workbook (xlsx) or a table (CSV, called `title`) states, all of it or nothing.

    Raises:
        SuyuanError: no workbook and no table, none of its sheets is known, or it is too large.
    """
    tables = sheets(data) if data.startswith(_XLSX) else {title: _lines(data)}
    rows, found = entries.rows_of_tables(tables, sheets_of(platform.families))
    return file_rows(platform, rows, viewer, found=found, dry_run=dry_run)


def file_rows(
    platform: Platform,
    rows: Sequence[EntryRow],
    viewer: Viewer = OPERATOR,
    *,
    found: Sequence[CellFinding] = (),
    dry_run: bool = False,
) -> Filings:
    """Enter these rows, all of them or, where anything is refused, none.

    Raises:
        SuyuanError: there are none, or too many.
    """
    if any(row.kind not in entries.NEEDED for row in rows) or not (rows or found):
        raise SuyuanError("registry.empty", _EMPTY, "file")
    if len(rows) > MOST_ROWS:
        raise SuyuanError("registry.large", _LARGE.format(most=MOST_ROWS), "file", status=413)
    form = _form(platform, viewer)
    read = list(_read(rows, form))
    with platform.store.write() as conn:
        filing.lock(conn)
        result, made = _looked_at(platform, conn, read, form, viewer, found)
        if dry_run or result.is_refused:
            return result
        registered(platform, conn, made, account=viewer.account, tenant=viewer.tenant)
    return msgspec.structs.replace(result, entered=True)


def on_file(platform: Platform, party: str, viewer: Viewer = OPERATOR) -> OnFile:
    """What is registered of a party: to itself, to authorities of its area, to administrators.

    Raises:
        AccessError: it is not the viewer's to see, or nothing is on file (404).
    """
    with platform.store.read() as conn:
        found = filing.on_file(conn, party, tenant=viewer.tenant)
    division = found.party.division if found.party is not None else ""
    is_own = viewer.party == party
    is_seen = viewer.role is Role.REGULATOR and in_areas(viewer, division) and found.party
    if is_own or viewer.role is Role.ADMIN or is_seen:
        return found
    text = _NOT_SEEN.format(party=privacy.quoted(party, 80))
    raise AccessError("registry.unseen", text, "party", status=404)


def history_of(platform: Platform, party: str, viewer: Viewer = OPERATOR) -> list[Registration]:
    """What was registered of a party, when and by whom, the latest first.

    Raises:
        AccessError: it is not the viewer's to see (404).
    """
    on_file(platform, party, viewer)
    with platform.store.read() as conn:
        return filing.registrations(conn, party, tenant=viewer.tenant)


def names_on_file(platform: Platform, uris: Collection[str]) -> dict[str, Text]:
    """What parties and sites are called, those that are registered."""
    tenant = OPERATOR.tenant
    with platform.store.read() as conn:
        parties = directory.named(conn, uris, tenant=tenant)
        sites = directory.completion(conn, tenant=tenant, sites=uris).sites
    return {uri: rows[-1].name for uri, rows in sites.items()} | {
        uri: party.name for uri, party in parties.items()
    }


def parties_on_file(
    platform: Platform, viewer: Viewer = OPERATOR, *, after: str = ""
) -> list[Party]:
    """Registered parties in the order of their URIs, 200 at a time: those that one may see."""
    is_authority = viewer.role is Role.REGULATOR and bool(viewer.areas or viewer.families)
    areas = viewer.stems if is_authority and viewer.areas else None
    with platform.store.read() as conn:
        if viewer.role is Role.ADMIN or is_authority:
            return filing.listed(conn, tenant=viewer.tenant, areas=areas, after=after)
        own = [viewer.party] if viewer.party is not None and viewer.party > after else []
        return list(directory.named(conn, own, tenant=viewer.tenant).values())


def _read(rows: Iterable[EntryRow], form: Form) -> Iterator[Stated]:
    """What the rows state, until so many are refused that people have enough to mend."""
    refused = 0
    for row in rows:
        found = stated(row, form)
        refused += found.is_refused
        yield found
        if refused == _MOST_REFUSED:
            return


def _form(platform: Platform, viewer: Viewer) -> Form:
    own = viewer.party if viewer.role is Role.CAPTURER else None
    return Form(
        sheets={each.kind: each for each in sheets_of(platform.families)},
        own=own,
        resolvers=platform.config.resolvers,
        on=today(platform.clock),
    )


def _looked_at(
    platform: Platform,
    conn: ReadConnection,
    read: Sequence[Stated],
    form: Form,
    viewer: Viewer,
    found: Sequence[CellFinding],
) -> tuple[Filings, list[Entry]]:
    """What would become of the rows, and the entries as they are to be."""
    known = _known(conn, read, tenant=viewer.tenant)
    made: dict[Key, tuple[Stated, Entry, Entry | None]] = {}
    for each in read:
        pair = None if each.is_refused else entry_of(each, known, form.sheets[each.row.kind])
        if pair is None:
            continue
        first = made.setdefault(key_of(pair[0]), (each, *pair))
        if first[1] != pair[0]:
            each.say("", Remark("registry.twice", Severity.REFUSE, _TWICE, _TWICE_CURE))
    coming = frozenset(each.said["uri"] for each in read if each.said.get("uri"))
    _judge(platform, made, known, viewer, coming)
    findings = (*found, *(one for each in read for one in each.found))
    filings = tuple(_filing(*each) for each in made.values())
    whole = [entry for _, entry, _ in made.values()]
    return Filings(entered=False, filings=filings, findings=findings), whole


def _judge(
    platform: Platform,
    made: dict[Key, tuple[Stated, Entry, Entry | None]],
    known: Known,
    viewer: Viewer,
    coming: frozenset[str],
) -> None:
    """Say what speaks against each entry, all of them taken as they are to be."""
    whole = dict(known.entries) | {key: entry for key, (_, entry, _) in made.items()}
    law = _law(platform, whole.values(), coming)
    sites = defaultdict[str, list[Site]](list)
    for each in whole.values():
        if isinstance(each, Site):
            sites[each.uri].append(each)
    for row, entry, before in made.values():
        for field, remark in (*objections(entry, before, viewer, law), *doubts(entry, law)):
            row.say(field, remark)
        wrong = overlaps(entry, sites[entry.uri]) if isinstance(entry, Site) else None
        if wrong is not None:
            row.say("valid_from", wrong)


def _law(platform: Platform, entries: Iterable[Entry], coming: frozenset[str]) -> Law:
    families = platform.families
    parties = {each.uri: each for each in entries if isinstance(each, Party)}
    return Law(
        filed=fileable(families),
        kinds={family.id: family.kinds for family in families.by_id.values()},
        parties=parties,
        coming=coming,
    )


def _known(conn: ReadConnection, read: Sequence[Stated], *, tenant: int) -> Known:
    """What is on file of all that these rows name."""

    def named(*fields: str) -> set[str]:
        return {each.said[one] for each in read for one in fields if each.said.get(one)}

    parties = named("uri", "operator", "owner", "party", "issuer")
    every: list[Entry] = list(directory.named(conn, parties, tenant=tenant).values())
    every += (
        one
        for rows in directory.completion(conn, tenant=tenant, sites=named("uri")).sites.values()
        for one in rows
    )
    every += directory.products(conn, named("class_uri"), tenant=tenant).values()
    for held in directory.licences(conn, named("party"), tenant=tenant).values():
        every += held
    for documents in directory.documents(conn, named("number"), tenant=tenant).values():
        every += documents
    owners = {each.owner for each in every if isinstance(each, Product)}
    every += directory.named(conn, owners - parties, tenant=tenant).values()
    return known_of(every)


def _filing(found: Stated, entry: Entry, before: Entry | None) -> Filing:
    changed = (
        name
        for name in entry.__struct_fields__
        if before is not None and getattr(entry, name) != getattr(before, name)
    )
    fields = tuple(changed)
    state = "new" if before is None else "changed" if fields else "same"
    _, *key = key_of(entry)
    return Filing(
        sheet=found.row.origin.sheet, row=found.row.origin.row, kind=found.row.kind,
        key=tuple(key), name=_name(entry), state=state, fields=fields,
    )  # fmt: skip


def _name(entry: Entry) -> Text:
    match entry:
        case Party() | Site() | Product():
            return entry.name
        case Licence() | Document():
            return Text(f"{entry.kind} {entry.number}", f"{entry.kind} {entry.number}")


def _choices(kinds: dict[str, Fileable]) -> tuple[Choice, ...]:
    return tuple(Choice(name, each.name) for name, each in kinds.items())


def _lines(data: bytes) -> list[list[Any]]:
    text = text_of(data)
    if text is None:
        raise SuyuanError("registry.encoding", _ENCODING, "file")
    try:
        lines = io.StringIO(text.replace("\0", "\ufffd"), newline="")
        return list(csv.reader(lines, delimiter=parting(text)))
    except csv.Error as error:  # a field longer than any that we take
        raise SuyuanError("registry.table", _TABLE, "file") from error
