"""`suyuan convert`: EPCIS documents between JSON-LD, XML 2.0 and XML 1.2, and URN and link."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
from msgspec import Struct

from suyuan.cli.echo import echo
from suyuan.cli.files import OWN_FILES, documents_below
from suyuan.cli.output import emit_quoted, plain_errors, told
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.cli.writing import print_bytes, writing_to
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import system_clock
from suyuan.kit.text import Lang
from suyuan.wire import DocumentError, Form, Piece, Spelling, Wanted, respell
from suyuan.wire import convert as convert_document

_CONVERTING = Text("转换", "Converting")
_WHERE = Text(
    "转换多个文件，或用 --json 时，请用 --out 指定文件夹。",
    "With several documents, or with --json, name a folder with --out.",
)
_SAME = Text(
    "{path} 会被覆盖；请换一个文件夹。", "{path} would be overwritten; name another folder."
)
_SUFFIX: Final = {Form.JSON: ".jsonld", Form.XML: ".xml", Form.XML_1_2: ".xml"}
_MOST_SAID: Final = 20


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one document: where it was written, and what was lost or refused."""

    document: str
    written: str | None
    events: int = 0
    losses: Sequence[dict[str, Any]] = ()
    refused: Sequence[dict[str, Any]] = ()


class Sink(Struct, frozen=True):
    """Where documents go: a folder, or the standard output."""

    folder: Path | None
    form: Form

    def target(self, way: Path) -> Path | None:
        """The file for a document that stood there in its folder; None for standard output."""
        return None if self.folder is None else self.folder / way.with_suffix(_SUFFIX[self.form])


@click.command("convert", help="转换 EPCIS 文件的写法 · Turn documents into another form.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--to",
    "form",
    type=click.Choice([each.value for each in Form]),
    required=True,
    help="写成什么 · Which form.",
)
@click.option(
    "--epc",
    "spelling",
    type=click.Choice([each.value for each in Spelling]),
    default=Spelling.AS_SENT.value,
    show_default=True,
    help="编码写成 EPC URN、数字链接或照原样 · How codes are spelled.",
)
@click.option(
    "--company-prefix",
    "prefixes",
    multiple=True,
    help="厂商识别代码，写 EPC URN 时用 · Company prefixes, for EPC URNs of links.",
)
@click.option("--web-words", is_flag=True, help="XML 中的 CBV 词写成网址 · CBV words as addresses.")
@click.option("--proceed", is_flag=True, help="跳过读不了的事件 · Leave out unreadable events.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="写到这个文件夹，否则到标准输出 · A folder, else the standard output.",
)
@click.option("--json", "as_json", is_flag=True, help="每个文件一行 JSON · One JSON object a line.")
@click.pass_obj
def command(  # noqa: PLR0913 -- its options
    shared: Shared,
    /,
    paths: tuple[Path, ...],
    *,
    form: str,
    spelling: str,
    prefixes: tuple[str, ...],
    web_words: bool,
    proceed: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Convert every document; exit with 1 if an event could not be read."""
    with plain_errors():
        wanted = Wanted(
            form=Form(form),
            created=system_clock().isoformat(timespec="seconds"),
            spelling=Spelling(spelling),
            prefixes=respell.company_prefixes(prefixes, "--company-prefix"),
            web=web_words,
        )
        files = list(documents_below(paths))
        sink = _sink(files, out, wanted.form, as_json=as_json)
        failed = False
        for file, way in files:
            target = sink.target(way)
            outcome = _one(file, wanted, target, shared.lang, proceed=proceed)
            failed = failed or bool(outcome.refused)
            if as_json:
                emit_quoted(outcome)
            else:
                _say(outcome, shared.lang)
    raise SystemExit(1 if failed else 0)


def _sink(
    files: Sequence[tuple[Path, Path]], out: Path | None, form: Form, *, as_json: bool
) -> Sink:
    """Where to write; no file is written twice, and none that is read.

    Raises:
        SuyuanError: it cannot be there.
    """
    sink = Sink(out, form)
    if out is None and (len(files) > 1 or as_json):
        raise SuyuanError("convert.out", _WHERE, "--out")
    targets: set[Path] = {file.resolve() for file, _ in files}
    for file, way in files if out is not None else ():
        target = (sink.target(way) or file).resolve()
        if target in targets:
            raise SuyuanError("convert.same", _SAME.format(path=target), "--out")
        targets.add(target)
    return sink


def _one(file: Path, wanted: Wanted, target: Path | None, lang: Lang, *, proceed: bool) -> Outcome:
    """Convert one document; one of which an event is refused is not written, unless told so."""
    try:
        conversion = convert_document(file.read_bytes(), wanted, limits=OWN_FILES)
    except DocumentError as error:
        return Outcome(document=str(file), written=None, refused=[told(error.finding)])
    losses: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []

    def good() -> Iterator[bytes]:
        with progress_bar(_CONVERTING, conversion.events, lang) as advance:
            for piece in conversion.pieces:
                losses.extend(_placed(piece, "losses"))
                refused.extend(_placed(piece, "refused"))
                if piece.index is not None:
                    advance(piece.index + 1)
                yield piece.data

    if target is None:
        whole = b"".join(good())
        is_written = proceed or not refused
        print_bytes(whole if is_written else b"")
    else:
        is_written = _write(target, good(), lambda: proceed or not refused)
    written = (str(target) if target else "-") if is_written else None
    return Outcome(
        document=str(file),
        written=written,
        events=conversion.events,
        losses=losses,
        refused=refused,
    )


def _write(target: Path, pieces: Iterator[bytes], is_good: Callable[[], bool]) -> bool:
    """Write beside the place, then move there what is whole and good."""
    with writing_to(target, "--out"):
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".part")
        try:
            with beside.open("wb") as file:
                file.writelines(pieces)
            if not is_good():
                return False
            beside.replace(target)
            return True
        finally:
            beside.unlink(missing_ok=True)


def _placed(piece: Piece, what: str) -> Iterator[dict[str, Any]]:
    for one in getattr(piece, what):
        place = {} if piece.index is None else {"event": piece.index}
        yield {**place, **told(one)}


def _say(outcome: Outcome, lang: Lang) -> None:
    """Losses and refusals, on stderr: the document itself may be on stdout."""
    found = [*outcome.refused, *outcome.losses]
    for each in found[:_MOST_SAID]:
        place = each["path"]
        if "event" in each:
            place = f"eventList/{each['event']}{place}"
        sentence = f"{each['message'].pick(lang)} {each['cure'].pick(lang)}"
        echo(privacy.masked(f"{outcome.document}: {place}: {sentence}"), err=True)
    if len(found) > _MOST_SAID:
        more = f"{outcome.document}: … {len(found) - _MOST_SAID}"
        echo(privacy.masked(more), err=True)
    if outcome.written not in {None, "-"}:
        echo(privacy.masked(outcome.written))
