"""`suyuan capture`: EPCIS documents from files or folders into the record."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, structs

from suyuan.capture import OnRefusal, Options
from suyuan.cli.echo import echo
from suyuan.cli.files import OWN_FILES, documents
from suyuan.cli.output import emit_quoted, plain_errors, show_table, told
from suyuan.cli.root import Shared
from suyuan.cli.telling import Advance, progress_bar
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Capturer, Finding, Severity
from suyuan.service import Platform, follow, local_capturer, open_platform
from suyuan.service import capture as capture_document
from suyuan.wire import Source

_TITLE = Text("采集结果", "What was captured")
_HEADS = (
    Text("文件", "document"),
    Text("接受", "accepted"),
    Text("提示", "flagged"),
    Text("待查", "held"),
    Text("拒收", "refused"),
    Text("重复", "duplicate"),
)
_READING = Text("采集", "Capturing")
_BY = Text("［{by}］", "[{by}]")
_ALIKE = Text(
    "{place}（另有 {count} 处相同，最后一处 {last}）：",
    "{place} ({count:other place|other places} alike, the last {last}):",
)
_NUMBER = re.compile(r"/\d+(?=/|$)", re.ASCII)
_WEIGHTS = (Severity.REFUSE, Severity.HOLD, Severity.FLAG, Severity.NOTE)
_NOTE = _WEIGHTS.index(Severity.NOTE)


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one document; counts are of its events, findings with the event's index."""

    document: str
    accepted: int = 0
    flagged: int = 0
    held: int = 0
    refused: int = 0
    duplicate: int = 0
    findings: Sequence[tuple[int | None, Finding]] = ()


@click.command("capture", help="采集 EPCIS 文件或文件夹（JSON-LD、XML）· Capture files or folders.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--lenient/--strict",
    default=None,
    help="宽松或严格；默认按 suyuan strictness · Forgive, or hold to the schema; else as switched.",
)
@click.option(
    "--rollback/--proceed",
    default=False,
    help="一错全退或逐条处理 · One refused event undoes its document, or only itself.",
)
@click.option("--as", "party", default=None, help="以哪个单位采集 · The reporting party's URI.")
@click.option("--json", "as_json", is_flag=True, help="每个文件一行 JSON · One JSON object a line.")
@click.pass_obj
def command(
    shared: Shared,
    /,
    paths: tuple[Path, ...],
    *,
    lenient: bool | None,
    rollback: bool,
    party: str | None,
    as_json: bool,
) -> None:
    """Capture every document; exit with 1 if any event was refused."""
    files = list(documents(paths))
    on_refusal = OnRefusal.ROLLBACK if rollback else OnRefusal.PROCEED
    with plain_errors(), open_platform(shared.config()) as platform:
        capturer = local_capturer(platform, party, option="--as")
        strict = capturer.strict if lenient is None else not lenient
        options = Options(strict=strict, on_refusal=on_refusal)
        with progress_bar(_READING, len(files), shared.lang) as advance:
            outcomes = list(_capture(platform, files, capturer, options, advance))
        follow(platform)
    _show(outcomes, shared, as_json=as_json)
    raise SystemExit(1 if any(outcome.refused for outcome in outcomes) else 0)


def _capture(
    platform: Platform,
    files: Sequence[Path],
    capturer: Capturer,
    options: Options,
    advance: Advance,
) -> Iterator[Outcome]:
    for done, file in enumerate(files, start=1):
        yield _one(platform, file, capturer, options)
        advance(done)


def _one(platform: Platform, file: Path, capturer: Capturer, options: Options) -> Outcome:
    """A document that cannot be read as a whole counts as one refused."""
    try:
        with file.open("rb") as opened:
            source = Source(opened)
            result = capture_document(platform, source, capturer, options, limits=OWN_FILES)
    except SuyuanError as error:
        return Outcome(document=str(file), refused=1, findings=[(None, _unread(error))])
    if result.problem is not None:
        return Outcome(document=str(file), refused=1, findings=[(None, result.problem)])
    findings: list[tuple[int | None, Finding]] = [(None, note) for note in result.notes]
    findings += [(event.index, finding) for event in result.events for finding in event.findings]
    return Outcome(document=str(file), findings=findings, **result.counts)


def _unread(error: SuyuanError) -> Finding:
    return Finding(
        rule=error.code,
        severity=Severity.REFUSE,
        path=error.place,
        message=error.text,
        cure=Text("", ""),
    )


def _show(outcomes: Sequence[Outcome], shared: Shared, *, as_json: bool) -> None:
    if as_json:
        for outcome in outcomes:
            emit_quoted(structs.asdict(outcome) | {"findings": list(_json(outcome))})
        return
    show_table(_TITLE, _HEADS, [_row(outcome) for outcome in outcomes], shared.lang)
    for outcome in outcomes:
        for line in _reasons(outcome, shared.lang):
            echo(privacy.masked(f"{outcome.document}: {line}"))


def _json(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for event, finding in outcome.findings:
        yield ({} if event is None else {"event": event}) | told(finding)


def _row(outcome: Outcome) -> list[str]:
    numbers = (
        outcome.accepted,
        outcome.flagged,
        outcome.held,
        outcome.refused,
        outcome.duplicate,
    )
    return [
        outcome.document,
        *(str(number) if number else "" for number in numbers),
    ]


def _reasons(outcome: Outcome, lang: Lang) -> list[str]:
    """What decided: the gravest findings; notes alone stay in the JSON."""
    weights = [_WEIGHTS.index(finding.severity) for _, finding in outcome.findings]
    gravest = min(weights, default=_NOTE)
    if gravest == _NOTE:
        return []
    decided = (
        each for each, weight in zip(outcome.findings, weights, strict=True) if weight == gravest
    )
    return [_said(places, finding, lang) for places, finding in _together(decided)]


def _together(found: Iterable[tuple[int | None, Finding]]) -> list[tuple[list[str], Finding]]:
    """Findings that say the same of the same member once, with all places of it in their order."""
    alike: dict[tuple[str, str, str], tuple[list[str], Finding]] = {}
    for event, finding in found:
        place = finding.path if event is None else f"eventList/{event}{finding.path}"
        said = (finding.rule, f"{finding.message.zh} {finding.cure.zh}")
        places, _ = alike.setdefault((*said, _NUMBER.sub("/*", place)), ([], finding))
        places.append(place)
    return list(alike.values())


def _said(places: Sequence[str], finding: Finding, lang: Lang) -> str:
    """Place, sentence, cure, law and rule."""
    first, *others = places
    where = f"{first}:"
    if others:
        where = _ALIKE.format(place=first, count=len(others), last=others[-1]).pick(lang)
    law = () if finding.cited is None else (finding.cited.pick(lang),)
    by = _BY.format(by="; ".join((*law, finding.rule))).pick(lang)
    said = (where, finding.message.pick(lang), finding.cure.pick(lang), by)
    return " ".join(filter(None, said))
