"""Takes an authority's decision that an event counts otherwise than judged; logs and keeps it.

The event, its verdict and its leaf stay as they are; the decision is a row and an act of the log in
one transaction, and from then on the newest decision counts (docs/concepts/overrides.md). Who may:
administrators, and regulators whose areas and families cover the event; never who reported it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, structs
from psycopg.errors import DeadlockDetected, LockNotAvailable

from suyuan import ledger, state
from suyuan.capture import jobs
from suyuan.codes import nobody, privacy
from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.ledger import tree
from suyuan.model import Finding, Role, Verdict, Viewer, verdict_of
from suyuan.publish import words
from suyuan.record import (
    Recorded,
    access,
    erasing,
    event_by_id,
    events_by_entries,
    overriding,
)
from suyuan.record.types import VERDICTS, Override
from suyuan.registry import accounts
from suyuan.service.access import AccessError
from suyuan.service.platform import Platform
from suyuan.service.replaying import OVERRIDDEN
from suyuan.service.reporting import follow
from suyuan.state import plain
from suyuan.store import ReadConnection, WriteConnection

_LONGEST: Final = 1_000
_LONGEST_NAME: Final = 200
_LONGEST_URI: Final = 500
_MOST_DOCUMENTS: Final = 20
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f\x7f]+")

_NONE: Final = Text(
    "没有这个事件，或你无权查看：{event}。被拒收的不在案，请改正后重新上报；已依法销毁的，按其序位查。",
    "There is no such event, or it is not yours to see: {event}. What was refused is not on "
    "record: mend it and report it again. What was lawfully destroyed is told by its position.",
)
_REFUSED: Final = Text(
    "事件 {event} 被拒收，不在案，没有可以改判的；请改正后重新上报。",
    "The event {event} was refused and is not on record, so there is nothing to override; mend it "
    "and report it again.",
)
_DESTROYED: Final = Text(
    "位置 {position} 的事件已依法销毁（由 {by} 决定，依据 {ground}），不能再改判。",
    "The event at position {position} was lawfully destroyed (decided by {by}, on the ground of "
    "{ground}); its verdict cannot be overridden any more.",
)
_SEVERAL: Final = Text(
    "{event} 有几个事件：{which}；请给出其中一个的位置。",
    "Several events are called {event}: {which}; give the position of one.",
)
_ONE: Final = Text("位置 {position}（{party}）", "position {position} ({party})")
_DECLARATION: Final = Text(
    "位置 {position} 是错误声明，是报告者自己的话，不能改判；请改判它所声明的事件。",
    "What is at position {position} is an error declaration, its reporter's own word, and is not "
    "overridden; override the event that it speaks of.",
)
_OWN: Final = Text(
    "不能改判自己上报的事件；请由监管部门或平台管理员决定。",
    "Nobody overrides the verdict on what they reported themselves; the authority or the "
    "administrator decides.",
)
_NOT_YOURS: Final = Text(
    "只有平台管理员，以及辖区和门类包含这个事件的监管部门，可以改判。",
    "Only an administrator may override it, or an authority whose areas and families cover the "
    "event.",
)
_TO: Final = Text(
    "只能改判为通过（accepted）、标记（flagged）或待查（held）：在案的事件不能再拒收。",
    "It is overridden to accepted, flagged or held; what is on record cannot be refused any more.",
)
_SAME: Final = Text(
    "现在的结论就是“{now}”，什么也没有改；没有记下。",
    "The verdict that counts is {now} already; nothing would change, and nothing was kept.",
)
_CHANGED: Final = Text(
    "现在的结论是“{now}”，不是“{seen}”：其间有人改判过。请看过之后，以现在的结论重新提交（expect）。",
    "The verdict that counts is {now}, and not {seen}: somebody overrode it. Look at it, then say "
    "that you saw it (expect) and send again.",
)
_GROUND: Final = Text(
    "请写明依据（法条、检验报告、查证的情况），最多 1000 字。",
    "State the ground (an article, a test report, what was found), in 1,000 characters at most.",
)
_BY: Final = Text(
    "请写明由哪个机关决定，最多 200 字，不能有控制字符。",
    "Name the authority that decided, in 200 characters at most, none of which control the text.",
)
_FINDING: Final = Text(
    "“{given}” 不是改判为“{to}”时可以排除的核验意见；可以排除的：{known}。",
    "'{given}' is no finding that can be set aside in favour of {to}; these are: {known}.",
)
_DOCUMENT: Final = Text(
    "“{given}” 不是 URI；文件请写成 https://… 或 urn:…，最多 20 个。",
    "'{given}' is no URI; name documents as https://… or urn:…, 20 at most.",
)
_NO_FINDINGS: Final = Text("无", "none")
_BUSY: Final = Text(
    "一次备份、一份很大的报文或一次状态规则的切换占用着数据；结论没有改，请稍后再试。",
    "A backup, a large document or a switching of state rules holds the data; no verdict was "
    "overridden. Try again later.",
)


class Wish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a verdict is to be, and on which ground.

    `findings` are the rules set aside, by default all that are graver than `to`; `documents` are
    URIs. `expect` is the verdict that was seen, by default the one judged: where another counts,
    nothing is done. `position` tells events of one id apart.
    """

    to: Verdict
    ground: str
    findings: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    expect: Verdict | None = None
    position: int | None = None


