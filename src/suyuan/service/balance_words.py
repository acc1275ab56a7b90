"""Takes what contradicts an account, with its amounts in words; gives sentences for every face."""

from typing import Final

from suyuan.codes import privacy
from suyuan.families import citing
from suyuan.kit import Text
from suyuan.kit.text import vouched
from suyuan.service.balancing import Undrawn
from suyuan.trace.accounts.types import Allowed, Contradiction, Doubt, Reason, Suspect
from suyuan.trace.types import BalanceKind, Column

_NEVER_THERE: Final = Text(
    "您能看到的、问到的记录里，没有什么到过 {name}：那里有过什么不知道，这不等于没有。请核对编码。",
    "In the records asked about that you may see nothing was at {name}: what was there is not "
    "known, which does not mean nothing. Compare its code.",
)
KINDS: Final = {
    BalanceKind.POOL: Text("批次", "lot"),
    BalanceKind.SITE: Text("品类", "class"),
    BalanceKind.VESSEL: Text("容器", "vessel"),
    BalanceKind.FLOW: Text("转化", "transformation"),
    BalanceKind.MOVEMENT: Text("流转", "movement"),
}
COLUMNS: Final = {
    Column.CAME: Text("收到", "came"),
    Column.MADE: Text("产出", "made"),
    Column.WENT: Text("发出", "went"),
    Column.USED: Text("投入", "used"),
    Column.ENDED: Text("售出或用掉", "sold or used up"),
    Column.COUNTED: Text("盘点", "counted"),
    Column.EMPTIED: Text("清空", "emptied"),
}
UNDRAWN: Final = {
    Undrawn.NO_PLACE: Text(
        "{count} 个台账没有结：记录没有写明场所，或场所没有登记所在地区。登记场所后即可结。",
        "Accounts not drawn: {count}. Their records name no place, or one whose division is not "
        "registered; once it is, they are drawn.",
    ),
    Undrawn.ELSEWHERE: Text(
        "{count} 个台账没有结：有的记录在您辖区以外的场所，您看不全。",
        "Accounts not drawn: {count}. Some of their records are of places outside your area, so "
        "you do not see all of them.",
    ),
    Undrawn.OTHERS: Text(
        "{count} 个台账没有结：是别人的，您只看到其中一部分。",
        "Accounts not drawn: {count}. They are others', and you see a part of them.",
    ),
}
"""Why accounts are not drawn, with how many."""

_REASONS: Final = {
    Reason.MORE_WENT: Text("发出比可能有的多 {by}", "{by} more went than can have been there"),
    Reason.NOTHING_CAME: Text(
        "发出了 {by}，却没有收到或产出的记录", "{by} went, and nobody says that any came"
    ),
    Reason.LESS_COUNTED: Text(
        "盘点比必定有的少 {by}", "{by} less was counted than must have been there"
    ),
    Reason.MORE_COUNTED: Text(
        "盘点比可能有的多 {by}", "{by} more was counted than can have been there"
    ),
    Reason.MORE_MADE: Text("产出比投入多 {by}", "{by} more came out than went in"),
    Reason.DIFFERS: Text("收到与发出相差 {by}", "received and sent differ by {by}"),
}
_SUSPECT: Final = Text("{column} {amount}（记录 {entries}）", "{column} {amount} (entry {entries})")
_TWIN: Final = Text(
    "，与记录 {twins} 相同，可能报了两次", ", as entry {twins}: it may be told twice"
)
_AT_MOST: Final = Text(
    "；若其余记录都对，至多 {at_most}", "; at most {at_most}, if all else is right"
)
_LATE: Final = Text("；可能日期报晚了", "; it may be dated too late")
_UNKNOWN: Final = Text("数量不明", "amount unknown")
_OTHERS: Final = Text(
    "另有 {count} 条单独也能解释。",
    "{count:other record would|other records would each} explain it as well.",
)
_CAME: Final = Text("至少有 {much} 来路没有记录", "at least {much} came without a record")
_WENT: Final = Text("至少有 {much} 去向没有记录", "at least {much} went without a record")
_ALLOWED: Final = Text("允差 {percent}%", "tolerance {percent} %")
_OWN: Final = Text("（提问者所设）", " (set by the asker)")


def wrong(found: Contradiction, by: Text) -> Text:
    """What is wrong, in a clause; `by` is how much, in words."""
    return _REASONS[found.reason].format(by=by)


def doubted(suspect: Suspect, amount: Text | None, at_most: Text | None) -> Text:
    """A record to question, and what of it would have to be otherwise."""
    entries = ", ".join(map(str, suspect.entries))
    said = _SUSPECT.format(
        column=COLUMNS[suspect.column],
        amount=amount or _UNKNOWN,
        entries=Text(entries, entries),
    )
    if suspect.twins:
        twins = ", ".join(map(str, suspect.twins))
        said = _joined(said, _TWIN.format(twins=twins))
    if suspect.doubt is Doubt.TOO_LATE:
        return _joined(said, _LATE)
    if at_most is not None:
        return _joined(said, _AT_MOST.format(at_most=at_most))
    return said


def others(count: int) -> Text | None:
    """How many single records would do as well."""
    return _OTHERS.format(count=count) if count else None


def unrecorded(missing: Text | None, lost: Text | None) -> tuple[Text, ...]:
    """What must have come, or gone, without a record; amounts in words, None for nothing."""
    said = ((_CAME, missing), (_WENT, lost))
    return tuple(text.format(much=much) for text, much in said if much is not None)


def unknown(name: str) -> Text:
    """Of a party or site asked about at which nothing was."""
    return _NEVER_THERE.format(name=privacy.quoted(name))


def tolerated(allowed: Allowed | None) -> Text | None:
    """The tolerance with its source, shown as what it is."""
    if allowed is None:
        return None
    said = _ALLOWED.format(percent=f"{allowed.percent.normalize():f}")
    if allowed.family is None:
        return _joined(said, _OWN)
    if allowed.law is not None:
        law = citing.citation(allowed.law, allowed.article)
        said = Text(f"{said.zh}：{law.zh}", f"{said.en}: {law.en}")
    return vouched(said, verified=allowed.verified)


def _joined(one: Text, two: Text) -> Text:
    return Text(one.zh + two.zh, one.en + two.en)
