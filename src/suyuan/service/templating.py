"""Takes a family's step, or a filled workbook; gives templates, or what became of its events.

A workbook with a cell that cannot be read is not taken in at all: its author mends the cell and
hands it in again, which repeats nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.capture import Options
from suyuan.codes import privacy
from suyuan.families import Families
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer, Finding, Severity, verdict_of
from suyuan.service.checking import Checked, CheckedEvent, check_document
from suyuan.service.dividing import day_of
from suyuan.service.platform import Platform
from suyuan.service.reporting import capture
from suyuan.service.ruling import division_name, named_family
from suyuan.templates import (
    by_columns,
    read_workbook,
    schema_of,
    template_of,
    write_workbook,
)
from suyuan.templates.types import CellFinding, Filled, Origin, Template

_NO_KIND: Final = Text(
    "“{of}”没有产品种类“{kind}”；可用：{known}。",
    "'{of}' has no kind '{kind}'; use one of: {known}.",
)


_UNFILLED: Final = Finding(
    rule="workbook.unfilled",
    severity=Severity.FLAG,
    path="/",
    message=Text(
        "工作簿里什么也没有填，没有可判的事件。",
        "Nothing is filled in: the workbook has no event to be judged.",
    ),
    cure=Text(
        "请在模板的表里每个事件填一行，再检查一次。",
        "Fill in a row for each event on a sheet of the template, and check it again.",
    ),
)
_ARCHIVE: Final = b"PK\x03\x04"


class TakenIn(Struct, frozen=True, kw_only=True):
    """What became of a workbook: its events by verdict (or how many would be), and findings.

    `event_ids` are those of the events, in the order of its rows, once they are recorded.
    `recorded` False: it was only checked, a cell could not be read, or an event was refused.
    """

    recorded: bool
    counts: Mapping[str, int]
    findings: tuple[CellFinding, ...]
    event_ids: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether there is something to record, and nothing that is refused."""
        refused = any(one.severity is Severity.REFUSE for one in self.findings)
        return bool(self.counts) and not refused

    @property
    def is_clear(self) -> bool:
        """Whether, more than that, nothing was found that its author should look at."""
        found = {one.severity for one in self.findings}
        return self.is_sound and found <= {Severity.NOTE}


def templates(
    families: Families,
    name: str,
    on: date,
    *,
    kind: str | None = None,
    step: str | None = None,
    division: str | None = None,
) -> tuple[Template, ...]:
    """The template of one step, or of every step of the family (and kind); with a place's rules.

    Raises:
        SuyuanError: there is no such family, step or division, or it has no such kind (404).
    """
    family = named_family(families, name)
    place = division_name(division).id if division else ""
    if kind and kind not in family.kinds:
        known = ", ".join(family.kinds)
        text = _NO_KIND.format(of=family.name, kind=privacy.quoted(kind, 60), known=known)
        raise SuyuanError("template.no-kind", text, status=404)
    every = [one.id for one in family.steps.values() if not kind or _has(one.kinds, kind)]
    made = tuple(
        template_of(family, one, on, kind=kind, division=place)
        for one in ([step] if step else every)
    )
    if step and step not in every:
        known = ", ".join(family.steps[step].kinds)
        text = _NO_KIND.format(of=step, kind=kind, known=known)
        raise SuyuanError("template.no-kind", text, status=404)
    return made


def _has(kinds: tuple[str, ...], kind: str) -> bool:
    return not kinds or kind in kinds


def workbook(made: Sequence[Template]) -> bytes:
    """The templates as one xlsx workbook."""
    return write_workbook(made)


def json_schema(families: Families, template: Template) -> dict[str, Any]:
    """The JSON Schema of an event of the template's step, by the law of its day."""
    family = named_family(families, template.family)
    return schema_of(
        family, template.step, template.on, kind=template.kind, division=template.division
    )


def filled(families: Families, data: bytes) -> Filled:
    """A filled workbook read.

    Raises:
        SuyuanError: it is no workbook, or none of its sheets is a template.
    """

    def template_for(family: str, step: str, day: str, division: str) -> Template:
        on = day_of(day, "A1") or date.max
        return template_of(named_family(families, family), step, on, division=division)

    return read_workbook(data, template_for)


def check_workbook(families: Families, data: bytes, now: datetime) -> TakenIn:
    """What would be found in the workbook by the law of each event's day; nothing is recorded.

    Raises:
        SuyuanError: it is no workbook, or none of its sheets is a template.
    """
    return check_filled(families, filled(families, data), now)


