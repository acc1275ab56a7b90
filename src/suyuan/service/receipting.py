"""Takes a platform and who asks; gives receipts: as the file that proves, in words, and as PDF."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from suyuan import exchange, ledger
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import in_china
from suyuan.kit.text import Lang
from suyuan.labels import slips
from suyuan.ledger import shards, tree
from suyuan.ledger.types import LedgerError
from suyuan.model import Viewer
from suyuan.service.attesting import log_of
from suyuan.service.gate import Gate
from suyuan.service.platform import Platform
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.commitment import Disclosure, parse_disclosure
from suyuan.tlog.encoding import encode
from suyuan.tlog.note import parse_note
from suyuan.tlog.receipt import Receipt, chosen, parse_receipt
from suyuan.tlog.shards import BEGINNING, shard_prefix

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HEADING: Final = Text("存证回执", "Receipt of a record")
_SAYS: Final = Text(
    "此日志第 {position} 条记录于 {at}，此后未被改动：凭所附文件可离线核验。",
    "Entry {position} of this log was recorded at {at} and is as it was then; the attached file "
    "proves it, offline.",
)
_SHOWN: Final = Text("回执公开的内容", "What this receipt shows")
_HIDDEN: Final = Text(
    "另有 {count} 项不公开；它们也受此条约束，但从本回执推不出来。",
    "{count:more field is|more fields are} not shown; the entry binds them too, and nothing here "
    "tells of them.",
)
_HOW: Final = Text(
    "核验：suyuan verify 本文件.pdf --key 公钥（或用其附件 receipt.tlog-proof）；"
    "或用浏览器打开上面的地址。公钥请从可信渠道取得，勿只凭本纸。",
    "To verify: suyuan verify THIS.pdf --key VKEY (or its attachment, receipt.tlog-proof), or open "
    "the address above in a browser. Get the key by a way that you trust, and not from this paper.",
)
_BASE: Final = Text(
    "回执的二维码要有本平台的公开网址；请用 SUYUAN_PUBLIC_URL 设置，或给出 --base。",
    "The symbol on a receipt holds this platform's address; set it with SUYUAN_PUBLIC_URL, or give "
    "--base.",
)
_ELSEWHERE: Final = Text(
    "回执按其序号应在位置 {position}，而本机的日志在那里没有它所证明的条目：它是别的日志的，"
    "或记录被改动；请运行 suyuan verify 回执 --key … --database。",
    "By its index the receipt is of position {position}, and the log here has not the entry there "
    "that it proves: it is of another log, or the record was altered; run suyuan verify RECEIPT "
    "--key … --database.",
)
_INDEX: Final = Text(
    "位置 {position}（回执上的序号 {index}）", "position {position} (index {index} on a receipt)"
)
_OF_SHARD: Final = Text(
    "位置 {position}（回执上为分片 {number} 的序号 {index}）",
    "position {position} (index {index} of shard {number} on a receipt)",
)
_GATE: Final = Gate(
    "receipt",
    Text("正在画别的回执，请稍后再试。", "Other receipts are being drawn; try again in a while."),
    at_once=1,
    waiting=4,
)


class ReceiptShown(Struct, frozen=True, kw_only=True):
    """What a receipt says, in words: where the entry is, under which checkpoint, what is shown.

    `hidden` is how many more fields the entry binds; `position` counts from 1 over all shards, and
    `prefix` is what stands before the paths of its shard's files.
    """

    position: int
    prefix: str
    at: datetime
    entry: str
    checkpoint: Checkpoint
    signers: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    hidden: int

    @property
    def facts(self) -> tuple[tuple[Text, str], ...]:
        """What is said of entry and checkpoint, each by its name."""
        return (
            (Text("日志", "Log"), self.checkpoint.origin),
            (Text("位置", "Position"), str(self.position)),
            (Text("记录时间", "Recorded at"), in_china(self.at)),
            (Text("条目", "Entry"), self.entry),
            (Text("检查点条数", "Checkpoint's size"), str(self.checkpoint.size)),
            (Text("检查点根哈希", "Checkpoint's root"), encode(self.checkpoint.root)),
            (Text("签名", "Signed by"), ", ".join(self.signers)),
        )


def receipt(
    platform: Platform, asked: str | int, viewer: Viewer, fields: Iterable[str] | None = None
) -> bytes | None:
    """The receipt of the first event of an id, or of the entry at a position (from 1).

    With `fields` it shows those alone. None if there is none that the viewer may have.

    Raises:
        BusyError: it is not in a published checkpoint yet.
        LedgerError: nothing proves it any more.
        FormatError: `receipt.field`, there is no such field, or not for this viewer.
    """
    secret = platform.recorder.secret
    with platform.store.read() as conn:
        found = exchange.receipt(conn, asked, viewer, families=platform.families, secret=secret)
    return found if found is None or fields is None else chosen(found, fields)


def read_shown(platform: Platform, data: bytes) -> ReceiptShown:
    """A receipt of this platform, in words; what it proves is for `suyuan verify` to say."""
    found: Receipt = parse_receipt(data)
    note = parse_note(found.checkpoint)
    checkpoint = parse_checkpoint(note.text)
    with platform.store.read() as conn:
        there = shards.until(conn, ledger.head(conn).size)
    number = shards.number_in(there, checkpoint.origin, log_of(platform).origin)
    shard = shards.shard_of(there, number)
    shown: Disclosure = parse_disclosure(found.extra or b"")
    return ReceiptShown(
        position=shard.first + found.index,
        prefix=shard_prefix(number),
        at=_EPOCH + timedelta(microseconds=shown.time),
        entry=encode(shown.entry),
        checkpoint=checkpoint,
        signers=tuple(dict.fromkeys(each.name for each in note.signatures)),
        fields=tuple((each.name, each.value.decode(errors="replace")) for each in shown.fields),
        hidden=len(shown.sha256) - len(shown.fields),
    )


def position_of(platform: Platform, data: bytes) -> int:
    """The position (from 1, over all shards) of the entry that a receipt proves, by the log here.

    Raises:
        LedgerError: `receipt.elsewhere`, the log here has another entry there (409); `log.shard`.
        FormatError: it is no receipt.
    """
    position, entry = read_shown(platform, data).position, parse_receipt(data).extra
    logged = parse_disclosure(entry or b"").entry
    with platform.store.read() as conn:
        there = [leaf.logged for leaf in tree.leaves(conn, position, position)]
    if there != [logged]:
        text = _ELSEWHERE.format(position=position)
        raise LedgerError("receipt.elsewhere", text, str(position), status=409)
    return position


def on_receipts(platform: Platform, positions: Iterable[int]) -> Text:
    """Positions, each with the index under which a receipt has it: that counts in its shard."""
    with platform.store.read() as conn:
        there = shards.until(conn, ledger.head(conn).size)
    told = list[Text]()
    for each in positions:
        shard = shards.shard_at(there, each)
        text = _INDEX if shard.number == BEGINNING else _OF_SHARD
        told.append(text.format(position=each, index=each - shard.first, number=shard.number))
    return Text("、".join(each.zh for each in told), ", ".join(each.en for each in told))


def entry_address(platform: Platform, position: int, base: str | None = None) -> str:
    """Where the entry at a position is shown to whoever scans its receipt.

    Raises:
        SuyuanError: nobody said at which address this platform is reached.
    """
    root = base or platform.config.public
    if not root:
        raise SuyuanError("receipt.base", _BASE, "base")
    return f"{root.rstrip('/')}/entries/{quote(str(position))}"


def receipt_pdf(platform: Platform, data: bytes, lang: Lang, *, base: str | None = None) -> bytes:
    """A receipt as a paper with a symbol, and itself attached.

    Raises:
        SuyuanError: `receipt.base`.
        LabelError: no font with Chinese letters.
        BusyError: too many are being drawn.
    """
    shown = read_shown(platform, data)
    hidden = [_HIDDEN.format(count=shown.hidden).pick(lang)] if shown.hidden else []
    slip = slips.Slip(
        heading=_HEADING.pick(lang),
        lines=(_SAYS.format(position=shown.position, at=in_china(shown.at)).pick(lang),),
        facts=[(name.pick(lang), value) for name, value in shown.facts],
        shown=_SHOWN.pick(lang),
        fields=shown.fields,
        small=(*hidden, _HOW.pick(lang)),
        address=entry_address(platform, shown.position, base),
        file=data,
    )
    with _GATE.through():
        return slips.slip_pdf(slip, lang)
