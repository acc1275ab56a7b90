"""What of an event is logged: its fields, to which the leaf commits, each to be shown alone.

Everything that the record keeps of an event and that was known in its transaction is in one of
them, so that whoever changes a row afterwards changes a field (docs/concepts/ledger-and-record.md).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from struct import pack
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.families import Debit
from suyuan.kit.amounts import plain
from suyuan.kit.canonical import canonical_object
from suyuan.kit.digest import sha256
from suyuan.model import Finding, Verdict
from suyuan.state import comparing
from suyuan.tlog.commitment import sm3
from suyuan.wire.normal import VERSION

EVENT, PLACE, THINGS, PARTIES, DOCUMENTS = "event", "place", "things", "parties", "documents"
JUDGEMENT, FINDINGS, REPORT, DEBITS = "judgement", "findings", "report", "debits"
LEFT = "left"

FORM: Final = 2
"""Which fields a leaf has: its `report` says so, so that no older form passes for this one.

Of the first form leaves do not say it, nor what judging left; the oldest of them have no debits.
"""

_GROUPS: Final = {
    **dict.fromkeys(("action", "bizStep", "disposition", "eventId", "eventTime"), EVENT),
    **dict.fromkeys(("offset", "persistentSet", "persistentUnset", "type"), EVENT),
    **dict.fromkeys(("bizLocation", "readPoint"), PLACE),
    **dict.fromkeys(("belongings", "epcs", "parent", "quantities", "transformationId"), THINGS),
    **dict.fromkeys(("inputEpcs", "inputQuantities"), THINGS),
    **dict.fromkeys(("outputEpcs", "outputQuantities"), THINGS),
    **dict.fromkeys(("destinations", "sources"), PARTIES),
    **dict.fromkeys(("bizTransactions", "certifications"), DOCUMENTS),
}
"""Members of an event that are shown together: a field costs as much as hashing half an event."""

_NAMED: Final = {name: (group, b'"%b":' % name.encode()) for name, group in _GROUPS.items()}

_CLOSED: Final = frozenset(_GROUPS.values())
_OPEN: Final = frozenset(("ilmd", "extensions"))
"""The members whose own members families open to one audience or another, each by itself."""

_MOST_APART: Final = 100
_LONGEST_APART: Final = 500
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ENCODE: Final = msgspec.json.Encoder().encode
_FORM: Final = VERSION.decode().strip()


class Around(Struct, frozen=True):
    """What the leaves of one document share: who reported it, when, as part of what."""

    before: bytes
    after: bytes
    form: int


class Kept(Struct, frozen=True, kw_only=True, gc=False):
    """What the record keeps of one event, the `ordinal`-th (from 0) of a document.

    `tags` are those of its row, in hexadecimal, each of sixteen digits; `debits` what it took from
    lines of permits, `left` what judging made of it for later judging.
    """

    raw: bytes
    normal: bytes
    findings: tuple[Finding, ...]
    verdict: Verdict
    family: str | None
    step: str | None
    ordinal: int
    tags: bytes
    debits: tuple[Debit, ...] = ()
    left: comparing.Left = comparing.NOTHING


def around(
    *,
    tenant: int,
    capturer: str,
    head: bytes,
    job: str,
    received: datetime,
    form: int = FORM,
) -> Around:
    """What the events of a document have in common; `head` are its bytes around them."""
    begin = {
        "capturer": capturer,
        "document": sha256(head).hex(),
        "documentSm3": sm3(head).hex(),
        "form": _FORM,
        "job": job,
    } | ({} if form == 1 else {"leaf": form})
    end = {"receivedAt": received.astimezone(UTC).isoformat(), "tenant": tenant}
    before = canonical_object(begin).removeprefix(b"{").removesuffix(b"}")
    return Around(before, canonical_object(end).removeprefix(b"{"), form)


def fields_of(kept: Kept, about: Around) -> dict[str, bytes]:
    """The fields of a leaf by name; values are JSON.

    The members of the event's normal form stand in groups, under their names there
    (docs/concepts/digest.md); what its members `ilmd` and `extensions` hold, each by itself under
    `ilmd NAME` and `extensions NAME`; any other by its name. Of the bytes received there is the
    digest.
    """
    fields = _of_event(kept.normal)
    fields[JUDGEMENT] = _judgement(kept.verdict, kept.family, kept.step)
    fields[REPORT] = b'{"access":"%b",%b,"ordinal":%d,%b"received":"%b",%b' % (
        kept.tags,
        about.before,
        kept.ordinal,
        b'"qualified":true,' if kept.left.entitled and about.form > 1 else b"",
        sha256(kept.raw).hex().encode(),
        about.after,
    )
    if kept.findings:
        fields[FINDINGS] = _ENCODE(kept.findings)
    if kept.debits:
        fields[DEBITS] = canonical_object({str(each.permit): _taken(each) for each in kept.debits})
    if kept.left.says and about.form > 1:
        fields[LEFT] = left_bytes(kept.left)
    return fields


def left_bytes(left: comparing.Left) -> bytes:
    """Marks set and cleared, and what is left known of which things (by their keys here)."""
    said = {
        "clears": left.clears, "known": left.told, "sets": left.sets, "things": left.things,
    }  # fmt: skip
    return canonical_object({name: value for name, value in said.items() if value})


def _taken(debit: Debit) -> dict[str, Any]:
    """How much of a line of a permit, in the line's unit, and whether the line had it to give."""
    return {"amount": plain(debit.amount), "covered": debit.is_covered}


def tag_digits(tags: Sequence[int]) -> bytes:
    """Access tags as a leaf has them: each in eight bytes, big-endian, in hexadecimal."""
    return pack(f">{len(tags)}q", *tags).hex().encode()


def _of_event(normal: bytes) -> dict[str, bytes]:
    fields: dict[str, bytes] = {}
    for name, value in _MEMBERS(normal).items():
        if (grouped := _NAMED.get(name)) is not None:
            group, begin = grouped
            said = fields.get(group)
            fields[group] = (b"{" if said is None else said + b",") + begin + value
        elif name in _OPEN:
            fields.update(_apart(name, value))
        else:
            fields[name] = bytes(value)
    for group in _CLOSED.intersection(fields):
        fields[group] += b"}"
    return fields


def _apart(name: str, value: msgspec.Raw) -> dict[str, bytes]:
    """Every member by itself; all together where they are too many or their names too long."""
    inner = _MEMBERS(value)
    if len(inner) > _MOST_APART or max(map(len, inner)) > _LONGEST_APART:
        return {name: bytes(value)}
    return {f"{name} {each}": bytes(said) for each, said in inner.items()}


@lru_cache(maxsize=1_000)
def _judgement(verdict: Verdict, family: str | None, step: str | None) -> bytes:
    said = {"family": family, "step": step, "verdict": verdict.value}
    return canonical_object({name: value for name, value in said.items() if value is not None})
