"""`suyuan check`: judge documents by the law of a day, without a database and recording nothing."""

from functools import partial
from pathlib import Path

import click

from suyuan.cli.echo import echo
from suyuan.cli.output import emit_quoted, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.codes import privacy
from suyuan.families import Families, load_families
from suyuan.kit import Text
from suyuan.kit.clock import system_clock
from suyuan.kit.text import Lang
from suyuan.model import Finding, Severity, Verdict
from suyuan.service import Checked, CheckedEvent, check_document, day_of, templating

_VERDICTS = {
    Verdict.ACCEPTED: Text("通过", "accepted"),
    Verdict.FLAGGED: Text("提示", "flagged"),
    Verdict.HELD: Text("待查", "held"),
    Verdict.REFUSED: Text("拒收", "refused"),
}
SEVERITIES = {
    Severity.NOTE: Text("备注", "note"),
    Severity.FLAG: Text("提示", "flag"),
    Severity.HOLD: Text("待查", "hold"),
    Severity.REFUSE: Text("拒收", "refuse"),
}
_EVENT = Text("事件 {index}：{verdict}{judged}", "event {index}: {verdict}{judged}")
_AS = Text("（{family} · {step}）", " ({family}, {step})")
_FOUND = Text(
    "  {severity} {path}：{message}\n    办法：{cure}\n    依据：{law}（{rule}）",
    "  {severity} {path}: {message}\n    Cure: {cure}\n    By: {law} ({rule})",
)
_OUR_OWN = Text("本系统", "this system")
_NO_STEP = Text("环节未识别", "no step known")
_UNASKED = Text(
    "没有查登记和记录：这些环节有 {count} 条规则要查证照、单证、状态或此前环节，未能全部判断。",
    "Neither registry nor record was asked: {count:rule|rules} of these steps may not "
    "have been judged in full, for want of licences, documents, states or earlier steps.",
)


@click.command(
    "check",
    help="判文件，不记录 · Judge documents or workbooks by the law of a day; record nothing.",
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--family", default=None, help="未写门类的事件按哪一门类 · For events naming none.")
@click.option(
    "--on", metavar="DATE", help="按哪一天的法律 · By the law of which day; else of each event."
)
@click.option(
    "--division",
    default="",
    metavar="CODE",
    help="发生在哪里（行政区划代码）：也按当地规则 · Where it happened: by its own rules too.",
)
@click.option(
    "--strict/--lenient", default=False, help="严格或宽松 · Hold to the schema, or forgive."
)
@click.option("--json", "as_json", is_flag=True, help="每个文件一行 JSON · One JSON object a line.")
@click.pass_obj
def command(
    shared: Shared,
    /,
    files: tuple[Path, ...],
    *,
    family: str | None,
    on: str | None,
    division: str,
    strict: bool,
    as_json: bool,
) -> None:
    """Print what is found in each document; exit with 1 if anything is held or refused.

    A filled workbook of `suyuan template` is judged too, each finding at its cell.
    """
    with plain_errors():
        day, families, now = day_of(on, "--on"), load_families(), system_clock()
        judge = partial(
            check_document,
            families,
            now=now,
            family=family,
            on=day,
            division=division,
            strict=strict,
            resolvers=shared.config().resolvers,
        )
        told = [
            (file, templating.checked_file(families, file.read_bytes(), judge)) for file in files
        ]
    for file, checked in told:
        if as_json:
            emit_quoted({"document": str(file), "checked": checked})
        else:
            _show(file, checked, families, shared)
    grave = {Verdict.HELD, Verdict.REFUSED}
    raise SystemExit(1 if any(checked.verdict in grave for _, checked in told) else 0)


def _show(file: Path, checked: Checked, families: Families, shared: Shared) -> None:
    lang = shared.lang
    echo(privacy.masked(f"{file}: {_VERDICTS[checked.verdict].pick(lang)}"))
    for note in checked.notes:
        echo(shown_finding(note, lang))
    for event in checked.events:
        judged = _AS.format(**_judged(event, families)) if event.family else Text("", "")
        verdict = _VERDICTS[event.verdict]
        say(_EVENT.format(index=event.index, verdict=verdict, judged=judged), shared)
        for each in event.findings:
            echo(shown_finding(each, lang))
    if unasked := sum(event.unasked for event in checked.events):
        say(_UNASKED.format(count=unasked), shared)


def _judged(event: CheckedEvent, families: Families) -> dict[str, Text]:
    family = families.family(event.family or "")
    assert family is not None  # noqa: S101 -- it was judged by it
    step = family.words.steps[event.step] if event.step else _NO_STEP
    return {"family": family.name, "step": step}


def shown_finding(finding: Finding, lang: Lang, *, weight: Text | None = None) -> str:
    """Severity, place, sentence, cure, law and rule; nobody's identity number is in it.

    `weight` says how it weighs where that is not of a report.
    """
    said = _FOUND.format(
        severity=weight or SEVERITIES[finding.severity],
        path=finding.path or "/",
        message=finding.message,
        cure=finding.cure,
        law=finding.cited or _OUR_OWN,
        rule=finding.rule,
    )
    return privacy.masked(said.pick(lang))
