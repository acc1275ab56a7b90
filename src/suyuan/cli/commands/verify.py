"""`suyuan verify`: whether receipts, checkpoints, proofs and mirrors of a log hold; offline.

It opens no platform: who verifies need not be who runs one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from suyuan.cli import proven as proven_told
from suyuan.cli.output import emit_quoted, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.usage import SaidError
from suyuan.kit import SuyuanError, Text, oserrors
from suyuan.kit.clock import system_clock
from suyuan.tlog.artefact import SKEW, By, Kind, Proven, Trust, verify_file, verify_mirror
from suyuan.tlog.errors import FormatError, SuiteError, UndecidedError
from suyuan.tlog.mirror import Damage, Read, names_below
from suyuan.tlog.note import VKey, parse_vkey
from suyuan.tlog.policy import (
    Policy,
    parse_policy,
    readmitting,
    requiring,
    trusting,
    unsuited,
    without,
)
from suyuan.tlog.suites import Algorithm

if TYPE_CHECKING:
    from suyuan.record.types import Erasure

_LARGEST: Final = 20_000_000  # bytes: a bundle of 256 entries has at most 17 million
_MOST_SHOWN: Final = 20
_HOLDS, _REFUSED, _UNKNOWN = "holds", "refused", "unknown"

_SAID: Final = {
    Kind.RECEIPT: Text(
        "✓ {file}：{origin} 的第 {index} 号条目（从 0 起），日志共 {size} 条。",
        "✓ {file}: entry {index} (counted from 0) of {origin}, which has {size}.",
    ),
    Kind.CHECKPOINT: Text(
        "✓ {file}：{origin} 在 {size} 条时的检查点。",
        "✓ {file}: a checkpoint of {origin} at {size:entry|entries}.",
    ),
    Kind.CONSISTENCY: Text(
        "✓ {file}：{origin} 的 {size} 条延续了此前的 {since} 条。",
        "✓ {file}: {origin} at {size:entry|entries} continues itself at {since}.",
    ),
    Kind.MIRROR: Text(
        "✓ {file}：{origin} 的 {size} 条，文件完整。",
        "✓ {file}: {origin} at {size:entry|entries}; every file is whole.",
    ),
}
_PLACE: Final = Text(
    "  位置 {position}（从 1 起）：suyuan receipt、GET /entries/… 和 doctor 用的是它，不是序号",
    "  position {position} (counted from 1), which suyuan receipt, GET /entries/… and doctor go by",
)
_IN_YEAR: Final = Text(
    "  位置 = 序号 {index} + 该分片的首个位置（suyuan ledger shards，或其开启条目的 first）；"
    "在日志所在的机器上 suyuan receipt 本文件 直接说明",
    "  its position is the index {index} and the first position of its shard (suyuan ledger "
    "shards, or 'first' in its opening entry); where the log is, suyuan receipt FILE tells it",
)
_SCOPE: Final = {
    Kind.RECEIPT: Text(
        "  已核验：签名、条目在日志中的位置、所示字段与条目相符；"
        "未核验：所报内容是否属实、未示出的字段、此后的日志",
        "  checked: signatures, the entry's place in the log, that the fields shown are the "
        "entry's; not checked: whether what was reported is true, fields left out, the log since",
    ),
    Kind.CHECKPOINT: Text(
        "  已核验：签名；未核验：检查点所概括的任何条目",
        "  checked: signatures; not checked: any of the entries that it sums up",
    ),
    Kind.CONSISTENCY: Text(
        "  已核验：签名、新的检查点包含旧的全部；未核验：各条目的内容",
        "  checked: signatures, that the newer checkpoint holds all of the older; not checked: "
        "what the entries are",
    ),
    Kind.MIRROR: Text(
        "  已核验：签名、每个哈希和所提供的每条条目；"
        "未核验：条目所承诺的内容、不再提供的条目、数据库（用 --database）",
        "  checked: signatures, every hash, every entry served; not checked: what the entries "
        "commit to, entries that are withheld, a database (that is --database)",
    ),
}
_OF_DATABASE: Final = Text(
    "  已核验：本机数据库各行与其日志、所给的检查点和回执相符；"
    "未核验：镜像、密钥文件和索引（用 suyuan doctor --deep）",
    "  checked: that this database's rows are what its log, the checkpoint and the receipts given "
    "say; not checked: mirrors, key files, the index (that is suyuan doctor --deep)",
)
_FIRST: Final = Text(
    "  序号 {first} 之前的条目按日志签名的保留规则不再提供；它们的哈希都在，已核验",
    "  entries before index {first} are withheld by the retention that the log signed; their "
    "hashes are here and hold",
)
_EARLIER: Final = Text(
    "  此前的分片 {origin}：{size} 条，文件完整，其后的分片以此指明它",
    "  an earlier shard, {origin}: {size:entry|entries}, every file whole, and the next one names "
    "it so",
)
_SINCE: Final = Text("  延续旧检查点的 {size} 条", "  continues the older checkpoint at {size}")
_SIGNED: Final = Text("  签名：{names}", "  signed by: {names}")
_NO_SUITE: Final = Text(
    "不认识的签名算法 “{name}”；应为 {names}，以逗号分开。",
    "'{name}' is no suite of signatures; they are {names}, parted by commas.",
)
_WITNESSES: Final = Text("  见证：{names}", "  cosigned by: {names}")
_FIELD: Final = Text("  {name}：{value}", "  {name}: {value}")
_WRONG: Final = Text("✗ {file}：{why}（{code}）", "✗ {file}: {why} ({code})")
_DAMAGED: Final = Text("✗ {file}：{count} 处损坏。", "✗ {file}: damaged in {count:place|places}.")
_DAMAGE: Final = Text("  {path}：{why}（{code}）", "  {path}: {why} ({code})")
_MORE: Final = Text("  另有 {count} 处；--json 全部列出。", "  and {count} more; --json lists all.")
_UNREADABLE: Final = Text(
    "无法读取文件，或超过 20 MB：{why}；请核对路径和权限。",
    "The file cannot be read, or has more than 20 MB: {why}; check its path and rights.",
)
_PDF: Final = b"%PDF-"
_NO_PAPER: Final = Text(
    "这个 PDF 没有附带回执，或附带了几张，或读不出来；请给出 suyuan receipt --pdf 或网页开出的"
    "原文件（不是打印或扫描件），或 .tlog-proof 文件。",
    "This PDF carries no receipt, or several, or cannot be read; give the file as suyuan receipt "
    "--pdf or the page made it (no print or scan), or the .tlog-proof itself.",
)
_PAPER: Final = Text(
    "  核验的是 PDF 所附的回执，不是纸面文字；请以下列内容为准。",
    "  What holds is the receipt attached to the PDF, not the words printed on it: go by these.",
)
_WEAK: Final = Text(
    "  旧检查点只有已撤销密钥的签名：两者一致，但单凭它说明不了多少。",
    "  The older checkpoint bears only a revoked key: they agree, but by itself that says little.",
)
_THEN: Final = Text(
    "  旧检查点按 --since-policy 的策略核验，不按现行策略：当时的见证要求以该文件为准。",
    "  The older checkpoint was verified by the policy of --since-policy and not by the present "
    "one: which witnesses it needed is what that file says.",
)
_NO_SINCE: Final = Text(
    "--since-policy 说明旧检查点当时的策略；请用 --since 给出旧检查点。",
    "--since-policy is the policy of an older checkpoint's time; give that one with --since.",
)
_NOTHING: Final = Text(
    "请给出要核验的文件，或加 --database。", "Name what is to be verified, or say --database."
)
_OF_RECEIPT: Final = Text(
    "  {file} 证明的是位置 {position} 的条目。", "  {file} is of position {position}."
)
_SOUND: Final = Text("✓ 数据库与日志相符。", "✓ The database is as it was logged.")
_GONE: Final = Text(
    "  位置 {position} 的事件 {event} 已依法销毁：决定是第 {decision} 条，由 {by}，依据 {ground}。",
    "  Event {event} at position {position} was lawfully destroyed: the decision is entry "
    "{decision}, by {by}, on the ground of {ground}.",
)
_NO_TRUST: Final = Text(
    "请给出信任谁：--key 日志的验证公钥，或 --policy 策略文件；二者择一。",
    "Say whom to trust: --key with the log's verifier key, or --policy with a file; one of them.",
)


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one file: `verdict` is holds, refused, or unknown where it cannot be told.

    `is_paper`: it is a PDF, and the receipt that it carries was verified.
    """

    file: str
    verdict: str
    proven: Proven | None = None
    error: SuyuanError | None = None
    is_paper: bool = False


