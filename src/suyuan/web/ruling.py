"""Pages of the families of products: all, and one with its life cycle and rules on a day."""

from collections import defaultdict
from datetime import date

from litestar import Response
from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.unit_names import unit_name
from suyuan.model import Severity
from suyuan.service import (
    FamilyOn,
    ItemOn,
    LawOn,
    RuleOn,
    clocks,
    day_of,
    families_on,
    family_on,
    today,
    watched,
)
from suyuan.web.lifecycle import lifecycle
from suyuan.web.request import AnyRequest, platform_of, reader_of, reading
from suyuan.web.respond import respond

_LONGEST = 60
_NO_FAMILY = Text("没有这个产品门类", "There is no such family of products")
_FAMILY_UNKNOWN = "family.unknown"
SEVERITIES = {
    Severity.NOTE: Text("备注", "Note"),
    Severity.FLAG: Text("提示", "Flag"),
    Severity.HOLD: Text("待查", "Hold"),
    Severity.REFUSE: Text("拒收", "Refuse"),
}
TONES = {Severity.NOTE: "", Severity.FLAG: "note", Severity.HOLD: "stop", Severity.REFUSE: "stop"}
AUDIENCES = {
    "public": Text("公众可见", "everybody"),
    "partner": Text("上下游可见", "one step up and down"),
    "regulator": Text("监管部门可见", "the authority"),
    "secret": Text("仅本单位", "the reporter alone"),
}
TYPES = {
    "text": Text("文字", "text"),
    "code": Text("编号", "code"),
    "date": Text("日期", "date"),
    "number": Text("数字", "number"),
    "choice": Text("选项", "choice"),
    "party": Text("单位", "party"),
    "place": Text("地点", "place"),
    "units": Text("追溯单元", "units"),
    "amounts": Text("数量", "quantities"),
}
GRAINS = {
    "instance": Text("单件", "single unit"),
    "lot": Text("批次", "lot"),
    "class": Text("品类", "class"),
    "party": Text("主体", "party"),
    "place": Text("地点", "place"),
    "document": Text("单证", "document"),
}
_SO_FAR = Text("自 {since} 起", "from {since}")
_TO = Text("{since} 至 {until}", "{since} to {until}")


class Cited(Struct, frozen=True):
    """A law with the rules that cite it."""

    law: LawOn
    rules: tuple[RuleOn, ...]


def families_page(request: AnyRequest) -> Response[str]:
    """All families, with what each covers."""
    platform = platform_of(request)
    now = today(platform.clock)
    day, asked, wrong = _day(request, now)
    lines = families_on(platform.families, day)
    return respond(
        request,
        "families.html",
        families=lines,
        day=day,
        asked=asked,
        wrong=wrong,
        count=sum(each.rules for each in lines),
        unsure=sum(each.unverified for each in lines),
        watched=watched(platform.families, day),
        length=clocks.length,
    )


def family_page(request: AnyRequest) -> Response[str]:
    """One family on a day, whole or for one kind."""
    platform = platform_of(request)
    name = privacy.cut(str(request.path_params.get("name", "")), _LONGEST)
    kind = request.query_params.get("kind") or None
    where = request.query_params.get("division", "").strip()
    day, asked, wrong = _day(request, today(platform.clock))
    try:
        found = family_on(platform.families, name, day, kind=kind, division=where)
    except SuyuanError as error:
        title = _NO_FAMILY if error.code == _FAMILY_UNKNOWN else error.text
        detail = error.text if error.code == _FAMILY_UNKNOWN else Text("", "")
        return respond(request, "problem.html", status=error.status, title=title, detail=detail)
    return respond(
        request,
        "family.html",
        family=found,
        asked=asked,
        wrong=wrong,
        drawing=lifecycle(found.steps, reader_of(request, reading(request))),
        cited=cited(found),
        items=items_of(found),
        laws={law.id: law for law in found.laws},
        in_force={rule.id for rule in found.rules},
        unsure=sum(not rule.verified for rule in found.rules),
        severities=SEVERITIES,
        tones=TONES,
        audiences=AUDIENCES,
        types=TYPES,
        grains=GRAINS,
        span=span,
        length=clocks.length,
        unit_name=unit_name,
    )


def cited(family: FamilyOn) -> list[Cited]:
    """The laws with the rules in force that cite them, in the order of the data."""
    by_law: dict[str, list[RuleOn]] = defaultdict(list)
    for rule in family.rules:
        by_law[rule.law].append(rule)
    return [Cited(law, tuple(by_law[law.id])) for law in family.laws if by_law[law.id]]


def items_of(family: FamilyOn) -> list[ItemOn]:
    """Each item of the steps once, required from the first day that any of them asks for it."""
    found: dict[str, ItemOn] = {}
    for item in (item for step in family.steps for item in step.items):
        known = found.setdefault(item.id, item)
        since = item.required_since
        if since and (known.required_since is None or since < known.required_since):
            found[item.id] = item
    return list(found.values())


def span(since: date, until: date | None) -> Text:
    """From when to when a rule is law."""
    return (_SO_FAR if until is None else _TO).format(since=since, until=until)


def _day(request: AnyRequest, now: date) -> tuple[date, str, Text | None]:
    """The day asked for, as typed, and what is wrong with it; then today is shown."""
    typed = privacy.quoted(request.query_params.get("on", "").strip(), _LONGEST)
    try:
        return day_of(typed, "on") or now, typed, None
    except SuyuanError as error:
        return now, typed, error.text


family_pages = {"families": families_page, "family": family_page}
"""By operation of the API: what a browser is given at the same address."""