class OverrideTold(Struct, frozen=True, kw_only=True):
    """One decision as it is shown: `before` until then, `verdict` since.

    `position` is that of its entry in the log, whose receipt whoever asks may have if it `opens` to
    them. `ground` is None, and with it authority, documents
    and findings are empty, for who may know that it was decided, and no more.
    """

    position: int | None
    at: datetime
    before: Verdict
    verdict: Verdict
    findings: tuple[str, ...] = ()
    authority: str = ""
    ground: str | None = None
    documents: tuple[str, ...] = ()
    opens: bool = False


class VerdictTold(Struct, frozen=True, kw_only=True):
    """How an event was judged (`verdict`, by the rules `findings`), and what counts now.

    `overrides` are the decisions since, the oldest first; `may_override`: whoever asks may decide.
    `undecided` are the findings graver than what counts that no decision for it set aside: they
    stand, and nobody has said why they should not count.
    """

    event: str | None
    position: int
    reporter: str
    verdict: Verdict
    findings: tuple[str, ...]
    counts: Verdict
    overrides: tuple[OverrideTold, ...]
    undecided: tuple[str, ...]
    may_override: bool


def override(
    platform: Platform, asked: str | int, wish: Wish, viewer: Viewer, *, authority: str = ""
) -> VerdictTold:
    """Let an event, by its id or position, count otherwise from now on, as `authority` decided.

    Of an account the authority is its name. The decision has its position when this returns, and
    answers know of it.

    Raises:
        SuyuanError: `override.…`: something out of form (400), not allowed (403), no such event
            (404), nothing would change or somebody else decided meanwhile (409), destroyed (410).
        BusyError: `override.busy`, others hold what it changes; nothing was overridden.
    """
    try:
        position = _overridden(platform, asked, wish, viewer, authority)
    except (LockNotAvailable, DeadlockDetected) as error:
        raise BusyError("override.busy", _BUSY, str(asked)) from error
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())
    follow(platform)
    (found,) = verdicts(platform, position, viewer)
    return found


def _overridden(
    platform: Platform, asked: str | int, wish: Wish, viewer: Viewer, authority: str
) -> int:
    """Decide, in one transaction; the position of the event."""
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())  # by its position the act names it
    with platform.store.write() as conn:
        by = _authority(conn, viewer, authority)
        said = _in_form(wish, by)
        plain.beside(conn)
        state.lock_everything(conn)
        recorded = _only(platform, conn, asked, said.position, viewer)
        _require_may(platform, recorded, viewer)
        _require_change(recorded, said)
        _decide(platform, conn, recorded, _aside(recorded, said), by, viewer)
    return recorded.position


def verdicts(platform: Platform, asked: str | int, viewer: Viewer) -> list[VerdictTold]:
    """How the events of an id, or that at a position, were judged and count now.

    For whom they concern: their parties, authorities, administrators.

    Raises:
        SuyuanError: `override.none` (404), `override.destroyed` (410).
    """
    near = structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        found = [one for one in _found(platform, conn, asked, near) if one.event.error is None]
        if not found:
            raise _no_such(conn, asked, viewer)
        return [_told(platform, one, viewer) for one in found]