@click.command(
    "verify",
    help="离线核验回执、检查点、一致性证明或镜像 · Verify what a log gave out.",
    epilog="""核验签名和哈希：文件出自所信任的日志，未经改动；每个文件之后写明核验了什么、没有核验什么。
    所报内容是否属实不在其内。 · Signatures and hashes are checked: that a file is of a log that is
    trusted, and unaltered; behind each stands what was checked and what was not. Whether what was
    reported is true is never checked.""",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--key", "keys", multiple=True, metavar="VKEY", help="日志公钥 · The log's key.")
@click.option(
    "--policy", type=click.Path(path_type=Path), help="信任策略文件 · Logs, witnesses, a quorum."
)
@click.option(
    "--revoked", multiple=True, metavar="VKEY", help="已撤销的公钥 · A key that no longer counts."
)
@click.option(
    "--require",
    multiple=True,
    metavar="SUITES",
    callback=lambda _context, _option, given: _suites(given),
    help="必须有的签名，如 ed25519,sm2 · Suites of which a signature must be there.",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    help="旧检查点，须由新的延续 · An older checkpoint that must be continued.",
)
@click.option(
    "--since-policy",
    type=click.Path(path_type=Path),
    help="旧检查点当时的策略 · The policy of the older checkpoint's time, if it was another.",
)
@click.option(
    "--entry",
    type=click.Path(path_type=Path),
    help="所存证的内容，回执未带时用 · What was logged, if the receipt lacks it.",
)
@click.option(
    "--database",
    is_flag=True,
    help="核对本机数据库与日志 · Hold the database against its log, --since and these receipts.",
)
@click.option("--json", "as_json", is_flag=True, help="每个文件一行 JSON · One JSON object a line.")
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    paths: tuple[Path, ...],
    *,
    keys: tuple[str, ...],
    policy: Path | None,
    revoked: tuple[str, ...],
    require: tuple[Algorithm, ...],
    since: Path | None,
    since_policy: Path | None,
    entry: Path | None,
    database: bool,
    as_json: bool,
) -> None:
    """Say of each file what it proves; exit with 1 if one does not hold, 2 if it cannot be told."""
    with plain_errors():
        if not (paths or database):
            raise FormatError("verify.nothing", _NOTHING, "PATHS")
        gone = [parse_vkey(key, "--revoked") for key in revoked]
        trust = Trust(
            policy=requiring(without(_policy(keys, policy), gone), require),
            since=None if since is None else _bytes(since),
            then=_then(since, since_policy, gone),
            entry=None if entry is None else _bytes(entry),
            latest=int(system_clock().timestamp()) + SKEW,
        )
    outcomes = [_outcome(path, trust) for path in paths]
    for outcome in outcomes:
        if as_json:
            emit_quoted(_json(outcome))
        else:
            for line in _lines(outcome):
                say(line, shared)
    verdicts = {outcome.verdict for outcome in outcomes}
    if database:
        verdicts.add(_database(shared, trust, outcomes, as_json=as_json))
    raise SystemExit(1 if _REFUSED in verdicts else 2 if _UNKNOWN in verdicts else 0)


