"""`suyuan division`: what a division's code or name meant on a day, means now, and became."""

from datetime import date

import click

from suyuan.cli.output import emit_quoted, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.kit.text import Lang
from suyuan.service import (
    Divided,
    NamedDivision,
    day_of,
    divided,
    divisions_named,
    require_name,
)

_HEADS = (
    Text("代码", "code"),
    Text("名称", "name"),
    Text("自", "since"),
    Text("至", "until"),
    Text("其后归属", "its area went to"),
)
_DOUBTFUL = Text("{name}（存疑）", "{name} (doubtful)")
_NOTHING = Text(
    "“{text}”：没有叫这个名称、或是这个代码的行政区划。",
    "'{text}': no division has that name or code.",
)
_ANOTHER = Text("“{text}” {day} 没有，别的时候有", "'{text}': not on {day}, but at another time")
_NAMED = Text("“{text}”", "'{text}'")
_HISTORY = Text("{code} 的各个时段", "Periods of {code}")
_THEN = Text("{on} 归属", "On {on} its area lay in")
_BECAME = Text("其后归属", "Its area went to")
_NOW = Text("今天归属", "Today its area lies in")
_WIDER = Text("今天归属（其间去向不全，给出上级）", "Today within (a step between is not known)")
_BELOW = Text("下辖", "Below it")


@click.command("division", help="查行政区划 · Say what a division's code or name means.")
@click.argument("text")
@click.option("--on", metavar="DATE", help="在哪一天 · On which day, as 2010-07-01.")
@click.option("--json", "as_json", is_flag=True, help="JSON · One line of JSON.")
@click.pass_obj
def command(shared: Shared, /, text: str, *, on: str | None, as_json: bool) -> None:
    """Print a code with all around it, or the divisions of a name; exit with 1 if none."""
    with plain_errors():
        require_name(text, "TEXT")
        day = day_of(on, "--on")
        found = divisions_named(text, day)
        if text.strip().isdecimal():
            _show(divided(text.strip(), day), shared, as_json=as_json)
        elif as_json:
            emit_quoted(found)
        elif found:
            _tell(text, day, found, shared)
        else:
            say(_NOTHING.format(text=privacy.quoted(text)), shared)
    raise SystemExit(0 if any(each.outside is None for each in found) else 1)


def _show(answer: Divided, shared: Shared, *, as_json: bool) -> None:
    if as_json:
        emit_quoted(answer)
        return
    lang = shared.lang
    _table(answer.asked.full, (answer.asked,), lang)
    if answer.doubt is not None:
        say(answer.doubt, shared)
    if answer.outside is not None:
        say(answer.outside, shared)
    _table(_THEN.format(on=answer.on), answer.then, lang)
    _table(_HISTORY.format(code=answer.asked.code), answer.history, lang, least=2)
    _table(_BECAME, answer.became, lang)
    if answer.asked.until and answer.now != answer.became:
        _table(_NOW if answer.exact else _WIDER, answer.now, lang)
    _table(_BELOW, answer.below, lang)


def _tell(text: str, day: date | None, found: list[NamedDivision], shared: Shared) -> None:
    """The divisions of a name; of those that had it at another time alone, what they were then."""
    outside = [each.outside for each in found if each.outside]
    title = _ANOTHER if outside else _NAMED
    _table(title.format(text=privacy.quoted(text), day=day), tuple(found), shared.lang)
    for each in outside:
        say(each, shared)


def _table(title: Text, rows: tuple[NamedDivision, ...], lang: Lang, *, least: int = 1) -> None:
    if len(rows) >= least:
        show_table(title, _HEADS, [_row(each, lang) for each in rows], lang)


def _row(each: NamedDivision, lang: Lang) -> list[str]:
    name = each.full if each.verified else _DOUBTFUL.format(name=each.full)
    after = ", ".join(f"{next_.full.pick(lang)} {next_.code}" for next_ in each.successors)
    return [each.code, name.pick(lang), each.since, each.until or "", after]
