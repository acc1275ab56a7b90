"""Takes the division inside a code; gives what is to be said of it."""

from suyuan.codes.divisions.lookup import ancestors, division, today, was_ever
from suyuan.codes.divisions.table import Division
from suyuan.codes.notes import note
from suyuan.codes.types import Note, Severity
from suyuan.kit import Text

_SHOWN = Text("{now}（{code}）", "{now} ({code})")
_FORMERLY = Text("{now}（{code}，原{old}）", "{now} ({code}, formerly {old})")


def division_notes(code: str, severity: Severity = "warning") -> tuple[Note, ...]:
    """What to say of a code that is no division and does not even begin as a province's."""
    if was_ever(f"{code[:2]}0000"):
        return ()
    return (note("division", severity, found=code[:2]),)


def division_remark(code: str) -> tuple[Note, ...]:
    """Where the area of a code that is no more in force lies today, or that we have no such code.

    A remark only: codes of an area's early years, of development zones and of what changed
    since the latest list are not all in the table, so none is refused for it.
    """
    row = division(code)
    if row is None:
        return (
            (note("division_unknown", "info", found=code),) if was_ever(f"{code[:2]}0000") else ()
        )
    if not row.until:
        return ()
    now = today(code)
    return (
        note(
            "division_ended",
            "info",
            found=code,
            name=full_name(row),
            until=row.until,
            now=_listed(now),
        ),
    )


def full_name(row: Division) -> Text:
    """The name under all that is above it: 浙江省杭州市西湖区."""
    line = [*reversed(ancestors(row)), row]
    return Text(
        "".join(each.name for each in line), ", ".join(each.english for each in reversed(line))
    )


def shown(code: str) -> Text:
    """A division as people read it: its full name of today, and the code as it was given."""
    row, now = division(code), today(code)
    if row is None:
        return Text(code, code)
    form = _FORMERLY if row.until else _SHOWN
    return form.format(now=_listed(now), code=code, old=full_name(row))


def _listed(rows: tuple[Division, ...]) -> Text:
    names = [full_name(each) for each in rows]
    return Text("、".join(each.zh for each in names), "; ".join(each.en for each in names))
