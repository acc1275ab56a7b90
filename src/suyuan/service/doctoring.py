"""Takes a platform; gives a check-up: what is in order, and the cure for what is not."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from suyuan import ledger
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import in_china
from suyuan.ledger import asking, keys, own_keys, publishing
from suyuan.service import handover, waiting
from suyuan.service.asking import SQL
from suyuan.service.attesting import folder_of, log_of, require_unbegun
from suyuan.service.platform import Platform
from suyuan.service.witnessing import WITNESS_FOLDER, damage_of, is_witness
from suyuan.store import ReadConnection, standing
from suyuan.tlog.note import vkey_text


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at: whether it is good, and what was seen or is to be done."""

    name: Text
    good: bool
    more: Text


_LATE: Final = timedelta(hours=1)

_AT = Text("{place}：{why}", "{place}: {why}")
_DATABASE = Text("数据库", "Database")
_LEDGER = Text("账本", "Ledger")
_PUBLISHING = Text("签名与发布", "Signing and publishing")
_POLICY = Text("信任策略", "Trust policy")
_KEYS = Text("签名密钥", "Signing keys")
_WITNESS = Text("见证方", "Witness")
_SOUND = Text("所记的都读得出来", "all that it remembers can be read")
_INDEX = Text("索引", "Index")
_TABLES = Text("表结构", "Tables")
_MIGRATIONS = Text("迁移记录", "Migrations")

_OURS = Text("表、触发器、规则、策略都是本程序的", "nothing on them but the schema's own")
_INTRUDERS = Text(
    "表与本程序所设的不同，所写的会被改动、丢弃，或读到的是别的：{found}。查明由谁改动；外来的删去，"
    "缺少的补回，再运行 suyuan doctor --deep。",
    "The tables are not as this program made them, so that what is written may be altered or "
    "dropped, or something else be read: {found}. Find out who did it; remove what was added, put "
    "back what is missing, then run suyuan doctor --deep.",
)
_NOTED = Text("全部在册", "all noted")
_FAMILIES = Text("门类规则", "Families")
_UNNOTED = Text(
    "store.migration 缺少这些行：{found}。被人删除；现在打开不了这个数据库，打开时会说怎样补回。",
    "Rows of store.migration are gone: {found}. Somebody deleted them; the database cannot be "
    "opened anew, and whoever tries is told how to put them back.",
)

