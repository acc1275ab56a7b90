"""`suyuan override`: how an event was judged and counts now; an authority decides otherwise."""

from typing import Final

import click

from suyuan.cli.output import Listing, emit_quoted, json_option, plain_errors, say, show_list
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import in_china
from suyuan.kit.text import Lang
from suyuan.model import Verdict
from suyuan.publish import words
from suyuan.service import OPERATOR, open_platform, overriding

_DIGITS: Final = 18
"""An event's id is a URI, so what is digits alone is a position."""
_CHOICES: Final = [each.value for each in Verdict if each is not Verdict.REFUSED]

_NEEDED: Final = Text(
    "改判要用 --to 说明改为什么：accepted、flagged 或 held。",
    "To override a verdict say with --to what it is to be: accepted, flagged or held.",
)
_JUDGED: Final = Text(
    "{event}（位置 {position}，{reporter} 上报）：判定为“{verdict}”{rules}，"
    "现在的结论是“{counts}”。",
    "{event} (position {position}, reported by {reporter}): judged {verdict}{rules}; now it is "
    "{counts}.",
)
_RULES: Final = Text("（{rules}）", " ({rules})")
_DONE: Final = Text(
    "已改判：“{before}”→“{verdict}”；决定是日志的位置 {position}，"
    "suyuan receipt {position} 出具其回执。",
    "Overridden: {before} → {verdict}; the decision is at position {position} of the log, proven "
    "by suyuan receipt {position}.",
)
_UNDECIDED: Final = Text(
    "更严重而还没有人决定的核验意见：{rules}。要一并排除，先改回原判定，再改判：不用 --finding "
    "就排除全部，或逐条写 --finding。",
    "Graver findings of which nobody has decided: {rules}. To set them aside too, override it back "
    "to what was judged, then again: without --finding all are set aside, or name each.",
)
_TITLE: Final = Text("改判", "Overrides")
_HEADS: Final = (
    Text("位置", "position"), Text("何时", "when"), Text("改判", "verdict"), Text("由谁", "by"),
    Text("依据", "ground"), Text("排除的意见", "set aside"), Text("文件", "documents"),
)  # fmt: skip


@click.command(
    "override",
    help="改判一个事件；不加 --to 则列出判定和历次改判 · Override the verdict on an event; without "
    "--to show how it was judged and what was decided since.",
)
@click.argument("event", metavar="EVENT|POSITION")
@click.option("--to", type=click.Choice(_CHOICES), help="改判为 · What is to count from now on.")
@click.option(
    "--ground",
    default="",
    help="依据，写进日志，不要写人名 · An article, a test report; it stays in the log: name no "
    "person.",
)
@click.option(
    "--finding", "findings", multiple=True, metavar="RULE",
    help="排除的核验意见，缺省为更严重的全部 · Set aside; by default all that are graver.",
)  # fmt: skip
@click.option(
    "--document", "documents", multiple=True, metavar="URI",
    help="所依据的文件 · A document that it rests on.",
)  # fmt: skip
@click.option(
    "--expect",
    type=click.Choice(_CHOICES),
    help="所见的现在的结论，缺省为原判定 · The verdict that you saw; by default the one judged.",
)
@click.option(
    "--by",
    default="",
    help="由哪个机关决定，改判时必填 · Which authority decided; needed with --to.",
)
@json_option
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    event: str,
    *,
    to: str | None,
    ground: str,
    findings: tuple[str, ...],
    documents: tuple[str, ...],
    expect: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Without --to, show how the event was judged, what counts now, and every decision since."""
    asked = int(event) if event.isdecimal() and len(event) <= _DIGITS else event
    with plain_errors(), open_platform(shared.config()) as platform:
        if to is None:
            if ground or findings or documents or expect or by:
                raise SuyuanError("override.to", _NEEDED, "--to")
            found = overriding.verdicts(platform, asked, OPERATOR)
            _show(found, shared, as_json=as_json)
            return
        wish = overriding.Wish(
            to=Verdict(to), ground=ground, findings=findings, documents=documents,
            expect=None if expect is None else Verdict(expect),
        )  # fmt: skip
        done = overriding.override(platform, asked, wish, OPERATOR, authority=by)
    if as_json:
        emit_quoted(done)
        return
    last = done.overrides[-1]
    called = {"before": words.VERDICTS[last.before], "verdict": words.VERDICTS[last.verdict]}
    say(_DONE.format(**called, position=last.position), shared)
    _say_undecided(done, shared)


def _show(found: list[overriding.VerdictTold], shared: Shared, *, as_json: bool) -> None:
    if as_json:
        for one in found:
            emit_quoted(one)
        return
    for one in found:
        said = _RULES.format(rules=", ".join(one.findings)) if one.findings else ""
        told = {"verdict": words.VERDICTS[one.verdict], "counts": words.VERDICTS[one.counts]}
        text = _JUDGED.format(
            event=one.event, position=one.position, reporter=one.reporter, rules=said, **told
        )
        say(text, shared)
        _say_undecided(one, shared)
        if one.overrides:
            show_list(_LISTING, one.overrides, shared, as_json=False)


def _say_undecided(one: overriding.VerdictTold, shared: Shared) -> None:
    if one.undecided:
        say(_UNDECIDED.format(rules=", ".join(one.undecided)), shared)


def _row(one: overriding.OverrideTold, lang: Lang) -> list[str]:
    before, verdict = words.VERDICTS[one.before].pick(lang), words.VERDICTS[one.verdict].pick(lang)
    return [
        str(one.position or "—"), in_china(one.at), f"{before} → {verdict}",
        one.authority or words.ADMINISTRATOR.pick(lang), one.ground or "",
        ", ".join(one.findings), " ".join(one.documents),
    ]  # fmt: skip


_LISTING: Final = Listing(title=_TITLE, heads=_HEADS, row=_row)
