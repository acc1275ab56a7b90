"""Takes an answer; gives it as PDF, for a file or a meeting: who, what, when, what is unknown."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, TypeVar

from suyuan.interchange.alike_lines import MANY, Fold, folds
from suyuan.interchange.assuming import UNCLEAR, assumptions
from suyuan.interchange.chains import deliveries_of, written
from suyuan.interchange.tables import buyer_name
from suyuan.interchange.types import Answering, Buyer, Handed, Names
from suyuan.kit import Text
from suyuan.kit.canonical import plain_decimal
from suyuan.kit.clock import in_china
from suyuan.kit.text import Lang
from suyuan.labels import fonts
from suyuan.trace.types import Answer, Link, Part, Pool, Scope

_MOST: Final = 1_000
_MORE: Final = Text(
    "另有 {count} 行没有印出；CSV 中有全部。", "{count:more row is|more rows are} in the CSV."
)
_WHO: Final = Text("谁负责", "Who answers for it")
_WHO_HEAD: Final = (
    Text("单位和场所", "Holder"), Text("从", "From"), Text("到", "Until"), Text("件数", "Things"),
    Text("联系", "Contact"), Text("不明之处", "What is unknown"),
)  # fmt: skip
_MOVES: Final = Text("从谁到谁", "From whom to whom")
_MOVES_HEAD: Final = (
    Text("追溯单元", "Thing"), Text("发出", "From"), Text("收到", "To"), Text("发出时间", "Left"),
    Text("收到时间", "Arrived"), Text("数量", "Quantity"), Text("可信", "Sure"),
)  # fmt: skip
_HOLDERS: Final = Text("逐家：涉及（其中至少–至多）", "By holder: touched (of it at least–at most)")
_HOLDERS_HEAD: Final = (
    Text("单位和场所", "Holder"), Text("追溯单元", "Thing"), Text("收到", "Came"),
    Text("发出", "Sent"), Text("售出或用掉", "Sold or used"), Text("还有", "In stock"),
    Text("联系", "Contact"),
)  # fmt: skip
_BUYERS: Final = Text(
    "卖方报的买方（买方未确认）", "Buyers by the seller's word, not confirmed by them"
)
_BUYERS_HEAD: Final = (
    Text("买方", "Buyer"), Text("追溯单元", "Thing"), Text("数量", "Quantity"),
    Text("时间", "Time"), Text("交易凭证号", "Voucher"), Text("卖方", "Seller"),
)  # fmt: skip
_ASSUMED: Final = Text("数量的假设与缺口", "What amounts assume, and what they lack")
_UNCLEAR: Final = Text(
    "存疑的数量或上限（“?”为未给出）：{why}。",
    "Amounts or limits in doubt ('?': not given): {why}.",
)
_SURE, _MAYBE = Text("确定", "certain"), Text("可能", "possible")
_NOW: Final = Text("至今", "until now")
_MADE: Final = Text("（制成）", " (made)")
_SIZE: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', re.ASCII)
_MILLIMETRES, _HIGHEST, _BESIDE = 0.216, 160.0, 400.0
"""Of one unit of a drawing; the highest that one may be; those narrower stand beside each other."""

Section = dict[str, Any]
T = TypeVar("T")


def write(handed: Handed) -> bytes:
    """The report: what it says of itself, drawings, holders, deliveries; of a recall, amounts.

    Raises:
        LabelError: the machine has no font with Chinese letters (503).
    """
    names, about, lang = handed.names, handed.about, handed.lang
    contacts = {each.party: each.contact for each in handed.told}
    sections = [_responsible(handed.told, lang), _moved(handed.answer, names, lang)]
    if handed.buyers:
        sections.insert(0, _bought(handed.buyers, names, lang))
    if handed.scope is not None:
        sections.insert(0, _holders(handed.scope, names, contacts, lang))
    given = {
        "title": about.kind.pick(lang),
        "about": [[word.pick(lang), text.pick(lang)] for word, text in about.lines()],
        "undrawn": [each.pick(lang) for each in handed.pictures.undrawn],
        "sections": sections,
        "notes": [] if handed.scope is None else _said(handed.scope, lang),
        "noted": _ASSUMED.pick(lang),
        "lang": lang,
    }
    compiler, family = fonts.compiler()
    given |= {
        "family": family,
        "pictures": [_placed(each, family) for each in handed.pictures.drawn],
    }
    source = files(__package__).joinpath("report.typ").read_bytes()
    made: bytes = compiler.compile(source, format="pdf", sys_inputs={"given": json.dumps(given)})
    return made


def _placed(picture: str, family: str) -> dict[str, Any]:
    """A drawing, how many millimetres wide it stands, and whether it has a line to itself.

    The letters of all drawings are of one size, but of what would be higher than a page.
    """
    found = _SIZE.search(picture)
    width, height = (float(each) for each in found.groups()) if found else (1.0, 1.0)
    scale = min(_MILLIMETRES, _HIGHEST / height)
    own_line = width > _BESIDE
    return {"svg": _alone(picture, family), "width": f"{scale * width:.1f}", "own_line": own_line}


def _alone(picture: str, family: str) -> str:
    """A drawing of a page as a file of its own, in the letters of the report."""
    return picture.replace(
        "<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{family}" ', 1
    )


def _section(
    title: Text,
    head: Sequence[Text],
    items: Sequence[T],
    row: Callable[[T], list[str]],
    lang: Lang,
) -> Section:
    """A table of the first items; the others are counted, and nothing is worked out for them."""
    more = len(items) - _MOST
    return {
        "title": title.pick(lang),
        "head": [each.pick(lang) for each in head],
        "rows": [row(each) for each in items[:_MOST]],
        "more": _MORE.format(count=more).pick(lang) if more > 0 else "",
    }


def _responsible(told: Sequence[Answering], lang: Lang) -> Section:
    def row(each: Answering) -> list[str]:
        return [
            each.name + (_MADE.pick(lang) if each.made else ""),
            _day(each.since),
            _NOW.pick(lang) if each.still else _day(each.until),
            str(each.things),
            each.contact,
            ("；" if lang == "zh" else "; ").join(text.pick(lang) for text in each.unknown),
        ]

    return _section(_WHO, _WHO_HEAD, told, row, lang)


def _moved(answer: Answer, names: Names, lang: Lang) -> Section:
    def row(link: Link) -> list[str]:
        return [
            names.product(link.source.thing),
            names.holder(link.source),
            names.holder(link.target),
            _short(written(link.departure)),
            _short(written(link.arrival)),
            much(link),
            (_SURE if link.certain else _MAYBE).pick(lang),
        ]

    return _section(_MOVES, _MOVES_HEAD, deliveries_of(answer), row, lang)


def much(link: Link) -> str:
    """What was sent, and what came where that was told otherwise, each in its own unit."""
    sides = ((link.quantity, link.unit), (link.received, link.received_unit))
    said = [
        f"{plain_decimal(much)} {unit or ''}".strip() for much, unit in sides if much is not None
    ]
    return " → ".join(dict.fromkeys(said))


def _holders(scope: Scope, names: Names, contacts: dict[str, str], lang: Lang) -> Section:
    def row(fold: Fold) -> list[str]:
        line = fold.line
        thing = names.product(line.thing) if line.thing else f"×{line.things}"
        if fold.count > 1:
            product = names.product(fold.members[0].thing)
            product = product if product != fold.members[0].thing else line.thing
            thing = MANY.format(product=product, count=fold.count).pick(lang)
        return [
            names.holder(Pool(line.thing, line.party, line.site)),
            thing,
            *(_part(part, line.unit) for part in (line.came, line.sent, line.ended, line.stock)),
            contacts.get(line.party, ""),
        ]

    return _section(_HOLDERS, _HOLDERS_HEAD, folds(scope.lines), row, lang)


def _said(scope: Scope, lang: Lang) -> list[str]:
    """What the amounts assume, and why some are not given."""
    why = sorted({line.unclear for line in scope.lines if line.unclear is not None})
    said = [*assumptions(scope), *(_UNCLEAR.format(why=UNCLEAR[each]) for each in why)]
    return [each.pick(lang) for each in said]


def _bought(buyers: Sequence[Buyer], names: Names, lang: Lang) -> Section:
    def row(each: Buyer) -> list[str]:
        return [
            buyer_name(each, names),
            names.product(each.thing),
            "" if each.quantity is None else f"{plain_decimal(each.quantity)} {each.unit or ''}",
            in_china(each.at),
            each.voucher,
            names.parties.get(each.seller, each.seller),
        ]

    return _section(_BUYERS, _BUYERS_HEAD, buyers, row, lang)


def _part(part: Part, unit: str | None) -> str:
    if part.touched == 0:
        return ""
    touched = "?" if part.touched is None else plain_decimal(part.touched)
    most = "?" if part.material.most is None else plain_decimal(part.material.most)
    said = f"{touched} {unit or ''} ({plain_decimal(part.material.least)}–{most})"
    if part.stated is None:
        return said
    most = "?" if part.stated.most is None else plain_decimal(part.stated.most)
    return f"{said} [{plain_decimal(part.stated.least)}–{most}]"


def _day(at: datetime | None) -> str:
    return "?" if at is None else in_china(at)


def _short(text: str | None) -> str:
    """A time as `written`: an instant to the minute, else the day, month or year."""
    if text is None:
        return "?"
    return in_china(datetime.fromisoformat(text)) if "T" in text else text