_SERVER = Text("PostgreSQL {version}", "PostgreSQL {version}")
_WHOLE = Text(
    "{size} 条，位置连续，无排队", "{size:entry|entries}, positions without gaps, none waiting"
)
_BROKEN = Text(
    "账本有缺口或排队：{size} 条、最末位置 {last}、排队 {waiting}；请停机备份后联系维护者。",
    "Gaps or a queue: {size:entry|entries}, last position {last}, {waiting} waiting; stop, make a "
    "backup and ask the maintainers.",
)
_AHEAD = Text(
    "账本末尾的记录时间 {at} 晚于本机时钟：时钟拨错过，或末尾被改动；已停止给出位置。核对时钟；"
    "只有末尾被改动则运行 suyuan ledger rebuild，见 suyuan doctor --deep。",
    "the ledger ends at the record time {at}, which this machine's clock has not reached: a clock "
    "was wrong, or the end was altered, so no position is given. See that the clock is right; "
    "where the head alone was altered, run suyuan ledger rebuild (suyuan doctor --deep tells).",
)
_WAITING = Text(
    "已发布 {published} 条；第 {next} 条从 {since} 起还没有签名。运行 suyuan ledger publish。",
    "{published:entry|entries} published; since {since} nothing is signed from entry {next} on. "
    "Run suyuan ledger publish.",
)
_UNSIGNED = Text(
    "还没有签名过；suyuan serve 或 suyuan ledger publish 会签名。",
    "nothing is signed yet; suyuan serve or suyuan ledger publish signs.",
)
_PUBLISHED = Text("已发布 {published} 条", "{published:entry|entries} published")
_UNCOSIGNED = Text(
    "已发布 {published} 条；没有这些见证方的签名：{missing}",
    "{published:entry|entries} published; without the signatures of the witnesses {missing}",
)
_PENDING = Text(
    "{said}；{count} 条还没有签名", "{said}; {count:entry is|entries are} not signed yet"
)
_STUCK = Text(
    "已签名 {signed} 条，只发布了 {published} 条：发布停住了。原因见 suyuan ledger publish。",
    "{signed:entry is|entries are} signed and only {published} published: publication stands "
    "still. suyuan ledger publish says why.",
)
_LIVE = Text("log/policy 没有已撤销的公钥", "log/policy names no revoked key")
_OFFERED = Text(
    "log/policy 仍列着已撤销的公钥 {found}：照此文件核验的人会相信用失窃私钥伪造的检查点。"
    "请换成现行的 {present}（suyuan ledger keys），并告知拿到过此文件的人。",
    "log/policy still names the revoked key {found}: whoever verifies by that file believes what "
    "a stolen key forged. Put the present one in its place, {present} (suyuan ledger keys), and "
    "tell whoever was given the file.",
)
_FOLLOWED = Text("追到第 {position} 条", "followed to entry {position}")
_BEHIND = Text(
    "落后 {lag} 条；suyuan serve 会自动追上，也可运行 suyuan reindex。",
    "{lag:entry|entries} behind; suyuan serve catches up, or run suyuan reindex.",
)
_TO_CAPTURE = Text("待采集的报文", "Documents to be captured")
_NONE_WAIT = Text("没有在等的", "none waits")
_MAY_WAIT = Text(
    "{said}；上限：每单位 {own} 份、{own_size} MiB，共 {every} 份、{every_size} MiB，"
    "因本平台故障试 {tries} 次后放弃",
    "{said}; of a party {own:document|documents} and {own_size} MiB may, in all {every} and "
    "{every_size} MiB, each given up after {tries:fault|faults} of ours",
)
_SOME_WAIT = Text(
    "{count} 份在等，最早的 {since} 收下", "{count:waits|wait}, the oldest since {since}"
)
_DELAYED = Text(
    "{count} 份在等，最早的 {since} 收下；等得太久或出过错的：{found}。采集它们的是 suyuan serve："
    "看它是否在运行，日志里 capture.failed 说出原因；没有丢失，改好后会接着采集。",
    "{count:waits|wait}, the oldest since {since}; too long, or after a failure: {found}. They are "
    "captured by suyuan serve: see that it runs, and what its log says under capture.failed. "
    "Nothing is lost; it goes on once that is put right.",
)
_RULES = Text("{families} 个门类，{rules} 条规则", "{families:family|families}, {rules:rule|rules}")