def verdict_at(platform: Platform, position: int, viewer: Viewer) -> VerdictTold | None:
    """The same of what is at a position, also for whoever sees no more than its public step.

    None where no event is, or none that they may see.
    """
    with platform.store.read() as conn:
        found = _found(platform, conn, position, viewer)
        return next((_told(platform, one, viewer) for one in found), None)


def _decide(
    platform: Platform,
    conn: WriteConnection,
    recorded: Recorded,
    wish: Wish,
    by: str,
    viewer: Viewer,
) -> None:
    """Act, row and what later judging goes by, all in the caller's transaction."""
    secret, now = platform.recorder.secret, platform.clock()
    judged = overriding.judge_anew(conn, recorded, wish.to, platform.families)
    seal = overriding.seal_of(overriding.left(conn, recorded.entry), secret)
    act = platform.log_act(
        conn, OVERRIDDEN, party=recorded.capturer, account=viewer.account,
        position=recorded.position, event=platform.sealed((recorded.event.event_id or "").encode()),
        before=recorded.counts.value, verdict=wish.to.value, findings=list(wish.findings),
        ground=wish.ground, documents=list(wish.documents), authority=by, seal=seal,
    )  # fmt: skip
    decided = Override(
        act=act, entry=recorded.entry, before=recorded.counts, verdict=wish.to,
        aside=wish.findings, ground=wish.ground, documents=wish.documents, authority=by,
        account=viewer.account, at=now,
    )  # fmt: skip
    overriding.keep(conn, decided, judged, seal=seal)


def _authority(conn: ReadConnection, viewer: Viewer, given: str) -> str:
    """By whom it is decided: an account by its name, whoever is at the machine as they say."""
    known = None if viewer.account is None else accounts.account(conn, viewer.account)
    if known is not None:
        return known.name
    name = " ".join(given.split())
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable()):
        raise SuyuanError("override.authority", _BY, "authority")
    return name


def _in_form(wish: Wish, authority: str) -> Wish:
    """The same as it is kept."""
    if wish.to is Verdict.REFUSED:
        raise SuyuanError("override.to", _TO, "to")
    ground = " ".join(wish.ground.split())
    if not (0 < len(ground) <= _LONGEST and ground.isprintable()):
        raise SuyuanError("override.ground", _GROUND, "ground")
    documents = tuple(dict.fromkeys(wish.documents))
    for each in documents:
        is_uri = len(each) <= _LONGEST_URI and each.isprintable() and _URI.fullmatch(each)
        if not is_uri or len(documents) > _MOST_DOCUMENTS:
            text = _DOCUMENT.format(given=privacy.quoted(each))
            raise SuyuanError("override.document", text, "documents")
    nobody.require_nobody(ground=ground, authority=authority, documents="\n".join(documents))
    return structs.replace(wish, ground=ground, documents=documents)


def _only(
    platform: Platform,
    conn: ReadConnection,
    asked: str | int,
    position: int | None,
    viewer: Viewer,
) -> Recorded:
    """The one event that is meant, of those that concern the viewer."""
    near = structs.replace(viewer, parts_only=True)
    found = [one for one in _found(platform, conn, asked, near) if position in (None, one.position)]
    events = [one for one in found if one.event.error is None]
    if len(events) > 1:
        which = [_ONE.format(position=one.position, party=one.capturer) for one in events]
        said = Text("、".join(one.zh for one in which), ", ".join(one.en for one in which))
        text = _SEVERAL.format(event=asked, which=said)
        raise SuyuanError("override.several", text, "position", status=409)
    if events:
        return events[0]
    if found:
        text = _DECLARATION.format(position=found[0].position)
        raise SuyuanError("override.declaration", text, str(asked), status=409)
    raise _no_such(conn, asked, viewer)


def _found(
    platform: Platform, conn: ReadConnection, asked: str | int, viewer: Viewer
) -> list[Recorded]:
    secret = platform.recorder.secret
    if isinstance(asked, str):
        return event_by_id(conn, asked, viewer, secret=secret)
    entries = [leaf.entry for leaf in tree.leaves(conn, asked, asked)]
    return events_by_entries(conn, entries, viewer, secret=secret)