def _suites(given: tuple[str, ...]) -> tuple[Algorithm, ...]:
    """The suites named, parted by commas."""
    names = [name.strip().lower() for each in given for name in each.split(",")]
    known = [each.value for each in Algorithm]
    if wrong := [name for name in names if name not in known]:
        text = _NO_SUITE.format(name=_plain(wrong[0]) or "—", names=", ".join(known))
        raise SaidError(text)
    return tuple(dict.fromkeys(map(Algorithm, names)))


def _database(shared: Shared, trust: Trust, outcomes: list[Outcome], *, as_json: bool) -> str:
    """What the database has not as it was logged, by the checkpoint and receipts given."""
    from suyuan.service import audit, auditing, destroyed, open_platform  # noqa: PLC0415 -- files need none

    with plain_errors(), open_platform(shared.config()) as platform:
        since = None if trust.since is None else verify_file(trust.since, _plainly(trust))
        held = [(each.file, each.proven) for each in outcomes if each.proven is not None]
        receipts = [proven for _, proven in held]
        at = auditing.positions(platform, receipts)
        wrong = audit(platform, since=since, receipts=receipts)
        gone = destroyed(platform, receipts)
    places = {file: each for (file, _), each in zip(held, at, strict=True) if each is not None}
    for file, position in () if as_json else places.items():
        say(_OF_RECEIPT.format(file=_plain(file), position=position), shared)
    if as_json:
        verdict = _REFUSED if wrong else _HOLDS
        emit_quoted({"file": "database", "verdict": verdict, "wrong": wrong, "destroyed": gone,
                     "positions": places})  # fmt: skip
    elif not wrong:
        say(_SOUND, shared)
        say(_OF_DATABASE, shared)
    for event in () if as_json else gone:
        say(
            _GONE.format(event=event.event, position=event.position, **_decided(event.decision)),
            shared,
        )
    for each in () if as_json else wrong:
        say(_WRONG.format(file="database", why=each.text, code=each.code), shared)
    return _REFUSED if wrong else _HOLDS


