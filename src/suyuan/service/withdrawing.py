"""Takes codes of one's own that no longer count; keeps since when and why, and tells it."""

from typing import Final
from uuid import UUID

from suyuan.codes import making, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.ledger.types import Done
from suyuan.model import Capturer
from suyuan.registry import issuing, packing, withdrawing
from suyuan.registry.types import Withdrawn
from suyuan.service.issuing import own_package, range_of
from suyuan.service.platform import Platform
from suyuan.service.reasons import reason_of

_LONGEST: Final = 200
_NO_CODE = Text(
    "“{code}” 不是你方在这里发出的码；请核对写法，suyuan codes list 列出你方的码包。",
    "'{code}' is no code that was issued to you here; compare its spelling, and see suyuan codes "
    "list for your packages.",
)
_WHOLE = Text(
    "码包 {package}（{scheme} {stem}{note}）的全部 {count} 个码都会被撤回，不能恢复。"
    "要这样做，请明说：命令加 --all，接口写 whole；只撤回一部分，请写截止序号。",
    "This would withdraw all codes ({count}) of package {package} ({scheme} {stem}{note}), and"
    " cannot be undone. If it is meant, say so: --all at the command, whole over "
    "HTTP; for some of them give the last place.",
)

_NOTED: Final = Text("，备注 “{note}”", ", note '{note}'")
_UNNOTED: Final = Text("", "")


def withdraw_codes(
    platform: Platform,
    package: UUID,
    reason: str,
    capturer: Capturer,
    *,
    begin: int = 1,
    end: int | None = None,
    whole: bool = False,
) -> list[Withdrawn]:
    """Make codes of one's own package void, from place `begin` to `end`, both included.

    With `whole` those of them that still count. Gives what was withdrawn now, upwards. They stay
    on file; who verifies one is told that it was withdrawn, and when.

    Raises:
        SuyuanError: no reason, no such package (404), a range outside of it, all of it though
            neither `end` nor `whole` was said, or a code that was withdrawn before (409); with
            `whole`, if all were.
    """
    why = reason_of(reason)
    with platform.store.write() as conn:
        found = own_package(conn, package, capturer)
        first, past = range_of(found, begin, end)
        if first == 0 and end is None and not whole:
            raise _whole(found)
        packing.lock(conn, found)
        at = packing.moment(conn, found, platform.clock())
        codes = Withdrawn(begin=first, end=past, reason=why, at=at)
        if whole:
            gone = withdrawing.withdraw_rest(conn, found, codes, capturer)
        else:
            withdrawing.withdraw(conn, found, codes, capturer)
            gone = [codes]
        done = [_act(found, each) for each in gone]
        platform.log_acts(conn, done, account=capturer.account)
    return gone


def _act(package: issuing.Package, gone: Withdrawn) -> Done:
    said = {"begin": gone.begin, "past": gone.end, "reason": gone.reason}
    return Done("codes.withdrawn", package.party, {"package": str(package.id), **said})


def _whole(package: issuing.Package) -> SuyuanError:
    said = _WHOLE.format(
        package=package.id, count=package.count, scheme=package.scheme, stem=package.stem,
        note=_NOTED.format(note=package.note) if package.note else _UNNOTED,
    )  # fmt: skip
    return SuyuanError("issuing.whole", said, "range", status=409)


def withdrawn(platform: Platform, package: UUID, capturer: Capturer) -> list[Withdrawn]:
    """What of one's own package was withdrawn, oldest first.

    Raises:
        SuyuanError: no such package of that party (404).
    """
    with platform.store.read() as conn:
        return withdrawing.of(conn, own_package(conn, package, capturer))


def place_of(platform: Platform, text: str, capturer: Capturer) -> tuple[UUID, int]:
    """The package and the place, from 1, of a code of one's own.

    Raises:
        SuyuanError: it was not issued to that party here (404).
    """
    ways = list(making.slots(text[:_LONGEST]))
    with platform.store.read() as conn:
        code = issuing.find(conn, ways, tenant=capturer.tenant)
    if code is None or code.party != capturer.party:
        said = _NO_CODE.format(code=privacy.quoted(text, 60))
        raise SuyuanError("issuing.no-code", said, "code", status=404)
    return code.package, code.place + 1