def doctor(platform: Platform) -> list[Check]:
    """Look at the database, the ledger, the signer, the index and the rules."""
    with platform.store.read() as conn:
        version = str(conn.info.server_version // 10_000)
        row = conn.execute(SQL.health).fetchone()
        published = _publishing(platform, conn)
        end = ledger.head(conn)
        structure = [_tables(conn), _migrations(conn)]
    size, last, leaves, queued, position = row or (0, 0, 0, 0, 0)
    whole = size == last == leaves and queued == 0
    lag = size - position
    seen = Text.format(_WHOLE if whole else _BROKEN, size=size, last=last, waiting=queued)
    if end.at is not None and ledger.is_ahead(end, platform.clock()):
        whole, seen = False, _AHEAD.format(at=in_china(end.at))
    followed = _FOLLOWED.format(position=position) if lag == 0 else _BEHIND.format(lag=lag)
    return [
        Check(name=_DATABASE, good=True, more=_SERVER.format(version=version)),
        *structure,
        Check(name=_LEDGER, good=whole, more=seen),
        published,
        *_silent(platform),
        *_policy(platform),
        *_witness(platform),
        _waiting(platform),
        Check(name=_INDEX, good=lag == 0, more=followed),
        Check(name=_FAMILIES, good=True, more=_RULES.format(**_counted(platform))),
    ]


def _tables(conn: ReadConnection) -> Check:
    """Whether only this program acts on its tables."""
    found = [f"{each.kind} {each.name} ({each.table})" for each in standing.intruders(conn)]
    more = _INTRUDERS.format(found=", ".join(found)) if found else _OURS
    return Check(name=_TABLES, good=not found, more=more)


def _migrations(conn: ReadConnection) -> Check:
    """Whether every migration before the last is noted."""
    gone = standing.unnoted(conn)
    more = _UNNOTED.format(found=", ".join(gone)) if gone else _NOTED
    return Check(name=_MIGRATIONS, good=not gone, more=more)


def _publishing(platform: Platform, conn: ReadConnection) -> Check:
    """Whether what is signed is published, and more could be signed now."""
    try:
        if not keys.has_key(folder := folder_of(platform)):
            require_unbegun(conn, folder)
            return Check(name=_PUBLISHING, good=True, more=_UNSIGNED)
        log = log_of(platform)
        found = publishing.standing(conn, log)
        keys.require_able(log)
        own_keys.require_all(conn, log)
        own_keys.require_own(conn, log)
    except SuyuanError as error:
        return Check(name=_PUBLISHING, good=False, more=_said(error))
    return _reached(conn, found, platform.clock())


def _reached(conn: ReadConnection, found: publishing.Standing, now: datetime) -> Check:
    """How far the signer has come; what is not signed yet is a fault after a while."""
    next_one = ledger.leaves_after(conn, found.published, limit=1)
    if next_one and next_one[0].at < now - _LATE:
        more = _WAITING.format(
            published=found.published, next=found.published + 1, since=in_china(next_one[0].at)
        )
        return Check(name=_PUBLISHING, good=False, more=more)
    good = found.published >= found.signed
    text = _STUCK if not good else _UNCOSIGNED if found.missing else _PUBLISHED
    named = ", ".join(found.missing)
    more = text.format(signed=found.signed, published=found.published, missing=named)
    if good and (count := ledger.head(conn).size - found.signed) > 0:
        more = _PENDING.format(said=more, count=count)
    return Check(name=_PUBLISHING, good=good, more=more)


def _waiting(platform: Platform) -> Check:
    """Whether what waits to be captured gets on."""
    line = waiting.queue(platform)
    if line.oldest is None:
        return Check(name=_TO_CAPTURE, good=True, more=_limited(platform, _NONE_WAIT))
    found = ", ".join(
        f"{each.job} ({each.party})" + (f": {each.why}" if each.why else "")
        for each in waiting.delayed(platform)
    )
    text = _DELAYED if found else _SOME_WAIT
    more = text.format(count=line.documents, since=in_china(line.oldest), found=found)
    return Check(name=_TO_CAPTURE, good=not found, more=_limited(platform, more))


def _limited(platform: Platform, said: Text) -> Text:
    """What waits, and how much may."""
    room = platform.config.room
    return _MAY_WAIT.format(
        said=said,
        own=room.of_party,
        own_size=room.bytes_of_party >> 20,
        every=room.of_all,
        every_size=room.bytes_of_all >> 20,
        tries=platform.config.capture_tries,
    )


def _silent(platform: Platform) -> Iterator[Check]:
    """Each key that does not sign on this machine; of a damaged one it is told elsewhere."""
    if not keys.has_key(folder_of(platform)):
        return
    with suppress(SuyuanError):
        for each in handover.silent(platform):
            yield Check(name=_KEYS, good=False, more=each)


def _policy(platform: Platform) -> Iterator[Check]:
    """Whether the policy, where there is one, is sound and offers no key that was revoked."""
    try:
        policy = asking.policy_in(folder := folder_of(platform))
        if policy is None or not keys.has_key(folder):
            return
        log = log_of(platform)
    except SuyuanError as error:
        yield Check(name=_POLICY, good=False, more=_said(error))
        return
    gone = [vkey_text(each.vkey) for each in policy.logs if each.vkey in log.revoked]
    present = ", ".join(map(vkey_text, log.vkeys))
    more = _OFFERED.format(found=", ".join(gone), present=present) if gone else _LIVE
    yield Check(name=_POLICY, good=not gone, more=more)


def _witness(platform: Platform) -> Iterator[Check]:
    """Whether the witness of this data folder, where one was begun, can answer."""
    folder = platform.config.data_dir / WITNESS_FOLDER
    if is_witness(folder):
        error = damage_of(folder)
        yield Check(
            name=_WITNESS, good=error is None, more=_SOUND if error is None else _said(error)
        )


def _said(error: SuyuanError) -> Text:
    """What is wrong, and where, if its words do not say so."""
    if error.place in error.text.en:
        return error.text
    return _AT.format(place=error.place, why=error.text)


def _counted(platform: Platform) -> dict[str, int]:
    every = [platform.families.general, *platform.families.by_id.values()]
    return {"families": len(every), "rules": sum(len(family.rules) for family in every)}
