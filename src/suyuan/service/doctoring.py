"""Takes a platform; gives a check-up: what is in order, and the cure for what is not."""

from msgspec import Struct

from suyuan.kit import Text
from suyuan.service.asking import SQL
from suyuan.service.platform import Platform


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at: whether it is good, and what was seen or is to be done."""

    name: Text
    good: bool
    more: Text


_DATABASE = Text("数据库", "Database")
_LEDGER = Text("账本", "Ledger")
_INDEX = Text("索引", "Index")
_FAMILIES = Text("门类规则", "Families")

_SERVER = Text("PostgreSQL {version}", "PostgreSQL {version}")
_WHOLE = Text("{size} 条，位置连续，无排队", "{size} entries, positions without gaps, none waiting")
_BROKEN = Text(
    "账本有缺口或排队：{size} 条、最末位置 {last}、排队 {waiting}；请停机备份后联系维护者。",
    "Gaps or a queue: {size} entries, last position {last}, {waiting} waiting; stop, make a "
    "backup and ask the maintainers.",
)
_FOLLOWED = Text("追到第 {position} 条", "followed to entry {position}")
_BEHIND = Text(
    "落后 {lag} 条；suyuan serve 会自动追上，也可运行 suyuan reindex。",
    "{lag} entries behind; suyuan serve catches up, or run suyuan reindex.",
)
_RULES = Text("{families} 个门类，{rules} 条规则", "{families} families, {rules} rules")


def doctor(platform: Platform) -> list[Check]:
    """Look at the database, the ledger, the index and the rules."""
    with platform.store.read() as conn:
        version = str(conn.info.server_version // 10_000)
        row = conn.execute(SQL.health).fetchone()
    size, last, leaves, waiting, position = row or (0, 0, 0, 0, 0)
    whole = size == last == leaves and waiting == 0
    lag = size - position
    seen = Text.format(_WHOLE if whole else _BROKEN, size=size, last=last, waiting=waiting)
    followed = _FOLLOWED.format(position=position) if lag == 0 else _BEHIND.format(lag=lag)
    return [
        Check(name=_DATABASE, good=True, more=_SERVER.format(version=version)),
        Check(name=_LEDGER, good=whole, more=seen),
        Check(name=_INDEX, good=lag == 0, more=followed),
        Check(name=_FAMILIES, good=True, more=_RULES.format(**_counted(platform))),
    ]


def _counted(platform: Platform) -> dict[str, int]:
    every = [platform.families.general, *platform.families.by_id.values()]
    return {"families": len(every), "rules": sum(len(family.rules) for family in every)}