def _decided(said: "Erasure") -> dict[str, Any]:
    """The decision, as it is told: from the database, so it must not steer the terminal."""
    return {"decision": said.position, "by": _plain(said.by), "ground": _plain(said.ground)}


def _plainly(trust: Trust) -> Trust:
    """What an older checkpoint is read by: a key revoked since may have signed it."""
    policy = unsuited(readmitting(trust.then or trust.policy))
    return Trust(policy=policy, latest=trust.latest)


def _then(since: Path | None, file: Path | None, gone: list[VKey]) -> Policy | None:
    """The policy of an older checkpoint's time; what was revoked since is revoked in it too."""
    if file is None:
        return None
    if since is None:
        raise FormatError("verify.then", _NO_SINCE, "--since-policy")
    return without(parse_policy(_bytes(file)), gone)


def _policy(keys: tuple[str, ...], file: Path | None) -> Policy:
    if bool(keys) is (file is not None):
        raise FormatError("verify.trust", _NO_TRUST, "--key, --policy")
    if file is not None:
        return parse_policy(_bytes(file))
    return trusting([parse_vkey(key, "--key") for key in keys])


def _outcome(path: Path, trust: Trust) -> Outcome:
    is_paper = False
    try:
        if path.is_dir():
            proven = verify_mirror(_reader(path), trust, names=names_below(path))
        else:
            data = _bytes(path)
            is_paper = data.startswith(_PDF)
            proven = verify_file(_carried(data) if is_paper else data, trust)
    except SuyuanError as error:
        verdict = _UNKNOWN if isinstance(error, SuiteError | UndecidedError) else _REFUSED
        return Outcome(file=str(path), verdict=verdict, error=error)
    verdict = _REFUSED if proven.damages else _HOLDS
    return Outcome(file=str(path), verdict=verdict, proven=proven, is_paper=is_paper)