def check_filled(families: Families, read: Filled, now: datetime) -> TakenIn:
    """What would be found in a file's events by the law of each one's day; nothing is recorded."""
    checked = check_document(families, read.document, now=now)
    told = ((one.index, finding) for one in checked.events for finding in one.findings)
    counts: dict[str, int] = {}
    for one in checked.events:
        counts[one.verdict] = counts.get(one.verdict, 0) + 1
    return TakenIn(recorded=False, counts=counts, findings=(*read.findings, *_placed(read, told)))


def checked_file(families: Families, data: bytes, judge: Callable[[bytes], Checked]) -> Checked:
    """A document as it is judged; of a filled workbook its events, each finding at its cell.

    Raises:
        SuyuanError: it is an archive, and no workbook or none of whose sheets is a template.
    """
    if not data.startswith(_ARCHIVE):
        return judge(data)
    read = filled(families, data)
    checked = judge(read.document)
    empty = () if read.origins or read.findings else (_UNFILLED,)
    notes = (*map(_noted, read.findings), *empty, *checked.notes)
    events = tuple(_in_cells(read, event) for event in checked.events)
    found = (*notes, *(one for event in events for one in event.findings))
    return Checked(verdict=verdict_of(found), notes=notes, events=events)


def _noted(told: CellFinding) -> Finding:
    place = f"{told.sheet}!{told.column}{told.row}"
    return Finding(
        rule=told.code, severity=told.severity, path=place, message=told.message, cure=told.cure
    )


def _in_cells(read: Filled, event: CheckedEvent) -> CheckedEvent:
    origin = read.origins[event.index]
    return structs.replace(event, findings=tuple(_in_cell(origin, one) for one in event.findings))


def _in_cell(origin: Origin, finding: Finding) -> Finding:
    """The finding at its cell, in the words of columns: who sees a sheet sees no document."""
    place = f"{origin.sheet}!{_column(origin, finding.path)}{origin.row}"
    message, cure = _said(finding)
    return structs.replace(finding, path=place, message=message, cure=cure)


def import_workbook(platform: Platform, data: bytes, capturer: Capturer) -> TakenIn:
    """Take a workbook's events into the record; none of them if a cell could not be read.

    Raises:
        SuyuanError: it is no workbook, or none of its sheets is a template.
    """
    return import_filled(platform, filled(platform.families, data), capturer)


def import_filled(platform: Platform, read: Filled, capturer: Capturer) -> TakenIn:
    """Take a file's events into the record; none if one is refused or could not be read.

    Raises:
        SuyuanError: too much in one file.
    """
    if not read.origins or any(one.severity is Severity.REFUSE for one in read.findings):
        return TakenIn(recorded=False, counts={}, findings=read.findings)
    result = capture(platform, read.document, capturer, Options(strict=False))
    if result.problem is not None:
        raise SuyuanError(result.problem.rule, result.problem.message)
    told = ((one.index, finding) for one in result.events for finding in one.findings)
    findings = (*read.findings, *_placed(read, told))
    ids = tuple(one.event_id for one in result.events if one.event_id) if result.success else ()
    return TakenIn(recorded=result.success, counts=result.counts, findings=findings, event_ids=ids)


_SAID: Final = {
    "record.rolled-back": (
        Text(
            "另有行被拒收，整份都没有记录。",
            "Another row was refused, so nothing of it was recorded.",
        ),
        Text(
            "改好标着“拒收”的行，整份重新上传。",
            "Mend the rows marked 'refuse' and hand all of it in again.",
        ),
    ),
    "wire.what": (
        Text("没有写明是什么东西。", "It does not say what it is about."),
        Text(
            "填写单件编码，或批次的编码和数量。",
            "Write the code of a unit, or code and quantity of a lot.",
        ),
    ),
}
"""What is said of a finding where people see columns, and no document."""


def _placed(read: Filled, told: Iterator[tuple[int, Finding]]) -> Iterator[CellFinding]:
    for index, finding in told:
        origin = read.origins[index]
        message, cure = _said(finding)
        yield CellFinding(
            code=finding.rule,
            severity=finding.severity,
            sheet=origin.sheet,
            row=origin.row,
            column=_column(origin, finding.path),
            message=message,
            cure=cure,
            law=finding.cited,
        )


def _said(finding: Finding) -> tuple[Text, Text]:
    """What is said and what mends it, by the names of columns."""
    message, cure = _SAID.get(finding.rule, (finding.message, finding.cure))
    return by_columns(message), by_columns(cure)


def _column(origin: Origin, path: str) -> str:
    """The letters of the column that states what stands at the path; empty where none does."""
    wanted = ".".join(part for part in path.split("/") if part and not part.isdigit())
    exact = origin.columns.get(wanted) or origin.columns.get(f"{wanted}.id")
    near = (at for key, at in origin.columns.items() if wanted and key.startswith(wanted + "."))
    return exact or next(near, "")