def _no_such(conn: ReadConnection, asked: str | int, viewer: Viewer) -> SuyuanError:
    """What became of an event that is not there, as far as the viewer may know."""
    named = privacy.quoted(str(asked))
    if isinstance(asked, int) and (gone := erasing.erasure_of(conn, asked)) is not None:
        text = _DESTROYED.format(position=asked, by=gone.by, ground=gone.ground)
        return SuyuanError("override.destroyed", text, named, status=410)
    # None in PostgreSQL has a NUL, and a query by one fails.
    if (
        isinstance(asked, str)
        and "\0" not in asked
        and jobs.find_refused(conn, viewer, event_id=asked, limit=1)
    ):
        text = _REFUSED.format(event=named)
        return SuyuanError("override.refused", text, named, status=409)
    return SuyuanError("override.none", _NONE.format(event=named), named, status=404)


def _require_may(platform: Platform, recorded: Recorded, viewer: Viewer) -> None:
    if viewer.party == recorded.capturer:
        raise AccessError("override.own", _OWN, status=403)
    if not _may(platform, recorded, viewer):
        raise AccessError("override.not-yours", _NOT_YOURS, status=403)


def _may(platform: Platform, recorded: Recorded, viewer: Viewer) -> bool:
    """Whether a viewer has authority over an event, no declaration, that others reported."""
    if viewer.party == recorded.capturer or recorded.event.error is not None:
        return False
    if viewer.role is not Role.REGULATOR:
        return viewer.role is Role.ADMIN
    reach = access.reach_of(viewer, secret=platform.recorder.secret)
    return not reach.isdisjoint(recorded.tags)


def _require_change(recorded: Recorded, wish: Wish) -> None:
    seen, now = wish.expect or recorded.verdict, recorded.counts
    called = words.VERDICTS
    if now is not seen:
        text = _CHANGED.format(now=called[now], seen=called[seen])
        raise SuyuanError("override.changed", text, "expect", status=409)
    if now is wish.to:
        raise SuyuanError("override.same", _SAME.format(now=called[now]), "to", status=409)


def _aside(recorded: Recorded, wish: Wish) -> Wish:
    """The wish with the findings that are set aside: those given, else all that are graver."""
    known = tuple(dict.fromkeys(_graver(recorded.findings, wish.to)))
    for given in wish.findings:
        if given not in known:
            text = _FINDING.format(
                given=privacy.quoted(given), to=words.VERDICTS[wish.to],
                known=", ".join(known) or _NO_FINDINGS,
            )  # fmt: skip
            raise SuyuanError("override.finding", text, "findings")
    return structs.replace(wish, findings=tuple(dict.fromkeys(wish.findings)) or known)


def _graver(findings: Iterable[Finding], verdict: Verdict) -> Iterable[str]:
    most = VERDICTS.index(verdict)
    return (one.rule for one in findings if VERDICTS.index(verdict_of((one,))) > most)


def _told(platform: Platform, recorded: Recorded, viewer: Viewer) -> VerdictTold:
    may = _may(platform, recorded, viewer)
    is_reporters = viewer.party == recorded.capturer
    reads_why = may or viewer.sees_all or is_reporters
    opens_all = viewer.role is Role.ADMIN or is_reporters
    own = () if viewer.account is None else (viewer.account,)
    return VerdictTold(
        event=recorded.event.event_id,
        position=recorded.position,
        reporter=recorded.capturer,
        verdict=recorded.verdict,
        findings=_rules(recorded.findings) if reads_why else (),
        counts=recorded.counts,
        overrides=tuple(
            structs.replace(_shown(each, whole=reads_why), opens=opens_all or each.account in own)
            for each in recorded.overrides
        ),
        undecided=_undecided(recorded) if reads_why else (),
        may_override=may,
    )


def _undecided(recorded: Recorded) -> tuple[str, ...]:
    """The findings that the decisions which led down to what counts did not speak of."""
    aside: set[str] = set()
    for each in reversed(recorded.overrides):
        if VERDICTS.index(each.verdict) >= VERDICTS.index(each.before):
            break
        aside.update(each.aside)
    graver = dict.fromkeys(_graver(recorded.findings, recorded.counts))
    return tuple(rule for rule in graver if rule not in aside)


def _rules(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_graver(findings, Verdict.ACCEPTED)))


def _shown(one: Override, *, whole: bool) -> OverrideTold:
    told = OverrideTold(
        position=one.position, at=one.at, before=one.before, verdict=one.verdict
    )  # fmt: skip
    if not whole:
        return told
    return structs.replace(
        told, findings=one.aside, authority=one.authority, ground=one.ground,
        documents=one.documents,
    )  # fmt: skip
