"""`suyuan identify`: what a code is, whether it is well-formed, and what is known of it."""

import sys
from collections.abc import Iterable, Iterator

import click

from suyuan.cli.output import emit_json, outcome, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.codes import pieces, privacy, unknown
from suyuan.codes.types import GRAIN_NAMES, Page
from suyuan.kit import Text
from suyuan.kit.text import Lang, counted
from suyuan.service import (
    OPERATOR,
    Identified,
    IssuedHere,
    identify,
    open_platform,
    require_texts,
)

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


@click.command(
    "identify",
    help="识别任意编码 · Say what a code is.\n\n"
    "- 从标准输入读，每行一段 · - reads standard input, a text on each line.",
)
@click.argument("texts", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="每个文本一行 JSON · One JSON array a line.")
@click.option(
    "--hints", is_flag=True, help="JSON 里带上像什么、问谁 · JSON objects with hints, not arrays."
)
@click.pass_obj
def command(shared: Shared, /, texts: tuple[str, ...], *, as_json: bool, hints: bool) -> None:
    """Print the readings of each text, best first; exit with 1 if one has none.

    TEXT - reads standard input, a text on each line.
    """
    texts = tuple(_given(texts))
    with plain_errors():
        require_texts(texts)
    with plain_errors(), open_platform(shared.config()) as platform:
        readings = identify(platform, texts, OPERATOR)
    for text, found in zip(texts, readings, strict=True):
        told = pieces.in_order(text, found)
        if as_json and hints:
            emit_json({"readings": told, "hint": unknown.likeness(text, found)})
        elif as_json:
            emit_json(told)
        elif told:
            rows = [_row(each, shared.lang) for each in told]
            show_table(_TITLE.format(text=privacy.masked(text)), _HEADS, rows, shared.lang)
            _tell(told, found[0], shared)
            _tell_likeness(unknown.likeness(text, found), shared)
        elif not text.strip():
            say(_EMPTY, shared)
        else:
            like = unknown.likeness(text)
            say(unknown.no_code(text), shared)
            _tell_pages(like.pages if like else (), shared)
    raise SystemExit(0 if all(readings) else 1)


def _given(texts: Iterable[str]) -> Iterator[str]:
    """The texts; in the place of a dash the lines of standard input that are not blank."""
    for text in texts:
        if text != _INPUT:
            yield text
            continue
        lines = (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
        yield from (line.rstrip("\r\n") for line in lines if line.strip())


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


def _row(found: Identified, lang: Lang) -> list[str]:
    chinese = lang == "zh"
    parts = "; ".join(f"{part.zh if chinese else part.en} {part.value}" for part in found.parts)
    known = (
        counted(found.known.events, "条", "event", "events") if found.known else Text("无", "none")
    )
    return [
        found.name.zh if chinese else found.name.en,
        found.canonical,
        outcome(found).pick(lang),
        GRAIN_NAMES[found.grain].pick(lang),
        parts,
        known.zh if chinese else known.en,
    ]
