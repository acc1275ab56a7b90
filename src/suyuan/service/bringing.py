"""Takes codes that a state body gave out; keeps that a party brought them in, or takes that back.

The party's word is kept beside another's that contradicts it; only the operator sees both.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from msgspec import Struct

from suyuan.codes import making, privacy
from suyuan.codes.making.types import StateIssued
from suyuan.kit import SuyuanError, Text
from suyuan.kit.digest import sha256
from suyuan.model import Capturer
from suyuan.registry import bringing
from suyuan.registry.types import Import
from suyuan.service import columns
from suyuan.service.access import OPERATOR
from suyuan.service.platform import Platform
from suyuan.service.reasons import reason_of

MOST_LINES: Final = 1_000_000

_NOT_STATE = Text(
    "“{scheme}” 不是由主管部门发放的编码；可导入的有：{known}。",
    "'{scheme}' is not given out by a state body; these can be brought in: {known}.",
)
_EMPTY = Text("文件里没有码。", "There is no code in the file.")
_LONG_FILE = Text("一次最多导入 {most} 行。", "At most {most} lines at a time.")
_NO_BATCH = Text(
    "没有这一批，或已经撤回；suyuan codes imports 列出现有各批。",
    "There is no such batch, or it was withdrawn; suyuan codes imports lists what there is.",
)


_MADE_UP = Text(
    "注意：第 {line} 行起有 {count} 个码逐个加一（{first} 至 {last}），像是自己编的。{name}由"
    "{issuer}发放，不连号，企业不能自己生成。它们已按你方的话记下，不因此成为真码；请和领码记录核对，"
    "不是领来的，请管理员撤回：suyuan codes withdraw {batch} --reason 原因。",
    "Note: from line {line} on, {count:code counts|codes count} up one by one ({first} to "
    "{last}), as codes that somebody made up do. The {name} is given out by {issuer}, not in a "
    "row, and not made by enterprises. They are kept on your word, which makes them no genuine "
    "ones: compare them with what you were given, and if they are not that, have the operator "
    "take them back: suyuan codes withdraw {batch} --reason WHY.",
)


class Brought(Struct, frozen=True, kw_only=True):
    """Codes that were brought in together: how many, and the number to withdraw them by.

    `issuer` is the state body that gives such codes out: that it gave them to the party is the
    party's word. `doubts` are what speaks against that; they are brought in all the same.
    """

    batch: UUID
    count: int
    issuer: Text
    doubts: tuple[Text, ...] = ()


def bring_in(
    platform: Platform,
    scheme: str,
    lines: Iterable[str],
    capturer: Capturer,
    *,
    column: str = "",
) -> Brought:
    """Bring in codes that a state body gave to a party: one a line, FIRST-LAST, or a table.

    `column` is the heading of a table's codes, where it is not plain. All are taken or, with an
    error that names the line, none.

    Raises:
        SuyuanError: a scheme of another kind, a line out of form, a code the party has already.
    """
    of = making.STATE_ISSUED.get(scheme)
    if of is None:
        text = _NOT_STATE.format(
            scheme=privacy.quoted(scheme, 40), known=", ".join(making.STATE_ISSUED)
        )
        raise SuyuanError("bringing.scheme", text, "scheme")
    found = columns.spans(
        _counted(lines),
        lambda text: making.is_sound(of.scheme, text),
        name=of.name,
        column=column,
    )
    spans = list(found)
    if not spans:
        raise SuyuanError("bringing.empty", _EMPTY, "file")
    bringing.require_sound(of, spans)
    batch = platform.number()
    with platform.store.write() as conn:
        count = bringing.bring_in(conn, of, spans, capturer, batch=batch, now=platform.clock())
        platform.log_act(
            conn, "codes.imported", party=capturer.party, account=capturer.account,
            batch=str(batch), scheme=scheme, codes=count, digest=_digest(spans),
        )  # fmt: skip
    doubts = tuple(_doubts(of, spans, batch))
    return Brought(batch=batch, count=count, issuer=of.issuer, doubts=doubts)


def _doubts(of: StateIssued, spans: Iterable[bringing.Span], batch: UUID) -> Iterator[Text]:
    run = bringing.counting_up(of, spans)
    if run is not None:
        ends = {"line": run.line, "first": run.first, "last": run.last, "count": run.count}
        yield _MADE_UP.format(**ends, name=of.name, issuer=of.issuer, batch=batch)


def imports(platform: Platform) -> list[Import]:
    """For the operator: what was brought in, by whom, and where parties contradict each other."""
    tenant = OPERATOR.tenant
    with platform.store.read() as conn:
        is_complete = bringing.is_complete(conn, tenant=tenant)
    if not is_complete:
        with platform.store.write() as conn:
            bringing.complete(conn, tenant=tenant)
    with platform.store.read() as conn:
        return bringing.imports(conn, tenant=tenant)


def withdraw(platform: Platform, batch: UUID, reason: str) -> None:
    """For the operator: take back a batch that was brought in wrongly; it stays on file.

    Raises:
        SuyuanError: no reason, or there is no such batch, or it was withdrawn before (404).
    """
    now, tenant, why = platform.clock(), OPERATOR.tenant, reason_of(reason)
    with platform.store.write() as conn:
        if not bringing.withdraw(conn, batch, reason=why, tenant=tenant, now=now):
            raise SuyuanError("bringing.batch", _NO_BATCH, "BATCH", status=404)
        platform.log_act(conn, "codes.import-withdrawn", batch=str(batch), reason=why)


def _digest(spans: Iterable[bringing.Span]) -> str:
    """One digest of all codes, in whatever order they came."""
    said = sorted(f"{each.first}-{each.last}" for each in spans)
    return sha256("\n".join(said).encode()).hex()


def _counted(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise SuyuanError("bringing.long", _LONG_FILE.format(most=MOST_LINES), "file")
        yield line
