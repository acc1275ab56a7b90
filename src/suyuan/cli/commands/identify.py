"""`suyuan identify`: what a code is, whether it is well-formed, and what is known of it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, cast

import click
from msgspec import Struct

from suyuan.cli import lines
from suyuan.cli.looking import say_not_looked_up
from suyuan.cli.output import emit_json, outcome, plain_errors, say, show_table, tell
from suyuan.cli.root import Shared
from suyuan.codes import asked, pieces, privacy, unknown
from suyuan.codes.types import GRAIN_NAMES, LONGEST, Identified, IssuedHere, Page
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, system_clock, there
from suyuan.kit.text import counted

_INPUT = "-"
_HEADS = (
    Text("编码体系", "scheme"),
    Text("规范名", "canonical"),
    Text("校验", "check"),
    Text("粒度", "grain"),
    Text("组成", "parts"),
    Text("记录", "known"),
)
_TITLE = Text("“{text}” 可能是", "'{text}' may be")
_LIKE = Text("看起来", "likeness")
_NOT_ASKED = Text("未查", "not looked up")
_NONE_KNOWN = Text("无", "none")
_LONG_LINE = Text(
    "这一行超过 {most} 个字符，没有读；请分成几行，或只留编码本身。",
    "This line has more than {most} characters and was not read; part it, or leave the codes "
    "alone in it.",
)
_EMPTY = Text("（空白：没有编码）", "(blank: no code)")
_NOTE = Text("  · {name}：{said}", "  · {name}: {said}")
_ISSUED = Text("  编发：{issuer}", "  issued by: {issuer}")
_VALIDITY = Text("  效期：{validity}", "  validity: {validity}")
_UNSURE = Text(
    "  这种编码的结构未对照原文核实。", "  The structure of this kind is not confirmed on its text."
)
_PAGE = Text("  到编发方核对：{name} {url}{unsure}", "  ask its issuer: {name} {url}{unsure}")
_UNSURE_PAGE = Text("（网址未核实）", " (address not confirmed)")
_SURE_PAGE = Text("", "")
_HERE = Text(
    "  {by} 于 {day} 在本平台发出这个码{product}。",
    "  {by} issued this code here on {day}{product}.",
)
_BROUGHT = Text(
    "  {by} 于 {day} 导入了这个码（批次 {batch}）。",
    "  {by} brought this code in on {day} (batch {batch}).",
)
_FOR = Text("，用于 {product}", " for {product}")
_GONE = Text(
    "  它已于 {day} 撤回，不应再用在商品上。",
    "  It was withdrawn on {day}; no goods should bear it.",
)

_WRONG: Final = 2
_Identify = Callable[[Sequence[str]], list[list[Identified]]]


class _Asked(Struct, frozen=True):
    """A text, and where it stands; None for one that is too long to be read."""

    place: str
    text: str | None


class _Shown(Struct, frozen=True):
    """How answers are shown, and whether the record was asked."""

    shared: Shared
    as_json: bool
    hints: bool
    looked_up: bool


@click.command(
    "identify",
    help="识别任意编码 · Say what a code is.\n\n"
    "- 从标准输入读，每行一段：各行各自按 UTF-8 读，不是 UTF-8 的按 GB 18030；UTF-16 须有 BOM · "
    "- reads standard input, a text on each line: each by itself as UTF-8, or where it is none as "
    "GB 18030; UTF-16 with a mark in front.",
)
@click.argument("texts", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="每个文本一行 JSON · One JSON array a line.")
@click.option(
    "--hints", is_flag=True, help="JSON 里带上像什么、问谁 · JSON objects with hints, not arrays."
)
@click.pass_obj
def command(shared: Shared, /, texts: tuple[str, ...], *, as_json: bool, hints: bool) -> None:
    """Print the readings of each text, best first; exit with 1 if one has none.

    TEXT - reads standard input, a text on each line. With 2 it leaves if a line was too long.
    """
    status, said = 0, False
    shown = _Shown(shared, as_json, hints, shared.has_database())
    with plain_errors():
        _require(texts)
        with _identifying(shown) as identify:
            for batch in _batches(texts):
                status = max(status, _answer(batch, identify, shown))
                said = said or any(each.text is None or each.text.strip() for each in batch)
        if not said:
            asked.require_some(())
    raise SystemExit(status)


def _require(texts: Sequence[str]) -> None:
    """See that what stands in the command itself can be read, before anything is."""
    if _INPUT not in texts:
        asked.require_texts(texts)
    for at, text in enumerate(texts):
        asked.require_short(text, f"text[{at}]")


@contextmanager
def _identifying(shown: _Shown) -> Iterator[_Identify]:
    """What reads texts: with what the record knows, or where there is none, by the codes alone."""
    shared = shown.shared
    if not shown.looked_up:
        say_not_looked_up(shared)
        hosts, today = shared.hosts(), there(system_clock(), CHINA).date()
        yield lambda texts: asked.identified(texts, hosts, on=today)
        return
    from suyuan.service import (  # noqa: PLC0415 -- most of a second, where there is a database
        OPERATOR,
        identify,
        open_platform,
    )

    with open_platform(shared.config()) as platform:
        yield lambda texts: identify(platform, texts, OPERATOR)


def _batches(texts: Sequence[str]) -> Iterator[list[_Asked]]:
    """The texts; in the place of a dash the lines of standard input, as they come."""
    for at, text in enumerate(texts):
        if text != _INPUT:
            yield [_Asked(f"text[{at}]", text)]
            continue
        number = 0
        for batch in lines.batches(cast("lines.Stream", sys.stdin.buffer)):
            yield [_Asked(f"line {number + nth}", each) for nth, each in enumerate(batch, start=1)]
            number += len(batch)


def _answer(batch: Sequence[_Asked], identify: _Identify, shown: _Shown) -> int:
    """Show what each text is; gives the exit status that the worst of them asks for."""
    status, readings = 0, identify([each.text or "" for each in batch])
    for each, found in zip(batch, readings, strict=True):
        if each.text is None:
            text = _LONG_LINE.format(most=LONGEST)
            tell(SuyuanError("identify.long", text, each.place, status=413))
            status = _WRONG
        elif each.text.strip() and not found:
            status = max(status, 1)
        if each.text is not None or shown.as_json:
            _show(each.text or "", found, shown)
    return status


def _show(text: str, found: list[Identified], shown: _Shown) -> None:
    shared, told = shown.shared, pieces.in_order(text, found)
    if shown.as_json and shown.hints:
        emit_json({"readings": told, "hint": unknown.likeness(text, found)})
    elif shown.as_json:
        emit_json(told)
    elif told:
        rows = [_row(each, shown) for each in told]
        show_table(_TITLE.format(text=privacy.masked(text)), _HEADS, rows, shared.lang)
        _tell(told, found[0], shared)
        _tell_likeness(unknown.likeness(text, found), shared)
    elif not text.strip():
        say(_EMPTY, shared)
    else:
        like = unknown.likeness(text)
        say(unknown.no_code(text), shared)
        _tell_pages(like.pages if like else (), shared)


def _tell_likeness(like: unknown.Likeness | None, shared: Shared) -> None:
    """What a text looks like that is no code we know, and whom to ask."""
    if like is None:
        return
    say(_NOTE.format(name=_LIKE, said=like.text), shared)
    _tell_pages(like.pages, shared)


def _tell(found: list[Identified], best: Identified, shared: Shared) -> None:
    """What was forgiven or doubted in each reading, and what the best one's scheme says."""
    for each in found:
        for said in each.notes:
            say(_NOTE.format(name=each.name, said=said.text), shared)
    here = next((each.issued for each in found if each.issued), None)
    if here is not None:
        _tell_issue(here, shared)
    for one in best.brought_in:
        told = {"by": one.by, "day": one.on.isoformat(), "batch": one.batch}
        say(_BROUGHT.format(**told), shared)
    if best.issued_by:
        say(_ISSUED.format(issuer=best.issued_by), shared)
    if best.validity:
        say(_VALIDITY.format(validity=best.validity), shared)
    if not best.verified:
        say(_UNSURE, shared)
    _tell_pages(best.pages, shared)


def _tell_pages(pages: tuple[Page, ...], shared: Shared) -> None:
    for page in pages:
        unsure = _SURE_PAGE if page.verified else _UNSURE_PAGE
        say(_PAGE.format(name=page.name, url=page.url, unsure=unsure), shared)


def _tell_issue(here: IssuedHere, shared: Shared) -> None:
    """By whom, when and for what the code was issued here, and whether it still counts."""
    product = _FOR.format(product=here.product) if here.product else Text("", "")
    say(_HERE.format(by=here.by, day=here.on.isoformat(), product=product), shared)
    if here.withdrawn:
        say(_GONE.format(day=here.withdrawn.isoformat()), shared)


def _row(found: Identified, shown: _Shown) -> list[str]:
    lang = shown.shared.lang
    parts = "; ".join(
        f"{part.zh if lang == 'zh' else part.en} {part.value}" for part in found.parts
    )
    known = _NONE_KNOWN if shown.looked_up else _NOT_ASKED
    if found.known:
        known = counted(found.known.events, "条", "event", "events")
    return [
        found.name.pick(lang),
        found.canonical,
        outcome(found).pick(lang),
        GRAIN_NAMES[found.grain].pick(lang),
        parts,
        known.pick(lang),
    ]
