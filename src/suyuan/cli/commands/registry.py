"""`suyuan registry`: who is registered, and what is on file of whom, now and before."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from suyuan.cli.output import emit_quoted, json_option, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.codes import divisions
from suyuan.families import Families, fileable
from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.registry import Document, Licence
from suyuan.service import (
    RELATIONS,
    OnFile,
    Registration,
    history_of,
    on_file,
    open_platform,
    parties_on_file,
)

_LISTED = 200
_TITLE = Text("登记的单位", "Registered parties")
_HEADS = (
    Text("编码", "party"), Text("名称", "name"), Text("角色", "roles"), Text("区划", "division"),
)  # fmt: skip
_MORE = Text(
    "还有更多：suyuan registry list --after {uri}",
    "There are more: suyuan registry list --after {uri}",
)
_UNKNOWN = Text(
    "{party} 还没有登记：suyuan register --template FILE 写一份空表，或用 /registry 页。",
    "{party} is not registered: suyuan register --template FILE writes an empty workbook; or see "
    "the page /registry.",
)
_SHOWN_HEADS = (Text("类别", "what"), Text("编码或编号", "code or number"), Text("内容", "on file"))
_HISTORY = Text("登记的经过", "What was registered when")
_HISTORY_HEADS = (
    Text("时间", "when"),
    Text("谁", "by"),
    Text("类别", "what"),
    Text("登记为", "as"),
)
_MACHINE = Text("本机", "at the machine")


@click.group("registry", help="查看登记的内容 · See what is registered of whom.")
def command() -> None:
    """Hold one subcommand for each way to look at the registry."""


@command.command("list", help="列出登记的单位 · List the registered parties.")
@click.option("--after", default="", help="从哪个编码之后 · Those behind this URI.")
@json_option
@click.pass_obj
def list_parties(shared: Shared, /, after: str, *, as_json: bool) -> None:
    """List the registered parties, 200 at a time."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = parties_on_file(platform, after=after)
    if as_json:
        for each in found:
            emit_quoted(each)
        return
    named = _names(platform.families, shared)
    rows = [
        [each.uri, _name(each.name, shared), named(each.roles), _division(each.division, shared)]
        for each in found
    ]
    show_table(_TITLE, _HEADS, rows, shared.lang)
    if len(found) == _LISTED:
        say(_MORE.format(uri=found[-1].uri), shared)


@command.command("show", help="一个单位登记了什么 · What is on file of a party.")
@click.argument("party")
@click.option("--history", is_flag=True, help="何时由谁登记 · Registered when, and by whom.")
@json_option
@click.pass_obj
def show(shared: Shared, /, party: str, *, history: bool, as_json: bool) -> None:
    """Show what is on file of a party, or what was registered of it and when."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = on_file(platform, party)
        before = history_of(platform, party) if history else []
    if as_json:
        for each in before if history else [found]:
            emit_quoted(each)
    elif history:
        rows = [_before(each, shared) for each in before]
        show_table(_HISTORY, _HISTORY_HEADS, rows, shared.lang)
    else:
        rows = list(_rows(found, platform.families, shared))
        title = found.party.name if found.party is not None else Text(party, party)
        show_table(title, _SHOWN_HEADS, rows, shared.lang)
    if found.party is None and not as_json:
        say(_UNKNOWN.format(party=party), shared)


def _rows(found: OnFile, families: Families, shared: Shared) -> Iterator[list[str]]:
    named, lang = _names(families, shared), shared.lang
    if (party := found.party) is not None:
        more = (named(party.roles), _division(party.division, shared), party.contact)
        yield [RELATIONS["party"].pick(lang), party.uri, _joined(_name(party.name, shared), *more)]
    for site in found.sites:
        place, days = _division(site.division, shared), _days(site.valid_from, site.valid_to)
        yield [
            RELATIONS["site"].pick(lang),
            site.uri,
            _joined(_name(site.name, shared), place, days),
        ]
    for each in found.products:
        name = _joined(_name(each.name, shared), each.family, each.kind, each.unit)
        yield [RELATIONS["product"].pick(lang), each.class_uri, name]
    papers: list[Licence | Document] = [*found.licences, *found.documents]
    for one in papers:
        kind = RELATIONS[type(one).__name__.lower()].pick(lang)
        days, limits = _days(one.valid_from, one.valid_to), _limits(one, shared)
        yield [kind, one.number, _joined(named((one.kind,)), days, *limits)]


def _limits(paper: Licence | Document, shared: Shared) -> Iterator[str]:
    """For where and for what a licence is, where that is on file."""
    if isinstance(paper, Licence):
        yield "；".join(_division(code, shared) for code in paper.areas)
        yield "；".join(paper.covers)


def _before(each: Registration, shared: Shared) -> list[str]:
    entry = dict(each.entry)
    name = entry.pop("name", None) or {}
    said = (str(one) for one in (name.get("zh"), name.get("en"), *_plain(entry)) if one)
    account = each.account or _MACHINE.pick(shared.lang)
    return [in_china(each.at), account, RELATIONS[each.relation].pick(shared.lang), _joined(*said)]


def _plain(entry: dict[str, Any]) -> Iterator[str]:
    for value in entry.values():
        yield ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _names(families: Families, shared: Shared) -> Any:
    known = {name: one for kinds in fileable(families).values() for name, one in kinds.items()}

    def named(ids: tuple[str, ...]) -> str:
        return "；".join(known[one].name.pick(shared.lang) if one in known else one for one in ids)

    return named


def _name(name: Text, shared: Shared) -> str:
    return name.pick(shared.lang) or name.zh


def _division(code: str, shared: Shared) -> str:
    return f"{code} {divisions.shown(code).pick(shared.lang)}" if code else ""


def _days(begin: date | None, end: date | None) -> str:
    return f"{begin or ''}–{end or ''}" if begin or end else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
