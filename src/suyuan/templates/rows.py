"""Takes an event as EPCIS JSON; gives the rows that state it, by column key; and back.

An event has as many rows as its longest list. What it has once stands in the first row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from suyuan.templates.keys import AMOUNTS, IDS, ILMD, PARTS, PLACES, REF_VALUE

Row = Mapping[str, Any]
RECORD: Final = "record"


def rows_of(event: Row) -> list[dict[str, Any]]:
    """The event's rows, each only with what it states."""
    columns = dict(_columns(event))
    turned = zip_longest(*columns.values())
    return [
        {key: value for key, value in zip(columns, row, strict=True) if value is not None}
        for row in turned
    ]


def _columns(event: Row) -> Iterable[tuple[str, list[Any]]]:
    for key, value in event.items():
        if key in AMOUNTS:
            for part in PARTS:
                yield f"{key}.{part}", [one.get(part) for one in value]
        elif key in REF_VALUE:
            yield from _refs(key, value)
        elif key in PLACES:
            yield f"{key}.id", [value["id"]]
        elif key == "ilmd":
            yield from ((ILMD + name, _listed(one)) for name, one in value.items())
        else:
            yield key, _listed(value)


def _refs(key: str, refs: Sequence[Row]) -> Iterable[tuple[str, list[Any]]]:
    for kind in dict.fromkeys(one["type"] for one in refs):
        yield f"{key}.{kind}", [one[REF_VALUE[key]] for one in refs if one["type"] == kind]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def event_of(rows: Sequence[Row], several: Collection[str] = ()) -> dict[str, Any]:
    """The event that the rows state together; inverse of `rows_of`.

    A value that all rows repeat is one value: people fill down. Not so in the columns `several`:
    two legs may have been equally warm.
    """
    event: dict[str, Any] = {}
    ilmd: dict[str, Any] = {}
    for key in dict.fromkeys(key for row in rows for key in row if key != RECORD):
        stated = [row[key] for row in rows if key in row]
        head, _, name = key.partition(".")
        if head in AMOUNTS:
            event.setdefault(head, _amounts(head, rows))
        elif key in IDS:
            event[key] = list(dict.fromkeys(stated))
        elif head in REF_VALUE:
            refs = [{"type": name, REF_VALUE[head]: one} for one in dict.fromkeys(stated)]
            event[head] = event.get(head, []) + refs
        elif head in PLACES:
            event[head] = {"id": stated[0]}
        elif key.startswith(ILMD):
            ilmd[key.removeprefix(ILMD)] = _single(stated, is_list=key in several)
        else:
            event[key] = _single(stated, is_list=key in several)
    return event | {"ilmd": ilmd} if ilmd else event


def _amounts(head: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One element for each row that states a part; a row without class has no element."""
    found = ({part: row.get(f"{head}.{part}") for part in PARTS} for row in rows)
    return [
        {part: value for part, value in one.items() if value is not None}
        for one in found
        if one["epcClass"] is not None
    ]


def _single(stated: list[Any], *, is_list: bool) -> Any:
    is_one = len(stated) == 1 if is_list else all(one == stated[0] for one in stated)
    return stated[0] if is_one else stated
