"""Takes an answer; gives its links, or a scope's holders, as rows of plain values with a head.

Every row also says for whom and to which entry it is complete: a table is cut and pasted.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from suyuan.interchange.assuming import UNCLEAR, way
from suyuan.interchange.chains import is_making
from suyuan.interchange.types import About, Buyer, Names
from suyuan.kit import Text
from suyuan.kit.canonical import plain_decimal
from suyuan.kit.clock import CHINA, there
from suyuan.trace.types import Answer, Part, Pool, Scope

Rows = Iterator[list[Any]]

LINKS: Final = (
    "kind", "certain", "confirmed", "thing", "product", "lot", "to thing", "from party",
    "from site", "from name", "to party", "to site", "to name", "container", "departed from",
    "departed until", "arrived from", "arrived until", "quantity", "received", "unit",
    "received unit", "entries", "reached",
)  # fmt: skip
SCOPE: Final = (
    "party", "site", "name", "contact", "thing", "product", "certain", "things", "unit",
    *(f"{part} {each}" for part in ("came", "sent", "ended", "stock")
      for each in ("touched", "material least", "material most", "stated least", "stated most")),
    "assumed", "not given because", "by the word of", "voucher", "sold at", "entry",
)  # fmt: skip
_CHINESE: Final = {
    "kind": "种类", "certain": "确定", "confirmed": "确认", "thing": "追溯单元",
    "product": "产品", "lot": "批号", "to thing": "变成", "from party": "发出主体",
    "from site": "发出场所", "from name": "发出方", "to party": "收到主体",
    "to site": "收到场所", "to name": "收到方", "container": "容器",
    "departed from": "发出不早于", "departed until": "发出不晚于",
    "arrived from": "到达不早于", "arrived until": "到达不晚于", "quantity": "数量",
    "received": "收到数量", "unit": "单位", "received unit": "收到单位", "entries": "记录号",
    "party": "主体", "site": "场所", "name": "名称", "contact": "联系", "things": "件数",
    **{
        f"{part} {each}": f"{zh}{said}"
        for part, zh in (("came", "收到"), ("sent", "发出"), ("ended", "售出或用掉"),
                         ("stock", "还有"))
        for each, said in (("touched", "涉及"), ("material least", "其中至少"),
                           ("material most", "其中至多"), ("stated least", "按假设至少"),
                           ("stated most", "按假设至多"))
    },
    "assumed": "假设", "not given because": "缺数量或上限的原因",
    "by the word of": "仅卖方所报，卖方", "voucher": "交易凭证号", "sold at": "售出时间",
    "reached": "追到",
    "entry": "记录号", "viewer": "查看者", "made": "生成时间",
    "complete to entry": "完整到记录", "truncated": "已达上限",
    "nothing recorded of": "没有记录的编码", "limited to steps": "只追几步",
    "only of": "只是其中一部分",
}  # fmt: skip
"""What the headings mean in Chinese."""
_ABOUT: Final = (
    "viewer", "made", "complete to entry", "truncated", "nothing recorded of", "limited to steps",
    "only of",
)  # fmt: skip
_OF_BUYER: Final = 4
"""Columns that only a buyer's row fills, at the end."""
_FORMULA: Final = frozenset("=+-@\t\r")


def links(answer: Answer, names: Names) -> Rows:
    """One row for each link.

    It is reached for certain where it is certain itself and what is at both of its ends is.
    """
    sure = {node.pool for node in answer.nodes if node.certain}
    for link in answer.links:
        source, target = link.source, link.target
        thing = source.thing or target.thing
        yield [
            *(link.kind.value, link.certain, link.confirmed.value, thing, names.product(thing)),
            *(names.lot(thing), target.thing if target.thing != thing else ""),
            *(source.party, source.site, _holder(source, names)),
            *(target.party, target.site, _holder(target, names)),
            target.container or source.container,
            *(_at(each) for span in (link.departure, link.arrival) for each in (span.lo, span.hi)),
            *(
                _number(link.quantity),
                _number(link.received),
                link.unit or "",
                link.received_unit or "",
            ),
            " ".join(map(str, link.entries)),
            "certain" if link.certain and {link.source, link.target} <= sure else "possible",
        ]


def _holder(pool: Pool, names: Names) -> str:
    return "" if is_making(pool) and not (pool.party or pool.site) else names.holder(pool)


def holders(scope: Scope, names: Names, contacts: dict[str, str]) -> Rows:
    """One row for each holder and thing that a recall touches."""
    for line in scope.lines:
        pool = Pool(line.thing, line.party, line.site)
        yield [
            *(line.party, line.site, names.holder(pool), contacts.get(line.party, "")),
            *(line.thing, names.product(line.thing), line.certain, line.things, line.unit or ""),
            *(
                cell
                for part in (line.came, line.sent, line.ended, line.stock)
                for cell in _part(part)
            ),
            "; ".join(f"{rule.vessel}: {_both(way(rule))} ({rule.source})" for rule in line.rules),
            "" if line.unclear is None else _both(UNCLEAR[line.unclear]),
            *[""] * _OF_BUYER,
        ]


def bought(buyers: Iterable[Buyer], names: Names) -> Rows:
    """One row for each buyer whom a seller named and who reported nothing himself."""
    for each in buyers:
        said = [
            *(each.party, "", buyer_name(each, names), ""),
            *(each.thing, names.product(each.thing), False, 1, each.unit or ""),
            _number(each.quantity),
        ]
        yield [
            *said,
            *[""] * (len(SCOPE) - len(said) - _OF_BUYER),
            names.parties.get(each.seller, each.seller),
            *(each.voucher, _at(each.at), each.entry),
        ]


def buyer_name(buyer: Buyer, names: Names) -> str:
    """What a buyer is called: as the seller wrote it, else as registered, else by the code."""
    return buyer.name or names.parties.get(buyer.party, buyer.party)


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"


def _part(part: Part) -> tuple[str, ...]:
    """What is touched, the bounds of the record, and those under what was stated of vessels."""
    ways = [(each.least, each.most) for each in (part.material, part.stated) if each]
    cells = [_number(part.touched), *(_number(each) for pair in ways for each in pair)]
    return (*cells, *[""] * (5 - len(cells)))


def written_csv(head: Sequence[str], rows: Iterable[Sequence[Any]], about: About) -> bytes:
    """UTF-8 with a mark, as spreadsheets take it; what a cell would compute is text.

    Where nothing is found of what is unknown, or within limits, one row says so.
    """
    said = [about.viewer, _at(about.made), about.position, str(about.truncated).lower()]
    said += ["\n".join(about.unknown), about.depth or ""]
    said.append("\n".join(f"{word.zh} {word.en}: {what}" for word, what in about.limits))
    kept = io.StringIO()
    write = csv.writer(kept, lineterminator="\r\n").writerow
    write([_headed(each) for each in (*head, *_ABOUT)])
    is_part = about.unknown or about.depth or about.limits
    empty = [[""] * len(head)] if is_part else []
    for row in list(rows) or empty:
        write([_cell(each) for each in (*row, *said)])
    return "\ufeff".encode() + kept.getvalue().encode("utf-8", "replace")


def _headed(name: str) -> str:
    """A heading in both languages."""
    return f"{_CHINESE[name]} {name}"


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value[:1] in _FORMULA and value[:1]:
        return f"'{value}"
    return value


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain_decimal(value)


def _at(at: datetime | None) -> str:
    """An instant on China's clock, as ISO 8601 with its offset."""
    return "" if at is None else there(at, CHINA).isoformat()