def _carried(paper: bytes) -> bytes:
    """The receipt in a PDF.

    Raises:
        UndecidedError: there is none to be had.
    """
    from suyuan.labels import slips  # noqa: PLC0415 -- only when a paper comes

    if (found := slips.slip_file(paper)) is None:
        raise UndecidedError("verify.pdf", _NO_PAPER)
    return found


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        text = _UNREADABLE.format(why=oserrors.why(error))
        raise UndecidedError("verify.unreadable", text, str(path)) from error
    if len(data) > _LARGEST:
        raise UndecidedError("verify.unreadable", _UNREADABLE.format(why=path), str(path))
    return data


def _reader(folder: Path) -> Read:
    def read(name: str) -> bytes | None:
        path = folder / name
        return _bytes(path) if path.is_file() else None

    return read


def _lines(outcome: Outcome) -> Iterator[Text]:
    shown, proven, error = _plain(outcome.file), outcome.proven, outcome.error
    if error is not None:
        place = f" [{_plain(error.place)}]" if error.place else ""
        why = Text(_plain(error.text.zh), _plain(error.text.en))
        yield _WRONG.format(file=shown, why=why, code=f"{error.code}{place}")
    elif proven is not None and proven.damages:
        yield from _damages(shown, proven.damages)
    elif proven is not None:
        yield from _said(shown, proven, _PAPER if outcome.is_paper else None)


def _said(shown: str, proven: Proven, warning: Text | None) -> Iterator[Text]:
    yield _SAID[proven.kind].format(
        file=shown,
        origin=_plain(proven.origin),
        size=proven.size,
        index=proven.index,
        since=proven.since,
    )
    if proven.index is not None:
        text = _IN_YEAR if proven_told.position(proven) is None else _PLACE
        yield text.format(index=proven.index, position=proven_told.position(proven))
    if warning is not None:
        yield warning
    yield from [_THEN] * proven.is_since_then + [_WEAK] * proven.is_since_revoked
    if proven.first:
        yield _FIRST.format(first=proven.first)
    for origin, size, first in proven.earlier:
        yield _EARLIER.format(origin=_plain(origin), size=size)
        if first:
            yield _FIRST.format(first=first)
    if proven.since is not None and proven.kind is not Kind.CONSISTENCY:
        yield _SINCE.format(size=proven.since)
    for text, found in (
        (_SIGNED, [each for each in proven.signers if each.witness is None]),
        (_WITNESSES, [each for each in proven.signers if each.witness is not None]),
    ):
        if found:
            yield text.format(names="; ".join(map(_by, found)))
    for name, value in proven.fields.items():
        yield _FIELD.format(name=_plain(name), value=_plain(value.decode(errors="replace")))
    yield _SCOPE[proven.kind]


def _by(signer: By) -> str:
    """A signature's key by its name, suite and id, and when; a witness by its name first."""
    as_witness = f"{signer.witness}: " if signer.witness is not None else ""
    at = "" if signer.time is None else f", {datetime.fromtimestamp(signer.time, UTC):%F %TZ}"
    return _plain(f"{as_witness}{signer.name} ({signer.suite}, {signer.id}{at})")


def _damages(shown: str, damages: tuple[Damage, ...]) -> Iterator[Text]:
    yield _DAMAGED.format(file=shown, count=len(damages))
    for damage in damages[:_MOST_SHOWN]:
        yield _DAMAGE.format(path=_plain(damage.path), why=damage.text, code=damage.code)
    if len(damages) > _MOST_SHOWN:
        yield _MORE.format(count=len(damages) - _MOST_SHOWN)


def _plain(text: str) -> str:
    """Text that a terminal shows and does not obey: the file may be anybody's."""
    return "".join(mark if mark.isprintable() else f"\\u{ord(mark):04x}" for mark in text)


def _json(outcome: Outcome) -> dict[str, Any]:
    result: dict[str, Any] = {"file": outcome.file, "verdict": outcome.verdict}
    if outcome.error is not None:
        error = outcome.error
        result["error"] = {"code": error.code, "place": error.place, **proven_told.both(error.text)}
    if outcome.proven is not None:
        result |= proven_told.told(outcome.proven)
    return result
