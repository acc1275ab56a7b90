"""`suyuan hash`: the CBV hash id and the digest of every event in files or folders."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, field

from suyuan.cli.echo import echo
from suyuan.cli.files import OWN_FILES, documents
from suyuan.cli.output import emit_quoted, plain_errors, told
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.wire import DocumentError, Named, name_events

_HASHING = Text("计算", "Hashing")


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a document; without a digest `problem` says why, without `cbv` too."""

    document: str
    index: int | None
    event_id: str | None = field(name="eventID")
    cbv: str | None
    digest: str | None
    problem: dict[str, Any] | None = None


@click.command("hash", help="事件的 CBV 散列编号与规范摘要 · Hash ids and digests of events.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--as",
    "party",
    default="",
    help="以哪个单位计：只影响无法识别的编码 · Whose codes those are that nobody can resolve.",
)
@click.option("--json", "as_json", is_flag=True, help="每个事件一行 JSON · One JSON object a line.")
@click.pass_obj
def command(shared: Shared, /, paths: tuple[Path, ...], *, party: str, as_json: bool) -> None:
    """Name every event; exit with 1 if one could not be read."""
    with plain_errors():
        resolvers = shared.config().resolvers
        files = list(documents(paths))
        failed = False
        with progress_bar(_HASHING, len(files), shared.lang) as advance:
            for done, file in enumerate(files, start=1):
                for line in _lines(file, party, resolvers):
                    failed = failed or line.problem is not None
                    if as_json:
                        emit_quoted(line)
                    else:
                        echo(_said(line, shared))
                advance(done)
    raise SystemExit(1 if failed else 0)


def _lines(file: Path, party: str, resolvers: frozenset[str]) -> Iterator[Line]:
    try:
        for named in name_events(
            file.read_bytes(), capturer=party, resolvers=resolvers, limits=OWN_FILES
        ):
            yield _line(str(file), named)
    except DocumentError as error:
        yield _unread(file, told(error.finding))
    except SuyuanError as error:
        yield _unread(file, {"rule": error.code, "path": error.place, "message": error.text})


def _unread(file: Path, problem: dict[str, Any]) -> Line:
    return Line(
        document=str(file), index=None, event_id=None, cbv=None, digest=None, problem=problem
    )


def _line(document: str, named: Named) -> Line:
    return Line(
        document=document,
        index=named.index,
        event_id=named.event_id,
        cbv=named.cbv,
        digest=None if named.digest is None else named.digest.hex(),
        problem=None if named.problem is None else told(named.problem),
    )


def _said(line: Line, shared: Shared) -> str:
    place = "" if line.index is None else f" eventList/{line.index}"
    said = [privacy.masked(f"{line.document}{place}  {line.event_id or ''}".rstrip())]
    said += [f"  {name}  {value}" for name, value in _names(line) if value is not None]
    if line.problem is not None:
        cure = line.problem["cure"].pick(shared.lang) if "cure" in line.problem else ""
        message = line.problem["message"].pick(shared.lang)
        said.append(privacy.masked(f"  {line.problem['path']}: {message} {cure}".rstrip()))
    return "\n".join(said)


def _names(line: Line) -> tuple[tuple[str, str | None], ...]:
    return (("CBV", line.cbv), ("SHA", line.digest))
